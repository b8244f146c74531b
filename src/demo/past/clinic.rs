//! Clinics, products and staff of the training registry.

use serde_json::json;

use super::super::cohort::{ClinicPlan, Cohort};
use super::super::{DemoError, Login, Training};
use crate::access::password;
use crate::domain::entry::{PhoneNumber, ProductCode, SiteCode};
use crate::domain::grading::{CtcaeVersion, Site as Thermometer};
use crate::domain::registry::ActiveState;
use crate::domain::{
    Actor, Codelist, Language, ProductId, ProductKind, Role, SiteId, StaffId, Timestamp,
};
use crate::registry::product::{ProductFacts, add_product};
use crate::registry::site::{SiteFacts, add_site};
use crate::secrets::Keys;
use crate::store::{Connection, api_tokens, audit, staff};

/// A clinic of the training registry, once it exists.
pub(super) struct Clinic {
    /// Which one.
    pub site: SiteId,
    /// The product of own cells, and that of donor cells.
    pub products: (ProductId, ProductId),
    /// Works the queue.
    pub nurse: Actor,
    /// Enrols and records.
    pub coordinator: Actor,
}

/// One login per role, in the order of the training page.
const LOGINS: &[(Role, &str, &str)] = &[
    (Role::Nurse, "nurse@training.invalid", "Training Nurse / 培训护士"),
    (Role::Physician, "physician@training.invalid", "Training Physician / 培训医生"),
    (Role::SafetyOfficer, "safety@training.invalid", "Training Safety Officer / 培训安全负责人"),
    (Role::Coordinator, "coordinator@training.invalid", "Training Coordinator / 培训协调员"),
    (Role::Administrator, "admin@training.invalid", "Training Administrator / 培训管理员"),
    (Role::Reader, "reader@training.invalid", "Training Reader / 培训查阅者"),
];

/// The password of all logins. It is shown on the training page: nothing here is secret.
const PASSWORD: &str = "practise-without-fear";

/// Founds the clinics with products, staff and a key for other systems.
pub(super) fn found(
    conn: &mut Connection,
    _: &Keys,
    cohort: &Cohort,
    at: Timestamp,
) -> Result<(Vec<Clinic>, Training), DemoError> {
    let operator = Actor::Operator;
    let product = |conn: &mut Connection, code: &str, name: &str, kind, rule_set: &str| {
        let facts = ProductFacts {
            code: ProductCode::parse(code).map_err(|_| DemoError::Invented("product code"))?,
            name: name.to_owned(),
            kind,
            rule_set: rule_set.to_owned(),
            state: ActiveState::Active,
        };
        Ok::<_, DemoError>(add_product(conn, at, &operator, facts)?)
    };
    let own = product(
        conn,
        "NK-AUTO",
        "Autologous NK cells / 自体NK细胞",
        ProductKind::Autologous,
        "NK-AUTO-1",
    )?;
    let donor = product(
        conn,
        "NK-ALLO",
        "Allogeneic NK cells / 异体NK细胞",
        ProductKind::Allogeneic,
        "NK-ALLO-1",
    )?;
    let mut sites = Vec::new();
    for plan in &cohort.clinics {
        sites.push(add_site(conn, at, &operator, site(plan)?)?);
    }
    let mut logins = Vec::new();
    let mut people = Vec::new();
    let hash = password::hash(PASSWORD).map_err(|_| DemoError::Invented("password"))?;
    for (role, email, name) in LOGINS {
        let id = StaffId::new();
        let new = staff::NewStaff {
            id,
            email: (*email).to_owned(),
            name: (*name).to_owned(),
            language: Language::En,
            is_administrator: *role == Role::Administrator,
            roles: sites.iter().map(|site| (*site, *role)).collect(),
        };
        staff::add(conn, &new, at)?;
        staff::set_password(conn, id, &hash, at)?;
        people.push((*role, Actor::Staff { id, name: new.name }));
        logins.push(Login { role: *role, email: new.email, password: PASSWORD.to_owned() });
    }
    let person = |role: Role| {
        people
            .iter()
            .find(|(is, _)| *is == role)
            .map(|(_, actor)| actor.clone())
            .ok_or(DemoError::Invented("staff"))
    };
    let mut clinics = Vec::new();
    for (site, plan) in sites.iter().zip(&cohort.clinics) {
        let nurse = second_nurse(conn, *site, plan, at)?;
        if let Actor::Staff { id, .. } = &nurse {
            staff::put_on_duty(conn, *id, *site, at)?;
        }
        if let Some(id) = person(Role::Nurse)?.staff() {
            staff::put_on_duty(conn, id, *site, at)?;
        }
        clinics.push(Clinic {
            site: *site,
            products: (own, donor),
            nurse,
            coordinator: person(Role::Coordinator)?,
        });
    }
    let first = clinics.first().ok_or(DemoError::Invented("clinic"))?.site;
    let name = "Hospital system (training)";
    let (key, api_token) = api_tokens::make(conn, at, first, name, None)?;
    let object = ("api_token", &key as &dyn std::fmt::Display);
    let detail = json!({ "name": name });
    audit::append(conn, at, &operator, Some(first), "api_token.made", object, &detail)?;
    let training = Training { staff: logins, patients: Vec::new(), api_token };
    Ok((clinics, training))
}

fn site(plan: &ClinicPlan) -> Result<SiteFacts, DemoError> {
    Ok(SiteFacts {
        code: SiteCode::parse(plan.code).map_err(|_| DemoError::Invented("site code"))?,
        name: plan.name.to_owned(),
        mail_name: plan.mail_name.to_owned(),
        time_zone: plan.zone.clone(),
        language: plan.language,
        phone: PhoneNumber::parse(plan.phone).map_err(|_| DemoError::Invented("phone"))?,
        emergency_number: plan.emergency_number.to_owned(),
        crisis_line: None,
        thermometer: Thermometer::from_code(plan.thermometer)
            .ok_or(DemoError::Invented("thermometer"))?,
        ctcae_version: CtcaeVersion::V5,
        state: ActiveState::Active,
    })
}

/// The colleague who did the work of the past, one at each clinic.
fn second_nurse(
    conn: &mut Connection,
    site: SiteId,
    plan: &ClinicPlan,
    at: Timestamp,
) -> Result<Actor, DemoError> {
    let id = StaffId::new();
    let name = match plan.language {
        Language::En => format!("Colleague at {}", plan.name),
        Language::ZhCn => format!("{}同事", plan.name),
    };
    let new = staff::NewStaff {
        id,
        email: format!("colleague.{}@training.invalid", plan.code.to_ascii_lowercase()),
        name: name.clone(),
        language: plan.language,
        is_administrator: false,
        roles: vec![(site, Role::Nurse)],
    };
    staff::add(conn, &new, at)?;
    Ok(Actor::Staff { id, name })
}
