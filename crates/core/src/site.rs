//! What every view needs to know of the server: where it is reached.

/// The server as the world sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and path prefix, without a trailing slash.
    pub public_url: String,
    /// The processor's key for the page's card fields.
    pub publishable_key: String,
}

impl Site {
    /// The hosted page of a session.
    pub fn checkout_url(&self, client_secret: &str) -> String {
        format!("{}/checkout/{client_secret}", self.public_url)
    }

    /// The page that follows a confirmation.
    pub fn confirmation_url(&self, client_secret: &str) -> String {
        format!("{}/checkout/{client_secret}/confirmation", self.public_url)
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
