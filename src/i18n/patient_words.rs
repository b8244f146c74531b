//! The named choices of the patient's pages and their sentences with blanks.

use super::patient::PatientText;
use super::patient_symptoms::Words;
use crate::domain::grading::Site;
use crate::domain::input::Vital;
use crate::domain::{Language, Level};

impl PatientText {
    /// "about 1 March 2026, 20:00".
    #[must_use]
    pub fn about(&self, moment: &str) -> String {
        match self.lang() {
            Language::En => format!("about {moment}"),
            Language::ZhCn => format!("约 {moment}"),
        }
    }

    /// "2 of 4".
    #[must_use]
    pub fn progress(&self, at: usize, of: usize) -> String {
        match self.lang() {
            Language::En => format!("{at} of {of}"),
            Language::ZhCn => format!("第 {at} 页，共 {of} 页"),
        }
    }

    /// The title of a page when something on it needs another look.
    #[must_use]
    pub fn problems(&self, count: usize) -> String {
        match (self.lang(), count) {
            (Language::En, 1) => "One answer needs another look:".to_owned(),
            (Language::En, count) => format!("{count} answers need another look:"),
            (Language::ZhCn, count) => format!("有 {count} 处需要再看一下："),
        }
    }

    /// A sentence about a field from a reason that has no subject.
    #[must_use]
    pub fn this(&self, reason: &str) -> String {
        match self.lang() {
            Language::En => format!("This {reason}."),
            Language::ZhCn => format!("{reason}。"),
        }
    }

    /// Who reads a report, and by when (REFERENCE §4.2).
    #[must_use]
    pub fn reader(&self, level: Level) -> &'static str {
        match (self.lang(), level) {
            (Language::En, Level::Emergency) => "the on-call team, within 15 minutes",
            (Language::En, Level::Urgent) => "a nurse or doctor, who rings you within 2 hours",
            (Language::En, Level::Soon) => "a nurse, who contacts you within 24 hours",
            (Language::En, Level::Routine) => "a nurse, within three days",
            (Language::En, Level::None) => {
                "it is on record for your clinic; nobody needs to ring you"
            }
            (Language::ZhCn, Level::Emergency) => "值班团队，15 分钟内",
            (Language::ZhCn, Level::Urgent) => "护士或医生，2 小时内给您打电话",
            (Language::ZhCn, Level::Soon) => "护士，24 小时内联系您",
            (Language::ZhCn, Level::Routine) => "护士，三天内",
            (Language::ZhCn, Level::None) => "已存入诊所记录，不需要给您打电话",
        }
    }

    /// "We will ring before …".
    #[must_use]
    pub fn ring_before(&self, when: &str) -> String {
        match self.lang() {
            Language::En => format!("we will ring you before {when}"),
            Language::ZhCn => format!("我们会在 {when} 前给您打电话"),
        }
    }

    /// "we spoke with you at …".
    #[must_use]
    pub fn rang_at(&self, when: &str) -> String {
        match self.lang() {
            Language::En => format!("we spoke with you at {when}"),
            Language::ZhCn => format!("已于 {when} 与您通话"),
        }
    }

    /// "we tried to reach you at …".
    #[must_use]
    pub fn tried_at(&self, when: &str) -> String {
        match self.lang() {
            Language::En => format!("we tried to reach you at {when}"),
            Language::ZhCn => format!("曾于 {when} 给您打电话，未能接通"),
        }
    }

    /// "read by a nurse at …".
    #[must_use]
    pub fn read_at(&self, when: &str) -> String {
        match self.lang() {
            Language::En => format!("read by a nurse at {when}"),
            Language::ZhCn => format!("护士已于 {when} 查看"),
        }
    }

    /// The level text of an emergency (REFERENCE §4.2), for the moment before the rules have run.
    #[must_use]
    pub fn emergency(&self, number: &str, date: &str) -> String {
        match self.lang() {
            Language::En => format!(
                "What you report may be an emergency. Call {number} now or have someone take you to the nearest emergency department. Do not drive yourself. Tell them you had an NK-cell infusion on {date}. Our on-call team has been alerted; do not wait for our call."
            ),
            Language::ZhCn => format!(
                "您报告的情况可能是急症。请立即拨打{number}，或由他人陪同前往最近的急诊科，不要自己开车。请告诉医生您在{date}接受过NK细胞回输。我们已通知值班团队，请不要等待我们的电话。"
            ),
        }
    }

    /// Where a temperature is measured.
    #[must_use]
    pub fn site(&self, site: Site) -> &'static str {
        match (self.lang(), site) {
            (Language::En, Site::Oral) => "Mouth",
            (Language::En, Site::Axillary) => "Armpit",
            (Language::En, Site::Tympanic) => "Ear",
            (Language::En, Site::Forehead) => "Forehead",
            (Language::En, Site::Rectal) => "Bottom (rectal)",
            (Language::En, Site::Unknown) => "I do not know",
            (Language::ZhCn, Site::Oral) => "口腔",
            (Language::ZhCn, Site::Axillary) => "腋下",
            (Language::ZhCn, Site::Tympanic) => "耳朵",
            (Language::ZhCn, Site::Forehead) => "额头",
            (Language::ZhCn, Site::Rectal) => "肛门",
            (Language::ZhCn, Site::Unknown) => "不知道",
        }
    }

    /// The unit of a measurement.
    #[must_use]
    pub fn unit_of(&self, vital: Vital) -> &'static str {
        match (self.lang(), vital) {
            (_, Vital::Sbp) => "mmHg",
            (Language::En, Vital::Hr | Vital::Rr) => "per minute",
            (Language::ZhCn, Vital::Hr | Vital::Rr) => "次/分",
            (_, Vital::Spo2) => "%",
        }
    }

    /// The unit of a number in a symptom's details; empty when it is a count.
    #[must_use]
    pub fn unit_of_key(&self, key: &str) -> &'static str {
        match (self.lang(), key) {
            (_, "redness_cm" | "swelling_cm") => "cm",
            (Language::En, "minutes") => "minutes",
            (Language::ZhCn, "minutes") => "分钟",
            _ => "",
        }
    }
}

const fn words(label: &'static str, hint: &'static str) -> Words {
    Words { label, hint }
}

const fn pick(lang: Language, en: Words, zh: Words) -> Words {
    match lang {
        Language::En => en,
        Language::ZhCn => zh,
    }
}

/// A danger sign.
#[must_use]
pub fn danger(code: &str, lang: Language) -> Words {
    let (en, zh) = match code {
        "breath" => (
            words("Hard to breathe even at rest", "or I cannot finish a sentence"),
            words("休息时也呼吸困难", "或一句话说不完"),
        ),
        "throat" => (
            words("Throat feels tight", "hoarse voice, noise when breathing in"),
            words("喉咙发紧", "声音嘶哑、吸气有声音"),
        ),
        "lips" => {
            (words("Lips, tongue or throat are swollen", ""), words("嘴唇、舌头或喉咙肿", ""))
        }
        "chest" => (words("Chest pain or pressure", ""), words("胸痛或胸部压迫感", "")),
        "faint" => (words("I fainted", "lost consciousness"), words("晕倒过", "失去意识")),
        "confused" => (
            words("Clearly confused, or hard to wake", "others may notice it first"),
            words("明显糊涂，或很难叫醒", "可能是旁人先发现"),
        ),
        "speech" => {
            (words("Trouble speaking or finding words", ""), words("说话困难或找不到词", ""))
        }
        "one-side" => (
            words("Weakness on one side", "face droops, one arm or leg is weak"),
            words("身体一侧无力", "嘴歪、一侧手臂或腿没力气"),
        ),
        "seizure" => (words("A fit (seizure)", ""), words("抽搐", "癫痫发作、抽风")),
        "headache" => (
            words("Sudden worst headache of my life", "within a minute"),
            words("突然的、从未有过的剧烈头痛", "一分钟内达到最痛"),
        ),
        _ => (
            words("Vomited blood", "or something like coffee grounds"),
            words("吐血", "或吐出像咖啡渣的东西"),
        ),
    };
    pick(lang, en, zh)
}

/// A yes/no question about the whole report.
#[must_use]
pub fn sign(code: &str, lang: Language) -> Words {
    let (en, zh) = match code {
        "wheeze" => (words("Whistling breath", "wheezing"), words("呼吸有哮鸣声", "喘鸣")),
        "flushing" => (
            words("Sudden redness and heat of face or body", "flushing"),
            words("脸或身上突然发红发热", "潮红"),
        ),
        "jaundice" => (words("Yellow eyes or skin", ""), words("眼睛或皮肤发黄", "")),
        "no_urine_12h" => (words("No urine for 12 hours", ""), words("12 小时没有小便", "")),
        "doctor" => (words("seen a doctor", ""), words("看过医生", "")),
        "ed_visit" => (words("been to an emergency department", ""), words("去过急诊", "")),
        "hospitalised" => (words("been admitted to a hospital", ""), words("住过院", "")),
        "call_me" => (words("Please call me", ""), words("请给我打电话", "")),
        "pregnancy" => (
            words("There is, or may be, a pregnancy", "you or your partner"),
            words("已怀孕或可能怀孕", "您或您的伴侣"),
        ),
        "life_threatening" => {
            (words("The patient was in danger of death", ""), words("患者曾有生命危险", ""))
        }
        "disability" => {
            (words("The patient is left with a disability", ""), words("患者留下了残疾", ""))
        }
        _ => (words("The patient has died", ""), words("患者已去世", "")),
    };
    pick(lang, en, zh)
}

/// When something began.
#[must_use]
pub fn start(code: &str, lang: Language) -> &'static str {
    match (code, lang) {
        ("before", Language::En) => "Before the infusion began",
        ("before", Language::ZhCn) => "回输开始之前",
        ("clinic", Language::En) => "During the infusion, or before I left the clinic",
        ("clinic", Language::ZhCn) => "回输时，或离开诊所之前",
        ("hours", Language::En) => "A few hours afterwards",
        ("hours", Language::ZhCn) => "之后几个小时",
        ("evening", Language::En) => "In the evening of the same day",
        ("evening", Language::ZhCn) => "当天晚上",
        ("night", Language::En) => "In the night that followed",
        ("night", Language::ZhCn) => "当天夜里",
        ("morning", Language::En) => "The next morning",
        ("morning", Language::ZhCn) => "第二天上午",
        ("afternoon", Language::En) => "The next afternoon or evening",
        ("afternoon", Language::ZhCn) => "第二天下午或晚上",
        ("yesterday", Language::En) => "Yesterday, during the day or in the evening",
        ("yesterday", Language::ZhCn) => "昨天白天或晚上",
        ("last-night", Language::En) => "Last night, while it was dark",
        ("last-night", Language::ZhCn) => "昨夜至今天凌晨",
        ("today", Language::En) => "This morning",
        ("today", Language::ZhCn) => "今天上午",
        ("recent", Language::En) => "Just now, in the last hour or two",
        ("recent", Language::ZhCn) => "刚才，一两个小时内",
        (_, Language::En) => "At another time",
        (_, Language::ZhCn) => "其他时间",
    }
}

/// When something ended.
#[must_use]
pub fn end(code: &str, lang: Language) -> &'static str {
    match (code, lang) {
        ("hour", Language::En) => "No, it ended within the last hour",
        ("hour", Language::ZhCn) => "没有了，最近一小时内结束的",
        ("few", Language::En) => "No, it ended a few hours ago",
        ("few", Language::ZhCn) => "没有了，几个小时前结束的",
        (_, Language::En) => "No, it ended about half a day ago",
        (_, Language::ZhCn) => "没有了，大约半天前结束的",
    }
}

/// A measurement.
#[must_use]
pub fn vital(vital: Vital, lang: Language) -> Words {
    let (en, zh) = match vital {
        Vital::Sbp => {
            (words("Blood pressure, the upper number", ""), words("血压（高压）", "收缩压"))
        }
        Vital::Hr => (words("Pulse", ""), words("脉搏（心率）", "")),
        Vital::Spo2 => (words("Oxygen, by finger clip", ""), words("血氧饱和度", "手指血氧仪")),
        Vital::Rr => {
            (words("Breaths", "Counted over a whole minute"), words("呼吸次数", "数满一分钟"))
        }
    };
    pick(lang, en, zh)
}
