//! The settings of an organization, as a PATCH gives them.

use utoipa::openapi::Schema;

use super::{flag, list, object, text, whole, word};
use crate::{
    limits,
    organizations::{
        CustomerEmailSettings, HIGHEST_CONCESSION, LONGEST_DETAIL, LONGEST_GRACE, LONGEST_METRIC,
        MOST_DETAILS, MOST_METRICS, ProrationBehavior, SocialPlatform, SwitchingFrom,
    },
};

/// A link to a social page.
pub(super) fn social() -> Schema {
    object("A link.")
        .required(
            "platform",
            word::<SocialPlatform>(),
            "Follows the address, whatever is sent.",
        )
        .required("url", super::url(), "The page.")
        .schema()
}

/// What the merchant says about its business.
pub(super) fn details() -> Schema {
    let texts = || list(0, MOST_DETAILS, text(0, LONGEST_DETAIL));
    let text = || text(0, LONGEST_DETAIL);
    let revenue = || whole(0, limits::AMOUNT);
    object("What the merchant says about its business.")
        .optional("about", text(), "Deprecated.")
        .optional("product_description", text(), "What is sold.")
        .omittable("selling_categories", texts(), "Kinds of products.")
        .omittable("pricing_models", texts(), "How they are priced.")
        .optional("intended_use", text(), "Deprecated.")
        .omittable("customer_acquisition", texts(), "Deprecated.")
        .optional("future_annual_revenue", revenue(), "Deprecated.")
        .omittable(
            "switching",
            flag(),
            "Whether another service was used before.",
        )
        .optional("switching_from", word::<SwitchingFrom>(), "Which one.")
        .optional("previous_annual_revenue", revenue(), "Deprecated.")
        .schema()
}

/// The features that a merchant switches itself.
pub(super) fn features() -> Schema {
    object("Features that a merchant switches itself; others are ignored.")
        .omittable(
            "seat_based_pricing_enabled",
            flag(),
            "Products can be sold by the seat. Once on, it stays on.",
        )
        .omittable(
            "member_model_enabled",
            flag(),
            "Customers have members. Once on, it stays on.",
        )
        .omittable(
            "checkout_localization_enabled",
            flag(),
            "The checkout speaks the buyer's language.",
        )
        .optional(
            "overview_metrics",
            list(0, MOST_METRICS, text(0, LONGEST_METRIC)),
            "Metrics on the dashboard's overview; null is no change.",
        )
        .schema()
}

/// How subscriptions behave.
pub(super) fn subscriptions() -> Schema {
    object("How subscriptions behave.")
        .required(
            "allow_multiple_subscriptions",
            flag(),
            "Whether one customer may hold several.",
        )
        .required(
            "proration_behavior",
            word::<ProrationBehavior>(),
            "How plan changes are billed.",
        )
        .required(
            "benefit_revocation_grace_period",
            whole(0, LONGEST_GRACE),
            "Days.",
        )
        .required(
            "prevent_trial_abuse",
            flag(),
            "Whether a second trial is refused.",
        )
        .omittable(
            "allow_customer_updates",
            flag(),
            "Whether customers may change plans themselves; they may where it is not said.",
        )
        .schema()
}

/// Which mails customers get.
pub(super) fn emails() -> Schema {
    let all = object("One switch per mail; every one must be there.");
    CustomerEmailSettings::MEMBERS
        .iter()
        .fold(all, |all, (name, _)| {
            all.required(name, flag(), "Whether it is sent.")
        })
        .schema()
}

/// How the customer portal behaves.
pub(super) fn portal() -> Schema {
    let usage = object("Usage.")
        .required("show", flag(), "Whether it is shown.")
        .schema();
    let subscription = object("What customers may do with subscriptions.")
        .required("update_seats", flag(), "Change the number of seats.")
        .required("update_plan", flag(), "Change the plan.")
        .omittable(
            "pause",
            flag(),
            "Pause and resume; off where it is not said.",
        )
        .schema();
    let customer = object("What customers may do with their own data.")
        .omittable(
            "allow_email_change",
            flag(),
            "Change their e-mail address; off where it is not said.",
        )
        .schema();
    object("How the customer portal behaves.")
        .required("usage", usage, "Usage.")
        .required("subscription", subscription, "Subscriptions.")
        .omittable("customer", customer, "The customer.")
        .schema()
}

/// How disputes are dealt with.
pub(super) fn disputes() -> Schema {
    object("How disputes are dealt with.")
        .optional(
            "auto_accept_below_amount",
            whole(1, HIGHEST_CONCESSION),
            "Disputes below this are conceded unasked, in cents of the US dollar; null: none is.",
        )
        .schema()
}
