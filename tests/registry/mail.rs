//! From what is owed to what a mail server has taken, over a real socket.

use std::time::Duration;

use afterwatch::domain::letter::{LetterKind, MailState, StopCause};
use afterwatch::domain::{Scope, Timestamp};
use afterwatch::mail::{Outcome, SmtpSettings, Transport, compose};
use afterwatch::store::outbox::{self, Balance, Filter, NewLetter, Queue, Recipient};
use afterwatch::store::schema;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::post::{DEADLINE, Post, mail_settings, transport};
use crate::smtp_sink::{Mode, Sink};

#[tokio::test]
async fn a_prompt_arrives_once_with_a_link_that_works() {
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let id = post.owe(post.prompt()).await.unwrap();
    assert_eq!(post.owe(post.prompt()).await, None, "one reason owes one letter");

    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)]);
    assert_eq!(post.worker.drain().await.unwrap(), [], "sending again sends nothing");

    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains(&format!("Message-ID: <outbox-{id}@mail.example>")));
    let token = post.app.app.keys.link_token("nonce");
    let text = mails[0].replace("=\r\n", "").replace("=3D", "=");
    assert!(text.contains(&format!("https://aw.example/p/{token}")), "{text}");
    let mail = post.mail(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Accepted, 1));
    let check_in = post.check_in;
    let prompted: Option<Timestamp> = post
        .app
        .read(move |conn| {
            use schema::check_in as c;
            Ok(c::table.find(check_in).select(c::prompted_at).first(conn)?)
        })
        .await;
    assert_eq!(prompted, Some(post.app.now()));
}

#[tokio::test]
async fn a_fault_of_the_server_postpones_and_a_refusal_of_the_mail_fails() {
    use Mode::{
        AckThenDrop, Banner421, Banner554, Data4xx, Data5xx, DropAfter354, DropAfterData, Garbage,
        Mail4xx, Mail5xx, MidDataDrop, Ok, Rcpt4xx, Rcpt5xx, Refuse, Silent, SilentAfterGreeting,
        Slow, SlowAfterData,
    };
    for (mode, state) in [
        (Ok, MailState::Accepted),
        (AckThenDrop, MailState::Accepted),
        (Refuse, MailState::Planned),
        (Banner421, MailState::Planned),
        (Banner554, MailState::Planned),
        (Silent, MailState::Planned),
        (SilentAfterGreeting, MailState::Planned),
        (Slow, MailState::Planned),
        (Garbage, MailState::Planned),
        (Mail4xx, MailState::Planned),
        (Mail5xx, MailState::Planned),
        (Rcpt4xx, MailState::Planned),
        (Data4xx, MailState::Planned),
        (DropAfter354, MailState::Planned),
        (MidDataDrop, MailState::Planned),
        (DropAfterData, MailState::Planned),
        (SlowAfterData, MailState::Planned),
        (Rcpt5xx, MailState::Failed),
        (Data5xx, MailState::Failed),
    ] {
        let sink = Sink::start(mode).await;
        let post = Post::new(transport(&sink)).await;
        let id = post.owe(post.prompt()).await.unwrap();
        let begun = std::time::Instant::now();
        let outcome = post.worker.step(Queue::All).await.unwrap().unwrap();
        assert!(begun.elapsed() < DEADLINE * 4, "{mode:?} took {:?}", begun.elapsed());
        let expected = match state {
            MailState::Accepted => Outcome::Accepted(id),
            MailState::Planned => Outcome::Postponed(id),
            _ => Outcome::Failed(id),
        };
        assert_eq!(outcome, expected, "{mode:?}");
        let mail = post.mail(id).await;
        assert_eq!(mail.state, state, "{mode:?}");
        for detail in post.details(id).await.into_iter().flatten() {
            assert!(!detail.contains('@') && !detail.is_empty(), "{mode:?}: {detail}");
        }
        if state == MailState::Planned {
            assert_eq!(mail.next_try_at, post.app.now().plus_minutes(1), "{mode:?}");
            // The server comes back: the same mail, once more.
            sink.set(Ok);
            post.app.advance(SignedDuration::from_mins(1));
            if mode != Refuse {
                assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)], "{mode:?}");
                let ids = sink.mails().iter().map(|mail| message_id(mail)).collect::<Vec<_>>();
                assert!(ids.iter().all(|found| *found == ids[0]), "{mode:?}: {ids:?}");
            }
        }
    }
}

fn message_id(mail: &str) -> String {
    mail.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned()
}

#[tokio::test]
async fn greylisting_is_outlasted() {
    let sink = Sink::start(Mode::Greylist).await;
    let post = Post::new(transport(&sink)).await;
    let id = post.owe(post.prompt()).await.unwrap();
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Postponed(id)]);
    assert_eq!(post.worker.drain().await.unwrap(), [], "not before its time");
    post.app.advance(SignedDuration::from_mins(1));
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)]);
}

#[tokio::test]
async fn an_alert_goes_first_and_one_hung_letter_delays_no_other() {
    let sink = Sink::start(Mode::HangsOnSlow).await;
    let post = Post::new(transport(&sink)).await;
    post.address("slow@p.example").await;
    for number in 0..3 {
        post.owe(NewLetter { dedup_key: format!("{number}"), ..post.prompt() }).await.unwrap();
    }
    let alert = post.alert().await;
    let first = post.worker.step(Queue::All).await.unwrap();
    assert_eq!(first, Some(Outcome::Accepted(alert)));
    assert!(sink.mails()[0].contains("Task 1042 needs your attention now"));

    let worker = post.worker.clone();
    let running = tokio::spawn(async move { worker.run().await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = std::time::Instant::now();
    let second = post.owe(NewLetter {
        kind: LetterKind::StaffInvitation,
        to: Recipient::Staff(post.app.person(&[], false).await),
        infusion: None,
        check_in: None,
        link: None,
        dedup_key: "invitation".to_owned(),
        ..post.prompt()
    });
    second.await.unwrap();
    post.worker.bell().notify_waiters();
    while sink.mails().len() < 2 {
        assert!(begun.elapsed() < DEADLINE * 10, "the hung letters held up another");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.abort();
}

#[tokio::test]
async fn a_bad_address_fails_alone_over_a_kept_connection() {
    let sink = Sink::start(Mode::BadRcpt5xx).await;
    let post = Post::new(transport(&sink)).await;
    for number in 0..5 {
        post.owe(NewLetter { dedup_key: format!("{number}"), ..post.prompt() }).await.unwrap();
        assert!(matches!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Accepted(_))));
    }
    assert_eq!((sink.mails().len(), sink.connections()), (5, 1));

    post.address("bad@p.example").await;
    let bad = post.owe(NewLetter { dedup_key: "bad".to_owned(), ..post.prompt() }).await.unwrap();
    post.owe(NewLetter {
        kind: LetterKind::StaffInvitation,
        to: Recipient::Staff(post.app.person(&[], false).await),
        infusion: None,
        check_in: None,
        link: None,
        dedup_key: "good".to_owned(),
        ..post.prompt()
    })
    .await
    .unwrap();
    assert_eq!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Failed(bad)));
    assert_eq!(post.mail(bad).await.cause, Some(StopCause::Refused));
    assert_eq!(post.unreachable_tasks().await, 1, "a person is told");
    post.owe(NewLetter { dedup_key: "bad again".to_owned(), ..post.prompt() }).await.unwrap();
    assert!(matches!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Failed(_))));
    assert_eq!(post.unreachable_tasks().await, 1, "and is not told twice");
    assert!(matches!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Accepted(_))));
}

#[tokio::test]
async fn a_worker_that_died_while_sending_loses_nothing() {
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let id = post.owe(post.prompt()).await.unwrap();
    let now = post.app.now();
    let taken = post.app.write(move |conn| outbox::claim(conn, now, Queue::All)).await;
    assert_eq!(taken.map(|owed| owed.id), Some(id));
    assert_eq!(post.worker.drain().await.unwrap(), [], "another has it");
    post.app.advance(outbox::LEASE);
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)]);
    assert_eq!(post.mail(id).await.attempts, 2);
}

#[tokio::test]
async fn mails_of_another_clinic_are_neither_listed_nor_counted() {
    let post = Post::new(Transport::Capture).await;
    let id = post.owe(post.prompt()).await.unwrap();
    let elsewhere = Scope::of([post.app.site("B").await]);
    let filter = Filter { limit: 200, ..Filter::default() };
    let (list, tries, balance) = post
        .app
        .read(move |conn| {
            Ok((
                outbox::list(conn, &elsewhere, &filter)?,
                outbox::attempts(conn, &elsewhere, id)?,
                outbox::balance(conn, &elsewhere)?,
            ))
        })
        .await;
    assert!(list.is_empty() && tries.is_empty());
    assert_eq!(balance, Balance::default());
}

#[tokio::test]
async fn a_captured_mail_can_be_read_as_it_was_written() {
    let post = Post::new(Transport::Capture).await;
    let id = post.owe(post.prompt()).await.unwrap();
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)]);

    let (here, elsewhere) = (Scope::of([post.site]), Scope::of([]));
    let (seen, hidden) = post
        .app
        .read(move |conn| Ok((outbox::look(conn, &here, id)?, outbox::look(conn, &elsewhere, id)?)))
        .await;
    assert_eq!(hidden, None, "not for people of other clinics");
    let (owed, at) = seen.unwrap();
    assert_eq!(at, post.app.now());
    let letter = compose(&post.app.app.keys, &mail_settings(), &owed, at).unwrap();
    let words = letter.words().unwrap();
    assert_eq!(words.subject, "您有一条新消息");
    let token = post.app.app.keys.link_token("nonce");
    assert!(words.text.contains(&format!("https://aw.example/p/{token}\n")), "{}", words.text);
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_does_not_encrypt_when_it_must() {
    let sink = Sink::start(Mode::Ok).await;
    let mut settings = SmtpSettings::new(format!("{}?tls=required", sink.url()));
    settings.deadline = DEADLINE;
    let post = Post::new(Transport::smtp(&settings).unwrap()).await;
    let id = post.owe(post.prompt()).await.unwrap();
    assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Postponed(id)]);
    assert!(sink.mails().is_empty());
    let detail = post.details(id).await.remove(0).unwrap();
    assert!(detail.contains("STARTTLS"), "{detail}");
}

#[tokio::test]
async fn a_prompt_that_waited_for_the_morning_leaves_eight_hours_for_day_1() {
    for (sent_h, close_h) in [(24, 36), (33, 41)] {
        let post = Post::new(Transport::Capture).await;
        let begin = post.app.now();
        let due_at = begin.plus_hours(sent_h);
        post.owe(NewLetter { due_at, ..post.prompt() }).await.unwrap();
        post.app.advance(SignedDuration::from_hours(sent_h));
        post.worker.drain().await.unwrap();
        let check_in = post.check_in;
        let close: Timestamp = post
            .app
            .read(move |conn| {
                use schema::check_in as c;
                Ok(c::table.find(check_in).select(c::closes_at).first(conn)?)
            })
            .await;
        assert_eq!(close, begin.plus_hours(close_h), "sent at {sent_h} h");
    }
}

/// Runs `afterwatch mail test` against a server: exit code and what was said.
async fn mail_test(sink: &Sink) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_afterwatch"))
        .args(["mail", "test", "nurse@clinic.example", "--language", "zh-CN"])
        .current_dir(std::env::temp_dir())
        .env("AFTERWATCH_SMTP_URL", sink.url())
        .env("AFTERWATCH_MAIL_FROM", "post@mail.example")
        .output()
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn the_test_mail_says_what_the_server_answered() {
    for (mode, code, part) in [
        (Mode::Ok, 0, "took the test mail"),
        (Mode::Rcpt5xx, 1, "no such user"),
        (Mode::Banner421, 2, "try later"),
        (Mode::Refuse, 2, "not taken"),
    ] {
        let sink = Sink::start(mode).await;
        let (found, said) = mail_test(&sink).await;
        assert_eq!(found, Some(code), "{mode:?}: {said}");
        assert!(said.contains(part), "{mode:?}: {said}");
        assert_eq!(sink.mails().len(), usize::from(code == 0));
    }
}
