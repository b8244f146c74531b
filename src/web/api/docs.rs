//! The interface described for people.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::openapi;
use crate::i18n::api::{ApiText, api};
use crate::web::{App, Chrome, PageError, page};

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    chrome: Chrome,
    a: &'static ApiText,
    base_url: String,
    calls: Vec<Call>,
}

struct Call {
    method: &'static str,
    path: String,
    does: String,
}

pub(super) async fn page(State(app): State<App>, chrome: Chrome) -> Result<Response, PageError> {
    let mut calls = Vec::new();
    for (path, item) in openapi::openapi().paths.paths {
        for (method, operation) in [("GET", item.get), ("POST", item.post)] {
            if let Some(operation) = operation {
                let does = operation.summary.unwrap_or_default();
                calls.push(Call { method, path: path.clone(), does });
            }
        }
    }
    let a = api(chrome.lang);
    page::page(&DocsPage { chrome, a, base_url: app.settings.base_url.clone(), calls })
}
