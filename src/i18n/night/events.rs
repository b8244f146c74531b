//! Sentences about what happened in a night and what it came to: those with a blank.

use super::NightText;
use crate::domain::Language::{En, ZhCn};

impl NightText {
    /// Which night.
    #[must_use]
    pub fn of(&self, number: i64) -> String {
        match self.lang {
            En => format!("Night {number}"),
            ZhCn => format!("第{number}夜"),
        }
    }

    /// A patient has reported.
    #[must_use]
    pub fn reports(&self, code: &str) -> String {
        match self.lang {
            En => format!("{code} reports"),
            ZhCn => format!("{code} 提交报告"),
        }
    }

    /// A symptom with its grade.
    #[must_use]
    pub fn symptom(&self, name: &str, grade: Option<i32>, is_expected: bool) -> String {
        let grade = grade.map_or(String::new(), |grade| match self.lang {
            En => format!(" grade {grade}"),
            ZhCn => format!("{grade}级"),
        });
        match (is_expected, self.lang) {
            (true, En) => format!("{name}{grade} (expected)"),
            (false, En) => format!("{name}{grade} (not expected)"),
            (true, ZhCn) => format!("{name}{grade}（预期之内）"),
            (false, ZhCn) => format!("{name}{grade}（预期之外）"),
        }
    }

    /// What a task is called.
    #[must_use]
    pub fn task_number(&self, number: i64) -> String {
        match self.lang {
            En => format!("Task {number}"),
            ZhCn => format!("任务{number}"),
        }
    }

    /// Something that was done on a task.
    #[must_use]
    pub fn task(&self, number: i64, what: &str) -> String {
        match self.lang {
            En => format!("Task {number}: {what}"),
            ZhCn => format!("任务{number}：{what}"),
        }
    }

    /// A step that was carried out.
    #[must_use]
    pub fn step(&self, number: i64, audience: &str) -> String {
        match self.lang {
            En => format!("Task {number}: mail owed to {audience}"),
            ZhCn => format!("任务{number}：应发邮件给{audience}"),
        }
    }

    /// A step that waits.
    #[must_use]
    pub fn step_to_come(&self, number: i64, audience: &str) -> String {
        match self.lang {
            En => format!("Task {number}: {audience} will be told unless somebody takes it"),
            ZhCn => format!("任务{number}：如无人接手，将通知{audience}"),
        }
    }

    /// A step of a further round.
    #[must_use]
    pub fn again(&self, round: i32) -> String {
        match self.lang {
            En => format!("Round {round}: told again, because nobody has taken it"),
            ZhCn => format!("第{round}轮：因无人接手，再次通知"),
        }
    }

    /// Steps that were not needed any more.
    #[must_use]
    pub fn spared(&self, number: i64, count: usize) -> String {
        match (self.lang, count) {
            (En, 1) => format!("Task {number}: 1 step ended"),
            (En, _) => format!("Task {number}: {count} steps ended"),
            (ZhCn, _) => format!("任务{number}：{count}个步骤结束"),
        }
    }

    /// Mails of a kind and what became of them.
    #[must_use]
    pub fn letters(&self, count: usize, kind: &str, state: &str, to: &str) -> String {
        match (self.lang, count) {
            (En, 1) => format!("{to} · {kind}: {state}"),
            (En, _) => format!("{to} · {kind} × {count}: {state}"),
            (ZhCn, 1) => format!("{to} · {kind}：{state}"),
            (ZhCn, _) => format!("{to} · {kind} × {count}：{state}"),
        }
    }

    /// Tries that the mail server did not take.
    #[must_use]
    pub fn not_taken(&self, count: usize) -> String {
        match (self.lang, count) {
            (En, 1) => "The mail server did not take 1 mail; it waits".to_owned(),
            (En, _) => format!("The mail server did not take {count} mails; they wait"),
            (ZhCn, _) => format!("邮件服务器未接收{count}封邮件，正在等待重试"),
        }
    }

    /// A check-in and what became of it.
    #[must_use]
    pub fn check_in(&self, code: &str, which: &str, state: &str) -> String {
        match self.lang {
            En => format!("{code} · check-in after {which}: {state}"),
            ZhCn => format!("{code} · 输注后{which}的随访：{state}"),
        }
    }

    /// A check-in that will be missed unless it is answered.
    #[must_use]
    pub fn closes(&self, code: &str, which: &str) -> String {
        match self.lang {
            En => format!("{code} · check-in after {which}: missed unless answered by now"),
            ZhCn => format!("{code} · 输注后{which}的随访：届时未答复即视为错过"),
        }
    }

    /// A check-in that was missed.
    #[must_use]
    pub fn missed(&self, code: &str, which: &str) -> String {
        match self.lang {
            En => format!("{code} did not answer the check-in after {which}"),
            ZhCn => format!("{code} 没有答复输注后{which}的随访"),
        }
    }

    /// The banner came up.
    #[must_use]
    pub fn banner(&self, number: i64) -> String {
        match self.lang {
            En => format!("Nobody could be told of task {number}: banner on every page"),
            ZhCn => format!("任务{number}无人收到通知：所有页面显示警示"),
        }
    }

    /// Done by its target.
    #[must_use]
    pub fn in_time(&self, at: &str) -> String {
        match self.lang {
            En => format!("{at}, in time"),
            ZhCn => format!("{at}，按时"),
        }
    }

    /// Done after its target.
    #[must_use]
    pub fn late(&self, at: &str, minutes: i64) -> String {
        match self.lang {
            En => format!("{at}, {minutes} min late"),
            ZhCn => format!("{at}，超时{minutes}分钟"),
        }
    }

    /// Not done, and too late by now.
    #[must_use]
    pub fn overdue(&self, minutes: i64) -> String {
        match self.lang {
            En => format!("not yet, {minutes} min past the target"),
            ZhCn => format!("尚未，已超时{minutes}分钟"),
        }
    }

    /// Not done, with time left.
    #[must_use]
    pub fn waiting(&self, by: &str) -> String {
        match self.lang {
            En => format!("not yet; target {by}"),
            ZhCn => format!("尚未，时限{by}"),
        }
    }

    /// When somebody was told first, and how many were told.
    #[must_use]
    pub fn told_first(&self, at: &str, people: usize) -> String {
        match (self.lang, people) {
            (En, 1) => format!("{at}; 1 person in all"),
            (En, _) => format!("{at}; {people} people in all"),
            (ZhCn, _) => format!("{at}，共通知{people}人"),
        }
    }

    /// How far a chain climbed.
    #[must_use]
    pub fn climbed(&self, steps: usize, highest: &str) -> String {
        match (self.lang, steps) {
            (En, 1) => format!("1 step, up to: {highest}"),
            (En, _) => format!("{steps} steps, up to: {highest}"),
            (ZhCn, _) => format!("{steps}步，最高至{highest}"),
        }
    }

    /// What acting has spared.
    #[must_use]
    pub fn otherwise(&self, spared: &[String], rounds: i64) -> String {
        let steps = spared.join(self.comma);
        match (self.lang, spared.is_empty(), rounds) {
            (_, true, 0) => self.nothing_spared.to_owned(),
            (En, true, _) => format!("Everybody told again, {rounds} times until the morning."),
            (En, false, 0) => format!("Also told: {steps}."),
            (En, false, _) => {
                format!(
                    "Also told: {steps}; then everybody again, {rounds} times until the morning."
                )
            }
            (ZhCn, true, _) => format!("到早晨为止会再次通知所有人{rounds}次。"),
            (ZhCn, false, 0) => format!("还会通知：{steps}。"),
            (ZhCn, false, _) => {
                format!("还会通知：{steps}；之后到早晨为止再次通知所有人{rounds}次。")
            }
        }
    }

    /// Why a report called for nobody.
    #[must_use]
    pub fn why_quiet(&self, rule_set: &str, version: i32) -> String {
        match self.lang {
            En => format!("No rule of {rule_set} (version {version}) asks for a person."),
            ZhCn => format!("{rule_set}（第{version}版）中没有任何规则要求人工处理。"),
        }
    }

    /// The balance of the mails: sent, cancelled, failed, come back, waiting.
    #[must_use]
    pub fn sum(&self, planned: usize, parts: &[i64; 5]) -> String {
        let [sent, cancelled, failed, bounced, waiting] = parts;
        format!("{planned} = {sent} + {cancelled} + {failed} + {bounced} + {waiting}")
    }
}
