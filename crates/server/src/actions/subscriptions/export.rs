//! Subscriptions as a table.

use jiff::{Timestamp, tz::TimeZone};
use till_core::kernel::records::{Organization, Subscription as Row};
use till_store::{List, Order};
use till_wire::subscriptions::{
    Subscription, SubscriptionExportColumn as Column, SubscriptionStatus,
};
use uuid::Uuid;

use crate::{
    actions::export::{Columns, Export, Exported},
    app::App,
    error::Result,
    http::extract::{
        Caller, Params,
        query::{exact_moment, flag, ids, query, time_zone, words},
        scope,
    },
    joined::Joined,
    table::{Line, decimal, moment, typed, typed_or_empty},
};

query! {
    /// The query of an export of subscriptions.
    pub(crate) struct ExportQuery {
        /// Filter by product ID.
        product_id: Vec<Uuid> = ids(),
        /// Filter by status.
        status: Vec<SubscriptionStatus> = words::<SubscriptionStatus>(),
        /// Filter by cancellation: whether the subscription ends with its current period.
        cancel_at_period_end: Option<bool> = flag(),
        /// Filter by start: only subscriptions that started after this time, which must have a UTC offset.
        started_after: Option<Timestamp> = exact_moment(),
        /// Filter by start: only subscriptions that started before this time, which must have a UTC offset.
        started_before: Option<Timestamp> = exact_moment(),
        /// Time zone of the times in the file, by its IANA name.
        timezone: TimeZone = time_zone(),
        /// Columns of the file, in this order; by default `email`, `started_at`, `product`, `amount`, `currency`,
        /// `status` and `recurring_interval`.
        columns: Vec<Column> = words::<Column>(),
    }
}

/// The columns that a table has if none are named.
const USUAL: [Column; 7] = [
    Column::Email,
    Column::StartedAt,
    Column::Product,
    Column::Amount,
    Column::Currency,
    Column::Status,
    Column::RecurringInterval,
];

/// Subscriptions as a table, newest first.
#[derive(Debug)]
pub struct Subscriptions(Columns<Column>);

/// Begins an export: the table's head, and its lines. Every subscription has started.
pub fn export(
    caller: &Caller<scope::SubscriptionsRead>,
    mut params: Params,
) -> Result<(Line, Export<Subscriptions>)> {
    let sent = ExportQuery::read(&mut params);
    let list = List::of::<Row>(caller.organization.id)
        .any_of("organization_id", params.organizations())
        .any_of("product_id", sent.product_id)
        .any_of("status", sent.status)
        .any_of("cancel_at_period_end", sent.cancel_at_period_end)
        .later_than("started_at", sent.started_after)
        .before("started_at", sent.started_before)
        .not_null("started_at")
        .order_column("started_at", Order::Desc);
    params.finish()?;
    let columns = Columns::new(sent.columns, &USUAL, sent.timezone);
    let head = columns.line(|column| heading(column).to_owned());
    Ok((head, Export::new(caller, list, Subscriptions(columns))))
}

impl Exported for Subscriptions {
    type Row = Row;

    async fn lines(
        &self,
        app: &App,
        organization: &Organization,
        rows: &[Row],
    ) -> Result<Vec<Line>> {
        let subscriptions = Joined::subscriptions(app, organization, rows).await?;
        Ok(subscriptions
            .iter()
            .map(|one| self.0.line(|column| self.cell(one, column)))
            .collect())
    }
}

impl Subscriptions {
    fn cell(&self, one: &Subscription, column: Column) -> String {
        let (base, customer) = (&one.base, &one.customer);
        let amount = || decimal(base.amount, base.currency);
        let at = |at: Timestamp| moment(at, &self.0.zone);
        let at_or_empty = |moment: Option<Timestamp>| moment.map(at).unwrap_or_default();
        let address = customer.billing_address.as_ref();
        let discount = one.discount.as_ref();
        let seats = base.seats.map(|seats| seats.to_string());
        match column {
            Column::Email => typed_or_empty(customer.email.as_deref()),
            Column::StartedAt => at_or_empty(base.started_at),
            Column::Product => typed(&one.product.base.name),
            Column::Amount | Column::NetAmount => amount(),
            Column::Currency => base.currency.to_string(),
            Column::Status => base.status.to_string(),
            Column::RecurringInterval => base.recurring_interval.to_string(),
            Column::CustomerName => typed_or_empty(customer.name.as_deref()),
            Column::BillingName => typed_or_empty(customer.billing_name.as_deref()),
            Column::BillingCountry => address.map(|a| a.country.to_string()).unwrap_or_default(),
            Column::Discount => typed_or_empty(discount.map(|d| d.brief.name.as_str())),
            Column::Seats => seats.unwrap_or_default(),
            Column::CurrentPeriodStart => at(base.current_period_start),
            Column::CurrentPeriodEnd => at(base.current_period_end),
            Column::CancelAtPeriodEnd => base.cancel_at_period_end.to_string(),
            Column::CanceledAt => at_or_empty(base.canceled_at),
            Column::EndsAt => at_or_empty(base.ends_at),
            Column::EndedAt => at_or_empty(base.ended_at),
            Column::CancellationReason => {
                let reason = base.customer_cancellation_reason.as_ref();
                reason.map(ToString::to_string).unwrap_or_default()
            }
            Column::TrialStart => at_or_empty(base.trial_start),
            Column::TrialEnd => at_or_empty(base.trial_end),
        }
    }
}

fn heading(column: Column) -> &'static str {
    match column {
        Column::Email => "Email",
        Column::StartedAt => "Started At",
        Column::Product => "Product",
        Column::Amount => "Amount",
        Column::Currency => "Currency",
        Column::Status => "Status",
        Column::RecurringInterval => "Billing Interval",
        Column::CustomerName => "Customer Name",
        Column::BillingName => "Billing Name",
        Column::BillingCountry => "Billing Country",
        Column::NetAmount => "Net Amount",
        Column::Discount => "Discount",
        Column::Seats => "Seats",
        Column::CurrentPeriodStart => "Current Period Start",
        Column::CurrentPeriodEnd => "Current Period End",
        Column::CancelAtPeriodEnd => "Cancel At Period End",
        Column::CanceledAt => "Canceled At",
        Column::EndsAt => "Ends At",
        Column::EndedAt => "Ended At",
        Column::CancellationReason => "Cancellation Reason",
        Column::TrialStart => "Trial Start",
        Column::TrialEnd => "Trial End",
    }
}
