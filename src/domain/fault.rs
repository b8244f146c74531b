//! What the auditor can find wrong with the machinery itself.
//!
//! An error page is seen by somebody; an alert that was never written is seen by nobody.
//! So the state that must hold is looked at from outside, and what does not hold has a
//! code that never changes, a count, and words that say what to do ([`crate::i18n::faults`]).

use jiff::SignedDuration;

use super::Timestamp;
use super::codelist::codelist;

/// How long work may be late before somebody is told. With a look each minute and a second
/// one to be sure, every fault shows within five minutes.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(3);
/// How far back in time the machine's clock may step without notice: time servers correct it.
const CLOCK_STEP: SignedDuration = SignedDuration::from_secs(5);
/// A disk is nearly full below this share in percent (SECURITY R7) …
const LEAST_PERCENT: u64 = 10;
/// … unless so much is free that it does not matter.
const PLENTY_BYTES: u64 = 20 << 30;

codelist! {
    /// A fault of the registry itself. Codes stand in mails and monitors: only ever add.
    pub enum Fault: "fault" {
        /// The auditor could not read the database.
        Unreadable = "F01",
        /// Nothing can be saved.
        NotWritable = "F02",
        /// The auditor itself has not looked for some minutes.
        AuditorStopped = "F03",
        /// The schedule is not worked off.
        ScheduleStopped = "F04",
        /// The mail worker is not at work.
        MailStopped = "F05",
        /// Letters are due and nobody tries to send them.
        MailNotTried = "F06",
        /// Mail is tried, and the mail server takes none.
        MailFailing = "F07",
        /// An alert has not left.
        AlertLate = "F08",
        /// An urgent task that nobody has taken, and no alert is owed for it.
        AlertMissing = "F09",
        /// An urgent task that nobody has taken, and none of its alerts arrived.
        NobodyTold = "F10",
        /// A clinic without anybody on duty.
        NobodyOnDuty = "F11",
        /// Nobody administers the installation.
        NoAdministrator = "F12",
        /// A report that no rules could judge, and whose task is still open.
        NotEvaluated = "F13",
        /// A report that needs a person, without a task.
        WithoutTask = "F14",
        /// A report that needs a person, without the rules that say why.
        WithoutReasons = "F15",
        /// A report without its entry in the audit trail.
        NotInTrail = "F16",
        /// A product in use whose rule set is not there.
        RulesMissing = "F17",
        /// A check-in that is over and was not closed.
        NotClosed = "F18",
        /// An infusion without check-ins.
        FollowUpMissing = "F19",
        /// A check-in that is due and for which no question was ever planned.
        QuestionMissing = "F20",
        /// The clock is behind what was written already.
        ClockMovedBack = "F21",
        /// The audit trail is not as it was written.
        TrailBroken = "F22",
        /// The last copy of the database is too old.
        BackupOld = "F23",
        /// The disk is nearly full.
        DiskNearlyFull = "F24",
        /// The next people should have been told about a task and were not.
        StepOverdue = "F25",
        /// An urgent task that nobody has taken, and no further people will be told.
        StepsMissing = "F26",
        /// The text of a mail cannot be sent, and the built-in one goes instead.
        TextUnusable = "F27",
    }
}

impl Fault {
    /// Whether starting the program anew may mend it, so that a watchdog should. A full disk
    /// is not mended by it, and reading goes on there.
    #[must_use]
    pub const fn may_be_mended_by_a_new_start(self) -> bool {
        matches!(
            self,
            Self::Unreadable
                | Self::ScheduleStopped
                | Self::MailStopped
                | Self::MailNotTried
                | Self::NotClosed
                | Self::StepOverdue
        )
    }
}

/// A fault, and how many things have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// How many; 1 where counting makes no sense.
    pub count: i64,
}

impl Finding {
    /// A fault of the whole.
    #[must_use]
    pub const fn one(fault: Fault) -> Self {
        Self { fault, count: 1 }
    }
}

/// What was seen at one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Rows that should not be, counted by the database.
    pub counted: Vec<(Fault, i64)>,
    /// Parts that should be at work and are not.
    pub stopped: Vec<Fault>,
    /// Whether something could be saved.
    pub is_writable: bool,
    /// When the oldest entry of the audit trail was written, and the latest instant in it.
    pub trail: Option<(Timestamp, Timestamp)>,
    /// Whether the audit trail is as it was written.
    pub is_trail_whole: bool,
    /// When the last copy was made.
    pub last_backup: Option<Timestamp>,
    /// How old the last copy may be; none: nobody asks.
    pub backup_limit: Option<SignedDuration>,
    /// Free bytes of the disk and their share in percent, where the system tells.
    pub disk: Option<(u64, u64)>,
}

impl Seen {
    /// What of it is wrong, in the order of the codes.
    #[must_use]
    pub fn findings(&self, now: Timestamp) -> Vec<Finding> {
        let mut found: Vec<Finding> = self
            .counted
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|&(fault, count)| Finding { fault, count })
            .collect();
        found.extend(self.stopped.iter().copied().map(Finding::one));
        let others = [
            (Fault::NotWritable, !self.is_writable),
            (Fault::TrailBroken, !self.is_trail_whole),
            (
                Fault::ClockMovedBack,
                self.trail.is_some_and(|(_, newest)| newest > now.plus(CLOCK_STEP)),
            ),
            (Fault::BackupOld, self.backup_is_old(now)),
            (
                Fault::DiskNearlyFull,
                self.disk.is_some_and(|(free, percent)| is_nearly_full(free, percent)),
            ),
        ];
        found.extend(others.iter().filter(|(_, is)| *is).map(|(fault, _)| Finding::one(*fault)));
        found.sort_by_key(|finding| finding.fault);
        found
    }

    /// A registry that was never copied gets as long for its first copy as between two.
    fn backup_is_old(&self, now: Timestamp) -> bool {
        let Some(limit) = self.backup_limit else { return false };
        let since = self.last_backup.or(self.trail.map(|(oldest, _)| oldest));
        since.is_some_and(|since| now.since(since) > limit)
    }
}

/// Whether a disk with so many free bytes, that share in percent, is nearly full.
#[must_use]
pub const fn is_nearly_full(free: u64, percent: u64) -> bool {
    percent < LEAST_PERCENT && free < PLENTY_BYTES
}

/// What two looks have both found, with the count of the second. Work that the first look
/// found in the middle of being done is done at the second.
#[must_use]
pub fn both(first: &[Finding], second: &[Finding]) -> Vec<Finding> {
    let known = |fault| first.iter().any(|finding| finding.fault == fault);
    second.iter().filter(|finding| known(finding.fault)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T02:00:00Z".parse().unwrap()
    }

    fn well() -> Seen {
        Seen { is_writable: true, is_trail_whole: true, ..Seen::default() }
    }

    #[test]
    fn what_is_well_has_no_finding_and_zero_is_none() {
        assert_eq!(well().findings(now()), []);
        let seen = Seen { counted: vec![(Fault::AlertLate, 0)], ..well() };
        assert_eq!(seen.findings(now()), []);
    }

    #[test]
    fn a_small_step_of_the_clock_is_no_fault_and_a_larger_one_is() {
        let trail = |at: Timestamp| Seen { trail: Some((now(), at)), ..well() };
        let seconds = |seconds| now().plus(SignedDuration::from_secs(seconds));
        assert_eq!(trail(seconds(5)).findings(now()), []);
        let found = trail(seconds(6)).findings(now());
        assert_eq!(found, [Finding::one(Fault::ClockMovedBack)]);
    }

    #[test]
    fn a_backup_is_old_after_its_limit_counted_from_the_first_entry_where_there_is_none() {
        let limit = SignedDuration::from_hours(26);
        for (hours, last, is_old) in
            [(25, None, false), (27, None, true), (100, Some(75), false), (100, Some(73), true)]
        {
            let at = now().plus_hours(hours);
            let seen = Seen {
                trail: Some((now(), at)),
                last_backup: last.map(|hours| now().plus_hours(hours)),
                backup_limit: Some(limit),
                ..well()
            };
            let expected: &[Finding] = if is_old { &[Finding::one(Fault::BackupOld)] } else { &[] };
            assert_eq!(seen.findings(at), expected, "{hours} {last:?}");
            assert_eq!(Seen { backup_limit: None, ..seen }.findings(at), []);
        }
    }

    #[test]
    fn a_large_disk_with_much_room_is_not_nearly_full() {
        for (free, percent, expected) in
            [(1 << 30, 9, true), (1 << 30, 10, false), (100 << 30, 9, false), (0, 0, true)]
        {
            assert_eq!(is_nearly_full(free, percent), expected, "{free} {percent}");
        }
    }

    #[test]
    fn only_what_both_looks_found_counts_with_the_later_number() {
        let first = [Finding { fault: Fault::AlertLate, count: 1 }];
        let second = [
            Finding { fault: Fault::AlertLate, count: 2 },
            Finding { fault: Fault::NotClosed, count: 3 },
        ];
        assert_eq!(both(&first, &second), [second[0]]);
    }
}
