//! Mail by SMTP: one server that takes everything, encrypted unless the operator says otherwise.

use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::{
        Attachment as Part, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use url::Url;

use super::{Address, Attachment, LARGEST, LARGEST_ATTACHMENT, Mail, MailError, Message};
use crate::processor::BoxFuture;

/// For each step: connecting, and each answer of the server.
const STEP: Duration = Duration::from_secs(20);
/// For a message as a whole.
const WHOLE: Duration = Duration::from_secs(90);
/// Connections at the same time.
const CONNECTIONS: u32 = 4;
/// The time after which a connection that nobody uses is closed.
const IDLE: Duration = Duration::from_secs(30);
/// Characters that are kept of a server's answer.
const REASON_LENGTH: usize = 300;
/// Answers that speak of the connection and not of the message: sign-in is missing, refused, or too weak.
const OF_SIGN_IN: [&str; 4] = ["530", "534", "535", "538"];

/// Fault of the settings, for their author. Holds no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

/// The protection of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`smtps://`).
    Tls,
    /// STARTTLS before anything is said; a server without it gets nothing (`smtp://`).
    StartTls,
    /// None (`smtp://…?tls=off`).
    None,
}

/// The server that takes the mail, and the sender.
#[derive(Clone)]
pub struct SmtpSettings {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<(String, String)>,
    sender: Address,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("server", &self.server())
            .field("security", &self.security)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

impl SmtpSettings {
    /// `smtp://user:password@host:587` for STARTTLS, `smtps://…` for TLS from the beginning, and `?tls=off` for none.
    /// Without a port it is 587, 465 and 25. `sender` is the address that mail comes from.
    ///
    /// # Errors
    /// The fault, without the password.
    pub fn new(url: &str, sender: &str) -> Result<Self, SettingsError> {
        let wrong = |words: &str| SettingsError(words.to_owned());
        let form = "give an address such as smtp://user:password@mail.example.com:587 or smtps://…";
        let url = Url::parse(url.trim()).map_err(|_| wrong(form))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong(form))?.to_owned();
        let security = match (url.scheme(), url.query()) {
            ("smtps", None) => Security::Tls,
            ("smtp", None) => Security::StartTls,
            ("smtp", Some("tls=off")) => Security::None,
            ("smtp" | "smtps", Some(_)) => {
                return Err(wrong(
                    "the only option is ?tls=off, of an smtp:// address: it switches encryption off",
                ));
            }
            _ => return Err(wrong(form)),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong(form));
        }
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user), decoded(password))),
            _ => return Err(wrong("give both a user and a password, or neither")),
        };
        if security == Security::None && credentials.is_some() && !is_loopback(&host) {
            return Err(wrong(
                "without encryption, anyone on the way could read the password: leave ?tls=off out",
            ));
        }
        let sender = Address::parse(sender.trim())
            .map_err(|_| wrong("the sender is not an e-mail address, such as shop@example.com"))?;
        let port = url.port().unwrap_or(match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        });
        Ok(Self {
            host,
            port,
            security,
            credentials,
            sender,
        })
    }

    /// Host and port.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The address that mail comes from.
    pub fn sender(&self) -> &Address {
        &self.sender
    }

    /// The protection of the connection.
    pub fn security(&self) -> Security {
        self.security
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    let address: Option<std::net::IpAddr> = bare.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// A part of an address without its percent signs.
fn decoded(part: &str) -> String {
    let pair = format!("x={}", part.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Sends mail by SMTP.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Address,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

impl Smtp {
    /// With these settings. Nothing is connected yet.
    ///
    /// # Errors
    /// No certificates can be checked.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        let host = settings.host.trim_matches(['[', ']']).to_owned();
        let tls = || TlsParameters::new_rustls(host.clone());
        let cannot = |error: lettre::transport::smtp::Error| {
            SettingsError(format!("TLS cannot be used: {error}"))
        };
        let tls = match settings.security {
            Security::Tls => Tls::Wrapper(tls().map_err(cannot)?),
            Security::StartTls => Tls::Required(tls().map_err(cannot)?),
            Security::None => Tls::None,
        };
        let pool = PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.as_str())
            .port(settings.port)
            .tls(tls)
            .timeout(Some(STEP))
            .pool_config(pool);
        if let Some((user, password)) = settings.credentials.clone() {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: builder.build(),
            sender: settings.sender.clone(),
        })
    }

    fn letter(&self, message: Message) -> Result<lettre::Message, String> {
        let size = message.text.len() + message.html.as_ref().map_or(0, String::len);
        if size > LARGEST {
            return Err(format!("it has {size} bytes, more than {LARGEST}"));
        }
        let mailbox = |name: Option<&str>, address: &Address| {
            let address = address.for_network().parse();
            let address =
                address.map_err(|error| format!("the address cannot be used: {error}"))?;
            Ok::<_, String>(Mailbox::new(name.map(str::to_owned), address))
        };
        let name = Some(&*message.from).filter(|name| !name.is_empty());
        let mut builder = lettre::Message::builder()
            .message_id(Some(message.id.to_string()))
            .date(message.date.into())
            .from(mailbox(name, &self.sender)?)
            .to(mailbox(None, &message.to)?)
            .subject(&*message.subject)
            .raw_header(HeaderValue::new(
                // Nobody's absence is announced to a shop (RFC 3834).
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = &message.reply_to {
            builder = builder.reply_to(mailbox(None, reply_to)?);
        }
        let words = |text, html| MultiPart::alternative_plain_html(text, html);
        let letter = match (message.html, message.attachment) {
            (Some(html), None) => builder.multipart(words(message.text, html)),
            (None, None) => builder.singlepart(SinglePart::plain(message.text)),
            (html, Some(file)) => {
                let both = MultiPart::mixed();
                let both = match html {
                    Some(html) => both.multipart(words(message.text, html)),
                    None => both.singlepart(SinglePart::plain(message.text)),
                };
                builder.multipart(both.singlepart(attached(file)?))
            }
        };
        letter.map_err(|error| error.to_string())
    }

    /// Connects and signs in, and sends nothing.
    ///
    /// # Errors
    /// Reason why it cannot.
    pub async fn check(&self) -> Result<(), MailError> {
        match tokio::time::timeout(STEP * 2, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::Later("the server hung up".to_owned())),
            Ok(Err(error)) => Err(MailError::Later(words(&error))),
            Err(_) => Err(MailError::Later("the server does not answer".to_owned())),
        }
    }
}

fn attached(file: Attachment) -> Result<SinglePart, String> {
    let size = file.bytes.len();
    if size > LARGEST_ATTACHMENT {
        return Err(format!(
            "its file has {size} bytes, more than {LARGEST_ATTACHMENT}"
        ));
    }
    let media_type = ContentType::parse(file.media_type);
    let media_type = media_type.map_err(|error| format!("the file cannot be sent: {error}"))?;
    Ok(Part::new(file.name.to_string()).body(file.bytes, media_type))
}

impl Mail for Smtp {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async move {
            let letter = self.letter(message).map_err(MailError::Refused)?;
            match tokio::time::timeout(WHOLE, self.transport.send(letter)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(judged(&error)),
                Err(_) => Err(MailError::Later("the server took too long".to_owned())),
            }
        })
    }
}

/// Error that says whether the same message may be sent again. A refused sign-in is no fault of the message.
fn judged(error: &lettre::transport::smtp::Error) -> MailError {
    let code = error.status().map(|code| code.to_string());
    let of_sign_in = code.is_some_and(|code| OF_SIGN_IN.contains(&code.as_str()));
    match error.is_permanent() && !of_sign_in {
        true => MailError::Refused(words(error)),
        false => MailError::Later(words(error)),
    }
}

/// The error with its causes, on one line.
fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_words = next.to_string();
        if !words.contains(&next_words) {
            words = format!("{words}: {next_words}");
        }
        cause = next.source();
    }
    let line = |c: char| if c.is_control() { ' ' } else { c };
    words.chars().map(line).take(REASON_LENGTH).collect()
}
