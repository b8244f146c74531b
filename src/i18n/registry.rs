//! Sentences of the registry's pages: patients, courses, infusions, lots, clinics, products.

pub mod fields;
pub mod problems;
pub mod text;

pub use text::{RegistryText, registry};

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::CtcaeVersion;
use crate::domain::letter::{LetterKind, MailState};

labels! {
    CtcaeVersion {
        V5: "5.0", "5.0";
        V6: "6.0", "6.0";
    }
}

/// What a mail is about, for the time line.
#[must_use]
pub fn mail_kind(lang: Language, kind: LetterKind) -> &'static str {
    match (kind, lang) {
        (LetterKind::CheckInPrompt, En) => "check-in prompt",
        (LetterKind::CheckInPrompt, ZhCn) => "随访邮件",
        (LetterKind::CheckInReminder, En) => "check-in reminder",
        (LetterKind::CheckInReminder, ZhCn) => "随访提醒",
        (LetterKind::Link, En) => "link to report",
        (LetterKind::Link, ZhCn) => "报告链接",
        (_, En) => "other mail",
        (_, ZhCn) => "其他邮件",
    }
}

/// Where a mail stands, for the time line.
#[must_use]
pub fn mail_state(lang: Language, state: MailState) -> &'static str {
    match (state, lang) {
        (MailState::Planned, En) => "waiting",
        (MailState::Planned, ZhCn) => "待发送",
        (MailState::Sending, En) => "being sent",
        (MailState::Sending, ZhCn) => "发送中",
        (MailState::Accepted, En) => "accepted by the mail server",
        (MailState::Accepted, ZhCn) => "邮件服务器已接收",
        (MailState::Failed, En) => "could not be delivered",
        (MailState::Failed, ZhCn) => "无法送达",
        (MailState::Bounced, En) => "came back",
        (MailState::Bounced, ZhCn) => "被退回",
        (MailState::Cancelled, En) => "not sent, no longer wanted",
        (MailState::Cancelled, ZhCn) => "已取消，未发送",
    }
}
