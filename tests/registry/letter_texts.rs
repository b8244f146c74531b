//! The texts of mails: changed, refused, previewed, sent.

use afterwatch::domain::letter::{LetterKind, MailState};
use afterwatch::domain::{Language, OutboxId, Role, SiteId, StaffId, Timestamp};
use afterwatch::mail::Outcome;
use afterwatch::store::letter_texts::{self, Place};
use afterwatch::store::outbox::{NewLetter, Queue};
use afterwatch::store::schema;
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::{Browser, TestApp};
use crate::post::{Post, transport};
use crate::smtp_sink::{Mode, Sink};

const SUBJECT: &str = "A few questions";
const BODY: &str = "Good day from {clinic}.\n\n{link}\n\nCall {phone}, at once {emergency}.\n\n\
                    No more of these: {stop_link}";

fn url(site: SiteId) -> String {
    format!("/admin/letters/{site}/check_in_prompt/en")
}

async fn save(admin: &Browser, url: &str, version: &str, subject: &str, body: &str) -> String {
    let fields = [("subject", subject), ("body", body), ("version", version), ("go", "save")];
    let answer = admin.post(url, &fields).await;
    match answer.status {
        StatusCode::SEE_OTHER => answer.location().unwrap().to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => answer.html,
        status => panic!("{status}: {}", answer.html),
    }
}

/// An administrator of the whole installation and of these clinics.
async fn chief(app: &TestApp, sites: &[SiteId]) -> Browser {
    let roles: Vec<_> = sites.iter().map(|site| (*site, Role::Administrator)).collect();
    let id = app.person(&roles, true).await;
    app.sign_in(id).await
}

async fn entries(app: &TestApp, action: &'static str) -> Vec<(String, serde_json::Value)> {
    app.read(move |conn| {
        use schema::audit as a;
        let rows: Vec<(String, String)> = a::table
            .filter(a::action.eq(action))
            .order(a::seq)
            .select((a::actor_name, a::detail))
            .load(conn)?;
        Ok(rows
            .into_iter()
            .map(|(who, text)| (who, serde_json::from_str(&text).unwrap()))
            .collect())
    })
    .await
}

fn english(post: &Post, key: &str) -> NewLetter {
    NewLetter { language: Language::En, dedup_key: key.to_owned(), ..post.prompt() }
}

/// A mail without the soft line breaks of its transfer encoding.
fn plain(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

async fn page_of(admin: &Browser, id: OutboxId) -> String {
    admin.get(&format!("/admin/mail/{id}")).await.html
}

#[tokio::test]
async fn an_edit_changes_what_is_still_queued_and_never_what_was_sent() {
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let admin = chief(&post.app, &[post.site]).await;
    let late = NewLetter { due_at: post.app.now().plus_minutes(9), ..english(&post, "late") };
    let (first, second) =
        (post.owe(english(&post, "first")).await.unwrap(), post.owe(late).await.unwrap());
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(first)]);

    let saved = save(&admin, &url(post.site), "0", SUBJECT, BODY).await;
    assert_eq!(saved, format!("{}?saved=yes", url(post.site)));
    assert!(page_of(&admin, second).await.contains("Good day from Centre A."), "what waits");
    post.app.advance(SignedDuration::from_mins(9));
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(second)]);
    let mails = sink.mails();
    assert!(mails[0].contains("Subject: You have a message"), "{}", mails[0]);
    assert!(mails[1].contains("Subject: A few questions"), "{}", mails[1]);
    let text = plain(&mails[1]);
    let token = post.app.app.keys.link_token("nonce");
    for part in ["Good day from Centre A.", "Call +86 21 5555 0100, at once 120."] {
        assert_eq!(text.matches(part).count(), 2, "in both parts: {part} in {text}");
    }
    assert!(text.contains(&format!("https://aw.example/p/{token}/stop")), "{text}");
    assert!(text.contains("Answer the questions</a>"), "a button: {text}");

    save(&admin, &url(post.site), "1", "Another one", BODY).await;
    let sent = page_of(&admin, second).await;
    assert!(sent.contains("A few questions") && !sent.contains("Another one"), "{sent}");
    assert!(sent.contains("check_in_prompt/en?version=1\">version 1 of the clinic</a>"), "{sent}");
    let sent = page_of(&admin, first).await;
    assert!(sent.contains("You have a message") && sent.contains("Built-in text"), "{sent}");
    let versions = admin.get(&url(post.site)).await.html;
    assert!(versions.contains("<td class=\"number\" data-label=\"Mails sent with it\">1</td>"));
}

#[tokio::test]
async fn a_letter_that_was_not_taken_is_tried_again_with_the_newest_text() {
    let sink = Sink::start(Mode::Data4xx).await;
    let post = Post::new(transport(&sink)).await;
    let admin = chief(&post.app, &[post.site]).await;
    let id = post.owe(english(&post, "one")).await.unwrap();
    assert_eq!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Postponed(id)));
    save(&admin, &url(post.site), "0", SUBJECT, BODY).await;
    sink.set(Mode::Ok);
    post.app.advance(SignedDuration::from_mins(1));
    assert_eq!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Accepted(id)));
    assert!(sink.mails().last().unwrap().contains("Subject: A few questions"));
}

#[tokio::test]
async fn a_clinic_s_text_goes_before_that_for_all_and_can_be_taken_back() {
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let admin = chief(&post.app, &[post.site]).await;
    let all = "/admin/letters/all/check_in_prompt/en";
    let send = async |key: &'static str| {
        let id = post.owe(english(&post, key)).await.unwrap();
        assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)]);
        let mail = sink.mails().pop().unwrap();
        mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap().to_owned()
    };
    save(&admin, all, "0", "For all", BODY).await;
    assert_eq!(send("1").await, "For all");
    save(&admin, &url(post.site), "0", "For one", BODY).await;
    assert_eq!(send("2").await, "For one");
    let list = admin.get(&format!("/admin/letters/{}", post.site)).await.html;
    assert!(list.contains("Own text, version 1") && list.contains("As for all clinics"), "{list}");

    let back = [("version", "1"), ("go", "back")];
    assert_eq!(admin.post(&url(post.site), &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(send("3").await, "For all");
    assert_eq!(admin.post(all, &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(send("4").await, "You have a message");
    let page = admin.get(&url(post.site)).await.html;
    assert!(page.contains("No text of its own any more"), "going back is a version: {page}");
    assert!(!page.contains("Back to the text for all clinics"), "there is nothing to take back");
    let again = admin.post(&url(post.site), &[("version", "2"), ("go", "back")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The older one stays readable.
    let older = admin.get(&format!("{}?version=1", url(post.site))).await.html;
    assert!(older.contains("value=\"For one\""), "{older}");
    assert_eq!(
        admin.get(&format!("{}?version=9", url(post.site))).await.status,
        StatusCode::NOT_FOUND
    );
    let changes = entries(&post.app, "letter_text.changed").await;
    assert_eq!(changes.len(), 4);
    assert_eq!(changes[1].0, "Test Person");
    assert_eq!(changes[1].1["text"][1]["subject"], "For one");
    assert_eq!(changes[2].1["text"][0]["subject"], "For one");
    assert!(changes[2].1["text"][1].is_null());
}

#[tokio::test]
async fn every_refusal_is_named_at_once_and_the_text_stays_as_typed() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = chief(&app, &[site]).await;
    let html = save(
        &admin,
        &url(site),
        "0",
        "Your fever {link}",
        "Dear {name}, take the DRUG. ({link}) {task} { <script>alert(1)</script>\nhttps://evil.example/p",
    )
    .await;
    for sentence in [
        "{link} must not stand in the subject",
        "There is no blank {name}",
        "{task} cannot be filled in this kind of mail",
        "A brace stands alone",
        "{link} needs a space or a new line",
        "{stop_link} is missing",
        "{phone} is missing",
        "{emergency} is missing",
        "“fever” tells a stranger",
        "“drug” tells a stranger",
        "“https://evil.example/p” is an address that is not ours",
        "value=\"Your fever {link}\"",
        "take the DRUG. ({link}) {task} {",
    ] {
        assert!(html.contains(sentence), "{sentence}: {html}");
    }
    assert!(!html.contains("<script>alert"), "{html}");
    for (subject, sentence) in [
        ("News\r\nBcc: all@evil.example", "The subject must be one line"),
        ("", "The subject is empty"),
        (&"long ".repeat(20), "The subject has 99 characters"),
        ("News \u{202E}", "cannot be seen (U+202E)"),
    ] {
        let html = save(&admin, &url(site), "0", subject, BODY).await;
        assert!(html.contains(sentence), "{sentence}: {html}");
    }
    admin.get("/account?lang=zh-CN").await;
    let html = save(&admin, &url(site), "0", "News", "{link} {stop_link} {phone} fever").await;
    assert!(html.contains("缺少{emergency}") && html.contains("“fever”会让旁人得知"), "{html}");
    assert_eq!(entries(&app, "letter_text.changed").await, [], "nothing was kept");
}

#[tokio::test]
async fn who_was_slower_sees_it_and_the_same_text_is_no_new_version() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = chief(&app, &[site]).await;
    save(&admin, &url(site), "0", SUBJECT, BODY).await;
    let html = save(&admin, &url(site), "0", "Another", BODY).await;
    assert!(html.contains("Somebody else has changed this text"), "{html}");
    assert!(html.contains("value=\"Another\"") && html.contains("name=\"version\" value=\"1\""));
    let html = save(&admin, &url(site), "1", &format!(" {SUBJECT}"), BODY).await;
    assert!(html.contains("Nothing differs"), "{html}");
    assert_eq!(entries(&app, "letter_text.changed").await.len(), 1);
}

#[tokio::test]
async fn only_administrators_change_texts_and_only_of_their_own_clinics() {
    let app = TestApp::new();
    let (a, b) = (app.site("A").await, app.site("B").await);
    let of_a = app.staff(Role::Administrator, a).await;
    for path in [
        url(b),
        "/admin/letters/all".to_owned(),
        "/admin/letters/all/check_in_prompt/en".to_owned(),
        format!("/admin/letters/{a}/alarm/en"),
        format!("/admin/letters/{a}/mail_test/en"),
        "/admin/letters/all/mail_test/en".to_owned(),
        format!("/admin/letters/{a}/check_in_prompt/fr"),
    ] {
        assert_eq!(of_a.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = of_a.post(&url(b), &[("subject", SUBJECT), ("body", BODY), ("go", "save")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(of_a.get(&url(a)).await.status, StatusCode::OK);
    assert_eq!(
        of_a.get("/admin/letters").await.location(),
        Some(format!("/admin/letters/{a}").as_str())
    );
    assert!(of_a.get("/admin").await.html.contains("href=\"/admin/letters\""));
    for role in [Role::Nurse, Role::Physician, Role::SafetyOfficer, Role::Reader] {
        let other = app.staff(role, a).await;
        assert_eq!(other.get(&url(a)).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let chief = chief(&app, &[a]).await;
    assert_eq!(chief.get("/admin/letters/all/alarm/zh-CN").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_preview_of_an_unsaved_text_shows_the_mail_of_a_chosen_patient_with_dead_links() {
    let app = TestApp::new();
    let (a, b) = (app.site("A").await, app.site("B").await);
    app.patient(a, "P-17").await;
    app.patient(a, "P-170").await;
    app.patient(b, "P-18").await;
    let admin = app.staff(Role::Administrator, a).await;
    let preview = async |patient: &str, pick: &str| {
        let fields = [
            ("subject", "Hello & <b>"),
            ("body", BODY),
            ("patient", patient),
            (if pick.is_empty() { "go" } else { "pick" }, pick),
        ];
        admin.post(&url(a), &fields).await
    };
    let shown = preview(" P-17", "").await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    for part in [
        "As patient P-17 would get it",
        "Hello &#38; &#60;b&#62;",
        "Good day from Centre A.",
        "Call +86 21 5555 0100, at once 120.",
        "/p/\u{2026}/stop",
        "<span class=\"button\">Answer the questions</span>",
    ] {
        assert!(shown.html.contains(part), "{part}: {}", shown.html);
    }
    assert!(!shown.html.contains("href=\"http"), "no link of the letter can be followed");
    assert!(!shown.html.contains("Name of P-17"), "no name: {}", shown.html);
    let viewed = entries(&app, "patient.viewed").await;
    assert_eq!(viewed.len(), 1);
    assert_eq!(viewed[0].1["page"], "letter_preview");

    let several = preview("P-1", "").await.html;
    assert!(several.contains("Which of these patients?") && !several.contains("P-18"), "{several}");
    let pick = several.split("name=\"pick\" value=\"").nth(2).unwrap().split('"').next().unwrap();
    assert!(preview("P-1", pick).await.html.contains("As patient P-170 would get it"));
    for (patient, sentence) in
        [("P-18", "No patient whom you may see"), ("", "Enter a patient's number")]
    {
        let shown = preview(patient, "").await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(shown.html.replace("&#39;", "'").contains(sentence), "{}", shown.html);
    }
    let kept = app
        .read(move |conn| {
            let place =
                Place { kind: LetterKind::CheckInPrompt, language: Language::En, site: Some(a) };
            letter_texts::newest_number(conn, place)
        })
        .await;
    assert_eq!(kept, 0, "a preview keeps nothing");
}

#[tokio::test]
async fn the_preview_says_when_the_patient_reads_another_language() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.patient(site, "P1").await;
    let admin = app.staff(Role::Administrator, site).await;
    let path = format!("/admin/letters/{site}/link/zh-CN");
    let page = admin.get(&path).await.html;
    assert!(page.contains("您有一条新消息"), "{page}");
    let fields = [
        ("subject", "消息"),
        ("body", "{link}\n{stop_link}\n{phone} {emergency}"),
        ("patient", "P1"),
    ];
    let shown = admin.post(&path, &fields).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    assert!(shown.html.contains("mails are in another language: English"), "{}", shown.html);
    // A mail to staff needs no patient.
    let path = format!("/admin/letters/{site}/alert/en");
    let shown = admin.post(&path, &[("subject", "Task {task}"), ("body", "Now:\n\n{link}")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.html.contains("Task 1") && shown.html.contains("/tasks/\u{2026}"));
}

/// Writes a text past every check, as a hand in the database would.
async fn by_hand(app: &TestApp, site: SiteId, by: StaffId, body: &'static str) {
    let now: Timestamp = app.now();
    app.write(move |conn| {
        let place =
            Place { kind: LetterKind::CheckInPrompt, language: Language::En, site: Some(site) };
        let text = afterwatch::domain::letter_text::LetterText {
            subject: "Hi".to_owned(),
            body: body.to_owned(),
        };
        letter_texts::add(conn, now, place, Some(&text), by)?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_kept_text_that_cannot_be_used_loses_no_mail_and_is_found_by_the_auditor() {
    use afterwatch::auditor::Auditor;
    use afterwatch::domain::fault::Fault;
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let admin = chief(&post.app, &[post.site]).await;
    let auditor = Auditor::new(post.app.app.clone(), "no-anchors.txt".into());
    let mut auditor = auditor.with_disk(|_| Some((1 << 40, 80)));
    let mut found =
        async || auditor.round().await.iter().any(|finding| finding.fault == Fault::TextUnusable);
    assert!(!found().await);
    by_hand(&post.app, post.site, admin.id(), "Come to the {ward} after your infusion").await;
    let id = post.owe(english(&post, "one")).await.unwrap();
    let sent = post.worker.drain().await.unwrap();
    assert!(sent.contains(&Outcome::Accepted(id)), "{sent:?}");
    let mail = sink.mails().into_iter().find(|mail| mail.contains("@patient.example")).unwrap();
    assert!(mail.contains("Subject: You have a message") && !mail.contains("infusion"), "{mail}");
    assert_eq!(post.mail(id).await.state, MailState::Accepted);
    assert!(page_of(&admin, id).await.contains("Built-in text"));
    assert!(found().await);
    let banner = admin.get("/admin").await.html;
    assert!(banner.contains("(F27)") && banner.contains("the built-in text goes out"), "{banner}");
    save(&admin, &url(post.site), "1", SUBJECT, BODY).await;
    assert!(!found().await, "mended");
}

#[tokio::test]
async fn a_version_can_be_neither_changed_nor_deleted() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = app.person(&[(site, Role::Administrator)], true).await;
    by_hand(&app, site, admin, BODY).await;
    for statement in ["UPDATE letter_text SET body = 'x'", "DELETE FROM letter_text"] {
        let done = app
            .app
            .db
            .write(move |conn| {
                Ok::<_, afterwatch::store::Error>(diesel::sql_query(statement).execute(conn)?)
            })
            .await;
        assert!(done.is_err(), "{statement}");
    }
}
