//! The pages of administrators: mail.

mod mail;
