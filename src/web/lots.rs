//! The list of lots.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::fields::{coded_options, with_none};
use super::language::Lang;
use super::page::page;
use super::paging::Paging;
use super::patients::site_options;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::registry::{LotSource, LotState};
use crate::domain::{Codelist, Permission, SiteId};
use crate::i18n::labels::Label;
use crate::i18n::registry::fields::label;
use crate::i18n::registry::{RegistryText, registry};
use crate::store::lots::{self, Filter, Order};
use crate::store::{self, sites};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/lots", Access::Staff(Permission::ViewRegistry), list)]
}

/// Lots on one page of the list.
const PER_PAGE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    state: String,
    source: String,
    site: String,
    sort: String,
    page: String,
}

struct Line {
    url: String,
    number: String,
    product: String,
    whose: String,
    state: &'static str,
    released: String,
    infusions: i64,
    failed: bool,
    stopped: bool,
}

#[derive(Template)]
#[template(path = "lots/list.html")]
struct ListPage {
    chrome: Chrome,
    t: &'static RegistryText,
    asked: Asked,
    states: Vec<(String, String)>,
    sources: Vec<(String, String)>,
    sites: Vec<(String, String)>,
    sorts: Vec<(String, String)>,
    lines: Vec<Line>,
    paging: Paging,
    may_edit: bool,
    released_label: &'static str,
}

async fn list(
    State(app): State<App>,
    Lang(lang): Lang,
    chrome: Chrome,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = registry(lang);
    let filter = Filter {
        search: Some(asked.q.trim().to_owned()).filter(|q| !q.is_empty()),
        state: LotState::from_code(&asked.state),
        source: LotSource::from_code(&asked.source),
        site: asked.site.parse::<SiteId>().ok(),
        patient: None,
        order: match asked.sort.as_str() {
            "number" => Order::Number,
            "released" => Order::Released,
            _ => Order::Newest,
        },
    };
    let number = Paging::number(&asked.page);
    let may_edit = signed.person.may(Permission::EditRegistry);
    let (sites, (rows, total)) = app
        .db
        .read(move |conn| {
            let scope = &signed.scope;
            let offset = (number - 1) * PER_PAGE;
            let sites = sites::list(conn, scope)?;
            Ok::<_, store::Error>((sites, lots::page(conn, scope, &filter, offset, PER_PAGE)?))
        })
        .await?;
    let lines = rows
        .into_iter()
        .map(|row| Line {
            url: format!("/lots/{}", row.lot.id),
            number: row.lot.number.to_string(),
            product: row.product.to_string(),
            whose: row.patient.map_or_else(|| t.lot_donor.to_owned(), |code| code.to_string()),
            state: row.lot.state.label(lang),
            released: row.lot.released_on.map(|day| day.to_string()).unwrap_or_default(),
            infusions: row.infusions,
            failed: row.lot.failed_a_test(),
            stopped: matches!(row.lot.state, LotState::Quarantined | LotState::Discarded),
        })
        .collect();
    let query = [
        ("q", asked.q.as_str()),
        ("state", &asked.state),
        ("source", &asked.source),
        ("site", &asked.site),
        ("sort", &asked.sort),
    ];
    let paging = Paging::new("/lots", &query, number, total, PER_PAGE);
    page(&ListPage {
        states: with_none(t.all_states, coded_options::<LotState>(lang)),
        sources: with_none(t.all_sources, coded_options::<LotSource>(lang)),
        sites: with_none(t.all_sites, site_options(&sites)),
        sorts: [("", t.sort_newest), ("number", t.sort_number), ("released", t.sort_released)]
            .map(|(code, text)| (code.to_owned(), text.to_owned()))
            .to_vec(),
        released_label: label(lang, "released_on"),
        may_edit,
        chrome,
        t,
        asked,
        lines,
        paging,
    })
}
