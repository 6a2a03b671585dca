use jiff::Timestamp;
use till_core::{
    kernel::{
        records::{PaymentMethod, Subscription},
        values::Value,
    },
    mail::reminders::{self, Ahead},
};
use uuid::Uuid;

use crate::{Col, Query, Result, Store, list::Dialect};

/// Days before the end of its period at which a subscription's customer is reminded. As in migration 0094, so that its
/// index is used.
fn days(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "(case when status <> 'trialing' then 7 when trial_end - trial_start <= 259200000000 then 1 else 3 end)"
        }
        Dialect::Postgres => {
            "(case when status <> 'trialing' then 7 when trial_end - trial_start <= interval '3 days' then 1 else 3 end)"
        }
    }
}

/// Subscriptions whose customers are still to be reminded of the end of the period. As in migration 0094.
const OPEN: &str = "not cancel_at_period_end and not pause_at_period_end and base_amount > 0 \
                    and (reminded_for is null or reminded_for <> current_period_end) \
                    and (status = 'trialing' or (status = 'active' and (recurring_interval = 'year' \
                    or (recurring_interval = 'month' and recurring_interval_count >= 6) \
                    or (recurring_interval = 'week' and recurring_interval_count >= 25) \
                    or (recurring_interval = 'day' and recurring_interval_count >= 180))))";

/// Month in which a card expires, counted from the year 0. As in migration 0094.
fn month(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "((card ->> 'exp_year') * 12 + (card ->> 'exp_month'))",
        Dialect::Postgres => {
            "((card ->> 'exp_year')::bigint * 12 + (card ->> 'exp_month')::bigint)"
        }
    }
}

/// Condition on the organization where one is named, else the one by which the index of all is chosen.
fn own(organization_id: Option<Uuid>, of_all: &str, binds: &mut Vec<Value>) -> String {
    match organization_id {
        Some(id) => {
            binds.push(Value::Uuid(id));
            format!("organization_id = ${}", binds.len())
        }
        None => of_all.to_owned(),
    }
}

fn limited(limit: usize) -> Value {
    Value::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}

impl Store {
    /// Subscriptions whose customers are to be reminded `ahead` of the end of a period by now, the one that ends first
    /// first; after `after`, the end and the id of one. Those of one organization, where one is named.
    pub async fn subscriptions_to_remind(
        &self,
        organization_id: Option<Uuid>,
        ahead: Ahead,
        now: Timestamp,
        after: (Timestamp, Uuid),
        limit: usize,
    ) -> Result<Vec<Subscription>> {
        let query = due(self.dialect(), organization_id, ahead, now, after, limit);
        self.all(query).await
    }

    /// Cards whose owners are to be told by now that they expire; after `after`, the month of expiry, counted from the
    /// year 0, and the id of one. Those of one organization, where one is named. One that was saved just now is left for
    /// later, when it is known what it pays for.
    pub async fn cards_to_remind(
        &self,
        organization_id: Option<Uuid>,
        now: Timestamp,
        after: (i64, Uuid),
        limit: usize,
    ) -> Result<Vec<PaymentMethod>> {
        let query = expiring(self.dialect(), organization_id, now, after, limit);
        self.all(query).await
    }

    /// The first moment after `now` at which a customer of an organization is to be reminded of anything.
    pub async fn next_reminder(
        &self,
        organization_id: Uuid,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let mut moments = Vec::new();
        for ahead in Ahead::ALL {
            let query = first_end(self.dialect(), organization_id, ahead, now);
            let found: Option<Col<Option<Timestamp>>> = self.one(query).await?;
            moments.extend(found.and_then(|Col(end)| Some(ahead.before(end?))));
        }
        let query = first_expiry(self.dialect(), organization_id, now);
        let found: Option<Col<Option<i64>>> = self.one(query).await?;
        moments.extend(found.and_then(|Col(month)| reminders::card_moment(month?)));
        Ok(moments.into_iter().min())
    }
}

fn due(
    dialect: Dialect,
    organization_id: Option<Uuid>,
    ahead: Ahead,
    now: Timestamp,
    (end, id): (Timestamp, Uuid),
    limit: usize,
) -> Query {
    let until = ahead.after(now);
    let mut binds = vec![until.into(), end.into(), Value::Uuid(id), limited(limit)];
    let own = own(organization_id, "currency <> ''", &mut binds);
    let rest = format!(
        "where {own} and {OPEN} and {} = {} and current_period_end <= $1 and current_period_end >= $2 \
         and (current_period_end > $2 or id > $3) order by current_period_end, id limit $4",
        days(dialect),
        ahead.days(),
    );
    Query::select::<Subscription>(&rest, binds)
}

fn first_end(dialect: Dialect, organization_id: Uuid, ahead: Ahead, now: Timestamp) -> Query {
    let binds = vec![Value::Uuid(organization_id), ahead.after(now).into()];
    let sql = format!(
        "select min(current_period_end) from subscriptions where organization_id = $1 and {OPEN} and {} = {} \
         and current_period_end > $2",
        days(dialect),
        ahead.days(),
    );
    Query::raw(sql, binds)
}

fn expiring(
    dialect: Dialect,
    organization_id: Option<Uuid>,
    now: Timestamp,
    (after, id): (i64, Uuid),
    limit: usize,
) -> Query {
    let month = month(dialect);
    let until = reminders::card_months(now).end;
    let saved = now - reminders::SETTLED;
    let mut binds = vec![
        Value::Int(until),
        Value::Int(after),
        Value::Uuid(id),
        limited(limit),
        saved.into(),
    ];
    let own = own(organization_id, "kind <> ''", &mut binds);
    let rest = format!(
        "where {own} and (reminded_for is null or reminded_for <> {month}) and {month} < $1 and {month} >= $2 \
         and ({month} > $2 or id > $3) and created_at <= $5 order by {month}, id limit $4"
    );
    Query::select::<PaymentMethod>(&rest, binds)
}

fn first_expiry(dialect: Dialect, organization_id: Uuid, now: Timestamp) -> Query {
    let month = month(dialect);
    let binds = vec![
        Value::Uuid(organization_id),
        Value::Int(reminders::card_months(now).end),
    ];
    let sql = format!(
        "select min({month}) from payment_methods where organization_id = $1 \
         and (reminded_for is null or reminded_for <> {month}) and {month} >= $2"
    );
    Query::raw(sql, binds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plan::{database, plan};

    #[tokio::test]
    async fn what_customers_are_reminded_of_is_found_in_an_index() {
        let (_folder, db) = database().await;
        let (now, nil) = (Timestamp::UNIX_EPOCH, Uuid::nil());
        let (dialect, ahead) = (Dialect::Sqlite, Ahead::Week);
        let cases = [
            (
                due(dialect, None, ahead, now, (now, nil), 9),
                "subscriptions_reminders (<expr>=? AND current_period_end>? AND current_period_end<?",
            ),
            (
                due(dialect, Some(nil), ahead, now, (now, nil), 9),
                "subscriptions_reminders_of (organization_id=? AND <expr>=? AND current_period_end>? AND current_period_end<?",
            ),
            (
                first_end(dialect, nil, ahead, now),
                "subscriptions_reminders_of (organization_id=? AND <expr>=? AND current_period_end>?",
            ),
            (
                expiring(dialect, None, now, (0, nil), 9),
                "payment_methods_reminders (<expr>>? AND <expr><?",
            ),
            (
                expiring(dialect, Some(nil), now, (0, nil), 9),
                "payment_methods_reminders_of (organization_id=? AND <expr>>? AND <expr><?",
            ),
            (
                first_expiry(dialect, nil, now),
                "payment_methods_reminders_of (organization_id=? AND <expr>>?",
            ),
        ];
        for (query, index) in cases {
            let plan = plan(&db, &query);
            assert!(plan.contains(index), "{index}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
