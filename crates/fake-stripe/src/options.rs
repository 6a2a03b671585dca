//! Options with which a fake is started.

use std::{net::SocketAddr, path::PathBuf};

use jiff::Timestamp;

/// Options with which a fake is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Moment at which its clock stands until it is moved; without one, the machine's clock runs.
    pub start: Option<Timestamp>,
    /// Live mode: `sk_live_…` keys, `livemode` true, no test payment methods by name.
    pub live: bool,
    /// Id of the account.
    pub account: String,
    /// Beginning of its statement descriptors.
    pub statement_descriptor_prefix: String,
    /// True where the account can charge.
    pub charges_enabled: bool,
    /// Address of the API; a free loopback port by default.
    pub listen: SocketAddr,
    /// Address of the script; a free loopback port by default.
    pub listen_script: SocketAddr,
    /// Endpoints that every notice is sent to, signed with [`crate::FakeStripe::webhook_secret`].
    pub webhooks: Vec<String>,
    /// File that keeps the books over a restart; in memory without one. Its seed outlives the options'.
    pub data: Option<PathBuf>,
    /// Seed from which ids, keys and chance follow.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            start: None,
            live: false,
            account: "acct_1FakeStripe0000".to_owned(),
            statement_descriptor_prefix: "FAKE".to_owned(),
            charges_enabled: true,
            listen: loopback,
            listen_script: loopback,
            webhooks: Vec::new(),
            data: None,
            seed: 0,
        }
    }
}
