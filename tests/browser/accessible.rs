//! Whether everybody can use a page: no finding of axe-core, of whatever impact, with all that
//! folds open.
//!
//! `axe.min.js` beside this file is axe-core 4.14.1 of Deque Systems, under the Mozilla Public
//! License 2.0 (`axe.LICENSE`), unchanged. Only tests use it.

use std::collections::{BTreeSet, VecDeque};

use crate::chrome::{Chrome, Tab};
use crate::every_page::sign_in;
use crate::program::{Mode, Program, Sink};

const AXE: &str = include_str!("axe.min.js");

const LOOK: &str = "(async () => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  const found = await axe.run({ resultTypes: ['violations'] });
  const wide = document.documentElement.scrollWidth - innerWidth;
  const all = found.violations.flatMap(v => v.nodes.map(n => {
    const why = [...n.any, ...n.all, ...n.none].map(c => c.message).join('; ');
    return `${v.impact} ${v.id} at ${n.target.join(' ')}: ${why}`;
  }));
  if (wide > 1) all.push(`wider than the screen by ${wide}`);
  return all.join('\\n');
})()";

impl Tab {
    /// What stands in somebody's way on the page as it is now; a line for each finding.
    pub async fn hindrances(&self) -> String {
        if self.value("typeof axe").await != "object" {
            self.value(&format!("(() => {{ {AXE}; return 1; }})()")).await;
        }
        self.answer(LOOK).await
    }
}

/// An address with its row and day left out: pages that differ in these alone are one page.
fn pattern(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let part = |part: &str| {
        let is_row = part.len() == 36 && part.matches('-').count() == 4;
        if is_row { "ID".to_owned() } else { part.to_owned() }
    };
    let names: BTreeSet<&str> =
        query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
    format!("{path}?{}", names.into_iter().collect::<Vec<_>>().join("&"))
}

/// The addresses that a page leads to, without files and without the change of language.
const LINKS: &str = "[...document.querySelectorAll('a[href^=\"/\"]')]
  .filter(a => !a.hasAttribute('download') && !a.classList.contains('language'))
  .map(a => a.getAttribute('href').replace(/#.*/, ''))
  .filter(href => !/^\\/(assets|exports)\\/|\\.(csv|json)/.test(href)).join(' ')";

/// Walks from the pages that a role may open to all that they lead to, one of each pattern.
async fn walk(tab: &mut Tab, language: &str, seen: &mut BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut ahead = VecDeque::from(["/account".to_owned()]);
    while let Some(path) = ahead.pop_front() {
        if !seen.insert(pattern(&path)) {
            continue;
        }
        tab.resize(1280).await;
        tab.open(&path).await;
        let links = tab.value(LINKS).await;
        ahead.extend(links.split_whitespace().map(str::to_owned));
        for (width, is_dark) in [(1280, false), (1280, true), (390, true), (320, false)] {
            tab.resize(width).await;
            tab.scheme(is_dark).await;
            let found = tab.hindrances().await;
            if !found.is_empty() {
                wrong.push(format!("{path} {language} {width} dark: {is_dark}\n{found}"));
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_stands_in_anybodys_way() {
    let Some(chrome) = Chrome::start().await else { return };
    let sink = Sink::start(Mode::Ok).await;
    let program = Program::start(&sink).await;
    let mut wrong = Vec::new();
    for language in ["en", "zh-CN"] {
        // A page that two roles may open is looked at once, with the first of them.
        let mut seen = BTreeSet::new();
        for role in ["nurse", "admin", "coordinator", "physician", "safety", "reader"] {
            let mut tab = chrome.tab(program.base(), 1280).await;
            sign_in(&tab, role).await;
            tab.open(&format!("/account?lang={language}")).await;
            seen.remove("/account?");
            wrong.extend(walk(&mut tab, language, &mut seen).await);
            tab.close().await;
        }
        assert!(seen.len() > 60, "the walk found only {seen:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
