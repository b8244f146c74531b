//! Sentences about expected levels that stay quiet for a while.

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::{Grade, SymptomCode};
use crate::domain::snooze::SnoozeEnd;

labels! {
    SnoozeEnd {
        Date: "its day came", "到期";
        GradeRose: "the grade rose", "分级升高";
        NewSymptom: "a new symptom joined", "出现新症状";
        NewInfusion: "a further infusion was given", "又进行了输注";
        Person: "ended by a person", "由人员结束";
    }
}

/// Sentences of the pages.
#[derive(Debug)]
#[expect(missing_docs, reason = "the English sentence says what it is")]
pub struct SnoozeText {
    lang: Language,
    pub heading: &'static str,
    pub begin: &'static str,
    pub what: &'static str,
    pub no_ground: &'static str,
    pub end: &'static str,
    pub end_what: &'static str,
    pub none: &'static str,
}

static EN: SnoozeText = SnoozeText {
    lang: En,
    heading: "Kept quiet",
    begin: "Keep an expected level quiet",
    what: "Reports in which this symptom fires the same rules at this grade or less will raise no task. They stay on the record, marked. It ends by itself when the grade rises, a new symptom joins, a further infusion is given, or its day comes. EMERGENCY rules are never kept quiet.",
    no_ground: "There is no judged report after the latest infusion, so there is nothing to keep quiet.",
    end: "End it now",
    end_what: "From now on this symptom raises tasks again.",
    none: "Nothing is kept quiet.",
};

static ZH: SnoozeText = SnoozeText {
    lang: ZhCn,
    heading: "暂停提醒",
    begin: "暂停预期反应的提醒",
    what: "在此期间，该症状以相同或更低的分级触发相同规则时，不产生任务，但仍保留在记录中并加以标注。分级升高、出现新症状、再次输注或到期时自动结束。危急规则不能暂停。",
    no_ground: "最近一次输注后没有已评估的报告，无可暂停的内容。",
    end: "立即结束",
    end_what: "此后该症状将重新产生任务。",
    none: "没有暂停的提醒。",
};

/// The sentences in a language.
#[must_use]
pub fn snooze(lang: Language) -> &'static SnoozeText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl SnoozeText {
    /// "Tiredness up to grade 2 (S04)".
    #[must_use]
    pub fn level<'a>(
        &self,
        symptom: SymptomCode,
        grade: Grade,
        rules: impl IntoIterator<Item = &'a String>,
    ) -> String {
        let rules: Vec<&str> = rules.into_iter().map(String::as_str).collect();
        let (name, rules) = (symptom.label(self.lang), rules.join(", "));
        match self.lang {
            En => format!("{name} up to grade {grade} ({rules})"),
            ZhCn => format!("{name}，不超过{grade}级（{rules}）"),
        }
    }

    /// "until 2026-03-08, by Ana Example".
    #[must_use]
    pub fn until(&self, at: &str, by: &str) -> String {
        match self.lang {
            En => format!("until {at}, by {by}"),
            ZhCn => format!("至{at}，由{by}设置"),
        }
    }

    /// "ended 2026-03-04: the grade rose".
    #[must_use]
    pub fn ended(&self, at: &str, cause: SnoozeEnd) -> String {
        let cause = cause.label(self.lang);
        match self.lang {
            En => format!("ended {at}: {cause}"),
            ZhCn => format!("{at}结束：{cause}"),
        }
    }

    /// "Kept quiet: S04".
    #[must_use]
    pub fn stayed_quiet(&self, rules: &[String]) -> String {
        let rules = rules.join(", ");
        match self.lang {
            En => format!("Kept quiet: {rules}"),
            ZhCn => format!("已暂停提醒：{rules}"),
        }
    }
}
