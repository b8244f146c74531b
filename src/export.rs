//! Files that leave the registry: what is in them, who took them and when.
//!
//! Every file is begun in the audit trail before its first byte leaves, and ended there with its
//! number of rows, so that also a file that was broken off is known. Names of people are left
//! out unless asked for.

pub mod audit_trail;
pub mod cell;
pub mod check_ins;
pub mod codebook;
pub mod csv_file;
pub mod event;
pub mod infusions;
pub mod line_listing;
pub mod listing_page;
pub mod selection;
pub mod summary;
pub mod term;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;
use uuid::Uuid;

use crate::domain::codelist::codelist;
use crate::domain::summary::SummaryError;
use crate::domain::{Actor, Codelist, InfusionId, PatientId, SiteId, Timestamp};
use crate::store::chosen::{self, Infused, Place, SLICE};
use crate::store::sites::Site;
use crate::store::{self, Connection, Db, audit, line_listing as told};
use csv_file::CsvFile;
use line_listing::Names;
use selection::Selection;

codelist! {
    /// A file that can be taken away.
    pub enum File: "file" {
        /// The figures of a period.
        Summary = "summary",
        /// One row per event.
        LineListing = "line-listing",
        /// One row per infusion.
        Infusions = "infusions",
        /// One row per check-in.
        CheckIns = "check-ins",
        /// What every column of the other files means.
        Codebook = "codebook",
        /// The audit trail.
        Audit = "audit",
    }
}

/// How a file is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// A byte order mark in front, for Excel.
    pub bom: bool,
    /// With names.
    pub identified: bool,
}

/// A file that somebody wants.
#[derive(Debug, Clone)]
pub struct Order {
    /// Which file.
    pub file: File,
    /// About what.
    pub selection: Selection,
    /// How.
    pub style: Style,
    /// Binds the entries of the audit trail about this file together.
    pub id: Uuid,
}

impl Order {
    /// A new order.
    #[must_use]
    pub fn new(file: File, selection: Selection, style: Style) -> Self {
        Self { file, selection, style, id: Uuid::now_v7() }
    }

    /// The name of the file: made by us, of the day in the zone of its first clinic.
    #[must_use]
    pub fn file_name(&self) -> String {
        let as_of = self.selection.as_of;
        let day = match self.selection.sites.first() {
            Some(site) => as_of.day(site.time_zone.jiff()),
            None => as_of.day(&jiff::tz::TimeZone::UTC),
        };
        let names = if self.style.identified { "-with-names" } else { "" };
        format!("afterwatch-{}{names}-{day}.csv", self.file.code())
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Whoever takes the file does not take it any more, or the disk is full.
    #[error("the file cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The rows contradict one another.
    #[error("the summary cannot be made because the rows contradict one another: {0}")]
    Summary(#[from] SummaryError),
}

/// Rows written, by clinic; a file about no clinic counts under none.
pub type Written = BTreeMap<Option<SiteId>, u64>;

/// Notes that a file is taken, before its first byte leaves: one entry for each clinic.
pub fn begin(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    order: &Order,
) -> store::Result<()> {
    let detail = json!({
        "file": order.file.code(),
        "filter": order.selection.filter(),
        "identified": order.style.identified,
    });
    let mut sites: Vec<Option<SiteId>> =
        order.selection.sites.iter().map(|site| Some(site.id)).collect();
    if sites.is_empty() {
        sites.push(None);
    }
    for site in sites {
        audit::append(conn, now, actor, site, "export.begin", ("export", &order.id), &detail)?;
    }
    Ok(())
}

/// Notes how many rows left, and whether the file is whole.
pub fn end(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    order: &Order,
    written: &Written,
    whole: bool,
) -> store::Result<()> {
    for (site, rows) in written {
        let detail = json!({ "file": order.file.code(), "rows": rows, "whole": whole });
        audit::append(conn, now, actor, *site, "export.end", ("export", &order.id), &detail)?;
    }
    Ok(())
}

/// Begins, writes and ends a file. For threads that may wait.
///
/// # Errors
///
/// The file could not be begun, written or ended; rows that left before are in the trail.
pub fn take(
    db: &Db,
    now: Timestamp,
    actor: &Actor,
    order: &Order,
    out: impl Write,
) -> Result<Written, ExportError> {
    let (who, what) = (actor.clone(), order.clone());
    db.write_blocking(move |conn| begin(conn, now, &who, &what))?;
    write_and_end(db, now, actor, order, out)
}

/// Writes a file that was begun, and ends it.
///
/// # Errors
///
/// As [`take`].
pub fn write_and_end(
    db: &Db,
    now: Timestamp,
    actor: &Actor,
    order: &Order,
    out: impl Write,
) -> Result<Written, ExportError> {
    let mut written: Written =
        order.selection.sites.iter().map(|site| (Some(site.id), 0)).collect();
    if order.selection.sites.is_empty() {
        written.insert(None, 0);
    }
    let outcome = write(db, order, out, &mut written);
    let (who, what, whole) = (actor.clone(), order.clone(), outcome.is_ok());
    let rows = written.clone();
    db.write_blocking(move |conn| end(conn, now, &who, &what, &rows, whole))?;
    outcome.map(|()| written)
}

fn write(
    db: &Db,
    order: &Order,
    out: impl Write,
    written: &mut Written,
) -> Result<(), ExportError> {
    let selection = &order.selection;
    match order.file {
        File::Summary => summary::write(db, order, out, written),
        File::Codebook => codebook::write(order, out, written),
        File::Audit => audit_trail::write(db, order, out, written),
        File::LineListing => {
            let columns = line_listing::columns(order.style.identified);
            each_slice(db, order, out, columns, written, |conn, site, infused, names| {
                let (scope, as_of) = (selection.scope(), selection.as_of);
                let ids: Vec<InfusionId> = infused.iter().map(|row| row.infusion).collect();
                let told = told::told(conn, &scope, as_of, &ids)?;
                let graded = told::staff_graded(conn, &scope, as_of, &ids)?;
                let place = (site.code.as_str(), &site.time_zone);
                Ok(event::events(infused, &told, &graded)
                    .iter()
                    .map(|event| line_listing::cells(event, &infused[event.infusion], place, names))
                    .collect())
            })
        }
        File::Infusions => {
            let columns = infusions::columns(order.style.identified);
            each_slice(db, order, out, columns, written, |conn, site, infused, names| {
                infusions::lines(conn, selection, site, infused, names)
            })
        }
        File::CheckIns => {
            let columns = check_ins::columns(order.style.identified);
            each_slice(db, order, out, columns, written, |conn, site, infused, names| {
                check_ins::lines(conn, selection, site, infused, names)
            })
        }
    }
}

/// Writes what `lines` makes of each slice of infusions, clinic after clinic. Each slice is a
/// read of its own.
fn each_slice(
    db: &Db,
    order: &Order,
    out: impl Write,
    columns: Vec<cell::Column>,
    written: &mut Written,
    lines: impl Fn(
        &mut Connection,
        &Site,
        &[Infused],
        Option<&Names>,
    ) -> store::Result<Vec<Vec<String>>>,
) -> Result<(), ExportError> {
    let selection = &order.selection;
    let scope = selection.scope();
    let mut file = CsvFile::begin(out, order.style.bom, columns)?;
    for site in &selection.sites {
        let chosen = selection.chosen(site);
        let mut after = None;
        loop {
            let (next, rows) = db.read_blocking(|conn| -> store::Result<_> {
                let infused = chosen::infusions(conn, &scope, &chosen, Place::After(after), SLICE)?;
                let is_named = order.style.identified;
                let names = is_named.then(|| names(conn, &scope, &infused)).transpose()?;
                let rows = lines(conn, site, &infused, names.as_ref())?;
                Ok((infused.last().map(|row| row.infusion), rows))
            })?;
            for row in &rows {
                file.line(row)?;
                *written.entry(Some(site.id)).or_default() += 1;
            }
            let Some(last) = next else { break };
            after = Some(last);
        }
    }
    Ok(file.finish()?)
}

fn names(
    conn: &mut Connection,
    scope: &crate::domain::Scope,
    infused: &[Infused],
) -> store::Result<Names> {
    let patients: Vec<PatientId> = infused.iter().map(|row| row.patient).collect();
    Ok(chosen::names(conn, scope, &patients)?.into_iter().collect())
}
