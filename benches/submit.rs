//! Durable submissions per second through HTTP, beside the raw limit of SQLite with the same
//! rows on the same disk in the same run. `cargo bench` prints both and their ratio.
//!
//! Absolute figures move with the disk and the machine; compare ratios only.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// Submitters at one time.
const USERS: usize = 32;
/// How long each side is measured.
const SPAN: Duration = Duration::from_secs(5);
/// Pieces of work that share a commit in the raw limit.
const BATCH: usize = 64;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let submitted = through_http(&data).await?;
    let raw = raw_limit(&data.join("afterwatch.db"))?;
    println!("through HTTP, {USERS} users: {submitted:.0} reports/s");
    println!("raw SQLite, {BATCH} a commit:  {raw:.0} reports/s");
    println!("ratio: {:.2}", submitted / raw);
    Ok(())
}

/// Reports per second that were acknowledged.
async fn through_http(data: &std::path::Path) -> Result<f64, Failure> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_afterwatch"))
        .args(["demo", "--json", "--listen", "127.0.0.1:0", "--patients", "400", "--data"])
        .arg(data)
        .env_remove("AFTERWATCH_SMTP_URL")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let line = BufReader::new(output).lines().next_line().await?.ok_or("no line")?;
    let ready: Value = serde_json::from_str(&line)?;
    let base = ready["base_url"].as_str().ok_or("no address")?.to_owned();
    let token = ready["api_token"].as_str().ok_or("no key")?.to_owned();
    let client = reqwest::Client::new();
    let infusions = infusions(&client, &base, &token).await?;
    let begun = Instant::now();
    let mut users = tokio::task::JoinSet::new();
    for user in 0..USERS {
        let (client, base, token) = (client.clone(), base.clone(), token.clone());
        // Each user goes through infusions of their own: nobody reports a hundred times a day.
        let own: Vec<String> = infusions.iter().skip(user).step_by(USERS).cloned().collect();
        users.spawn(async move {
            let mut acknowledged = 0_u32;
            for infusion in own.iter().cycle() {
                if begun.elapsed() >= SPAN {
                    break;
                }
                let answer = client
                    .post(format!("{base}/api/v1/reports"))
                    .bearer_auth(&token)
                    .json(&json!({"infusion_id": infusion, "report": report()}))
                    .send()
                    .await?
                    .error_for_status()?;
                answer.bytes().await?;
                acknowledged += 1;
            }
            Ok::<_, reqwest::Error>(acknowledged)
        });
    }
    let mut acknowledged = 0;
    while let Some(user) = users.join_next().await {
        acknowledged += user??;
    }
    let rate = f64::from(acknowledged) / begun.elapsed().as_secs_f64();
    child.kill().await?;
    Ok(rate)
}

/// The registry's infusions, page by page.
async fn infusions(
    client: &reqwest::Client,
    base: &str,
    token: &str,
) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let mut address = format!("{base}/api/v1/infusions?limit=200");
        if let Some(after) = &next {
            write!(address, "&after={after}")?;
        }
        let page: Value = client.get(address).bearer_auth(token).send().await?.json().await?;
        let items = page["items"].as_array().ok_or("no infusions")?;
        all.extend(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(after) => next = Some(after.to_owned()),
            None => return Ok(all),
        }
    }
}

fn report() -> Value {
    json!({
        "temp": {"value": 39.5, "unit": "C", "site": "oral", "onset_h": 3, "duration_h": 2},
        "symptoms": {"CHILLS": {"shaking": 2, "onset_h": 3, "duration_h": 2}},
    })
}

/// What SQLite does with copies of the last report's rows, in the same file.
fn raw_limit(path: &std::path::Path) -> Result<f64, Failure> {
    let mut conn = SqliteConnection::establish(path.to_str().ok_or("path")?)?;
    conn.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;
         CREATE TEMP TABLE model AS SELECT id FROM main.report ORDER BY received_at DESC LIMIT 1;",
    )?;
    let begun = Instant::now();
    let mut written = 0_u32;
    while begun.elapsed() < SPAN {
        conn.immediate_transaction(|conn| {
            for _ in 0..BATCH {
                conn.transaction(copy_rows)?;
                written += 1;
            }
            Ok::<_, diesel::result::Error>(())
        })?;
    }
    Ok(f64::from(written) / begun.elapsed().as_secs_f64())
}

/// The rows of one submission under new ids: report, symptoms, flags, history, audit.
fn copy_rows(conn: &mut SqliteConnection) -> QueryResult<()> {
    let id = uuid::Uuid::now_v7().to_string();
    for statement in [
        "INSERT INTO report SELECT ?1, ?1, site_id, patient_id, infusion_id, NULL, NULL, NULL,
           source, mode, staff_id, language, received_at, hours_since_infusion, input, free_text,
           temp_adj_c, level, evaluation, rule_set, rule_set_version, ctcae_version, task_id,
           recorded_at FROM report WHERE id = (SELECT id FROM model)",
        "INSERT INTO report_symptom (report_id, code, infusion_id, grade, ctcae_version, onset_h,
           duration_h, resolved_h_ago, in_expected_window, preexisting, answers)
         SELECT ?1, code, infusion_id, grade, ctcae_version, onset_h, duration_h, resolved_h_ago,
           in_expected_window, preexisting, answers
         FROM report_symptom WHERE report_id = (SELECT id FROM model)",
        "INSERT INTO flag (id, task_id, report_id, rule, rule_set, rule_set_version, level,
           historic, because, raised_at)
         SELECT lower(hex(randomblob(16))), task_id, ?1, rule, rule_set, rule_set_version, level,
           historic, because, raised_at
         FROM flag WHERE report_id = (SELECT id FROM model)",
        "INSERT INTO task_event (id, task_id, at, kind, report_id)
         SELECT ?1, task_id, received_at, 'report_attached', ?1
         FROM report WHERE id = (SELECT id FROM model)",
        "INSERT INTO audit SELECT max(seq) + 1, at, actor_kind, actor_id, actor_name, site_id,
           action, object_kind, ?1, detail, format, prev_hash, hash FROM audit",
    ] {
        diesel::sql_query(statement).bind::<Text, _>(&id).execute(conn)?;
    }
    Ok(())
}
