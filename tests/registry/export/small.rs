//! A registry small enough to count by hand.
//!
//! Clinic A, three infusions at the same hour, looked at five days later:
//!
//! | patient | check-ins | told |
//! | --- | --- | --- |
//! | A-1 | D1 answered, D2 answered late by phone, D3 missed | 24 h: fever 2 (confirmed as 3); 48 h: fever 1, over since 4 h |
//! | A-2 | D1 missed | nothing |
//! | A-3 | D1 answered | 24 h: nausea 3, corrected at 25 h to something else 1, in words; headache known before |
//!
//! Clinic B: one infusion, a seizure of grade 3.

use afterwatch::domain::registry::{CheckInState, Evaluation, ReportMode, ReportSource};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::task::{Outcome, TaskKind, TaskState, WorthAFlag};
use afterwatch::domain::{
    CheckInId, ConfirmationId, FlagId, InfusionId, Language, Level, ReportId, SiteId, StaffId,
    TaskId, Timestamp,
};
use afterwatch::store::schema::{check_in, flag, grade_confirmation, report, report_symptom, task};
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::TestApp;
use crate::fixtures::Infused;

/// What a hostile patient types: a formula, markup, a quote, a line end.
pub const HOSTILE: &str = "=HYPERLINK(\"http://evil.example\",\"x\")\n<script>alert(1)</script>";

pub struct Small {
    pub app: TestApp,
    pub a: SiteId,
    pub b: SiteId,
}

pub async fn small() -> Small {
    let app = TestApp::new();
    let (a, b) = (app.site("A").await, app.site("B").await);
    let nurse = app.person(&[], false).await;
    let first = app.infused(a, "A-1").await;
    let second = app.infused(a, "A-2").await;
    let third = app.infused(a, "A-3").await;
    let other = app.infused(b, "B-1").await;
    let t0 = app.now();
    app.advance(SignedDuration::from_hours(5 * 24));

    let task = app.closed_task(a, &first, t0.plus_hours(24), nurse).await;
    let fever = app.told(a, &first, 24, ReportMode::Web, Level::Urgent, None, Some(task)).await;
    app.symptom(fever, first.infusion, "FEVER", Some(2), ("6", None), "{}").await;
    app.confirmed(fever, "FEVER", 3, nurse).await;
    app.flagged(task, fever, "U03", Level::Urgent).await;
    let over = app.told(a, &first, 48, ReportMode::Phone, Level::None, None, None).await;
    app.symptom(over, first.infusion, "FEVER", Some(1), ("6", Some("4")), "{}").await;
    app.asked(a, &first, CheckInCode::D1, CheckInState::Answered, Some((fever, false))).await;
    app.asked(a, &first, CheckInCode::D2, CheckInState::Answered, Some((over, true))).await;
    app.asked(a, &first, CheckInCode::D3, CheckInState::Missed, None).await;
    app.asked(a, &second, CheckInCode::D1, CheckInState::Missed, None).await;

    let wrong = app.told(a, &third, 24, ReportMode::Web, Level::Soon, None, None).await;
    app.symptom(wrong, third.infusion, "NAUSEA", Some(3), ("2", None), "{}").await;
    let right = app.told(a, &third, 25, ReportMode::Web, Level::Routine, Some(wrong), None).await;
    let answers = serde_json::json!({ "text": HOSTILE }).to_string();
    app.symptom(right, third.infusion, "OTHER", Some(1), ("-1.5", None), &answers).await;
    app.symptom(right, third.infusion, "HEADACHE", None, ("-200", None), "{}").await;
    app.asked(a, &third, CheckInCode::D1, CheckInState::Answered, Some((right, false))).await;

    let seizure = app.told(b, &other, 24, ReportMode::Web, Level::Emergency, None, None).await;
    app.symptom(seizure, other.infusion, "SEIZURE", Some(3), ("20", None), "{}").await;
    Small { app, a, b }
}

impl Small {
    /// A fever an hour after an infusion of clinic A.
    pub async fn one_fever(&self, after: Infused) {
        let app = &self.app;
        let told = app.told(self.a, &after, 0, ReportMode::Web, Level::Routine, None, None).await;
        app.symptom(told, after.infusion, "FEVER", Some(1), ("1", None), "{}").await;
    }
}

impl TestApp {
    #[expect(clippy::too_many_arguments, reason = "a row has so many columns")]
    async fn told(
        &self,
        site: SiteId,
        after: &Infused,
        hours: i64,
        mode: ReportMode,
        level: Level,
        supersedes: Option<ReportId>,
        task: Option<TaskId>,
    ) -> ReportId {
        let (id, after) = (ReportId::new(), *after);
        self.write(move |conn| {
            let at = t0(conn, after.infusion)?.plus_hours(hours);
            let source = match mode {
                ReportMode::Phone => ReportSource::StaffPhone,
                _ => ReportSource::Patient,
            };
            diesel::insert_into(report::table)
                .values((
                    (
                        report::id.eq(id),
                        report::reference.eq(id.to_string()),
                        report::site_id.eq(site),
                        report::patient_id.eq(after.patient),
                        report::infusion_id.eq(after.infusion),
                        report::supersedes.eq(supersedes),
                        report::source.eq(source),
                        report::mode.eq(mode),
                    ),
                    report::language.eq(Language::En),
                    report::received_at.eq(at),
                    report::hours_since_infusion.eq(hours.to_string()),
                    report::input.eq("{}"),
                    report::level.eq(level),
                    report::evaluation.eq(Evaluation::Done),
                    report::rule_set.eq("nk-auto"),
                    report::rule_set_version.eq(1),
                    report::ctcae_version.eq("5.0"),
                    report::task_id.eq(task),
                    report::recorded_at.eq(at),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    async fn symptom(
        &self,
        report: ReportId,
        infusion: InfusionId,
        code: &'static str,
        grade: Option<i32>,
        (onset, resolved): (&'static str, Option<&'static str>),
        answers: &str,
    ) {
        let answers = answers.to_owned();
        self.write(move |conn| {
            diesel::insert_into(report_symptom::table)
                .values((
                    report_symptom::report_id.eq(report),
                    report_symptom::infusion_id.eq(infusion),
                    report_symptom::code.eq(code),
                    report_symptom::grade.eq(grade),
                    report_symptom::ctcae_version.eq("5.0"),
                    report_symptom::onset_h.eq(onset),
                    report_symptom::duration_h.eq("12"),
                    report_symptom::resolved_h_ago.eq(resolved),
                    report_symptom::in_expected_window.eq(false),
                    report_symptom::preexisting.eq(grade.is_none()),
                    report_symptom::answers.eq(answers),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }

    async fn confirmed(&self, report: ReportId, code: &'static str, grade: i32, by: StaffId) {
        let now = self.now();
        self.write(move |conn| {
            diesel::insert_into(grade_confirmation::table)
                .values((
                    grade_confirmation::id.eq(ConfirmationId::new()),
                    grade_confirmation::report_id.eq(report),
                    grade_confirmation::code.eq(code),
                    grade_confirmation::grade.eq(grade),
                    grade_confirmation::ctcae_version.eq("5.0"),
                    grade_confirmation::confirmed_by.eq(by),
                    grade_confirmation::confirmed_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }

    /// Taken after 10 minutes, reached after 40, closed after an hour.
    async fn closed_task(
        &self,
        site: SiteId,
        after: &Infused,
        at: Timestamp,
        by: StaffId,
    ) -> TaskId {
        let (id, after) = (TaskId::new(), *after);
        self.write(move |conn| {
            diesel::insert_into(task::table)
                .values((
                    (
                        task::id.eq(id),
                        task::number.eq(17_i64),
                        task::site_id.eq(site),
                        task::patient_id.eq(after.patient),
                        task::infusion_id.eq(after.infusion),
                        task::kind.eq(TaskKind::Report),
                        task::level.eq(Level::Urgent),
                        task::urgency_rank.eq(1),
                    ),
                    task::state.eq(TaskState::Closed),
                    task::opened_at.eq(at),
                    task::raised_at.eq(at),
                    task::contact_by.eq(at.plus_hours(2)),
                    task::acknowledged_at.eq(at.plus_minutes(10)),
                    task::acknowledged_by.eq(by),
                    task::reached_at.eq(at.plus_minutes(40)),
                    task::closed_at.eq(at.plus_minutes(60)),
                    task::closed_by.eq(by),
                    task::outcome.eq(Outcome::AdviceGiven),
                    task::worth_a_flag.eq(WorthAFlag::Yes),
                    task::version.eq(1),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        id
    }

    async fn flagged(&self, task: TaskId, report: ReportId, rule: &'static str, level: Level) {
        let now = self.now();
        self.write(move |conn| {
            diesel::insert_into(flag::table)
                .values((
                    flag::id.eq(FlagId::new()),
                    flag::task_id.eq(task),
                    flag::report_id.eq(report),
                    flag::rule.eq(rule),
                    flag::rule_set.eq("nk-auto"),
                    flag::rule_set_version.eq(1),
                    flag::level.eq(level),
                    flag::historic.eq(false),
                    flag::because.eq("[]"),
                    flag::raised_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }

    async fn asked(
        &self,
        site: SiteId,
        after: &Infused,
        code: CheckInCode,
        state: CheckInState,
        answer: Option<(ReportId, bool)>,
    ) {
        let after = *after;
        self.write(move |conn| {
            let t0 = t0(conn, after.infusion)?;
            diesel::insert_into(check_in::table)
                .values((
                    check_in::id.eq(CheckInId::new()),
                    check_in::site_id.eq(site),
                    check_in::patient_id.eq(after.patient),
                    check_in::infusion_id.eq(after.infusion),
                    check_in::code.eq(code),
                    check_in::opens_at.eq(t0.plus_hours(18)),
                    check_in::due_at.eq(t0.plus_hours(24)),
                    check_in::closes_at.eq(t0.plus_hours(36)),
                    check_in::state.eq(state),
                    check_in::answered_at.eq(answer.map(|_| t0.plus_hours(25))),
                    check_in::answered_late.eq(answer.is_some_and(|(_, is_late)| is_late)),
                    check_in::report_id.eq(answer.map(|(report, _)| report)),
                    check_in::recorded_at.eq(t0),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }
}

fn t0(
    conn: &mut afterwatch::store::Connection,
    id: InfusionId,
) -> afterwatch::store::Result<Timestamp> {
    use afterwatch::store::schema::infusion;
    Ok(infusion::table.find(id).select(infusion::t0).first(conn)?)
}
