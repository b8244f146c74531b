//! Reading a posted form.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::PageError;

/// A posted form, every field still as it was typed.
///
/// Repeated fields fill a `Vec`; a body that is no form, or holds NUL or broken UTF-8,
/// gets our own page. The form token is checked by the guard and ignored here.
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

impl<S, T> FromRequest<S> for Form<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| PageError::TooLarge)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| PageError::Unreadable)?;
        // Percent-decoding would turn broken UTF-8 into U+FFFD without complaint.
        let lower = text.to_ascii_lowercase();
        if lower.contains("%00") || lower.contains('\0') {
            return Err(PageError::Unreadable);
        }
        let request = Request::builder()
            .method(axum::http::Method::POST)
            .header(axum::http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(bytes))
            .map_err(PageError::internal)?;
        let axum_extra::extract::Form(form) =
            axum_extra::extract::Form::<T>::from_request(request, state)
                .await
                .map_err(|_| PageError::Unreadable)?;
        Ok(Self(form))
    }
}
