//! Lots: what they are, their tests, and whether they may be given.

mod event;
mod form;
pub mod incident;
pub(crate) mod stop;

pub use form::LotForm;

use super::{Confirmed, Facts, Refusal, changes, perhaps, said, with_warnings};
use crate::domain::entry::LotNumber;
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::{CultureResult, EndotoxinResult, LotSource, LotState};
use crate::domain::warning::Warning;
use crate::domain::{Actor, Codelist, Day, LotId, PatientId, ProductId, SiteId, Timestamp};
use crate::store::lots::{self, Lot};
use crate::store::{Connection, audit};

/// What is known of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotFacts {
    /// Of which product.
    pub product: ProductId,
    /// The number on the bag.
    pub number: LotNumber,
    /// Whose cells.
    pub source: LotSource,
    /// Own cells: whose.
    pub patient: Option<PatientId>,
    /// When the blood was collected.
    pub collected_on: Option<Day>,
    /// When the culture began.
    pub culture_started_on: Option<Day>,
    /// When the lot was released.
    pub released_on: Option<Day>,
    /// How many cells, in millions (1 to 1 000 000).
    pub cells_millions: Option<i64>,
    /// The share of living cells, in tenths of a percent (0 to 1000).
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
}

/// Most cells of a lot or a dose, in millions: 10^12 cells, far above any cell product.
pub(super) const MOST_MILLIONS: i64 = 1_000_000;

/// Tenths of a percent as percent.
#[must_use]
pub fn percent(permille: i32) -> String {
    rust_decimal::Decimal::new(permille.into(), 1).normalize().to_string()
}

/// What may change of a lot that is known, and between which states.
fn check_step(
    conn: &mut Connection,
    old: &Lot,
    new: &LotFacts,
    p: &mut Problems,
) -> Result<(), Refusal> {
    if old.state != new.state {
        if !old.state.may_become(new.state) {
            p.add("state", Reason::LotStep(old.state, new.state));
        } else if old.state.needs_reason(new.state)
            && (new.state_reason.is_none() || new.state_reason == old.state_reason)
        {
            p.add("state_reason", Reason::NeedsReason);
        }
    }
    let identity: [(&'static str, bool); 3] = [
        ("product", old.product_id != new.product),
        ("source", old.source != new.source),
        ("patient", old.patient_id != new.patient),
    ];
    if identity.iter().any(|(_, changed)| *changed) && lots::was_given(conn, old.id)? {
        for (field, _) in identity.into_iter().filter(|(_, changed)| *changed) {
            p.add(field, Reason::AlreadyGiven);
        }
    }
    Ok(())
}

fn odd_days(facts: &LotFacts) -> Vec<Warning> {
    let days: Vec<Day> = [facts.collected_on, facts.culture_started_on, facts.released_on]
        .into_iter()
        .flatten()
        .collect();
    if days.is_sorted() { Vec::new() } else { vec![Warning::LotDaysDisordered] }
}

fn row(id: LotId, site: SiteId, version: i32, recorded_at: Timestamp, facts: LotFacts) -> Lot {
    Lot {
        id,
        site_id: site,
        product_id: facts.product,
        number: facts.number,
        source: facts.source,
        patient_id: facts.patient,
        collected_on: facts.collected_on,
        culture_started_on: facts.culture_started_on,
        released_on: facts.released_on,
        cells_millions: facts.cells_millions,
        viability_permille: facts.viability_permille,
        sterility: facts.sterility,
        mycoplasma: facts.mycoplasma,
        endotoxin: facts.endotoxin,
        state: facts.state,
        state_reason: facts.state_reason,
        version,
        recorded_at,
    }
}

fn audited(lot: &Lot) -> Facts {
    vec![
        ("product", said(&lot.product_id)),
        ("number", said(&lot.number)),
        ("source", said(&lot.source.code())),
        ("patient", perhaps(lot.patient_id.as_ref())),
        ("collected_on", perhaps(lot.collected_on.as_ref())),
        ("culture_started_on", perhaps(lot.culture_started_on.as_ref())),
        ("released_on", perhaps(lot.released_on.as_ref())),
        ("cells_millions", perhaps(lot.cells_millions.as_ref())),
        ("viability_permille", perhaps(lot.viability_permille.as_ref())),
        ("sterility", said(&lot.sterility.code())),
        ("mycoplasma", said(&lot.mycoplasma.code())),
        ("endotoxin", said(&lot.endotoxin.code())),
        ("state", said(&lot.state.code())),
        ("state_reason", perhaps(lot.state_reason.as_ref())),
    ]
}

/// Adds a lot.
pub fn add_lot(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (site, facts): (SiteId, LotFacts),
    (warnings, confirmed): (&[Warning], Confirmed),
) -> Result<LotId, Refusal> {
    if lots::by_number(conn, site, &facts.number)?.is_some() {
        return Err(Refusal::field("number", Reason::Taken));
    }
    confirmed.settle(warnings)?;
    let lot = row(LotId::new(), site, 1, now, facts);
    lots::insert(conn, &lot)?;
    let detail = with_warnings(changes(&Vec::new(), &audited(&lot)), warnings);
    audit::append(conn, now, actor, Some(site), "lot.added", ("lot", &lot.id), &detail)?;
    event::follow(conn, now, actor, &lot)?;
    Ok(lot.id)
}

/// Changes a lot that was read at `version`.
pub fn change_lot(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (old, version): (&Lot, i32),
    facts: LotFacts,
    (warnings, confirmed): (&[Warning], Confirmed),
) -> Result<(), Refusal> {
    if old.version != version {
        return Err(Refusal::Changed);
    }
    let mut p = Problems::new();
    check_step(conn, old, &facts, &mut p)?;
    if !p.is_empty() {
        return Err(Refusal::Problems(p));
    }
    confirmed.settle(warnings)?;
    let lot = row(old.id, old.site_id, version, old.recorded_at, facts);
    let detail = changes(&audited(old), &audited(&lot));
    if detail.is_empty() {
        return Ok(());
    }
    if !lots::update(conn, &lot)? {
        return Err(Refusal::Changed);
    }
    let detail = with_warnings(detail, warnings);
    audit::append(conn, now, actor, Some(lot.site_id), "lot.changed", ("lot", &lot.id), &detail)?;
    event::follow(conn, now, actor, &lot)?;
    Ok(())
}
