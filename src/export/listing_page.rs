//! A page of the line listing: the newest infusions first, as many as fill the page.

use std::collections::BTreeMap;

use serde_json::json;

use super::event::{Event, events};
use super::selection::Selection;
use crate::domain::{Actor, InfusionId, SiteId, Timestamp, Zone};
use crate::store::audit;
use crate::store::chosen::{self, Infused, Place};
use crate::store::{Connection, Result, infusions, line_listing as told};

/// Infusions read at one time while a page is filled.
const SLICE: i64 = 100;
/// Most slices for one page: a long stretch of infusions without events must not hold a reader.
const SLICES: usize = 10;

/// One event with its infusion and clinic.
#[derive(Debug, Clone)]
pub struct Listed {
    pub event: Event,
    pub infused: Infused,
    pub site: SiteId,
    pub site_code: String,
    pub zone: Zone,
}

/// Part of the listing.
#[derive(Debug, Clone, Default)]
pub struct ListingPage {
    pub rows: Vec<Listed>,
    /// The infusion before which the next page begins; none on the last.
    pub next: Option<InfusionId>,
}

/// The events after the chosen infusions, at least `rows` unless there are no more; events of
/// one infusion stay on one page. None when the place to begin is not in scope.
pub fn page(
    conn: &mut Connection,
    selection: &Selection,
    before: Option<InfusionId>,
    rows: usize,
) -> Result<Option<ListingPage>> {
    let scope = selection.scope();
    let start = match before {
        None => None,
        Some(id) => match infusions::get(conn, &scope, id)? {
            Some(infusion) => Some(infusion.site_id),
            None => return Ok(None),
        },
    };
    let mut found = ListingPage::default();
    let mut slices = 0;
    let mut before = before;
    for site in selection.sites.iter().skip_while(|site| start.is_some_and(|id| site.id != id)) {
        let chosen = selection.chosen(site);
        loop {
            let infused = chosen::infusions(conn, &scope, &chosen, Place::Before(before), SLICE)?;
            let Some(last) = infused.last().map(|row| row.infusion) else { break };
            let ids: Vec<InfusionId> = infused.iter().map(|row| row.infusion).collect();
            let told = told::told(conn, &scope, selection.as_of, &ids)?;
            let graded = told::staff_graded(conn, &scope, selection.as_of, &ids)?;
            let mut place = None;
            for event in events(&infused, &told, &graded) {
                if found.rows.len() >= rows && place != Some(event.infusion) {
                    // Begin the next page behind the last infusion that is on this one.
                    found.next = place
                        .map(|place| infused[place].infusion)
                        .or(found.rows.last().map(|row| row.infused.infusion));
                    return Ok(Some(found));
                }
                place = Some(event.infusion);
                found.rows.push(Listed {
                    infused: infused[event.infusion].clone(),
                    site: site.id,
                    site_code: site.code.as_str().to_owned(),
                    zone: site.time_zone.clone(),
                    event,
                });
            }
            before = Some(last);
            slices += 1;
            if slices >= SLICES {
                found.next = before;
                return Ok(Some(found));
            }
        }
        before = None;
    }
    Ok(Some(found))
}

/// Notes who looked at rows of the listing: one entry for each clinic with a row on the page, as
/// the rows are about patients. A page without a row is nobody's record.
pub fn viewed(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    selection: &Selection,
    rows_by_site: &BTreeMap<SiteId, u64>,
) -> Result<()> {
    for (site, rows) in rows_by_site {
        let detail = json!({ "filter": selection.filter(), "rows": rows });
        audit::append(conn, now, actor, Some(*site), "listing.viewed", ("site", site), &detail)?;
    }
    Ok(())
}
