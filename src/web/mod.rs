//! Pages: the state they share and the whole route table.

pub mod app;
pub mod error;
pub mod form;
pub mod guard;
mod headers;
pub mod health;
pub mod language;
pub mod limits;
pub mod page;
pub mod route;
pub mod server;
pub mod signed;

mod account;
mod assets;
pub mod demo;
mod exports;
mod factor;
mod invite;
mod line_listing;
mod login;
mod patient_page;
mod queue;
mod summary;

use axum::Router;
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use app::App;
pub use error::PageError;
pub use page::Chrome;
pub use route::{Access, Route};
pub use signed::Signed;

/// Every route of the program. The guard is made from this table, and tests read it.
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        // One line for each group of pages.
        account::routes(),
        assets::routes(),
        demo::routes(),
        health::routes(),
        invite::routes(),
        login::routes(),
        patient_page::routes(),
        queue::routes(),
        assets::routes(),
        exports::routes(),
        line_listing::routes(),
        login::routes(),
        patient_page::routes(),
        queue::routes(),
        summary::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The program as a service.
pub fn router(app: &App) -> Router {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, guard::protect(route, app));
    }
    router
        .fallback(|| async { PageError::NotFound })
        .layer(middleware::from_fn_with_state(app.clone(), headers::check_origin))
        .layer(CatchPanicLayer::custom(headers::after_panic))
        .layer(middleware::from_fn_with_state(app.clone(), error::render))
        .layer(middleware::from_fn_with_state(app.clone(), language::choose))
        .layer(middleware::from_fn_with_state(app.clone(), headers::set))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(headers::log))
        .with_state(app.clone())
}
