//! The promises that the database keeps, whatever the program does.

use std::collections::BTreeMap;

use afterwatch::access;
use afterwatch::domain::{Actor, Codelist, Timestamp};
use afterwatch::secrets::Keys;
use afterwatch::store::{self, Db, audit};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn values(db: &Db, sql: &'static str) -> Vec<String> {
    db.read_blocking(|conn| {
        let rows: Vec<Row> = diesel::sql_query(sql).load(conn)?;
        Ok::<_, store::Error>(rows.into_iter().map(|row| row.value).collect())
    })
    .unwrap()
}

fn keys() -> Keys {
    Keys::from_root(&[7; 32])
}

fn open(dir: &tempfile::TempDir) -> Db {
    Db::open(&dir.path().join("registry.db"), &keys()).unwrap().0
}

fn now() -> Timestamp {
    "2026-03-01T02:00:00Z".parse().unwrap()
}

fn entry(db: &Db, object: &'static str) {
    db.write_blocking(move |conn| {
        audit::append(conn, now(), &Actor::System, None, "test.done", ("test", &object), &json!({}))
    })
    .unwrap();
}

fn execute(db: &Db, sql: &'static str) -> Result<usize, store::Error> {
    db.write_blocking(move |conn| Ok(diesel::sql_query(sql).execute(conn)?))
}

#[test]
fn every_table_is_strict_and_spelled_as_the_program_knows_it() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let loose = values(
        &db,
        "SELECT name AS value FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND strict = 0
           AND name NOT LIKE 'sqlite%' AND name <> '__diesel_schema_migrations'",
    );
    assert!(loose.is_empty(), "not STRICT: {loose:?}");

    let found = values(
        &db,
        "SELECT t.name || '.' || c.name || ' ' || c.type || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE '?' END AS value
         FROM pragma_table_list t, pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
           AND t.name <> '__diesel_schema_migrations'",
    );
    let mut known = Vec::new();
    let mut table = String::new();
    for line in include_str!("../src/store/schema.rs").lines() {
        let line = line.trim();
        if let Some(head) = line.strip_suffix(") {") {
            head.split(' ').next().unwrap_or_default().clone_into(&mut table);
        } else if let Some((column, kind)) =
            line.strip_suffix(',').and_then(|line| line.split_once(" -> "))
        {
            let (kind, optional) = match kind.strip_prefix("Nullable<") {
                Some(kind) => (kind.trim_end_matches('>'), "?"),
                None => (kind, ""),
            };
            let kind = if kind == "Text" { "TEXT" } else { "INTEGER" };
            known.push(format!("{table}.{column} {kind}{optional}"));
        }
    }
    let (mut found, mut known) = (found, known);
    found.sort();
    known.sort();
    assert_eq!(found, known);
}

#[test]
fn every_migration_can_be_undone_and_done_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(&dir));
    let left = store::migrate_all_down_and_up(&dir.path().join("registry.db")).unwrap();
    assert_eq!(left, 0);
    open(&dir);
}

#[test]
fn readers_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let refused = db.read_blocking(|conn| {
        Ok::<_, store::Error>(
            diesel::sql_query("INSERT INTO installation VALUES ('a', 'b')").execute(conn)?,
        )
    });
    assert!(refused.is_err());
}

#[test]
fn a_piece_of_work_that_fails_or_panics_undoes_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcomes = runtime.block_on(async {
        let insert = |key: &'static str, then: fn() -> store::Result<()>| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(move |conn| {
                    diesel::sql_query(format!("INSERT INTO installation VALUES ('{key}', '')"))
                        .execute(conn)?;
                    then()
                })
                .await
                .is_ok()
            })
        };
        let tasks = [
            insert("good", || Ok(())),
            insert("failed", || Err(store::Error::Overloaded)),
            insert("panicked", || panic!("on purpose")),
            insert("also good", || Ok(())),
        ];
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    });
    assert_eq!(outcomes, [true, false, false, true]);
    assert_eq!(
        values(&db, "SELECT key AS value FROM installation ORDER BY key"),
        ["also good", "good"]
    );
}

#[test]
fn the_audit_trail_refuses_change_and_removal() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir);
    entry(&db, "a");
    assert!(execute(&db, "UPDATE audit SET action = 'x'").is_err());
    assert!(execute(&db, "DELETE FROM audit").is_err());
}

#[test]
fn the_audit_trail_tells_of_any_change_removal_or_rewriting() {
    let tamper = [
        ("UPDATE audit SET detail = '{\"a\":1}' WHERE seq = 2", 2),
        ("UPDATE audit SET actor_name = 'somebody' WHERE seq = 3", 3),
        ("UPDATE audit SET at = '2026-03-01T02:00:00.001Z' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit SET seq = 9 WHERE seq = 4", 4),
    ];
    for (sql, expected) in tamper {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir);
        for object in ["a", "b", "c", "d"] {
            entry(&db, object);
        }
        let verify = |db: &Db, anchors: Vec<(i64, String)>| {
            db.read_blocking(move |conn| audit::verify(conn, &keys(), &anchors)).unwrap()
        };
        let audit::Verdict::Whole { entries: 4, head } = verify(&db, vec![]) else {
            panic!("the untouched chain does not verify")
        };
        let noted = vec![(4, head)];
        assert!(matches!(verify(&db, noted.clone()), audit::Verdict::Whole { .. }));
        execute(&db, "DROP TRIGGER audit_no_update").unwrap();
        execute(&db, "DROP TRIGGER audit_no_delete").unwrap();
        execute(&db, sql).unwrap();
        match verify(&db, vec![]) {
            audit::Verdict::Broken { seq, .. } => assert_eq!(seq, expected, "{sql}"),
            whole @ audit::Verdict::Whole { .. } => panic!("{sql} went unseen: {whole:?}"),
        }
        // Who cuts the end off is told on by the anchor.
        execute(&db, "DELETE FROM audit WHERE seq >= 3").unwrap();
        assert!(matches!(verify(&db, noted), audit::Verdict::Broken { .. }), "{sql}");
    }
}

/// The codes that the columns of all tables allow, as `table.column` and `'a', 'b'`.
fn allowed(db: &Db) -> BTreeMap<String, String> {
    let tables = values(
        db,
        "SELECT name || ' ' || sql AS value FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL",
    );
    let mut allowed = BTreeMap::new();
    for table in &tables {
        let (name, sql) = table.split_once(' ').unwrap();
        for check in sql.split("CHECK (").skip(1) {
            let Some((column, codes)) = check.split_once(" IN ('") else { continue };
            if column.contains(|c: char| !c.is_ascii_lowercase() && c != '_') {
                continue;
            }
            let (codes, _) = codes.split_once("')").unwrap();
            let twice = allowed.insert(format!("{name}.{column}"), format!("'{codes}'"));
            assert_eq!(twice, None, "{name}.{column} is checked twice");
        }
    }
    allowed
}

#[test]
fn codes_in_the_database_are_those_of_the_program() {
    use afterwatch::domain::letter::{self, MailState};
    use afterwatch::domain::{self, Level, chain, grading, letter_text, registry, snooze, task};
    fn check<T: Codelist>(allowed: &mut BTreeMap<String, String>, columns: &[&str]) {
        check_some(allowed, columns, T::ALL);
    }
    fn check_some<T: Codelist>(
        allowed: &mut BTreeMap<String, String>,
        columns: &[&str],
        some: &[T],
    ) {
        let codes: Vec<String> = some.iter().map(|value| format!("'{}'", value.code())).collect();
        for column in columns {
            assert_eq!(allowed.remove(*column), Some(codes.join(", ")), "{column}");
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let db = &mut allowed(&open(&dir));
    check::<domain::Language>(
        db,
        &[
            "site.language",
            "staff.language",
            "patient.language",
            "draft.language",
            "report.language",
            "outbox.language",
            "consent.language",
            "visit.language",
            "letter_text.language",
        ],
    );
    check::<domain::Role>(db, &["membership.role"]);
    check::<Level>(db, &["report.level", "task.level", "flag.level"]);
    // Nobody is told of what needs nothing, and an emergency cannot be snoozed.
    let told = [Level::Routine, Level::Soon, Level::Urgent, Level::Emergency];
    check_some(db, &["escalation_time.level"], &told);
    check_some(db, &["snoozed_flag.level"], &told[..3]);
    check::<registry::ActiveState>(db, &["site.state", "staff.state", "product.state"]);
    check::<domain::ProductKind>(db, &["product.kind", "schedule_version.kind"]);
    check::<grading::Site>(db, &["site.thermometer", "chair_observation.thermometer"]);
    check::<registry::Sex>(db, &["patient.sex"]);
    check::<registry::PatientState>(db, &["patient.state"]);
    check::<registry::LotSource>(db, &["lot.source"]);
    check::<registry::LotState>(db, &["lot.state"]);
    check::<registry::LotEventKind>(db, &["lot_event.kind"]);
    check::<registry::CultureResult>(db, &["lot.sterility", "lot.mycoplasma"]);
    check::<registry::EndotoxinResult>(db, &["lot.endotoxin"]);
    check::<registry::Phase>(db, &["course.phase"]);
    check::<registry::Route>(db, &["infusion.route"]);
    check::<registry::ReportSource>(db, &["draft.source", "report.source"]);
    check::<registry::ReportMode>(db, &["report.mode"]);
    check::<registry::Evaluation>(db, &["report.evaluation"]);
    check::<registry::CheckInState>(db, &["check_in.state"]);
    check::<MailState>(db, &["outbox.state"]);
    // Everything but the test mail of the command line.
    check_some(db, &["letter_text.kind"], letter_text::kinds(false));
    check::<letter::AttemptResult>(db, &["delivery_attempt.result"]);
    check::<letter::KeyPurpose>(db, &["api_token.purpose"]);
    // A gateway does not send a call back.
    let called = [
        MailState::Planned,
        MailState::Sending,
        MailState::Accepted,
        MailState::Failed,
        MailState::Cancelled,
    ];
    check_some(db, &["hook_call.state"], &called);
    check::<task::TaskKind>(db, &["task.kind"]);
    check::<task::TaskState>(db, &["task.state"]);
    check::<task::TaskEventKind>(db, &["task_event.kind"]);
    check::<task::UndoableStep>(db, &["task_undo.step"]);
    check::<task::CallResult>(db, &["task_event.call_result"]);
    check::<task::WorthAFlag>(db, &["task.worth_a_flag"]);
    check::<chain::Audience>(
        db,
        &["rota_shift.audience", "rota_exception.audience", "task_step.audience"],
    );
    check::<domain::rota::ExceptionKind>(db, &["rota_exception.kind"]);
    check::<chain::StepState>(db, &["task_step.state"]);
    check::<chain::StepStop>(db, &["task_step.cause"]);
    check::<snooze::SnoozeEnd>(db, &["snooze.end_cause"]);
    check::<access::Stage>(db, &["session.stage"]);
    // What is left has no list of codes in the program, but a type of another kind.
    let left: Vec<&str> = db.keys().map(String::as_str).collect();
    assert_eq!(left, ["audit.actor_kind", "site.ctcae_version", "staff_grade.scale"]);
}
