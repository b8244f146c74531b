//! Every route, for every role, at one's own clinic and at another, for nobody, for somebody
//! who was taken out: who gets in is read from the route table itself. A route that this test
//! has no example for fails it.

use std::collections::BTreeMap;

use afterwatch::domain::letter::LetterKind;
use afterwatch::domain::registry::ReportSource;
use afterwatch::domain::{Codelist, DraftId, Language, OutboxId, Role, SiteId, StaffId, TaskId};
use afterwatch::store::outbox::{self, NewLetter, Recipient};
use afterwatch::store::{api_tokens, drafts};
use afterwatch::web::health::Part;
use afterwatch::web::{self, Access, Route};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};

use crate::app::{Answer, Browser, TestApp};
use crate::fixtures::Infused;
use crate::queue::made::NewTask;

/// Stands in what belongs to the first clinic; nobody else may ever see it.
const CANARY: &str = "CANARY-7";

/// Who asks.
#[derive(Debug, Clone, Copy)]
enum Who {
    Nobody,
    TakenOut,
    Own(Role),
    Other(Role),
    Administrator,
}

/// Two clinics, people of every kind, and one of everything at the first.
struct World {
    app: TestApp,
    site: SiteId,
    people: BTreeMap<String, StaffId>,
    examples: BTreeMap<&'static str, String>,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new();
        let (site, other) = (app.site("A").await, app.site("B").await);
        // Nothing runs in the background of a test.
        app.app.health.seen(Part::Mail);
        app.app.health.seen(Part::Schedule);
        // Products belong to the whole installation: theirs may be seen by all.
        let product = app.product("P").await;
        let patient = app.patient(site, CANARY).await;
        let lot = app.lot(site, product, patient, &format!("L-{CANARY}")).await;
        let course = app.course(site, patient, product).await;
        let infusion = app.infusion((site, patient), (course, 1), lot, app.now()).await;
        let given = Infused { patient, product, lot, course, infusion };
        let task = app.task(site, &given, NewTask::default()).await.task;
        let mut people = BTreeMap::new();
        for role in Role::ALL {
            people.insert(
                format!("{:?}", Who::Own(*role)),
                app.person(&[(site, *role)], false).await,
            );
            people.insert(
                format!("{:?}", Who::Other(*role)),
                app.person(&[(other, *role)], false).await,
            );
        }
        let out = app.person(&[(site, Role::Nurse)], true).await;
        people.insert(format!("{:?}", Who::TakenOut), out);
        people.insert(format!("{:?}", Who::Administrator), app.person(&[], true).await);
        let (id, nurse, now) = (DraftId::new(), people["Own(Nurse)"], app.now());
        app.write(move |conn| {
            drafts::insert(
                conn,
                &drafts::Draft {
                    id,
                    site,
                    patient: given.patient,
                    infusion: given.infusion,
                    link: None,
                    staff: Some(nurse),
                    source: ReportSource::StaffPhone,
                    language: Language::En,
                    report: serde_json::json!({}),
                    form: serde_json::json!({}),
                    started_at: now,
                    updated_at: now,
                    task: None,
                    sent: None,
                },
            )
        })
        .await;
        let mail = mail_to(&app, site, task, people["Own(Nurse)"]).await;
        let token = app
            .write(move |conn| Ok(api_tokens::make(conn, now, site, "another system", None)?.0))
            .await;
        let changed = app.person(&[(site, Role::Reader)], false).await;
        let quiet = app.quiet(site, &given, nurse).await;
        let examples = BTreeMap::from([
            ("api-tokens/{id}", token.to_string()),
            ("staff/{id}", changed.to_string()),
            ("terms/{term}", "ANAPHYLAXIS".to_owned()),
            ("mail/{id}", mail.to_string()),
            ("patients/{id}", given.patient.to_string()),
            ("snoozes/{id}", quiet.to_string()),
            ("courses/{id}", given.course.to_string()),
            ("infusions/{id}", given.infusion.to_string()),
            ("letters/{id}", site.to_string()),
            ("{id}/{kind}", "link".to_owned()),
            ("{kind}/{language}", "en".to_owned()),
            ("lots/{id}", given.lot.to_string()),
            ("tasks/{id}", task.to_string()),
            ("sites/{id}", site.to_string()),
            ("clinics/{id}", site.to_string()),
            ("examples/{kind}", "lots".to_owned()),
            ("products/{id}", given.product.to_string()),
            ("report/{draft}", id.to_string()),
            ("{draft}/{step}", "feeling".to_owned()),
            ("report/{step}", "feeling".to_owned()),
            ("exports/{file}", "line-listing.csv".to_owned()),
            ("done/{reference}", "AAAA-AAAA".to_owned()),
            ("p/{token}", "no-such-token".to_owned()),
            ("invite/{token}", "no-such-token".to_owned()),
            ("assets/{*path}", "app.css".to_owned()),
        ]);
        Self { app, site, people, examples }
    }

    /// The path with examples of the first clinic, and whether it names something of a clinic.
    fn path(&self, route: &Route) -> (String, bool) {
        let mut parts: Vec<String> = Vec::new();
        let mut before = "";
        let mut of_a_clinic = false;
        for part in route.path.split('/') {
            if part.starts_with('{') {
                let key = format!("{before}/{part}");
                let example = self.examples.get(key.as_str());
                let example = example.unwrap_or_else(|| {
                    panic!("{}: no example for {key}; add one to the table here", route.path)
                });
                of_a_clinic |= ["{id}", "{draft}"].contains(&part) && before != "products";
                parts.push(example.clone());
            } else {
                parts.push(part.to_owned());
            }
            before = part;
        }
        (parts.join("/"), of_a_clinic)
    }

    async fn browser(&self, who: Who) -> Browser {
        match self.people.get(&format!("{who:?}")) {
            Some(id) => self.app.sign_in(*id).await,
            None => self.app.stranger(),
        }
    }

    async fn ask(&self, who: Who, route: &Route, path: &str) -> Answer {
        let browser = self.browser(who).await;
        if route.method == Method::GET {
            browser.get(path).await
        } else {
            browser.post(path, &[]).await
        }
    }
}

fn everybody() -> Vec<Who> {
    let roles = Role::ALL.iter().copied();
    let own = roles.clone().map(Who::Own);
    let other = roles.map(Who::Other);
    [Who::Nobody, Who::TakenOut, Who::Administrator].into_iter().chain(own).chain(other).collect()
}

/// What is wrong with an answer, if something is.
fn judge(route: &Route, who: Who, of_a_clinic: bool, answer: &Answer) -> Option<&'static str> {
    let status = answer.status;
    let reading = route.method == Method::GET;
    let at_the_door = status == StatusCode::UNAUTHORIZED
        || (status == StatusCode::SEE_OTHER
            && answer.location().is_some_and(|to| to.starts_with("/login")));
    if status.is_server_error() {
        return Some("is an error of ours");
    }
    if !matches!(who, Who::Own(_)) && answer.html.contains(CANARY) {
        return Some("shows what belongs to another clinic");
    }
    let allowed = match (route.access, who) {
        (Access::Public | Access::Visitor, _) => return None,
        (Access::Training | Access::TrainingStaff(_), _) => {
            return (status != StatusCode::NOT_FOUND).then_some("exists outside of training");
        }
        (Access::Api, _) => {
            return (status != StatusCode::UNAUTHORIZED).then_some("is open without a token");
        }
        (_, Who::Nobody | Who::TakenOut) => {
            return (!at_the_door).then_some("lets in who is not signed in");
        }
        (Access::Installation, who) => matches!(who, Who::Administrator),
        (Access::Staff(permission), Who::Own(role) | Who::Other(role)) => role.may(permission),
        (Access::Staff(permission), Who::Administrator) => {
            permission == afterwatch::domain::Permission::OwnAccount
        }
    };
    if at_the_door && status != StatusCode::SEE_OTHER {
        return Some("sends a signed-in person to the door");
    }
    match (allowed, who) {
        (false, _) => (status != StatusCode::FORBIDDEN).then_some("is not forbidden for the role"),
        (true, _) if status == StatusCode::FORBIDDEN => Some("is forbidden although the role may"),
        (true, Who::Other(_)) if of_a_clinic && reading && status != StatusCode::NOT_FOUND => {
            Some("does not answer as if it were not there")
        }
        (true, Who::Other(_)) if of_a_clinic && !status.is_client_error() => {
            Some("was done to what belongs to another clinic")
        }
        _ => None,
    }
}

#[tokio::test]
async fn everybody_gets_exactly_as_far_as_the_tables_say() {
    let world = World::new().await;
    // Taken out while signed in: the sessions below are from before.
    let out = world.people[&format!("{:?}", Who::TakenOut)];
    world.app.write(move |conn| afterwatch::store::staff::deactivate(conn, out)).await;
    let mut wrong = Vec::new();
    for route in web::routes() {
        let (path, of_a_clinic) = world.path(&route);
        for who in everybody() {
            let answer = world.ask(who, &route, &path).await;
            if let Some(what) = judge(&route, who, of_a_clinic, &answer) {
                wrong.push(format!(
                    "{} {} for {who:?}: {} {what}",
                    route.method, route.path, answer.status
                ));
            }
            for (name, expected) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                if answer.header(name) != Some(expected) {
                    wrong.push(format!("{} {}: {name}", route.method, route.path));
                }
            }
            let policy = answer.header("content-security-policy").unwrap_or_default();
            if !policy.contains("default-src 'none'") || policy.contains("unsafe") {
                wrong.push(format!("{} {}: content-security-policy", route.method, route.path));
            }
            let kept = answer.header("cache-control").unwrap_or_default();
            if !kept.contains("no-store") && !route.path.starts_with("/assets/") {
                wrong.push(format!("{} {}: may be kept ({kept})", route.method, route.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn nothing_is_done_without_our_own_form() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for route in web::routes() {
        let Access::Staff(permission) = route.access else { continue };
        if route.method == Method::GET {
            continue;
        }
        let role = Role::ALL.iter().copied().find(|role| role.may(permission)).unwrap();
        let (path, _) = world.path(&route);
        let browser = world.browser(Who::Own(role)).await;
        for token in ["", "wrong", &world.browser(Who::Own(role)).await.form_token()] {
            let status = browser.post(&path, &[("form_token", token)]).await.status;
            if status != StatusCode::FORBIDDEN {
                wrong.push(format!("{path} with the form token {token:?}: {status}"));
            }
        }
        let request = Browser::request(Method::POST, &path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("form_token={}", browser.form_token())));
        let mut request = request.unwrap();
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let status = browser.send(request).await.status;
        if status != StatusCode::FORBIDDEN {
            wrong.push(format!("{path} from another site: {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let site = world.site;
    let changed = world.app.read(move |conn| drafts_of(conn, site)).await;
    assert_eq!(changed, 1, "no draft was begun");
}

/// A mail about something of the clinic.
async fn mail_to(app: &TestApp, site: SiteId, task: TaskId, staff: StaffId) -> OutboxId {
    let now = app.now();
    let letter = NewLetter {
        kind: LetterKind::Alert,
        to: Recipient::Staff(staff),
        site: Some(site),
        infusion: None,
        check_in: None,
        task: Some(task),
        link: None,
        language: Language::En,
        due_at: now,
        pointless_at: None,
        dedup_key: "matrix".to_owned(),
    };
    app.write(move |conn| outbox::owe(conn, now, &letter)).await.unwrap()
}

/// How many drafts a clinic has.
fn drafts_of(
    conn: &mut afterwatch::store::Connection,
    site: SiteId,
) -> afterwatch::store::Result<i64> {
    use afterwatch::store::schema::draft;
    use diesel::prelude::*;
    Ok(draft::table.filter(draft::site_id.eq(site)).count().get_result(conn)?)
}
