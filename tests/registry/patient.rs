//! The patient's page: a link, a form of small steps, a result that lasts.

use afterwatch::domain::registry::ReportSource;
use afterwatch::domain::{Language, Level, LinkId, Role};
use afterwatch::store::links;
use afterwatch::store::schema::{
    audit, check_in, draft, flag, link, outbox, patient, report, task, visit,
};
use axum::http::{Method, StatusCode};
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::{Answer, Browser, TestApp};
use crate::fixtures::Infused;

/// A clinic, a patient in it, and the patient's link.
struct Scene {
    app: TestApp,
    infused: Infused,
    token: String,
    link: LinkId,
}

const CODE: &str = "CANARY-7";

async fn scene() -> Scene {
    scene_in(Language::En).await
}

async fn scene_in(language: Language) -> Scene {
    let app = TestApp::new();
    let site = app.site("A").await;
    let infused = app.infused(site, CODE).await;
    let (now, keys) = (app.now(), app.app.keys.clone());
    let (link, token) = app
        .write(move |conn| {
            diesel::update(patient::table).set(patient::language.eq(language)).execute(conn)?;
            let until = now.plus_hours(24 * 365);
            let id = links::issue(conn, &keys, now, infused.patient, infused.infusion, until)?;
            let nonce: String =
                link::table.filter(link::id.eq(id)).select(link::nonce).first(conn)?;
            Ok((id, keys.link_token(&nonce)))
        })
        .await;
    Scene { app, infused, token, link }
}

impl Scene {
    fn door(&self) -> String {
        format!("/p/{}", self.token)
    }

    /// A visitor who pressed "Continue".
    async fn visitor(&self) -> Visitor {
        let browser = self.app.stranger();
        let answer = browser.post(&format!("{}/continue", self.door()), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        Visitor { browser }
    }

    async fn reports(&self) -> Vec<(Level, ReportSource, String)> {
        self.app
            .read(|conn| {
                Ok(report::table
                    .order(report::received_at)
                    .select((report::level, report::source, report::input))
                    .load(conn)?)
            })
            .await
    }

    async fn flags(&self) -> Vec<String> {
        self.app.read(|conn| Ok(flag::table.order(flag::rule).select(flag::rule).load(conn)?)).await
    }
}

/// A browser with the cookie of a visit.
struct Visitor {
    browser: Browser,
}

impl Visitor {
    async fn get(&self, path: &str) -> Answer {
        self.browser.get(path).await
    }

    /// Fills a page as a person does: opens it, keeps its hidden fields, posts.
    async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
        self.post_from(&page, path, fields).await
    }

    async fn post_from(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = hidden(&page.html, "form_token").expect("no form token");
        let draft = hidden(&page.html, "draft");
        let mut all = vec![("form_token", token.as_str())];
        all.extend(draft.as_deref().map(|draft| ("draft", draft)));
        all.extend(fields);
        self.browser.post(path, &all).await
    }

    /// Fills a page and says where it leads.
    async fn goes(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.fill(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", text_of(&answer.html));
        answer.location().unwrap_or_default().to_owned()
    }

    /// Sends the report from the check page and opens the result.
    async fn send(&self) -> Answer {
        let page = self.get("/p/report/check").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let answer = self.post_from(&page, "/p/report/send", &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", text_of(&answer.html));
        self.get(answer.location().unwrap()).await
    }
}

fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}

/// What a page says, without its markup.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const NEW: [(&str, &str); 1] = [("before", "no")];

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
                ("CHILLS.before", NEW[0].1),
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
async fn mails_can_be_stopped_and_reporting_stays_possible() {
    let scene = scene().await;
    let stranger = scene.app.stranger();
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
    // "This is not me" tells a nurse, once.
    for _ in 0..2 {
        stranger.post(&format!("{}/not-me", scene.door()), &[]).await;
    }
    let tasks: Vec<String> =
        scene.app.read(|conn| Ok(task::table.select(task::kind).load(conn)?)).await;
    assert_eq!(tasks, ["not_this_person"]);
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
