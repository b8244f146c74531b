//! Numbered pages of a list.

use std::fmt::Write as _;

/// Where in a list the reader is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// This page, from 1.
    pub page: i64,
    /// How many pages there are, at least 1.
    pub pages: i64,
    /// How many things were found.
    pub total: i64,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the page after.
    pub next: Option<String>,
}

impl Paging {
    /// The number of a page as typed in an address; nonsense is the first page.
    #[must_use]
    pub fn number(text: &str) -> i64 {
        text.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// The place in a list of `total` things whose filters stand in the address as `query`.
    #[must_use]
    pub fn new(path: &str, query: &[(&str, &str)], page: i64, total: i64, per_page: i64) -> Self {
        let pages = ((total + per_page - 1) / per_page).max(1);
        let address = |number: i64| {
            let mut address = format!("{path}?");
            for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
                let _ = write!(address, "{name}={}&", encoded(value));
            }
            let _ = write!(address, "page={number}");
            address
        };
        Self {
            page,
            pages,
            total,
            previous: (page > 1).then(|| address((page - 1).min(pages))),
            next: (page < pages).then(|| address(page + 1)),
        }
    }
}

/// Percent-encodes everything that is not plain.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_neighbours_and_keeps_the_filters() {
        let paging = Paging::new("/lots", &[("q", "a b&c"), ("state", "")], 2, 120, 50);
        assert_eq!((paging.page, paging.pages), (2, 3));
        assert_eq!(paging.previous.as_deref(), Some("/lots?q=a%20b%26c&page=1"));
        assert_eq!(paging.next.as_deref(), Some("/lots?q=a%20b%26c&page=3"));
        let empty = Paging::new("/lots", &[], 1, 0, 50);
        assert_eq!((empty.pages, empty.previous, empty.next), (1, None, None));
        assert_eq!(Paging::number("-3"), 1);
        assert_eq!(Paging::number("x"), 1);
    }
}
