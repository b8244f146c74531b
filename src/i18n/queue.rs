//! Sentences of the queue: its rows, its clocks, its filters.

use jiff::SignedDuration;

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::comparison::Change;
use crate::domain::registry::Phase;
use crate::domain::task::Deadline;

/// Sentences of the queue.
#[derive(Debug)]
pub struct QueueText {
    lang: Language,
    pub title: &'static str,
    pub open_tasks: &'static str,
    pub closed_title: &'static str,
    pub nobody_on_duty: &'static str,
    pub all: &'static str,
    pub mine: &'static str,
    pub unowned: &'static str,
    pub overdue: &'static str,
    pub level: &'static str,
    pub site: &'static str,
    pub kind: &'static str,
    pub owner: &'static str,
    pub any: &'static str,
    pub only_overdue: &'static str,
    pub apply: &'static str,
    pub empty: &'static str,
    pub empty_filtered: &'static str,
    pub show_all: &'static str,
    pub nobody_has_it: &'static str,
    pub you_have_it: &'static str,
    pub take: &'static str,
    pub take_over: &'static str,
    pub open: &'static str,
    pub call: &'static str,
    pub unfinished_report: &'static str,
    pub not_evaluated: &'static str,
    pub historic: &'static str,
    pub missed_check_in: &'static str,
    pub unreachable: &'static str,
    pub not_this_person: &'static str,
    pub prompts_stopped: &'static str,
    pub lot_event: &'static str,
    pub no_symptom: &'static str,
    pub unchanged: &'static str,
    pub search_closed: &'static str,
    pub search_closed_hint: &'static str,
    pub no_closed: &'static str,
    pub number: &'static str,
    pub patient: &'static str,
    pub reason: &'static str,
    pub closed_at: &'static str,
    pub outcome: &'static str,
    pub worth: &'static str,
    pub by_answer: &'static str,
}

static EN: QueueText = QueueText {
    lang: En,
    title: "Queue",
    open_tasks: "Open tasks",
    closed_title: "Closed tasks",
    nobody_on_duty: "Nobody is on duty",
    all: "All",
    mine: "Mine",
    unowned: "Nobody’s",
    overdue: "Overdue",
    level: "Level",
    site: "Clinic",
    kind: "Kind",
    owner: "Whose",
    any: "Any",
    only_overdue: "Only overdue",
    apply: "Show",
    empty: "Nothing is open. New tasks appear here by themselves, the most urgent first.",
    empty_filtered: "Nothing open matches these filters.",
    show_all: "Show all open tasks",
    nobody_has_it: "Nobody has it yet",
    you_have_it: "You have it",
    take: "Take",
    take_over: "Take over",
    open: "Open",
    call: "Call",
    unfinished_report: "unfinished report",
    not_evaluated: "The rules could not be applied to this report: read it yourself",
    historic: "over by now",
    missed_check_in: "Check-ins were not answered",
    unreachable: "Mail to the patient is refused: reach the patient another way",
    prompts_stopped: "The patient stopped the mails: ask why, and agree how to stay in touch",
    lot_event: "The lot that was given was not fit to be given",
    not_this_person: "Somebody who got the link said “This is not me”: check the address",
    no_symptom: "no symptom",
    unchanged: "nothing changed",
    search_closed: "Patient’s code or task number",
    search_closed_hint: "Part of the code is enough.",
    no_closed: "No closed task matches.",
    number: "Task",
    patient: "Patient",
    reason: "Reason",
    closed_at: "Closed",
    outcome: "Outcome",
    worth: "Worth a flag?",
    by_answer: "by the patient’s answer",
};

static ZH: QueueText = QueueText {
    lang: ZhCn,
    title: "待办队列",
    open_tasks: "待处理任务",
    closed_title: "已关闭任务",
    nobody_on_duty: "目前无人值班",
    all: "全部",
    mine: "我的",
    unowned: "无人接手",
    overdue: "已超时",
    level: "级别",
    site: "机构",
    kind: "类型",
    owner: "负责人",
    any: "不限",
    only_overdue: "仅看超时",
    apply: "显示",
    empty: "目前没有待处理任务。新任务会自动出现在这里，最紧急的排在最前。",
    empty_filtered: "没有符合筛选条件的待处理任务。",
    show_all: "显示全部待处理任务",
    nobody_has_it: "尚无人接手",
    you_have_it: "由您负责",
    take: "接手",
    take_over: "接管",
    open: "打开",
    call: "拨打",
    unfinished_report: "未完成的报告",
    not_evaluated: "规则无法评估这份报告：请自行阅读",
    historic: "已过去",
    missed_check_in: "随访未答复",
    unreachable: "发给患者的邮件被拒收：请用其他方式联系",
    prompts_stopped: "患者停止了邮件：请询问原因，并商定联系方式",
    lot_event: "已输注的批次不应输注",
    not_this_person: "收到链接的人表示“这不是我”：请核对邮箱地址",
    no_symptom: "无症状",
    unchanged: "无变化",
    search_closed: "患者编号或任务号",
    search_closed_hint: "输入编号的一部分即可。",
    no_closed: "没有符合条件的已关闭任务。",
    number: "任务",
    patient: "患者",
    reason: "原因",
    closed_at: "关闭时间",
    outcome: "结果",
    worth: "是否值得提醒？",
    by_answer: "因患者已答复",
};

/// The sentences of the queue in a language.
#[must_use]
pub fn queue(lang: Language) -> &'static QueueText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl QueueText {
    /// A length of time, in its two largest units.
    #[must_use]
    pub fn span(&self, duration: SignedDuration) -> String {
        let minutes = duration.as_mins().abs();
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        match (days, hours, rest, self.lang) {
            (0, 0, _, En) => format!("{rest} min"),
            (0, 0, _, ZhCn) => format!("{rest}分钟"),
            (0, _, 0, En) => format!("{hours} h"),
            (0, _, 0, ZhCn) => format!("{hours}小时"),
            (0, _, _, En) => format!("{hours} h {rest} min"),
            (0, _, _, ZhCn) => format!("{hours}小时{rest}分钟"),
            (_, 0, _, En) => format!("{days} d"),
            (_, 0, _, ZhCn) => format!("{days}天"),
            (_, _, _, En) => format!("{days} d {hours} h"),
            (_, _, _, ZhCn) => format!("{days}天{hours}小时"),
        }
    }

    /// How long ago something was.
    #[must_use]
    pub fn ago(&self, since: SignedDuration) -> String {
        let span = self.span(since);
        match self.lang {
            En if since.as_mins() < 1 => "just now".to_owned(),
            ZhCn if since.as_mins() < 1 => "刚刚".to_owned(),
            En => format!("{span} ago"),
            ZhCn => format!("{span}前"),
        }
    }

    /// The clock of a row: time left, or time over.
    #[must_use]
    pub fn clock(&self, deadline: Deadline, now: crate::domain::Timestamp) -> String {
        let at = match deadline {
            Deadline::Take(at)
            | Deadline::Contact(at)
            | Deadline::Review(at)
            | Deadline::Reached(at) => at,
        };
        let span = self.span(at.since(now));
        match (deadline, deadline.is_overdue(now), self.lang) {
            (Deadline::Take(_), false, En) => format!("{span} to take it"),
            (Deadline::Take(_), false, ZhCn) => format!("{span}内须接手"),
            (Deadline::Take(_), true, En) => format!("Not taken: {span} over"),
            (Deadline::Take(_), true, ZhCn) => format!("未接手，超时{span}"),
            (Deadline::Contact(_), false, En) => format!("{span} to reach the patient"),
            (Deadline::Contact(_), false, ZhCn) => format!("{span}内须联系到患者"),
            (Deadline::Contact(_), true, En) => format!("Not reached: {span} over"),
            (Deadline::Contact(_), true, ZhCn) => format!("未联系到，超时{span}"),
            (Deadline::Review(_), false, En) => format!("{span} to review"),
            (Deadline::Review(_), false, ZhCn) => format!("{span}内须查看"),
            (Deadline::Review(_), true, En) => format!("Not reviewed: {span} over"),
            (Deadline::Review(_), true, ZhCn) => format!("未查看，超时{span}"),
            (Deadline::Reached(_), _, _) => {
                let ago = self.ago(now.since(at));
                match self.lang {
                    En => format!("Reached {ago}; close it when done"),
                    ZhCn => format!("{ago}已联系到；处理完请关闭"),
                }
            }
        }
    }

    /// Which infusion, and how long ago: "3rd of the first phase, day 1, +19 h, lot X".
    #[must_use]
    pub fn infusion(&self, number: i32, phase: Phase, days: i64, hours: i64, lot: &str) -> String {
        let since = match (hours < 240, self.lang) {
            (true, En) => format!("day {days}, +{hours} h"),
            (true, ZhCn) => format!("第{days}天，+{hours}小时"),
            (false, En) => format!("day {days}"),
            (false, ZhCn) => format!("第{days}天"),
        };
        match self.lang {
            En => {
                let phase = match phase {
                    Phase::First => "the first phase",
                    Phase::Consolidation => "consolidation",
                    Phase::Prevention => "prevention",
                };
                format!("{} of {phase}, {since}, lot {lot}", ordinal(number))
            }
            ZhCn => {
                use super::labels::Label;
                format!("{}第{number}次，{since}，批次{lot}", phase.label(ZhCn))
            }
        }
    }

    /// What an earlier report is compared with.
    #[must_use]
    pub const fn since_last(&self, has_previous: bool) -> &'static str {
        match (has_previous, self.lang) {
            (true, En) => "Since the last report",
            (true, ZhCn) => "与上次报告相比",
            (false, En) => "First report",
            (false, ZhCn) => "首次报告",
        }
    }

    /// How one symptom changed.
    #[must_use]
    pub fn change(&self, symptom: &str, change: Change, has_previous: bool) -> String {
        match (change, self.lang) {
            (Change::New { now }, En) if has_previous => format!("new: {symptom}, grade {now}"),
            (Change::New { now }, ZhCn) if has_previous => format!("新发：{symptom}{now}级"),
            (Change::New { now } | Change::Same { now }, En) => format!("{symptom}, grade {now}"),
            (Change::New { now } | Change::Same { now }, ZhCn) => format!("{symptom}{now}级"),
            (Change::Worse { before, now }, En) => {
                format!("worse: {symptom}, grade {before} → {now}")
            }
            (Change::Worse { before, now }, ZhCn) => format!("加重：{symptom}{before}级→{now}级"),
            (Change::Better { before, now }, En) => {
                format!("better: {symptom}, grade {before} → {now}")
            }
            (Change::Better { before, now }, ZhCn) => format!("减轻：{symptom}{before}级→{now}级"),
            (Change::Gone { before }, En) => format!("gone: {symptom} (was grade {before})"),
            (Change::Gone { before }, ZhCn) => format!("消失：{symptom}（原{before}级）"),
        }
    }

    /// Which reasons a row leaves out.
    #[must_use]
    pub fn more_reasons(&self, count: usize) -> String {
        match self.lang {
            En if count == 1 => "and 1 more reason".to_owned(),
            En => format!("and {count} more reasons"),
            ZhCn => format!("另有{count}条原因"),
        }
    }

    /// Who has it.
    #[must_use]
    pub fn owned_by(&self, name: &str) -> String {
        match self.lang {
            En => format!("{name} has it"),
            ZhCn => format!("由{name}负责"),
        }
    }

    /// When the patient is called again.
    #[must_use]
    pub fn next_try(&self, at: &str) -> String {
        match self.lang {
            En => format!("Call again at {at}"),
            ZhCn => format!("{at}再次拨打"),
        }
    }

    /// The alarm when nobody would be told.
    #[must_use]
    pub fn alarm(&self, sites: &[String]) -> String {
        let what = self.nobody_on_duty;
        match self.lang {
            En => format!("{what}: {}. Urgent reports alert no one.", sites.join(", ")),
            ZhCn => format!("{what}：{}。紧急报告将无人收到提醒。", sites.join("、")),
        }
    }

    /// What joins several reasons or changes.
    #[must_use]
    pub const fn separator(&self) -> &'static str {
        match self.lang {
            En => "; ",
            ZhCn => "；",
        }
    }

    /// What stands between a heading and what it heads.
    #[must_use]
    pub const fn colon(&self) -> &'static str {
        match self.lang {
            En => ": ",
            ZhCn => "：",
        }
    }

    /// What ends a sentence that another one follows.
    #[must_use]
    pub const fn stop(&self) -> &'static str {
        match self.lang {
            En => ". ",
            ZhCn => "。",
        }
    }
}

fn ordinal(number: i32) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_two_largest_units() {
        let cases = [
            (12, "12 min", "12分钟"),
            (60, "1 h", "1小时"),
            (185, "3 h 5 min", "3小时5分钟"),
            (1440, "1 d", "1天"),
            (3000, "2 d 2 h", "2天2小时"),
            (-12, "12 min", "12分钟"),
        ];
        for (minutes, en, zh) in cases {
            let span = SignedDuration::from_mins(minutes);
            assert_eq!((EN.span(span).as_str(), ZH.span(span).as_str()), (en, zh));
        }
    }

    #[test]
    fn infusions_are_counted_as_people_count() {
        let said = |number, hours| EN.infusion(number, Phase::First, 1, hours, "X");
        assert_eq!(said(3, 19), "3rd of the first phase, day 1, +19 h, lot X");
        assert_eq!(said(11, 300), "11th of the first phase, day 1, lot X");
        assert_eq!(
            ZH.infusion(2, Phase::Prevention, 1, 19, "X"),
            "预防阶段第2次，第1天，+19小时，批次X"
        );
    }
}
