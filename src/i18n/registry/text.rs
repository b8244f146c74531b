//! The sentences themselves, English and Chinese on one line.

use std::borrow::Borrow;

use crate::domain::Language;

macro_rules! sentences {
    ($($name:ident: $en:literal, $zh:literal;)+) => {
        /// Sentences of the registry's pages.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the English sentence says what it is")]
        pub struct RegistryText {
            lang: Language,
            $(pub $name: &'static str,)+
        }

        static EN: RegistryText = RegistryText { lang: Language::En, $($name: $en,)+ };
        static ZH: RegistryText = RegistryText { lang: Language::ZhCn, $($name: $zh,)+ };
    };
}

sentences! {
    patients: "Patients", "患者";
    patients_none: "No patient fits.", "没有符合条件的患者。";
    patient_new: "Enrol a patient", "登记患者";
    patient_edit: "Change the patient's data", "修改患者资料";
    patient: "Patient", "患者";
    search_patients: "Code, name, phone, e-mail", "编号、姓名、电话、邮箱";
    all_states: "All states", "所有状态";
    all_sites: "All clinics", "所有机构";
    all_sources: "Own and donor", "自体与供者";
    sort_by: "Sort by", "排序";
    sort_code: "Code", "编号";
    sort_newest: "Entered last", "最近登记";
    sort_last_infusion: "Infused last", "最近输注";
    sort_number: "Lot number", "批号";
    sort_released: "Released last", "最近放行";
    last_infusion: "Last infusion", "最近输注";
    infusions: "Infusions", "输注";
    infusion: "Infusion", "输注";
    ask_again: "Ask once more", "再问一次";
    never: "none yet", "尚无";
    contact: "How to reach the patient", "联系方式";
    about: "About the patient", "基本信息";
    follow_up_state: "Follow-up", "随访状态";
    set_state: "Set the state", "更改状态";
    set_state_hint: "Hold, withdrawal, death or moving away stop the prompts; the record and the patient's link to report stay.", "暂停、撤回、去世或转出会停止随访邮件；记录及患者的报告链接仍然保留。";
    infection_risk: "Raised risk of infection: any fever is an emergency", "感染风险升高：任何发热均按危急处理";
    lot_risk: "A lot given within the last 14 days has failed a test: any fever is an emergency.", "最近14天内输注的批次检验不合格：任何发热均按危急处理。";
    task_waits: "nobody has taken it", "尚无人接手";
    task_taken: "taken", "已接手";
    patient_reached: "patient reached", "已联系到患者";
    prompts_stopped: "The patient stopped the mails on", "患者已停止接收邮件，时间：";
    consent: "Consent", "知情同意";
    consents: "Consents", "知情同意";
    consent_add: "Record a consent", "登记知情同意";
    consent_none: "No consent is recorded.", "尚未登记知情同意。";
    consent_given: "Consent signed", "已签署知情同意";
    consent_withdrawn: "Consent withdrawn", "已撤回知情同意";
    courses: "Courses", "疗程";
    course: "Course", "疗程";
    course_new: "Begin a course", "新建疗程";
    course_edit: "Change the course", "修改疗程";
    course_none: "No course yet.", "尚无疗程。";
    course_begun: "Course begun", "疗程开始";
    course_choice_hint: "Choose the course first", "请先选择疗程";
    infusion_record: "Record an infusion", "登记输注";
    infusion_edit: "Correct the infusion", "更正输注";
    infusion_moved_hint: "If the end moves, prompts that were not sent yet move with it; what was sent stays.", "若结束时间更改，尚未发出的随访邮件随之调整，已发出的保持不变。";
    report_enter: "Enter a report for the patient", "代患者填写报告";
    everything: "Everything, newest first", "全部记录（由近到远）";
    to_come: "Still to come", "尚未到期";
    site: "Clinic", "机构";
    product: "Product", "产品";
    source: "Cells of", "细胞来源";
    nothing_yet: "Nothing has happened yet.", "尚无记录。";
    chair: "Seen in the chair", "输注现场观察";
    chair_add: "Add an observation", "添加观察记录";
    chair_none: "Nothing was recorded in the chair.", "没有现场观察记录。";
    check_in: "Check-in", "随访问询";
    check_ins: "Check-ins", "随访问询";
    check_ins_none: "No check-in is planned.", "没有计划的随访问询。";
    due: "due", "应于";
    due_at: "Due", "应于";
    opens: "opens", "开放";
    closes: "closes", "截止";
    report: "Report", "报告";
    reports: "Reports", "报告";
    reports_none: "Nothing was reported.", "没有报告。";
    corrected: "corrected later", "后有更正";
    evaluation_failed: "could not be evaluated", "未能完成评估";
    no_symptoms: "no symptoms", "无症状";
    grade: "grade", "级";
    task: "Task", "待办";
    call: "Call", "电话";
    mail: "Mail", "邮件";
    lots: "Lots", "批次";
    lots_none: "No lot fits.", "没有符合条件的批次。";
    lot: "Lot", "批次";
    lot_new: "Enter a lot", "登记批次";
    lot_edit: "Change the lot", "修改批次";
    lot_none_to_give: "There is no released lot that may be given to this patient in this course. Enter or release the lot first.", "没有可用于该患者本疗程的已放行批次。请先登记或放行批次。";
    lot_choose: "Choose the lot", "请选择批次";
    lot_donor: "donor", "供者";
    lot_own: "own cells", "自体";
    search_lots: "Lot number or patient code", "批号或患者编号";
    recipients: "Given to", "使用情况";
    recipients_none: "Nothing of this lot was given.", "此批次尚未使用。";
    state: "State", "状态";
    failed_short: "failed a test", "检验不合格";
    tests: "Tests", "检验";
    incident: "Record a mix-up or a wrong patient", "记录混淆或输错患者";
    incident_what: "The lot is quarantined at once. Everybody who was given it is asked how they are; a nurse has a task for each, and somebody judges whether it is serious and finds out what went wrong.", "该批次将立即隔离。所有使用过此批次的患者都会被询问近况；护士会收到每位患者的任务，并须评估其严重性、查明原因。";
    incident_kind: "What happened", "发生了什么";
    incident_note: "In your words: which bags and which patients", "请用自己的话说明：涉及哪些输注袋和患者";
    incident_withdraw: "Withdraw what was entered by mistake", "撤回误录入的事件";
    incident_withdraw_what: "The lot stays quarantined until a person releases it, and the tasks stay until a person closes them.", "批次在有人放行前保持隔离，任务在有人关闭前保持打开。";
    incidents: "What speaks against this lot", "此批次的不利情况";
    withdrawn: "entered by mistake", "误录入";
    not_fit: "This lot was not fit to be given, or went to a wrong patient. Look at everybody who was given it.", "此批次不应输注，或被输给了错误的患者。请核查所有使用过此批次的患者。";
    failed_test: "A test result is positive or over the limit. Look at everybody who was given this lot.", "检验结果为阳性或超标。请核查所有使用过此批次的患者。";
    sites: "Clinics", "机构";
    site_new: "Add a clinic", "新增机构";
    site_edit: "Change the clinic", "修改机构";
    products: "Products", "产品";
    product_new: "Add a product", "新增产品";
    product_edit: "Change the product", "修改产品";
    thing_name: "Name", "名称";
    odd_heading: "Please look once more: this is unusual", "请再核对一次：以下情况不常见";
    odd_confirm: "I have checked it: this is how it was", "我已核对，情况属实";
    changed_heading: "Somebody else changed this in the meantime", "内容已被他人修改";
    changed_more: "Your entries are below as you typed them; nothing was saved. What stands in the registry now is beside them. Save again to put yours in its place.", "您填写的内容仍在下方，尚未保存。登记库中的当前内容列在旁边。再次保存将以您的内容替换。";
    state_changed_more: "Look at the page as it is now, then send it again; what you typed is still in the form.", "请查看当前页面内容后再次提交；您填写的内容仍在表单中。";
    notes: "Notes", "备注";
    now_in_registry: "In the registry now", "登记库当前内容";
    yours: "Yours", "您填写的内容";
    choose: "Please choose", "请选择";
    earlier: "The first time", "第一次";
    later: "The second time", "第二次";
    show: "Show", "显示";
    edit: "Change", "修改";
    begin: "Begin", "开始";
    record: "Record", "登记";
    link: "The patient's link", "患者链接";
    link_none: "No link was issued.", "尚未生成链接。";
    link_hint: "The link is a permission to report. It is sent by mail, or handed over on a printed card; it is not shown here.", "链接仅用于提交报告，通过邮件发送，或印在卡片上当面交给患者，不在此页显示。";
    link_resend: "Send the link again", "重新发送链接";
    link_revoke: "Revoke the link", "作废链接";
    link_revoke_hint: "For a lost or misdirected mail: every link of this patient ends at once.", "邮件丢失或误发时使用：该患者的所有链接立即失效。";
    link_revoked: "revoked", "已作废";
    link_valid: "valid until", "有效期至";
    link_expired: "expired", "已过期";
    link_new: "Issue a new link and send it", "生成新链接并发送";
    no_email: "The patient has no e-mail address: nothing can be sent.", "患者没有电子邮箱，无法发送。";
    link_sent: "The link is on its way by mail.", "链接正在通过邮件发送。";
    started: "Begun", "开始";
    ended: "Ended", "结束";
    t0: "Counted from (T0)", "计时起点（T0)";
    end_unknown: "not known: counted from the start", "未知：从开始时间算起";
    number_in_course: "Number in the course", "疗程内第几次";
    recorded: "Entered", "登记时间";
    times_in: "Times of the clinic's clock:", "时间以机构当地时间为准：";
    saved: "Saved.", "已保存。";
    audit: "History", "修改历史";
    level: "Level", "级别";
    hours_after: "h after the infusion", "小时（输注后）";
    staff_terms: "Graded by staff only", "仅由医护分级的项目";
    admin: "Administration", "管理";
    first_page: "First page", "首页";
    by_whom: "by", "由";
    birth_year_short: "Born", "出生";
    planned: "planned", "计划";
    every_days: "days apart", "天间隔";
    actions: "What you can do", "可进行的操作";
}

impl RegistryText {
    /// Which version of the schedule an infusion's check-ins follow.
    #[must_use]
    pub fn schedule_version(&self, version: i32, since: &str) -> String {
        match self.lang {
            Language::En => format!("They follow version {version} of the schedule, made {since}."),
            Language::ZhCn => format!("按随访计划第{version}版执行（{since}制定）。"),
        }
    }

    /// "1007: taken".
    #[must_use]
    pub fn lot_task(&self, number: i64, state: &str) -> String {
        match self.lang {
            Language::En => format!("{number}: {state}"),
            Language::ZhCn => format!("{number}：{state}"),
        }
    }

    /// How many check-ins are still to come, and which is next.
    #[must_use]
    pub fn coming(&self, number: impl Borrow<usize>, next: &str) -> String {
        let number = number.borrow();
        if self.lang == Language::ZhCn {
            format!("{}（{number}），下一次：{next}", self.to_come)
        } else {
            format!("{} ({number}), next: {next}", self.to_come)
        }
    }

    /// "12 patients" and the like: how many were found.
    #[must_use]
    pub fn found(&self, number: impl Borrow<i64>) -> String {
        let number = *number.borrow();
        if self.lang == Language::ZhCn {
            format!("共 {number} 条")
        } else if number == 1 {
            "1 found".to_owned()
        } else {
            format!("{number} found")
        }
    }

    /// "Page 2 of 7".
    #[must_use]
    pub fn page_of(&self, page: impl Borrow<i64>, pages: impl Borrow<i64>) -> String {
        let (page, pages) = (page.borrow(), pages.borrow());
        if self.lang == Language::ZhCn {
            format!("第 {page} 页，共 {pages} 页")
        } else {
            format!("Page {page} of {pages}")
        }
    }

    /// "3rd infusion of the course", without English ordinals.
    #[must_use]
    pub fn infusion_number(&self, number: impl Borrow<i32>) -> String {
        let number = number.borrow();
        if self.lang == Language::ZhCn {
            format!("第 {number} 次输注")
        } else {
            format!("Infusion {number}")
        }
    }

    /// "every 30 days, 6 planned".
    #[must_use]
    pub fn rhythm(&self, days: impl Borrow<i32>, planned: impl Borrow<i32>) -> String {
        let (days, planned) = (days.borrow(), planned.borrow());
        if self.lang == Language::ZhCn {
            format!("每 {days} 天一次，计划 {planned} 次")
        } else {
            format!("every {days} days, {planned} planned")
        }
    }
}

/// The sentences of the registry in a language.
#[must_use]
pub fn registry(lang: Language) -> &'static RegistryText {
    match lang {
        Language::En => &EN,
        Language::ZhCn => &ZH,
    }
}
