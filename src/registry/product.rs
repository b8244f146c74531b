//! Cell products of the installation.

use serde::Deserialize;
use serde_json::Value;

use super::{Facts, Refusal, changes, said};
use crate::domain::entry::{self, ProductCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, Codelist, ProductId, ProductKind, Timestamp};
use crate::rules;
use crate::store::products::{self, Product};
use crate::store::{Connection, audit};

/// A product as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `ProductFacts`, as text")]
pub struct ProductForm {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub rule_set: String,
    pub state: String,
    pub version: String,
}

/// What is known of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFacts {
    /// The short name.
    pub code: ProductCode,
    /// The name.
    pub name: String,
    /// Whose cells.
    pub kind: ProductKind,
    /// The rule set with its profile of expected reactions.
    pub rule_set: String,
    /// Whether it can be chosen.
    pub state: ActiveState,
}

impl ProductForm {
    /// The form of a product as it is.
    #[must_use]
    pub fn of(product: &Product) -> Self {
        Self {
            code: product.code.to_string(),
            name: product.name.clone(),
            kind: product.kind.code().to_owned(),
            rule_set: product.rule_set.clone(),
            state: product.state.code().to_owned(),
            version: product.version.to_string(),
        }
    }

    /// Reads the form. `myself` is the product that is being changed.
    pub fn read(
        &self,
        conn: &mut Connection,
        myself: Option<&Product>,
    ) -> Result<ProductFacts, Refusal> {
        let mut p = Problems::new();
        let code = p.take("code", ProductCode::parse(&self.code));
        if let Some(code) = &code
            && products::by_code(conn, code)?
                .is_some_and(|known| Some(known.id) != myself.map(|product| product.id))
        {
            p.add("code", Reason::Taken);
        }
        let name = p.take("name", entry::line(&self.name));
        let kind: Option<ProductKind> = p.take("kind", entry::choice(&self.kind));
        if let (Some(kind), Some(product)) = (kind, myself)
            && kind != product.kind
            && products::is_used(conn, product.id)?
        {
            p.add("kind", Reason::AlreadyGiven);
        }
        let rule_set = p.take("rule_set", entry::line(&self.rule_set));
        if let Some(rule_set) = &rule_set
            && rules::of(rule_set).is_none()
        {
            p.add("rule_set", Reason::NotChoice(rule_sets().join(", ")));
        }
        let state = p.take("state", entry::choice(&self.state));
        let (Some(code), Some(name), Some(kind), Some(rule_set), Some(state), true) =
            (code, name, kind, rule_set, state, p.is_empty())
        else {
            return Err(Refusal::Problems(p));
        };
        Ok(ProductFacts { code, name, kind, rule_set, state })
    }
}

/// The rule sets that a product may name.
#[must_use]
pub fn rule_sets() -> Vec<String> {
    rules::all().iter().map(|one| one.set.identity().id.clone()).collect()
}

fn row(id: ProductId, version: i32, recorded_at: Timestamp, facts: ProductFacts) -> Product {
    Product {
        id,
        code: facts.code,
        name: facts.name,
        kind: facts.kind,
        rule_set: facts.rule_set,
        state: facts.state,
        version,
        recorded_at,
    }
}

fn facts(product: &Product) -> Facts {
    vec![
        ("code", said(&product.code)),
        ("name", said(&product.name)),
        ("kind", said(&product.kind.code())),
        ("rule_set", said(&product.rule_set)),
        ("state", said(&product.state.code())),
    ]
}

/// Adds a product.
pub fn add_product(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    new: ProductFacts,
) -> Result<ProductId, Refusal> {
    if products::by_code(conn, &new.code)?.is_some() {
        return Err(Refusal::field("code", Reason::Taken));
    }
    let product = row(ProductId::new(), 1, now, new);
    products::insert(conn, &product)?;
    let detail = Value::Object(changes(&Vec::new(), &facts(&product)));
    audit::append(conn, now, actor, None, "product.added", ("product", &product.id), &detail)?;
    Ok(product.id)
}

/// Changes a product that was read at `version`.
pub fn change_product(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (old, version): (&Product, i32),
    new: ProductFacts,
) -> Result<(), Refusal> {
    let product = row(old.id, version, old.recorded_at, new);
    let detail = changes(&facts(old), &facts(&product));
    if detail.is_empty() && old.version == version {
        return Ok(());
    }
    if !products::update(conn, &product)? {
        return Err(Refusal::Changed);
    }
    let detail = Value::Object(detail);
    audit::append(conn, now, actor, None, "product.changed", ("product", &product.id), &detail)?;
    Ok(())
}
