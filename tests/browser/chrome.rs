//! A real browser: found, started, driven with real clicks, watched for console errors.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
};
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, BrowserConfig, Page};
use futures::StreamExt;

/// How long a page may take to show what is waited for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running browser with a profile of its own.
pub struct Chrome {
    browser: Browser,
    _profile: tempfile::TempDir,
}

/// One page, as wide as a phone or a desk screen.
pub struct Tab {
    page: Page,
    width: i64,
    base: String,
    errors: Arc<Mutex<Vec<String>>>,
}

/// The browser's program, if there is one on this machine.
fn executable() -> Option<PathBuf> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
}

impl Chrome {
    /// Starts the browser. Without one the test says plainly that it was skipped, unless the
    /// machine promised to have one (`AFTERWATCH_BROWSER_TESTS=required`).
    pub async fn start() -> Option<Self> {
        let Some(executable) = executable() else {
            assert!(
                std::env::var("AFTERWATCH_BROWSER_TESTS").as_deref() != Ok("required"),
                "browser tests are required, but there is no chromium"
            );
            eprintln!("SKIPPED: no chromium on this machine, so this browser test did not run");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let config = BrowserConfig::builder()
            .chrome_executable(executable)
            .no_sandbox()
            .new_headless_mode()
            .user_data_dir(profile.path())
            .viewport(None)
            .launch_timeout(Duration::from_mins(1))
            .request_timeout(Duration::from_mins(1))
            .args([
                "disable-gpu",
                "disable-quic",
                "no-first-run",
                "disable-background-networking",
                "disable-component-update",
                "disable-sync",
                "disable-dev-shm-usage",
            ])
            .build()
            .unwrap();
        let (browser, mut handler) = Browser::launch(config).await.unwrap();
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        Some(Self { browser, _profile: profile })
    }

    /// A new page of a given width.
    pub async fn tab(&self, base: &str, width: i64) -> Tab {
        let page = self.browser.new_page("about:blank").await.unwrap();
        page.enable_log().await.unwrap();
        let errors = Arc::new(Mutex::new(Vec::new()));
        let mut entries = page.event_listener::<EventEntryAdded>().await.unwrap();
        let heard = Arc::clone(&errors);
        tokio::spawn(async move {
            while let Some(event) = entries.next().await {
                let entry = &event.entry;
                // A page answered 422 or 409 on purpose is logged by the browser as an error too.
                if entry.level.as_ref() == "error" && !entry.text.contains("status of 4") {
                    heard.lock().unwrap().push(entry.text.clone());
                }
            }
        });
        let tab = Tab { page, width, base: base.to_owned(), errors };
        tab.fit().await;
        tab
    }
}

impl Tab {
    /// Opens an address of the program under test, in front of the other pages: a page
    /// behind another does not hear the mouse.
    pub async fn open(&self, path: &str) {
        self.page.bring_to_front().await.unwrap();
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        self.page.goto(url).await.unwrap();
        self.settle().await;
    }

    /// Presses what a selector finds, with a real mouse press, and waits for the next page.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        element.scroll_into_view().await.unwrap();
        element.click().await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        self.settle().await;
    }

    /// Presses the button or link, or ticks the label, with this text.
    pub async fn press(&self, text: &str) {
        let mark = format!(
            "(() => {{
               const all = [...document.querySelectorAll('button, a, label, summary, input[type=submit]')];
               const seen = all.filter(e => e.offsetParent !== null);
               const hit = seen.find(e => e.innerText.trim() === {text:?})
                        ?? seen.find(e => e.innerText.includes({text:?}));
               document.querySelectorAll('[data-pressed]').forEach(e => e.removeAttribute('data-pressed'));
               hit?.setAttribute('data-pressed', '');
               return hit !== undefined;
             }})()"
        );
        self.until(&mark, &format!("something to press that says {text:?}")).await;
        self.click("[data-pressed]").await;
    }

    /// Types into a field, replacing what is there.
    pub async fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        element.scroll_into_view().await.unwrap();
        element.focus().await.unwrap();
        self.page.evaluate("document.activeElement.select?.()").await.unwrap();
        self.page.execute(InsertTextParams::new(text)).await.unwrap();
    }

    /// Sets a field that a person would use a picker for (dates, selects).
    pub async fn set(&self, selector: &str, value: &str) {
        self.element(selector).await;
        let script = format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.value = {value:?};
               e.dispatchEvent(new Event('change', {{bubbles: true}})); return e.value; }})()"
        );
        let is: String = self.page.evaluate(script).await.unwrap().into_value().unwrap();
        assert_eq!(is, value, "{selector} does not take {value:?}");
    }

    /// Gives a file to an upload field.
    pub async fn upload(&self, selector: &str, file: &std::path::Path) {
        use chromiumoxide::cdp::browser_protocol::dom::SetFileInputFilesParams;
        let element = self.element(selector).await;
        let mut params = SetFileInputFilesParams::new(vec![file.to_string_lossy().into_owned()]);
        params.backend_node_id = Some(element.backend_node_id);
        self.page.execute(params).await.unwrap();
    }

    /// The text that a person sees.
    pub async fn text(&self) -> String {
        self.value("document.body.innerText").await
    }

    /// What an expression gives, as text.
    pub async fn value(&self, expression: &str) -> String {
        let started = Instant::now();
        loop {
            // While one page gives way to the next there is no body to ask.
            let value = self.page.evaluate(format!("String({expression})")).await;
            match value.ok().and_then(|value| value.into_value::<String>().ok()) {
                Some(value) => return value,
                None if started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                None => panic!("the page does not answer {expression}"),
            }
        }
    }

    /// Waits until the page shows a text.
    pub async fn sees(&self, text: &str) {
        let script = format!("document.body.innerText.includes({text:?})");
        self.until(&script, &format!("the text {text:?}")).await;
    }

    /// Whether the page shows a text just now.
    pub async fn shows(&self, text: &str) -> bool {
        self.text().await.contains(text)
    }

    /// The path of the page.
    pub async fn path(&self) -> String {
        self.value("location.pathname").await
    }

    /// Asks for dark colours.
    pub async fn dark(&self) {
        self.scheme(true).await;
    }

    /// Asks for dark or light colours.
    pub async fn scheme(&self, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let media = SetEmulatedMediaParams {
            features: Some(vec![
                MediaFeature::new("prefers-color-scheme", scheme),
                // Colours on their way from one to the other are neither.
                MediaFeature::new("prefers-reduced-motion", "reduce"),
            ]),
            ..SetEmulatedMediaParams::default()
        };
        self.page.execute(media).await.unwrap();
    }

    /// Makes the screen narrower or wider.
    pub async fn resize(&mut self, width: i64) {
        self.width = width;
        self.fit().await;
    }

    /// Closes the page.
    pub async fn close(self) {
        self.page.close().await.unwrap();
    }

    /// What a promise comes to, as text.
    pub async fn answer(&self, promise: &str) -> String {
        let value = self.page.evaluate(promise.to_owned()).await;
        value.unwrap().into_value().unwrap()
    }

    /// Keeps a picture where `AFTERWATCH_PICTURES` says, for a person to look at.
    pub async fn picture(&self, name: &str) {
        if let Some(dir) = std::env::var_os("AFTERWATCH_PICTURES") {
            let params = ScreenshotParams::builder().full_page(true).build();
            let path = PathBuf::from(dir).join(format!("{name}.png"));
            self.page.save_screenshot(params, path).await.unwrap();
        }
    }

    /// The page is no wider than the screen, has a language, one first heading and a name for
    /// every field; nothing stands in anybody's way; the console has no error.
    pub async fn is_sound(&self, what: &str) {
        let problems = self
            .value(
                "(() => {
                   const p = [];
                   const wide = document.documentElement.scrollWidth - innerWidth;
                   if (wide > 1) p.push('wider than the screen by ' + wide);
                   if (!document.documentElement.lang) p.push('no language');
                   if (document.querySelectorAll('h1').length !== 1) p.push('not one h1');
                   for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea:not([hidden])'))
                     if (!(e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')))
                       p.push('no label: ' + e.name);
                   const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                   ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => p.push('id twice: ' + id));
                   return p.join('; ');
                 })()",
            )
            .await;
        assert!(problems.is_empty(), "{what}: {problems}");
        let hindrances = self.hindrances().await;
        assert!(hindrances.is_empty(), "{what}: {hindrances}");
        let errors = self.errors.lock().unwrap().clone();
        assert!(errors.is_empty(), "{what}: console errors {errors:?}");
    }

    async fn element(&self, selector: &str) -> chromiumoxide::Element {
        let started = Instant::now();
        loop {
            match self.page.find_element(selector).await {
                Ok(element) => return element,
                Err(_) if started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => {
                    panic!(
                        "{selector} is not on {}: {error}\n{}",
                        self.path().await,
                        self.text().await
                    )
                }
            }
        }
    }

    /// Gives the page its width. A page that is isolated from its opener gets a new
    /// process, which forgets it.
    async fn fit(&self) {
        let (width, height) = (self.width, if self.width < 600 { 844 } else { 900 });
        let metrics = SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 600);
        self.page.execute(metrics).await.unwrap();
    }

    async fn settle(&self) {
        // A patient's form is busy from the press until the next page takes its place.
        let loaded = "document.readyState === 'complete' && !document.querySelector('[aria-busy]')";
        self.until(loaded, "a loaded page").await;
        self.fit().await;
    }

    async fn until(&self, script: &str, what: &str) {
        let started = Instant::now();
        loop {
            let outcome = self.page.evaluate(script.to_owned()).await;
            if outcome.ok().and_then(|value| value.into_value::<bool>().ok()) == Some(true) {
                return;
            }
            assert!(
                started.elapsed() <= PATIENCE,
                "waited in vain for {what} on {}:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
