//! The promises that the database keeps, whatever the program does.

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

#[test]
fn codes_in_the_database_are_those_of_the_program() {
    use afterwatch::domain::{self, registry, task};
    fn check<T: Codelist>(ddl: &str, columns: &[&str]) {
        let codes =
            T::ALL.iter().map(|value| format!("'{}'", value.code())).collect::<Vec<_>>().join(", ");
        for column in columns {
            let (table, column) = column.split_once('.').unwrap();
            let body = ddl
                .split("CREATE TABLE ")
                .find(|part| part.starts_with(&format!("{table} (")))
                .unwrap();
            assert!(
                body.contains(&format!("CHECK ({column} IN ({codes}))")),
                "{table}.{column} does not allow exactly {codes}"
            );
        }
    }
    let ddl = include_str!("../migrations/2026-11-24-000000_registry/up.sql");
    check::<domain::Language>(ddl, &["site.language", "staff.language", "patient.language"]);
    check::<domain::Role>(ddl, &["membership.role"]);
    check::<domain::Level>(ddl, &["report.level", "task.level", "flag.level"]);
    check::<registry::ActiveState>(ddl, &["site.state", "staff.state", "product.state"]);
    check::<domain::ProductKind>(ddl, &["product.kind"]);
    check::<registry::Sex>(ddl, &["patient.sex"]);
    check::<registry::PatientState>(ddl, &["patient.state"]);
    check::<registry::LotSource>(ddl, &["lot.source"]);
    check::<registry::LotState>(ddl, &["lot.state"]);
    check::<registry::CultureResult>(ddl, &["lot.sterility", "lot.mycoplasma"]);
    check::<registry::EndotoxinResult>(ddl, &["lot.endotoxin"]);
    check::<registry::Phase>(ddl, &["course.phase"]);
    check::<registry::Route>(ddl, &["infusion.route"]);
    check::<registry::ReportSource>(ddl, &["draft.source", "report.source"]);
    check::<registry::ReportMode>(ddl, &["report.mode"]);
    check::<registry::Evaluation>(ddl, &["report.evaluation"]);
    check::<registry::CheckInState>(ddl, &["check_in.state"]);
    check::<domain::letter::MailState>(ddl, &["outbox.state"]);
    check::<domain::letter::AttemptResult>(ddl, &["delivery_attempt.result"]);
    check::<domain::letter::KeyPurpose>(ddl, &["api_token.purpose"]);
    check::<task::TaskKind>(ddl, &["task.kind"]);
    check::<task::TaskState>(ddl, &["task.state"]);
    check::<task::TaskEventKind>(ddl, &["task_event.kind"]);
    check::<task::CallResult>(ddl, &["task_event.call_result"]);
    check::<task::WorthAFlag>(ddl, &["task.worth_a_flag"]);
}
