//! Sentences of the card that a patient takes home. It may be lost and found: it says
//! nothing about who has it, nor about any treatment.

use crate::domain::Language;

/// Sentences of the page around the card, and of the card itself.
#[derive(Debug)]
pub struct CardText {
    lang: Language,
    pub print: &'static str,
    pub print_hint: &'static str,
    pub heading: &'static str,
    pub once: &'static str,
    pub how_to_print: &'static str,
    pub again: &'static str,
    pub back: &'static str,
    pub scan: &'static str,
    pub when: &'static str,
    pub qr_code: &'static str,
    pub or_type: &'static str,
    pub at_once: &'static str,
    pub at_once_signs: [&'static str; 6],
    pub same_day: &'static str,
    pub same_day_signs: [&'static str; 5],
    pub emergency: &'static str,
    pub clinic: &'static str,
    pub not_emergency: &'static str,
    pub found: &'static str,
}

static EN: CardText = CardText {
    lang: Language::En,
    print: "Print the patient's card",
    print_hint: "A card with a QR code for the patient to take home. It carries a new link, shown once; the links sent before stay good.",
    heading: "The patient's card",
    once: "This card carries a live link to report. It is shown only once and not kept: print it now, hand it to the patient in person, and close this page.",
    how_to_print: "Print this page from the menu of the browser. Only the card is printed.",
    again: "If the card was lost, revoke the patient's links and print a new one.",
    back: "Back to the infusion",
    scan: "Tell us how you are",
    when: "Scan the code with the camera of your phone: when we ask, and at any time when something bothers you.",
    qr_code: "QR code with the patient's link",
    or_type: "Or type this address:",
    at_once: "Call for help at once:",
    at_once_signs: [
        "trouble breathing",
        "swollen face, lips, tongue or throat",
        "chest pain, or fainting",
        "confusion, a fit, trouble speaking, weakness on one side",
        "vomiting blood",
        "fever above 40 °C",
    ],
    same_day: "Ring the clinic the same day:",
    same_day_signs: [
        "fever of 38 °C or more, or shaking chills",
        "redness, swelling or pain that grows",
        "a new rash or hives",
        "vomiting or diarrhoea that does not stop",
        "anything that worries you",
    ],
    emergency: "Emergency",
    clinic: "Clinic",
    not_emergency: "The page behind the code is not an emergency service.",
    found: "Whoever holds this card can report for you; it shows nothing about you. Please keep it safe.",
};

static ZH: CardText = CardText {
    lang: Language::ZhCn,
    print: "打印患者卡片",
    print_hint: "带二维码的卡片，供患者带回家。卡片带有一个新链接，只显示一次；之前发送的链接仍然有效。",
    heading: "患者卡片",
    once: "此卡片带有可用的报告链接，只显示一次，系统不保存。请现在打印，当面交给患者，然后关闭本页。",
    how_to_print: "请用浏览器菜单打印本页，只会打印卡片部分。",
    again: "如果卡片丢失，请作废该患者的链接，再打印一张新的。",
    back: "返回输注页面",
    scan: "告诉我们您的情况",
    when: "请用手机相机扫描二维码：在我们询问时，或任何时候感到不适时。",
    qr_code: "带有患者链接的二维码",
    or_type: "或输入以下网址：",
    at_once: "出现以下情况请立即求助：",
    at_once_signs: [
        "呼吸困难",
        "脸、嘴唇、舌头或喉咙肿",
        "胸痛或晕倒",
        "意识不清、抽搐、说话困难、一侧无力",
        "吐血",
        "体温超过 40℃",
    ],
    same_day: "出现以下情况请当天致电诊所：",
    same_day_signs: [
        "体温达到或超过 38℃，或发冷打颤",
        "红、肿、痛越来越重",
        "新出现的皮疹或风团",
        "呕吐或腹泻不止",
        "任何让您担心的情况",
    ],
    emergency: "急救电话",
    clinic: "诊所电话",
    not_emergency: "二维码中的页面不是急救服务。",
    found: "持有此卡的人可以代您报告，但看不到您的任何信息。请妥善保管。",
};

/// The sentences of the card in a language.
#[must_use]
pub fn card(lang: Language) -> &'static CardText {
    match lang {
        Language::En => &EN,
        Language::ZhCn => &ZH,
    }
}

impl CardText {
    /// The language of these sentences, as browsers name it.
    #[must_use]
    pub const fn tag(&self) -> &'static str {
        match self.lang {
            Language::En => "en",
            Language::ZhCn => "zh-CN",
        }
    }

    /// "valid until 1 March 2026".
    #[must_use]
    pub fn valid_until(&self, day: &str) -> String {
        match self.lang {
            Language::En => format!("The code is good until {day}."),
            Language::ZhCn => format!("二维码有效期至 {day}。"),
        }
    }
}
