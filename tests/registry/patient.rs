//! The patient's page: a link, a form of small steps, a result that lasts.

mod card;
mod course;
mod form;
mod keeping;
mod link;
mod question;
mod visitor;
