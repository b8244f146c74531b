//! Sentences about dates on which the rota does not hold.

use super::super::labels::{Label, labels};
use super::EscalationText;
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::rota::{Exception, ExceptionKind};

labels! {
    ExceptionKind {
        Add: "added hours", "增加时段";
        Replace: "only these hours, instead of the week's", "仅此时段，代替每周排班";
        Remove: "hours of the week fall away", "每周时段取消";
        Away: "away", "不在岗";
    }
}

impl EscalationText {
    /// What is otherwise on some dates; without a name it is everybody.
    #[must_use]
    pub fn exception(&self, one: &Exception, name: Option<&str>) -> String {
        let who = name.unwrap_or(self.everybody);
        let kind = one.kind.label(self.lang);
        let clock = |min: i32| format!("{:02}:{:02}", min / 60, min % 60);
        let hours = one.hours.map(|(from, to)| format!(" {}–{}", clock(from), clock(to)));
        let hours = hours.unwrap_or_default();
        let audience = one.audience.map(|audience| audience.label(self.lang));
        match (audience, self.lang) {
            (Some(audience), En) => format!("{who}: {kind}{hours} ({audience})"),
            (Some(audience), ZhCn) => format!("{who}：{kind}{hours}（{audience}）"),
            (None, En) => format!("{who}: {kind}"),
            (None, ZhCn) => format!("{who}：{kind}"),
        }
    }
}
