//! The mails that training mode kept instead of sending, as their readers would see them.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::domain::letter::MailState;
use crate::domain::{OutboxId, Scope, Timestamp};
use crate::i18n::demo::{DemoText, demo};
use crate::i18n::labels::Label;
use crate::mail::compose;
use crate::store::outbox::{self, Filter};
use crate::store::{Error, sites};
use crate::web::page::page;
use crate::web::queue::address::query;
use crate::web::{App, Chrome, PageError};

/// Mails of one page.
const PAGE: usize = 20;

/// A piece of a text: words, or a link to this program.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

/// One mail.
struct Captured {
    to: String,
    subject: String,
    kind: &'static str,
    tag: &'static str,
    at: String,
    text: String,
    html: String,
}

#[derive(Template)]
#[template(path = "demo/mail.html")]
struct MailPage {
    chrome: Chrome,
    t: &'static DemoText,
    base: String,
    goes_out: bool,
    mails: Vec<Captured>,
    next: Option<String>,
}

impl MailPage {
    fn pieces<'a>(&self, text: &'a str) -> Vec<Piece<'a>> {
        pieces(text, &self.base)
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    after: String,
    /// Only this mail.
    #[serde(default)]
    id: String,
}

pub(super) async fn list(
    State(app): State<App>,
    chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, PageError> {
    let address = address.map(|Query(address)| address).unwrap_or_default();
    let after = place(&address.after);
    let only: Option<OutboxId> = address.id.parse().ok();
    let (mut rows, has_more) = app
        .db
        .read(move |conn| {
            // Nobody is signed in here, and everybody is invented: all clinics are shown.
            let scope = Scope::of(sites::all(conn)?.into_iter().map(|site| site.id));
            let filter = Filter {
                // One that came back was sent, too.
                state: only.is_none().then_some(MailState::Accepted),
                id: only,
                after,
                limit: i64::try_from(PAGE).unwrap_or(i64::MAX - 1) + 1,
                ..Filter::default()
            };
            let mut mails = outbox::list(conn, &scope, &filter)?;
            let was_sent = [MailState::Accepted, MailState::Bounced];
            mails.retain(|mail| was_sent.contains(&mail.state));
            let has_more = mails.len() > PAGE;
            let mut rows = Vec::new();
            for mail in mails.into_iter().take(PAGE) {
                let look = outbox::look(conn, &scope, mail.id)?;
                rows.push((mail, look));
            }
            Ok::<_, Error>((rows, has_more))
        })
        .await?;
    let next = rows.last().filter(|_| has_more).map(|(mail, _)| {
        query("/demo/mail", &[("after", &format!("{}~{}", mail.due_at, mail.id))])
    });
    // Sent late counts as late: a held mail may leave after one that was due later.
    rows.sort_by_key(|(mail, _)| std::cmp::Reverse(mail.settled_at));
    let letters = app.settings.letters();
    let mut mails = Vec::new();
    for (mail, look) in rows {
        let Some((owed, at)) = look else { continue };
        let Some(letter) = compose(&app.keys, &letters, &owed, at) else { continue };
        let words = letter.words().map_err(PageError::internal)?;
        mails.push(Captured {
            to: owed.to,
            subject: words.subject,
            kind: mail.kind.label(chrome.lang),
            tag: crate::domain::Codelist::code(mail.language),
            at: at.jiff().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            text: words.text,
            html: words.html,
        });
    }
    page(&MailPage {
        t: demo(chrome.lang),
        base: format!("{}/", app.settings.base_url),
        goes_out: app.settings.mail.is_some(),
        mails,
        next,
        chrome,
    })
}

fn place(text: &str) -> Option<(Timestamp, OutboxId)> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// Cuts a text at its links into this program (addresses that begin with `base`).
fn pieces<'a>(text: &'a str, base: &str) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(base) {
        let (words, from_link) = rest.split_at(at);
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'');
        let (link, after) = from_link.split_at(from_link.find(ends).unwrap_or(from_link.len()));
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Link(link));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_into_this_program_are_links() {
        use Piece::{Link, Words};
        let base = "http://127.0.0.1:8080/";
        for (text, expected) in [
            ("", vec![]),
            ("no link", vec![Words("no link")]),
            (
                "Open:\nhttp://127.0.0.1:8080/p/x\nor https://elsewhere.example/p/x",
                vec![
                    Words("Open:\n"),
                    Link("http://127.0.0.1:8080/p/x"),
                    Words("\nor https://elsewhere.example/p/x"),
                ],
            ),
            ("http://127.0.0.1:80801/p", vec![Words("http://127.0.0.1:80801/p")]),
            (
                "<http://127.0.0.1:8080/p/x>",
                vec![Words("<"), Link("http://127.0.0.1:8080/p/x"), Words(">")],
            ),
        ] {
            assert_eq!(pieces(text, base), expected, "{text}");
        }
    }
}
