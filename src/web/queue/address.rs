//! What the address of the queue says: filters and the place of the page.

use serde::Deserialize;

use crate::domain::task::TaskKind;
use crate::domain::{Codelist, Level, SiteId, StaffId, TaskId, Timestamp};
use crate::store::queue::{Cut, Filter, Owner, Place};
use crate::store::task_actions::TaskRow;

/// The queue's address, as it came. What cannot be read filters nothing: an old
/// bookmark still shows the queue.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    owner: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    overdue: String,
    after: Option<String>,
    before: Option<String>,
}

impl Address {
    pub fn filter(&self, person: StaffId) -> Filter {
        Filter {
            owner: match self.owner.as_str() {
                "mine" => Owner::Person(person),
                "nobody" => Owner::Nobody,
                _ => Owner::Anybody,
            },
            level: Level::from_code(&self.level),
            site: self.site.parse::<SiteId>().ok(),
            kind: TaskKind::from_code(&self.kind),
            overdue: self.overdue == "1",
        }
    }

    pub fn cut(&self) -> Cut<Place> {
        let cut = match (&self.after, &self.before) {
            (Some(after), _) => place(after).map(Cut::After),
            (None, Some(before)) => place(before).map(Cut::Before),
            (None, None) => None,
        };
        cut.unwrap_or_default()
    }

    pub fn after(&self, row: &TaskRow) -> String {
        self.with(&self.owner, &self.overdue, ("after", &place_text(row)))
    }

    pub fn before(&self, row: &TaskRow) -> String {
        self.with(&self.owner, &self.overdue, ("before", &place_text(row)))
    }

    /// The first page of one part of the queue; the other filters stay.
    pub fn part(&self, owner: &str, overdue: bool) -> String {
        self.with(owner, if overdue { "1" } else { "" }, ("after", ""))
    }

    fn with(&self, owner: &str, overdue: &str, (key, place): (&str, &str)) -> String {
        let fields = [
            ("owner", owner),
            ("level", &self.level),
            ("site", &self.site),
            ("kind", &self.kind),
            ("overdue", overdue),
            (key, place),
        ];
        query("/queue", &fields)
    }
}

/// An address with those fields that say something.
pub(in crate::web) fn query(path: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded(&fields) {
        text if text.is_empty() => path.to_owned(),
        text => format!("{path}?{text}"),
    }
}

fn serde_urlencoded(fields: &[&(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                encoded.push('%');
                for half in [byte >> 4, byte & 15] {
                    encoded.extend(char::from_digit(u32::from(half), 16));
                }
            }
            encoded
        })
    };
    let pairs: Vec<String> =
        fields.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
    pairs.join("&")
}

fn place_text(row: &TaskRow) -> String {
    format!("{}~{}~{}", row.urgency_rank, row.contact_by, row.id)
}

fn place(text: &str) -> Option<Place> {
    let (rank, rest) = text.split_once('~')?;
    let (contact_by, id) = closed_place(rest)?;
    Some(Place { urgency_rank: rank.parse().ok()?, contact_by, id })
}

/// A place in the list of closed tasks.
pub(super) fn closed_place(text: &str) -> Option<(Timestamp, TaskId)> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_that_say_something_are_in_the_address() {
        assert_eq!(query("/queue", &[("owner", ""), ("level", "")]), "/queue");
        let address = query("/queue", &[("search", "张 &=#"), ("after", "1~x")]);
        assert_eq!(address, "/queue?search=%e5%bc%a0%20%26%3d%23&after=1~x");
    }

    #[test]
    fn an_unreadable_address_filters_nothing() {
        let address = Address {
            level: "WORST".to_owned(),
            site: "1".to_owned(),
            after: Some("1~yesterday~x".to_owned()),
            ..Address::default()
        };
        assert_eq!(address.filter(StaffId::new()), Filter::default());
        assert_eq!(address.cut(), Cut::Top);
    }
}
