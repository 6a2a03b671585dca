//! Properties of every page, whatever it shows.

use askama::Template;

use super::super::{
    fields::{Field, FieldErrors, Need},
    markdown,
};
use super::*;

fn page_context() -> PageContext {
    PageContext::default()
}

fn organization(name: &str) -> Organization {
    Organization {
        name: name.into(),
        avatar_url: Some("https://cdn.example/a.png".into()),
        website: Some("https://shop.example".into()),
        links: vec![Link {
            url: "https://shop.example/terms".into(),
            label: name.into(),
        }],
        help: Some(Link {
            url: "mailto:help@shop.example".into(),
            label: "Support".into(),
        }),
    }
}

fn line(label: &str) -> Line {
    Line::new(label.into(), "$29.00".into())
}

fn answer(slug: &str, kind: AnswerKind, text: &str) -> Answer {
    Answer {
        slug: slug.into(),
        label: markdown::render_line(text),
        name: text.into(),
        help: Some(markdown::render_line(text)),
        placeholder: Some(text.into()),
        required: slug != "one",
        kind,
        value: text.into(),
    }
}

/// A page with everything on it, every text being `text`.
fn full(text: &str) -> CheckoutPage {
    let own = || text.to_owned();
    let choice = |id: &str, selected| ProductChoice {
        id: id.into(),
        name: own(),
        price: own(),
        before: Some(own()),
        interval: Some(own()),
        notes: vec![own()],
        selected,
    };
    CheckoutPage {
        page_context: page_context(),
        client_secret: "polar_c_x".into(),
        version: 7,
        shown_total: "2900".into(),
        key: uuid::Uuid::nil(),
        test_mode: true,
        organization: organization(text),
        return_url: Some("https://shop.example/pricing".into()),
        products: vec![choice("a", false), choice("b", true)],
        product: Product {
            name: own(),
            description: markdown::render(text),
        },
        hero: Hero {
            amount: own(),
            before: Some(own()),
            interval: Some(own()),
            notes: vec![own()],
        },
        amount: Some(AmountField {
            value: own(),
            sign: own(),
            hint: Some(own()),
        }),
        seats: Some(SeatsField {
            value: own(),
            min: 1,
            max: Some(9),
            fewer: true,
            more: false,
            hint: Some(own()),
            tiers: vec![Tier {
                seats: own(),
                price: own(),
            }],
            tiers_note: Some(own()),
        }),
        usage: vec![Usage {
            name: own(),
            price: own(),
            cap: Some(own()),
        }],
        benefits: vec![own()],
        medias: vec![Media {
            url: own(),
            alt: own(),
        }],
        discount: Some(DiscountBox {
            applied: None,
            code: Some(own()),
        }),
        answers: vec![
            answer("one", AnswerKind::Text(Some(9)), text),
            answer("lines", AnswerKind::Lines(None), text),
            answer("number", AnswerKind::Number, text),
            answer("date", AnswerKind::Date(Some(own()), None), text),
            answer("box", AnswerKind::Checkbox, text),
            answer("pick", AnswerKind::Select(vec![(own(), own())]), text),
        ],
        email: EmailField {
            value: own(),
            locked: false,
        },
        name: own(),
        payment: Payment::Sandbox,
        address: Some(AddressForm {
            country: "US".into(),
            line1: own(),
            line1_need: Need::Required,
            line2_need: Need::Optional,
            city_need: Need::Required,
            state_need: Need::Required,
            postal_code_need: Need::Required,
            ..AddressForm::default()
        }),
        business: Some(BusinessForm {
            checked: true,
            billing_name: own(),
            tax_id: Some(own()),
        }),
        lines: vec![line(text)],
        total: line(text),
        action: Action::Pay(own()),
        terms: Some(own()),
        error: Some(own()),
        no_trial: true,
        summary: true,
        errors: [(Field::Email, own()), (Field::City, own())]
            .into_iter()
            .collect(),
    }
}

/// The page of an order, every text being `text`.
fn order(text: &str) -> OrderPage {
    OrderPage {
        page_context: page_context(),
        secret: "a_secret".into(),
        key: uuid::Uuid::nil(),
        shown_total: "2900".into(),
        test_mode: true,
        organization: organization(text),
        product_name: text.into(),
        facts: vec![Fact {
            label: text.into(),
            value: text.into(),
        }],
        lines: vec![line(text)],
        total: line(text),
        payment: Payment::Sandbox,
        keeps_card: true,
        error: Some(text.into()),
        summary: true,
        errors: FieldErrors::from_iter([(Field::CardNumber, text.into())]),
    }
}

fn html(page: &impl Template) -> String {
    page.render().expect("the page renders")
}

/// Every page, every text being `text`.
fn all(text: &str) -> Vec<String> {
    let outcome = |outcome| {
        html(&ConfirmationPage {
            page_context: page_context(),
            addresses: Addresses::of_session(page_context(), "polar_c_x"),
            test_mode: true,
            organization: organization(text),
            outcome,
        })
    };
    vec![
        html(&full(text)),
        html(&order(text)),
        outcome(Outcome::Processing(Waiting {
            leave_to: Some(text.into()),
            ..Waiting::default()
        })),
        outcome(Outcome::RequiresAction(text.into())),
        outcome(Outcome::Succeeded(Box::new(Receipt {
            title: "thanks-title",
            product_name: text.into(),
            lines: vec![line(text)],
            total: line(text),
            facts: vec![Fact {
                label: text.into(),
                value: text.into(),
            }],
            email: Some(text.into()),
            what_next: Some(text.into()),
            next: Some(Link {
                url: text.into(),
                label: text.into(),
            }),
            portal: Some(Link {
                url: text.into(),
                label: text.into(),
            }),
        }))),
        outcome(Outcome::Reopened(text.into())),
        outcome(Outcome::Failed(text.into())),
        html(&MessagePage::server_error(
            page_context(),
            Some(text.into()),
        )),
        html(&MessagePage {
            organization: Some(organization(text)),
            ..MessagePage::expired(page_context())
        }),
        html(&ThreeDsPage {
            page_context: page_context(),
            organization: organization(text),
            amount: Some(text.into()),
            card: Some(text.into()),
            action: text.into(),
        }),
    ]
}

#[test]
fn no_text_of_others_becomes_markup() {
    for page in all("\"'><script>alert(1)</script><img src=x onerror=alert(1)>") {
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(!page.contains("<img src=x"), "{page}");
    }
}

#[test]
fn pages_keep_to_the_strict_policy() {
    for page in all("plain") {
        for forbidden in [" style=", "<style", " onclick", " onload", "javascript:"] {
            assert!(!page.contains(forbidden), "{forbidden} in {page}");
        }
        for tag in page.split("<script").skip(1) {
            assert!(tag.starts_with(" type=\"module\" src=\"/assets/"), "{tag}");
        }
    }
}

#[test]
fn only_safe_addresses_are_linked_or_shown() {
    let page = html(&CheckoutPage {
        organization: Organization {
            name: "Acme".into(),
            avatar_url: Some("javascript:1".into()),
            website: Some("javascript:2".into()),
            links: vec![Link {
                url: "javascript:4".into(),
                label: "Terms".into(),
            }],
            help: Some(Link {
                url: "javascript:5".into(),
                label: "Support".into(),
            }),
        },
        return_url: Some("javascript:3".into()),
        ..full("plain")
    });
    assert!(!page.contains("javascript:"));
}

#[test]
fn every_field_has_a_label_and_its_error() {
    let page = html(&full("wrong"));
    for field in [
        Field::Amount,
        Field::Email,
        Field::CardNumber,
        Field::CardExpiry,
        Field::CardCvc,
        Field::Name,
        Field::Country,
        Field::Line1,
        Field::Line2,
        Field::City,
        Field::State,
        Field::PostalCode,
        Field::BillingName,
        Field::TaxId,
    ] {
        let name = field.name();
        assert_eq!(
            page.matches(&format!("name=\"{name}\"")).count(),
            1,
            "{name}"
        );
        assert!(page.contains(&format!("for=\"{name}\"")), "{name}");
    }
    assert!(page.contains("aria-describedby=\"city-error\" aria-invalid=\"true\""));
    assert!(page.contains("id=\"city-error\">wrong</p>"));
    assert!(page.contains("href=\"#city\""));
}

#[test]
fn the_form_works_as_a_plain_post_and_knows_what_was_shown() {
    let page = html(&full("plain"));
    assert!(page.contains("method=\"post\" action=\"/checkout/polar_c_x\""));
    assert!(page.contains("name=\"version\" value=\"7\""));
    assert!(page.contains("name=\"shown_total\" value=\"2900\""));
    assert!(page.contains("name=\"intent\" value=\"pay\""));
    let outside: String = page
        .split("<noscript>")
        .map(|part| {
            part.split_once("</noscript>")
                .map_or(part, |(_, rest)| rest)
        })
        .collect();
    assert!(page.contains("value=\"update\"") && !outside.contains("value=\"update\""));
}

#[test]
fn card_fields_show_only_when_the_payment_form_is_required() {
    let page = html(&CheckoutPage {
        payment: Payment::NotNeeded,
        address: None,
        ..full("plain")
    });
    assert!(!page.contains("card_") && !page.contains("cc-number"));
    assert!(page.contains("autocomplete=\"name\""));
}

#[test]
fn address_fields_follow_their_needs() {
    let page = html(&CheckoutPage {
        address: Some(AddressForm {
            country: "FR".into(),
            state_need: Need::Optional,
            ..AddressForm::default()
        }),
        ..full("plain")
    });
    assert!(page.contains("<option value=\"FR\" selected>France</option>"));
    assert!(page.contains("<input id=\"state\"") && !page.contains("US-NY"));
    for absent in ["line1", "line2", "city", "postal_code"] {
        assert!(!page.contains(&format!("name=\"{absent}\"")), "{absent}");
    }
}

#[test]
fn a_locked_email_cannot_be_edited() {
    let page = html(&CheckoutPage {
        email: EmailField {
            value: "ada@example.com".into(),
            locked: true,
        },
        ..full("plain")
    });
    assert!(page.contains(" readonly"));
}

#[test]
fn a_forced_theme_is_on_the_page_and_in_its_form() {
    let dark = PageContext {
        theme: Theme::from_query(Some("dark")),
        ..page_context()
    };
    let page = html(&CheckoutPage {
        page_context: dark,
        ..full("plain")
    });
    assert!(page.contains("data-theme=\"dark\""));
    assert!(page.contains("action=\"/checkout/polar_c_x?theme=dark\""));
    assert_eq!(Theme::from_query(Some("\"><x>")), Theme::Auto);
}

#[test]
fn a_waiting_page_refreshes_itself_without_script() {
    let page = html(&ConfirmationPage {
        page_context: page_context(),
        addresses: Addresses::of_session(page_context(), "polar_c_x"),
        test_mode: false,
        organization: organization("Acme"),
        outcome: Outcome::Processing(Waiting {
            succeeded: true,
            order_created: true,
            ..Waiting::default()
        }),
    });
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\""));
    assert!(page.contains("data-stream=\"/v1/checkouts/client/polar_c_x/stream\""));
    assert!(page.contains("data-seen=\"succeeded order_created\""));
    assert!(!page.contains("Test mode"));
}

#[test]
fn every_page_says_its_language_and_direction() {
    for locale in Locale::ALL {
        let page = html(&CheckoutPage {
            page_context: PageContext {
                locale: *locale,
                ..page_context()
            },
            ..full("plain")
        });
        let start = format!("<html lang=\"{}\" dir=\"ltr\"", locale.tag());
        assert!(page.contains(&start), "{start}");
    }
}

#[test]
fn an_answer_stands_in_its_own_kind_of_field() {
    let mut page = full("plain");
    page.errors.add_answer("date", "wrong");
    let page = html(&page);
    for field in [
        "<input type=\"text\" id=\"custom_field_data.one\"",
        "<textarea rows=\"3\" id=\"custom_field_data.lines\"",
        "<input type=\"text\" inputmode=\"numeric\" id=\"custom_field_data.number\"",
        "<input type=\"date\" id=\"custom_field_data.date\"",
        "<input type=\"checkbox\" id=\"custom_field_data.box\"",
        "<select id=\"custom_field_data.pick\"",
        "id=\"custom_field_data.date-error\">wrong</p>",
        "href=\"#custom_field_data.date\"",
    ] {
        assert!(page.contains(field), "{field} in {page}");
    }
}

#[test]
fn styles_know_no_left_and_right() {
    let styles = include_str!("../../../../assets/checkout.css");
    for side in [
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        "text-align: left",
        "text-align: right",
    ] {
        assert!(!styles.contains(side), "{side}");
    }
}
