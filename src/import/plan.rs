//! What taking in a file would do, and everything that stands against it.

mod infusions;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sha2::{Digest, Sha256};

use super::Kind;
use super::file::{FileProblem, Row, Table};
use crate::domain::entry::{LotNumber, PatientCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::warning::Warning;
use crate::domain::{Scope, SiteId, Timestamp};
use crate::registry::Refusal;
use crate::registry::lot::{LotFacts, LotForm};
use crate::registry::patient::{NewPatient, PatientForm};
use crate::store::sites::Site;
use crate::store::{self, Connection};

use infusions::infusions_of;
pub(super) use infusions::{Begun, Given, InCourse};

/// Rows of a file that the preview shows.
const SAMPLE: usize = 5;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowReason {
    /// With a cell.
    Cell(Reason),
    /// The row has another number of cells than the header: found, wanted.
    Cells(usize, usize),
}

/// A bad row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line that the row begins in.
    pub line: u64,
    /// The column, where it is one.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub reason: RowReason,
}

/// A row that looks odd and is taken in all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWarning {
    /// The line that the row begins in.
    pub line: u64,
    /// What looks odd.
    pub warning: Warning,
}

/// What is to be done, row by row.
#[derive(Debug, Clone)]
pub(super) enum Steps {
    Patients(Vec<(NewPatient, Vec<Warning>)>),
    Lots(Vec<(SiteId, LotFacts, Vec<Warning>)>),
    Infusions { begun: Vec<Begun>, given: Vec<Given> },
}

/// What taking in a file would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many rows there are.
    pub rows: usize,
    /// Why the file cannot be read.
    pub file_problems: Vec<FileProblem>,
    /// Every bad row, in order of the lines.
    pub problems: Vec<RowProblem>,
    /// Every odd row, in order of the lines.
    pub warnings: Vec<RowWarning>,
    /// The columns of the file and its first rows, to look at.
    pub sample: (Vec<&'static str>, Vec<(u64, Vec<String>)>),
    steps: Steps,
}

impl Plan {
    /// Whether nothing stands against it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.file_problems.is_empty() && self.problems.is_empty()
    }

    /// How many courses would be begun.
    #[must_use]
    pub fn courses_begun(&self) -> usize {
        match &self.steps {
            Steps::Infusions { begun, .. } => begun.len(),
            _ => 0,
        }
    }

    /// A number that is the same when the same would be done, and another one when not.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?}{:?}", self.problems, self.warnings));
        match &self.steps {
            Steps::Patients(all) => hash.update(format!("{all:?}")),
            Steps::Lots(all) => hash.update(format!("{all:?}")),
            Steps::Infusions { begun, given } => {
                for new in begun {
                    hash.update(format!("{}{:?}", new.patient.id, new.facts));
                }
                for one in given {
                    let course = match &one.course {
                        InCourse::Known(course) => course.id.to_string(),
                        InCourse::Begun(at) => at.to_string(),
                    };
                    hash.update(format!("{}{course}{:?}", one.patient.id, one.facts));
                }
            }
        }
        super::hex(&hash.finalize())
    }

    pub(super) fn into_steps(self) -> Steps {
        self.steps
    }
}

/// What is gathered while the rows are read.
#[derive(Default)]
struct Findings {
    problems: Vec<RowProblem>,
    warnings: Vec<RowWarning>,
}

impl Findings {
    fn add(&mut self, line: u64, problems: &Problems) {
        self.problems.extend(problems.all().iter().map(|problem| RowProblem {
            line,
            column: Some(problem.field),
            reason: RowReason::Cell(problem.reason.clone()),
        }));
    }

    /// The value of a row that can be taken; else its problems are noted.
    fn take<T>(&mut self, line: u64, read: Result<T, Refusal>) -> store::Result<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(Refusal::Problems(problems)) => {
                self.add(line, &problems);
                Ok(None)
            }
            Err(Refusal::Store(error)) => Err(error),
            // Reading a form gives nothing else.
            Err(other) => Err(store::Error::Damaged {
                table: "import",
                id: line.to_string(),
                what: other.to_string(),
            }),
        }
    }

    fn odd(&mut self, line: u64, odd: &[Warning]) {
        self.warnings.extend(odd.iter().map(|odd| RowWarning { line, warning: odd.clone() }));
    }

    /// Notes a row whose key an earlier row has.
    fn once(
        &mut self,
        seen: &mut HashMap<String, u64>,
        line: u64,
        column: &'static str,
        key: String,
    ) {
        match seen.entry(key) {
            Entry::Occupied(earlier) => self.problems.push(RowProblem {
                line,
                column: Some(column),
                reason: RowReason::Cell(Reason::Repeated(*earlier.get())),
            }),
            Entry::Vacant(vacant) => {
                vacant.insert(line);
            }
        }
    }
}

/// Plans taking in a file at a clinic. Reads the registry and writes nothing.
pub fn plan(
    conn: &mut Connection,
    now: Timestamp,
    site: &Site,
    kind: Kind,
    text: &str,
) -> store::Result<Plan> {
    let table = match Table::read(kind, text) {
        Ok(table) => table,
        Err(file_problems) => {
            return Ok(Plan {
                rows: 0,
                file_problems,
                problems: Vec::new(),
                warnings: Vec::new(),
                sample: (Vec::new(), Vec::new()),
                steps: Steps::Patients(Vec::new()),
            });
        }
    };
    let mut findings = Findings::default();
    let mut rows: Vec<&Row> = Vec::new();
    for row in &table.rows {
        if row.width() == table.width() {
            rows.push(row);
        } else {
            findings.problems.push(RowProblem {
                line: row.line,
                column: None,
                reason: RowReason::Cells(row.width(), table.width()),
            });
        }
    }
    let steps = match kind {
        Kind::Patients => patients_of(conn, now, site, &table, &rows, &mut findings)?,
        Kind::Lots => lots_of(conn, now, site, &table, &rows, &mut findings)?,
        Kind::Infusions => infusions_of(conn, now, site, &table, &rows, &mut findings)?,
    };
    let Findings { mut problems, mut warnings } = findings;
    problems.sort_by_key(|problem| problem.line);
    warnings.sort_by_key(|warning| warning.line);
    let rows = table.rows.len();
    let sample = (table.columns().to_vec(), table.first(SAMPLE));
    Ok(Plan { rows, file_problems: Vec::new(), problems, warnings, sample, steps })
}

fn patients_of(
    conn: &mut Connection,
    now: Timestamp,
    site: &Site,
    table: &Table,
    rows: &[&Row],
    findings: &mut Findings,
) -> store::Result<Steps> {
    let scope = Scope::of([site.id]);
    let mut seen = HashMap::new();
    let mut steps = Vec::new();
    for row in rows {
        let cell = |name| table.cell(row, name);
        let form = PatientForm {
            site: site.code.to_string(),
            code: cell("code"),
            name: cell("name"),
            email: cell("email"),
            phone: cell("phone"),
            birth_year: cell("birth_year"),
            sex: cell("sex"),
            language: cell("language"),
            time_zone: cell("time_zone"),
            infection_risk_reason: cell("infection_risk_reason"),
            notes: cell("notes"),
            consent_version: cell("consent_version"),
            consent_on: cell("consent_on"),
            ..PatientForm::default()
        };
        if let Ok(code) = PatientCode::parse(&form.code) {
            findings.once(&mut seen, row.line, "code", code.to_string());
        }
        let read = form.read_new(conn, now, &scope);
        if let Some((new, odd)) = findings.take(row.line, read)? {
            findings.odd(row.line, &odd);
            steps.push((new, odd));
        }
    }
    Ok(Steps::Patients(steps))
}

fn lots_of(
    conn: &mut Connection,
    now: Timestamp,
    site: &Site,
    table: &Table,
    rows: &[&Row],
    findings: &mut Findings,
) -> store::Result<Steps> {
    let scope = Scope::of([site.id]);
    let mut seen = HashMap::new();
    let mut steps = Vec::new();
    for row in rows {
        let cell = |name| table.cell(row, name);
        let form = LotForm {
            site: site.code.to_string(),
            product: cell("product"),
            number: cell("number"),
            source: cell("source"),
            patient: cell("patient"),
            collected_on: cell("collected_on"),
            culture_started_on: cell("culture_started_on"),
            released_on: cell("released_on"),
            cells_millions: cell("cells_millions"),
            viability_percent: cell("viability_percent"),
            sterility: cell("sterility"),
            mycoplasma: cell("mycoplasma"),
            endotoxin: cell("endotoxin"),
            state: cell("state"),
            state_reason: cell("state_reason"),
            ..LotForm::default()
        };
        if let Ok(number) = LotNumber::parse(&form.number) {
            findings.once(&mut seen, row.line, "number", number.to_string());
        }
        let read = form.read_new(conn, now, &scope);
        if let Some((at, facts, odd)) = findings.take(row.line, read)? {
            findings.odd(row.line, &odd);
            steps.push((at, facts, odd));
        }
    }
    Ok(Steps::Lots(steps))
}
