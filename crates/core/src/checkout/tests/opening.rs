//! Opening sessions.

use till_wire::country::Country;

use super::*;

#[test]
fn another_than_a_custom_price_ignores_the_amount() {
    let offered = one_time(1000);
    let body =
        json!({"product_price_id": offered.prices[0].id, "amount": 4242, "metadata": {"a": 1}});
    let (session, changes) = opened(create(body), loaded(vec![offered])).unwrap();
    assert_eq!(session.checkout.terms.amount, 1000);
    assert_eq!(session.checkout.terms.currency, Currency::USD);
    assert_eq!(session.checkout.metadata.0["a"], 1);
    assert_eq!(events(&changes), ["checkout.created"]);
}

#[test]
fn what_is_archived_or_a_draft_is_not_sold() {
    let mut archived = one_time(1000);
    archived.product.is_archived = true;
    let mut draft = one_time(1000);
    draft.product.visibility = Visibility::Draft;
    for offered in [archived, draft] {
        let (product, price) = (offered.product.id, offered.prices[0].id);
        for (body, place) in [
            (json!({"products": [product]}), "value_error products.0"),
            (json!({"product_id": product}), "value_error product_id"),
            (
                json!({"product_price_id": price}),
                "value_error product_price_id",
            ),
        ] {
            let refusal = opened(create(body), loaded(vec![offered.clone()]));
            assert_eq!(places(refusal.unwrap_err()), [place]);
        }
    }
    let gone = repriced(one_time(1000), 2000);
    let body = json!({"product_price_id": gone.prices[0].id});
    let refusal = opened(create(body), loaded(vec![gone])).unwrap_err();
    assert_eq!(places(refusal), ["value_error product_price_id"]);
}

#[test]
fn unknown_products_are_all_named() {
    let body = json!({"products": [id(7), one_time(1).product.id, id(8)]});
    let refusal = opened(create(body), loaded(vec![one_time(1000)])).unwrap_err();
    assert_eq!(
        places(refusal),
        ["value_error products.0", "value_error products.2"]
    );
}

#[test]
fn products_keep_their_order_and_the_first_is_selected() {
    let body = json!({"products": [id(300), id(100), id(200)]});
    let all = loaded(vec![one_time(1000), monthly(900), custom(0, None, None)]);
    let (session, _) = opened(create(body), all).unwrap();
    let view = session.merchant_view(&urls());
    let ids: Vec<_> = view.base.products.iter().map(|p| p.base.id).collect();
    assert_eq!(ids, [id(300), id(100), id(200)]);
    assert_eq!(view.base.product_id, id(300));
}

#[test]
fn only_the_sessions_own_placeholder_is_filled_in() {
    for (url, end) in [
        ("https://x.example/?a={CHECKOUT_ID}", None),
        (
            "https://x.example/?a={CHECKOUT_SESSION_ID}",
            Some("{CHECKOUT_SESSION_ID}"),
        ),
    ] {
        let session = session(vec![one_time(1)], json!({"success_url": url}));
        let shown = session.success_url(&urls());
        let id = session.checkout.id.to_string();
        assert!(shown.ends_with(end.unwrap_or(&id)), "{shown}");
    }
}

#[test]
fn the_currency_is_the_explicit_one_or_the_buyers_or_the_organizations() {
    let in_country = |offered, code: &str, extra| {
        let mut loaded = loaded(vec![offered]);
        loaded.ip_country = Country::parse_input(code).ok();
        try_open(loaded, extra).map(|s| s.checkout.terms.currency)
    };
    let both = || in_euros(one_time(1000));
    assert_eq!(
        try_open(loaded(vec![both()]), json!({}))
            .unwrap()
            .checkout
            .terms
            .currency,
        Currency::USD
    );
    assert_eq!(in_country(both(), "FR", json!({})), Ok(euro()));
    assert_eq!(
        in_country(one_time(1000), "FR", json!({})),
        Ok(Currency::USD)
    );
    assert_eq!(in_country(both(), "CN", json!({})), Ok(Currency::USD));
    assert_eq!(
        in_country(both(), "FR", json!({"currency": "usd"})),
        Ok(Currency::USD)
    );
    let refusal = in_country(both(), "FR", json!({"currency": "sek"})).unwrap_err();
    assert_eq!(places(refusal), ["value_error products.0"]);
}

#[test]
fn a_custom_amount_is_the_given_one_or_the_preset_or_the_minimum() {
    let amount =
        |offered, extra| try_open(loaded(vec![offered]), extra).map(|s| s.checkout.terms.amount);
    let bounded = || custom(1000, Some(5000), None);
    for (n, place) in [
        (500, "greater_than_equal amount"),
        (10_000, "less_than_equal amount"),
    ] {
        assert_eq!(
            places(amount(bounded(), json!({"amount": n})).unwrap_err()),
            [place]
        );
    }
    assert_eq!(amount(custom(2500, None, Some(5000)), json!({})), Ok(5000));
    assert_eq!(
        amount(custom(50, None, Some(4242)), json!({"amount": 1000})),
        Ok(1000)
    );
    assert_eq!(amount(custom(700, None, None), json!({})), Ok(700));
    assert_eq!(amount(custom(700, None, Some(0)), json!({})), Ok(0));
    assert_eq!(
        amount(custom(0, None, Some(700)), json!({"amount": 0})),
        Ok(0)
    );
}

#[test]
fn a_tax_id_needs_a_country_where_it_is_valid() {
    let tried = |extra| try_open(loaded(vec![one_time(1)]), extra);
    let refusal = tried(json!({"customer_tax_id": "123"})).unwrap_err();
    assert_eq!(places(refusal), ["missing customer_billing_address"]);
    let fr = json!({"country": "FR"});
    let refusal = tried(json!({"customer_tax_id": "123", "customer_billing_address": fr}));
    assert_eq!(
        places(refusal.unwrap_err()),
        ["value_error customer_tax_id"]
    );
    let row = tried(json!({"customer_tax_id": "FR61954506077", "customer_billing_address": fr}))
        .unwrap()
        .checkout;
    assert_eq!(row.buyer.customer_tax_id.as_deref(), Some("FR61954506077"));
    assert_eq!(row.buyer.customer_tax_id_format.as_deref(), Some("eu_vat"));
}

#[test]
fn unknown_discounts_and_customers_are_refused() {
    let tried = |extra| try_open(loaded(vec![one_time(1)]), extra).unwrap_err();
    assert_eq!(
        places(tried(json!({"discount_id": id(9)}))),
        ["value_error discount_id"]
    );
    assert_eq!(
        places(tried(json!({"customer_id": id(9)}))),
        ["value_error customer_id"]
    );
    assert_eq!(places(tried(json!({"seats": 3}))), ["value_error seats"]);
    let ad_hoc = json!({"prices": {id(201).to_string(): [{"amount_type": "free"}]}});
    let place = format!("value_error prices.{}", id(201));
    assert_eq!(places(tried(ad_hoc)), [place]);
}

#[test]
fn a_linked_customer_fills_in_what_the_body_leaves_open() {
    let mut known = customer(5, "ada@example.com", Some("ext"));
    known.name = Some("Ada".into());
    known.billing_address = Some(Json(till_wire::address::Address::of_country(
        Country::parse_input("FR").unwrap(),
    )));
    let mut loaded = loaded(vec![one_time(1)]);
    loaded.customer = Some(known);
    let row = try_open(loaded.clone(), json!({"external_customer_id": "ext"}))
        .unwrap()
        .checkout;
    assert_eq!(row.customer_id, Some(id(5)));
    assert_eq!(row.buyer.customer_email.as_deref(), Some("ada@example.com"));
    assert_eq!(row.buyer.customer_billing_name.as_deref(), Some("Ada"));
    assert!(!row.buyer.is_business_customer && !row.require_billing_address);
    // 2.8: only what is still null is filled in.
    let own =
        json!({"customer_id": id(5), "customer_email": "else@example.com", "customer_name": "E"});
    let row = try_open(loaded, own).unwrap().checkout;
    assert_eq!(
        row.buyer.customer_email.as_deref(),
        Some("else@example.com")
    );
    assert_eq!(row.buyer.customer_name.as_deref(), Some("E"));
}

#[test]
fn an_unknown_external_id_is_kept_for_the_customer_to_be() {
    let row = session(vec![one_time(1)], json!({"customer_external_id": "new"})).checkout;
    assert_eq!(
        (row.customer_id, row.external_customer_id.as_deref()),
        (None, Some("new"))
    );
}

#[test]
fn a_customer_with_a_name_on_bills_and_a_street_is_a_business_unless_told_otherwise() {
    let mut firm = customer(5, "ada@example.com", None);
    firm.billing_name = Some("ACME".into());
    firm.billing_address = Some(Json(till_wire::address::Address {
        city: Some("Paris".into()),
        ..till_wire::address::Address::of_country(Country::parse_input("FR").unwrap())
    }));
    let mut loaded = loaded(vec![one_time(1)]);
    loaded.customer = Some(firm.clone());
    let business = |loaded: &Loaded, extra| {
        try_open(loaded.clone(), extra)
            .unwrap()
            .checkout
            .buyer
            .is_business_customer
    };
    assert!(business(&loaded, json!({"customer_id": id(5)})));
    assert!(!business(
        &loaded,
        json!({"customer_id": id(5), "is_business_customer": false})
    ));
    firm.name = firm.billing_name.take();
    loaded.customer = Some(firm);
    assert!(!business(&loaded, json!({"customer_id": id(5)})));
}

#[test]
fn a_full_address_in_the_body_asks_for_the_full_address() {
    for (address, required) in [
        (json!({"country": "FR"}), false),
        (json!({"country": "CA", "state": "CA-QC"}), false),
        (json!({"country": "FR", "city": "Paris"}), true),
        (json!({"country": "FR", "state": "Bretagne"}), true),
        (
            json!({"country": "CA", "state": "QC", "city": "Québec"}),
            true,
        ),
    ] {
        let row = session(
            vec![one_time(1)],
            json!({"customer_billing_address": address}),
        )
        .checkout;
        assert_eq!(row.require_billing_address, required, "{address}");
    }
}

#[test]
fn a_session_lives_for_a_day_and_speaks_english_unless_localised() {
    let switched = |on: bool| {
        let mut loaded = loaded(vec![one_time(1)]);
        let settings = &mut loaded.organization.settings.0.feature_settings;
        settings.features.checkout_localization_enabled = on;
        loaded
    };
    let row = try_open(switched(false), json!({"locale": "fr"}))
        .unwrap()
        .checkout;
    assert_eq!(
        row.expires_at.duration_since(row.created_at),
        SignedDuration::from_hours(24)
    );
    assert_eq!(row.buyer.locale.as_deref(), Some("en"));
    let row = try_open(switched(true), json!({"locale": "fr_FR"}))
        .unwrap()
        .checkout;
    assert_eq!(row.buyer.locale.as_deref(), Some("fr-FR"));
}

#[test]
fn a_blocked_organization_opens_nothing() {
    let mut blocked = loaded(vec![one_time(1)]);
    blocked.organization.status = OrganizationStatus::Blocked;
    assert!(matches!(
        try_open(blocked, json!({})),
        Err(Refusal::NotPermitted(_))
    ));
}
