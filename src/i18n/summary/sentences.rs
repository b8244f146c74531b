//! Sentences with blanks in them.

use super::SummaryText;
use crate::domain::Language;
use crate::domain::summary::{Denominator, Group, Measure, Unit};

impl SummaryText {
    const fn pick<T: Copy>(&self, en: T, zh: T) -> T {
        match self.lang {
            Language::En => en,
            Language::ZhCn => zh,
        }
    }

    /// What is counted, out of whom.
    #[must_use]
    pub fn view(&self, unit: Unit, denominator: Denominator) -> &'static str {
        match (unit, denominator) {
            (Unit::Patient, Denominator::All) => self.pick("Per patient, all", "按患者，全部"),
            (Unit::Patient, Denominator::AnsweredByD3) => {
                self.pick("Per patient, answered by day 3", "按患者，第3天前已答复者")
            }
            (Unit::Infusion, Denominator::All) => self.pick("Per infusion, all", "按输注，全部"),
            (Unit::Infusion, Denominator::AnsweredByD3) => {
                self.pick("Per infusion, answered by day 3", "按输注，第3天前已答复者")
            }
        }
    }

    /// Asked about or brought up.
    #[must_use]
    pub fn group(&self, group: Group) -> &'static str {
        match group {
            Group::Solicited => self.pick("asked at every check-in", "随访中主动询问"),
            Group::Unsolicited => self.pick("not asked, brought up", "未询问而报告"),
        }
    }

    /// The denominator of a table.
    #[must_use]
    pub fn out_of(&self, unit: Unit, of: u64) -> String {
        match (self.lang, unit) {
            (Language::En, Unit::Patient) => format!("N = {of} patients"),
            (Language::En, Unit::Infusion) => format!("N = {of} infusions"),
            (Language::ZhCn, Unit::Patient) => format!("N = {of} 位患者"),
            (Language::ZhCn, Unit::Infusion) => format!("N = {of} 次输注"),
        }
    }

    /// Who answered by day 3; stands on every table of reactions.
    #[must_use]
    pub fn answered_of(&self, unit: Unit, share: &str) -> String {
        match (self.lang, unit) {
            (Language::En, Unit::Patient) => format!("Patients who answered by day 3: {share}"),
            (Language::En, Unit::Infusion) => format!("Infusions answered by day 3: {share}"),
            (Language::ZhCn, Unit::Patient) => format!("第3天前已答复的患者：{share}"),
            (Language::ZhCn, Unit::Infusion) => format!("第3天前已答复的输注：{share}"),
        }
    }

    /// Check-ins answered; stands on every other table.
    #[must_use]
    pub fn check_ins_answered(&self, share: &str) -> String {
        match self.lang {
            Language::En => format!("Check-ins answered: {share}"),
            Language::ZhCn => format!("已答复随访：{share}"),
        }
    }

    /// Grades of several versions of CTCAE in one table.
    #[must_use]
    pub fn mixed(&self, versions: &str) -> String {
        match self.lang {
            Language::En => format!(
                "Grades of several versions stand together ({versions}); they do not mean the same for every term."
            ),
            Language::ZhCn => {
                format!(
                    "表中包含多个版本的分级（{versions})；同一分级在不同版本中的含义不一定相同。"
                )
            }
        }
    }

    /// The version of CTCAE of a table.
    #[must_use]
    pub fn version(&self, version: &str) -> String {
        match self.lang {
            Language::En => format!("Grades by CTCAE {version}"),
            Language::ZhCn => format!("按 CTCAE {version} 分级"),
        }
    }

    /// A column of one grade.
    #[must_use]
    pub fn grade_column(&self, grade: usize) -> String {
        match self.lang {
            Language::En => format!("Grade {grade}"),
            Language::ZhCn => format!("{grade}级"),
        }
    }

    /// What is looked at, for the head of the page and of the print.
    #[must_use]
    pub fn about(&self, sites: &str, from: &str, to: &str, as_of: &str) -> String {
        match self.lang {
            Language::En => {
                format!("{sites}. Infusions from {from} to {to}. As recorded by {as_of}.")
            }
            Language::ZhCn => format!("{sites}。输注时段：{from}至{to}。数据截至 {as_of}。"),
        }
    }

    /// Until what a time is measured.
    #[must_use]
    pub fn until(&self, measure: Measure) -> &'static str {
        match measure {
            Measure::Acknowledge => self.pick("somebody took the task", "有人接手"),
            Measure::Contact => self.pick("the patient was reached", "联系到患者"),
            Measure::Review => {
                self.pick("the task was closed or the patient reached", "任务关闭或联系到患者")
            }
        }
    }

    /// A time, in the unit that suits it.
    #[must_use]
    pub fn minutes(&self, minutes: f64) -> String {
        let (value, en, zh) = if minutes < 120.0 {
            (minutes, "min", "分钟")
        } else if minutes < 48.0 * 60.0 {
            (minutes / 60.0, "h", "小时")
        } else {
            (minutes / (24.0 * 60.0), "d", "天")
        };
        let text = format!("{value:.1}");
        let text = text.strip_suffix(".0").unwrap_or(&text);
        format!("{text} {}", self.pick(en, zh))
    }

    /// The clinic and the number of the infusion in its course.
    #[must_use]
    pub fn number(&self, number: i32) -> String {
        match self.lang {
            Language::En => format!("no. {number}"),
            Language::ZhCn => format!("第{number}次"),
        }
    }

    /// Derived and confirmed grade.
    #[must_use]
    pub fn grades_of(&self, derived: Option<i32>, confirmed: Option<i32>) -> String {
        let derived = derived.map(|grade| grade.to_string());
        match (self.lang, derived, confirmed) {
            (_, None, None) => "–".to_owned(),
            (_, Some(derived), None) => derived,
            (Language::En, None, Some(confirmed)) => format!("{confirmed} (staff)"),
            (Language::ZhCn, None, Some(confirmed)) => format!("{confirmed}（工作人员）"),
            (Language::En, Some(derived), Some(confirmed)) => {
                format!("{confirmed} (staff; derived {derived})")
            }
            (Language::ZhCn, Some(derived), Some(confirmed)) => {
                format!("{confirmed}（工作人员；推导为{derived})")
            }
        }
    }

    /// Hours.
    #[must_use]
    pub fn hours(&self, hours: &str) -> String {
        format!("{hours} {}", self.pick("h", "小时"))
    }

    /// How many reports tell of an event.
    #[must_use]
    pub fn reports(&self, count: usize) -> String {
        match (self.lang, count) {
            (Language::En, 1) => "1 report".to_owned(),
            (Language::En, _) => format!("{count} reports"),
            (Language::ZhCn, _) => format!("{count} 份报告"),
        }
    }
}
