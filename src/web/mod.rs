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
mod rules;
pub mod server;
pub mod signed;
pub mod streams;

mod account;
mod admin;
pub mod api;
mod api_tokens;
mod assets;
mod audit;
mod calls;
mod courses;
pub mod demo;
mod duty;
mod entry_page;
mod escalation;
mod exports;
mod extra_check_in;
mod factor;
pub mod fields;
pub mod import;
mod infusion;
mod infusions;
mod invite;
mod letter_texts;
mod line_listing;
mod local_time;
mod login;
mod lot;
mod lots;
mod mail;
mod paging;
mod patient;
mod patient_page;
mod patients;
mod pause;
mod products;
mod qr;
mod queue;
mod schedule;
mod sites;
mod snooze;
mod staff_admin;
mod summary;
mod task;

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
        // One line for each group of pages, by name.
        account::routes(),
        admin::routes(),
        api::routes(),
        api_tokens::routes(),
        assets::routes(),
        audit::routes(),
        calls::routes(),
        courses::routes(),
        demo::routes(),
        duty::routes(),
        escalation::routes(),
        exports::routes(),
        extra_check_in::routes(),
        health::routes(),
        import::routes(),
        infusion::routes(),
        infusions::routes(),
        invite::routes(),
        letter_texts::routes(),
        line_listing::routes(),
        login::routes(),
        lot::routes(),
        lots::routes(),
        mail::routes(),
        patient::routes(),
        patient_page::routes(),
        patients::routes(),
        pause::routes(),
        rules::routes(),
        products::routes(),
        queue::routes(),
        schedule::routes(),
        sites::routes(),
        snooze::routes(),
        staff_admin::routes(),
        summary::routes(),
        task::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The program as a service.
pub fn router(app: &App) -> Router {
    with_routes(app, routes())
}

fn with_routes(app: &App, routes: Vec<Route>) -> Router {
    let mut pages = Router::new();
    for route in routes {
        pages = pages.route(route.path, guard::protect(route, app));
    }
    pages
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode, header};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Settings;
    use crate::domain::Timestamp;
    use crate::secrets::Keys;
    use crate::store::Db;

    async fn breaks() -> &'static str {
        panic!("on purpose, with a secret")
    }

    #[tokio::test]
    async fn a_panic_gets_our_page_in_the_reader_s_language_with_the_emergency_number() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::from_root(&[7; 32]);
        let (db, _) = Db::open(&dir.path().join("a.db"), &keys).unwrap();
        let now: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
        let settings = Settings::for_training(dir.path(), now);
        let app = App::new(db, Clock::fixed(now), keys, settings);
        let router = with_routes(&app, vec![Route::get("/breaks", Access::Public, breaks)]);
        for (language, expected) in
            [("en", "Something went wrong on our side"), ("zh-CN", "系统出现问题")]
        {
            let request =
                Request::builder().uri("/breaks").header(header::ACCEPT_LANGUAGE, language);
            let request = request.body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(response.headers().contains_key("content-security-policy"));
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let html = String::from_utf8_lossy(&bytes);
            assert!(html.contains(expected) && html.contains("tel:120"), "{html}");
            assert!(!html.contains("secret"), "{html}");
        }
    }
}
