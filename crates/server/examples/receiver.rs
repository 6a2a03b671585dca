//! Receiver for bench/webhooks, which measures with it: it costs next to nothing, and makes steady load. It needs only
//! the standard library, so that `rustc -O` builds it in seconds.
//!
//!     receiver latency PORT SECONDS RATE HOST:PORT TOKEN PRODUCT   sessions created, and how soon it hears of them
//!     receiver drain PORT COUNT                                    how fast and in what order COUNT events come
//!     receiver hang PORT                                           takes connections and never answers
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::unwrap_used, reason = "a measuring tool")]

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Since when a test that hears nothing more is over.
const SILENCE: Duration = Duration::from_secs(30);
/// Connections that create sessions.
const CALLERS: usize = 8;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["latency", port, seconds, rate, server, token, product] => {
            let (seconds, rate): (u32, u32) = (seconds.parse().unwrap(), rate.parse().unwrap());
            let body = format!(r#"{{"products":["{product}"]}}"#);
            let request = format!(
                "POST /v1/checkouts/ HTTP/1.1\r\nhost: {server}\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            latency(
                &listen(port),
                server,
                &request,
                seconds * rate,
                Duration::from_secs(1) / rate,
            );
        }
        ["drain", port, count] => drain(&listen(port), count.parse().unwrap()),
        ["hang", port] => {
            let listener = bind(port);
            let held: Vec<_> = listener.incoming().collect();
            drop(held);
        }
        _ => panic!("latency, drain or hang"),
    }
}

/// A delivery: when its first byte came, in microseconds since 1970, and its body.
type Came = (i64, String);

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_micros()).unwrap()
}

fn bind(port: &str) -> TcpListener {
    TcpListener::bind(("127.0.0.1", port.parse().unwrap())).unwrap()
}

fn listen(port: &str) -> Receiver<Came> {
    let listener = bind(port);
    let (sender, came) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let sender = sender.clone();
            thread::spawn(move || serve(stream.unwrap(), &sender));
        }
    });
    came
}

/// Answers every request on a connection with 204.
fn serve(mut stream: TcpStream, sender: &Sender<Came>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut read = Vec::new();
    loop {
        let came = message(&mut stream, &mut read)?;
        sender.send(came).ok()?;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok()?;
    }
}

/// The next message on a connection; `read` keeps what came behind it.
fn message(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Came> {
    let mut first = if read.is_empty() { 0 } else { now() };
    let mut chunk = [0; 16 * 1024];
    loop {
        if let Some((head, length)) =
            head(read).filter(|(head, length)| read.len() >= head + length)
        {
            let body = String::from_utf8(read[head..head + length].to_vec()).ok()?;
            read.drain(..head + length);
            return Some((first, body));
        }
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            n => read.extend_from_slice(&chunk[..n]),
        }
        if first == 0 {
            first = now();
        }
    }
}

/// The position of the body, and its length.
fn head(read: &[u8]) -> Option<(usize, usize)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..end]).ok()?.to_ascii_lowercase();
    let (_, rest) = text.split_once("content-length:")?;
    Some((end, rest.lines().next()?.trim().parse().ok()?))
}

/// The first value after `name` in JSON text; strings without their quotes.
fn field<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("\"{name}\":"))?;
    let rest = rest.trim_start_matches('"');
    Some(&rest[..rest.find(['"', ',', '}'])?])
}

/// `2026-11-23T07:00:00.123456Z` of today, in microseconds since 1970.
fn instant(text: &str) -> Option<i64> {
    const DAY: i64 = 24 * 60 * 60 * 1_000_000;
    let clock = text.split_once('T')?.1.trim_end_matches('Z');
    let mut parts = clock.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next()?.parse().ok()?;
    let of_day = (hours * 60 + minutes) * 60_000_000 + (seconds * 1e6).round() as i64;
    let midnight = now() / DAY * DAY;
    // around midnight it was yesterday
    Some(if midnight + of_day > now() + DAY / 2 {
        midnight - DAY + of_day
    } else {
        midnight + of_day
    })
}

/// A commit lies between the payload's timestamp, which is taken before it, and the request's answer, which is
/// sent after it: the delay is told from both.
fn latency(came: &Receiver<Came>, server: &str, request: &str, count: u32, pace: Duration) {
    let answered: Arc<Mutex<HashMap<String, i64>>> = Arc::default();
    let (ticks, due) = channel::<()>();
    let due = Arc::new(Mutex::new(due));
    for _ in 0..CALLERS {
        let (due, answered, request) = (due.clone(), answered.clone(), request.to_owned());
        let mut stream = TcpStream::connect(server).unwrap();
        stream.set_nodelay(true).unwrap();
        thread::spawn(move || {
            let mut read = Vec::new();
            loop {
                if due.lock().unwrap().recv().is_err() {
                    return;
                }
                stream.write_all(request.as_bytes()).unwrap();
                let (at, body) = message(&mut stream, &mut read).unwrap();
                let id = field(&body, "id").unwrap().to_owned();
                answered.lock().unwrap().insert(id, at);
            }
        });
    }
    thread::spawn(move || {
        let begin = Instant::now();
        for n in 0..count {
            thread::sleep((pace * n).saturating_sub(begin.elapsed()));
            ticks.send(()).unwrap();
        }
    });
    let mut heard: HashMap<String, (i64, i64)> = HashMap::new();
    let mut twice = 0;
    while heard.len() < count as usize {
        let Ok((at, body)) = came.recv_timeout(SILENCE) else {
            break;
        };
        let told = instant(field(&body, "timestamp").unwrap()).unwrap();
        let (_, data) = body.split_once("\"data\":").unwrap();
        let id = field(data, "id").unwrap().to_owned();
        twice += usize::from(heard.insert(id, (at, told)).is_some());
    }
    thread::sleep(Duration::from_millis(100));
    let answered = answered.lock().unwrap();
    let mut before: Vec<i64> = heard.values().map(|(at, told)| at - told).collect();
    let after = heard
        .iter()
        .filter_map(|(id, (at, _))| Some(at - answered.get(id)?));
    let mut after: Vec<i64> = after.collect();
    println!(
        "{} of {count} | {} | {} | {twice}",
        heard.len(),
        spread(&mut before),
        spread(&mut after),
    );
    assert!(heard.len() == count as usize, "events are missing");
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

fn drain(came: &Receiver<Came>, count: usize) {
    let (mut first, mut last) = (None, Instant::now());
    let (mut seen, mut twice, mut disordered, mut next) = (vec![false; count], 0, 0, 0);
    let mut left = count;
    while left > 0 {
        let Ok((_, body)) = came.recv_timeout(SILENCE) else {
            break;
        };
        last = Instant::now();
        first.get_or_insert(last);
        let n: usize = field(&body, "n").unwrap().parse().unwrap();
        if std::mem::replace(&mut seen[n], true) {
            twice += 1;
            continue;
        }
        left -= 1;
        disordered += usize::from(n != next);
        next = n + 1;
    }
    let took = (last - first.unwrap_or(last)).as_secs_f64();
    let rate = (count - left) as f64 / took;
    println!(
        "{} of {count} | {rate:.0} | {disordered} | {twice}",
        count - left
    );
    assert!(
        left == 0 && disordered == 0,
        "events are missing, or out of order"
    );
}
