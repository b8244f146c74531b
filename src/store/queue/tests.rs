use diesel::debug_query;
use diesel::sql_query;

use super::*;
use crate::secrets::Keys;
use crate::store::{self, Db};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

fn plan(conn: &mut Connection, query: &Boxed) -> Vec<String> {
    // Of the program's own statement, with its values left open.
    let explain = format!("EXPLAIN QUERY PLAN {}", debug_query::<Sqlite, _>(query));
    let steps: Vec<Step> = sql_query(explain).load(conn).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn every_page_is_read_along_the_partial_index_and_never_sorted() {
    let dir = tempfile::tempdir().unwrap();
    let (db, _) = Db::open(&dir.path().join("registry.db"), &Keys::from_root(&[7; 32])).unwrap();
    let now: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
    let place = Place { urgency_rank: 1, contact_by: now, id: TaskId::new() };
    let filters = [
        Filter::default(),
        Filter { owner: Owner::Person(StaffId::new()), ..Filter::default() },
        Filter { owner: Owner::Nobody, overdue: true, ..Filter::default() },
        Filter { kind: Some(TaskKind::MissedCheckIn), ..Filter::default() },
    ];
    db.read_blocking(|conn| {
        for filter in &filters {
            for cut in [Cut::Top, Cut::After(place), Cut::Before(place)] {
                let steps = plan(conn, &open_of_site(SiteId::new(), now, filter, &cut));
                let [step] = steps.as_slice() else { panic!("{steps:?}") };
                assert!(step.contains("USING INDEX task_queue_by_site"), "{step}");
                if cut != Cut::Top {
                    assert!(step.contains("(urgency_rank,contact_by,id)"), "{step}");
                }
            }
        }
        let level = Filter { level: Some(Level::Urgent), ..Filter::default() };
        let steps = plan(conn, &open_of_site(SiteId::new(), now, &level, &Cut::After(place)));
        assert!(steps[0].contains("task_queue_by_site"), "{steps:?}");
        Ok::<_, store::Error>(())
    })
    .unwrap();
}

#[test]
fn a_search_is_taken_literally() {
    assert_eq!(like(r"50%_a\b"), r"50\%\_a\\b");
}
