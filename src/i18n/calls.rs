//! Sentences of the call list.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::letter::WhyUnasked;
use crate::domain::schedule::CheckInCode;
use crate::i18n::schedule::when;

/// Sentences of the page.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say what they are")]
pub struct CallsText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub now: &'static str,
    pub nobody: &'static str,
    pub later: &'static str,
    pub unasked: &'static str,
    pub unasked_lead: &'static str,
    pub who: &'static str,
    pub phone: &'static str,
    pub no_phone: &'static str,
    pub language: &'static str,
    pub local_time: &'static str,
    pub night: &'static str,
    pub last_answer: &'static str,
    pub never: &'static str,
    pub why: &'static str,
    pub reach_by: &'static str,
    pub next_try: &'static str,
    pub first_infusion: &'static str,
    pub fever: &'static str,
    pub open_task: &'static str,
    pub enter_report: &'static str,
    pub check_in: &'static str,
    pub closes: &'static str,
}

static EN: CallsText = CallsText {
    lang: En,
    title: "Calls",
    lead: "Whom to phone now. Open the task to log the call and plan the next try; answers that you enter by phone complete the check-in and close the task about the silence.",
    now: "Call now",
    nobody: "Nobody has to be phoned now.",
    later: "Next tries that are planned",
    unasked: "Due, and no mail asks",
    unasked_lead: "These check-ins are open, but nothing is mailed. Ask by phone or on the ward and enter the answers.",
    who: "Patient",
    phone: "Phone",
    no_phone: "no number",
    language: "Language",
    local_time: "Their time now",
    night: "night there",
    last_answer: "Last answer",
    never: "never",
    why: "Why",
    reach_by: "Reach by",
    next_try: "Next try",
    first_infusion: "first infusion",
    fever: "fever lately",
    open_task: "Open the task",
    enter_report: "Enter answers",
    check_in: "Check-in",
    closes: "Missed at",
};

static ZH: CallsText = CallsText {
    lang: ZhCn,
    title: "电话",
    lead: "现在需要致电的患者。请打开任务登记通话并安排下次拨打；通过电话录入的答复会完成随访，并关闭相应的未答复任务。",
    now: "现在致电",
    nobody: "目前没有需要致电的患者。",
    later: "已安排的下次拨打",
    unasked: "已到期但未发送邮件",
    unasked_lead: "这些随访已开放，但不会发送邮件。请通过电话或在病房询问，并录入答复。",
    who: "患者",
    phone: "电话",
    no_phone: "无号码",
    language: "语言",
    local_time: "当地时间",
    night: "当地夜间",
    last_answer: "最近答复",
    never: "从未",
    why: "原因",
    reach_by: "联系期限",
    next_try: "下次拨打",
    first_infusion: "首次输注",
    fever: "近期发热",
    open_task: "打开任务",
    enter_report: "录入答复",
    check_in: "随访",
    closes: "视为未答复",
};

/// The sentences in a language.
#[must_use]
pub fn calls(lang: Language) -> &'static CallsText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl CallsText {
    /// Which check-in.
    #[must_use]
    pub fn check_in(&self, code: CheckInCode) -> String {
        let (en, zh) = when(code);
        match self.lang {
            En => format!("{} ({en})", crate::domain::Codelist::code(code)),
            ZhCn => format!("{}（{zh}）", crate::domain::Codelist::code(code)),
        }
    }

    /// Why no mail asks.
    #[must_use]
    pub const fn unasked_why(&self, why: WhyUnasked) -> &'static str {
        match (why, self.lang) {
            (WhyUnasked::Paused, En) => "mail is paused",
            (WhyUnasked::Paused, ZhCn) => "邮件已暂停",
            (WhyUnasked::InHospital, En) => "in hospital",
            (WhyUnasked::InHospital, ZhCn) => "住院中",
            (WhyUnasked::Stopped, En) => "the patient stopped the mails",
            (WhyUnasked::Stopped, ZhCn) => "患者已停止邮件",
            (WhyUnasked::NoAddress, En) => "no e-mail address",
            (WhyUnasked::NoAddress, ZhCn) => "没有电子邮箱",
        }
    }
}
