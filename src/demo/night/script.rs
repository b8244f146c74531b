//! Who is in the night, and what happens in it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::{InfusionId, Language, OutboxId, PatientId, SiteId, Timestamp};

/// Somebody's part in the night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A fever that is expected becomes one that is not.
    Shaking,
    /// The same lot: chills, and later no pressure.
    Chills,
    /// What was to be expected: must stay quiet.
    Redness,
    /// Does not answer the check-in of the first day.
    Silent,
    /// Mail to the address comes back.
    Returned,
}

impl Part {
    /// All, in the order of their letters.
    pub const ALL: &[Self] =
        &[Self::Shaking, Self::Chills, Self::Redness, Self::Silent, Self::Returned];

    const fn letter(self) -> char {
        match self {
            Self::Shaking => 'A',
            Self::Chills => 'B',
            Self::Redness => 'C',
            Self::Silent => 'D',
            Self::Returned => 'E',
        }
    }

    /// The clinic's number for the patient.
    #[must_use]
    pub fn code(self, night: i64) -> String {
        format!("N{night}-{}", self.letter())
    }

    /// An invented name.
    #[must_use]
    pub fn name(self, night: i64, language: Language) -> String {
        match language {
            Language::En => format!("Rehearsal {night}{}", self.letter()),
            Language::ZhCn => format!("演练{night}{}", self.letter()),
        }
    }

    /// How long before the evening the infusion ended, in minutes.
    #[must_use]
    pub const fn infused_before_min(self) -> i64 {
        match self {
            Self::Shaking => 90,
            Self::Chills => 120,
            Self::Redness => 180,
            // The day before: the check-in of the first day closes in this night.
            Self::Silent => 29 * 60,
            Self::Returned => 150,
        }
    }
}

/// Somebody in the night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The part.
    pub part: Part,
    /// The clinic's number for the patient.
    pub code: String,
    /// Which patient.
    #[serde(with = "text")]
    pub patient: PatientId,
    /// The infusion that the night is about.
    #[serde(with = "text")]
    pub infusion: InfusionId,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A patient reports, for the first time or again.
    Report(Part, Chapter),
    /// The newest mail to a patient comes back.
    MailReturns(Part),
    /// The mail server takes nothing any more.
    MailDown,
    /// It works again.
    MailUp,
}

/// Which of a patient's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chapter {
    /// The first one.
    First,
    /// The second one, which is worse.
    Worse,
}

/// Something of the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When.
    #[serde(with = "text")]
    pub at: Timestamp,
    /// What.
    pub deed: Deed,
    /// When it did happen, or could not.
    #[serde(with = "perhaps_text")]
    pub settled_at: Option<Timestamp>,
    /// Whether it could.
    pub did_happen: bool,
}

impl Happening {
    /// Whether it has still to happen.
    #[must_use]
    pub const fn is_to_come(&self) -> bool {
        self.settled_at.is_none()
    }
}

/// A night with all that happens in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Night {
    /// Counts the nights of this training.
    pub number: i64,
    /// At which clinic.
    #[serde(with = "text")]
    pub site: SiteId,
    /// The lot that all of them got.
    pub lot: String,
    /// The evening.
    #[serde(with = "text")]
    pub began_at: Timestamp,
    /// The morning.
    #[serde(with = "text")]
    pub ends_at: Timestamp,
    /// Who is in it.
    pub people: Vec<Person>,
    /// What happens, first first.
    pub happenings: Vec<Happening>,
}

impl Night {
    /// Whether it goes on at this time.
    #[must_use]
    pub fn is_on(&self, now: Timestamp) -> bool {
        now < self.ends_at
    }

    /// Somebody in it.
    #[must_use]
    pub fn person(&self, part: Part) -> Option<&Person> {
        self.people.iter().find(|person| person.part == part)
    }

    /// The patients.
    #[must_use]
    pub fn patients(&self) -> Vec<PatientId> {
        self.people.iter().map(|person| person.patient).collect()
    }

    /// The first thing that should have happened by now and has not: its place, and which
    /// night this is.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Option<(usize, i64)> {
        let place = self.happenings.iter().position(|one| one.is_to_come() && one.at <= now)?;
        Some((place, self.number))
    }

    /// When something happens next.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        self.happenings.iter().filter(|one| one.is_to_come()).map(|one| one.at).min()
    }

    /// Whether the mail server is switched off.
    #[must_use]
    pub fn is_mail_down(&self) -> bool {
        let is_switch =
            |one: &&Happening| one.did_happen && matches!(one.deed, Deed::MailDown | Deed::MailUp);
        self.happenings.iter().rfind(is_switch).is_some_and(|one| one.deed == Deed::MailDown)
    }
}

/// Minutes after the evening at which things happen.
const SCRIPT: &[(i64, Deed)] = &[
    // 21:20: redness where the needle was, as expected.
    (80, Deed::Report(Part::Redness, Chapter::First)),
    // 21:45
    (105, Deed::MailReturns(Part::Returned)),
    // 02:10: 38.4 °C, and then 39.6 °C with shaking at 02:40.
    (370, Deed::Report(Part::Shaking, Chapter::First)),
    (400, Deed::Report(Part::Shaking, Chapter::Worse)),
    // 03:00 to 03:50: the charge nurse and the physician cannot be written to.
    (420, Deed::MailDown),
    // 03:25: the same lot.
    (445, Deed::Report(Part::Chills, Chapter::First)),
    (470, Deed::MailUp),
    // 05:00
    (540, Deed::Report(Part::Chills, Chapter::Worse)),
];

/// The small hours of one night come a little later than those of another, so that nobody
/// learns the minute instead of the work.
const LATER_MIN: i64 = 5;

/// What happens in a night that begins now. Without a mail server of the training's own there
/// is none to switch off.
#[must_use]
pub fn happenings(began_at: Timestamp, night: i64, with_outage: bool) -> Vec<Happening> {
    let later = (night - 1).rem_euclid(4) * LATER_MIN;
    SCRIPT
        .iter()
        .filter(|(_, deed)| with_outage || !matches!(deed, Deed::MailDown | Deed::MailUp))
        .map(|(min, deed)| Happening {
            at: began_at.plus_minutes(if *min > 360 { min + later } else { *min }),
            deed: *deed,
            settled_at: None,
            did_happen: false,
        })
        .collect()
}

impl Deed {
    /// The `report` object, so many hours after the infusion.
    #[must_use]
    pub fn report(self, hours: f64) -> Value {
        let Self::Report(part, chapter) = self else { return json!({}) };
        let onset = |ago: f64| ((hours - ago).max(0.0) * 10.0).round() / 10.0;
        let fever = |value: f64, ago: f64| {
            json!({"value": value, "unit": "C", "site": "oral", "antipyretic_6h": false,
                "onset_h": onset(ago), "duration_h": ago})
        };
        let chills = |shaking: i64, ago: f64| json!({"shaking": shaking, "onset_h": onset(ago), "duration_h": ago});
        match (part, chapter) {
            (Part::Redness | Part::Silent | Part::Returned, _) => json!({"symptoms": {
                "SITE_REACTION": {"redness_cm": 2.0, "swelling_cm": 0, "tender": true, "onset_h": onset(2.0), "duration_h": 2.0},
            }}),
            (Part::Shaking, Chapter::First) => json!({"temp": fever(38.4, 1.0)}),
            (Part::Shaking, Chapter::Worse) => json!({
                "temp": fever(39.6, 1.5),
                "symptoms": {"CHILLS": chills(2, 0.4)},
            }),
            (Part::Chills, Chapter::First) => json!({
                "temp": fever(38.6, 1.0),
                "symptoms": {"CHILLS": chills(2, 0.5)},
            }),
            (Part::Chills, Chapter::Worse) => json!({
                "temp": fever(39.2, 2.5),
                "vitals": {"sbp": 84, "hr": 118},
                "symptoms": {
                    "CHILLS": chills(2, 2.0),
                    "DIZZINESS": {"sev": 2, "adl": 2, "onset_h": onset(0.5), "duration_h": 0.5},
                },
            }),
        }
    }
}

/// The notice of a mail server about a letter that it could not deliver (RFC 3464).
#[must_use]
pub fn notice(letter: OutboxId) -> String {
    format!(
        "From: MAILER-DAEMON@training.invalid\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n\
         --B\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; training.invalid\r\n\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n\r\n\
         --B\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Message-ID: <outbox-{letter}@training.invalid>\r\n\r\n--B--\r\n"
    )
}

/// Ids and instants as their texts.
mod text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, T: FromStr>(from: D) -> Result<T, D::Error>
    where
        T::Err: Display,
    {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// The same where there may be none.
mod perhaps_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::domain::Timestamp;

    #[expect(clippy::ref_option, reason = "serde hands over the field itself")]
    pub(super) fn serialize<S: Serializer>(
        value: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(|at| at.to_string()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
