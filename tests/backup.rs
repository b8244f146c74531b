//! Copies are made while the database is used, and a damaged one is told from a sound one.

use std::path::Path;

use afterwatch::domain::{Actor, Timestamp};
use afterwatch::secrets::Keys;
use afterwatch::store::{Db, audit, backup};
use serde_json::json;

fn keys() -> Keys {
    Keys::from_root(&[3; 32])
}

fn registry(dir: &Path) -> Db {
    let (db, _) = Db::open(&dir.join("afterwatch.db"), &keys()).unwrap();
    let now: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
    for object in ["a", "b", "c"] {
        db.write_blocking(move |conn| {
            audit::append(
                conn,
                now,
                &Actor::System,
                None,
                "test.done",
                ("test", &object),
                &json!({}),
            )
        })
        .unwrap();
    }
    db
}

#[test]
fn a_copy_of_a_registry_in_use_is_sound_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let db = registry(dir.path());
    let copy = dir.path().join("copy.db");
    backup::copy(db.path(), &copy).unwrap();
    let checked = backup::check(&copy, &keys()).unwrap();
    assert_eq!(checked.faults, Vec::<String>::new());
    assert!(checked.rows.contains(&("audit".to_owned(), 3)));
    assert!(backup::copy(db.path(), &copy).is_err(), "an existing file is never overwritten");
    let left: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("part") || name.contains("check"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_copy_that_is_cut_or_changed_or_of_another_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let db = registry(dir.path());
    let copy = dir.path().join("copy.db");
    backup::copy(db.path(), &copy).unwrap();
    let bytes = std::fs::read(&copy).unwrap();
    let usable = |bytes: &[u8], keys: &Keys| {
        let path = dir.path().join("other.db");
        std::fs::write(&path, bytes).unwrap();
        backup::check(&path, keys).is_ok_and(|checked| checked.faults.is_empty())
    };
    assert!(usable(&bytes, &keys()));
    assert!(!usable(&bytes[..bytes.len() / 2], &keys()), "cut in the middle");
    assert!(!usable(&bytes, &Keys::from_root(&[4; 32])), "another key");
    let needle = b"test.done";
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    let mut changed = bytes.clone();
    changed[at] = b'T';
    assert!(!usable(&changed, &keys()), "one letter of the audit trail changed");
}
