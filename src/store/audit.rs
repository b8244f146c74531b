//! The audit trail: an append-only chain in which each entry binds all earlier ones.
//!
//! An entry is written in the transaction of the change it tells of, so neither
//! is ever without the other. The key of the chain is outside the database and is
//! known to the writing connection only (as the SQL function `audit_hmac`): who has
//! only the file cannot write a chain that verifies.

use std::fmt::Display;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use super::schema::{audit, membership, patient};
use super::{Connection, Result};
use crate::domain::{Actor, PatientId, Scope, SiteId, Timestamp};
use crate::secrets::Keys;

/// The format of the hashed text; a change of the list of fields is a new number.
const FORMAT: i32 = 1;
/// What the first entry points back to.
const BEGINNING: &str = "beginning";
/// Entries read at one time while verifying.
const SLICE: i64 = 5_000;

#[diesel::declare_sql_function]
extern "SQL" {
    /// The keyed hash of one entry's text; only the writer has it.
    fn audit_hmac(text: Text) -> Text;
}

/// Gives the writing connection the key of the chain.
pub(super) fn register(conn: &mut Connection, keys: Keys) -> Result<()> {
    audit_hmac_utils::register_impl(conn, move |text: String| keys.audit_hash(&[text.as_bytes()]))?;
    Ok(())
}

/// One entry as it stands in the trail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Entry {
    /// Position in the chain, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `staff`, `patient`, `system`, `api` or `operator`.
    pub actor_kind: String,
    /// Who; for a patient's link the patient.
    pub actor_id: Option<String>,
    /// The name as it was then.
    pub actor_name: String,
    /// Which clinic's; none for the installation's own.
    pub site_id: Option<SiteId>,
    /// What was done, as `noun.verb`.
    pub action: String,
    /// What kind of thing it was done to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// Old and new values and the reason, JSON.
    pub detail: String,
    /// The format of the hashed text.
    pub format: i32,
    /// The hash of the entry before.
    pub prev_hash: String,
    /// The keyed hash of this entry.
    pub hash: String,
}

impl Entry {
    /// The text that is hashed: a JSON array of all fields, so that no two entries
    /// have the same text.
    fn text(&self) -> String {
        json!([
            self.format,
            self.seq,
            self.at.to_string(),
            self.actor_kind,
            self.actor_id,
            self.actor_name,
            self.site_id.map(|site| site.to_string()),
            self.action,
            self.object_kind,
            self.object_id,
            self.detail,
            self.prev_hash,
        ])
        .to_string()
    }
}

/// Adds an entry. `action` is `noun.verb`; `detail` holds old and new values and the reason.
pub fn append(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    site: Option<SiteId>,
    action: &str,
    (object_kind, object_id): (&str, &dyn Display),
    detail: &Value,
) -> Result<()> {
    let last = audit::table
        .select((audit::seq, audit::hash))
        .order(audit::seq.desc())
        .first::<(i64, String)>(conn)
        .optional()?;
    let (seq, prev_hash) = last.map_or((1, BEGINNING.to_owned()), |(seq, hash)| (seq + 1, hash));
    let (actor_kind, actor_id, actor_name) = match actor {
        Actor::Staff { id, name } => ("staff", Some(id.to_string()), name.clone()),
        Actor::Patient { patient, .. } => {
            ("patient", Some(patient.to_string()), "patient's link".to_owned())
        }
        Actor::Api { token, name } => ("api", Some(token.to_string()), name.clone()),
        Actor::System => ("system", None, "Afterwatch".to_owned()),
        Actor::Operator => ("operator", None, "command line".to_owned()),
    };
    let mut entry = Entry {
        seq,
        at: now,
        actor_kind: actor_kind.to_owned(),
        actor_id,
        actor_name,
        site_id: site,
        action: action.to_owned(),
        object_kind: object_kind.to_owned(),
        object_id: object_id.to_string(),
        detail: detail.to_string(),
        format: FORMAT,
        prev_hash,
        hash: String::new(),
    };
    entry.hash = diesel::select(audit_hmac(entry.text())).get_result(conn)?;
    diesel::insert_into(audit::table).values(&entry).execute(conn)?;
    Ok(())
}

/// What to show of the trail.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only entries before this position (paging backwards).
    pub before: Option<i64>,
    /// Only what was done to this thing.
    pub object: Option<(String, String)>,
    /// Only what this person did.
    pub actor_id: Option<String>,
    /// Only this action.
    pub action: Option<String>,
}

/// Entries of the clinics in scope, newest first; and of the installation's own those about
/// their people and about products.
pub fn list(
    conn: &mut Connection,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Entry>> {
    let people = || {
        membership::table
            .filter(membership::site_id.eq_any(scope.sites()))
            .select(membership::staff_id)
    };
    let about_people = audit::object_kind.eq("staff").and(audit::object_id.eq_any(people()));
    let by_people = audit::actor_id.assume_not_null().eq_any(people());
    let about_products = audit::object_kind.eq("product");
    let installation = audit::site_id
        .is_null()
        .and(about_people.or(by_people.and(audit::object_kind.ne("staff"))).or(about_products));
    let here =
        audit::site_id.is_not_null().and(audit::site_id.assume_not_null().eq_any(scope.sites()));
    let mut query = audit::table
        .select(Entry::as_select())
        .filter(here.or(installation))
        .order(audit::seq.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = filter.before {
        query = query.filter(audit::seq.lt(before));
    }
    if let Some((kind, id)) = &filter.object {
        query = query.filter(audit::object_kind.eq(kind).and(audit::object_id.eq(id)));
    }
    if let Some(actor) = &filter.actor_id {
        query = query.filter(audit::actor_id.eq(actor));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit::action.eq(action));
    }
    Ok(query.load(conn)?)
}

/// The clinics' numbers of patients in scope, for showing entries about them.
pub fn patient_codes(
    conn: &mut Connection,
    scope: &Scope,
    ids: &[PatientId],
) -> Result<Vec<(PatientId, String)>> {
    Ok(patient::table
        .filter(patient::id.eq_any(ids).and(patient::site_id.eq_any(scope.sites())))
        .select((patient::id, patient::code))
        .load(conn)?)
}

/// The patient in scope with this number; the newest where clinics use the same one.
pub fn patient_with_code(
    conn: &mut Connection,
    scope: &Scope,
    code: &str,
) -> Result<Option<PatientId>> {
    Ok(patient::table
        .filter(patient::code.eq(code).and(patient::site_id.eq_any(scope.sites())))
        .order(patient::id.desc())
        .select(patient::id)
        .first(conn)
        .optional()?)
}

/// Entries in the order of the chain, after a position: of the clinics in scope, or, for the
/// operator of the installation, all of them.
pub fn after(
    conn: &mut Connection,
    scope: Option<&Scope>,
    seq: i64,
    limit: i64,
) -> Result<Vec<Entry>> {
    let mut query = audit::table
        .select(Entry::as_select())
        .filter(audit::seq.gt(seq))
        .order(audit::seq)
        .limit(limit)
        .into_boxed();
    if let Some(scope) = scope {
        query = query.filter(audit::site_id.eq_any(scope.sites()));
    }
    Ok(query.load(conn)?)
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is in its place and unchanged.
    Whole {
        /// How many entries.
        entries: i64,
        /// The last hash; compare it with what was noted elsewhere.
        head: String,
    },
    /// The first entry that is not as it was written.
    Broken {
        /// Which position.
        seq: i64,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// Before the first entry: where a walk of the whole chain begins.
#[must_use]
pub fn beginning() -> (i64, String) {
    (0, BEGINNING.to_owned())
}

/// The position and hash of the entry so many before the last: where a walk of the chain's
/// end begins.
pub fn before_end(conn: &mut Connection, entries: i64) -> Result<(i64, String)> {
    let last: Option<i64> = audit::table.select(diesel::dsl::max(audit::seq)).first(conn)?;
    let hash = audit::table
        .find(last.unwrap_or(0) - entries)
        .select((audit::seq, audit::hash))
        .first(conn)
        .optional()?;
    Ok(hash.unwrap_or_else(beginning))
}

/// Walks the whole chain. `anchors` are positions and hashes noted outside the database.
pub fn verify(conn: &mut Connection, keys: &Keys, anchors: &[(i64, String)]) -> Result<Verdict> {
    let mut at = beginning();
    loop {
        match verify_piece(conn, keys, &at, anchors, SLICE)? {
            Ok(verdict) => return Ok(verdict),
            Err(reached) => at = reached,
        }
    }
}

/// Walks a piece of the chain from a position that was reached before. `Err`: the chain goes
/// on, and was whole up to the position in it.
pub fn verify_piece(
    conn: &mut Connection,
    keys: &Keys,
    (from, hash): &(i64, String),
    anchors: &[(i64, String)],
    most: i64,
) -> Result<std::result::Result<Verdict, (i64, String)>> {
    let mut anchors: Vec<_> = anchors.iter().filter(|(at, _)| at > from).collect();
    anchors.sort();
    let mut anchors = anchors.into_iter().peekable();
    let (mut seq, mut head) = (*from, hash.clone());
    let piece: Vec<Entry> = audit::table
        .select(Entry::as_select())
        .filter(audit::seq.gt(seq))
        .order(audit::seq)
        .limit(most)
        .load(conn)?;
    let is_end = i64::try_from(piece.len()).is_ok_and(|found| found < most);
    for entry in piece {
        let broken = |what| Ok(Ok(Verdict::Broken { seq: seq + 1, what }));
        if entry.seq != seq + 1 {
            return broken("the entry is missing");
        }
        if entry.prev_hash != head {
            return broken("the entry does not follow the one before");
        }
        if entry.format != FORMAT
            || !crate::secrets::equal(&entry.hash, &keys.audit_hash(&[entry.text().as_bytes()]))
        {
            return broken("the entry was changed");
        }
        seq = entry.seq;
        head = entry.hash;
        while let Some((_, hash)) = anchors.next_if(|(at, _)| *at <= seq) {
            if *hash != head {
                let what = "the chain was written anew: an anchor differs";
                return Ok(Ok(Verdict::Broken { seq, what }));
            }
        }
    }
    if !is_end {
        return Ok(Err((seq, head)));
    }
    Ok(Ok(match anchors.next() {
        Some((at, _)) => Verdict::Broken { seq: *at, what: "the chain ends before an anchor" },
        None => Verdict::Whole { entries: seq, head },
    }))
}

/// The last position and hash, to be noted outside the database.
pub fn head(conn: &mut Connection) -> Result<Option<(i64, String)>> {
    Ok(audit::table
        .select((audit::seq, audit::hash))
        .order(audit::seq.desc())
        .first(conn)
        .optional()?)
}

/// When the newest entry was written.
pub fn newest(conn: &mut Connection) -> Result<Option<Timestamp>> {
    Ok(audit::table.select(audit::at).order(audit::seq.desc()).first(conn).optional()?)
}
