//! Why a step with a task is refused, and the words of the calculators.

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::{Awakening, Motor, Oxygen, Pressure, Seizure, Vasopressors};
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::task::{NOTE_MAX, Refusal};

labels! {
    Vasopressors {
        None: "none", "无";
        One: "one, with or without vasopressin", "一种（可合用血管加压素）";
        Several: "two or more", "两种及以上";
    }
    Oxygen {
        None: "none", "无";
        Low: "low-flow cannula (up to 6 L/min) or blow-by", "低流量鼻导管（≤6升/分）或面旁吹氧";
        High: "high-flow cannula or mask", "高流量鼻导管或面罩";
        Positive: "positive pressure: CPAP, BiPAP, ventilation", "正压通气：CPAP、BiPAP、机械通气";
    }
    Awakening {
        Spontaneous: "awakens by itself", "自行清醒";
        Voice: "to voice", "呼唤后清醒";
        Touch: "only to touch", "仅触碰后清醒";
        Unrousable: "only to vigorous or repeated touch, stupor or coma", "仅强烈或反复刺激后有反应，或昏睡、昏迷";
    }
    Seizure {
        None: "none", "无";
        Brief: "any that ends quickly, or on EEG only and ends with treatment", "很快缓解，或仅脑电图异常且治疗后缓解";
        Prolonged: "longer than 5 minutes, or repeated without recovery between", "持续超过5分钟，或反复发作且间期未恢复";
    }
    Motor {
        None: "none", "无";
        FocalWeakness: "deep weakness of one side or of both legs", "偏瘫或截瘫等严重局灶性无力";
    }
    Pressure {
        None: "none", "无";
        Focal: "focal oedema on imaging", "影像学局灶性水肿";
        Diffuse: "diffuse oedema, posturing, sixth-nerve palsy, papilloedema or Cushing’s triad", "弥漫性水肿、去皮质或去脑强直、第六对脑神经麻痹、视乳头水肿或库欣三联征";
    }
}

/// What a mail is about.
#[must_use]
pub const fn letter(kind: LetterKind, lang: Language) -> &'static str {
    match (kind, lang) {
        (LetterKind::CheckInPrompt, En) => "Check-in",
        (LetterKind::CheckInPrompt, ZhCn) => "随访邮件",
        (LetterKind::CheckInReminder, En) => "Reminder of a check-in",
        (LetterKind::CheckInReminder, ZhCn) => "随访提醒",
        (LetterKind::Link, En) => "Personal link",
        (LetterKind::Link, ZhCn) => "专属链接",
        (LetterKind::Alert, En) => "Alert",
        (LetterKind::Alert, ZhCn) => "紧急提醒",
        (_, En) => "Mail",
        (_, ZhCn) => "邮件",
    }
}

/// Where a mail stands.
#[must_use]
pub const fn mail_state(state: MailState, lang: Language) -> &'static str {
    match (state, lang) {
        (MailState::Planned, En) => "planned",
        (MailState::Planned, ZhCn) => "待发送",
        (MailState::Sending, En) => "being sent",
        (MailState::Sending, ZhCn) => "发送中",
        (MailState::Accepted, En) => "sent",
        (MailState::Accepted, ZhCn) => "已发送",
        (MailState::Failed, En) => "failed",
        (MailState::Failed, ZhCn) => "发送失败",
        (MailState::Bounced, En) => "came back",
        (MailState::Bounced, ZhCn) => "被退回",
        (MailState::Cancelled, En) => "not sent, no longer wanted",
        (MailState::Cancelled, ZhCn) => "已取消",
    }
}

/// Why a step is refused, and what to do about it.
#[must_use]
pub fn refusal(refusal: Refusal, lang: Language) -> String {
    let (en, zh) = match refusal {
        Refusal::IsClosed => ("The task is closed. Reopen it first.", "任务已关闭，请先重新打开。"),
        Refusal::IsOpen => ("The task is open already.", "任务已是打开状态。"),
        Refusal::IsYours => ("You have it already.", "任务已由您负责。"),
        Refusal::IsNobodys => {
            ("Nobody has it: there is nothing to put back.", "尚无人接手，无需放回。")
        }
        Refusal::NoPerson => ("Choose the person you hand it over to.", "请选择转交给谁。"),
        Refusal::UnsuitablePerson => (
            "This person cannot work tasks of this clinic. Choose somebody else.",
            "此人不能处理本机构的任务，请另选他人。",
        ),
        Refusal::SamePerson => ("This person has it already.", "任务已由此人负责。"),
        Refusal::NoCallResult => ("Say how the call went.", "请选择通话结果。"),
        Refusal::NoNextTry => {
            ("Nobody answered: say when to call again.", "无人接听：请选择何时再拨。")
        }
        Refusal::NextTryPassed => {
            ("The next call must lie in the future.", "下次拨打时间必须在将来。")
        }
        Refusal::NoNote => ("Write the note first.", "请先填写备注。"),
        Refusal::NoteTooLong => {
            return match lang {
                En => format!("The text is too long: at most {NOTE_MAX} characters."),
                ZhCn => format!("文字过长：最多{NOTE_MAX}个字符。"),
            };
        }
        Refusal::NoReason => ("Give the reason.", "请说明理由。"),
        Refusal::NoOutcome => ("Choose how it ended.", "请选择结果。"),
        Refusal::NoWorth => ("Answer whether it was worth a flag.", "请回答是否值得提醒。"),
        Refusal::NotTaken => {
            ("Somebody has to take the task before it can be closed.", "任务须先有人接手才能关闭。")
        }
        Refusal::NotReached => (
            "The patient has not been reached. Log the call, or choose an outcome that explains why there was none.",
            "尚未联系到患者。请记录通话，或选择能说明原因的结果。",
        ),
        Refusal::NoCallTried => (
            "No call was tried yet: “could not be reached” needs one that is logged.",
            "尚无拨打记录：选择“无法联系到患者”前须至少记录一次拨打。",
        ),
        Refusal::WasReached => {
            ("The patient was reached: choose what came of it.", "已联系到患者：请选择处理结果。")
        }
        Refusal::NoExplanation => (
            "The patient was not reached: write down how you know how it ended.",
            "未联系到患者：请写明您如何得知结果。",
        ),
        Refusal::AlreadyAsked => {
            ("One question waits for its answer already.", "已有一个问题正等待患者答复。")
        }
        Refusal::CannotBeAsked => (
            "This patient gets no mails now, or has no address: please ring.",
            "该患者目前不接收邮件或没有邮箱地址：请致电询问。",
        ),
        Refusal::NoGrounds => {
            ("Write down the grounds of this judgement.", "请写明作出这一判断的依据。")
        }
        Refusal::AnotherIsOpen => (
            "Another task of this infusion is open: work there.",
            "此次输注已有另一项打开的任务：请在该任务中处理。",
        ),
        Refusal::UndoTooLate => (
            "It is too late to undo this step, or it has been undone already.",
            "已来不及撤销这一步，或已经撤销。",
        ),
        Refusal::UndoMailWent => (
            "A mail about the task has gone out since: it cannot be undone any more.",
            "此后已有相关邮件发出，无法再撤销。",
        ),
        Refusal::NoGrade => ("Choose a grade.", "请选择分级。"),
        Refusal::GradeNotOfTerm => {
            ("CTCAE has no such grade for this diagnosis.", "CTCAE中此诊断没有该分级。")
        }
        Refusal::NoSuchSymptom => ("This symptom is not part of the report.", "报告中没有此症状。"),
        Refusal::NotWithOther => (
            "An allergic reaction and an infusion-related reaction are not graded together: rule one out first.",
            "过敏反应与输注相关反应不能同时分级：请先排除其一。",
        ),
        Refusal::OwnCells => (
            "Graft-versus-host disease needs donor cells; these were the patient’s own.",
            "移植物抗宿主病仅见于异体细胞；本次为患者自体细胞。",
        ),
        Refusal::NoScore => {
            ("The ICE score is a whole number from 0 to 10.", "ICE评分为0至10的整数。")
        }
    };
    match lang {
        En => en.to_owned(),
        ZhCn => zh.to_owned(),
    }
}
