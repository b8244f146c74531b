//! What a link opens, and what it does not.

use afterwatch::store::schema::{
    audit, check_in, draft, link, outbox, patient, report, task, visit,
};
use axum::http::{Method, StatusCode};
use diesel::prelude::*;
use jiff::SignedDuration;

use super::visitor::{CODE, scene, text_of};
use crate::app::{Browser, TestApp};

#[tokio::test]
async fn opening_a_link_changes_nothing_however_often() {
    let scene = scene().await;
    let rows = |app: &TestApp| {
        app.app.db.read_blocking(|conn| {
            Ok::<_, afterwatch::store::Error>([
                visit::table.count().get_result::<i64>(conn)?,
                draft::table.count().get_result(conn)?,
                report::table.count().get_result(conn)?,
                task::table.count().get_result(conn)?,
                outbox::table.count().get_result(conn)?,
                audit::table.count().get_result(conn)?,
                check_in::table.count().get_result(conn)?,
            ])
        })
    };
    let before = rows(&scene.app).unwrap();
    let scanner = scene.app.stranger();
    for _ in 0..50 {
        assert_eq!(scanner.get(&scene.door()).await.status, StatusCode::OK);
        let head = Browser::request(Method::HEAD, &scene.door());
        let head = scanner.send(head.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(head.status, StatusCode::OK);
    }
    assert_eq!(rows(&scene.app).unwrap(), before);
    // And a person can still report.
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    visitor.send().await;
    assert_eq!(scene.reports().await.len(), 1);
}

#[tokio::test]
async fn a_dead_link_of_any_kind_answers_alike_and_shows_the_numbers() {
    let scene = scene().await;
    let stranger = scene.app.stranger();
    let unknown = format!("/p/{}", "A".repeat(43));
    let long = format!("/p/{}", "x".repeat(3000));
    for path in [unknown.as_str(), "/p/x", "/p/%00", "/p/%F0%9F", &long] {
        let page = stranger.get(path).await;
        assert!(page.html.contains("tel:"), "{path}: {} {}", page.status, page.html);
        assert!(page.html.contains("120"), "{path}");
        assert!(page.status.is_client_error(), "{path}");
    }
    let unknown = stranger.get(&unknown).await;
    let (id, now) = (scene.link, scene.app.now());
    scene
        .app
        .write(move |conn| {
            diesel::update(link::table.filter(link::id.eq(id)))
                .set(link::revoked_at.eq(now))
                .execute(conn)?;
            Ok(())
        })
        .await;
    let revoked = stranger.get(&scene.door()).await;
    assert_eq!(revoked.status, unknown.status);
    assert!(revoked.html.contains("tel:120") && revoked.html.contains("tel:+862155550100"));
    let post = stranger.post(&format!("{}/continue", scene.door()), &[]).await;
    assert_eq!(post.status, unknown.status);
    scene
        .app
        .write(move |conn| {
            diesel::update(link::table)
                .set((link::revoked_at.eq(None::<String>), link::expires_at.eq(now)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    let expired = stranger.get(&scene.door()).await;
    assert_eq!(expired.status, unknown.status);
    assert_eq!(text_of(&expired.html), text_of(&revoked.html));
}

#[tokio::test]
async fn nothing_personal_is_reachable_with_the_link_alone() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(26));
    // Somebody answered earlier and did not finish; somebody sent a report.
    let earlier = scene.visitor().await;
    earlier.goes("/p/report/first", &[("feeling", "well")]).await;
    earlier.send().await;
    earlier.goes("/p/report/first", &[("feeling", "some")]).await;
    let typed =
        [("temp.value", "37.77"), ("temp.unit", "C"), ("temp.site", "oral"), ("antipyretic", "no")];
    earlier.goes("/p/report/reading", &typed).await;
    let stranger = scene.visitor().await;
    let mut pages = vec![scene.door()];
    for slug in ["", "/first", "/reading", "/choose", "/last", "/check", "/now", "/since"] {
        pages.push(format!("/p/report{slug}"));
    }
    for path in pages {
        let page = stranger.get(&path).await;
        for canary in [CODE, "Name of", "patient.example", "139 0000", "1961", "37.77"] {
            assert!(!page.html.contains(canary), "{path} shows {canary}");
        }
    }
    // The unfinished answers are for who knows the birth year.
    let home = stranger.get("/p/report").await;
    assert!(text_of(&home.html).contains("unfinished report"), "{}", text_of(&home.html));
    let wrong = stranger.post_from(&home, "/p/report/resume", &[("year", "1950")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = stranger.post_from(&home, "/p/report/resume", &[("year", "1961")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    assert!(stranger.get("/p/report/reading").await.html.contains("37.77"));
}

#[tokio::test]
async fn mails_can_be_stopped_and_reporting_stays_possible() {
    let scene = scene().await;
    let stranger = scene.app.stranger();
    // Mail scanners open every address: looking stops nothing.
    let page = stranger.get(&format!("{}/stop", scene.door())).await;
    assert_eq!(page.status, StatusCode::OK);
    let untouched: Option<afterwatch::domain::Timestamp> = scene
        .app
        .read(|conn| Ok(patient::table.select(patient::prompts_stopped_at).first(conn)?))
        .await;
    assert_eq!(untouched, None);
    let page = stranger.post(&format!("{}/stop", scene.door()), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let stopped: Option<afterwatch::domain::Timestamp> = scene
        .app
        .read(|conn| Ok(patient::table.select(patient::prompts_stopped_at).first(conn)?))
        .await;
    assert_eq!(stopped, Some(scene.app.now()));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    visitor.send().await;
    // Stopping told a nurse, and so does "this is not me", once.
    for _ in 0..2 {
        stranger.post(&format!("{}/not-me", scene.door()), &[]).await;
    }
    let tasks: Vec<String> = scene
        .app
        .read(|conn| Ok(task::table.order(task::number).select(task::kind).load(conn)?))
        .await;
    assert_eq!(tasks, ["prompts_stopped", "not_this_person"]);
}

#[tokio::test]
async fn a_visit_that_is_over_says_so_and_gives_the_words_back() {
    let scene = scene().await;
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    let last = visitor.get("/p/report/last").await;
    scene.app.advance(SignedDuration::from_hours(3));
    let page = visitor.post_from(&last, "/p/report/last", &[("free_text", "my <b>words")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let text = text_of(&page.html);
    assert!(
        text.contains("NOT saved") && page.html.contains("my &#60;b&#62;words")
            || page.html.contains("my &lt;b&gt;words"),
        "{text}"
    );
    assert!(page.html.contains("tel:"));
}
