//! Files: looked at first, taken in whole or not at all.

use afterwatch::domain::{Role, SiteId};
use afterwatch::store::schema::{audit, check_in, consent, course, infusion, lot, patient};
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::{Answer, Browser, TestApp};

const PATIENTS: &str = "code,name,email,phone,birth_year,sex,language,consent_version,consent_on\n\
    A-1,测试甲,person@example.com,+86 138 0013 8000,1961,female,zh-CN,2.1,2026-02-01\n\
    A-2,\"One, Invented\",one@example.com,,1955,male,en,,\n";
const LOTS: &str = "number,product,source,patient,released_on,sterility,mycoplasma,endotoxin,state\n\
    L-1,NK,own,A-1,2026-02-05,negative,negative,pass,released\n\
    L-2,NK,own,A-2,2026-02-05,pending,pending,pending,released\n";
const INFUSIONS: &str = "patient,phase,lot,date,start_time,end_time,route\n\
    A-1,first,L-1,2026-02-20,09:00,09:45,intravenous\n\
    A-1,first,L-1,2026-02-06,09:00,09:45,intravenous\n\
    A-2,first,L-2,2026-02-07,10:00,,intravenous\n";

async fn counts(app: &TestApp) -> [i64; 7] {
    app.read(|conn| {
        Ok([
            patient::table.count().get_result(conn)?,
            consent::table.count().get_result(conn)?,
            lot::table.count().get_result(conn)?,
            course::table.count().get_result(conn)?,
            infusion::table.count().get_result(conn)?,
            check_in::table.count().get_result(conn)?,
            audit::table.count().get_result(conn)?,
        ])
    })
    .await
}

async fn check(browser: &Browser, site: SiteId, kind: &str, lang: &str, file: &[u8]) -> Answer {
    let site = site.to_string();
    let fields = [("kind", kind), ("site", site.as_str())];
    let path = format!("/import?lang={lang}");
    browser.post_multipart(&path, &fields, ("file", "file.csv", file)).await
}

/// Presses the button of a preview.
async fn confirm(
    browser: &Browser,
    site: SiteId,
    kind: &str,
    preview: &Answer,
    text: &str,
) -> Answer {
    let at = preview.html.find("name=\"digest\" value=\"").expect("a button") + 21;
    let (site, digest) = (site.to_string(), &preview.html[at..at + 64]);
    let fields = [
        ("kind", kind),
        ("site", site.as_str()),
        ("digest", digest),
        ("file_name", "file.csv"),
        // A browser sends line ends as CR LF.
        ("text", &text.replace('\n', "\r\n")),
    ];
    browser.post_multipart("/import/confirm", &fields, ("unused", "", b"")).await
}

async fn take_in(browser: &Browser, site: SiteId, kind: &str, text: &str) {
    let preview = check(browser, site, kind, "en", text.as_bytes()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.html);
    let done = confirm(browser, site, kind, &preview, text).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    assert!(done.html.contains("Taken in"), "{}", done.html);
}

#[tokio::test]
async fn patients_lots_and_infusions_are_taken_in_after_a_preview_that_changes_nothing() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.product("NK").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    for lang in ["zh-CN", "en"] {
        let page = coordinator.get(&format!("/import?lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("viability_percent"), "the columns are explained");
    }
    let before = counts(&app).await;
    let with_mark = format!("\u{FEFF}{PATIENTS}");
    let preview = check(&coordinator, site, "patients", "zh-CN", with_mark.as_bytes()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.html);
    assert!(preview.html.contains("2 行"), "{}", preview.html);
    assert_eq!(counts(&app).await, before, "looking changes nothing");

    take_in(&coordinator, site, "patients", PATIENTS).await;
    take_in(&coordinator, site, "lots", LOTS).await;
    take_in(&coordinator, site, "infusions", INFUSIONS).await;
    let after = counts(&app).await;
    assert_eq!(after[..5], [2, 1, 2, 2, 3]);
    assert!(after[5] > 10, "check-ins are planned");
    let numbers: Vec<(String, i32)> = app
        .read(|conn| {
            Ok(infusion::table
                .inner_join(patient::table)
                .filter(patient::code.eq("A-1"))
                .select((infusion::t0, infusion::number_in_course))
                .order(infusion::t0)
                .load(conn)?)
        })
        .await;
    let found: Vec<i32> = numbers.iter().map(|(_, number)| *number).collect();
    assert_eq!(found, [1, 2], "numbers follow time, not the rows: {numbers:?}");
    let imports: i64 = app
        .read(|conn| {
            Ok(audit::table.filter(audit::action.eq("import.done")).count().get_result(conn)?)
        })
        .await;
    assert_eq!(imports, 3);
}

#[tokio::test]
async fn every_bad_row_is_named_with_line_column_and_reason_and_nothing_changes() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.patient(site, "A-9").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    let before = counts(&app).await;
    let file = "code,name,email,birth_year,sex,language\n\
        A-1,Invented One,one@example.com,1955,male,en\n\
        A-9,Test Person,nobody,1961,female,en\n\
        a-1,Zhao,zhao@example.com,61,woman,fr\n\
        A-3,Too many,x@example.com,1970,male,en,more\n\
        ,,,,,\n\
        A-4,Good,good@example.com,1970,male,en\n";
    for (lang, sentences) in [
        (
            "en",
            vec![
                "7 problems in 3 rows",
                "This is in the registry already.",
                "This is not an e-mail address.",
                "This is in line 2 of the file already.",
                "From 1900 to 2026.",
                "One of: female, male, other, unknown.",
                "One of: en, zh-CN.",
                "The row has 7 cells, the header 6.",
            ],
        ),
        (
            "zh-CN",
            vec![
                "3 行中有 7 处问题",
                "登记库中已有此项",
                "与文件第 2 行重复",
                "本行有 7 个单元格",
                "未导入任何内容",
            ],
        ),
    ] {
        let page = check(&coordinator, site, "patients", lang, file.as_bytes()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in sentences {
            assert!(page.html.contains(sentence), "{sentence} in {}", page.html);
        }
        assert!(page.html.contains("<code>birth_year</code>"), "the column by its name");
        assert!(!page.html.contains("/import/confirm"), "there is nothing to press");
    }
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    let before = counts(&app).await;
    let cases: [(&[u8], &str); 7] = [
        (b"", "The file is empty."),
        (b"code,name\n\xCD\xF5\xC3\xF4,x\n", "GBK"),
        (b"\xFF\xFEc\0o\0", "UTF-16"),
        (b"PK\x03\x04", "workbook"),
        (b"code,nickname\nA,B\n", "“nickname” is not known"),
        (b"code,nickname\nA,B\n", "“birth_year” is missing"),
        (b"code,name,email,birth_year,sex,language\n", "no rows below the header"),
    ];
    for (file, sentence) in cases {
        let page = check(&coordinator, site, "patients", "en", file).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        assert!(page.html.contains(sentence), "{sentence} in {}", page.html);
    }
    let none = coordinator.post_multipart("/import", &[], ("file", "", b"")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in ["Say what the file holds", "Choose a clinic", "Choose a file"] {
        assert!(none.html.contains(sentence), "{sentence}");
    }
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn a_plan_that_is_no_longer_true_is_shown_again_and_not_carried_out() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    let preview = check(&coordinator, site, "patients", "en", PATIENTS.as_bytes()).await;
    // Meanwhile somebody enrols one of them by hand.
    app.patient(site, "A-2").await;
    let before = counts(&app).await;
    let told = confirm(&coordinator, site, "patients", &preview, PATIENTS).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.html.contains("changed since the preview"), "{}", told.html);
    assert!(told.html.contains("in the registry already"));
    assert_eq!(counts(&app).await, before, "not even the good row");
}

#[tokio::test]
async fn a_lot_of_somebody_else_stops_a_file_of_infusions() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.product("NK").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    take_in(&coordinator, site, "patients", PATIENTS).await;
    take_in(&coordinator, site, "lots", LOTS).await;
    let before = counts(&app).await;
    let file = "patient,phase,lot,date,start_time,end_time,route\n\
        A-1,first,L-1,2026-02-06,09:00,09:45,intravenous\n\
        A-1,first,L-2,2026-02-20,09:00,09:45,intravenous\n\
        A-7,second,L-9,2026-02-31,9:00,08:00,mouth\n\
        A-1,first,L-1,2026-02-06,09:00,09:45,intravenous\n";
    let page = check(&coordinator, site, "infusions", "en", file.as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in [
        "made of another patient",
        "not in the registry of the clinic",
        "One of: first, consolidation, prevention.",
        "A date such as 2026-03-01",
        "One of: intravenous",
        "in line 2 of the file already",
    ] {
        assert!(page.html.contains(sentence), "{sentence} in {}", page.html);
    }
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn files_are_for_coordinators_of_the_clinic() {
    let app = TestApp::new();
    let (a, b) = (app.site("A").await, app.site("B").await);
    let nurse = app.staff(Role::Nurse, a).await;
    assert_eq!(nurse.get("/import").await.status, StatusCode::FORBIDDEN);
    let coordinator = app.staff(Role::Coordinator, a).await;
    let page = check(&coordinator, b, "patients", "en", PATIENTS.as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Choose a clinic"), "{}", page.html);
    let example = coordinator.get("/import/examples/lots").await;
    assert_eq!(example.status, StatusCode::OK);
    assert!(example.html.starts_with("\u{FEFF}number,product,source"));
    assert!(example.header("content-disposition").unwrap().contains("lots.csv"));
    assert_eq!(coordinator.get("/import/examples/secrets").await.status, StatusCode::NOT_FOUND);
}

/// Runs the command on a registry with one clinic; the answer and how many patients there are.
async fn command(dir: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_afterwatch"))
        .arg("import")
        .args(arguments)
        .arg("--data")
        .arg(dir)
        .output()
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn the_command_takes_in_a_file_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("afterwatch.key");
    let keys = afterwatch::secrets::Keys::load_or_create(&key).unwrap();
    let (db, _) = afterwatch::store::Db::open(&dir.path().join("afterwatch.db"), &keys).unwrap();
    let form = afterwatch::registry::site::SiteForm {
        code: "A".to_owned(),
        name: "Clinic A".to_owned(),
        mail_name: "Centre A".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        language: "zh-CN".to_owned(),
        phone: "+86 21 5555 0100".to_owned(),
        emergency_number: "120".to_owned(),
        thermometer: "axillary".to_owned(),
        ctcae_version: "5.0".to_owned(),
        state: "active".to_owned(),
        ..Default::default()
    };
    let now = crate::app::START.parse().unwrap();
    db.write(move |conn| {
        let facts = form.read(conn, None)?;
        let actor = afterwatch::domain::Actor::Operator;
        afterwatch::registry::site::add_site(conn, now, &actor, facts)
    })
    .await
    .unwrap();
    let patients = || {
        db.read_blocking(|conn| {
            Ok::<i64, afterwatch::store::Error>(patient::table.count().get_result(conn)?)
        })
        .unwrap()
    };
    let (good, bad) = (dir.path().join("good.csv"), dir.path().join("bad.csv"));
    std::fs::write(&good, PATIENTS).unwrap();
    std::fs::write(&bad, PATIENTS.replace("person@example.com", "nobody")).unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());

    let (code, said) = command(dir.path(), &["patients", bad]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Line 2, E-mail address: This is not an e-mail address."), "{said}");
    assert!(said.contains("Nothing was taken in"), "{said}");
    let (code, said) = command(dir.path(), &["patients", good, "--dry-run"]).await;
    assert_eq!((code, patients()), (Some(0), 0), "{said}");
    assert!(said.contains("2 rows. Nothing stands against it."), "{said}");
    let (code, said) = command(dir.path(), &["patients", good, "--site", "B"]).await;
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = command(dir.path(), &["patients", "nowhere.csv"]).await;
    assert_eq!(code, Some(2), "{said}");
    let (code, said) =
        command(dir.path(), &["patients", good, "--site", "a", "--language", "zh-CN"]).await;
    assert_eq!((code, patients()), (Some(0), 2), "{said}");
    assert!(said.contains("导入完成"), "{said}");
    let (code, said) = command(dir.path(), &["patients", good]).await;
    assert_eq!((code, patients()), (Some(1), 2), "the same again is refused: {said}");
}
