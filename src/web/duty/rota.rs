//! The rota on the page of who is on duty: now, next, gaps, hours.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{answer, draw};
use crate::access::members::MemberError;
use crate::access::rota as steps;
use crate::domain::chain::Audience;
use crate::domain::rota::{DAYS_AHEAD, Hours, Rota, Shift, gaps, next_hand_over};
use crate::domain::{Codelist, Language, ShiftId, SiteId, StaffId, Timestamp, Zone};
use crate::i18n::escalation::{EscalationText, escalation};
use crate::i18n::labels::Label;
use crate::i18n::moments::moment;
use crate::store::rota::{Candidate, suits};
use crate::web::form::Form;
use crate::web::page::page_again;
use crate::web::{App, Chrome, PageError, Signed};

/// One function of the rota.
pub(super) struct Function {
    pub name: &'static str,
    pub code: &'static str,
    pub now: String,
    pub next: Option<String>,
    pub gaps: Vec<String>,
    /// Whether a gap is worth a warning: the others fall back on everybody with the role.
    pub is_first: bool,
    /// Id, person, hours.
    pub rows: Vec<(String, String, String)>,
    /// People who can have hours as this.
    pub people: Vec<(String, String)>,
}

/// What the page says about a clinic's rota.
pub(super) fn functions(
    lang: Language,
    now: Timestamp,
    zone: &Zone,
    (rota, people, told): (&Rota, &[Candidate], &[Vec<StaffId>]),
) -> Vec<Function> {
    let t = escalation(lang);
    let ahead = (now, now.plus_hours(24 * DAYS_AHEAD));
    let name = |id: StaffId| {
        people.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default()
    };
    let names = |ids: &[StaffId]| -> Vec<String> { ids.iter().map(|id| name(*id)).collect() };
    Audience::ALL
        .iter()
        .zip(told)
        .map(|(audience, told)| {
            let mine: Vec<&Shift> =
                rota.shifts.iter().filter(|one| one.audience == *audience).collect();
            let next = next_hand_over(rota, *audience, now, zone.jiff());
            let is_on_dates = rota.exceptions.iter().any(|one| one.audience == Some(*audience));
            let found = if mine.is_empty() && !is_on_dates {
                Vec::new()
            } else {
                gaps(rota, *audience, ahead, zone.jiff())
            };
            let mut could: Vec<(String, String)> = people
                .iter()
                .filter(|one| one.has_password && suits(one.role, *audience))
                .map(|one| (one.id.to_string(), one.name.clone()))
                .collect();
            could.dedup();
            Function {
                name: audience.label(lang),
                code: audience.code(),
                now: t.people(&names(told)),
                next: next.map(|(at, ids)| t.then(&moment(at, zone, lang), &names(&ids))),
                gaps: found
                    .iter()
                    .map(|(from, until)| {
                        format!("{} – {}", moment(*from, zone, lang), moment(*until, zone, lang))
                    })
                    .collect(),
                is_first: *audience == Audience::OnDuty,
                rows: mine
                    .iter()
                    .map(|one| (one.id.to_string(), name(one.staff), hours(t, one)))
                    .collect(),
                people: could,
            }
        })
        .collect()
}

fn hours(t: &EscalationText, shift: &Shift) -> String {
    shift.hours.as_ref().map_or_else(|| t.cover_short.to_owned(), |hours| t.hours(hours))
}

#[derive(Deserialize)]
pub(super) struct AddForm {
    #[serde(default)]
    site: String,
    #[serde(default)]
    staff: String,
    #[serde(default)]
    audience: String,
    #[serde(default)]
    day: Vec<String>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    cover: String,
}

/// "HH:MM" as minutes after midnight.
pub(super) fn minutes(text: &str) -> Option<i32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

impl AddForm {
    /// The hours that were chosen; `None` among them is cover.
    fn hours(&self) -> Option<Vec<Option<Hours>>> {
        if !self.cover.is_empty() {
            return Some(vec![None]);
        }
        let (from_min, to_min) = (minutes(&self.from)?, minutes(&self.until)?);
        let hours: Option<Vec<_>> = self
            .day
            .iter()
            .map(|day| {
                let hours = Hours { weekday: day.parse().ok()?, from_min, to_min };
                hours.is_valid().then_some(Some(hours))
            })
            .collect();
        hours.filter(|hours| !hours.is_empty())
    }
}

pub(super) async fn add(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<AddForm>,
) -> Result<Response, PageError> {
    let found = form.site.parse().ok().zip(form.staff.parse().ok());
    let (site, staff): (SiteId, StaffId) = found.ok_or(PageError::NotFound)?;
    let audience = Audience::from_code(&form.audience).ok_or(PageError::NotFound)?;
    if !signed.scope.allows(site) {
        return Err(PageError::NotFound);
    }
    let Some(hours) = form.hours() else {
        let problem = escalation(chrome.lang).no_hours.to_owned();
        return page_again(&draw(&app, &signed, chrome, Some((site, problem))).await?);
    };
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let which = (site, staff, audience);
    let done = app.db.write(move |conn| steps::add(conn, &actor, &scope, which, &hours, now)).await;
    answer(&app, &signed, chrome, site, done).await
}

#[derive(Deserialize)]
pub(super) struct RemoveForm {
    #[serde(default)]
    site: String,
    #[serde(default)]
    shift: String,
}

pub(super) async fn remove(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<RemoveForm>,
) -> Result<Response, PageError> {
    let found = form.site.parse().ok().zip(form.shift.parse().ok());
    let (site, shift): (SiteId, ShiftId) = found.ok_or(PageError::NotFound)?;
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let done = app
        .db
        .write(move |conn| steps::remove(conn, &actor, &scope, shift, now))
        .await
        .map(|_: SiteId| ());
    answer(&app, &signed, chrome, site, done).await
}

#[derive(Deserialize)]
pub(super) struct HandOverForm {
    #[serde(default)]
    site: String,
    #[serde(default)]
    staff: String,
    #[serde(default)]
    to: String,
}

pub(super) async fn hand_over(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<HandOverForm>,
) -> Result<Response, PageError> {
    let people = form.staff.parse().ok().zip(form.to.parse().ok());
    let (site, people): (SiteId, (StaffId, StaffId)) =
        form.site.parse().ok().zip(people).ok_or(PageError::NotFound)?;
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let done: Result<(), MemberError> =
        app.db.write(move |conn| steps::hand_over(conn, &actor, &scope, site, people, now)).await;
    answer(&app, &signed, chrome, site, done).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_and_nothing_else() {
        for (text, expected) in [
            ("08:00", Some(480)),
            ("23:59", Some(1439)),
            ("0:05", Some(5)),
            ("24:00", None),
            ("12:60", None),
            ("-1:00", None),
            ("noon", None),
            ("", None),
        ] {
            assert_eq!(minutes(text), expected, "{text}");
        }
    }
}
