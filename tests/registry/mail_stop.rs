//! What is checked at the moment of sending.

use afterwatch::domain::letter::{MailState, StopCause};
use afterwatch::domain::registry::{CheckInState, PatientState};
use afterwatch::domain::{CheckInId, LinkId, Timestamp};
use afterwatch::mail::Transport;
use afterwatch::store::outbox::{NewLetter, Recipient};
use afterwatch::store::schema;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::fixtures::Infused;
use crate::post::{Post, transport};
use crate::smtp_sink::{Mode, Sink};

#[tokio::test]
async fn what_is_not_wanted_any_more_is_cancelled_with_its_cause() {
    type Change = fn(&mut SqliteConnection, &Infused, CheckInId, LinkId) -> QueryResult<usize>;
    fn patient(conn: &mut SqliteConnection, of: &Infused, to: PatientState) -> QueryResult<usize> {
        use schema::patient as p;
        diesel::update(p::table.find(of.patient)).set(p::state.eq(to)).execute(conn)
    }
    fn check_in(
        conn: &mut SqliteConnection,
        id: CheckInId,
        to: CheckInState,
    ) -> QueryResult<usize> {
        use schema::check_in as c;
        let answered = (to == CheckInState::Answered)
            .then(|| "2026-03-01T02:00:00Z".parse::<Timestamp>().unwrap());
        diesel::update(c::table.find(id))
            .set((c::state.eq(to), c::answered_at.eq(answered)))
            .execute(conn)
    }
    let cases: &[(StopCause, MailState, Change)] = &[
        (StopCause::OnHold, MailState::Cancelled, |c, i, _, _| patient(c, i, PatientState::OnHold)),
        (StopCause::InHospital, MailState::Cancelled, |c, i, _, _| {
            patient(c, i, PatientState::InHospital)
        }),
        (StopCause::Withdrawn, MailState::Cancelled, |c, i, _, _| {
            patient(c, i, PatientState::Withdrawn)
        }),
        (StopCause::Died, MailState::Cancelled, |c, i, _, _| patient(c, i, PatientState::Died)),
        (StopCause::Moved, MailState::Cancelled, |c, i, _, _| patient(c, i, PatientState::Moved)),
        (StopCause::PromptsStopped, MailState::Cancelled, |c, i, _, _| {
            use schema::patient as p;
            let at = p::prompts_stopped_at.eq("2026-03-01T02:00:00.000Z");
            diesel::update(p::table.find(i.patient)).set(at).execute(c)
        }),
        (StopCause::Answered, MailState::Cancelled, |c, _, id, _| {
            check_in(c, id, CheckInState::Answered)
        }),
        (StopCause::Closed, MailState::Cancelled, |c, _, id, _| {
            check_in(c, id, CheckInState::Missed)
        }),
        (StopCause::Superseded, MailState::Cancelled, |c, _, id, _| {
            check_in(c, id, CheckInState::Superseded)
        }),
        (StopCause::LinkEnded, MailState::Cancelled, |c, _, _, id| {
            use schema::link as l;
            diesel::update(l::table.find(id))
                .set(l::revoked_at.eq("2026-03-01T02:00:00.000Z"))
                .execute(c)
        }),
        (StopCause::SiteInactive, MailState::Cancelled, |c, _, _, _| {
            use schema::site as s;
            diesel::update(s::table).set(s::state.eq("inactive")).execute(c)
        }),
        (StopCause::NoAddress, MailState::Failed, |c, i, _, _| {
            use schema::patient_contact as p;
            diesel::update(p::table.find(i.patient)).set(p::email.eq(None::<String>)).execute(c)
        }),
        (StopCause::Unwritable, MailState::Failed, |c, i, _, _| {
            use schema::patient_contact as p;
            diesel::update(p::table.find(i.patient)).set(p::email.eq("nobody at all")).execute(c)
        }),
    ];
    for (cause, state, change) in cases {
        let post = Post::new(Transport::Capture).await;
        let id = post.owe(post.prompt()).await.unwrap();
        let (infused, check_in, link, change) = (post.infused, post.check_in, post.link, *change);
        post.app.write(move |conn| Ok(change(conn, &infused, check_in, link)?)).await;
        post.worker.drain().await.unwrap();
        let mail = post.mail(id).await;
        assert_eq!((mail.state, mail.cause), (*state, Some(*cause)));
        let balance = post.balance().await;
        assert_eq!((balance.planned(), balance.waiting, balance.accepted), (1, 0, 0), "{cause:?}");
    }
}

#[tokio::test]
async fn a_letter_to_the_wrong_patient_is_never_sent() {
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let stranger = post.app.patient(post.site, "2").await;
    let letter = NewLetter { to: Recipient::Patient(stranger), ..post.prompt() };
    let id = post.owe(letter).await.unwrap();
    assert_eq!(post.worker.drain().await.unwrap(), []);
    assert!(sink.mails().is_empty());
    assert_eq!(post.mail(id).await.cause, Some(StopCause::Mismatch));
}

#[tokio::test]
async fn a_letter_too_late_to_be_of_use_is_not_sent_after_an_outage() {
    let sink = Sink::start(Mode::Ok).await;
    let post = Post::new(transport(&sink)).await;
    let pointless_at = Some(post.app.now().plus_hours(1));
    let id = post.owe(NewLetter { pointless_at, ..post.prompt() }).await.unwrap();
    post.app.advance(SignedDuration::from_hours(1));
    post.worker.drain().await.unwrap();
    assert_eq!(post.mail(id).await.cause, Some(StopCause::Pointless));
    assert!(sink.mails().is_empty());
}
