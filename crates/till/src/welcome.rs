//! The greeting of `till dev`: addresses to open, and commands that work as they stand.

use std::path::Path;

use till_server::dashboard::programs::{self, Token};
use url::Url;

use crate::{config::ServerSettings, demo::Shop};

/// The address of a server that was told nothing else.
const USUAL_URL: &str = "http://127.0.0.1:8080";

/// Columns of the labels.
const LABELS: usize = 16;

/// Server that has been started.
#[derive(Debug)]
pub struct Started {
    /// The address of the server.
    pub url: String,
    /// The address of a demo purchase; `None` where nothing is for sale.
    pub checkout: Option<String>,
    /// The address that signs the owner in to the dashboard, once.
    pub dashboard: String,
    /// The owner's e-mail address.
    pub owner: String,
    /// The shop.
    pub shop: Shop,
}

/// The whole of it.
pub fn text(started: &Started, settings: &ServerSettings) -> String {
    let shop = &started.shop;
    let mut text = "\nTill is ready, with a demo shop. No real money moves.\n\n".to_owned();
    if let Some(checkout) = &started.checkout {
        text += &entry("Demo purchase", checkout);
        text += &entry(
            "",
            "Pay with the card 4242 4242 4242 4242, any future date and any security code.",
        );
    }
    text += &entry("Dashboard", &started.dashboard);
    text += &entry(
        "",
        &format!(
            "Signs you in as {}; works once and expires in a day.",
            started.owner
        ),
    );
    text += &entry("API reference", &format!("{}/reference", started.url));
    text += &entry("API", &started.url);
    text += &entry("Access token", &shop.token);
    if let Some(why) = shop.renewed {
        text += &entry("", &format!("({why})"));
    }
    text += &products(shop);
    if let Some(product) = shop.products.first() {
        let token = Token::Written(&shop.token);
        let [curl, ..] = programs::all(&started.url, &product.id.to_string(), token);
        text += &format!(
            "\nCreate a checkout session and open the \"url\" in the answer:\n\n{}\n\n\
             For the same request in TypeScript and Python, open a checkout in the dashboard.\n",
            curl.text
        );
    }
    text += "\nIn another terminal:\n\n";
    let commands = Commands::of(settings);
    text += &entry("Sign in again", &commands.sign_in(started));
    text += &entry("Another token", &commands.token(&shop.organization.slug));
    text += &entry("Move time", &commands.clock(&shop.organization.slug));
    text += &entry("Check", &commands.doctor());
    text += &format!(
        "\nThe card 4000 0000 0000 0002 is declined, 4000 0025 0000 3155 asks for 3-D Secure; real cards are refused.\n\
         Data is kept in {}. Logs go to standard error.\n\
         Press Ctrl-C to stop; everything is still there when you start again.\n",
        settings.database.data_dir.display()
    );
    text
}

fn entry(label: &str, value: &str) -> String {
    format!("  {label:LABELS$}{value}\n")
}

fn products(shop: &Shop) -> String {
    let names = shop.products.iter().map(|one| one.name.chars().count());
    let width = names.max().unwrap_or(0);
    let mut text = String::new();
    for (i, product) in shop.products.iter().enumerate() {
        let label = if i == 0 { "Products" } else { "" };
        text += &entry(label, &format!("{:width$}  {}", product.name, product.id));
    }
    if shop.products.is_empty() {
        text += &entry("Products", "none: create one in the dashboard");
    }
    text
}

/// The commands for this shop, as they are typed in any folder.
struct Commands {
    program: String,
    /// The database.
    database: String,
    /// The secret key, where it is not the data folder's own.
    key: String,
}

impl Commands {
    fn of(settings: &ServerSettings) -> Self {
        let folder = &settings.database.data_dir;
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        let mut database = format!(" --data-dir {}", quoted(&folder.to_string_lossy()));
        if let Some(url) = &settings.database.database_url {
            database += " --database-url ";
            database += &match has_password(url) {
                // A password is not printed.
                true => "\"$TILL_DATABASE_URL\"".to_owned(),
                false => quoted(url),
            };
        }
        let key = match (&settings.key.secret_key, &settings.key.secret_key_file) {
            (Some(_), _) => " --secret-key \"$TILL_SECRET_KEY\"".to_owned(),
            (None, Some(file)) => {
                let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
                format!(" --secret-key-file {}", quoted(&file.to_string_lossy()))
            }
            (None, None) => String::new(),
        };
        Self {
            program: program(),
            database,
            key,
        }
    }

    fn sign_in(&self, started: &Started) -> String {
        let url = match started.url == USUAL_URL {
            true => String::new(),
            false => format!(" --public-url {}", quoted(&started.url)),
        };
        let Self {
            program,
            database,
            key,
        } = self;
        format!(
            "{program} sign-in {}{database}{key}{url}",
            quoted(&started.owner)
        )
    }

    fn token(&self, organization: &str) -> String {
        let Self {
            program,
            database,
            key,
        } = self;
        format!(
            "{program} token create --organization {organization} --name backend --all-scopes{database}{key}"
        )
    }

    fn clock(&self, organization: &str) -> String {
        let Self {
            program, database, ..
        } = self;
        format!("{program} clock 1month --organization {organization}{database}")
    }

    fn doctor(&self) -> String {
        let Self {
            program,
            database,
            key,
        } = self;
        format!("{program} doctor{database}{key}")
    }
}

/// The program as it was called: by its name, or by its whole path where it was called by a path.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_else(|| "till".into());
    let called = Path::new(&called);
    let path = match called.components().count() {
        1 => called.to_owned(),
        _ => std::path::absolute(called).unwrap_or_else(|_| called.to_owned()),
    };
    quoted(&path.to_string_lossy())
}

fn has_password(url: &str) -> bool {
    let parsed = Url::parse(url);
    parsed.map_or(true, |url| url.password().is_some()) || url.contains("password=")
}

/// The text as one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::server_settings;

    #[test]
    fn a_text_is_quoted_where_a_shell_would_read_it_otherwise() {
        assert_eq!(quoted("/home/ada/till-data"), "/home/ada/till-data");
        assert_eq!(quoted("/home/ada's $HOME"), r"'/home/ada'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn commands_name_database_and_key_and_print_neither_password_nor_key() {
        let words = |args: &[&str]| Commands::of(&server_settings(args)).token("demo");
        let at = ["--data-dir", "/srv/shop one"];
        assert!(words(&at).ends_with(" --data-dir '/srv/shop one'"));
        let open = [&at[..], &["--database-url", "postgres://till@db/till"]].concat();
        assert!(words(&open).ends_with(" --database-url postgres://till@db/till"));
        for hidden in [
            "postgres://till:hidden@db/till",
            "postgres://db/till?password=hidden",
        ] {
            let said = words(&[&at[..], &["--database-url", hidden]].concat());
            assert!(
                said.ends_with(" --database-url \"$TILL_DATABASE_URL\""),
                "{said}"
            );
        }
        let file = words(&[&at[..], &["--secret-key-file", "/srv/key"]].concat());
        assert!(file.ends_with(" --secret-key-file /srv/key"), "{file}");
        let key = words(&[&at[..], &["--secret-key", "hidden"]].concat());
        assert!(key.ends_with(" --secret-key \"$TILL_SECRET_KEY\""), "{key}");
    }
}
