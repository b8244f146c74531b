use super::*;

fn sources(file: &str) -> Sources {
    Sources { file: Some(file.to_owned()), ..Sources::default() }
}

fn now() -> Timestamp {
    "2026-03-01T02:00:00Z".parse().unwrap()
}

const GOOD: &str = "base_url = \"https://follow-up.example.org/\"\n\
    emergency_number = \"120\"\nphone = \"+86 21 5555 0100\"\n\
    smtp_url = \"smtps://u:p@mail.example.org\"\nmail_from = \"a@example.org\"\n";

#[test]
fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
    let mut given = sources(&format!("{GOOD}log = \"text\"\n"));
    let settings = Settings::read(&given, now()).unwrap();
    assert_eq!(settings.base_url, "https://follow-up.example.org");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.log, LogFormat::Text);
    given.variables.insert("AFTERWATCH_EMERGENCY_NUMBER".to_owned(), "112".to_owned());
    assert_eq!(Settings::read(&given, now()).unwrap().emergency_number, "112");
    given.flags.insert("emergency_number".to_owned(), "911".to_owned());
    assert_eq!(Settings::read(&given, now()).unwrap().emergency_number, "911");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let wrong = "listen = \"here\"\nbase_url = \"http://follow-up.example.org\"\n\
        smtp_url = \"smtp://mail.example.org\"\nmail_from = \"nobody\"\ncolour = 1\n\
        trusted_proxies = [\"10.0.0.1\", \"proxy\"]\nlog = \"xml\"\n";
    let Problems(found) = Settings::read(&sources(wrong), now()).unwrap_err();
    let text = Problems(found.clone()).to_string();
    for part in [
        "colour",
        "listen",
        "not encrypted",
        "emergency_number is missing",
        "phone is missing",
        "AFTERWATCH_SMTP_URL would send mail",
        "mail_from",
        "\"proxy\"",
        "log",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert_eq!(found.len(), 9, "{text}");
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("smtp");
    std::fs::write(&path, "smtps://u:p@mail.example.org\n").unwrap();
    let mut given = sources(&GOOD.replace("smtp_url = \"smtps://u:p@mail.example.org\"\n", ""));
    let name = "AFTERWATCH_SMTP_URL_FILE".to_owned();
    given.variables.insert(name.clone(), path.display().to_string());
    let settings = Settings::read(&given, now()).unwrap();
    assert_eq!(settings.mail.unwrap().smtp.url, "smtps://u:p@mail.example.org");
    given.variables.insert(name, "/nowhere/at/all".to_owned());
    let problems = Settings::read(&given, now()).unwrap_err().to_string();
    assert!(problems.contains("/nowhere/at/all"), "{problems}");
}

#[test]
fn loopback_needs_no_encryption() {
    for (url, fine) in [
        ("http://127.0.0.1:8080", true),
        ("http://localhost:8080", true),
        ("http://[::1]:8080", true),
        ("http://10.0.0.1", false),
        ("https://a.example/path", false),
        ("ftp://a.example", false),
        ("follow-up", false),
    ] {
        let given = sources(&GOOD.replace("https://follow-up.example.org/", url));
        assert_eq!(Settings::read(&given, now()).is_ok(), fine, "{url}");
    }
}
