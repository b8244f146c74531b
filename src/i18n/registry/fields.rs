//! What the fields of the registry are called, by their name in forms and import files.

use crate::domain::Language::{self, En, ZhCn};

/// One line a field: its name, then its label in English and Chinese, then perhaps a hint
/// in both.
macro_rules! fields {
    ($($name:literal: $en:literal, $zh:literal $(=> $hint_en:literal, $hint_zh:literal)?;)+) => {
        /// Every field that has a label.
        pub const NAMES: &[&str] = &[$($name,)+];

        /// The label of a field; an unknown field is shown by its name.
        #[must_use]
        pub fn label(lang: Language, name: &'static str) -> &'static str {
            match (name, lang) {
                $(($name, En) => $en, ($name, ZhCn) => $zh,)+
                (other, _) => other,
            }
        }

        /// What helps to fill a field in; empty where the label says it all.
        #[must_use]
        pub fn hint(lang: Language, name: &str) -> &'static str {
            match (name, lang) {
                $($(($name, En) => $hint_en, ($name, ZhCn) => $hint_zh,)?)+
                _ => "",
            }
        }
    };
}

fields! {
    "site": "Clinic", "机构";
    "code": "Code", "编号" => "Letters, digits and - / . _ #", "字母、数字以及 - / . _ #";
    "name": "Name", "姓名";
    "email": "E-mail address", "电子邮箱" => "Check-ins are sent here. An e-mail address or a phone number is needed.", "随访邮件发送到此地址。邮箱和电话至少填写一项。";
    "phone": "Phone number", "电话号码";
    "birth_year": "Year of birth", "出生年份" => "Four digits, for example 1961", "四位数字，例如 1961";
    "sex": "Sex", "性别";
    "language": "Language", "语言";
    "time_zone": "Time zone", "时区" => "For example Asia/Shanghai", "例如 Asia/Shanghai";
    "infection_risk_reason": "Raised risk of infection: why", "感染风险升高的原因" => "Leave empty when there is none. With a reason, any fever of this patient is an emergency.", "没有则留空。填写后，该患者出现任何发热都按危急处理。";
    "notes": "Notes", "备注";
    "consent_version": "Version of the consent text", "知情同意书版本";
    "consent_on": "Consent signed on", "签署日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "text_version": "Version of the consent text", "知情同意书版本";
    "given_on": "Signed on", "签署日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "state": "State", "状态";
    "reason": "Reason", "原因";
    "symptom": "Symptom", "症状";
    "until": "Quiet until the end of", "暂停提醒至（含当日）" => "At most 31 days ahead", "最长31天";
    "product": "Product", "产品";
    "number": "Lot number", "批号" => "As printed on the bag, at most 35 characters", "按袋上标签填写，最多 35 个字符";
    "source": "Cells of", "细胞来源";
    "patient": "Patient code", "患者编号" => "Only for a lot of the patient's own cells", "仅自体细胞批次填写";
    "collected_on": "Blood collected on", "采血日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "culture_started_on": "Culture begun on", "培养开始日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "released_on": "Released on", "放行日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "cells_millions": "Cells, in millions", "细胞数（百万）" => "For example 3000 for 3 × 10⁹", "例如 3 × 10⁹ 填写 3000";
    "viability_percent": "Living cells, %", "活细胞率（%)" => "At most one decimal", "最多一位小数";
    "sterility": "Sterility", "无菌检查";
    "mycoplasma": "Mycoplasma", "支原体";
    "endotoxin": "Endotoxin", "内毒素";
    "state_reason": "Reason for the state", "状态原因" => "Needed when a lot is quarantined, discarded or released again", "隔离、废弃或解除隔离时必须填写";
    "phase": "Phase", "阶段";
    "interval_days": "Days between infusions", "输注间隔（天）" => "Empty: what is usual in the phase", "留空则采用该阶段的默认值";
    "planned_infusions": "Planned infusions", "计划输注次数" => "Empty: what is usual in the phase", "留空则采用该阶段的默认值";
    "started_on": "First day", "开始日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "ended_on": "Last day", "结束日期" => "Empty while it goes on", "进行中则留空";
    "course": "Course", "疗程";
    "course_started_on": "First day of the course", "疗程开始日期";
    "lot": "Lot", "批次";
    "date": "Date", "日期" => "YYYY-MM-DD", "格式：YYYY-MM-DD";
    "start_time": "Begun at", "开始时间" => "By the clinic's clock", "以机构当地时间为准";
    "start_fold": "The clock showed this time twice: which is meant?", "当天该时刻出现两次：指哪一次？";
    "end_date": "Ended on", "结束日期（跨日时）" => "Empty: the same day", "留空表示同一天";
    "end_time": "Ended at", "结束时间" => "Everything is counted from here; empty: from the start", "随访从此刻算起；留空则从开始时间算起";
    "end_fold": "The clock showed this time twice: which is meant?", "当天该时刻出现两次：指哪一次？";
    "dose_cells_millions": "Dose, millions of cells", "剂量（百万细胞）";
    "route": "Route", "途径";
    "premedication": "Given before it", "预处理用药";
    "time": "Time", "时间" => "By the clinic's clock", "以机构当地时间为准";
    "time_fold": "The clock showed this time twice: which is meant?", "当天该时刻出现两次：指哪一次？";
    "temperature": "Temperature, °C", "体温（°C)" => "As read, at most one decimal", "按读数填写，最多一位小数";
    "thermometer": "Thermometer held", "测温部位";
    "sbp": "Systolic blood pressure, mmHg", "收缩压（mmHg)";
    "hr": "Heart rate, per minute", "心率（次/分）";
    "spo2": "Oxygen saturation, %", "血氧饱和度（%)";
    "rr": "Breaths, per minute", "呼吸（次/分）";
    "note": "What was seen", "现场所见";
    "mail_name": "Sender's name in mails", "邮件发件人名称" => "Neutral: it must not say anything about the treatment", "须为中性名称，不得透露任何治疗信息";
    "emergency_number": "Emergency number", "急救电话";
    "crisis_line": "Crisis line", "心理危机热线" => "Shown when somebody writes of harming themselves", "当患者文字提到自伤时显示";
    "ctcae_version": "Grades by CTCAE", "分级所用 CTCAE 版本";
    "kind": "Made of", "细胞类型";
    "rule_set": "Rule set", "规则集";
    "file": "File", "文件";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_listed_twice() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
    }
}
