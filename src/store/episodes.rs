//! An infusion with everything that judging a report after it needs to know.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::among::among;
use super::schema::{
    api_token, grade_confirmation, infusion, link, lot, membership, patient, product, report,
    report_symptom, schedule_version, site, staff_grade,
};
use super::{Connection, Result, schedules};
use crate::domain::registry::PatientState;
use crate::domain::schedule::Schedule;
use crate::domain::{
    Actor, InfusionId, Language, LinkId, PatientId, Permission, ProductId, ProductKind, ReportId,
    Role, ScheduleVersionId, Scope, SiteId, Timestamp, Zone,
};

/// An infusion, whose it was, what was infused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Which infusion.
    pub infusion: InfusionId,
    /// When it began.
    pub started_at: Timestamp,
    /// `T0`: its end, or its start if the end is unknown.
    pub t0: Timestamp,
    /// Counts the corrections of its record.
    pub version: i32,
    /// Which clinic's.
    pub site: SiteId,
    /// The zone of the clinic.
    pub site_zone: Zone,
    /// The edition of CTCAE that the clinic grades by.
    pub ctcae_version: String,
    /// The emergency number of the clinic.
    pub emergency_number: String,
    /// The crisis line that the clinic names.
    pub crisis_line: Option<String>,
    /// Whose.
    pub patient: PatientId,
    /// Where the patient stands in the follow-up.
    pub patient_state: PatientState,
    /// The patient's language.
    pub language: Language,
    /// The patient's zone.
    pub zone: Zone,
    /// When the patient stopped the mails.
    pub prompts_stopped_at: Option<Timestamp>,
    /// Weak defences against infection, as staff set it.
    pub infection_risk: bool,
    /// What the lot was made of.
    pub product: ProductId,
    /// Whose cells the lot was made of.
    pub product_kind: ProductKind,
    /// The rule set of the product.
    pub rule_set: String,
    /// The follow-up as it was planned; the default of the product's kind until then.
    pub schedule: Schedule,
    /// The product that the schedule was made for; none while nothing is planned.
    pub schedule_of: Option<ProductId>,
}

/// The clinics where somebody may enter a report or change the follow-up.
///
/// The program itself and the command line reach all of them; a patient's link reaches
/// the clinic of its patient.
pub fn reach(conn: &mut Connection, actor: &Actor, permission: Permission) -> Result<Scope> {
    let sites: Vec<SiteId> = match actor {
        Actor::Staff { id, .. } => membership::table
            .filter(membership::staff_id.eq(id))
            .select((membership::site_id, membership::role))
            .load::<(SiteId, Role)>(conn)?
            .into_iter()
            .filter(|(_, role)| role.may(permission))
            .map(|(site, _)| site)
            .collect(),
        Actor::Api { token, .. } => api_token::table
            .filter(api_token::id.eq(token).and(api_token::revoked_at.is_null()))
            .select(api_token::site_id)
            .load(conn)?,
        Actor::Patient { patient, .. } => {
            patient::table.filter(patient::id.eq(patient)).select(patient::site_id).load(conn)?
        }
        Actor::System | Actor::Operator => site::table.select(site::id).load(conn)?,
    };
    Ok(Scope::of(sites))
}

/// The infusion, if it is of a clinic in scope.
pub fn find(conn: &mut Connection, scope: &Scope, id: InfusionId) -> Result<Option<Episode>> {
    infusion::table
        .inner_join(site::table)
        .inner_join(patient::table)
        .inner_join(lot::table.inner_join(product::table))
        .left_join(schedule_version::table)
        .filter(infusion::id.eq(id))
        .filter(among(infusion::site_id, scope.sites()))
        .select((
            (infusion::id, infusion::started_at, infusion::t0, infusion::version),
            (site::id, site::time_zone, site::ctcae_version),
            (site::emergency_number, site::crisis_line),
            (patient::id, patient::state, patient::language, patient::time_zone),
            (patient::prompts_stopped_at, patient::infection_risk),
            (product::id, product::kind, product::rule_set),
            (schedule_version::id, schedule_version::product_id, schedule_version::body).nullable(),
        ))
        .first::<EpisodeRow>(conn)
        .optional()?
        .map(Episode::read)
        .transpose()
}

type EpisodeRow = (
    (InfusionId, Timestamp, Timestamp, i32),
    (SiteId, Zone, String),
    (String, Option<String>),
    (PatientId, PatientState, Language, Zone),
    (Option<Timestamp>, bool),
    (ProductId, ProductKind, String),
    Option<(ScheduleVersionId, ProductId, String)>,
);

impl Episode {
    fn read(row: EpisodeRow) -> Result<Self> {
        let (infusion, site, numbers, patient, follow_up, product, version) = row;
        let schedule = match &version {
            Some((id, _, body)) => schedules::read(*id, body)?,
            None => Schedule::standard(product.1),
        };
        Ok(Self {
            infusion: infusion.0,
            started_at: infusion.1,
            t0: infusion.2,
            version: infusion.3,
            site: site.0,
            site_zone: site.1,
            ctcae_version: site.2,
            emergency_number: numbers.0,
            crisis_line: numbers.1,
            patient: patient.0,
            patient_state: patient.1,
            language: patient.2,
            zone: patient.3,
            prompts_stopped_at: follow_up.0,
            infection_risk: follow_up.1,
            product: product.0,
            product_kind: product.1,
            rule_set: product.2,
            schedule,
            schedule_of: version.map(|(_, product, _)| product),
        })
    }
}

/// One infusion of a patient, for telling which one a symptom belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Given {
    /// Which infusion.
    pub infusion: InfusionId,
    /// When it began.
    pub started_at: Timestamp,
    /// `T0`.
    pub t0: Timestamp,
}

/// All infusions of a patient, by their start.
pub fn given(conn: &mut Connection, scope: &Scope, patient: PatientId) -> Result<Vec<Given>> {
    Ok(infusion::table
        .filter(infusion::patient_id.eq(patient))
        .filter(among(infusion::site_id, scope.sites()))
        .select((infusion::id, infusion::started_at, infusion::t0))
        .order((infusion::started_at, infusion::id))
        .load(conn)?)
}

/// The patient of a link, whether it still works or not.
pub fn patient_of_link(conn: &mut Connection, id: LinkId) -> Result<Option<PatientId>> {
    Ok(link::table.filter(link::id.eq(id)).select(link::patient_id).first(conn).optional()?)
}

/// The codes with a confirmed grade of 3 or more among the symptoms of earlier infusions
/// (REFERENCE §1.3): the newest confirmation counts, and an anaphylaxis graded by staff
/// adds hives and swelling of the face.
///
/// A report that was corrected later still counts: a warning too many is the lesser harm.
pub fn prior_severe(conn: &mut Connection, episode: &Episode) -> Result<Vec<String>> {
    let earlier: Vec<InfusionId> = infusion::table
        .filter(infusion::patient_id.eq(episode.patient))
        .filter(infusion::t0.lt(episode.t0).and(infusion::id.ne(episode.infusion)))
        .select(infusion::id)
        .load(conn)?;
    let rows: Vec<(ReportId, String, i32)> = grade_confirmation::table
        .inner_join(report::table)
        .inner_join(
            report_symptom::table.on(report_symptom::report_id
                .eq(report::id)
                .and(report_symptom::code.eq(grade_confirmation::code))),
        )
        .filter(among(report_symptom::infusion_id, &earlier))
        .order((grade_confirmation::confirmed_at, grade_confirmation::id))
        .select((report::id, grade_confirmation::code, grade_confirmation::grade))
        .load(conn)?;
    let mut newest: BTreeMap<(ReportId, String), i32> = BTreeMap::new();
    for (report, code, grade) in rows {
        newest.insert((report, code), grade);
    }
    let mut codes: Vec<String> =
        newest.into_iter().filter(|(_, grade)| *grade >= 3).map(|((_, code), _)| code).collect();
    let staff: Vec<(InfusionId, i32)> = staff_grade::table
        .filter(among(staff_grade::infusion_id, &earlier))
        .filter(staff_grade::term.eq("ANAPHYLAXIS"))
        .order((staff_grade::graded_at, staff_grade::id))
        .select((staff_grade::infusion_id, staff_grade::grade))
        .load(conn)?;
    let newest: BTreeMap<InfusionId, i32> = staff.into_iter().collect();
    if newest.values().any(|grade| *grade >= 3) {
        codes.extend(["URTICARIA".to_owned(), "FACE_SWELLING".to_owned()]);
    }
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

/// The report before, of the same infusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Which one.
    pub report: ReportId,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its grades: the confirmed one where staff judged it, else the derived one.
    pub grades: BTreeMap<String, i32>,
}

/// The last report of an infusion that was received before `before` and was not corrected
/// since. `except` leaves out the versions of the report that is being corrected.
pub fn previous_report(
    conn: &mut Connection,
    infusion: InfusionId,
    before: Timestamp,
    except: &[ReportId],
) -> Result<Option<Previous>> {
    let later = diesel::alias!(report as later);
    let found = report::table
        .filter(report::infusion_id.eq(infusion))
        .filter(report::received_at.le(before))
        .filter(diesel::dsl::not(among(report::id, except)))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            later.filter(later.field(report::supersedes).eq(report::id.nullable())),
        )))
        .order((report::received_at.desc(), report::id.desc()))
        .select((report::id, report::received_at))
        .first::<(ReportId, Timestamp)>(conn)
        .optional()?;
    let Some((report, received_at)) = found else { return Ok(None) };
    Ok(Some(Previous { report, received_at, grades: grades(conn, report)? }))
}

/// The grades of a report as they stand now: confirmed ones win over derived ones.
pub fn grades(conn: &mut Connection, report: ReportId) -> Result<BTreeMap<String, i32>> {
    let derived: Vec<(String, Option<i32>)> = report_symptom::table
        .filter(report_symptom::report_id.eq(report))
        .select((report_symptom::code, report_symptom::grade))
        .load(conn)?;
    let confirmed: Vec<(String, i32)> = grade_confirmation::table
        .filter(grade_confirmation::report_id.eq(report))
        .order((grade_confirmation::confirmed_at, grade_confirmation::id))
        .select((grade_confirmation::code, grade_confirmation::grade))
        .load(conn)?;
    let mut grades: BTreeMap<String, i32> =
        derived.into_iter().filter_map(|(code, grade)| Some((code, grade?))).collect();
    grades.extend(confirmed);
    Ok(grades)
}
