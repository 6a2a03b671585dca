//! The programs that create a checkout session, as they stand.

/// With curl, the token taken from the environment.
pub fn curl(url: &str, product: &str) -> String {
    format!(
        r#"curl -sS {url}/v1/checkouts/ \
  -H "Authorization: Bearer $TILL_ACCESS_TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{{"products": ["{product}"]}}'"#
    )
}
