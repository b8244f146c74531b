//! Days and times as people read them.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::{Day, Timestamp, Zone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day, such as "1 March 2026" or "2026年3月1日".
#[must_use]
pub fn day(day: Day, lang: Language) -> String {
    let date = day.date();
    let month = usize::try_from(date.month()).unwrap_or(1);
    match lang {
        En => {
            let name = MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default();
            format!("{} {name} {}", date.day(), date.year())
        }
        ZhCn => format!("{}年{month}月{}日", date.year(), date.day()),
    }
}

/// A day and the time on the wall clock of a zone, such as "1 March 2026, 10:00".
#[must_use]
pub fn moment(at: Timestamp, zone: &Zone, lang: Language) -> String {
    let local = at.at(zone.jiff());
    let day = day(Day::new(local.date()), lang);
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    match lang {
        En => format!("{day}, {time}"),
        ZhCn => format!("{day} {time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_on_the_wall_clock_of_the_zone() {
        let at: Timestamp = "2026-02-28T18:05:00Z".parse().unwrap();
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        assert_eq!(moment(at, &zone, En), "1 March 2026, 02:05");
        assert_eq!(moment(at, &zone, ZhCn), "2026年3月1日 02:05");
    }
}
