//! The infusions that a summary or a file is about, read in slices.
//!
//! Each slice is a short read of its own, so that a long file never keeps the log of the
//! database from being folded in. What was recorded after the cut-off is left out, so that
//! slices of one file never overlap and never chase new rows.

use diesel::prelude::*;

use super::schema::{course, infusion, lot, patient, patient_contact, product};
use super::{Connection, Result};
use crate::domain::registry::{Phase, Route, Sex};
use crate::domain::{
    InfusionId, LotId, PatientId, ProductId, ProductKind, Scope, SiteId, Timestamp,
};

/// Infusions read at one time.
pub const SLICE: i64 = 500;

/// Which infusions of one clinic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Of which clinic.
    pub site: SiteId,
    /// `T0` at this instant or later; from the beginning when there is none.
    pub from: Option<Timestamp>,
    /// `T0` before this instant; without an end when there is none.
    pub until: Option<Timestamp>,
    /// Of this product only.
    pub product: Option<ProductId>,
    /// The cut-off: nothing that was recorded or received later.
    pub as_of: Timestamp,
}

/// One infusion with whom, what and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Infused {
    pub infusion: InfusionId,
    pub site: SiteId,
    pub patient: PatientId,
    /// The clinic's number for the patient: a pseudonym.
    pub patient_code: String,
    pub birth_year: i32,
    pub sex: Sex,
    pub product_code: String,
    pub product: ProductKind,
    pub lot: LotId,
    pub lot_number: String,
    pub phase: Phase,
    /// From 1 within the course.
    pub number_in_course: i32,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub t0: Timestamp,
    pub dose_cells_millions: Option<i64>,
    pub route: Route,
    pub premedication: Option<String>,
}

type Row = (
    (InfusionId, SiteId, PatientId, LotId, i32),
    (Timestamp, Option<Timestamp>, Timestamp, Option<i64>, Route, Option<String>),
    (String, i32, Sex, Phase),
    (String, String, ProductKind),
);

impl From<Row> for Infused {
    fn from(
        (
            (infusion, site, patient, lot, number_in_course),
            (started_at, ended_at, t0, dose_cells_millions, route, premedication),
            (patient_code, birth_year, sex, phase),
            (lot_number, product_code, product),
        ): Row,
    ) -> Self {
        Self {
            infusion,
            site,
            patient,
            patient_code,
            birth_year,
            sex,
            product_code,
            product,
            lot,
            lot_number,
            phase,
            number_in_course,
            started_at,
            ended_at,
            t0,
            dose_cells_millions,
            route,
            premedication,
        }
    }
}

/// Where a slice begins and which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Oldest first, after this one.
    After(Option<InfusionId>),
    /// Newest first, before this one.
    Before(Option<InfusionId>),
}

/// At most `limit` of the chosen infusions, in the order in which they were recorded.
pub fn infusions(
    conn: &mut Connection,
    scope: &Scope,
    chosen: &Chosen,
    place: Place,
    limit: i64,
) -> Result<Vec<Infused>> {
    let mut query = infusion::table
        .inner_join(patient::table)
        .inner_join(course::table)
        .inner_join(lot::table.inner_join(product::table))
        .filter(infusion::site_id.eq(chosen.site))
        .filter(infusion::site_id.eq_any(scope.sites()))
        .filter(infusion::recorded_at.le(chosen.as_of))
        .select((
            (
                infusion::id,
                infusion::site_id,
                infusion::patient_id,
                infusion::lot_id,
                infusion::number_in_course,
            ),
            (
                infusion::started_at,
                infusion::ended_at,
                infusion::t0,
                infusion::dose_cells_millions,
                infusion::route,
                infusion::premedication,
            ),
            (patient::code, patient::birth_year, patient::sex, course::phase),
            (lot::number, product::code, product::kind),
        ))
        .limit(limit)
        .into_boxed();
    if let Some(from) = chosen.from {
        query = query.filter(infusion::t0.ge(from));
    }
    if let Some(until) = chosen.until {
        query = query.filter(infusion::t0.lt(until));
    }
    if let Some(product) = chosen.product {
        query = query.filter(lot::product_id.eq(product));
    }
    query = match place {
        Place::After(None) => query.order(infusion::id.asc()),
        Place::After(Some(id)) => query.filter(infusion::id.gt(id)).order(infusion::id.asc()),
        Place::Before(None) => query.order(infusion::id.desc()),
        Place::Before(Some(id)) => query.filter(infusion::id.lt(id)).order(infusion::id.desc()),
    };
    Ok(query.load::<Row>(conn)?.into_iter().map(Infused::from).collect())
}

/// The names of patients in scope. Only for files that name people.
pub fn names(
    conn: &mut Connection,
    scope: &Scope,
    patients: &[PatientId],
) -> Result<Vec<(PatientId, String)>> {
    Ok(patient_contact::table
        .inner_join(patient::table)
        .filter(patient::id.eq_any(patients))
        .filter(patient::site_id.eq_any(scope.sites()))
        .select((patient::id, patient_contact::name))
        .load(conn)?)
}
