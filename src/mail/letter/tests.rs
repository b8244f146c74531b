use super::*;
use crate::i18n::letters::built_in;

/// Values that would betray a patient.
const CANARIES: &[&str] = &["Wei-Canary", "LOT-CANARY", "2026-11-20", "1957"];
fn letter(language: Language, content: Content) -> Letter {
    Letter {
        language,
        sender_name: "Riverside 7".to_owned(),
        sender_address: "post@mail.example".to_owned(),
        to: "someone@example.org".to_owned(),
        message_id: "outbox-0193".to_owned(),
        date: "2026-11-24T09:30:00Z".parse().unwrap(),
        text: built_in(content.kind(), language),
        content,
    }
}

fn contents() -> Vec<Content> {
    let patient = PatientBlanks {
        url: "https://aw.example/p/AbC-123".to_owned(),
        stop_url: "https://aw.example/p/AbC-123/stop".to_owned(),
        phone: "+49 30 5550100".to_owned(),
        emergency_number: "112".to_owned(),
    };
    let account =
        AccountBlanks { url: "https://aw.example/invitation/XyZ".to_owned(), valid_hours: 72 };
    vec![
        Content::CheckInPrompt(patient.clone()),
        Content::CheckInReminder(patient.clone()),
        Content::Link(patient),
        Content::Alert { task: 1042, url: "https://aw.example/tasks/1042".to_owned() },
        Content::Alarm { code: "F08", url: "https://aw.example/readyz".to_owned() },
        Content::StaffInvitation(account.clone()),
        Content::PasswordReset(account),
        Content::MailTest,
    ]
}

#[test]
fn every_kind_of_mail_exists() {
    let kinds: Vec<_> = contents().iter().map(Content::kind).collect();
    assert_eq!(kinds, LetterKind::ALL);
}

#[test]
fn no_mail_betrays_a_person() {
    for language in Language::ALL {
        for content in contents() {
            let kind = content.kind();
            let letter = letter(*language, content);
            let words = letter.words().unwrap();
            let shown = format!("{}\n{}\n{}", words.subject, words.text, words.html);
            for word in CANARIES {
                assert!(!shown.contains(word), "{kind:?} {language:?}: {word}");
            }
        }
    }
}

#[test]
fn both_parts_of_a_patient_mail_carry_link_phone_emergency_number_and_stop() {
    for language in Language::ALL {
        for content in contents().into_iter().take(3) {
            let kind = content.kind();
            let words = letter(*language, content).words().unwrap();
            for part in [&words.text, &words.html] {
                for needed in [
                    "https://aw.example/p/AbC-123",
                    "https://aw.example/p/AbC-123/stop",
                    "+49 30 5550100",
                    "112",
                    "Riverside 7",
                ] {
                    assert!(part.contains(needed), "{kind:?} {language:?} lacks {needed}: {part}");
                }
            }
        }
    }
}

#[test]
fn an_alert_carries_the_number_and_the_link_and_no_stop() {
    let alert = contents().remove(3);
    let words = letter(Language::En, alert.clone()).words().unwrap();
    assert_eq!(words.subject, "Task 1042 needs your attention now");
    assert_eq!(letter(Language::ZhCn, alert).words().unwrap().subject, "任务1042需要您立即处理");
    assert!(words.text.contains("https://aw.example/tasks/1042"));
    assert!(!words.text.contains("stop"));
}

#[test]
fn the_text_reads_as_a_letter() {
    let prompt = contents().remove(0);
    assert_eq!(
        letter(Language::En, prompt.clone()).words().unwrap().text,
        "Hello,\n\n\
         Riverside 7 has a few questions for you. Answering takes a minute or two:\n\n\
         https://aw.example/p/AbC-123\n\n\
         The link is for you only. Please do not pass it on. You can use it again.\n\n\
         This is not an emergency service. If you need help at once, call 112. You reach us by \
         phone at +49 30 5550100.\n\n\
         You do not want to be asked by e-mail? Stop these mails here (you can still write to us \
         with the link above):\nhttps://aw.example/p/AbC-123/stop\n\n\
         -- \nRiverside 7\nThis mail was sent automatically. Replies are not read."
    );
    assert_eq!(
        letter(Language::ZhCn, prompt).words().unwrap().text,
        "您好：\n\n\
         Riverside 7有几个问题想请您回答，只需一两分钟：\n\n\
         https://aw.example/p/AbC-123\n\n\
         此链接仅供您本人使用，请勿转发。您可以重复使用。\n\n\
         这不是急救服务。如需立即帮助，请拨打112。联系我们请拨打+49 30 5550100。\n\n\
         不想再收到此类邮件？可在此停止（您仍可通过上面的链接联系我们）：\n\
         https://aw.example/p/AbC-123/stop\n\n\
         -- \nRiverside 7\n本邮件由系统自动发送，回复不会有人查看。"
    );
}

#[test]
fn the_headers_are_fixed_and_automatic() {
    let mut letter = letter(Language::ZhCn, contents().remove(0));
    letter.sender_name = "滨河七号".to_owned();
    let mail = String::from_utf8(letter.message().unwrap().formatted()).unwrap();
    let (headers, _) = mail.split_once("\r\n\r\n").unwrap();
    for line in [
        "To: someone@example.org",
        "Message-ID: <outbox-0193@mail.example>",
        "Auto-Submitted: auto-generated",
        "Date: Tue, 24 Nov 2026 09:30:00 +0000",
    ] {
        assert!(headers.lines().any(|header| header == line), "{line} in {headers}");
    }
    assert_eq!(headers.matches("@example.org").count(), 1, "one recipient");
    assert!(mail.is_ascii(), "needs no extension of the mail server");
}

#[test]
fn a_line_break_in_a_header_is_refused() {
    for evil in ["a\r\nBcc: x@y.example", "a\nb", "a\0b"] {
        for field in 0..4 {
            let mut letter = letter(Language::En, Content::MailTest);
            match field {
                0 => evil.clone_into(&mut letter.sender_name),
                1 => evil.clone_into(&mut letter.sender_address),
                2 => evil.clone_into(&mut letter.to),
                _ => evil.clone_into(&mut letter.message_id),
            }
            assert!(matches!(letter.message(), Err(LetterError::Control(_))), "{field} {evil:?}");
        }
    }
}

#[test]
fn a_bad_address_is_named_by_its_place_only() {
    let mut letter = letter(Language::En, Content::MailTest);
    letter.to = "wei at example".to_owned();
    let error = letter.message().unwrap_err().to_string();
    assert_eq!(error, "the recipient's address is not an e-mail address");
}

#[test]
fn names_are_escaped_in_html_only() {
    let mut letter = letter(Language::En, contents().remove(0));
    letter.sender_name = "<b>A & B</b>".to_owned();
    let words = letter.words().unwrap();
    assert!(words.text.contains("<b>A & B</b>"));
    assert!(!words.html.contains("<b>"), "{}", words.html);
}

#[test]
fn a_text_of_an_administrator_fills_its_blanks_and_is_escaped_in_html() {
    let mut letter = letter(Language::En, contents().remove(0));
    letter.sender_name = "{link} & <i>".to_owned();
    letter.text = LetterText::typed(
        "From {clinic}",
        "<script>alert(1)</script>\n\n{link}\n\nOr {link}, else {phone}.\n{stop_link}\n\n\n{emergency} {task} {",
    );
    let words = letter.words().unwrap();
    assert_eq!(words.subject, "From {link} & <i>", "a value is not filled again");
    assert!(
        words.text.starts_with(
            "<script>alert(1)</script>\n\nhttps://aw.example/p/AbC-123\n\nOr https://aw.example/p/\
             AbC-123, else +49 30 5550100.\nhttps://aw.example/p/AbC-123/stop\n\n\n112 {task} {\n\n-- \n"
        ),
        "{}",
        words.text
    );
    assert!(!words.html.contains("<script") && !words.html.contains("<i>"), "{}", words.html);
    assert_eq!(words.html.matches("<a href=\"https://aw.example/p/AbC-123\"").count(), 2);
    assert!(words.html.contains("<br><a href=\"https://aw.example/p/AbC-123/stop\""));
    let links = words.html.matches("<a ").count();
    assert_eq!(links, 3, "only the blanks are links");
    assert!(matches!(words.blocks[1], Block::Button(_)), "a link that stands alone is a button");
}
