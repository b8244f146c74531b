//! A text as it would go out to a chosen patient. Nothing is kept but that somebody looked.

use super::{Known, Typed, clinic};
use crate::domain::letter::Priority;
use crate::domain::letter_text::{LetterText, kinds};
use crate::domain::{Codelist, PatientId, Scope};
use crate::i18n::labels::Label;
use crate::i18n::letter_texts::{LetterTextsText, letter_texts as text};
use crate::mail::example::example;
use crate::mail::letter::Block;
use crate::store::patients::{self, Filter, Patient};
use crate::store::sites::{self, Site};
use crate::store::{Connection, Error, audit};
use crate::web::{App, Chrome, PageError, Signed};

/// Patients that are offered when a part of a number fits several.
const OFFERED: i64 = 20;

/// The letter as it would go out.
pub(super) struct Preview {
    pub(super) heading: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) blocks: Vec<Block>,
    pub(super) button: &'static str,
    pub(super) sender: String,
    pub(super) no_reply: &'static str,
    pub(super) html: String,
}

/// What a number that was typed leads to.
enum Sought {
    One(Box<Patient>, Box<Site>, bool),
    Several(Vec<(PatientId, String)>),
    Nobody,
}

fn seek(
    conn: &mut Connection,
    scope: &Scope,
    typed: &str,
    picked: Option<PatientId>,
) -> Result<Sought, Error> {
    let found = if let Some(id) = picked {
        patients::get(conn, scope, id)?
    } else {
        let mut rows = Vec::new();
        // The whole number goes before the numbers that contain it.
        if let Ok(code) = typed.parse() {
            for site in scope.sites() {
                rows.extend(patients::by_code(conn, *site, &code)?);
            }
        }
        if rows.is_empty() {
            let filter = Filter { search: Some(typed.to_owned()), ..Filter::default() };
            let (found, _) = patients::page(conn, scope, &filter, 0, OFFERED)?;
            rows.extend(found.into_iter().map(|row| row.patient));
        }
        if rows.len() > 1 {
            let several = rows.into_iter().map(|one| (one.id, one.code.to_string()));
            return Ok(Sought::Several(several.collect()));
        }
        rows.pop()
    };
    let Some(patient) = found else { return Ok(Sought::Nobody) };
    let Some(site) = sites::get(conn, scope, patient.site_id)? else { return Ok(Sought::Nobody) };
    let contact = patients::contact(conn, scope, patient.id)?;
    let has_address = contact.is_some_and(|contact| contact.email.is_some());
    Ok(Sought::One(Box::new(patient), Box::new(site), has_address))
}

/// Adds the preview to the page, or what is missing for it.
pub(super) async fn add(
    app: &App,
    signed: &Signed,
    chrome: &Chrome,
    (known, new): (&Known, &LetterText),
    typed: &mut Typed,
    picked: &str,
) -> Result<(), PageError> {
    let (t, place) = (text(chrome.lang), known.place);
    if place.kind.priority() != Priority::Patient {
        let site = known.site.as_ref().filter(|_| kinds(true).contains(&place.kind));
        typed.preview = Some(made(app, t, known, site, new)?);
        return Ok(());
    }
    let sought = typed.patient.trim().to_owned();
    let picked: Option<PatientId> = picked.parse().ok();
    if sought.is_empty() && picked.is_none() {
        typed.problems.push(t.needs_patient.to_owned());
        return Ok(());
    }
    let scope = place.site.map_or_else(|| signed.scope.clone(), |site| Scope::of([site]));
    let found = app.db.read(move |conn| seek(conn, &scope, &sought, picked)).await?;
    let (patient, site, has_address) = match found {
        Sought::One(patient, site, has_address) => (patient, site, has_address),
        Sought::Several(several) => {
            typed.matches = several;
            return Ok(());
        }
        Sought::Nobody => {
            typed.problems.push(t.no_patient.to_owned());
            return Ok(());
        }
    };
    let (actor, now, id, at) = (signed.actor(), app.now(), patient.id, patient.site_id);
    app.db
        .write(move |conn| {
            let object = ("patient", &id as &dyn std::fmt::Display);
            let detail = serde_json::json!({
                "page": "letter_preview",
                "kind": place.kind.code(),
                "language": place.language.code(),
            });
            audit::append(conn, now, &actor, Some(at), "patient.viewed", object, &detail)
        })
        .await?;
    let mut preview = made(app, t, known, Some(&site), new)?;
    let code = patient.code.to_string();
    preview.heading = Some(t.preview_of(&code));
    if patient.language != place.language {
        preview.notes.push(t.reads_other(patient.language.label(chrome.lang)));
    }
    if !has_address {
        preview.notes.push(t.no_address.to_owned());
    }
    typed.patient = code;
    typed.preview = Some(preview);
    Ok(())
}

fn made(
    app: &App,
    t: &LetterTextsText,
    known: &Known,
    site: Option<&Site>,
    new: &LetterText,
) -> Result<Preview, PageError> {
    let place = known.place;
    let clinic = site.map(clinic);
    let letter = example(
        &app.settings.letters(),
        (place.kind, place.language),
        clinic.as_ref(),
        new.clone(),
        app.now(),
    );
    let words = letter.words().map_err(PageError::internal)?;
    Ok(Preview {
        heading: None,
        notes: vec![t.dead_links.to_owned()],
        subject: words.subject,
        text: words.text,
        blocks: words.blocks,
        button: words.button,
        sender: letter.sender_name,
        no_reply: crate::i18n::letters::no_reply(place.language),
        html: words.html,
    })
}
