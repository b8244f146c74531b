//! A patient who is well needs two taps after opening the form. A page of a patient has one
//! small script, which keeps what is typed; the router's tests go the same way without.

use crate::chrome::Chrome;
use crate::program::{Mode, Program, Sink};

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_who_is_well_is_done_in_two_taps() {
    let Some(chrome) = Chrome::start().await else { return };
    let sink = Sink::start(Mode::Ok).await;
    let program = Program::start(&sink).await;
    for (language, width) in [("zh-CN", 390), ("en", 320)] {
        let tab = chrome.tab(program.base(), width).await;
        tab.open(&program.link(language)).await;
        tab.is_sound("the door").await;
        tab.click("form[action$='/continue'] button").await;
        tab.is_sound("the first page").await;
        assert_eq!(tab.value("document.scripts.length").await, "1");
        // Tap one: well. Tap two: send.
        tab.click("button[name=feeling][value=well]").await;
        tab.is_sound("the check page").await;
        tab.click("form[action$='/send'] button").await;
        assert!(tab.path().await.starts_with("/p/done/"), "{language}: {}", tab.path().await);
        tab.is_sound("the result").await;
        tab.picture(&format!("well-{language}-{width}")).await;
    }
}
