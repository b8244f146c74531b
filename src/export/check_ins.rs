//! The file of check-ins: one row per planned question, so that silence can be counted.

use std::collections::BTreeMap;

use super::cell::{Column, Kind, Meaning, coded, column, meanings};
use super::line_listing::{Names, who, who_cells, yes_no};
use super::selection::{Selection, local};
use crate::domain::registry::{CheckInState, ReportMode};
use crate::domain::schedule::CheckInCode;
use crate::domain::{Codelist, InfusionId, Language};
use crate::i18n::labels::Label;
use crate::i18n::schedule::when;
use crate::store::chosen::Infused;
use crate::store::sites::Site;
use crate::store::{Connection, Result, line_listing as told};

fn code_meanings() -> Vec<Meaning> {
    CheckInCode::ALL.iter().map(|code| (code.code(), when(*code).0, when(*code).1)).collect()
}

/// The columns of the file.
#[must_use]
pub fn columns(identified: bool) -> Vec<Column> {
    let mut columns = who(identified);
    columns.extend([
        column(
            "check_in",
            Kind::Code(code_meanings),
            "Which check-in, counted from T0",
            "随访时点（自 T0 起）",
        ),
        column(
            "opens_at",
            Kind::Time,
            "From here a report counts as the answer",
            "自此时起报告视为答复",
        ),
        column("due_at", Kind::Time, "When the prompt is owed", "应发提醒的时间"),
        column("closes_at", Kind::Time, "When it counts as missed", "此后视为未答复"),
        column(
            "prompted_at",
            Kind::Time,
            "When the mail server took the first prompt",
            "邮件服务器接收首次提醒的时间",
        ),
        column(
            "state",
            Kind::Code(meanings::<CheckInState>),
            "What became of it; missed is not the same as well",
            "状态；未答复不等于无反应",
        ),
        column("state_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("state_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        column("answered_at", Kind::Time, "When it was answered", "答复时间"),
        column("answered_late", Kind::YesNo, "Answered after it had closed", "关闭后才答复"),
        column("mode", Kind::Code(meanings::<ReportMode>), "How it was answered", "答复方式"),
        column("mode_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("mode_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        column(
            "reference",
            Kind::Text,
            "Reference of the report that answered it",
            "作为答复的报告编号",
        ),
    ]);
    columns
}

/// The lines of a slice.
pub fn lines(
    conn: &mut Connection,
    selection: &Selection,
    site: &Site,
    infused: &[Infused],
    names: Option<&Names>,
) -> Result<Vec<Vec<String>>> {
    let rows: BTreeMap<InfusionId, &Infused> =
        infused.iter().map(|row| (row.infusion, row)).collect();
    let ids: Vec<InfusionId> = rows.keys().copied().collect();
    let zone = &site.time_zone;
    let mut lines = Vec::new();
    for asked in told::asked(conn, &selection.scope(), &ids)? {
        let Some(row) = rows.get(&asked.infusion) else { continue };
        let time = |at: Option<_>| at.map(|at| local(at, zone)).unwrap_or_default();
        let mut cells = who_cells(row, (site.code.as_str(), zone), names);
        cells.extend([
            asked.code.code().to_owned(),
            local(asked.opens_at, zone),
            local(asked.due_at, zone),
            local(asked.closes_at, zone),
            time(asked.prompted_at),
        ]);
        cells.extend(coded(asked.state));
        cells.extend([time(asked.answered_at), yes_no(asked.answered_late)]);
        let (reference, mode) = asked.report.unzip();
        cells.extend(super::cell::coded_or_empty(mode));
        cells.push(reference.unwrap_or_default());
        lines.push(cells);
    }
    Ok(lines)
}

/// The name of a check-in in one language, such as `3 days`.
#[must_use]
pub fn label(code: &str, lang: Language) -> String {
    CheckInCode::from_code(code)
        .map_or(code, |code| match lang {
            Language::En => when(code).0,
            Language::ZhCn => when(code).1,
        })
        .to_owned()
}

/// The name of a coded value by its code; the code itself when it is unknown.
#[must_use]
pub fn name_of<T: Codelist + Label>(code: &str, lang: Language) -> String {
    T::from_code(code).map_or(code, |value| value.label(lang)).to_owned()
}
