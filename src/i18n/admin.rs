//! Sentences of the administrators' first page.

use crate::domain::Language::{self, En, ZhCn};

/// Sentences of the administrators' first page.
#[derive(Debug)]
pub struct AdminText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub staff: &'static str,
    pub staff_for: &'static str,
    pub duty: &'static str,
    pub duty_for: &'static str,
    pub sites: &'static str,
    pub sites_for: &'static str,
    pub products: &'static str,
    pub products_for: &'static str,
    pub api_tokens: &'static str,
    pub api_tokens_for: &'static str,
    pub mail: &'static str,
    pub mail_for: &'static str,
    pub audit: &'static str,
    pub audit_for: &'static str,
    pub server: &'static str,
    pub server_for: &'static str,
    pub server_doctor: &'static str,
    pub server_backup: &'static str,
    pub server_restore: &'static str,
    pub server_mail: &'static str,
    pub server_verify: &'static str,
    pub server_rules: &'static str,
    pub mail_late: &'static str,
    pub no_mail_server: &'static str,
}

static EN: AdminText = AdminText {
    lang: En,
    title: "Administration",
    lead: "What each page is for, and what is missing.",
    staff: "Staff",
    staff_for: "Invite people, change what they may do, take them out.",
    duty: "On duty",
    duty_for: "Who is told at once when a report needs a person now.",
    sites: "Clinics",
    sites_for: "Phone and emergency number, time zone, language, thermometer.",
    products: "Products",
    products_for: "What is infused, which rules count for it, and when patients are asked.",
    api_tokens: "Keys of other systems",
    api_tokens_for: "Let another system read the registry or hand in reports; take its key back.",
    mail: "Mail",
    mail_for: "Every mail that was sent, will be sent, or was stopped.",
    audit: "Audit trail",
    audit_for: "Who did what, and who looked at whom.",
    server: "The server",
    server_for: "Whoever looks after the server does these on its command line:",
    server_doctor: "checks everything and says what to do",
    server_backup: "makes a checked copy while the program runs",
    server_restore: "checks a copy, or puts it in place",
    server_mail: "shows that mail leaves",
    server_verify: "proves that the audit trail is as it was written",
    server_rules: "shows and checks the escalation rules",
    mail_late: "Mail is not going out.",
    no_mail_server: "No mail server is set: mails are kept and shown instead.",
};

static ZH: AdminText = AdminText {
    lang: ZhCn,
    title: "管理",
    lead: "各页面的用途，以及尚缺的内容。",
    staff: "工作人员",
    staff_for: "邀请人员、更改权限、停用账户。",
    duty: "值班",
    duty_for: "报告需要立即处理时，由谁马上收到通知。",
    sites: "机构",
    sites_for: "电话和急救号码、时区、语言、体温计。",
    products: "产品",
    products_for: "输注的产品、适用规则和随访计划。",
    api_tokens: "其他系统的密钥",
    api_tokens_for: "允许其他系统读取登记数据或提交报告，也可收回密钥。",
    mail: "邮件",
    mail_for: "所有已发送、将要发送和已停止的邮件。",
    audit: "审计记录",
    audit_for: "谁做了什么，谁查看了谁。",
    server: "服务器",
    server_for: "以下操作由服务器管理员在命令行中完成：",
    server_doctor: "全面检查并说明如何处理",
    server_backup: "在运行中制作经过核验的备份",
    server_restore: "核验备份或恢复备份",
    server_mail: "测试邮件能否发出",
    server_verify: "证明审计记录未被改动",
    server_rules: "显示并检查预警规则",
    mail_late: "邮件未能发出。",
    no_mail_server: "未设置邮件服务器：邮件只保存并显示，不会发出。",
};

impl AdminText {
    /// How many people there are.
    #[must_use]
    pub fn people(&self, active: usize) -> String {
        match self.lang {
            En if active == 1 => "1 active person".to_owned(),
            En => format!("{active} active people"),
            ZhCn => format!("在用账户{active}个"),
        }
    }

    /// Invitations that nobody used yet.
    #[must_use]
    pub fn unused_invitations(&self, names: &[String]) -> String {
        match self.lang {
            En => format!("Have not used their invitation: {}", names.join(", ")),
            ZhCn => format!("尚未使用邀请：{}", names.join("、")),
        }
    }

    /// People without a second factor.
    #[must_use]
    pub fn no_second_factor(&self, names: &[String]) -> String {
        match self.lang {
            En => format!("No second factor yet: {}", names.join(", ")),
            ZhCn => format!("尚未设置第二重验证：{}", names.join("、")),
        }
    }

    /// Clinics without anybody on duty.
    #[must_use]
    pub fn nobody_on_duty(&self, clinics: &[String]) -> String {
        match self.lang {
            En => format!("Nobody is on duty: {}", clinics.join(", ")),
            ZhCn => format!("目前无人值班：{}", clinics.join("、")),
        }
    }

    /// Mails that failed for good.
    #[must_use]
    pub fn mails_failed(&self, count: i64) -> String {
        match self.lang {
            En if count == 1 => "1 mail could not be delivered.".to_owned(),
            En => format!("{count} mails could not be delivered."),
            ZhCn => format!("{count}封邮件无法送达。"),
        }
    }
}

/// The sentences of the administrators' first page in a language.
#[must_use]
pub fn admin(lang: Language) -> &'static AdminText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}
