//! What the address of the mail list says: filters and the place of the page.

use serde::Deserialize;

use crate::domain::letter::{LetterKind, MailState};
use crate::domain::{Codelist, OutboxId, PatientId, SiteId, Timestamp};
use crate::store::outbox::{Filter, Mail};
use crate::web::queue::address::query;

/// The list's address, as it came. What cannot be read filters nothing, except a patient:
/// mails of all patients must not look like those of one.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    site: String,
    /// An id (links of other pages) or the clinic's number (typed).
    #[serde(default)]
    pub patient: String,
    #[serde(default)]
    after: String,
}

impl Address {
    /// One row more than a page has, to know whether there is another page.
    pub fn filter(&self, page: usize) -> Filter {
        let patient = self.patient.trim();
        let id = patient.parse::<PatientId>().ok();
        Filter {
            id: None,
            state: MailState::from_code(&self.state),
            kind: LetterKind::from_code(&self.kind),
            patient: id,
            patient_code: (id.is_none() && !patient.is_empty()).then(|| patient.to_owned()),
            site: self.site.parse::<SiteId>().ok(),
            after: place(&self.after),
            limit: i64::try_from(page).unwrap_or(i64::MAX - 1).saturating_add(1),
        }
    }

    pub fn is_filtered(&self) -> bool {
        [&self.state, &self.kind, &self.site, &self.patient].iter().any(|field| !field.is_empty())
    }

    pub fn is_later(&self) -> bool {
        !self.after.is_empty()
    }

    pub fn first(&self) -> String {
        self.to(&self.state, "")
    }

    pub fn after(&self, mail: &Mail) -> String {
        self.to(&self.state, &format!("{}~{}", mail.due_at, mail.id))
    }

    /// The first page of one state; the other filters stay.
    pub fn with_state(&self, state: Option<MailState>) -> String {
        self.to(state.map_or("", |state| state.code()), "")
    }

    fn to(&self, state: &str, after: &str) -> String {
        let fields = [
            ("state", state),
            ("kind", &self.kind),
            ("site", &self.site),
            ("patient", &self.patient),
            ("after", after),
        ];
        query("/admin/mail", &fields)
    }
}

fn place(text: &str) -> Option<(Timestamp, OutboxId)> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_address_filters_nothing_but_an_unknown_patient_finds_nobody() {
        let address = Address {
            state: "lost".to_owned(),
            kind: "x".to_owned(),
            site: "1".to_owned(),
            patient: " A-1 ".to_owned(),
            after: "then~x".to_owned(),
        };
        let code = Some("A-1".to_owned());
        assert_eq!(
            address.filter(50),
            Filter { patient_code: code, limit: 51, ..Filter::default() }
        );
    }
}
