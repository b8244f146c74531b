//! Sentences of the page about the rules: what came of their flags, and trying a change.

use crate::domain::Language::{self, En, ZhCn};

/// Sentences of the page.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say what they are")]
pub struct RulesText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub account: &'static str,
    pub rule: &'static str,
    pub level: &'static str,
    pub flags: &'static str,
    pub tasks: &'static str,
    pub closed: &'static str,
    pub worth: &'static str,
    pub noise: &'static str,
    pub snoozed: &'static str,
    pub median: &'static str,
    pub no_flags: &'static str,
    pub not_evaluated: &'static str,
    pub rehearse: &'static str,
    pub rehearse_lead: &'static str,
    pub file: &'static str,
    pub file_hint: &'static str,
    pub try_it: &'static str,
    pub begin_from: &'static str,
    pub mistakes: &'static str,
    pub no_profile: &'static str,
    pub found: &'static str,
    pub nothing_lowered: &'static str,
    pub emergencies: &'static str,
    pub changed_rules: &'static str,
    pub before: &'static str,
    pub after: &'static str,
    pub no_changed_rules: &'static str,
    pub lowered: &'static str,
    pub report: &'static str,
    pub received: &'static str,
    pub worth_it: &'static str,
    pub levels: &'static str,
    pub reports: &'static str,
    pub activate: &'static str,
}

static EN: RulesText = RulesText {
    lang: En,
    title: "Rules",
    lead: "Each rule of the last 365 days: how often it raised a flag, what the nurses said of it when they closed its task, and how soon somebody took it.",
    account: "The noise account",
    rule: "Rule",
    level: "Level",
    flags: "Flags",
    tasks: "Tasks",
    closed: "Closed",
    worth: "Worth it",
    noise: "Not worth it",
    snoozed: "Kept quiet",
    median: "Median minutes until taken",
    no_flags: "No rule has raised a flag yet.",
    not_evaluated: "The rules could not be applied",
    rehearse: "Rehearse a change",
    rehearse_lead: "Change the rules below and try them on every report of the last 365 days. Nothing is kept and nobody is called: you see which reports would have waited longer, and which would have called nobody.",
    file: "The rule set, as a file",
    file_hint: "Keep the id of the set that you change.",
    try_it: "Try it on the reports",
    begin_from: "Begin from:",
    mistakes: "The rule set has mistakes:",
    no_profile: "No rule set in force has this id. Keep the id of the set that you change.",
    found: "What would have happened",
    nothing_lowered: "No report would have waited longer.",
    emergencies: "These EMERGENCY rules are missing, lowered or worded otherwise. A rehearsal cannot justify that: what happens once in ten thousand infusions is not in the past of one clinic.",
    changed_rules: "Rules that fire more or less often",
    before: "In force",
    after: "Changed",
    no_changed_rules: "Every rule fires as often as before.",
    lowered: "Reports that would have waited longer",
    report: "Report",
    received: "Received",
    worth_it: "was worth a flag to the nurse",
    levels: "Reports by level",
    reports: "Reports",
    activate: "A changed set comes into force when the operator names its file in the settings and restarts the program. Give it a new version first, and let a second person read it.",
};

static ZH: RulesText = RulesText {
    lang: ZhCn,
    title: "规则",
    lead: "最近365天每条规则的情况：发出多少次提示、护士结束任务时的评价、多久有人接手。",
    account: "提示价值统计",
    rule: "规则",
    level: "级别",
    flags: "提示",
    tasks: "任务",
    closed: "已结束",
    worth: "值得提示",
    noise: "不值得提示",
    snoozed: "已静默",
    median: "接手时间中位数（分钟）",
    no_flags: "尚无规则发出提示。",
    not_evaluated: "规则无法应用",
    rehearse: "试演规则修改",
    rehearse_lead: "在下方修改规则，用最近365天的全部报告试演。不保存任何内容，也不通知任何人：您会看到哪些报告会等待更久，哪些报告将不再通知任何人。",
    file: "规则集文件",
    file_hint: "请保留所修改规则集的编号。",
    try_it: "用已有报告试演",
    begin_from: "起始文件：",
    mistakes: "规则集有错误：",
    no_profile: "没有使用此编号的规则集。请保留所修改规则集的编号。",
    found: "试演结果",
    nothing_lowered: "没有报告会等待更久。",
    emergencies: "以下紧急（EMERGENCY）规则被删除、降级或改写。试演结果不能作为依据：万次输注才发生一次的事件，一家机构的过往记录中看不到。",
    changed_rules: "触发次数有变化的规则",
    before: "现行",
    after: "修改后",
    no_changed_rules: "所有规则的触发次数不变。",
    lowered: "会等待更久的报告",
    report: "报告",
    received: "收到时间",
    worth_it: "护士认为值得提示",
    levels: "按级别统计的报告",
    reports: "报告数",
    activate: "修改后的规则集由管理员在设置中指定文件并重启程序后生效。请先给出新版本号，并由第二人审阅。",
};

/// The sentences in a language.
#[must_use]
pub fn rules(lang: Language) -> &'static RulesText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl RulesText {
    /// How many reports were judged, and what would have become of them.
    #[must_use]
    pub fn sum(&self, reports: u64, lowered: u64, missed: u64, worthy: u64) -> String {
        match self.lang {
            En => format!(
                "{reports} reports judged again. {lowered} would have waited longer; {missed} of them would have called nobody; {worthy} of them were worth a flag to the nurse."
            ),
            ZhCn => format!(
                "重新评估了{reports}份报告。其中{lowered}份会等待更久，{missed}份将不再通知任何人，{worthy}份曾被护士认为值得提示。"
            ),
        }
    }

    /// How many would have been answered sooner.
    #[must_use]
    pub fn raised(&self, count: u64) -> String {
        match self.lang {
            En => format!("{count} would have been answered sooner."),
            ZhCn => format!("{count}份会更早得到处理。"),
        }
    }

    /// Reports that a set could not be applied to.
    #[must_use]
    pub fn unreadable(&self, count: u64) -> String {
        match self.lang {
            En => format!("{count} reports could not be judged again."),
            ZhCn => format!("{count}份报告无法重新评估。"),
        }
    }
}
