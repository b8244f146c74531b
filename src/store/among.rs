//! "Is one of these" as one parameter, so that the statement is prepared once.
//!
//! `eq_any` with a list writes a placeholder for each value; a statement of another text for
//! every length of list cannot be kept, and preparing it costs more than running it. Here
//! the list is one JSON text. SQLite looks its values up in the column's index just the same.

use std::fmt::Display;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;

/// A column that is one of some values.
#[derive(Debug, Clone)]
pub(super) struct Among<C> {
    column: C,
    values: String,
}

/// Whether a column of texts (ids, codes) is one of `values`.
pub(super) fn among<C: Expression>(
    column: C,
    values: impl IntoIterator<Item: Display>,
) -> Among<C> {
    let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    Among { column, values: serde_json::Value::from(values).to_string() }
}

impl<C> Expression for Among<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<T>, T> AppearsOnTable<T> for Among<C> {}
impl<C: SelectableExpression<T>, T> SelectableExpression<T> for Among<C> {}

impl<C: ValidGrouping<G>, G> ValidGrouping<G> for Among<C> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryId> QueryId for Among<C> {
    type QueryId = Among<C::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.values)?;
        out.push_sql("))");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::store::schema::installation;

    #[test]
    fn it_finds_what_a_list_would_find() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("registry.db");
        super::super::open::migrate(&path).unwrap();
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        diesel::delete(installation::table).execute(&mut conn).unwrap();
        for key in ["a", "b\"]", "c"] {
            diesel::insert_into(installation::table)
                .values((installation::key.eq(key), installation::value.eq("")))
                .execute(&mut conn)
                .unwrap();
        }
        for (wanted, found) in
            [(vec!["a", "b\"]"], vec!["a", "b\"]"]), (vec![], vec![]), (vec!["d"], vec![])]
        {
            let keys: Vec<String> = installation::table
                .filter(among(installation::key, wanted))
                .select(installation::key)
                .order(installation::key)
                .load(&mut conn)
                .unwrap();
            assert_eq!(keys, found);
        }
    }
}
