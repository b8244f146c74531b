//! The summary and the listing as people see them, and the files as they take them.

use afterwatch::domain::{Role, Scope};
use afterwatch::store::audit;
use axum::http::StatusCode;

use super::parse;
use super::small::{HOSTILE, small};

#[tokio::test]
async fn every_table_of_the_summary_says_who_answered() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    let page = officer.get("/summary").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let tables: Vec<&str> = page.html.split("<table>").skip(1).collect();
    assert!(tables.len() > 15, "{}", tables.len());
    for table in tables {
        let caption = table.split("</caption>").next().unwrap();
        let says = caption.contains("3/5") || caption.contains("2/3");
        assert!(says && caption.contains("nswered"), "{caption}");
    }
    // Fever at grade 3 in one of three patients, and below 20 no per cent.
    assert!(page.html.contains("1/3"), "{}", page.html);
    assert!(page.html.contains("too few to say"));
    assert!(!page.html.contains("33.3\u{a0}%"));
    assert!(page.html.contains("U03") && !page.html.contains("SEIZURE · "));
    assert!(page.html.contains("Infusions of one patient resemble one another"));
}

#[tokio::test]
async fn an_empty_period_says_what_to_do() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    for path in ["/summary?from=2027-01-01", "/line-listing?from=2027-01-01"] {
        let page = officer.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("Choose an earlier start"), "{}", page.html);
    }
}

#[tokio::test]
async fn a_wrong_filter_comes_back_as_typed_with_every_problem() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    for path in ["/summary", "/line-listing"] {
        let page = officer.get(&format!("{path}?from=%22%3Ex&to=2026-02-30&site=none")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.html.matches("Give a day such as").count(), 2, "{}", page.html);
        assert!(page.html.contains("Choose one from the list"));
        assert!(page.html.contains("value=\"2026-02-30\""));
        assert!(!page.html.contains("\"\">x"), "typed text stays text");
    }
}

#[tokio::test]
async fn both_pages_speak_both_languages_and_keep_the_filter() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    for (path, sentences) in [
        ("/summary", ["重度及以上（≥3级）", "发热"]),
        ("/line-listing", ["3（工作人员；推导为2)", "发热"]),
    ] {
        let page = officer.get(&format!("{path}?to=2026-03-31&lang=zh-CN")).await;
        for sentence in sentences {
            assert!(page.html.contains(sentence), "{path} {sentence}: {}", page.html);
        }
        let other = format!("{path}?lang=en&amp;to=2026-03-31");
        let other_escaped = format!("{path}?lang=en&#38;to=2026-03-31");
        assert!(page.html.contains(&other) || page.html.contains(&other_escaped), "{}", page.html);
    }
}

#[tokio::test]
async fn hostile_text_shows_as_text() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    let page = officer.get("/line-listing").await;
    assert!(!page.html.contains("<script>alert"), "{}", page.html);
    assert!(page.html.contains("alert(1)"));
}

#[tokio::test]
async fn rows_and_clinics_of_others_are_not_there() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    let foreign = [
        format!("/summary?site={}", small.b),
        format!("/line-listing?site={}", small.b),
        format!("/exports/line-listing.csv?site={}", small.b),
        "/exports/patients.csv".to_owned(),
        "/exports/audit.csv".to_owned(),
        "/line-listing?before=01890000-0000-7000-8000-000000000000".to_owned(),
    ];
    for path in foreign {
        assert_eq!(officer.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/summary", "/line-listing", "/exports/line-listing.csv"] {
        let page = officer.get(path).await;
        // Products are the installation's; patients, lots and clinics are not.
        for foreign in ["Clinic B", "L-B-1", ">B-1<", "B,B-1"] {
            assert!(!page.html.contains(foreign), "{path} {foreign}");
        }
    }
}

#[tokio::test]
async fn who_looked_at_the_rows_of_a_page_stands_in_the_trail() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    let looks = || {
        let scope = Scope::of([small.a, small.b]);
        small.app.read(move |conn| {
            let all = audit::list(conn, &scope, &audit::Filter::default(), 50)?;
            Ok::<_, afterwatch::store::Error>(
                all.into_iter()
                    .filter(|entry| entry.action == "listing.viewed")
                    .collect::<Vec<_>>(),
            )
        })
    };
    // Neither a wish that cannot be read nor a page without a row is a look at a patient.
    officer.get("/line-listing?from=soon").await;
    officer.get("/line-listing?from=2025-01-01&to=2025-01-02").await;
    assert!(looks().await.is_empty(), "{:#?}", looks().await);

    officer.get("/line-listing?to=2026-03-31").await;
    let entries = looks().await;
    let [entry] = &entries[..] else { panic!("{entries:#?}") };
    assert_eq!(entry.actor_id, Some(officer.id().to_string()));
    assert_eq!(entry.object_id, small.a.to_string());
    assert!(entry.detail.contains("\"rows\":3"), "{}", entry.detail);
    assert!(entry.detail.contains("\"to\":\"2026-03-31\""), "{}", entry.detail);
}

#[tokio::test]
async fn a_file_is_taken_with_a_name_of_ours_and_stands_in_the_trail() {
    let small = small().await;
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    let file = officer.get("/exports/line-listing.csv?bom=1&to=2026-03-31").await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.html);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    assert_eq!(
        file.header("content-disposition"),
        Some("attachment; filename=\"afterwatch-line-listing-2026-03-06.csv\"")
    );
    let text = file.html.strip_prefix('\u{feff}').expect("a byte order mark");
    let rows = parse(text);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[2]["reported_words"], format!("'{HOSTILE}"));
    let scope = Scope::of([small.a]);
    let entries =
        small.app.read(move |conn| audit::list(conn, &scope, &audit::Filter::default(), 10)).await;
    let begin = entries.iter().find(|entry| entry.action == "export.begin").unwrap();
    assert_eq!(begin.actor_id, Some(officer.id().to_string()));
    let end = entries.iter().find(|entry| entry.action == "export.end").unwrap();
    assert!(end.detail.contains("\"rows\":3") && end.detail.contains("\"whole\":true"));
    for file in ["summary", "infusions", "check-ins", "codebook"] {
        let taken = officer.get(&format!("/exports/{file}.csv")).await;
        assert!(!parse(&taken.html).is_empty(), "{file}");
    }
}

#[tokio::test]
async fn names_leave_only_with_those_who_may_see_them() {
    let small = small().await;
    let path = "/exports/line-listing.csv?identified=1";
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    assert_eq!(officer.get(path).await.status, StatusCode::FORBIDDEN);
    let physician = small.app.staff(Role::Physician, small.a).await;
    let file = physician.get(path).await;
    assert!(file.html.contains("Name of A-1"), "{}", file.html);
    let nurse = small.app.staff(Role::Nurse, small.a).await;
    assert_eq!(nurse.get("/exports/line-listing.csv").await.status, StatusCode::FORBIDDEN);
    let page = nurse.get("/summary").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("/exports/"), "no links to what is refused");
}

#[tokio::test]
async fn the_listing_goes_on_where_the_page_before_ended() {
    let small = small().await;
    let mut expected = vec!["A-3".to_owned(), "A-3".to_owned(), "A-1".to_owned()];
    for number in 0..60 {
        let code = format!("C-{number:02}");
        let infused = small.app.infused(small.a, &code).await;
        small.one_fever(infused).await;
        expected.insert(0, code);
    }
    let officer = small.app.staff(Role::SafetyOfficer, small.a).await;
    let (mut path, mut found) = ("/line-listing".to_owned(), Vec::new());
    loop {
        let page = officer.get(&path).await.html;
        for row in page.split("<th scope=\"row\">").skip(1) {
            let code = row.split("<bdi>").nth(1).unwrap().split("</bdi>").next().unwrap();
            found.push(code.to_owned());
        }
        let Some(link) = page.split("class=\"paging\"><a href=\"").nth(1) else { break };
        path = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(found, expected);
}
