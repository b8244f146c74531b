//! The program as people meet it: a real browser against the real binary.
//!
//! Where there is no chromium these tests say so and pass; the gate always has one.

mod accessible;
mod chrome;
mod every_page;
mod flows;
mod program;
mod well;
mod whole_way;
