//! Discounts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    input::{
        Context, Fields, Patch, blank_text, id, instant, int_in, kind, list, map, text_of, word,
    },
    limits,
    metadata::{Metadata, metadata},
    money::{Currency, currency},
    products::ProductBase,
};

crate::words! {
    /// How a discount is worked out.
    pub enum DiscountType {
        /// An amount per currency.
        Fixed = "fixed",
        /// A share.
        Percentage = "percentage",
    }
}

crate::words! {
    /// How long a discount lasts on a subscription (docs/behaviour: discounts/months).
    pub enum DiscountDuration {
        /// The first period.
        Once = "once",
        /// Every period.
        Forever = "forever",
        /// A number of calendar months.
        Repeating = "repeating",
    }
}

/// All of it, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// What a discount takes off, with the keys of its own kind only: clients tell the kinds apart by them
/// (docs/behaviour: api/older-clients).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DiscountValue {
    /// An amount per currency.
    Fixed {
        /// Deprecated: minor units in `currency`.
        amount: i64,
        /// Deprecated: the organization's default currency, where the discount has an amount in it.
        #[schema(value_type = String)]
        currency: Currency,
        /// Minor units by currency.
        #[schema(value_type = BTreeMap<String, i64>)]
        amounts: BTreeMap<Currency, i64>,
    },
    /// A share.
    Percentage {
        /// Hundredths of a percent.
        basis_points: i64,
    },
}

/// How long a discount lasts on a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "duration", rename_all = "snake_case")]
pub enum DiscountLasting {
    /// The first period.
    Once,
    /// Every period.
    Forever,
    /// A number of calendar months.
    Repeating {
        /// Calendar months, whatever the billing interval.
        duration_in_months: i64,
    },
}

/// A discount as a session shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DiscountBrief {
    /// Id.
    pub id: Uuid,
    /// Name, shown to buyers.
    pub name: String,
    /// What buyers type; null: only the merchant applies it.
    pub code: Option<String>,
    /// What it takes off.
    #[serde(flatten)]
    pub value: DiscountValue,
    /// For how long.
    #[serde(flatten)]
    pub lasting: DiscountLasting,
}

/// A discount as orders and subscriptions show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DiscountBase {
    /// What it is.
    #[serde(flatten)]
    pub brief: DiscountBrief,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// Free data of the merchant.
    pub metadata: Metadata,
    /// Not before.
    pub starts_at: Option<Timestamp>,
    /// Not after.
    pub ends_at: Option<Timestamp>,
    /// How often it may be used; null: no limit.
    pub max_redemptions: Option<i64>,
    /// How often one customer may use it; null: no limit.
    pub max_redemptions_per_customer: Option<i64>,
    /// How often it was used.
    pub redemptions_count: i64,
    /// Its organization.
    pub organization_id: Uuid,
}

/// A product that a discount is for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DiscountProduct {
    /// The product.
    #[serde(flatten)]
    pub base: ProductBase,
    /// Free data of the merchant.
    pub metadata: Metadata,
}

/// A discount.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Discount {
    /// All but its products.
    #[serde(flatten)]
    pub base: DiscountBase,
    /// What it is for; none: everything, also what is yet to come.
    pub products: Vec<DiscountProduct>,
}

/// What a new discount takes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// Minor units by currency; at least one.
    Fixed(BTreeMap<Currency, i64>),
    /// Hundredths of a percent.
    Percentage(i64),
}

/// A new discount.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscountCreate {
    /// Name.
    pub name: String,
    /// Code.
    pub code: Option<String>,
    /// What it takes off.
    pub off: Off,
    /// For how long.
    pub lasting: DiscountLasting,
    /// Not before.
    pub starts_at: Option<Timestamp>,
    /// Not after.
    pub ends_at: Option<Timestamp>,
    /// How often it may be used.
    pub max_redemptions: Option<i64>,
    /// How often one customer may use it.
    pub max_redemptions_per_customer: Option<i64>,
    /// What it is for; none: everything.
    pub products: Vec<Uuid>,
    /// Free data.
    pub metadata: Metadata,
    /// Not for organization tokens.
    pub organization_id: Option<Uuid>,
}

/// A change to a discount. Fields of the other kind are read and ignored.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs, reason = "as in DiscountCreate")]
pub struct DiscountUpdate {
    pub name: Option<String>,
    pub code: Patch<String>,
    pub kind: Option<DiscountType>,
    pub duration: Patch<DiscountDuration>,
    pub duration_in_months: Patch<i64>,
    pub basis_points: Patch<i64>,
    pub amounts: Patch<BTreeMap<Currency, i64>>,
    pub amount: Patch<i64>,
    pub currency: Patch<Currency>,
    pub starts_at: Patch<Timestamp>,
    pub ends_at: Patch<Timestamp>,
    pub max_redemptions: Patch<i64>,
    pub max_redemptions_per_customer: Patch<i64>,
    pub products: Patch<Vec<Uuid>>,
    pub metadata: Option<Metadata>,
}

/// A code: letters and digits of any script, 3 to 256 of them; blank reads as null.
fn code(value: &Value, cx: &mut Context) -> Option<Option<String>> {
    let Some(code) = blank_text(limits::CODE)(value, cx)? else {
        return Some(None);
    };
    let code = text_of(3, limits::CODE, false)(&Value::from(code), cx)?;
    if code.chars().all(char::is_alphanumeric) {
        Some(Some(code))
    } else {
        cx.refuse("a code has letters and digits only", value)
    }
}

fn amount(value: &Value, cx: &mut Context) -> Option<i64> {
    int_in(0, limits::AMOUNT)(value, cx)
}

fn basis_points(value: &Value, cx: &mut Context) -> Option<i64> {
    int_in(1, WHOLE)(value, cx)
}

fn months(value: &Value, cx: &mut Context) -> Option<i64> {
    int_in(1, limits::INTERVALS)(value, cx)
}

/// Minor units by currency, at least one entry; each key is a place of its own.
fn amounts(value: &Value, cx: &mut Context) -> Option<BTreeMap<Currency, i64>> {
    map(1, Currency::ALL.len(), currency, amount)(value, cx)
}

impl DiscountCreate {
    /// Reads the body of a POST; the discount's kind is part of every problem's place.
    pub fn read(value: &Value, cx: &mut Context) -> Option<Self> {
        let kind: DiscountType = kind(value, cx)?;
        cx.at(kind.as_str(), |cx| {
            cx.object(value, |f| {
                let name = f.required("name", text_of(1, limits::LINE, false));
                let code = f.blankable("code", code).value();
                let off = match kind {
                    DiscountType::Fixed => fixed(f),
                    DiscountType::Percentage => f
                        .required("basis_points", basis_points)
                        .map(Off::Percentage),
                };
                let lasting = lasting(f);
                let starts_at = f.optional("starts_at", instant);
                let ends_at = f.optional("ends_at", instant);
                if let (Some(start), Some(end)) = (starts_at, ends_at)
                    && start >= end
                {
                    let sent = f.raw("ends_at").unwrap_or(&Value::Null).clone();
                    f.cx.at("ends_at", |cx| cx.refuse::<()>(ENDS_FIRST, &sent));
                }
                let max_redemptions = f.optional("max_redemptions", int_in(1, limits::INT32));
                let per_customer =
                    f.optional("max_redemptions_per_customer", int_in(1, limits::INT32));
                let products = f.optional("products", list(0, limits::DISCOUNTED, id));
                let meta = f.omittable("metadata", metadata);
                let organization_id = f.optional("organization_id", id);
                Some(Self {
                    name: name?,
                    code,
                    off: off?,
                    lasting: lasting?,
                    starts_at,
                    ends_at,
                    max_redemptions,
                    max_redemptions_per_customer: per_customer,
                    products: products.unwrap_or_default(),
                    metadata: meta.unwrap_or_default(),
                    organization_id,
                })
            })
        })
    }
}

/// What is wrong with a window that ends before it begins.
pub const ENDS_FIRST: &str = "ends_at must lie after starts_at";

/// `amounts`, or the older `amount` with `currency`: exactly one of the two.
fn fixed(f: &mut Fields<'_, '_>) -> Option<Off> {
    let before = f.cx.problems.len();
    let many = f.optional("amounts", amounts);
    let one = f.optional("amount", amount);
    let currency = f.optional("currency", currency).unwrap_or(Currency::USD);
    if f.cx.problems.len() > before {
        return None;
    }
    match (many, one) {
        (Some(amounts), None) => Some(Off::Fixed(amounts)),
        (None, Some(amount)) => Some(Off::Fixed(BTreeMap::from([(currency, amount)]))),
        (None, None) => {
            let whole = f.whole();
            f.cx.at("amounts", |cx| cx.fail("missing", "Field required", whole))
        }
        (Some(_), Some(_)) => {
            let whole = f.whole();
            f.cx.refuse("send amounts, or amount with currency, but not both", whole)
        }
    }
}

/// A number of months goes with `repeating` alone, and `repeating` with a number of months.
fn lasting(f: &mut Fields<'_, '_>) -> Option<DiscountLasting> {
    let duration = f.required("duration", word::<DiscountDuration>);
    let sent = f.patch("duration_in_months", months);
    match (duration?, sent) {
        (DiscountDuration::Repeating, Patch::Value(duration_in_months)) => {
            Some(DiscountLasting::Repeating { duration_in_months })
        }
        // What did not read is told already.
        (DiscountDuration::Repeating, Patch::Absent) if f.raw("duration_in_months").is_some() => {
            None
        }
        (DiscountDuration::Repeating, _) => {
            let whole = f.whole();
            f.cx.at("duration_in_months", |cx| {
                cx.fail("missing", "Field required", whole)
            })
        }
        (_, Patch::Value(months)) => f.cx.at("duration_in_months", |cx| {
            cx.refuse("only repeating discounts have months", &months.into())
        }),
        (DiscountDuration::Once, _) => Some(DiscountLasting::Once),
        (DiscountDuration::Forever, _) => Some(DiscountLasting::Forever),
    }
}

impl DiscountUpdate {
    /// Reads the body of a PATCH.
    pub fn read(f: &mut Fields<'_, '_>) -> Option<Self> {
        let read = Self {
            name: f.optional("name", text_of(1, limits::LINE, false)),
            code: f.blankable("code", code),
            kind: f.optional("type", word),
            duration: f.patch("duration", word),
            duration_in_months: f.patch("duration_in_months", months),
            basis_points: f.patch("basis_points", basis_points),
            amounts: f.patch("amounts", amounts),
            amount: f.patch("amount", amount),
            currency: f.patch("currency", currency),
            starts_at: f.patch("starts_at", instant),
            ends_at: f.patch("ends_at", instant),
            max_redemptions: f.patch("max_redemptions", int_in(1, limits::INT32)),
            max_redemptions_per_customer: f
                .patch("max_redemptions_per_customer", int_in(1, limits::INT32)),
            products: f.patch("products", list(0, limits::DISCOUNTED, id)),
            metadata: f.omittable("metadata", metadata),
        };
        // A client that sends back what it was shown sends both: they must say the same.
        if let (Some(amounts), Some(amount)) = (read.amounts.as_value(), read.amount.as_value())
            && !match read.currency.as_value() {
                Some(currency) => amounts.get(currency) == Some(amount),
                None => amounts.values().any(|one| one == amount),
            }
        {
            let whole = f.whole();
            return f
                .cx
                .refuse("amount and amounts say different things", whole);
        }
        Some(read)
    }
}
