//! A patient who is well needs two taps after opening the form, with or without scripts.

use crate::chrome::Chrome;
use crate::program::{Mode, Program, Sink};

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_who_is_well_is_done_in_two_taps() {
    let Some(chrome) = Chrome::start().await else { return };
    let sink = Sink::start(Mode::Ok).await;
    let program = Program::start(&sink).await;
    for (language, well, send, width) in
        [("zh-CN", "很好", "发送", 390), ("en", "Well", "Send", 320), ("en", "Well", "Send", 1280)]
    {
        let tab = chrome.tab(program.base(), width).await;
        tab.without_scripts().await;
        tab.open(&program.link(language)).await;
        tab.is_sound("the door").await;
        tab.click("form[action$='/continue'] button").await;
        tab.is_sound("the first page").await;
        // Tap one: well. Tap two: send.
        tab.press(well).await;
        tab.is_sound("the check page").await;
        tab.press(send).await;
        assert!(tab.path().await.starts_with("/p/done/"), "{language}: {}", tab.path().await);
        tab.is_sound("the result").await;
        tab.picture(&format!("well-{language}-{width}")).await;
    }
}
