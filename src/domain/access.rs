//! Who may do what: one table of role and action, and the scope that every query carries.

use super::codelist::codelist;
use super::{ApiTokenId, LinkId, PatientId, SiteId, StaffId};

codelist! {
    /// What a person is at a clinic.
    pub enum Role: "role" {
        /// Works the queue.
        Nurse = "nurse",
        /// Judges grades, seriousness and cause.
        Physician = "physician",
        /// Answers for summaries, listings and regulators.
        SafetyOfficer = "safety_officer",
        /// Enrols patients, courses, infusions and lots.
        Coordinator = "coordinator",
        /// Staff, texts, rules, mail, backups.
        Administrator = "administrator",
        /// Looks and verifies; changes nothing.
        Reader = "reader",
    }
}

codelist! {
    /// An action that a role allows.
    pub enum Permission: "permission" {
        /// See the queue and its tasks.
        ViewQueue = "view_queue",
        /// Take, call, note, close, reopen.
        WorkTasks = "work_tasks",
        /// Confirm or change a derived grade; grade staff terms.
        ConfirmGrades = "confirm_grades",
        /// Keep an expected level of a patient quiet for a while.
        Snooze = "snooze",
        /// Enter a report for a patient.
        EnterReports = "enter_reports",
        /// See patients, lots, courses and infusions.
        ViewRegistry = "view_registry",
        /// See names, addresses and phone numbers.
        ViewContact = "view_contact",
        /// Enrol and change patients, lots, courses, infusions.
        EditRegistry = "edit_registry",
        /// Import files.
        Import = "import",
        /// See summaries.
        ViewSummary = "view_summary",
        /// Take summaries and listings away as files.
        Export = "export",
        /// Try a changed rule set on the reports that are here.
        RehearseRules = "rehearse_rules",
        /// See what was mailed and what will be.
        ViewMail = "view_mail",
        /// Stop all mail to the patients of the clinic, and let it go again.
        PauseMail = "pause_mail",
        /// Say who is on duty.
        ManageDuty = "manage_duty",
        /// Invite, change and deactivate staff of the clinic.
        ManageStaff = "manage_staff",
        /// Change the clinic's settings, products, keys of other systems.
        ManageSite = "manage_site",
        /// Change the texts of the clinic's mails.
        EditLetters = "edit_letters",
        /// Read the audit trail.
        ViewAudit = "view_audit",
        /// Use one's own account.
        OwnAccount = "own_account",
    }
}

impl Role {
    /// The one table of role and action.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::OwnAccount => true,
            P::ViewQueue => {
                matches!(self, Self::Nurse | Self::Physician | Self::SafetyOfficer)
            }
            P::WorkTasks | P::ConfirmGrades | P::Snooze | P::EnterReports => {
                matches!(self, Self::Nurse | Self::Physician)
            }
            P::ViewRegistry => !matches!(self, Self::Administrator),
            P::ViewContact => matches!(self, Self::Nurse | Self::Physician | Self::Coordinator),
            P::EditRegistry => matches!(self, Self::Nurse | Self::Physician | Self::Coordinator),
            P::Import => matches!(self, Self::Coordinator),
            P::ViewSummary => {
                matches!(self, Self::Nurse | Self::Physician | Self::SafetyOfficer | Self::Reader)
            }
            P::Export => matches!(self, Self::Physician | Self::SafetyOfficer | Self::Reader),
            P::RehearseRules => matches!(self, Self::Physician | Self::SafetyOfficer),
            P::ViewMail => matches!(
                self,
                Self::Nurse | Self::Physician | Self::Coordinator | Self::Administrator
            ),
            P::PauseMail => {
                matches!(self, Self::Physician | Self::SafetyOfficer | Self::Administrator)
            }
            P::ManageDuty => matches!(self, Self::Nurse | Self::Physician | Self::Administrator),
            P::ManageStaff | P::ManageSite | P::EditLetters => {
                matches!(self, Self::Administrator)
            }
            P::ViewAudit => {
                matches!(self, Self::Administrator | Self::SafetyOfficer | Self::Reader)
            }
        }
    }
}

/// The clinics whose rows a query may return. Every query over a clinic's rows takes one.
///
/// A foreign row and a missing row answer alike: nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    sites: Vec<SiteId>,
}

impl Scope {
    /// These clinics and no others.
    #[must_use]
    pub fn of(sites: impl IntoIterator<Item = SiteId>) -> Self {
        let mut sites: Vec<SiteId> = sites.into_iter().collect();
        sites.sort_unstable();
        sites.dedup();
        Self { sites }
    }

    /// The clinics.
    #[must_use]
    pub fn sites(&self) -> &[SiteId] {
        &self.sites
    }

    /// Whether rows of this clinic may be seen.
    #[must_use]
    pub fn allows(&self, site: SiteId) -> bool {
        self.sites.contains(&site)
    }
}

/// Who did something, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Staff {
        /// Who.
        id: StaffId,
        /// The name as it is now.
        name: String,
    },
    /// Somebody behind a patient's link.
    Patient {
        /// Whose link.
        patient: PatientId,
        /// Which link.
        link: LinkId,
    },
    /// Another system.
    Api {
        /// Which key.
        token: ApiTokenId,
        /// What the key is called.
        name: String,
    },
    /// The program itself: schedule, worker.
    System,
    /// A person at the command line.
    Operator,
}

impl Actor {
    /// The staff member, if it is one.
    #[must_use]
    pub const fn staff(&self) -> Option<StaffId> {
        match self {
            Self::Staff { id, .. } => Some(*id),
            _ => None,
        }
    }
}
