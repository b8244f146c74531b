//! The clinics' gateways, and the calls that are owed to them.
//!
//! As in the outbox a call is owed in the transaction that causes it, taken for a while
//! before it is made, and made again rather than never.

use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::json;

use super::literal::waiting_call;
use super::schema::{hook_call, site, task, web_hook};
use super::{Connection, Result, audit};
use crate::domain::letter::{MailState, Priority, backoff};
use crate::domain::task::TaskState;
use crate::domain::{Actor, Codelist, HookCallId, Level, SiteId, TaskId, Timestamp};

/// How long a call is taken for: several times its deadline.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How long a call is of use, in minutes: the next steps have come by then.
const USEFUL_MIN: i64 = 60;
/// Calls that the page shows.
const SHOWN: i64 = 10;

/// A clinic's gateway.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Hook {
    /// Where it is.
    pub url: String,
    /// What calls are signed with.
    pub secret: String,
    /// Whether it is called at all.
    pub is_active: bool,
    /// Rises with every change.
    pub version: i32,
}

/// The gateway of a clinic.
pub fn find(conn: &mut Connection, at: SiteId) -> Result<Option<Hook>> {
    Ok(web_hook::table
        .find(at)
        .select((web_hook::url, web_hook::secret, web_hook::is_active, web_hook::version))
        .first(conn)
        .optional()?)
}

/// Keeps a clinic's gateway.
pub fn keep(conn: &mut Connection, now: Timestamp, at: SiteId, new: &Hook) -> Result<()> {
    diesel::replace_into(web_hook::table)
        .values((
            web_hook::site_id.eq(at),
            web_hook::url.eq(&new.url),
            web_hook::secret.eq(&new.secret),
            web_hook::is_active.eq(new.is_active),
            web_hook::version.eq(new.version),
            web_hook::recorded_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Owes a call about a task, or a test, if the clinic has a gateway that is called. One
/// reason owes one call.
pub fn owe(
    conn: &mut Connection,
    now: Timestamp,
    at: SiteId,
    about: Option<TaskId>,
    reason: &str,
) -> Result<bool> {
    if !find(conn, at)?.is_some_and(|hook| hook.is_active) {
        return Ok(false);
    }
    let rows = diesel::insert_into(hook_call::table)
        .values((
            hook_call::id.eq(HookCallId::new()),
            hook_call::site_id.eq(at),
            hook_call::task_id.eq(about),
            hook_call::state.eq(MailState::Planned),
            hook_call::due_at.eq(now),
            hook_call::next_try_at.eq(now),
            hook_call::pointless_at.eq(now.plus_minutes(USEFUL_MIN)),
            hook_call::dedup_key.eq(format!("{at} {reason}")),
        ))
        .on_conflict(hook_call::dedup_key)
        .do_nothing()
        .execute(conn)?;
    Ok(rows == 1)
}

/// A call that was taken, with all that it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Which: the same on every try.
    pub id: HookCallId,
    /// Where to.
    pub hook: Hook,
    /// The code of the clinic.
    pub site: String,
    /// The task: id, number and level. None for a test.
    pub task: Option<(TaskId, i64, Level)>,
    /// Tries so far, this one included.
    pub attempts: i32,
}

/// Whether a call is due. A look costs no commit.
pub fn is_due(conn: &mut Connection, now: Timestamp) -> Result<bool> {
    let due = hook_call::table.filter(waiting_call()).filter(hook_call::next_try_at.le(now));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// Takes the next call that is due and still wanted. Commit before calling.
pub fn claim(conn: &mut Connection, now: Timestamp) -> Result<Option<Owed>> {
    type Row = (HookCallId, SiteId, Option<TaskId>, Timestamp, i32);
    loop {
        let next: Option<Row> = hook_call::table
            .filter(waiting_call())
            .filter(hook_call::next_try_at.le(now))
            .order((hook_call::next_try_at, hook_call::id))
            .select((
                hook_call::id,
                hook_call::site_id,
                hook_call::task_id,
                hook_call::pointless_at,
                hook_call::attempts,
            ))
            .first(conn)
            .optional()?;
        let Some((id, at, about, pointless_at, attempts)) = next else { return Ok(None) };
        if pointless_at <= now {
            let state = if attempts > 0 { MailState::Failed } else { MailState::Cancelled };
            settle(conn, now, id, state, None)?;
            continue;
        }
        let Some(hook) = find(conn, at)?.filter(|hook| hook.is_active) else {
            settle(conn, now, id, MailState::Cancelled, Some("the gateway is switched off"))?;
            continue;
        };
        let task = match about {
            None => None,
            Some(about) => {
                let (number, level, state, taken) = task::table
                    .find(about)
                    .select((task::number, task::level, task::state, task::acknowledged_at))
                    .first::<(i64, Level, TaskState, Option<Timestamp>)>(conn)?;
                if state == TaskState::Closed || taken.is_some() {
                    settle(conn, now, id, MailState::Cancelled, Some("the task was taken"))?;
                    continue;
                }
                Some((about, number, level))
            }
        };
        let attempts = attempts.saturating_add(1);
        diesel::update(hook_call::table.find(id))
            .set((
                hook_call::state.eq(MailState::Sending),
                hook_call::next_try_at.eq(now.plus(LEASE)),
                hook_call::attempts.eq(attempts),
            ))
            .execute(conn)?;
        let site = site::table.find(at).select(site::code).first(conn)?;
        return Ok(Some(Owed { id, hook, site, task, attempts }));
    }
}

/// Ends a call that waits, once, with its entry in the audit trail.
pub fn settle(
    conn: &mut Connection,
    now: Timestamp,
    id: HookCallId,
    state: MailState,
    detail: Option<&str>,
) -> Result<()> {
    let at: Option<SiteId> = diesel::update(hook_call::table.find(id))
        .filter(hook_call::settled_at.is_null())
        .set((hook_call::state.eq(state), hook_call::settled_at.eq(now)))
        .returning(hook_call::site_id)
        .get_result(conn)
        .optional()?;
    if let Some(detail) = detail {
        note(conn, id, detail)?;
    }
    let Some(at) = at else { return Ok(()) };
    let action = format!("hook.{}", state.code());
    let object = ("hook_call", &id as &dyn std::fmt::Display);
    let said = json!({ "detail": detail });
    audit::append(conn, now, &Actor::System, Some(at), &action, object, &said)
}

/// The gateway did not take the call: it waits for its next try.
pub fn postponed(conn: &mut Connection, now: Timestamp, of: &Owed, detail: &str) -> Result<()> {
    let attempts = u32::try_from(of.attempts).unwrap_or(0);
    diesel::update(hook_call::table.find(of.id))
        .filter(hook_call::state.eq(MailState::Sending))
        .set((
            hook_call::state.eq(MailState::Planned),
            hook_call::next_try_at.eq(now.plus(backoff(Priority::Alert, attempts))),
        ))
        .execute(conn)?;
    note(conn, of.id, detail)
}

fn note(conn: &mut Connection, id: HookCallId, detail: &str) -> Result<()> {
    diesel::update(hook_call::table.find(id)).set(hook_call::detail.eq(detail)).execute(conn)?;
    Ok(())
}

/// A call as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Call {
    /// When it was owed.
    pub due_at: Timestamp,
    /// The number of its task; none for a test.
    pub task: Option<i64>,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i32,
    /// What the last try came to.
    pub detail: Option<String>,
}

/// The newest calls to a clinic's gateway.
pub fn newest(conn: &mut Connection, at: SiteId) -> Result<Vec<Call>> {
    Ok(hook_call::table
        .left_join(task::table)
        .filter(hook_call::site_id.eq(at))
        .order((hook_call::due_at.desc(), hook_call::id.desc()))
        .limit(SHOWN)
        .select((
            hook_call::due_at,
            task::number.nullable(),
            hook_call::state,
            hook_call::attempts,
            hook_call::detail,
        ))
        .load(conn)?)
}
