//! Nothing that was answered is lost: back, another device, no connection; light pages.

use afterwatch::domain::{Language, Role};
use afterwatch::store::links;
use afterwatch::store::schema::{draft, patient};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::visitor::{Scene, Visitor, scene, scene_in, text_of};

/// A cough, told up to the page before the last.
async fn told_a_cough(visitor: &Visitor) -> String {
    visitor.goes("/p/report/first", &[("carer", "yes"), ("feeling", "some")]).await;
    let reading = [("temp.none", "yes"), ("feels_feverish", "skip"), ("antipyretic", "skip")];
    visitor.goes("/p/report/reading", &reading).await;
    let detail = visitor.goes("/p/report/choose", &[("symptom", "COUGH")]).await;
    let answers = [
        ("COUGH.sev", "2"),
        ("COUGH.adl", "1"),
        ("COUGH.before", "unsure"),
        ("COUGH.start", "evening"),
        ("COUGH.end", "still"),
    ];
    assert_eq!(visitor.goes(&detail, &answers).await, "/p/report/last");
    detail
}

#[tokio::test]
async fn going_back_loses_no_answer_and_changes_only_what_is_changed() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let visitor = scene.visitor().await;
    let detail = told_a_cough(&visitor).await;
    // Back to the beginning: it stands as it was left, and leads on past what is answered.
    let first = visitor.get("/p/report/first").await;
    assert!(first.html.contains("name=\"carer\" value=\"yes\" checked"), "{}", first.html);
    let next = visitor.goes("/p/report/first", &[("carer", "yes"), ("feeling", "some")]).await;
    assert_eq!(next, "/p/report/last");
    let page = visitor.get(&detail).await;
    for chosen in ["COUGH.sev\" value=\"2", "COUGH.start\" value=\"evening", "value=\"unsure"] {
        assert!(page.html.contains(&format!("{chosen}\" checked")), "{chosen}: {}", page.html);
    }
    visitor.goes("/p/report/last", &[]).await;
    visitor.send().await;
    let input: serde_json::Value = serde_json::from_str(&scene.reports().await[0].2).unwrap();
    let cough = &input["report"]["symptoms"]["COUGH"];
    assert_eq!((&cough["sev"], &cough["onset_h"]), (&2.into(), &10.into()), "{input}");
    assert!(cough.get("preexisting").is_none(), "who does not know is heard as if it were new");
}

#[tokio::test]
async fn a_named_time_shows_the_clock_time_that_it_is_taken_for() {
    for (language, about) in
        [(Language::En, "about 1 March 2026, 20:00"), (Language::ZhCn, "约 2026年3月1日 20:00")]
    {
        let scene = scene_in(language).await;
        scene.app.advance(SignedDuration::from_hours(24));
        let visitor = scene.visitor().await;
        let detail = told_a_cough(&visitor).await;
        assert!(text_of(&visitor.get(&detail).await.html).contains(about));
        visitor.goes("/p/report/last", &[]).await;
        let check = text_of(&visitor.get("/p/report/check").await.html);
        assert!(check.contains(about), "{check}");
    }
}

/// A second link of the same patient, as on a printed card.
async fn second_link(scene: &Scene) -> String {
    let (now, keys, given) = (scene.app.now(), scene.app.app.keys.clone(), scene.infused);
    scene
        .app
        .write(move |conn| {
            let until = now.plus_hours(24 * 30);
            let id = links::issue(conn, &keys, now, given.patient, given.infusion, until)?;
            Ok(keys.link_token(&links::find(conn, id)?.unwrap().nonce))
        })
        .await
}

#[tokio::test]
async fn a_report_goes_on_on_another_device_with_any_link_of_the_patient() {
    let mut scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let phone = scene.visitor().await;
    told_a_cough(&phone).await;
    let page = phone.get("/p/report/last").await;
    assert!(text_of(&page.html).contains("Your answers so far are kept"), "{}", page.html);
    scene.token = second_link(&scene).await;
    let tablet = scene.visitor().await;
    let home = text_of(&tablet.get("/p/report").await.html);
    assert!(home.contains("There is an unfinished report from"), "{home}");
    assert!(!home.contains("Cough"), "{home}");
    let wrong = tablet.fill_at("/p/report", "/p/report/resume", &[("year", "1962")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = tablet.fill_at("/p/report", "/p/report/resume", &[("year", "1961")]).await;
    assert_eq!(right.location(), Some("/p/report/check"));
    let next = tablet.get("/p/report/check").await;
    assert_eq!(next.location(), Some("/p/report/last"), "on with the first open page");
    tablet.goes("/p/report/last", &[]).await;
    let check = text_of(&tablet.get("/p/report/check").await.html);
    assert!(check.contains("Cough") && check.contains("Medium") || check.contains("Moderate"));
    tablet.send().await;
    assert_eq!(scene.reports().await.len(), 1);
    let drafts: i64 = scene.app.read(|conn| Ok(draft::table.count().get_result(conn)?)).await;
    assert_eq!(drafts, 1, "the same draft went on");
}

#[tokio::test]
async fn another_patients_link_does_not_find_the_unfinished_report() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    told_a_cough(&scene.visitor().await).await;
    let site =
        scene.app.read(|conn| Ok(patient::table.select(patient::site_id).first(conn)?)).await;
    let other = scene.app.infused(site, "OTHER-1").await;
    let (now, keys) = (scene.app.now(), scene.app.app.keys.clone());
    let token = scene
        .app
        .write(move |conn| {
            let until = now.plus_hours(24);
            let id = links::issue(conn, &keys, now, other.patient, other.infusion, until)?;
            Ok(keys.link_token(&links::find(conn, id)?.unwrap().nonce))
        })
        .await;
    let browser = scene.app.stranger();
    let answer = browser.post(&format!("/p/{token}/continue"), &[]).await;
    assert_eq!(answer.location(), Some("/p/report/first"), "nothing is waiting for them");
    let home = text_of(&browser.get("/p/report").await.html);
    assert!(!home.contains("unfinished"), "{home}");
}

#[tokio::test]
async fn words_of_any_language_stay_as_they_were_typed() {
    let words = "ཚ་བ་རྒྱས་སོང་། حمى شديدة — «жар» 🤒\nзаполнено 发烧 à l’aube";
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    visitor.goes("/p/report/last", &[("free_text", words)]).await;
    let check = visitor.get("/p/report/check").await;
    assert!(check.html.contains("<bdi dir=\"auto\">ཚ་བ་རྒྱས་སོང་།"), "{}", check.html);
    visitor.send().await;
    let input: serde_json::Value = serde_json::from_str(&scene.reports().await[0].2).unwrap();
    assert_eq!(input["report"]["free_text"], words);
}

#[tokio::test]
async fn sizes_are_asked_beside_a_drawing_of_things_that_everybody_knows() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "some")]).await;
    visitor.goes("/p/report/reading", &[("temp.none", "yes"), ("feels_feverish", "no")]).await;
    let detail = visitor.goes("/p/report/choose", &[("symptom", "SITE_REACTION")]).await;
    let page = visitor.get(&detail).await;
    assert_eq!(page.html.matches("src=\"/assets/sizes.svg\"").count(), 1);
    assert!(page.html.contains("alt=\"Drawn to one scale"), "{}", page.html);
    let drawing = visitor.get("/assets/sizes.svg").await;
    assert_eq!(drawing.header("content-type"), Some("image/svg+xml"));
    for forbidden in ["style", "<script", "href"] {
        assert!(!drawing.html.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn every_page_is_light_and_waits_for_nothing_but_one_style_sheet() {
    for language in [Language::En, Language::ZhCn] {
        let scene = scene_in(language).await;
        scene.app.advance(SignedDuration::from_hours(30));
        let visitor = scene.visitor().await;
        let door = visitor.get(&scene.door()).await;
        let mut pages = vec![("the door".to_owned(), door.html)];
        visitor.goes("/p/report/first", &[("feeling", "some")]).await;
        let hot = [("temp.value", "40.5"), ("temp.unit", "C"), ("temp.site", "oral")];
        visitor.fill("/p/report/reading", &hot).await;
        let chosen = [("symptom", "COUGH"), ("symptom", "SITE_REACTION"), ("symptom", "SEIZURE")];
        visitor.goes("/p/report/choose", &chosen).await;
        let mut steps = vec!["first", "reading", "since", "choose", "last", "now"];
        let details: Vec<String> = (1..=40).map(|at| format!("detail-{at}")).collect();
        steps.extend(details.iter().map(String::as_str));
        let mut seen = 0;
        for step in steps {
            let page = visitor.get(&format!("/p/report/{step}")).await;
            if page.status == StatusCode::OK {
                seen += 1;
                pages.push((step.to_owned(), page.html));
            }
        }
        assert_eq!(seen, 9, "six pages of the form and three of details");
        let well = scene.visitor().await;
        well.goes("/p/report/first", &[("feeling", "well")]).await;
        pages.push(("check".to_owned(), well.get("/p/report/check").await.html));
        pages.push(("done".to_owned(), well.send().await.html));
        pages.push(("home".to_owned(), well.get("/p/report").await.html));
        pages.push(("course".to_owned(), well.get("/p/report/course").await.html));
        for (name, html) in pages {
            let mut bytes = html.len();
            let mut named: Vec<&str> = Vec::new();
            for part in html.split("/assets/").skip(1) {
                let file = part.split('"').next().unwrap();
                if !named.contains(&file) {
                    named.push(file);
                    bytes += visitor.get(&format!("/assets/{file}")).await.html.len();
                }
            }
            assert!(bytes < 60_000, "{name}: {bytes} bytes");
            assert_eq!(html.matches("rel=\"stylesheet\"").count(), 1, "{name}");
            assert_eq!(html.matches("<script").count(), html.matches("\" defer></script>").count());
            for inline in ["<style", " style=", " onclick=", "@import", "http://", "https://"] {
                assert!(!html.contains(inline), "{name}: {inline}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_typed_is_kept_on_form_pages_and_forgotten_at_both_ends() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let visitor = scene.visitor().await;
    let script = "<script src=\"/assets/patient.js\" defer></script>";
    let door = visitor.get(&scene.door()).await;
    assert!(door.html.contains(script) && door.html.contains("data-forget"));
    for (path, fields) in
        [("/p/report/first", &[("feeling", "well")]), ("/p/report/last", &[("x", "")])]
    {
        let page = visitor.get(path).await;
        assert!(page.html.contains(script) && page.html.contains(" data-keep>"), "{path}");
        assert!(page.html.contains("id=\"offline\" role=\"alert\" hidden"), "{path}");
        assert!(page.html.contains("id=\"restored\" role=\"status\" hidden"), "{path}");
        assert!(!page.html.contains("data-forget"), "{path}");
        visitor.goes(path, fields).await;
    }
    let check = visitor.get("/p/report/check").await;
    assert!(check.html.contains(" data-keep>"), "{}", check.html);
    let done = visitor.send().await;
    assert!(done.html.contains(script) && done.html.contains("data-forget"));
    assert!(!done.html.contains("data-keep"));
    let file = visitor.get("/assets/patient.js").await;
    assert!(!file.html.contains("localStorage"), "nothing may outlive the tab");
    // A nurse's device is not the patient's.
    let site =
        scene.app.read(|conn| Ok(patient::table.select(patient::site_id).first(conn)?)).await;
    let nurse = scene.app.staff(Role::Nurse, site).await;
    let path = format!("/infusions/{}/report", scene.infused.infusion);
    let begun = nurse.post(&path, &[("source", "staff_phone")]).await;
    let first = nurse.get(begun.location().unwrap()).await;
    assert!(!first.html.contains("patient.js") && !first.html.contains("data-keep"));
}
