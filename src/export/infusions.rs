//! The wide file: one row per infusion, with how it was answered and the worst that followed.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{Column, Kind, coded, column, meanings, number};
use super::event::events;
use super::line_listing::{Names, who, who_cells, yes_no};
use super::selection::{Selection, local};
use crate::domain::registry::Route;
use crate::domain::summary::CheckInState;
use crate::domain::{Codelist, InfusionId, Level};
use crate::store::chosen::Infused;
use crate::store::sites::Site;
use crate::store::{Connection, Result, line_listing as told, summary};

/// The columns of the file.
#[must_use]
pub fn columns(identified: bool) -> Vec<Column> {
    let mut columns = who(identified);
    columns.extend([
        column("started_at", Kind::Time, "Start of the infusion", "输注开始时间"),
        column(
            "ended_at",
            Kind::Time,
            "End of the infusion; empty when unknown",
            "输注结束时间；未知为空",
        ),
        number("dose_cells", "10^6 cells", "Cells given", "输注细胞数"),
        column("route", Kind::Code(meanings::<Route>), "How it was given", "给药途径"),
        column("route_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("route_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        column("premedication", Kind::Text, "What was given before it", "预处理用药"),
        number(
            "check_ins_due",
            "",
            "Check-ins that were answered or missed",
            "已答复或未答复的随访数",
        ),
        number("check_ins_answered", "", "Of these answered", "其中已答复"),
        number("check_ins_late", "", "Of these answered after they had closed", "其中关闭后答复"),
        number("check_ins_by_phone", "", "Of these answered by phone", "其中电话答复"),
        number(
            "check_ins_missed",
            "",
            "Missed; not the same as no reaction",
            "未答复；不等于无反应",
        ),
        number("check_ins_waiting", "", "Due and still open", "已到期但尚未关闭"),
        column(
            "answered_by_d3",
            Kind::YesNo,
            "A check-in up to day 3 was answered",
            "第3天前至少答复一次",
        ),
        number(
            "events",
            "",
            "Reactions known (those known before are left out)",
            "已知反应数（不含输注前已有）",
        ),
        column(
            "terms",
            Kind::Text,
            "Codes of their terms, separated by blanks",
            "反应代码，以空格分隔",
        ),
        number(
            "worst_grade",
            "",
            "Worst grade that counts, 0 to 5; empty when none is known",
            "计入统计的最高分级（0-5)；无则为空",
        ),
        column(
            "highest_level",
            Kind::Code(meanings::<Level>),
            "Highest urgency of its reports",
            "报告的最高紧急程度",
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
    let (scope, as_of, zone) = (selection.scope(), selection.as_of, &site.time_zone);
    let ids: Vec<InfusionId> = infused.iter().map(|row| row.infusion).collect();
    let told = told::told(conn, &scope, as_of, &ids)?;
    let graded = told::staff_graded(conn, &scope, as_of, &ids)?;
    let mut check_ins = summary::check_ins(conn, &scope, as_of, &ids)?;
    let mut by_infusion: BTreeMap<usize, Vec<super::event::Event>> = BTreeMap::new();
    for event in events(infused, &told, &graded) {
        if !event.known_before && event.worst != Some(0) {
            by_infusion.entry(event.infusion).or_default().push(event);
        }
    }
    let mut lines = Vec::with_capacity(infused.len());
    for (place, row) in infused.iter().enumerate() {
        let (answers, answered_by_d3) = check_ins.remove(&row.infusion).unwrap_or_default();
        let count = |wanted: &dyn Fn(CheckInState) -> bool| {
            answers.iter().filter(|answer| wanted(answer.state)).count().to_string()
        };
        let events = by_infusion.remove(&place).unwrap_or_default();
        let terms: BTreeSet<&str> = events.iter().map(|event| event.term.as_str()).collect();
        let worst = events.iter().filter_map(|event| event.worst).max();
        let level = events.iter().filter_map(|event| event.level).max();
        let mut cells = who_cells(row, (site.code.as_str(), zone), names);
        cells.extend([
            local(row.started_at, zone),
            row.ended_at.map(|at| local(at, zone)).unwrap_or_default(),
            row.dose_cells_millions.map(|cells| cells.to_string()).unwrap_or_default(),
        ]);
        cells.extend(coded(row.route));
        cells.extend([
            row.premedication.clone().unwrap_or_default(),
            count(&|state| state != CheckInState::Waiting),
            count(&|state| matches!(state, CheckInState::Answered { .. })),
            count(&|state| matches!(state, CheckInState::Answered { is_late: true, .. })),
            count(&|state| matches!(state, CheckInState::Answered { by_phone: true, .. })),
            count(&|state| state == CheckInState::Missed),
            count(&|state| state == CheckInState::Waiting),
            yes_no(answered_by_d3),
            events.len().to_string(),
            terms.into_iter().collect::<Vec<_>>().join(" "),
            worst.map(|grade| grade.to_string()).unwrap_or_default(),
            level.map(|level| level.code().to_owned()).unwrap_or_default(),
        ]);
        lines.push(cells);
    }
    Ok(lines)
}
