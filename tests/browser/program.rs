//! The real binary in training mode, with a real mail server on loopback to send to.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

#[path = "../registry/smtp_sink.rs"]
#[expect(dead_code, reason = "the mail tests use more of it")]
mod smtp_sink;

pub use smtp_sink::{Mode, Sink};

/// A running training registry. It ends with this value.
pub struct Program {
    _child: Child,
    /// Where it is, and who can sign in, as `--json` says.
    pub told: Value,
}

impl Program {
    /// Starts the binary with a few patients and a mail server.
    pub async fn start(smtp: &Sink) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_afterwatch"))
            .args(["demo", "--listen", "127.0.0.1:0", "--patients", "8", "--json"])
            .env("AFTERWATCH_SMTP_URL", smtp.url())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // A debug build on a busy machine plays the past slowly.
        let line = tokio::time::timeout(Duration::from_mins(4), lines.next_line())
            .await
            .expect("the program tells where it is")
            .unwrap()
            .expect("one line");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { _child: child, told: serde_json::from_str(&line).unwrap() }
    }

    /// The address of the program.
    pub fn base(&self) -> &str {
        self.told["base_url"].as_str().unwrap()
    }

    /// The link of the patient who reads a language.
    pub fn link(&self, language: &str) -> String {
        let patients = self.told["patients"].as_array().unwrap();
        let patient = patients.iter().find(|patient| patient["language"] == language).unwrap();
        patient["link"].as_str().unwrap().to_owned()
    }

    /// Moves the training clock; due work is done when this returns.
    pub async fn advance(&self, span: &str) {
        let url = format!("{}/demo/clock", self.base());
        let client =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = client.post(url).form(&[("advance", span)]).send().await.unwrap();
        assert_eq!(answer.status(), 303, "moving the clock by {span}");
    }
}

/// A file for an upload field, in a directory that ends with the value.
pub fn file(dir: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}
