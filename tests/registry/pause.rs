//! The switch that stops all mail to the patients of a clinic.

use afterwatch::domain::letter::{LetterKind, MailState, StopCause};
use afterwatch::domain::{Role, Timestamp};
use afterwatch::mail::Transport;
use afterwatch::store::outbox::{self, NewLetter};
use afterwatch::store::schema;
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::planned::at;
use crate::post::Post;

#[tokio::test]
async fn a_pause_holds_mail_to_patients_and_never_an_alert() {
    let post = Post::new(Transport::Capture).await;
    let site = post.site.to_string();
    let physician = post.app.staff(Role::Physician, post.site).await;
    let nurse = post.app.staff(Role::Nurse, post.site).await;
    let began = [("site", site.as_str()), ("reason", "Wrong text in the mails")];
    let answer = physician.post("/admin/pause/begin", &began).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    // Whoever is signed in at the clinic sees it on every page.
    for page in ["/queue", "/patients", "/account"] {
        let page = nurse.get(page).await;
        assert!(page.html.contains("Mail to patients is paused at Clinic A"), "{}", page.html);
    }
    let prompt = post.owe(post.prompt()).await.unwrap();
    let alert = post.alert().await;
    post.worker.drain().await.unwrap();
    assert_eq!(post.mail(prompt).await.state, MailState::Planned);
    assert_eq!(post.mail(alert).await.state, MailState::Accepted);
    // What waits on purpose is not late, and wakes nobody.
    post.app.advance(SignedDuration::from_hours(2));
    let now = post.app.now();
    let (late, next) = post
        .app
        .read(move |conn| {
            let late = outbox::overdue(conn, now, SignedDuration::from_mins(10))?;
            Ok((late, outbox::next_due(conn)?))
        })
        .await;
    assert_eq!((late, next), (0, None));
    let physician = post.app.staff(Role::Physician, post.site).await;
    let nurse = post.app.staff(Role::Nurse, post.site).await;
    let answer = physician.post("/admin/pause/end", &[("site", &site)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    post.worker.drain().await.unwrap();
    assert_eq!(post.mail(prompt).await.state, MailState::Accepted);
    let page = nurse.get("/queue").await;
    assert!(!page.html.contains("paused"));
    let log: Vec<String> = post
        .app
        .read(|conn| {
            use schema::audit as a;
            Ok(a::table
                .filter(a::action.like("mail.%"))
                .order(a::seq)
                .select(a::action)
                .load(conn)?)
        })
        .await;
    assert_eq!(log, ["mail.paused", "mail.resumed"]);
}

#[tokio::test]
async fn what_was_held_comes_once_and_not_at_night() {
    let post = Post::new(Transport::Capture).await;
    let site = post.site.to_string();
    let boss = post.app.staff(Role::Administrator, post.site).await;
    boss.post("/admin/pause/begin", &[("site", &site), ("reason", "Server moves")]).await;
    let prompt = post.owe(post.prompt()).await.unwrap();
    let reminder = NewLetter {
        kind: LetterKind::CheckInReminder,
        due_at: post.app.now().plus_hours(4),
        dedup_key: "reminder".to_owned(),
        ..post.prompt()
    };
    let reminder = post.owe(reminder).await.unwrap();
    // 23:00 in Shanghai.
    post.app.advance(SignedDuration::from_hours(13));
    let boss = post.app.staff(Role::Administrator, post.site).await;
    boss.post("/admin/pause/end", &[("site", &site)]).await;
    post.worker.drain().await.unwrap();
    assert_eq!(post.mail(prompt).await.state, MailState::Planned);
    let held = post.mail(reminder).await;
    assert_eq!((held.state, held.cause), (MailState::Cancelled, Some(StopCause::Replaced)));
    let next: Option<Timestamp> = post.app.read(outbox::next_due).await;
    assert_eq!(next, Some(at("2026-03-01T23:00:00Z")));
    post.app.advance(SignedDuration::from_hours(8));
    post.worker.drain().await.unwrap();
    assert_eq!(post.mail(prompt).await.state, MailState::Accepted);
}

#[tokio::test]
async fn a_pause_needs_a_reason_is_begun_once_and_only_at_one_s_own_clinic() {
    let post = Post::new(Transport::Capture).await;
    let other = post.app.site("B").await;
    let (site, other) = (post.site.to_string(), other.to_string());
    let officer = post.app.staff(Role::SafetyOfficer, post.site).await;
    let none = officer.post("/admin/pause/begin", &[("site", &site), ("reason", "  ")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.html.contains("Say why."));
    let foreign = [("site", other.as_str()), ("reason", "Because")];
    for path in ["/admin/pause/begin", "/admin/pause/end"] {
        assert_eq!(officer.post(path, &foreign).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mine = [("site", site.as_str()), ("reason", "Because")];
    assert_eq!(officer.post("/admin/pause/begin", &mine).await.status, StatusCode::SEE_OTHER);
    let again = officer.post("/admin/pause/begin", &mine).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.html.contains("Somebody else was faster"));
    let reader = post.app.staff(Role::Reader, post.site).await;
    assert_eq!(reader.get("/admin/pause").await.status, StatusCode::FORBIDDEN);
}
