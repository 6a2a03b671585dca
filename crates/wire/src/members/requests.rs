//! Requests that create and change members of customers.

use super::MemberRole;
use crate::{input::Patch, limits, request::*};

/// A role that a new member may have: there is an owner already.
fn new_role() -> impl Reader<Value = MemberRole> {
    let roles = [MemberRole::BillingManager, MemberRole::Member];
    let read = move |value: &serde_json::Value, cx: &mut crate::input::Context| {
        let named = value
            .as_str()
            .and_then(|word| roles.into_iter().find(|role| role.as_str() == word));
        match named {
            Some(role) => Some(role),
            None => cx.fail(
                "literal_error",
                "Input should be 'member' or 'billing_manager'",
                value,
            ),
        }
    };
    read_by(read, move || words(roles.iter().map(|role| role.as_str())))
}

request! {
    /// New member of a customer. If the customer has a member with this e-mail address, that one is returned unchanged.
    pub struct MemberCreate {
        /// E-mail address of the member; unique among the members of the customer, regardless of case.
        pub email: String = required(email()),
        /// Name of the member.
        pub name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// Your own ID of the member; unique among the members of the customer.
        pub external_id: Option<String> = optional(blankable(limits::KEY)),
        /// Role of the member; `member` if left out. Ownership is transferred by changing a member.
        pub role: MemberRole = omittable(new_role()).or(MemberRole::Member),
    }
}

request! {
    /// Owner of a new customer.
    pub struct MemberOwnerCreate {
        /// E-mail address of the owner; of an individual it is the customer's.
        pub email: String = required(email()),
        /// Name of the owner.
        pub name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// Your own ID of the owner.
        pub external_id: Option<String> = optional(blankable(limits::KEY)),
    }
}

request! {
    /// Change to a member of a customer. A field that is left out stays as it is.
    pub struct MemberUpdate: Default {
        /// New name of the member; null clears it.
        pub name: Patch<String> = patch(blankable(limits::PERSON_NAME)),
        /// New e-mail address of the member; null changes nothing. That of an individual's owner follows the customer's.
        pub email: Option<String> = optional(email()),
        /// New role of the member; null changes nothing. With `owner`, the member takes over from the owner, who becomes
        /// a billing manager.
        pub role: Option<MemberRole> = optional(word::<MemberRole>()),
    }
}

request! {
    /// New member of a team, added by one of its own people.
    pub struct PortalMemberCreate {
        /// E-mail address of the new member. If the team has a member with it, that one is returned unchanged.
        pub email: String = required(email()),
        /// Name of the new member.
        pub name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// Role of the new member; `member` if left out. `owner` is refused, because a team has exactly one.
        pub role: MemberRole = omittable(word::<MemberRole>()).or(MemberRole::Member),
    }
}

request! {
    /// Change to a member of a team by one of its own people. A field that is left out stays as it is.
    pub struct PortalMemberUpdate: Default {
        /// New name of the member; null changes nothing.
        pub name: Option<String> = optional(blankable(limits::PERSON_NAME)),
        /// New role of the member; null changes nothing. Only the owner can make another member the owner.
        pub role: Option<MemberRole> = optional(word::<MemberRole>()),
    }
}
