//! The patient's page: a link, a form of small steps, a result that lasts.

mod form;
mod link;
mod question;
mod visitor;
