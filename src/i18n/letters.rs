//! The built-in texts of mails, and what the program itself adds to a text.
//!
//! A mail may be read by anybody who looks over a shoulder or runs a mail
//! server. No sentence here may name a treatment, a symptom, a department, a
//! lot, a date of treatment or a person; [`crate::domain::letter_text`] looks for such words
//! in these texts as in those that administrators write.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::letter::LetterKind;
use crate::domain::letter_text::LetterText;

/// The end of every English mail to a patient.
macro_rules! en_patient {
    ($first:literal) => {
        concat!(
            "Hello,\n\n",
            $first,
            "\n\n{link}\n\n\
             The link is for you only. Please do not pass it on. You can use it again.\n\n\
             This is not an emergency service. If you need help at once, call {emergency}. You \
             reach us by phone at {phone}.\n\n\
             You do not want to be asked by e-mail? Stop these mails here (you can still write to \
             us with the link above):\n{stop_link}"
        )
    };
}

/// The end of every Chinese mail to a patient.
macro_rules! zh_patient {
    ($first:literal) => {
        concat!(
            "您好：\n\n",
            $first,
            "\n\n{link}\n\n\
             此链接仅供您本人使用，请勿转发。您可以重复使用。\n\n\
             这不是急救服务。如需立即帮助，请拨打{emergency}。联系我们请拨打{phone}。\n\n\
             不想再收到此类邮件？可在此停止（您仍可通过上面的链接联系我们）：\n{stop_link}"
        )
    };
}

/// The built-in text of a kind of letter.
#[must_use]
pub fn built_in(kind: LetterKind, language: Language) -> LetterText {
    let (subject, body) = match language {
        En => english(kind),
        ZhCn => chinese(kind),
    };
    LetterText { subject: subject.to_owned(), body: body.to_owned() }
}

const fn english(kind: LetterKind) -> (&'static str, &'static str) {
    match kind {
        LetterKind::CheckInPrompt => (
            "You have a message",
            en_patient!("{clinic} has a few questions for you. Answering takes a minute or two:"),
        ),
        LetterKind::CheckInReminder => (
            "You have a message",
            en_patient!(
                "{clinic} has not had your answer yet. The questions are still waiting for you:"
            ),
        ),
        LetterKind::Link => (
            "You have a message",
            en_patient!(
                "Here is your personal link from {clinic}.\n\nYou can tell us something at any \
                 time, and answer our questions, on this page:"
            ),
        ),
        LetterKind::Alert => (
            "Task {task} needs your attention now",
            "Hello,\n\nA task needs your attention now.\n\n{link}",
        ),
        LetterKind::Alarm => (
            "The system needs somebody now ({fault})",
            "Hello,\n\nThe system has found a fault of its own. It says at the top of each page, \
             and at the address below, what is wrong and what to do. While it lasts you are told \
             again every hour.\n\n{link}",
        ),
        LetterKind::StaffInvitation => (
            "Your account",
            "Hello,\n\nAn account was made for you at {clinic}.\n\n{link}\n\n\
             The link works once, for {valid_for}.\n\n\
             You did not expect this mail? Then do nothing and tell your administrator.",
        ),
        LetterKind::PasswordReset => (
            "Your account",
            "Hello,\n\nA new password was asked for your account at {clinic}.\n\n{link}\n\n\
             The link works once, for {valid_for}.\n\n\
             You did not expect this mail? Then do nothing and tell your administrator.",
        ),
        LetterKind::MailTest => (
            "Test message",
            "Hello,\n\nThis is a test. It shows that mail from this server arrives.",
        ),
    }
}

const fn chinese(kind: LetterKind) -> (&'static str, &'static str) {
    match kind {
        LetterKind::CheckInPrompt => {
            ("您有一条新消息", zh_patient!("{clinic}有几个问题想请您回答，只需一两分钟："))
        }
        LetterKind::CheckInReminder => {
            ("您有一条新消息", zh_patient!("{clinic}还没有收到您的回答，问题仍在等您："))
        }
        LetterKind::Link => (
            "您有一条新消息",
            zh_patient!(
                "这是{clinic}发给您的个人链接。\n\n您可以随时在此页面告诉我们情况，并回答我们的问题："
            ),
        ),
        LetterKind::Alert => {
            ("任务{task}需要您立即处理", "您好：\n\n有一项任务需要您立即处理。\n\n{link}")
        }
        LetterKind::Alarm => (
            "系统需要有人立即处理（{fault}）",
            "您好：\n\n系统发现了自身的故障。每个页面顶部以及下面的地址都会说明问题和处理办法。\
             故障持续期间，每小时会再次通知您。\n\n{link}",
        ),
        LetterKind::StaffInvitation => (
            "您的账户",
            "您好：\n\n{clinic}已为您创建账户。\n\n{link}\n\n\
             此链接只能使用一次，{valid_for}内有效。\n\n\
             如果您没有预料到这封邮件，请不要操作，并告知管理员。",
        ),
        LetterKind::PasswordReset => (
            "您的账户",
            "您好：\n\n有人请求为您在{clinic}的账户设置新密码。\n\n{link}\n\n\
             此链接只能使用一次，{valid_for}内有效。\n\n\
             如果您没有预料到这封邮件，请不要操作，并告知管理员。",
        ),
        LetterKind::MailTest => {
            ("测试消息", "您好：\n\n这是一条测试消息，表明本服务器发出的邮件可以送达。")
        }
    }
}

/// What stands on the button that a link becomes in the HTML part.
#[must_use]
pub const fn button(kind: LetterKind, language: Language) -> &'static str {
    use LetterKind as K;
    match (kind, language) {
        (K::CheckInPrompt | K::CheckInReminder, En) => "Answer the questions",
        (K::CheckInPrompt | K::CheckInReminder, ZhCn) => "回答问题",
        (K::Link | K::MailTest, En) => "Open the page",
        (K::Link | K::MailTest, ZhCn) => "打开页面",
        (K::Alert, En) => "Open the task",
        (K::Alert, ZhCn) => "打开任务",
        (K::Alarm, En) => "See what is wrong",
        (K::Alarm, ZhCn) => "查看问题",
        (K::StaffInvitation | K::PasswordReset, En) => "Set the password",
        (K::StaffInvitation | K::PasswordReset, ZhCn) => "设置密码",
    }
}

/// Last line of every mail: nobody reads answers.
#[must_use]
pub const fn no_reply(language: Language) -> &'static str {
    match language {
        En => "This mail was sent automatically. Replies are not read.",
        ZhCn => "本邮件由系统自动发送，回复不会有人查看。",
    }
}

/// How long a link works.
#[must_use]
pub fn hours(hours: i64, language: Language) -> String {
    match (language, hours) {
        (En, 1) => "one hour".to_owned(),
        (En, hours) => format!("{hours} hours"),
        (ZhCn, hours) => format!("{hours}小时"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codelist;

    #[test]
    fn the_built_in_texts_keep_the_rules_of_every_text() {
        for kind in LetterKind::ALL {
            for language in Language::ALL {
                let text = built_in(*kind, *language);
                assert_eq!(text.problems(*kind, Some("aw.example")), [], "{kind:?} {language:?}");
                assert_eq!(text, LetterText::typed(&text.subject, &text.body));
            }
        }
    }
}
