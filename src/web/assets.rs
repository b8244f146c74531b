//! Style sheets and scripts, embedded in the binary.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::{Access, PageError, Route};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/assets/{*path}", Access::Public, asset)]
}

async fn asset(Path(path): Path<String>) -> Result<Response, PageError> {
    let file = Assets::get(&path).ok_or(PageError::NotFound)?;
    let mut response = file.data.into_owned().into_response();
    let kind = HeaderValue::from_str(file.metadata.mimetype()).map_err(PageError::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    Ok(response)
}
