//! Requests that bring usage in, and that change its types.

use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema, schema::ObjectBuilder},
};
use uuid::Uuid;

use super::EventMetadata;
use crate::{
    decimal::Decimal,
    input::{self, Context, Patch, text_of},
    limits,
    request::*,
};

/// The way in which an event names its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventShape {
    /// By the customer's ID.
    Customer,
    /// By the merchant's own ID.
    ExternalCustomer,
}

impl EventShape {
    const fn name(self) -> &'static str {
        match self {
            Self::Customer => "EventCreateCustomer",
            Self::ExternalCustomer => "EventCreateExternalCustomer",
        }
    }
}

impl Variant for EventShape {
    const ALL: &'static [Self] = &[Self::Customer, Self::ExternalCustomer];

    /// The shape whose customer is named is tried first; where it does not read, what is wrong is told for both.
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T> {
        let before = cx.problems.len();
        let likely = match value.get("customer_id") {
            None | Some(Value::Null) => Self::ExternalCustomer,
            Some(_) => Self::Customer,
        };
        if let Some(event) = read(likely, cx).filter(|_| cx.problems.len() == before) {
            return Some(event);
        }
        cx.problems.truncate(before);
        for shape in Self::ALL {
            let told = cx.problems.len();
            let event = cx.at(shape.name(), |cx| read(*shape, cx));
            if event.is_some() && cx.problems.len() == told {
                cx.problems.truncate(before);
                return event;
            }
        }
        None
    }
}

request! {
    /// Event of usage, of a customer by ID or by your own ID.
    pub struct EventCreate by shape: EventShape {
        /// Name of the event; all events with one name are of one type.
        pub name: String = required(text(1, limits::USAGE_NAME)),
        /// Time at which the event happened, with a time zone; the time of the request if left out. It must not lie in
        /// the future, nor before 1970.
        pub timestamp: Option<Timestamp> = optional(exact_moment()),
        /// ID of the customer whose usage it is.
        pub customer_id: Option<Uuid> = required(id()).map(Some).only_if(shape == EventShape::Customer),
        /// ID of the customer's member who caused the event.
        pub member_id: Option<Uuid> = optional(id()).only_if(shape == EventShape::Customer),
        /// Your own ID of the customer whose usage it is. There need not be such a customer yet.
        pub external_customer_id: Option<String> = required(text(1, limits::KEY)).map(Some)
            .only_if(shape == EventShape::ExternalCustomer),
        /// Your own ID of the customer's member who caused the event.
        pub external_member_id: Option<String> = optional(text(1, limits::KEY))
            .only_if(shape == EventShape::ExternalCustomer),
        /// Your own ID of the event. An event with an ID that is there already is left out.
        pub external_id: Option<String> = optional(text(1, limits::KEY)),
        /// ID, or your own ID, of the event of which this one is a part.
        pub parent_id: Option<String> = optional(text(1, limits::KEY)),
        /// Key-value data of the event: up to 50 keys of 1 to 128 characters; values are texts of 1 to 500 characters,
        /// numbers or booleans. `_cost` says what the event cost, `_llm` what a language model did. At most 262,144
        /// bytes of JSON in all.
        pub metadata: EventMetadata = omittable(event_metadata()).or_default(),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

request! {
    /// Events of usage to store: all of them, or none.
    pub struct EventsIngest {
        /// Events; at most 1,000 in one request.
        pub events: Vec<EventCreate> = required(list(0, limits::USAGE_EVENTS, read_by(EventCreate::read, shown::<EventCreate>))),
    }
}

request! {
    /// Change to an event type. A field that is left out stays as it is.
    pub struct EventTypeUpdate {
        /// New label for people.
        pub label: String = required(text(1, limits::USAGE_NAME)),
        /// New path of the property that labels each event, with dots, such as `metadata.subject`; null clears it.
        pub label_property_selector: Patch<String> = patch(text(1, limits::USAGE_SELECTOR)),
    }
}

fn shown<T: PartialSchema>() -> Schema {
    match T::schema() {
        RefOr::T(schema) => schema,
        RefOr::Ref(_) => Schema::default(),
    }
}

/// A moment that says its offset.
fn exact_moment() -> impl Reader<Value = Timestamp> {
    read_by(input::exact_instant, || {
        ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .into()
    })
}

/// Free data of an event: [`metadata`] with two keys that have a form of their own.
fn event_metadata() -> impl Reader<Value = EventMetadata> {
    read_by(metadata_of, || {
        let free = metadata().schema();
        let Schema::Object(mut object) = free else {
            return free;
        };
        let known = [("_cost", cost().schema()), ("_llm", llm().schema())];
        for (key, schema) in known {
            object.properties.insert(key.to_owned(), schema.into());
        }
        object.property_names = Some(Box::new(text(1, limits::USAGE_KEY).schema()));
        Schema::Object(object)
    })
}

fn metadata_of(value: &Value, cx: &mut Context) -> Option<EventMetadata> {
    let Value::Object(map) = value else {
        return cx.fail("dict_type", "Input should be an object", value);
    };
    if map.len() > limits::METADATA_KEYS {
        return cx.bound(
            "too_long",
            format!(
                "Metadata should have at most {} keys",
                limits::METADATA_KEYS
            ),
            value,
            "max_length",
            limits::METADATA_KEYS,
        );
    }
    let mut read = Map::new();
    let (mut bytes, mut whole) = (2, true);
    for (key, item) in map {
        let kept = cx.at(key.clone(), |cx| match key.as_str() {
            "_cost" => cost().read(item, cx),
            "_llm" => llm().read(item, cx),
            _ => free_value(key, item, cx),
        });
        match kept {
            Some(kept) => {
                bytes += key.len() + 4 + size(&kept);
                read.insert(key.clone(), kept);
            }
            None => whole = false,
        }
    }
    if bytes > limits::USAGE_BYTES {
        return cx.bound(
            "too_long",
            format!("Metadata should have at most {} bytes", limits::USAGE_BYTES),
            &Value::Null,
            "max_length",
            limits::USAGE_BYTES,
        );
    }
    whole.then_some(EventMetadata(read))
}

/// Bytes of a value as JSON, about: escapes are not counted.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Object(map) => map
            .iter()
            .map(|(key, v)| key.len() + 4 + text_size(v))
            .sum(),
        _ => 24,
    }
}

/// [`size`] of what stands in an object, which holds no further one.
fn text_size(value: &Value) -> usize {
    value.as_str().map_or(24, |text| text.len() + 2)
}

fn free_value(key: &str, item: &Value, cx: &mut Context) -> Option<Value> {
    text_of(1, limits::USAGE_KEY, false)(&Value::from(key), cx)?;
    match item {
        Value::String(_) => text_of(1, limits::METADATA_TEXT, false)(item, cx).map(Value::from),
        Value::Bool(_) => Some(item.clone()),
        Value::Number(n) if n.as_f64().is_some_and(f64::is_finite) => Some(item.clone()),
        _ => cx.fail(
            "string_type",
            "Metadata values must be texts, numbers or booleans",
            item,
        ),
    }
}

/// Cost of an event.
fn cost() -> impl Reader<Value = Value> {
    object! {
        /// Cost of the event.
        Cost {
            /// Amount in cents: at most 5 digits before the point and 12 behind it, as a number or a text.
            amount = required(cost_amount()),
            /// Currency of the amount.
            currency = required(word::<CostCurrency>()),
        }
    }
    .map(|cost: Cost| {
        let mut map = Map::new();
        map.insert("amount".into(), cost.amount.to_string().into());
        map.insert("currency".into(), cost.currency.as_str().into());
        Value::Object(map)
    })
}

struct Cost {
    amount: Decimal,
    currency: CostCurrency,
}

/// Digits before the point of a cost, which the published schema has, too.
const COST_LIMIT: i64 = 100_000;
/// Characters of a cost that is sent as text.
const COST_TEXT: usize = 64;

fn cost_amount() -> impl Reader<Value = Decimal> {
    let read = |value: &Value, cx: &mut Context| {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(_) => text_of(1, COST_TEXT, true)(value, cx)?,
            _ => return cx.fail("decimal_type", "Input should be a number", value),
        };
        let limit = Decimal::from(COST_LIMIT);
        let fits = |n: &Decimal| *n < limit && *n > Decimal::ZERO.minus(limit);
        match Decimal::parse(&text).filter(fits) {
            Some(amount) => Some(amount),
            None => cx.fail(
                "decimal_parsing",
                "Input should be a number with at most 5 digits before the point",
                value,
            ),
        }
    };
    read_by(read, || {
        let number = ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Number)
            .minimum(Some(-COST_LIMIT))
            .maximum(Some(COST_LIMIT));
        one_of(vec![number.into(), text(1, COST_TEXT).schema()])
    })
}

crate::words! {
    /// Currency of a cost.
    enum CostCurrency {
        /// US dollars.
        Usd = "usd",
    }
}

/// Use of a language model.
fn llm() -> impl Reader<Value = Value> {
    object! {
        /// Use of a language model.
        Llm {
            /// Vendor of the model.
            vendor = required(text(1, limits::METADATA_TEXT)),
            /// Name of the model.
            model = required(text(1, limits::METADATA_TEXT)),
            /// Prompt that the model was given.
            prompt = optional(text(0, limits::PROSE)),
            /// Response that the model gave.
            response = optional(text(0, limits::PROSE)),
            /// Number of tokens that the model read.
            input_tokens = required(int(0, limits::TOKENS)),
            /// Number of tokens that were read from the cache.
            cached_input_tokens = optional(int(0, limits::TOKENS)),
            /// Number of tokens that the model wrote.
            output_tokens = required(int(0, limits::TOKENS)),
            /// Number of tokens in all.
            total_tokens = required(int(0, limits::TOKENS)),
        }
    }
    .map(|llm: Llm| {
        let numbers = [
            ("input_tokens", Some(llm.input_tokens)),
            ("cached_input_tokens", llm.cached_input_tokens),
            ("output_tokens", Some(llm.output_tokens)),
            ("total_tokens", Some(llm.total_tokens)),
        ];
        let texts = [
            ("vendor", Some(llm.vendor)),
            ("model", Some(llm.model)),
            ("prompt", llm.prompt),
            ("response", llm.response),
        ];
        let mut map = Map::new();
        map.extend(
            texts
                .into_iter()
                .filter_map(|(key, text)| Some((key.to_owned(), text?.into()))),
        );
        map.extend(
            numbers
                .into_iter()
                .filter_map(|(key, number)| Some((key.to_owned(), number?.into()))),
        );
        Value::Object(map)
    })
}

struct Llm {
    vendor: String,
    model: String,
    prompt: Option<String>,
    response: Option<String>,
    input_tokens: i64,
    cached_input_tokens: Option<i64>,
    output_tokens: i64,
    total_tokens: i64,
}

/// The clauses of a filter that is sent as JSON text in a query.
pub fn filter_text(value: &Value, cx: &mut Context) -> Option<crate::meters::Filter> {
    let text = text_of(0, FILTER_TEXT, false)(value, cx)?;
    match serde_json::from_str::<Value>(&text) {
        Ok(sent) => crate::meters::filter(&sent, cx),
        Err(_) => cx.fail("json_invalid", "Input should be JSON", value),
    }
}

/// Characters of a filter that is sent in a query.
pub const FILTER_TEXT: usize = 16_384;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(value: &Value) -> Vec<(String, String)> {
        let mut cx = Context::new("body");
        let read = EventsIngest::read(value, &mut cx);
        assert_eq!(read.is_none(), !cx.problems.is_empty());
        let problem = |p: &crate::input::Problem| {
            (
                p.kind.to_string(),
                serde_json::to_string(&p.loc[2..]).unwrap(),
            )
        };
        cx.problems.iter().map(problem).collect()
    }

    const ID: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

    #[test]
    fn an_event_names_its_customer_in_one_of_two_ways() {
        let both = json!({"events": [
            {"name": "a", "customer_id": ID, "external_customer_id": "x"},
            {"name": "b", "customer_id": null, "external_customer_id": "x", "member_id": 5}]});
        let read = EventsIngest::read(&both, &mut Context::new("body")).unwrap();
        let known = |event: &EventCreate| {
            (
                event.customer_id.is_some(),
                event.external_customer_id.is_some(),
            )
        };
        assert_eq!(known(&read.events[0]), (true, false));
        assert_eq!(known(&read.events[1]), (false, true));
        let neither = json!({"events": [{"name": "a"}]});
        let place = |shape: &str, key: &str| format!("[0,\"{shape}\",\"{key}\"]");
        assert_eq!(
            told(&neither),
            [
                (
                    "missing".to_owned(),
                    place("EventCreateCustomer", "customer_id")
                ),
                (
                    "missing".to_owned(),
                    place("EventCreateExternalCustomer", "external_customer_id")
                ),
            ]
        );
    }

    #[test]
    fn metadata_is_bounded_and_two_keys_have_a_form() {
        let good = json!({"events": [{"name": "a", "customer_id": ID, "metadata": {
            "n": 1.5, "t": "x", "b": true,
            "_cost": {"amount": 0.30, "currency": "usd"},
            "_llm": {"vendor": "v", "model": "m", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3, "more": []}}}]});
        let read = EventsIngest::read(&good, &mut Context::new("body")).unwrap();
        let metadata = &read.events[0].metadata.0;
        assert_eq!(
            metadata["_cost"],
            json!({"amount": "0.3", "currency": "usd"})
        );
        assert_eq!(
            metadata["_llm"],
            json!({"vendor": "v", "model": "m", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3})
        );
        let llm = json!({"vendor": "v", "model": "m", "input_tokens": 1, "output_tokens": 2, "total_tokens": 3});
        let mut long = llm.clone();
        long["prompt"] = json!("x".repeat(limits::PROSE + 1));
        let many: Map<String, Value> = (0..51).map(|n| (n.to_string(), json!(n))).collect();
        for bad in [
            json!({"a": {"b": 1}}),
            json!({"a": [1]}),
            json!({"a": null}),
            json!({"a": ""}),
            json!({"a": "x".repeat(501)}),
            json!({ "k".repeat(129): 1 }),
            json!({"": 1}),
            json!(many),
            json!({"_cost": 5}),
            json!({"_cost": {"amount": "1e9", "currency": "usd"}}),
            json!({"_cost": {"amount": 1, "currency": "eur"}}),
            json!({"_llm": {"vendor": "v"}}),
            json!({ "_llm": long }),
        ] {
            let body = json!({"events": [{"name": "a", "customer_id": ID, "metadata": bad}]});
            assert!(!told(&body).is_empty(), "{bad}");
        }
    }

    #[test]
    fn a_request_has_so_many_events_at_most() {
        let event = json!({"name": "a", "customer_id": ID});
        let many = |n: usize| json!({"events": vec![event.clone(); n]});
        assert_eq!(told(&many(0)), []);
        assert_eq!(told(&many(limits::USAGE_EVENTS)), []);
        let mut cx = Context::new("body");
        assert!(EventsIngest::read(&many(limits::USAGE_EVENTS + 1), &mut cx).is_none());
        assert_eq!(cx.problems.len(), 1);
    }
}
