//! What a patient told since an infusion, report by report, for the patient alone.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::super::schema::{report, report_symptom};
use super::super::{Connection, Result};
use crate::domain::{InfusionId, ReportId, Timestamp};

/// One report as it counts now, without anything that staff added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When its first version came: a correction does not move what it tells to another day.
    pub at: Timestamp,
    /// The adjusted temperature, degrees C with one decimal.
    pub temperature: Option<String>,
    /// The symptoms with their derived grades; what was as usual is not among them.
    pub symptoms: Vec<(String, i32)>,
}

type Row = (ReportId, Option<ReportId>, Timestamp, Option<String>);

/// The reports of an infusion in their newest versions, in the order in which they came.
pub fn told_since(conn: &mut Connection, infusion: InfusionId) -> Result<Vec<Told>> {
    let rows = report::table
        .filter(report::infusion_id.eq(infusion))
        .order((report::received_at, report::id))
        .select((report::id, report::supersedes, report::received_at, report::temp_adj_c))
        .load::<Row>(conn)?;
    let grades = report_symptom::table
        .inner_join(report::table)
        .filter(report::infusion_id.eq(infusion))
        .filter(report_symptom::grade.is_not_null())
        .order((report_symptom::report_id, report_symptom::code))
        .select((
            report_symptom::report_id,
            report_symptom::code,
            report_symptom::grade.assume_not_null(),
        ))
        .load::<(ReportId, String, i32)>(conn)?;
    let corrected: BTreeSet<ReportId> = rows.iter().filter_map(|row| row.1).collect();
    // A version comes after the one that it corrects, so that one's day is known by then.
    let mut first_at: BTreeMap<ReportId, Timestamp> = BTreeMap::new();
    let mut told = Vec::new();
    for (id, supersedes, received_at, temperature) in rows {
        let at = supersedes.and_then(|earlier| first_at.get(&earlier).copied());
        let at = at.unwrap_or(received_at);
        first_at.insert(id, at);
        if !corrected.contains(&id) {
            let symptoms = grades.iter().filter(|(report, ..)| *report == id);
            let symptoms = symptoms.map(|(_, code, grade)| (code.clone(), *grade)).collect();
            told.push(Told { at, temperature, symptoms });
        }
    }
    told.sort_by_key(|one| one.at);
    Ok(told)
}
