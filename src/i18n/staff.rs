//! Sentences of the pages on which administrators look after people, and of duty.

use crate::access::members::MemberError;
use crate::domain::Language::{self, En, ZhCn};

/// Sentences of the pages on which administrators look after people, and of duty.
#[derive(Debug)]
pub struct StaffText {
    lang: Language,
    pub title: &'static str,
    pub lead: &'static str,
    pub invite: &'static str,
    pub invite_lead: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub email_hint: &'static str,
    pub language: &'static str,
    pub language_hint: &'static str,
    pub roles: &'static str,
    pub roles_hint: &'static str,
    pub how: &'static str,
    pub by_mail: &'static str,
    pub printed: &'static str,
    pub send_invitation: &'static str,
    pub last_sign_in: &'static str,
    pub never: &'static str,
    pub state: &'static str,
    pub state_active: &'static str,
    pub state_invited: &'static str,
    pub state_no_factor: &'static str,
    pub state_inactive: &'static str,
    pub installation: &'static str,
    pub no_role: &'static str,
    pub no_how: &'static str,
    pub change_roles: &'static str,
    pub change_roles_more: &'static str,
    pub save_roles: &'static str,
    pub remove: &'static str,
    pub remove_more: &'static str,
    pub new_link: &'static str,
    pub new_link_more: &'static str,
    pub make_link: &'static str,
    pub second_factor_more: &'static str,
    pub installation_more: &'static str,
    pub make_administrator: &'static str,
    pub end_administrator: &'static str,
    pub deactivate: &'static str,
    pub deactivate_more: &'static str,
    pub deactivated_more: &'static str,
    pub oneself_more: &'static str,
    pub what_they_did: &'static str,
    pub link_title: &'static str,
    pub link_more: &'static str,
    pub to_person: &'static str,
    pub duty_title: &'static str,
    pub duty_lead: &'static str,
    pub duty_nobody: &'static str,
    pub duty_since: &'static str,
    pub duty_end: &'static str,
    pub duty_begin: &'static str,
    pub duty_who: &'static str,
    pub duty_no_candidate: &'static str,
}

static EN: StaffText = StaffText {
    lang: En,
    title: "Staff",
    lead: "The people of your clinics and what they may do there.",
    invite: "Invite a person",
    invite_lead: "The person gets a link that works once, for three days, and sets a password and a second factor with it.",
    name: "Name",
    email: "E-mail address",
    email_hint: "They sign in with it. Somebody who already has an account at another clinic keeps it and gets the roles besides.",
    language: "Language",
    language_hint: "Of their pages and mails; they can change it.",
    roles: "Roles",
    roles_hint: "At least one.",
    how: "How the person gets the link",
    by_mail: "By mail",
    printed: "Show it to me, I hand it over myself",
    send_invitation: "Invite",
    last_sign_in: "Last sign-in",
    never: "Never",
    state: "State",
    state_active: "Active",
    state_invited: "Invited, not yet used",
    state_no_factor: "No second factor yet",
    state_inactive: "Deactivated",
    installation: "Whole installation",
    no_role: "Choose at least one role.",
    no_how: "Choose how the person gets the link.",
    change_roles: "Change roles",
    change_roles_more: "The person is signed out and gets the new roles at the next sign-in.",
    save_roles: "Save roles",
    remove: "Take out of my clinics",
    remove_more: "All roles at your clinics end. What the person is at other clinics stays.",
    new_link: "New link for a password",
    new_link_more: "For a person who has lost the invitation or the password. Earlier links end; the second factor stays.",
    make_link: "Make a link",
    second_factor_more: "Lost the phone and the recovery codes? Whoever looks after the server, having seen the person, runs:",
    installation_more: "Adds clinics and products, and looks after the people of every clinic.",
    make_administrator: "Make an administrator of the installation",
    end_administrator: "End this",
    deactivate: "Deactivate",
    deactivate_more: "Ends every session at once, and all duty. What the person did stays in the record under this name.",
    deactivated_more: "This account was deactivated. What the person did stays in the record.",
    oneself_more: "This is you. Another administrator changes your roles; password and second factor are under your name at the top.",
    what_they_did: "What this person did",
    link_title: "Hand this link over",
    link_more: "It works once, for three days. It is shown only now: print it or copy it, and give it to this person and nobody else.",
    to_person: "To the person's page",
    duty_title: "On duty",
    duty_lead: "Whoever is on duty gets a mail at once when a report needs a person now. Every clinic always has somebody.",
    duty_nobody: "Nobody is on duty: nobody is told when a patient is in danger.",
    duty_since: "Since",
    duty_end: "Take off duty",
    duty_begin: "Put on duty",
    duty_who: "Who",
    duty_no_candidate: "Everybody who could be on duty is. Only nurses and physicians who have signed up can be.",
};

static ZH: StaffText = StaffText {
    lang: ZhCn,
    title: "工作人员",
    lead: "您所管理机构的人员及其权限。",
    invite: "邀请人员",
    invite_lead: "对方会得到一个链接，三天内可使用一次，用于设置密码和第二重验证。",
    name: "姓名",
    email: "电子邮箱",
    email_hint: "用于登录。若此人在其他机构已有账户，将保留原账户并增加所选角色。",
    language: "语言",
    language_hint: "其页面和邮件的语言，本人可以更改。",
    roles: "角色",
    roles_hint: "至少选择一项。",
    how: "如何把链接交给对方",
    by_mail: "通过邮件",
    printed: "显示给我，由我转交",
    send_invitation: "邀请",
    last_sign_in: "上次登录",
    never: "从未",
    state: "状态",
    state_active: "在用",
    state_invited: "已邀请，尚未使用",
    state_no_factor: "尚未设置第二重验证",
    state_inactive: "已停用",
    installation: "整个系统",
    no_role: "请至少选择一个角色。",
    no_how: "请选择如何把链接交给对方。",
    change_roles: "更改角色",
    change_roles_more: "对方会被退出登录，下次登录后使用新的角色。",
    save_roles: "保存角色",
    remove: "移出我的机构",
    remove_more: "此人在您机构的所有角色将终止，在其他机构的角色不变。",
    new_link: "新的密码链接",
    new_link_more: "用于丢失邀请或忘记密码的人员。之前的链接失效，第二重验证保留。",
    make_link: "生成链接",
    second_factor_more: "手机和恢复码都丢失了？由服务器管理员当面核实本人后运行：",
    installation_more: "可增加机构和产品，并管理所有机构的人员。",
    make_administrator: "设为系统管理员",
    end_administrator: "取消",
    deactivate: "停用",
    deactivate_more: "立即终止所有会话和值班。此人所做的操作仍以其姓名保留在记录中。",
    deactivated_more: "此账户已停用，此人所做的操作仍保留在记录中。",
    oneself_more: "这是您本人。您的角色须由其他管理员更改；密码和第二重验证请点击页面顶部您的姓名。",
    what_they_did: "此人的操作记录",
    link_title: "请转交此链接",
    link_more: "三天内可使用一次，仅在此刻显示：请打印或复制，并且只交给本人。",
    to_person: "查看此人",
    duty_title: "值班",
    duty_lead: "报告需要立即处理时，值班人员会马上收到邮件。每个机构必须始终有人值班。",
    duty_nobody: "目前无人值班：患者出现危险时不会有人收到通知。",
    duty_since: "开始时间",
    duty_end: "结束值班",
    duty_begin: "安排值班",
    duty_who: "人员",
    duty_no_candidate: "可值班的人员均已在值班。只有已完成注册的护士和医生可以值班。",
};

impl StaffText {
    /// Why something was not done with a person; `clinics` are those that would be left alone.
    /// `None` for what is no matter of the form.
    #[must_use]
    pub fn refused(&self, error: &MemberError, clinics: &[String]) -> Option<String> {
        let sentence = match (error, self.lang) {
            (MemberError::NotFound | MemberError::Store(_), _) => return None,
            (MemberError::Oneself, En) => "Nobody changes their own roles or account here.",
            (MemberError::Oneself, ZhCn) => "不能在此更改自己的角色或账户。",
            (MemberError::Inactive, En) => "This account was deactivated.",
            (MemberError::Inactive, ZhCn) => "此账户已停用。",
            (MemberError::Known, En) => "This person is already in the list of your clinics.",
            (MemberError::Known, ZhCn) => "此人已在您机构的名单中。",
            (MemberError::Elsewhere, En) => {
                "This person also works at a clinic that is not yours. Take them out of your clinics instead, or ask an administrator of the installation."
            }
            (MemberError::Elsewhere, ZhCn) => {
                "此人还在您管理范围以外的机构工作。请改为将其移出您的机构，或联系系统管理员。"
            }
            (MemberError::Installation, En) => {
                "This person looks after the whole installation; only another such administrator may do this."
            }
            (MemberError::Installation, ZhCn) => "此人是系统管理员，只有其他系统管理员可以这样做。",
            (MemberError::NotForDuty, En) => {
                "Only nurses and physicians of the clinic who have used their invitation can be on duty."
            }
            (MemberError::NotForDuty, ZhCn) => "只有本机构中已使用邀请的护士和医生可以值班。",
            (MemberError::NobodyElse(_), En) => {
                return Some(format!(
                    "Nobody else is on duty at {}. Put somebody else on duty first.",
                    clinics.join(", ")
                ));
            }
            (MemberError::NobodyElse(_), ZhCn) => {
                return Some(format!("{}没有其他人值班，请先安排他人值班。", clinics.join("、")));
            }
        };
        Some(sentence.to_owned())
    }
}

/// The sentences in a language.
#[must_use]
pub fn staff(lang: Language) -> &'static StaffText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}
