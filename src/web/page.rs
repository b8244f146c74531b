//! The frame of every page, and turning a template into an answer.

use std::convert::Infallible;

use askama::Template;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};

use super::language::Lang;
use super::{App, PageError, Signed};
use crate::domain::{Codelist, Language, Permission, Scope};
use crate::i18n::common::{CommonText, common};
use crate::i18n::escalation::{EscalationText, escalation};
use crate::i18n::faults;
use crate::i18n::night::night;
use crate::i18n::pause::pause;
use crate::store::steps;

/// The page of the rehearsed night, which only training has.
const NIGHT: &str = "/demo/night";

/// What the frame of a page needs. Every page's template struct has one as `chrome`.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The language of the page.
    pub lang: Language,
    /// The sentences of every page.
    pub t: &'static CommonText,
    /// The address of this page in the other language.
    pub other_language_url: String,
    /// Whether the training banner is shown.
    pub training: bool,
    /// Staff pages: what is wrong with the registry itself, in sentences.
    pub alarms: Vec<String>,
    /// The emergency number of the installation.
    pub emergency_number: String,
    /// Staff pages: who is signed in.
    pub person: Option<String>,
    /// Staff pages: links of the navigation that the person may use (address, name, current).
    pub nav: Vec<(&'static str, &'static str, bool)>,
    /// Staff pages: clinics whose patients get no mail for now.
    pub mail_paused: Option<String>,
    /// The token that every posted form carries as `form_token`.
    pub form_token: String,
    /// Staff pages: tasks of the person's clinics that nobody could be told of.
    pub unheard: Vec<Unheard>,
}

/// A task that nobody could be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheard {
    /// What it is called.
    pub name: String,
    /// Its page, for those who may see it.
    pub url: Option<String>,
}

impl Chrome {
    /// The frame of a page that nobody is signed in to.
    #[must_use]
    pub fn bare(app: &App, lang: Language, path: &str) -> Self {
        let other = match lang {
            Language::En => Language::ZhCn,
            Language::ZhCn => Language::En,
        };
        Self {
            lang,
            t: common(lang),
            other_language_url: format!("{path}?lang={}", other.code()),
            training: app.settings.training,
            alarms: Vec::new(),
            emergency_number: app.settings.emergency_number.clone(),
            person: None,
            nav: Vec::new(),
            mail_paused: None,
            form_token: String::new(),
            unheard: Vec::new(),
        }
    }

    /// The sentences about tasks that nobody could be told of.
    #[must_use]
    pub fn alarm_text(&self) -> &'static EscalationText {
        escalation(self.lang)
    }

    fn signed(mut self, app: &App, signed: &Signed, path: &str) -> Self {
        let t = self.t;
        let all = [
            ("/queue", t.nav_queue, Permission::ViewQueue),
            ("/calls", t.nav_calls, Permission::WorkTasks),
            ("/patients", t.nav_patients, Permission::ViewRegistry),
            ("/lots", t.nav_lots, Permission::ViewRegistry),
            ("/import", t.nav_import, Permission::Import),
            ("/summary", t.nav_summary, Permission::ViewSummary),
            ("/line-listing", t.nav_line_listing, Permission::Export),
            ("/rules", t.nav_rules, Permission::ViewSummary),
            ("/admin/duty", t.nav_duty, Permission::ManageDuty),
            ("/admin/mail", t.nav_mail, Permission::ViewMail),
            ("/admin/pause", t.nav_pause, Permission::PauseMail),
            ("/admin", t.nav_admin, Permission::ManageSite),
            ("/admin/audit", t.nav_audit, Permission::ViewAudit),
            (NIGHT, night(self.lang).title, Permission::ViewQueue),
        ];
        let is_below = |url: &str| path == url || path.starts_with(&format!("{url}/"));
        // The nearest page above is the current one: mail is not administration.
        let current = all.iter().map(|(url, ..)| *url).filter(|url| is_below(url));
        let current = current.max_by_key(|url| url.len());
        self.nav = all
            .into_iter()
            .filter(|(url, _, permission)| {
                signed.person.may(*permission) && (*url != NIGHT || app.settings.training)
            })
            .map(|(url, name, _)| (url, name, current == Some(url)))
            .collect();
        let paused = &signed.person.mail_paused;
        self.mail_paused = (!paused.is_empty()).then(|| pause(self.lang).banner(paused));
        self.alarms = app
            .health
            .findings()
            .into_iter()
            .map(|found| faults::finding(found, self.lang))
            .collect();
        self.person = Some(signed.person.name.clone());
        self.form_token = app.keys.form_token(&signed.person.session);
        self
    }
}

impl FromRequestParts<App> for Chrome {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let lang = parts.extensions.get::<Lang>().copied().unwrap_or_default().0;
        let path = match OriginalUri::from_request_parts(parts, app).await {
            Ok(OriginalUri(uri)) => uri.path().to_owned(),
            Err(never) => match never {},
        };
        let bare = Self::bare(app, lang, &path);
        let Some(signed) = parts.extensions.get::<Signed>() else { return Ok(bare) };
        let mut chrome = bare.signed(app, signed, &path);
        chrome.unheard = unheard(app, signed, lang).await;
        Ok(chrome)
    }
}

/// The tasks that nobody could be told of, at every clinic where the person is anything.
async fn unheard(app: &App, signed: &Signed, lang: Language) -> Vec<Unheard> {
    let scope = Scope::of(signed.person.roles.iter().map(|(site, _)| *site));
    let (now, seen) = (app.now(), signed.person.may(Permission::ViewQueue));
    match app.db.read(move |conn| steps::unheard(conn, &scope, now)).await {
        Ok(found) => found
            .into_iter()
            .map(|(number, id)| Unheard {
                name: escalation(lang).task(number),
                url: seen.then(|| format!("/tasks/{id}")),
            })
            .collect(),
        Err(error) => {
            // The page itself will meet the same error, or can still be used.
            tracing::error!(%error, "it could not be read whether somebody was told of each task");
            Vec::new()
        }
    }
}

/// A page with status 200.
pub fn page(template: &impl Template) -> Result<Response, PageError> {
    Ok(Html(template.render()?).into_response())
}

/// The same page again, as typed, with its problems: status 422.
pub fn page_again(template: &impl Template) -> Result<Response, PageError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(template.render()?)).into_response())
}
