//! Sentences of signing in, invitations and one's own account.

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
};

static ZH: AccountText = AccountText {
    lang: Language::ZhCn,
    sign_in: "登录",
    email: "邮箱地址",
    password: "密码",
    sign_in_wrong: "邮箱与密码不匹配,或已多次输错。每次输错后请多等一会儿再试(最长 15 分钟)。",
    too_many_tries: "来自此网络的尝试过多,请等一分钟后重试。",
    second_factor: "第二步验证",
    code: "验证码",
    code_hint: "请输入身份验证器应用当前显示的六位数字。手机不在身边时,可输入一个恢复码。",
    code_wrong: "验证码不正确、已被使用,或距上次输错太近。请等待下一个验证码再试。",
    confirm: "继续",
    enrol: "设置第二步验证",
    enrol_why: "登录需要密码和手机身份验证器应用上的验证码。只需设置一次。",
    enrol_scan: "请用应用扫描此图。",
    enrol_type: "如无法扫描,请在应用中输入以下密钥:",
    enrol_wrong: "验证码与此密钥不符。请确认手机时间准确,并输入应用当前显示的验证码。",
    qr_code: "包含下方密钥的二维码",
    recovery_codes: "您的恢复码",
    recovery_codes_more: "手机丢失时,每个恢复码可登录一次。请立即打印或妥善保存:以后不会再显示。",
    keep_and_continue: "我已保存,继续",
};

impl AccountText {
    /// What is wrong with a new password.
    #[must_use]
    pub fn weakness(&self, weakness: Weakness) -> String {
        match (self.lang, weakness) {
            (Language::En, Weakness::TooShort(shortest)) => {
                format!("The password needs at least {shortest} characters. A short sentence is good.")
            }
            (Language::ZhCn, Weakness::TooShort(shortest)) => {
                format!("密码至少需要 {shortest} 个字符,可以用一句话。")
            }
            (Language::En, Weakness::TooLong) => "The password is longer than 256 characters.".to_owned(),
            (Language::ZhCn, Weakness::TooLong) => "密码超过 256 个字符。".to_owned(),
            (Language::En, Weakness::Guessable) => {
                "The password is made of words or rows that are tried first. Choose one that nobody would guess.".to_owned()
            }
            (Language::ZhCn, Weakness::Guessable) => {
                "密码由最容易被猜到的词或按键组成,请换一个别人猜不到的密码。".to_owned()
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
