//! Letters in a doctored record.

use super::{
    renewals::{judged, order, told},
    *,
};

fn letter(n: u128, kind: &str, order: Option<u128>) -> Letter {
    Letter {
        id: id(n),
        kind: kind.into(),
        customer: Some(id(4)),
        order: order.map(id),
        recipient: match kind {
            "sale" => "owner@example.com".into(),
            _ => "ada@example.com".into(),
        },
        state: "sent".into(),
        reason: None,
    }
}

/// The way of a letter to the mail server, at a second.
fn arrival(letter: &Letter, second: i64, taken: Taken) -> Arrival {
    Arrival {
        letter: Some(letter.id),
        name: format!("<{}@shop.example>", letter.id),
        recipient: letter.recipient.clone(),
        subject: letter.kind.clone(),
        at: at(second),
        taken,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a moment")
}

fn mail(r: &mut Record) -> &mut Mailed {
    r.mail.get_or_insert_default()
}

/// Adds a letter that was sent at a second.
fn sent(r: &mut Record, letter: Letter, second: i64) {
    let arrival = arrival(&letter, second, Taken::Answered);
    mail(r).arrivals.push(arrival);
    mail(r).letters.push(letter);
}

/// The sound record, of whose sale the customer and the merchant were told.
fn told_by_mail(change: impl FnOnce(&mut Record)) -> Vec<String> {
    after(|r| {
        mail(r).people.push("owner@example.com".into());
        sent(r, letter(300, "order_confirmation", Some(3)), 0);
        sent(r, letter(301, "sale", Some(3)), 1);
        change(r);
    })
}

#[test]
fn sound_letters_pass() {
    assert_eq!(told_by_mail(|_| {}), Vec::<String>::new());
    // One was refused at first.
    let refused = told_by_mail(|r| {
        let first = arrival(&mail(r).letters[0], -5, Taken::Refused);
        mail(r).arrivals.insert(0, first);
    });
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn every_kind_of_wrong_letter_is_found() {
    type Doctor = fn(&mut Record);
    let doctors: [(&str, Doctor); 15] = [
        ("was written 0 times instead of 1", |r| {
            mail(r).letters.remove(0);
        }),
        ("sale of customer", |r| {
            mail(r).letters.remove(1);
        }),
        ("was written 2 times instead of 1", |r| {
            sent(r, letter(302, "order_confirmation", Some(3)), 9)
        }),
        // As many as there are causes, but not of them.
        ("was written 1 times instead of 0", |r| {
            mail(r).letters[0].order = Some(id(99))
        }),
        ("subscription_paused of customer", |r| {
            sent(r, letter(302, "subscription_paused", None), 9)
        }),
        ("order_confirmation of customer", |r| {
            r.orders[0].status = "void".into()
        }),
        ("of kind endpoint_disabled has no cause", |r| {
            sent(r, letter(302, "endpoint_disabled", None), 9)
        }),
        ("of kind sale is for ada@example.com", |r| {
            mail(r).letters[1].recipient = "ada@example.com".into()
        }),
        ("is sent and never arrived", |r| {
            mail(r).arrivals.remove(0);
        }),
        ("is sent and never arrived", |r| {
            mail(r).arrivals[0].taken = Taken::Refused
        }),
        ("is refused", |r| {
            mail(r).letters[0].state = "refused".into()
        }),
        ("was sent to eve@example.com", |r| {
            mail(r).arrivals[0].recipient = "eve@example.com".into()
        }),
        ("arrived and was never written", |r| {
            mail(r).arrivals[0].letter = Some(id(999))
        }),
        ("was sent under two names", |r| {
            let mut again = arrival(&mail(r).letters[0], 9, Taken::Answered);
            again.name = "<another>".into();
            mail(r).arrivals.push(again);
        }),
        ("was sent with two subjects", |r| {
            let mut again = arrival(&mail(r).letters[0], 9, Taken::Answered);
            again.subject = "another".into();
            mail(r).arrivals.push(again);
        }),
    ];
    for (words, doctor) in doctors {
        let found = told_by_mail(doctor);
        assert!(
            found.iter().any(|v| v.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn a_copy_is_explained_by_a_cut_connection_or_by_an_interruption_in_between() {
    let copied = |first: Taken, interruption: Option<(i64, i64)>| {
        let found = told_by_mail(|r| {
            mail(r).arrivals[0].taken = first;
            let again = arrival(&mail(r).letters[0], 10, Taken::Answered);
            mail(r).arrivals.push(again);
            let interruption = interruption.map(|(from, to)| (at(from), at(to)));
            r.interruptions.extend(interruption);
        });
        match found.as_slice() {
            [] => true,
            [only]
                if only.contains("was sent twice, at") && only.contains("nothing explains it") =>
            {
                false
            }
            more => panic!("{more:?}"),
        }
    };
    assert!(!copied(Taken::Answered, None));
    let lost = told_by_mail(|r| {
        let again = arrival(&mail(r).letters[0], 10, Taken::Answered);
        let id = mail(r).letters[0].id;
        mail(r).arrivals.push(again);
        mail(r).unrecorded.insert(id);
    });
    assert_eq!(lost, Vec::<String>::new());
    assert!(copied(Taken::Cut, None));
    assert!(copied(Taken::Refused, None));
    assert!(copied(Taken::Answered, Some((4, 5))));
    // It began before the letter had come, and lasted.
    assert!(copied(Taken::Answered, Some((-2, 1))));
    assert!(!copied(Taken::Answered, Some((-2, -1))));
    assert!(!copied(Taken::Answered, Some((11, 12))));
}

#[test]
fn a_letter_is_kept_only_where_enough_were_sent_to_its_address() {
    let kept = |others: u128, is_sent: bool| {
        told_by_mail(|r| {
            for n in 0..others {
                let order = Order {
                    id: id(1_000 + n),
                    reason: "subscription_cycle".into(),
                    subscription: Some(id(70)),
                    checkout: None,
                    ..r.orders[0].clone()
                };
                r.orders.push(order);
                sent(
                    r,
                    letter(2_000 + n, "subscription_cycled", Some(1_000 + n)),
                    3,
                );
            }
            mail(r).letters[0].state = "kept".into();
            if !is_sent {
                mail(r).arrivals.remove(0);
            }
        })
    };
    let has = |found: &[String], words: &str| found.iter().any(|v| v.contains(words));
    assert!(!has(&kept(50, false), "was kept"));
    assert!(has(&kept(49, false), "was kept"));
    assert!(has(&kept(50, true), "is kept and was sent"));
}

/// Letters of a subscription whose journal has these events, and these letters besides that of the sale; what is wrong
/// with them.
fn story(events: &[&str], ended: bool, letters: &[&str]) -> Vec<String> {
    let found = judged(|r| {
        mail(r).people.push("owner@example.com".into());
        r.sessions[0].recurring = true;
        r.orders[0].subscription = Some(id(70));
        r.orders[0].reason = "subscription_create".into();
        r.subscriptions.push(Subscription {
            id: id(70),
            checkout: Some(id(1)),
            state: state("active", 2, 9),
            ended,
        });
        for event in events {
            r.journal.push(JournalEntry {
                kind: (*event).into(),
                subject: id(70),
            });
        }
        sent(r, letter(301, "sale", Some(3)), 1);
        sent(r, letter(300, "subscription_confirmation", Some(3)), 1);
        for (n, kind) in letters.iter().enumerate() {
            sent(r, letter(400 + n as u128, kind, None), 1);
        }
    });
    let of_letters = |v: &String| v.contains("was written");
    found.into_iter().filter(of_letters).collect()
}

#[test]
fn letters_of_a_subscription_are_as_many_as_its_events_unless_they_were_out_of_date() {
    const CANCELED: &str = "subscription.canceled";
    const UNCANCELED: &str = "subscription.uncanceled";
    const REVOKED: &str = "subscription.revoked";
    const CANCELLATION: &str = "subscription_cancellation";
    let is_sound = |events: &[&str], ended, letters: &[&str]| {
        let found = story(events, ended, letters);
        assert!(found.len() < 2, "{found:?}");
        found.is_empty()
    };
    assert!(is_sound(&[], false, &[]));
    assert!(is_sound(&[CANCELED], false, &[CANCELLATION]));
    assert!(!is_sound(&[CANCELED], false, &[]));
    assert!(!is_sound(&[CANCELED], false, &[CANCELLATION, CANCELLATION]));
    // It was withdrawn, or over, before the letter was written.
    let withdrawn = [CANCELED, UNCANCELED];
    assert!(is_sound(&withdrawn, false, &["subscription_uncanceled"]));
    assert!(!is_sound(&withdrawn, false, &[CANCELLATION]));
    let again = [CANCELED, UNCANCELED, CANCELED];
    assert!(is_sound(&again, false, &[CANCELLATION]));
    assert!(!is_sound(&again, false, &["subscription_uncanceled"]));
    let over = [CANCELED, REVOKED];
    assert!(is_sound(&over, true, &["subscription_revoked"]));
    assert!(!is_sound(&over, true, &[CANCELLATION]));
    let past_due = ["subscription.past_due", "subscription.active"];
    assert!(is_sound(&past_due, false, &[]));
    assert!(is_sound(&past_due, false, &["subscription_past_due"]));
    assert!(!is_sound(&past_due[..1], false, &[]));
    assert!(!is_sound(&["subscription.paused"], false, &[]));
    assert!(!is_sound(&["subscription.resumed"], false, &[]));
}

#[test]
fn a_renewal_that_cost_nothing_and_one_that_is_not_paid_are_not_told_of() {
    let renewed = |status: &'static str, amount: i64| {
        let found = judged(|r| {
            mail(r).people.push("owner@example.com".into());
            sent(r, letter(301, "sale", Some(3)), 1);
            sent(r, letter(300, "order_confirmation", Some(3)), 1);
            order(r, 80, (status, amount), (2, 9));
        });
        found.iter().any(|v| v.contains("subscription_cycled of"))
    };
    assert!(renewed("paid", 500));
    assert!(!renewed("paid", 0));
    assert!(!renewed("void", 500));
}

#[test]
fn another_plan_is_told_of_once() {
    let changed = |times: usize, ended: bool| {
        let found = judged(|r| {
            mail(r).people.push("owner@example.com".into());
            sent(r, letter(301, "sale", Some(3)), 1);
            r.orders[0].subscription = Some(id(70));
            r.subscriptions.push(Subscription {
                id: id(70),
                checkout: Some(id(1)),
                state: state("active", 2, 9),
                ended,
            });
            let mut more = state("active", 2, 9);
            told(r, "subscription.created", more.clone());
            more.plan.seats = Some(7);
            told(r, "subscription.updated", more.clone());
            told(r, "subscription.cycled", more);
            for n in 0..times {
                sent(r, letter(400 + n as u128, "subscription_updated", None), 1);
            }
        });
        !found.iter().any(|v| v.contains("subscription_updated of"))
    };
    assert!(changed(1, false));
    assert!(!changed(0, false));
    assert!(changed(0, true));
    assert!(!changed(2, false));
}
