//! Cell products. They belong to the whole installation, not to one clinic.

use diesel::prelude::*;

use super::schema::product;
use super::{Connection, Result};
use crate::domain::entry::ProductCode;
use crate::domain::registry::ActiveState;
use crate::domain::{ProductId, ProductKind, Timestamp};

/// A cell product.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = product, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Product {
    /// Which one.
    pub id: ProductId,
    /// The short name.
    pub code: ProductCode,
    /// The name.
    pub name: String,
    /// Whose cells it is made of.
    pub kind: ProductKind,
    /// The rule set with its profile of expected reactions.
    pub rule_set: String,
    /// Whether it can be chosen.
    pub state: ActiveState,
    /// Grows with every change.
    pub version: i32,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// The rule sets that products in use name.
pub fn rule_sets_in_use(conn: &mut Connection) -> Result<Vec<String>> {
    Ok(product::table
        .filter(product::state.eq(ActiveState::Active))
        .select(product::rule_set)
        .distinct()
        .load(conn)?)
}

/// Adds a product.
pub fn insert(conn: &mut Connection, new: &Product) -> Result<()> {
    diesel::insert_into(product::table).values(new).execute(conn)?;
    Ok(())
}

/// Writes a changed product whose `version` is still the one that was read; false when
/// somebody else was faster.
pub fn update(conn: &mut Connection, changed: &Product) -> Result<bool> {
    let next = Product { version: changed.version + 1, ..changed.clone() };
    let rows = diesel::update(product::table.find(changed.id))
        .filter(product::version.eq(changed.version))
        .set(&next)
        .execute(conn)?;
    Ok(rows == 1)
}

/// One product.
pub fn get(conn: &mut Connection, id: ProductId) -> Result<Option<Product>> {
    Ok(product::table.find(id).select(Product::as_select()).first(conn).optional()?)
}

/// Every product, by code.
pub fn all(conn: &mut Connection) -> Result<Vec<Product>> {
    Ok(product::table
        .select(Product::as_select())
        .order((product::code, product::id))
        .load(conn)?)
}

/// The product with this code.
pub fn by_code(conn: &mut Connection, code: &ProductCode) -> Result<Option<Product>> {
    Ok(product::table
        .filter(product::code.eq(code))
        .select(Product::as_select())
        .first(conn)
        .optional()?)
}

/// Whether lots or courses of the product exist: then it cannot become another kind.
pub fn is_used(conn: &mut Connection, id: ProductId) -> Result<bool> {
    use super::schema::{course, lot};
    use diesel::dsl::exists;
    let lots = exists(lot::table.filter(lot::product_id.eq(id)));
    let courses = exists(course::table.filter(course::product_id.eq(id)));
    Ok(diesel::select(lots.or(courses)).get_result(conn)?)
}
