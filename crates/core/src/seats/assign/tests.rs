use super::*;
use crate::{
    checkout::tests::{at, customer, id, subscribers},
    kernel::{
        changes::Write,
        records::{DiscountChange, PendingUpdate, Subscription},
    },
    seats::{UsedSeats, hold, invite},
    subscriptions::tests::rows as billing,
};

fn subscription(seats: i64) -> Subscription {
    Subscription {
        seats: Some(seats),
        ..billing().subscription
    }
}

fn sold(seats: i64) -> Sold {
    Sold::Subscription(Box::new(subscription(seats)))
}

fn key() -> SecretKey {
    SecretKey::new([7; 32])
}

fn member(n: u128, email: &str, external_id: Option<&str>) -> CustomerMember {
    let row = members::invited(
        &customer(5, "ada@example.com", None),
        email,
        external_id.map(str::to_owned),
        &at(0),
    );
    CustomerMember { id: id(n), ..row }
}

fn owner() -> CustomerMember {
    members::owner_of(&customer(5, "ada@example.com", None), None, &at(0))
}

fn team() -> Customer {
    Customer {
        kind: CustomerType::Team,
        ..customer(5, "ada@example.com", None)
    }
}

fn rows(seats: i64, used: i64) -> AssignRows {
    AssignRows {
        sold: sold(seats),
        customer: team(),
        members: Membership {
            owner: Some(owner()),
            count: 1,
            ..Membership::default()
        },
        used,
        theirs: None,
        revoked: None,
        subscribers: subscribers(),
    }
}

fn new(email: &str) -> Person {
    Person::New {
        email: email.to_owned(),
        external_id: None,
    }
}

fn given(rows: &AssignRows, person: Person) -> (CustomerSeat, CustomerMember, Changes) {
    assign(rows, person, Giving::default(), &key(), &at(1)).unwrap()
}

/// The tables that changes write, in order, without jobs and what is told.
fn tables(changes: &Changes) -> Vec<&'static str> {
    let writes = changes.writes.iter().filter_map(|write| match write {
        Write::Insert { table, .. } | Write::Update { table, .. } => Some(*table),
        _ => None,
    });
    writes
        .filter(|table| !["journal", "webhook_events"].contains(table))
        .collect()
}

#[test]
fn a_seat_is_given_under_the_version_of_what_counts_it() {
    let (seat, who, changes) = given(&rows(2, 1), new("grace@example.com"));
    assert_eq!(seat.member_id, Some(who.id));
    assert_eq!(
        tables(&changes),
        [
            "subscriptions",
            "customer_members",
            "customers",
            "customer_seats"
        ]
    );
    let refused = assign(
        &rows(2, 2),
        new("grace@example.com"),
        Giving::default(),
        &key(),
        &at(1),
    );
    assert_eq!(refused.unwrap_err(), SeatRefusal::NotAvailable.into());
}

#[test]
fn a_reduction_that_waits_counts_already_and_a_change_that_is_charged_comes_first() {
    let mut row = subscription(5);
    row.pending_update = Some(Json(PendingUpdate {
        id: id(70),
        created_at: at(1).now,
        modified_at: None,
        applies_at: row.current_period_end,
        product_id: None,
        seats: Some(3),
        discount: DiscountChange::Keep,
    }));
    assert_eq!(Sold::Subscription(Box::new(row.clone())).total(), 3);
    if let Some(update) = &mut row.pending_update {
        update.0.seats = Some(9);
    }
    assert_eq!(Sold::Subscription(Box::new(row.clone())).total(), 5);
    row.attempt_id = Some(id(3));
    assert_eq!(
        is_free(&Sold::Subscription(Box::new(row)), 0),
        Err(SubscriptionRefusal::Locked.into())
    );
}

#[test]
fn the_person_is_who_the_request_names() {
    let (grace, mark) = (
        member(20, "grace@example.com", None),
        member(21, "mark@example.com", Some("m1")),
    );
    let found = |by_email: Option<&CustomerMember>, by_id: Option<&CustomerMember>| Found {
        members: Membership {
            by_email: by_email.cloned(),
            by_external_id: by_id.cloned(),
            ..Membership::default()
        },
        ..Found::default()
    };
    let both = |email: &str, id: &str| Recipient::EmailWithExternalId(email.into(), id.into());
    let is = |row: &CustomerMember| Ok(Person::Member(Box::new(row.clone())));
    let of = |email: &str, id: Option<&str>| Person::New {
        email: email.to_owned(),
        external_id: id.map(str::to_owned),
    };
    let email = Recipient::Email("Grace@Example.com".into());
    for (wanted, found, person_of) in [
        (email.clone(), found(Some(&grace), None), is(&grace)),
        (email, found(None, None), Ok(of("Grace@Example.com", None))),
        (
            Recipient::Customer(id(9)),
            found(None, None),
            Err(SeatRefusal::InvalidRequest),
        ),
        (
            Recipient::ExternalCustomer("x".into()),
            found(None, None),
            Err(SeatRefusal::InvalidRequest),
        ),
        (
            Recipient::Member(id(9)),
            found(Some(&grace), Some(&mark)),
            Err(SeatRefusal::MemberNotFound),
        ),
        (
            Recipient::ExternalMember("m1".into()),
            found(None, Some(&mark)),
            is(&mark),
        ),
        (
            Recipient::ExternalMember("m2".into()),
            found(None, None),
            Err(SeatRefusal::MemberNotFound),
        ),
        (
            both("MARK@example.com", "m1"),
            found(Some(&mark), Some(&mark)),
            is(&mark),
        ),
        (
            both("grace@example.com", "m1"),
            found(Some(&grace), Some(&mark)),
            Err(SeatRefusal::EmailMismatch),
        ),
        (
            both("mark@example.com", "m2"),
            found(Some(&mark), None),
            Err(SeatRefusal::EmailMismatch),
        ),
        (
            both("grace@example.com", "g1"),
            found(Some(&grace), None),
            Ok(Person::Named(Box::new(grace.clone()), "g1".into())),
        ),
        (
            both("new@example.com", "n1"),
            found(None, None),
            Ok(of("new@example.com", Some("n1"))),
        ),
    ] {
        assert_eq!(person(&wanted, &found), person_of, "{wanted:?}");
    }
}

#[test]
fn one_person_has_one_seat_and_a_revoked_row_is_used_again() {
    let (held, grace, _) = given(&rows(3, 0), new("grace@example.com"));
    let again = Person::Member(Box::new(grace.clone()));
    let theirs = AssignRows {
        theirs: Some(held.clone()),
        ..rows(3, 1)
    };
    let refused = assign(&theirs, again, Giving::default(), &key(), &at(2));
    assert_eq!(refused.unwrap_err(), SeatRefusal::AlreadyAssigned.into());
    let mut changes = Changes::new();
    let free = hold::revoke(&held, &mut changes, &subscribers(), &at(3));
    assert_eq!((free.member_id, free.revoked_at), (None, Some(at(3).now)));
    assert_eq!(free.version, held.version + 1);
    let mut nothing = Changes::new();
    assert_eq!(
        hold::revoke(&free, &mut nothing, &subscribers(), &at(4)),
        free
    );
    assert!(nothing.is_empty(), "it was taken back before");
    let reused = AssignRows {
        revoked: Some(free.clone()),
        ..rows(3, 0)
    };
    let (seat, eve, _) = given(&reused, new("eve@example.com"));
    assert_eq!((seat.id, seat.revoked_at), (held.id, None));
    assert_eq!(seat.version, free.version + 1);
    let invitation = invite::token(&seat, &eve, &key());
    assert!(invitation.is_some());
    let other = CustomerSeat {
        invitation_token_expires_at: seat
            .invitation_token_expires_at
            .map(|until| until + jiff::SignedDuration::from_micros(1)),
        ..seat.clone()
    };
    assert_ne!(invite::token(&other, &eve, &key()), invitation);
}

#[test]
fn an_invitation_is_used_once_within_a_day() {
    let (seat, grace, _) = given(&rows(1, 0), new("grace@example.com"));
    let sold = rows(1, 0).sold;
    let (buyer, keys, listening) = (team(), key(), subscribers());
    let claim = |seat: &CustomerSeat, who: &CustomerMember, minutes: i64| {
        let keys = (&keys, &listening);
        invite::claim(&sold, seat, &buyer, who, keys, &at(minutes))
    };
    let token = invite::token(&seat, &grace, &key()).unwrap();
    assert_eq!(seat.invitation_token_hash, Some(key().digest(&token)));
    let day = 24 * 60;
    assert_eq!(
        claim(&seat, &grace, day + 1).unwrap_err(),
        SeatRefusal::InvalidToken
    );
    assert_eq!(
        claim(&seat, &owner(), 2).unwrap_err(),
        SeatRefusal::InvalidToken
    );
    let claimed = claim(&seat, &grace, day).unwrap();
    assert_eq!(claimed.session.member_id, Some(grace.id));
    assert_eq!(claimed.seat.invitation_token_hash, None);
    assert_eq!(
        claim(&claimed.seat, &grace, 3).unwrap_err(),
        SeatRefusal::InvalidToken
    );
    assert_eq!(
        invite::resend(&sold, &claimed.seat, Some(&grace), &key(), &at(4)).unwrap_err(),
        SeatRefusal::NotPending
    );
    let (same, _) = invite::resend(&sold, &seat, Some(&grace), &key(), &at(5)).unwrap();
    assert_eq!(same, seat, "the end is not moved");
    let (renewed, _) = invite::resend(&sold, &seat, Some(&grace), &key(), &at(day + 2)).unwrap();
    assert_ne!(renewed.invitation_token_hash, seat.invitation_token_hash);
    assert!(claim(&renewed, &grace, day + 3).is_ok());
    // Their address was corrected: the link that went to the old one is of no use, and sent again it is another one.
    let moved = CustomerMember {
        email: "hopper@example.com".into(),
        email_key: email_key("hopper@example.com"),
        ..grace.clone()
    };
    assert_eq!(
        claim(&seat, &moved, 6).unwrap_err(),
        SeatRefusal::InvalidToken
    );
    let (other, _) = invite::resend(&sold, &seat, Some(&moved), &key(), &at(6)).unwrap();
    assert_ne!(other.invitation_token_hash, seat.invitation_token_hash);
    assert!(claim(&other, &moved, 7).is_ok());
}

#[test]
fn the_merchants_id_of_an_owner_who_is_only_written_now_is_kept() {
    let without = AssignRows {
        members: Membership::default(),
        ..rows(3, 0)
    };
    let named = |email: &str| Person::New {
        email: email.to_owned(),
        external_id: Some("a1".to_owned()),
    };
    let (_, owner, _) = given(&without, named("ADA@example.com"));
    assert_eq!(
        (owner.role, owner.external_id.as_deref()),
        (MemberRole::Owner, Some("a1"))
    );
    let (_, grace, changes) = given(&without, named("grace@example.com"));
    assert_eq!(grace.external_id.as_deref(), Some("a1"));
    let ids = changes.writes.iter().filter(|write| {
        let member = matches!(
            write,
            Write::Insert {
                table: "customer_members",
                ..
            }
        );
        member && format!("{write:?}").contains("\"a1\"")
    });
    assert_eq!(ids.count(), 1, "it is nobody else's");
}

#[test]
fn surplus_seats_are_taken_back_from_the_end_and_a_buyer_gets_none_that_is_not_free() {
    let seat = |n: u128| CustomerSeat {
        id: id(n),
        ..given(&rows(9, 0), new(&format!("p{n}@example.com"))).0
    };
    let seats: Vec<_> = (1..=4).map(seat).collect();
    for (total, left) in [(9, 4), (4, 4), (3, 3), (1, 1), (0, 0)] {
        let mut used = UsedSeats {
            seats: seats.clone(),
            grace_days: 0,
        };
        let mut changes = Changes::new();
        used.revoke_surplus(total, &mut changes, &subscribers(), &at(5));
        assert_eq!(used.seats, seats[..left], "{total}");
        let revoked = tables(&changes);
        assert_eq!(revoked.len(), 4 - left, "{total}");
        assert!(revoked.iter().all(|table| *table == "customer_seats"));
    }
    let buyer = |used: i64| {
        let mut changes = Changes::new();
        let who = Some(owner());
        let listening = subscribers();
        for_buyer(
            &sold(2),
            used,
            &team(),
            who,
            &mut changes,
            &listening,
            &at(5),
        )
        .map(|_| tables(&changes))
    };
    assert_eq!(buyer(1), Some(vec!["customer_seats"]));
    assert_eq!(buyer(2), None);
}

#[test]
fn an_individual_who_shares_becomes_a_team_and_members_have_a_limit() {
    let individual = AssignRows {
        customer: customer(5, "ada@example.com", None),
        ..rows(2, 0)
    };
    let kind = |changes: &Changes| {
        changes.writes.iter().any(|write| {
            matches!(write, Write::Update { table: "customers", set, .. }
                if set.iter().any(|(column, _)| *column == "kind"))
        })
    };
    let (_, _, shared) = given(&individual, new("grace@example.com"));
    assert!(kind(&shared));
    let (_, who, own) = given(&individual, new("ADA@example.com"));
    assert_eq!(who.role, MemberRole::Owner);
    assert!(!kind(&own));
    let mut full = rows(2, 0);
    full.members.count = limits::MEMBERS;
    let refused = assign(
        &full,
        new("grace@example.com"),
        Giving::default(),
        &key(),
        &at(1),
    );
    assert!(matches!(refused, Err(Refusal::Invalid(_))));
}

#[test]
fn seats_stay_with_what_is_active_and_within_the_grace() {
    let used = UsedSeats {
        seats: Vec::new(),
        grace_days: 7,
    };
    let mut row = subscription(1);
    assert!(used.are_kept(&row, at(0).now));
    row.status = till_wire::subscriptions::SubscriptionStatus::PastDue;
    row.past_due_at = Some(at(0).now);
    let week = 7 * 24 * 60;
    assert!(used.are_kept(&row, at(week - 1).now));
    assert!(!used.are_kept(&row, at(week).now));
    assert!(!UsedSeats::default().are_kept(&row, at(0).now));
    row.status = till_wire::subscriptions::SubscriptionStatus::Paused;
    assert!(!used.are_kept(&row, at(0).now));
}

#[test]
fn free_data_stays_with_its_seat() {
    let giving = Giving {
        metadata: serde_json::json!({"desk": [1, {"a": null}]})
            .as_object()
            .cloned(),
        at_once: true,
    };
    let (seat, _, changes) = assign(
        &rows(1, 0),
        new("grace@example.com"),
        giving.clone(),
        &key(),
        &at(1),
    )
    .unwrap();
    assert_eq!(seat.metadata.map(|metadata| metadata.0), giving.metadata);
    assert_eq!(seat.invitation_token_hash, None);
    assert!(!tables(&changes).contains(&"jobs"));
}
