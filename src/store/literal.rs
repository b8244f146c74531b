//! Conditions whose values stand in the text of the statement.
//!
//! SQLite uses a partial index (`… WHERE state = 'open'`) only for a statement that says the
//! same in its own text: a bound parameter could be anything. Without these conditions every
//! look at the queue or the outbox would read the whole table. Unlike `diesel::dsl::sql`
//! they let the prepared statement be kept.

use std::marker::PhantomData;

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

/// A condition on one table, as it stands in the statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal(&'static str, PhantomData<Bool>);

impl Expression for Literal {
    type SqlType = Bool;
}

impl<T> AppearsOnTable<T> for Literal {}
impl<T> SelectableExpression<T> for Literal {}

impl<G> ValidGrouping<G> for Literal {
    type IsAggregate = is_aggregate::Never;
}

impl QueryId for Literal {
    type QueryId = ();
    // Kept by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for Literal {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// The task is open.
pub(super) fn open_task() -> Literal {
    Literal("task.state = 'open'", PhantomData)
}

/// The check-in is neither answered nor settled.
pub(super) fn planned_check_in() -> Literal {
    Literal("check_in.state = 'planned'", PhantomData)
}

/// The snooze has not ended.
pub(super) fn snooze_in_force() -> Literal {
    Literal("snooze.ended_at IS NULL", PhantomData)
}

/// The pause has not ended.
pub(super) fn open_pause() -> Literal {
    Literal("mail_pause.ended_at IS NULL", PhantomData)
}

/// The letter is still to be sent.
pub(super) fn waiting_letter() -> Literal {
    Literal("outbox.state IN ('planned', 'sending')", PhantomData)
}

/// The step's time has not come, or it was not noticed yet.
pub(super) fn planned_step() -> Literal {
    Literal("task_step.state = 'planned'", PhantomData)
}

/// The call is still to be made.
pub(super) fn waiting_call() -> Literal {
    Literal("hook_call.state IN ('planned', 'sending')", PhantomData)
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::sql_types::Text;

    use super::*;
    use crate::domain::registry::CheckInState;
    use crate::store::schema::{check_in, outbox, task, task_step};

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    /// The plan of a statement, on an empty registry.
    fn plan(statement: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("registry.db");
        super::super::open::migrate(&path).unwrap();
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let statement = statement.split(" -- binds").next().unwrap();
        let steps: Vec<Step> =
            diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut conn).unwrap();
        steps.into_iter().map(|step| step.detail + "\n").collect()
    }

    fn text<Q: QueryFragment<Sqlite>>(query: &Q) -> String {
        diesel::debug_query::<Sqlite, _>(query).to_string()
    }

    #[test]
    fn the_partial_indexes_are_used() {
        let late = check_in::table
            .filter(planned_check_in())
            .filter(check_in::closes_at.le("2026-03-01T02:00:00.000Z"))
            .select(check_in::id);
        assert!(plan(&text(&late)).contains("check_in_to_close"));
        let open = task::table
            .filter(task::infusion_id.eq("x"))
            .filter(task::kind.eq("report"))
            .filter(open_task())
            .select(task::id);
        assert!(plan(&text(&open)).contains("task_open_by_infusion"));
        let due = outbox::table
            .filter(waiting_letter())
            .filter(outbox::priority.eq(0).and(outbox::next_try_at.le("2026")))
            .order((outbox::next_try_at, outbox::id))
            .select(outbox::id);
        let plan = plan(&text(&due));
        assert!(plan.contains("outbox_to_send (priority=? AND next_try_at<?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        let steps = task_step::table
            .filter(planned_step())
            .filter(task_step::due_at.le("2026-03-01T02:00:00.000Z"))
            .select(task_step::id);
        assert!(self::plan(&text(&steps)).contains("task_step_due"));
    }

    #[test]
    fn a_bound_state_would_read_the_whole_table() {
        let late =
            check_in::table.filter(check_in::state.eq(CheckInState::Planned)).select(check_in::id);
        assert!(!plan(&text(&late)).contains("check_in_to_close"));
    }
}
