//! Letters about faults of the registry itself, to those who can mend them.

use diesel::prelude::*;

use crate::domain::fault::Fault;
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::registry::ActiveState;
use crate::domain::{Codelist as _, Language, OutboxId, StaffId, Timestamp};
use crate::store::schema::{outbox, site, staff};
use crate::store::{Connection, Result, installation};

/// The fact that holds the address of whoever looks after the server.
pub(super) const OPERATOR: &str = "operator_address";
/// A fault that lasts is told of again after so many hours.
const AGAIN_AFTER_HOURS: i64 = 1;

/// Owes a letter about each fault to the administrators and, if an address is known, to whoever
/// looks after the server; at most one an hour to each about each fault. Returns how many.
pub fn owe_alarms(
    conn: &mut Connection,
    now: Timestamp,
    faults: &[Fault],
    operator: Option<&str>,
) -> Result<usize> {
    let mut people: Vec<(Option<StaffId>, Language)> = staff::table
        .filter(staff::is_administrator.eq(true).and(staff::state.eq(ActiveState::Active)))
        .order(staff::id)
        .select((staff::id.nullable(), staff::language))
        .load(conn)?;
    if let Some(address) = operator {
        installation::set(conn, OPERATOR, address)?;
        let language = site::table
            .filter(site::state.eq(ActiveState::Active))
            .order(site::code)
            .select(site::language)
            .first(conn)
            .optional()?;
        people.push((None, language.unwrap_or(Language::En)));
    }
    let mut owed = 0;
    for fault in faults {
        let told = outbox::table
            .filter(outbox::fault.eq(*fault))
            .filter(outbox::recorded_at.gt(now.plus_hours(-AGAIN_AFTER_HOURS)))
            // After the clock was moved back, what was told in the future does not count.
            .filter(outbox::recorded_at.le(now));
        if diesel::select(diesel::dsl::exists(told)).get_result(conn)? {
            continue;
        }
        for (to, language) in &people {
            owed += owe(conn, now, *fault, *to, *language)?;
        }
    }
    Ok(owed)
}

fn owe(
    conn: &mut Connection,
    now: Timestamp,
    fault: Fault,
    to: Option<StaffId>,
    language: Language,
) -> Result<usize> {
    let (id, kind) = (OutboxId::new(), LetterKind::Alarm);
    let reader = to.map_or_else(|| "operator".to_owned(), |id| id.to_string());
    Ok(diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(id),
            outbox::kind.eq(kind),
            outbox::priority.eq(kind.priority().rank()),
            outbox::staff_id.eq(to),
            outbox::to_operator.eq(to.is_none()),
            outbox::fault.eq(fault),
            outbox::language.eq(language),
            outbox::due_at.eq(now),
            // An hour later there is another one, if it is still true.
            outbox::pointless_at.eq(now.plus_hours(AGAIN_AFTER_HOURS)),
            outbox::state.eq(MailState::Planned),
            outbox::next_try_at.eq(now),
            outbox::message_id.eq(format!("outbox-{id}")),
            outbox::dedup_key.eq(format!("{} {} {reader} {now}", kind.code(), fault.code())),
            outbox::recorded_at.eq(now),
        ))
        .on_conflict(outbox::dedup_key)
        .do_nothing()
        .execute(conn)?)
}
