//! Sentences about whom a task goes to when nobody takes it.

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::chain::{Audience, StepState, StepStop};
use crate::domain::letter::MailState;

labels! {
    Audience {
        OnDuty: "Nurse or physician on duty", "值班护士或医生";
        ChargeNurse: "Charge nurse", "护士长";
        Physician: "Responsible physician", "责任医生";
        SafetyOfficer: "Safety officer", "安全负责人";
    }
    StepState {
        Planned: "To come", "待执行";
        Done: "Told", "已通知";
        Cancelled: "Not needed any more", "不再需要";
    }
    StepStop {
        Taken: "the task was taken", "任务已有人接手";
        Closed: "the task was closed", "任务已关闭";
        Answered: "the check-in was answered", "随访已得到回复";
        Raised: "the task became more urgent and began again", "任务级别升高，已重新开始";
    }
}

/// Sentences about whom a task goes to when nobody takes it.
#[derive(Debug)]
pub struct EscalationText {
    lang: Language,
    pub unheard: &'static str,
    pub unheard_more: &'static str,
    pub chain: &'static str,
    pub chain_earlier: &'static str,
    pub step: &'static str,
    pub when: &'static str,
    pub whom: &'static str,
    pub state: &'static str,
}

static EN: EscalationText = EscalationText {
    lang: En,
    unheard: "Nobody could be told of this:",
    unheard_more: "Please take it now, or see that somebody does. The notice goes when a named person has taken the task.",
    chain: "Who is told if nobody takes it",
    chain_earlier: "Earlier steps",
    step: "Step",
    when: "When",
    whom: "Whom",
    state: "What became of it",
};

static ZH: EscalationText = EscalationText {
    lang: ZhCn,
    unheard: "以下任务未能通知到任何人：",
    unheard_more: "请立即接手，或确保有人接手。有人以本人名义接手任务后，此提示才会消失。",
    chain: "无人接手时依次通知谁",
    chain_earlier: "较早的步骤",
    step: "步骤",
    when: "时间",
    whom: "通知对象",
    state: "结果",
};

/// The sentences in a language.
#[must_use]
pub fn escalation(lang: Language) -> &'static EscalationText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl EscalationText {
    /// The link to a task that nobody was told of.
    #[must_use]
    pub fn task(&self, number: i64) -> String {
        match self.lang {
            En => format!("task {number}"),
            ZhCn => format!("任务{number}"),
        }
    }

    /// Which step of which round; the first one is at once.
    #[must_use]
    pub fn numbered(&self, number: i32, round: i32) -> String {
        match (number, round, self.lang) {
            (0, 1, En) => "at once".to_owned(),
            (0, 1, ZhCn) => "立即".to_owned(),
            (_, 1, _) => number.to_string(),
            (_, _, En) => format!("again ({})", round - 1),
            (_, _, ZhCn) => format!("再次通知（第{}次）", round - 1),
        }
    }

    /// Where a step stands.
    #[must_use]
    pub fn standing(&self, state: StepState, cause: Option<StepStop>) -> String {
        let state = state.label(self.lang);
        match (cause, self.lang) {
            (None, _) => state.to_owned(),
            (Some(cause), En) => format!("{state}: {}", cause.label(self.lang)),
            (Some(cause), ZhCn) => format!("{state}：{}", cause.label(self.lang)),
        }
    }

    /// A person whom a step told, and whether the mail server took the mail.
    #[must_use]
    pub fn told(&self, name: &str, state: MailState) -> String {
        match (state, self.lang) {
            (MailState::Accepted, En) => format!("{name}: mail sent"),
            (MailState::Accepted, ZhCn) => format!("{name}：邮件已发出"),
            (MailState::Planned | MailState::Sending, En) => {
                format!("{name}: mail waits to be sent")
            }
            (MailState::Planned | MailState::Sending, ZhCn) => format!("{name}：邮件等待发送"),
            (MailState::Failed, En) => format!("{name}: the mail could not be delivered"),
            (MailState::Failed, ZhCn) => format!("{name}：邮件无法送达"),
            (MailState::Cancelled, En) => format!("{name}: the mail was not needed any more"),
            (MailState::Cancelled, ZhCn) => format!("{name}：邮件已不再需要"),
        }
    }

    /// There was nobody of the audience.
    #[must_use]
    pub fn stand_in(&self) -> &'static str {
        match self.lang {
            En => "There was nobody for this step, so everybody who works the queue was told.",
            ZhCn => "此步骤没有可通知的人员，因此已通知所有处理任务的人员。",
        }
    }
}
