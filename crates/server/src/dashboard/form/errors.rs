//! Errors of a form: what the API found wrong, at its field.

use axum::http::StatusCode;
use serde_json::Value;
use till_wire::input::{Problem, Step};

use crate::{
    dashboard::denied::Denied,
    error::{ApiError, Result},
};

/// The errors that the API found in a form.
#[derive(Debug, Clone, Default)]
pub struct FormErrors {
    problems: Vec<Problem>,
    words: Option<String>,
}

impl FormErrors {
    /// The form's fault, to be shown in it; anything else is passed on.
    pub fn of(error: ApiError) -> Result<Self, Denied> {
        if !error.problems().is_empty() {
            return Ok(Self::of_error(&error));
        }
        let status = error.status();
        if status.is_client_error()
            && !matches!(status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED)
        {
            return Ok(Self::words(error.detail()));
        }
        Err(error.into())
    }

    /// The problems that an error tells.
    pub fn of_error(error: &ApiError) -> Self {
        Self {
            problems: error.problems().to_vec(),
            words: None,
        }
    }

    /// Says what is about no field at this one.
    pub fn at_field(self, name: &str) -> Self {
        match self.words {
            Some(words) if self.problems.is_empty() => Self::field(name, words),
            _ => self,
        }
    }

    /// Something that is about no field.
    pub fn words(words: impl Into<String>) -> Self {
        Self {
            problems: Vec::new(),
            words: Some(words.into()),
        }
    }

    /// A problem of one field.
    pub fn field(name: &str, words: impl Into<String>) -> Self {
        let loc = name
            .split('.')
            .map(|step| Step::from(step.to_owned()))
            .collect();
        Self {
            problems: vec![Problem::value(loc, words, Value::Null)],
            words: None,
        }
    }

    /// True where anything is wrong.
    pub fn is_any(&self) -> bool {
        self.words.is_some() || !self.problems.is_empty()
    }

    /// The problem of a field. The API puts more steps into a place than the form has names for, such as
    /// the shape of a union, so the field's steps need only come in order, and end alike.
    pub fn at(&self, name: &str) -> Option<String> {
        self.problems
            .iter()
            .find(|problem| is_about(problem, name))
            .map(words)
    }

    /// Says the problems of a place in the API's body at a field that has another name.
    pub fn move_to(&mut self, place: &str, field: &str) {
        let steps: Vec<Step> = place.split('.').map(|s| Step::from(s.to_owned())).collect();
        for problem in &mut self.problems {
            if problem.loc.ends_with(&steps) {
                let to = field.split('.').map(|s| Step::from(s.to_owned()));
                problem.loc = to.collect();
            }
        }
    }

    /// Says the problems of a list's values at the one field where they are typed, each with its value.
    pub fn listed(&mut self, field: &str) {
        for problem in &mut self.problems {
            let place = &mut problem.loc;
            if let [.., Step::Key(key), Step::Index(_)] = place.as_slice()
                && key == field
            {
                place.pop();
                let value = problem.input.as_str().unwrap_or_default();
                problem.msg = format!("{value}: {}", problem.msg);
            }
        }
    }

    /// All of it, in words.
    pub fn all(&self) -> Vec<String> {
        self.unplaced(std::iter::empty())
    }

    /// The errors that none of these fields shows.
    pub(super) fn unplaced<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
        let mut all: Vec<String> = self.words.iter().cloned().collect();
        for problem in &self.problems {
            if !names.clone().any(|name| is_about(problem, name)) {
                all.push(words(problem));
            }
        }
        all
    }
}

/// As the API would have said it.
impl From<FormErrors> for ApiError {
    fn from(errors: FormErrors) -> Self {
        Self::unreadable(errors.problems)
    }
}

/// A problem in words: a field that was left empty reads as null to the API, and amounts are typed in
/// major units.
fn words(problem: &Problem) -> String {
    let is_amount = matches!(problem.loc.last(), Some(Step::Key(key)) if key.ends_with("_amount") || *key == "price_per_seat");
    match problem.kind.as_ref() {
        kind if is_amount && kind.starts_with("int_") => {
            "Enter an amount, such as 29.00.".to_owned()
        }
        "missing" | "string_type" | "url_type" | "int_type" | "list_type"
            if problem.input.is_null() =>
        {
            "Fill this in.".to_owned()
        }
        "string_too_short" if problem.input.as_str().is_some_and(str::is_empty) => {
            "Fill this in.".to_owned()
        }
        "too_short" if problem.input.as_array().is_some_and(Vec::is_empty) => {
            "Choose at least one.".to_owned()
        }
        "url_parsing" => "Enter a whole address, such as https://example.com/.".to_owned(),
        // What the API says before its own sentence is for programs.
        _ => problem
            .msg
            .strip_prefix("Value error, ")
            .unwrap_or(&problem.msg)
            .to_owned(),
    }
}

/// The API's answer, or what it found wrong with the form; other errors are passed on.
pub fn judged<T>(answer: Result<T>) -> Result<Result<T, FormErrors>, Denied> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => FormErrors::of(error).map(Err),
    }
}

fn is_about(problem: &Problem, name: &str) -> bool {
    let step = |step: &Step| match step {
        Step::Key(key) => key.to_string(),
        Step::Index(index) => index.to_string(),
    };
    let place: Vec<String> = problem.loc.iter().map(step).collect();
    let mut rest = place.iter();
    let in_order = name.split('.').all(|part| rest.any(|step| step == part));
    in_order && place.last().map(String::as_str) == name.rsplit('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use till_wire::loc;

    #[test]
    fn a_problem_comes_back_to_its_field() {
        let errors = FormErrors {
            problems: vec![
                Problem::value(
                    loc!["body", "recurring", "prices", 0, "fixed", "price_amount"],
                    "low",
                    1,
                ),
                Problem::value(loc!["body", "prices"], "no price", 1),
            ],
            words: None,
        };
        assert_eq!(errors.at("prices.0.price_amount").as_deref(), Some("low"));
        assert_eq!(errors.at("prices.1.price_amount"), None);
        assert_eq!(errors.at("price_amount.0"), None);
        assert_eq!(errors.at("prices").as_deref(), Some("no price"));
        assert_eq!(errors.unplaced(["name"].into_iter()), ["low", "no price"]);
    }
}
