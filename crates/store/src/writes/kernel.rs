use till_core::kernel::budgets::SPENT;
use till_core::kernel::writes::KeyedTable;
use till_core::kernel::writes::{BudgetWrite, FoldingWrite, IdempotencyWrite, Statement};

use super::{any, exactly_one};

pub(super) fn budget(write: BudgetWrite) -> Statement {
    match write {
        BudgetWrite::Take {
            key,
            now,
            pause,
            furthest,
        } => exactly_one(
            SPENT,
            "insert into budgets (key, spent_until) values ($1, $4) \
             on conflict (key) do update set spent_until = \
             case when budgets.spent_until > $2 then budgets.spent_until + $3 else $4 end \
             where budgets.spent_until + $3 <= $5",
            vec![
                key.into(),
                now.into(),
                pause.into(),
                now.saturating_add(pause).into(),
                furthest.into(),
            ],
        ),
        BudgetWrite::GiveBack { key, time } => any(
            "update budgets set spent_until = spent_until - $2 where key = $1",
            vec![key.into(), time.into()],
        ),
        BudgetWrite::ForgetWhole(before) => any(
            "delete from budgets where spent_until < $1",
            vec![before.into()],
        ),
    }
}

pub(super) fn folding(write: FoldingWrite) -> Statement {
    match write {
        FoldingWrite::SetKey { of, id, key } => {
            let sql = match of {
                KeyedTable::Customers => "update customers set email_key = $1 where id = $2",
                KeyedTable::Discounts => "update discounts set code_key = $1 where id = $2",
                KeyedTable::People => "update users set email_key = $1 where id = $2",
                KeyedTable::Redemptions => {
                    "update discount_redemptions set email_key = $1 where id = $2"
                }
                KeyedTable::Trials => "update trial_redemptions set email_key = $1 where id = $2",
                KeyedTable::TrialClaims => "update trial_claims set person = $1 where id = $2",
            };
            any(sql, vec![key.into(), id.into()])
        }
    }
}

pub(super) fn idempotency(write: IdempotencyWrite) -> Statement {
    match write {
        IdempotencyWrite::DeleteExpired { id, now } => any(
            "delete from idempotency_keys where id = $1 and expires_at <= $2",
            vec![id.into(), now.into()],
        ),
        IdempotencyWrite::KeepAnswer { id, status, answer } => any(
            "update idempotency_keys set status = $2, answer = $3 where id = $1 and status is null",
            vec![id.into(), i64::from(status).into(), answer.into()],
        ),
        IdempotencyWrite::DeleteAllExpired { now, limit } => any(
            "delete from idempotency_keys where id in \
             (select id from idempotency_keys where expires_at <= $1 order by expires_at limit $2)",
            vec![now.into(), limit.into()],
        ),
    }
}
