//! The queue: open tasks, worst first, then by time left; and the closed ones, newest first.
//!
//! Pages are cut by key, not by number: a page stays where it is when rows before it
//! come and go. Each clinic is read along its own partial index and the pages are
//! merged, so that the cost does not grow with the number of closed tasks.

mod entries;
mod waiting;

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::sqlite::Sqlite;

use super::schema::{duty, patient, site, staff, task};
use super::task_actions::TaskRow;
use super::{Connection, Result, rota};
use crate::domain::chain::Audience;
use crate::domain::registry::ActiveState;
use crate::domain::task::TaskKind;
use crate::domain::{Codelist, Level, Scope, SiteId, StaffId, TaskId, Timestamp, Zone};

pub use entries::{Contact, Entry, FlagRow, ReportHead, entries};
pub use waiting::{Waiting, emergencies};

/// Rows of one page.
pub const PAGE: usize = 50;

/// Whose tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Owner {
    /// Anybody's.
    #[default]
    Anybody,
    /// This person's.
    Person(StaffId),
    /// Those that nobody has.
    Nobody,
}

/// Which open tasks to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filter {
    /// Whose.
    pub owner: Owner,
    /// Of which level.
    pub level: Option<Level>,
    /// Of which clinic.
    pub site: Option<SiteId>,
    /// Of which kind.
    pub kind: Option<TaskKind>,
    /// Only those whose time is over.
    pub overdue: bool,
}

/// The place of a task in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 0 for EMERGENCY to 4.
    pub urgency_rank: i32,
    /// Until when the patient must be reached.
    pub contact_by: Timestamp,
    /// Which task.
    pub id: TaskId,
}

impl Place {
    /// The place of a row.
    #[must_use]
    pub const fn of(row: &TaskRow) -> Self {
        Self { urgency_rank: row.urgency_rank, contact_by: row.contact_by, id: row.id }
    }
}

/// Where a page begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cut<P> {
    /// At the top.
    #[default]
    Top,
    /// Behind this place.
    After(P),
    /// In front of this place.
    Before(P),
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its rows, in order.
    pub rows: Vec<TaskRow>,
    /// Whether rows come before it.
    pub has_previous: bool,
    /// Whether rows come behind it.
    pub has_next: bool,
}

impl Page {
    /// Makes a page of rows that were read in the order of reading, one more than fit.
    fn cut<P>(mut rows: Vec<TaskRow>, cut: &Cut<P>) -> Self {
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let (has_previous, has_next) = match cut {
            Cut::Top => (false, has_more),
            Cut::After(_) => (true, has_more),
            Cut::Before(_) => (has_more, true),
        };
        if matches!(cut, Cut::Before(_)) {
            rows.reverse();
        }
        Self { rows, has_previous, has_next }
    }
}

/// How many rows are read for a page: one more says whether there is a next one.
const READ: i64 = 51;

/// One page of the open tasks of the clinics in scope.
pub fn open(
    conn: &mut Connection,
    scope: &Scope,
    now: Timestamp,
    filter: &Filter,
    cut: &Cut<Place>,
) -> Result<Page> {
    let mut rows: Vec<TaskRow> = Vec::new();
    for site in scope.sites().iter().filter(|site| filter.site.is_none_or(|only| only == **site)) {
        rows.extend(open_of_site(*site, now, filter, cut).load::<TaskRow>(conn)?);
    }
    rows.sort_unstable_by_key(Place::of);
    if matches!(cut, Cut::Before(_)) {
        rows.reverse();
    }
    Ok(Page::cut(rows, cut))
}

/// As `Standing::deadline` has it: not taken in time, or the patient not reached in time.
macro_rules! overdue {
    ($kind:ty, $open:literal, $now:expr, $close:literal) => {
        sql::<$kind>(concat!(
            $open,
            "(((task.acknowledged_at IS NULL OR task.acknowledged_at < task.raised_at) \
             AND task.acknowledge_by < ",
        ))
        .bind::<Text, _>($now)
        .sql(
            ") OR ((task.reached_at IS NULL OR task.reached_at < task.raised_at) \
             AND task.contact_by < ",
        )
        .bind::<Text, _>($now)
        .sql(concat!("))", $close))
    };
}

type Boxed = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::Select<task::table, diesel::dsl::AsSelect<TaskRow, Sqlite>>,
    Sqlite,
>;

/// The open tasks of one clinic. `state` is a literal, so that SQLite sees that the
/// partial index holds all of them.
fn open_of_site(site: SiteId, now: Timestamp, filter: &Filter, cut: &Cut<Place>) -> Boxed {
    let mut query = task::table
        .select(TaskRow::as_select())
        .into_boxed::<Sqlite>()
        .filter(sql::<Bool>("task.state = 'open'"))
        .filter(task::site_id.eq(site))
        .limit(READ);
    match filter.owner {
        Owner::Anybody => {}
        Owner::Person(person) => query = query.filter(task::owner_id.eq(person)),
        Owner::Nobody => query = query.filter(task::owner_id.is_null()),
    }
    if let Some(level) = filter.level {
        query = query.filter(task::urgency_rank.eq(rank(level)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(task::kind.eq(kind));
    }
    if filter.overdue {
        query = query.filter(overdue!(Bool, "", now, ""));
    }
    let beside = |operator: &'static str, place: &Place| {
        sql::<Bool>(operator)
            .bind::<Integer, _>(place.urgency_rank)
            .sql(", ")
            .bind::<Text, _>(place.contact_by)
            .sql(", ")
            .bind::<Text, _>(place.id)
            .sql(")")
    };
    match cut {
        Cut::Before(place) => query
            .filter(beside("(task.urgency_rank, task.contact_by, task.id) < (", place))
            .order((task::urgency_rank.desc(), task::contact_by.desc(), task::id.desc())),
        Cut::After(place) => query
            .filter(beside("(task.urgency_rank, task.contact_by, task.id) > (", place))
            .order((task::urgency_rank, task::contact_by, task::id)),
        Cut::Top => query.order((task::urgency_rank, task::contact_by, task::id)),
    }
}

/// The number that sorts levels: 0 for EMERGENCY to 4 for NONE.
#[must_use]
pub fn rank(level: Level) -> i32 {
    match level {
        Level::Emergency => 0,
        Level::Urgent => 1,
        Level::Soon => 2,
        Level::Routine => 3,
        Level::None => 4,
    }
}

/// How many open tasks there are in the clinics in scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// All.
    pub all: i64,
    /// The person's own.
    pub mine: i64,
    /// Those that nobody has.
    pub unowned: i64,
    /// Those whose time is over.
    pub overdue: i64,
    /// By level, the worst first; levels without a task are left out.
    pub levels: Vec<(Level, i64)>,
}

/// Counts the open tasks.
pub fn counts(
    conn: &mut Connection,
    scope: &Scope,
    now: Timestamp,
    person: StaffId,
) -> Result<Counts> {
    let rows: Vec<(Level, i64, i64, i64, i64)> = task::table
        .filter(sql::<Bool>("task.state = 'open'"))
        .filter(task::site_id.eq_any(scope.sites()))
        .group_by(task::level)
        .select((
            task::level,
            count_star(),
            sql::<BigInt>("sum(task.owner_id IS ").bind::<Text, _>(person).sql(")"),
            sql::<BigInt>("sum(task.owner_id IS NULL)"),
            overdue!(BigInt, "sum(coalesce(", now, ", 0))"),
        ))
        .load(conn)?;
    let mut counts = Counts::default();
    for (level, all, mine, unowned, overdue) in rows {
        counts.all += all;
        counts.mine += mine;
        counts.unowned += unowned;
        counts.overdue += overdue;
        counts.levels.push((level, all));
    }
    counts.levels.sort_unstable_by_key(|(level, _)| rank(*level));
    Ok(counts)
}

/// The clinics in scope, by name.
pub fn sites(conn: &mut Connection, scope: &Scope) -> Result<Vec<(SiteId, String)>> {
    Ok(site::table
        .filter(site::id.eq_any(scope.sites()))
        .order((site::name, site::id))
        .select((site::id, site::name))
        .load(conn)?)
}

/// The zone of the first clinic in scope, by name: that of the clock on a page of several.
pub fn zone(conn: &mut Connection, scope: &Scope) -> Result<Zone> {
    Ok(site::table
        .filter(site::id.eq_any(scope.sites()))
        .order((site::name, site::id))
        .select(site::time_zone)
        .first(conn)?)
}

/// The names of the active clinics in scope where nobody is on duty, by hand or by the rota.
pub fn sites_without_duty(
    conn: &mut Connection,
    scope: &Scope,
    now: Timestamp,
) -> Result<Vec<String>> {
    let covered = duty::table
        .inner_join(staff::table)
        .filter(staff::state.eq(ActiveState::Active))
        .select(duty::site_id);
    let found: Vec<(SiteId, String)> = site::table
        .filter(site::id.eq_any(scope.sites()))
        .filter(site::state.eq(ActiveState::Active))
        .filter(site::id.ne_all(covered))
        .order(site::name)
        .select((site::id, site::name))
        .load(conn)?;
    let mut without = Vec::new();
    for (id, name) in found {
        if rota::audience(conn, id, Audience::OnDuty, now)?.is_stand_in {
            without.push(name);
        }
    }
    Ok(without)
}

/// Which closed tasks to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClosedFilter {
    /// Part of the patient's code, or the task's number.
    pub search: String,
    /// Of which clinic.
    pub site: Option<SiteId>,
}

/// One page of the closed tasks of the clinics in scope, the newest first; cut by the
/// time of closing and the id.
pub fn closed(
    conn: &mut Connection,
    scope: &Scope,
    filter: &ClosedFilter,
    cut: &Cut<(Timestamp, TaskId)>,
) -> Result<Page> {
    let mut query = task::table
        .inner_join(patient::table)
        .select(TaskRow::as_select())
        .into_boxed::<Sqlite>()
        .filter(sql::<Bool>("task.state = 'closed'"))
        .filter(task::site_id.eq_any(scope.sites()))
        .limit(READ);
    if let Some(site) = filter.site {
        query = query.filter(task::site_id.eq(site));
    }
    let search = filter.search.trim();
    if !search.is_empty() {
        let part = format!("%{}%", like(search));
        let by_code = patient::code.like(part).escape('\\');
        query = match search.trim_start_matches('#').parse::<i64>() {
            Ok(number) => query.filter(by_code.or(task::number.eq(number))),
            Err(_) => query.filter(by_code),
        };
    }
    let beside = |operator: &'static str, (at, id): &(Timestamp, TaskId)| {
        sql::<Bool>(operator).bind::<Text, _>(*at).sql(", ").bind::<Text, _>(*id).sql(")")
    };
    let query = match cut {
        Cut::Top => query.order((task::closed_at.desc(), task::id.desc())),
        Cut::After(place) => query
            .filter(beside("(task.closed_at, task.id) < (", place))
            .order((task::closed_at.desc(), task::id.desc())),
        Cut::Before(place) => query
            .filter(beside("(task.closed_at, task.id) > (", place))
            .order((task::closed_at.asc(), task::id.asc())),
    };
    Ok(Page::cut(query.load(conn)?, cut))
}

/// A text that LIKE takes literally.
fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Levels that a filter offers, the worst first.
pub fn levels() -> impl Iterator<Item = Level> {
    Level::ALL.iter().rev().copied().filter(|level| *level != Level::None)
}

#[cfg(test)]
mod tests;
