//! What taking in a file would do, and everything that stands against it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sha2::{Digest, Sha256};

use super::Kind;
use super::file::{FileProblem, Row, Table};
use crate::domain::entry::{self, LotNumber, PatientCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::Phase;
use crate::domain::warning::Warning;
use crate::domain::{CourseId, Day, PatientId, ProductId, Scope, SiteId, Timestamp};
use crate::registry::Refusal;
use crate::registry::course::CourseFacts;
use crate::registry::infusion::{InfusionFacts, InfusionForm};
use crate::registry::lot::{LotFacts, LotForm};
use crate::registry::patient::{NewPatient, PatientForm};
use crate::store::courses::{self, Course};
use crate::store::patients::{self, Patient};
use crate::store::sites::Site;
use crate::store::{self, Connection, lots};

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

/// A course that is begun because an infusion of the file has none.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) patient: Patient,
    pub(super) facts: CourseFacts,
    key: (PatientId, ProductId, Phase, Option<Day>),
}

/// The course of an infusion of the file.
#[derive(Debug, Clone)]
pub(super) enum InCourse {
    /// In the registry already.
    Known(Box<Course>),
    /// One of those that are begun.
    Begun(usize),
}

/// An infusion of the file.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) patient: Patient,
    pub(super) course: InCourse,
    pub(super) facts: InfusionFacts,
    pub(super) odd: Vec<Warning>,
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
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
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
    Ok(Plan { rows, file_problems: Vec::new(), problems, warnings, steps })
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

fn infusions_of(
    conn: &mut Connection,
    now: Timestamp,
    site: &Site,
    table: &Table,
    rows: &[&Row],
    findings: &mut Findings,
) -> store::Result<Steps> {
    let mut seen = HashMap::new();
    let mut begun: Vec<Begun> = Vec::new();
    let mut given = Vec::new();
    // Earlier rows first, so that a course that is begun starts on its first infusion's day.
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| (table.cell(row, "date"), table.cell(row, "start_time"), row.line));
    for row in rows {
        let cell = |name| table.cell(row, name);
        let form = InfusionForm {
            lot: cell("lot"),
            date: cell("date"),
            start_time: cell("start_time"),
            start_fold: cell("start_fold"),
            end_date: cell("end_date"),
            end_time: cell("end_time"),
            end_fold: cell("end_fold"),
            dose_cells_millions: cell("dose_cells_millions"),
            route: cell("route"),
            premedication: cell("premedication"),
            notes: cell("notes"),
            ..InfusionForm::default()
        };
        let mut p = Problems::new();
        let patient = patient_of(conn, site, &cell("patient"), &mut p)?;
        let phase: Option<Phase> = p.take("phase", entry::choice(&cell("phase")));
        let started = cell("course_started_on");
        let started = p.take("course_started_on", entry::optional(entry::day(&started)));
        if let Some(patient) = &patient {
            let key = format!("{} {} {}", patient.code, form.date.trim(), form.start_time.trim());
            findings.once(&mut seen, row.line, "start_time", key);
        }
        let course = match (&patient, phase, started) {
            (Some(patient), Some(phase), Some(started)) => {
                let place = (site, patient);
                course_of(conn, place, (phase, started), &form, &mut begun, &mut p)?
            }
            _ => None,
        };
        findings.add(row.line, &p);
        let (patient, course) = match (patient, course) {
            (Some(patient), Some(course)) => (patient, course),
            // The other cells are looked at all the same: everything wrong is told at once.
            _ => {
                let mut others = Problems::new();
                form.problems_alone(now, site, &mut others);
                findings.add(row.line, &others);
                continue;
            }
        };
        let as_known = match &course {
            InCourse::Known(course) => (**course).clone(),
            InCourse::Begun(at) => hypothetical(site, &begun[*at]),
        };
        let read = form.read(conn, now, (site, &patient, &as_known), None);
        if let Some((facts, odd)) = findings.take(row.line, read)? {
            findings.odd(row.line, &odd);
            given.push(Given { patient, course, facts, odd });
        }
    }
    Ok(Steps::Infusions { begun, given })
}

fn patient_of(
    conn: &mut Connection,
    site: &Site,
    code: &str,
    p: &mut Problems,
) -> store::Result<Option<Patient>> {
    let Some(code) = p.take("patient", PatientCode::parse(code)) else { return Ok(None) };
    let patient = patients::by_code(conn, site.id, &code)?;
    if patient.is_none() {
        p.add("patient", Reason::Unknown);
    }
    Ok(patient)
}

/// The course that an infusion belongs to: of the patient, the lot's product and the phase;
/// begun when there is none.
fn course_of(
    conn: &mut Connection,
    (site, patient): (&Site, &Patient),
    (phase, started): (Phase, Option<Day>),
    form: &InfusionForm,
    begun: &mut Vec<Begun>,
    p: &mut Problems,
) -> store::Result<Option<InCourse>> {
    let number = LotNumber::parse(&form.lot).ok();
    let lot = match number {
        Some(number) => lots::by_number(conn, site.id, &number)?,
        None => None,
    };
    let Some(lot) = lot else {
        let reason = if form.lot.trim().is_empty() { Reason::Missing } else { Reason::Unknown };
        p.add("lot", reason);
        return Ok(None);
    };
    let mut fitting: Vec<Course> = courses::of_patient(conn, &Scope::of([site.id]), patient.id)?
        .into_iter()
        .filter(|course| course.product_id == lot.product_id && course.phase == phase)
        .filter(|course| started.is_none_or(|day| course.started_on == day))
        .collect();
    if fitting.len() > 1 {
        p.add("course_started_on", Reason::Ambiguous);
        return Ok(None);
    }
    if let Some(course) = fitting.pop() {
        return Ok(Some(InCourse::Known(Box::new(course))));
    }
    let key = (patient.id, lot.product_id, phase, started);
    if let Some(at) = begun.iter().position(|new| new.key == key) {
        return Ok(Some(InCourse::Begun(at)));
    }
    // A day that cannot be read is told by the form.
    let Some(first_day) = started.or_else(|| entry::day(&form.date).ok()) else {
        return Ok(None);
    };
    let facts = CourseFacts::usual(lot.product_id, phase, first_day);
    begun.push(Begun { patient: patient.clone(), facts, key });
    Ok(Some(InCourse::Begun(begun.len() - 1)))
}

/// A course that is to be begun, as if it were there: nothing belongs to it yet.
fn hypothetical(site: &Site, new: &Begun) -> Course {
    Course {
        id: CourseId::new(),
        site_id: site.id,
        patient_id: new.patient.id,
        product_id: new.facts.product,
        phase: new.facts.phase,
        interval_days: new.facts.interval_days,
        planned_infusions: new.facts.planned_infusions,
        started_on: new.facts.started_on,
        ended_on: None,
        version: 1,
        recorded_at: new.patient.recorded_at,
    }
}
