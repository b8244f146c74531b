//! What the lists hold.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Codelist;
use crate::store::api_lists::{ReportRow, TaskRow};
use crate::store::infusions;
use crate::store::lots;
use crate::store::patients;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the order of their ids.
    pub items: Vec<T>,
    /// Give this as `after` for the next page; null on the last one.
    #[schema(format = Uuid)]
    pub next: Option<String>,
}

/// One infusion.
#[derive(Debug, Serialize, ToSchema)]
pub struct Infusion {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The clinic.
    #[schema(format = Uuid)]
    pub site_id: String,
    /// To whom.
    #[schema(format = Uuid)]
    pub patient_id: String,
    /// In which course.
    #[schema(format = Uuid)]
    pub course_id: String,
    /// Of which lot.
    #[schema(format = Uuid)]
    pub lot_id: String,
    /// The first, second, third … of the course.
    pub number_in_course: i32,
    /// When it began.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended, if that is known.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// What hours are counted from: the end, or the start when the end is unknown.
    #[schema(format = DateTime)]
    pub t0: String,
    /// How many cells, in millions.
    pub dose_cells_millions: Option<i64>,
    /// How it was given.
    pub route: String,
}

impl From<infusions::Infusion> for Infusion {
    fn from(row: infusions::Infusion) -> Self {
        Self {
            id: row.id.to_string(),
            site_id: row.site_id.to_string(),
            patient_id: row.patient_id.to_string(),
            course_id: row.course_id.to_string(),
            lot_id: row.lot_id.to_string(),
            number_in_course: row.number_in_course,
            started_at: row.started_at.to_string(),
            ended_at: row.ended_at.map(|at| at.to_string()),
            t0: row.t0.to_string(),
            dose_cells_millions: row.dose_cells_millions,
            route: row.route.code().to_owned(),
        }
    }
}

/// One patient, by the clinic's number. No name, no address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Patient {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The clinic.
    #[schema(format = Uuid)]
    pub site_id: String,
    /// The clinic's number for the patient.
    pub code: String,
    /// Year of birth.
    pub birth_year: i32,
    /// female, male, other or unknown.
    pub sex: String,
    /// en or zh-CN.
    pub language: String,
    /// IANA time zone.
    pub time_zone: String,
    /// `active`, `on_hold`, `in_hospital`, `withdrawn`, `died` or `moved`.
    pub state: String,
}

impl From<patients::Patient> for Patient {
    fn from(row: patients::Patient) -> Self {
        Self {
            id: row.id.to_string(),
            site_id: row.site_id.to_string(),
            code: row.code.to_string(),
            birth_year: row.birth_year,
            sex: row.sex.code().to_owned(),
            language: row.language.code().to_owned(),
            time_zone: row.time_zone.to_string(),
            state: row.state.code().to_owned(),
        }
    }
}

/// One lot.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lot {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The clinic.
    #[schema(format = Uuid)]
    pub site_id: String,
    /// Of which product.
    #[schema(format = Uuid)]
    pub product_id: String,
    /// The number on the bag.
    pub number: String,
    /// own or donor.
    pub source: String,
    /// Own cells: whose.
    #[schema(format = Uuid)]
    pub patient_id: Option<String>,
    /// When the blood was collected.
    #[schema(format = Date)]
    pub collected_on: Option<String>,
    /// When the culture began.
    #[schema(format = Date)]
    pub culture_started_on: Option<String>,
    /// When it was released.
    #[schema(format = Date)]
    pub released_on: Option<String>,
    /// How many cells, in millions.
    pub cells_millions: Option<i64>,
    /// The share of living cells, in tenths of a percent.
    pub viability_permille: Option<i32>,
    /// pending, negative or positive.
    pub sterility: String,
    /// pending, negative or positive.
    pub mycoplasma: String,
    /// pending, pass or fail.
    pub endotoxin: String,
    /// `in_culture`, `released`, `quarantined`, `used` or `discarded`.
    pub state: String,
}

impl From<lots::Lot> for Lot {
    fn from(row: lots::Lot) -> Self {
        Self {
            id: row.id.to_string(),
            site_id: row.site_id.to_string(),
            product_id: row.product_id.to_string(),
            number: row.number.to_string(),
            source: row.source.code().to_owned(),
            patient_id: row.patient_id.map(|id| id.to_string()),
            collected_on: row.collected_on.map(|day| day.to_string()),
            culture_started_on: row.culture_started_on.map(|day| day.to_string()),
            released_on: row.released_on.map(|day| day.to_string()),
            cells_millions: row.cells_millions,
            viability_permille: row.viability_permille,
            sterility: row.sterility.code().to_owned(),
            mycoplasma: row.mycoplasma.code().to_owned(),
            endotoxin: row.endotoxin.code().to_owned(),
            state: row.state.code().to_owned(),
        }
    }
}

/// What a nurse works on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The clinic.
    #[schema(format = Uuid)]
    pub site_id: String,
    /// The number that mails and the phone use.
    pub number: i64,
    /// For whom.
    #[schema(format = Uuid)]
    pub patient_id: String,
    /// After which infusion.
    #[schema(format = Uuid)]
    pub infusion_id: String,
    /// `report`, `missed_check_in`, `unreachable`, `not_this_person`, `prompts_stopped` or `lot_event`.
    pub kind: String,
    /// ROUTINE, SOON, URGENT or EMERGENCY.
    pub urgency: String,
    /// open or closed.
    pub state: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// When its clock last started.
    #[schema(format = DateTime)]
    pub raised_at: String,
    /// Until when somebody must take it.
    #[schema(format = DateTime)]
    pub acknowledge_by: Option<String>,
    /// Until when the patient must be reached.
    #[schema(format = DateTime)]
    pub contact_by: String,
    /// When somebody took it.
    #[schema(format = DateTime)]
    pub acknowledged_at: Option<String>,
    /// When it was closed.
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
}

impl From<TaskRow> for Task {
    fn from(row: TaskRow) -> Self {
        Self {
            id: row.id.to_string(),
            site_id: row.site_id.to_string(),
            number: row.number,
            patient_id: row.patient_id.to_string(),
            infusion_id: row.infusion_id.to_string(),
            kind: row.kind.code().to_owned(),
            urgency: row.level.code().to_owned(),
            state: row.state.code().to_owned(),
            opened_at: row.opened_at.to_string(),
            raised_at: row.raised_at.to_string(),
            acknowledge_by: row.acknowledge_by.map(|at| at.to_string()),
            contact_by: row.contact_by.to_string(),
            acknowledged_at: row.acknowledged_at.map(|at| at.to_string()),
            closed_at: row.closed_at.map(|at| at.to_string()),
            outcome: row.outcome.map(|outcome| outcome.code().to_owned()),
        }
    }
}

/// What one person told once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The clinic.
    #[schema(format = Uuid)]
    pub site_id: String,
    /// A short number for the phone.
    pub reference: String,
    /// About whom.
    #[schema(format = Uuid)]
    pub patient_id: String,
    /// After which infusion.
    #[schema(format = Uuid)]
    pub infusion_id: String,
    /// The earlier version that it corrects.
    #[schema(format = Uuid)]
    pub supersedes: Option<String>,
    /// `patient`, `carer`, `staff_phone`, `staff_chair` or `api`.
    pub source: String,
    /// When it was received.
    #[schema(format = DateTime)]
    pub received_at: String,
    /// Hours since the infusion, a decimal as text.
    pub hours_since_infusion: String,
    /// The adjusted temperature in degrees C, with one decimal, as text.
    pub temp_adj_c: Option<String>,
    /// Grades above 0 by symptom code; one that staff confirmed stands for the derived one.
    pub grades: BTreeMap<String, i32>,
    /// The rules that flagged it.
    pub rules: Vec<String>,
    /// NONE, ROUTINE, SOON, URGENT or EMERGENCY.
    pub urgency: String,
    /// `done`, or `failed` when the rules could not be applied.
    pub evaluation: String,
    /// The rule set that judged it.
    pub rule_set: String,
    /// The version of the rule set.
    pub rule_set_version: i32,
    /// The edition of CTCAE that it was graded by.
    pub ctcae_version: String,
    /// The task that it opened, raised or was attached to.
    #[schema(format = Uuid)]
    pub task_id: Option<String>,
}

impl From<(ReportRow, (BTreeMap<String, i32>, Vec<String>))> for Report {
    fn from((row, found): (ReportRow, (BTreeMap<String, i32>, Vec<String>))) -> Self {
        Self {
            id: row.id.to_string(),
            site_id: row.site_id.to_string(),
            reference: row.reference,
            patient_id: row.patient_id.to_string(),
            infusion_id: row.infusion_id.to_string(),
            supersedes: row.supersedes.map(|id| id.to_string()),
            source: row.source.code().to_owned(),
            received_at: row.received_at.to_string(),
            hours_since_infusion: row.hours_since_infusion,
            temp_adj_c: row.temp_adj_c,
            grades: found.0,
            rules: found.1,
            urgency: row.level.code().to_owned(),
            evaluation: row.evaluation.code().to_owned(),
            rule_set: row.rule_set,
            rule_set_version: row.rule_set_version,
            ctcae_version: row.ctcae_version,
            task_id: row.task_id.map(|id| id.to_string()),
        }
    }
}
