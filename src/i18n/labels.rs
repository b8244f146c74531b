//! The name of every coded value in every language, side by side for the reviewer.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::registry::{
    ActiveState, CheckInState, CultureResult, EndotoxinResult, LotEventKind, LotSource, LotState,
    PatientState, Phase, ReportMode, ReportSource, Route, Sex,
};
use crate::domain::task::{CallResult, Outcome, TaskEventKind, TaskKind, TaskState, WorthAFlag};
use crate::domain::{Level, ProductKind, Role};

/// A value that has a name people read.
pub trait Label: Copy {
    /// The name in a language.
    fn label(self, lang: Language) -> &'static str;
}

/// One line a value: English, then Chinese.
macro_rules! labels {
    ($($type:ty { $($variant:ident: $en:literal, $zh:literal;)+ })+) => {$(
        impl Label for $type {
            fn label(self, lang: Language) -> &'static str {
                match (self, lang) {
                    $((Self::$variant, En) => $en, (Self::$variant, ZhCn) => $zh,)+
                }
            }
        }
    )+};
}
pub(crate) use labels;

labels! {
    Language {
        En: "English", "English";
        ZhCn: "简体中文", "简体中文";
    }
    Level {
        None: "None", "无需处理";
        Routine: "Routine", "常规";
        Soon: "Soon", "尽快";
        Urgent: "Urgent", "紧急";
        Emergency: "Emergency", "危急";
    }
    Role {
        Nurse: "Nurse", "护士";
        Physician: "Physician", "医生";
        SafetyOfficer: "Safety officer", "安全负责人";
        Coordinator: "Coordinator", "协调员";
        Administrator: "Administrator", "管理员";
        Reader: "Reader", "只读查阅者";
    }
    ActiveState {
        Active: "Active", "在用";
        Inactive: "Inactive", "已停用";
    }
    ProductKind {
        Autologous: "Own cells (autologous)", "自体细胞";
        Allogeneic: "Donor cells (allogeneic)", "异体细胞";
    }
    Sex {
        Female: "Female", "女";
        Male: "Male", "男";
        Other: "Other", "其他";
        Unknown: "Unknown", "未知";
    }
    PatientState {
        Active: "Followed up", "随访中";
        OnHold: "On hold", "暂停随访";
        InHospital: "In hospital", "住院中";
        Withdrawn: "Withdrew consent", "已撤回同意";
        Died: "Died", "已去世";
        Moved: "Moved away", "已转出";
    }
    LotSource {
        Own: "Patient's own cells", "患者自体";
        Donor: "Donor", "供者";
    }
    LotState {
        InCulture: "In culture", "培养中";
        Released: "Released", "已放行";
        Quarantined: "Quarantined", "已隔离";
        Used: "Used", "已使用";
        Discarded: "Discarded", "已废弃";
    }
    CultureResult {
        Pending: "Pending", "待出结果";
        Negative: "Negative", "阴性";
        Positive: "Positive", "阳性";
    }
    EndotoxinResult {
        Pending: "Pending", "待出结果";
        Pass: "Within limit", "合格";
        Fail: "Over limit", "不合格";
    }
    Phase {
        First: "First phase", "初始阶段";
        Consolidation: "Consolidation", "巩固阶段";
        Prevention: "Prevention", "预防阶段";
    }
    Route {
        Intravenous: "Intravenous", "静脉输注";
        IntraArterial: "Intra-arterial", "动脉输注";
        Intraperitoneal: "Intraperitoneal", "腹腔输注";
        Subcutaneous: "Subcutaneous", "皮下注射";
        Other: "Other", "其他";
    }
    ReportSource {
        Patient: "Patient", "患者本人";
        Carer: "Carer", "照护者";
        StaffPhone: "Staff, by phone", "工作人员（电话）";
        StaffChair: "Staff, in the chair", "工作人员（输注现场）";
        Api: "Other system", "其他系统";
    }
    ReportMode {
        Web: "Patient's page", "患者页面";
        Phone: "Phone", "电话";
        InPerson: "In person", "当面";
        Api: "Other system", "其他系统";
    }
    CheckInState {
        Planned: "Planned", "待答复";
        Answered: "Answered", "已答复";
        Missed: "Missed", "未答复";
        Superseded: "Superseded", "已被新输注取代";
        Cancelled: "Cancelled", "已取消";
    }
    LotEventKind {
        Sterility: "The sterility test of the lot that was given is positive", "已输注批次的无菌检验呈阳性";
        Mycoplasma: "The mycoplasma test of the lot that was given is positive", "已输注批次的支原体检验呈阳性";
        Endotoxin: "The endotoxin of the lot that was given is over the limit", "已输注批次的内毒素超标";
        MixUp: "The lot was mixed up with another", "该批次与其他批次混淆";
        WrongPatient: "The lot was given to a patient for whom it was not meant", "该批次被输给了非预定的患者";
    }
    TaskKind {
        Report: "Report", "报告";
        MissedCheckIn: "Missed check-in", "未答复随访";
        Unreachable: "Mail refused", "邮件无法送达";
        NotThisPerson: "“This is not me”", "“这不是我”";
        PromptsStopped: "Patient stopped the mails", "患者停止了邮件";
        LotEvent: "Lot not fit to be given", "批次不应输注";
        Seriousness: "Seriousness assessment", "严重性评估";
        ProductQuality: "Product quality", "产品质量";
    }
    TaskState {
        Open: "Open", "待处理";
        Closed: "Closed", "已关闭";
    }
    TaskEventKind {
        Opened: "Opened", "已建立";
        Raised: "Raised to a higher level", "已升级";
        ReportAttached: "Further report", "追加报告";
        Taken: "Taken", "已接手";
        HandedOver: "Handed over", "已转交";
        Released: "Put back", "已放回";
        RanOut: "Taken, but nothing was done in time", "已接手但未按时处理";
        Called: "Call", "电话";
        Note: "Note", "备注";
        GradeConfirmed: "Grade confirmed", "分级已确认";
        StaffGraded: "Graded by staff", "工作人员分级";
        Closed: "Closed", "已关闭";
        Reopened: "Reopened", "已重新打开";
        Answered: "Answered", "已答复";
        Asked: "Asked the patient", "已询问患者";
        QuestionAnswered: "The patient reported after the question", "患者在被询问后已报告";
        Undone: "The step before was undone", "已撤销上一步";
    }
    CallResult {
        Reached: "Reached", "已接通";
        NoAnswer: "No answer", "无人接听";
        WrongNumber: "Wrong number", "号码有误";
    }
    Outcome {
        AdviceGiven: "Advice given", "已给予指导";
        ExpectedReaction: "Expected reaction, nothing to do", "预期反应，无需处理";
        PhysicianReview: "Seen by a physician", "医生评估";
        SentToHospital: "Sent to hospital", "已转送医院";
        TreatedElsewhere: "Treated elsewhere", "已在外院处理";
        NotReached: "Could not be reached", "无法联系到患者";
        EnteredInError: "Entered by mistake", "误录入";
        Answered: "Check-in was answered", "随访已答复";
        Serious: "Serious", "严重";
        NotSerious: "Not serious", "非严重";
        QualityReported: "Cause found and reported", "原因已查明并上报";
        NoDefect: "Nothing wrong with the lot", "批次无质量问题";
    }
    WorthAFlag {
        Yes: "Yes", "值得";
        No: "No, noise", "不值得，属干扰";
        Unsure: "Cannot say", "无法判断";
    }
}
