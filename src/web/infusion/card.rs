//! The card that a patient takes home: a link to report as a QR code, with both phone
//! numbers and what to watch for.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{RevokeForm, Sent, id, infusion_page};
use crate::domain::{InfusionId, Language};
use crate::follow_up;
use crate::i18n::card::{CardText, card};
use crate::i18n::moments;
use crate::registry::Refusal;
use crate::store::{infusions, visits};
use crate::web::entry_page::Again;
use crate::web::page::page;
use crate::web::qr::QrCode;
use crate::web::{App, Chrome, PageError, Signed};

#[derive(Template)]
#[template(path = "infusions/card.html")]
struct CardPage {
    chrome: Chrome,
    t: &'static CardText,
    infusion_url: String,
    code: QrCode,
    address: String,
    clinic: visits::Clinic,
    /// Both languages, the patient's own first, each with the line until when it is good.
    sides: [(&'static CardText, String); 2],
}

/// Makes a link of its own for the card and shows it, once: the page is never kept, and
/// loading it again asks the browser to send the form again.
pub(super) async fn print(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let (id, now, keys): (InfusionId, _, _) = (id(&path)?, app.now(), app.keys.clone());
    let person = signed.clone();
    let made = app
        .db
        .write(move |conn| {
            // Only a site in scope; the step looks at the person's clinics once more.
            infusions::get(conn, &person.scope, id)?.ok_or(Refusal::NotFound)?;
            let place = visits::place(conn, &person.scope, id)?.ok_or(Refusal::NotFound)?;
            let link = follow_up::link_for_card(conn, &keys, now, &person.actor(), id)?;
            Ok::<_, Refusal>((place, link))
        })
        .await;
    let (place, link) = match made {
        Ok(made) => made,
        Err(refusal) => {
            let (again, sent) = (Again::of(refusal)?, Sent::Link(RevokeForm::default()));
            return infusion_page(&app, chrome, signed, id, sent, again).await;
        }
    };
    let address = format!("{}/p/{}", app.settings.base_url, app.keys.link_token(&link.nonce));
    let other = match place.language {
        Language::En => Language::ZhCn,
        Language::ZhCn => Language::En,
    };
    let ends = link.expires_at.day(place.zone.jiff());
    let side = |lang| (card(lang), card(lang).valid_until(&moments::day(ends, lang)));
    page(&CardPage {
        t: card(chrome.lang),
        infusion_url: format!("/infusions/{id}"),
        code: QrCode::of(&address)?,
        address,
        clinic: place.clinic,
        sides: [side(place.language), side(other)],
        chrome,
    })
}
