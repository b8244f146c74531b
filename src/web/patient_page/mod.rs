//! The patient's page behind a link, and the same questions asked by staff.
//!
//! A link opens a door that shows nothing personal and changes nothing; "Continue" swaps
//! it for the cookie of a visit. The form is a way of small steps ([`steps`]), each saved
//! as it was typed ([`answers`]) and read into the report that the rules judge ([`report`]).

mod answers;
mod course;
mod curve;
mod danger;
mod desk;
mod door;
mod field;
mod fields;
mod frame;
mod heading;
mod judge;
mod moment;
mod outcome;
mod pages;
mod report;
mod sitting;
mod staff;
mod steps;
mod times;
mod visit;
mod visitor;

use super::{Access, Route};
use crate::domain::Permission;

pub(super) fn routes() -> Vec<Route> {
    let open = Access::Public;
    let inside = Access::Visitor;
    let staff = Access::Staff(Permission::EnterReports);
    vec![
        Route::get("/p/{token}", open, door::show),
        Route::post("/p/{token}/continue", open, door::enter),
        Route::get("/p/{token}/stop", open, door::show_stop),
        Route::post("/p/{token}/stop", open, door::stop),
        Route::post("/p/{token}/resume", open, door::resume),
        Route::post("/p/{token}/not-me", open, door::not_me),
        Route::get("/p/report", inside, visit::home),
        Route::post("/p/report/resume", inside, visit::resume),
        Route::get("/p/report/now", inside, visit::now),
        Route::post("/p/report/now", inside, visit::called),
        Route::get("/p/report/course", inside, course::show),
        Route::post("/p/report/course", inside, course::open),
        Route::post("/p/report/send", inside, visit::send),
        Route::get("/p/report/{step}", inside, visit::show),
        Route::post("/p/report/{step}", inside, visit::answer),
        Route::get("/p/done/{reference}", inside, visit::done),
        Route::post("/p/done/{reference}/correct", inside, visit::correct),
        Route::get("/infusions/{id}/report", staff, staff::begin),
        Route::post("/infusions/{id}/report", staff, staff::open),
        Route::get("/infusions/{id}/report/{draft}/now", staff, staff::now),
        Route::post("/infusions/{id}/report/{draft}/now", staff, staff::called),
        Route::post("/infusions/{id}/report/{draft}/send", staff, staff::send),
        Route::get("/infusions/{id}/report/{draft}/done", staff, staff::done),
        Route::get("/infusions/{id}/report/{draft}/{step}", staff, staff::show),
        Route::post("/infusions/{id}/report/{draft}/{step}", staff, staff::answer),
    ]
}
