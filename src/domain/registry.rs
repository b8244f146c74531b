//! The vocabulary of the registry: clinics, people, products, lots, courses, infusions.

use super::codelist::codelist;

codelist! {
    /// Whether something can still be chosen.
    pub enum ActiveState: "state" {
        /// In use.
        Active = "active",
        /// Kept for its history only.
        Inactive = "inactive",
    }
}

codelist! {
    /// Administrative sex.
    pub enum Sex: "sex" {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
        /// Other.
        Other = "other",
        /// Not known or not said.
        Unknown = "unknown",
    }
}

codelist! {
    /// Where a patient stands in the follow-up.
    pub enum PatientState: "patient state" {
        /// Followed up.
        Active = "active",
        /// No prompts for now (a journey, a wish).
        OnHold = "on_hold",
        /// In hospital: no prompts; staff complete the check-ins.
        InHospital = "in_hospital",
        /// Withdrew consent: no prompts.
        Withdrawn = "withdrawn",
        /// Died: no prompts.
        Died = "died",
        /// Moved to another clinic: no prompts.
        Moved = "moved",
    }
}

codelist! {
    /// Where the cells of a lot come from.
    pub enum LotSource: "lot source" {
        /// The patient's own blood: the lot belongs to one patient.
        Own = "own",
        /// A donor: the lot may serve many patients.
        Donor = "donor",
    }
}

codelist! {
    /// Where a lot stands.
    pub enum LotState: "lot state" {
        /// Being cultured.
        InCulture = "in_culture",
        /// May be infused.
        Released = "released",
        /// Stopped: must not be infused.
        Quarantined = "quarantined",
        /// Used up.
        Used = "used",
        /// Thrown away.
        Discarded = "discarded",
    }
}

codelist! {
    /// What says that a lot was not fit to be given, or not to this patient (REFERENCE §4.8).
    /// The codes stand where a rule's id stands in the reasons of a task.
    pub enum LotEventKind: "lot event" {
        /// Bacteria or fungi grew.
        Sterility = "LOT_STERILITY",
        /// Mycoplasma were found.
        Mycoplasma = "LOT_MYCOPLASMA",
        /// Endotoxin is over the limit.
        Endotoxin = "LOT_ENDOTOXIN",
        /// The lot was confused with another.
        MixUp = "LOT_MIX_UP",
        /// It was given to a patient for whom it was not meant.
        WrongPatient = "LOT_WRONG_PATIENT",
    }
}

impl LotEventKind {
    /// What a person records; the others follow from the tests of the lot.
    pub const INCIDENTS: [Self; 2] = [Self::MixUp, Self::WrongPatient];

    /// Whether a person records it.
    #[must_use]
    pub const fn is_incident(self) -> bool {
        matches!(self, Self::MixUp | Self::WrongPatient)
    }
}

/// So many days after an infusion of such a lot any fever is an emergency (REFERENCE §4.8).
pub const LOT_RISK_DAYS: i64 = 14;

impl PatientState {
    /// Whether a person may set the next state. From every end one can come back, because
    /// an end may have been entered by mistake; each step needs a reason.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Active => !matches!(next, Self::Active),
            Self::OnHold => !matches!(next, Self::OnHold),
            Self::InHospital => !matches!(next, Self::InHospital),
            Self::Withdrawn | Self::Moved => matches!(next, Self::Active | Self::Died),
            Self::Died => matches!(next, Self::Active),
        }
    }

    /// The states that may follow.
    #[must_use]
    pub fn next(self) -> Vec<Self> {
        use super::codelist::Codelist;
        Self::ALL.iter().copied().filter(|next| self.may_become(*next)).collect()
    }
}

impl LotState {
    /// Whether a lot may be given in this state. A lot that is used up may have been given
    /// earlier than it is typed in.
    #[must_use]
    pub const fn may_be_infused(self) -> bool {
        matches!(self, Self::Released | Self::Used)
    }

    /// Whether a person may set the next state. What was thrown away stays thrown away.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::InCulture => matches!(next, Self::Released | Self::Quarantined | Self::Discarded),
            Self::Released => matches!(next, Self::Quarantined | Self::Used | Self::Discarded),
            Self::Quarantined => matches!(next, Self::Released | Self::Discarded),
            Self::Used => matches!(next, Self::Quarantined),
            Self::Discarded => false,
        }
    }

    /// Whether coming from another state needs a reason: stopping a lot, throwing it away,
    /// and taking back a stop.
    #[must_use]
    pub const fn needs_reason(self, next: Self) -> bool {
        matches!(next, Self::Quarantined | Self::Discarded) || matches!(self, Self::Quarantined)
    }
}

codelist! {
    /// The result of a sterility or mycoplasma test.
    pub enum CultureResult: "test result" {
        /// Not read yet.
        Pending = "pending",
        /// Nothing grew.
        Negative = "negative",
        /// Contaminated.
        Positive = "positive",
    }
}

codelist! {
    /// The result of the endotoxin test.
    pub enum EndotoxinResult: "endotoxin result" {
        /// Not read yet.
        Pending = "pending",
        /// Within the limit.
        Pass = "pass",
        /// Over the limit.
        Fail = "fail",
    }
}

codelist! {
    /// The phase of treatment that a course belongs to.
    pub enum Phase: "phase" {
        /// Monthly, three to six infusions.
        First = "first",
        /// Every three months.
        Consolidation = "consolidation",
        /// Every six to twelve months.
        Prevention = "prevention",
    }
}

impl Phase {
    /// Days between infusions unless the clinic says otherwise: monthly, every three
    /// months, every six months (the clinics' published course; changeable per course).
    #[must_use]
    pub const fn default_interval_days(self) -> i32 {
        match self {
            Self::First => 30,
            Self::Consolidation => 90,
            Self::Prevention => 180,
        }
    }

    /// Planned infusions unless the clinic says otherwise.
    #[must_use]
    pub const fn default_infusions(self) -> i32 {
        match self {
            Self::First => 6,
            Self::Consolidation => 4,
            Self::Prevention => 2,
        }
    }
}

codelist! {
    /// How an infusion was given.
    pub enum Route: "route" {
        /// Into a vein.
        Intravenous = "intravenous",
        /// Into an artery.
        IntraArterial = "intra_arterial",
        /// Into the abdominal cavity.
        Intraperitoneal = "intraperitoneal",
        /// Under the skin.
        Subcutaneous = "subcutaneous",
        /// Otherwise; see the notes.
        Other = "other",
    }
}

codelist! {
    /// Who gave a report.
    pub enum ReportSource: "report source" {
        /// The patient.
        Patient = "patient",
        /// A carer for the patient.
        Carer = "carer",
        /// Staff, while on the phone with the patient.
        StaffPhone = "staff_phone",
        /// Staff, with the patient in the chair.
        StaffChair = "staff_chair",
        /// Another system.
        Api = "api",
    }
}

codelist! {
    /// How a report reached us.
    pub enum ReportMode: "report mode" {
        /// The patient's page.
        Web = "web",
        /// The phone.
        Phone = "phone",
        /// Face to face.
        InPerson = "in_person",
        /// Another system.
        Api = "api",
    }
}

impl ReportSource {
    /// How a report from this source reached us.
    #[must_use]
    pub const fn mode(self) -> ReportMode {
        match self {
            Self::Patient | Self::Carer => ReportMode::Web,
            Self::StaffPhone => ReportMode::Phone,
            Self::StaffChair => ReportMode::InPerson,
            Self::Api => ReportMode::Api,
        }
    }
}

codelist! {
    /// Whether the rules could be applied to a report.
    pub enum Evaluation: "evaluation" {
        /// They were.
        Done = "done",
        /// They were not: the report escalates as "could not be evaluated".
        Failed = "failed",
    }
}

codelist! {
    /// Where a check-in stands.
    pub enum CheckInState: "check-in state" {
        /// Not answered yet, and not closed.
        Planned = "planned",
        /// Answered, perhaps late.
        Answered = "answered",
        /// Closed without an answer.
        Missed = "missed",
        /// Replaced by those of the next infusion.
        Superseded = "superseded",
        /// Stopped (withdrawal, death, a corrected infusion).
        Cancelled = "cancelled",
    }
}
