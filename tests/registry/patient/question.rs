//! A nurse's own question, from the task to the patient's page and back; and what the patient
//! reads of what became of a report.

use afterwatch::domain::{Role, TaskId};
use afterwatch::store::schema::{
    check_in, outbox, patient, patient_contact, question, task, task_event,
};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::visitor::{Scene, scene, text_of};
use crate::app::Browser;

const WORDS: &str = "Did the swelling go down since this morning?";

/// A patient with fever, whose task a nurse has open.
async fn reported() -> (Scene, Browser, TaskId) {
    let scene = scene().await;
    scene.app.advance(SignedDuration::from_hours(5));
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("danger", "chest"), ("feeling", "danger")]).await;
    let site = scene.app.read(|conn| Ok(patient::table.select(patient::site_id).first(conn)?));
    let nurse = scene.app.staff(Role::Nurse, site.await).await;
    let id = scene.app.read(|conn| Ok(task::table.select(task::id).first(conn)?)).await;
    (scene, nurse, id)
}

async fn ask(scene: &Scene, nurse: &Browser, id: TaskId, words: &str) -> StatusCode {
    let version: i32 = scene
        .app
        .read(move |conn| Ok(task::table.find(id).select(task::version).first(conn)?))
        .await;
    let form = [("version", &*version.to_string()), ("note", words)];
    nurse.post(&format!("/tasks/{id}/ask"), &form).await.status
}

#[tokio::test]
async fn a_question_from_the_task_stands_on_the_patient_s_page_and_its_answer_in_the_task() {
    let (scene, nurse, id) = reported().await;
    for lang in ["en", "zh-CN"] {
        let page = nurse.get(&format!("/tasks/{id}?lang={lang}")).await;
        assert!(page.html.contains(&format!("/tasks/{id}/ask")), "{}", page.html);
    }
    assert_eq!(ask(&scene, &nurse, id, " ").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ask(&scene, &nurse, id, WORDS).await, StatusCode::SEE_OTHER);
    let again = ask(&scene, &nurse, id, "And the fever?").await;
    assert_eq!(again, StatusCode::UNPROCESSABLE_ENTITY, "one question at a time");
    let now = scene.app.now();
    let (prompts, due): (i64, afterwatch::domain::Timestamp) = scene
        .app
        .read(|conn| {
            let prompts = outbox::table.filter(outbox::kind.eq("check_in_prompt")).count();
            let due = check_in::table.filter(check_in::code.eq("EXTRA")).select(check_in::due_at);
            Ok((prompts.get_result(conn)?, due.first(conn)?))
        })
        .await;
    assert_eq!((prompts, due), (1, now), "one mail, now");

    // The words stand on the page of whoever is well, and the page where they answer is shown.
    let visitor = scene.visitor().await;
    let first = visitor.get("/p/report/first").await;
    assert!(text_of(&first.html).contains(WORDS), "{}", first.html);
    let next = visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    assert_eq!(next, "/p/report/last");
    assert!(text_of(&visitor.get(&next).await.html).contains(WORDS));
    visitor.goes("/p/report/last", &[("free_text", "It is gone.")]).await;
    visitor.send().await;
    let kinds: Vec<String> = scene
        .app
        .read(move |conn| {
            Ok(task_event::table
                .filter(task_event::task_id.eq(id))
                .filter(task_event::kind.eq_any(["asked", "question_answered"]))
                .order(task_event::id)
                .select(task_event::kind)
                .load(conn)?)
        })
        .await;
    assert_eq!(kinds, ["asked", "question_answered"]);
    let page = nurse.get(&format!("/tasks/{id}?lang=en")).await;
    assert!(page.html.contains(WORDS) && page.html.contains("It is gone."), "{}", page.html);
    let visitor = scene.visitor().await;
    let first = visitor.get("/p/report/first").await;
    assert!(!text_of(&first.html).contains(WORDS), "an answered question is not asked again");
}

#[tokio::test]
async fn nobody_is_asked_who_gets_no_mail_or_has_no_address() {
    for stops in [true, false] {
        let (scene, nurse, id) = reported().await;
        let now = scene.app.now();
        scene
            .app
            .write(move |conn| {
                if stops {
                    diesel::update(patient::table)
                        .set(patient::prompts_stopped_at.eq(now))
                        .execute(conn)?;
                } else {
                    diesel::update(patient_contact::table)
                        .set((
                            patient_contact::email.eq(None::<String>),
                            patient_contact::phone.eq("+86 10 1234 5678"),
                        ))
                        .execute(conn)?;
                }
                Ok(())
            })
            .await;
        assert_eq!(ask(&scene, &nurse, id, WORDS).await, StatusCode::UNPROCESSABLE_ENTITY);
        let kept: i64 = scene.app.read(|conn| Ok(question::table.count().get_result(conn)?)).await;
        assert_eq!(kept, 0);
    }
}

#[tokio::test]
async fn the_patient_reads_received_read_and_rung_and_never_what_the_clinic_thinks() {
    let (scene, nurse, id) = reported().await;
    let visitor = scene.visitor().await;
    visitor.goes("/p/report/first", &[("feeling", "well")]).await;
    visitor.send().await;
    let home = |lang: &'static str| {
        let visitor = &visitor;
        async move { text_of(&visitor.get(&format!("/p/report?lang={lang}")).await.html) }
    };
    assert!(home("en").await.contains("received; nobody has read it yet"));
    assert!(
        home("zh-CN")
            .await
            .contains("\u{5df2}\u{6536}\u{5230}\u{ff0c}\u{5c1a}\u{65e0}\u{4eba}\u{67e5}\u{770b}")
    );
    let version: i32 = scene
        .app
        .read(move |conn| Ok(task::table.find(id).select(task::version).first(conn)?))
        .await;
    let note = "I suspect a reaction of grade 3";
    let call = [("version", &*version.to_string()), ("result", "reached"), ("note", note)];
    let done = nurse.post(&format!("/tasks/{id}/call"), &call).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = home("en").await;
    assert!(page.contains("read by") || page.contains("rang"), "{page}");
    assert!(!page.contains("received; nobody has read it yet"), "{page}");
    for clinical in [note, "grade", "URGENT", "chest", "reaction"] {
        assert!(!page.contains(clinical), "{clinical}: {page}");
    }
}
