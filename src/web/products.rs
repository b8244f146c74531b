//! Products of the installation: their list, adding and changing one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::entry_page::{Again, EntryPage, version};
use super::fields::Fields;
use super::form::Form;
use super::page::page;
use super::patient::id;
use super::sites::{Line, ThingsPage};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::registry::ActiveState;
use crate::domain::{Codelist, Language, ProductId, ProductKind};
use crate::i18n::labels::Label;
use crate::i18n::registry::fields::label;
use crate::i18n::registry::registry;
use crate::i18n::schedule::schedule;
use crate::registry::Refusal;
use crate::registry::product::{self, ProductForm};
use crate::store::products::{self, Product};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin/products", Access::Installation, list),
        Route::get("/admin/products/new", Access::Installation, new),
        Route::post("/admin/products/new", Access::Installation, add),
        Route::get("/admin/products/{id}", Access::Installation, edit_form),
        Route::post("/admin/products/{id}", Access::Installation, change),
    ]
}

async fn list(State(app): State<App>, chrome: Chrome) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let all = app.db.read(products::all).await?;
    let lines = all
        .into_iter()
        .map(|product| Line {
            url: format!("/admin/products/{}", product.id),
            code: product.code.to_string(),
            more: format!("{} · {}", product.kind.label(lang), product.rule_set),
            name: product.name,
            state: product.state.label(lang),
        })
        .collect();
    page(&ThingsPage {
        t,
        heading: t.products,
        new_url: Some(("/admin/products/new", t.product_new)),
        code_label: label(lang, "code"),
        lines,
        chrome,
    })
}

fn product_fields(lang: Language, form: &ProductForm, again: &Again) -> Fields {
    let mut sets = product::rule_sets();
    // A product may name a profile, which stands for the newest set of it.
    if !form.rule_set.is_empty() && !sets.contains(&form.rule_set) {
        sets.push(form.rule_set.clone());
    }
    let sets = sets.into_iter().map(|id| (id.clone(), id)).collect();
    Fields::new(lang, again.problems.clone())
        .text("code", &form.code)
        .text("name", &form.name)
        .labelled(registry(lang).thing_name)
        .coded::<ProductKind>("kind", &form.kind)
        .select("rule_set", &form.rule_set, sets)
        .coded::<ActiveState>("state", &form.state)
}

fn new_page(chrome: Chrome, form: &ProductForm, again: &Again) -> Result<Response, PageError> {
    let t = registry(chrome.lang);
    let fields = product_fields(chrome.lang, form, again);
    EntryPage::new(chrome, t.product_new, fields, again)
        .under("/admin/products", t.products)
        .answer()
}

async fn new(State(_): State<App>, chrome: Chrome) -> Result<Response, PageError> {
    let form = ProductForm {
        state: ActiveState::Active.code().to_owned(),
        kind: ProductKind::Autologous.code().to_owned(),
        ..ProductForm::default()
    };
    new_page(chrome, &form, &Again::default())
}

async fn add(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Form(form): Form<ProductForm>,
) -> Result<Response, PageError> {
    let (now, typed) = (app.now(), form.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let facts = typed.read(conn, None)?;
            product::add_product(conn, now, &signed.actor(), facts)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to("/admin/products").into_response()),
        Err(refusal) => new_page(chrome, &form, &Again::of(refusal)?),
    }
}

fn edit_page(
    chrome: Chrome,
    product: &Product,
    form: Option<&ProductForm>,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let current = ProductForm::of(product);
    let form = form.unwrap_or(&current);
    let fields = product_fields(lang, form, again);
    let now = product_fields(lang, &current, &Again::default());
    EntryPage::new(chrome, t.product_edit, fields, again)
        .under("/admin/products", t.products)
        .link(format!("/admin/products/{}/schedule", product.id), schedule(lang).link)
        .changes(&form.version, &now, product.version)
        .answer()
}

async fn edit_form(
    State(app): State<App>,
    chrome: Chrome,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id: ProductId = id(&path)?;
    let found = app.db.read(move |conn| products::get(conn, id)).await?;
    edit_page(chrome, &found.ok_or(PageError::NotFound)?, None, &Again::default())
}

async fn change(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<ProductForm>,
) -> Result<Response, PageError> {
    let (id, now): (ProductId, _) = (id(&path)?, app.now());
    let typed = form.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let old = products::get(conn, id)?.ok_or(Refusal::NotFound)?;
            let facts = typed.read(conn, Some(&old))?;
            let old = (&old, version(&typed.version));
            product::change_product(conn, now, &signed.actor(), old, facts)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to("/admin/products").into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let found = app.db.read(move |conn| products::get(conn, id)).await?;
            edit_page(chrome, &found.ok_or(PageError::NotFound)?, Some(&form), &again)
        }
    }
}
