//! What is known of the patient, the infusion and the lot of a task, worded.

use super::view::{FactLine, Words};
use crate::i18n::labels::Label;
use crate::store::task_page::TaskPage;

pub(super) fn patient_facts(words: &Words, page: &TaskPage) -> Vec<FactLine> {
    let Some(patient) = &page.patient else { return Vec::new() };
    let mut facts = vec![
        (words.t.born, patient.birth_year.to_string()),
        (words.t.reads, patient.language.label(words.lang).to_owned()),
    ];
    facts.extend(patient.notes.clone().map(|notes| (words.t.notes, notes)));
    facts
}

pub(super) fn infusion_facts(words: &Words, page: &TaskPage) -> Vec<FactLine> {
    let Some(infusion) = &page.infusion else { return Vec::new() };
    let mut facts = vec![
        (words.t.given_at, words.moment(infusion.t0)),
        (words.t.route, infusion.route.label(words.lang).to_owned()),
    ];
    facts
        .extend(infusion.dose_cells_millions.map(|cells| (words.t.dose, format!("{cells} × 10⁶"))));
    facts.extend(infusion.premedication.clone().map(|text| (words.t.premedication, text)));
    facts.extend(infusion.notes.clone().map(|text| (words.t.notes, text)));
    facts
}

pub(super) fn lot_facts(words: &Words, page: &TaskPage) -> Vec<FactLine> {
    let Some(lot) = &page.lot else { return Vec::new() };
    let mut facts = vec![
        (words.t.lot, page.entry.lot_number.clone()),
        (words.t.lot_state, lot.state.label(words.lang).to_owned()),
        (words.t.sterility, lot.sterility.label(words.lang).to_owned()),
        (words.t.mycoplasma, lot.mycoplasma.label(words.lang).to_owned()),
        (words.t.endotoxin, lot.endotoxin.label(words.lang).to_owned()),
    ];
    facts.extend(
        lot.viability_permille
            .map(|permille| (words.t.viability, format!("{}.{} %", permille / 10, permille % 10))),
    );
    facts
}

pub(super) fn observations(words: &Words, page: &TaskPage) -> Vec<String> {
    use crate::domain::input::Vital;
    page.observations
        .iter()
        .map(|seen| {
            let mut parts = Vec::new();
            parts.extend(seen.temperature_tenths.map(|t| format!("{}.{} °C", t / 10, t % 10)));
            let vitals = [
                (Vital::Sbp, seen.sbp),
                (Vital::Hr, seen.hr),
                (Vital::Spo2, seen.spo2),
                (Vital::Rr, seen.rr),
            ];
            parts.extend(vitals.into_iter().filter_map(|(vital, value)| {
                Some(format!("{} {}", vital.label(words.lang), value?))
            }));
            parts.extend(seen.note.clone());
            let said = parts.join(words.q.separator());
            format!("{}{}{said}", words.moment(seen.observed_at), words.q.colon())
        })
        .collect()
}
