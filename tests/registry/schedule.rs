//! The follow-up schedule of a product: edited, previewed, kept in versions, used.

use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::{InfusionId, Timestamp};
use afterwatch::store::schema::infusion;
use afterwatch::store::{check_ins, schedules};
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::planned::at;
use crate::ward::Ward;

/// The form as the page shows it, with some of its values changed.
fn form(html: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for tag in html.split("<input ").skip(1) {
        let tag = tag.split('>').next().unwrap();
        let get = |name: &str| {
            let rest = tag.split(&format!("{name}=\"")).nth(1)?;
            Some(rest.split('"').next().unwrap().to_owned())
        };
        let (Some(name), Some(value)) = (get("name"), get("value")) else { continue };
        let unticked = tag.contains("type=\"checkbox\"") && !tag.contains(" checked");
        if name != "form_token" && !unticked {
            fields.push((name, value));
        }
    }
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    fields
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn due(ward: &Ward, infusion: InfusionId, code: CheckInCode) -> Option<Timestamp> {
    let kept = ward.app.read(move |conn| check_ins::of_infusion(conn, infusion)).await;
    kept.into_iter().find(|one| one.code == code).map(|one| one.due_at)
}

async fn another_patient(ward: &Ward) -> InfusionId {
    let (app, product) = (&ward.app, ward.infused.product);
    let patient = app.patient(ward.site, "P2").await;
    let lot = app.lot(ward.site, product, patient, "L-P2").await;
    let course = app.course(ward.site, patient, product).await;
    app.infusion((ward.site, patient), (course, 1), lot, app.now()).await
}

#[tokio::test]
async fn a_new_version_counts_for_new_infusions_and_old_plans_keep_theirs() {
    let ward = Ward::new().await;
    let first = ward.infused.infusion;
    ward.plan(first).await;
    let admin = ward.app.administrator().await;
    let url = format!("/admin/products/{}/schedule", ward.infused.product);
    let page = admin.get(&url).await;
    assert_eq!(page.status, StatusCode::OK);
    // The default was taken over when the first infusion was planned.
    assert!(page.html.contains("The default, taken over at the first infusion"), "{}", page.html);
    let changes = [
        ("D2.asked", ""),
        ("D1.due", "26"),
        ("D1.reminders", "3"),
        ("quiet_from", "23:00"),
        ("reason", "Fewer mails"),
        ("go", "save"),
    ];
    let answer = admin.post(&url, &pairs(&form(&page.html, &changes))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let page = admin.get(&format!("{url}?saved=yes")).await;
    assert!(page.html.contains("Fewer mails") && page.html.contains("Test Person"));

    let second = another_patient(&ward).await;
    ward.plan(second).await;
    assert_eq!(due(&ward, second, CheckInCode::D1).await, Some(at("2026-03-02T04:00:00Z")));
    assert_eq!(due(&ward, second, CheckInCode::D2).await, None);
    assert!(due(&ward, first, CheckInCode::D2).await.is_some());
    // A corrected time moves the old plan by the version that it was made from.
    let t0 = at("2026-03-01T01:30:00Z");
    ward.app
        .write(move |conn| {
            diesel::update(infusion::table.find(first))
                .set((infusion::ended_at.eq(t0), infusion::t0.eq(t0)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.changed(first).await;
    assert_eq!(due(&ward, first, CheckInCode::D1).await, Some(at("2026-03-02T01:30:00Z")));
    let numbers = ward
        .app
        .read(move |conn| {
            Ok([
                schedules::number_of_infusion(conn, first)?,
                schedules::number_of_infusion(conn, second)?,
            ])
        })
        .await;
    assert_eq!(numbers, [Some(1), Some(2)]);
}

#[tokio::test]
async fn the_preview_shows_the_patient_s_clock_and_keeps_nothing() {
    let ward = Ward::new().await;
    let admin = ward.app.administrator().await;
    let url = format!("/admin/products/{}/schedule", ward.infused.product);
    let page = admin.get(&url).await;
    // REFERENCE 7.4: day 30 of a patient in Berlin waits for the morning of summer time.
    let changes =
        [("day", "2026-03-01"), ("time", "03:00"), ("zone", "Europe/Berlin"), ("go", "preview")];
    let shown = admin.post(&url, &pairs(&form(&page.html, &changes))).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.html.contains("31 March 2026, 07:00"), "{}", shown.html);
    // Four hours after 20:00 is night.
    let changes = [("day", "2026-03-01"), ("time", "20:00"), ("go", "preview")];
    let shown = admin.post(&url, &pairs(&form(&page.html, &changes))).await;
    assert!(shown.html.contains("not sent: night"));
    let product = ward.infused.product;
    let kept = ward.app.read(move |conn| schedules::newest_number(conn, product)).await;
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_wrong_schedule_comes_back_as_typed_with_every_fault() {
    let ward = Ward::new().await;
    let admin = ward.app.administrator().await;
    let url = format!("/admin/products/{}/schedule", ward.infused.product);
    let page = admin.get(&url).await;
    let changes = [
        ("D1.asked", ""),
        ("D2.due", "two days"),
        ("D7.closes", "160"),
        ("quiet_until", "noon"),
        ("zone", "Europe/Nowhere"),
        ("go", "save"),
    ];
    let answer = admin.post(&url, &pairs(&form(&page.html, &changes))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in [
        "2 days, Due: whole hours from 0 to 26280, please.",
        "Quiet hours, Until: a time such as 22:00, please.",
        "Day 1 must be asked.",
        "7 days: it must open no later than it is due",
        "Give a reason for the change.",
        "a time zone such as Asia/Shanghai",
        "value=\"two days\"",
        "value=\"noon\"",
    ] {
        assert!(answer.html.contains(sentence), "{sentence}: {}", answer.html);
    }
    let product = ward.infused.product;
    let kept = ward.app.read(move |conn| schedules::newest_number(conn, product)).await;
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn who_was_slower_is_told_and_nothing_is_saved_twice() {
    let ward = Ward::new().await;
    let admin = ward.app.administrator().await;
    let url = format!("/admin/products/{}/schedule", ward.infused.product);
    let page = admin.get(&url).await;
    let changes = [("D2.asked", ""), ("reason", "Mine"), ("go", "save")];
    let mine = form(&page.html, &changes);
    assert_eq!(admin.post(&url, &pairs(&mine)).await.status, StatusCode::SEE_OTHER);
    let late = admin.post(&url, &pairs(&mine)).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.html.contains("Somebody else saved a version meanwhile"));
    let same = [("reason", "Again"), ("go", "save")];
    let again = admin.post(&url, &pairs(&form(&late.html, &same))).await;
    assert!(again.html.contains("Nothing differs from the version in force."), "{}", again.html);
    // An older version can be taken as the start of a new one.
    let none = admin.get(&format!("{url}?version=9")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let first = admin.get(&format!("{url}?version=1")).await;
    assert_eq!(first.status, StatusCode::OK);
}

#[tokio::test]
async fn the_page_of_an_infusion_says_which_version_its_check_ins_follow() {
    let ward = Ward::new().await;
    let nurse = ward.app.sign_in(ward.nurse).await;
    let address = format!("/infusions/{}", ward.infused.infusion);
    let says = [("en", "They follow version 1 of the schedule"), ("zh-CN", "按随访计划第1版执行")];
    for (lang, words) in says {
        let page = nurse.get(&format!("{address}?lang={lang}")).await;
        assert!(!page.html.contains(words), "nothing is planned yet: {}", page.html);
    }
    ward.plan(ward.infused.infusion).await;
    for (lang, words) in says {
        let page = nurse.get(&format!("{address}?lang={lang}")).await;
        assert!(page.html.contains(words), "{}", page.html);
    }
}
