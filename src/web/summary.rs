//! The safety summary of a period, as a page.

mod tables;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::{Codelist, Permission, Scope};
use crate::export::File;
use crate::export::selection::{Selection, Wish};
use crate::export::summary as figures;
use crate::i18n::summary::{SummaryText, summary};
use crate::store::{products, sites};
use tables::Table;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/summary", Access::Staff(Permission::ViewSummary), show)]
}

/// The filter, as it stands in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    pub from: String,
    pub to: String,
    pub site: String,
    pub product: String,
    /// `1`: with a byte order mark. Only for files.
    pub bom: String,
    /// `1`: with names. Only for files.
    pub identified: String,
    /// Only for the listing: the infusion before which the page begins.
    pub before: String,
}

impl Address {
    /// The filter again, for links.
    pub(super) fn query(&self) -> String {
        let pairs = [
            ("from", &self.from),
            ("to", &self.to),
            ("site", &self.site),
            ("product", &self.product),
        ];
        let mut query = String::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            encode(value.trim(), &mut query);
        }
        query
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
}

/// Names of the fields of the filter that could not be read.
pub(super) type Wrong = Vec<&'static str>;

/// Reads the filter; all that is wrong at once.
pub(super) fn wish(address: &Address) -> Result<Wish, Wrong> {
    let mut wish = Wish::default();
    let wrong: Wrong = [
        ("from", read(&address.from, &mut wish.from)),
        ("to", read(&address.to, &mut wish.to)),
        ("site", read(&address.site, &mut wish.site)),
        ("product", read(&address.product, &mut wish.product)),
    ]
    .into_iter()
    .filter_map(|(name, is_wrong)| is_wrong.then_some(name))
    .collect();
    if wrong.is_empty() { Ok(wish) } else { Err(wrong) }
}

/// Whether a text that is there could not be read.
fn read<T: std::str::FromStr>(text: &str, place: &mut Option<T>) -> bool {
    let text = text.trim();
    if !text.is_empty() {
        *place = text.parse().ok();
        return place.is_none();
    }
    false
}

/// The filter form with its choices.
#[derive(Debug)]
pub(super) struct Filters {
    pub t: &'static SummaryText,
    /// Where the form leads.
    pub action: &'static str,
    pub from: String,
    pub to: String,
    pub site: String,
    pub product: String,
    pub sites: Vec<(String, String)>,
    pub products: Vec<(String, String)>,
    pub from_problem: &'static str,
    pub to_problem: &'static str,
    pub site_problem: &'static str,
    pub product_problem: &'static str,
    /// The filter for links to files and pages.
    pub query: String,
    /// Whether the person may take files.
    pub may_export: bool,
}

impl Filters {
    /// Reads the choices and puts the filter in as it was typed.
    pub(super) async fn new(
        app: &App,
        (action, t): (&'static str, &'static SummaryText),
        scope: &Scope,
        address: &Address,
        wrong: &Wrong,
        may_export: bool,
    ) -> Result<Self, PageError> {
        let scope = scope.clone();
        let (clinics, products) = app
            .db
            .read(move |conn| {
                Ok::<_, PageError>((sites::list(conn, &scope)?, products::all(conn)?))
            })
            .await?;
        let first = |text: &str| (String::new(), text.to_owned());
        let clinics = clinics
            .into_iter()
            .map(|site| (site.id.to_string(), format!("{} ({})", site.name, site.code.as_str())));
        let products = products.into_iter().map(|product| {
            (product.id.to_string(), format!("{} ({})", product.name, product.code.as_str()))
        });
        let say = |field, sentence| if wrong.contains(&field) { sentence } else { "" };
        Ok(Self {
            t,
            action,
            from: address.from.clone(),
            to: address.to.clone(),
            site: address.site.trim().to_owned(),
            product: address.product.trim().to_owned(),
            sites: std::iter::once(first(t.all_sites)).chain(clinics).collect(),
            products: std::iter::once(first(t.all_products)).chain(products).collect(),
            from_problem: say("from", t.wrong_bound),
            to_problem: say("to", t.wrong_bound),
            site_problem: say("site", t.wrong_choice),
            product_problem: say("product", t.wrong_choice),
            query: address.query(),
            may_export,
        })
    }
}

impl Filters {
    /// The files that can be taken, with their names.
    pub(super) fn files(&self) -> [(&'static str, &'static str); 5] {
        let t = self.t;
        [
            (File::Summary.code(), t.file_summary),
            (File::LineListing.code(), t.file_line_listing),
            (File::Infusions.code(), t.file_infusions),
            (File::CheckIns.code(), t.file_check_ins),
            (File::Codebook.code(), t.file_codebook),
        ]
    }
}

#[derive(Template)]
#[template(path = "summary/summary.html")]
struct SummaryPage {
    chrome: Chrome,
    t: &'static SummaryText,
    filters: Filters,
    about: String,
    is_empty: bool,
    tables: Vec<Table>,
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    mut chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, PageError> {
    let Query(address) = address.map_err(|_| PageError::Unreadable)?;
    keep_filter(&mut chrome, &address);
    let t = summary(chrome.lang);
    let may_export = signed.person.may(Permission::Export);
    let place = ("/summary", t);
    let wish = match wish(&address) {
        Ok(wish) => wish,
        Err(wrong) => {
            let filters =
                Filters::new(&app, place, &signed.scope, &address, &wrong, may_export).await?;
            let (about, tables) = (String::new(), Vec::new());
            return page_again(&SummaryPage { chrome, t, filters, about, is_empty: false, tables });
        }
    };
    let (scope, now) = (signed.scope.clone(), app.now());
    let selection = app
        .db
        .read(move |conn| Selection::settle(conn, &scope, wish, now))
        .await?
        .ok_or(PageError::NotFound)?;
    let filters =
        Filters::new(&app, place, &signed.scope, &address, &Wrong::new(), may_export).await?;
    let about = about(t, &selection, &filters);
    let db = app.db.clone();
    // Read in slices, which takes a moment: not on the thread that serves others.
    let report = tokio::task::spawn_blocking(move || figures::summary(&db, &selection))
        .await
        .map_err(PageError::internal)?
        .map_err(PageError::internal)?;
    let is_empty = report.summary.exposure.all.infusions == 0;
    let tables = if is_empty { Vec::new() } else { tables::tables(&report, t, chrome.lang) };
    page(&SummaryPage { chrome, t, filters, about, is_empty, tables })
}

/// The other language keeps the filter.
pub(super) fn keep_filter(chrome: &mut Chrome, address: &Address) {
    let query = address.query();
    if !query.is_empty() {
        chrome.other_language_url = format!("{}&{query}", chrome.other_language_url);
    }
}

/// What the page is about, in one sentence: it stands in the print, too.
fn about(t: &SummaryText, selection: &Selection, filters: &Filters) -> String {
    let names: Vec<&str> = selection.sites.iter().map(|site| site.name.as_str()).collect();
    let mut what = names.join(", ");
    if let Some((_, product)) =
        filters.products.iter().find(|(id, _)| !id.is_empty() && *id == filters.product)
    {
        what = format!("{what}; {product}");
    }
    let or = |text: &str, otherwise: &str| {
        let text = text.trim();
        if text.is_empty() { otherwise } else { text }.to_owned()
    };
    let zone = selection.sites.first().map(|site| &site.time_zone);
    let as_of = zone.map_or_else(
        || selection.as_of.to_string(),
        |zone| selection.as_of.at(zone.jiff()).strftime("%Y-%m-%d %H:%M %Z").to_string(),
    );
    t.about(&what, &or(&filters.from, t.beginning), &or(&filters.to, t.now), &as_of)
}
