//! The card that a patient takes home from the infusion visit.

use afterwatch::domain::Role;
use afterwatch::store::schema::{audit, link, patient};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use super::visitor::{CODE, Scene, scene, text_of};
use crate::app::Browser;

async fn staff(scene: &Scene, role: Role) -> Browser {
    let site =
        scene.app.read(|conn| Ok(patient::table.select(patient::site_id).first(conn)?)).await;
    scene.app.staff(role, site).await
}

#[tokio::test]
async fn a_card_carries_a_link_of_its_own_that_works_and_is_on_record() {
    let scene = scene().await;
    let nurse = staff(&scene, Role::Coordinator).await;
    let infusion = format!("/infusions/{}", scene.infused.infusion);
    let page = nurse.get(&infusion).await;
    assert!(page.html.contains(&format!("action=\"{infusion}/card\"")), "{}", page.html);
    let card = nurse.post(&format!("{infusion}/card"), &[]).await;
    assert_eq!(card.status, StatusCode::OK, "{}", card.html);
    assert_eq!(card.header("cache-control"), Some("no-store"));
    let text = text_of(&card.html);
    // Both languages, both numbers, what to watch for; nothing about the patient.
    for words in ["Call for help at once", "请立即求助", "120", "fever of 38", "体温达到"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains(CODE), "{text}");
    assert!(card.html.contains("<div class=\"side\" lang=\"zh-CN\">"), "{}", card.html);
    let (_, rest) = card.html.split_once("<code>").unwrap();
    let address = rest.split("</code>").next().unwrap();
    let token = address.rsplit('/').next().unwrap().to_owned();
    assert_ne!(token, scene.token);
    // It opens the patient's page, for a report as with any other link.
    let browser = scene.app.stranger();
    let answer = browser.post(&format!("/p/{token}/continue"), &[]).await;
    assert_eq!(answer.location(), Some("/p/report/first"));
    let trail: Vec<String> = scene
        .app
        .read(|conn| {
            let printed = audit::table.filter(audit::action.eq("link.printed"));
            Ok(printed.select(audit::detail).load(conn)?)
        })
        .await;
    assert_eq!(trail.len(), 1);
    assert!(!trail[0].contains(&token), "the token is nowhere but on the card");
    // The link that was mailed stays good; revoking ends both.
    let mailed = scene.app.stranger().post(&format!("{}/continue", scene.door()), &[]).await;
    assert_eq!(mailed.status, StatusCode::SEE_OTHER);
    nurse.post(&format!("{infusion}/link/revoke"), &[("reason", "card lost")]).await;
    let gone = scene.app.stranger().get(&format!("/p/{token}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_card_is_never_made_by_looking_nor_after_the_follow_up() {
    let scene = scene().await;
    let nurse = staff(&scene, Role::Coordinator).await;
    let path = format!("/infusions/{}/card", scene.infused.infusion);
    assert_eq!(nurse.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let reader = staff(&scene, Role::Reader).await;
    assert_eq!(reader.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
    scene.app.advance(SignedDuration::from_hours(24 * 900));
    let late = staff(&scene, Role::Coordinator).await.post(&path, &[]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.html);
    let links: i64 = scene.app.read(|conn| Ok(link::table.count().get_result(conn)?)).await;
    assert_eq!(links, 1, "only the one that was there");
}
