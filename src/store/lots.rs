//! Lots: batches of a product, of own or of donor cells.

pub mod events;

use diesel::prelude::*;

use super::among::among;
use super::schema::{infusion, lot, patient, product};
use super::{Connection, Result};
use crate::domain::entry::{LotNumber, PatientCode, ProductCode};
use crate::domain::registry::{CultureResult, EndotoxinResult, LotSource, LotState};
use crate::domain::{Day, InfusionId, LotId, PatientId, ProductId, Scope, SiteId, Timestamp};

/// A lot.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = lot, check_for_backend(diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_null = true)]
pub struct Lot {
    /// Which one.
    pub id: LotId,
    /// Of which clinic.
    pub site_id: SiteId,
    /// Of which product.
    pub product_id: ProductId,
    /// The number on the bag.
    pub number: LotNumber,
    /// Whose cells.
    pub source: LotSource,
    /// Own cells: whose.
    pub patient_id: Option<PatientId>,
    /// When the blood was collected.
    pub collected_on: Option<Day>,
    /// When the culture began.
    pub culture_started_on: Option<Day>,
    /// When the lot was released.
    pub released_on: Option<Day>,
    /// How many cells, in millions.
    pub cells_millions: Option<i64>,
    /// The share of living cells, in tenths of a percent.
    pub viability_permille: Option<i32>,
    /// Sterility test.
    pub sterility: CultureResult,
    /// Mycoplasma test.
    pub mycoplasma: CultureResult,
    /// Endotoxin test.
    pub endotoxin: EndotoxinResult,
    /// Where the lot stands.
    pub state: LotState,
    /// Why.
    pub state_reason: Option<String>,
    /// Grows with every change.
    pub version: i32,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

impl Lot {
    /// Whether a test says contaminated or over the limit.
    #[must_use]
    pub fn failed_a_test(&self) -> bool {
        self.sterility == CultureResult::Positive
            || self.mycoplasma == CultureResult::Positive
            || self.endotoxin == EndotoxinResult::Fail
    }
}

/// Adds a lot.
pub fn insert(conn: &mut Connection, new: &Lot) -> Result<()> {
    diesel::insert_into(lot::table).values(new).execute(conn)?;
    Ok(())
}

/// Writes a changed lot whose `version` is still the one that was read; false when
/// somebody else was faster.
pub fn update(conn: &mut Connection, changed: &Lot) -> Result<bool> {
    let next = Lot { version: changed.version + 1, ..changed.clone() };
    let rows = diesel::update(lot::table.find(changed.id))
        .filter(lot::version.eq(changed.version))
        .set(&next)
        .execute(conn)?;
    Ok(rows == 1)
}

/// One lot in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: LotId) -> Result<Option<Lot>> {
    Ok(lot::table
        .find(id)
        .filter(among(lot::site_id, scope.sites()))
        .select(Lot::as_select())
        .first(conn)
        .optional()?)
}

/// The lot that a clinic knows by this number.
pub fn by_number(conn: &mut Connection, site: SiteId, number: &LotNumber) -> Result<Option<Lot>> {
    Ok(lot::table
        .filter(lot::site_id.eq(site).and(lot::number.eq(number)))
        .select(Lot::as_select())
        .first(conn)
        .optional()?)
}

/// The lots that may be given to a patient: of the product, released or used, and either a
/// donor's or made of the patient's own cells. Released last first.
pub fn for_patient(
    conn: &mut Connection,
    site: SiteId,
    patient: PatientId,
    product: ProductId,
) -> Result<Vec<Lot>> {
    Ok(lot::table
        .filter(lot::site_id.eq(site).and(lot::product_id.eq(product)))
        .filter(lot::state.eq_any([LotState::Released, LotState::Used]))
        .filter(lot::patient_id.is_null().or(lot::patient_id.eq(patient)))
        .filter(lot::source.eq(LotSource::Donor).or(lot::patient_id.eq(patient)))
        .select(Lot::as_select())
        .order((lot::state.asc(), lot::released_on.desc(), lot::id.desc()))
        .limit(500)
        .load(conn)?)
}

/// Somebody to whom a lot was given.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Recipient {
    /// Who.
    pub patient: PatientId,
    /// The clinic's number for them.
    pub code: PatientCode,
    /// In which infusion.
    pub infusion: InfusionId,
    /// Which one of the course.
    pub number_in_course: i32,
    /// When it ended.
    pub t0: Timestamp,
    /// How many cells, in millions.
    pub dose_cells_millions: Option<i64>,
}

/// To whom a lot in scope was given, in order of time.
pub fn recipients(conn: &mut Connection, scope: &Scope, id: LotId) -> Result<Vec<Recipient>> {
    Ok(infusion::table
        .inner_join(patient::table)
        .filter(infusion::lot_id.eq(id))
        .filter(among(infusion::site_id, scope.sites()))
        .select((
            patient::id,
            patient::code,
            infusion::id,
            infusion::number_in_course,
            infusion::t0,
            infusion::dose_cells_millions,
        ))
        .order((infusion::t0, infusion::id))
        .load(conn)?)
}

/// What a list of lots is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Entered last first.
    #[default]
    Newest,
    /// The number.
    Number,
    /// Released last first; those not released last.
    Released,
}

/// Which lots to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the lot number or of the code of the patient whose cells they are.
    pub search: Option<String>,
    /// Only this state.
    pub state: Option<LotState>,
    /// Only this source.
    pub source: Option<LotSource>,
    /// Only this clinic.
    pub site: Option<SiteId>,
    /// Only the lots made of this patient's cells.
    pub patient: Option<PatientId>,
    /// In which order.
    pub order: Order,
}

/// One line of a list of lots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The lot.
    pub lot: Lot,
    /// The product's code.
    pub product: ProductCode,
    /// Own cells: the patient's code.
    pub patient: Option<PatientCode>,
    /// How many infusions were given of it.
    pub infusions: i64,
}

/// A page of the lots in scope, and how many there are in all.
pub fn page(
    conn: &mut Connection,
    scope: &Scope,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Row>, i64)> {
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;

    let narrowed =
        || {
            let mut query = lot::table
                .inner_join(product::table)
                .left_join(patient::table)
                .into_boxed::<diesel::sqlite::Sqlite>();
            query = query.filter(among(lot::site_id, scope.sites()));
            if let Some(site) = filter.site {
                query = query.filter(lot::site_id.eq(site));
            }
            if let Some(state) = filter.state {
                query = query.filter(lot::state.eq(state));
            }
            if let Some(source) = filter.source {
                query = query.filter(lot::source.eq(source));
            }
            if let Some(patient) = filter.patient {
                query = query.filter(lot::patient_id.eq(patient));
            }
            if let Some(search) = &filter.search {
                let pattern = super::like(search);
                query =
                    query.filter(lot::number.like(pattern.clone()).escape('\\').or(
                        patient::code.like(pattern).escape('\\').and(patient::id.is_not_null()),
                    ));
            }
            query
        };
    let total = narrowed().count().get_result(conn)?;
    let many = sql::<BigInt>("(SELECT count(*) FROM infusion WHERE infusion.lot_id = lot.id)");
    let query = narrowed();
    let query = match filter.order {
        Order::Newest => query.order((lot::recorded_at.desc(), lot::id.desc())),
        Order::Number => query.order((lot::number.asc(), lot::id.asc())),
        // NULL sorts lowest in SQLite, so that descending puts lots without a day last.
        Order::Released => query.order((lot::released_on.desc(), lot::id.desc())),
    };
    let rows = query
        .offset(offset)
        .limit(limit)
        .select((Lot::as_select(), product::code, patient::code.nullable(), many))
        .load::<(Lot, ProductCode, Option<PatientCode>, i64)>(conn)?
        .into_iter()
        .map(|(lot, product, patient, infusions)| Row { lot, product, patient, infusions })
        .collect();
    Ok((rows, total))
}

/// Whether anything of the lot was given.
pub fn was_given(conn: &mut Connection, id: LotId) -> Result<bool> {
    let given = diesel::dsl::exists(infusion::table.filter(infusion::lot_id.eq(id)));
    Ok(diesel::select(given).get_result(conn)?)
}
