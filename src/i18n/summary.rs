//! Sentences of the safety summary and the line listing.
//!
//! 重度 is how bad (grade 3 or more); 严重 would be what it led to and stands nowhere here.

use crate::domain::Language;
use crate::domain::summary::{Denominator, Group, Measure, Unit};

/// Sentences of the two pages.
#[derive(Debug)]
pub struct SummaryText {
    pub title: &'static str,
    pub lead: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub period_hint: &'static str,
    pub site: &'static str,
    pub product: &'static str,
    pub all_sites: &'static str,
    pub all_products: &'static str,
    pub show: &'static str,
    pub wrong_bound: &'static str,
    pub wrong_choice: &'static str,
    pub files: &'static str,
    pub files_hint: &'static str,
    pub file_summary: &'static str,
    pub file_line_listing: &'static str,
    pub file_infusions: &'static str,
    pub file_check_ins: &'static str,
    pub file_codebook: &'static str,
    pub for_excel: &'static str,
    pub empty: &'static str,
    pub empty_more: &'static str,
    pub beginning: &'static str,
    pub now: &'static str,
    pub contents: &'static str,
    pub reading: &'static str,
    pub reading_too_few: &'static str,
    pub reading_missed: &'static str,
    pub reading_interval: &'static str,
    pub reading_worst: &'static str,
    pub too_few: &'static str,
    pub clustering: &'static str,
    pub primary: &'static str,
    pub response: &'static str,
    pub check_in: &'static str,
    pub due: &'static str,
    pub answered: &'static str,
    pub on_time: &'static str,
    pub late: &'static str,
    pub by_phone: &'static str,
    pub missed: &'static str,
    pub waiting: &'static str,
    pub all: &'static str,
    pub exposure: &'static str,
    pub exposure_hint: &'static str,
    pub division: &'static str,
    pub patients: &'static str,
    pub infusions: &'static str,
    pub any_reaction: &'static str,
    pub answered_by_d3: &'static str,
    pub by_site: &'static str,
    pub by_product: &'static str,
    pub by_phase: &'static str,
    pub by_number: &'static str,
    pub by_lot: &'static str,
    pub worst_grades: &'static str,
    pub counted_by: &'static str,
    pub none_known: &'static str,
    pub if_none: &'static str,
    pub if_all: &'static str,
    pub incidence: &'static str,
    pub term: &'static str,
    pub any_grade: &'static str,
    pub severe: &'static str,
    pub ungraded: &'static str,
    pub any_term: &'static str,
    pub no_terms: &'static str,
    pub onsets: &'static str,
    pub onsets_hint: &'static str,
    pub onset_known: &'static str,
    pub onset_unknown: &'static str,
    pub median: &'static str,
    pub quartiles: &'static str,
    pub least_greatest: &'static str,
    pub grades: &'static str,
    pub grades_hint: &'static str,
    pub reviewed: &'static str,
    pub raised: &'static str,
    pub lowered: &'static str,
    pub known_before: &'static str,
    pub flags: &'static str,
    pub flags_hint: &'static str,
    pub level: &'static str,
    pub rule: &'static str,
    pub flags_raised: &'static str,
    pub flags_open: &'static str,
    pub acted_on: &'static str,
    pub no_action: &'static str,
    pub worth: &'static str,
    pub times: &'static str,
    pub times_hint: &'static str,
    pub measured: &'static str,
    pub target: &'static str,
    pub tasks: &'static str,
    pub done: &'static str,
    pub running: &'static str,
    pub closed_without: &'static str,
    pub p90: &'static str,
    pub within: &'static str,
    pub listing: &'static str,
    pub listing_lead: &'static str,
    pub listing_empty: &'static str,
    pub patient: &'static str,
    pub infusion: &'static str,
    pub reaction: &'static str,
    pub onset: &'static str,
    pub duration: &'static str,
    pub ongoing: &'static str,
    pub resolved: &'static str,
    pub grade: &'static str,
    pub urgency: &'static str,
    pub received: &'static str,
    pub outcome: &'static str,
    pub staff_graded: &'static str,
    pub known_before_badge: &'static str,
    lang: Language,
}

static EN: SummaryText = SummaryText {
    title: "Safety summary",
    lead: "Reactions after the infusions of a period, each figure with its denominator and with how many answered.",
    from: "From",
    to: "To",
    period_hint: "Days on the clinic's clock, such as 2026-03-01. Infusions whose end lies in the period are counted. Empty means without a limit.",
    site: "Clinic",
    product: "Product",
    all_sites: "All my clinics",
    all_products: "All products",
    show: "Show",
    wrong_bound: "Give a day such as 2026-03-01, or a time such as 2026-03-01T08:00:00+08:00.",
    wrong_choice: "Choose one from the list.",
    files: "Take as a file",
    files_hint: "CSV without names of patients. Each file taken is written into the audit trail.",
    file_summary: "Summary",
    file_line_listing: "Line listing",
    file_infusions: "Infusions",
    file_check_ins: "Check-ins",
    file_codebook: "Codebook",
    for_excel: "for Excel",
    empty: "No infusion ended in this period.",
    empty_more: "Choose an earlier start, another clinic or another product. Infusions come from the patient's page or from an import.",
    beginning: "the beginning",
    now: "now",
    contents: "On this page",
    reading: "How to read the figures",
    reading_too_few: "Below 20 observations there is no per cent: one reaction more or less would move it by more than five points. The count and its interval are always there.",
    reading_missed: "A missed check-in is not “no reaction”. Each table is there for all, and for those who answered at least one check-in by day 3.",
    reading_interval: "Intervals are exact (Clopper-Pearson), 95 %.",
    reading_worst: "A grade that staff confirmed wins over the derived one. What was there before the infusion and did not change is left out.",
    too_few: "too few to say",
    clustering: "Infusions of one patient resemble one another, so that these intervals are too narrow. The table per patient comes first.",
    primary: "Primary table: each patient once per reaction, at the worst grade.",
    response: "Who answered",
    check_in: "Check-in",
    due: "Due",
    answered: "Answered",
    on_time: "On time",
    late: "Late",
    by_phone: "By phone",
    missed: "Missed",
    waiting: "Still open",
    all: "All",
    exposure: "Who was given what",
    exposure_hint: "Any reaction: infusions after which one is known. Lots and clinics differ in whom they treat and in who answers; this is a count, not a test. Patients may stand in several lines.",
    division: "Division",
    patients: "Patients",
    infusions: "Infusions",
    any_reaction: "Any reaction",
    answered_by_d3: "Answered by day 3",
    by_site: "By clinic",
    by_product: "By product",
    by_phase: "By phase",
    by_number: "By number in the course",
    by_lot: "By lot",
    worst_grades: "Worst grade, all reactions together",
    counted_by: "Counted",
    none_known: "None known",
    if_none: "Any, if none of the silent had reacted",
    if_all: "Any, if all of the silent had reacted",
    incidence: "Reactions by term and worst grade",
    term: "Reaction",
    any_grade: "Any grade",
    severe: "Grade 3 or more",
    ungraded: "Not graded",
    any_term: "Any of these",
    no_terms: "None reported.",
    onsets: "When reactions began",
    onsets_hint: "Hours after the end of the infusion, first onset per infusion. Quantiles of type 7.",
    onset_known: "Known",
    onset_unknown: "Not known",
    median: "Median",
    quartiles: "Quartiles",
    least_greatest: "Least to greatest",
    grades: "Grades looked at by staff",
    grades_hint: "Lowered grades are worth a second look: clinics like low rates.",
    reviewed: "Confirmed or changed, of all derived",
    raised: "Raised, of those looked at",
    lowered: "Lowered, of those looked at",
    known_before: "Entries known before the infusion and unchanged (in no table)",
    flags: "Flags",
    flags_hint: "Rules that fired, and what came of it. “Worth a flag” is what the nurse answered at closing.",
    level: "Level",
    rule: "Rule",
    flags_raised: "Raised",
    flags_open: "Still open",
    acted_on: "Something was done, of closed",
    no_action: "Nothing was done, of closed",
    worth: "Worth a flag, of answered",
    times: "How soon somebody came",
    times_hint: "From receipt by the server. A task closed without it counts as outside the target.",
    measured: "Until",
    target: "Target",
    tasks: "Tasks",
    done: "Done",
    running: "Running",
    closed_without: "Closed without",
    p90: "90th percentile",
    within: "Within the target",
    listing: "Line listing",
    listing_lead: "One row per event: reports of the same reaction after the same infusion are one event unless it was gone for 48 hours. Newest infusions first.",
    listing_empty: "No event after the infusions of this period.",
    patient: "Patient",
    infusion: "Infusion",
    reaction: "Reaction",
    onset: "Onset",
    duration: "Lasted",
    ongoing: "ongoing",
    resolved: "over",
    grade: "Grade",
    urgency: "Urgency, rules",
    received: "Received",
    outcome: "Outcome of the task",
    staff_graded: "Graded by staff",
    known_before_badge: "Known before",
    lang: Language::En,
};

static ZH: SummaryText = SummaryText {
    title: "安全性汇总",
    lead: "某一时段内各次输注后的反应。每个数字都附有分母和答复率。",
    from: "起始",
    to: "截止",
    period_hint: "按机构当地日期,例如 2026-03-01。统计输注结束时间在此时段内的输注。留空表示不限。",
    site: "机构",
    product: "产品",
    all_sites: "我的全部机构",
    all_products: "全部产品",
    show: "显示",
    wrong_bound: "请填写日期,例如 2026-03-01;或时间,例如 2026-03-01T08:00:00+08:00。",
    wrong_choice: "请从列表中选择。",
    files: "导出文件",
    files_hint: "CSV 文件,不含患者姓名。每次导出都会写入审计记录。",
    file_summary: "汇总",
    file_line_listing: "事件明细",
    file_infusions: "输注",
    file_check_ins: "随访",
    file_codebook: "数据字典",
    for_excel: "Excel 版",
    empty: "此时段内没有输注。",
    empty_more: "请选择更早的起始日期,或其他机构、产品。输注可在患者页面录入,也可导入。",
    beginning: "最初",
    now: "现在",
    contents: "本页内容",
    reading: "如何阅读这些数字",
    reading_too_few: "少于20例时不给出百分比:多一例或少一例反应,百分比就会变动5个百分点以上。例数和区间始终列出。",
    reading_missed: "未答复随访不等于“无反应”。每张表都分别列出全部,以及第3天前至少答复一次随访者。",
    reading_interval: "区间均为精确(Clopper-Pearson)95% 区间。",
    reading_worst: "工作人员确认的分级优先于推导的分级。输注前已有且无变化的症状不计入。",
    too_few: "例数太少,不作判断",
    clustering: "同一患者的多次输注彼此相关,因此这些区间偏窄。应以按患者统计的表为主。",
    primary: "主要结果表:每位患者的每种反应按最高分级计一次。",
    response: "答复情况",
    check_in: "随访",
    due: "应答复",
    answered: "已答复",
    on_time: "按时",
    late: "逾期答复",
    by_phone: "电话答复",
    missed: "未答复",
    waiting: "尚未关闭",
    all: "全部",
    exposure: "输注情况",
    exposure_hint: "“任何反应”指已知有反应的输注。各批次、各机构的患者和答复情况不同;这里只是计数,不是检验。同一患者可出现在多行中。",
    division: "划分",
    patients: "患者",
    infusions: "输注",
    any_reaction: "任何反应",
    answered_by_d3: "第3天前已答复",
    by_site: "按机构",
    by_product: "按产品",
    by_phase: "按阶段",
    by_number: "按疗程内次序",
    by_lot: "按批次",
    worst_grades: "最高分级(所有反应合计)",
    counted_by: "统计单位",
    none_known: "无已知反应",
    if_none: "若未答复者均无反应,任何反应",
    if_all: "若未答复者均有反应,任何反应",
    incidence: "各反应按最高分级的发生情况",
    term: "反应",
    any_grade: "任何分级",
    severe: "重度及以上(≥3级)",
    ungraded: "未分级",
    any_term: "以上任一",
    no_terms: "没有报告。",
    onsets: "反应开始时间",
    onsets_hint: "输注结束后的小时数,每次输注取首次开始时间。分位数采用第7型。",
    onset_known: "已知",
    onset_unknown: "未知",
    median: "中位数",
    quartiles: "四分位数",
    least_greatest: "最小至最大",
    grades: "工作人员复核的分级",
    grades_hint: "被降低的分级值得再看一眼:机构往往希望发生率低。",
    reviewed: "已确认或更改(占全部推导分级)",
    raised: "调高(占已复核)",
    lowered: "调低(占已复核)",
    known_before: "输注前已有且无变化的条目(不计入任何表)",
    flags: "警示",
    flags_hint: "触发的规则及其结果。“值得警示”为护士关闭任务时的回答。",
    level: "级别",
    rule: "规则",
    flags_raised: "触发",
    flags_open: "未关闭",
    acted_on: "有处理(占已关闭)",
    no_action: "无处理(占已关闭)",
    worth: "值得警示(占已回答)",
    times: "响应时间",
    times_hint: "自服务器收到时起计。未完成即关闭的任务视为未达目标。",
    measured: "至",
    target: "目标",
    tasks: "任务",
    done: "已完成",
    running: "进行中",
    closed_without: "未完成即关闭",
    p90: "第90百分位",
    within: "达到目标",
    listing: "事件明细",
    listing_lead: "每行一个事件:同一次输注后对同一反应的多份报告算一个事件,除非其间消失满48小时。最近录入的输注在前。",
    listing_empty: "此时段的输注之后没有事件。",
    patient: "患者",
    infusion: "输注",
    reaction: "反应",
    onset: "开始",
    duration: "持续",
    ongoing: "仍持续",
    resolved: "已消失",
    grade: "分级",
    urgency: "紧急程度与规则",
    received: "收到时间",
    outcome: "任务结果",
    staff_graded: "工作人员分级",
    known_before_badge: "输注前已有",
    lang: Language::ZhCn,
};

/// The sentences of the summary and the listing in a language.
#[must_use]
pub fn summary(lang: Language) -> &'static SummaryText {
    match lang {
        Language::En => &EN,
        Language::ZhCn => &ZH,
    }
}

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
            (Unit::Patient, Denominator::All) => self.pick("Per patient, all", "按患者,全部"),
            (Unit::Patient, Denominator::AnsweredByD3) => {
                self.pick("Per patient, answered by day 3", "按患者,第3天前已答复者")
            }
            (Unit::Infusion, Denominator::All) => self.pick("Per infusion, all", "按输注,全部"),
            (Unit::Infusion, Denominator::AnsweredByD3) => {
                self.pick("Per infusion, answered by day 3", "按输注,第3天前已答复者")
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
            (Language::ZhCn, Unit::Patient) => format!("第3天前已答复的患者:{share}"),
            (Language::ZhCn, Unit::Infusion) => format!("第3天前已答复的输注:{share}"),
        }
    }

    /// Check-ins answered; stands on every other table.
    #[must_use]
    pub fn check_ins_answered(&self, share: &str) -> String {
        match self.lang {
            Language::En => format!("Check-ins answered: {share}"),
            Language::ZhCn => format!("已答复随访:{share}"),
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
                format!("表中包含多个版本的分级({versions});同一分级在不同版本中的含义不一定相同。")
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
            Language::ZhCn => format!("{sites}。输注时段:{from}至{to}。数据截至 {as_of}。"),
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
            (Language::ZhCn, None, Some(confirmed)) => format!("{confirmed}(工作人员)"),
            (Language::En, Some(derived), Some(confirmed)) => {
                format!("{confirmed} (staff; derived {derived})")
            }
            (Language::ZhCn, Some(derived), Some(confirmed)) => {
                format!("{confirmed}(工作人员;推导为{derived})")
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
