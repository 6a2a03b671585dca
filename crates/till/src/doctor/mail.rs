//! Mail: whether the server takes it, and a message to try.

use till_ports::mail::{Address, Line, Mail, MailError, Message, MessageId, Smtp, SmtpSettings};
use till_server::app::Clock;
use uuid::Uuid;

use super::{Findings, Wanted};
use crate::{clock::SystemClock, guard};

/// Connects to the server, and sends a message where an address is given for one.
pub async fn mail(wanted: &Wanted<'_>, to: Option<&str>, found: &mut Findings) {
    let settings = guard::mail(&wanted.settings.mail);
    let Some(settings) = found.setting("mail", settings) else {
        return;
    };
    match (settings, to) {
        (Some(settings), to) => asked(&settings, to, found).await,
        (None, Some(_)) => found.fail(
            "mail",
            "nothing can be sent: no SMTP server is set",
            "set TILL_SMTP_URL or --smtp-url-file, and TILL_MAIL_FROM",
        ),
        (None, None) if wanted.is_dev => found.ok("mail", "e-mails are written to the log"),
        (None, None) => found.warn(
            "mail",
            "no e-mail is sent: no SMTP server is set",
            "set TILL_SMTP_URL and TILL_MAIL_FROM; until then sign in with passwords, or with a link of `till sign-in EMAIL`",
        ),
    }
}

async fn asked(settings: &SmtpSettings, to: Option<&str>, found: &mut Findings) {
    let server = settings.server();
    let smtp = match Smtp::new(settings) {
        Ok(smtp) => smtp,
        Err(error) => return found.fail("mail", error.to_string(), ""),
    };
    if let Err(MailError::Later(why) | MailError::Refused(why)) = smtp.check().await {
        let advice = "check TILL_SMTP_URL: the host, the port, the user and the password";
        return found.fail(
            "mail",
            format!("{server} does not take mail: {why}"),
            advice,
        );
    }
    found.ok(
        "mail",
        format!("{server} takes mail from {}", settings.sender()),
    );
    let Some(to) = to else { return };
    let Ok(address) = Address::parse(to) else {
        return found.fail(
            "mail",
            format!("--mail-to: {to} is not an e-mail address"),
            "",
        );
    };
    match smtp.send(test_message(address, settings.sender())).await {
        Ok(()) => found.ok(
            "mail",
            format!(
                "{server} took a test message to {to}: look whether it arrives, and not as spam"
            ),
        ),
        Err(MailError::Later(why) | MailError::Refused(why)) => {
            let advice = "the sender's domain may not allow this server, or the server this sender";
            found.fail(
                "mail",
                format!("{server} did not take a test message to {to}: {why}"),
                advice,
            );
        }
    }
}

fn test_message(to: Address, sender: &Address) -> Message {
    let (clock, host) = (
        SystemClock,
        sender.rsplit_once('@').map_or("", |(_, host)| host),
    );
    let seed = clock.seed();
    let id = Uuid::from_bytes(seed[..16].try_into().expect("sixteen of thirty-two bytes"));
    Message {
        from: Line::new("Till"),
        reply_to: None,
        to,
        subject: Line::new("Test message of Till"),
        text: "This message was sent by `till doctor`. Mail of this server arrives here.\n"
            .to_owned(),
        html: None,
        attachment: None,
        id: MessageId::new(&format!("doctor-{id}"), host),
        date: clock.now(),
    }
}
