//! The line listing: one row per event.

use std::collections::BTreeMap;

use super::cell::{Column, Kind, Meaning, coded, coded_or_empty, column, meanings, number};
use super::event::{Course, Event};
use super::selection::age_band;
use super::term::{term_label, term_meanings};
use crate::domain::registry::{Phase, ReportSource, Sex};
use crate::domain::task::Outcome;
use crate::domain::{Language, Level, PatientId, ProductKind, Zone};
use crate::store::chosen::Infused;

fn course_meanings() -> Vec<Meaning> {
    vec![
        ("resolved", "Over when last told of", "最后一次报告时已消失"),
        ("ongoing", "Not over when last told of", "最后一次报告时仍持续"),
        ("unknown", "Not recorded", "未记录"),
    ]
}

fn source_meanings() -> Vec<Meaning> {
    let mut all = meanings::<ReportSource>();
    all.push(("staff_grade", "Graded by staff", "工作人员分级"));
    all
}

/// Columns that say whom, what and when; all files about infusions begin with them.
pub(super) fn who(identified: bool) -> Vec<Column> {
    let mut columns = vec![
        column("site", Kind::Text, "Code of the clinic", "机构代码"),
        column(
            "patient",
            Kind::Text,
            "The clinic's number for the patient (pseudonym)",
            "机构内患者编号（化名）",
        ),
    ];
    if identified {
        columns.push(column("patient_name", Kind::Text, "Name of the patient", "患者姓名"));
        columns.push(number(
            "age_at_infusion",
            "years",
            "Year of the infusion minus year of birth",
            "输注年份减出生年份",
        ));
    }
    columns.extend([
        column(
            "age_band",
            Kind::Text,
            "Age in the year of the infusion, in bands of ten years",
            "输注当年的年龄，十岁一组",
        ),
        column("sex", Kind::Code(meanings::<Sex>), "Administrative sex", "登记性别"),
        column("sex_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("sex_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        column("product", Kind::Text, "Code of the product", "产品代码"),
        column("product_kind", Kind::Code(meanings::<ProductKind>), "Whose cells", "细胞来源"),
        column("phase", Kind::Code(meanings::<Phase>), "Phase of the course", "疗程阶段"),
        column("phase_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("phase_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        number(
            "infusion_no",
            "",
            "Number of the infusion in its course, from 1",
            "疗程内第几次输注",
        ),
        column("lot", Kind::Text, "Lot number", "批号"),
        column(
            "t0",
            Kind::Time,
            "End of the infusion (its start if the end is unknown); all hours count from it",
            "输注结束时间（未知时为开始时间），所有小时数以此为起点",
        ),
    ]);
    columns
}

/// The columns of the listing.
#[must_use]
pub fn columns(identified: bool) -> Vec<Column> {
    [who(identified), what(), told()].concat()
}

/// What happened and how bad it was.
fn what() -> Vec<Column> {
    vec![
        column("term", Kind::Code(term_meanings), "Code of the reaction", "反应代码"),
        column("term_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("term_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        column(
            "reported_words",
            Kind::Text,
            "The person's own words for what the catalogue does not have; may name people",
            "目录外症状的原始描述；可能含个人信息",
        ),
        column(
            "known_before",
            Kind::YesNo,
            "There before the infusion and unchanged: no reaction, in no count",
            "输注前已有且无变化：不算反应，不计数",
        ),
        number(
            "onset_h",
            "h",
            "Start of the reaction, hours after T0; the earliest told",
            "反应开始时间（T0 后小时数），取最早一次",
        ),
        number(
            "duration_h",
            "h",
            "How long it lasted, as last told",
            "持续时间，以最后一次报告为准",
        ),
        column("course", Kind::Code(course_meanings), "Whether it was over", "是否已消失"),
        number(
            "derived_grade",
            "",
            "Worst grade derived from the answers, 0 to 5",
            "由答案推导的最高分级（0-5)",
        ),
        number(
            "confirmed_grade",
            "",
            "Worst grade given by staff, 0 to 5",
            "工作人员确认的最高分级（0-5)",
        ),
        number(
            "worst_grade",
            "",
            "The grade that counts: in each report staff's wins; then the worst",
            "计入统计的分级：每份报告以工作人员分级为准，再取最高",
        ),
        column(
            "ctcae_version",
            Kind::Text,
            "Version of CTCAE, or other scale, of the grades; several are joined by +",
            "CTCAE 版本或其他量表；多个以 + 连接",
        ),
    ]
}

/// Who told of it, and what came of it.
fn told() -> Vec<Column> {
    vec![
        column(
            "level",
            Kind::Code(meanings::<Level>),
            "Highest urgency of its reports: how soon a person must act, not how bad it is",
            "报告的最高紧急程度：多快需要处理，不代表轻重",
        ),
        column("level_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("level_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        column(
            "rules",
            Kind::Text,
            "Escalation rules that fired on its reports, separated by blanks",
            "其报告触发的规则，以空格分隔",
        ),
        column("source", Kind::Code(source_meanings), "Who told of it first", "首次报告来源"),
        column("source_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("source_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
        number("reports", "", "Number of reports that tell of it", "提及该事件的报告数"),
        column(
            "references",
            Kind::Text,
            "References of these reports, in order, separated by blanks",
            "这些报告的编号，按先后以空格分隔",
        ),
        column(
            "first_received_at",
            Kind::Time,
            "Receipt of the first report by the server, or time of staff's grade",
            "服务器首次收到报告的时间，或工作人员分级时间",
        ),
        column(
            "last_received_at",
            Kind::Time,
            "Receipt of the last report",
            "最后一次收到报告的时间",
        ),
        number("task", "", "Number of the last task that it led to", "由此产生的最近一项任务编号"),
        column(
            "task_outcome",
            Kind::Code(meanings::<Outcome>),
            "How that task ended; empty while it is open",
            "任务结果；未关闭时为空",
        ),
        column("task_outcome_label_en", Kind::Text, "Its name in English", "英文名称"),
        column("task_outcome_label_zh", Kind::Text, "Its name in Chinese", "中文名称"),
    ]
}

/// Whom the files name, when they do.
pub type Names = BTreeMap<PatientId, String>;

/// The cells of [`who`]. `names` is there when the file names people.
pub(super) fn who_cells(
    row: &Infused,
    (site_code, zone): (&str, &Zone),
    names: Option<&Names>,
) -> Vec<String> {
    let year = row.t0.day(zone.jiff()).date().year();
    let age = i32::from(year) - row.birth_year;
    let mut cells = vec![site_code.to_owned(), row.patient_code.clone()];
    if let Some(names) = names {
        cells.push(names.get(&row.patient).cloned().unwrap_or_default());
        cells.push(age.to_string());
    }
    cells.push(age_band(age));
    cells.extend(coded(row.sex));
    cells.push(row.product_code.clone());
    cells.push(coded(row.product)[0].clone());
    cells.extend(coded(row.phase));
    cells.push(row.number_in_course.to_string());
    cells.push(row.lot_number.clone());
    cells.push(super::selection::local(row.t0, zone));
    cells
}

/// The cells of one event.
#[must_use]
pub fn cells(
    event: &Event,
    infused: &Infused,
    site: (&str, &Zone),
    names: Option<&Names>,
) -> Vec<String> {
    let zone = site.1;
    let number = |value: Option<i32>| value.map(|value| value.to_string()).unwrap_or_default();
    let hours = |value: Option<rust_decimal::Decimal>| {
        value.map(|value| value.round_dp(2).normalize().to_string()).unwrap_or_default()
    };
    let list = |values: &mut dyn Iterator<Item = &String>, between: &str| {
        values.map(String::as_str).collect::<Vec<_>>().join(between)
    };
    let mut cells = who_cells(infused, site, names);
    cells.extend([
        event.term.clone(),
        term_label(&event.term, Language::En),
        term_label(&event.term, Language::ZhCn),
        event.words.join(" | "),
        yes_no(event.known_before),
        hours(event.onset_h),
        hours(event.duration_h),
        match event.course {
            Course::Resolved => "resolved",
            Course::Ongoing => "ongoing",
            Course::Unknown => "unknown",
        }
        .to_owned(),
        number(event.derived),
        number(event.confirmed),
        number(event.worst),
        list(&mut event.versions.iter(), "+"),
    ]);
    cells.extend(coded_or_empty(event.level));
    cells.push(list(&mut event.rules.iter(), " "));
    cells.extend(match event.source {
        Some(source) => coded(source),
        None => source_meanings()
            .last()
            .map(|(code, en, zh)| [(*code).to_owned(), (*en).to_owned(), (*zh).to_owned()])
            .unwrap_or_default(),
    });
    cells.extend([
        event.references.len().to_string(),
        event.references.join(" "),
        super::selection::local(event.first_at, zone),
        super::selection::local(event.last_at, zone),
        event.task.map(|(number, _)| number.to_string()).unwrap_or_default(),
    ]);
    cells.extend(coded_or_empty(event.task.and_then(|(_, outcome)| outcome)));
    cells
}

pub(super) fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
