//! The receiver of letters: a mail server for everybody's letters that is now and then busy, slow, or hangs up on a letter
//! that it has taken.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;

use jiff::Timestamp;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::{
    Failure,
    record::{Arrival, Taken},
};

/// Of so many recipients one is asked to come back later, before the letter is sent.
const BUSY_EVERY: usize = 23;
/// Of so many letters one is refused for now, one is answered late, and one is taken without an answer.
const REFUSED_EVERY: usize = 11;
const SLOW_EVERY: usize = 13;
const CUT_EVERY: usize = 17;
/// The time that a slow answer takes: less than Till waits for it.
const SLOW: Duration = Duration::from_millis(700);
/// Bytes of a letter, at most.
const LARGEST: usize = 1 << 20;

#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    all: Arc<Mutex<Vec<Arrival>>>,
    recipients: Arc<AtomicUsize>,
    letters: Arc<AtomicUsize>,
    hurried: Arc<AtomicBool>,
}

/// Fault of this letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    Refused,
    Slow,
    Cut,
}

impl Mailbox {
    /// Listens on a free port: the address, as Till's settings name it.
    pub async fn start(&self) -> Result<String, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mailbox = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mailbox = mailbox.clone();
                // Till may die in the middle of a letter.
                tokio::spawn(async move { mailbox.talk(stream).await.ok() });
            }
        });
        Ok(format!("smtp://{address}?tls=off"))
    }

    /// From now on every letter is taken at once.
    pub fn hurry(&self) {
        self.hurried.store(true, Ordering::Relaxed);
    }

    /// Everything that came, in order of arrival.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.all.lock().expect("no holder panics").clone()
    }

    async fn talk(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let (reading, mut writing) = stream.split();
        let mut lines = BufReader::new(reading);
        writing.write_all(b"220 mailbox\r\n").await?;
        let mut recipient = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let answer: &[u8] = match verb.as_str() {
                "EHLO" => b"250-mailbox\r\n250 8BITMIME\r\n",
                "RCPT" if self.is_busy() => b"450 Come back later.\r\n",
                "RCPT" => {
                    recipient = between(&line, '<', '>').to_owned();
                    b"250 Yes.\r\n"
                }
                "DATA" => {
                    writing.write_all(b"354 Go on.\r\n").await?;
                    let Some(letter) = letter(&mut lines).await? else {
                        return Ok(());
                    };
                    match self.take(&letter, &recipient) {
                        Trouble::Cut => return Ok(()),
                        Trouble::Refused => b"451 Not now.\r\n",
                        Trouble::Slow => {
                            sleep(SLOW).await;
                            b"250 Taken.\r\n"
                        }
                        Trouble::None => b"250 Taken.\r\n",
                    }
                }
                "QUIT" => {
                    writing.write_all(b"221 Good bye.\r\n").await?;
                    return Ok(());
                }
                _ => b"250 Fine.\r\n",
            };
            writing.write_all(answer).await?;
        }
    }

    fn is_busy(&self) -> bool {
        let count = self.recipients.fetch_add(1, Ordering::Relaxed) + 1;
        !self.hurried.load(Ordering::Relaxed) && count.is_multiple_of(BUSY_EVERY)
    }

    /// Writes down that a letter came, before it is answered.
    fn take(&self, letter: &str, recipient: &str) -> Trouble {
        let count = self.letters.fetch_add(1, Ordering::Relaxed) + 1;
        let trouble = match () {
            () if self.hurried.load(Ordering::Relaxed) => Trouble::None,
            () if count.is_multiple_of(REFUSED_EVERY) => Trouble::Refused,
            () if count.is_multiple_of(CUT_EVERY) => Trouble::Cut,
            () if count.is_multiple_of(SLOW_EVERY) => Trouble::Slow,
            () => Trouble::None,
        };
        let name = header(letter, "Message-ID");
        let arrival = Arrival {
            letter: between(&name, '<', '@').parse().ok(),
            name,
            recipient: recipient.to_owned(),
            subject: header(letter, "Subject"),
            at: Timestamp::now(),
            taken: match trouble {
                Trouble::Refused => Taken::Refused,
                Trouble::Cut => Taken::Cut,
                Trouble::Slow | Trouble::None => Taken::Answered,
            },
        };
        self.all.lock().expect("no holder panics").push(arrival);
        trouble
    }
}

/// The letter that follows; none where the connection ends before it does.
async fn letter(lines: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Option<String>> {
    let mut letter = Vec::new();
    loop {
        let start = letter.len();
        let length = lines.read_until(b'\n', &mut letter).await?;
        if length == 0 || letter.len() > LARGEST {
            return Ok(None);
        }
        if &letter[start..] == b".\r\n" {
            return Ok(Some(String::from_utf8_lossy(&letter).into_owned()));
        }
    }
}

/// A header of a letter, its lines as one.
fn header(letter: &str, name: &str) -> String {
    let head = letter.split("\r\n\r\n").next().unwrap_or_default();
    let mut words = String::new();
    let mut is_it = false;
    for line in head.split("\r\n") {
        match line.split_once(':') {
            _ if line.starts_with([' ', '\t']) => {}
            Some((found, _)) => is_it = found.eq_ignore_ascii_case(name),
            None => is_it = false,
        }
        if is_it {
            words.push_str(line);
        }
    }
    let value = words.split_once(':').map_or("", |(_, value)| value);
    value.trim().to_owned()
}

fn between(text: &str, from: char, to: char) -> &str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(found, _)| found)
}
