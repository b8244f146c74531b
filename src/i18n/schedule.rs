//! Sentences of the page on which the follow-up schedule of a product is edited.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::schedule::edit::{EditProblem, LONGEST_H, MOST_REMINDERS, Part, Quiet};
use crate::domain::schedule::{CheckInCode, LONGEST_QUIET_H, ScheduleError};

/// Sentences of the page.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say what they are")]
pub struct ScheduleText {
    lang: Language,
    pub title: &'static str,
    pub link: &'static str,
    pub lead: &'static str,
    pub rules: &'static str,
    pub check_in: &'static str,
    pub asked: &'static str,
    pub opens: &'static str,
    pub due: &'static str,
    pub reminders: &'static str,
    pub closes: &'static str,
    pub hours_hint: &'static str,
    pub quiet: &'static str,
    pub quiet_hint: &'static str,
    pub from: &'static str,
    pub until: &'static str,
    pub preview: &'static str,
    pub preview_for: &'static str,
    pub day: &'static str,
    pub time: &'static str,
    pub zone: &'static str,
    pub preview_button: &'static str,
    pub preview_bad: &'static str,
    pub prompt_at: &'static str,
    pub reminders_at: &'static str,
    pub closes_at: &'static str,
    pub at_night: &'static str,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub save: &'static str,
    pub saved: &'static str,
    pub versions: &'static str,
    pub version: &'static str,
    pub when: &'static str,
    pub who: &'static str,
    pub infusions: &'static str,
    pub load: &'static str,
    pub program: &'static str,
    pub taken_over: &'static str,
    pub no_versions: &'static str,
    pub changed: &'static str,
    pub same: &'static str,
    pub needs_reason: &'static str,
}

static EN: ScheduleText = ScheduleText {
    lang: En,
    title: "Follow-up schedule",
    link: "Follow-up schedule",
    lead: "When patients are asked after an infusion of this product. A change counts for infusions recorded from then on; those on record keep the schedule they were planned by.",
    rules: "Three things are fixed: the check-in at 4 hours is left out when it falls in the night, day 1 leaves 8 hours for an answer after its mail was sent, and day 1 is always asked, because a nurse calls when it stays silent.",
    check_in: "Check-in",
    asked: "Asked",
    opens: "Opens",
    due: "Due",
    reminders: "Reminders after due",
    closes: "Closes",
    hours_hint: "Opens, due and closes are whole hours from the end of the infusion (24 = one day, 720 = 30 days). Reminders are hours after the due time, with commas between.",
    quiet: "Quiet hours",
    quiet_hint: "On the patient’s clock. Mails wait for their end; a mail that would wait until its check-in closes is not sent. The same time twice means no quiet hours.",
    from: "From",
    until: "Until",
    preview: "Preview",
    preview_for: "For an infusion that ended at this time, the questions come as below, unless they are answered before.",
    day: "Day",
    time: "Time",
    zone: "Patient’s time zone",
    preview_button: "Show the preview",
    preview_bad: "Give a day such as 2026-03-01, a time such as 10:00 and a time zone such as Asia/Shanghai.",
    prompt_at: "Question",
    reminders_at: "Reminders",
    closes_at: "Missed at",
    at_night: "not sent: night",
    reason: "Reason for the change",
    reason_hint: "Kept with the version.",
    save: "Save as a new version",
    saved: "Saved. Infusions recorded from now on are followed up by this version.",
    versions: "Versions",
    version: "Version",
    when: "Made",
    who: "By",
    infusions: "Infusions",
    load: "Show in the form",
    program: "the program",
    taken_over: "The default, taken over at the first infusion",
    no_versions: "None yet: the default counts.",
    changed: "Somebody else saved a version meanwhile. Yours is still in the form: compare it with the newest below, then save again to put yours in its place.",
    same: "Nothing differs from the version in force.",
    needs_reason: "Give a reason for the change.",
};

static ZH: ScheduleText = ScheduleText {
    lang: ZhCn,
    title: "随访计划",
    link: "随访计划",
    lead: "输注本产品后何时询问患者。更改只对此后登记的输注生效；已登记的输注仍按原计划随访。",
    rules: "有三点固定不变：4小时随访如落在夜间则不发送；第1天的提醒发出后至少留8小时答复；第1天必须询问，因为无人答复时护士会打电话。",
    check_in: "随访",
    asked: "询问",
    opens: "开放",
    due: "到期",
    reminders: "到期后再次提醒",
    closes: "关闭",
    hours_hint: "开放、到期和关闭时间为输注结束后的整小时数（24为1天，720为30天）。再次提醒为到期后的小时数，用逗号分隔。",
    quiet: "免打扰时段",
    quiet_hint: "按患者当地时间。邮件等到时段结束后发送；若等到随访已关闭则不发送。两个时间相同表示没有免打扰时段。",
    from: "开始",
    until: "结束",
    preview: "预览",
    preview_for: "如果输注在以下时间结束，问题将按下表发出，已答复的除外。",
    day: "日期",
    time: "时间",
    zone: "患者时区",
    preview_button: "显示预览",
    preview_bad: "请填写日期（如2026-03-01）、时间（如10:00）和时区（如Asia/Shanghai）。",
    prompt_at: "询问时间",
    reminders_at: "再次提醒",
    closes_at: "视为未答复",
    at_night: "夜间不发送",
    reason: "更改原因",
    reason_hint: "与该版本一起保存。",
    save: "保存为新版本",
    saved: "已保存。此后登记的输注按此版本随访。",
    versions: "版本",
    version: "版本",
    when: "建立时间",
    who: "建立者",
    infusions: "输注数",
    load: "在表单中显示",
    program: "程序",
    taken_over: "默认计划，首次输注时采用",
    no_versions: "尚无版本，使用默认计划。",
    changed: "其他人已保存了新版本。您填写的内容仍在表单中：请与下方最新版本比较，再次保存即以您的内容为准。",
    same: "与当前版本没有差别。",
    needs_reason: "请填写更改原因。",
};

/// The sentences in a language.
#[must_use]
pub fn schedule(lang: Language) -> &'static ScheduleText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

/// How long after the infusion a check-in is by default, in both languages.
#[must_use]
pub fn when(code: CheckInCode) -> (&'static str, &'static str) {
    match code {
        CheckInCode::H4 => ("4 hours", "4小时"),
        CheckInCode::D1 => ("1 day", "1天"),
        CheckInCode::D2 => ("2 days", "2天"),
        CheckInCode::D3 => ("3 days", "3天"),
        CheckInCode::D7 => ("7 days", "7天"),
        CheckInCode::D14 => ("14 days", "14天"),
        CheckInCode::D21 => ("21 days", "21天"),
        CheckInCode::D30 => ("30 days", "30天"),
        CheckInCode::D60 => ("60 days", "60天"),
        CheckInCode::M3 => ("3 months", "3个月"),
        CheckInCode::D100 => ("100 days", "100天"),
        CheckInCode::M6 => ("6 months", "6个月"),
        CheckInCode::M12 => ("12 months", "12个月"),
        CheckInCode::Daily => ("daily while a symptom lasts", "症状持续期间每日"),
        CheckInCode::Extra => ("ordered by a nurse", "护士加问"),
    }
}

impl ScheduleText {
    /// The name of a check-in.
    #[must_use]
    pub fn name(&self, code: CheckInCode) -> &'static str {
        let (en, zh) = when(code);
        match self.lang {
            En => en,
            ZhCn => zh,
        }
    }

    /// What is wrong, as a sentence of its own.
    #[must_use]
    pub fn problem(&self, problem: &EditProblem) -> String {
        match problem {
            EditProblem::NotHours(code, part) => self.not_hours(*code, *part),
            EditProblem::TooManyReminders(code) => {
                let name = self.name(*code);
                match self.lang {
                    En => format!("{name}: at most {MOST_REMINDERS} reminders."),
                    ZhCn => format!("{name}：最多{MOST_REMINDERS}次再次提醒。"),
                }
            }
            EditProblem::NotTime(which) => {
                let which = match which {
                    Quiet::From => self.from,
                    Quiet::Until => self.until,
                };
                match self.lang {
                    En => format!("Quiet hours, {which}: a time such as 22:00, please."),
                    ZhCn => format!("免打扰时段，{which}：请填写如22:00的时间。"),
                }
            }
            EditProblem::Unfit(error) => self.unfit(error),
        }
    }

    fn not_hours(&self, code: CheckInCode, part: Part) -> String {
        let name = self.name(code);
        let part = match part {
            Part::Opens => self.opens,
            Part::Due => self.due,
            Part::Reminders => self.reminders,
            Part::Closes => self.closes,
        };
        match self.lang {
            En => format!("{name}, {part}: whole hours from 0 to {LONGEST_H}, please."),
            ZhCn => format!("{name}，{part}：请填写0到{LONGEST_H}之间的整小时数。"),
        }
    }

    fn unfit(&self, error: &ScheduleError) -> String {
        match (error, self.lang) {
            (ScheduleError::Twice(code), En) => format!("{}: planned twice.", self.name(*code)),
            (ScheduleError::Twice(code), ZhCn) => format!("{}：重复安排。", self.name(*code)),
            (ScheduleError::Disordered(code), En) => format!(
                "{}: it must open no later than it is due, remind after that in rising order, and close after the last reminder.",
                self.name(*code)
            ),
            (ScheduleError::Disordered(code), ZhCn) => format!(
                "{}：开放不得晚于到期，再次提醒须在到期之后并依次递增，关闭须在最后一次提醒之后。",
                self.name(*code)
            ),
            (ScheduleError::OutOfTurn(code, before), En) => {
                format!("{}: it must be due after {}.", self.name(*code), self.name(*before))
            }
            (ScheduleError::OutOfTurn(code, before), ZhCn) => {
                format!("{}：到期时间须晚于{}。", self.name(*code), self.name(*before))
            }
            (ScheduleError::WithoutDayOne, En) => "Day 1 must be asked.".to_owned(),
            (ScheduleError::WithoutDayOne, ZhCn) => "第1天必须询问。".to_owned(),
            (ScheduleError::QuietTooLong, En) => {
                format!("Quiet hours may last {LONGEST_QUIET_H} hours at most.")
            }
            (ScheduleError::QuietTooLong, ZhCn) => {
                format!("免打扰时段最长{LONGEST_QUIET_H}小时。")
            }
        }
    }
}
