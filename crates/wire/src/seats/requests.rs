//! Requests that assign and claim seats.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{input::Context, limits, request::*};

/// Purchase that seats belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatTarget {
    /// A subscription.
    Subscription(Uuid),
    /// An order that was paid once.
    Order(Uuid),
    /// The subscription or the order that came of a checkout session.
    Checkout(Uuid),
}

/// Person whom a seat is for, as a request names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// By an e-mail address.
    Email(String),
    /// By the id of a customer whose address it is.
    Customer(Uuid),
    /// By the merchant's id of such a customer.
    ExternalCustomer(String),
    /// By the id of a member of the buying customer.
    Member(Uuid),
    /// By the merchant's id of such a member.
    ExternalMember(String),
    /// By an e-mail address, with the merchant's id that the member has or is to have.
    EmailWithExternalId(String, String),
}

/// Reads free data on a seat: few keys, and little text altogether.
fn seat_metadata() -> impl Reader<Value = Map<String, Value>> {
    let read = |value: &Value, cx: &mut Context| {
        let Value::Object(map) = value else {
            return cx.fail("dict_type", "Input should be a valid dictionary", value);
        };
        if map.len() > limits::SEAT_METADATA_KEYS {
            let most = limits::SEAT_METADATA_KEYS;
            let words = format!("Dictionary should have at most {most} items after validation");
            return cx.bound("too_long", words, value, "max_length", most);
        }
        // Counted as it is written, so that depth and number of the values have a bound, too.
        if value.to_string().len() > limits::SEAT_METADATA {
            let most = limits::SEAT_METADATA;
            return cx.refuse(
                format!("metadata cannot be larger than {most} bytes"),
                value,
            );
        }
        Some(map.clone())
    };
    read_by(read, || free_object(limits::SEAT_METADATA_KEYS))
}

/// Names under which a body may name the person.
struct Named<'a> {
    email: &'a Option<String>,
    external_customer_id: &'a Option<String>,
    customer_id: &'a Option<Uuid>,
    external_member_id: &'a Option<String>,
    member_id: &'a Option<Uuid>,
}

impl Named<'_> {
    /// The one way in which the person is named; none where there is none, or several.
    fn recipient(&self) -> Option<Recipient> {
        let given = (
            self.email.clone(),
            self.external_customer_id.clone(),
            *self.customer_id,
            self.external_member_id.clone(),
            *self.member_id,
        );
        match given {
            (Some(email), None, None, None, None) => Some(Recipient::Email(email)),
            (None, Some(id), None, None, None) => Some(Recipient::ExternalCustomer(id)),
            (None, None, Some(id), None, None) => Some(Recipient::Customer(id)),
            (None, None, None, Some(id), None) => Some(Recipient::ExternalMember(id)),
            (None, None, None, None, Some(id)) => Some(Recipient::Member(id)),
            (Some(email), None, None, Some(id), None) => {
                Some(Recipient::EmailWithExternalId(email, id))
            }
            _ => None,
        }
    }
}

/// The one target that is given; none where there is none, or several.
fn target(
    subscription_id: Option<Uuid>,
    order_id: Option<Uuid>,
    checkout_id: Option<Uuid>,
) -> Option<SeatTarget> {
    match (subscription_id, order_id, checkout_id) {
        (Some(id), None, None) => Some(SeatTarget::Subscription(id)),
        (None, Some(id), None) => Some(SeatTarget::Order(id)),
        (None, None, Some(id)) => Some(SeatTarget::Checkout(id)),
        _ => None,
    }
}

const ONE_TARGET: &str = "name exactly one of subscription_id and order_id";
const ONE_RECIPIENT: &str = "name one person: by email, external_customer_id, customer_id, member_id or \
                             external_member_id; of these only email and external_member_id go together";

request! {
    /// Seat to assign to one person. They are named by `email`, `customer_id`, `external_customer_id`, `member_id` or
    /// `external_member_id`; only `email` and `external_member_id` go together.
    pub struct SeatAssign {
        /// ID of the subscription; needed unless `order_id` is given.
        pub subscription_id: Option<Uuid> = optional(id()),
        /// ID of the order that was paid once; needed unless `subscription_id` is given.
        pub order_id: Option<Uuid> = optional(id()),
        /// E-mail address of the person. Whoever is no member of the buying customer yet becomes one.
        pub email: Option<String> = optional(email()),
        /// Your own ID of a customer: the seat is for the person with the customer's e-mail address.
        pub external_customer_id: Option<String> = optional(blankable(limits::KEY)),
        /// ID of a customer: the seat is for the person with the customer's e-mail address.
        pub customer_id: Option<Uuid> = optional(id()),
        /// Your own ID of a member of the buying customer; with `email`, a new member gets it.
        pub external_member_id: Option<String> = optional(blankable(limits::KEY)),
        /// ID of a member of the buying customer.
        pub member_id: Option<Uuid> = optional(id()),
        /// Your own data on the seat: up to 10 keys with values of any kind, at most 1,024 bytes in all.
        pub metadata: Option<Map<String, Value>> = optional(seat_metadata()),
        /// True: the seat is claimed at once, and no letter is sent.
        pub immediate_claim: bool = omittable(flag()).or(false),
    }
    check |f| {
        let whole = f.whole();
        let of = (subscription_id.as_ref(), order_id.as_ref());
        if let (Some(subscription), Some(order)) = of
            && target(*subscription, *order, None).is_none()
        {
            return f.cx.refuse(ONE_TARGET, whole);
        }
        one_recipient(f, &email, &external_customer_id, &customer_id, &external_member_id, &member_id)
    }
}

/// Refuses a body that names no person, or several; where a name does not read, that is told alone.
fn one_recipient(
    f: &mut crate::input::Fields<'_, '_>,
    email: &Option<Option<String>>,
    external_customer_id: &Option<Option<String>>,
    customer_id: &Option<Option<Uuid>>,
    external_member_id: &Option<Option<String>>,
    member_id: &Option<Option<Uuid>>,
) -> Option<()> {
    let (
        Some(email),
        Some(external_customer_id),
        Some(customer_id),
        Some(external_member_id),
        Some(member_id),
    ) = (
        email,
        external_customer_id,
        customer_id,
        external_member_id,
        member_id,
    )
    else {
        return Some(());
    };
    let named = Named {
        email,
        external_customer_id,
        customer_id,
        external_member_id,
        member_id,
    };
    match named.recipient() {
        Some(_) => Some(()),
        None => {
            let whole = f.whole();
            f.cx.refuse(ONE_RECIPIENT, whole)
        }
    }
}

impl SeatAssign {
    /// Purchase that the seat belongs to; none of a body that was not read.
    pub fn target(&self) -> Option<SeatTarget> {
        target(self.subscription_id, self.order_id, None)
    }

    /// Person whom the seat is for; none of a body that was not read.
    pub fn recipient(&self) -> Option<Recipient> {
        let named = Named {
            email: &self.email,
            external_customer_id: &self.external_customer_id,
            customer_id: &self.customer_id,
            external_member_id: &self.external_member_id,
            member_id: &self.member_id,
        };
        named.recipient()
    }
}

request! {
    /// Seat that a customer gives to one person. They are named by `email`, `member_id` or `external_member_id`; only
    /// `email` and `external_member_id` go together.
    pub struct CustomerSeatAssign {
        /// ID of the subscription; needed unless another of the three IDs is given.
        pub subscription_id: Option<Uuid> = optional(id()),
        /// ID of the order that was paid once.
        pub order_id: Option<Uuid> = optional(id()),
        /// ID of the checkout session that the subscription or the order came of.
        pub checkout_id: Option<Uuid> = optional(id()),
        /// E-mail address of the person. Whoever is no member of the customer yet becomes one.
        pub email: Option<String> = optional(email()),
        /// The merchant's own ID of the customer themselves; of others it is refused.
        pub external_customer_id: Option<String> = optional(blankable(limits::KEY)),
        /// ID of the customer themselves; of others it is refused.
        pub customer_id: Option<Uuid> = optional(id()),
        /// The merchant's own ID of a member of the customer; with `email`, a new member gets it.
        pub external_member_id: Option<String> = optional(blankable(limits::KEY)),
        /// ID of a member of the customer.
        pub member_id: Option<Uuid> = optional(id()),
        /// Data on the seat: up to 10 keys with values of any kind, at most 1,024 bytes in all.
        pub metadata: Option<Map<String, Value>> = optional(seat_metadata()),
        /// Read, and ignored: only merchants claim a seat for somebody.
        pub immediate_claim: bool = omittable(flag()).or(false),
    }
    check |f| {
        let whole = f.whole();
        let of = (subscription_id.as_ref(), order_id.as_ref(), checkout_id.as_ref());
        if let (Some(subscription), Some(order), Some(checkout)) = of
            && target(*subscription, *order, *checkout).is_none()
        {
            return f.cx.refuse("name exactly one of subscription_id, order_id and checkout_id", whole);
        }
        one_recipient(f, &email, &external_customer_id, &customer_id, &external_member_id, &member_id)
    }
}

impl CustomerSeatAssign {
    /// Purchase that the seat belongs to; none of a body that was not read.
    pub fn target(&self) -> Option<SeatTarget> {
        target(self.subscription_id, self.order_id, self.checkout_id)
    }

    /// Person whom the seat is for; none of a body that was not read.
    pub fn recipient(&self) -> Option<Recipient> {
        let named = Named {
            email: &self.email,
            external_customer_id: &self.external_customer_id,
            customer_id: &self.customer_id,
            external_member_id: &self.external_member_id,
            member_id: &self.member_id,
        };
        named.recipient()
    }
}

request! {
    /// Claim of a seat by the person who is invited.
    pub struct SeatClaim {
        /// Token of the invitation's link.
        pub invitation_token: String = required(line(0)),
    }
}
