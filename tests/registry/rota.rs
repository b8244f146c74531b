//! Who is on duty when, as people enter it and as alerts follow it.

use afterwatch::domain::chain::Audience;
use afterwatch::domain::{Level, Role, StaffId};
use afterwatch::store::schema::{duty, rota_exception, rota_shift, staff};
use afterwatch::store::staff as people;
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::{Answer, Browser};
use crate::climb::Clinic;

impl Clinic {
    /// Lets the people be asked for duty: they have signed in before.
    async fn signed_up(&self, who: &[StaffId]) {
        for id in who {
            let (id, now) = (*id, self.ward.app.now());
            self.ward
                .app
                .write(move |conn| {
                    diesel::update(staff::table.find(id))
                        .set((
                            staff::password_hash.eq("$argon2id$not-a-hash"),
                            staff::password_set_at.eq(now),
                        ))
                        .execute(conn)?;
                    Ok(())
                })
                .await;
        }
    }

    async fn hours(
        &self,
        by: &Browser,
        (who, audience): (StaffId, &str),
        days: &[&str],
        (from, until): (&str, &str),
    ) -> Answer {
        let (site, who) = (self.ward.site.to_string(), who.to_string());
        let mut fields =
            vec![("site", site.as_str()), ("staff", who.as_str()), ("audience", audience)];
        fields.extend(days.iter().map(|day| ("day", *day)));
        fields.extend([("from", from), ("until", until)]);
        by.post("/admin/duty/hours", &fields).await
    }

    async fn cover(&self, by: &Browser, who: StaffId, audience: &str) -> Answer {
        let (site, who) = (self.ward.site.to_string(), who.to_string());
        let fields = [("site", &*site), ("staff", &*who), ("audience", audience), ("cover", "yes")];
        by.post("/admin/duty/hours", &fields).await
    }
}

const WEEK: [&str; 7] = ["1", "2", "3", "4", "5", "6", "7"];

#[tokio::test]
async fn alerts_follow_the_rota_and_the_page_names_who_is_on_now_and_next_and_every_gap() {
    let clinic = Clinic::new().await;
    let by = clinic.browser(Role::Nurse).await;
    clinic.signed_up(&[clinic.ward.nurse, clinic.colleague]).await;
    // The clock of the tests stands at 10:00 in the morning of the clinic in Shanghai.
    let done = clinic.hours(&by, (clinic.colleague, "on_duty"), &WEEK, ("08:00", "20:00")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = by.get("/admin/duty").await.html;
    assert!(page.contains("Nobody has hours, in the next 14 days:"), "{page}");
    assert!(page.contains("Mon 08:00–20:00"), "{page}");
    assert_eq!(page.matches("20:00 – ").count(), 14, "{page}");
    clinic.cover(&by, clinic.ward.nurse, "on_duty").await;
    let page = by.get("/admin/duty").await.html;
    assert!(page.contains("Somebody is on duty at every hour of the next 14 days."), "{page}");

    clinic.ward.app.write(|conn| Ok(diesel::delete(duty::table).execute(conn)?)).await;
    let id = clinic.task(Level::Emergency).await;
    let told = clinic.told(id).await;
    let expected = if is_day(&clinic) { clinic.colleague } else { clinic.ward.nurse };
    assert_eq!(told, [(1, 0, vec![expected])]);
}

/// Whether the clinic's wall shows a time between 8 and 20.
fn is_day(clinic: &Clinic) -> bool {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    (8..20).contains(&clinic.ward.app.now().at(&zone).hour())
}

#[tokio::test]
async fn whoever_the_rota_marks_as_charge_nurse_is_told_alone() {
    let clinic = Clinic::new().await;
    let by = clinic.browser(Role::Nurse).await;
    clinic.signed_up(&[clinic.colleague, clinic.physician]).await;
    assert_eq!(
        clinic.cover(&by, clinic.colleague, "charge_nurse").await.status,
        StatusCode::SEE_OTHER
    );
    let refused = clinic.cover(&by, clinic.colleague, "physician").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a nurse is no physician");
    let id = clinic.task(Level::Emergency).await;
    clinic.minutes(15).await;
    assert_eq!(clinic.told(id).await.pop(), Some((1, 1, vec![clinic.colleague])));
}

#[tokio::test]
async fn the_rota_takes_the_place_of_duty_by_hand_only_when_it_has_no_gap() {
    let clinic = Clinic::new().await;
    let by = clinic.browser(Role::Physician).await;
    clinic.signed_up(&[clinic.ward.nurse, clinic.colleague]).await;
    let (site, nurse) = (clinic.ward.site.to_string(), clinic.ward.nurse.to_string());
    let last = [("site", site.as_str()), ("staff", nurse.as_str())];
    clinic.hours(&by, (clinic.colleague, "on_duty"), &WEEK, ("08:00", "20:00")).await;
    let refused = by.post("/admin/duty/end", &last).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the nights are empty");
    clinic.hours(&by, (clinic.colleague, "on_duty"), &WEEK, ("20:00", "08:00")).await;
    assert_eq!(by.post("/admin/duty/end", &last).await.status, StatusCode::SEE_OTHER);
    let now = clinic.ward.app.now();
    let without = clinic.ward.app.read(move |conn| people::clinics_without_duty(conn, now)).await;
    assert_eq!(without, Vec::<String>::new());
    let shift: afterwatch::domain::ShiftId = clinic
        .ward
        .app
        .read(|conn| Ok(rota_shift::table.select(rota_shift::id).first(conn)?))
        .await;
    let shift = shift.to_string();
    let one = [("site", site.as_str()), ("shift", shift.as_str())];
    let refused = by.post("/admin/duty/hours/remove", &one).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody would be there then");
    assert_eq!(by.post("/admin/duty/begin", &last).await.status, StatusCode::SEE_OTHER);
    assert_eq!(by.post("/admin/duty/hours/remove", &one).await.status, StatusCode::SEE_OTHER);
    let stranger = clinic.ward.app.staff(Role::Nurse, clinic.ward.app.site("B").await).await;
    let gone = stranger.post("/admin/duty/hours/remove", &one).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn duty_is_handed_over_in_one_step_and_hours_without_a_day_are_refused() {
    let clinic = Clinic::new().await;
    let by = clinic.browser(Role::Nurse).await;
    clinic.signed_up(&[clinic.ward.nurse, clinic.colleague]).await;
    let site = clinic.ward.site.to_string();
    let (from, to) = (clinic.ward.nurse.to_string(), clinic.colleague.to_string());
    let fields = [("site", &*site), ("staff", &*from), ("to", &*to)];
    assert_eq!(by.post("/admin/duty/hand-over", &fields).await.status, StatusCode::SEE_OTHER);
    let on: Vec<StaffId> =
        clinic.ward.app.read(|conn| Ok(duty::table.select(duty::staff_id).load(conn)?)).await;
    assert_eq!(on, [clinic.colleague]);
    for (days, times) in [
        (&WEEK[..0], ("08:00", "20:00")),
        (&WEEK[..1], ("08:00", "25:00")),
        (&["8"], ("08:00", "20:00")),
    ] {
        let refused = clinic.hours(&by, (clinic.colleague, "on_duty"), days, times).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.html.contains("Choose at least one day"), "{}", refused.html);
    }
}

/// Lays down what is otherwise on dates.
async fn except(clinic: &Clinic, by: &Browser, fields: &[(&str, &str)]) -> Answer {
    let site = clinic.ward.site.to_string();
    let mut all = vec![("site", site.as_str())];
    all.extend(fields.iter().copied());
    by.post("/admin/duty/dates", &all).await
}

#[tokio::test]
async fn who_is_away_is_not_told_and_the_page_shows_the_gap_until_somebody_is_added() {
    let clinic = Clinic::new().await;
    let by = clinic.browser(Role::Nurse).await;
    clinic.signed_up(&[clinic.ward.nurse, clinic.colleague]).await;
    clinic.ward.app.write(|conn| Ok(diesel::delete(duty::table).execute(conn)?)).await;
    clinic.hours(&by, (clinic.colleague, "on_duty"), &WEEK, ("00:00", "00:00")).await;
    let page = by.get("/admin/duty").await.html;
    assert!(page.contains("Somebody is on duty at every hour"), "{page}");
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let day = |days: i64| clinic.ward.app.now().day(&zone).plus_days(days).to_string();
    let (yesterday, today, tomorrow) = (day(-1), day(0), day(1));
    let (colleague, nurse) = (clinic.colleague.to_string(), clinic.ward.nurse.to_string());
    // Hours that began yesterday run until midnight only, so today nobody is left.
    let away = [("kind", "away"), ("staff", &*colleague), ("first", &*today), ("last", &*tomorrow)];
    let done = except(&clinic, &by, &away).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    for (lang, says) in [("en", "Nobody has hours"), ("zh-CN", "\u{65e0}\u{4eba}\u{6392}\u{73ed}")]
    {
        let page = by.get(&format!("/admin/duty?lang={lang}")).await.html;
        assert!(
            page.contains(says) && page.contains(&format!("{today} \u{2013} {tomorrow}")),
            "{page}"
        );
    }
    assert!(!told_now(&clinic).await.contains(&clinic.colleague), "others are told instead");
    let add = [
        ("kind", "add"),
        ("staff", &*nurse),
        ("audience", "on_duty"),
        ("first", &*today),
        ("last", &*tomorrow),
        ("from", "00:00"),
        ("until", "00:00"),
    ];
    assert_eq!(except(&clinic, &by, &add).await.status, StatusCode::SEE_OTHER);
    let page = by.get("/admin/duty?lang=en").await.html;
    assert!(page.contains("Somebody is on duty at every hour"), "{page}");
    assert_eq!(told_now(&clinic).await, [clinic.ward.nurse]);

    // Taken back, the hours of the week hold again.
    for number in [1, 0] {
        let (site, ids) = (clinic.ward.site.to_string(), exceptions(&clinic).await);
        assert_eq!(ids.len(), number + 1);
        let fields = [("site", &*site), ("exception", &*ids[0])];
        assert_eq!(
            by.post("/admin/duty/dates/remove", &fields).await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(told_now(&clinic).await, [clinic.colleague]);
    for refused in [
        &[("kind", "away"), ("first", &*today)][..],
        &[("kind", "away"), ("staff", &*colleague), ("first", ""), ("last", "")],
        &[("kind", "away"), ("staff", &*colleague), ("first", &*today), ("last", &*yesterday)],
        &[("kind", "add"), ("staff", &*colleague), ("audience", "on_duty"), ("first", &*today)],
        &[
            ("kind", "add"),
            ("staff", &*colleague),
            ("audience", "physician"),
            ("first", &*today),
            ("from", "08:00"),
            ("until", "09:00"),
        ],
    ] {
        let answer = except(&clinic, &by, refused).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    }
    assert_eq!(exceptions(&clinic).await.len(), 0);
}

/// Whom an alert would reach now.
async fn told_now(clinic: &Clinic) -> Vec<StaffId> {
    let (site, now) = (clinic.ward.site, clinic.ward.app.now());
    let found = clinic
        .ward
        .app
        .read(move |conn| afterwatch::store::rota::audience(conn, site, Audience::OnDuty, now))
        .await;
    found.people.into_iter().map(|(id, _)| id).collect()
}

async fn exceptions(clinic: &Clinic) -> Vec<String> {
    use afterwatch::domain::RotaExceptionId;
    let ids: Vec<RotaExceptionId> = clinic
        .ward
        .app
        .read(|conn| Ok(rota_exception::table.select(rota_exception::id).load(conn)?))
        .await;
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_dates_of_another_clinic_cannot_be_changed() {
    let clinic = Clinic::new().await;
    let other = clinic.ward.app.site("B").await;
    let stranger = clinic.ward.app.staff(Role::Nurse, other).await;
    let by = clinic.browser(Role::Nurse).await;
    let holiday =
        [("kind", "remove"), ("staff", ""), ("audience", "on_duty"), ("first", "2026-05-01")];
    assert_eq!(except(&clinic, &stranger, &holiday).await.status, StatusCode::NOT_FOUND);
    assert_eq!(except(&clinic, &by, &holiday).await.status, StatusCode::SEE_OTHER);
    let (other, ids) = (other.to_string(), exceptions(&clinic).await);
    let fields = [("site", &*other), ("exception", &*ids[0])];
    let refused = stranger.post("/admin/duty/dates/remove", &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(exceptions(&clinic).await.len(), 1);
    let page = by.get("/admin/duty?lang=en").await.html;
    assert!(page.contains("Everybody (a holiday): hours of the week fall away"), "{page}");
}
