//! A mail server that is away for long or behaves otherwise each time: nothing is lost.
//!
//! Where each behaviour of a mail server is tried:
//!
//! | The server | Right is | Test |
//! |---|---|---|
//! | takes it; takes it and goes | sent once | `mail::a_prompt_arrives_once_with_a_link_that_works`, `mail::a_fault_of_the_server_postpones_and_a_refusal_of_the_mail_fails` |
//! | is not there; greets with 421; is silent; is slow; talks nonsense | tried again, within the deadline | `mail::a_fault_of_the_server_postpones_…` |
//! | refuses the password | tried again; the password is not kept | [`a_wrong_password_and_broken_encryption_are_faults_of_the_server_that_pass`] |
//! | hangs on one mail | the others go on, alerts first | `mail::an_alert_goes_first_and_one_hung_letter_delays_no_other` |
//! | is away for minutes | an alarm on the pages | `climb::mails_that_all_failed_or_wait_too_long_are_an_alarm_and_one_that_arrived_is_none`, `faults::each_fault_stands_on_the_pages_and_at_readyz_within_five_minutes` |
//! | is away for a day | alerts first, nothing lost, nothing late | [`after_a_day_without_a_mail_server_alerts_go_first_and_nothing_is_lost_or_sent_late`] |
//! | refuses sender, recipient or content for now | tried again | `mail::a_fault_of_the_server_postpones_…` |
//! | refuses everybody the first time | succeeds later | `mail::greylisting_is_outlasted` |
//! | refuses recipient or content for good | given up; a task for a person | `mail::a_fault_of_the_server_postpones_…`, `mail::a_bad_address_fails_alone_over_a_kept_connection` |
//! | refuses one of two recipients | the other's mail goes once | `mail::a_bad_address_fails_alone_over_a_kept_connection` |
//! | goes after it asked for the mail (354); goes in the middle of it | tried again | `mail::a_fault_of_the_server_postpones_…` |
//! | takes it and goes without an answer; answers too late | tried again, as the same mail | `mail::a_fault_of_the_server_postpones_…` |
//! | behaves otherwise each time | all of the above | [`a_server_that_behaves_otherwise_each_time_gets_every_mail_in_the_end`] |
//! | shows a certificate that nobody named | nothing is said to it | `mail_tls::a_certificate_that_the_administrator_has_not_named_is_refused_and_nothing_is_said` |
//! | does not encrypt when it must | nothing is said to it | `mail::nothing_is_said_to_a_server_that_does_not_encrypt_when_it_must` |
//!
//! What becomes of mail when the program itself dies is in [`crate::killed`].

use afterwatch::domain::bounce::{Bounce, Fate};
use afterwatch::domain::letter::{LetterKind, MailState, StopCause};
use afterwatch::domain::{Actor, OutboxId};
use afterwatch::mail::{Outcome, SmtpSettings, Transport};
use afterwatch::store::outbox::{self, NewLetter, Queue};
use jiff::SignedDuration;

use crate::post::{DEADLINE, Post, transport};
use crate::smtp_sink::{Mode, Sink};

fn message_id(mail: &str) -> String {
    mail.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned()
}

#[tokio::test]
async fn after_a_day_without_a_mail_server_alerts_go_first_and_nothing_is_lost_or_sent_late() {
    let sink = Sink::start(Mode::Banner421).await;
    let post = Post::new(transport(&sink)).await;
    let now = post.app.now();
    let mut prompts = Vec::new();
    for number in 0..6 {
        let letter = NewLetter { dedup_key: format!("{number}"), ..post.prompt() };
        prompts.push(post.owe(letter).await.unwrap());
    }
    let late = NewLetter {
        kind: LetterKind::CheckInReminder,
        pointless_at: Some(now.plus_hours(12)),
        dedup_key: "pointless".to_owned(),
        ..post.prompt()
    };
    let late = post.owe(late).await.unwrap();
    let alert = post.alert().await;
    for _ in 0..48 {
        let outcomes = post.worker.drain().await.unwrap();
        assert!(outcomes.iter().all(|one| matches!(one, Outcome::Postponed(_))), "{outcomes:?}");
        post.app.advance(SignedDuration::from_mins(30));
    }
    assert_eq!(post.mail(late).await.cause, Some(StopCause::Pointless), "not sent late");
    assert_eq!(post.balance().await.waiting, 7, "the others wait");

    sink.set(Mode::Ok);
    assert_eq!(post.worker.step(Queue::All).await.unwrap(), Some(Outcome::Accepted(alert)));
    assert!(sink.mails()[0].contains("Task 1042"), "the alert is the first");
    post.worker.drain().await.unwrap();
    let balance = post.balance().await;
    assert_eq!((balance.accepted, balance.cancelled, balance.waiting), (7, 1, 0));
    assert_eq!(sink.mails().len(), 7, "each once");
    for prompt in prompts {
        assert_eq!(post.mail(prompt).await.state, MailState::Accepted);
    }
}

#[tokio::test]
async fn a_server_that_behaves_otherwise_each_time_gets_every_mail_in_the_end() {
    let sink = Sink::start(Mode::Random).await;
    let post = Post::new(transport(&sink)).await;
    let mut letters = Vec::new();
    for number in 0..10 {
        let letter = NewLetter { dedup_key: format!("{number}"), ..post.prompt() };
        letters.push(post.owe(letter).await.unwrap());
    }
    for _ in 0..40 {
        post.worker.drain().await.unwrap();
        post.app.advance(SignedDuration::from_mins(30));
    }
    assert_eq!(post.balance().await.accepted, 10);
    let ids: Vec<String> = sink.mails().iter().map(|mail| message_id(mail)).collect();
    for letter in letters {
        assert!(ids.iter().any(|id| id.contains(&letter.to_string())), "{letter} was lost");
    }
}

#[tokio::test]
async fn a_wrong_password_and_broken_encryption_are_faults_of_the_server_that_pass() {
    for (mode, login, tls) in
        [(Mode::Auth535, "user:secret@", ""), (Mode::BrokenTls, "", "?tls=required")]
    {
        let sink = Sink::start(mode).await;
        let mut settings =
            SmtpSettings::new(sink.url().replace("://", &format!("://{login}")) + tls);
        settings.deadline = DEADLINE;
        let post = Post::new(Transport::smtp(&settings).unwrap()).await;
        let id = post.owe(post.prompt()).await.unwrap();
        assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Postponed(id)], "{mode:?}");
        assert!(sink.mails().is_empty(), "{mode:?}: nothing was said in the open");
        for detail in post.details(id).await.into_iter().flatten() {
            assert!(!detail.contains("secret"), "{mode:?}: {detail}");
        }
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[tokio::test]
async fn whatever_happens_every_mail_that_was_planned_is_accounted_for() {
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let sink = Sink::start(Mode::Ok).await;
        let post = Post::new(transport(&sink)).await;
        let mut owed: Vec<OutboxId> = Vec::new();
        for turn in 0..40 {
            match dice.roll(6) {
                0 | 1 => {
                    let due_at = post.app.now().plus_minutes(i64::try_from(dice.roll(90)).unwrap());
                    let letter =
                        NewLetter { due_at, dedup_key: format!("{turn}"), ..post.prompt() };
                    owed.extend(post.owe(letter).await);
                }
                2 => {
                    let modes = [
                        Mode::Ok,
                        Mode::Data4xx,
                        Mode::Rcpt5xx,
                        Mode::AckThenDrop,
                        Mode::Banner421,
                    ];
                    let at = usize::try_from(dice.roll(5)).unwrap();
                    sink.set(modes[at]);
                }
                3 => {
                    post.app.advance(SignedDuration::from_mins(20));
                    post.worker.drain().await.unwrap();
                }
                4 if !owed.is_empty() => {
                    let at = usize::try_from(dice.roll(owed.len() as u64)).unwrap();
                    let fate = if dice.roll(2) == 0 { Fate::Failed } else { Fate::Delayed };
                    let bounce = Bounce { letter: owed[at], fate, status: None };
                    let now = post.app.now();
                    post.app
                        .write(move |conn| {
                            outbox::bounced(conn, now, &Actor::System, None, &bounce).map(|_| ())
                        })
                        .await;
                }
                5 if !owed.is_empty() => {
                    let (id, now) = (owed[0], post.app.now());
                    post.app
                        .write(move |conn| {
                            let cause = StopCause::Replaced;
                            outbox::cancel(conn, now, &Actor::System, id, cause).map(|_| ())
                        })
                        .await;
                }
                _ => {}
            }
            let balance = post.balance().await;
            let planned = i64::try_from(owed.len()).unwrap();
            assert_eq!(balance.planned(), planned, "seed {seed}, turn {turn}: {balance:?}");
        }
    }
}
