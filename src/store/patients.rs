//! Patients, their contact data (apart) and their consents.

use diesel::prelude::*;

use super::among::among;
use super::schema::{consent, patient, patient_contact};
use super::{Connection, Result};
use crate::domain::entry::{EmailAddress, PatientCode, PhoneNumber};
use crate::domain::registry::{PatientState, Sex};
use crate::domain::{ConsentId, Day, Language, PatientId, Scope, SiteId, StaffId, Timestamp, Zone};

/// A person who was given infusions, without name and address.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = patient, check_for_backend(diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_null = true)]
pub struct Patient {
    /// Who.
    pub id: PatientId,
    /// Of which clinic.
    pub site_id: SiteId,
    /// The clinic's number for the patient.
    pub code: PatientCode,
    /// Year of birth.
    pub birth_year: i32,
    /// Administrative sex.
    pub sex: Sex,
    /// Language of mails and pages.
    pub language: Language,
    /// Where the patient's clock is.
    pub time_zone: Zone,
    /// Where the patient stands in the follow-up.
    pub state: PatientState,
    /// Why.
    pub state_reason: Option<String>,
    /// When the patient stopped the mails; reporting stays possible.
    pub prompts_stopped_at: Option<Timestamp>,
    /// A fever is an emergency for this patient (REFERENCE, rule E10).
    pub infection_risk: bool,
    /// Why.
    pub infection_risk_reason: Option<String>,
    /// Allergies, history, other medicines.
    pub notes: Option<String>,
    /// Grows with every change.
    pub version: i32,
    /// When the patient was enrolled.
    pub recorded_at: Timestamp,
}

/// How a patient is reached. Only for those who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = patient_contact, check_for_backend(diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_null = true)]
pub struct Contact {
    /// Whose.
    pub patient_id: PatientId,
    /// The name.
    pub name: String,
    /// Where prompts go.
    pub email: Option<EmailAddress>,
    /// Where we ring.
    pub phone: Option<PhoneNumber>,
}

/// One consent, with the version of the text that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consent, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Consent {
    /// Which one.
    pub id: ConsentId,
    /// Whose.
    pub patient_id: PatientId,
    /// The version of the text.
    pub text_version: String,
    /// The language of the text.
    pub language: Language,
    /// When it was signed, on the clinic's calendar.
    pub given_on: Day,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Who recorded it.
    pub recorded_by: Option<StaffId>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// Adds a patient.
pub fn insert(conn: &mut Connection, new: &Patient) -> Result<()> {
    diesel::insert_into(patient::table).values(new).execute(conn)?;
    Ok(())
}

/// Writes a changed patient whose `version` is still the one that was read; false when
/// somebody else was faster.
pub fn update(conn: &mut Connection, changed: &Patient) -> Result<bool> {
    let next = Patient { version: changed.version + 1, ..changed.clone() };
    let rows = diesel::update(patient::table.find(changed.id))
        .filter(patient::version.eq(changed.version))
        .set(&next)
        .execute(conn)?;
    Ok(rows == 1)
}

/// Writes the contact data, new or changed.
pub fn put_contact(conn: &mut Connection, contact: &Contact) -> Result<()> {
    diesel::insert_into(patient_contact::table)
        .values(contact)
        .on_conflict(patient_contact::patient_id)
        .do_update()
        .set(contact)
        .execute(conn)?;
    Ok(())
}

/// One patient in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Option<Patient>> {
    Ok(patient::table
        .find(id)
        .filter(among(patient::site_id, scope.sites()))
        .select(Patient::as_select())
        .first(conn)
        .optional()?)
}

/// The contact data of a patient in scope (the clinics where contact data may be seen).
pub fn contact(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Option<Contact>> {
    Ok(patient_contact::table
        .inner_join(patient::table)
        .filter(patient_contact::patient_id.eq(id))
        .filter(among(patient::site_id, scope.sites()))
        .select(Contact::as_select())
        .first(conn)
        .optional()?)
}

/// The patient whom a clinic knows by this code.
pub fn by_code(conn: &mut Connection, site: SiteId, code: &PatientCode) -> Result<Option<Patient>> {
    Ok(patient::table
        .filter(patient::site_id.eq(site).and(patient::code.eq(code)))
        .select(Patient::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a consent.
pub fn add_consent(conn: &mut Connection, new: &Consent) -> Result<()> {
    diesel::insert_into(consent::table).values(new).execute(conn)?;
    Ok(())
}

/// The consents of a patient in scope, newest first.
pub fn consents(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Consent>> {
    Ok(consent::table
        .inner_join(patient::table)
        .filter(consent::patient_id.eq(id))
        .filter(among(patient::site_id, scope.sites()))
        .select(Consent::as_select())
        .order((consent::given_on.desc(), consent::recorded_at.desc(), consent::id))
        .load(conn)?)
}

/// Marks every consent of a patient that still holds as withdrawn; returns which.
pub fn withdraw_consents(
    conn: &mut Connection,
    id: PatientId,
    now: Timestamp,
) -> Result<Vec<ConsentId>> {
    Ok(diesel::update(consent::table)
        .filter(consent::patient_id.eq(id).and(consent::withdrawn_at.is_null()))
        .set(consent::withdrawn_at.eq(now))
        .returning(consent::id)
        .get_results(conn)?)
}

/// What a list of patients is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The patient's code.
    #[default]
    Code,
    /// Enrolled last first.
    Newest,
    /// Infused last first; those without an infusion last.
    LastInfusion,
}

/// Which patients to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the code; with `contact_sites` also of name, address and phone number.
    pub search: Option<String>,
    /// Clinics where the searcher may see contact data: elsewhere a name finds nothing.
    pub contact_sites: Vec<SiteId>,
    /// Only this state.
    pub state: Option<PatientState>,
    /// Only this clinic.
    pub site: Option<SiteId>,
    /// In which order.
    pub order: Order,
}

/// One line of a list of patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The patient.
    pub patient: Patient,
    /// When the last infusion ended.
    pub last_t0: Option<Timestamp>,
    /// How many infusions there were.
    pub infusions: i64,
}

/// A page of the patients in scope, and how many there are in all.
pub fn page(
    conn: &mut Connection,
    scope: &Scope,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Row>, i64)> {
    use diesel::dsl::{exists, sql};
    use diesel::sql_types::{BigInt, Nullable, Text};

    let narrowed = || {
        let mut query = patient::table.into_boxed::<diesel::sqlite::Sqlite>();
        query = query.filter(among(patient::site_id, scope.sites()));
        if let Some(site) = filter.site {
            query = query.filter(patient::site_id.eq(site));
        }
        if let Some(state) = filter.state {
            query = query.filter(patient::state.eq(state));
        }
        if let Some(search) = &filter.search {
            let pattern = super::like(search);
            let by_contact = exists(
                patient_contact::table
                    .filter(patient_contact::patient_id.eq(patient::id))
                    .filter(patient::site_id.eq_any(filter.contact_sites.clone()))
                    .filter(
                        patient_contact::name
                            .like(pattern.clone())
                            .escape('\\')
                            .or(patient_contact::email.like(pattern.clone()).escape('\\'))
                            .or(patient_contact::phone.like(pattern.clone()).escape('\\')),
                    ),
            );
            query = query.filter(patient::code.like(pattern).escape('\\').or(by_contact));
        }
        query
    };
    let total = narrowed().count().get_result(conn)?;
    let last = sql::<Nullable<Text>>(
        "(SELECT max(t0) FROM infusion WHERE infusion.patient_id = patient.id)",
    );
    let many =
        sql::<BigInt>("(SELECT count(*) FROM infusion WHERE infusion.patient_id = patient.id)");
    let query = narrowed();
    let query = match filter.order {
        Order::Code => query.order((patient::code.asc(), patient::id.asc())),
        Order::Newest => query.order((patient::recorded_at.desc(), patient::id.desc())),
        Order::LastInfusion => query.order((
            sql::<Nullable<Text>>(
                "(SELECT max(t0) FROM infusion WHERE infusion.patient_id = patient.id) DESC NULLS LAST",
            ),
            patient::id.asc(),
        )),
    };
    let rows = query
        .offset(offset)
        .limit(limit)
        .select((Patient::as_select(), last, many))
        .load::<(Patient, Option<Timestamp>, i64)>(conn)?;
    let rows = rows
        .into_iter()
        .map(|(patient, last_t0, infusions)| Row { patient, last_t0, infusions })
        .collect();
    Ok((rows, total))
}

/// Patients of a clinic who may be the same person: born in the same year, with the same
/// name, address or phone number.
pub fn alike(
    conn: &mut Connection,
    site: SiteId,
    birth_year: i32,
    name: &str,
    email: Option<&EmailAddress>,
    phone: Option<&PhoneNumber>,
) -> Result<Vec<(PatientId, PatientCode)>> {
    Ok(patient_contact::table
        .inner_join(patient::table)
        .filter(patient::site_id.eq(site).and(patient::birth_year.eq(birth_year)))
        .filter(
            patient_contact::name
                .eq(name)
                .or(patient_contact::email.eq(email.cloned()))
                .or(patient_contact::phone.eq(phone.cloned())),
        )
        .select((patient::id, patient::code))
        .order((patient::code, patient::id))
        .limit(5)
        .load(conn)?)
}
