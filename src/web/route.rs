//! One row of the route table: what, where, who.

use std::time::Duration;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use super::App;
use crate::domain::Permission;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody. Shows nothing personal.
    Public,
    /// Whoever pressed "Continue" behind a patient's link (cookie of a visit).
    Visitor,
    /// Staff who may do this at one clinic at least; the scope is those clinics.
    Staff(Permission),
    /// An administrator of the whole installation.
    Installation,
    /// Another system with a bearer token of a clinic.
    Api,
    /// Only while training; elsewhere the route does not exist.
    Training,
    /// Only while training, and then as [`Access::Staff`].
    TrainingStaff(Permission),
}

/// One row of the route table.
pub struct Route {
    /// GET (which also answers HEAD) or POST.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Most bytes that a body may have.
    pub body_limit: usize,
    /// How long the answer may take to begin, the arrival of the body included.
    pub time_limit: Duration,
    /// Whether a call keeps the session alive; what a page asks for by itself does not.
    pub is_use: bool,
    pub(super) handler: MethodRouter<App>,
}

/// Most bytes of a form.
pub const FORM_LIMIT: usize = 64 * 1024;
/// How long a page may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(15);

impl Route {
    /// A route that only shows. It must change nothing.
    pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Self {
            method: Method::GET,
            path,
            access,
            body_limit: FORM_LIMIT,
            time_limit: TIME_LIMIT,
            is_use: true,
            handler: get(handler),
        }
    }

    /// A route that changes something.
    pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Self {
            method: Method::POST,
            path,
            access,
            body_limit: FORM_LIMIT,
            time_limit: TIME_LIMIT,
            is_use: true,
            handler: post(handler),
        }
    }

    /// The same route with time for heavy work (exports, large files).
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// The same route, called by a page by itself: nobody has to sit in front of it, so it
    /// does not keep the session alive.
    #[must_use]
    pub fn unattended(mut self) -> Self {
        self.is_use = false;
        self
    }

    /// The same route with room for a file.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }
}
