//! Every mail, past and future, for the people of its clinic.

use diesel::dsl::count_star;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::WAITING;
use crate::domain::Codelist as _;
use crate::domain::letter::{AttemptResult, LetterKind, MailState, Priority, StopCause};
use crate::domain::{Language, OutboxId, PatientId, Scope, SiteId, StaffId, TaskId, Timestamp};
use crate::store::literal::waiting_letter;
use crate::store::schema::{delivery_attempt, membership, outbox, patient, staff};
use crate::store::{Connection, Result, pauses};

/// Most rows of one page.
pub const PAGE: i64 = 200;

/// The mails that a scope shows: those of its clinics, and the installation's own (invitations)
/// to people of its clinics or to people of no clinic, and those about the registry itself.
macro_rules! visible {
    ($scope:expr) => {
        outbox::site_id.eq_any($scope.sites().to_vec()).or(outbox::site_id
            .is_null()
            .and(outbox::staff_id.is_not_null().or(outbox::fault.is_not_null()))
            .and(
                outbox::fault
                    .is_not_null()
                    .or(outbox::staff_id.eq_any(
                        membership::table
                            .filter(membership::site_id.eq_any($scope.sites().to_vec()))
                            .select(membership::staff_id.nullable()),
                    ))
                    .or(outbox::staff_id
                        .ne_all(membership::table.select(membership::staff_id.nullable()))),
            ))
    };
}
pub(super) use visible;

/// One mail as a list shows it. No address: that is contact data.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Mail {
    /// Which one.
    pub id: OutboxId,
    /// What it is about.
    pub kind: LetterKind,
    /// Where it stands.
    pub state: MailState,
    /// Why it was cancelled or failed.
    pub cause: Option<StopCause>,
    /// The clinic it is from.
    pub site: Option<SiteId>,
    /// The patient it goes to.
    pub patient: Option<PatientId>,
    /// The clinic's number for the patient.
    pub patient_code: Option<String>,
    /// The member of staff it goes to.
    pub staff: Option<StaffId>,
    /// Their name.
    pub staff_name: Option<String>,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The reader's language.
    pub language: Language,
    /// When it is or was due.
    pub due_at: Timestamp,
    /// When it is tried next, while it waits.
    pub next_try_at: Timestamp,
    /// Tries so far.
    pub attempts: i32,
    /// When it was accepted, cancelled or failed.
    pub settled_at: Option<Timestamp>,
}

/// Which mails to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this one.
    pub id: Option<OutboxId>,
    /// Only in this state; `Planned` includes what is being sent at the moment.
    pub state: Option<MailState>,
    /// Only of this kind.
    pub kind: Option<LetterKind>,
    /// Only to this patient.
    pub patient: Option<PatientId>,
    /// Only to the patients with this number.
    pub patient_code: Option<String>,
    /// Only of this clinic.
    pub site: Option<SiteId>,
    /// Only after this row of the page before.
    pub after: Option<(Timestamp, OutboxId)>,
    /// At most so many rows, 1 to 200.
    pub limit: i64,
}

/// Mails of the clinics in scope, the latest due first.
pub fn list(conn: &mut Connection, scope: &Scope, filter: &Filter) -> Result<Vec<Mail>> {
    let mut query = outbox::table
        .left_join(patient::table)
        .left_join(staff::table)
        .filter(visible!(scope))
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(outbox::id.eq(id));
    }
    query = match filter.state {
        None => query,
        Some(MailState::Planned) => query.filter(outbox::state.eq_any(WAITING)),
        Some(state) => query.filter(outbox::state.eq(state)),
    };
    if let Some(kind) = filter.kind {
        query = query.filter(outbox::kind.eq(kind));
    }
    if let Some(patient) = filter.patient {
        query = query.filter(outbox::patient_id.eq(patient));
    }
    if let Some(code) = &filter.patient_code {
        query = query.filter(patient::code.nullable().eq(code));
    }
    if let Some(site) = filter.site {
        query = query.filter(outbox::site_id.eq(site));
    }
    if let Some((due_at, id)) = filter.after {
        query = query
            .filter(outbox::due_at.lt(due_at).or(outbox::due_at.eq(due_at).and(outbox::id.lt(id))));
    }
    Ok(query
        .order((outbox::due_at.desc(), outbox::id.desc()))
        .limit(filter.limit.clamp(1, PAGE))
        .select((
            outbox::id,
            outbox::kind,
            outbox::state,
            outbox::cause,
            outbox::site_id,
            outbox::patient_id,
            patient::code.nullable(),
            outbox::staff_id,
            staff::name.nullable(),
            outbox::task_id,
            outbox::language,
            outbox::due_at,
            outbox::next_try_at,
            outbox::attempts,
            outbox::settled_at,
        ))
        .load(conn)?)
}

/// One try at sending a mail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub result: AttemptResult,
    /// What the server said, without addresses.
    pub detail: Option<String>,
}

/// The tries of one mail of a clinic in scope, in order. None for a mail of another clinic.
pub fn attempts(conn: &mut Connection, scope: &Scope, id: OutboxId) -> Result<Vec<Attempt>> {
    Ok(delivery_attempt::table
        .inner_join(outbox::table)
        .filter(visible!(scope))
        .filter(outbox::id.eq(id))
        .order((delivery_attempt::at, delivery_attempt::id))
        .select((delivery_attempt::at, delivery_attempt::result, delivery_attempt::detail))
        .load(conn)?)
}

/// Counts of all mails that were ever planned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// The mail server took them.
    pub accepted: i64,
    /// No longer wanted.
    pub cancelled: i64,
    /// A person must look.
    pub failed: i64,
    /// They came back: a person must look.
    pub bounced: i64,
    /// Still to be sent, now or later.
    pub waiting: i64,
}

impl Balance {
    /// All that were ever planned.
    #[must_use]
    pub const fn planned(self) -> i64 {
        self.accepted + self.cancelled + self.failed + self.bounced + self.waiting
    }
}

/// What became of the mails of the clinics in scope.
pub fn balance(conn: &mut Connection, scope: &Scope) -> Result<Balance> {
    let counts = outbox::table
        .filter(visible!(scope))
        .group_by(outbox::state)
        .select((outbox::state, count_star()))
        .load::<(MailState, i64)>(conn)?;
    let mut balance = Balance::default();
    for (state, count) in counts {
        match state {
            MailState::Planned | MailState::Sending => balance.waiting += count,
            MailState::Accepted => balance.accepted += count,
            MailState::Failed => balance.failed += count,
            MailState::Bounced => balance.bounced += count,
            MailState::Cancelled => balance.cancelled += count,
        }
    }
    Ok(balance)
}

/// How many mails the clinics in scope ever owed, counted apart from what became of them.
pub fn planned(conn: &mut Connection, scope: &Scope) -> Result<i64> {
    Ok(outbox::table.filter(visible!(scope)).count().get_result(conn)?)
}

/// How many letters of a kind a patient was owed since an instant.
pub fn count_since(
    conn: &mut Connection,
    patient: PatientId,
    kind: LetterKind,
    since: Timestamp,
) -> Result<i64> {
    Ok(outbox::table
        .filter(outbox::patient_id.eq(patient).and(outbox::kind.eq(kind)))
        .filter(outbox::recorded_at.gt(since))
        .count()
        .get_result(conn)?)
}

/// How many mails of the whole installation should have left by now but have not
/// for longer than `patience`. Not zero means: mail does not work.
pub fn overdue(conn: &mut Connection, now: Timestamp, patience: SignedDuration) -> Result<i64> {
    let paused = pauses::paused_sites(conn)?;
    Ok(outbox::table
        .filter(waiting_letter())
        .filter(
            outbox::site_id
                .is_null()
                .or(outbox::priority.ne(Priority::Patient.rank()))
                .or(outbox::site_id.ne_all(paused)),
        )
        .filter(outbox::due_at.le(now.minus(patience)))
        .count()
        .get_result(conn)?)
}

/// When the worker has something to do next.
pub fn next_due(conn: &mut Connection) -> Result<Option<Timestamp>> {
    let mut next = None;
    // By priority, as the index has it.
    for priority in Priority::ALL {
        let held = pauses::held_sites(conn, *priority)?;
        let first: Option<Timestamp> = outbox::table
            .filter(waiting_letter())
            .filter(outbox::site_id.is_null().or(outbox::site_id.ne_all(held)))
            .filter(outbox::priority.eq(priority.rank()))
            .order(outbox::next_try_at)
            .select(outbox::next_try_at)
            .first(conn)
            .optional()?;
        next = next.into_iter().chain(first).min();
    }
    Ok(next)
}
