//! Public URLs: the addresses at which the server is reached.

/// The beginning of every secret of a checkout link.
pub const LINK_PREFIX: &str = "polar_cl_";
/// The letters and digits after [`LINK_PREFIX`] that name a link in its short address: as many as nobody guesses.
pub const SHORT_LINK: usize = 12;

/// The server as the world sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrls {
    /// Scheme, host and path prefix, without a trailing slash.
    pub public_url: String,
    /// The processor's key for the page's card fields.
    pub publishable_key: String,
}

impl PublicUrls {
    /// The hosted page of a session.
    pub fn checkout_url(&self, client_secret: &str) -> String {
        format!("{}/checkout/{client_secret}", self.public_url)
    }

    /// The page that follows a confirmation.
    pub fn confirmation_url(&self, client_secret: &str) -> String {
        format!("{}/checkout/{client_secret}/confirmation", self.public_url)
    }

    /// The page on which a customer pays an order.
    pub fn order_url(&self, secret: &str) -> String {
        format!("{}/pay/{secret}", self.public_url)
    }

    /// The address that buyers visit by a checkout link.
    pub fn checkout_link_url(&self, client_secret: &str) -> String {
        format!(
            "{}/v1/checkout-links/{client_secret}/redirect",
            self.public_url
        )
    }

    /// The short address of a checkout link, for people: the beginning of the secret is enough to find it.
    pub fn short_link_url(&self, client_secret: &str) -> String {
        let name = client_secret.strip_prefix(LINK_PREFIX);
        let name = name.and_then(|body| body.get(..SHORT_LINK));
        format!("{}/buy/{}", self.public_url, name.unwrap_or(client_secret))
    }

    /// True where browsers reach the server over https only.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The page on which a one-time link signs somebody in; `next` is the page of ours that follows.
    pub fn sign_in_link(&self, token: &str, next: Option<&str>) -> String {
        let page = format!("{}/sign-in/link/{token}", self.public_url);
        let Some(next) = next else {
            return page;
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", next);
        format!("{page}?{}", query.finish())
    }

    /// The page on which somebody who was invited comes in.
    pub fn invitation_url(&self, token: &str) -> String {
        format!("{}/invitations/{token}", self.public_url)
    }

    /// The page on which people sign in.
    pub fn sign_in_url(&self) -> String {
        format!("{}/sign-in", self.public_url)
    }

    /// The customer portal, where customers sign in.
    pub fn portal_page(&self, slug: &str) -> String {
        format!("{}/{slug}/portal", self.public_url)
    }

    /// The page of the customer portal on which a new e-mail address is confirmed.
    pub fn email_change_url(&self, slug: &str, token: &str) -> String {
        format!(
            "{}/{slug}/portal/verify-email?token={token}",
            self.public_url
        )
    }

    /// The page of the customer portal on which a seat is claimed.
    pub fn seat_url(&self, slug: &str, token: &str) -> String {
        format!("{}/{slug}/portal/claim?token={token}", self.public_url)
    }

    /// The customer portal, opened by a session token.
    pub fn portal_url(&self, slug: &str, token: &str, email: &str) -> String {
        let page = format!("{}/{slug}/portal?", self.public_url);
        let query = page.len();
        let mut url = url::form_urlencoded::Serializer::for_suffix(page, query);
        url.append_pair("customer_session_token", token);
        url.append_pair("email", email);
        url.finish()
    }
}
