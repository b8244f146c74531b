//! The second channel: signed calls to a clinic's gateway, against a real server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use afterwatch::domain::letter::MailState;
use afterwatch::domain::task::Action;
use afterwatch::domain::{Level, Role};
use afterwatch::hooks::{CALL_ID, Caller, SIGNATURE, TIMESTAMP, sign};
use afterwatch::store::hooks::{self, Call, Hook};
use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::climb::Clinic;

/// How long a gateway may take in these tests.
const DEADLINE: Duration = Duration::from_millis(300);

/// What a gateway does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// Takes it, if the signature is right.
    Takes,
    Fails,
    Hangs,
    Redirects,
}

/// A request as it came.
#[derive(Debug, Clone)]
struct Asked {
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// A gateway that knows a secret.
pub struct Gateway {
    url: String,
    does: Arc<Mutex<Does>>,
    secret: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Gateway {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/sms?key=k", listener.local_addr().unwrap());
        let does = Arc::new(Mutex::new(Does::Takes));
        let secret = Arc::new(Mutex::new(String::new()));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let gateway = Self {
            url,
            does: Arc::clone(&does),
            secret: Arc::clone(&secret),
            asked: Arc::clone(&asked),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (does, secret) = (*does.lock().unwrap(), secret.lock().unwrap().clone());
                tokio::spawn(answer(stream, does, secret, Arc::clone(&asked)));
            }
        });
        gateway
    }

    /// What a clinic keeps of it, which gets to know the secret.
    pub fn hook(&self) -> Hook {
        let secret = "a-secret-of-both-sides-that-is-long-enough".to_owned();
        self.secret.lock().unwrap().clone_from(&secret);
        Hook { url: self.url.clone(), secret, is_active: true, version: 1 }
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        self.asked().len()
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn does(&self, what: Does) {
        *self.does.lock().unwrap() = what;
    }
}

async fn answer(mut stream: TcpStream, does: Does, secret: String, asked: Arc<Mutex<Vec<Asked>>>) {
    let mut bytes = Vec::new();
    let request = loop {
        let mut part = [0; 1024];
        let read = stream.read(&mut part).await.unwrap();
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let mut lines = head.lines();
        let line = lines.next().unwrap().to_owned();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        if body.len() >= headers["content-length"].parse::<usize>().unwrap() {
            break Asked { line, headers, body: body.to_owned() };
        }
    };
    let expected = sign(&secret, &request.headers[TIMESTAMP], &request.body);
    let status = match does {
        Does::Takes if request.headers[SIGNATURE] == expected => "204 No Content",
        Does::Takes => "401 Unauthorized",
        Does::Fails => "500 Internal Server Error",
        Does::Redirects => "307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/elsewhere",
        Does::Hangs => "",
    };
    asked.lock().unwrap().push(request);
    if status.is_empty() {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes()).await;
}

impl Clinic {
    /// Registers the gateway, which gets to know the secret.
    async fn gateway(&self, gateway: &Gateway) {
        let (site, now, hook) = (self.ward.site, self.ward.app.now(), gateway.hook());
        self.ward.app.write(move |conn| hooks::keep(conn, now, site, &hook)).await;
    }

    async fn call(&self) {
        let parts = &self.ward.app.app;
        let base = "https://aw.example".to_owned();
        let caller =
            Caller::new(parts.db.clone(), parts.clock.clone(), base).with_deadline(DEADLINE);
        caller.drain().await.unwrap();
    }

    async fn calls(&self) -> Vec<Call> {
        let site = self.ward.site;
        self.ward.app.read(move |conn| hooks::newest(conn, site)).await
    }

    fn seconds(&self, seconds: i64) {
        self.ward.app.advance(SignedDuration::from_secs(seconds));
    }
}

#[tokio::test]
async fn a_gateway_gets_a_signed_call_without_a_word_about_health_for_every_step() {
    let (clinic, gateway) = (Clinic::new().await, Gateway::new().await);
    clinic.gateway(&gateway).await;
    let id = clinic.task(Level::Emergency).await;
    clinic.call().await;
    let asked = gateway.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, "POST /sms?key=k HTTP/1.1");
    let body: Value = serde_json::from_str(&asked[0].body).unwrap();
    let expected = json!({
        "task": 1001,
        "level": "EMERGENCY",
        "site": "A",
        "link": format!("https://aw.example/tasks/{id}"),
    });
    assert_eq!(body, expected);
    assert_eq!(clinic.calls().await[0].state, MailState::Accepted);
    clinic.minutes(15).await;
    clinic.call().await;
    clinic.call().await;
    assert_eq!(gateway.asked().len(), 2, "once for the charge nurse");
    assert_eq!(clinic.ward.count("alert").await, 3, "the mails are owed beside it");
    clinic.minutes(15).await;
    clinic.act(id, Action::Take).await;
    clinic.call().await;
    assert_eq!(gateway.asked().len(), 2, "somebody has it");
    assert_eq!(clinic.calls().await[0].state, MailState::Cancelled);
}

#[tokio::test]
async fn a_gateway_that_fails_or_hangs_is_called_again_and_the_mail_does_not_wait() {
    for does in [Does::Fails, Does::Hangs] {
        let (clinic, gateway) = (Clinic::new().await, Gateway::new().await);
        clinic.gateway(&gateway).await;
        gateway.does(does);
        clinic.task(Level::Emergency).await;
        clinic.call().await;
        clinic.call().await;
        assert_eq!(gateway.asked().len(), 1, "{does:?}: not before its time");
        assert_eq!(clinic.calls().await[0].state, MailState::Planned, "{does:?}");
        clinic.mail(MailState::Accepted).await;
        assert_eq!(clinic.ward.count("alert").await, 1);
        gateway.does(Does::Takes);
        clinic.seconds(5);
        clinic.call().await;
        let call = clinic.calls().await.remove(0);
        assert_eq!((call.state, call.attempts), (MailState::Accepted, 2), "{does:?}");
        let asked = gateway.asked();
        assert_eq!(asked[0].headers[CALL_ID], asked[1].headers[CALL_ID], "{does:?}");
        assert_ne!(asked[0].headers[SIGNATURE], asked[1].headers[SIGNATURE], "{does:?}");
    }
}

#[tokio::test]
async fn a_call_that_nobody_takes_for_an_hour_has_failed() {
    let (clinic, gateway) = (Clinic::new().await, Gateway::new().await);
    clinic.gateway(&gateway).await;
    gateway.does(Does::Fails);
    clinic.task(Level::Emergency).await;
    clinic.call().await;
    clinic.seconds(3600);
    clinic.call().await;
    let call = clinic.calls().await.remove(0);
    assert_eq!((call.state, call.attempts), (MailState::Failed, 1));
    assert_eq!(call.detail.as_deref(), Some("answered 500"));
}

#[tokio::test]
async fn a_wrong_secret_and_a_redirect_are_refusals_and_no_redirect_is_followed() {
    let (clinic, gateway) = (Clinic::new().await, Gateway::new().await);
    clinic.gateway(&gateway).await;
    "another-secret".clone_into(&mut gateway.secret.lock().unwrap());
    clinic.task(Level::Emergency).await;
    clinic.call().await;
    let call = clinic.calls().await.remove(0);
    assert_eq!((call.state, call.detail.as_deref()), (MailState::Failed, Some("answered 401")));
    gateway.does(Does::Redirects);
    clinic.minutes(15).await;
    clinic.call().await;
    let call = clinic.calls().await.remove(0);
    assert_eq!((call.state, call.detail.as_deref()), (MailState::Failed, Some("answered 307")));
}

#[tokio::test]
async fn an_administrator_sets_the_gateway_and_tries_it_out() {
    let (clinic, gateway) = (Clinic::new().await, Gateway::new().await);
    let admin = clinic.browser(Role::Administrator).await;
    let site = clinic.ward.site.to_string();
    let early = admin.post("/admin/escalation/gateway/test", &[("site", &site)]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.html.contains("No gateway is called"), "{}", early.html);
    for url in ["http://gateway.example/sms", "https://name:word@gateway.example/", "sms", ""] {
        let fields = [("site", &*site), ("url", url), ("active", "yes")];
        let refused = admin.post("/admin/escalation/gateway", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(refused.html.contains("must begin with https://"), "{url}: {}", refused.html);
    }
    let fields = [("site", &*site), ("url", &*gateway.url), ("active", "yes")];
    let done = admin.post("/admin/escalation/gateway", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let at = clinic.ward.site;
    let hook = clinic.ward.app.read(move |conn| hooks::find(conn, at)).await.unwrap();
    gateway.secret.lock().unwrap().clone_from(&hook.secret);
    let page = admin.get("/admin/escalation").await.html;
    assert!(page.contains(&hook.secret), "{page}");
    let done = admin.post("/admin/escalation/gateway/test", &[("site", &site)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    clinic.call().await;
    let asked = gateway.asked();
    let body: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(body, json!({"test": true, "site": "A"}));
    let page = admin.get("/admin/escalation?lang=zh-CN").await.html;
    assert!(page.contains("测试") && page.contains("最近的通知"), "{page}");
    let stranger =
        clinic.ward.app.staff(Role::Administrator, clinic.ward.app.site("B").await).await;
    let gone = stranger.post("/admin/escalation/gateway/test", &[("site", &site)]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    // Switched off, it is not called.
    let off = [("site", &*site), ("url", &*gateway.url)];
    assert_eq!(admin.post("/admin/escalation/gateway", &off).await.status, StatusCode::SEE_OTHER);
    clinic.task(Level::Emergency).await;
    clinic.call().await;
    assert_eq!(gateway.asked().len(), 1);
}

#[tokio::test]
async fn a_gateway_that_answers_in_plain_where_tls_is_due_gets_nothing() {
    let (clinic, mut gateway) = (Clinic::new().await, Gateway::new().await);
    gateway.url = gateway.url.replace("http://", "https://");
    clinic.gateway(&gateway).await;
    clinic.task(Level::Emergency).await;
    clinic.call().await;
    assert!(gateway.asked().is_empty(), "no request before the handshake");
    let call = clinic.calls().await.remove(0);
    assert_eq!((call.state, call.attempts), (MailState::Planned, 1));
}
