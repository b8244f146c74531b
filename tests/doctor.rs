//! `afterwatch doctor` finds what must be mended and says what to do.

use std::path::Path;
use std::process::{Command, Output};

use afterwatch::cli::place::Place;
use afterwatch::domain::entry::{PhoneNumber, SiteCode};
use afterwatch::domain::grading::{CtcaeVersion, Site as Thermometer};
use afterwatch::domain::registry::ActiveState;
use afterwatch::domain::{Language, Role, SiteId, StaffId, Timestamp, Zone};
use afterwatch::store::sites::{self, Site};
use afterwatch::store::staff::{self, NewStaff};

fn doctor(data: &Path, settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_afterwatch"))
        .arg("doctor")
        .env_clear()
        .env("AFTERWATCH_DATA", data)
        .envs(settings.iter().copied())
        .current_dir(data.parent().unwrap())
        .output()
        .unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

const COMPLETE: &[(&str, &str)] = &[
    ("AFTERWATCH_BASE_URL", "http://127.0.0.1:8080"),
    ("AFTERWATCH_EMERGENCY_NUMBER", "120"),
    ("AFTERWATCH_PHONE", "+86 21 5555 0100"),
    ("AFTERWATCH_SMTP_URL", "smtp://127.0.0.1:2525"),
    ("AFTERWATCH_MAIL_FROM", "post@clinic.example"),
];

#[test]
fn each_fault_is_named_with_what_to_do_and_the_exit_code_tells() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (code, said) = doctor(&data, COMPLETE);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("there is no registry in") && said.contains("afterwatch init"));

    let place = Place { data: data.clone(), key_file: None };
    let (db, _) = place.open_or_create().unwrap();
    let (site, nurse) = (SiteId::new(), StaffId::new());
    let now: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
    db.write_blocking(move |conn| {
        let new = Site {
            id: site,
            code: SiteCode::parse("A").unwrap(),
            name: "Clinic A".to_owned(),
            mail_name: "Centre A".to_owned(),
            time_zone: Zone::parse("Asia/Shanghai").unwrap(),
            language: Language::En,
            phone: PhoneNumber::parse("+86 21 5555 0100").unwrap(),
            emergency_number: "120".to_owned(),
            crisis_line: None,
            thermometer: Thermometer::Axillary,
            ctcae_version: CtcaeVersion::V5,
            state: ActiveState::Active,
            version: 1,
            recorded_at: now,
        };
        sites::insert(conn, &new)?;
        let person = NewStaff {
            id: nurse,
            email: "nurse@clinic.example".to_owned(),
            name: "Test Person".to_owned(),
            language: Language::En,
            is_administrator: true,
            roles: vec![(site, Role::Nurse)],
        };
        staff::add(conn, &person, now)
    })
    .unwrap();
    let (code, said) = doctor(&data, &COMPLETE[..1]);
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "MEND  settings: ",
        "emergency_number",
        "smtp_url",
        "MEND  people and clock: nobody is on duty at the clinic A",
        "ok    audit trail: whole",
        "ok    structure",
        "ok    key",
        "disk: ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }

    db.write_blocking(move |conn| staff::put_on_duty(conn, nurse, site, now)).unwrap();
    let (code, said) = doctor(&data, COMPLETE);
    assert!(!said.contains("people and clock: nobody"), "{said}");
    assert!(said.contains("ok    settings: complete"), "{said}");
    // A nearly full disk of the machine that tests is the one fault that is not ours.
    assert_eq!(code, Some(i32::from(said.contains("MEND  disk"))), "{said}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(place.key(), open).unwrap();
        let (code, said) = doctor(&data, COMPLETE);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("MEND  key: "), "{said}");
    }
}
