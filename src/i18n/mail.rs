//! Sentences of the pages that show every mail, past and future.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::letter::{AttemptResult, LetterKind, MailState, StopCause};
use crate::i18n::labels::{Label, labels};

labels! {
    LetterKind {
        CheckInPrompt: "Check-in prompt", "随访提醒";
        CheckInReminder: "Check-in reminder", "随访再次提醒";
        Link: "Patient's link", "患者链接";
        Alert: "Alert to staff on duty", "值班提醒";
        Alarm: "Fault of the system", "系统故障通知";
        StaffInvitation: "Invitation", "账户邀请";
        PasswordReset: "New password", "重设密码";
        MailTest: "Test mail", "测试邮件";
    }
    MailState {
        Planned: "Waiting", "等待发送";
        Sending: "Being sent", "正在发送";
        Accepted: "Sent", "已发送";
        Failed: "Failed", "发送失败";
        Bounced: "Came back", "被退回";
        Cancelled: "Cancelled", "已取消";
    }
    StopCause {
        OnHold: "the patient's follow-up is on hold", "患者随访已暂停";
        InHospital: "the patient is in hospital", "患者住院中";
        Withdrawn: "the patient withdrew consent", "患者已撤回同意";
        Died: "the patient died", "患者已去世";
        Moved: "the patient moved away", "患者已转出";
        PromptsStopped: "the patient stopped the prompts", "患者已停止接收提醒";
        Answered: "the check-in was answered", "随访已答复";
        Closed: "the check-in is over", "随访已结束";
        Superseded: "the next infusion took the check-in's place", "已被下一次输注的随访取代";
        CheckInCancelled: "the check-in was cancelled", "随访已取消";
        LinkEnded: "the link has ended", "链接已失效";
        SiteInactive: "the clinic is no longer active", "机构已停用";
        StaffInactive: "the account was deactivated", "账户已停用";
        TaskClosed: "the task was closed", "任务已关闭";
        Pointless: "it is too late to be of use", "已过时，不再需要";
        Replaced: "another mail took its place", "已被另一封邮件取代";
        NoAddress: "there is no e-mail address", "没有电子邮箱";
        Mismatch: "recipient, patient and infusion do not belong together", "收件人、患者与输注不一致";
        Unwritable: "the mail cannot be written (address or name)", "邮件无法生成（邮箱或姓名有误）";
        Refused: "the mail server refused it for good", "邮件服务器永久拒收";
        Returned: "the mail came back", "邮件被退回";
    }
    AttemptResult {
        Accepted: "Taken by the mail server", "邮件服务器已接收";
        Retry: "Not taken, tried again later", "未接收，稍后重试";
        Refused: "Refused for good", "永久拒收";
        Delayed: "Late, still tried by another mail server", "已延迟，其他邮件服务器仍在尝试";
        Bounced: "Came back", "被退回";
    }
}

/// Sentences of the mail pages.
#[derive(Debug)]
pub struct MailText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub times: &'static str,
    pub all: &'static str,
    pub sent_is_not_read: &'static str,
    pub kind: &'static str,
    pub any: &'static str,
    pub site: &'static str,
    pub installation: &'static str,
    pub operator: &'static str,
    pub patient: &'static str,
    pub patient_hint: &'static str,
    pub apply: &'static str,
    pub show_all: &'static str,
    pub due: &'static str,
    pub to: &'static str,
    pub state: &'static str,
    pub attempts: &'static str,
    pub no_attempts: &'static str,
    pub empty: &'static str,
    pub empty_filtered: &'static str,
    pub first_page: &'static str,
    pub one_title: &'static str,
    pub address: &'static str,
    pub language: &'static str,
    pub settled: &'static str,
    pub next_try: &'static str,
    pub task: &'static str,
    pub open_task: &'static str,
    pub when: &'static str,
    pub result: &'static str,
    pub server_said: &'static str,
    pub letter_sent: &'static str,
    pub letter_to_come: &'static str,
    pub letter_not_sent: &'static str,
    pub subject: &'static str,
    pub secrets_hidden: &'static str,
    pub written_with: &'static str,
    pub no_letter: &'static str,
}

static EN: MailText = MailText {
    lang: En,
    title: "Mail",
    lead: "Every mail that was sent, will be sent, or was stopped, the latest due first.",
    times: "Times are those of the clinic.",
    all: "All",
    sent_is_not_read: "Sent means that the mail server took the mail; it does not mean that somebody read it.",
    kind: "Kind",
    any: "Any",
    site: "Clinic",
    installation: "Installation",
    operator: "Whoever looks after the server",
    patient: "Patient's number",
    patient_hint: "exactly as the clinic writes it",
    apply: "Filter",
    show_all: "Show all mail",
    due: "Due",
    to: "To",
    state: "State",
    attempts: "Tries",
    no_attempts: "It was not tried yet.",
    empty: "No mail yet. Mail is planned as soon as an infusion is recorded.",
    empty_filtered: "No mail matches.",
    first_page: "First page",
    one_title: "One mail",
    address: "Address",
    language: "Language",
    settled: "Ended",
    next_try: "Next try",
    task: "Task",
    open_task: "Open the task",
    when: "When",
    result: "Result",
    server_said: "What the mail server said",
    letter_sent: "What was sent",
    letter_to_come: "What will be sent",
    letter_not_sent: "What would have been sent",
    subject: "Subject",
    written_with: "Text of the mail",
    secrets_hidden: "The secret part of each link is left out here (…): who has it could use it in the reader's place.",
    no_letter: "The mail cannot be shown: its recipient has no address now.",
};

static ZH: MailText = MailText {
    lang: ZhCn,
    title: "邮件",
    lead: "所有已发送、将要发送和已停止的邮件，按应发时间从晚到早排列。",
    times: "时间均为所属机构的当地时间。",
    all: "全部",
    sent_is_not_read: "“已发送”仅表示邮件服务器已接收，不代表收件人已阅读。",
    kind: "类型",
    any: "不限",
    site: "机构",
    installation: "系统",
    operator: "服务器管理员",
    patient: "患者编号",
    patient_hint: "与机构登记的编号完全一致",
    apply: "筛选",
    show_all: "显示全部邮件",
    due: "应发时间",
    to: "收件人",
    state: "状态",
    attempts: "尝试次数",
    no_attempts: "尚未尝试发送。",
    empty: "还没有邮件。登记输注后即会安排邮件。",
    empty_filtered: "没有符合条件的邮件。",
    first_page: "第一页",
    one_title: "邮件详情",
    address: "邮箱地址",
    language: "语言",
    settled: "结束时间",
    next_try: "下次尝试",
    task: "任务",
    open_task: "打开任务",
    when: "时间",
    result: "结果",
    server_said: "邮件服务器的答复",
    letter_sent: "已发送的内容",
    letter_to_come: "将要发送的内容",
    letter_not_sent: "本应发送的内容",
    subject: "主题",
    written_with: "所用文本",
    secrets_hidden: "链接中的保密部分在此以“…”代替：持有者可以代替收件人使用该链接。",
    no_letter: "无法显示此邮件：收件人目前没有邮箱地址。",
};

impl MailText {
    /// What became of all mails, as one sum.
    #[must_use]
    pub fn balance(&self, planned: i64, parts: [i64; 5]) -> String {
        let [sent, cancelled, failed, bounced, waiting] = parts;
        match self.lang {
            En => format!(
                "{planned} planned = {sent} sent + {cancelled} cancelled + {failed} failed + {bounced} came back + {waiting} waiting"
            ),
            ZhCn => format!(
                "计划{planned}封 = 已发送{sent}封 + 已取消{cancelled}封 + 发送失败{failed}封 + 被退回{bounced}封 + 等待发送{waiting}封"
            ),
        }
    }

    /// The sum does not come out.
    #[must_use]
    pub fn not_balanced(&self, planned: i64, found: i64) -> String {
        match self.lang {
            En => format!(
                "{planned} mails were planned, but {found} can be accounted for. Run “afterwatch doctor” and tell whoever looks after the server."
            ),
            ZhCn => format!(
                "计划了{planned}封邮件，但只能核对到{found}封。请运行“afterwatch doctor”，并通知服务器管理员。"
            ),
        }
    }

    /// Mail does not leave.
    #[must_use]
    pub fn overdue(&self, count: i64) -> String {
        match self.lang {
            En if count == 1 => {
                "Mail is not going out: 1 mail is more than 5 minutes late. Tell whoever looks after the server, and call patients and colleagues instead.".to_owned()
            }
            En => format!(
                "Mail is not going out: {count} mails are more than 5 minutes late. Tell whoever looks after the server, and call patients and colleagues instead."
            ),
            ZhCn => format!(
                "邮件未能发出：{count}封邮件已延误超过5分钟。请通知服务器管理员，并改用电话联系患者和同事。"
            ),
        }
    }

    /// Which patient's mails are shown.
    #[must_use]
    pub fn only_of(&self, code: &str) -> String {
        match self.lang {
            En => format!("Only mail to patient {code}."),
            ZhCn => format!("仅显示发给患者{code}的邮件。"),
        }
    }
}

/// The sentences of the mail pages in a language.
#[must_use]
pub fn mail(lang: Language) -> &'static MailText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}
