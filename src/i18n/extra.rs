//! Sentences about extra check-ins, and about day-30 questions that wait to be asked.

use crate::domain::Language::{self, En, ZhCn};

/// The sentences.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say what they are")]
pub struct ExtraText {
    lang: Language,
    pub title: &'static str,
    pub link: &'static str,
    pub lead: &'static str,
    pub when: &'static str,
    pub planned: &'static str,
    pub day_30: &'static str,
    pub day_30_link: &'static str,
}

static EN: ExtraText = ExtraText {
    lang: En,
    title: "Ask once more",
    link: "Ask once more",
    lead: "An extra check-in beside the schedule: the patient gets the mail at this time (at night in the morning), one reminder, and a nurse calls if it stays silent for a day.",
    when: "When",
    planned: "One is ordered already and waits for its answer; see the check-ins of the infusion.",
    day_30: "This infusion took the place of the day-30 check-in of the one before. Ask the day-30 questions of the last infusion now: hospital stays, new diagnoses, pregnancy, other treatments.",
    day_30_link: "Enter the answers for the last infusion",
};

static ZH: ExtraText = ExtraText {
    lang: ZhCn,
    title: "再问一次",
    link: "再问一次",
    lead: "在计划之外增加一次随访：患者在此时间收到邮件（夜间则等到早晨），再次提醒一次；一天内无人答复时由护士致电。",
    when: "时间",
    planned: "已安排一次加问，正等待答复；请查看该次输注的随访。",
    day_30: "本次输注取代了上一次输注的30天随访。请现在询问上一次输注的30天问题：住院、新诊断、妊娠和其他治疗。",
    day_30_link: "为上一次输注录入答复",
};

/// The sentences in a language.
#[must_use]
pub fn extra(lang: Language) -> &'static ExtraText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl ExtraText {
    /// A time from now.
    #[must_use]
    pub fn after(&self, hours: i64) -> String {
        let days = hours / 24;
        match (self.lang, hours % 24 == 0) {
            (En, true) if days == 1 => "in 1 day".to_owned(),
            (En, true) => format!("in {days} days"),
            (En, false) => format!("in {hours} hours"),
            (ZhCn, true) => format!("{days}天后"),
            (ZhCn, false) => format!("{hours}小时后"),
        }
    }
}
