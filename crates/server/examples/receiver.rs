//! What bench/webhooks measures with: a receiver that costs next to nothing, and steady load.
//!
//!     receiver latency PORT SECONDS RATE BASE TOKEN PRODUCT   sessions created, and how soon the receiver hears
//!     receiver drain PORT COUNT                               how fast and in what order COUNT events come
//!     receiver hang PORT                                      takes connections and never answers
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::unwrap_used, reason = "a measuring tool")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use till_ports::outbound::Outbound;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

/// Since when a test that hears nothing more is over.
const SILENCE: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["latency", port, seconds, rate, base, token, product] => {
            let load = Load {
                base,
                token,
                product,
                count: seconds.parse::<u64>().unwrap() * rate.parse::<u64>().unwrap(),
                pace: Duration::from_secs(1) / rate.parse().unwrap(),
            };
            latency(listen(port).await, load).await;
        }
        ["drain", port, count] => drain(listen(port).await, count.parse().unwrap()).await,
        ["hang", port] => {
            let listener = TcpListener::bind(("127.0.0.1", port.parse().unwrap()))
                .await
                .unwrap();
            let mut held = Vec::new();
            loop {
                held.push(listener.accept().await.unwrap());
            }
        }
        _ => panic!("latency, drain or hang"),
    }
}

/// A delivery: when its first byte came, in microseconds since 1970, and its body.
type Came = (i64, Vec<u8>);

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_micros()).unwrap()
}

async fn listen(port: &str) -> UnboundedReceiver<Came> {
    let listener = TcpListener::bind(("127.0.0.1", port.parse().unwrap()))
        .await
        .unwrap();
    let (sender, came) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, sender.clone()));
        }
    });
    came
}

/// Answers every request on a connection with 204.
async fn serve(mut stream: TcpStream, sender: UnboundedSender<Came>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut read = Vec::with_capacity(1 << 16);
    loop {
        let mut first = 0;
        let (head, length) = loop {
            if let Some(found) = head(&read) {
                break found;
            }
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
            if first == 0 {
                first = now();
            }
        };
        while read.len() < head + length {
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        }
        let body = read[head..head + length].to_vec();
        read.drain(..head + length);
        sender.send((first, body)).ok()?;
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .await
            .ok()?;
    }
}

/// Where the body begins, and how long it is.
fn head(read: &[u8]) -> Option<(usize, usize)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..end]).ok()?.to_ascii_lowercase();
    let (_, rest) = text.split_once("content-length:")?;
    Some((end, rest.lines().next()?.trim().parse().ok()?))
}

struct Load<'a> {
    base: &'a str,
    token: &'a str,
    product: &'a str,
    count: u64,
    pace: Duration,
}

/// A commit lies between the payload's timestamp, which is taken before it, and the request's answer, which is
/// sent after it: the delay is told from both.
async fn latency(mut came: UnboundedReceiver<Came>, load: Load<'_>) {
    let client = Outbound::new(true).unwrap();
    let url = format!("{}/v1/checkouts/", load.base);
    let body = format!(r#"{{"products":["{}"]}}"#, load.product);
    let authorization = format!("Bearer {}", load.token);
    let answered: Arc<Mutex<HashMap<String, i64>>> = Arc::default();
    let mut ticks = interval(load.pace);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..load.count {
        ticks.tick().await;
        let (client, answered) = (client.clone(), answered.clone());
        let (url, authorization, body) = (url.clone(), authorization.clone(), body.clone());
        tokio::spawn(async move {
            let headers = [
                ("authorization", &*authorization),
                ("content-type", "application/json"),
            ];
            let answer = client.post(&url, &headers, body).await.unwrap();
            let at = now();
            assert_eq!(answer.status, 201, "{}", answer.body);
            // Only the beginning of an answer is kept, so it is no whole JSON.
            let id = answer.body.split(r#""id":""#).nth(1).unwrap()[..36].to_owned();
            answered.lock().unwrap().insert(id, at);
        });
    }
    let mut heard: HashMap<String, (i64, i64)> = HashMap::new();
    let mut twice = 0;
    while heard.len() < usize::try_from(load.count).unwrap() {
        let Ok(Some((at, body))) = timeout(SILENCE, came.recv()).await else {
            break;
        };
        let body: Value = serde_json::from_slice(&body).unwrap();
        let told: jiff::Timestamp = body["timestamp"].as_str().unwrap().parse().unwrap();
        let id = body["data"]["id"].as_str().unwrap().to_owned();
        twice += usize::from(heard.insert(id, (at, told.as_microsecond())).is_some());
    }
    sleep(Duration::from_millis(100)).await;
    let answered = answered.lock().unwrap();
    let mut before: Vec<i64> = heard.values().map(|(at, told)| at - told).collect();
    let mut after: Vec<i64> = heard
        .iter()
        .filter_map(|(id, (at, _))| Some(at - answered.get(id)?))
        .collect();
    let all = heard.len() == usize::try_from(load.count).unwrap();
    println!(
        "{} of {} | {} | {} | {twice}",
        heard.len(),
        load.count,
        spread(&mut before),
        spread(&mut after),
    );
    assert!(all, "events are missing");
}

/// Median, 99th percentile and maximum, in milliseconds.
fn spread(micros: &mut [i64]) -> String {
    micros.sort_unstable();
    let at = |part: f64| match micros.len() {
        0 => f64::NAN,
        n => micros[((n - 1) as f64 * part) as usize].max(0) as f64 / 1000.0,
    };
    format!("{:.1} | {:.1} | {:.1}", at(0.5), at(0.99), at(1.0))
}

async fn drain(mut came: UnboundedReceiver<Came>, count: usize) {
    let (mut first, mut last) = (None, Instant::now());
    let (mut seen, mut twice, mut disordered, mut next) = (vec![false; count], 0, 0, 0);
    let mut left = count;
    while left > 0 {
        let Ok(Some((_, body))) = timeout(SILENCE, came.recv()).await else {
            break;
        };
        last = Instant::now();
        first.get_or_insert(last);
        let body: Value = serde_json::from_slice(&body).unwrap();
        let n = usize::try_from(body["data"]["n"].as_u64().unwrap()).unwrap();
        if seen[n] {
            twice += 1;
            continue;
        }
        seen[n] = true;
        left -= 1;
        disordered += usize::from(n != next);
        next = n + 1;
    }
    let took = (last - first.unwrap_or(last)).as_secs_f64();
    println!(
        "{} of {count} | {:.0} | {disordered} | {twice}",
        count - left,
        (count - left) as f64 / took,
    );
    assert!(
        left == 0 && disordered == 0,
        "events are missing, or out of order"
    );
}
