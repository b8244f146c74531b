//! Sentences of the audit trail's page.

use crate::domain::Language::{self, En, ZhCn};

/// Every action that the trail may name, with its words. What is not here is shown by its code.
pub const ACTIONS: &[(&str, &str, &str)] = &[
    ("alert.nobody_there", "Nobody there for a step of escalation", "逐级通知时无对应人员"),
    ("alert.nobody_on_duty", "Nobody on duty for an alert", "预警时无人值班"),
    ("api_token.made", "Key of another system made", "创建其他系统密钥"),
    ("api_token.revoked", "Key of another system taken back", "收回其他系统密钥"),
    ("chair_observation.recorded", "Observation in the chair recorded", "记录输注现场观察"),
    ("check_in.added", "Check-in added while a symptom lasts", "症状持续，增加随访"),
    ("check_in.closed", "Check-in closed without an answer", "随访未答复而关闭"),
    ("check_in.ordered", "Extra check-in ordered", "加问随访"),
    ("consent.given", "Consent recorded", "记录知情同意"),
    ("course.begun", "Course begun", "开始疗程"),
    ("course.changed", "Course changed", "更改疗程"),
    ("draft.begun", "Report begun", "开始填写报告"),
    ("draft.flagged", "Danger answer in an unfinished report", "未完成报告中出现危险回答"),
    ("duty.began", "Put on duty", "安排值班"),
    ("duty.ended", "Taken off duty", "结束值班"),
    ("export.begin", "File taken", "开始导出文件"),
    ("export.end", "File complete", "导出文件完成"),
    ("escalation.changed", "Times of escalation changed", "修改逐级通知时间"),
    ("follow_up.moved", "Follow-up moved", "随访时间变更"),
    ("follow_up.brought_forward", "Check-in brought forward", "提前随访"),
    ("follow_up.planned", "Follow-up planned", "安排随访"),
    ("import.done", "File imported", "导入文件"),
    ("infusion.changed", "Infusion changed", "更改输注"),
    ("infusion.recorded", "Infusion recorded", "登记输注"),
    ("letter.accepted", "Mail sent", "邮件已发送"),
    ("letter.bounced", "Mail came back", "邮件被退回"),
    ("letter.cancelled", "Mail cancelled", "邮件已取消"),
    ("letter.failed", "Mail failed", "邮件发送失败"),
    ("letter_text.changed", "Text of a mail changed", "更改邮件文本"),
    ("link.printed", "Patient's card printed", "打印患者卡片"),
    ("link.revoked", "Patient's link revoked", "撤销患者链接"),
    ("link.sent_again", "Patient's link sent again", "重新发送患者链接"),
    ("listing.viewed", "Line listing looked at", "查看事件明细"),
    ("lot.added", "Lot added", "登记批次"),
    ("lot.changed", "Lot changed", "更改批次"),
    ("lot.failed", "A given lot was not fit to be given", "已输注的批次不应输注"),
    ("lot.incident_recorded", "Incident with a lot recorded", "记录批次事件"),
    ("lot.incident_withdrawn", "Incident with a lot withdrawn", "撤回批次事件"),
    ("lot.quarantined", "Lot quarantined", "隔离批次"),
    ("lot.failure_withdrawn", "Failed test withdrawn", "撤回检验不合格"),
    ("mail.paused", "Mail to patients paused", "暂停向患者发送邮件"),
    ("mail.resumed", "Mail to patients resumed", "恢复向患者发送邮件"),
    ("patient.changed", "Patient changed", "更改患者资料"),
    ("patient.enrolled", "Patient enrolled", "登记患者"),
    ("patient.prompts_resumed", "Prompts resumed", "恢复提醒"),
    ("patient.prompts_stopped", "Prompts stopped", "停止提醒"),
    ("patient.state_set", "State of the patient set", "设置患者状态"),
    ("patient.viewed", "Patient looked at", "查看患者"),
    ("product.added", "Product added", "增加产品"),
    ("product.changed", "Product changed", "更改产品"),
    ("report.received", "Report received", "收到报告"),
    ("schedule.changed", "Follow-up schedule changed", "更改随访计划"),
    ("site.added", "Clinic added", "增加机构"),
    ("site.changed", "Clinic changed", "更改机构"),
    ("snooze.begun", "Expected level kept quiet", "预期反应暂停提醒"),
    ("snooze.ended", "Expected level no longer quiet", "恢复提醒"),
    ("staff.added", "Person added", "增加人员"),
    ("staff.administrator_set", "Administrator of the installation set", "设置系统管理员"),
    ("staff.deactivated", "Account deactivated", "停用账户"),
    ("staff.invited", "Link for a password made", "生成密码链接"),
    ("staff.language_set", "Language set", "设置语言"),
    ("staff.password_set", "Password set", "设置密码"),
    ("staff.recovery_codes_renewed", "Recovery codes renewed", "更新恢复码"),
    ("staff.roles_set", "Roles set", "设置角色"),
    ("staff.second_factor_cleared", "Second factor taken away", "清除第二重验证"),
    ("staff.second_factor_set", "Second factor set up", "设置第二重验证"),
    ("staff.session_ended", "Session ended", "结束会话"),
    ("staff.sign_in_failed", "Sign-in failed", "登录失败"),
    ("staff.signed_in", "Signed in", "登录"),
    ("staff.signed_out", "Signed out", "退出登录"),
    ("hook.accepted", "Gateway took a call", "网关已接收通知"),
    ("hook.cancelled", "Call to the gateway not needed", "网关通知已不再需要"),
    ("hook.changed", "Gateway changed", "修改网关设置"),
    ("hook.failed", "Gateway did not take a call", "网关未接收通知"),
    ("hook.tested", "Gateway tested", "测试网关"),
    ("rota.added", "Hours added to the rota", "新增排班"),
    ("rota.exception_added", "Rota changed on dates", "新增日期排班变动"),
    ("rota.exception_removed", "Rota holds again on dates", "移除日期排班变动"),
    ("rota.removed", "Hours removed from the rota", "移除排班"),
    ("task.asked", "Patient asked once more", "再次询问患者"),
    ("task.answered", "Task closed by an answer", "因答复而关闭任务"),
    ("task.called", "Call logged", "记录电话"),
    ("task.closed", "Task closed", "关闭任务"),
    ("task.grade_confirmed", "Grade confirmed", "确认分级"),
    ("task.handed_over", "Task handed over", "转交任务"),
    ("task.noted", "Note added to a task", "任务备注"),
    ("task.opened", "Task opened", "建立任务"),
    ("task.put_back", "Task put back", "放回任务"),
    ("task.raised", "Task raised", "任务升级"),
    ("task.ran_out", "Taken, but nothing was done in time", "已接手但未按时处理"),
    ("task.reopened", "Task reopened", "重新打开任务"),
    ("task.step_done", "Next people told about a task", "就任务通知下一级人员"),
    ("task.taken", "Task taken", "接手任务"),
    ("task.term_graded", "Term graded by staff", "工作人员分级"),
    ("task.undone", "Step with a task undone", "撤销任务操作"),
    ("task.viewed", "Task looked at", "查看任务"),
];

/// Kinds of things that something is done to.
const OBJECTS: &[(&str, &str, &str)] = &[
    ("api_token", "Key", "密钥"),
    ("check_in", "Check-in", "随访"),
    ("course", "Course", "疗程"),
    ("draft", "Unfinished report", "未完成报告"),
    ("export", "File", "文件"),
    ("infusion", "Infusion", "输注"),
    ("letter", "Mail", "邮件"),
    ("link", "Patient's link", "患者链接"),
    ("lot", "Lot", "批次"),
    ("patient", "Patient", "患者"),
    ("product", "Product", "产品"),
    ("report", "Report", "报告"),
    ("site", "Clinic", "机构"),
    ("snooze", "Quiet level", "暂停提醒"),
    ("staff", "Person", "人员"),
    ("task", "Task", "任务"),
];

fn word(table: &'static [(&str, &str, &str)], lang: Language, code: &str) -> Option<&'static str> {
    table.iter().find(|(known, ..)| *known == code).map(|(_, en, zh)| match lang {
        En => *en,
        ZhCn => *zh,
    })
}

/// The words of an action.
#[must_use]
pub fn action(lang: Language, code: &str) -> Option<&'static str> {
    word(ACTIONS, lang, code)
}

/// The name of a kind of thing.
#[must_use]
pub fn object(lang: Language, kind: &str) -> Option<&'static str> {
    word(OBJECTS, lang, kind)
}

/// Sentences of the audit trail's page.
#[derive(Debug)]
pub struct AuditText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub verify: &'static str,
    pub who: &'static str,
    pub anybody: &'static str,
    pub action: &'static str,
    pub any_action: &'static str,
    pub patient: &'static str,
    pub patient_hint: &'static str,
    pub apply: &'static str,
    pub show_all: &'static str,
    pub position: &'static str,
    pub when: &'static str,
    pub what: &'static str,
    pub to_what: &'static str,
    pub detail: &'static str,
    pub nothing: &'static str,
    pub empty: &'static str,
    pub first_page: &'static str,
    pub by_link: &'static str,
    pub by_system: &'static str,
    pub by_operator: &'static str,
    pub other_system: &'static str,
}

static EN: AuditText = AuditText {
    lang: En,
    title: "Audit trail",
    lead: "Who did what at your clinics, and who looked at whom, newest first. Entries are never changed or deleted, and each is bound to all earlier ones.",
    verify: "Whoever looks after the server proves that nothing was altered with:",
    who: "Who",
    anybody: "Anybody",
    action: "What",
    any_action: "Anything",
    patient: "Done to or seen of patient",
    patient_hint: "the clinic's number",
    apply: "Filter",
    show_all: "Show everything",
    position: "No.",
    when: "When (UTC)",
    what: "What",
    to_what: "To what",
    detail: "Old → new",
    nothing: "nothing",
    empty: "No entry matches.",
    first_page: "Newest entries",
    by_link: "Patient's link",
    by_system: "Afterwatch itself",
    by_operator: "Command line",
    other_system: "Other system",
};

static ZH: AuditText = AuditText {
    lang: ZhCn,
    title: "审计记录",
    lead: "您所属机构中谁做了什么、谁查看了谁，最新的在前。记录不会被更改或删除，每条记录都与之前的所有记录相连。",
    verify: "服务器管理员可用以下命令证明记录未被改动：",
    who: "操作者",
    anybody: "不限",
    action: "操作",
    any_action: "不限",
    patient: "涉及的患者",
    patient_hint: "机构登记的编号",
    apply: "筛选",
    show_all: "显示全部",
    position: "序号",
    when: "时间（UTC）",
    what: "操作",
    to_what: "对象",
    detail: "原值 → 新值",
    nothing: "无",
    empty: "没有符合条件的记录。",
    first_page: "最新记录",
    by_link: "患者链接",
    by_system: "系统自动",
    by_operator: "命令行",
    other_system: "其他系统",
};

impl AuditText {
    /// Which thing's entries are shown.
    #[must_use]
    pub fn only_of(&self, kind: &str, name: &str) -> String {
        match self.lang {
            En => format!("Only what was done to: {kind} {name}."),
            ZhCn => format!("仅显示涉及以下对象的记录：{kind}{name}。"),
        }
    }
}

/// The sentences in a language.
#[must_use]
pub fn audit(lang: Language) -> &'static AuditText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}
