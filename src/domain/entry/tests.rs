use super::*;

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

#[test]
fn labels_are_upper_case_and_bounded() {
    let ok = |text: &str| LotNumber::parse(text).map(|lot| lot.to_string());
    assert_eq!(ok(" nk-24/07.a "), Ok("NK-24/07.A".to_owned()));
    assert_eq!(ok(""), Err(Reason::Missing));
    assert_eq!(ok("   "), Err(Reason::Missing));
    assert_eq!(ok("a b"), Err(Reason::Character(' ')));
    assert_eq!(ok("<b>"), Err(Reason::Character('<')));
    assert_eq!(ok(&"7".repeat(35)), Ok("7".repeat(35)));
    assert_eq!(ok(&"7".repeat(36)), Err(Reason::TooLong(35)));
    assert!(PatientCode::parse("患者-01").is_ok());
}

#[test]
fn an_address_must_be_one_that_a_mail_server_takes() {
    for good in ["a@b.cn", " li.wei+nk@Example.COM ", "x_1@mail.example.org", "a@xn--fiq228c.cn"] {
        assert!(EmailAddress::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "a",
        "a@b",
        "@b.cn",
        "a@b.cn, c@d.cn",
        "a b@c.cn",
        "a@b..cn",
        ".a@b.cn",
        "a@-b.cn",
        "a@b.1",
        "a@b.cn\nBcc: c@d.cn",
        "李@b.cn",
        "a@@b.cn",
    ] {
        assert_eq!(EmailAddress::parse(bad), Err(Reason::NotEmail), "{bad}");
    }
    assert_eq!(
        EmailAddress::parse("Li@Example.COM").map(|e| e.to_string()),
        Ok("Li@example.com".to_owned())
    );
    assert_eq!(EmailAddress::parse(""), Err(Reason::Missing));
}

#[test]
fn a_phone_number_has_digits() {
    for good in ["+86 138 0013 8000", "020-1234567", "(020) 123.4567", "12345"] {
        assert!(PhoneNumber::parse(good).is_ok(), "{good}");
    }
    for bad in ["1234", "abc", "12+345", "123456789012345678901"] {
        assert_eq!(PhoneNumber::parse(bad), Err(Reason::NotPhone), "{bad}");
    }
}

#[test]
fn numbers_keep_what_was_meant_or_say_why_not() {
    assert_eq!(tenths("38,5", 300, 450), Ok(385));
    assert_eq!(tenths(" 40 ", 300, 450), Ok(400));
    assert_eq!(tenths("40.0", 300, 450), Ok(400));
    assert_eq!(tenths("38.55", 300, 450), Err(Reason::TooPrecise(1)));
    assert_eq!(tenths("101", 300, 450), Err(Reason::OutOfRange("30".into(), "45".into())));
    assert_eq!(tenths("1e3", 300, 450), Err(Reason::NotNumber));
    assert_eq!(whole("12", 1, 24), Ok(12));
    assert_eq!(whole("1.5", 1, 24), Err(Reason::NotWhole));
    assert_eq!(
        whole("99999999999999999999", 1, 24),
        Err(Reason::OutOfRange("1".into(), "24".into()))
    );
    assert_eq!(whole("", 1, 24), Err(Reason::Missing));
}

#[test]
fn a_day_is_written_in_one_way() {
    assert!(day("2026-02-28").is_ok());
    for bad in ["2026-02-30", "2026-2-3", "03/02/2026", "20260203", "2026-02-28T10:00"] {
        assert_eq!(day(bad), Err(Reason::NotDay), "{bad}");
    }
    assert!(matches!(day("0026-02-28"), Err(Reason::OutOfRange(..))));
    let today = day("2026-03-01").unwrap();
    assert_eq!(past_day("2026-03-02", today), Err(Reason::Future));
    assert_eq!(past_day("2026-03-01", today), Ok(today));
}

#[test]
fn times_that_the_clock_skipped_or_repeated_are_never_chosen_silently() {
    let berlin = zone("Europe/Berlin");
    let spring = day("2026-03-29").unwrap();
    assert_eq!(
        local_time(spring, "02:30", &berlin, Fold::Unsaid),
        Err(Reason::SkippedTime("02:00".into(), "03:00".into()))
    );
    let autumn = day("2026-10-25").unwrap();
    assert_eq!(
        local_time(autumn, "02:30", &berlin, Fold::Unsaid),
        Err(Reason::RepeatedTime("UTC+02".into(), "UTC+01".into()))
    );
    let text = |fold| local_time(autumn, "02:30", &berlin, fold).map(|t| t.to_string());
    assert_eq!(text(Fold::Earlier), Ok("2026-10-25T00:30:00.000Z".to_owned()));
    assert_eq!(text(Fold::Later), Ok("2026-10-25T01:30:00.000Z".to_owned()));
    let shanghai = zone("Asia/Shanghai");
    assert_eq!(
        local_time(spring, "09:30", &shanghai, Fold::Unsaid).map(|t| t.to_string()),
        Ok("2026-03-29T01:30:00.000Z".to_owned())
    );
    for bad in ["9:30", "25:00", "09.30", "0930", "now"] {
        assert_eq!(local_time(spring, bad, &shanghai, Fold::Unsaid), Err(Reason::NotTime), "{bad}");
    }
}

#[test]
fn what_cannot_be_seen_is_refused() {
    assert_eq!(line("Li\u{202E}Wei"), Err(Reason::Character('\u{202E}')));
    assert_eq!(line("Li\u{FFFD}"), Err(Reason::Character('\u{FFFD}')));
    assert_eq!(line("two\nlines"), Err(Reason::Character('\n')));
    assert_eq!(note("two\r\nlines"), Ok(Some("two\nlines".to_owned())));
    assert_eq!(note("  "), Ok(None));
    assert_eq!(line("<script>alert(1)</script>"), Ok("<script>alert(1)</script>".to_owned()));
}
