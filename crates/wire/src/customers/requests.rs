//! Requests that create and change customers and their sessions.

use serde_json::Value;
use uuid::Uuid;

use super::CustomerType;
use crate::{
    address::{Address, address},
    input::{Context, Fields, Patch, kind},
    limits,
    members::MemberOwnerCreate,
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
    /// New customer.
    pub struct CustomerCreate by variant: CustomerType {
        /// Type of the customer.
        pub kind: CustomerType = type_of(variant),
        /// E-mail address of the customer; none of a team that is reached through its owner.
        pub email: Option<String> = email_of(variant),
        /// Your own ID of the customer; unique in your organization, and cannot be changed once it is set.
        pub external_id: Option<String> = optional(blankable(limits::KEY)),
        /// Name of the customer.
        pub name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// Billing address of the customer.
        pub billing_address: Option<Address> = optional(address()),
        /// Tax ID of the customer, such as a VAT number, valid for the country of the billing address.
        pub tax_id: Option<String> = optional(blankable(limits::TAX_ID)),
        /// Preferred language of the customer, as a BCP 47 tag such as `de`.
        pub locale: Option<String> = optional(locale()),
        /// Your own key-value data to attach to the customer: up to 50 keys of 1 to 40 characters; values are texts of
        /// 1 to 500 characters, numbers or booleans.
        pub metadata: Metadata = omittable(metadata()).or_default(),
        /// Owner of the customer; if left out, whoever has the customer's e-mail address and name.
        pub owner: Option<MemberOwnerCreate> = optional(MemberOwnerCreate::shape()),
        /// ID of the organization; must be left out or null, because the access token already determines the
        /// organization.
        pub organization_id: Option<Uuid> = optional(id()),
    }
    check |f| {
        match (&email, &owner) {
            (Some(None), Some(None)) => {
                let whole = f.whole();
                f.cx.refuse("a team without an e-mail address needs an owner", whole)
            }
            _ => Some(()),
        }
    }
}

fn email_of(kind: CustomerType) -> Box<dyn Member<Value = Option<String>>> {
    match kind {
        CustomerType::Individual => Box::new(group! { _f;
            /// E-mail address of the customer; unique in your organization, regardless of case.
            email = required(email()),
            => email.map(Some)
        }),
        CustomerType::Team => Box::new(group! { _f;
            /// E-mail address of the team; unique in your organization, regardless of case. Without one, `owner` is
            /// needed, and the team is reached through its owner.
            email = optional(email()),
            => email
        }),
    }
}

fn type_of(kind: CustomerType) -> Box<dyn Member<Value = CustomerType>> {
    match kind {
        CustomerType::Individual => Box::new(
            group! { _f;
                /// Type of the customer: `individual`, also if left out.
                kind as "type" = omittable(only(CustomerType::Individual)),
                => kind.map(|_| CustomerType::Individual)
            }
            .titled("New customer who is one person."),
        ),
        CustomerType::Team => Box::new(
            group! { _f;
                /// Type of the customer: `team`.
                kind as "type" = tag(CustomerType::Team),
                => kind
            }
            .titled("New customer that is a team: several members share what it buys."),
        ),
    }
}

request! {
    /// Change to a customer. A field that is left out stays as it is.
    pub struct CustomerUpdate: Default {
        /// New e-mail address of the customer; null changes nothing.
        pub email: Option<String> = optional(email()),
        /// New name of the customer; null clears it.
        pub name: Patch<String> = patch(blankable(limits::PERSON_NAME)),
        /// New billing address of the customer; replaces the whole address.
        pub billing_address: Option<Address> = omittable(kept_address()),
        /// New tax ID of the customer, such as a VAT number; null clears it.
        pub tax_id: Patch<String> = patch(blankable(limits::TAX_ID)),
        /// New preferred language of the customer, as a BCP 47 tag such as `de`; null clears it.
        pub locale: Patch<String> = patch(locale()),
        /// Replacement for all of your own key-value data on the customer: up to 50 keys of 1 to 40 characters; values
        /// are texts of 1 to 500 characters, numbers or booleans. If left out, the data stays as it is.
        pub metadata: Option<Metadata> = omittable(metadata()),
        /// Your own ID of the customer; it can be set if there is none yet, and cannot be changed afterwards.
        pub external_id: Patch<String> = patch(blankable(limits::KEY)),
        /// Type of the customer: an individual can become a `team`, but a team stays one. Null changes nothing.
        pub kind: Option<CustomerType> as "type" = optional(word::<CustomerType>()),
    }
}

/// An address that null does not clear.
pub(crate) fn kept_address() -> impl Reader<Value = Address> {
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

/// Shapes in which a body names the customer.
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
    /// New customer session. It names the customer by `customer_id` or by `external_customer_id`.
    pub struct CustomerSessionCreate by variant: NamedBy {
        /// Customer whom the session belongs to.
        pub customer: SessionFor = session_for(variant),
        /// ID of the member whom the session is for; needed of a team. An individual's session is for their owner.
        pub member_id: Option<Uuid> = optional(id()),
        /// Your own ID of the member whom the session is for, instead of `member_id`.
        pub external_member_id: Option<String> = optional(line(0)),
        /// URL behind the portal's back button.
        pub return_url: Option<String> = optional(url()),
    }
}

fn session_for(by: NamedBy) -> Box<dyn Member<Value = SessionFor>> {
    match by {
        NamedBy::Id => Box::new(
            group! { _f;
                /// ID of the customer.
                customer_id = required(id()),
                => customer_id.map(SessionFor::Id)
            }
            .titled("Customer named by ID."),
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
                    &["Your own ID of the customer."],
                    object,
                );
            };
            Box::new(Group(read, describe).titled("Customer named by your own ID."))
        }
    }
}
