use jiff::Timestamp;

use super::*;

fn ctx() -> DecisionContext {
    DecisionContext::new(Timestamp::UNIX_EPOCH, [3; 32])
}

fn letter(kept: Option<&'static str>) -> NewLetter {
    NewLetter {
        kind: MailKind::OrderConfirmation,
        cause_key: "a".to_owned(),
        customer_id: None,
        about_customer_id: None,
        order_id: None,
        recipient: "ada@example.com".to_owned(),
        subject: "Your order".to_owned(),
        content: Content {
            shop: "Shop".to_owned(),
            logo: None,
            color: None,
            language: "en".to_owned(),
            heading: "Your order".to_owned(),
            paragraphs: Vec::new(),
            facts: Vec::new(),
            total: None,
            button: None,
            notes: Vec::new(),
        },
        kept,
    }
}

fn mail() -> Mail {
    let ctx = ctx();
    let NewLetter {
        kind,
        cause_key,
        recipient,
        subject,
        content,
        ..
    } = letter(None);
    Mail {
        id: ctx.id(),
        created_at: ctx.now,
        version: 1,
        organization_id: ctx.id(),
        kind,
        cause_key,
        customer_id: None,
        about_customer_id: None,
        order_id: None,
        recipient,
        subject,
        content: Json(content),
        state: MailState::Waiting,
        attempts: 0,
        repeats: 0,
        reason: None,
        sent_at: None,
    }
}

#[test]
fn a_letter_that_is_kept_has_no_job() {
    let ctx = ctx();
    let job = SEND_JOB.name();
    assert!(write(letter(None), ctx.id(), &ctx).due(job).is_some());
    assert!(
        write(letter(Some("no server")), ctx.id(), &ctx)
            .due(job)
            .is_none()
    );
}

#[test]
fn a_letter_has_one_name_however_often_it_is_tried_and_another_when_it_is_sent_again() {
    let mail = mail();
    let failed = mail.after(&Attempt::Failed("451".to_owned()), mail.created_at);
    assert_eq!((failed.state, failed.attempts), (MailState::Waiting, 1));
    let sent = failed.after(&Attempt::Taken, mail.created_at);
    assert_eq!((sent.state, &sent.reason), (MailState::Sent, &None));
    assert_eq!(sent.message_name(), mail.message_name());
    let again = Mail {
        repeats: 1,
        ..mail.clone()
    };
    assert_ne!(again.message_name(), mail.message_name());
    assert!(!send_again(&sent, &ctx()).writes_nothing());
}

#[test]
fn a_letter_is_given_up_after_twenty_attempts() {
    let mut mail = mail();
    for n in 1..=MOST_ATTEMPTS {
        assert_eq!(mail.state, MailState::Waiting, "{n}");
        mail = mail.after(&Attempt::Failed("x".repeat(900)), mail.created_at);
    }
    assert_eq!(mail.state, MailState::Failed);
    assert_eq!(mail.reason.as_deref().map(str::len), Some(REASON_LENGTH));
}

#[test]
fn an_address_with_a_mark_is_its_owners() {
    let team = ["Ada@Example.com", "grace@example.com"];
    for theirs in [
        "ada@example.com",
        "ada+buyer@example.com",
        "GRACE+1@example.com",
    ] {
        assert!(is_one_of(theirs, team), "{theirs}");
    }
    for other in ["adaa@example.com", "ada@example.org", "eve+ada@example.com"] {
        assert!(!is_one_of(other, team), "{other}");
    }
}
