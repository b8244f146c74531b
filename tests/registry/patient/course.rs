//! The curve of one's own symptoms: for who knows the year of birth, and for nobody else.

use afterwatch::domain::Language;
use axum::http::StatusCode;
use jiff::SignedDuration;

use super::visitor::{Visitor, scene, scene_in, text_of};

const COURSE: &str = "/p/report/course";

/// Sends a report of chills with a temperature.
async fn shivers(visitor: &Visitor, temperature: &str, shaking: &str) -> String {
    visitor.goes("/p/report/first", &[("feeling", "some")]).await;
    let reading = [
        ("temp.value", temperature),
        ("temp.unit", "C"),
        ("temp.site", "oral"),
        ("feels_feverish", "no"),
        ("antipyretic", "no"),
    ];
    visitor.goes("/p/report/reading", &reading).await;
    let detail = visitor.goes("/p/report/choose", &[("symptom", "CHILLS")]).await;
    let answers = [
        ("CHILLS.shaking", shaking),
        ("CHILLS.before", "no"),
        ("CHILLS.start", "clinic"),
        ("CHILLS.end", "still"),
    ];
    visitor.goes(&detail, &answers).await;
    visitor.goes("/p/report/last", &[]).await;
    visitor.send().await.html
}

#[tokio::test]
async fn earlier_answers_are_drawn_only_for_who_knows_the_year_of_birth() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let first = scene.visitor().await;
    let done = shivers(&first, "37.4", "1").await;
    assert!(done.contains("href=\"/p/report/course\""), "{done}");
    scene.app.advance(SignedDuration::from_hours(24));
    let second = scene.visitor().await;
    second.goes("/p/report/first", &[("feeling", "well")]).await;
    second.send().await;
    let asked = second.get(COURSE).await;
    let text = text_of(&asked.html);
    assert!(text.contains("year of birth") && !text.contains("37.4"), "{text}");
    assert!(!asked.html.contains("<svg") && !text.contains("Chills"), "{text}");
    let wrong = second.post_from(&asked, COURSE, &[("year", "1960")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("aria-invalid=\"true\"") && !wrong.html.contains("37.4"));
    let right = second.post_from(&asked, COURSE, &[("year", "1961")]).await;
    assert_eq!(right.location(), Some(COURSE));
    let page = second.get(COURSE).await;
    let text = text_of(&page.html);
    assert!(text.contains("2 days with reports. The highest temperature was 37.4 °C"), "{text}");
    assert!(text.contains("2 March 202637.4 °CmildChills"), "{text}");
    assert!(text.contains("3 March 2026not measurednonenothing"), "{text}");
    assert!(page.html.contains("role=\"img\" aria-labelledby=\"curve-title curve-what\""));
    assert!(page.html.contains("class=\"bar-1\"") && page.html.contains("class=\"limit\""));
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_corrected_report_counts_as_corrected_on_the_day_it_was_first_sent() {
    let scene = scene_in(Language::ZhCn).await;
    scene.app.advance(SignedDuration::from_hours(12));
    let visitor = scene.visitor().await;
    let done = shivers(&visitor, "37.4", "2").await;
    scene.app.advance(SignedDuration::from_mins(100));
    let correct = done.split("action=\"").skip(1).find_map(|rest| {
        let path = rest.split('"').next()?;
        path.ends_with("/correct").then(|| path.to_owned())
    });
    let page = visitor.get(&correct.unwrap().replace("/correct", "")).await;
    let path = page.html.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    visitor.post_from(&page, &path, &[]).await;
    let reading = [
        ("temp.value", "37.8"),
        ("temp.unit", "C"),
        ("temp.site", "oral"),
        ("feels_feverish", "no"),
        ("antipyretic", "no"),
    ];
    visitor.goes("/p/report/reading", &reading).await;
    visitor.send().await;
    let asked = visitor.get(COURSE).await;
    visitor.post_from(&asked, COURSE, &[("year", "1961")]).await;
    let text = text_of(&visitor.get(COURSE).await.html);
    assert!(text.contains("共 1 天有报告。最高体温 37.8℃；最重时的程度：中。"), "{text}");
    assert!(!text.contains("37.4"), "{text}");
}

#[tokio::test]
async fn without_a_visit_there_is_no_course() {
    let scene = scene().await;
    let answer = scene.app.stranger().get(COURSE).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = scene.app.stranger().post(COURSE, &[("year", "1961")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
