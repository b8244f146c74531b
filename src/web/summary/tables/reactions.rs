//! The tables about reactions: how many, how bad, when, and what staff made of the grades.

use std::collections::BTreeSet;

use super::{Cell, Maker, Row, Table};
use crate::domain::summary::{Denominator, Grades, IncidenceTable, Unit, WorstGradeTable};

impl Maker<'_> {
    fn grade_cells(&self, grades: &Grades) -> Vec<Cell> {
        let mut cells = vec![self.share(grades.any)];
        cells.extend(grades.by_grade.map(|share| Cell::of(share.count)));
        cells.extend([self.share(grades.severe), Cell::of(grades.ungraded.count)]);
        cells
    }

    fn grade_columns(&self) -> Vec<String> {
        let t = self.t;
        let mut columns = vec![t.any_grade.to_owned()];
        columns.extend((1..=5).map(|grade| t.grade_column(grade)));
        columns.extend([t.severe.to_owned(), t.ungraded.to_owned()]);
        columns
    }

    fn versions(&self, versions: &BTreeSet<String>) -> Option<String> {
        let list: Vec<&str> = versions.iter().map(String::as_str).collect();
        match list.as_slice() {
            [] => None,
            [one] => Some(self.t.version(one)),
            several => Some(self.t.mixed(&several.join(", "))),
        }
    }

    pub(super) fn worst_grades(&self) -> Table {
        let t = self.t;
        let cells = |table: &WorstGradeTable| {
            let mut cells = self.grade_cells(&table.grades);
            cells.extend([
                self.share(table.none_known),
                self.share(table.range.lowest),
                self.share(table.range.highest),
            ]);
            cells
        };
        let tables = &self.summary().worst_grades;
        let rows = tables.iter().map(|table| Row {
            name: t.view(table.unit, table.denominator).to_owned(),
            code: String::new(),
            cells: cells(table),
            is_total: false,
        });
        let mut head = vec![t.counted_by.to_owned()];
        head.extend(self.grade_columns());
        head.extend([t.none_known, t.if_none, t.if_all].map(str::to_owned));
        let response = &self.summary().response;
        let mut caption = vec![
            t.answered_of(Unit::Patient, &self.share_text(response.patients_answered)),
            t.answered_of(Unit::Infusion, &self.share_text(response.infusions_answered)),
        ];
        caption.extend(tables.first().and_then(|table| self.versions(&table.versions)));
        Table {
            section: Some(("worst-grades", t.worst_grades)),
            hints: vec![t.clustering],
            title: t.worst_grades.to_owned(),
            caption,
            head,
            rows: rows.collect(),
            ..Table::default()
        }
    }

    pub(super) fn incidence(&self, place: usize, table: &IncidenceTable) -> Table {
        let t = self.t;
        let mut rows: Vec<Row> = table
            .rows
            .iter()
            .map(|row| {
                let mut line = self.row("incidence", "", &row.term, self.grade_cells(&row.grades));
                if row.versions.len() > 1 {
                    let versions: Vec<&str> = row.versions.iter().map(String::as_str).collect();
                    line.code = format!("{} · {}", line.code, versions.join(" + "));
                }
                line
            })
            .collect();
        if !rows.is_empty() {
            rows.push(Self::total(t.any_term, self.grade_cells(&table.any_term)));
        }
        let mut head = vec![t.term.to_owned()];
        head.extend(self.grade_columns());
        let mut caption = vec![
            t.out_of(table.unit, table.of),
            t.answered_of(table.unit, &self.share_text(table.response)),
        ];
        caption.extend(self.versions(&table.versions));
        if table.unit == Unit::Patient && table.denominator == Denominator::All {
            caption.push(t.primary.to_owned());
        }
        if table.unit == Unit::Infusion {
            caption.push(t.clustering.to_owned());
        }
        let view = t.view(table.unit, table.denominator);
        Table {
            section: (place == 0).then_some(("incidence", t.incidence)),
            title: format!("{view}: {}", t.group(table.group)),
            caption,
            head,
            rows,
            empty: t.no_terms,
            ..Table::default()
        }
    }

    pub(super) fn onsets(&self) -> Table {
        let t = self.t;
        let rows = self.summary().onsets.iter().map(|onset| {
            let of = onset.known + onset.unknown;
            let mut cells = vec![
                Cell::of(format!("{}/{of}", onset.known)),
                Cell::of(format!("{}/{of}", onset.unknown)),
            ];
            let hours = |hours: f64| t.hours(&format!("{hours:.1}"));
            cells.extend(match onset.hours {
                Some([least, q1, median, q3, greatest]) => [
                    Cell::of(hours(median)),
                    Cell::of(hours(q1) + " – " + &hours(q3)),
                    Cell::of(hours(least) + " – " + &hours(greatest)),
                ],
                None => ["–", "–", "–"].map(Cell::of),
            });
            self.row("onset", "", &onset.term, cells)
        });
        Table {
            section: Some(("onsets", t.onsets)),
            hints: vec![t.onsets_hint],
            title: t.onsets.to_owned(),
            caption: self.check_ins(),
            head: Self::head(&[
                t.term,
                t.onset_known,
                t.onset_unknown,
                t.median,
                t.quartiles,
                t.least_greatest,
            ]),
            rows: rows.collect(),
            empty: t.no_terms,
        }
    }

    pub(super) fn grade_changes(&self) -> Table {
        let (t, changes) = (self.t, &self.summary().grade_changes);
        let row = |name: &str, cell| Row {
            name: name.to_owned(),
            code: String::new(),
            cells: vec![cell],
            is_total: false,
        };
        Table {
            section: Some(("grades", t.grades)),
            hints: vec![t.grades_hint],
            title: t.grades.to_owned(),
            caption: self.check_ins(),
            head: Self::head(&["", "n/N"]),
            rows: vec![
                row(t.reviewed, self.share(changes.reviewed)),
                row(t.raised, self.share(changes.raised)),
                row(t.lowered, self.share(changes.lowered)),
                row(t.known_before, Cell::of(self.summary().known_before)),
            ],
            ..Table::default()
        }
    }
}
