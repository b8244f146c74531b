//! Tasks put straight into the database, as intake leaves them.

use afterwatch::domain::registry::{Evaluation, ReportMode, ReportSource};
use afterwatch::domain::task::{TaskEventKind, TaskKind, TaskState};
use afterwatch::domain::{
    FlagId, Language, Level, ReportId, SiteId, TaskEventId, TaskId, Timestamp,
};
use afterwatch::store::queue::rank;
use afterwatch::store::schema::{flag, report, report_symptom, task, task_event};
use diesel::prelude::*;

use crate::app::TestApp;
use crate::fixtures::Infused;

/// A fact that made a rule true; `limit` and `value` are JSON.
#[derive(Debug, Clone, Copy)]
pub struct Because {
    pub rule: &'static str,
    pub field: &'static str,
    pub op: &'static str,
    pub limit: &'static str,
    pub value: &'static str,
}

/// What differs between the tasks of tests.
#[derive(Debug, Clone)]
pub struct NewTask {
    pub kind: TaskKind,
    pub level: Level,
    pub because: Option<Because>,
    /// Codes and grades of the report that raised it.
    pub grades: Vec<(&'static str, i32)>,
    pub free_text: Option<&'static str>,
}

impl Default for NewTask {
    fn default() -> Self {
        Self {
            kind: TaskKind::Report,
            level: Level::Urgent,
            because: None,
            grades: vec![("FEVER", 1)],
            free_text: None,
        }
    }
}

/// A task and the report that raised it.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    pub task: TaskId,
    pub report: ReportId,
}

impl TestApp {
    /// An open task that a report raised just now.
    pub async fn task(&self, site: SiteId, of: &Infused, new: NewTask) -> Made {
        let (task_id, now, of) = (TaskId::new(), self.now(), *of);
        let report_id = self.report(site, &of, &new).await;
        self.write(move |conn| {
            let last: Option<i64> =
                task::table.select(diesel::dsl::max(task::number)).first(conn)?;
            let (acknowledge, contact) = match new.level {
                Level::Emergency => (Some(15), 30),
                Level::Urgent => (Some(30), 120),
                Level::Soon => (None, 24 * 60),
                Level::Routine | Level::None => (None, 72 * 60),
            };
            diesel::insert_into(task::table)
                .values((
                    task::id.eq(task_id),
                    task::number.eq(last.unwrap_or(1000) + 1),
                    task::site_id.eq(site),
                    task::patient_id.eq(of.patient),
                    task::infusion_id.eq(of.infusion),
                    task::kind.eq(new.kind),
                    task::level.eq(new.level),
                    task::urgency_rank.eq(rank(new.level)),
                    task::state.eq(TaskState::Open),
                    task::opened_at.eq(now),
                    task::raised_at.eq(now),
                    task::acknowledge_by.eq(acknowledge.map(|minutes| now.plus_minutes(minutes))),
                    task::contact_by.eq(now.plus_minutes(contact)),
                    task::version.eq(1),
                ))
                .execute(conn)?;
            diesel::insert_into(task_event::table)
                .values((
                    task_event::id.eq(TaskEventId::new()),
                    task_event::task_id.eq(task_id),
                    task_event::at.eq(now),
                    task_event::kind.eq(TaskEventKind::Opened),
                    task_event::report_id.eq(report_id),
                    task_event::level.eq(new.level),
                ))
                .execute(conn)?;
            diesel::update(report::table.find(report_id))
                .set(report::task_id.eq(task_id))
                .execute(conn)?;
            if let Some(because) = new.because {
                insert_flag(conn, (task_id, report_id), new.level, because, now)?;
            }
            Ok(())
        })
        .await;
        Made { task: task_id, report: report_id }
    }

    /// A report that no task belongs to yet.
    pub async fn report(&self, site: SiteId, of: &Infused, new: &NewTask) -> ReportId {
        let (id, now, of, new) = (ReportId::new(), self.now(), *of, new.clone());
        self.write(move |conn| {
            diesel::insert_into(report::table)
                .values((
                    report::id.eq(id),
                    report::reference.eq(id.to_string()),
                    report::site_id.eq(site),
                    report::patient_id.eq(of.patient),
                    report::infusion_id.eq(of.infusion),
                    report::source.eq(ReportSource::Patient),
                    report::mode.eq(ReportMode::Web),
                    report::language.eq(Language::En),
                    report::received_at.eq(now),
                    report::hours_since_infusion.eq("19"),
                    report::input.eq(r#"{"history":{"product":"autologous"},"hours_since_infusion":19,"report":{}}"#),
                    report::free_text.eq(new.free_text),
                    report::level.eq(new.level),
                    report::evaluation.eq(Evaluation::Done),
                    report::rule_set.eq("NK-AUTO-1"),
                    report::rule_set_version.eq(1),
                    report::ctcae_version.eq("5.0"),
                    report::recorded_at.eq(now),
                ))
                .execute(conn)?;
            for (code, grade) in new.grades {
                diesel::insert_into(report_symptom::table)
                    .values((
                        report_symptom::report_id.eq(id),
                        report_symptom::infusion_id.eq(of.infusion),
                        report_symptom::code.eq(code),
                        report_symptom::grade.eq(grade),
                        report_symptom::ctcae_version.eq("5.0"),
                        report_symptom::onset_h.eq("2"),
                        report_symptom::in_expected_window.eq(false),
                        report_symptom::preexisting.eq(false),
                        report_symptom::answers.eq("{}"),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await;
        id
    }
}

fn insert_flag(
    conn: &mut afterwatch::store::Connection,
    (task, report): (TaskId, ReportId),
    level: Level,
    because: Because,
    now: Timestamp,
) -> afterwatch::store::Result<()> {
    let Because { rule, field, op, limit, value } = because;
    diesel::insert_into(flag::table)
        .values((
            flag::id.eq(FlagId::new()),
            flag::task_id.eq(task),
            flag::report_id.eq(report),
            flag::rule.eq(rule),
            flag::rule_set.eq("NK-AUTO-1"),
            flag::rule_set_version.eq(1),
            flag::level.eq(level),
            flag::historic.eq(false),
            flag::because.eq(format!(
                r#"[{{"field":"{field}","op":"{op}","limit":{limit},"value":{value}}}]"#
            )),
            flag::raised_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}
