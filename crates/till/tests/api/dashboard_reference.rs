//! The API's reference as pages.

use axum::http::Method;
use serde_json::Value;
use till_server::reference;
use till_testkit::both;

/// The scopes that a refusal names.
fn named(answer: &till_testkit::Answer) -> Vec<String> {
    let header = answer.headers["www-authenticate"].to_str().unwrap();
    let (_, rest) = header.split_once("scope=\"").unwrap();
    let (words, _) = rest.split_once('"').unwrap();
    words.split_whitespace().map(str::to_owned).collect()
}

both! {
    async fn the_reference_names_the_scopes_that_the_api_asks_for(t: &mut Till) {
        let powerless = t.with_token(&t.token_of(&[]).await);
        let mut asked = 0;
        for (path, item) in t.document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if operation["security"][0]["access_token"].is_null() {
                    continue;
                }
                let mut address = path.clone();
                while let (Some(from), Some(to)) = (address.find('{'), address.find('}')) {
                    address.replace_range(from..=to, "1dbfc517-0bbf-4301-9ba8-555ca42b9737");
                }
                let verb: Method = method.to_uppercase().parse().unwrap();
                let body = (verb != Method::GET).then(|| Value::Object(Default::default()).to_string());
                let answer = powerless.send(verb, &address, body).await;
                assert_eq!(answer.status, 403, "{method} {path}");
                let mut wanted = named(&answer);
                wanted.sort();
                let mut told = reference::scopes(operation["tags"][0].as_str().unwrap(), method, path);
                told.sort_unstable();
                assert_eq!(told, wanted, "{method} {path}");
                asked += 1;
            }
        }
        assert!(asked > 20, "{asked}");
    }

    async fn anybody_reads_the_reference(t: &mut Till) {
        let html = |page: &till_testkit::Answer| String::from_utf8(page.body.to_vec()).unwrap();
        let index = t.page("/reference").await;
        assert_eq!(index.status, 200);
        assert!(html(&index).contains("href=\"/reference/checkouts/create\""));
        let area = t.page("/reference/checkouts").await;
        assert_eq!(area.status, 200);
        assert!(area.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert!(html(&area).contains("id=\"checkouts-create\""));
        let operation = t.page("/reference/checkouts/create").await;
        assert_eq!(operation.status, 200);
        let call = format!("curl &#34;{}/v1/checkouts/", t.app.urls.public_url);
        assert!(html(&operation).contains(&call), "{}", html(&operation));
        assert_eq!(t.page("/reference/objects/Checkout").await.status, 200);
        let found = html(&t.page("/reference?q=redeliver").await);
        assert!(found.contains("/reference/webhooks/redeliver") && !found.contains("/reference/checkouts/create"));
        for nowhere in ["/reference/nothing", "/reference/checkouts/nothing", "/reference/objects/Nothing"] {
            assert_eq!(t.page(nowhere).await.status, 404, "{nowhere}");
        }
    }

    async fn a_page_of_the_reference_weighs_under_20_kb(t: &mut Till) {
        for path in ["", "/checkouts", "/checkouts/create", "/products/create", "/orders/list", "/objects/Checkout"] {
            let path = format!("/reference{path}");
            let page = t.anonymous().get_with(&path, &[("accept", "text/html"), ("accept-encoding", "gzip")]).await;
            assert_eq!(page.headers["content-encoding"], "gzip");
            assert!(page.body.len() < 20_000, "{path}: {} bytes", page.body.len());
        }
    }
}
