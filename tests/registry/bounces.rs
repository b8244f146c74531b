//! Mail that came back: from the mailbox, and posted by the mail server.

use afterwatch::bounces;
use afterwatch::domain::letter::{KeyPurpose, LetterKind, MailState, StopCause};
use afterwatch::domain::{OutboxId, SiteId};
use afterwatch::mail::Transport;
use afterwatch::store::api_tokens;
use afterwatch::store::outbox::NewLetter;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};

use crate::app::{Answer, Browser};
use crate::post::Post;

fn notice(letter: OutboxId, action: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mail.example\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n\
         --B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n\
         Final-Recipient: rfc822; who@patient.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 who@patient.example unknown\r\n\r\n\
         --B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <outbox-{letter}@mail.example>\r\n\r\n\
         --B--\r\n"
    )
}

async fn sent(post: &Post, reason: &str) -> OutboxId {
    let letter = NewLetter { dedup_key: reason.to_owned(), ..post.prompt() };
    let id = post.owe(letter).await.unwrap();
    post.worker.drain().await.unwrap();
    id
}

async fn key(post: &Post, site: SiteId, purpose: KeyPurpose) -> String {
    let now = post.app.now();
    let make = move |conn: &mut afterwatch::store::Connection| {
        api_tokens::make_for(conn, now, site, ("mail server", purpose), None)
    };
    post.app.write(make).await.1
}

async fn hand_in(post: &Post, key: &str, body: impl Into<Body>) -> Answer {
    let request = Browser::request(Method::POST, "/api/v1/bounces")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_TYPE, "message/rfc822");
    post.app.stranger().send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_letter_that_came_back_makes_the_patient_unreachable_once_and_a_late_one_is_only_noted() {
    let post = Post::new(Transport::Capture).await;
    let key = key(&post, post.site, KeyPurpose::Bounces).await;
    let id = sent(&post, "first").await;
    let answer = hand_in(&post, &key, notice(id, "delayed")).await;
    assert_eq!((answer.status, answer.html.contains("delayed")), (StatusCode::OK, true));
    assert_eq!(post.mail(id).await.state, MailState::Accepted);
    assert_eq!(post.unreachable_tasks().await, 0, "a late mail is no reason to call");

    let answer = hand_in(&post, &key, notice(id, "failed")).await;
    assert!(answer.html.contains("\"bounced\""), "{}", answer.html);
    let mail = post.mail(id).await;
    assert_eq!((mail.state, mail.cause), (MailState::Bounced, Some(StopCause::Returned)));
    assert_eq!(post.unreachable_tasks().await, 1);
    let answer = hand_in(&post, &key, notice(id, "failed")).await;
    assert!(answer.html.contains("\"known\""), "{}", answer.html);
    assert_eq!(post.unreachable_tasks().await, 1, "told once");
    let balance = post.balance().await;
    assert_eq!((balance.planned(), balance.bounced, balance.accepted), (1, 1, 0));
    for detail in post.details(id).await.into_iter().flatten() {
        assert!(!detail.contains('@'), "{detail}");
    }
    let nurse = post.app.staff(afterwatch::domain::Role::Nurse, post.site).await;
    let page = nurse.get("/admin/mail?state=bounced").await;
    assert!(page.html.contains("1 came back") && page.html.contains(&id.to_string()));
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_and_that_came_back_is_not_sent_again() {
    let post = Post::new(Transport::Capture).await;
    let key = key(&post, post.site, KeyPurpose::Bounces).await;
    let id = post.owe(post.prompt()).await.unwrap();
    hand_in(&post, &key, notice(id, "failed")).await;
    assert_eq!(post.worker.drain().await.unwrap(), []);
    assert_eq!(post.mail(id).await.state, MailState::Bounced);
}

#[tokio::test]
async fn a_key_does_one_thing_and_reaches_its_clinic_only() {
    let post = Post::new(Transport::Capture).await;
    let id = sent(&post, "first").await;
    let other = post.app.site("B").await;
    let bounces = key(&post, post.site, KeyPurpose::Bounces).await;
    let reads = key(&post, post.site, KeyPurpose::Registry).await;
    let foreign = key(&post, other, KeyPurpose::Bounces).await;
    for (key, status) in [
        (reads.as_str(), StatusCode::UNAUTHORIZED),
        ("aw_wrong", StatusCode::UNAUTHORIZED),
        (&foreign, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(hand_in(&post, key, notice(id, "failed")).await.status, status);
    }
    assert_eq!(post.mail(id).await.state, MailState::Accepted);
    let request = Browser::request(Method::GET, "/api/v1/patients")
        .header(header::AUTHORIZATION, format!("Bearer {bounces}"));
    let answer = post.app.stranger().send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "it cannot read");
    let unknown = hand_in(&post, &bounces, notice(OutboxId::new(), "failed")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_notice_is_refused_and_breaks_nothing() {
    let post = Post::new(Transport::Capture).await;
    let id = sent(&post, "first").await;
    let key = key(&post, post.site, KeyPurpose::Bounces).await;
    for body in [
        Vec::new(),
        b"hello".to_vec(),
        vec![0xff; 5000],
        notice(id, "delivered").into_bytes(),
        notice(id, "failed").replace("multipart/report", "text/plain").into_bytes(),
    ] {
        let answer = hand_in(&post, &key, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.html);
    }
    let answer = hand_in(&post, &key, vec![b'a'; 2 << 20]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post.mail(id).await.state, MailState::Accepted);
}

#[tokio::test]
async fn the_mailbox_is_worked_off_and_what_was_read_is_moved_away() {
    let post = Post::new(Transport::Capture).await;
    let first = sent(&post, "first").await;
    let second = sent(&post, "second").await;
    let mailbox = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &[u8]| std::fs::write(mailbox.path().join(name), text).unwrap();
    put("1.mail", notice(first, "failed").as_bytes());
    put("2.holiday", b"From: somebody\r\n\r\nI am away.\r\n");
    put("3.broken", &[0xc3, 0x28, 0x00, 0xff]);
    put(".being-written", notice(second, "failed").as_bytes());
    let (db, now) = (post.app.app.db.clone(), post.app.now());
    assert_eq!(bounces::work_off(&db, now, mailbox.path()).await.unwrap(), 1);
    assert_eq!(post.mail(first).await.state, MailState::Bounced);
    assert_eq!(post.mail(second).await.state, MailState::Accepted);
    for name in ["1.mail", "2.holiday", "3.broken"] {
        assert!(mailbox.path().join("seen").join(name).is_file(), "{name}");
    }
    assert_eq!(bounces::work_off(&db, now, mailbox.path()).await.unwrap(), 0);

    // A Maildir keeps what has arrived in `new`.
    std::fs::create_dir(mailbox.path().join("new")).unwrap();
    put("new/4.mail", notice(second, "failed").as_bytes());
    assert_eq!(bounces::work_off(&db, now, mailbox.path()).await.unwrap(), 1);
    assert_eq!(post.mail(second).await.state, MailState::Bounced);
    assert!(bounces::work_off(&db, now, &mailbox.path().join("gone")).await.is_err());
}

#[tokio::test]
async fn an_alert_that_came_back_opens_no_task_about_the_patient() {
    let post = Post::new(Transport::Capture).await;
    let key = key(&post, post.site, KeyPurpose::Bounces).await;
    let alert = post.alert().await;
    post.worker.drain().await.unwrap();
    assert_eq!(post.mail(alert).await.kind, LetterKind::Alert);
    hand_in(&post, &key, notice(alert, "failed")).await;
    assert_eq!(post.mail(alert).await.state, MailState::Bounced);
    assert_eq!(post.unreachable_tasks().await, 0);
}
