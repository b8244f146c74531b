//! Which part may know which (the arrows of `src/lib.rs`), and habits that a reviewer
//! should not have to look for.

use std::fs;
use std::path::{Path, PathBuf};

/// A part of `src/`, and what its code must not mention.
const WALLS: &[(&str, &[&str])] = &[
    (
        "src/domain",
        &[
            "async fn",
            "axum",
            "diesel",
            "askama",
            "lettre",
            "tokio",
            "crate::store",
            "crate::web",
            "crate::mail",
            "crate::intake",
            "crate::clock",
            "crate::config",
        ],
    ),
    (
        "src/i18n",
        &["axum", "diesel", "lettre", "tokio", "crate::store", "crate::web", "crate::mail"],
    ),
    ("src/store", &["axum", "askama", "lettre", "crate::i18n", "crate::web", "crate::mail"]),
    ("src/mail", &["axum", "diesel::", "crate::web"]),
    // Pages show letters; sending them is not theirs.
    ("src/web", &["diesel::", "lettre", "crate::mail::worker", "crate::mail::transport"]),
    ("src/access.rs", &["axum", "diesel::", "askama", "lettre", "crate::web", "crate::mail"]),
    (
        "src/intake",
        &["axum", "diesel::", "askama", "lettre", "async fn", "crate::web", "crate::mail"],
    ),
    (
        "src/triage",
        &["axum", "diesel::", "askama", "lettre", "async fn", "crate::web", "crate::mail"],
    ),
    (
        "src/follow_up",
        &["axum", "diesel::", "askama", "lettre", "async fn", "crate::web", "crate::mail"],
    ),
    (
        "src/registry",
        &["axum", "diesel::", "askama", "lettre", "async fn", "crate::web", "crate::mail"],
    ),
    (
        "src/import",
        &["axum", "diesel::", "askama", "lettre", "async fn", "crate::web", "crate::mail"],
    ),
    (
        "src/export",
        &["axum", "diesel::", "askama", "lettre", "async fn", "crate::web", "crate::mail"],
    ),
];

/// Names that say nothing (`STYLE`: a file is named for the noun it is about).
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "common_utils", "misc", "manager"];

/// Longest file, in lines. Split by meaning, not by length.
const LONGEST: usize = 400;

fn files(root: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(dir: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, extension, found);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root), extension, &mut found);
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_string_lossy().into_owned()
}

/// The code of a file without comments and without its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn no_part_knows_what_it_must_not_know() {
    let mut breaches = Vec::new();
    for path in files("src", "rs") {
        let name = relative(&path);
        for (part, never) in WALLS {
            let inside = name
                .strip_prefix(part)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs");
            if !inside {
                continue;
            }
            let code = code(&path);
            breaches.extend(
                never
                    .iter()
                    .filter(|word| code.contains(*word))
                    .map(|word| format!("{name}: {word}")),
            );
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn no_file_is_long_and_none_has_an_empty_name() {
    let mut found = Vec::new();
    for path in [files("src", "rs"), files("tests", "rs"), files("benches", "rs")].concat() {
        let name = relative(&path);
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        // The table file is a list that SQLite dictates.
        if lines > LONGEST && name != "src/store/schema.rs" {
            found.push(format!("{name}: {lines} lines"));
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if EMPTY_NAMES.contains(&stem.as_str()) {
            found.push(format!("{name}: says nothing"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_the_clock_reads_the_time_and_only_the_store_writes_sql() {
    let mut found = Vec::new();
    for path in files("src", "rs") {
        let name = relative(&path);
        let code = code(&path);
        if name != "src/clock.rs"
            && (code.contains("Timestamp::now()") || code.contains("SystemTime::now()"))
        {
            found.push(format!("{name}: reads the time"));
        }
        if code.contains("sql_query(format!") && name != "src/store/open.rs" {
            found.push(format!("{name}: builds SQL from text"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn templates_never_mark_text_as_safe_and_hold_no_inline_script_or_style() {
    let mut found = Vec::new();
    for path in files("templates", "html") {
        let name = relative(&path);
        let text = fs::read_to_string(&path).unwrap();
        let mail = name.starts_with("templates/mail/");
        for (pattern, what) in [
            ("|safe", "marks text as safe"),
            ("| safe", "marks text as safe"),
            (" onclick", "has an inline handler"),
            (" onload", "has an inline handler"),
            ("javascript:", "has a script address"),
        ] {
            if text.contains(pattern) {
                found.push(format!("{name}: {what}"));
            }
        }
        // Mail programs need style attributes; pages have a policy that refuses them.
        if !mail
            && (text.contains(" style=\"") || text.contains("<style") || text.contains("<script>"))
        {
            found.push(format!("{name}: inline style or script"));
        }
        if !mail && (text.contains("src=\"http") || text.contains("href=\"http")) {
            found.push(format!("{name}: a foreign address"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn chinese_sentences_have_chinese_punctuation() {
    let mut wrong = Vec::new();
    let texts = files("src", "rs").into_iter().chain(files("rules", "toml"));
    for path in texts {
        let is_rules = path.extension().is_some_and(|extension| extension == "toml");
        let text = if is_rules { fs::read_to_string(&path).unwrap() } else { code(&path) };
        for (number, line) in text.lines().enumerate() {
            // Phrase lists hold what patients write, which has any punctuation.
            if is_rules && !line.contains("zh = \"") {
                continue;
            }
            let chars: Vec<char> = line.chars().collect();
            for place in chars.windows(2) {
                let (before, after) = (place[0], place[1]);
                let is_ascii = |c: char| ",;:!?()".contains(c);
                // In code a mark stands beside a Chinese character only inside a sentence.
                if is_han(before) && is_ascii(after) || is_ascii(before) && is_han(after) {
                    wrong.push(format!("{}:{}: {before}{after}", relative(&path), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
