//! Documents in a doctored record.

use super::*;

const INVOICE: &str = "documents/shop/order/invoice-1.pdf";

fn documents(r: &mut Record) -> &mut Documents {
    r.documents.get_or_insert_default()
}

/// The sound record with the numbers of its order and its refund, and an invoice that was fetched.
fn numbered(change: impl FnOnce(&mut Record)) -> Vec<String> {
    after(|r| {
        let order = id(3);
        let invoice = format!("documents/shop/{order}/invoice-1.pdf");
        *documents(r) = Documents {
            orders: vec![Numbered {
                order,
                customer: id(4),
                invoice: Some("SHOP-AB-0001".into()),
                receipt: Some("RCPT-AB-0001".into()),
                credit_notes: 1,
            }],
            credit_notes: vec![CreditNote {
                refund: id(8),
                order: Some(order),
                state: "succeeded".into(),
                number: Some("SHOP-AB-0001-CN1".into()),
            }],
            next: vec![Next {
                customer: id(4),
                invoice: 2,
                receipt: 2,
            }],
            named: [invoice.clone()].into(),
            files: [(invoice.clone(), 7)].into(),
            fetched: vec![Fetched {
                asked: "/v1/orders/3/invoice".into(),
                path: invoice,
                bytes: 7,
                is_pdf: true,
            }],
            asked: [order].into(),
            missing: Vec::new(),
        };
        change(r);
    })
}

#[test]
fn sound_documents_pass() {
    assert_eq!(numbered(|_| {}), Vec::<String>::new());
    // A draft has no number.
    let draft = numbered(|r| {
        documents(r).orders.push(Numbered {
            order: id(33),
            customer: id(4),
            invoice: None,
            receipt: None,
            credit_notes: 0,
        });
    });
    assert_eq!(draft, Vec::<String>::new());
}

#[test]
fn every_kind_of_wrong_document_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 20] = [
        ("is paid and has no invoice", |r| {
            documents(r).orders[0].invoice = None
        }),
        ("has the receipt None", |r| {
            documents(r).orders[0].receipt = None
        }),
        ("has the receipt Some", |r| r.orders[0].due = 0),
        ("number SHOP-AB-0001 was given twice", |r| {
            let again = documents(r).orders[0].clone();
            documents(r).orders.push(Numbered {
                order: id(33),
                ..again
            });
        }),
        ("has invoices [2], and the next is 2", |r| {
            documents(r).orders[0].invoice = Some("SHOP-AB-0002".into())
        }),
        ("has invoices [1], and the next is 3", |r| {
            documents(r).next[0].invoice = 3
        }),
        ("has receipts [1], and the next is 3", |r| {
            documents(r).next[0].receipt = 3
        }),
        ("has receipts [0]", |r| {
            documents(r).orders[0].receipt = Some("none".into())
        }),
        ("who is not there", |r| documents(r).next.clear()),
        ("succeeded and has no credit note", |r| {
            documents(r).credit_notes[0].number = None
        }),
        ("is refused and has credit note", |r| {
            documents(r).credit_notes[0].state = "refused".into()
        }),
        ("counts 2 credit notes", |r| {
            documents(r).orders[0].credit_notes = 2
        }),
        ("counts 1 credit notes", |r| {
            let again = documents(r).credit_notes[0].clone();
            documents(r).credit_notes.push(again);
        }),
        ("counts 1 credit notes", |r| {
            documents(r).credit_notes[0].number = Some("SHOP-XY-0001-CN1".into())
        }),
        ("is not there", |r| documents(r).files.clear()),
        ("was never made", |r| documents(r).named.clear()),
        ("was there, and is not any more", |r| {
            documents(r).missing.push("/v1/orders/3/receipt".into())
        }),
        ("is no PDF", |r| documents(r).fetched[0].is_pdf = false),
        ("was read with other bytes", |r| {
            documents(r).fetched[0].bytes = 8
        }),
        // Also one that is not kept any more.
        ("was read with other bytes", |r| {
            for bytes in [1, 2] {
                documents(r).fetched.push(Fetched {
                    asked: "/v1/orders/3/receipt".into(),
                    path: INVOICE.into(),
                    bytes,
                    is_pdf: true,
                });
            }
        }),
    ];
    for (words, doctor) in doctors {
        let found = numbered(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}
