//! A person behind a link, who fills pages as they stand.

use afterwatch::domain::registry::ReportSource;
use afterwatch::domain::{Language, Level, LinkId};
use afterwatch::store::links;
use afterwatch::store::schema::{flag, link, patient, report};
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::{Answer, Browser, TestApp};
use crate::fixtures::Infused;

/// A clinic, a patient in it, and the patient's link.
pub struct Scene {
    pub app: TestApp,
    pub infused: Infused,
    pub token: String,
    pub link: LinkId,
}

pub const CODE: &str = "CANARY-7";

pub async fn scene() -> Scene {
    scene_in(Language::En).await
}

pub async fn scene_in(language: Language) -> Scene {
    let app = TestApp::new();
    let site = app.site("A").await;
    let infused = app.infused(site, CODE).await;
    let (now, keys) = (app.now(), app.app.keys.clone());
    let (link, token) = app
        .write(move |conn| {
            diesel::update(patient::table).set(patient::language.eq(language)).execute(conn)?;
            let until = now.plus_hours(24 * 365);
            let id = links::issue(conn, &keys, now, infused.patient, infused.infusion, until)?;
            let nonce: String =
                link::table.filter(link::id.eq(id)).select(link::nonce).first(conn)?;
            Ok((id, keys.link_token(&nonce)))
        })
        .await;
    Scene { app, infused, token, link }
}

impl Scene {
    pub fn door(&self) -> String {
        format!("/p/{}", self.token)
    }

    /// A visitor who pressed "Continue".
    pub async fn visitor(&self) -> Visitor {
        let browser = self.app.stranger();
        let answer = browser.post(&format!("{}/continue", self.door()), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        Visitor { browser }
    }

    pub async fn reports(&self) -> Vec<(Level, ReportSource, String)> {
        self.app
            .read(|conn| {
                Ok(report::table
                    .order(report::received_at)
                    .select((report::level, report::source, report::input))
                    .load(conn)?)
            })
            .await
    }

    pub async fn flags(&self) -> Vec<String> {
        self.app.read(|conn| Ok(flag::table.order(flag::rule).select(flag::rule).load(conn)?)).await
    }
}

/// A browser with the cookie of a visit.
pub struct Visitor {
    pub browser: Browser,
}

impl Visitor {
    pub async fn get(&self, path: &str) -> Answer {
        self.browser.get(path).await
    }

    /// Fills a page as a person does: opens it, keeps its hidden fields, posts.
    pub async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
        self.post_from(&page, path, fields).await
    }

    /// Opens one page and posts its form to another address.
    pub async fn fill_at(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(page).await;
        self.post_from(&page, path, fields).await
    }

    pub async fn post_from(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = hidden(&page.html, "form_token").expect("no form token");
        let draft = hidden(&page.html, "draft");
        let mut all = vec![("form_token", token.as_str())];
        all.extend(draft.as_deref().map(|draft| ("draft", draft)));
        all.extend(fields);
        self.browser.post(path, &all).await
    }

    /// Fills a page and says where it leads.
    pub async fn goes(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.fill(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", text_of(&answer.html));
        answer.location().unwrap_or_default().to_owned()
    }

    /// Sends the report from the check page and opens the result.
    pub async fn send(&self) -> Answer {
        let page = self.get("/p/report/check").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let answer = self.post_from(&page, "/p/report/send", &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", text_of(&answer.html));
        self.get(answer.location().unwrap()).await
    }
}

pub fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}

/// What a page says, without its markup.
pub fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
