//! The one page for entering or changing something: fields, what is wrong, what is odd,
//! and what somebody else changed meanwhile.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::fields::Fields;
use super::{Chrome, PageError};
use crate::domain::problem::Problems;
use crate::domain::warning::Warning;
use crate::i18n::registry::problems::warning;
use crate::i18n::registry::{RegistryText, registry};
use crate::registry::Refusal;

/// Why a form comes back; nothing yet when it is shown for the first time.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// What is wrong, by field.
    pub(super) problems: Problems,
    odd: Vec<Warning>,
    changed: bool,
}

impl Again {
    /// What the person is told; what is no matter of the form is an error page.
    pub(super) fn of(refusal: Refusal) -> Result<Self, PageError> {
        match refusal {
            Refusal::Problems(problems) => Ok(Self { problems, ..Self::default() }),
            Refusal::Odd(odd) => Ok(Self { odd, ..Self::default() }),
            Refusal::Changed => Ok(Self { changed: true, ..Self::default() }),
            Refusal::NotFound => Err(PageError::NotFound),
            Refusal::Store(error) => Err(error.into()),
        }
    }

    /// Whether somebody else was faster.
    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    /// 200 for a form shown first, 422 with problems, 409 when somebody else was faster.
    pub(super) fn status(&self) -> StatusCode {
        if self.changed {
            StatusCode::CONFLICT
        } else if self.problems.is_empty() && self.odd.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::NotFound,
            Refusal::Changed => Self::Conflict,
            Refusal::Store(error) => error.into(),
            // Only pages without a form of their own come here.
            Refusal::Problems(_) | Refusal::Odd(_) => Self::Unreadable,
        }
    }
}

/// A form to enter or change something.
#[derive(Template)]
#[template(path = "registry/entry.html")]
pub(super) struct EntryPage {
    chrome: Chrome,
    t: &'static RegistryText,
    heading: String,
    /// Where the page belongs: addresses and names, outermost first.
    trail: Vec<(String, String)>,
    fields: Fields,
    odd: Vec<String>,
    /// Somebody else was faster: label, what stands now, what was typed.
    changed: Vec<(&'static str, String, String)>,
    was_changed: bool,
    version: String,
    notes: Vec<String>,
    /// Further pages about the same: address and name.
    links: Vec<(String, &'static str)>,
    status: StatusCode,
}

impl EntryPage {
    /// A form with these fields, which were built with the problems of `again`.
    pub(super) fn new(chrome: Chrome, heading: &str, fields: Fields, again: &Again) -> Self {
        let lang = chrome.lang;
        Self {
            t: registry(lang),
            heading: heading.to_owned(),
            trail: Vec::new(),
            odd: again.odd.iter().map(|odd| warning(lang, odd)).collect(),
            changed: Vec::new(),
            was_changed: again.changed,
            version: String::new(),
            notes: Vec::new(),
            links: Vec::new(),
            status: again.status(),
            fields,
            chrome,
        }
    }

    /// Adds a step to the way back.
    pub(super) fn under(mut self, url: impl Into<String>, name: impl Into<String>) -> Self {
        self.trail.push((url.into(), name.into()));
        self
    }

    /// Adds a sentence above the form.
    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a way to a further page about the same.
    pub(super) fn link(mut self, url: impl Into<String>, name: &'static str) -> Self {
        self.links.push((url.into(), name));
        self
    }

    /// A change: `typed` is the version that the form was made from, `current` what stands
    /// now. When somebody else was faster, saving again is saving over theirs, knowingly.
    pub(super) fn changes(mut self, typed: &str, current: &Fields, version: i32) -> Self {
        if self.was_changed {
            self.version = version.to_string();
            self.changed = self
                .fields
                .list
                .iter()
                .filter_map(|field| {
                    let now = current.list.iter().find(|other| other.name == field.name)?;
                    let shown = |field: &super::fields::Field| {
                        let option = field.options.iter().find(|(code, _)| *code == field.value);
                        option.map_or_else(|| field.value.clone(), |(_, label)| label.clone())
                    };
                    (now.value != field.value).then(|| (field.label, shown(now), shown(field)))
                })
                .collect();
        } else {
            typed.clone_into(&mut self.version);
        }
        self
    }

    /// The page with its status: 200, 422 with problems, 409 when somebody was faster.
    pub(super) fn answer(self) -> Result<Response, PageError> {
        Ok((self.status, Html(self.render()?)).into_response())
    }
}

/// Reads the version that a form was made from; nonsense is an old version.
pub(super) fn version(text: &str) -> i32 {
    text.parse().unwrap_or(0)
}
