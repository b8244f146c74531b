//! Why something cannot be taken, and what looks odd, as sentences.

use super::fields;
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::problem::Reason;
use crate::domain::warning::Warning;
use crate::i18n::labels::Label;

/// Shows a character that cannot be seen by its number.
fn shown(c: char) -> String {
    if c.is_control() || matches!(c, '\u{FFFD}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    {
        format!("U+{:04X}", u32::from(c))
    } else if c == ' ' {
        "␣".to_owned()
    } else {
        format!("“{c}”")
    }
}

/// What is wrong, as a sentence that stands below its field.
#[must_use]
pub fn reason(lang: Language, reason: &Reason) -> String {
    match lang {
        En => english(reason),
        ZhCn => chinese(reason),
    }
}

fn english(reason: &Reason) -> String {
    let text = match reason {
        Reason::Missing => "Please fill this in.",
        Reason::TooLong(max) => return format!("At most {max} characters."),
        Reason::Character(c) => return format!("{} has no place here.", shown(*c)),
        Reason::NotEmail => "This is not an e-mail address.",
        Reason::NotPhone => "This is not a phone number: 5 to 20 digits, perhaps + in front.",
        Reason::NoContact => "Give an e-mail address or a phone number.",
        Reason::NotWhole => "A whole number, please.",
        Reason::NotNumber => "A number, please.",
        Reason::TooPrecise(decimals) => return format!("At most {decimals} decimal."),
        Reason::OutOfRange(min, max) => return format!("From {min} to {max}."),
        Reason::NotDay => "A date such as 2026-03-01, please.",
        Reason::NotTime => "A time such as 09:30, please.",
        Reason::SkippedTime(from, to) => {
            return format!(
                "There was no such time that day: the clock went from {from} straight to {to}."
            );
        }
        Reason::RepeatedTime(first, second) => {
            return format!(
                "The clock showed this time twice that day: first at {first}, again at {second}. Say which is meant."
            );
        }
        Reason::Future => "This is in the future.",
        Reason::EndsBeforeStart => {
            "This is before the start. If it is after midnight, give the day too."
        }
        Reason::NotZone => "This is not a time zone such as Asia/Shanghai.",
        Reason::NotChoice(codes) => return format!("One of: {codes}."),
        Reason::Taken => "This is in the registry already.",
        Reason::Repeated(line) => return format!("This is in line {line} of the file already."),
        Reason::Unknown => "This is not in the registry of the clinic.",
        Reason::Inactive => "This is no longer in use.",
        Reason::OwnNeedsPatient => "A lot of own cells belongs to one patient: say whose it is.",
        Reason::DonorHasPatient => "A donor's lot belongs to no single patient: leave this empty.",
        Reason::SourceOfAnotherKind => {
            "This does not fit the product: own cells and donor cells are different products."
        }
        Reason::LotOfAnotherPatient => {
            "STOP: this lot is made of another patient's cells. It must not be given."
        }
        Reason::LotOfAnotherProduct => "This lot is of another product than the course.",
        Reason::LotNotReleased(state) => {
            return format!("This lot must not be given. Its state: {}.", state.label(En));
        }
        Reason::ResultForbids => {
            "A test result is positive or over the limit: choose quarantined or discarded."
        }
        Reason::AlreadyGiven => "This cannot be changed any more: infusions were given.",
        Reason::LotStep(from, to) => {
            return format!("A lot does not go from “{}” to “{}”.", from.label(En), to.label(En));
        }
        Reason::PatientStep(from, to) => {
            return format!("There is no step from “{}” to “{}”.", from.label(En), to.label(En));
        }
        Reason::NeedsReason => "Please say why.",
        Reason::NotReported => "The newest report does not name this symptom.",
        Reason::NeverQuiet(rule) => {
            return format!("It fires {rule}, an EMERGENCY rule: those are never kept quiet.");
        }
        Reason::NothingToQuiet => "It fires no rule by itself: there is nothing to keep quiet.",
        Reason::QuietAlready => "It is kept quiet already. End that one first.",
        Reason::NeedsConsent => "Record a new consent first.",
        Reason::Together(other) => {
            return format!("This is needed together with “{}”.", fields::label(En, other));
        }
        Reason::NothingObserved => "Enter at least one measurement or what was seen.",
        Reason::OfAnotherPatient => "This belongs to another patient.",
        Reason::TooOften => {
            "The link was sent several times within the last hour. Try again later."
        }
        Reason::Over => "The follow-up of this infusion is over.",
        Reason::Ambiguous => "Several fit: give the first day of the course too.",
    };
    text.to_owned()
}

fn chinese(reason: &Reason) -> String {
    let text = match reason {
        Reason::Missing => "请填写此项。",
        Reason::TooLong(max) => return format!("最多 {max} 个字符。"),
        Reason::Character(c) => return format!("此处不能使用 {}。", shown(*c)),
        Reason::NotEmail => "这不是有效的电子邮箱地址。",
        Reason::NotPhone => "这不是有效的电话号码：5 至 20 位数字，前面可加 +。",
        Reason::NoContact => "邮箱和电话至少填写一项。",
        Reason::NotWhole => "请填写整数。",
        Reason::NotNumber => "请填写数字。",
        Reason::TooPrecise(decimals) => return format!("最多 {decimals} 位小数。"),
        Reason::OutOfRange(min, max) => return format!("范围为 {min} 至 {max}。"),
        Reason::NotDay => "请按 2026-03-01 的格式填写日期。",
        Reason::NotTime => "请按 09:30 的格式填写时间。",
        Reason::SkippedTime(from, to) => {
            return format!("当天没有这个时刻：时钟从 {from} 直接拨到 {to}。");
        }
        Reason::RepeatedTime(first, second) => {
            return format!("当天该时刻出现两次：先为 {first}，后为 {second}。请选择其中一次。");
        }
        Reason::Future => "时间在将来。",
        Reason::EndsBeforeStart => "早于开始时间。若已过午夜，请同时填写结束日期。",
        Reason::NotZone => "这不是有效的时区，例如 Asia/Shanghai。",
        Reason::NotChoice(codes) => return format!("只能为：{codes}。"),
        Reason::Taken => "登记库中已有此项。",
        Reason::Repeated(line) => return format!("与文件第 {line} 行重复。"),
        Reason::Unknown => "本机构的登记库中没有此项。",
        Reason::Inactive => "此项已停用。",
        Reason::OwnNeedsPatient => "自体细胞批次属于一位患者：请填写是哪一位。",
        Reason::DonorHasPatient => "供者批次不属于某一位患者：请留空。",
        Reason::SourceOfAnotherKind => "与产品不符：自体细胞与供者细胞是不同的产品。",
        Reason::LotOfAnotherPatient => "停止：此批次由另一位患者的细胞制成，不得使用。",
        Reason::LotOfAnotherProduct => "此批次与疗程的产品不同。",
        Reason::LotNotReleased(state) => {
            return format!("此批次不得使用，当前状态：{}。", state.label(ZhCn));
        }
        Reason::ResultForbids => "检验结果为阳性或超标：请选择“已隔离”或“已废弃”。",
        Reason::AlreadyGiven => "已有输注记录，此项不能再更改。",
        Reason::LotStep(from, to) => {
            return format!("批次不能由“{}”变为“{}”。", from.label(ZhCn), to.label(ZhCn));
        }
        Reason::PatientStep(from, to) => {
            return format!("不能由“{}”变为“{}”。", from.label(ZhCn), to.label(ZhCn));
        }
        Reason::NeedsReason => "请说明原因。",
        Reason::NotReported => "最新报告中没有这一症状。",
        Reason::NeverQuiet(rule) => {
            return format!("该症状触发{rule}，属危急规则，不能暂停提醒。");
        }
        Reason::NothingToQuiet => "该症状本身未触发任何规则，无需暂停提醒。",
        Reason::QuietAlready => "该症状已暂停提醒，请先结束原有设置。",
        Reason::NeedsConsent => "请先登记新的知情同意。",
        Reason::Together(other) => {
            return format!("须与“{}”一并填写。", fields::label(ZhCn, other));
        }
        Reason::NothingObserved => "请至少填写一项测量值或现场所见。",
        Reason::OfAnotherPatient => "此项属于另一位患者。",
        Reason::TooOften => "一小时内已多次发送链接，请稍后再试。",
        Reason::Over => "本次输注的随访已结束。",
        Reason::Ambiguous => "有多个疗程符合：请同时填写疗程开始日期。",
    };
    text.to_owned()
}

/// What looks odd, as a sentence.
#[must_use]
pub fn warning(lang: Language, warning: &Warning) -> String {
    match (warning, lang) {
        (Warning::BeforeCourse(day), En) => {
            format!("The infusion is before the first day of the course ({day}).")
        }
        (Warning::BeforeCourse(day), ZhCn) => format!("输注日期早于疗程开始日期（{day})。"),
        (Warning::AfterCourse(day), En) => {
            format!("The infusion is after the last day of the course ({day}).")
        }
        (Warning::AfterCourse(day), ZhCn) => format!("输注日期晚于疗程结束日期（{day})。"),
        (Warning::BeforeRelease(day), En) => {
            format!("The infusion is before the lot was released ({day}).")
        }
        (Warning::BeforeRelease(day), ZhCn) => format!("输注日期早于批次放行日期（{day})。"),
        (Warning::NoReleaseDay, En) => "The day when the lot was released is not known.".to_owned(),
        (Warning::NoReleaseDay, ZhCn) => "批次放行日期未填写。".to_owned(),
        (Warning::OutOfOrder(number), En) => {
            format!("Infusion {number} of the course, which was entered before, is later.")
        }
        (Warning::OutOfOrder(number), ZhCn) => {
            format!("此前登记的本疗程第 {number} 次输注时间更晚。")
        }
        (Warning::SameDay, En) => "The patient has another infusion on this day.".to_owned(),
        (Warning::SameDay, ZhCn) => "该患者当天还有另一次输注。".to_owned(),
        (Warning::Long, En) => "The infusion took longer than 12 hours.".to_owned(),
        (Warning::Long, ZhCn) => "输注持续超过 12 小时。".to_owned(),
        (Warning::MoreThanPlanned(planned), En) => {
            format!("The course plans {planned} infusions; this is one more.")
        }
        (Warning::MoreThanPlanned(planned), ZhCn) => {
            format!("疗程计划输注 {planned} 次，本次已超出计划。")
        }
        (Warning::NoConsent, En) => "No consent of the patient was in force that day.".to_owned(),
        (Warning::NoConsent, ZhCn) => "当天没有有效的知情同意。".to_owned(),
        (Warning::NotFollowedUp(state), En) => {
            format!("The state of the patient is “{}”.", state.label(En))
        }
        (Warning::NotFollowedUp(state), ZhCn) => format!("患者状态为“{}”。", state.label(ZhCn)),
        (Warning::LotDaysDisordered, En) => {
            "Collection, culture and release are not in this order.".to_owned()
        }
        (Warning::LotDaysDisordered, ZhCn) => "采血、培养、放行日期的先后顺序不符。".to_owned(),
        (Warning::LikelyDuplicate(code), En) => {
            format!(
                "Patient {code} was born in the same year and has the same name, address or phone number."
            )
        }
        (Warning::LikelyDuplicate(code), ZhCn) => {
            format!("患者 {code} 出生年份相同，且姓名、邮箱或电话相同。")
        }
    }
}
