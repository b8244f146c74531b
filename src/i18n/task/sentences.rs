//! Sentences with blanks in them.

use super::TaskText;
use crate::domain::Language::{En, ZhCn};

impl TaskText {
    /// A grade with its word.
    #[must_use]
    pub fn graded(&self, grade: i32) -> String {
        match self.lang {
            En => format!("grade {grade}"),
            ZhCn => format!("{grade}级"),
        }
    }

    /// A grade that a person set beside the derived one.
    #[must_use]
    pub fn judged(&self, grade: i32, by: &str, is_same: bool) -> String {
        match (is_same, self.lang) {
            (true, En) => format!("confirmed by {by}"),
            (true, ZhCn) => format!("由{by}确认"),
            (false, En) => format!("grade {grade} in the judgement of {by}"),
            (false, ZhCn) => format!("{by}判定为{grade}级"),
        }
    }

    /// A temperature as read, and what the rules take it for (°C, one decimal).
    #[must_use]
    pub fn temperature(&self, read: Option<&str>, adjusted: &str) -> String {
        match (read, self.lang) {
            (Some(read), En) => format!("{read} = {adjusted} °C adjusted"),
            (Some(read), ZhCn) => format!("{read} = 校正后{adjusted}℃"),
            (None, En) => format!("{adjusted} °C"),
            (None, ZhCn) => format!("{adjusted}℃"),
        }
    }

    /// When a symptom began, how long it lasted, how long ago it ended; in hours.
    #[must_use]
    pub fn timing(
        &self,
        onset: Option<&str>,
        duration: Option<&str>,
        ended: Option<&str>,
    ) -> String {
        let parts = [
            onset.map(|h| match (h.strip_prefix('-'), self.lang) {
                (None, En) => format!("began +{h} h"),
                (None, ZhCn) => format!("始于+{h}小时"),
                (Some(h), En) => format!("began {h} h before the infusion"),
                (Some(h), ZhCn) => format!("始于输注前{h}小时"),
            }),
            duration.map(|h| match self.lang {
                En => format!("for {h} h"),
                ZhCn => format!("持续{h}小时"),
            }),
            ended.map(|h| match self.lang {
                En => format!("ended {h} h before the report"),
                ZhCn => format!("报告前{h}小时已消失"),
            }),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(match self.lang {
            En => ", ",
            ZhCn => "，",
        })
    }

    /// Who reached which point, for "read by".
    #[must_use]
    pub fn read_by(&self, name: &str, first: &str, last: &str) -> String {
        match (first == last, self.lang) {
            (true, En) => format!("{name}, {first}"),
            (true, ZhCn) => format!("{name}，{first}"),
            (false, En) => format!("{name}, first {first}, last {last}"),
            (false, ZhCn) => format!("{name}，首次{first}，最近{last}"),
        }
    }

    /// A length of time to wait, in minutes, as a choice.
    #[must_use]
    pub fn wait(&self, minutes: i64) -> String {
        match (minutes < 60, self.lang) {
            (true, En) => format!("{minutes} min"),
            (true, ZhCn) => format!("{minutes}分钟"),
            (false, En) => format!("{} h", minutes / 60),
            (false, ZhCn) => format!("{}小时", minutes / 60),
        }
    }

    /// Who gave a report, and its reference.
    #[must_use]
    pub fn report(&self, source: &str, reference: &str) -> String {
        match self.lang {
            En => format!("Report {reference}: {source}"),
            ZhCn => format!("报告{reference}：{source}"),
        }
    }

    /// To whom it was handed over.
    #[must_use]
    pub fn handed_to(&self, name: &str) -> String {
        match self.lang {
            En => format!("to {name}"),
            ZhCn => format!("转交给{name}"),
        }
    }

    /// When the next call is planned.
    #[must_use]
    pub fn next_try(&self, at: &str) -> String {
        match self.lang {
            En => format!("next call at {at}"),
            ZhCn => format!("下次拨打：{at}"),
        }
    }

    /// The number of a task as a heading.
    #[must_use]
    pub fn number(&self, number: i64) -> String {
        match self.lang {
            En => format!("Task #{number}"),
            ZhCn => format!("任务#{number}"),
        }
    }

    /// The person to whom it belongs now.
    #[must_use]
    pub fn take_from(&self, owner: Option<&str>) -> String {
        match (owner, self.lang) {
            (None, _) => self.take.to_owned(),
            (Some(name), En) => format!("{} from {name}", self.take_over),
            (Some(name), ZhCn) => format!("从{name}处{}", self.take_over),
        }
    }
}
