//! Lots, courses, infusions and the chair, through the pages.

mod incident;
mod lot_event;

use afterwatch::domain::{Role, SiteId, Timestamp};
use afterwatch::store::schema::{check_in, infusion, lot, outbox};
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::{Browser, TestApp};
use crate::registry::{id_of, in_both_languages, rows, with};

const LOT: &[(&str, &str)] = &[
    ("site", "A"),
    ("number", "nk-26-01"),
    ("product", "P-A-0001"),
    ("source", "own"),
    ("patient", "A-0001"),
    ("collected_on", "2026-01-20"),
    ("released_on", "2026-02-10"),
    ("cells_millions", "3000"),
    ("viability_percent", "92,5"),
    ("sterility", "negative"),
    ("mycoplasma", "negative"),
    ("endotoxin", "pass"),
    ("state", "released"),
];

#[tokio::test]
async fn a_lot_follows_its_states_and_a_positive_test_stops_it() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.infused(site, "A-0001").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    in_both_languages(&coordinator, "/lots/new").await;
    let answer = coordinator.post("/lots/new", LOT).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let id = id_of(&answer);
    let [page, _] = in_both_languages(&coordinator, &format!("/lots/{id}")).await;
    assert!(page.html.contains("NK-26-01") && page.html.contains("92.5"));
    in_both_languages(&coordinator, "/lots?q=NK&state=released&sort=number").await;

    let path = format!("/lots/{id}/edit");
    let change = |version, fields: &[(&'static str, &'static str)]| {
        let mut all = with(LOT, fields);
        all.push(("version", version));
        all
    };
    let stop = change("1", &[("sterility", "positive")]);
    assert_eq!(coordinator.post(&path, &stop).await.status, StatusCode::SEE_OTHER);
    let stopped: (String, Option<String>) = app
        .read(|conn| {
            Ok(lot::table
                .filter(lot::number.eq("NK-26-01"))
                .select((lot::state, lot::state_reason))
                .first(conn)?)
        })
        .await;
    assert_eq!(stopped, ("quarantined".to_owned(), Some("sterility +".to_owned())));
    let again = change("2", &[("sterility", "positive"), ("state", "released")]);
    let page = coordinator.post(&path, &again).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("choose quarantined or discarded"), "{}", page.html);
    let back = change("2", &[("state", "in_culture")]);
    let page = coordinator.post(&path, &back).await;
    assert!(page.html.contains("does not go from"), "{}", page.html);
    let shown = coordinator.get(&format!("/lots/{id}")).await;
    assert!(shown.html.contains("Look at everybody who was given this lot"));
}

#[tokio::test]
async fn own_and_donor_lots_keep_to_their_rules() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.infused(site, "A-0001").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    for (changed, sentence) in [
        (vec![("patient", "")], "say whose it is"),
        (vec![("source", "donor"), ("patient", "A-0001")], "belongs to no single patient"),
        (vec![("source", "donor"), ("patient", "")], "does not fit the product"),
        (vec![("patient", "NOBODY")], "not in the registry of the clinic"),
        (vec![("number", "L-A-0001")], "in the registry already"),
        (vec![("number", "12345678901234567890123456789012345x")], "At most 35 characters"),
        (vec![("viability_percent", "101")], "From 0 to 100"),
        (vec![("collected_on", "2026-02-30")], "A date such as"),
    ] {
        let page = coordinator.post("/lots/new", &with(LOT, &changed)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        assert!(page.html.contains(sentence), "{sentence} in {}", page.html);
    }
}

async fn course_of(app: &TestApp, site: SiteId, nurse: &Browser, code: &str) -> (String, String) {
    let product = app.product(&format!("P-{code}")).await;
    let of = app.patient(site, code).await;
    app.lot(site, product, of, &format!("L-{code}")).await;
    let path = format!("/courses/new?patient={of}");
    in_both_languages(nurse, &path).await;
    let product = format!("P-{code}");
    let fields = [("product", product.as_str()), ("phase", "first"), ("started_on", "2026-02-28")];
    let answer = nurse.post(&path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let page = nurse.get(&format!("/patients/{of}")).await;
    assert!(page.html.contains("every 30 days, 6 planned"), "the usual of the phase");
    let at = page.html.find("/infusions/new?course=").unwrap() + "/infusions/new?course=".len();
    (of.to_string(), page.html[at..at + 36].to_owned())
}

#[tokio::test]
async fn an_infusion_is_numbered_and_its_follow_up_is_planned() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let (patient_id, course) = course_of(&app, site, &nurse, "A-0001").await;
    let path = format!("/infusions/new?course={course}");
    in_both_languages(&nurse, &path).await;
    let given = [
        ("lot", "L-A-0001"),
        ("date", "2026-03-01"),
        ("start_time", "08:30"),
        ("end_time", "09:15"),
        ("route", "intravenous"),
        ("dose_cells_millions", "3000"),
    ];
    let asked = nurse.post(&path, &given).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.html.contains("No consent of the patient was in force"), "{}", asked.html);
    assert!(asked.html.contains("day when the lot was released is not known"));
    let answer = nurse.post(&path, &with(&given, &[("confirmed", "yes")])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let id = id_of(&answer);

    let (number, t0): (i32, Timestamp) = app
        .read(|conn| {
            Ok(infusion::table.select((infusion::number_in_course, infusion::t0)).first(conn)?)
        })
        .await;
    assert_eq!((number, t0.to_string().as_str()), (1, "2026-03-01T01:15:00.000Z"));
    let (check_ins, mails): (i64, i64) = app
        .read(|conn| {
            let check_ins = check_in::table.count().get_result(conn)?;
            Ok((check_ins, outbox::table.count().get_result(conn)?))
        })
        .await;
    assert!(check_ins > 5 && mails > 5, "{check_ins} check-ins, {mails} mails");
    let [page, _] = in_both_languages(&nurse, &format!("/infusions/{id}")).await;
    assert!(page.html.contains("2026-03-01 09:15 (+08:00)"), "{}", page.html);
    assert!(page.html.contains("valid until"), "the link's state");
    let [record, _] = in_both_languages(&nurse, &format!("/patients/{patient_id}")).await;
    assert!(record.html.contains("Infusion 1"));
    // The same again is the same infusion, not a second one.
    let twice = nurse.post(&path, &with(&given, &[("confirmed", "yes")])).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);

    // The end is corrected: the check-ins move with it, with a reason.
    let edit = format!("/infusions/{id}/edit");
    in_both_languages(&nurse, &edit).await;
    let due = || {
        app.read(|conn| {
            Ok(check_in::table
                .filter(check_in::code.eq("D1"))
                .select(check_in::due_at)
                .first::<String>(conn)?)
        })
    };
    let before = due().await;
    let moved = with(&given, &[("end_time", "09:45"), ("version", "1"), ("confirmed", "yes")]);
    let page = nurse.post(&edit, &moved).await;
    assert!(page.html.contains("Please say why"), "{}", page.html);
    let page = nurse.post(&edit, &with(&moved, &[("reason", "read wrongly")])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_ne!(due().await, before);
}

#[tokio::test]
async fn a_mistake_about_who_gets_what_is_refused_whatever_is_confirmed() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let (_, course) = course_of(&app, site, &nurse, "A-0001").await;
    let other = app.infused(site, "A-0002").await;
    let stopped = app.infused(site, "A-0003").await;
    let (stopped_lot, of) = (stopped.lot, course.clone());
    app.write(move |conn| {
        use afterwatch::store::schema::course;
        let (whose, product): (String, String) =
            course::table.find(of).select((course::patient_id, course::product_id)).first(conn)?;
        diesel::update(lot::table.find(stopped_lot))
            .set((
                lot::state.eq("quarantined"),
                lot::patient_id.eq(whose),
                lot::product_id.eq(product),
            ))
            .execute(conn)?;
        Ok(())
    })
    .await;
    let before = rows(&app).await;
    let path = format!("/infusions/new?course={course}");
    let given = [
        ("date", "2026-03-01"),
        ("start_time", "08:30"),
        ("end_time", "09:15"),
        ("route", "intravenous"),
        ("confirmed", "yes"),
    ];
    let _ = other;
    for (lot, sentence) in [
        ("L-A-0002", "another patient"),
        ("L-A-0003", "must not be given"),
        ("L-NONE", "not in the registry of the clinic"),
        ("", "Please fill this in"),
    ] {
        let page = nurse.post(&path, &with(&given, &[("lot", lot)])).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{lot}");
        assert!(page.html.contains(sentence), "{sentence} in {}", page.html);
    }
    for (changed, sentence) in [
        (vec![("end_time", "08:00")], "before the start"),
        (vec![("start_time", "23:00"), ("end_time", "")], "in the future"),
        (vec![("date", "2026-03-02")], "in the future"),
        (vec![("start_time", "8.30")], "A time such as 09:30"),
    ] {
        let mut fields = with(&given, &changed);
        fields.push(("lot", "L-A-0001"));
        let page = nurse.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        assert!(page.html.contains(sentence), "{sentence} in {}", page.html);
    }
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn what_is_seen_in_the_chair_is_kept_and_shown() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let known = app.infused(site, "A-0001").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let path = format!("/infusions/{}/observations", known.infusion);
    let empty = [("date", "2026-03-01"), ("time", "09:50"), ("thermometer", "axillary")];
    let page = nurse.post(&path, &empty).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("at least one measurement"), "{}", page.html);
    let wrong = with(&empty, &[("temperature", "101"), ("sbp", "1200"), ("note", "shivering")]);
    let page = nurse.post(&path, &wrong).await;
    assert!(page.html.contains("From 30 to 45") && page.html.contains("From 40 to 300"));
    assert!(page.html.contains("shivering</textarea>"), "as typed");
    let right = with(&empty, &[("temperature", "38,2"), ("hr", "104"), ("note", "shivering")]);
    let answer = nurse.post(&path, &right).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let [page, zh] = in_both_languages(&nurse, &format!("/infusions/{}", known.infusion)).await;
    assert!(page.html.contains("38.2 °C") && page.html.contains("HR 104/min"));
    assert!(zh.html.contains("心率 104"));
}
