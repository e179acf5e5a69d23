//! What is wrong with several parts of one request, told at once.

use domain::refusal::{FieldProblem, Refusal};

/// So many problems of one request are told at most.
pub(super) const MOST: usize = 50;

/// What was found wrong so far. What cannot be read decides how all of it is answered: with 400, and otherwise with 422.
#[derive(Debug, Default)]
pub struct Wrong {
    is_unreadable: bool,
    problems: Vec<FieldProblem>,
    other: Option<Refusal>,
}

impl Wrong {
    /// Notes something that breaks a rule.
    pub fn add(&mut self, problem: FieldProblem) {
        self.problems.push(problem);
    }

    /// Notes something that cannot be read.
    pub fn add_unreadable(&mut self, problem: FieldProblem) {
        self.is_unreadable = true;
        self.problems.push(problem);
    }

    /// What was read, or nothing, when what is wrong is noted.
    pub fn keep<T>(&mut self, read: Result<T, Refusal>) -> Option<T> {
        match read {
            Ok(read) => return Some(read),
            Err(Refusal::Unreadable { problems }) => {
                self.is_unreadable = true;
                self.problems.extend(problems);
            }
            Err(Refusal::Invalid { problems }) => self.problems.extend(problems),
            Err(other) => self.other = self.other.take().or(Some(other)),
        }
        None
    }

    /// The same of a thing in a list; its problems name its place, from 0.
    pub fn keep_within<T>(&mut self, at: usize, read: Result<T, Refusal>) -> Option<T> {
        let within = |problem: FieldProblem| {
            let field = if problem.field.is_empty() { at.to_string() } else { format!("{at}.{}", problem.field) };
            FieldProblem { field, ..problem }
        };
        let placed = |problems: Vec<FieldProblem>| -> Vec<FieldProblem> { problems.into_iter().map(within).collect() };
        self.keep(read.map_err(|refusal| match refusal {
            Refusal::Unreadable { problems } => Refusal::Unreadable { problems: placed(problems) },
            Refusal::Invalid { problems } => Refusal::Invalid { problems: placed(problems) },
            other => other,
        }))
    }

    /// Whether so much is wrong that no more has to be looked for.
    #[must_use]
    pub const fn is_much(&self) -> bool {
        self.problems.len() >= MOST
    }

    /// Whether something of this field is wrong already.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field == field)
    }

    /// What was read, unless something is wrong.
    ///
    /// # Errors
    /// With everything that was noted.
    pub fn or<T>(mut self, read: T) -> Result<T, Refusal> {
        if let Some(other) = self.other {
            return Err(other);
        }
        if self.problems.is_empty() {
            return Ok(read);
        }
        self.problems.truncate(MOST);
        let problems = self.problems;
        Err(if self.is_unreadable { Refusal::Unreadable { problems } } else { Refusal::Invalid { problems } })
    }

    /// The same of something that could not be read, perhaps.
    ///
    /// # Errors
    /// With everything that was noted.
    pub fn or_none<T>(self, read: Option<T>) -> Result<T, Refusal> {
        self.or(read)?.ok_or_else(|| Refusal::Unreadable { problems: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(refusal: Refusal) -> (bool, Vec<String>) {
        match refusal {
            Refusal::Unreadable { problems } => (true, problems.into_iter().map(|problem| problem.field).collect()),
            Refusal::Invalid { problems } => (false, problems.into_iter().map(|problem| problem.field).collect()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_read_decides_and_everything_is_told() {
        let mut wrong = Wrong::default();
        assert_eq!(wrong.keep(Ok(1)), Some(1));
        assert_eq!(wrong.keep::<()>(Err(Refusal::field("a", "x", "x"))), None);
        wrong.add(FieldProblem::required("b"));
        assert!(wrong.names("b") && !wrong.names("c"));
        let unread = Refusal::Unreadable { problems: vec![FieldProblem::required("c"), FieldProblem::required("")] };
        assert_eq!(wrong.keep_within::<()>(2, Err(unread)), None);
        assert_eq!(told(wrong.or(()).unwrap_err()), (true, ["a", "b", "2.c", "2"].map(str::to_owned).to_vec()));
        let mut wrong = Wrong::default();
        wrong.add(FieldProblem::required("b"));
        assert_eq!(told(wrong.or_none(Some(1)).unwrap_err()), (false, vec!["b".to_owned()]));
        assert_eq!(Wrong::default().or_none(Some(1)).unwrap(), 1);
        let mut wrong = Wrong::default();
        wrong.keep::<()>(Err(Refusal::NotFound));
        wrong.add(FieldProblem::required("b"));
        assert_eq!(wrong.or(()).unwrap_err(), Refusal::NotFound);
    }

    #[test]
    fn of_very_much_the_first_is_told() {
        let mut wrong = Wrong::default();
        for at in 0..200 {
            wrong.add_unreadable(FieldProblem::required(&at.to_string()));
        }
        assert!(wrong.is_much());
        assert_eq!(told(wrong.or(()).unwrap_err()).1.len(), MOST);
    }
}
