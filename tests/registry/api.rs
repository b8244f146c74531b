//! The interface for other systems.

use std::collections::BTreeSet;

use afterwatch::domain::{ApiTokenId, InfusionId, Level, Role, SiteId};
use afterwatch::store::api_tokens;
use afterwatch::store::schema::{api_token, audit, outbox, report, task};
use afterwatch::web;
use afterwatch::web::api::openapi::openapi;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::ward::{Ward, fever};

struct Client<'a> {
    app: &'a TestApp,
    token: String,
}

impl Ward {
    async fn client(&self, site: SiteId) -> Client<'_> {
        let now = self.app.now();
        let (_, token) = self
            .app
            .write(move |conn| api_tokens::make(conn, now, site, "hospital system", None))
            .await;
        Client { app: &self.app, token }
    }
}

impl Client<'_> {
    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.send(Method::GET, path, &[], Body::empty()).await;
        (answer.status, serde_json::from_str(&answer.html).unwrap())
    }

    async fn post(&self, body: &Value, headers: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        let answer =
            self.send(Method::POST, "/api/v1/reports", &all, body.to_string().into()).await;
        (answer.status, serde_json::from_str(&answer.html).unwrap())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.stranger().send(request.body(body).unwrap()).await
    }
}

fn hand_in(infusion: InfusionId, report: &Value) -> Value {
    json!({"infusion_id": infusion.to_string(), "report": report})
}

#[tokio::test]
async fn another_system_hands_in_a_report_and_gets_what_was_found() {
    let ward = Ward::new().await;
    let client = ward.client(ward.site).await;
    ward.hours(5);
    let (status, answer) = client.post(&hand_in(ward.infused.infusion, &fever()), &[]).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(answer["grades"], json!({"CHILLS": 2, "FEVER": 2}));
    assert_eq!(answer["rules"], json!(["U01", "U02", "U11", "S04"]));
    assert_eq!(answer["urgency"], "URGENT");
    let (source, mode, level, alerts): (String, String, Level, i64) = ward
        .app
        .read(|conn| {
            let (source, mode, level) = report::table
                .select((report::source, report::mode, report::level))
                .first::<(String, String, Level)>(conn)?;
            let alerts = outbox::table.filter(outbox::kind.eq("alert")).count().get_result(conn)?;
            Ok((source, mode, level, alerts))
        })
        .await;
    assert_eq!((source.as_str(), mode.as_str(), level, alerts), ("api", "api", Level::Urgent, 1));
    let (_, tasks) = client.get("/api/v1/tasks?state=open").await;
    assert_eq!(tasks["items"][0]["id"], answer["task_id"]);
    let (_, closed) = client.get("/api/v1/tasks?state=closed").await;
    assert_eq!(closed, json!({"items": [], "next": null}));
    let (_, reports) = client.get("/api/v1/reports").await;
    assert_eq!(reports["items"][0]["id"], answer["report_id"]);
    assert_eq!(reports["items"][0]["grades"], answer["grades"]);
    assert_eq!(reports["items"][0]["rules"], json!(["S04", "U01", "U02", "U11"]));
}

#[tokio::test]
async fn the_same_call_with_its_key_is_one_report_also_fifty_times_at_once() {
    let ward = Ward::new().await;
    let client = ward.client(ward.site).await;
    let body = hand_in(ward.infused.infusion, &fever());
    let calls = (0..50).map(|_| client.post(&body, &[("idempotency-key", "k-1")]));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|(status, answer)| status.is_success() && *answer == answers[0].1));
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count(), 1);
    assert_eq!((ward.count("report").await, ward.count("alert").await), (1, 1));
    let other = hand_in(ward.infused.infusion, &json!({}));
    let (status, problem) = client.post(&other, &[("idempotency-key", "k-1")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["detail"].as_str().unwrap().contains("Idempotency-Key"));
    // Another clinic's key of the same name is another key.
    let site = ward.app.site("B").await;
    let infused = ward.app.infused(site, "P2").await;
    let elsewhere = ward.client(site).await;
    let body = hand_in(infused.infusion, &json!({}));
    let (status, _) = elsewhere.post(&body, &[("idempotency-key", "k-1")]).await;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn every_error_is_a_problem_that_says_what_is_wrong() {
    let ward = Ward::new().await;
    let client = ward.client(ward.site).await;
    let infusion = ward.infused.infusion.to_string();
    let json_body = [("content-type", "application/json")];
    let report = format!(r#"{{"infusion_id":"{infusion}","report":{{}}"#);
    let twice = format!(r#"{report},"report":{{"flags":{{"wheeze":true}}}}}}"#);
    let deep = format!(
        r#"{{"infusion_id":"{infusion}","report":{{"flags":{{"wheeze":true,"wheeze":false}}}}}}"#
    );
    let cases: Vec<(&str, Vec<(&str, &str)>, String, StatusCode)> = vec![
        ("", json_body.to_vec(), "{".to_owned(), StatusCode::BAD_REQUEST),
        ("", json_body.to_vec(), "[]".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        ("", json_body.to_vec(), "{}".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (
            "",
            json_body.to_vec(),
            format!(r#"{report},"role":"x"}}"#),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("", json_body.to_vec(), twice, StatusCode::UNPROCESSABLE_ENTITY),
        ("", json_body.to_vec(), deep, StatusCode::UNPROCESSABLE_ENTITY),
        (
            "",
            vec![("content-type", "text/plain")],
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        ("", vec![], "{}".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("", json_body.to_vec(), " ".repeat(300 * 1024), StatusCode::PAYLOAD_TOO_LARGE),
        (
            "",
            vec![("content-type", "application/json"), ("idempotency-key", "")],
            format!("{report}}}"),
            StatusCode::BAD_REQUEST,
        ),
    ];
    for (suffix, headers, body, expected) in cases {
        let path = format!("/api/v1/reports{suffix}");
        let shown: String = body.chars().take(80).collect();
        let answer = client.send(Method::POST, &path, &headers, body.into()).await;
        assert_eq!(answer.status, expected, "{shown}: {}", answer.html);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{shown}");
        let problem: Value = serde_json::from_str(&answer.html).unwrap();
        assert_eq!(problem["status"], expected.as_u16(), "{shown}");
    }
    for (path, expected) in [
        ("/api/v1/lots?limit=many", StatusCode::BAD_REQUEST),
        ("/api/v1/lots?after=x", StatusCode::BAD_REQUEST),
        ("/api/v1/lots?state=open", StatusCode::BAD_REQUEST),
        ("/api/v1/lots?limit=1&limit=2", StatusCode::BAD_REQUEST),
        ("/api/v1/tasks?state=done", StatusCode::BAD_REQUEST),
        ("/api/v1/nothing", StatusCode::NOT_FOUND),
        ("/api/v2/reports", StatusCode::NOT_FOUND),
    ] {
        let (status, problem) = client.get(path).await;
        assert_eq!((status, &problem["status"]), (expected, &json!(expected.as_u16())), "{path}");
    }
    let answer = client.send(Method::DELETE, "/api/v1/lots", &[], Body::empty()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));

    let wrong = json!({
        "infusion_id": infusion,
        "report": {"temp": {"value": 38, "unit": "F"}, "flags": {"throat_tigth": true}},
    });
    let (status, problem) = client.post(&wrong, &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wrong| wrong["field"].as_str().unwrap())
        .collect();
    for field in ["report.temp.value", "report.temp.site", "report.flags.throat_tigth"] {
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    }
    let (_, problem) =
        client.post(&json!({"infusion_id": "1", "supersedes": "2", "report": {}}), &[]).await;
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
    assert_eq!(ward.count("report").await, 0);
}

#[tokio::test]
async fn without_a_good_token_nothing_is_told() {
    let ward = Ward::new().await;
    let good = ward.client(ward.site).await;
    let revoked = ward.client(ward.site).await;
    let hash = afterwatch::secrets::token_hash(&revoked.token);
    let now = ward.app.now();
    ward.app
        .write(move |conn| {
            diesel::update(api_token::table.filter(api_token::token_hash.eq(hash)))
                .set(api_token::revoked_at.eq(now))
                .execute(conn)?;
            Ok(())
        })
        .await;
    let bearer = |token: &str| format!("Bearer {token}");
    for authorization in [
        None,
        Some(bearer(&revoked.token)),
        Some(bearer("aw_x")),
        Some(format!("Basic {}", good.token)),
        Some(good.token.clone()),
        Some("Bearer".to_owned()),
    ] {
        let mut request = Request::builder().uri("/api/v1/patients");
        if let Some(value) = &authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let answer = ward.app.stranger().send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    // A signed-in person is not another system.
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    assert_eq!(nurse.get("/api/v1/patients").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(good.get("/api/v1/patients").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_token_reaches_its_clinic_only_and_foreign_is_as_missing() {
    let ward = Ward::new().await;
    let site = ward.app.site("B").await;
    let client = ward.client(site).await;
    let foreign = client.post(&hand_in(ward.infused.infusion, &fever()), &[]).await;
    let missing = client.post(&hand_in(InfusionId::new(), &fever()), &[]).await;
    assert_eq!(foreign.0, StatusCode::NOT_FOUND);
    assert_eq!(foreign, missing);
    for list in ["infusions", "patients", "lots", "tasks", "reports"] {
        let (status, page) = client.get(&format!("/api/v1/{list}")).await;
        assert_eq!((status, page), (StatusCode::OK, json!({"items": [], "next": null})), "{list}");
    }
    assert_eq!(ward.count("report").await, 0);
}

#[tokio::test]
async fn lists_come_page_by_page_with_id_and_site_and_without_names() {
    let ward = Ward::new().await;
    for code in ["P2", "P3", "P4", "P5"] {
        ward.app.infused(ward.site, code).await;
    }
    let client = ward.client(ward.site).await;
    client.post(&hand_in(ward.infused.infusion, &fever()), &[]).await;
    for (list, rows) in
        [("infusions", 5), ("patients", 5), ("lots", 5), ("tasks", 1), ("reports", 1)]
    {
        let mut seen = BTreeSet::new();
        let mut path = format!("/api/v1/{list}?limit=2");
        loop {
            let (status, page) = client.get(&path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            for item in items {
                assert_eq!(item["site_id"], ward.site.to_string(), "{list}");
                assert!(seen.insert(item["id"].as_str().unwrap().to_owned()), "{list}");
                let text = item.to_string();
                assert!(!text.contains("Name of") && !text.contains("patient.example"), "{text}");
            }
            match page["next"].as_str() {
                Some(next) => path = format!("/api/v1/{list}?limit=2&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), rows, "{list}");
    }
    for (limit, rows) in [("0", 1), ("-1", 1), ("200", 5), ("100000", 5)] {
        let (_, page) = client.get(&format!("/api/v1/lots?limit={limit}")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), rows, "{limit}");
    }
    let reads: i64 = ward
        .app
        .read(|conn| {
            Ok(audit::table
                .filter(audit::action.eq("api.read").and(audit::actor_kind.eq("api")))
                .count()
                .get_result(conn)?)
        })
        .await;
    assert_eq!(reads, 3 * 3 + 2 + 4);
}

#[tokio::test]
async fn the_document_names_exactly_the_routes_that_are_there() {
    let routes: BTreeSet<(String, String)> = web::routes()
        .into_iter()
        .filter(|route| route.access == web::Access::Api)
        .map(|route| (route.method.as_str().to_owned(), route.path.to_owned()))
        .collect();
    let mut told = BTreeSet::new();
    for (path, item) in openapi().paths.paths {
        for (method, operation) in [("GET", item.get), ("POST", item.post)] {
            if operation.is_some() {
                told.insert((method.to_owned(), path.clone()));
            }
        }
    }
    assert_eq!(told, routes);
    let app = TestApp::new();
    let answer = app.stranger().get("/api/v1/openapi.json").await;
    let document: Value = serde_json::from_str(&answer.html).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for language in ["en", "zh-CN"] {
        let page = app.stranger().get(&format!("/api/docs?lang={language}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("POST /api/v1/reports"));
    }
}

#[tokio::test]
async fn the_document_names_exactly_the_fields_that_come() {
    let ward = Ward::new().await;
    let client = ward.client(ward.site).await;
    let schemas = serde_json::to_value(openapi()).unwrap()["components"]["schemas"].clone();
    let fields = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let (_, answer) = client.post(&hand_in(ward.infused.infusion, &fever()), &[]).await;
    assert_eq!(fields(&answer), fields(&schemas["Received"]["properties"]));
    for (list, schema) in [
        ("infusions", "Infusion"),
        ("patients", "Patient"),
        ("lots", "Lot"),
        ("tasks", "Task"),
        ("reports", "Report"),
    ] {
        let (_, page) = client.get(&format!("/api/v1/{list}")).await;
        assert_eq!(fields(&page["items"][0]), fields(&schemas[schema]["properties"]), "{list}");
    }
}

#[tokio::test]
async fn an_administrator_makes_a_key_sees_it_once_and_revokes_it() {
    let ward = Ward::new().await;
    let administrator = ward.app.staff(Role::Administrator, ward.site).await;
    let site = ward.site.to_string();
    let wrong = administrator.post("/admin/api-tokens", &[("site", ""), ("name", " ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let hostile = "<b>HIS</b>";
    let made = administrator.post("/admin/api-tokens", &[("site", &site), ("name", hostile)]).await;
    assert_eq!(made.status, StatusCode::OK);
    assert!(!made.html.contains(hostile));
    let token: String =
        made.html.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    let client = Client { app: &ward.app, token: token.clone() };
    assert_eq!(client.get("/api/v1/lots").await.0, StatusCode::OK);
    let list = administrator.get("/admin/api-tokens").await;
    assert!(!list.html.contains(&token));
    let id: ApiTokenId =
        ward.app.read(|conn| Ok(api_token::table.select(api_token::id).first(conn)?)).await;
    let path = format!("/admin/api-tokens/{id}/revoke");
    let elsewhere = ward.app.site("B").await;
    let stranger = ward.app.staff(Role::Administrator, elsewhere).await;
    assert_eq!(stranger.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    let foreign = stranger.post("/admin/api-tokens", &[("site", &site), ("name", "x")]).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    assert_eq!(nurse.get("/admin/api-tokens").await.status, StatusCode::FORBIDDEN);
    assert_eq!(administrator.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.get("/api/v1/lots").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(administrator.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    let tasks: i64 = ward.app.read(|conn| Ok(task::table.count().get_result(conn)?)).await;
    assert_eq!(tasks, 0);
}
