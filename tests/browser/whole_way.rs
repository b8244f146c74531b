//! The main job from end to end: import, infusion, mail, phone, queue, call, close, summary.

use std::time::Duration;

use crate::chrome::Chrome;
use crate::every_page::sign_in;
use crate::program::{Mode, Program, Sink, file};

/// The last link to a patient's page that was mailed to an address.
fn mailed_link(sink: &Sink, base: &str, to: &str) -> Option<String> {
    sink.mails().iter().rev().find_map(|mail| {
        if !mail.contains(&format!("To: {to}")) {
            return None;
        }
        let text = decoded(mail);
        let at = text.find(&format!("{base}/p/"))?;
        let link: String = text[at..].chars().take_while(|c| !c.is_whitespace()).collect();
        Some(link.trim_end_matches("/stop").to_owned())
    })
}

/// The mail with quoted-printable and base64 parts readable.
fn decoded(mail: &str) -> String {
    use base64::Engine as _;
    let mail = mail.replace("\r\n", "\n");
    let unfolded = mail.replace("=\n", "").replace("=3D", "=");
    let parts = mail.split("\n\n").filter_map(|part| {
        let lines = part.lines().take_while(|line| !line.starts_with("--"));
        let text: String = lines.collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
        String::from_utf8(bytes).ok()
    });
    parts.chain([unfolded.clone()]).collect::<Vec<_>>().join("\n")
}

async fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited in vain for {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_imported_patient_to_the_summary() {
    let Some(chrome) = Chrome::start().await else { return };
    let sink = Sink::start(Mode::Ok).await;
    let program = Program::start(&sink).await;
    let dir = tempfile::tempdir().unwrap();
    let tab = chrome.tab(program.base(), 1280).await;

    // The coordinator imports a patient and the lot.
    sign_in(&tab, "coordinator").await;
    let patients = "code,name,email,phone,birth_year,sex,language,time_zone,consent_version,consent_on\n\
        WAY-0001,演示人员甲,way-0001@patients.invalid,000 0000 9001,1961,female,zh-CN,Asia/Shanghai,2.1,2026-01-15\n";
    // The day on which the infusion will have begun, on the clinic's clock.
    let begun = tab.value("new Date(Date.now() + 8 * 3600e3 - 110 * 60e3).toISOString()").await;
    let today = &begun[..10];
    let lots = format!(
        "number,product,source,patient,released_on,sterility,mycoplasma,endotoxin,state\n\
         WAY-LOT-1,NK-AUTO,own,WAY-0001,{today},negative,negative,pass,released\n"
    );
    for (kind, text) in [("patients", patients), ("lots", lots.as_str())] {
        tab.open("/import?lang=en").await;
        tab.set("#kind", kind).await;
        tab.value(
            "(() => { const s = document.querySelector('#site');
               s.value = [...s.options].find(o => o.text.includes('EAST')).value; return s.value; })()",
        )
        .await;
        tab.upload("#file", &file(&dir, &format!("{kind}.csv"), text)).await;
        tab.click("form[action='/import'] button").await;
        tab.is_sound("the import preview").await;
        tab.click("form[action='/import/confirm'] button").await;
        tab.is_sound("the import").await;
    }

    // A course and an infusion that ended an hour ago, on the clinic's clock.
    tab.open("/patients?lang=en&q=WAY-0001").await;
    tab.press("WAY-0001").await;
    tab.is_sound("the patient's page").await;
    tab.click("a[href^='/courses/new']").await;
    tab.is_sound("the course form").await;
    tab.set("[name=started_on]", today).await;
    tab.value("(() => { const s = document.querySelector('select[name=product]'); if (s) s.value = [...s.options].find(o => o.text.includes('NK-AUTO')).value; return 1; })()").await;
    tab.click("main form button").await;
    tab.click("a[href^='/infusions/new']").await;
    tab.is_sound("the infusion form").await;
    tab.value("(() => { const s = document.querySelector('select[name=lot]'); if (s) s.value = [...s.options].find(o => o.text.includes('WAY-LOT-1')).value; return 1; })()").await;
    let clock = |minutes_ago: i32| {
        format!(
            "new Date(Date.now() + 8 * 3600e3 - {minutes_ago} * 60e3).toISOString().slice(0, 16)"
        )
    };
    for (name, minutes_ago) in [("start", 110), ("end", 60)] {
        let at = tab.value(&clock(minutes_ago)).await;
        let date = if name == "start" { "date" } else { "end_date" };
        tab.set(&format!("[name={date}]"), &at[..10]).await;
        tab.set(&format!("[name={name}_time]"), &at[11..]).await;
    }
    tab.click("main form button").await;
    tab.is_sound("the recorded infusion").await;
    tab.picture("infusion-recorded").await;
    assert!(!tab.path().await.ends_with("/new"), "the infusion is recorded");

    // A day later the prompt is in the mailbox, and names nothing.
    program.advance("PT25H").await;
    let base = program.base().to_owned();
    let link =
        wait_for("the prompt", || mailed_link(&sink, &base, "way-0001@patients.invalid")).await;

    // The patient reports on a phone: 39.5 in the armpit, shaking all over.
    let phone = chrome.tab(program.base(), 390).await;
    phone.open(&format!("{link}?lang=zh-CN")).await;
    phone.is_sound("the door").await;
    phone.click("form[action$='/continue'] button").await;
    assert_eq!(phone.value("document.documentElement.lang").await, "zh-CN");
    phone.picture("phone-first").await;
    phone.click("button[name=feeling][value=unwell]").await;
    phone.is_sound("the temperature page").await;
    phone.picture("phone-reading").await;
    phone.report_fever_and_shaking().await;
    phone.is_sound("the check page").await;
    phone.picture("phone-check").await;
    phone.click("form[action$='/send'] button").await;
    assert!(phone.path().await.starts_with("/p/done/"), "{}", phone.path().await);
    phone.sees("2小时内给您打电话").await;
    phone.sees("寒战").await;
    phone.is_sound("the result").await;
    phone.picture("phone-done").await;

    // The nurse on duty is told by mail, without a word about whom or what.
    let alert = wait_for("the alert", || {
        sink.mails().into_iter().rev().find(|mail| mail.contains("To: nurse@training.invalid"))
    })
    .await;
    let alert = decoded(&alert);
    assert!(alert.contains("/tasks/"), "{alert}");
    for word in ["WAY-0001", "演示人员甲", "fever", "发热", "39.5"] {
        assert!(!alert.contains(word), "the alert says {word}");
    }

    // The queue shows it with its reason; the nurse takes it, calls, closes.
    sign_in(&tab, "nurse").await;
    tab.open("/queue?lang=en").await;
    tab.sees("WAY-0001").await;
    tab.is_sound("the queue").await;
    tab.picture("queue-with-report").await;
    tab.work_the_task("WAY-0001").await;
    tab.open("/queue?lang=en").await;
    assert!(!tab.shows("WAY-0001").await, "a closed task leaves the queue");

    // The patient sees that somebody read it; the summary counts it.
    phone.open(&phone.path().await).await;
    phone.picture("phone-after").await;
    sign_in(&tab, "safety").await;
    tab.open("/summary?lang=en").await;
    tab.sees("Fever").await;
    tab.is_sound("the summary").await;
    tab.picture("summary").await;
}
