//! The pages that show every mail.

use afterwatch::access::accounts;
use afterwatch::domain::{Actor, Role};
use afterwatch::mail::{Outcome, Transport};
use afterwatch::store::outbox::NewLetter;
use afterwatch::store::schema::site;
use afterwatch::store::staff;
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::TestApp;
use crate::post::Post;

#[tokio::test]
async fn every_mail_past_and_future_is_listed_with_its_state_and_the_sum_comes_out() {
    let post = Post::new(Transport::Capture).await;
    let sent = post.owe(post.prompt()).await.unwrap();
    let later = NewLetter {
        due_at: post.app.now().plus_hours(48),
        dedup_key: "later".to_owned(),
        ..post.prompt()
    };
    let waiting = post.owe(later).await.unwrap();
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(sent)]);

    let nurse = post.app.staff(Role::Nurse, post.site).await;
    let page = nurse.get("/admin/mail").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let place = |what: &str| page.html.find(what).unwrap_or_else(|| panic!("{what}"));
    place("2 planned = 1 sent + 0 cancelled + 0 failed + 0 came back + 1 waiting");
    assert!(place(&waiting.to_string()) < place(&sent.to_string()), "the latest due first");
    place("2026-03-01 10:00");
    place(&format!("/patients/{}", post.infused.patient));
    assert!(!page.html.contains("not going out") && !page.html.contains("@patient.example"));

    let chinese = nurse.get("/admin/mail?lang=zh-CN").await;
    for sentence in ["计划2封 = 已发送1封", "随访提醒", "等待发送"] {
        assert!(chinese.html.contains(sentence), "{sentence}: {}", chinese.html);
    }
}

#[tokio::test]
async fn filters_and_pages_are_in_the_address() {
    let post = Post::new(Transport::Capture).await;
    for hour in 0..60_i64 {
        let letter = NewLetter {
            due_at: post.app.now().plus_hours(hour),
            dedup_key: format!("prompt {hour}"),
            ..post.prompt()
        };
        post.owe(letter).await.unwrap();
    }
    post.alert().await;
    let nurse = post.app.staff(Role::Nurse, post.site).await;
    let rows = |html: &str| html.matches("scope=\"row\"").count();
    for (query, expected) in [
        ("", 50),
        ("?kind=alert", 1),
        ("?state=accepted", 0),
        ("?state=planned&patient=1", 50),
        ("?patient=2", 0),
        ("?state=unreadable", 50),
    ] {
        let page = nurse.get(&format!("/admin/mail{query}")).await;
        assert_eq!(rows(&page.html), expected, "{query}");
    }
    let page = nurse.get("/admin/mail?kind=check_in_prompt").await;
    let next = page.html.split("<a href=\"").find(|part| part.contains("rel=\"next\"")).unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    assert!(next.contains("kind=check_in_prompt"), "{next}");
    let second = nurse.get(&next).await;
    assert_eq!(rows(&second.html), 10, "{next}: {}", second.html);
}

#[tokio::test]
async fn mail_that_does_not_leave_is_an_alarm_within_five_minutes() {
    let post = Post::new(Transport::Capture).await;
    post.owe(post.prompt()).await.unwrap();
    let nurse = post.app.staff(Role::Nurse, post.site).await;
    post.app.advance(SignedDuration::from_secs(299));
    assert!(!nurse.get("/admin/mail").await.html.contains("role=\"alert\""));
    post.app.advance(SignedDuration::from_secs(1));
    let page = nurse.get("/admin/mail").await;
    assert!(page.html.contains("1 mail is more than 5 minutes late"), "{}", page.html);
    let chinese = nurse.get("/admin/mail?lang=zh-CN").await;
    assert!(chinese.html.contains("1封邮件已延误超过5分钟"));
}

#[tokio::test]
async fn one_mail_shows_its_words_without_the_secret_of_its_link() {
    let post = Post::new(Transport::Capture).await;
    let id = post.owe(post.prompt()).await.unwrap();
    let path = format!("/admin/mail/{id}");
    let nurse = post.app.staff(Role::Nurse, post.site).await;
    assert!(nurse.get(&path).await.html.contains("What will be sent"));
    post.worker.drain().await.unwrap();

    let token = post.app.app.keys.link_token("nonce");
    for (role, sees_address) in [(Role::Nurse, true), (Role::Administrator, false)] {
        let page = post.app.staff(role, post.site).await.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("您有一条新消息"), "{}", page.html);
        assert!(page.html.contains("http://127.0.0.1:8080/p/…"), "{}", page.html);
        assert!(page.html.contains("Taken by the mail server"));
        assert!(!page.html.contains(&token), "the link's secret");
        assert_eq!(page.html.contains("@patient.example"), sees_address, "{role:?}");
    }
    let other = post.app.site("B").await;
    let foreigner = post.app.staff(Role::Nurse, other).await;
    assert_eq!(foreigner.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(foreigner.get("/admin/mail/1").await.status, StatusCode::NOT_FOUND);
    let list = foreigner.get("/admin/mail").await;
    assert!(!list.html.contains(&id.to_string()) && list.html.contains("0 planned"));
}

#[tokio::test]
async fn an_invitation_is_seen_by_the_clinic_it_is_for_but_cannot_be_used_by_who_looks() {
    let post = Post::new(Transport::Capture).await;
    let invited = post.app.person(&[(post.site, Role::Nurse)], false).await;
    let (keys, now) = (post.app.app.keys.clone(), post.app.now());
    post.app
        .write(move |conn| {
            let account = staff::by_id(conn, invited)?.unwrap();
            accounts::invite_by_mail(conn, &keys, &Actor::Operator, &account, now)
        })
        .await;
    let nurse = post.app.staff(Role::Nurse, post.site).await;
    let list = nurse.get("/admin/mail").await;
    assert!(list.html.contains("1 planned"), "{}", list.html);
    let id = list.html.split("/admin/mail/").nth(1).unwrap().split('"').next().unwrap();
    let page = nurse.get(&format!("/admin/mail/{id}")).await;
    assert!(page.html.contains("/invite/…"), "{}", page.html);
    let token = post.app.app.keys.letter_token(id.parse().unwrap());
    assert!(!page.html.contains(&token) && !page.html.contains("@clinic.example"));
    let elsewhere = post.app.site("B").await;
    let foreigner = post.app.staff(Role::Nurse, elsewhere).await;
    assert!(foreigner.get("/admin/mail").await.html.contains("0 planned"));
}

#[tokio::test]
async fn training_shows_captured_mail_as_its_reader_would_see_it() {
    let post = Post::within(TestApp::training(), Transport::Capture).await;
    let stranger = post.app.stranger();
    assert!(stranger.get("/demo/mail").await.html.contains("No mail yet"));
    let here = post.site;
    post.app
        .write(move |conn| {
            let name = "<script>alert(1)</script>";
            diesel::update(site::table.find(here)).set(site::mail_name.eq(name)).execute(conn)?;
            Ok(())
        })
        .await;
    post.owe(post.prompt()).await.unwrap();
    post.worker.drain().await.unwrap();

    let page = stranger.get("/demo/mail?lang=zh-CN").await;
    assert_eq!(page.status, StatusCode::OK);
    let token = post.app.app.keys.link_token("nonce");
    let link = format!("<a href=\"http://127.0.0.1:8080/p/{token}\">");
    for part in ["截获的邮件", "您有一条新消息", "@patient.example", link.as_str()] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    assert!(!page.html.contains("<script>alert"), "hostile text is text");
    let outside = TestApp::new().stranger().get("/demo/mail").await;
    assert_eq!(outside.status, StatusCode::NOT_FOUND);
}
