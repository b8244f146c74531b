//! Every page that staff can open from the navigation fits a phone and a desk, in both
//! languages, light and dark, with every field named and nothing in the console.

use crate::chrome::{Chrome, Tab};
use crate::program::{Mode, Program, Sink};

/// Signs in on the training page as one of its logins.
pub async fn sign_in(tab: &Tab, role: &str) {
    tab.open("/demo").await;
    tab.click(&format!("form[action='/demo/sign-in']:has(input[value^='{role}@']) button")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_every_screen_in_both_languages() {
    let Some(chrome) = Chrome::start().await else { return };
    let sink = Sink::start(Mode::Ok).await;
    let program = Program::start(&sink).await;
    for (width, dark) in [(390, true), (1280, false)] {
        for role in ["nurse", "coordinator", "safety", "admin"] {
            let tab = chrome.tab(program.base(), width).await;
            if dark {
                tab.dark().await;
            }
            sign_in(&tab, role).await;
            let links = tab
                .value("[...document.querySelectorAll('header nav a')].map(a => a.getAttribute('href')).join(' ')")
                .await;
            assert!(!links.is_empty(), "{role} has no navigation");
            for path in links.split(' ').chain(["/account", "/demo"]) {
                for language in ["en", "zh-CN"] {
                    tab.open(&format!("{path}?lang={language}")).await;
                    let what = format!("{role} {path} {language} {width}");
                    assert_eq!(
                        tab.value("document.documentElement.lang").await,
                        language,
                        "{what}"
                    );
                    assert!(tab.path().await.starts_with(path), "{what} leads elsewhere");
                    tab.is_sound(&what).await;
                    let name = format!("{role}{}-{language}-{width}", path.replace('/', "-"));
                    tab.picture(&name).await;
                }
            }
        }
    }
}
