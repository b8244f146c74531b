//! What people type, read into values that make sense: names, addresses, numbers, days, times.
//!
//! Each value has one way in and a [`Reason`] when it is refused. Text is trimmed; what
//! cannot be seen (control characters, U+FFFD from broken UTF-8) is refused, not dropped.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset};
use rust_decimal::Decimal;

use super::codelist::Codelist;
use super::problem::Reason;
use super::time::{Day, Timestamp, Zone};

/// Characters that no text of ours holds: they cannot be seen or are left of broken UTF-8.
fn invisible(c: char, lines: bool) -> bool {
    (c.is_control() && !(lines && matches!(c, '\n' | '\t')))
        || matches!(c, '\u{FFFD}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn bounded(text: &str, max: usize, lines: bool) -> Result<Option<String>, Reason> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if let Some(c) = text.chars().find(|c| invisible(*c, lines)) {
        return Err(Reason::Character(c));
    }
    if text.chars().count() > max {
        return Err(Reason::TooLong(max));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Most characters of one line, such as a name.
pub const LINE: usize = 200;
/// Most characters of a note (REFERENCE §0.6 uses the same for patients' own words).
pub const NOTE: usize = 4_000;

/// One line of text, not empty.
pub fn line(text: &str) -> Result<String, Reason> {
    bounded(text, LINE, false)?.ok_or(Reason::Missing)
}

/// One line of text, or nothing.
pub fn optional_line(text: &str) -> Result<Option<String>, Reason> {
    bounded(text, LINE, false)
}

/// Several lines of text, or nothing.
pub fn note(text: &str) -> Result<Option<String>, Reason> {
    bounded(text, NOTE, true)
}

/// A coded value.
pub fn choice<T: Codelist>(text: &str) -> Result<T, Reason> {
    match text.trim() {
        "" => Err(Reason::Missing),
        code => T::from_code(code).ok_or_else(|| {
            Reason::NotChoice(
                T::ALL.iter().map(|value| value.code()).collect::<Vec<_>>().join(", "),
            )
        }),
    }
}

/// A coded value, or nothing.
pub fn optional_choice<T: Codelist>(text: &str) -> Result<Option<T>, Reason> {
    if text.trim().is_empty() { Ok(None) } else { choice(text).map(Some) }
}

/// A whole number within limits.
pub fn whole(text: &str, min: i64, max: i64) -> Result<i64, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Reason::NotWhole);
    }
    match text.parse::<i64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(Reason::OutOfRange(min.to_string(), max.to_string())),
    }
}

/// A whole number within limits that fit 32 bits.
pub fn small_whole(text: &str, min: i32, max: i32) -> Result<i32, Reason> {
    let number = whole(text, min.into(), max.into())?;
    i32::try_from(number).map_err(|_| Reason::OutOfRange(min.to_string(), max.to_string()))
}

/// A number with at most one decimal, in tenths. The decimal comma counts as a point.
pub fn tenths(text: &str, min: i32, max: i32) -> Result<i32, Reason> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    let number = Decimal::from_str(&text).ok().filter(|_| plain).ok_or(Reason::NotNumber)?;
    let range = || {
        let show = |tenths: i32| Decimal::new(tenths.into(), 1).normalize().to_string();
        Reason::OutOfRange(show(min), show(max))
    };
    if number.normalize().scale() > 1 {
        return Err(Reason::TooPrecise(1));
    }
    let found = i32::try_from((number * Decimal::TEN).trunc()).map_err(|_| range())?;
    if (min..=max).contains(&found) { Ok(found) } else { Err(range()) }
}

/// A calendar day between 1900 and 2100.
pub fn day(text: &str) -> Result<Day, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    let day: Day = text.parse().map_err(|_| Reason::NotDay)?;
    // jiff also reads times of day and basic format; a day here is YYYY-MM-DD and nothing else.
    if day.to_string() != text {
        return Err(Reason::NotDay);
    }
    match day.date().year() {
        1900..=2100 => Ok(day),
        _ => Err(Reason::OutOfRange("1900-01-01".to_owned(), "2100-12-31".to_owned())),
    }
}

/// A calendar day that is not after today.
pub fn past_day(text: &str, today: Day) -> Result<Day, Reason> {
    let day = day(text)?;
    if day > today { Err(Reason::Future) } else { Ok(day) }
}

/// Turns "nothing entered" into none.
pub fn optional<T>(value: Result<T, Reason>) -> Result<Option<T>, Reason> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(Reason::Missing) => Ok(None),
        Err(reason) => Err(reason),
    }
}

/// Which of two instants is meant when the wall clock showed a time twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Nothing was said.
    Unsaid,
    /// The first.
    Earlier,
    /// The second.
    Later,
}

impl Fold {
    /// Reads the form's `earlier` or `later`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text.trim() {
            "earlier" => Self::Earlier,
            "later" => Self::Later,
            _ => Self::Unsaid,
        }
    }
}

/// A time on the wall clock of a clinic, as an instant.
///
/// A time that the clock jumped over is refused; one that it showed twice is refused
/// until `fold` says which is meant. Nothing is chosen silently.
pub fn local_time(day: Day, time: &str, zone: &Zone, fold: Fold) -> Result<Timestamp, Reason> {
    let time = time.trim();
    if time.is_empty() {
        return Err(Reason::Missing);
    }
    // HH:MM, or HH:MM:SS.
    let well_formed = matches!(time.len(), 5 | 8) && time.is_ascii();
    let clock: Time = time.parse().ok().filter(|_| well_formed).ok_or(Reason::NotTime)?;
    let local = DateTime::from_parts(day.date(), clock);
    let ambiguous = zone.jiff().to_ambiguous_zoned(local);
    let instant = |offset: Offset| offset.to_timestamp(local).map(Timestamp::new);
    let shown = |offset: Offset| format!("UTC{offset}");
    match (ambiguous.offset(), fold) {
        (AmbiguousOffset::Unambiguous { offset }, _)
        | (AmbiguousOffset::Fold { before: offset, .. }, Fold::Earlier)
        | (AmbiguousOffset::Fold { after: offset, .. }, Fold::Later) => {
            instant(offset).map_err(|_| Reason::NotTime)
        }
        (AmbiguousOffset::Fold { before, after }, Fold::Unsaid) => {
            Err(Reason::RepeatedTime(shown(before), shown(after)))
        }
        (AmbiguousOffset::Gap { before, after }, _) => {
            // The clock jumped at the instant where `local`, read with the offset of
            // before, lies: show what it read just before and just after.
            let edge = zone
                .jiff()
                .preceding(
                    after.to_timestamp(local).map_err(|_| Reason::NotTime)?
                        + jiff::SignedDuration::from_hours(24),
                )
                .find(|transition| transition.offset() == after)
                .map(|transition| transition.timestamp());
            let (from, to) = match edge {
                Some(edge) => (before.to_datetime(edge).time(), after.to_datetime(edge).time()),
                None => (clock, clock),
            };
            Err(Reason::SkippedTime(hours_and_minutes(from), hours_and_minutes(to)))
        }
    }
}

fn hours_and_minutes(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Declares texts with rules of their own.
macro_rules! texts {
    ($( $(#[$meta:meta])* $name:ident = $read:expr; )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads what was typed.
            pub fn parse(text: &str) -> Result<Self, Reason> {
                let read: fn(&str) -> Result<String, Reason> = $read;
                read(text).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Reason;

            fn from_str(text: &str) -> Result<Self, Reason> {
                Self::parse(text)
            }
        }
    )+};
}

texts! {
    /// A clinic's number for a patient. Letters of any script, digits and `- / . _ #`; kept as
    /// typed apart from surrounding space, compared in upper case.
    PatientCode = |text| label(text, 35);

    /// A manufacturer's lot number, as printed on the bag, in upper case. At most 35 characters,
    /// the length of ICH E2B(R3) element G.k.4.r.7.
    LotNumber = |text| label(text, 35);

    /// The short name of a clinic.
    SiteCode = |text| label(text, 12);

    /// The short name of a product.
    ProductCode = |text| label(text, 35);

    /// An e-mail address that a mail server will take: one `@`, a dotted domain, at most
    /// 254 characters in all and 64 before the `@` (RFC 5321 §4.5.3.1), no quoted local
    /// part. The domain is kept in lower case.
    EmailAddress = email;

    /// A phone number: 5 to 20 digits with an optional `+` in front; spaces, hyphens, dots
    /// and brackets are taken as typed.
    PhoneNumber = phone;
}

fn label(text: &str, max: usize) -> Result<String, Reason> {
    let text = text.trim().to_uppercase();
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    if let Some(c) = text.chars().find(|c| !c.is_alphanumeric() && !"-/._#".contains(*c)) {
        return Err(Reason::Character(c));
    }
    if text.chars().count() > max {
        return Err(Reason::TooLong(max));
    }
    Ok(text)
}

fn email(text: &str) -> Result<String, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    if text.len() > 254 {
        return Err(Reason::TooLong(254));
    }
    let (local, domain) = text.rsplit_once('@').ok_or(Reason::NotEmail)?;
    let local_fits = (1..=64).contains(&local.len())
        && local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let labels: Vec<&str> = domain.split('.').collect();
    let domain_fits = labels.len() >= 2
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && labels.last().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    if local_fits && domain_fits {
        Ok(format!("{local}@{}", domain.to_ascii_lowercase()))
    } else {
        Err(Reason::NotEmail)
    }
}

fn phone(text: &str) -> Result<String, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let known = text
        .char_indices()
        .all(|(at, c)| c.is_ascii_digit() || " -.()".contains(c) || (c == '+' && at == 0));
    if known && (5..=20).contains(&digits) && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        Err(Reason::NotPhone)
    }
}

#[cfg(test)]
mod tests;
