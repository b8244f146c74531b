//! The pages about the interface for other systems: its description and its keys.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::letter::KeyPurpose;

/// Sentences of these pages.
#[derive(Debug)]
pub struct ApiText {
    /// Heading of the description.
    pub docs_heading: &'static str,
    /// What it is for.
    pub docs_lead: &'static str,
    /// How a caller signs in.
    pub docs_token: &'static str,
    /// How lists are paged.
    pub docs_pages: &'static str,
    /// How reports are handed in safely.
    pub docs_repeat: &'static str,
    /// How errors look.
    pub docs_errors: &'static str,
    /// Before the link to the document.
    pub docs_machine: &'static str,
    /// Column: method and path.
    pub docs_call: &'static str,
    /// Column: what it does.
    pub docs_does: &'static str,
    /// Before the example.
    pub docs_example: &'static str,
    /// Heading of the list of keys.
    pub keys_heading: &'static str,
    /// What a key is.
    pub keys_lead: &'static str,
    /// When there is none.
    pub keys_none: &'static str,
    /// Column: clinic.
    pub clinic: &'static str,
    /// Column and field: name of the other system.
    pub system: &'static str,
    /// Hint at the field.
    pub system_hint: &'static str,
    /// Field: what the key may do.
    pub purpose: &'static str,
    /// Hand in reports and read lists.
    pub for_registry: &'static str,
    /// Hand in notices about returned mail.
    pub for_bounces: &'static str,
    /// Column: when and by whom it was made.
    pub made: &'static str,
    /// Column: state.
    pub state: &'static str,
    /// In use.
    pub in_use: &'static str,
    /// Revoked, before the time.
    pub revoked: &'static str,
    /// The button that revokes.
    pub revoke: &'static str,
    /// Heading of the form.
    pub make_heading: &'static str,
    /// The button that makes one.
    pub make: &'static str,
    /// Above the key that was just made.
    pub shown_once: &'static str,
    /// The command line made it.
    pub command_line: &'static str,
    /// The name is missing or too long.
    pub wrong_name: &'static str,
    /// No clinic was chosen.
    pub wrong_clinic: &'static str,
}

static EN: ApiText = ApiText {
    docs_heading: "Interface for other systems",
    docs_lead: "Other systems of a clinic hand in reports and read lists here. Patients appear by the clinic's number only.",
    docs_token: "Send “Authorization: Bearer” and a key with every call. An administrator of the clinic makes keys under Administration, Keys of other systems. A key reaches the rows of its clinic only.",
    docs_pages: "Lists come in pages: limit (1 to 200) and after, which is the next of the page before.",
    docs_repeat: "Send an Idempotency-Key of your own with every report. The same call repeated is one report with one answer; the same key with another report is refused.",
    docs_errors: "Errors are problem details (RFC 9457, application/problem+json). A refused report names every field that is wrong.",
    docs_machine: "The whole description for programs:",
    docs_call: "Call",
    docs_does: "What it does",
    docs_example: "Example",
    keys_heading: "Keys of other systems",
    keys_lead: "With a key another system hands in reports for one clinic and reads its lists. Only a fingerprint of a key is kept here.",
    keys_none: "There is no key yet.",
    clinic: "Clinic",
    system: "Name of the system",
    purpose: "What the key may do",
    for_registry: "Hand in reports and read lists",
    for_bounces: "Only hand in notices about returned mail",
    system_hint: "Whoever reads the audit trail sees this name.",
    made: "Made",
    state: "State",
    in_use: "In use",
    revoked: "Revoked",
    revoke: "Revoke",
    make_heading: "Make a key",
    make: "Make the key",
    shown_once: "This is the key. Copy it now: it is shown only this once.",
    command_line: "command line",
    wrong_name: "Give the system a name of 1 to 80 characters.",
    wrong_clinic: "Choose one of your clinics.",
};

static ZH: ApiText = ApiText {
    docs_heading: "与其他系统的接口",
    docs_lead: "诊所的其他系统可在此提交报告、读取列表。患者只以诊所编号出现。",
    docs_token: "每次调用都要带上“Authorization: Bearer”和密钥。密钥由诊所管理员在“管理”的“其他系统的密钥”中创建，只能访问本诊所的数据。",
    docs_pages: "列表分页返回：limit(1到200）和after（即上一页的next)。",
    docs_repeat: "提交报告时请自带Idempotency-Key。重复同一次调用只算一份报告、得到同一答复；同一密钥配不同的报告会被拒绝。",
    docs_errors: "错误以问题详情返回（RFC 9457,application/problem+json)。被拒绝的报告会列出每一个有误的字段。",
    docs_machine: "供程序读取的完整说明：",
    docs_call: "调用",
    docs_does: "作用",
    docs_example: "示例",
    keys_heading: "其他系统的密钥",
    keys_lead: "其他系统凭密钥为一家诊所提交报告、读取列表。这里只保存密钥的指纹。",
    keys_none: "还没有密钥。",
    clinic: "诊所",
    system: "系统名称",
    purpose: "密钥用途",
    for_registry: "提交报告、读取列表",
    for_bounces: "仅提交退信通知",
    system_hint: "查看审计记录的人会看到这个名称。",
    made: "创建",
    state: "状态",
    in_use: "使用中",
    revoked: "已吊销",
    revoke: "吊销",
    make_heading: "创建密钥",
    make: "创建",
    shown_once: "这是密钥。请现在复制：它只显示这一次。",
    command_line: "命令行",
    wrong_name: "请填写系统名称，1到80个字符。",
    wrong_clinic: "请选择您的一家诊所。",
};

impl ApiText {
    /// What a key may do.
    #[must_use]
    pub const fn purpose_of(&self, purpose: KeyPurpose) -> &'static str {
        match purpose {
            KeyPurpose::Registry => self.for_registry,
            KeyPurpose::Bounces => self.for_bounces,
        }
    }
}

/// The sentences in a language.
#[must_use]
pub fn api(lang: Language) -> &'static ApiText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}
