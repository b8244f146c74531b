//! Sentences of the pages where administrators change the texts of mails.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::letter_text::{BODY, Blank, SUBJECT, TextProblem};
use crate::i18n::labels::{Label, labels};

labels! {
    Blank {
        Clinic: "the name that mails are sent under", "邮件所用的发件名称";
        Link: "the address that the reader opens", "收件人要打开的地址";
        StopLink: "the address where a patient stops these mails", "患者停止接收此类邮件的地址";
        Phone: "the clinic's phone number", "机构的电话号码";
        Emergency: "the emergency number", "急救电话号码";
        Task: "the number of the task", "任务编号";
        Fault: "the code of the fault", "故障代码";
        ValidFor: "how long the link works", "链接的有效时间";
    }
}

/// The sentences.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say what they are")]
pub struct LetterTextsText {
    lang: Language,
    pub title: &'static str,
    pub title_for: &'static str,
    pub lead: &'static str,
    pub clinic: &'static str,
    pub all_clinics: &'static str,
    pub kind: &'static str,
    pub built_in: &'static str,
    pub as_all: &'static str,
    pub saved: &'static str,
    pub subject: &'static str,
    pub body: &'static str,
    pub rules: &'static str,
    pub blanks: &'static str,
    pub blanks_for: &'static str,
    pub write: &'static str,
    pub becomes: &'static str,
    pub now: &'static str,
    pub needed: &'static str,
    pub preview: &'static str,
    pub patient: &'static str,
    pub patient_hint: &'static str,
    pub staff_hint: &'static str,
    pub preview_button: &'static str,
    pub which_patient: &'static str,
    pub no_patient: &'static str,
    pub needs_patient: &'static str,
    pub dead_links: &'static str,
    pub no_address: &'static str,
    pub text_part: &'static str,
    pub html_part: &'static str,
    pub html_source: &'static str,
    pub save: &'static str,
    pub back: &'static str,
    pub back_to_all: &'static str,
    pub back_to_built_in: &'static str,
    pub versions: &'static str,
    pub no_versions: &'static str,
    pub own_ended: &'static str,
    pub version: &'static str,
    pub when: &'static str,
    pub who: &'static str,
    pub sent: &'static str,
    pub look: &'static str,
    pub changed: &'static str,
    pub same: &'static str,
}

static EN: LetterTextsText = LetterTextsText {
    lang: En,
    title: "Texts of mails",
    title_for: "What each mail says, in each language, with a preview.",
    lead: "What each mail says. A change counts for every mail that still waits, and never for one that was sent.",
    clinic: "For which clinic",
    all_clinics: "All clinics",
    kind: "Mail",
    built_in: "Built-in text",
    as_all: "As for all clinics",
    saved: "Saved. Mails that wait are sent with this text.",
    subject: "Subject",
    body: "Text",
    rules: "A stranger may read it over somebody's shoulder: no word about health, a treatment or a person, and no addresses of others.",
    blanks: "Blanks",
    blanks_for: "Write these with their braces; the program fills them when it sends. A link stands between spaces or on a line of its own.",
    write: "Write",
    becomes: "Becomes",
    now: "For example",
    needed: "must be there",
    preview: "Preview",
    patient: "Patient's number",
    patient_hint: "All of the number or a part of it. The audit trail notes that you looked.",
    staff_hint: "A mail to staff: shown with an example.",
    preview_button: "Show the preview",
    which_patient: "Which of these patients?",
    no_patient: "No patient whom you may see has this number.",
    needs_patient: "Enter a patient's number for the preview.",
    dead_links: "The links lead nowhere here; in the mail they work.",
    no_address: "This patient has no e-mail address: no mail is sent.",
    text_part: "As text",
    html_part: "As most mail programs show it",
    html_source: "The HTML part as it goes out",
    save: "Save as a new version",
    back: "Own text no longer needed?",
    back_to_all: "Back to the text for all clinics",
    back_to_built_in: "Back to the built-in text",
    versions: "Versions",
    no_versions: "Nobody has changed this text yet.",
    own_ended: "No text of its own any more",
    version: "Version",
    when: "When",
    who: "Who",
    sent: "Mails sent with it",
    look: "Look at it",
    changed: "Somebody else has changed this text meanwhile. Look at the newest version below, then save again to replace it.",
    same: "Nothing differs from the text in force.",
};

static ZH: LetterTextsText = LetterTextsText {
    lang: ZhCn,
    title: "邮件文本",
    title_for: "各类邮件在各语言中的内容，可预览。",
    lead: "各类邮件的内容。更改适用于所有尚未发送的邮件，不影响已发送的邮件。",
    clinic: "适用机构",
    all_clinics: "所有机构",
    kind: "邮件",
    built_in: "内置文本",
    as_all: "与所有机构相同",
    saved: "已保存。等待发送的邮件将使用此文本。",
    subject: "主题",
    body: "正文",
    rules: "旁人可能看到邮件：不得出现与健康、治疗或个人有关的词语，也不得出现他人的网址或邮箱。",
    blanks: "填空项",
    blanks_for: "请连同花括号一起书写，发送时由程序填入。链接前后须有空格，或单独成行。",
    write: "书写",
    becomes: "含义",
    now: "示例",
    needed: "必填",
    preview: "预览",
    patient: "患者编号",
    patient_hint: "输入完整编号或其中一部分。审计记录会记下您的查看。",
    staff_hint: "发给工作人员的邮件：以示例显示。",
    preview_button: "显示预览",
    which_patient: "请选择患者：",
    no_patient: "您可查看的患者中没有此编号。",
    needs_patient: "请输入用于预览的患者编号。",
    dead_links: "此处的链接无法打开；在邮件中可以使用。",
    no_address: "该患者没有电子邮箱，不会发送邮件。",
    text_part: "纯文本部分",
    html_part: "多数邮件程序的显示效果",
    html_source: "实际发出的HTML部分",
    save: "保存为新版本",
    back: "不再需要自定文本？",
    back_to_all: "恢复为所有机构的文本",
    back_to_built_in: "恢复为内置文本",
    versions: "版本",
    no_versions: "尚无人更改此文本。",
    own_ended: "不再使用自定文本",
    version: "版本",
    when: "时间",
    who: "人员",
    sent: "已用其发送的邮件",
    look: "查看",
    changed: "其他人已更改此文本。请查看下方的最新版本，再次保存将取代它。",
    same: "与现行文本相同。",
};

/// The sentences in a language.
#[must_use]
pub fn letter_texts(lang: Language) -> &'static LetterTextsText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl LetterTextsText {
    /// A place has a text of its own.
    #[must_use]
    pub fn own(&self, version: i32) -> String {
        match self.lang {
            En => format!("Own text, version {version}"),
            ZhCn => format!("自定文本，版本{version}"),
        }
    }

    /// What is in force at a place.
    #[must_use]
    pub fn in_force(&self, what: &str) -> String {
        match self.lang {
            En => format!("In force: {what}."),
            ZhCn => format!("现行：{what}。"),
        }
    }

    /// How many mails wait that the text is for.
    #[must_use]
    pub fn waiting(&self, count: i64) -> String {
        match self.lang {
            En if count == 1 => "1 mail of this kind and language waits.".to_owned(),
            En => format!("{count} mails of this kind and language wait."),
            ZhCn => format!("有{count}封此类邮件等待发送。"),
        }
    }

    /// How the body becomes a mail.
    #[must_use]
    pub fn body_hint(&self, button: &str) -> String {
        match self.lang {
            En => format!(
                "An empty line begins a new paragraph. A {{link}} alone between empty lines becomes the \
                 button \u{201c}{button}\u{201d}. The program adds who sends it, and that replies are not read."
            ),
            ZhCn => format!(
                "空行表示另起一段。前后均为空行的{{link}}会变成按钮“{button}”。\
                 程序会在末尾加上发件名称和不接收回复的说明。"
            ),
        }
    }

    /// An older version stands in the form.
    #[must_use]
    pub fn older(&self, version: i32) -> String {
        match self.lang {
            En => format!("This is version {version} as it was. Saving makes a new version of it."),
            ZhCn => format!("这是版本{version}的原文。保存后将成为新版本。"),
        }
    }

    /// For whom the preview is.
    #[must_use]
    pub fn preview_of(&self, code: &str) -> String {
        match self.lang {
            En => format!("As patient {code} would get it"),
            ZhCn => format!("患者{code}将收到的内容"),
        }
    }

    /// The patient reads another language.
    #[must_use]
    pub fn reads_other(&self, language: &str) -> String {
        match self.lang {
            En => format!("This patient's mails are in another language: {language}."),
            ZhCn => format!("该患者的邮件使用另一种语言：{language}。"),
        }
    }

    /// What is wrong with a text.
    #[must_use]
    pub fn problem(&self, problem: &TextProblem) -> String {
        match self.lang {
            En => english(problem),
            ZhCn => chinese(problem),
        }
    }

    /// The text that a mail was or will be sent with.
    #[must_use]
    pub fn used(&self, version: i32, for_all: bool) -> String {
        match (self.lang, for_all) {
            (En, true) => format!("version {version} for all clinics"),
            (En, false) => format!("version {version} of the clinic"),
            (ZhCn, true) => format!("所有机构的版本{version}"),
            (ZhCn, false) => format!("本机构的版本{version}"),
        }
    }
}

fn hidden(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn english(problem: &TextProblem) -> String {
    use TextProblem as P;
    match problem {
        P::NoSubject => "The subject is empty.".to_owned(),
        P::NoBody => "The text is empty.".to_owned(),
        P::SubjectLong(count) => {
            format!("The subject has {count} characters; at most {SUBJECT} are possible.")
        }
        P::BodyLong(count) => {
            format!("The text has {count} characters; at most {BODY} are possible.")
        }
        P::SubjectCharacter('\n' | '\r') => "The subject must be one line.".to_owned(),
        P::SubjectCharacter(c) => {
            format!("The subject holds a character that cannot be seen ({}).", hidden(*c))
        }
        P::BodyCharacter(c) => {
            format!("The text holds a character that cannot be seen ({}).", hidden(*c))
        }
        P::Unknown(name) => format!("There is no blank {{{name}}}; see the list."),
        P::NotHere(blank) => {
            format!("{} cannot be filled in this kind of mail.", blank.written())
        }
        P::NotInSubject(blank) => {
            format!("{} must not stand in the subject, which strangers see.", blank.written())
        }
        P::Missing(blank) => {
            format!("{} is missing: {}.", blank.written(), blank.label(En))
        }
        P::Brace => "A brace stands alone. A blank is written like {link}.".to_owned(),
        P::Touched(blank) => format!(
            "{} needs a space or a new line before and after it, or its address breaks.",
            blank.written()
        ),
        P::Word(word) => format!(
            "\u{201c}{word}\u{201d} tells a stranger of health, a treatment or a person. Leave it out."
        ),
        P::Address(address) => format!("\u{201c}{address}\u{201d} is an address that is not ours."),
        P::PersonalLink(address) => format!(
            "\u{201c}{address}\u{201d} may be one person's link, and would go to everybody. Write {{link}} instead."
        ),
    }
}

fn chinese(problem: &TextProblem) -> String {
    use TextProblem as P;
    match problem {
        P::NoSubject => "主题为空。".to_owned(),
        P::NoBody => "正文为空。".to_owned(),
        P::SubjectLong(count) => format!("主题有{count}个字符，最多{SUBJECT}个。"),
        P::BodyLong(count) => format!("正文有{count}个字符，最多{BODY}个。"),
        P::SubjectCharacter('\n' | '\r') => "主题只能有一行。".to_owned(),
        P::SubjectCharacter(c) => format!("主题含有不可见的字符（{}）。", hidden(*c)),
        P::BodyCharacter(c) => format!("正文含有不可见的字符（{}）。", hidden(*c)),
        P::Unknown(name) => format!("没有填空项{{{name}}}，请查看列表。"),
        P::NotHere(blank) => format!("此类邮件无法填入{}。", blank.written()),
        P::NotInSubject(blank) => {
            format!("{}不能放在主题中，旁人会看到主题。", blank.written())
        }
        P::Missing(blank) => format!("缺少{}：{}。", blank.written(), blank.label(ZhCn)),
        P::Brace => "花括号不成对或为全角。填空项请写成{link}。".to_owned(),
        P::Touched(blank) => {
            format!("{}前后须有空格或换行，否则地址会失效。", blank.written())
        }
        P::Word(word) => format!("“{word}”会让旁人得知健康、治疗或个人信息，请删去。"),
        P::Address(address) => format!("“{address}”不是本系统的地址。"),
        P::PersonalLink(address) => {
            format!("“{address}”可能是某个人的链接，会发给所有人。请改写为{{link}}。")
        }
    }
}
