//! The programs that create a checkout session, as they stand: shown on the dashboard with the token taken
//! from the environment, printed by `till dev` with the demo's own.

/// The variable that the programs take the token from.
pub const VARIABLE: &str = "TILL_TOKEN";

/// The source of a program's token.
#[derive(Debug, Clone, Copy)]
pub enum Token<'a> {
    /// The environment, see [`VARIABLE`].
    Environment,
    /// Written into the program.
    Written(&'a str),
}

/// One program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its language.
    pub language: &'static str,
    /// The command that installs what it needs.
    pub install: Option<&'static str>,
    /// It prints the address of a checkout page, or the session that has it as `url`.
    pub text: String,
}

/// All of them, for a server at `url` and a product's id.
#[must_use]
pub fn all(url: &str, product: &str, token: Token<'_>) -> [Program; 3] {
    [
        Program {
            language: "curl",
            install: None,
            text: with_curl(url, product, token),
        },
        Program {
            language: "TypeScript",
            install: Some("npm install @polar-sh/sdk@0.49.0"),
            text: typescript(url, product, token),
        },
        Program {
            language: "Python",
            install: Some("pip install polar-sdk==0.17.2"),
            text: python(url, product, token),
        },
    ]
}

/// With curl, the token taken from the environment.
#[must_use]
pub fn curl(url: &str, product: &str) -> String {
    with_curl(url, product, Token::Environment)
}

fn with_curl(url: &str, product: &str, token: Token<'_>) -> String {
    let header = match token {
        Token::Environment => format!("\"Authorization: Bearer ${VARIABLE}\""),
        Token::Written(token) => format!("'Authorization: Bearer {token}'"),
    };
    format!(
        r#"curl -sS {url}/v1/checkouts/ \
  -H {header} \
  -H 'Content-Type: application/json' \
  -d '{{"products": ["{product}"], "external_customer_id": "user_123"}}'"#
    )
}

fn typescript(url: &str, product: &str, token: Token<'_>) -> String {
    let token = match token {
        Token::Environment => format!("process.env.{VARIABLE}"),
        Token::Written(token) => format!("\"{token}\""),
    };
    format!(
        r#"import {{ Polar }} from "@polar-sh/sdk";

const polar = new Polar({{
  serverURL: "{url}",
  accessToken: {token},
}});
const checkout = await polar.checkouts.create({{ products: ["{product}"] }});
console.log(checkout.url);"#
    )
}

fn python(url: &str, product: &str, token: Token<'_>) -> String {
    let (import, token) = match token {
        Token::Environment => ("import os\n\n", format!("os.environ[\"{VARIABLE}\"]")),
        Token::Written(token) => ("", format!("\"{token}\"")),
    };
    format!(
        r#"{import}from polar_sdk import Polar

with Polar(
    server_url="{url}",
    access_token={token},
) as polar:
    checkout = polar.checkouts.create(request={{"products": ["{product}"]}})
    print(checkout.url)"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_names_server_product_and_where_its_token_is() {
        for program in all("http://t.example", "p-1", Token::Environment) {
            let text = &program.text;
            assert!(
                text.contains("http://t.example") && text.contains("p-1"),
                "{text}"
            );
            assert!(text.contains(VARIABLE), "{text}");
        }
        for program in all("http://t.example", "p-1", Token::Written("polar_oat_x")) {
            assert!(program.text.contains("polar_oat_x") && !program.text.contains(VARIABLE));
        }
        assert_eq!(curl("u", "p"), all("u", "p", Token::Environment)[0].text);
    }
}
