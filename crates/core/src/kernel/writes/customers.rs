//! Named writes of customers: their sessions, members, codes and cards, and what is forgotten of them.

use jiff::Timestamp;
use uuid::Uuid;

/// See [`super::NamedWrite::Customer`].
#[derive(Debug, Clone, PartialEq)]
pub enum CustomerWrite {
    /// Ends all sessions of a customer.
    DeleteSessions {
        /// The customer.
        customer_id: Uuid,
    },
    /// Deletes a saved card.
    DeletePaymentMethod {
        /// The card.
        id: Uuid,
    },
    /// Ends the sessions of a customer's owner that do not name them.
    DeleteOwnersSessions {
        /// The customer.
        customer_id: Uuid,
    },
    /// Ends all sessions of a member.
    DeleteMemberSessions {
        /// The member.
        member_id: Uuid,
    },
    /// Deletes the saved payment methods of a customer.
    DeletePaymentMethods {
        /// The customer.
        customer_id: Uuid,
    },
    /// Deletes the letters to a customer, and those to the merchant's people that tell of them.
    DeleteLetters {
        /// The customer.
        customer_id: Uuid,
    },
    /// Has the use of a discount by a session say no more who the buyer was.
    ForgetBuyer {
        /// The session.
        checkout_id: Uuid,
    },
    /// Replaces the person of the trials of a customer.
    ForgetTrials {
        /// The customer.
        customer_id: Uuid,
        /// Text in place of the address.
        email_key: String,
    },
    /// Forgets the payloads of webhook events about something that nobody waits for.
    ForgetPayloads {
        /// Row that they are about.
        subject_id: Uuid,
    },
    /// Forgets what receivers answered to webhook events about something.
    ForgetAnswers {
        /// Row that they are about.
        subject_id: Uuid,
    },
    /// Deletes all members of a customer, whose sessions have ended.
    DeleteMembers {
        /// The customer.
        customer_id: Uuid,
    },
    /// Forgets the free data on the seats of a customer.
    ForgetSeats {
        /// The customer.
        customer_id: Uuid,
    },
    /// Deletes the activations of a customer's license keys.
    DeleteActivations {
        /// The customer.
        customer_id: Uuid,
    },
    /// Revokes the license keys of a customer, which have no activations any more.
    RevokeLicenseKeys {
        /// The customer.
        customer_id: Uuid,
    },
    /// Deletes a member, whose sessions have ended.
    DeleteMember {
        /// The member.
        id: Uuid,
    },
    /// Ends one session of a customer.
    DeleteSession {
        /// The session.
        id: Uuid,
    },
    /// Uses a code of the portal up; refused as [`crate::portal::codes::CODE_USED`].
    UseCode {
        /// The code.
        id: Uuid,
        /// Now.
        now: Timestamp,
    },
    /// Uses the link of a new e-mail address up; refused as [`crate::portal::email_change::LINK_USED`].
    UseEmailChange {
        /// The change.
        id: Uuid,
    },
    /// Deletes the e-mail addresses that a customer has not confirmed.
    DeleteEmailChanges {
        /// The customer.
        customer_id: Uuid,
    },
    /// Deletes all codes of an address.
    DeleteCodesOf {
        /// The organization.
        organization_id: Uuid,
        /// The address, folded.
        email_key: String,
    },
    /// Uses up all codes of an address.
    UseCodesOf {
        /// The organization.
        organization_id: Uuid,
        /// The address, folded.
        email_key: String,
        /// Now.
        now: Timestamp,
    },
}
