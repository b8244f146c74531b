//! Sentences about the switch that stops all mail to the patients of a clinic.

use crate::domain::Language::{self, En, ZhCn};

/// Sentences of the page and its banner.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say what they are")]
pub struct PauseText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub running: &'static str,
    pub paused: &'static str,
    pub since: &'static str,
    pub by: &'static str,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub begin: &'static str,
    pub end: &'static str,
    pub end_more: &'static str,
    pub needs_reason: &'static str,
    pub already: &'static str,
}

static EN: PauseText = PauseText {
    lang: En,
    title: "Pause mail to patients",
    lead: "One switch for the whole clinic, for when mails would do harm: a wrong text, a wrong link, a mail server in trouble. Alerts to staff still go out, patients can still report through their links, and check-ins still close and call for a nurse. Phone those who are due.",
    running: "Mail to patients goes out.",
    paused: "Mail to patients is paused.",
    since: "Since",
    by: "by",
    reason: "Reason",
    reason_hint: "Everybody at the clinic sees it. No names and no health details.",
    begin: "Pause all mail to patients",
    end: "Let mail go out again",
    end_more: "What is still of use goes out, at night only in the morning; of several mails about one check-in only the first.",
    needs_reason: "Say why.",
    already: "Somebody else was faster: this is how it stands now.",
};

static ZH: PauseText = PauseText {
    lang: ZhCn,
    title: "暂停向患者发送邮件",
    lead: "整个机构的总开关，用于邮件可能造成伤害的情况：文字有误、链接有误或邮件服务器故障。给工作人员的提醒照常发出，患者仍可通过链接报告，随访仍会到期关闭并通知护士。请致电到期的患者。",
    running: "正在向患者发送邮件。",
    paused: "已暂停向患者发送邮件。",
    since: "开始时间：",
    by: "操作者：",
    reason: "原因",
    reason_hint: "本机构所有人可见。请勿填写姓名或健康信息。",
    begin: "暂停所有患者邮件",
    end: "恢复发送邮件",
    end_more: "仍有用的邮件将会发出，夜间则等到早晨；同一次随访的多封邮件只发第一封。",
    needs_reason: "请说明原因。",
    already: "其他人已先操作：以下为当前状态。",
};

/// The sentences in a language.
#[must_use]
pub fn pause(lang: Language) -> &'static PauseText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl PauseText {
    /// The banner on every page of staff.
    #[must_use]
    pub fn banner(&self, clinics: &[String]) -> String {
        match self.lang {
            En => format!(
                "Mail to patients is paused at {}. Nobody there is asked; phone those who are due.",
                clinics.join(", ")
            ),
            ZhCn => format!(
                "以下机构已暂停向患者发送邮件：{}。患者不会收到询问；请致电到期的患者。",
                clinics.join("、")
            ),
        }
    }
}
