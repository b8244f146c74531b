//! One program for one test: own file, own clock, own browsers. Nothing listens;
//! requests go straight to the router.
//!
//! ```ignore
//! #[tokio::test]
//! async fn a_nurse_sees_the_queue_of_her_clinic() {
//!     let app = TestApp::new();
//!     let site = app.site("A").await;
//!     let nurse = app.staff(Role::Nurse, site).await;
//!     let page = nurse.get("/queue").await;
//!     assert_eq!(page.status, StatusCode::OK);
//! }
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use afterwatch::access::{NewSession, Stage};
use afterwatch::auditor::Auditor;
use afterwatch::clock::Clock;
use afterwatch::config::Settings;
use afterwatch::domain::registry::ActiveState;
use afterwatch::domain::{Language, Role, SiteId, StaffId, Timestamp};
use afterwatch::due_work::DueWork;
use afterwatch::engine;
use afterwatch::secrets::{Keys, new_token, token_hash};
use afterwatch::store::schema::{duty, membership, staff};
use afterwatch::store::{self, Connection, Db, sessions};
use afterwatch::web::guard::{FORM_TOKEN, SESSION_COOKIE};
use afterwatch::web::{self, App};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use diesel::prelude::*;
use http_body_util::BodyExt;
use jiff::SignedDuration;
use tower::ServiceExt;

/// When every test begins: a Sunday, 10:00 in Shanghai.
pub const START: &str = "2026-03-01T02:00:00Z";

/// The program with a database, a clock and keys of its own.
pub struct TestApp {
    /// The state that handlers share; its database can be asked directly.
    pub app: App,
    router: Router,
    _directory: tempfile::TempDir,
}

impl TestApp {
    /// As a clinic runs it.
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    /// In training mode.
    pub fn training() -> Self {
        Self::with(|settings| settings.training = true)
    }

    /// In training mode with everything at work that falls due when its clock is moved.
    pub fn practising() -> Self {
        Self::built(
            |settings| settings.training = true,
            |mut app| {
                let worker = engine::worker(&app).unwrap();
                app.mail_due = worker.bell();
                let auditor = Auditor::new(app.clone(), app.settings.data.join("no-anchors.txt"))
                    .with_disk(|_| Some((1 << 40, 80)));
                app.due = Some(DueWork::start(&app, worker, auditor));
                app
            },
        )
    }

    /// With settings of its own.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::built(change, |app| app)
    }

    fn built(change: impl FnOnce(&mut Settings), finish: impl FnOnce(App) -> App) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let keys = Keys::from_root(&[7; 32]);
        let (db, _) = Db::open(&directory.path().join("registry.db"), &keys).unwrap();
        let start: Timestamp = START.parse().unwrap();
        let mut settings = Settings::for_training(directory.path(), start);
        settings.training = false;
        change(&mut settings);
        let app = finish(App::new(db, Clock::fixed(start), keys, settings));
        Self { router: web::router(&app), app, _directory: directory }
    }

    /// The present instant of the test.
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        assert!(self.app.clock.advance(by));
    }

    /// Writes straight to the database.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> store::Result<T> + Send + 'static,
    ) -> T {
        self.app.db.write(work).await.unwrap()
    }

    /// Reads straight from the database.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> store::Result<T> + Send + 'static,
    ) -> T {
        self.app.db.read(work).await.unwrap()
    }

    /// A browser in which nobody is signed in.
    pub fn stranger(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            keys: self.app.keys.clone(),
            cookies: Arc::default(),
            id: None,
        }
    }

    /// A new member of staff with this role at this clinic, signed in.
    pub async fn staff(&self, role: Role, site: SiteId) -> Browser {
        let id = self.person(&[(site, role)], false).await;
        self.sign_in(id).await
    }

    /// A new administrator of the whole installation, signed in; no role at any clinic.
    pub async fn administrator(&self) -> Browser {
        let id = self.person(&[], true).await;
        self.sign_in(id).await
    }

    /// A new member of staff, active, without a password.
    pub async fn person(&self, roles: &[(SiteId, Role)], is_administrator: bool) -> StaffId {
        let (id, now, roles) = (StaffId::new(), self.now(), roles.to_vec());
        self.write(move |conn| {
            diesel::insert_into(staff::table)
                .values((
                    staff::id.eq(id),
                    staff::email.eq(format!("{id}@clinic.example")),
                    staff::name.eq("Test Person"),
                    staff::language.eq(Language::En),
                    staff::is_administrator.eq(is_administrator),
                    staff::state.eq(ActiveState::Active),
                    staff::version.eq(1),
                    staff::recorded_at.eq(now),
                ))
                .execute(conn)?;
            for (site, role) in roles {
                diesel::insert_into(membership::table)
                    .values((
                        membership::staff_id.eq(id),
                        membership::site_id.eq(site),
                        membership::role.eq(role),
                        membership::recorded_at.eq(now),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await;
        id
    }

    /// Puts a person on duty at a clinic.
    pub async fn on_duty(&self, id: StaffId, site: SiteId) {
        let now = self.now();
        self.write(move |conn| {
            let row = (duty::site_id.eq(site), duty::staff_id.eq(id), duty::since.eq(now));
            diesel::insert_into(duty::table).values(row).execute(conn)?;
            Ok(())
        })
        .await;
    }

    /// A browser with a complete session of this person.
    pub async fn sign_in(&self, id: StaffId) -> Browser {
        let (token, now) = (new_token().unwrap(), self.now());
        let hash = token_hash(&token);
        self.write(move |conn| {
            sessions::begin(
                conn,
                &NewSession {
                    token_hash: &hash,
                    staff: id,
                    stage: Stage::Full,
                    user_agent: "test",
                },
                now,
            )
        })
        .await;
        let browser = Browser { id: Some(id), ..self.stranger() };
        browser.cookies.lock().unwrap().insert(SESSION_COOKIE.to_owned(), token);
        browser
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as text.
    pub html: String,
}

impl Answer {
    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// One header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Keeps cookies and sends the form token by itself; clones share their cookies.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    keys: Keys,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    id: Option<StaffId>,
}

impl Browser {
    /// Who is signed in.
    pub fn id(&self) -> StaffId {
        self.id.expect("a stranger has no id")
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sets a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The form token of the session in the cookie.
    pub fn form_token(&self) -> String {
        let token = self.cookie(SESSION_COOKIE).unwrap_or_default();
        self.keys.form_token(&token_hash(&token))
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Self::request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form; the form token is added unless `fields` has one.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token();
        let mut pairs: Vec<(&str, &str)> = fields.to_vec();
        if !fields.iter().any(|(name, _)| *name == FORM_TOKEN) {
            pairs.push((FORM_TOKEN, &token));
        }
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let request = Self::request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form with one file; the form token is added.
    pub async fn post_multipart(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        (field, file_name, content): (&str, &str, &[u8]),
    ) -> Answer {
        let token = self.form_token();
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain(&[(FORM_TOKEN, token.as_str())]) {
            body.extend(
                format!(
                    "--border\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .into_bytes(),
            );
        }
        let head = format!(
            "--border\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend([head.as_bytes(), content, b"\r\n--border--\r\n"].concat());
        let request = Self::request(Method::POST, path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=border")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Opens a stream of events and leaves it open.
    pub async fn open(&self, path: &str) -> axum::response::Response {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Self::request(Method::GET, path).header(header::COOKIE, cookies.join("; "));
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// A request as a browser on our own page makes it; finish it and [`Browser::send`] it.
    pub fn request(method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
    }

    /// Sends any request with this browser's cookies and keeps those that come back.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut kept = self.cookies.lock().unwrap();
            if cookie.contains("Max-Age=0") {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
        // A stream of events has no end: what it begins with must do.
        let is_stream = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes() == b"text/event-stream");
        let bytes = if is_stream {
            let mut body = body;
            let first = body.frame().await.unwrap().unwrap();
            first.into_data().unwrap()
        } else {
            body.collect().await.unwrap().to_bytes()
        };
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, html }
    }
}

/// Percent-encodes everything but letters and digits.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'.' {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}
