//! What people read about a task that nobody takes, and where they say who is told.

use afterwatch::domain::letter::MailState;
use afterwatch::domain::task::Action;
use afterwatch::domain::{Level, Role};
use afterwatch::store::schema::duty;

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
