//! Lots: what they are, their tests, and whether they may be given.

use serde::Deserialize;

use super::patient::site_in_scope;
use super::{Confirmed, Facts, Noted, Refusal, changes, perhaps, said, with_warnings};
use crate::domain::entry::{self, LotNumber, PatientCode, ProductCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::{ActiveState, CultureResult, EndotoxinResult, LotSource, LotState};
use crate::domain::warning::Warning;
use crate::domain::{
    Actor, Codelist, Day, LotId, PatientId, ProductId, ProductKind, Scope, SiteId, Timestamp,
};
use crate::store::lots::{self, Lot};
use crate::store::products::{self, Product};
use crate::store::sites::Site;
use crate::store::{Connection, audit, patients};

/// A lot as typed in a page or read from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `LotFacts`, as text")]
pub struct LotForm {
    /// The code of the clinic.
    pub site: String,
    /// The code of the product.
    pub product: String,
    pub number: String,
    pub source: String,
    /// Own cells: the code of the patient.
    pub patient: String,
    pub collected_on: String,
    pub culture_started_on: String,
    pub released_on: String,
    pub cells_millions: String,
    /// The share of living cells in percent, at most one decimal.
    pub viability_percent: String,
    pub sterility: String,
    pub mycoplasma: String,
    pub endotoxin: String,
    pub state: String,
    pub state_reason: String,
    /// `yes` when what looks odd is meant.
    pub confirmed: String,
    /// The version that the form was made from.
    pub version: String,
}

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

impl LotForm {
    /// An empty form with what is usual.
    #[must_use]
    pub fn blank(site: &Site) -> Self {
        Self {
            site: site.code.to_string(),
            source: LotSource::Own.code().to_owned(),
            sterility: CultureResult::Pending.code().to_owned(),
            mycoplasma: CultureResult::Pending.code().to_owned(),
            endotoxin: EndotoxinResult::Pending.code().to_owned(),
            state: LotState::InCulture.code().to_owned(),
            ..Self::default()
        }
    }

    /// The form of a lot as it is.
    #[must_use]
    pub fn of(lot: &Lot, site: &Site, product: &Product, patient: Option<&PatientCode>) -> Self {
        let day = |day: Option<Day>| perhaps(day.as_ref()).unwrap_or_default();
        Self {
            site: site.code.to_string(),
            product: product.code.to_string(),
            number: lot.number.to_string(),
            source: lot.source.code().to_owned(),
            patient: perhaps(patient).unwrap_or_default(),
            collected_on: day(lot.collected_on),
            culture_started_on: day(lot.culture_started_on),
            released_on: day(lot.released_on),
            cells_millions: perhaps(lot.cells_millions.as_ref()).unwrap_or_default(),
            viability_percent: lot.viability_permille.map(percent).unwrap_or_default(),
            sterility: lot.sterility.code().to_owned(),
            mycoplasma: lot.mycoplasma.code().to_owned(),
            endotoxin: lot.endotoxin.code().to_owned(),
            state: lot.state.code().to_owned(),
            state_reason: lot.state_reason.clone().unwrap_or_default(),
            confirmed: String::new(),
            version: lot.version.to_string(),
        }
    }

    /// Reads the form of a new lot of a clinic in scope.
    pub fn read_new(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        scope: &Scope,
    ) -> Result<(SiteId, LotFacts, Vec<Warning>), Refusal> {
        let mut p = Problems::new();
        let site = site_in_scope(conn, scope, &self.site, &mut p)?;
        let facts = self.facts(conn, now, site.as_ref(), None, &mut p)?;
        let (Some(site), Some(facts), true) = (site, facts, p.is_empty()) else {
            return Err(Refusal::Problems(p));
        };
        let warnings = odd_days(&facts);
        Ok((site.id, facts, warnings))
    }

    /// Reads the form of a lot that is known already.
    pub fn read_change(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        site: &Site,
        lot: &Lot,
    ) -> Result<(LotFacts, Vec<Warning>), Refusal> {
        let mut p = Problems::new();
        let facts = self.facts(conn, now, Some(site), Some(lot), &mut p)?;
        if let Some(facts) = &facts {
            check_step(conn, lot, facts, &mut p)?;
        }
        let (Some(facts), true) = (facts, p.is_empty()) else {
            return Err(Refusal::Problems(p));
        };
        let warnings = odd_days(&facts);
        Ok((facts, warnings))
    }

    fn facts(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        site: Option<&Site>,
        myself: Option<&Lot>,
        p: &mut Problems,
    ) -> Result<Option<LotFacts>, Refusal> {
        let product = self.product(conn, myself, p)?;
        let number = p.take("number", LotNumber::parse(&self.number));
        if let (Some(number), Some(site)) = (&number, site)
            && lots::by_number(conn, site.id, number)?
                .is_some_and(|known| Some(known.id) != myself.map(|lot| lot.id))
        {
            p.add("number", Reason::Taken);
        }
        let source: Option<LotSource> = p.take("source", entry::choice(&self.source));
        if let (Some(product), Some(source)) = (&product, source)
            && (product.kind == ProductKind::Autologous) != (source == LotSource::Own)
        {
            p.add("source", Reason::SourceOfAnotherKind);
        }
        let patient = self.patient(conn, site, source, p)?;
        let today = now.day(site.map_or(&jiff::tz::TimeZone::UTC, |site| site.time_zone.jiff()));
        let mut day =
            |field, text: &str| p.take(field, entry::optional(entry::past_day(text, today)));
        let collected_on = day("collected_on", &self.collected_on);
        let culture_started_on = day("culture_started_on", &self.culture_started_on);
        let released_on = day("released_on", &self.released_on);
        let cells_millions = p.take(
            "cells_millions",
            entry::optional(entry::whole(&self.cells_millions, 1, MOST_MILLIONS)),
        );
        let viability_permille = p.take(
            "viability_percent",
            entry::optional(entry::tenths(self.viability_percent.trim_end_matches('%'), 0, 1000)),
        );
        let sterility = p.take("sterility", entry::choice(&self.sterility));
        let mycoplasma = p.take("mycoplasma", entry::choice(&self.mycoplasma));
        let endotoxin = p.take("endotoxin", entry::choice(&self.endotoxin));
        let state: Option<LotState> = p.take("state", entry::choice(&self.state));
        let state_reason = p.take("state_reason", entry::optional_line(&self.state_reason));
        if let (Some(state), Some(None), None) = (state, &state_reason, myself)
            && matches!(state, LotState::Quarantined | LotState::Discarded)
        {
            p.add("state_reason", Reason::NeedsReason);
        }
        let failed = sterility == Some(CultureResult::Positive)
            || mycoplasma == Some(CultureResult::Positive)
            || endotoxin == Some(EndotoxinResult::Fail);
        if failed && matches!(state, Some(LotState::Released | LotState::InCulture)) {
            p.add("state", Reason::ResultForbids);
        }
        let (
            Some(product),
            Some(number),
            Some(source),
            Ok(patient),
            Some(collected_on),
            Some(culture_started_on),
            Some(released_on),
            Some(cells_millions),
            Some(viability_permille),
            Some(sterility),
            Some(mycoplasma),
            Some(endotoxin),
            Some(state),
            Some(state_reason),
        ) = (
            product,
            number,
            source,
            patient,
            collected_on,
            culture_started_on,
            released_on,
            cells_millions,
            viability_permille,
            sterility,
            mycoplasma,
            endotoxin,
            state,
            state_reason,
        )
        else {
            return Ok(None);
        };
        Ok(Some(LotFacts {
            product: product.id,
            number,
            source,
            patient,
            collected_on,
            culture_started_on,
            released_on,
            cells_millions,
            viability_permille,
            sterility,
            mycoplasma,
            endotoxin,
            state,
            state_reason,
        }))
    }

    fn product(
        &self,
        conn: &mut Connection,
        myself: Option<&Lot>,
        p: &mut Problems,
    ) -> Result<Option<Product>, Refusal> {
        let Some(code) = p.take("product", ProductCode::parse(&self.product)) else {
            return Ok(None);
        };
        let product = products::by_code(conn, &code)?;
        match &product {
            None => p.add("product", Reason::Unknown),
            // A lot that has the product already keeps it.
            Some(product)
                if product.state == ActiveState::Inactive
                    && myself.is_none_or(|lot| lot.product_id != product.id) =>
            {
                p.add("product", Reason::Inactive);
            }
            Some(_) => {}
        }
        Ok(product)
    }

    /// Whose cells, or none for a donor's lot.
    fn patient(
        &self,
        conn: &mut Connection,
        site: Option<&Site>,
        source: Option<LotSource>,
        p: &mut Problems,
    ) -> Result<Result<Option<PatientId>, Noted>, Refusal> {
        match (self.patient.trim(), source) {
            ("", Some(LotSource::Own)) => p.add("patient", Reason::OwnNeedsPatient),
            ("", _) => return Ok(Ok(None)),
            (_, Some(LotSource::Donor)) => p.add("patient", Reason::DonorHasPatient),
            (text, _) => {
                if let (Some(code), Some(site)) =
                    (p.take("patient", PatientCode::parse(text)), site)
                {
                    if let Some(patient) = patients::by_code(conn, site.id, &code)? {
                        return Ok(Ok(Some(patient.id)));
                    }
                    p.add("patient", Reason::Unknown);
                }
            }
        }
        Ok(Err(Noted))
    }
}

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
    Ok(())
}
