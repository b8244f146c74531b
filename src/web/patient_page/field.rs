//! One question as it stands on a page.

/// One question.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name in the form.
    pub name: String,
    /// The question.
    pub label: String,
    /// How to answer; empty when nothing needs to be said.
    pub hint: String,
    /// How it is answered.
    pub kind: Shape,
    /// What is wrong with the answer.
    pub problem: Option<String>,
    /// A drawing that helps to answer: its address and what it shows.
    pub picture: Option<(&'static str, &'static str)>,
}

/// How a question is answered.
#[derive(Debug, Clone)]
pub enum Shape {
    /// One of these.
    One(Vec<Choice>),
    /// Any of these.
    Any(Vec<Choice>),
    /// A number; what was typed, and the unit behind it.
    Number(String, String),
    /// Words on several lines.
    Words(String),
    /// A day with an hour, for "another time".
    Moment {
        /// Whether "another time" is chosen, so that the fields are in sight.
        is_open: bool,
        /// The day as typed.
        day: String,
        /// The days to choose from; empty when there are too many, and one is typed.
        days: Vec<Choice>,
        /// Hours, and "I do not know".
        hours: Vec<Choice>,
    },
}

/// One choice.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Other words for it.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Field {
    /// What was answered, in words; empty when nothing was.
    #[must_use]
    pub fn answer(&self) -> String {
        match &self.kind {
            Shape::One(choices) => {
                let chosen = choices.iter().filter(|choice| choice.chosen);
                // A named time is shown with the clock time that it was taken for.
                let said = |choice: &Choice| match choice.hint.as_str() {
                    "" => choice.label.clone(),
                    hint => format!("{} · {hint}", choice.label),
                };
                chosen.map(said).collect()
            }
            Shape::Any(choices) => {
                let chosen = choices.iter().filter(|choice| choice.chosen);
                chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join("; ")
            }
            Shape::Number(typed, unit) if !typed.is_empty() => {
                format!("{typed} {unit}").trim().to_owned()
            }
            Shape::Words(typed) => typed.clone(),
            Shape::Number(..) => String::new(),
            Shape::Moment { day, days, hours, .. } => {
                let day = days.iter().find(|choice| choice.chosen).map_or(day, |day| &day.label);
                let hour = hours.iter().find(|hour| hour.chosen && !hour.value.is_empty());
                format!("{day} {}", hour.map_or("", |hour| &hour.label)).trim().to_owned()
            }
        }
    }

    /// The names that the field posts.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self.kind {
            Shape::Moment { .. } => {
                vec![format!("{}_day", self.name), format!("{}_hour", self.name)]
            }
            _ => vec![self.name.clone()],
        }
    }
}

impl Field {
    /// The choices, for pages that show them in a form of their own.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            Shape::One(choices) | Shape::Any(choices) => choices,
            _ => &[],
        }
    }
}
