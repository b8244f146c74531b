//! The languages people read.

use super::codelist::codelist;

codelist! {
    /// A language that every sentence of the product exists in. Codes are BCP 47 tags.
    pub enum Language: "language" {
        /// English.
        En = "en",
        /// Simplified Chinese.
        ZhCn = "zh-CN",
    }
}

impl Language {
    /// The best language for an `Accept-Language` header (RFC 9110 §12.5.4):
    /// the highest quality wins, any `zh` is Simplified Chinese, nothing usable is English.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for entry in header.split(',') {
            let mut parts = entry.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let language = match tag.split('-').next() {
                Some("zh") => Self::ZhCn,
                Some("en") => Self::En,
                _ => continue,
            };
            let quality = parts
                .filter_map(|part| part.trim().strip_prefix("q="))
                .find_map(|value| value.parse::<f32>().ok())
                .unwrap_or(1.0);
            // Three decimals are all that the header may carry.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let quality = (quality.clamp(0.0, 1.0) * 1000.0) as u16;
            if quality > 0 && best.is_none_or(|(known, _)| quality > known) {
                best = Some((quality, language));
            }
        }
        best.map_or(Self::En, |(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, ZhCn};

    #[test]
    fn the_browser_decides_by_quality() {
        for (header, expected) in [
            ("", En),
            ("zh-CN,zh;q=0.9,en;q=0.8", ZhCn),
            ("en-GB,zh;q=0.9", En),
            ("de,zh-TW;q=0.5,en;q=0.2", ZhCn),
            ("zh;q=0,en;q=0.1", En),
            ("fr", En),
            ("en;q=0.3,zh-Hans;q=0.7", ZhCn),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }
}
