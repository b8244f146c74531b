//! The mails of the simulated year, counted by hand: the table of the follow-up in hours, the
//! zones as minutes ahead of UTC, and what happens to one patient after the other. Nothing of
//! the program is used.

use std::collections::{BTreeMap, BTreeSet};

use super::people::{DAY, DAYS, Event, Person, State};

/// One row of the table: hours from the end of the infusion, and from due to each reminder.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub code: &'static str,
    pub opens_h: i64,
    pub due_h: i64,
    pub closes_h: i64,
    reminders_h: [i64; 2],
}

const fn row(
    code: &'static str,
    [opens_h, due_h, closes_h]: [i64; 3],
    reminders_h: [i64; 2],
) -> Row {
    Row { code, opens_h, due_h, closes_h, reminders_h }
}

const OWN: [Row; 10] = [
    row("H4", [3, 4, 12], [2, 2]),
    row("D1", [20, 24, 36], [4, 8]),
    row("D2", [44, 48, 60], [4, 8]),
    row("D3", [66, 72, 96], [6, 12]),
    row("D7", [156, 168, 240], [24, 48]),
    row("D14", [312, 336, 456], [24, 72]),
    row("D30", [672, 720, 1056], [72, 168]),
    row("M3", [83 * 24, 90 * 24, 120 * 24], [168, 336]),
    row("M6", [173 * 24, 180 * 24, 210 * 24], [168, 336]),
    row("M12", [358 * 24, 365 * 24, 395 * 24], [168, 336]),
];
const DONOR: [Row; 3] = [
    row("D21", [480, 504, 600], [24, 48]),
    row("D60", [1416, 1440, 1536], [24, 48]),
    row("D100", [2376, 2400, 2496], [24, 48]),
];

/// What is asked after an infusion.
pub fn rows(is_donor: bool) -> impl Iterator<Item = &'static Row> {
    OWN.iter().chain(DONOR.iter().filter(move |_| is_donor))
}

/// A zone by its name, with minutes ahead of UTC from each (day, hour) on; day 0 is 1 March
/// 2026, hours are UTC.
pub const ZONES: [(&str, &[(i64, i64, i64)]); 5] = [
    ("Asia/Shanghai", &[(0, 0, 480)]),
    ("Europe/Berlin", &[(0, 0, 60), (28, 1, 120), (238, 1, 60), (392, 1, 120)]),
    ("America/New_York", &[(0, 0, -300), (7, 7, -240), (245, 6, -300), (378, 7, -240)]),
    ("Asia/Kathmandu", &[(0, 0, 345)]),
    ("Australia/Sydney", &[(0, 0, 660), (34, 16, 600), (216, 16, 660), (398, 16, 600)]),
];
/// The year begins at 02:00 UTC on day 0.
const BEGIN: i64 = 2 * 60;

fn ahead(zone: usize, minute: i64) -> i64 {
    let begun = |(day, hour, _): &&(i64, i64, i64)| day * DAY + hour * 60 - BEGIN <= minute;
    ZONES[zone].1.iter().rfind(begun).map_or(ZONES[zone].1[0].2, |(.., ahead)| *ahead)
}

/// Out of the night from 22:00 to 07:00 of the zone.
fn awake(minute: i64, zone: usize) -> i64 {
    let wall = minute + BEGIN + ahead(zone, minute);
    let midnight = wall - wall.rem_euclid(DAY);
    let seven = match wall - midnight {
        1320.. => midnight + DAY + 420,
        ..420 => midnight + 420,
        _ => return minute,
    };
    // Clocks are changed at night, so in the morning they may be ahead otherwise.
    let morning = seven - BEGIN - ahead(zone, minute);
    seven - BEGIN - ahead(zone, morning)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Link,
    Prompt,
    Reminder,
}

/// One mail: after which infusion, for which check-in, what, when.
pub type Mail = (usize, &'static str, Kind, i64);

/// One check-in of one infusion on the list.
struct CheckIn {
    infusion: usize,
    row: &'static Row,
    t0: i64,
    waiting: BTreeMap<i64, Kind>,
    sent_at: Option<i64>,
    is_settled: bool,
}

impl CheckIn {
    fn due(&self) -> i64 {
        self.t0 + self.row.due_h * 60
    }

    fn closes(&self) -> i64 {
        let table = self.t0 + self.row.closes_h * 60;
        match self.sent_at {
            // Day 1 leaves eight hours for an answer.
            Some(sent) if self.row.code == "D1" => table.max(sent + 8 * 60),
            _ => table,
        }
    }

    /// What is still to be sent from now on.
    fn ask(&mut self, now: i64, zone: usize) {
        self.waiting.clear();
        let (due, closes) = (self.due(), self.closes());
        if self.row.code == "H4" && awake(due, zone) != due {
            return;
        }
        let prompt = awake(due, zone);
        let mut earliest = now;
        if self.sent_at.is_none() {
            let at = if prompt < now { awake(now, zone) } else { prompt };
            if at < closes {
                self.waiting.insert(at, Kind::Prompt);
            }
            earliest = at;
        }
        for hours in self.row.reminders_h {
            let at = awake(due + hours * 60, zone);
            if at >= earliest && at < closes {
                self.waiting.entry(at).or_insert(Kind::Reminder);
            }
        }
    }
}

/// One patient's follow-up on a sheet of paper.
struct Sheet<'a> {
    person: &'a Person,
    check_ins: Vec<CheckIn>,
    links: Vec<(i64, usize)>,
    state: State,
    is_stopped: bool,
    sent: BTreeSet<Mail>,
}

impl Sheet<'_> {
    fn is_asked(&self) -> bool {
        self.state == State::Active && !self.is_stopped
    }

    /// Everything before this minute leaves, or not.
    fn until(&mut self, minute: i64) {
        let is_asked = self.is_asked();
        let has_left = matches!(self.state, State::Withdrawn | State::Died | State::Moved);
        let sent = &mut self.sent;
        self.links.retain(|(at, infusion)| {
            if *at < minute && !has_left {
                sent.insert((*infusion, "", Kind::Link, *at));
            }
            *at >= minute
        });
        for one in &mut self.check_ins {
            let later = one.waiting.split_off(&minute);
            for (at, kind) in std::mem::replace(&mut one.waiting, later) {
                if is_asked {
                    one.sent_at.get_or_insert(at);
                    sent.insert((one.infusion, one.row.code, kind, at));
                }
            }
        }
    }

    fn ask_all(&mut self, now: i64) {
        let zone = self.person.zone;
        let is_asked = self.is_asked();
        for one in self.check_ins.iter_mut().filter(|one| !one.is_settled && one.closes() > now) {
            if is_asked {
                one.ask(now, zone);
            }
        }
    }

    fn happens(&mut self, now: i64, event: Event) {
        match event {
            Event::Record(infusion) => {
                let t0 = self.person.infusions[infusion].t0;
                for one in self.check_ins.iter_mut().filter(|one| one.due() > t0) {
                    one.waiting.clear();
                    one.is_settled = true;
                }
                for row in rows(self.person.is_donor) {
                    let (waiting, sent_at) = (BTreeMap::new(), None);
                    let is_settled = false;
                    let mut one = CheckIn { infusion, row, t0, waiting, sent_at, is_settled };
                    if self.is_asked() {
                        one.ask(now, self.person.zone);
                    }
                    self.check_ins.push(one);
                }
                if self.is_asked() {
                    self.links.push((awake(now, self.person.zone), infusion));
                }
            }
            Event::Correct(infusion, t0) => {
                let (zone, is_asked) = (self.person.zone, self.is_asked());
                let open = |one: &&mut CheckIn| !one.is_settled && one.closes() > now;
                let its = self.check_ins.iter_mut().filter(|one| one.infusion == infusion);
                for one in its.filter(open) {
                    one.waiting.clear();
                    one.t0 = t0;
                    if is_asked {
                        one.ask(now, zone);
                    }
                }
            }
            Event::Answer => {
                for one in &mut self.check_ins {
                    if one.t0 + one.row.opens_h * 60 <= now {
                        one.waiting.clear();
                        one.is_settled = true;
                    }
                }
            }
            Event::State(state) => {
                self.state = state;
                if state == State::Active {
                    self.ask_all(now);
                }
            }
            Event::Stop(is_stopped) => {
                self.is_stopped = is_stopped;
                if !is_stopped {
                    self.ask_all(now);
                }
            }
        }
    }
}

/// The mails that one patient gets.
pub fn mails(person: &Person) -> BTreeSet<Mail> {
    let mut sheet = Sheet {
        person,
        check_ins: Vec::new(),
        links: Vec::new(),
        state: State::Active,
        is_stopped: false,
        sent: BTreeSet::new(),
    };
    for (at, event) in &person.events {
        sheet.until(*at);
        sheet.happens(*at, *event);
    }
    sheet.until(DAYS * DAY);
    sheet.sent
}
