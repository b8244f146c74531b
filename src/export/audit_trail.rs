//! The audit trail as a file, entry by entry, hashes included.

use std::io::Write;

use super::cell::{Column, Kind, column, number};
use super::csv_file::CsvFile;
use super::{ExportError, Order, Written};
use crate::store::audit::{self, Entry};
use crate::store::{self, Db};

/// Entries read at one time.
const SLICE: i64 = 5_000;

/// The columns of the file.
#[must_use]
pub fn columns() -> Vec<Column> {
    vec![
        number("seq", "", "Position in the chain, from 1, without gaps", "链中位置，从1起连续"),
        column("at", Kind::Time, "When, UTC", "时间（UTC)"),
        column("actor_kind", Kind::Text, "staff, patient, system, api or operator", "操作者类型"),
        column("actor_id", Kind::Text, "Who", "操作者标识"),
        column("actor_name", Kind::Text, "The name as it was then", "当时的姓名"),
        column(
            "site_id",
            Kind::Text,
            "Which clinic's; empty for the installation's own",
            "所属机构；系统自身为空",
        ),
        column("action", Kind::Text, "What was done, as noun.verb", "操作（名词.动词）"),
        column("object_kind", Kind::Text, "What kind of thing", "对象类型"),
        column("object_id", Kind::Text, "Which one", "对象标识"),
        column(
            "detail",
            Kind::Text,
            "Old and new values and the reason, JSON",
            "变更前后及原因（JSON)",
        ),
        column("prev_hash", Kind::Text, "Hash of the entry before", "前一条的哈希"),
        column("hash", Kind::Text, "Keyed hash of this entry", "本条的带密钥哈希"),
    ]
}

/// Writes the entries of the selected clinics up to the cut-off; with no clinic chosen also
/// those of the installation, so that the chain is whole.
pub(super) fn write(
    db: &Db,
    order: &Order,
    out: impl Write,
    written: &mut Written,
) -> Result<(), ExportError> {
    let selection = &order.selection;
    let scope = selection.wish.site.map(|_| selection.scope());
    let mut file = CsvFile::begin(out, order.style.bom, columns())?;
    let mut after = 0;
    loop {
        let entries = db.read_blocking(|conn| -> store::Result<_> {
            audit::after(conn, scope.as_ref(), after, SLICE)
        })?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        for entry in entries.iter().filter(|entry| is_wanted(order, entry)) {
            file.line(&cells(entry))?;
            *written.entry(entry.site_id).or_default() += 1;
        }
    }
    Ok(file.finish()?)
}

fn is_wanted(order: &Order, entry: &Entry) -> bool {
    let selection = &order.selection;
    // Bounds given as days are those of the first clinic.
    let chosen = selection.sites.first().map(|site| selection.chosen(site));
    let is_inside = chosen.is_none_or(|chosen| {
        chosen.from.is_none_or(|from| entry.at >= from)
            && chosen.until.is_none_or(|until| entry.at < until)
    });
    is_inside && entry.at <= selection.as_of
}

fn cells(entry: &Entry) -> Vec<String> {
    vec![
        entry.seq.to_string(),
        entry.at.to_string(),
        entry.actor_kind.clone(),
        entry.actor_id.clone().unwrap_or_default(),
        entry.actor_name.clone(),
        entry.site_id.map(|site| site.to_string()).unwrap_or_default(),
        entry.action.clone(),
        entry.object_kind.clone(),
        entry.object_id.clone(),
        entry.detail.clone(),
        entry.prev_hash.clone(),
        entry.hash.clone(),
    ]
}
