//! Everything that is kept of a customer, as one JSON document, or as an archive with the files of documents beside it
//! (docs/behaviour: members/export). It is read and sent part by part, so it may be of any length.

mod archive;
mod license_keys;

pub use archive::archive;

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt as _, stream};
use jiff::{Timestamp, tz::Offset};
use serde::Serialize;
use serde_json::{Value, json};
use till_core::{
    documents::{DocumentKind, file_name},
    kernel::{
        changes::Record,
        records::{
            BalanceEntry, Content, Customer as Row, CustomerMeter, CustomerSeat, Dispute,
            FileDownload, Mail, MailKind, Order as OrderRow, Organization, Refund, SystemEvent,
            UsageCharge, UsageEvent,
        },
    },
};
use till_store::{List, Order, Position};
use till_wire::page::Page;

use crate::{
    actions::{
        self,
        customers::{CustomerRef, payment_methods},
    },
    app::App,
    error::Result,
    http::extract::{Access, Caller, Params},
};

/// Rows of one part.
const PART: u32 = 100;

/// Fields that are never shown: secrets, and what repeats the customer in each row.
const LEFT_OUT: [&str; 10] = [
    "client_secret",
    "url",
    "success_url",
    "payment_processor_metadata",
    "processor_metadata",
    "customer",
    "user",
    "products",
    "prices",
    "customer_session_token",
];

/// The parts of the document, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Members,
    Seats,
    PaymentMethods,
    Checkouts,
    Orders,
    Documents,
    CreditNotes,
    Payments,
    Refunds,
    Disputes,
    Subscriptions,
    Grants,
    LicenseKeys,
    Downloads,
    Balance,
    Letters,
    UsageEvents,
    SystemEvents,
    Meters,
    UsageCharges,
}

const SECTIONS: [(Section, &str); 20] = [
    (Section::Members, "members"),
    (Section::Seats, "seats"),
    (Section::PaymentMethods, "payment_methods"),
    (Section::Checkouts, "checkouts"),
    (Section::Orders, "orders"),
    (Section::Documents, "documents"),
    (Section::CreditNotes, "credit_notes"),
    (Section::Payments, "payments"),
    (Section::Refunds, "refunds"),
    (Section::Disputes, "disputes"),
    (Section::Subscriptions, "subscriptions"),
    (Section::Grants, "benefit_grants"),
    (Section::LicenseKeys, "license_keys"),
    (Section::Downloads, "downloads"),
    (Section::Balance, "balance_entries"),
    (Section::Letters, "letters"),
    (Section::UsageEvents, "usage_events"),
    (Section::SystemEvents, "system_events"),
    (Section::Meters, "meters"),
    (Section::UsageCharges, "usage_charges"),
];

/// Place up to which the document was read.
struct Reader {
    app: Arc<App>,
    organization: Organization,
    customer: Row,
    /// Index of the section that is being read.
    section: usize,
    /// Page of the section, from 1.
    page: u32,
    /// The row behind which the section goes on.
    after: Option<Position>,
    /// True where the section has an item already.
    has_items: bool,
}

/// Some items of a section, and whether there are more.
type Items = (Vec<Value>, bool);

/// A file that is made part by part.
trait Parts: Send + 'static {
    /// The next bytes; none behind the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;
}

/// Sends everything that is kept of a customer as a file. An error after the first part breaks the transfer off, so that
/// nobody takes a part for the whole.
pub async fn export(
    app: &Arc<App>,
    organization: &Organization,
    customer: &Row,
) -> Result<Response> {
    let reader = Reader::new(app, organization, customer);
    let about = (
        "application/json",
        "attachment; filename=\"customer-data.json\"",
    );
    sent(about, reader.head(), reader).await
}

/// Sends a file while it is made: its media type and name, its first bytes, and what follows. The first part is read before
/// the answer begins.
async fn sent<P: Parts>(
    (kind, disposition): (&'static str, &'static str),
    mut first: Vec<u8>,
    mut parts: P,
) -> Result<Response> {
    first.extend(Box::pin(parts.next()).await?.unwrap_or_default());
    let rest = stream::unfold(Some(parts), |parts| async {
        let mut parts = parts?;
        match Box::pin(parts.next()).await.transpose()? {
            Ok(part) => Some((Ok(Bytes::from(part)), Some(parts))),
            Err(error) => {
                let cause = format!("a customer's data could not be read to its end: {error:?}");
                Some((Err(std::io::Error::other(cause)), None))
            }
        }
    });
    let bytes = stream::once(async { Ok(Bytes::from(first)) }).chain(rest);
    // Compressing asks once more after the end, which an unfolded stream answers with a panic.
    let body = Body::from_stream(bytes.fuse());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static(disposition),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    Ok((headers, body).into_response())
}

impl Parts for Reader {
    /// The next bytes of the document; none behind its end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let Some((section, name)) = SECTIONS.get(self.section).copied() else {
            return Ok(None);
        };
        let (items, has_more) = Box::pin(self.items(section)).await?;
        let mut text = String::new();
        if self.page == 1 {
            text.push_str(&format!(",\n\"{name}\": ["));
        }
        for item in items {
            text.push_str(if self.has_items { ",\n" } else { "\n" });
            text.push_str(&item.to_string());
            self.has_items = true;
        }
        if has_more {
            self.page += 1;
            return Ok(Some(text.into_bytes()));
        }
        text.push(']');
        (self.section, self.page, self.after, self.has_items) = (self.section + 1, 1, None, false);
        if self.section == SECTIONS.len() {
            text.push_str("}\n");
        }
        Ok(Some(text.into_bytes()))
    }
}

impl Reader {
    fn new(app: &Arc<App>, organization: &Organization, customer: &Row) -> Self {
        Self {
            app: app.clone(),
            organization: organization.clone(),
            customer: customer.clone(),
            section: 0,
            page: 1,
            after: None,
            has_items: false,
        }
    }

    /// The first bytes of the document: who the customer is. The object stays open for the sections.
    fn head(&self) -> Vec<u8> {
        let organization = &self.organization;
        let head = json!({
            "exported_at": self.app.context().wall(),
            "organization": {"name": organization.name, "slug": organization.slug},
            "customer": self.customer.view(),
        });
        let head = shown(head, &[]).to_string();
        head.as_bytes()[..head.len() - 1].to_vec()
    }

    /// True where nothing of it was read yet.
    fn is_at_start(&self) -> bool {
        self.section == 0 && self.page == 1
    }

    async fn items(&mut self, section: Section) -> Result<Items> {
        let id = self.customer.id;
        match section {
            Section::Members => {
                let members = self.app.store.customer_members(id).await?;
                let members = members.iter().map(|member| member.view());
                Ok((self.listed(members), false))
            }
            Section::PaymentMethods => {
                let customer = CustomerRef::Id(id);
                let (caller, params) = (self.caller()?, self.params(""));
                let listed = payment_methods::list(&caller, &customer, params).await?;
                Ok(self.page_of(listed))
            }
            Section::Checkouts => {
                let (caller, params) = (self.caller()?, self.of_customer());
                let listed = actions::checkouts::list(&caller, params).await?;
                Ok(self.page_of(listed))
            }
            Section::Orders => {
                let (caller, params) = (self.caller()?, self.of_customer());
                let listed = actions::orders::list(&caller, params).await?;
                Ok(self.page_of(listed))
            }
            Section::Payments => {
                let (caller, params) = (self.caller()?, self.of_customer());
                let listed = actions::payments::list(&caller, params).await?;
                Ok(self.page_of(listed))
            }
            Section::Refunds => {
                let (caller, params) = (self.caller()?, self.of_customer());
                let listed = actions::refunds::list(&caller, params).await?;
                Ok(self.page_of(listed))
            }
            Section::Subscriptions => {
                let (caller, params) = (self.caller()?, self.of_customer());
                let listed = actions::subscriptions::list(&caller, params).await?;
                Ok(self.page_of(listed))
            }
            Section::Grants => {
                let (caller, params) = (self.caller()?, self.of_customer());
                let listed = actions::grants::list(&caller, params).await?;
                Ok(self.page_of(listed))
            }
            Section::LicenseKeys => self.license_keys().await,
            Section::Seats => self.rows(seat).await,
            Section::Documents => self.rows(documents).await,
            Section::CreditNotes => self.rows(credit_note).await,
            Section::Disputes => self.rows(dispute).await,
            Section::Downloads => self.rows(download).await,
            Section::Balance => self.rows(balance_entry).await,
            Section::Letters => {
                let text_of = self.app.text_of;
                self.rows(move |row: &Mail| letter(row, text_of)).await
            }
            Section::UsageEvents => self.rows_by("timestamp", usage_event).await,
            Section::SystemEvents => self.rows_by("timestamp", system_event).await,
            Section::Meters => self.rows(customer_meter).await,
            Section::UsageCharges => self.rows(usage_charge).await,
        }
    }

    fn caller<A: Access>(&self) -> Result<Caller<A>> {
        Caller::granted(&self.app, &self.organization, |_| true)
    }

    fn of_customer(&self) -> Params {
        self.params(&format!("customer_id={}&", self.customer.id))
    }

    fn params(&self, filter: &str) -> Params {
        Params::parse(&format!("{filter}page={}&limit={PART}", self.page))
    }

    fn listed<T: Serialize>(&self, items: impl IntoIterator<Item = T>) -> Vec<Value> {
        let value = |item| serde_json::to_value(item).ok();
        let values = items.into_iter().filter_map(value);
        values.map(|value| shown(value, &LEFT_OUT)).collect()
    }

    fn page_of<T: Serialize>(&self, page: Page<T>) -> Items {
        let has_more = i64::from(self.page) < page.pagination.max_page;
        (self.listed(page.items), has_more)
    }

    /// Rows of the customer, each as several values.
    async fn rows<R: Record + Send + Sync + 'static>(
        &mut self,
        values: impl Fn(&R) -> Vec<Value>,
    ) -> Result<Items> {
        self.rows_by("created_at", values).await
    }

    /// The same in the order of a column that an index of the customer's rows ends with.
    async fn rows_by<R: Record + Send + Sync + 'static>(
        &mut self,
        column: &str,
        values: impl Fn(&R) -> Vec<Value>,
    ) -> Result<Items> {
        let list = List::of::<R>(self.organization.id)
            .eq("customer_id", self.customer.id)
            .order(column, Order::Desc);
        let store = &self.app.store;
        let (rows, last) = store.rows_after(list, self.after.as_ref(), PART).await?;
        let items = self.listed(rows.iter().flat_map(&values));
        self.after = last;
        Ok((items, self.after.is_some()))
    }
}

fn named(kind: DocumentKind, number: Option<&String>, of: &OrderRow) -> Option<Value> {
    let number = number?;
    Some(json!({
        "kind": kind.to_string(),
        "number": number,
        "file_name": file_name(kind, number),
        "order_id": of.id,
        "created_at": of.created_at,
    }))
}

/// The documents of an order that were given a number.
fn documents(row: &OrderRow) -> Vec<Value> {
    let all = [
        named(DocumentKind::Invoice, row.invoice_number.as_ref(), row),
        named(DocumentKind::Receipt, row.receipt_number.as_ref(), row),
    ];
    all.into_iter().flatten().collect()
}

fn credit_note(row: &Refund) -> Vec<Value> {
    let note = row.credit_note_number.as_ref().map(|number| {
        json!({
            "kind": DocumentKind::CreditNote.to_string(),
            "number": number,
            "file_name": file_name(DocumentKind::CreditNote, number),
            "order_id": row.order_id,
            "refund_id": row.id,
            "created_at": row.created_at,
        })
    });
    note.into_iter().collect()
}

fn dispute(row: &Dispute) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "order_id": row.order_id,
        "payment_id": row.payment_id,
        "status": row.status,
        "amount": row.amount,
        "tax_amount": row.tax_amount,
        "currency": row.currency,
        "reason": row.reason,
        "opened_at": row.opened_at,
    })]
}

/// A seat; who has it is known by the member's id.
fn seat(row: &CustomerSeat) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "subscription_id": row.subscription_id,
        "order_id": row.order_id,
        "member_id": row.member_id,
        "status": row.status.as_str(),
        "claimed_at": row.claimed_at,
        "revoked_at": row.revoked_at,
        "metadata": row.metadata.as_ref().map(|metadata| &metadata.0),
    })]
}

/// Downloads of one file; the holder is a member, or the customer.
fn download(row: &FileDownload) -> Vec<Value> {
    let member = (row.holder_id != row.customer_id).then_some(row.holder_id);
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "member_id": member,
        "benefit_id": row.benefit_id,
        "file_id": row.file_id,
        "downloads": row.downloads,
        "last_download_at": row.last_at,
    })]
}

fn balance_entry(row: &BalanceEntry) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "currency": row.currency,
        "amount": row.amount,
        "reason": row.kind.as_str(),
        "order_id": row.order_id,
    })]
}

fn usage_event(row: &UsageEvent) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "timestamp": row.timestamp,
        "name": row.name,
        "external_member_id": row.external_member_id,
        "metadata": row.metadata,
    })]
}

fn system_event(row: &SystemEvent) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "timestamp": row.timestamp,
        "name": row.name,
        "metadata": row.metadata,
    })]
}

fn customer_meter(row: &CustomerMeter) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "modified_at": row.modified_at,
        "meter_id": row.meter_id,
        "consumed_units": row.consumed_units.to_f64(),
        "credited_units": row.credited_units,
    })]
}

fn usage_charge(row: &UsageCharge) -> Vec<Value> {
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "modified_at": row.modified_at,
        "meter_id": row.meter_id,
        "subscription_id": row.subscription_id,
        "starts_at": row.starts_at,
        "events": row.events,
        "billed_at": row.billed_at,
        "order_id": row.order_id,
    })]
}

/// A letter. One with a secret is for its address alone.
fn letter(row: &Mail, text_of: fn(&Content) -> String) -> Vec<Value> {
    if matches!(
        row.kind,
        MailKind::PortalCode | MailKind::EmailChange | MailKind::SeatInvitation
    ) {
        return Vec::new();
    }
    vec![json!({
        "id": row.id,
        "created_at": row.created_at,
        "kind": row.kind.as_str(),
        "recipient": row.recipient,
        "subject": row.subject,
        "text": text_of(&row.content.0),
        "state": row.state.as_str(),
        "sent_at": row.sent_at,
    })]
}

/// A value as it is exported: without what is left out, and with the offset of each moment in digits, as clients of the
/// reference read it. Free data stays as it is. Goes through the value without recursion.
fn shown(mut value: Value, left_out: &[&str]) -> Value {
    let mut open = vec![&mut value];
    while let Some(next) = open.pop() {
        match next {
            Value::Object(map) => {
                map.retain(|key, _| !left_out.contains(&key.as_str()));
                let inner = map.iter_mut();
                open.extend(
                    inner
                        .filter(|(key, _)| {
                            !["metadata", "customer_metadata", "custom_field_data", "text"]
                                .contains(&key.as_str())
                        })
                        .map(|(_, value)| value),
                );
            }
            Value::Array(items) => open.extend(items),
            Value::String(text) => {
                let moment = text
                    .ends_with('Z')
                    .then(|| text.parse::<Timestamp>().ok())
                    .flatten();
                if let Some(moment) = moment {
                    *text = moment.display_with_offset(Offset::UTC).to_string();
                }
            }
            _ => {}
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_their_offset_in_digits_and_secrets_are_left_out() {
        let value = json!({
            "created_at": "2026-12-01T10:00:00Z", "client_secret": "s", "name": "2026Z",
            "metadata": {"at": "2026-12-01T10:00:00Z", "url": "u"},
            "items": [{"start_timestamp": "2026-12-01T10:00:00.5Z", "customer": {}}],
        });
        assert_eq!(
            shown(value, &LEFT_OUT),
            json!({
                "created_at": "2026-12-01T10:00:00+00:00", "name": "2026Z",
                "metadata": {"at": "2026-12-01T10:00:00Z", "url": "u"},
                "items": [{"start_timestamp": "2026-12-01T10:00:00.5+00:00"}],
            })
        );
    }
}
