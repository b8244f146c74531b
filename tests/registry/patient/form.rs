//! The form: two taps when well, advice at once when in danger, nothing lost.

use afterwatch::domain::registry::ReportSource;
use afterwatch::domain::{Actor, Language, Level, Role};
use afterwatch::follow_up;
use afterwatch::store::schema::{infusion, patient, report, task};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::visitor::{scene, scene_in, text_of};

#[tokio::test]
async fn who_is_well_is_done_in_two_taps() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(24));
    let visitor = scene.visitor().await;
    let first = visitor.get("/p/report/first").await;
    assert!(first.html.contains("<button class=\"secondary\" name=\"feeling\" value=\"well\">"));
    // Tap one.
    let next = visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    assert_eq!(next, "/p/report/check");
    // Tap two.
    let done = visitor.send().await;
    assert_eq!(done.status, StatusCode::OK);
    let text = text_of(&done.html);
    assert!(text.contains("Thank you, nothing to follow up."), "{text}");
    let reports = scene.reports().await;
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].0, reports[0].1), (Level::None, ReportSource::Patient));
}

#[tokio::test]
async fn the_result_names_one_time_for_the_next_question_and_not_in_the_night() {
    let scene = scene().await;
    let (now, keys, id) = (scene.app.now(), scene.app.app.keys.clone(), scene.infused.infusion);
    scene
        .app
        .write(move |conn| {
            // Infusions that end at half past two in the night are asked about when no mail goes.
            let night: afterwatch::domain::Timestamp = "2026-02-28T18:30:00.000Z".parse().unwrap();
            diesel::update(infusion::table)
                .set((
                    infusion::started_at.eq(night),
                    infusion::ended_at.eq(night),
                    infusion::t0.eq(night),
                ))
                .execute(conn)?;
            follow_up::infusion_recorded(conn, &keys, now, &Actor::System, id).unwrap();
            Ok(())
        })
        .await;
    scene.app.advance(SignedDuration::from_hours(12));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    let text = text_of(&visitor.send().await.html);
    assert!(!text.contains("02:30"), "{text}");
    let (_, after) = text.split_once("Next check-in: ").expect("advice with a time");
    let (time, _) = after.split_once('.').unwrap();
    assert!(text.contains(&format!("We ask again{time}")), "{time}: {text}");
}

#[tokio::test]
async fn a_fever_of_39_5_in_the_armpit_with_shaking_gets_its_advice_in_chinese() {
    let scene = scene_in(Language::ZhCn).await;
    scene.app.advance(SignedDuration::from_hours(12));
    let visitor = scene.visitor().await;
    assert!(visitor.get("/p/report/first").await.html.contains("lang=\"zh-CN\""));
    let next = visitor.goes("/p/report/first", &[("feeling", "unwell")]).await;
    assert_eq!(next, "/p/report/reading");
    // The clinic measures in the armpit: it is chosen beforehand.
    let page = visitor.get("/p/report/reading").await.html;
    assert!(page.contains("value=\"axillary\" checked"), "{page}");
    let next = visitor
        .goes(
            "/p/report/reading",
            &[
                ("temp.value", "39,5"),
                ("temp.unit", "C"),
                ("temp.site", "axillary"),
                ("antipyretic", "no"),
            ],
        )
        .await;
    assert_eq!(next, "/p/report/since");
    let next =
        visitor.goes("/p/report/since", &[("temp.start", "hours"), ("temp.end", "still")]).await;
    assert_eq!(next, "/p/report/choose");
    let next = visitor.goes("/p/report/choose", &[("symptom", "CHILLS")]).await;
    assert!(next.starts_with("/p/report/detail-"), "{next}");
    let next = visitor
        .goes(
            &next,
            &[
                ("CHILLS.shaking", "2"),
                ("CHILLS.before", "no"),
                ("CHILLS.start", "hours"),
                ("CHILLS.end", "still"),
            ],
        )
        .await;
    assert_eq!(next, "/p/report/last");
    let next = visitor.goes("/p/report/last", &[]).await;
    assert_eq!(next, "/p/report/check");
    let done = visitor.send().await;
    let text = text_of(&done.html);
    assert!(text.contains("护士或医生将在2小时内给您打电话"), "{text}");
    assert!(text.contains("发热伴剧烈寒战或感染迹象"), "{text}");
    assert!(text.contains("体温超过39℃"), "{text}");
    assert_eq!(scene.reports().await[0].0, Level::Urgent);
    assert_eq!(scene.flags().await, ["S04", "U01", "U02", "U11"]);
    let input: serde_json::Value = serde_json::from_str(&scene.reports().await[0].2).unwrap();
    assert_eq!(input["report"]["temp"]["onset_h"], 3);
    assert_eq!(input["report"]["temp"]["duration_h"], 9);
}

#[tokio::test]
async fn a_danger_sign_shows_advice_at_once_and_raises_its_flag_without_being_sent() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(5));
    let visitor = scene.visitor().await;
    let next = visitor
        .goes(
            "/p/report/first",
            &[("danger", "chest"), ("danger", "throat"), ("feeling", "danger")],
        )
        .await;
    assert_eq!(next, "/p/report/now");
    let page = visitor.get(&next).await;
    let text = text_of(&page.html);
    assert!(text.contains("Call 120 now"), "{text}");
    assert!(page.html.contains("href=\"tel:120\""));
    assert!(text.contains("Have you called for help?"));
    assert_eq!(scene.flags().await, ["E02", "E04"]);
    assert!(scene.reports().await.is_empty());
    // The report that follows updates the flags and adds no second task.
    let next = visitor.goes("/p/report/now", &[("called", "yes")]).await;
    assert_eq!(next, "/p/report/reading");
    let none = [("temp.none", "yes"), ("feels_feverish", "no")];
    assert_eq!(visitor.goes("/p/report/reading", &none).await, "/p/report/choose");
    let detail = visitor.goes("/p/report/choose", &[("symptom", "CHEST_PAIN")]).await;
    let answers = [
        ("CHEST_PAIN.sev", "1"),
        ("CHEST_PAIN.adl", "0"),
        ("CHEST_PAIN.before", "no"),
        ("CHEST_PAIN.start", "recent"),
        ("CHEST_PAIN.end", "still"),
    ];
    assert_eq!(visitor.goes(&detail, &answers).await, "/p/report/last");
    visitor.goes("/p/report/last", &[]).await;
    let done = visitor.send().await;
    assert!(text_of(&done.html).contains("Chest pain must be checked at once."));
    assert_eq!(scene.flags().await, ["E02", "E04"]);
    let tasks: i64 = scene.app.read(|conn| Ok(task::table.count().get_result(conn)?)).await;
    assert_eq!(tasks, 1);
}

#[tokio::test]
async fn a_tick_counts_even_beside_the_button_for_none() {
    let scene = scene().await;
    let visitor = scene.visitor().await;
    let next = visitor.goes("/p/report/first", &[("danger", "seizure"), ("feeling", "well")]).await;
    assert_eq!(next, "/p/report/now");
    assert_eq!(scene.flags().await, ["E05"]);
}

#[tokio::test]
async fn a_wrong_page_comes_back_as_typed_with_everything_named_and_saved() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(12));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "some")]).await;
    let wrong =
        [("temp.value", "38"), ("temp.unit", "F"), ("temp.site", "oral"), ("antipyretic", "yes")];
    let page = visitor.fill("/p/report/reading", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("value=\"38\""), "{}", page.html);
    assert!(page.html.contains("value=\"F\" checked"));
    assert!(text_of(&page.html).contains("looks like degrees Celsius"), "{}", text_of(&page.html));
    // It is still there when the page is opened again.
    assert!(visitor.get("/p/report/reading").await.html.contains("value=\"38\""));
    visitor.goes("/p/report/reading", &[("temp.none", "yes"), ("feels_feverish", "no")]).await;
    let detail = visitor.goes("/p/report/choose", &[("symptom", "SITE_REACTION")]).await;
    let page = visitor
        .fill(
            &detail,
            &[("SITE_REACTION.redness_cm", "wide"), ("SITE_REACTION.swelling_cm", "200")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = text_of(&page.html);
    assert!(text.contains("5 answers need another look"), "{text}");
    assert!(page.html.contains("value=\"wide\"") && page.html.contains("value=\"200\""));
}

#[tokio::test]
async fn a_report_sent_twice_is_one_report() {
    let scene = scene().await;
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    let check = visitor.get("/p/report/check").await;
    let one = visitor.post_from(&check, "/p/report/send", &[]).await;
    let two = visitor.post_from(&check, "/p/report/send", &[]).await;
    assert_eq!(one.status, StatusCode::SEE_OTHER);
    assert_eq!(one.location(), two.location());
    assert_eq!(scene.reports().await.len(), 1);
    // The result can be reloaded, and lasts.
    let done = one.location().unwrap();
    assert_eq!(text_of(&visitor.get(done).await.html), text_of(&visitor.get(done).await.html));
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(30));
    let visitor = scene.visitor().await;
    let hostile = "\"><script>alert(1)</script>{{7*7}}\u{202e}";
    visitor.goes("/p/report/first", &[("feeling", "some")]).await;
    visitor.goes("/p/report/reading", &[("temp.none", "yes"), ("feels_feverish", "no")]).await;
    let detail = visitor.goes("/p/report/choose", &[("symptom", "OTHER")]).await;
    let answers = [
        ("OTHER.text", hostile),
        ("OTHER.sev", "1"),
        ("OTHER.adl", "1"),
        ("OTHER.before", "no"),
        ("OTHER.start", "evening"),
        ("OTHER.end", "hour"),
    ];
    visitor.goes(&detail, &answers).await;
    visitor.goes("/p/report/last", &[("free_text", hostile)]).await;
    for path in [detail.as_str(), "/p/report/last", "/p/report/check"] {
        let page = visitor.get(path).await;
        assert!(!page.html.contains("<script>alert"), "{path}");
        assert!(
            page.html.contains("&lt;script&gt;") || page.html.contains("&#60;script"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_page_is_in_both_languages() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(30));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("danger", "breath"), ("feeling", "danger")]).await;
    let fever =
        [("temp.value", "40.6"), ("temp.unit", "C"), ("temp.site", "oral"), ("antipyretic", "no")];
    visitor.goes("/p/report/reading", &fever).await;
    let mut ticks: Vec<(&str, &str)> = Vec::new();
    let choose = visitor.get("/p/report/choose").await.html;
    let codes: Vec<String> = choose
        .split("name=\"symptom\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 29, "every term that patients enter can be ticked");
    ticks.extend(codes.iter().map(|code| ("symptom", code.as_str())));
    visitor.goes("/p/report/choose", &ticks).await;
    let mut pages: Vec<String> =
        ["first", "now", "reading", "since", "choose", "last"].map(str::to_owned).to_vec();
    pages.extend((2..=30).map(|number| format!("detail-{number}")));
    for slug in pages {
        for (lang, word) in [("en", "lang=\"en\""), ("zh-CN", "lang=\"zh-CN\"")] {
            let page = visitor.get(&format!("/p/report/{slug}?lang={lang}")).await;
            assert_eq!(page.status, StatusCode::OK, "{slug}");
            assert!(page.html.contains(word), "{slug}");
            assert!(page.html.len() < 60_000, "{slug} has {} bytes", page.html.len());
            let text = text_of(&page.html).replace("简体中文", "");
            let has_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert_eq!(has_chinese, lang == "zh-CN", "{slug} in {lang}: {text}");
        }
    }
}

#[tokio::test]
async fn a_carer_and_a_nurse_on_the_phone_are_recorded_as_such() {
    let scene = scene().await;
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("carer", "yes"), ("feeling", "well")]).await;
    visitor.send().await;
    let site =
        scene.app.read(|conn| Ok(patient::table.select(patient::site_id).first(conn)?)).await;
    let nurse = scene.app.staff(Role::Nurse, site).await;
    let path = format!("/infusions/{}/report", scene.infused.infusion);
    let begun = nurse.post(&path, &[("source", "staff_phone")]).await;
    let first = begun.location().unwrap().to_owned();
    let base = first.trim_end_matches("/first").to_owned();
    let next = nurse.post(&first, &[("feeling", "well")]).await;
    assert_eq!(next.location().unwrap(), format!("{base}/check"));
    let done = nurse.post(&format!("{base}/send"), &[]).await;
    let page = nurse.get(done.location().unwrap()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let sources: Vec<ReportSource> =
        scene.reports().await.into_iter().map(|(_, source, _)| source).collect();
    assert_eq!(sources, [ReportSource::Carer, ReportSource::StaffPhone]);
}

#[tokio::test]
async fn a_correction_is_a_new_version_of_the_same_report() {
    let scene = scene().await;
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    let done = visitor.send().await;
    let correct = done.html.split("action=\"").skip(1).find_map(|rest| {
        let path = rest.split('"').next()?;
        path.ends_with("/correct").then(|| path.to_owned())
    });
    let answer = visitor.post_from(&done, &correct.unwrap(), &[]).await;
    assert_eq!(answer.location(), Some("/p/report/check"));
    visitor.goes("/p/report/last", &[("more", "call_me")]).await;
    visitor.send().await;
    let versions: Vec<Option<String>> = scene
        .app
        .read(|conn| Ok(report::table.order(report::id).select(report::supersedes).load(conn)?))
        .await;
    assert_eq!(versions.len(), 2);
    assert!(versions[0].is_none() && versions[1].is_some());
}

#[tokio::test]
async fn what_could_not_be_saved_says_so_keeps_the_text_and_shows_the_numbers() {
    let scene = scene().await;
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    scene
        .app
        .write(|conn| {
            let broken = "CREATE TRIGGER disk_full BEFORE UPDATE ON draft
                          BEGIN SELECT RAISE(ABORT, 'disk full'); END";
            diesel::sql_query(broken).execute(conn)?;
            Ok(())
        })
        .await;
    let page = visitor.fill("/p/report/last", &[("free_text", "my words")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let text = text_of(&page.html);
    assert!(text.contains("NOT saved") && text.contains("my words"), "{text}");
    assert!(page.html.contains("href=\"tel:120\""));
    // A danger sign shows what to do even so.
    let page = visitor.fill("/p/report/first", &[("danger", "chest"), ("feeling", "danger")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let text = text_of(&page.html);
    assert!(text.contains("Call 120 now") && text.contains("NOT saved"), "{text}");
    assert!(!text.contains("has been saved"), "{text}");
}

#[tokio::test]
async fn another_time_is_a_day_and_an_hour_on_the_patients_own_clock() {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(72));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "some")]).await;
    visitor.goes("/p/report/reading", &[("temp.none", "yes"), ("feels_feverish", "no")]).await;
    let detail = visitor.goes("/p/report/choose", &[("symptom", "COUGH")]).await;
    let answers = |day: &'static str| {
        [
            ("COUGH.sev", "1"),
            ("COUGH.adl", "1"),
            ("COUGH.before", "no"),
            ("COUGH.start", "other"),
            ("COUGH.start_day", day),
            ("COUGH.start_hour", "9"),
            ("COUGH.end", "few"),
        ]
    };
    for (day, why) in [("2026-03-09", "in the future"), ("2026-02-20", "before the infusion")] {
        let page = visitor.fill(&detail, &answers(day)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text_of(&page.html).contains(why), "{}", text_of(&page.html));
    }
    // Shanghai: 9:00 on 3 March is 47 h after 10:00 on 1 March.
    assert_eq!(visitor.goes(&detail, &answers("2026-03-03")).await, "/p/report/last");
    visitor.goes("/p/report/last", &[]).await;
    visitor.send().await;
    let input: serde_json::Value = serde_json::from_str(&scene.reports().await[0].2).unwrap();
    let cough = &input["report"]["symptoms"]["COUGH"];
    assert_eq!((&cough["onset_h"], &cough["duration_h"]), (&47.into(), &22.into()));
    assert_eq!(cough["resolved_h_ago"], 3);
}
