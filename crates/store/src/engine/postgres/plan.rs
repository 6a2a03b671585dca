//! The statements by which steps are sent: neighbours that write rows of the same table alike are one.

use std::borrow::Cow;

use till_core::kernel::{changes::CommitConflict, values::Value};

use crate::batch::{RowWrite, Step};
use crate::sql;

/// Rows of one statement at most. Fewer are sent by eight, four, two and one, so that few statements are kept prepared.
const ROWS: usize = 16;

/// A statement to be sent.
#[derive(Debug)]
pub(super) struct Planned<'a> {
    pub(super) sql: Cow<'a, str>,
    pub(super) binds: Vec<&'a Value>,
    /// As [`Step::unless_one`], for each of its rows.
    pub(super) unless_one: Option<&'a CommitConflict>,
    /// As [`Step::several`].
    pub(super) several: bool,
    /// Rows that it writes, where it is counted.
    pub(super) rows: usize,
    /// Set where `sql` updates one row, and is to become the update of `rows`: table and columns.
    pub(super) updates: Option<(&'static str, &'a [&'static str])>,
}

impl<'a> Planned<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            sql: Cow::Borrowed(&step.sql),
            binds: step.binds.iter().collect(),
            unless_one: step.unless_one.as_ref(),
            several: step.several,
            rows: 1,
            updates: None,
        }
    }

    /// Steps that write alike.
    fn of_rows(steps: &[&'a Step]) -> Self {
        let first = Self::of(steps[0]);
        let binds = steps.iter().flat_map(|step| &step.binds).collect();
        match &steps[0].row {
            Some(RowWrite::Insert(table, columns)) if steps.len() > 1 => Self {
                sql: Cow::Owned(sql::insert_rows(table, columns, steps.len())),
                binds,
                ..first
            },
            Some(RowWrite::Update(table, columns)) if steps.len() > 1 => Self {
                binds,
                rows: steps.len(),
                updates: Some((*table, columns)),
                ..first
            },
            _ => first,
        }
    }
}

/// The statements of one commit, in their order. Its updates stay apart: the order of two may matter, as where one takes
/// what the other gives up.
pub(super) fn plan(steps: &[Step]) -> Vec<Planned<'_>> {
    statements(steps.iter(), |step| {
        matches!(step.row, Some(RowWrite::Insert(..)))
    })
}

/// The statements of several commits as one sequence. Where what they do together is refused, each is sent alone.
pub(super) fn plan_group<'a>(members: &[&'a [Step]]) -> Vec<Planned<'a>> {
    statements(interleave(members), |step| step.row.is_some())
}

fn statements<'a>(
    steps: impl IntoIterator<Item = &'a Step>,
    joins: impl Fn(&Step) -> bool,
) -> Vec<Planned<'a>> {
    let steps: Vec<&Step> = steps.into_iter().collect();
    let mut planned = Vec::with_capacity(steps.len());
    let mut rest = steps.as_slice();
    while let Some(first) = rest.first() {
        let alike = rest.iter().take(ROWS);
        let alike = alike.take_while(|step| joins(first) && step.row == first.row);
        // Powers of two, and no row twice: of two updates of a row the second finds what the first has left.
        let most = 1 << alike.count().max(1).ilog2();
        let distinct = (1..most).find(|n| is_of_row_before(rest, *n));
        let (some, others) = rest.split_at(distinct.map_or(most, |n| 1 << n.ilog2()));
        planned.push(Planned::of_rows(some));
        rest = others;
    }
    planned
}

/// True where the step at `n` updates a row that a step before it updates.
fn is_of_row_before(steps: &[&Step], n: usize) -> bool {
    let id = |step: &'_ Step| match &step.row {
        Some(RowWrite::Update(_, columns)) => step.binds.get(columns.len()).cloned(),
        _ => None,
    };
    let own = id(steps[n]);
    own.is_some() && steps[..n].iter().any(|step| id(step) == own)
}

/// Steps of several commits as one sequence. Commits of the same shape, as those of renewals are, are sent statement by
/// statement, so that what they insert is inserted together; each keeps the order of its own.
fn interleave<'a>(members: &[&'a [Step]]) -> Vec<&'a Step> {
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
    use uuid::Uuid;

    use super::*;

    const COLUMNS: &[&str] = &["id", "words"];

    fn insert(table: &'static str, n: i64) -> Step {
        Step {
            sql: Cow::Owned(sql::insert(table, COLUMNS)),
            binds: vec![Value::Int(n), Value::Text(format!("{table} {n}"))],
            unless_one: None,
            several: false,
            row: Some(RowWrite::Insert(table, COLUMNS)),
        }
    }

    const UPDATE: &str = "update a set words = $1, version = $2 where id = $3 and version = $4";

    fn update(n: i64) -> Step {
        let set = vec![
            ("words", Value::Text(String::new())),
            ("version", Value::Int(n)),
        ];
        let (sql, binds) = sql::update("a", Uuid::from_u128(n as u128), Some(7), set);
        Step {
            sql: Cow::Owned(sql),
            binds,
            unless_one: Some(CommitConflict::Stale),
            several: false,
            row: Some(RowWrite::Update("a", vec!["words", "version"])),
        }
    }

    /// Statement, first value of each row, and whether it is counted.
    fn told<'a>(planned: &'a [Planned<'_>]) -> Vec<(&'a str, Vec<i64>, bool)> {
        let numbers = |one: &Planned<'_>| {
            let numbers = one.binds.iter().filter_map(|value| match value {
                Value::Int(7) => None,
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
                (UPDATE, vec![3], true),
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
    fn updates_of_a_table_are_one_statement_and_no_row_is_in_it_twice() {
        let steps = [1, 2, 3, 4, 5, 3, 6].map(update);
        let alone: Vec<usize> = plan(&steps).iter().map(|one| one.rows).collect();
        assert_eq!(alone, [1; 7]);
        let planned = plan_group(&[&steps]);
        let rows: Vec<(usize, bool)> = (planned.iter())
            .map(|one| (one.rows, one.updates.is_some()))
            .collect();
        assert_eq!(rows, [(4, true), (2, true), (1, false)]);
        let twice = [1, 2, 2, 1].map(update);
        let planned = plan_group(&[&twice]);
        let rows: Vec<usize> = planned.iter().map(|one| one.rows).collect();
        assert_eq!(rows, [2, 2]);
        let many = sql::update_rows(
            "a",
            &["words", "version"],
            ["text", "int8", "uuid", "int8"].into_iter(),
            2,
        );
        assert_eq!(
            many,
            "update a t set words = v.c0, version = v.c1 \
             from (values ($1::text, $2::int8, $3::uuid, $4::int8), ($5, $6, $7, $8)) v (c0, c1, c2, c3) \
             where t.id = v.c2 and t.version = v.c3"
        );
    }

    #[test]
    fn commits_of_one_shape_go_side_by_side_and_each_keeps_its_order() {
        let members = [
            vec![insert("a", 1), update(1), insert("b", 1)],
            vec![insert("b", 8)],
            vec![insert("a", 2), update(2), insert("b", 2)],
        ];
        let members: Vec<&[Step]> = members.iter().map(Vec::as_slice).collect();
        let planned = plan_group(&members);
        let numbers: Vec<Vec<i64>> = told(&planned).into_iter().map(|(_, ns, _)| ns).collect();
        let expected = [vec![1, 2], vec![1, 2], vec![1, 2], vec![8]];
        assert_eq!(numbers, expected);
        assert_eq!(planned[1].rows, 2);
    }
}
