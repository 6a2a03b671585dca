//! What makes and changes customers and their sessions.

use serde_json::Value;
use uuid::Uuid;

use super::CustomerType;
use crate::{
    address::{Address, address},
    input::{Context, Fields, Patch, kind},
    limits,
    metadata::Metadata,
    request::*,
};

impl Variant for CustomerType {
    const ALL: &'static [Self] = Self::ALL;
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T> {
        let kind = match value.get("type") {
            None => Self::Individual,
            Some(_) => kind(value, cx)?,
        };
        cx.at(kind.as_str(), |cx| read(kind, cx))
    }
}

request! {
    /// A new customer.
    pub struct CustomerCreate by variant: CustomerType {
        /// Whether it is a person or a team.
        pub kind: CustomerType = type_of(variant),
        /// Unique among live customers, in any case.
        pub email: String = required(email()),
        /// Your own id of the customer; unique, set once.
        pub external_id: Option<String> = optional(blankable(limits::KEY)),
        /// Name.
        pub name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// Billing address.
        pub billing_address: Option<Address> = optional(address()),
        /// Tax id, checked for the address's country.
        pub tax_id: Option<String> = optional(blankable(limits::TAX_ID)),
        /// BCP 47.
        pub locale: Option<String> = optional(locale()),
        /// Free data.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Not with an organization's token.
        pub organization_id: Option<Uuid> = optional(id()),
    }
}

fn type_of(kind: CustomerType) -> Box<dyn Member<Value = CustomerType>> {
    match kind {
        CustomerType::Individual => Box::new(
            group! { _f;
                /// Is it where not given.
                kind as "type" = omittable(only(CustomerType::Individual)),
                => kind.map(|_| CustomerType::Individual)
            }
            .titled("A new person."),
        ),
        CustomerType::Team => Box::new(
            group! { _f;
                /// The type.
                kind as "type" = tag(CustomerType::Team),
                => kind
            }
            .titled("A new team."),
        ),
    }
}

request! {
    /// A change to a customer; what is not sent stays.
    pub struct CustomerUpdate: Default {
        /// Null is no change.
        pub email: Option<String> = optional(email()),
        /// Null clears it.
        pub name: Patch<String> = patch(blankable(limits::PERSON_NAME)),
        /// Replaces the whole address.
        pub billing_address: Option<Address> = omittable(kept_address()),
        /// Null clears it.
        pub tax_id: Patch<String> = patch(blankable(limits::TAX_ID)),
        /// BCP 47; null clears it.
        pub locale: Patch<String> = patch(locale()),
        /// Replaces all free data.
        pub metadata: Option<Metadata> = omittable(metadata()),
        /// Can be set once; then it stays.
        pub external_id: Patch<String> = patch(blankable(limits::KEY)),
        /// Person or team.
        pub kind: Option<CustomerType> as "type" = optional(word::<CustomerType>()),
    }
}

/// An address that null does not clear.
fn kept_address() -> impl Reader<Value = Address> {
    let read = |value: &Value, cx: &mut Context| match value {
        Value::Null => cx.fail(
            "model_attributes_type",
            "The billing address cannot be cleared",
            value,
        ),
        _ => address().read(value, cx),
    };
    read_by(read, || address().schema())
}

/// The customer whose session is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionFor {
    /// By id.
    Id(Uuid),
    /// By the merchant's id.
    ExternalId(String),
}

/// How a body names the customer.
#[derive(Clone, Copy)]
pub(crate) enum NamedBy {
    Id,
    ExternalId,
}

impl NamedBy {
    fn place(self) -> &'static str {
        match self {
            Self::Id => "CustomerSessionCustomerIDCreate",
            Self::ExternalId => "CustomerSessionCustomerExternalIDCreate",
        }
    }
}

impl Variant for NamedBy {
    const ALL: &'static [Self] = &[Self::Id, Self::ExternalId];
    /// Both shapes' problems are told where neither is meant.
    fn read_one<T>(
        value: &Value,
        cx: &mut Context,
        read: impl Fn(Self, &mut Context) -> Option<T>,
    ) -> Option<T> {
        let by_id = value.get("customer_id");
        let external = value
            .get("external_customer_id")
            .or(value.get("customer_external_id"));
        if by_id.is_none() && external.is_none() && value.is_object() {
            for shape in Self::ALL {
                cx.at(shape.place(), |cx| read(*shape, cx));
            }
            return None;
        }
        let shape = match by_id.is_some_and(|id| !id.is_null()) || external.is_none() {
            true => Self::Id,
            false => Self::ExternalId,
        };
        cx.at(shape.place(), |cx| read(shape, cx))
    }
}

request! {
    /// A new customer session.
    pub struct CustomerSessionCreate by variant: NamedBy {
        /// The owner.
        pub customer: SessionFor = session_for(variant),
        /// Where the portal's back button leads.
        pub return_url: Option<String> = optional(url()),
    }
}

fn session_for(by: NamedBy) -> Box<dyn Member<Value = SessionFor>> {
    match by {
        NamedBy::Id => Box::new(
            group! { _f;
                /// The customer.
                customer_id = required(id()),
                => customer_id.map(SessionFor::Id)
            }
            .titled("By id."),
        ),
        NamedBy::ExternalId => {
            let member = || required(line(0));
            let read = move |f: &mut Fields<'_, '_>| {
                // Its older name is read, but not told of.
                let key = ["external_customer_id", "customer_external_id"]
                    .into_iter()
                    .find(|key| f.raw(key).is_some())
                    .unwrap_or("external_customer_id");
                member().read(key, f).map(SessionFor::ExternalId)
            };
            let describe = move |object: &mut Object| {
                member().describe(
                    "external_customer_id",
                    &["Your id of the customer."],
                    object,
                );
            };
            Box::new(Group(read, describe).titled("By your own id."))
        }
    }
}
