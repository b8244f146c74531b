//! Sentences about whom a task goes to when nobody takes it.

mod dates;

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::Level;
use crate::domain::chain::{Audience, StepState, StepStop, TimesProblem};
use crate::domain::letter::MailState;
use crate::domain::rota::Hours;

labels! {
    Audience {
        OnDuty: "Nurse or physician on duty", "值班护士或医生";
        ChargeNurse: "Charge nurse", "护士长";
        Physician: "Responsible physician", "责任医生";
        SafetyOfficer: "Safety officer", "安全负责人";
    }
    StepState {
        Planned: "To come", "待执行";
        Done: "Told", "已通知";
        Cancelled: "Not needed any more", "不再需要";
    }
    StepStop {
        Taken: "the task was taken", "任务已有人接手";
        Closed: "the task was closed", "任务已关闭";
        Answered: "the check-in was answered", "随访已得到回复";
        Raised: "the task became more urgent and began again", "任务级别升高，已重新开始";
    }
}

/// Sentences about whom a task goes to when nobody takes it.
#[derive(Debug)]
pub struct EscalationText {
    lang: Language,
    pub unheard: &'static str,
    pub unheard_more: &'static str,
    pub chain: &'static str,
    pub chain_earlier: &'static str,
    pub step: &'static str,
    pub when: &'static str,
    pub whom: &'static str,
    pub state: &'static str,
    pub now: &'static str,
    pub nobody: &'static str,
    pub next: &'static str,
    pub gaps: &'static str,
    pub no_gap: &'static str,
    pub gap_more: &'static str,
    pub rota: &'static str,
    pub rota_lead: &'static str,
    pub rota_empty: &'static str,
    pub days: &'static str,
    pub from: &'static str,
    pub until: &'static str,
    pub cover: &'static str,
    pub cover_short: &'static str,
    pub as_what: &'static str,
    pub who: &'static str,
    pub add: &'static str,
    pub remove: &'static str,
    pub hand_over: &'static str,
    pub to_whom: &'static str,
    pub by_hand: &'static str,
    pub no_hours: &'static str,
    pub dates: &'static str,
    pub dates_lead: &'static str,
    pub dates_none: &'static str,
    pub exception_what: &'static str,
    pub everybody: &'static str,
    pub first_day: &'static str,
    pub last_day: &'static str,
    pub exception_hours: &'static str,
    pub exception_add: &'static str,
    pub no_exception: &'static str,
    pub title: &'static str,
    pub title_for: &'static str,
    pub lead: &'static str,
    pub level: &'static str,
    pub again_every: &'static str,
    pub minutes: &'static str,
    pub standard: &'static str,
    pub times_saved: &'static str,
    pub hook: &'static str,
    pub hook_lead: &'static str,
    pub hook_url: &'static str,
    pub hook_active: &'static str,
    pub hook_save: &'static str,
    pub hook_test: &'static str,
    pub hook_secret: &'static str,
    pub hook_secret_more: &'static str,
    pub hook_calls: &'static str,
    pub hook_off: &'static str,
    pub hook_address: &'static str,
    pub tried: &'static str,
}

static EN: EscalationText = EscalationText {
    lang: En,
    unheard: "Nobody could be told of this:",
    unheard_more: "Please take it now, or see that somebody does. The notice goes when a named person has taken the task.",
    chain: "Who is told if nobody takes it",
    chain_earlier: "Earlier steps",
    step: "Step",
    when: "When",
    whom: "Whom",
    state: "What became of it",
    now: "Would be told now",
    nobody: "nobody",
    next: "Next",
    gaps: "Nobody has hours, in the next 14 days:",
    no_gap: "Somebody is on duty at every hour of the next 14 days.",
    gap_more: "At these times whoever was put on duty by hand is told; with nobody there, everybody who works the queue.",
    rota: "Rota",
    rota_lead: "Hours are those of the clinic's own clock and come every week. Who covers is on duty whenever nobody else has hours.",
    rota_empty: "Nobody has hours yet.",
    days: "Days",
    from: "From",
    until: "Until",
    cover: "Covers all hours that nobody else has",
    cover_short: "all other hours",
    as_what: "As",
    who: "Who",
    add: "Add to the rota",
    remove: "Remove",
    hand_over: "Hand over",
    to_whom: "To whom",
    by_hand: "On duty by hand",
    no_hours: "Choose at least one day with a time from and until, or cover.",
    dates: "Holidays and single dates",
    dates_lead: "What is laid down here goes before the hours of the week. Hours belong to the day on which they begin.",
    dates_none: "The hours of the week hold on every date.",
    exception_what: "What is otherwise",
    everybody: "Everybody (a holiday)",
    first_day: "First day",
    last_day: "Last day (empty: only the first)",
    exception_hours: "From and until are needed only for hours that are added.",
    exception_add: "Lay down",
    no_exception: "Give the first day and whose; for added hours a time from and until too; at most 366 days.",
    title: "Escalation",
    title_for: "Who is told, after how many minutes, when nobody takes a task.",
    lead: "Whoever is on duty is told at once of an emergency and of what is urgent. The times below count from when a task is made or raised; then everybody is told again until a named person takes it. Tasks that wait already keep their steps. A physician of the clinic must approve changes.",
    level: "Level",
    again_every: "Then everybody again every",
    minutes: "minutes",
    standard: "These are the proposed times; the clinic has none of its own yet.",
    times_saved: "Save as the next version",
    hook: "Gateway for text messages or paging",
    hook_lead: "Beside each mail about a task the gateway is called with the task's number, its level, the clinic's code and a link; nothing about health.",
    hook_url: "Address (https, or http on this machine)",
    hook_active: "Call it",
    hook_save: "Save the gateway",
    hook_test: "Make a test call",
    hook_secret: "Secret",
    hook_secret_more: "The header x-afterwatch-signature holds sha256= and the HMAC-SHA256 in hexadecimal of x-afterwatch-timestamp, a full stop and the body. A new address gets a new secret.",
    hook_calls: "Newest calls",
    hook_off: "No gateway is called: save an address and switch it on first.",
    hook_address: "The address must begin with https://, or with http:// on this machine only, and hold no user name or password.",
    tried: "Tried",
};

static ZH: EscalationText = EscalationText {
    lang: ZhCn,
    unheard: "以下任务未能通知到任何人：",
    unheard_more: "请立即接手，或确保有人接手。有人以本人名义接手任务后，此提示才会消失。",
    chain: "无人接手时依次通知谁",
    chain_earlier: "较早的步骤",
    step: "步骤",
    when: "时间",
    whom: "通知对象",
    state: "结果",
    now: "此刻会通知",
    nobody: "无人",
    next: "下一班",
    gaps: "未来14天内以下时段无人排班：",
    no_gap: "未来14天内每个时段均有人值班。",
    gap_more: "在这些时段，系统会通知手动安排的值班人员；如果也没有，则通知所有处理任务的人员。",
    rota: "排班表",
    rota_lead: "时间按本机构当地时间计算，每周重复。补位人员在其他人均未排班时值班。",
    rota_empty: "尚未排班。",
    days: "星期",
    from: "开始",
    until: "结束",
    cover: "补位：负责其他人均未排班的时段",
    cover_short: "其余所有时段",
    as_what: "职责",
    who: "人员",
    add: "加入排班表",
    remove: "移除",
    hand_over: "交班",
    to_whom: "交给",
    by_hand: "手动安排的值班",
    no_hours: "请至少选择一天并填写开始和结束时间，或选择补位。",
    dates: "节假日与个别日期",
    dates_lead: "此处的安排优先于每周排班。时段归属于其开始的那一天。",
    dates_none: "所有日期均按每周排班执行。",
    exception_what: "变动内容",
    everybody: "所有人（节假日）",
    first_day: "第一天",
    last_day: "最后一天（留空则仅第一天）",
    exception_hours: "仅在增加时段时需填写开始和结束时间。",
    exception_add: "确定",
    no_exception: "请填写第一天和人员；增加时段时还须填写开始和结束时间；最长366天。",
    title: "逐级通知",
    title_for: "任务无人接手时，多少分钟后通知谁。",
    lead: "出现危急或紧急情况时，系统会立即通知值班人员。以下时间从任务建立或升级时算起；之后会重复通知所有人，直到有人以本人名义接手。已在等待的任务保持原有步骤。修改须经本机构医生批准。",
    level: "级别",
    again_every: "之后重复通知的间隔",
    minutes: "分钟",
    standard: "以下为建议时间，本机构尚未另行设定。",
    times_saved: "保存为新版本",
    hook: "短信或寻呼网关",
    hook_lead: "每次就任务发送邮件时，系统会同时调用网关，内容仅包括任务编号、级别、机构代码和链接，不含任何健康信息。",
    hook_url: "地址（https，或本机上的http）",
    hook_active: "启用",
    hook_save: "保存网关设置",
    hook_test: "发送测试通知",
    hook_secret: "密钥",
    hook_secret_more: "请求头x-afterwatch-signature的内容为sha256=，后接对x-afterwatch-timestamp、一个英文句点和正文计算的HMAC-SHA256（十六进制）。更换地址后会生成新的密钥。",
    hook_calls: "最近的通知",
    hook_off: "目前没有启用的网关：请先保存地址并启用。",
    hook_address: "地址须以https://开头（仅本机可用http://），且不得包含用户名或密码。",
    tried: "尝试次数",
};

/// The sentences in a language.
#[must_use]
pub fn escalation(lang: Language) -> &'static EscalationText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl EscalationText {
    /// The link to a task that nobody was told of.
    #[must_use]
    pub fn task(&self, number: i64) -> String {
        match self.lang {
            En => format!("task {number}"),
            ZhCn => format!("任务{number}"),
        }
    }

    /// Which step of which round; the first one is at once.
    #[must_use]
    pub fn numbered(&self, number: i32, round: i32) -> String {
        match (number, round, self.lang) {
            (0, 1, En) => "at once".to_owned(),
            (0, 1, ZhCn) => "立即".to_owned(),
            (_, 1, _) => number.to_string(),
            (_, _, En) => format!("again ({})", round - 1),
            (_, _, ZhCn) => format!("再次通知（第{}次）", round - 1),
        }
    }

    /// Where a step stands.
    #[must_use]
    pub fn standing(&self, state: StepState, cause: Option<StepStop>) -> String {
        let state = state.label(self.lang);
        match (cause, self.lang) {
            (None, _) => state.to_owned(),
            (Some(cause), En) => format!("{state}: {}", cause.label(self.lang)),
            (Some(cause), ZhCn) => format!("{state}：{}", cause.label(self.lang)),
        }
    }

    /// A person whom a step told, and whether the mail server took the mail.
    #[must_use]
    pub fn told(&self, name: &str, state: MailState) -> String {
        match (state, self.lang) {
            (MailState::Accepted, En) => format!("{name}: mail sent"),
            (MailState::Accepted, ZhCn) => format!("{name}：邮件已发出"),
            (MailState::Planned | MailState::Sending, En) => {
                format!("{name}: mail waits to be sent")
            }
            (MailState::Planned | MailState::Sending, ZhCn) => format!("{name}：邮件等待发送"),
            (MailState::Failed, En) => format!("{name}: the mail could not be delivered"),
            (MailState::Failed, ZhCn) => format!("{name}：邮件无法送达"),
            (MailState::Bounced, En) => format!("{name}: the mail came back"),
            (MailState::Bounced, ZhCn) => format!("{name}：邮件被退回"),
            (MailState::Cancelled, En) => format!("{name}: the mail was not needed any more"),
            (MailState::Cancelled, ZhCn) => format!("{name}：邮件已不再需要"),
        }
    }

    /// There was nobody of the audience.
    #[must_use]
    pub fn stand_in(&self) -> &'static str {
        match self.lang {
            En => "There was nobody for this step, so everybody who works the queue was told.",
            ZhCn => "此步骤没有可通知的人员，因此已通知所有处理任务的人员。",
        }
    }

    /// The short name of a weekday; Monday is 1.
    #[must_use]
    pub fn weekday(&self, number: i32) -> &'static str {
        let names = match self.lang {
            En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            ZhCn => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
        };
        usize::try_from(number - 1).ok().and_then(|index| names.get(index)).copied().unwrap_or("")
    }

    /// The days of a week, by number.
    #[must_use]
    pub fn week(&self) -> Vec<(i32, &'static str)> {
        (1..=7).map(|number| (number, self.weekday(number))).collect()
    }

    /// Hours of a week, such as "Mon 08:00–20:00".
    #[must_use]
    pub fn hours(&self, hours: &Hours) -> String {
        let clock = |min: i32| format!("{:02}:{:02}", min / 60, min % 60);
        let (from, to) = (clock(hours.from_min), clock(hours.to_min));
        let day = self.weekday(hours.weekday);
        match (hours.to_min > hours.from_min, self.lang) {
            (true, _) => format!("{day} {from}–{to}"),
            (false, En) => format!("{day} {from}–{to} the next day"),
            (false, ZhCn) => format!("{day} {from}–次日{to}"),
        }
    }

    /// Who comes next, and when.
    #[must_use]
    pub fn then(&self, when: &str, people: &[String]) -> String {
        let people = self.people(people);
        match self.lang {
            En => format!("{when}: {people}"),
            ZhCn => format!("{when}：{people}"),
        }
    }

    /// Names in a row.
    #[must_use]
    pub fn people(&self, people: &[String]) -> String {
        match (people.is_empty(), self.lang) {
            (true, _) => self.nobody.to_owned(),
            (_, En) => people.join(", "),
            (_, ZhCn) => people.join("、"),
        }
    }

    /// Which version of the clinic's times counts.
    #[must_use]
    pub fn version(&self, version: i32) -> String {
        match self.lang {
            En => format!("Version {version} of the clinic's own times."),
            ZhCn => format!("本机构设定的时间，第{version}版。"),
        }
    }

    /// What is wrong with the times of a level.
    #[must_use]
    pub fn problem(&self, level: Level, problem: TimesProblem) -> String {
        let what = match (problem, self.lang) {
            (TimesProblem::OutOfRange, En) => {
                "every time is a whole number of minutes from 1 to 14400."
            }
            (TimesProblem::OutOfRange, ZhCn) => "每个时间须为1至14400之间的整数分钟。",
            (TimesProblem::OutOfOrder, En) => {
                "the charge nurse comes before the physician, and the physician before the safety officer."
            }
            (TimesProblem::OutOfOrder, ZhCn) => "通知顺序须为护士长、医生、安全负责人。",
            (TimesProblem::RepeatTooSoon, En) => {
                "everybody is told again after 5 minutes at the earliest."
            }
            (TimesProblem::RepeatTooSoon, ZhCn) => "重复通知的间隔至少为5分钟。",
        };
        match self.lang {
            En => format!("{}: {what}", level.label(En)),
            ZhCn => format!("{}：{what}", level.label(ZhCn)),
        }
    }

    /// What a call to the gateway was about.
    #[must_use]
    pub fn call(&self, task: Option<i64>) -> String {
        match (task, self.lang) {
            (Some(number), _) => self.task(number),
            (None, En) => "test".to_owned(),
            (None, ZhCn) => "测试".to_owned(),
        }
    }
}
