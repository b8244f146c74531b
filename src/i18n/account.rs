//! Sentences of signing in, invitations and one's own account.

use std::borrow::Borrow;

use crate::access::password::Weakness;
use crate::domain::Language;

/// Sentences of signing in, invitations and one's own account.
#[derive(Debug)]
pub struct AccountText {
    lang: Language,
    pub sign_in: &'static str,
    pub email: &'static str,
    pub password: &'static str,
    pub sign_in_wrong: &'static str,
    pub too_many_tries: &'static str,
    pub second_factor: &'static str,
    pub code: &'static str,
    pub code_hint: &'static str,
    pub code_wrong: &'static str,
    pub confirm: &'static str,
    pub enrol: &'static str,
    pub enrol_why: &'static str,
    pub enrol_scan: &'static str,
    pub enrol_type: &'static str,
    pub enrol_wrong: &'static str,
    pub qr_code: &'static str,
    pub recovery_codes: &'static str,
    pub recovery_codes_more: &'static str,
    pub keep_and_continue: &'static str,
    pub forgot: &'static str,
    pub new_password: &'static str,
    pub password_again: &'static str,
    pub passwords_differ: &'static str,
    pub set_password: &'static str,
    pub set_password_button: &'static str,
    pub expired: &'static str,
    pub expired_more: &'static str,
    pub current_password: &'static str,
    pub password_wrong: &'static str,
    pub change_password: &'static str,
    pub change_password_more: &'static str,
    pub language: &'static str,
    pub language_more: &'static str,
    pub save_language: &'static str,
    pub second_factor_change: &'static str,
    pub renew_codes: &'static str,
    pub sessions: &'static str,
    pub began: &'static str,
    pub seen: &'static str,
    pub browser: &'static str,
    pub this_one: &'static str,
    pub end_session: &'static str,
}

static EN: AccountText = AccountText {
    lang: Language::En,
    sign_in: "Sign in",
    email: "E-mail address",
    password: "Password",
    sign_in_wrong: "The address and the password do not match, or there were several wrong tries. After wrong tries, wait a little longer each time (at most 15 minutes).",
    too_many_tries: "There were very many tries from this network. Wait a minute and try again.",
    second_factor: "Second step",
    code: "Code",
    code_hint: "The six digits that your authenticator app shows now. Without your phone: one of your recovery codes.",
    code_wrong: "That code is not right, was used already, or came too soon after a wrong one. Wait for the next code and try again.",
    confirm: "Continue",
    enrol: "Set up the second step",
    enrol_why: "Signing in needs your password and a code from an authenticator app on your phone. You set this up once.",
    enrol_scan: "In the app, scan this picture.",
    enrol_type: "If you cannot scan it, type this key into the app:",
    enrol_wrong: "That code does not belong to this key. Check that the clock of your phone is right, and use the code that the app shows now.",
    qr_code: "QR code with the key that is written below",
    recovery_codes: "Your recovery codes",
    recovery_codes_more: "Each of these signs you in once if your phone is lost. Print them or copy them to a safe place now: they are never shown again.",
    keep_and_continue: "I have kept them: continue",
    forgot: "Forgotten your password, or lost your phone and the recovery codes? Your administrator can send you a new link.",
    new_password: "New password",
    password_again: "New password again",
    passwords_differ: "The two new passwords are not the same.",
    set_password: "Set your password",
    set_password_button: "Set password",
    expired: "This link can not be used any more",
    expired_more: "It was used already, replaced by a newer one, or is older than three days. Ask your administrator for a new one.",
    current_password: "Current password",
    password_wrong: "The current password is not right, or several wrong ones were given: then wait a little.",
    change_password: "Change the password",
    change_password_more: "All your sessions end, in other browsers too.",
    language: "Language",
    language_more: "Of your pages and of the mails that you get.",
    save_language: "Save the language",
    second_factor_change: "Set up another phone or app",
    renew_codes: "Make new recovery codes",
    sessions: "Where you are signed in",
    began: "Signed in",
    seen: "Last used",
    browser: "Browser",
    this_one: "this browser",
    end_session: "End",
};

static ZH: AccountText = AccountText {
    lang: Language::ZhCn,
    sign_in: "登录",
    email: "邮箱地址",
    password: "密码",
    sign_in_wrong: "邮箱与密码不匹配，或已多次输错。每次输错后请多等一会儿再试（最长 15 分钟）。",
    too_many_tries: "来自此网络的尝试过多，请等一分钟后重试。",
    second_factor: "第二步验证",
    code: "验证码",
    code_hint: "请输入身份验证器应用当前显示的六位数字。手机不在身边时，可输入一个恢复码。",
    code_wrong: "验证码不正确、已被使用，或距上次输错太近。请等待下一个验证码再试。",
    confirm: "继续",
    enrol: "设置第二步验证",
    enrol_why: "登录需要密码和手机身份验证器应用上的验证码。只需设置一次。",
    enrol_scan: "请用应用扫描此图。",
    enrol_type: "如无法扫描，请在应用中输入以下密钥：",
    enrol_wrong: "验证码与此密钥不符。请确认手机时间准确，并输入应用当前显示的验证码。",
    qr_code: "包含下方密钥的二维码",
    recovery_codes: "您的恢复码",
    recovery_codes_more: "手机丢失时，每个恢复码可登录一次。请立即打印或妥善保存：以后不会再显示。",
    keep_and_continue: "我已保存，继续",
    forgot: "忘记密码，或手机与恢复码均已丢失？请联系管理员发送新链接。",
    new_password: "新密码",
    password_again: "再次输入新密码",
    passwords_differ: "两次输入的新密码不一致。",
    set_password: "设置密码",
    set_password_button: "设置密码",
    expired: "此链接已失效",
    expired_more: "链接已被使用、被新链接取代或已超过三天。请联系管理员获取新链接。",
    current_password: "当前密码",
    password_wrong: "当前密码不正确；如已多次输错，请稍候再试。",
    change_password: "修改密码",
    change_password_more: "所有会话（包括其他浏览器）都将结束。",
    language: "语言",
    language_more: "您的页面和收到的邮件所用语言。",
    save_language: "保存语言",
    second_factor_change: "更换手机或应用",
    renew_codes: "重新生成恢复码",
    sessions: "已登录的设备",
    began: "登录时间",
    seen: "最近使用",
    browser: "浏览器",
    this_one: "当前浏览器",
    end_session: "结束",
};

impl AccountText {
    /// What a new password needs.
    #[must_use]
    pub fn password_hint(&self, shortest: impl Borrow<usize>) -> String {
        let shortest = shortest.borrow();
        match self.lang {
            Language::En => format!(
                "At least {shortest} characters; a sentence that nobody would guess is best. Spaces and any letters are fine."
            ),
            Language::ZhCn => {
                format!("至少 {shortest} 个字符；最好是一句别人猜不到的话，可含空格和任何文字。")
            }
        }
    }

    /// How many recovery codes are left.
    #[must_use]
    pub fn codes_left(&self, left: impl Borrow<i64>) -> String {
        let left = left.borrow();
        match self.lang {
            Language::En => format!("Recovery codes that are left: {left}."),
            Language::ZhCn => format!("剩余恢复码：{left} 个。"),
        }
    }

    /// What is wrong with a new password.
    #[must_use]
    pub fn weakness(&self, weakness: Weakness) -> String {
        match (self.lang, weakness) {
            (Language::En, Weakness::TooShort(shortest)) => {
                format!("The password needs at least {shortest} characters. A short sentence is good.")
            }
            (Language::ZhCn, Weakness::TooShort(shortest)) => {
                format!("密码至少需要 {shortest} 个字符，可以用一句话。")
            }
            (Language::En, Weakness::TooLong) => "The password is longer than 256 characters.".to_owned(),
            (Language::ZhCn, Weakness::TooLong) => "密码超过 256 个字符。".to_owned(),
            (Language::En, Weakness::Guessable) => {
                "The password is made of words or rows that are tried first. Choose one that nobody would guess.".to_owned()
            }
            (Language::ZhCn, Weakness::Guessable) => {
                "密码由最容易被猜到的词或按键组成，请换一个别人猜不到的密码。".to_owned()
            }
        }
    }
}

/// The sentences in a language.
#[must_use]
pub fn account(lang: Language) -> &'static AccountText {
    match lang {
        Language::En => &EN,
        Language::ZhCn => &ZH,
    }
}
