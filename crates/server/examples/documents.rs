//! Sample documents, for tests/documents and bench/documents.
//!
//!     documents write FOLDER     a file for each case
//!     documents bench SECONDS    documents a second on one core

use std::{collections::BTreeMap, path::Path, time::Duration};

use jiff::Timestamp;
use till_core::documents::{
    BuyerBlock, Document, DocumentKind, DocumentLine, DocumentPayment, DocumentRefund, Seller,
    Sums, TaxNumber,
};
use till_pdf::Fonts;
use till_server::pages::documents::sheet;
use till_wire::{
    address::Address,
    country::Country,
    money::Currency,
    refunds::RefundReason,
    tax::{TaxLine, TaxRateType, TaxabilityReason},
};

fn day(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().expect("a day")
}

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

fn address(country: &str, parts: [&str; 5]) -> Address {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let [line1, line2, postal_code, city, state] = parts.map(part);
    Address {
        line1,
        line2,
        postal_code,
        city,
        state,
        country: Country::parse_stored(country).expect("a country"),
    }
}

fn line(label: &str, amount: i64) -> DocumentLine {
    DocumentLine {
        label: label.to_owned(),
        amount,
        period: None,
    }
}

fn tax(name: &str, rate: &str, country: &str, state: Option<&str>, amount: i64) -> TaxLine {
    TaxLine {
        rate_type: TaxRateType::Percentage,
        rate: Some(rate.to_owned()),
        display_name: name.to_owned(),
        country: Some(country.to_owned()),
        state: state.map(str::to_owned),
        subdivision: None,
        amount,
        taxability_reason: TaxabilityReason::StandardRated,
    }
}

/// A month of a plan, bought in the United States.
fn plain() -> Document {
    Document {
        kind: DocumentKind::Invoice,
        number: "WORKSHOP-AAAAAAAB-0001".to_owned(),
        invoice_number: "WORKSHOP-AAAAAAAB-0001".to_owned(),
        issued_at: day("2026-07-01"),
        language: None,
        seller: Seller {
            brand: "Ada’s Workshop".to_owned(),
            name: "Ada’s Workshop GmbH".to_owned(),
            address: Some(address("DE", ["Torstraße 1", "", "10119", "Berlin", ""])),
            email: Some("help@workshop.example".to_owned()),
            tax_number: Some(TaxNumber {
                label: "VAT",
                number: "DE123456789".to_owned(),
            }),
            notes: Some("Amtsgericht Charlottenburg, HRB 12345 B".to_owned()),
        },
        buyer: BuyerBlock {
            name: "Grace Hopper".to_owned(),
            address: Some(address(
                "US",
                ["1 Main Street", "Apt 4", "10001", "New York", "US-NY"],
            )),
            email: "grace@example.com".to_owned(),
            tax_number: None,
        },
        currency: Currency::USD,
        lines: vec![DocumentLine {
            period: Some((day("2026-07-01"), day("2026-08-01"))),
            ..line("Monthly plan", 3_000)
        }],
        sums: summed(3_000, 0, 0),
        taxes: Vec::new(),
        is_reverse_charge: false,
        payments: Vec::new(),
        refunds: Vec::new(),
        reason: None,
    }
}

/// Sums where tax comes on top.
fn summed(subtotal: i64, discount: i64, tax: i64) -> Sums {
    Sums {
        subtotal,
        discount,
        net: subtotal - discount,
        tax,
        total: subtotal - discount + tax,
        applied_balance: 0,
        due: subtotal - discount + tax,
    }
}

fn german() -> Document {
    let mut document = plain();
    document.language = Some("de".to_owned());
    document.currency = currency("eur");
    document.buyer.name = "Müller & Söhne GmbH".to_owned();
    document.buyer.address = Some(address(
        "DE",
        ["Hauptstraße 12", "", "80331", "München", ""],
    ));
    document.sums = summed(3_000, 500, 475);
    document.taxes = vec![tax("VAT", "0.19", "DE", None, 475)];
    document
}

fn receipt() -> Document {
    let mut document = german();
    document.kind = DocumentKind::Receipt;
    document.number = "RCPT-AAAAAAAB-0001".to_owned();
    document.sums.applied_balance = -975;
    document.sums.due = 2_000;
    document.payments = vec![DocumentPayment {
        card: Some(("visa".to_owned(), "4242".to_owned())),
        method: "card".to_owned(),
        paid_at: day("2026-07-02"),
        amount: 2_000,
    }];
    document.refunds = [("2026-07-10", "CN1", 500), ("2026-07-20", "CN2", 250)]
        .map(|(when, number, amount)| DocumentRefund {
            number: Some(format!("{}-{number}", document.invoice_number)),
            refunded_at: day(when),
            amount,
        })
        .to_vec();
    document
}

fn credit_note() -> Document {
    let mut document = german();
    document.kind = DocumentKind::CreditNote;
    document.number = format!("{}-CN1", document.invoice_number);
    document.issued_at = day("2026-07-10");
    document.lines.clear();
    document.sums = Sums {
        net: 1_000,
        tax: 190,
        total: 1_190,
        due: 1_190,
        ..Sums::default()
    };
    document.taxes[0].amount = 190;
    document.reason = Some(RefundReason::CustomerRequest);
    document
}

fn reverse_charge() -> Document {
    let mut document = plain();
    document.language = Some("fr".to_owned());
    document.currency = currency("eur");
    document.buyer = BuyerBlock {
        name: "Société Générale d’Exemples SA".to_owned(),
        address: Some(address(
            "FR",
            ["12 rue de la Paix", "", "75002", "Paris", ""],
        )),
        email: "compta@exemples.example".to_owned(),
        tax_number: Some(TaxNumber {
            label: "VAT",
            number: "FR40303265045".to_owned(),
        }),
    };
    document.is_reverse_charge = true;
    document
}

fn two_taxes() -> Document {
    let mut document = plain();
    document.currency = currency("cad");
    document.buyer.address = Some(address(
        "CA",
        ["1000 Rue Sherbrooke", "", "H3A 1G4", "Montréal", "CA-QC"],
    ));
    document.sums = summed(3_000, 0, 449);
    document.taxes = vec![
        tax("GST", "0.05", "CA", None, 150),
        tax("QST", "0.09975", "CA", Some("CA-QC"), 299),
    ];
    document
}

fn long() -> Document {
    let mut document = german();
    document.lines = (1..=200)
        .map(|n| DocumentLine {
            period: (n % 4 == 0).then(|| (day("2026-07-01"), day("2026-08-01"))),
            ..line(&format!("Position {n}"), n * 100)
        })
        .collect();
    document.sums = summed(2_010_000, 0, 381_900);
    document.taxes[0].amount = 381_900;
    document
}

fn named(name: &str, label: &str, place: Address, language: Option<&str>) -> Document {
    let mut document = plain();
    document.buyer.name = name.to_owned();
    document.buyer.address = Some(place);
    document.lines[0].label = label.to_owned();
    document.language = language.map(str::to_owned);
    document
}

fn japanese() -> Document {
    let place = address("JP", ["1-2-3", "", "100-0001", "千代田区", "東京都"]);
    let mut document = named("株式会社テスト", "月額プラン（5席）", place, Some("ja"));
    document.currency = currency("jpy");
    document.sums = summed(3_000, 0, 300);
    document.taxes = vec![tax("Consumption tax", "0.1", "JP", None, 300)];
    document
}

fn hard() -> Document {
    let mut document = named(
        &"Wolfeschlegelsteinhausenbergerdorff".repeat(6),
        &format!(
            "{} {}",
            "An extraordinarily long description of a product that somebody wrote without ever stopping".repeat(4),
            "unbroken".repeat(40)
        ),
        address("US", ["x".repeat(300).as_str(), "", "10001", "New York", "US-NY"]),
        None,
    );
    document.lines[0].amount = 99_999_999_999;
    document.sums = summed(99_999_999_999, 0, 0);
    document.seller.notes = Some("Line one\nLine two\n\nLine four 🙂".to_owned());
    document
}

fn cases() -> BTreeMap<&'static str, Document> {
    let simple =
        |country: &str, city: &str, street: &str| address(country, [street, "", "", city, ""]);
    BTreeMap::from([
        ("plain", plain()),
        ("discount-and-tax", german()),
        ("two-taxes", two_taxes()),
        ("reverse-charge", reverse_charge()),
        ("receipt-with-refunds", receipt()),
        ("credit-note", credit_note()),
        ("long", long()),
        ("hard", hard()),
        ("japanese-yen", japanese()),
        (
            "chinese",
            named(
                "上海示例软件有限公司",
                "专业版（按月）",
                simple("CN", "上海市", "南京东路 1 号"),
                None,
            ),
        ),
        (
            "korean",
            named(
                "주식회사 예시",
                "월간 플랜",
                simple("KR", "서울특별시", "세종대로 1"),
                Some("ko"),
            ),
        ),
        (
            "arabic",
            named(
                "شركة النور للتجارة (2026)",
                "الخطة الشهرية",
                simple("AE", "دبي", "شارع الشيخ زايد 45"),
                None,
            ),
        ),
        (
            "hebrew",
            named(
                "חברת הדוגמה בע״מ (123)",
                "תוכנית חודשית",
                simple("IL", "תל אביב", "רחוב דיזנגוף 99"),
                None,
            ),
        ),
        (
            "cyrillic-and-greek",
            named(
                "ТОВ «Приклад»",
                "Μηνιαίο πρόγραμμα",
                simple("UA", "Київ", "вулиця Хрещатик, 1"),
                None,
            ),
        ),
    ])
}

fn write(folder: &Path) {
    let fonts = Fonts::system();
    for (name, document) in cases() {
        let file = sheet(&document)
            .render(&fonts)
            .expect("it is within its limits");
        std::fs::write(folder.join(name).with_extension("pdf"), file).expect("a file");
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the machine's time"
)]
fn bench(seconds: u64) {
    let fonts = Fonts::system();
    let cases = cases();
    println!("{:<22} {:>12} {:>9}", "document", "a second", "bytes");
    for name in [
        "plain",
        "receipt-with-refunds",
        "arabic",
        "japanese-yen",
        "long",
    ] {
        let document = &cases[name];
        let bytes = sheet(document).render(&fonts).expect("a file").len();
        let begun = std::time::Instant::now();
        let mut made = 0_u32;
        while begun.elapsed() < Duration::from_secs(seconds) {
            sheet(document).render(&fonts).expect("a file");
            made += 1;
        }
        let rate = f64::from(made) / begun.elapsed().as_secs_f64();
        println!("{name:<22} {rate:>12.1} {bytes:>9}");
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => write(Path::new(folder)),
        ["bench", seconds] => bench(seconds.parse().expect("a number of seconds")),
        _ => panic!("documents write FOLDER | documents bench SECONDS"),
    }
}
