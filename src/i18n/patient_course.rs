//! Sentences of the page on which patients see what they told so far.

use crate::domain::Language;

/// Sentences of the patient's own course.
#[derive(Debug)]
pub struct CourseText {
    lang: Language,
    pub heading: &'static str,
    pub link: &'static str,
    pub what: &'static str,
    pub ask_year: &'static str,
    pub show: &'static str,
    pub nothing: &'static str,
    pub picture: &'static str,
    pub temperature: &'static str,
    pub worst: &'static str,
    pub table: &'static str,
    pub day: &'static str,
    pub date: &'static str,
    pub symptoms: &'static str,
    pub not_measured: &'static str,
    pub none: &'static str,
    pub back: &'static str,
    /// How bad, from nothing to very bad.
    words: [&'static str; 5],
}

static EN: CourseText = CourseText {
    lang: Language::En,
    heading: "How it went so far",
    link: "See how it went so far",
    what: "What you told us since the infusion, one column for each day on which you did. It is made from your own answers; nobody has judged it.",
    ask_year: "To see earlier answers, please give the patient's year of birth.",
    show: "Show it",
    nothing: "There are no reports since this infusion yet.",
    picture: "Temperature and how bad it was at worst, day by day",
    temperature: "Highest temperature, °C",
    worst: "At worst",
    table: "The same in numbers and words",
    day: "Day",
    date: "Date",
    symptoms: "What you told us",
    not_measured: "not measured",
    none: "nothing",
    back: "Back to your reports",
    words: ["none", "mild", "medium", "severe", "very severe"],
};

static ZH: CourseText = CourseText {
    lang: Language::ZhCn,
    heading: "到目前为止的情况",
    link: "查看到目前为止的情况",
    what: "这是您在回输后告诉我们的内容，您报告过的每一天为一列。全部来自您自己的回答，没有经过任何人评判。",
    ask_year: "要查看以前的回答，请填写患者的出生年份。",
    show: "显示",
    nothing: "这次回输之后还没有报告。",
    picture: "每天的体温和最重时的程度",
    temperature: "最高体温（℃）",
    worst: "最重时",
    table: "同样的内容，用数字和文字表示",
    day: "第几天",
    date: "日期",
    symptoms: "您告诉我们的不适",
    not_measured: "没有量",
    none: "无",
    back: "返回您的报告",
    words: ["无", "轻", "中", "重", "很重"],
};

/// The sentences of the patient's own course in a language.
#[must_use]
pub fn course(lang: Language) -> &'static CourseText {
    match lang {
        Language::En => &EN,
        Language::ZhCn => &ZH,
    }
}

impl CourseText {
    /// A derived grade in the patient's words.
    #[must_use]
    pub fn word(&self, grade: i32) -> &'static str {
        let at = usize::try_from(grade).unwrap_or(0).min(self.words.len() - 1);
        self.words[at]
    }

    /// What the drawing shows, in one sentence.
    #[must_use]
    pub fn description(&self, days: usize, hottest: Option<&str>, worst: &str) -> String {
        match (self.lang, hottest) {
            (Language::En, Some(hottest)) => format!(
                "{days} days with reports. The highest temperature was {hottest} °C; at worst it was: {worst}."
            ),
            (Language::En, None) => format!(
                "{days} days with reports. No temperature was measured; at worst it was: {worst}."
            ),
            (Language::ZhCn, Some(hottest)) => {
                format!("共 {days} 天有报告。最高体温 {hottest}℃；最重时的程度：{worst}。")
            }
            (Language::ZhCn, None) => {
                format!("共 {days} 天有报告。没有量过体温；最重时的程度：{worst}。")
            }
        }
    }

    /// That the drawing shows the last days only.
    #[must_use]
    pub fn only_last(&self, days: usize) -> String {
        match self.lang {
            Language::En => {
                format!("The drawing shows the last {days} of these days, the table all of them.")
            }
            Language::ZhCn => format!("图中只显示最近的 {days} 天，表格中有全部。"),
        }
    }
}
