use utoipa::openapi::Schema;

use super::{
    address, anything, currency, email, flag, id, list, metadata, object, one_of, schema_of, text,
    url, whole, word,
};
use crate::{
    customers::{CustomerCreate, CustomerSessionCreate, CustomerType, CustomerUpdate},
    organizations::{OrganizationUpdate, ProrationBehavior, TaxBehaviorOption},
    tax::EuSales,
};

const ANY: usize = usize::MAX;

fn create() -> Schema {
    object("A new customer.")
        .required(
            "email",
            email(),
            "Unique among live customers, in any case.",
        )
        .optional(
            "type",
            word::<CustomerType>(),
            "`individual` where not given.",
        )
        .optional(
            "external_id",
            text(0, ANY),
            "Your own id of the customer; unique, set once.",
        )
        .optional("name", text(0, 256), "Name.")
        .optional("billing_address", address(), "Billing address.")
        .optional(
            "tax_id",
            text(0, 64),
            "Tax id, checked for the address's country.",
        )
        .optional("locale", text(0, ANY), "BCP 47.")
        .optional("metadata", metadata(), "Free data.")
        .optional("organization_id", id(), "Not with an organization's token.")
        .schema()
}

fn update() -> Schema {
    object("A change to a customer; what is not sent stays.")
        .optional("email", email(), "Null is no change.")
        .optional("type", word::<CustomerType>(), "Person or team.")
        .optional(
            "external_id",
            text(0, ANY),
            "Can be set once; then it stays.",
        )
        .optional("name", text(0, 256), "Null clears it.")
        .omittable("billing_address", address(), "Replaces the whole address.")
        .optional("tax_id", text(0, 64), "Null clears it.")
        .optional("locale", text(0, ANY), "BCP 47; null clears it.")
        .optional("metadata", metadata(), "Replaces all free data.")
        .schema()
}

fn session() -> Schema {
    one_of(vec![
        object("By id.")
            .required("customer_id", id(), "The customer.")
            .optional("return_url", url(), "Where the portal's back button leads.")
            .schema(),
        object("By your own id.")
            .required(
                "external_customer_id",
                text(0, ANY),
                "Your id of the customer.",
            )
            .optional("return_url", url(), "Where the portal's back button leads.")
            .schema(),
    ])
}

fn organization() -> Schema {
    let social = object("A link.")
        .required("platform", text(1, ANY), "Such as `github`, or `other`.")
        .required("url", url(), "The page.")
        .schema();
    let subscriptions = object("How subscriptions behave.")
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
        .required("benefit_revocation_grace_period", whole(0, 365), "Days.")
        .required(
            "prevent_trial_abuse",
            flag(),
            "Whether a second trial is refused.",
        )
        .optional(
            "allow_customer_updates",
            flag(),
            "Whether customers may change plans themselves.",
        )
        .schema();
    object("A change to an organization; what is not sent stays.")
        .optional("name", text(3, 256), "Name shown to buyers.")
        .optional("avatar_url", url(), "Picture; null clears it.")
        .optional("email", email(), "Contact address; null clears it.")
        .optional("website", url(), "Null clears it.")
        .optional("socials", list(0, social), "Replaces the links.")
        .optional("country", text(2, 2), "ISO 3166-1 alpha-2; null clears it.")
        .optional(
            "details",
            anything(),
            "What the merchant says about itself; merged key by key.",
        )
        .optional(
            "feature_settings",
            anything(),
            "Switches; merged key by key.",
        )
        .optional(
            "subscription_settings",
            subscriptions,
            "Replaced as a whole.",
        )
        .optional(
            "checkout_settings",
            object("Checkouts.")
                .required(
                    "require_3ds",
                    flag(),
                    "Whether every card payment asks for 3-D Secure.",
                )
                .schema(),
            "Replaced as a whole.",
        )
        .optional(
            "customer_email_settings",
            anything(),
            "One switch per mail; replaced as a whole.",
        )
        .optional(
            "customer_portal_settings",
            anything(),
            "Replaced as a whole.",
        )
        .optional("dispute_settings", anything(), "Merged key by key.")
        .optional(
            "embed_hosts",
            list(0, text(1, 253)),
            "Sites that may embed the checkout.",
        )
        .optional(
            "default_presentment_currency",
            currency(),
            "Every active product must have a price in it.",
        )
        .optional(
            "default_tax_behavior",
            word::<TaxBehaviorOption>(),
            "Whether prices contain tax.",
        )
        .optional(
            "tax_settings",
            tax(),
            "Whether and where tax is collected; replaced as a whole.",
        )
        .schema()
}

fn tax() -> Schema {
    let registration = object("Where the merchant is registered for a tax.")
        .required("country", text(2, 2), "ISO 3166-1 alpha-2.")
        .optional(
            "state",
            text(0, 100),
            "State or province where the tax is its own; required for the United States.",
        )
        .optional(
            "rate",
            text(0, 10),
            "A decimal percentage such as `8.875`; null: the standard rate that Till knows, if it knows one.",
        )
        .optional("name", text(0, 40), "What buyers see it called.")
        .optional(
            "eu_sales",
            word::<EuSales>(),
            "Sales to other EU countries; `oss` unless said otherwise, only for EU countries.",
        )
        .schema();
    object("Whether and where tax is collected.")
        .required("enabled", flag(), "Whether tax is worked out at all.")
        .optional("registrations", list(0, registration), "Replaces the list.")
        .schema()
}

schema_of!(CustomerCreate, create());
schema_of!(CustomerUpdate, update());
schema_of!(CustomerSessionCreate, session());
schema_of!(OrganizationUpdate, organization());
