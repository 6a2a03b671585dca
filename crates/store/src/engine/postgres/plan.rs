//! The statements by which steps are sent: neighbours that insert into the same table are one.

use std::borrow::Cow;

use till_core::kernel::{changes::CommitConflict, values::Value};

use crate::batch::{Step, Target};
use crate::sql;

/// Rows of one insert at most. Fewer are sent by eight, four, two and one, so that few statements are kept prepared.
const ROWS: usize = 16;

/// A statement to be sent.
#[derive(Debug)]
pub(super) struct Planned<'a> {
    pub(super) sql: Cow<'a, str>,
    pub(super) binds: Vec<&'a Value>,
    /// As [`Step::unless_one`].
    pub(super) unless_one: Option<&'a CommitConflict>,
    /// As [`Step::several`].
    pub(super) several: bool,
}

impl<'a> Planned<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            sql: Cow::Borrowed(&step.sql),
            binds: step.binds.iter().collect(),
            unless_one: step.unless_one.as_ref(),
            several: step.several,
        }
    }
}

/// The statements of steps, in their order.
pub(super) fn plan<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Vec<Planned<'a>> {
    let steps: Vec<&Step> = steps.into_iter().collect();
    let mut planned = Vec::with_capacity(steps.len());
    for alike in steps.chunk_by(|one, next| one.inserts.is_some() && one.inserts == next.inserts) {
        match alike {
            [first, _, ..] => planned.extend(first.inserts.iter().flat_map(|to| rows(*to, alike))),
            _ => planned.extend(alike.iter().map(|step| Planned::of(step))),
        }
    }
    planned
}

/// Inserts of several rows.
fn rows<'a>(target: Target, mut steps: &[&'a Step]) -> Vec<Planned<'a>> {
    let mut planned = Vec::new();
    while let Some(most) = steps.len().checked_ilog2() {
        let (some, rest) = steps.split_at((1 << most).min(ROWS));
        planned.push(Planned {
            sql: Cow::Owned(sql::insert_rows(target.0, target.1, some.len())),
            binds: some.iter().flat_map(|step| &step.binds).collect(),
            unless_one: None,
            several: false,
        });
        steps = rest;
    }
    planned
}

/// Steps of several commits as one sequence. Commits of the same shape, as those of renewals are, are sent statement by
/// statement, so that what they insert is inserted together; each keeps the order of its own.
pub(super) fn interleave<'a>(members: &[&'a [Step]]) -> Vec<&'a Step> {
    let mut shapes: Vec<Vec<&'a [Step]>> = Vec::new();
    for member in members {
        let of_shape = |shape: &&mut Vec<&[Step]>| is_alike(shape[0], member);
        match shapes.iter_mut().find(of_shape) {
            Some(shape) => shape.push(member),
            None => shapes.push(vec![member]),
        }
    }
    let mut steps = Vec::new();
    for shape in shapes {
        for at in 0..shape[0].len() {
            steps.extend(shape.iter().map(|member| &member[at]));
        }
    }
    steps
}

fn is_alike(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.sql == other.sql)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&str] = &["id", "words"];

    fn insert(table: &'static str, n: i64) -> Step {
        Step {
            sql: Cow::Owned(sql::insert(table, COLUMNS)),
            binds: vec![Value::Int(n), Value::Text(format!("{table} {n}"))],
            unless_one: None,
            several: false,
            inserts: Some((table, COLUMNS)),
        }
    }

    fn update(n: i64) -> Step {
        Step {
            sql: Cow::Borrowed("update a set words = '' where id = $1"),
            binds: vec![Value::Int(n)],
            unless_one: Some(CommitConflict::Stale),
            several: false,
            inserts: None,
        }
    }

    /// Statement, first value of each row, and whether it is counted.
    fn told<'a>(planned: &'a [Planned<'_>]) -> Vec<(&'a str, Vec<i64>, bool)> {
        let numbers = |one: &Planned<'_>| {
            let numbers = one.binds.iter().filter_map(|value| match value {
                Value::Int(n) => Some(*n),
                _ => None,
            });
            numbers.collect()
        };
        (planned.iter())
            .map(|one| (&*one.sql, numbers(one), one.unless_one.is_some()))
            .collect()
    }

    #[test]
    fn neighbours_that_insert_into_the_same_table_are_one_statement() {
        let steps = [
            insert("a", 1),
            insert("a", 2),
            update(3),
            insert("a", 4),
            insert("b", 5),
        ];
        let planned = plan(&steps);
        let two = "insert into a (id, words) values ($1, $2), ($3, $4)";
        let one = |table: &str| format!("insert into {table} (id, words) values ($1, $2)");
        assert_eq!(
            told(&planned),
            [
                (two, vec![1, 2], false),
                ("update a set words = '' where id = $1", vec![3], true),
                (&*one("a"), vec![4], false),
                (&*one("b"), vec![5], false),
            ]
        );
        let many: Vec<Step> = (0..39).map(|n| insert("a", n)).collect();
        let planned = plan(&many);
        let rows: Vec<usize> = planned.iter().map(|one| one.binds.len() / 2).collect();
        assert_eq!(rows, [16, 16, 4, 2, 1]);
        assert!(
            planned[0].sql.ends_with(", ($31, $32)"),
            "{}",
            planned[0].sql
        );
    }

    #[test]
    fn commits_of_one_shape_go_side_by_side_and_each_keeps_its_order() {
        let members = [
            vec![insert("a", 1), update(1), insert("b", 1)],
            vec![insert("b", 7)],
            vec![insert("a", 2), update(2), insert("b", 2)],
        ];
        let members: Vec<&[Step]> = members.iter().map(Vec::as_slice).collect();
        let steps = interleave(&members);
        let planned = plan(steps);
        let numbers: Vec<Vec<i64>> = told(&planned).into_iter().map(|(_, ns, _)| ns).collect();
        // Three inserts into the last table, by two and one.
        let expected = [vec![1, 2], vec![1], vec![2], vec![1, 2], vec![7]];
        assert_eq!(numbers, expected);
    }
}
