use utoipa::openapi::Schema;

use super::{
    address, currency, email, flag, id, line, list, locale, metadata, object, one_of,
    organizations, schema_of, text, url, word, words,
};
use crate::{
    country::Country,
    customers::{CustomerCreate, CustomerSessionCreate, CustomerType, CustomerUpdate},
    limits,
    organizations::{OrganizationUpdate, TaxBehaviorOption},
    tax::{EuSales, NAME, RATE, STATE},
    values::HOST,
};

fn create() -> Schema {
    let new = |words: &str| {
        object(words)
            .required(
                "email",
                email(),
                "Unique among live customers, in any case.",
            )
            .optional(
                "external_id",
                text(0, limits::KEY),
                "Your own id of the customer; unique, set once.",
            )
            .optional("name", text(0, limits::PERSON_NAME), "Name.")
            .optional("billing_address", address(), "Billing address.")
            .optional(
                "tax_id",
                text(0, limits::TAX_ID),
                "Tax id, checked for the address's country.",
            )
            .optional("locale", locale(), "BCP 47.")
            .omittable("metadata", metadata(), "Free data.")
            .optional("organization_id", id(), "Not with an organization's token.")
    };
    let kind = |kind: CustomerType| words([kind.as_str()].into_iter());
    one_of(vec![
        new("A new person.")
            .omittable(
                "type",
                kind(CustomerType::Individual),
                "Is it where not given.",
            )
            .schema(),
        new("A new team.")
            .required("type", kind(CustomerType::Team), "The type.")
            .schema(),
    ])
}

fn update() -> Schema {
    object("A change to a customer; what is not sent stays.")
        .optional("email", email(), "Null is no change.")
        .optional("type", word::<CustomerType>(), "Person or team.")
        .optional(
            "external_id",
            text(0, limits::KEY),
            "Can be set once; then it stays.",
        )
        .optional("name", text(0, limits::PERSON_NAME), "Null clears it.")
        .omittable("billing_address", address(), "Replaces the whole address.")
        .optional("tax_id", text(0, limits::TAX_ID), "Null clears it.")
        .optional("locale", locale(), "BCP 47; null clears it.")
        .omittable("metadata", metadata(), "Replaces all free data.")
        .schema()
}

fn session() -> Schema {
    one_of(vec![
        object("By id.")
            .required("customer_id", id(), "The customer.")
            .optional("return_url", url(), "Where the portal's back button leads.")
            .schema(),
        object("By your own id.")
            .required("external_customer_id", line(0), "Your id of the customer.")
            .optional("return_url", url(), "Where the portal's back button leads.")
            .schema(),
    ])
}

fn organization() -> Schema {
    object("A change to an organization; what is not sent stays.")
        .optional("name", text(3, limits::LINE), "Name shown to buyers.")
        .optional("avatar_url", url(), "Picture; null clears it.")
        .optional("email", email(), "Contact address; null clears it.")
        .optional("website", url(), "Null clears it.")
        .optional(
            "socials",
            list(0, limits::SOCIALS, organizations::social()),
            "Replaces the links.",
        )
        .optional(
            "country",
            words(
                Country::ALL
                    .iter()
                    .filter(|c| !c.is_embargoed())
                    .map(|c| c.as_str()),
            ),
            "ISO 3166-1 alpha-2, in capitals; null clears it.",
        )
        .optional(
            "details",
            organizations::details(),
            "What the merchant says about itself; merged key by key.",
        )
        .optional(
            "feature_settings",
            organizations::features(),
            "Switches; merged key by key.",
        )
        .optional(
            "subscription_settings",
            organizations::subscriptions(),
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
            organizations::emails(),
            "One switch per mail; replaced as a whole.",
        )
        .optional(
            "customer_portal_settings",
            organizations::portal(),
            "Replaced as a whole.",
        )
        .optional(
            "dispute_settings",
            organizations::disputes(),
            "Merged key by key.",
        )
        .optional("sso_enforced", flag(), "False: there is no single sign-on.")
        .optional(
            "embed_hosts",
            list(0, limits::EMBED_HOSTS, text(1, HOST)),
            "Sites that may embed the checkout; together at most 4,096 characters.",
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
            text(0, STATE),
            "State or province where the tax is its own; required for the United States.",
        )
        .optional(
            "rate",
            text(0, RATE),
            "A decimal percentage such as `8.875`; null: the standard rate that Till knows, if it knows one.",
        )
        .optional("name", text(0, NAME), "What buyers see it called.")
        .optional(
            "eu_sales",
            word::<EuSales>(),
            "Sales to other EU countries; `oss` unless said otherwise, only for EU countries.",
        )
        .schema();
    object("Whether and where tax is collected.")
        .required("enabled", flag(), "Whether tax is worked out at all.")
        .required(
            "registrations",
            list(0, limits::REGISTRATIONS, registration),
            "Replaces the list.",
        )
        .schema()
}

schema_of!(CustomerCreate, create());
schema_of!(CustomerUpdate, update());
schema_of!(CustomerSessionCreate, session());
schema_of!(OrganizationUpdate, organization());
