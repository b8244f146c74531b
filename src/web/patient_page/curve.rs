//! Where everything stands in the drawing of a patient's own course.
//!
//! Two bands over one row of days: the temperature as points, how bad it was as columns.
//! A line joins two temperatures only when they are of neighbouring days.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::course::DayTold;
use crate::i18n::patient_course::CourseText;

/// Days that are drawn; more would be too narrow to read on a phone.
const DRAWN: usize = 14;
/// The width of the drawing, its left edge and the widest column, in its own units.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 76.0;
const WIDEST: f64 = 56.0;
/// The band of the temperature, from top to bottom.
const TEMPERATURE: (f64, f64) = (34.0, 154.0);
/// The foot of the columns, and the height of one grade.
const FOOT: f64 = 302.0;
const GRADE: f64 = 25.0;
/// Degrees C at the lower and upper edge, if nothing lies outside.
const RANGE: (i64, i64) = (36, 40);

/// One day in the drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// The middle.
    pub x: f64,
    /// The left edge and the width of the column.
    pub left: f64,
    pub width: f64,
    /// The number of the day.
    pub day: i64,
    /// Where the temperature stands, and its number when there is room for it.
    pub temperature: Option<(f64, String)>,
    /// The upper edge and the height of the column; none when nothing was felt.
    pub bar: Option<(f64, f64)>,
    /// The grade, for the colour.
    pub worst: i32,
}

/// The drawing of a patient's own course.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    pub columns: Vec<Column>,
    /// Lines between neighbouring days, as an SVG path.
    pub path: String,
    /// The degrees on the left and where they stand; 38 is the fever line.
    pub degrees: Vec<(f64, i64)>,
    /// The words on the left of the columns and where they stand.
    pub words: Vec<(f64, &'static str)>,
    /// What it shows, in a sentence.
    pub description: String,
    /// That only the last days are drawn.
    pub only_last: Option<String>,
}

impl Curve {
    /// The drawing of these days; none when there are no days.
    pub(super) fn of(days: &[DayTold], t: &CourseText) -> Option<Self> {
        let hottest = days.iter().filter_map(|day| day.temperature).max();
        let coldest = days.iter().filter_map(|day| day.temperature).min();
        let worst = days.iter().map(|day| day.worst).max()?;
        let low = coldest.map_or(RANGE.0, |c| whole(c.floor()).min(RANGE.0));
        let high = hottest.map_or(RANGE.1, |c| whole(c.ceil()).max(RANGE.1));
        let (top, bottom) = TEMPERATURE;
        // Both edges are whole degrees between 30 and 45, so the span is not zero.
        let y = |c: f64| bottom - (c - float(low)) / float(high - low) * (bottom - top);
        let drawn = &days[days.len().saturating_sub(DRAWN)..];
        let wide = ((WIDTH - LEFT) / count(drawn.len())).min(WIDEST);
        let columns: Vec<Column> = drawn
            .iter()
            .enumerate()
            .map(|(at, day)| {
                let x = LEFT + wide * (count(at) + 0.5);
                let height = GRADE * f64::from(day.worst);
                Column {
                    x: tenth(x),
                    left: tenth(x - wide * 0.3),
                    width: tenth(wide * 0.6),
                    day: day.number,
                    temperature: day.temperature.map(|c| {
                        let said = if drawn.len() <= 7 { c.to_string() } else { String::new() };
                        (tenth(y(c.to_f64().unwrap_or_default())), said)
                    }),
                    bar: (day.worst > 0).then_some((FOOT - height, height)),
                    worst: day.worst,
                }
            })
            .collect();
        let mut path = String::new();
        for pair in columns.windows(2) {
            if let [one, next] = pair
                && let (Some((from, _)), Some((to, _))) = (&one.temperature, &next.temperature)
                && next.day == one.day + 1
            {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {from}L{} {to}", one.x, next.x);
            }
        }
        let hottest = hottest.map(|c| c.to_string());
        Some(Self {
            columns,
            path,
            degrees: (low..=high).map(|c| (tenth(y(float(c))), c)).collect(),
            words: (0..=worst.max(3)).map(|g| (FOOT - GRADE * f64::from(g), t.word(g))).collect(),
            description: t.description(days.len(), hottest.as_deref(), t.word(worst)),
            only_last: (days.len() > DRAWN).then(|| t.only_last(DRAWN)),
        })
    }
}

fn whole(value: Decimal) -> i64 {
    value.to_i64().unwrap_or(RANGE.0)
}

/// Degrees: two digits, exact in any float.
fn float(value: i64) -> f64 {
    i32::try_from(value).map_or(0.0, f64::from)
}

fn count(value: usize) -> f64 {
    u32::try_from(value).map_or(0.0, f64::from)
}

/// Tenths of a unit are fine enough, and short.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
