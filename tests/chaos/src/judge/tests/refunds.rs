//! Refunds, intents and notices in a doctored record.

use super::*;

/// The refunds of the processor's in a record.
pub(super) fn theirs(r: &mut Record) -> &mut Vec<ProcessorRefund> {
    r.processor_refunds.as_mut().expect("they are listed")
}

#[test]
fn every_kind_of_wrong_refund_intent_and_notice_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 27] = [
        ("has 300 refunded at Till and 200 at the processor", |r| {
            r.charges[0].refunded = 200
        }),
        ("has 0 refunded at Till and 300", |r| r.refunds.clear()),
        ("which is more", |r| r.charges[0].refunded = 901),
        ("says 200 refunded", |r| r.orders[0].refunded = 200),
        ("is paid with 300 of 900 refunded", |r| {
            r.orders[0].status = "paid".into()
        }),
        ("is still asked", |r| r.refunds[0].state = "asked".into()),
        ("was told to be made", |r| {
            r.refunds[0].state = "refused".into()
        }),
        ("was told to be made and is None", |r| r.refunds.clear()),
        ("was told to be made and is Some(\"failed\")", |r| {
            r.refunds[0].state = "failed".into()
        }),
        ("was told to be made and is Some(\"refused\")", |r| {
            r.acknowledged = [Acknowledgement::Refunding(id(8))].into();
            r.refunds[0].state = "refused".into();
        }),
        ("was made twice at the processor", |r| {
            let again = ProcessorRefund {
                reference: "re_2".into(),
                ..theirs(r)[0].clone()
            };
            theirs(r).push(again);
        }),
        ("refund re_2 is 0 times at Till", |r| {
            let other = ProcessorRefund {
                reference: "re_2".into(),
                refund: None,
                ..theirs(r)[0].clone()
            };
            theirs(r).push(other);
        }),
        ("refund re_1 is 2 times at Till", |r| {
            let again = Refund {
                id: id(88),
                ..r.refunds[0].clone()
            };
            r.refunds.push(again);
        }),
        ("was never made at the processor", |r| theirs(r).clear()),
        ("refund re_1 of 299", |r| theirs(r)[0].amount = 299),
        ("is failed there, and succeeded", |r| {
            theirs(r)[0].status = "failed".into()
        }),
        ("of pi_9", |r| theirs(r)[0].charge = "pi_9".into()),
        ("intent pi_1 has no attempt", |r| {
            r.intents[0].attempt = id(9)
        }),
        ("intent pi_1 succeeded and its attempt", |r| {
            r.payments[0].state = "failed".into()
        }),
        ("intent pi_1 is still requires_action", |r| {
            r.intents[0].status = "requires_action".into()
        }),
        ("intent pi_1 is still requires_payment_method", |r| {
            r.intents[0].status = "requires_payment_method".into()
        }),
        // One that was tried is no orphan, though Till does not know its name.
        ("intent pi_2 is still requires_payment_method", |r| {
            r.intents.push(Intent {
                id: "pi_2".into(),
                status: "requires_payment_method".into(),
                ..r.intents[0].clone()
            });
        }),
        ("taken in twice", |r| r.notices.push("evt_1".into())),
        ("evt_forged1 was taken in and is forged", |r| {
            r.notices.push("evt_forged1".into())
        }),
        ("happened 2 times instead of 1", |r| {
            let created = r.journal.iter().find(|e| e.kind == "refund.created");
            r.journal.push(created.expect("it is told").clone());
        }),
        (
            "order.refunded of 00000000-0000-0000-0000-000000000003 happened 0 times instead of 1",
            |r| r.journal.retain(|entry| entry.kind != "order.refunded"),
        ),
        (
            "refund.created of 00000000-0000-0000-0000-000000000008 happened 1 times instead of 0",
            |r| r.refunds[0].state = "refused".into(),
        ),
    ];
    for (words, doctor) in doctors {
        let found = after(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn an_intent_that_was_never_named_and_never_tried_may_stay() {
    let found = after(|r| {
        r.intents.push(Intent {
            id: "pi_2".into(),
            status: "requires_payment_method".into(),
            was_confirmed: false,
            ..r.intents[0].clone()
        });
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_refund_that_was_told_to_be_on_its_way_may_fail() {
    let found = after(|r| {
        r.acknowledged = [Acknowledgement::Refunding(id(8))].into();
        r.refunds[0].state = "failed".into();
    });
    assert!(!found.iter().any(|v| v.contains("was told")), "{found:?}");
}
