//! What people read about a task that nobody takes, and where they say who is told.

use afterwatch::domain::letter::MailState;
use afterwatch::domain::task::Action;
use afterwatch::domain::{Level, Role};
use afterwatch::store::schema::duty;
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::Browser;
use crate::climb::Clinic;

impl Clinic {
    pub async fn browser(&self, role: Role) -> Browser {
        self.ward.app.staff(role, self.ward.site).await
    }
}

#[tokio::test]
async fn a_task_that_nobody_was_told_of_stands_on_every_staff_page_of_its_clinic() {
    let clinic = Clinic::new().await;
    let other = clinic.ward.app.site("B").await;
    let (nurse, coordinator) =
        (clinic.browser(Role::Nurse).await, clinic.browser(Role::Coordinator).await);
    let stranger = clinic.ward.app.staff(Role::Nurse, other).await;
    let sentence = "Nobody could be told of this:";
    clinic.ward.app.write(|conn| Ok(diesel::delete(duty::table).execute(conn)?)).await;
    let before =
        clinic.ward.app.read(|conn| Ok(duty::table.count().get_result::<i64>(conn)?)).await;
    assert_eq!(before, 0);
    assert!(!nurse.get("/queue").await.html.contains(sentence));
    let id = clinic.task(Level::Emergency).await;
    clinic.mail(MailState::Accepted).await;
    let link = format!("href=\"/tasks/{id}\">task ");
    for page in ["/queue", "/patients", "/account", "/admin/duty", "/admin/mail"] {
        let html = nurse.get(page).await.html;
        assert!(html.contains(sentence) && html.contains(&link), "{page}: {html}");
        assert!(!stranger.get(page).await.html.contains(sentence), "{page} of another clinic");
    }
    let html = coordinator.get("/patients").await.html;
    assert!(html.contains(sentence) && !html.contains(&link), "{html}");
    let html = nurse.get("/queue?lang=zh-CN").await.html;
    assert!(html.contains("以下任务未能通知到任何人："), "{html}");
    clinic.act(id, Action::Take).await;
    assert!(!nurse.get("/queue").await.html.contains(sentence));
}

#[tokio::test]
async fn the_page_of_a_task_says_who_was_told_and_who_comes_next() {
    let clinic = Clinic::new().await;
    let id = clinic.task(Level::Emergency).await;
    clinic.mail(MailState::Accepted).await;
    clinic.minutes(15).await;
    let nurse = clinic.browser(Role::Nurse).await;
    let html = nurse.get(&format!("/tasks/{id}")).await.html;
    let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("no {text}: {html}"));
    assert!(place("Test Person: mail sent") < place("Test Person: mail waits to be sent"));
    assert!(place("mail waits to be sent") < place("Responsible physician"));
    assert!(place("Responsible physician") < place("Safety officer"));
    assert!(place("To come") < html.rfind("To come").unwrap());
    clinic.act(id, Action::Take).await;
    let html = nurse.get(&format!("/tasks/{id}")).await.html;
    assert!(html.contains("Not needed any more: the task was taken"), "{html}");
    assert!(!html.contains("To come"), "{html}");
    let chinese = nurse.get(&format!("/tasks/{id}?lang=zh-CN")).await.html;
    assert!(chinese.contains("不再需要：任务已有人接手"), "{chinese}");
}

#[tokio::test]
async fn an_administrator_sets_the_times_and_tasks_that_wait_keep_theirs() {
    let clinic = Clinic::new().await;
    let before = clinic.task(Level::Urgent).await;
    let admin = clinic.browser(Role::Administrator).await;
    let site = clinic.ward.site.to_string();
    let page = admin.get("/admin/escalation").await.html;
    assert!(page.contains("These are the proposed times"), "{page}");
    assert!(page.contains("name=\"EMERGENCY-charge_nurse\" value=\"15\""), "{page}");
    let times = |urgent: [&'static str; 4]| {
        let mut fields = vec![("site".to_owned(), site.clone())];
        for (level, minutes) in [
            ("EMERGENCY", ["15", "30", "45", "15"]),
            ("URGENT", urgent),
            ("SOON", ["1440", "2880", "4320", "1440"]),
            ("ROUTINE", ["4320", "8640", "12960", "4320"]),
        ] {
            let columns = ["charge_nurse", "physician", "safety_officer", "repeat"];
            for (column, value) in columns.iter().zip(minutes) {
                fields.push((format!("{level}-{column}"), value.to_owned()));
            }
        }
        fields
    };
    async fn post(by: &Browser, fields: &[(String, String)]) -> crate::app::Answer {
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        by.post("/admin/escalation", &fields).await
    }
    let refused = post(&admin, &times(["20", "ten", "30", "1"])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for problem in [
        "Urgent: every time is a whole number",
        "Urgent: the charge nurse comes before",
        "Urgent: everybody is told again after 5 minutes",
        "value=\"ten\"",
    ] {
        assert!(refused.html.contains(problem), "{problem}: {}", refused.html);
    }
    let done = post(&admin, &times(["7", "14", "21", "7"])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = admin.get("/admin/escalation?lang=zh-CN").await.html;
    assert!(page.contains("本机构设定的时间，第1版。"), "{page}");
    clinic.minutes(7).await;
    assert_eq!(clinic.told(before).await.len(), 1, "made before the edit");
    let foreign = clinic.ward.app.site("B").await;
    let stranger = clinic.ward.app.staff(Role::Administrator, foreign).await;
    let gone = post(&stranger, &times(["7", "14", "21", "7"])).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}
