//! The tables of the summary as text: every one with its denominator and with who answered.

mod reactions;

use crate::domain::Language;
use crate::domain::summary::{Exposed, FlagCount, ResponseRate, Share, Summary, Unit};
use crate::export::summary::{Report, key_label};
use crate::i18n::summary::SummaryText;

/// More rows than this are folded; the whole catalogue of reactions is not.
const FOLDED: usize = 40;

/// A table of the page.
#[derive(Debug, Default)]
pub struct Table {
    /// Anchor and heading of the section that the table begins, if it begins one.
    pub section: Option<(&'static str, &'static str)>,
    /// What to know of the section.
    pub hints: Vec<&'static str>,
    pub title: String,
    /// Denominator, who answered, versions: one line each, in the caption.
    pub caption: Vec<String>,
    /// Names of the columns; the first is that of the rows.
    pub head: Vec<String>,
    pub rows: Vec<Row>,
    /// Said in place of rows when there are none.
    pub empty: &'static str,
}

impl Table {
    /// Folded on the page: a clinic that gives patients their own cells has a lot per infusion.
    pub fn is_long(&self) -> bool {
        self.rows.len() > FOLDED
    }
}

/// One line of a table.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    /// The stable code, when the name is another.
    pub code: String,
    pub cells: Vec<Cell>,
    /// The line that sums up the others.
    pub is_total: bool,
}

/// A figure, and in small what stands behind it.
#[derive(Debug, Default)]
pub struct Cell {
    pub figure: String,
    pub small: String,
}

impl Cell {
    fn of(figure: impl std::fmt::Display) -> Self {
        Self { figure: figure.to_string(), small: String::new() }
    }
}

/// What every table needs.
struct Maker<'a> {
    report: &'a Report,
    t: &'static SummaryText,
    lang: Language,
}

/// All tables in the order of the page.
#[must_use]
pub fn tables(report: &Report, t: &'static SummaryText, lang: Language) -> Vec<Table> {
    let maker = Maker { report, t, lang };
    let mut tables = vec![maker.response()];
    tables.extend(maker.exposure());
    tables.push(maker.worst_grades());
    let incidence = &report.summary.incidence;
    tables.extend(incidence.iter().enumerate().map(|(place, table)| maker.incidence(place, table)));
    tables.extend([maker.onsets(), maker.grade_changes()]);
    tables.extend(maker.flags());
    tables.push(maker.times());
    tables
}

impl Maker<'_> {
    fn summary(&self) -> &Summary {
        &self.report.summary
    }

    /// `3/38` and `7.9 % (1.7–21.4 %)`, or why there is no per cent.
    fn share(&self, share: Share) -> Cell {
        let limits = share.limits().map(|(low, high)| format!("{low}–{high}\u{a0}%"));
        let small = match (share.percent(), limits) {
            (Some(percent), Some(limits)) => format!("{percent}\u{a0}% ({limits})"),
            (_, Some(limits)) => format!("{}; {limits}", self.t.too_few),
            (_, None) => self.t.too_few.to_owned(),
        };
        Cell { figure: format!("{}/{}", share.count, share.of), small }
    }

    fn share_text(&self, share: Share) -> String {
        let cell = self.share(share);
        format!("{} · {}", cell.figure, cell.small)
    }

    /// The caption of a table that is not about reactions.
    fn check_ins(&self) -> Vec<String> {
        vec![self.t.check_ins_answered(&self.share_text(self.summary().response.all.answered))]
    }

    fn row(&self, table: &str, group: &str, key: &str, cells: Vec<Cell>) -> Row {
        let label = key_label(table, group, key, self.lang);
        let code = self.report.code(key);
        let is_code_enough = label.is_empty() || label == code;
        Row {
            name: if is_code_enough { code.to_owned() } else { label },
            code: if is_code_enough { String::new() } else { code.to_owned() },
            cells,
            is_total: false,
        }
    }

    fn total(name: &str, cells: Vec<Cell>) -> Row {
        Row { name: name.to_owned(), code: String::new(), cells, is_total: true }
    }

    fn head(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn response(&self) -> Table {
        let (t, response) = (self.t, &self.summary().response);
        let cells = |rate: &ResponseRate| {
            let shares = [rate.answered, rate.on_time, rate.late, rate.by_phone, rate.missed];
            let mut cells = vec![Cell::of(rate.due)];
            cells.extend(shares.map(|share| self.share(share)));
            cells.push(Cell::of(rate.waiting));
            cells
        };
        let mut rows: Vec<Row> = response
            .by_code
            .iter()
            .map(|(code, rate)| self.row("response", "", code, cells(rate)))
            .collect();
        rows.push(Self::total(t.all, cells(&response.all)));
        let answered = |unit, share| t.answered_of(unit, &self.share_text(share));
        Table {
            section: Some(("response", t.response)),
            title: t.response.to_owned(),
            caption: vec![
                answered(Unit::Patient, response.patients_answered),
                answered(Unit::Infusion, response.infusions_answered),
            ],
            head: Self::head(&[
                t.check_in, t.due, t.answered, t.on_time, t.late, t.by_phone, t.missed, t.waiting,
            ]),
            rows,
            ..Table::default()
        }
    }

    fn exposure(&self) -> Vec<Table> {
        let (t, exposure) = (self.t, &self.summary().exposure);
        let cells = |part: &Exposed| {
            vec![
                Cell::of(part.patients),
                Cell::of(part.infusions),
                self.share(part.reacted),
                self.share(part.answered),
            ]
        };
        let parts = [
            ("site", t.by_site, &exposure.by_site),
            ("product", t.by_product, &exposure.by_product),
            ("phase", t.by_phase, &exposure.by_phase),
            ("number_in_course", t.by_number, &exposure.by_number),
            ("lot", t.by_lot, &exposure.by_lot),
        ];
        parts
            .into_iter()
            .enumerate()
            .map(|(place, (group, title, parts))| {
                let mut rows: Vec<Row> = parts
                    .iter()
                    .map(|part| self.row("exposure", group, &part.key, cells(part)))
                    .collect();
                rows.push(Self::total(t.all, cells(&exposure.all)));
                Table {
                    section: (place == 0).then_some(("exposure", t.exposure)),
                    hints: if place == 0 { vec![t.exposure_hint] } else { Vec::new() },
                    title: title.to_owned(),
                    caption: self.check_ins(),
                    head: Self::head(&[
                        t.division,
                        t.patients,
                        t.infusions,
                        t.any_reaction,
                        t.answered_by_d3,
                    ]),
                    rows,
                    ..Table::default()
                }
            })
            .collect()
    }

    fn flags(&self) -> Vec<Table> {
        let (t, flags) = (self.t, &self.summary().flags);
        let cells = |count: &FlagCount| {
            let mut cells = vec![Cell::of(count.raised), Cell::of(count.open)];
            let shares = [count.acted_on, count.no_action, count.worth];
            cells.extend(shares.map(|share| self.share(share)));
            cells
        };
        [("level", t.level, &flags.by_level), ("rule", t.rule, &flags.by_rule)]
            .into_iter()
            .enumerate()
            .map(|(place, (group, name, counts))| {
                let mut rows: Vec<Row> = counts
                    .iter()
                    .map(|count| self.row("flags", group, &count.key, cells(count)))
                    .collect();
                if !rows.is_empty() {
                    rows.push(Self::total(t.all, cells(&flags.all)));
                }
                Table {
                    section: (place == 0).then_some(("flags", t.flags)),
                    hints: if place == 0 { vec![t.flags_hint] } else { Vec::new() },
                    title: format!("{}: {name}", t.flags),
                    caption: self.check_ins(),
                    head: Self::head(&[
                        name,
                        t.flags_raised,
                        t.flags_open,
                        t.acted_on,
                        t.no_action,
                        t.worth,
                    ]),
                    rows,
                    empty: t.no_terms,
                }
            })
            .collect()
    }

    fn times(&self) -> Table {
        let t = self.t;
        let rows = self.summary().times.iter().map(|times| {
            let minutes =
                |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |m| t.minutes(m));
            let key = crate::domain::Codelist::code(times.target.level);
            let mut row = self.row(
                "times",
                "",
                key,
                vec![
                    Cell::of(t.until(times.target.measure)),
                    Cell::of(t.minutes(f64::from(times.target.minutes))),
                    Cell::of(times.tasks),
                    Cell::of(times.done),
                    Cell::of(times.running),
                    Cell::of(times.closed_without),
                    Cell::of(minutes(times.median_minutes)),
                    Cell::of(minutes(times.p90_minutes)),
                    self.share(times.within),
                ],
            );
            row.code.clear();
            row
        });
        Table {
            section: Some(("times", t.times)),
            hints: vec![t.times_hint],
            title: t.times.to_owned(),
            caption: self.check_ins(),
            head: Self::head(&[
                t.level,
                t.measured,
                t.target,
                t.tasks,
                t.done,
                t.running,
                t.closed_without,
                t.median,
                t.p90,
                t.within,
            ]),
            rows: rows.collect(),
            ..Table::default()
        }
    }
}
