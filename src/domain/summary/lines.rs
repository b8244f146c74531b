//! The summary as one long list of figures, for a file: one figure a line, each with its
//! denominator, so that a spreadsheet or R can take it as it is.

use std::collections::BTreeSet;

use super::super::Codelist;
use super::Summary;
use super::flags::FlagCount;
use super::incidence::Grades;
use super::response::ResponseRate;
use super::share::Share;

const TOO_FEW_CODE: &str = "too_few";

/// One figure. Empty fields do not apply to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// `exposure`, `response`, `incidence`, `worst_grade`, `range`, `onset`, `grades`, `flags`,
    /// `times`.
    pub table: &'static str,
    /// `patient` or `infusion`.
    pub unit: &'static str,
    /// `all` or `answered_by_d3`.
    pub denominator: &'static str,
    /// `solicited` or `unsolicited`, or how exposure and flags are divided.
    pub group: &'static str,
    /// The term, rule, level, check-in or site.
    pub key: String,
    /// What was counted or measured.
    pub measure: String,
    pub count: Option<u64>,
    pub of: Option<u64>,
    /// One decimal; empty when there are fewer than [`super::TOO_FEW`].
    pub percent: Option<String>,
    /// Limits of the exact 95 % interval, in per cent.
    pub limits: Option<(String, String)>,
    /// Minutes, for times and onsets.
    pub minutes: Option<f64>,
    /// Codes, with `; ` between them: `too_few` when there is no per cent (see [`super::TOO_FEW`]),
    /// `ctcae_5.0+6.0` when grades of several versions stand together.
    pub note: String,
    /// Check-ins answered and due in the whole period, on every line.
    pub answered: u64,
    pub due: u64,
}

impl Line {
    /// Names of the columns, in the order of [`Line::cells`].
    pub const COLUMNS: [&'static str; 15] = [
        "table",
        "unit",
        "denominator",
        "group",
        "key",
        "measure",
        "n",
        "N",
        "percent",
        "ci95_low",
        "ci95_high",
        "minutes",
        "note",
        "check_ins_answered",
        "check_ins_due",
    ];

    /// The line as text. Cells are not made harmless for spreadsheets here; the writer does it.
    #[must_use]
    pub fn cells(&self) -> [String; 15] {
        let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
        let (low, high) = self.limits.clone().unwrap_or_default();
        [
            self.table.to_owned(),
            self.unit.to_owned(),
            self.denominator.to_owned(),
            self.group.to_owned(),
            self.key.clone(),
            self.measure.clone(),
            number(self.count),
            number(self.of),
            self.percent.clone().unwrap_or_default(),
            low,
            high,
            self.minutes.map(|minutes| format!("{minutes:.1}")).unwrap_or_default(),
            self.note.clone(),
            self.answered.to_string(),
            self.due.to_string(),
        ]
    }

    fn count(&self, measure: &str, count: u64) -> Self {
        Self { measure: measure.to_owned(), count: Some(count), ..self.clone() }
    }

    fn share(&self, measure: impl Into<String>, share: Share) -> Self {
        let too_few = if share.is_too_few() { TOO_FEW_CODE } else { "" }.to_owned();
        let notes = [self.note.clone(), too_few];
        Self {
            measure: measure.into(),
            count: Some(share.count),
            of: Some(share.of),
            percent: share.percent(),
            limits: share.limits(),
            note: notes.into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().join("; "),
            ..self.clone()
        }
    }

    fn minutes(&self, measure: &str, minutes: Option<f64>) -> Self {
        Self { measure: measure.to_owned(), minutes, ..self.clone() }
    }
}

impl Summary {
    /// Every figure of every table, in the order of the page.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let rate = &self.response.all;
        let base = Line { answered: rate.answered.count, due: rate.due, ..Line::default() };
        let mut lines = Vec::new();
        self.exposure_lines(&base, &mut lines);
        self.response_lines(&base, &mut lines);
        self.incidence_lines(&base, &mut lines);
        self.course_lines(&base, &mut lines);
        self.flag_lines(&base, &mut lines);
        self.time_lines(&base, &mut lines);
        lines
    }

    fn exposure_lines(&self, base: &Line, lines: &mut Vec<Line>) {
        let exposure = &self.exposure;
        for (group, parts) in [
            ("all", std::slice::from_ref(&exposure.all)),
            ("lot", &exposure.by_lot),
            ("site", &exposure.by_site),
            ("product", &exposure.by_product),
            ("phase", &exposure.by_phase),
            ("number_in_course", &exposure.by_number),
        ] {
            for part in parts {
                let line = Line { table: "exposure", group, key: part.key.clone(), ..base.clone() };
                lines.push(line.count("patients", part.patients));
                lines.push(line.count("infusions", part.infusions));
                let line = Line { unit: "infusion", denominator: "all", ..line };
                lines.push(line.share("any_reaction", part.reacted));
                lines.push(line.share("answered_by_d3", part.answered));
            }
        }
    }

    fn course_lines(&self, base: &Line, lines: &mut Vec<Line>) {
        for onset in &self.onsets {
            let line = Line {
                table: "onset",
                unit: "infusion",
                denominator: "all",
                key: onset.term.clone(),
                ..base.clone()
            };
            lines.push(line.count("known", onset.known));
            lines.push(line.count("unknown", onset.unknown));
            let names = ["least", "quartile_1", "median", "quartile_3", "greatest"];
            for (name, hours) in names.into_iter().zip(onset.hours.into_iter().flatten()) {
                lines.push(line.minutes(name, Some(hours * 60.0)));
            }
        }
        let line = Line { table: "grades", key: "all_terms".to_owned(), ..base.clone() };
        lines.push(line.count("known_before", self.known_before));
        lines.push(line.share("reviewed", self.grade_changes.reviewed));
        lines.push(line.share("raised", self.grade_changes.raised));
        lines.push(line.share("lowered", self.grade_changes.lowered));
    }

    fn response_lines(&self, base: &Line, lines: &mut Vec<Line>) {
        let base = Line { table: "response", ..base.clone() };
        let mut add = |key: &str, rate: &ResponseRate| {
            let line = Line { key: key.to_owned(), ..base.clone() };
            for (measure, share) in [
                ("answered", rate.answered),
                ("on_time", rate.on_time),
                ("late", rate.late),
                ("by_phone", rate.by_phone),
                ("missed", rate.missed),
            ] {
                lines.push(line.share(measure, share));
            }
            lines.push(line.count("waiting", rate.waiting));
        };
        add("all", &self.response.all);
        for (code, rate) in &self.response.by_code {
            add(code, rate);
        }
        for (unit, share) in [
            ("infusion", self.response.infusions_answered),
            ("patient", self.response.patients_answered),
        ] {
            lines.push(Line { unit, ..base.clone() }.share("answered_by_d3", share));
        }
    }

    fn incidence_lines(&self, base: &Line, lines: &mut Vec<Line>) {
        for table in &self.incidence {
            let head = Line {
                table: "incidence",
                unit: table.unit.code(),
                denominator: table.denominator.code(),
                group: table.group.code(),
                ..base.clone()
            };
            for row in &table.rows {
                let line =
                    Line { key: row.term.clone(), note: mixed(&row.versions), ..head.clone() };
                grade_lines(&line, &row.grades, lines);
            }
            let any = Line { key: "any_term".to_owned(), note: mixed(&table.versions), ..head };
            grade_lines(&any, &table.any_term, lines);
        }
        for table in &self.worst_grades {
            let line = Line {
                table: "worst_grade",
                unit: table.unit.code(),
                denominator: table.denominator.code(),
                key: "all_terms".to_owned(),
                note: mixed(&table.versions),
                ..base.clone()
            };
            grade_lines(&line, &table.grades, lines);
            lines.push(line.share("none_known", table.none_known));
            let range = Line { table: "range", note: String::new(), ..line };
            lines.push(range.share("if_no_silent_reacted", table.range.lowest));
            lines.push(range.share("if_all_silent_reacted", table.range.highest));
        }
    }

    fn flag_lines(&self, base: &Line, lines: &mut Vec<Line>) {
        let flags = &self.flags;
        let mut add = |group: &'static str, count: &FlagCount| {
            let line = Line { table: "flags", group, key: count.key.clone(), ..base.clone() };
            lines.push(line.count("raised", count.raised));
            lines.push(line.count("open", count.open));
            lines.push(line.share("acted_on", count.acted_on));
            lines.push(line.share("no_action", count.no_action));
            lines.push(line.share("worth_a_flag", count.worth));
        };
        add("all", &flags.all);
        flags.by_level.iter().for_each(|count| add("level", count));
        flags.by_rule.iter().for_each(|count| add("rule", count));
    }

    fn time_lines(&self, base: &Line, lines: &mut Vec<Line>) {
        for times in &self.times {
            let line = Line {
                table: "times",
                group: times.target.measure.code(),
                key: times.target.level.code().to_owned(),
                ..base.clone()
            };
            lines.push(line.count("tasks", times.tasks));
            lines.push(line.count("done", times.done));
            lines.push(line.count("running", times.running));
            lines.push(line.count("closed_without", times.closed_without));
            lines.push(line.minutes("median", times.median_minutes));
            lines.push(line.minutes("percentile_90", times.p90_minutes));
            lines.push(line.minutes("target", Some(f64::from(times.target.minutes))));
            lines.push(line.share("within_target", times.within));
        }
    }
}

fn grade_lines(line: &Line, grades: &Grades, lines: &mut Vec<Line>) {
    lines.push(line.share("any_grade", grades.any));
    for (grade, share) in (1..).zip(grades.by_grade) {
        lines.push(line.share(format!("worst_grade_{grade}"), share));
    }
    lines.push(line.share("grade_3_or_more", grades.severe));
    lines.push(line.share("ungraded", grades.ungraded));
}

/// What to say about several versions in one line.
fn mixed(versions: &BTreeSet<String>) -> String {
    if versions.len() < 2 {
        return String::new();
    }
    let list: Vec<&str> = versions.iter().map(String::as_str).collect();
    format!("ctcae_{}", list.join("+"))
}
