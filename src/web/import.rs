//! Import: choose a file, look at what would happen, take it in.
//!
//! Nothing is kept between the steps: the preview's form carries the text of the file and
//! the digest of the plan that was shown.

pub mod shown;

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use self::shown::{ColumnLine, ProblemLine, columns, file_sentence, problems, warnings};
use super::page::page;
use super::patients::site_options;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::{Codelist, Language, Permission, SiteId};
use crate::i18n::import::{ImportText, import as text};
use crate::import::file::MOST_BYTES;
use crate::import::{self, ImportError, Kind, Plan, Upload};
use crate::store::sites::{self, Site};

/// Room for the file, the other fields and the boundaries.
const BODY_LIMIT: usize = MOST_BYTES + 64 * 1024;
/// Most bad rows that a page shows; the command line shows all.
const MOST_SHOWN: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    let access = Access::Staff(Permission::Import);
    vec![
        Route::get("/import", access, show),
        Route::post("/import", access, check).body_limit(BODY_LIMIT),
        Route::post("/import/confirm", access, confirm).body_limit(BODY_LIMIT),
        Route::get("/import/examples/{kind}", access, example),
    ]
}

/// The name of a kind of file.
fn kind_name(t: &'static ImportText, kind: Kind) -> &'static str {
    match kind {
        Kind::Patients => t.patients,
        Kind::Lots => t.lots,
        Kind::Infusions => t.infusions,
    }
}

struct KindHelp {
    name: &'static str,
    code: &'static str,
    columns: Vec<ColumnLine>,
}

#[derive(Template)]
#[template(path = "import/choose.html")]
struct ChoosePage {
    chrome: Chrome,
    t: &'static ImportText,
    kinds: Vec<(String, String)>,
    kind: String,
    sites: Vec<(String, String)>,
    site: String,
    wrong: Vec<(&'static str, &'static str, String)>,
    help: Vec<KindHelp>,
}

fn choose_page(
    chrome: Chrome,
    sites: &[Site],
    sent: &Sent,
    wrong: Vec<(&'static str, &'static str, String)>,
) -> ChoosePage {
    let lang: Language = chrome.lang;
    let t = text(lang);
    ChoosePage {
        kinds: Kind::ALL
            .iter()
            .map(|kind| (kind.code().to_owned(), kind_name(t, *kind).to_owned()))
            .collect(),
        kind: sent.kind.clone(),
        sites: site_options(sites),
        site: sent.site.clone(),
        help: Kind::ALL
            .iter()
            .map(|kind| KindHelp {
                name: kind_name(t, *kind),
                code: kind.code(),
                columns: columns(lang, *kind),
            })
            .collect(),
        chrome,
        t,
        wrong,
    }
}

async fn show(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
) -> Result<Response, PageError> {
    let sites = app.db.read(move |conn| sites::list(conn, &signed.scope)).await?;
    page(&choose_page(chrome, &sites, &Sent::default(), Vec::new()))
}

/// The parts of a sent form.
#[derive(Debug, Default)]
struct Sent {
    kind: String,
    site: String,
    digest: String,
    file_name: String,
    file: Vec<u8>,
}

async fn parts(mut form: Multipart) -> Result<Sent, PageError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(|_| PageError::Unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| PageError::TooLarge)?;
        let text = || String::from_utf8(bytes.to_vec()).map_err(|_| PageError::Unreadable);
        match name.as_str() {
            "kind" => sent.kind = text()?,
            "site" => sent.site = text()?,
            "digest" => sent.digest = text()?,
            "file_name" => sent.file_name = text()?,
            "file" => {
                sent.file_name = file_name.unwrap_or_default();
                sent.file = bytes.to_vec();
            }
            "text" => sent.file = bytes.to_vec(),
            _ => {}
        }
    }
    // A name is shown and kept in the audit trail: one short line.
    sent.file_name = sent.file_name.chars().filter(|c| !c.is_control()).take(200).collect();
    Ok(sent)
}

/// The upload that was sent, or everything that is wrong with it.
fn upload(
    lang: Language,
    sites: &[Site],
    sent: &Sent,
) -> Result<Upload, Vec<(&'static str, &'static str, String)>> {
    let t = text(lang);
    let mut wrong = Vec::new();
    let kind = Kind::from_code(&sent.kind);
    if kind.is_none() {
        wrong.push(("kind", t.kind, t.no_kind.to_owned()));
    }
    let id = sent.site.parse::<SiteId>().ok();
    let site = sites.iter().find(|site| Some(site.id) == id);
    if site.is_none() {
        wrong.push(("site", t.site, t.no_site.to_owned()));
    }
    let decoded = if sent.file.is_empty() && sent.file_name.is_empty() {
        wrong.push(("file", t.file, t.no_file.to_owned()));
        None
    } else {
        import::decode(&sent.file)
            .map_err(|problem| wrong.push(("file", t.file, file_sentence(t, &problem))))
            .ok()
    };
    match (kind, site, decoded) {
        (Some(kind), Some(site), Some(text)) => {
            let (site, file_name) = (site.clone(), sent.file_name.clone());
            Ok(Upload { kind, site, text, file_name })
        }
        _ => Err(wrong),
    }
}

#[derive(Template)]
#[template(path = "import/preview.html")]
struct PreviewPage {
    chrome: Chrome,
    t: &'static ImportText,
    kind: &'static str,
    kind_code: &'static str,
    site: String,
    site_id: String,
    file_name: String,
    text: String,
    digest: String,
    is_good: bool,
    is_changed: bool,
    rows: String,
    courses: Option<String>,
    bad: String,
    file_problems: Vec<String>,
    problems: Vec<ProblemLine>,
    warnings: Vec<ProblemLine>,
    columns: Vec<&'static str>,
    sample: Vec<(u64, Vec<String>)>,
    is_cut: bool,
}

fn preview(
    chrome: Chrome,
    upload: Upload,
    plan: &Plan,
    is_changed: bool,
) -> Result<Response, PageError> {
    let lang = chrome.lang;
    let t = text(lang);
    let mut lines: Vec<u64> = plan.problems.iter().map(|problem| problem.line).collect();
    lines.dedup();
    let courses = plan.courses_begun();
    let page = PreviewPage {
        kind: kind_name(t, upload.kind),
        kind_code: upload.kind.code(),
        site: format!("{} · {}", upload.site.code, upload.site.name),
        site_id: upload.site.id.to_string(),
        digest: plan.digest(),
        is_good: plan.is_good(),
        is_changed,
        rows: t.rows(plan.rows),
        courses: (courses > 0).then(|| t.courses(courses)),
        bad: t.bad_rows(plan.problems.len(), lines.len()),
        file_problems: plan.file_problems.iter().map(|one| file_sentence(t, one)).collect(),
        problems: problems(lang, plan, MOST_SHOWN),
        warnings: warnings(lang, plan, MOST_SHOWN),
        columns: plan.sample.0.clone(),
        sample: plan.sample.1.clone(),
        is_cut: plan.problems.len() > MOST_SHOWN || plan.warnings.len() > MOST_SHOWN,
        file_name: upload.file_name,
        text: upload.text,
        chrome,
        t,
    };
    let status = match (page.is_good, is_changed) {
        (_, true) => StatusCode::CONFLICT,
        (true, false) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, Html(page.render()?)).into_response())
}

async fn check(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    form: Multipart,
) -> Result<Response, PageError> {
    let sent = parts(form).await?;
    let sites = app.db.read(move |conn| sites::list(conn, &signed.scope)).await?;
    let upload = match upload(chrome.lang, &sites, &sent) {
        Ok(upload) => upload,
        Err(wrong) => return refused(chrome, &sites, &sent, wrong),
    };
    let (now, planned) = (app.now(), upload.clone());
    let plan = app
        .db
        .read(move |conn| import::plan(conn, now, &planned.site, planned.kind, &planned.text))
        .await?;
    preview(chrome, upload, &plan, false)
}

fn refused(
    chrome: Chrome,
    sites: &[Site],
    sent: &Sent,
    wrong: Vec<(&'static str, &'static str, String)>,
) -> Result<Response, PageError> {
    let page = choose_page(chrome, sites, sent, wrong).render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

#[derive(Template)]
#[template(path = "import/done.html")]
struct DonePage {
    chrome: Chrome,
    t: &'static ImportText,
    kind: &'static str,
    rows: String,
    courses: Option<String>,
    file_name: String,
    list_url: &'static str,
}

async fn confirm(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    form: Multipart,
) -> Result<Response, PageError> {
    let sent = parts(form).await?;
    let (scope, actor) = (signed.scope.clone(), signed.actor());
    let sites = app.db.read(move |conn| sites::list(conn, &scope)).await?;
    let upload = match upload(chrome.lang, &sites, &sent) {
        Ok(upload) => upload,
        Err(wrong) => return refused(chrome, &sites, &sent, wrong),
    };
    let (now, keys, taken, digest) = (app.now(), app.keys.clone(), upload.clone(), sent.digest);
    let outcome = app
        .db
        .write(move |conn| import::commit(conn, &keys, now, &actor, &taken, Some(&digest)))
        .await;
    match outcome {
        Ok(done) => {
            app.mail_due.notify_one();
            let t = text(chrome.lang);
            page(&DonePage {
                kind: kind_name(t, upload.kind),
                rows: t.rows(done.rows),
                courses: (done.courses > 0).then(|| t.courses(done.courses)),
                file_name: upload.file_name,
                list_url: if upload.kind == Kind::Lots { "/lots" } else { "/patients" },
                chrome,
                t,
            })
        }
        Err(ImportError::Refused(plan)) => preview(chrome, upload, &plan, true),
        Err(ImportError::Store(error)) => Err(error.into()),
    }
}

async fn example(Path(kind): Path<String>) -> Result<Response, PageError> {
    let kind = Kind::from_code(&kind).ok_or(PageError::NotFound)?;
    let mut response = kind.example().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = format!("attachment; filename=\"{}.csv\"", kind.code());
    let name = HeaderValue::from_str(&name).map_err(PageError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
