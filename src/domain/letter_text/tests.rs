use super::*;

const OWN: &str = "aw.example";
const PROMPT: LetterKind = LetterKind::CheckInPrompt;

fn text(subject: &str, body: &str) -> LetterText {
    LetterText::typed(subject, body)
}

/// A prompt that has all it needs, with something more.
fn prompt(more: &str) -> LetterText {
    text("News", &format!("Hello. {{link}} {{stop_link}} {{phone}} {{emergency}} {more}"))
}

fn problems(text: &LetterText) -> Vec<TextProblem> {
    text.problems(PROMPT, Some(OWN))
}

#[test]
fn a_text_with_all_its_blanks_is_taken() {
    for more in [
        "",
        "{clinic}",
        "{ Clinic }",
        "Please excuse us; we cannot miscount, and communicate well. A lot of thanks.",
        "https://aw.example and http://aw.example/welcome?x=1",
        "See aw.example. At 9.30 a.m. or e.g. later, and so on.",
        "请回答问题。谢谢！",
    ] {
        assert_eq!(problems(&prompt(more)), [], "{more}");
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let found = text("Your fever {link}", "Dear {name}, {{clinic} see https://evil.example/x");
    assert_eq!(
        problems(&found),
        [
            TextProblem::NotInSubject(Blank::Link),
            TextProblem::Unknown("name".to_owned()),
            TextProblem::Brace,
            TextProblem::Missing(Blank::StopLink),
            TextProblem::Missing(Blank::Phone),
            TextProblem::Missing(Blank::Emergency),
            TextProblem::Word("fever".to_owned()),
            TextProblem::Address("https://evil.example/x".to_owned()),
        ]
    );
    let nothing = text(" ", "\r\n");
    assert_eq!(problems(&nothing)[..2], [TextProblem::NoSubject, TextProblem::NoBody]);
}

#[test]
fn a_prompt_lacks_none_of_link_stop_link_phone_and_emergency_number() {
    for blank in [Blank::Link, Blank::StopLink, Blank::Phone, Blank::Emergency] {
        let mut lacking = prompt("");
        lacking.body = lacking.body.replace(&blank.written(), "");
        assert_eq!(problems(&lacking), [TextProblem::Missing(blank)]);
    }
}

#[test]
fn a_blank_that_the_kind_cannot_fill_is_refused() {
    assert_eq!(problems(&prompt("{task}")), [TextProblem::NotHere(Blank::Task)]);
    let alert = text("Task {task}", "{link}");
    assert_eq!(alert.problems(LetterKind::Alert, Some(OWN)), []);
    assert_eq!(
        text("Task", "{link}").problems(LetterKind::Alert, Some(OWN)),
        [TextProblem::Missing(Blank::Task)]
    );
}

#[test]
fn words_of_health_and_of_persons_are_found_however_they_are_written() {
    for (more, word) in [
        ("your infusion", "infus"),
        ("REINFUSION", "infus"),
        ("\u{FF26}\u{FF25}\u{FF36}\u{FF25}\u{FF32}", "fever"),
        ("Your Cells", "cell"),
        ("any side\neffect", "side effect"),
        ("Mr. Wei", "mr"),
        ("the pain", "pain"),
        ("请告诉我们您的症状", "症"),
        ("输 注 之后", "输注"),
        ("王先生", "先生"),
        ("您的chemo", "chemo"),
    ] {
        assert_eq!(problems(&prompt(more)), [TextProblem::Word(word.to_owned())], "{more}");
    }
}

#[test]
fn addresses_of_others_and_links_of_one_person_are_refused() {
    let address = |text: &str| TextProblem::Address(text.to_owned());
    for (more, found) in [
        ("http://evil.example", address("http://evil.example")),
        ("(evil.example/aw.example)", address("evil.example/aw.example")),
        ("https://aw.example@evil.example/", address("https://aw.example@evil.example/")),
        ("https://aw.example.evil.example", address("https://aw.example.evil.example")),
        ("https://aw.example:8443/", address("https://aw.example:8443/")),
        ("https://10.0.0.1/", address("https://10.0.0.1/")),
        ("ftp://aw.example/", address("ftp://aw.example/")),
        ("a@b.example", address("a@b.example")),
        ("www\u{FF0E}evil\u{FF0E}example", address("www.evil.example")),
        (
            "https://aw.example/p/AbC",
            TextProblem::PersonalLink("https://aw.example/p/abc".to_owned()),
        ),
        (
            "https://aw.example/%70/AbC",
            TextProblem::PersonalLink("https://aw.example/%70/abc".to_owned()),
        ),
    ] {
        assert_eq!(problems(&prompt(more)), [found], "{more}");
    }
}

#[test]
fn a_subject_of_two_lines_or_of_hidden_characters_is_refused() {
    for (subject, character) in [
        ("News\r\nBcc: x", '\r'),
        ("News\nX", '\n'),
        ("News\u{202E}swen", '\u{202E}'),
        ("Ne\u{200B}ws", '\u{200B}'),
        ("Ne\0ws", '\0'),
    ] {
        let found = LetterText { subject: subject.to_owned(), ..prompt("") };
        assert_eq!(problems(&found), [TextProblem::SubjectCharacter(character)], "{subject:?}");
    }
    assert_eq!(problems(&prompt("a\u{7}")), [TextProblem::BodyCharacter('\u{7}')]);
}

#[test]
fn too_much_is_refused_with_how_much_it_is() {
    let long = LetterText { subject: "a ".repeat(40) + "b", ..prompt("") };
    assert_eq!(problems(&long), [TextProblem::SubjectLong(81)]);
    let long = LetterText { subject: "好".repeat(80), ..prompt("") };
    assert_eq!(problems(&long), []);
    let long = prompt(&"a ".repeat(BODY / 2));
    assert_eq!(problems(&long), [TextProblem::BodyLong(long.body.chars().count())]);
}

#[test]
fn the_pieces_of_a_text_are_the_text() {
    for text in ["", "{", "}", "{}", "{{link}}", "a{link}b{x y}c}\u{FF5B}link\u{FF5D}", "{a\nb}"] {
        let written: String = pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Words(words) | Piece::Brace(words) => words.to_owned(),
                Piece::Unknown(name) => format!("{{{name}}}"),
                Piece::Blank(blank) => blank.written(),
            })
            .collect();
        assert_eq!(written, text);
    }
}

#[test]
fn nothing_may_touch_a_link() {
    for (more, blank) in [
        ("({link})", Blank::Link),
        ("{link}.", Blank::Link),
        ("见{stop_link}", Blank::StopLink),
        ("{link}{clinic}", Blank::Link),
    ] {
        assert_eq!(problems(&prompt(more)), [TextProblem::Touched(blank)], "{more}");
    }
    assert_eq!(problems(&prompt("\n{link}\n{stop_link}")), []);
}
