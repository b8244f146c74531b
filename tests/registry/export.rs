//! What leaves the registry: figures that were counted by hand, harmless cells, no foreign rows.

mod pages;
mod small;

use std::collections::BTreeMap;

use afterwatch::domain::{Actor, Codelist, Scope, SiteId};
use afterwatch::export::selection::{Selection, Wish};
use afterwatch::export::{self, File, Order, Style};
use afterwatch::store::audit;
use small::{HOSTILE, Small, small};

type Rows = Vec<BTreeMap<String, String>>;

impl Small {
    /// A file as the operator takes it.
    async fn take(&self, file: File, sites: &[SiteId], wish: Wish, style: Style) -> String {
        let (db, now, scope) = (self.app.app.db.clone(), self.app.now(), Scope::of(sites.to_vec()));
        tokio::task::spawn_blocking(move || {
            let selection =
                db.read_blocking(|conn| Selection::settle(conn, &scope, wish, now)).unwrap();
            let order = Order::new(file, selection.unwrap(), style);
            let mut out = Vec::new();
            export::take(&db, now, &Actor::Operator, &order, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        })
        .await
        .unwrap()
    }

    async fn rows(&self, file: File) -> Rows {
        parse(&self.take(file, &[self.a], Wish::default(), Style::default()).await)
    }
}

fn parse(text: &str) -> Rows {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// `n/N` of a figure.
fn figure(rows: &Rows, wanted: &[(&str, &str)]) -> String {
    let found: Vec<_> =
        rows.iter().filter(|row| wanted.iter().all(|(name, value)| row[*name] == *value)).collect();
    assert_eq!(found.len(), 1, "{wanted:?}: {found:#?}");
    format!("{}/{}", found[0]["n"], found[0]["N"])
}

#[tokio::test]
async fn the_summary_says_what_was_counted_by_hand() {
    let small = small().await;
    let rows = small.rows(File::Summary).await;
    let all = [("unit", "patient"), ("denominator", "all")];
    let of = |extra: &[(&'static str, &'static str)]| figure(&rows, &[&all[..], extra].concat());
    let fever = |measure| of(&[("table", "incidence"), ("key", "FEVER"), ("measure", measure)]);
    assert_eq!(fever("any_grade"), "1/3");
    assert_eq!(fever("worst_grade_3"), "1/3", "what staff confirmed wins");
    assert_eq!(fever("worst_grade_2"), "0/3");
    let other = [("table", "incidence"), ("key", "OTHER"), ("measure", "any_grade")];
    assert_eq!(of(&other), "1/3");
    let nausea = [("table", "incidence"), ("key", "NAUSEA"), ("measure", "any_grade")];
    assert_eq!(of(&nausea), "0/3", "a corrected report does not count");
    let headache = [("table", "incidence"), ("key", "HEADACHE"), ("measure", "any_grade")];
    assert_eq!(of(&headache), "0/3", "what was there before does not count");
    assert_eq!(of(&[("table", "range"), ("measure", "if_no_silent_reacted")]), "2/3");
    assert_eq!(of(&[("table", "range"), ("measure", "if_all_silent_reacted")]), "3/3");
    let response =
        |measure| figure(&rows, &[("table", "response"), ("key", "all"), ("measure", measure)]);
    assert_eq!(response("answered"), "3/5");
    assert_eq!(response("late"), "1/5");
    assert_eq!(response("by_phone"), "1/5");
    assert_eq!(response("missed"), "2/5");
    let time = |group| {
        figure(
            &rows,
            &[
                ("table", "times"),
                ("key", "URGENT"),
                ("group", group),
                ("measure", "within_target"),
            ],
        )
    };
    assert_eq!(time("acknowledge"), "1/1");
    assert_eq!(time("contact"), "1/1");
    assert_eq!(
        figure(
            &rows,
            &[("table", "flags"), ("group", "rule"), ("key", "U03"), ("measure", "worth_a_flag")]
        ),
        "1/1"
    );
    assert!(rows.iter().all(|row| row["check_ins_answered"] == "3" && row["check_ins_due"] == "5"));
    assert!(rows.iter().any(|row| row["key"] == "A/L-A-1"), "lots by their number");
}

#[tokio::test]
async fn the_line_listing_has_one_row_per_event() {
    let small = small().await;
    let rows = small.rows(File::LineListing).await;
    let terms: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["patient"].as_str(), row["term"].as_str())).collect();
    assert_eq!(terms, [("A-1", "FEVER"), ("A-3", "HEADACHE"), ("A-3", "OTHER")]);
    let fever = &rows[0];
    for (name, value) in [
        ("reports", "2"),
        ("derived_grade", "2"),
        ("confirmed_grade", "3"),
        ("worst_grade", "3"),
        ("course", "resolved"),
        ("onset_h", "6"),
        ("level", "URGENT"),
        ("level_label_zh", "紧急"),
        ("rules", "U03"),
        ("task", "17"),
        ("task_outcome", "advice_given"),
        ("age_band", "60-69"),
        ("t0", "2026-03-01T10:00:00+08:00"),
        ("first_received_at", "2026-03-02T10:00:00+08:00"),
        ("term_label_en", "Fever"),
        ("term_label_zh", "发热"),
        ("known_before", "no"),
    ] {
        assert_eq!(fever[name], value, "{name}");
    }
    assert_eq!(rows[1]["known_before"], "yes");
    assert_eq!(rows[2]["onset_h"], "-1.5", "a number stays a number");
}

#[tokio::test]
async fn a_formula_is_harmless_and_no_name_leaves_unless_it_is_asked_for() {
    let small = small().await;
    let rows = small.rows(File::LineListing).await;
    assert_eq!(rows[2]["reported_words"], format!("'{HOSTILE}"));
    for file in [File::LineListing, File::Infusions, File::CheckIns] {
        let text = small.take(file, &[small.a], Wish::default(), Style::default()).await;
        assert!(!text.contains("Name of") && !text.contains("patient.example"), "{text}");
        let style = Style { identified: true, ..Style::default() };
        let text = small.take(file, &[small.a], Wish::default(), style).await;
        assert!(text.contains("Name of A-1"), "{text}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_stands_in_front_only_when_asked_for() {
    let small = small().await;
    for (bom, starts) in [(true, "\u{feff}site,"), (false, "site,")] {
        let style = Style { bom, ..Style::default() };
        let text = small.take(File::LineListing, &[small.a], Wish::default(), style).await;
        assert!(text.starts_with(starts));
        assert!(text.contains("\r\n"));
    }
}

#[tokio::test]
async fn rows_of_another_clinic_never_appear() {
    let small = small().await;
    for file in [File::Summary, File::LineListing, File::Infusions, File::CheckIns] {
        let text = small.take(file, &[small.a], Wish::default(), Style::default()).await;
        assert!(!text.contains("B-1"), "{}: {text}", file.code());
    }
    let sites = [small.a, small.b];
    let both = small.take(File::LineListing, &sites, Wish::default(), Style::default()).await;
    assert!(both.contains("SEIZURE"));
    let scope = Scope::of([small.a]);
    let wish = Wish { site: Some(small.b), ..Wish::default() };
    let now = small.app.now();
    let foreign = small.app.read(move |conn| Selection::settle(conn, &scope, wish, now)).await;
    assert!(foreign.is_none());
}

#[tokio::test]
async fn a_period_chooses_by_the_day_of_the_clinic() {
    let small = small().await;
    for (from, to, rows) in [
        (Some("2026-03-01"), Some("2026-03-01"), 3),
        (Some("2026-03-02"), None, 0),
        (None, Some("2026-02-28"), 0),
        (Some("2026-03-01T02:00:00Z"), None, 3),
        (None, Some("2026-03-01T02:00:00Z"), 0),
    ] {
        let bound = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let wish = Wish { from: bound(from), to: bound(to), ..Wish::default() };
        let text = small.take(File::Infusions, &[small.a], wish, Style::default()).await;
        assert_eq!(parse(&text).len(), rows, "{from:?} {to:?}");
    }
}

#[tokio::test]
async fn every_infusion_and_every_check_in_has_a_row_answered_or_not() {
    let small = small().await;
    let infusions = small.rows(File::Infusions).await;
    let of =
        |name: &str| -> Vec<String> { infusions.iter().map(|row| row[name].clone()).collect() };
    assert_eq!(of("patient"), ["A-1", "A-2", "A-3"]);
    assert_eq!(of("check_ins_due"), ["3", "1", "1"]);
    assert_eq!(of("check_ins_answered"), ["2", "0", "1"]);
    assert_eq!(of("answered_by_d3"), ["yes", "no", "yes"]);
    assert_eq!(of("events"), ["1", "0", "1"]);
    assert_eq!(of("worst_grade"), ["3", "", "1"]);
    let check_ins = small.rows(File::CheckIns).await;
    assert_eq!(check_ins.len(), 5);
    let missed = check_ins.iter().filter(|row| row["state"] == "missed").count();
    assert_eq!(missed, 2);
}

#[tokio::test]
async fn the_codebook_explains_every_column_and_code_of_the_other_files() {
    let small = small().await;
    let book = small.rows(File::Codebook).await;
    let explained = |file: &str, column: &str, code: &str| {
        book.iter().any(|row| row["file"] == file && row["column"] == column && row["code"] == code)
    };
    for file in [File::LineListing, File::Infusions, File::CheckIns, File::Summary] {
        for row in small.rows(file).await {
            for column in row.keys() {
                assert!(explained(file.code(), column, ""), "{} {column}", file.code());
            }
        }
    }
    for row in small.rows(File::LineListing).await {
        for column in ["term", "level", "source", "course", "task_outcome", "sex", "phase"] {
            let code = &row[column];
            assert!(code.is_empty() || explained("line-listing", column, code), "{column} {code}");
        }
    }
}

#[tokio::test]
async fn every_file_stands_in_the_audit_trail_with_its_filter_and_its_rows() {
    let small = small().await;
    let wish = Wish { to: Some("2026-03-31".parse().unwrap()), ..Wish::default() };
    small.take(File::LineListing, &[small.a, small.b], wish, Style::default()).await;
    for (site, rows) in [(small.a, 3), (small.b, 1)] {
        let scope = Scope::of([site]);
        let entries = small
            .app
            .read(move |conn| audit::list(conn, &scope, &audit::Filter::default(), 10))
            .await;
        let [end, begin] = &entries[..] else { panic!("{entries:#?}") };
        assert_eq!((begin.action.as_str(), end.action.as_str()), ("export.begin", "export.end"));
        assert_eq!(begin.object_id, end.object_id);
        assert!(begin.detail.contains("\"to\":\"2026-03-31\""), "{}", begin.detail);
        assert!(end.detail.contains(&format!("\"rows\":{rows}")), "{}", end.detail);
    }
    let trail = small.rows(File::Audit).await;
    assert!(trail.iter().any(|row| row["action"] == "export.end"));
}
