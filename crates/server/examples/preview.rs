//! Renders every page with sample data into a folder, to look at while changing templates or styles:
//! `cargo run -p till-server --example preview -- /tmp/pages`.

use std::{env, fs, io, path::Path};

use till_server::web::{
    assets,
    checkout::{
        fields::{Field, FieldErrors, Need},
        markdown,
        money::{self, Locale},
        view::*,
    },
};
use till_wire::values::Interval;

const EN: Locale = Locale::En;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "preview".into());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    for (url, file) in [
        (assets::styles_url(), "checkout.css"),
        (assets::script_url(), "checkout.js"),
    ] {
        fs::copy(source.join(file), folder.join(&url[1..]))?;
    }
    for (theme, suffix) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let look = Look { locale: EN, theme };
        for (name, html) in pages(look) {
            // Pages opened from a folder find their files beside them.
            let html = html.replace("\"/assets/", "\"assets/");
            fs::write(folder.join(format!("{name}.{suffix}.html")), html)?;
        }
    }
    println!("{}", folder.display());
    Ok(())
}

fn pages(look: Look) -> Vec<(&'static str, String)> {
    let html = |page: &dyn askama::DynTemplate| page.dyn_render().expect("the page renders");
    let confirmation = |outcome| ConfirmationPage {
        look,
        client_secret: "polar_c_sample".into(),
        test_mode: true,
        organization: organization(),
        outcome,
    };
    vec![
        ("checkout", html(&subscription(look))),
        ("errors", html(&with_errors(look))),
        ("declined", html(&declined(look))),
        ("amount", html(&pay_what_you_want(look))),
        ("free", html(&free(look))),
        (
            "processing",
            html(&confirmation(Outcome::Processing(Waiting::default()))),
        ),
        (
            "action",
            html(&confirmation(Outcome::RequiresAction("#bank".into()))),
        ),
        (
            "success",
            html(&confirmation(Outcome::Succeeded(receipt()))),
        ),
        (
            "reopened",
            html(&confirmation(Outcome::Reopened(DECLINED.into()))),
        ),
        (
            "failed",
            html(&confirmation(Outcome::Failed(
                "Nothing was charged. Go back to the shop and start again from there.".into(),
            ))),
        ),
        ("unknown", html(&MessagePage::unknown(look))),
        ("expired", html(&MessagePage::expired(look))),
        ("trouble", html(&MessagePage::trouble(look, "req_01J9Z2"))),
        ("three_ds", html(&three_ds(look))),
    ]
}

fn usd(amount: i64) -> String {
    money::display(amount, "usd", 2, EN)
}

fn line(label: &str, amount: i64) -> Line {
    Line {
        label: label.into(),
        amount: usd(amount),
    }
}

fn organization() -> Organization {
    Organization {
        name: "Northwind Tools".into(),
        avatar_url: None,
        website: Some("https://northwind.example".into()),
    }
}

fn choice(name: &str, amount: i64, interval: Option<Interval>, selected: bool) -> ProductChoice {
    ProductChoice {
        id: name.to_lowercase().replace(' ', "-"),
        name: name.into(),
        price: money::display_short(amount, "usd", 2, EN),
        interval: interval.map(|unit| money::interval_words(unit, 1, EN)),
        selected,
    }
}

fn subscription(look: Look) -> CheckoutPage {
    let per_month = money::interval_words(Interval::Month, 1, EN);
    CheckoutPage {
        look,
        client_secret: "polar_c_sample".into(),
        version: 1,
        shown_total: 2_900,
        test_mode: true,
        organization: organization(),
        return_url: Some("https://northwind.example/pricing".into()),
        products: vec![
            choice("Starter", 900, Some(Interval::Month), false),
            choice("Pro", 2_900, Some(Interval::Month), true),
            choice("Lifetime licence", 24_900, None, false),
        ],
        product: Product {
            name: "Pro".into(),
            description: markdown::render(
                "Everything a growing team needs to ship **without surprises**.\n\n\
                 - Unlimited projects and members\n- Nightly backups, kept for a year\n\
                 - An answer from [support](https://northwind.example/help) within four hours",
            ),
        },
        hero: Hero {
            amount: "$29".into(),
            interval: Some(per_month.clone()),
            note: None,
        },
        amount: None,
        email: EmailField::default(),
        name: String::new(),
        payment: Payment::Sandbox,
        address: Some(us_address()),
        business: Some(BusinessForm::default()),
        lines: vec![line("Pro", 2_900)],
        total: line("Due today", 2_900),
        action: Action::Subscribe,
        terms: Some(format!("You pay $29.00 {per_month} until you cancel.")),
        error: None,
        errors: FieldErrors::default(),
    }
}

fn us_address() -> AddressForm {
    AddressForm {
        country: "US".into(),
        line1_need: Need::Required,
        line2_need: Need::Optional,
        city_need: Need::Required,
        state_need: Need::Required,
        postal_code_need: Need::Required,
        ..AddressForm::default()
    }
}

fn with_errors(look: Look) -> CheckoutPage {
    CheckoutPage {
        email: EmailField {
            value: "ada@".into(),
            locked: false,
        },
        address: Some(AddressForm {
            country: "FR".into(),
            line1_need: Need::Required,
            city_need: Need::Required,
            state_need: Need::Optional,
            postal_code_need: Need::Required,
            city: "Lyon".into(),
            ..AddressForm::default()
        }),
        business: Some(BusinessForm {
            checked: true,
            billing_name: String::new(),
            tax_id: "FR61954506077".into(),
        }),
        errors: [
            (
                Field::Email,
                "Enter a full email address, like you@example.com.",
            ),
            (
                Field::CardNumber,
                "This is not a test card. Use 4242 4242 4242 4242.",
            ),
            (Field::CardExpiry, "This card has expired."),
            (Field::Line1, "Enter your address."),
            (Field::BillingName, "Enter the name of your business."),
        ]
        .map(|(field, words)| (field, words.to_owned()))
        .into_iter()
        .collect(),
        ..subscription(look)
    }
}

fn declined(look: Look) -> CheckoutPage {
    CheckoutPage {
        error: Some(DECLINED.into()),
        email: EmailField {
            value: "ada@example.com".into(),
            locked: true,
        },
        name: "Ada Lovelace".into(),
        address: Some(AddressForm {
            country: "DE".into(),
            ..AddressForm::default()
        }),
        ..subscription(look)
    }
}

fn pay_what_you_want(look: Look) -> CheckoutPage {
    CheckoutPage {
        products: vec![choice("Field guide", 1_250, None, true)],
        product: Product {
            name: "Field guide to small databases (PDF and EPUB)".into(),
            description: markdown::render("184 pages. Free updates for life."),
        },
        hero: Hero {
            amount: "$12.50".into(),
            interval: None,
            note: Some("Pay what you want".into()),
        },
        amount: Some(AmountField {
            value: money::editable(1_250, 2),
            sign: money::currency_sign("usd", EN),
            hint: Some("Between $5.00 and $100.00".into()),
        }),
        address: Some(AddressForm {
            country: "CA".into(),
            state_need: Need::Required,
            ..AddressForm::default()
        }),
        business: Some(BusinessForm::default()),
        lines: vec![line("Subtotal", 1_250)],
        total: line("Total", 1_250),
        shown_total: 1_250,
        action: Action::Pay(usd(1_250)),
        terms: None,
        ..subscription(look)
    }
}

fn free(look: Look) -> CheckoutPage {
    CheckoutPage {
        products: Vec::new(),
        product: Product {
            name: "Community edition".into(),
            description: None,
        },
        hero: Hero {
            amount: "Free".into(),
            interval: None,
            note: None,
        },
        payment: Payment::NotNeeded,
        address: None,
        business: None,
        lines: Vec::new(),
        total: line("Total", 0),
        shown_total: 0,
        action: Action::Get,
        terms: None,
        return_url: None,
        ..subscription(look)
    }
}

fn receipt() -> Receipt {
    Receipt {
        product_name: "Pro".into(),
        lines: vec![line("Pro, first month", 2_900)],
        total: line("Paid", 2_900),
        email: Some("ada@example.com".into()),
        what_next: Some("Your subscription has started.".into()),
        next: Some(Link {
            url: "https://northwind.example/welcome".into(),
            label: "Return to Northwind Tools".into(),
        }),
    }
}

fn three_ds(look: Look) -> ThreeDsPage {
    ThreeDsPage {
        look,
        organization: organization(),
        amount: Some(usd(2_900)),
        card: Some("Visa •••• 3155".into()),
        action: "/sandbox/3ds/sample".into(),
    }
}
