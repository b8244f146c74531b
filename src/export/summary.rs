//! The safety summary of a selection, and its file: one figure a line.

use std::collections::BTreeMap;
use std::io::Write;

use super::cell::{Column, Kind, column, number};
use super::check_ins;
use super::csv_file::CsvFile;
use super::selection::Selection;
use super::term::{solicited, term_label};
use super::{ExportError, Order, Written};
use crate::domain::registry::Phase;
use crate::domain::summary::{Input, Line, Summary, Target, summarise};
use crate::domain::{Language, Level, ProductKind};
use crate::store::{self, Db, summary as rows};

/// A summary with the names of what it speaks of.
#[derive(Debug)]
pub struct Report {
    /// The tables.
    pub summary: Summary,
    /// Codes of clinics and numbers of lots (with the clinic in front), by identifier.
    pub names: BTreeMap<String, String>,
}

impl Report {
    /// The code or number that stands for a key of a table: clinics and lots are known to people
    /// by these, everything else has stable codes already.
    #[must_use]
    pub fn code<'a>(&'a self, key: &'a str) -> &'a str {
        self.names.get(key).map_or(key, String::as_str)
    }
}

/// Makes the summary. For threads that may wait: it is read in slices.
///
/// # Errors
///
/// The database did not answer, or its rows contradict one another.
pub fn summary(db: &Db, selection: &Selection) -> Result<Report, ExportError> {
    let mut input = Input {
        as_of: selection.as_of,
        solicited: solicited(),
        infusions: Vec::new(),
        symptoms: Vec::new(),
        flags: Vec::new(),
        tasks: Vec::new(),
        targets: Target::usual(),
    };
    let mut names = BTreeMap::new();
    let scope = selection.scope();
    for site in &selection.sites {
        names.insert(site.id.to_string(), site.code.as_str().to_owned());
        let chosen = selection.chosen(site);
        let mut after = None;
        loop {
            let slice = db.read_blocking(|conn| -> store::Result<_> {
                rows::slice(conn, &scope, &chosen, after)
            })?;
            let Some(last) = slice.infused.last() else { break };
            after = Some(last.infusion);
            for row in &slice.infused {
                names
                    .entry(row.lot.to_string())
                    .or_insert_with(|| format!("{}/{}", site.code.as_str(), row.lot_number));
            }
            input.infusions.extend(slice.infusions);
            input.symptoms.extend(slice.symptoms);
            input.flags.extend(slice.flags);
            input.tasks.extend(slice.tasks);
        }
    }
    Ok(Report { summary: summarise(&input)?, names })
}

/// The name of a key in a table, for people.
#[must_use]
pub fn key_label(table: &str, group: &str, key: &str, lang: Language) -> String {
    match (table, group) {
        ("incidence" | "onset", _) => match (key, lang) {
            ("any_term", Language::En) => "Any of these".to_owned(),
            ("any_term", Language::ZhCn) => "以上任一".to_owned(),
            _ => term_label(key, lang),
        },
        ("exposure", "phase") => check_ins::name_of::<Phase>(key, lang),
        ("exposure", "product") => check_ins::name_of::<ProductKind>(key, lang),
        ("flags", "level") | ("times", _) => check_ins::name_of::<Level>(key, lang),
        ("response", _) => check_ins::label(key, lang),
        _ => String::new(),
    }
}

/// The columns of the file.
#[must_use]
pub fn columns() -> Vec<Column> {
    let meanings = [
        column(
            "table",
            Kind::Text,
            "exposure, response, incidence, worst_grade, range, onset, grades, flags or times",
            "表名",
        ),
        column(
            "unit",
            Kind::Text,
            "patient: each patient once at the worst grade (primary); infusion: each infusion once (its intervals ignore that infusions of one patient resemble one another)",
            "patient：每位患者按最高分级计一次（主要结果）;infusion：每次输注计一次（区间未考虑同一患者多次输注的相关性）",
        ),
        column(
            "denominator",
            Kind::Text,
            "all, or answered_by_d3: only those with an answered check-in by day 3",
            "all：全部；answered_by_d3：仅第3天前至少答复一次者",
        ),
        column(
            "group",
            Kind::Text,
            "solicited (asked at every check-in), unsolicited, or how the table is divided",
            "solicited：主动询问；unsolicited：非主动询问；或表的划分方式",
        ),
        column(
            "key",
            Kind::Text,
            "The term, rule, level, check-in, clinic, lot, phase or product",
            "反应、规则、级别、随访、机构、批次、阶段或产品",
        ),
        column("measure", Kind::Text, "What was counted or measured", "所计数或测量的内容"),
        number("n", "", "Count", "计数"),
        number("N", "", "Denominator", "分母"),
        number(
            "percent",
            "%",
            "n of N; empty below 20 observations",
            "n 占 N 的百分比；少于20例时为空",
        ),
        number(
            "ci95_low",
            "%",
            "Lower limit of the exact (Clopper-Pearson) 95 % interval",
            "精确（Clopper-Pearson)95% 区间下限",
        ),
        number("ci95_high", "%", "Upper limit of the same", "同上，上限"),
        number("minutes", "min", "Minutes, for times and onsets", "分钟（用于时间和起始）"),
        column(
            "note",
            Kind::Text,
            "too_few: no per cent below 20 observations; ctcae_…: grades of several versions stand together",
            "too_few：少于20例不给百分比；ctcae_…：包含多个版本的分级",
        ),
        number(
            "check_ins_answered",
            "",
            "Check-ins answered in the whole period",
            "整个时段内已答复的随访数",
        ),
        number(
            "check_ins_due",
            "",
            "Check-ins answered or missed in the whole period",
            "整个时段内已答复或未答复的随访数",
        ),
    ];
    let mut columns = meanings.to_vec();
    columns.push(column("key_label_en", Kind::Text, "Name of the key in English", "键的英文名称"));
    columns.push(column("key_label_zh", Kind::Text, "Name of the key in Chinese", "键的中文名称"));
    columns
}

/// The cells of one figure.
fn cells(line: &Line, report: &Report) -> Vec<String> {
    let label = |lang| key_label(line.table, line.group, &line.key, lang);
    let labels = [label(Language::En), label(Language::ZhCn)];
    let line = Line { key: report.code(&line.key).to_owned(), ..line.clone() };
    line.cells().into_iter().chain(labels).collect()
}

/// Writes the file.
pub(super) fn write(
    db: &Db,
    order: &Order,
    out: impl Write,
    written: &mut Written,
) -> Result<(), ExportError> {
    let report = summary(db, &order.selection)?;
    let mut file = CsvFile::begin(out, order.style.bom, columns())?;
    let lines = report.summary.lines();
    for line in &lines {
        file.line(&cells(line, &report))?;
    }
    file.finish()?;
    for count in written.values_mut() {
        *count = lines.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_the_columns_of_the_lines() {
        let names: Vec<&str> = columns().iter().map(|column| column.name).collect();
        assert_eq!(names[..Line::COLUMNS.len()], Line::COLUMNS);
    }
}
