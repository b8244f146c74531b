//! What we write to people, and what becomes of it.
//!
//! A letter is owed by kind and recipient; its words are made when it is sent.
//! `sent` is never `seen`: accepting a mail says nothing about a reader.

use jiff::SignedDuration;

use super::codelist::codelist;

codelist! {
    /// What a mail is about. None of them may tell a stranger anything.
    pub enum LetterKind: "kind of mail" {
        /// Asks a patient for a check-in.
        CheckInPrompt = "check_in_prompt",
        /// Asks again.
        CheckInReminder = "check_in_reminder",
        /// A patient's link, for the first time or again.
        Link = "link",
        /// Tells whoever is on duty that a task needs them now.
        Alert = "alert",
        /// Tells whoever can mend it of a fault of the registry itself.
        Alarm = "alarm",
        /// Lets a new member of staff set a password.
        StaffInvitation = "staff_invitation",
        /// Lets a member of staff set a new password.
        PasswordReset = "password_reset",
        /// Shows that mail works.
        MailTest = "mail_test",
    }
}

impl LetterKind {
    /// Which queue it waits in.
    #[must_use]
    pub const fn priority(self) -> Priority {
        match self {
            Self::Alert | Self::Alarm => Priority::Alert,
            Self::CheckInPrompt | Self::CheckInReminder | Self::Link => Priority::Patient,
            Self::StaffInvitation | Self::PasswordReset | Self::MailTest => Priority::Account,
        }
    }

    /// Whether it asks a patient for a check-in, and so stops with the follow-up.
    #[must_use]
    pub const fn is_prompt(self) -> bool {
        matches!(self, Self::CheckInPrompt | Self::CheckInReminder)
    }
}

codelist! {
    /// The order of sending: alerts never wait for prompts.
    pub enum Priority: "priority of mail" {
        /// A person must act.
        Alert = "alert",
        /// A patient is asked, or sent a link.
        Patient = "patient",
        /// Staff accounts and tests.
        Account = "account",
    }
}

impl Priority {
    /// 0 is sent first.
    #[must_use]
    pub const fn rank(self) -> i32 {
        self as i32
    }
}

codelist! {
    /// Where a mail stands. Planned = accepted + cancelled + failed + bounced + still waiting.
    pub enum MailState: "state of mail" {
        /// Waits for its time or its next try.
        Planned = "planned",
        /// Is being sent; if that dies, it waits again.
        Sending = "sending",
        /// The mail server took it.
        Accepted = "accepted",
        /// It cannot be delivered: a person must look.
        Failed = "failed",
        /// The mail server took it and it came back: a person must look.
        Bounced = "bounced",
        /// It was no longer wanted; the cause says why.
        Cancelled = "cancelled",
    }
}

codelist! {
    /// Why a mail was not sent.
    pub enum StopCause: "cause" {
        /// The patient is on hold.
        OnHold = "on_hold",
        /// The patient is in hospital.
        InHospital = "in_hospital",
        /// The patient withdrew consent.
        Withdrawn = "withdrawn",
        /// The patient died.
        Died = "died",
        /// The patient moved to another clinic.
        Moved = "moved",
        /// The patient stopped the mails.
        PromptsStopped = "prompts_stopped",
        /// The check-in was answered.
        Answered = "answered",
        /// The check-in is over.
        Closed = "closed",
        /// The next infusion took the check-in's place.
        Superseded = "superseded",
        /// The check-in was cancelled.
        CheckInCancelled = "check_in_cancelled",
        /// The link was revoked or has ended.
        LinkEnded = "link_ended",
        /// The clinic is no longer active.
        SiteInactive = "site_inactive",
        /// The member of staff is no longer active.
        StaffInactive = "staff_inactive",
        /// The task was closed.
        TaskClosed = "task_closed",
        /// It is too late for it to be of use.
        Pointless = "pointless",
        /// Another letter about the same took its place.
        Replaced = "replaced",
        /// Failed: there is no e-mail address.
        NoAddress = "no_address",
        /// Failed: recipient, patient and infusion do not belong together.
        Mismatch = "mismatch",
        /// Failed: the mail cannot be written (a bad address or name).
        Unwritable = "unwritable",
        /// Failed: the mail server refused it for good.
        Refused = "refused",
        /// Bounced: the mail came back.
        Returned = "returned",
    }
}

codelist! {
    /// What a key of another system may do: one thing each, so that a mail server cannot read.
    pub enum KeyPurpose: "purpose of a key" {
        /// Hand in reports and read lists.
        Registry = "registry",
        /// Hand in notices about returned mail.
        Bounces = "bounces",
    }
}

/// Why no mail asks for a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyUnasked {
    /// The clinic has paused its mail.
    Paused,
    /// The patient is in hospital.
    InHospital,
    /// The patient stopped the mails.
    Stopped,
    /// There is no e-mail address.
    NoAddress,
}

codelist! {
    /// What came of one try.
    pub enum AttemptResult: "result of a try" {
        /// The mail server took the mail.
        Accepted = "accepted",
        /// It did not, but may later.
        Retry = "retry",
        /// It never will.
        Refused = "refused",
        /// A notice came that it is late and still tried elsewhere.
        Delayed = "delayed",
        /// A notice came that it was given up.
        Bounced = "bounced",
    }
}

/// How long to wait after so many tries (1 after the first).
///
/// Alerts come again within a minute at the latest. The others leave greylisting
/// servers the 5 to 30 minutes they commonly want. There is no chance in it, so
/// that a page can say when the next try is; four connections need no spreading.
#[must_use]
pub fn backoff(priority: Priority, attempts: u32) -> SignedDuration {
    let seconds: &[i64] = match priority {
        Priority::Alert => &[5, 10, 20, 40, 60],
        Priority::Patient | Priority::Account => &[60, 300, 600, 1200, 1800],
    };
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let last = seconds.last().copied().unwrap_or(60);
    SignedDuration::from_secs(seconds.get(index).copied().unwrap_or(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codelist;

    #[test]
    fn alerts_come_again_within_a_minute_and_prompts_outlast_greylisting() {
        for (priority, attempts, seconds) in [
            (Priority::Alert, 0, 5),
            (Priority::Alert, 1, 5),
            (Priority::Alert, 2, 10),
            (Priority::Alert, 5, 60),
            (Priority::Alert, 1000, 60),
            (Priority::Alert, u32::MAX, 60),
            (Priority::Patient, 1, 60),
            (Priority::Patient, 2, 300),
            (Priority::Patient, 5, 1800),
            (Priority::Account, 1000, 1800),
        ] {
            let wait = backoff(priority, attempts);
            assert_eq!(wait, SignedDuration::from_secs(seconds), "{priority:?} {attempts}");
        }
    }

    #[test]
    fn nothing_goes_before_an_alert() {
        for kind in LetterKind::ALL {
            let first = matches!(kind, LetterKind::Alert | LetterKind::Alarm);
            assert_eq!(kind.priority().rank() == 0, first, "{kind:?}");
        }
    }
}
