//! The published types of events that this version sends.

use till_wire::events::EventType;

/// True where this version sends events of the type. An endpoint may ask for the others, too, and gets them once a
/// later version sends them.
///
/// A test holds this against the code; [`Changes::emit`](crate::kernel::changes::Changes::emit) asserts it.
pub const fn is_sent(kind: EventType) -> bool {
    match kind {
        EventType::CheckoutCreated
        | EventType::CheckoutUpdated
        | EventType::CheckoutExpired
        | EventType::CustomerCreated
        | EventType::CustomerUpdated
        | EventType::CustomerDeleted
        | EventType::CustomerStateChanged
        | EventType::MemberCreated
        | EventType::MemberUpdated
        | EventType::MemberDeleted
        | EventType::OrderCreated
        | EventType::OrderUpdated
        | EventType::OrderPaid
        | EventType::OrderRefunded
        | EventType::RefundCreated
        | EventType::RefundUpdated
        | EventType::SubscriptionCreated
        | EventType::SubscriptionUpdated
        | EventType::SubscriptionActive
        | EventType::SubscriptionCanceled
        | EventType::SubscriptionUncanceled
        | EventType::SubscriptionRevoked
        | EventType::SubscriptionCycled
        | EventType::SubscriptionPastDue
        | EventType::SubscriptionPaused
        | EventType::SubscriptionResumed
        | EventType::ProductCreated
        | EventType::ProductUpdated
        | EventType::DiscountCreated
        | EventType::DiscountUpdated
        | EventType::DiscountDeleted
        | EventType::OrganizationUpdated
        | EventType::BenefitCreated
        | EventType::BenefitUpdated
        | EventType::CustomerSeatAssigned
        | EventType::CustomerSeatClaimed
        | EventType::CustomerSeatRevoked
        | EventType::BenefitGrantCreated
        | EventType::BenefitGrantUpdated
        | EventType::BenefitGrantCycled
        | EventType::BenefitGrantRevoked => true,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// The decisions' code: each file of this crate without its tests, comments, and this list.
    fn decisions(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                decisions(&path, found);
            } else if !path.ends_with("kernel/events/sent.rs") && !name.contains("tests") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                for line in code.lines() {
                    found.push_str(line.split("//").next().unwrap_or_default());
                    found.push('\n');
                }
            }
        }
    }

    /// Every event is written by a decision, which names its type.
    #[test]
    fn the_types_that_are_sent_are_those_that_the_decisions_name() {
        let mut code = String::new();
        decisions(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut code,
        );
        let named: BTreeSet<&str> = code
            .split("EventType::")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next())
            .collect();
        for kind in EventType::ALL {
            let name = format!("{kind:?}");
            assert_eq!(
                named.contains(name.as_str()),
                is_sent(*kind),
                "{kind}: is_sent in kernel/events/sent.rs and the decisions disagree"
            );
        }
    }
}
