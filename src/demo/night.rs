//! A bad night to rehearse: a script of what patients and the mail server do, played through
//! the same steps as in a real clinic while the training clock moves.
//!
//! What the program makes of it is not written anywhere: the tasks, the steps of their chains,
//! the mails and the findings of the auditor come about as they would in earnest.

pub mod figures;
pub mod script;

use jiff::Span;

use self::script::{Deed, Happening, Night, Part, Person};
use super::DemoError;
use crate::clock::Clock;
use crate::domain::entry::{EmailAddress, LotNumber, PatientCode, PhoneNumber};
use crate::domain::registry::{
    ActiveState, CultureResult, EndotoxinResult, LotSource, LotState, Phase, ReportSource, Route,
    Sex,
};
use crate::domain::{Actor, LotId, ProductKind, Scope, SiteId, Timestamp, Zone, bounce};
use crate::intake::{self, Submission};
use crate::mail::Practice;
use crate::registry::Confirmed;
use crate::registry::course::{CourseFacts, begin_course};
use crate::registry::infusion::{InfusionFacts, record_infusion};
use crate::registry::lot::{LotFacts, add_lot};
use crate::registry::patient::{ConsentFacts, NewPatient, PatientFacts, enrol};
use crate::secrets::Keys;
use crate::store::products::{self, Product};
use crate::store::sites::{self, Site};
use crate::store::{self, Connection, Db, courses, links, outbox, patients, training};

/// The name under which the night is kept.
const NIGHT: &str = "training_night";
/// The hours of a night on the wall clock of its clinic.
const EVENING: i8 = 20;
const MORNING: i8 = 7;

/// What came of asking for a night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It has begun.
    Night(Box<Night>),
    /// Another one is still going on.
    Running,
    /// There is nothing to play it with: no such clinic, or no product of donor cells.
    Nothing,
}

/// The night that goes on or was the last, if there was one.
pub fn last(conn: &mut Connection) -> store::Result<Option<Night>> {
    let text = training::fact(conn, NIGHT)?;
    // One that an older version has written cannot be gone on with; a new one can be begun.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn keep(conn: &mut Connection, night: &Night) -> store::Result<()> {
    // A struct of texts and numbers can always be written.
    let text = serde_json::to_string(night).unwrap_or_default();
    training::set_fact(conn, NIGHT, &text)
}

/// The next evening of a clinic.
#[must_use]
pub fn evening(now: Timestamp, zone: &Zone) -> Timestamp {
    let local = now.at(zone.jiff());
    [0, 1]
        .into_iter()
        .filter_map(|days| at_hour(&local, days, EVENING))
        .find(|evening| *evening > now)
        .unwrap_or_else(|| now.plus_hours(24))
}

fn at_hour(day: &jiff::Zoned, days: i64, hour: i8) -> Option<Timestamp> {
    let date = day.date().checked_add(Span::new().days(days)).ok()?;
    let zoned = date.at(hour, 0, 0, 0).to_zoned(day.time_zone().clone()).ok()?;
    Some(Timestamp::new(zoned.timestamp()))
}

/// Begins a night at a clinic: its people are enrolled and their infusions recorded now, as a
/// coordinator would at the end of a day.
pub fn begin(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    at: SiteId,
    with_outage: bool,
) -> Result<Begun, DemoError> {
    let before = last(conn)?;
    if before.as_ref().is_some_and(|night| night.is_on(now)) {
        return Ok(Begun::Running);
    }
    let Some(site) = sites::get(conn, &Scope::of([at]), at)? else { return Ok(Begun::Nothing) };
    let donor = products::all(conn)?.into_iter().find(|product| {
        product.kind == ProductKind::Allogeneic && product.state == ActiveState::Active
    });
    let Some(donor) = donor else { return Ok(Begun::Nothing) };
    let number = before.map_or(0, |night| night.number) + 1;
    let number_of_lot = format!("NIGHT-{number}");
    let lot = lot(conn, now, actor, (&site, &donor), &number_of_lot)?;
    let mut people = Vec::new();
    for part in Part::ALL {
        people.push(cast(conn, keys, now, actor, (&site, &donor, lot), (*part, number))?);
    }
    let morning = at_hour(&now.at(site.time_zone.jiff()), 1, MORNING);
    let night = Night {
        number,
        site: at,
        lot: number_of_lot,
        began_at: now,
        ends_at: morning.unwrap_or_else(|| now.plus_hours(11)),
        people,
        happenings: script::happenings(now, number, with_outage),
    };
    keep(conn, &night)?;
    Ok(Begun::Night(Box::new(night)))
}

/// One lot of donor cells that all of them get: what one reports concerns the others.
fn lot(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (site, donor): (&Site, &Product),
    number: &str,
) -> Result<LotId, DemoError> {
    let day = now.day(site.time_zone.jiff());
    let facts = LotFacts {
        product: donor.id,
        number: LotNumber::parse(number).map_err(|_| DemoError::Invented("lot number"))?,
        source: LotSource::Donor,
        patient: None,
        collected_on: Some(day.plus_days(-17)),
        culture_started_on: Some(day.plus_days(-16)),
        released_on: Some(day.plus_days(-2)),
        cells_millions: Some(20_000),
        viability_permille: Some(930),
        sterility: CultureResult::Negative,
        mycoplasma: CultureResult::Negative,
        endotoxin: EndotoxinResult::Pass,
        state: LotState::Released,
        state_reason: None,
    };
    Ok(add_lot(conn, now, actor, (site.id, facts), (&[], Confirmed::Yes))?)
}

/// Enrols a person of the script and records the infusion.
fn cast(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    (site, donor, lot): (&Site, &Product, LotId),
    (part, number): (Part, i64),
) -> Result<Person, DemoError> {
    let invented = |what| move |_| DemoError::Invented(what);
    let code = part.code(number);
    let t0 = now.plus_minutes(-part.infused_before_min());
    let day = t0.day(site.time_zone.jiff());
    let facts = PatientFacts {
        code: PatientCode::parse(&code).map_err(|_| DemoError::Invented("patient code"))?,
        name: part.name(number, site.language),
        email: Some(
            EmailAddress::parse(&format!("{}@patients.invalid", code.to_ascii_lowercase()))
                .map_err(invented("e-mail"))?,
        ),
        phone: Some(PhoneNumber::parse("000 0000 0000").map_err(|_| DemoError::Invented("phone"))?),
        birth_year: 1960,
        sex: Sex::Female,
        language: site.language,
        time_zone: site.time_zone.clone(),
        infection_risk: None,
        notes: None,
    };
    let consent = ConsentFacts {
        text_version: "2025-1".to_owned(),
        language: site.language,
        given_on: day.plus_days(-3),
    };
    let new = NewPatient { site: site.id, facts, consent: Some(consent) };
    let patient = enrol(conn, now, actor, new, (&[], Confirmed::Yes))?;
    let scope = Scope::of([site.id]);
    let row = patients::get(conn, &scope, patient)?.ok_or(DemoError::Invented("patient"))?;
    let facts = CourseFacts::usual(donor.id, Phase::First, day);
    let course = begin_course(conn, now, actor, &row, &facts)?;
    let course = courses::get(conn, &scope, course)?.ok_or(DemoError::Invented("course"))?;
    let facts = InfusionFacts {
        lot,
        started_at: t0.plus_minutes(-60),
        ended_at: Some(t0),
        dose_cells_millions: Some(3_000),
        route: Route::Intravenous,
        premedication: None,
        notes: None,
    };
    let confirmed = (&[][..], Confirmed::Yes);
    let infusion = record_infusion(conn, keys, now, actor, (&row, &course), facts, confirmed)?;
    Ok(Person { part, code, patient, infusion })
}

/// Lets happen what the script has until now, and says whether something did. To be called
/// every few seconds and whenever the training clock moved.
pub async fn play(db: &Db, clock: &Clock, practice: &Practice) -> store::Result<bool> {
    let mut is_news = false;
    loop {
        let now = clock.now();
        let night = db.read(last).await?;
        practice.set_down(night.as_ref().is_some_and(Night::is_mail_down));
        let due = night.and_then(|night| night.due(now));
        let Some((place, number)) = due else { return Ok(is_news) };
        let played = db.write(move |conn| happen(conn, now, (number, place))).await;
        if let Err(error) = played {
            // What cannot happen any more (a patient who was taken out of the follow-up by
            // hand) must not hold up the rest of the night.
            tracing::warn!(%error, "something of the rehearsed night could not happen");
            db.write(move |conn| note(conn, now, (number, place), false)).await?;
        }
        is_news = true;
    }
}

/// Lets one thing happen, in one transaction with the note that it did.
fn happen(
    conn: &mut Connection,
    now: Timestamp,
    (number, place): (i64, usize),
) -> Result<(), DemoError> {
    let Some(night) = last(conn)?.filter(|night| night.number == number) else { return Ok(()) };
    let Some(happening) = night.happenings.get(place).filter(|one| one.is_to_come()) else {
        return Ok(());
    };
    match happening.deed {
        Deed::Report(part, _) => report(conn, now, &night, (part, happening))?,
        Deed::MailReturns(part) => mail_returns(conn, now, &night, part)?,
        // The server is switched by what is noted: see `Night::is_mail_down`.
        Deed::MailDown | Deed::MailUp => {}
    }
    note(conn, now, (number, place), true)?;
    Ok(())
}

fn note(
    conn: &mut Connection,
    now: Timestamp,
    (number, place): (i64, usize),
    did: bool,
) -> store::Result<()> {
    let Some(mut night) = last(conn)?.filter(|night| night.number == number) else { return Ok(()) };
    if let Some(happening) = night.happenings.get_mut(place).filter(|one| one.is_to_come()) {
        happening.settled_at = Some(now);
        happening.did_happen = did;
        keep(conn, &night)?;
    }
    Ok(())
}

/// A patient reports behind the own link.
fn report(
    conn: &mut Connection,
    now: Timestamp,
    night: &Night,
    (part, happening): (Part, &Happening),
) -> Result<(), DemoError> {
    let person = night.person(part).ok_or(DemoError::Invented("person"))?;
    let link = links::live(conn, person.infusion, now)?.ok_or(DemoError::Invented("link"))?;
    let actor = Actor::Patient { patient: person.patient, link: link.id };
    let scope = Scope::of([night.site]);
    let row = patients::get(conn, &scope, person.patient)?.ok_or(DemoError::Invented("patient"))?;
    let t0 = night.began_at.plus_minutes(-part.infused_before_min());
    #[expect(clippy::cast_precision_loss, reason = "hours of two days")]
    let hours = now.since(t0).as_mins() as f64 / 60.0;
    let submission = Submission {
        infusion: person.infusion,
        source: ReportSource::Patient,
        staff: None,
        language: row.language,
        report: happening.deed.report(hours),
        draft: None,
        idempotency_key: None,
        supersedes: None,
    };
    intake::receive(conn, now, &actor, &submission)?;
    Ok(())
}

/// The newest mail to a patient comes back, with the notice that a mail server writes.
fn mail_returns(
    conn: &mut Connection,
    now: Timestamp,
    night: &Night,
    part: Part,
) -> Result<(), DemoError> {
    let person = night.person(part).ok_or(DemoError::Invented("person"))?;
    let letter = training::newest_sent(conn, person.patient)?.ok_or(DemoError::Invented("mail"))?;
    let notice = script::notice(letter);
    let bounce = bounce::read(notice.as_bytes()).ok_or(DemoError::Invented("notice"))?;
    outbox::bounced(conn, now, &Actor::System, None, &bounce)?;
    Ok(())
}
