//! Outbound calls in production: nothing inside the server's own network.

use serde_json::{Value, json};
use till_testkit::{Till, both};
use tokio::net::TcpListener;

const ENDPOINTS: &str = "/v1/webhooks/endpoints";

fn endpoint(url: &str) -> Value {
    json!({"url": url, "format": "raw", "events": ["product.created"]})
}

/// The deliveries to one endpoint.
async fn deliveries(t: &Till, endpoint: &Value) -> Vec<Value> {
    let id = endpoint["id"].as_str().unwrap();
    t.items(&format!("/v1/webhooks/deliveries?endpoint_id={id}"))
        .await
}

both! {
    async fn an_endpoint_inside_is_refused_when_it_is_saved(t: &mut Till) {
        let live = t.in_production();
        let saved = live.post(ENDPOINTS, endpoint("https://example.com/hook")).await.created();
        let path = format!("{ENDPOINTS}/{}", saved["id"].as_str().unwrap());
        for url in ["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://localhost./",
            "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[fd00::1]/",
            "https://169.254.169.254/latest/meta-data/", "https://a@10.0.0.1/"] {
            let wrong = live.post(ENDPOINTS, endpoint(url)).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[("value_error", "body.url")]), "{url}");
            let wrong = live.patch(&path, json!({"url": url})).await.unreadable();
            assert_eq!(wrong, crate::pairs(&[("value_error", "body.url")]), "{url}");
        }
        let wrong = live.post(ENDPOINTS, endpoint("http://example.com/hook")).await.unreadable();
        assert_eq!(wrong, crate::pairs(&[("url_scheme", "body.url")]));
        live.delete(&path).await.gone();
    }

    async fn a_delivery_that_would_go_inside_fails_with_the_reason_and_nothing_arrives(t: &mut Till) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // Saved when the server still allowed it, or by a name that pointed elsewhere then.
        let mut saved = Vec::new();
        for url in [format!("https://localhost:{port}/hook"), format!("https://127.0.0.1:{port}/"), format!("http://127.0.0.1:{port}/"),
            format!("https://[::ffff:127.0.0.1]:{port}/"), format!("http://localhost:{port}/")] {
            saved.push(t.post(ENDPOINTS, endpoint(&url)).await.created());
        }
        let live = t.in_production();
        live.product().await;
        live.drain().await;
        for endpoint in &saved {
            let made = deliveries(&live, endpoint).await;
            assert_eq!(made.len(), 1, "{endpoint}");
            assert_eq!((&made[0]["succeeded"], &made[0]["http_code"]), (&json!(false), &Value::Null));
            let reason = made[0]["response"].as_str().unwrap();
            let plain = endpoint["url"].as_str().unwrap().starts_with("http://localhost");
            let expected = if plain { "URL scheme is not allowed" } else { "the host has no public address" };
            assert!(reason.contains(expected), "{endpoint}: {reason}");
            assert!(!reason.contains("hook"), "the reason tells the address: {reason}");
        }
        tokio::select! {
            biased;
            _ = listener.accept() => panic!("somebody connected"),
            () = tokio::task::yield_now() => {}
        }
        t.see_through().await;
    }

    async fn an_endpoint_that_redirects_inside_is_not_followed(t: &mut Till) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (outside, inside) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (from, to) = (outside.local_addr().unwrap().port(), inside.local_addr().unwrap().port());
        let endpoint = t.post(ENDPOINTS, endpoint(&format!("http://127.0.0.1:{from}/"))).await.created();
        let served = tokio::spawn(async move {
            let (mut stream, _) = outside.accept().await.unwrap();
            let mut read = vec![0; 65_536];
            let _ = stream.read(&mut read).await.unwrap();
            let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{to}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        t.product().await;
        t.drain().await;
        served.await.unwrap();
        let made = deliveries(t, &endpoint).await;
        assert_eq!((&made[0]["succeeded"], &made[0]["http_code"]), (&json!(false), &json!(307)));
        tokio::select! {
            biased;
            _ = inside.accept() => panic!("the redirect was followed"),
            () = tokio::task::yield_now() => {}
        }
        t.see_through().await;
    }

    async fn of_a_proxys_addresses_the_last_counts_so_that_callers_cannot_choose_their_own(t: &mut Till) {
        let limited = t.limited(5);
        let mut last = 0;
        for n in 0..7 {
            let sent = format!("203.0.113.{n}, 198.51.100.1");
            let answer = limited.anonymous().get_with("/v1/products/", &[("x-client-ip", &sent)]).await;
            last = answer.status.as_u16();
        }
        assert_eq!(last, 429);
        let answer = limited.anonymous().get_with("/v1/products/", &[("x-client-ip", "198.51.100.1, 203.0.113.9")]).await;
        answer.refused(401, "Unauthorized");
    }
}
