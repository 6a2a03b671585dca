//! The greeting of `till dev`: addresses, and programs that work as they stand.

use till_server::dashboard::programs::{self, Token};

use crate::{config::Settings, demo::Shop};

/// The whole of it.
pub fn text(url: &str, link: &str, shop: &Shop, settings: &Settings) -> String {
    let token = &shop.token;
    let mut text = format!(
        "\nTill is ready.\n\n  API      {url}\n  Sign in  {link}\n           (to the dashboard, once, within \
         a day; for another link: till sign-in EMAIL)\n  Token    {token}\n"
    );
    if let Some(why) = shop.renewed {
        text += &format!("           ({why})\n");
    }
    text += &format!(
        "  Shop     {} ({})\n\n  Products\n",
        shop.organization.name, shop.organization.id
    );
    let width = shop
        .products
        .iter()
        .map(|product| product.name.chars().count())
        .max()
        .unwrap_or(0);
    for product in &shop.products {
        text += &format!("    {:width$}  {}\n", product.name, product.id);
    }
    match shop.products.first() {
        Some(product) => text += &with_programs(url, token, &product.id.to_string()),
        None => text += "    none: create one with POST /v1/products/\n",
    }
    text += &format!(
        "\nPay with the test card 4242 4242 4242 4242, any later date, any CVC. 4000 0000 0000 0002 is declined,\n\
         4000 0025 0000 3155 asks for 3-D Secure. No real money moves, and no real card is taken.\n\n\
         Data is kept in {}. Logs go to standard error. Ctrl-C stops; start again and all is still there.\n",
        settings.data_dir.display()
    );
    text
}

/// Each prints the address of a checkout page.
fn with_programs(url: &str, token: &str, product: &str) -> String {
    let mut text = "\nCreate a checkout session and open the \"url\" of the answer.".to_owned();
    for program in programs::all(url, product, Token::Written(token)) {
        text += &match program.install {
            None => format!(" With {}:\n\n", program.language),
            Some(how) => format!("\n{} ({how}):\n\n", program.language),
        };
        text += &program.text;
        text.push('\n');
    }
    text
}
