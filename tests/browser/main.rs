//! The program as people meet it: a real browser against the real binary.

mod chrome;

#[tokio::test(flavor = "multi_thread")]
async fn smoke() {
    let Some(chrome) = chrome::Chrome::start().await else { return };
    let tab = chrome.tab("", 390).await;
    tab.open("data:text/html,<html lang=en><h1>x</h1><button>go</button>").await;
    tab.press("go").await;
    tab.is_sound("x").await;
}
