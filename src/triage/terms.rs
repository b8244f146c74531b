//! Grading diagnoses that a patient's answers never yield (REFERENCE §1.2, §3).

use serde_json::{Value, json};

use super::grades::{against_text, bump};
use super::{Step, TriageError};
use crate::domain::grading::{
    Anaphylaxis, Awakening, Crs, Icans, IceScore, Motor, Pressure, Seizure, StaffTerm, crs, icans,
};
use crate::domain::task::{Happening, Refusal, TaskEventKind};
use crate::domain::{Codelist, ProductKind, Timestamp};
use crate::registry::lot::stop;
use crate::store::Connection;
use crate::store::task_actions::{self, NewStaffGrade, TaskRow};

/// What a person found about a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermGrade {
    /// Which diagnosis.
    pub term: StaffTerm,
    /// What the calculator needs.
    pub findings: Findings,
    /// The CTCAE grade, 0 (ruled out) to 5; none when none was chosen.
    pub grade: Option<u8>,
    /// Anything to add.
    pub reason: String,
}

/// What a calculator is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Findings {
    /// There is none for the term.
    None,
    /// Signs of anaphylaxis.
    Anaphylaxis(Anaphylaxis),
    /// For the ASTCT grade of cytokine release syndrome.
    Crs(Crs),
    /// For the ASTCT grade of neurotoxicity.
    Icans {
        /// The ICE score; none when it is not a whole number from 0 to 10.
        ice: Option<IceScore>,
        /// What wakes the patient.
        awakening: Awakening,
        /// Seizures.
        seizure: Seizure,
        /// Motor findings.
        motor: Motor,
        /// Raised pressure or oedema.
        pressure: Pressure,
        /// The patient died of it.
        death: bool,
    },
}

/// Gives a diagnosis its grade: by calculator where there is one, and by CTCAE where it
/// has the term.
pub fn grade_term(
    conn: &mut Connection,
    now: Timestamp,
    step: &Step,
    given: &TermGrade,
) -> Result<(), TriageError> {
    let (row, by) = step.read(conn)?;
    let reason = given.reason.trim();
    let mut refusals = against_text(reason);
    refusals.extend(against_term(conn, &row, given)?);
    if !refusals.is_empty() {
        refusals.sort_unstable();
        return Err(TriageError::Refused(refusals));
    }
    bump(conn, &row)?;
    let ctcae = task_actions::ctcae_version(conn, &row)?;
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    for (scale, grade) in grades(given, &ctcae) {
        let new = NewStaffGrade {
            term: given.term.code(),
            grade: i32::from(grade),
            scale: scale.clone(),
            findings: findings(given.findings),
            reason: reason.clone(),
        };
        task_actions::add_staff_grade(conn, now, by, &row, &new)?;
        let said = reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let note = format!("{} {grade} ({scale}){said}", given.term.code());
        let happening = Happening::of(TaskEventKind::StaffGraded).with_note(&note);
        task_actions::add_event(conn, now, row.id, by, &happening, None)?;
        let detail = json!({
            "number": row.number,
            "infusion": row.infusion_id.to_string(),
            "term": new.term,
            "grade": grade,
            "scale": scale,
            "findings": new.findings,
            "reason": new.reason,
        });
        step.note_down(conn, now, &row, "task.term_graded", &detail)?;
        if stops_the_lot(given.term, grade) {
            let reason = format!("{} · {}", given.term.code(), row.number);
            let from = (row.site_id, row.infusion_id);
            stop::after_infusion(conn, now, &step.actor, from, &reason)?;
        }
    }
    Ok(())
}

/// A confirmed anaphylaxis, sepsis or death (REFERENCE §4.8).
const fn stops_the_lot(term: StaffTerm, grade: u8) -> bool {
    grade == 5 || (grade > 0 && matches!(term, StaffTerm::Anaphylaxis | StaffTerm::Sepsis))
}

fn against_term(
    conn: &mut Connection,
    row: &TaskRow,
    given: &TermGrade,
) -> Result<Vec<Refusal>, TriageError> {
    let mut found = Vec::new();
    let lowest = given.term.lowest_grade().number();
    match given.grade {
        // Neurotoxicity has no term in CTCAE 5.0: the calculator alone grades it.
        _ if given.term == StaffTerm::Icans => {}
        None => found.push(Refusal::NoGrade),
        Some(grade) if grade > 5 || (grade > 0 && grade < lowest) => {
            found.push(Refusal::GradeNotOfTerm);
        }
        Some(_) => {}
    }
    if matches!(given.findings, Findings::Icans { ice: None, .. }) {
        found.push(Refusal::NoScore);
    }
    let is_present = given.grade.is_some_and(|grade| grade > 0);
    if given.term == StaffTerm::Gvhd
        && is_present
        && task_actions::product_kind(conn, row)? == ProductKind::Autologous
    {
        found.push(Refusal::OwnCells);
    }
    let other = match given.term {
        StaffTerm::Allergic => Some(StaffTerm::Irr),
        StaffTerm::Irr => Some(StaffTerm::Allergic),
        _ => None,
    };
    if let Some(other) = other.filter(|_| is_present)
        && task_actions::staff_grade_of(conn, row, other.code())?.is_some_and(|grade| grade > 0)
    {
        found.push(Refusal::NotWithOther);
    }
    Ok(found)
}

/// The scales and grades that follow.
fn grades(given: &TermGrade, ctcae: &str) -> Vec<(String, u8)> {
    let by_calculator = match given.findings {
        Findings::Crs(findings) => Some(crs(findings)),
        Findings::Icans { ice: Some(ice), awakening, seizure, motor, pressure, death } => {
            Some(icans(Icans { ice, awakening, seizure, motor, pressure, death }))
        }
        Findings::Icans { ice: None, .. } | Findings::None | Findings::Anaphylaxis(_) => None,
    };
    let chosen = given.grade.filter(|_| given.term != StaffTerm::Icans);
    by_calculator
        .map(|grade| ("astct_2019".to_owned(), grade.number()))
        .into_iter()
        .chain(chosen.map(|grade| (format!("ctcae_{ctcae}"), grade)))
        .collect()
}

/// What the calculator was given, as it is kept.
fn findings(findings: Findings) -> Value {
    match findings {
        Findings::None => json!({}),
        Findings::Anaphylaxis(signs) => json!({
            "skin": signs.skin,
            "breathing": signs.breathing,
            "circulation": signs.circulation,
            "gut": signs.gut,
            "after_trigger": signs.after_trigger,
            "wao_2020": signs.is_highly_likely(),
        }),
        Findings::Crs(crs) => json!({
            "fever_ever": crs.fever_ever,
            "hypotension": crs.hypotension,
            "vasopressors": crs.vasopressors.code(),
            "oxygen": crs.oxygen.code(),
            "death": crs.death,
        }),
        Findings::Icans { ice, awakening, seizure, motor, pressure, death } => json!({
            "ice": ice.map(IceScore::get),
            "awakening": awakening.code(),
            "seizure": seizure.code(),
            "motor": motor.code(),
            "pressure": pressure.code(),
            "death": death,
        }),
    }
}
