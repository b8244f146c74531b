//! The words of mails.
//!
//! A mail may be read by anybody who looks over a shoulder or runs a mail
//! server. No sentence here may name a treatment, a symptom, a department, a
//! lot, a date of treatment or a person; a test looks for such words.

use crate::domain::Language;

/// The sentences of all mails in one language.
#[derive(Debug)]
pub struct LettersText {
    /// First line.
    pub greeting: &'static str,
    /// Subject of every mail to a patient.
    pub subject_message: &'static str,
    /// Subject of mails about staff accounts.
    pub subject_account: &'static str,
    /// Subject of the test mail.
    pub subject_test: &'static str,
    /// Above a patient's link: what it is for.
    pub link_intro: &'static str,
    /// On the button of a patient's mail.
    pub open_questions: &'static str,
    /// On the button of a patient's link mail.
    pub open_link: &'static str,
    /// On the button of an alert.
    pub open_task: &'static str,
    /// On the button of an account mail.
    pub set_password: &'static str,
    /// Under a patient's link.
    pub link_is_yours: &'static str,
    /// Above the link that stops prompts.
    pub stop: &'static str,
    /// In an alert.
    pub alert: &'static str,
    /// On the button of a mail about a fault of the system.
    pub open_alarm: &'static str,
    /// In a mail about a fault of the system.
    pub alarm: &'static str,
    /// The whole test mail.
    pub test: &'static str,
    /// Last line of every mail: nobody reads answers.
    pub no_reply: &'static str,
    /// Last line of an account mail.
    pub not_you: &'static str,
    clinic_asks: fn(&str) -> String,
    clinic_asks_again: fn(&str) -> String,
    clinic_link: fn(&str) -> String,
    not_emergency: fn(&str, &str) -> String,
    subject_alert: fn(i64) -> String,
    subject_alarm: fn(&str) -> String,
    account_made: fn(&str) -> String,
    account_reset: fn(&str) -> String,
    valid_for: fn(i64) -> String,
}

impl LettersText {
    /// "{clinic} has a few questions for you."
    #[must_use]
    pub fn clinic_asks(&self, clinic: &str) -> String {
        (self.clinic_asks)(clinic)
    }

    /// The same, again.
    #[must_use]
    pub fn clinic_asks_again(&self, clinic: &str) -> String {
        (self.clinic_asks_again)(clinic)
    }

    /// "Here is your personal link from {clinic}."
    #[must_use]
    pub fn clinic_link(&self, clinic: &str) -> String {
        (self.clinic_link)(clinic)
    }

    /// What to do instead of writing when help is needed at once.
    #[must_use]
    pub fn not_emergency(&self, emergency_number: &str, phone: &str) -> String {
        (self.not_emergency)(emergency_number, phone)
    }

    /// Subject of an alert: the number of the task, nothing else.
    #[must_use]
    pub fn subject_alert(&self, task: i64) -> String {
        (self.subject_alert)(task)
    }

    /// Subject of a mail about a fault of the system: its code, nothing else.
    #[must_use]
    pub fn subject_alarm(&self, code: &str) -> String {
        (self.subject_alarm)(code)
    }

    /// An account was made.
    #[must_use]
    pub fn account_made(&self, clinic: &str) -> String {
        (self.account_made)(clinic)
    }

    /// A new password was asked for.
    #[must_use]
    pub fn account_reset(&self, clinic: &str) -> String {
        (self.account_reset)(clinic)
    }

    /// How many hours the link works.
    #[must_use]
    pub fn valid_for(&self, hours: i64) -> String {
        (self.valid_for)(hours)
    }
}

static EN: LettersText = LettersText {
    greeting: "Hello,",
    subject_message: "You have a message",
    subject_account: "Your account",
    subject_test: "Test message",
    link_intro: "You can tell us something at any time, and answer our questions, on this page:",
    open_questions: "Answer the questions",
    open_link: "Open the page",
    open_task: "Open the task",
    set_password: "Set the password",
    link_is_yours: "The link is for you only. Please do not pass it on. You can use it again.",
    stop: "You do not want to be asked by e-mail? Stop these mails here (you can still write to us \
           with the link above):",
    alert: "A task needs your attention now.",
    open_alarm: "See what is wrong",
    alarm: "The system has found a fault of its own. It says at the top of each page, and at the \
            address below, what is wrong and what to do. While it lasts you are told again every hour.",
    test: "This is a test. It shows that mail from this server arrives.",
    no_reply: "This mail was sent automatically. Replies are not read.",
    not_you: "You did not expect this mail? Then do nothing and tell your administrator.",
    clinic_asks: |clinic| {
        format!("{clinic} has a few questions for you. Answering takes a minute or two:")
    },
    clinic_asks_again: |clinic| {
        format!("{clinic} has not had your answer yet. The questions are still waiting for you:")
    },
    clinic_link: |clinic| format!("Here is your personal link from {clinic}."),
    not_emergency: |emergency_number, phone| {
        format!(
            "This is not an emergency service. If you need help at once, call \
             {emergency_number}. You reach us by phone at {phone}."
        )
    },
    subject_alert: |task| format!("Task {task} needs your attention now"),
    subject_alarm: |code| format!("The system needs somebody now ({code})"),
    account_made: |clinic| format!("An account was made for you at {clinic}."),
    account_reset: |clinic| format!("A new password was asked for your account at {clinic}."),
    valid_for: |hours| match hours {
        1 => "The link works once, for one hour.".to_owned(),
        hours => format!("The link works once, for {hours} hours."),
    },
};

static ZH: LettersText = LettersText {
    greeting: "您好：",
    subject_message: "您有一条新消息",
    subject_account: "您的账户",
    subject_test: "测试消息",
    link_intro: "您可以随时在此页面告诉我们情况，并回答我们的问题：",
    open_questions: "回答问题",
    open_link: "打开页面",
    open_task: "打开任务",
    set_password: "设置密码",
    link_is_yours: "此链接仅供您本人使用，请勿转发。您可以重复使用。",
    stop: "不想再收到此类邮件？可在此停止（您仍可通过上面的链接联系我们）：",
    alert: "有一项任务需要您立即处理。",
    open_alarm: "查看问题",
    alarm: "系统发现了自身的故障。每个页面顶部以及下面的地址都会说明问题和处理办法。\
            故障持续期间，每小时会再次通知您。",
    test: "这是一条测试消息，表明本服务器发出的邮件可以送达。",
    no_reply: "本邮件由系统自动发送，回复不会有人查看。",
    not_you: "如果您没有预料到这封邮件，请不要操作，并告知管理员。",
    clinic_asks: |clinic| format!("{clinic}有几个问题想请您回答，只需一两分钟："),
    clinic_asks_again: |clinic| format!("{clinic}还没有收到您的回答，问题仍在等您："),
    clinic_link: |clinic| format!("这是{clinic}发给您的个人链接。"),
    not_emergency: |emergency_number, phone| {
        format!("这不是急救服务。如需立即帮助，请拨打{emergency_number}。联系我们请拨打{phone}。")
    },
    subject_alert: |task| format!("任务{task}需要您立即处理"),
    subject_alarm: |code| format!("系统需要有人立即处理（{code}）"),
    account_made: |clinic| format!("{clinic}已为您创建账户。"),
    account_reset: |clinic| format!("有人请求为您在{clinic}的账户设置新密码。"),
    valid_for: |hours| format!("此链接只能使用一次，{hours}小时内有效。"),
};

/// The words of mails in a language.
#[must_use]
pub fn letters(language: Language) -> &'static LettersText {
    match language {
        Language::En => &EN,
        Language::ZhCn => &ZH,
    }
}
