//! What people do over several pages.

use crate::chrome::Tab;

impl Tab {
    /// Ticks a box or chooses an option as a press on its label does.
    async fn choose(&self, name: &str, value: &str) {
        self.click(&format!("label:has(> input[name='{name}'][value='{value}'])")).await;
    }

    /// Chooses the first option of a list whose value is one of these.
    async fn choose_first(&self, name: &str) {
        self.click(&format!("label:has(> input[name='{name}'])")).await;
    }

    async fn next_step(&self) {
        self.click("main form button:not([name])").await;
        let problems = self
            .value("[...document.querySelectorAll('.problem')].map(p => p.innerText).join('; ')")
            .await;
        assert!(problems.is_empty(), "{}: {problems}", self.path().await);
    }

    /// From the temperature page to the check page: 39.5 °C in the armpit, whole-body shaking.
    pub async fn report_fever_and_shaking(&self) {
        self.fill("[name='temp.value']", "39,5").await;
        self.choose("temp.site", "axillary").await;
        self.choose("antipyretic", "no").await;
        self.next_step().await;
        for _ in 0..12 {
            let path = self.path().await;
            match path.rsplit('/').next().unwrap_or_default() {
                "check" => return,
                "since" => {
                    self.choose_first("temp.start").await;
                    self.choose("temp.end", "still").await;
                }
                "choose" => self.choose("symptom", "CHILLS").await,
                step if step.starts_with("detail-") => {
                    self.choose("CHILLS.shaking", "2").await;
                    self.choose_first("CHILLS.start").await;
                    self.choose("CHILLS.end", "still").await;
                    self.choose("CHILLS.before", "no").await;
                }
                "last" | "measures" => {}
                _ => panic!("an unknown step: {path}"),
            }
            self.is_sound(&path).await;
            self.next_step().await;
        }
        panic!("the way to the check page does not end");
    }

    /// Opens the task of a patient from the queue, takes it, logs a call, closes it.
    pub async fn work_the_task(&self, patient: &str) {
        let mark = format!(
            "(() => {{ const row = [...document.querySelectorAll('.queue-row')].find(r => r.innerText.includes('{patient}'));
               row.querySelector('a[href^=\"/tasks/\"]').setAttribute('data-open', ''); return 1; }})()"
        );
        self.value(&mark).await;
        self.click("[data-open]").await;
        self.is_sound("the task").await;
        self.picture("task").await;
        self.click("form[action$='/take'] button").await;
        self.press("Log a call").await;
        self.choose("result", "reached").await;
        self.fill("#note-call", "Advised to come in today.").await;
        self.click("form[action$='/call'] button").await;
        self.sees("Advised to come in today.").await;
        self.press("Close").await;
        self.click("label:has(> input[name='outcome'])").await;
        self.choose("worth", "yes").await;
        self.click("form[action$='/close'] button").await;
        self.is_sound("the closed task").await;
        self.picture("task-closed").await;
    }
}
