//! What was acknowledged is on disk, whatever happens next.
//!
//! The real program is killed (SIGKILL) while reports come in through HTTP, several times,
//! and after each time every report that was acknowledged must be there whole. Recovery
//! needs no hand: the program is simply started again.

use std::process::Stdio;

use afterwatch::secrets::Keys;
use afterwatch::store::schema::{audit as trail, flag, report, report_symptom};
use afterwatch::store::{self, Db, audit};
use diesel::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How often the program is killed.
const ROUNDS: u32 = 3;
/// Reports that are acknowledged before it is; others are on their way then.
const REPORTS: usize = 25;

struct Running {
    child: Child,
    base_url: String,
    token: String,
}

async fn start(data: &std::path::Path) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_afterwatch"))
        .args(["demo", "--json", "--listen", "127.0.0.1:0", "--patients", "12", "--data"])
        .arg(data)
        .env_remove("AFTERWATCH_SMTP_URL")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("the program says where it is");
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |key: &str| ready[key].as_str().unwrap().to_owned();
    Running { child, base_url: text("base_url"), token: text("api_token") }
}

fn fever() -> Value {
    json!({
        "temp": {"value": 39.5, "unit": "C", "site": "oral", "onset_h": 3, "duration_h": 2},
        "symptoms": {"CHILLS": {"shaking": 2, "onset_h": 3, "duration_h": 2}},
    })
}

/// Hands in reports one after the other until the program is gone; the ids that were
/// acknowledged.
async fn hand_in(running: &Running, infusion: &str, acknowledged: &std::sync::Mutex<Vec<String>>) {
    let client = reqwest::Client::new();
    loop {
        let sent = client
            .post(format!("{}/api/v1/reports", running.base_url))
            .bearer_auth(&running.token)
            .json(&json!({"infusion_id": infusion, "report": fever()}))
            .send()
            .await;
        let Ok(answer) = sent else { return };
        let Ok(answer) = answer.json::<Value>().await else { return };
        acknowledged.lock().unwrap().push(answer["report_id"].as_str().unwrap().to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_report_is_lost_when_the_program_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let acknowledged = std::sync::Mutex::new(Vec::new());
    for round in 1..=ROUNDS {
        let mut running = start(directory.path()).await;
        let list: Value = reqwest::Client::new()
            .get(format!("{}/api/v1/infusions?limit=1", running.base_url))
            .bearer_auth(&running.token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let infusion = list["items"][0]["id"].as_str().unwrap().to_owned();
        let before = acknowledged.lock().unwrap().len();
        let mut child =
            std::mem::replace(&mut running.child, Command::new("true").spawn().unwrap());
        let killer = async {
            while acknowledged.lock().unwrap().len() < before + REPORTS {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            child.kill().await.unwrap();
        };
        let senders = async {
            tokio::join!(
                hand_in(&running, &infusion, &acknowledged),
                hand_in(&running, &infusion, &acknowledged),
                hand_in(&running, &infusion, &acknowledged),
                hand_in(&running, &infusion, &acknowledged),
            )
        };
        tokio::join!(killer, senders);
        let ids = acknowledged.lock().unwrap().clone();
        assert!(ids.len() >= before + REPORTS);
        check(directory.path(), &ids, round);
    }
}

/// Every report is there with its grades, its flags and its entry in an unbroken trail.
fn check(data: &std::path::Path, ids: &[String], round: u32) {
    let keys = Keys::load_or_create(&data.join("afterwatch.key")).unwrap();
    let (db, _) = Db::open(&data.join("afterwatch.db"), &keys).unwrap();
    let ids = ids.to_vec();
    db.read_blocking(|conn| {
        for id in &ids {
            let task: Option<String> =
                report::table.filter(report::id.eq(id)).select(report::task_id).first(conn)?;
            assert!(task.is_some(), "round {round}: {id} has no task");
            let symptoms: i64 = report_symptom::table
                .filter(report_symptom::report_id.eq(id))
                .count()
                .get_result(conn)?;
            let flags: i64 = flag::table.filter(flag::report_id.eq(id)).count().get_result(conn)?;
            let entries: i64 = trail::table
                .filter(trail::action.eq("report.received").and(trail::object_id.eq(id)))
                .count()
                .get_result(conn)?;
            assert_eq!((symptoms, entries), (2, 1), "round {round}: {id}");
            assert!(flags >= 2, "round {round}: {id} has {flags} flags");
        }
        let verdict = audit::verify(conn, &keys, &[])?;
        assert!(matches!(verdict, audit::Verdict::Whole { .. }), "round {round}: {verdict:?}");
        Ok::<_, store::Error>(())
    })
    .unwrap();
}
