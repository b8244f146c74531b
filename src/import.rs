//! Taking in files: patients, lots, infusions. All of a file, or nothing of it.
//!
//! A file is planned against the registry; the plan names every bad row with line, column
//! and reason, and is what the preview shows. Committing plans once more, inside the
//! writing transaction, with the same function: when that plan has problems or differs from
//! the one that was confirmed, nothing is written.
//!
//! Rows are read by the same forms as the pages, so that a file and a person are told the
//! same things. What looks odd is listed and does not stop a file.

pub mod file;
mod plan;

use sha2::{Digest, Sha256};

pub use file::{FileProblem, Table, decode};
pub use plan::{Plan, RowProblem, RowReason, RowWarning, plan};

use crate::domain::codelist::codelist;
use crate::domain::{Actor, Codelist, Scope, Timestamp};
use crate::registry::{Confirmed, Refusal, course, infusion, lot, patient};
use crate::secrets::Keys;
use crate::store::sites::Site;
use crate::store::{Connection, audit};

codelist! {
    /// What a file holds.
    pub enum Kind: "kind of file" {
        /// One patient a row.
        Patients = "patients",
        /// One lot a row.
        Lots = "lots",
        /// One infusion a row.
        Infusions = "infusions",
    }
}

/// A column of a file. Its name is the name of the form field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the first line.
    pub name: &'static str,
    /// Whether the file must have it.
    pub is_required: bool,
    /// A value that it could hold.
    pub example: &'static str,
}

const fn needed(name: &'static str, example: &'static str) -> Column {
    Column { name, is_required: true, example }
}

const fn free(name: &'static str, example: &'static str) -> Column {
    Column { name, is_required: false, example }
}

const PATIENTS: &[Column] = &[
    needed("code", "SH-0001"),
    needed("name", "演示人员甲"),
    needed("email", "person-0001@example.com"),
    free("phone", "+86 138 0013 8000"),
    needed("birth_year", "1961"),
    needed("sex", "female"),
    needed("language", "zh-CN"),
    free("time_zone", "Asia/Shanghai"),
    free("consent_version", "2.1"),
    free("consent_on", "2026-01-15"),
    free("infection_risk_reason", ""),
    free("notes", ""),
];

const LOTS: &[Column] = &[
    needed("number", "NK-26-0001"),
    needed("product", "NK-AUTO"),
    needed("source", "own"),
    needed("patient", "SH-0001"),
    free("collected_on", "2026-01-20"),
    free("culture_started_on", "2026-01-21"),
    free("released_on", "2026-02-05"),
    free("cells_millions", "3000"),
    free("viability_percent", "92.5"),
    needed("sterility", "negative"),
    needed("mycoplasma", "negative"),
    needed("endotoxin", "pass"),
    needed("state", "released"),
    free("state_reason", ""),
];

const INFUSIONS: &[Column] = &[
    needed("patient", "SH-0001"),
    needed("phase", "first"),
    free("course_started_on", "2026-02-06"),
    needed("lot", "NK-26-0001"),
    needed("date", "2026-02-06"),
    needed("start_time", "09:30"),
    free("start_fold", ""),
    free("end_date", ""),
    needed("end_time", "10:15"),
    free("end_fold", ""),
    free("dose_cells_millions", "3000"),
    needed("route", "intravenous"),
    free("premedication", ""),
    free("notes", ""),
];

impl Kind {
    /// The columns of a file, in the order of the example; a file may have them in any order.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Patients => PATIENTS,
            Self::Lots => LOTS,
            Self::Infusions => INFUSIONS,
        }
    }

    /// A file with one row, to begin with. It starts with a byte order mark, so that Excel
    /// reads the Chinese in it.
    #[must_use]
    pub fn example(self) -> String {
        let names: Vec<&str> = self.columns().iter().map(|column| column.name).collect();
        let values: Vec<&str> = self.columns().iter().map(|column| column.example).collect();
        format!("\u{FEFF}{}\r\n{}\r\n", names.join(","), values.join(","))
    }
}

/// What was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many rows.
    pub rows: usize,
    /// How many courses were begun for infusions that had none.
    pub courses: usize,
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The plan has problems, or is not the one that was confirmed.
    #[error("nothing was taken in")]
    Refused(Box<Plan>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
}

/// What is taken in, where.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What the file holds.
    pub kind: Kind,
    /// The clinic that it belongs to.
    pub site: Site,
    /// Its text.
    pub text: String,
    /// What it is called, for the audit trail.
    pub file_name: String,
}

/// Takes in a whole file, or nothing of it. `confirmed` is the digest of the plan that a
/// person agreed to; none where nobody was asked (command line).
///
/// # Errors
///
/// The new plan when it has problems or is another one. The caller's transaction must be
/// given up then; nothing was written so far.
pub fn commit(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    upload: &Upload,
    confirmed: Option<&str>,
) -> Result<Imported, ImportError> {
    let made = plan(conn, now, &upload.site, upload.kind, &upload.text)?;
    if !made.is_good() || confirmed.is_some_and(|digest| digest != made.digest()) {
        return Err(ImportError::Refused(Box::new(made)));
    }
    let rows = made.rows;
    let courses = carry_out(conn, keys, now, actor, made).map_err(|refusal| match refusal {
        Refusal::Store(error) => error,
        // Every rule was looked at in this very transaction, so this is a fault of ours.
        other => crate::store::Error::Damaged {
            table: upload.kind.code(),
            id: upload.file_name.clone(),
            what: other.to_string(),
        },
    })?;
    let hash = hex(&Sha256::digest(upload.text.as_bytes()));
    let detail = serde_json::json!({
        "kind": upload.kind.code(),
        "file": upload.file_name,
        "sha256": hash,
        "rows": rows,
        "courses_begun": courses,
    });
    let object = ("site", &upload.site.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(upload.site.id), "import.done", object, &detail)?;
    Ok(Imported { rows, courses })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn carry_out(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    plan: Plan,
) -> Result<usize, Refusal> {
    use plan::Steps;
    match plan.into_steps() {
        Steps::Patients(all) => {
            for (new, odd) in all {
                patient::enrol(conn, now, actor, new, (&odd, Confirmed::Yes))?;
            }
            Ok(0)
        }
        Steps::Lots(all) => {
            for (site, facts, odd) in all {
                lot::add_lot(conn, now, actor, (site, facts), (&odd, Confirmed::Yes))?;
            }
            Ok(0)
        }
        Steps::Infusions { begun, mut given } => {
            let mut courses = Vec::new();
            for new in &begun {
                let id = course::begin_course(conn, now, actor, &new.patient, &new.facts)?;
                let scope = Scope::of([new.patient.site_id]);
                let begun = crate::store::courses::get(conn, &scope, id)?;
                courses.push(begun.ok_or(Refusal::NotFound)?);
            }
            // Numbers in a course follow the order of time, whatever the order of the rows.
            given.sort_by_key(|one| one.facts.started_at);
            for one in given {
                let course = match one.course {
                    plan::InCourse::Known(course) => *course,
                    plan::InCourse::Begun(at) => {
                        courses.get(at).cloned().ok_or(Refusal::NotFound)?
                    }
                };
                let odd = (one.odd.as_slice(), Confirmed::Yes);
                let whose = (&one.patient, &course);
                infusion::record_infusion(conn, keys, now, actor, whose, one.facts, odd)?;
            }
            Ok(courses.len())
        }
    }
}
