//! The endpoints: which path does what, with which parameters and which permission.

use axum::http::Method;

use crate::{
    params::Param,
    work::{
        Call, ObjectResult, Work, account, customers, disputes, endpoints, events, intents,
        methods, refunds, setups, tokens,
    },
};

/// Work of an endpoint.
pub type Handler = fn(&mut Work<'_>, &Call<'_>) -> ObjectResult;

/// An endpoint.
#[derive(Clone)]
pub struct Route {
    /// Its name among the exchanges: the resource and the verb.
    pub operation: &'static str,
    /// `GET`, `POST` or `DELETE`.
    pub method: Method,
    /// The path; `{}` stands for an id.
    pub path: &'static str,
    /// Permission that a restricted key needs, without `rak_` before and `_read` or `_write` behind it.
    pub permission: &'static str,
    /// The parameters.
    pub params: &'static [Param],
    /// Work of the endpoint.
    pub handler: Handler,
    /// True where a publishable key may ask, too.
    pub publishable: bool,
}

macro_rules! routes {
    ($($verb:ident $path:literal $operation:literal $permission:literal $params:path, $handler:path $(, $publishable:ident)?;)*) => {
        /// The endpoints.
        pub const ROUTES: &[Route] = &[$(Route {
            operation: $operation,
            method: Method::$verb,
            path: $path,
            permission: $permission,
            params: $params,
            handler: $handler,
            publishable: routes!(@ $($publishable)?),
        }),*];
    };
    (@) => { false };
    (@ publishable) => { true };
}

routes! {
    GET "/v1/account" "accounts.retrieve" "accounts_kyc_basic" account::NONE, account::retrieve;
    GET "/v1/balance" "balance.retrieve" "balance" account::NONE, account::balance;
    GET "/v1/balance_transactions/{}" "balance_transactions.retrieve" "balance_transaction_source" account::NONE, account::transaction;
    GET "/v1/charges" "charges.list" "charge" account::CHARGES, account::charges;
    GET "/v1/charges/{}" "charges.retrieve" "charge" account::NONE, account::charge;
    POST "/v1/confirmation_tokens" "script.confirmation_tokens.create" "token" tokens::SCRIPT, tokens::create_by_script, publishable;
    GET "/v1/confirmation_tokens/{}" "confirmation_tokens.retrieve" "confirmation_token" account::NONE, tokens::retrieve;
    POST "/v1/test_helpers/confirmation_tokens" "test_helpers.confirmation_tokens.create" "confirmation_token" tokens::HELPER, tokens::create_by_helper;
    GET "/v1/customers" "customers.list" "customer" customers::LIST, customers::list;
    POST "/v1/customers" "customers.create" "customer" customers::PARAMS, customers::create;
    GET "/v1/customers/{}" "customers.retrieve" "customer" account::NONE, customers::retrieve;
    POST "/v1/customers/{}" "customers.update" "customer" customers::PARAMS, customers::update;
    DELETE "/v1/customers/{}" "customers.delete" "customer" account::NONE, customers::delete;
    GET "/v1/disputes" "disputes.list" "dispute" disputes::LIST, disputes::list;
    GET "/v1/disputes/{}" "disputes.retrieve" "dispute" disputes::ONE, disputes::retrieve;
    POST "/v1/disputes/{}/close" "disputes.close" "dispute" disputes::ONE, disputes::close;
    GET "/v1/events" "events.list" "event" events::LIST, events::list;
    GET "/v1/events/{}" "events.retrieve" "event" account::NONE, events::retrieve;
    GET "/v1/payment_intents" "payment_intents.list" "payment_intent" intents::params::LIST, intents::list;
    POST "/v1/payment_intents" "payment_intents.create" "payment_intent" intents::params::CREATE, intents::create;
    GET "/v1/payment_intents/{}" "payment_intents.retrieve" "payment_intent" intents::params::RETRIEVE, intents::retrieve, publishable;
    POST "/v1/payment_intents/{}" "payment_intents.update" "payment_intent" intents::params::UPDATE, intents::update;
    POST "/v1/payment_intents/{}/confirm" "payment_intents.confirm" "payment_intent" intents::params::CONFIRM, intents::confirm;
    POST "/v1/payment_intents/{}/cancel" "payment_intents.cancel" "payment_intent" intents::params::CANCEL, intents::cancel;
    GET "/v1/payment_method_domains" "payment_method_domains.list" "payment_method_domain" endpoints::DOMAINS, endpoints::list_domains;
    POST "/v1/payment_method_domains" "payment_method_domains.create" "payment_method_domain" endpoints::DOMAIN, endpoints::create_domain;
    GET "/v1/payment_method_domains/{}" "payment_method_domains.retrieve" "payment_method_domain" account::NONE, endpoints::retrieve_domain;
    GET "/v1/payment_methods" "payment_methods.list" "payment_method" methods::LIST, methods::list;
    GET "/v1/payment_methods/{}" "payment_methods.retrieve" "payment_method" account::NONE, methods::retrieve;
    POST "/v1/payment_methods/{}" "payment_methods.update" "payment_method" methods::UPDATE, methods::update;
    POST "/v1/payment_methods/{}/attach" "payment_methods.attach" "payment_method" methods::ATTACH, methods::attach;
    POST "/v1/payment_methods/{}/detach" "payment_methods.detach" "payment_method" account::NONE, methods::detach;
    GET "/v1/refunds" "refunds.list" "charge" refunds::LIST, refunds::list;
    POST "/v1/refunds" "refunds.create" "charge" refunds::CREATE, refunds::create;
    GET "/v1/refunds/{}" "refunds.retrieve" "charge" account::NONE, refunds::retrieve;
    POST "/v1/refunds/{}" "refunds.update" "charge" refunds::UPDATE, refunds::update;
    GET "/v1/setup_intents" "setup_intents.list" "setup_intent" setups::LIST, setups::list;
    POST "/v1/setup_intents" "setup_intents.create" "setup_intent" setups::CREATE, setups::create;
    GET "/v1/setup_intents/{}" "setup_intents.retrieve" "setup_intent" intents::params::RETRIEVE, setups::retrieve, publishable;
    POST "/v1/setup_intents/{}/confirm" "setup_intents.confirm" "setup_intent" setups::CONFIRM, setups::confirm;
    POST "/v1/setup_intents/{}/cancel" "setup_intents.cancel" "setup_intent" setups::CANCEL, setups::cancel;
    GET "/v1/webhook_endpoints" "webhook_endpoints.list" "webhook" endpoints::LIST, endpoints::list;
    POST "/v1/webhook_endpoints" "webhook_endpoints.create" "webhook" endpoints::CREATE, endpoints::create;
    GET "/v1/webhook_endpoints/{}" "webhook_endpoints.retrieve" "webhook" account::NONE, endpoints::retrieve;
    POST "/v1/webhook_endpoints/{}" "webhook_endpoints.update" "webhook" endpoints::UPDATE, endpoints::update;
}

/// The endpoint of a path, with the id in it.
pub fn find<'path>(method: &Method, path: &'path str) -> Option<(&'static Route, &'path str)> {
    ROUTES.iter().find_map(|route| {
        let id = matches(route.path, path)?;
        (route.method == *method).then_some((route, id))
    })
}

fn matches<'path>(pattern: &str, path: &'path str) -> Option<&'path str> {
    let Some((before, after)) = pattern.split_once("{}") else {
        return (pattern == path).then_some("");
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_endpoint() {
        let name = |method, path| find(&method, path).map(|(route, id)| (route.operation, id));
        assert_eq!(
            name(Method::POST, "/v1/payment_intents/pi_1/confirm"),
            Some(("payment_intents.confirm", "pi_1"))
        );
        assert_eq!(
            name(Method::GET, "/v1/payment_intents/pi_1"),
            Some(("payment_intents.retrieve", "pi_1"))
        );
        assert_eq!(
            name(Method::GET, "/v1/payment_intents"),
            Some(("payment_intents.list", ""))
        );
        assert_eq!(name(Method::DELETE, "/v1/payment_intents"), None);
        assert_eq!(name(Method::GET, "/v1/payment_intents/pi_1/nonsense"), None);
    }
}
