//! A small made-up clinic, counted by hand.

use super::super::{InfusionId, Level, LotId, PatientId, ProductKind, SiteId, TaskId, Timestamp};
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Clinic {
    patients: [PatientId; 3],
    infusions: [InfusionId; 4],
    input: Input,
}

/// Patients A (infusions 0 and 1), B (2) and C (3). Infusion 1 was never answered by D3.
fn clinic() -> Clinic {
    let (site, lot) = (SiteId::new(), LotId::new());
    let patients = [PatientId::new(), PatientId::new(), PatientId::new()];
    let infusions = [InfusionId::new(), InfusionId::new(), InfusionId::new(), InfusionId::new()];
    let on_time = CheckInState::Answered { is_late: false, by_phone: false };
    let late = CheckInState::Answered { is_late: true, by_phone: true };
    let infusion = |index: usize, patient: usize, number, states: [CheckInState; 2]| InfusionRow {
        site,
        patient: patients[patient],
        infusion: infusions[index],
        product: ProductKind::Autologous,
        lot: (index > 1).then_some(lot),
        phase: if number == 1 { "first" } else { "consolidation" }.to_owned(),
        number_in_course: number,
        t0: at("2026-03-01T02:00:00Z"),
        check_ins: ["D1", "D2"]
            .into_iter()
            .zip(states)
            .map(|(code, state)| CheckInRow { code: code.to_owned(), state })
            .collect(),
        answered_by_d3: states.iter().any(|s| matches!(s, CheckInState::Answered { .. })),
    };
    let input = Input {
        as_of: at("2026-03-05T00:00:00Z"),
        solicited: ["FEVER", "FATIGUE", "HEADACHE"].map(str::to_owned).into(),
        infusions: vec![
            infusion(0, 0, 1, [on_time, on_time]),
            infusion(1, 0, 2, [CheckInState::Missed, CheckInState::Missed]),
            infusion(2, 1, 1, [late, CheckInState::Waiting]),
            infusion(3, 2, 1, [on_time, CheckInState::Missed]),
        ],
        symptoms: Vec::new(),
        flags: Vec::new(),
        tasks: Vec::new(),
        targets: Target::usual(),
    };
    Clinic { patients, infusions, input }
}

impl Clinic {
    fn symptom(&mut self, infusion: usize, term: &str, derived: Option<u8>) -> &mut SymptomRow {
        let row = &self.input.infusions[infusion];
        self.input.symptoms.push(SymptomRow {
            patient: row.patient,
            infusion: row.infusion,
            term: term.to_owned(),
            derived_grade: derived,
            confirmed_grade: None,
            ctcae_version: "5.0".to_owned(),
            onset_h: None,
            standing: Standing::Counted,
        });
        self.input.symptoms.last_mut().unwrap()
    }

    fn table(&self, unit: Unit, denominator: Denominator, group: Group) -> IncidenceTable {
        let summary = summarise(&self.input).unwrap();
        summary
            .incidence
            .into_iter()
            .find(|t| t.unit == unit && t.denominator == denominator && t.group == group)
            .unwrap()
    }
}

fn counts(grades: &Grades) -> (u64, [u64; 5], u64) {
    (grades.any.count, grades.by_grade.map(|share| share.count), grades.ungraded.count)
}

fn row<'a>(table: &'a IncidenceTable, term: &str) -> &'a IncidenceRow {
    table.rows.iter().find(|row| row.term == term).unwrap()
}

#[test]
fn a_patient_counts_once_per_term_at_the_worst_grade() {
    let mut clinic = clinic();
    clinic.symptom(0, "FEVER", Some(1));
    clinic.symptom(0, "FEVER", Some(2));
    clinic.symptom(1, "FEVER", Some(3));
    clinic.symptom(2, "FEVER", Some(1));
    clinic.symptom(2, "OTHER", None);

    let patients = clinic.table(Unit::Patient, Denominator::All, Group::Solicited);
    assert_eq!(patients.of, 3);
    assert_eq!(counts(&row(&patients, "FEVER").grades), (2, [1, 0, 1, 0, 0], 0));
    let infusions = clinic.table(Unit::Infusion, Denominator::All, Group::Solicited);
    assert_eq!(infusions.of, 4);
    assert_eq!(counts(&row(&infusions, "FEVER").grades), (3, [1, 1, 1, 0, 0], 0));
    assert_eq!(row(&infusions, "FEVER").grades.severe.count, 1);
}

#[test]
fn reactions_after_unanswered_infusions_leave_the_answered_table_with_their_denominator() {
    let mut clinic = clinic();
    clinic.symptom(0, "FEVER", Some(1));
    clinic.symptom(1, "FEVER", Some(3));
    let patients = clinic.table(Unit::Patient, Denominator::AnsweredByD3, Group::Solicited);
    assert_eq!((patients.of, counts(&patients.any_term)), (3, (1, [1, 0, 0, 0, 0], 0)));
    let infusions = clinic.table(Unit::Infusion, Denominator::AnsweredByD3, Group::Solicited);
    assert_eq!((infusions.of, counts(&infusions.any_term)), (3, (1, [1, 0, 0, 0, 0], 0)));
    assert_eq!((infusions.response.count, infusions.response.of), (3, 4));
}

#[test]
fn solicited_terms_stay_at_zero_and_unsolicited_ones_stand_apart() {
    let mut clinic = clinic();
    clinic.symptom(0, "HEADACHE", Some(1));
    clinic.symptom(0, "OTHER", None);
    let solicited = clinic.table(Unit::Patient, Denominator::All, Group::Solicited);
    let terms: Vec<&str> = solicited.rows.iter().map(|row| row.term.as_str()).collect();
    assert_eq!(terms, ["HEADACHE", "FEVER", "FATIGUE"], "most frequent first, then catalogue");
    assert_eq!(counts(&row(&solicited, "FEVER").grades), (0, [0; 5], 0));
    let unsolicited = clinic.table(Unit::Patient, Denominator::All, Group::Unsolicited);
    assert_eq!(unsolicited.rows.len(), 1);
    assert_eq!(counts(&row(&unsolicited, "OTHER").grades), (1, [0; 5], 1));
    assert!(unsolicited.versions.is_empty(), "what has no grade has no version");
}

#[test]
fn a_confirmed_grade_wins_and_what_is_no_reaction_is_not_counted() {
    let mut clinic = clinic();
    clinic.symptom(0, "FEVER", Some(3)).confirmed_grade = Some(1);
    clinic.symptom(2, "FEVER", Some(2)).confirmed_grade = Some(0);
    clinic.symptom(2, "FATIGUE", Some(2)).standing = Standing::KnownBefore;
    clinic.symptom(3, "FATIGUE", Some(2)).standing = Standing::Dropped;
    let table = clinic.table(Unit::Patient, Denominator::All, Group::Solicited);
    assert_eq!(counts(&table.any_term), (1, [1, 0, 0, 0, 0], 0));
    assert_eq!(summarise(&clinic.input).unwrap().known_before, 1);
}

#[test]
fn grades_of_two_versions_are_told_apart() {
    let mut clinic = clinic();
    clinic.symptom(0, "FEVER", Some(1));
    clinic.symptom(2, "FEVER", Some(1)).ctcae_version = "6.0".to_owned();
    clinic.symptom(2, "FATIGUE", Some(1));
    let table = clinic.table(Unit::Patient, Denominator::All, Group::Solicited);
    assert!(table.is_mixed());
    assert_eq!(row(&table, "FEVER").versions.len(), 2);
    assert_eq!(row(&table, "FATIGUE").versions.len(), 1);
    let lines = summarise(&clinic.input).unwrap().lines();
    let fever = lines.iter().find(|line| line.key == "FEVER").unwrap();
    assert_eq!(fever.note, "ctcae_5.0+6.0; too_few");
}

#[test]
fn the_range_covers_the_silent() {
    let mut clinic = clinic();
    clinic.symptom(2, "FEVER", Some(1));
    let summary = summarise(&clinic.input).unwrap();
    let range = |index: usize| {
        let range = summary.worst_grades[index].range;
        (range.silent, range.lowest.count, range.highest.count, range.highest.of)
    };
    assert_eq!(range(0), (1, 1, 2, 3), "patient A was silent after one infusion");
    assert_eq!(range(1), (0, 1, 1, 3));
    assert_eq!(range(2), (1, 1, 2, 4));
    assert_eq!(summary.worst_grades[2].none_known.count, 3);
    clinic.symptom(1, "FEVER", Some(1));
    let summary = summarise(&clinic.input).unwrap();
    assert_eq!(summary.worst_grades[2].range.silent, 0, "a known reaction is not silent");
}

#[test]
fn answers_are_counted_by_how_they_came() {
    let response = summarise(&clinic().input).unwrap().response;
    let all = &response.all;
    assert_eq!((all.due, all.waiting), (7, 1));
    let shares = [all.answered, all.on_time, all.late, all.by_phone, all.missed];
    assert_eq!(shares.map(|share| share.count), [4, 3, 1, 1, 3]);
    let codes: Vec<_> = response.by_code.iter().map(|(c, r)| (c.as_str(), r.due)).collect();
    assert_eq!(codes, [("D1", 4), ("D2", 3)]);
    assert_eq!((response.infusions_answered.count, response.patients_answered.count), (3, 3));
}

#[test]
fn exposure_is_divided_without_losing_anybody() {
    let mut clinic = clinic();
    clinic.symptom(1, "OTHER", None);
    clinic.symptom(3, "FEVER", Some(0));
    let exposure = summarise(&clinic.input).unwrap().exposure;
    let counts =
        |part: &Exposed| (part.patients, part.infusions, part.reacted.count, part.answered.count);
    assert_eq!(counts(&exposure.all), (3, 4, 1, 3));
    let phases: Vec<_> = exposure.by_phase.iter().map(|p| (p.key.as_str(), counts(p))).collect();
    assert_eq!(phases, [("consolidation", (1, 1, 1, 0)), ("first", (3, 3, 0, 3))]);
    assert_eq!(exposure.by_site.len(), 1);
    let lots: Vec<_> = exposure.by_lot.iter().map(counts).collect();
    assert_eq!(lots, [(1, 2, 1, 1), (2, 2, 0, 2)], "the unrecorded lot is a line too");
}

#[test]
fn the_first_onset_counts_once_per_infusion() {
    let mut clinic = clinic();
    clinic.symptom(0, "FEVER", Some(1)).onset_h = Some(8.0);
    clinic.symptom(0, "FEVER", Some(1)).onset_h = Some(4.0);
    clinic.symptom(1, "FEVER", Some(1)).onset_h = Some(6.0);
    clinic.symptom(2, "FEVER", Some(1));
    clinic.symptom(3, "FEVER", Some(0)).onset_h = Some(1.0);
    let onsets = summarise(&clinic.input).unwrap().onsets;
    let hours = Some([4.0, 4.5, 5.0, 5.5, 6.0]);
    assert_eq!(onsets, [Onset { term: "FEVER".to_owned(), known: 2, unknown: 1, hours }]);
}

#[test]
fn changed_grades_are_counted_in_both_directions() {
    let mut clinic = clinic();
    for (derived, confirmed) in [
        (Some(1), Some(2)),
        (Some(3), Some(1)),
        (Some(2), Some(2)),
        (Some(1), None),
        (None, Some(1)),
    ] {
        clinic.symptom(0, "FEVER", derived).confirmed_grade = confirmed;
    }
    let changes = summarise(&clinic.input).unwrap().grade_changes;
    assert_eq!((changes.reviewed.count, changes.reviewed.of), (3, 4));
    assert_eq!((changes.raised.count, changes.lowered.count, changes.raised.of), (1, 1, 3));
}

#[test]
fn a_per_cent_needs_twenty_observations_and_an_interval_needs_one() {
    let share = Share::new(1, 19);
    assert!(share.is_too_few() && share.percent().is_none());
    assert_eq!(share.limits().unwrap(), ("0.1".to_owned(), "26.0".to_owned()));
    let share = Share::new(0, 20);
    assert_eq!(share.percent().unwrap(), "0.0");
    assert_eq!(share.limits().unwrap(), ("0.0".to_owned(), "16.8".to_owned()));
    let nobody = Share::new(0, 0);
    assert!(nobody.is_too_few() && nobody.limits().is_none());
}

fn task(level: Level, acknowledged: Option<&str>, reached: Option<&str>) -> TaskRow {
    TaskRow {
        task: TaskId::new(),
        level,
        received_at: at("2026-03-01T10:00:00Z"),
        acknowledged_at: acknowledged.map(at),
        reached_at: reached.map(at),
        end: None,
    }
}

fn end(acted_on: bool, worth_flag: Option<bool>) -> TaskEnd {
    let at = at("2026-03-01T12:00:00Z");
    TaskEnd { at, outcome: "advice".to_owned(), acted_on, worth_flag }
}

#[test]
fn flags_show_what_came_of_them() {
    let mut clinic = clinic();
    let mut tasks = [(); 3].map(|()| task(Level::Urgent, None, None));
    tasks[0].end = Some(end(true, Some(true)));
    tasks[1].end = Some(end(false, None));
    let flag = |rule: &str, level, task: &TaskRow| FlagRow {
        rule: rule.to_owned(),
        level,
        task: Some(task.task),
    };
    clinic.input.flags = vec![
        flag("U01", Level::Urgent, &tasks[0]),
        flag("S02", Level::Soon, &tasks[0]),
        flag("U01", Level::Urgent, &tasks[1]),
        flag("U01", Level::Urgent, &tasks[2]),
    ];
    clinic.input.tasks = tasks.into();
    let flags = summarise(&clinic.input).unwrap().flags;
    let u01 = flags.by_rule.iter().find(|count| count.key == "U01").unwrap();
    assert_eq!((u01.raised, u01.open), (3, 1));
    assert_eq!((u01.acted_on.count, u01.acted_on.of, u01.no_action.count), (1, 2, 1));
    assert_eq!((u01.worth.count, u01.worth.of), (1, 1));
    assert_eq!(flags.by_level[0].key, "URGENT");
    assert_eq!((flags.all.raised, flags.all.acted_on.count, flags.all.acted_on.of), (4, 2, 3));
}

#[test]
fn response_times_do_not_improve_by_closing_or_forgetting() {
    let mut clinic = clinic();
    let urgent = Level::Urgent;
    let mut closed = task(urgent, None, None);
    closed.end = Some(end(false, None));
    clinic.input.tasks = vec![
        task(urgent, Some("2026-03-01T10:10:00Z"), Some("2026-03-01T10:30:00Z")),
        task(urgent, Some("2026-03-01T10:30:00Z"), Some("2026-03-01T13:00:00Z")),
        task(urgent, None, None),
        closed,
    ];
    let line = |clinic: &Clinic, measure| {
        let times = summarise(&clinic.input).unwrap().times;
        times.into_iter().find(|t| t.target.level == urgent && t.target.measure == measure).unwrap()
    };
    let contact = line(&clinic, Measure::Contact);
    assert_eq!((contact.tasks, contact.done, contact.running), (4, 2, 0));
    assert_eq!((contact.within.count, contact.within.of, contact.closed_without), (1, 4, 1));
    assert_eq!((contact.median_minutes, contact.p90_minutes), (Some(105.0), Some(165.0)));
    let acknowledge = line(&clinic, Measure::Acknowledge);
    assert_eq!((acknowledge.within.count, acknowledge.within.of), (2, 4), "30 min is within");

    clinic.input.as_of = at("2026-03-01T10:20:00Z");
    let early = line(&clinic, Measure::Acknowledge);
    assert_eq!((early.running, early.within.of), (1, 3));
}

#[test]
fn contradictions_are_all_named() {
    let mut clinic = clinic();
    clinic.input.infusions.push(clinic.input.infusions[0].clone());
    clinic.symptom(0, "FEVER", Some(1)).onset_h = Some(f64::NAN);
    clinic.symptom(0, "FEVER", Some(6)).patient = clinic.patients[1];
    clinic.symptom(0, "FEVER", Some(1)).infusion = InfusionId::new();
    clinic.input.tasks = vec![task(Level::Soon, Some("2026-03-01T09:00:00Z"), None)];
    let rule = "S01".to_owned();
    clinic.input.flags = vec![FlagRow { rule, level: Level::Soon, task: Some(TaskId::new()) }];
    let error = summarise(&clinic.input).unwrap_err();
    assert_eq!(error.problems().len(), 7, "{error}");
    assert!(error.to_string().contains(&clinic.infusions[0].to_string()));
}

#[test]
fn every_line_has_all_columns_and_the_response_rate() {
    let mut clinic = clinic();
    clinic.symptom(0, "FEVER", Some(1));
    let lines = summarise(&clinic.input).unwrap().lines();
    assert!(lines.iter().all(|line| line.cells().len() == Line::COLUMNS.len()));
    assert!(lines.iter().all(|line| (line.answered, line.due) == (4, 7)));
    for table in ["exposure", "response", "incidence", "worst_grade", "range", "flags", "times"] {
        assert!(lines.iter().any(|line| line.table == table), "{table}");
    }
}

#[test]
fn an_empty_period_is_an_answer_too() {
    let mut clinic = clinic();
    clinic.input.infusions.clear();
    let summary = summarise(&clinic.input).unwrap();
    assert_eq!(summary.exposure.all.infusions, 0);
    assert!(
        summary
            .incidence
            .iter()
            .all(|table| table.of == 0 && table.any_term.any.interval.is_none())
    );
}
