//! A lot as typed, read into facts.

use serde::Deserialize;

use super::super::patient::site_in_scope;
use super::super::{Noted, Refusal, perhaps};
use super::{LotFacts, MOST_MILLIONS, check_step, odd_days, percent};
use crate::domain::entry::{self, LotNumber, PatientCode, ProductCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::{ActiveState, CultureResult, EndotoxinResult, LotSource, LotState};
use crate::domain::warning::Warning;
use crate::domain::{Codelist, Day, PatientId, ProductKind, Scope, SiteId, Timestamp};
use crate::store::lots::{self, Lot};
use crate::store::products::{self, Product};
use crate::store::sites::Site;
use crate::store::{Connection, patients};

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

    #[expect(clippy::too_many_lines, reason = "one line or two for each field of the form")]
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
        // A result that comes late stops the lot, whatever state the form still shows.
        let comes_late = failed && myself.is_some_and(|known| !known.failed_a_test());
        let (state, state_reason) = if comes_late && state != Some(LotState::Discarded) {
            let stays = myself.is_some_and(|known| known.state == LotState::Quarantined);
            let given = state_reason.clone().flatten();
            let kept = myself.and_then(|known| known.state_reason.clone());
            let because = given.filter(|text| stays || Some(text) != kept.as_ref());
            let because = because.unwrap_or_else(|| failed_tests(sterility, mycoplasma));
            (state.map(|_| LotState::Quarantined), state_reason.map(|_| Some(because)))
        } else {
            (state, state_reason)
        };
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

/// Why a lot stops by itself: which tests have failed, as the codes that every language shows.
fn failed_tests(sterility: Option<CultureResult>, mycoplasma: Option<CultureResult>) -> String {
    let found =
        |result, name: &'static str| (result == Some(CultureResult::Positive)).then_some(name);
    let cultures = [found(sterility, "sterility +"), found(mycoplasma, "mycoplasma +")];
    let cultures: Vec<&str> = cultures.into_iter().flatten().collect();
    if cultures.is_empty() { "endotoxin > limit".to_owned() } else { cultures.join(", ") }
}
