//! QR codes as one SVG path.

use std::fmt::Write as _;

use super::PageError;

/// A text as a square of dark and light modules.
pub(super) struct QrCode {
    /// Modules a side, with the quiet zone.
    pub size: i32,
    /// The dark modules, as an SVG path.
    pub path: String,
}

impl QrCode {
    /// The code of a text, readable when a seventh of it is damaged.
    pub(super) fn of(text: &str) -> Result<Self, PageError> {
        let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium)
            .map_err(PageError::internal)?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
            }
        }
        Ok(Self { size: code.size() + 8, path })
    }
}
