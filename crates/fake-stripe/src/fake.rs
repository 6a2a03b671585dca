//! Shared state of a running fake: account, keys, clock and books.

use std::{
    collections::{HashSet, VecDeque},
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::{
    account::Account,
    books::{Books, WebhookEndpoint, letters},
    clock::{Clock, pause},
    keys::{Keys, Restricted, mode},
    options::Options,
    troubles::{Trouble, Troubles, dice},
    work::{self, RequestOrigin, Work},
};

/// Exchanges that are remembered.
const EXCHANGES: usize = 5_000;

/// A running fake.
pub struct Fake {
    /// Account whose books they are.
    pub account: Account,
    /// Its keys.
    pub keys: Keys,
    /// Its clock.
    pub clock: Clock,
    /// Seed from which chance and ids follow.
    pub seed: u64,
    /// Sender of the notices.
    pub client: reqwest::Client,
    closed: AtomicBool,
    thrown: AtomicU64,
    state: Mutex<State>,
    /// Number of times that the troubles were changed, and how many requests wait for the next time.
    changed: watch::Sender<u64>,
    held: watch::Sender<usize>,
}

/// State that changes while a fake runs.
#[derive(Default)]
pub struct State {
    /// The books.
    pub books: Books,
    /// Idempotency keys of requests that are being done.
    pub running: HashSet<String>,
    /// Troubles; the first that concern a request count.
    pub troubles: Vec<Troubles>,
    /// Requests and answers, numbered.
    pub exchanges: VecDeque<Value>,
    /// Restricted keys.
    pub restricted: Vec<Restricted>,
    numbered: u64,
    file: Option<File>,
}

impl Fake {
    /// A fake with the books of its file, if it has one.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or written, or that is no file of books.
    pub fn new(options: &Options, api_url: String, script_url: String) -> io::Result<Self> {
        let mut state = State::default();
        state.books.seed = options.seed;
        if let Some(path) = &options.data {
            state.file = Some(open(path, &mut state.books)?);
        }
        let seed = state.books.seed;
        let account = Account {
            id: options.account.clone(),
            live: options.live,
            prefix: options.statement_descriptor_prefix.clone(),
            country: "US".to_owned(),
            charges_enabled: options.charges_enabled,
            api_url,
            script_url,
        };
        let keys = Keys::new(&account.id, account.live, seed);
        let clock = Clock::new(options.start);
        clock.advance(state.books.moved);
        for url in &options.webhooks {
            let id = format!("we_{}", letters(&format!("{seed}:{url}"), 24));
            state.books.endpoints.put(WebhookEndpoint {
                id,
                created: clock.now(),
                url: url.clone(),
                events: vec!["*".to_owned()],
                secret: keys.webhook.clone(),
                description: None,
                metadata: Map::new(),
                api_version: None,
                enabled: true,
            });
        }
        Ok(Self {
            account,
            keys,
            clock,
            seed,
            client: client()?,
            closed: AtomicBool::new(false),
            thrown: AtomicU64::new(0),
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            held: watch::Sender::new(0),
        })
    }

    /// The state, for the time that the guard is held.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a piece of work and writes it down; beside its result, the ids of the events that it caused.
    pub fn work<T>(
        &self,
        asker: RequestOrigin<'_>,
        work: impl FnOnce(&mut Work<'_>) -> T,
    ) -> (T, Vec<String>) {
        let mut state = self.state();
        let before = state.books.events.all().len();
        let mut piece = Work {
            books: &mut state.books,
            account: &self.account,
            now: self.clock.now(),
            request: asker.request.map(str::to_owned),
            key: asker.key.map(str::to_owned),
            publishable: asker.publishable,
            processing: asker.processing,
        };
        let result = work(&mut piece);
        let events = state.books.events.all()[before..]
            .iter()
            .map(|event| event.id.clone())
            .collect();
        state.write();
        (result, events)
    }

    /// Does a piece of work that no request of the API asks for, and sends its notices.
    pub fn work_by_hand<T>(self: &Arc<Self>, work: impl FnOnce(&mut Work<'_>) -> T) -> T {
        let (result, events) = self.work(RequestOrigin::default(), work);
        let troubles = self
            .state()
            .troubles
            .first()
            .map(|troubles| troubles.notices.clone());
        self.notify(events, troubles.unwrap_or_default());
        result
    }

    /// Moves the clock, and does what is due by then.
    pub fn advance(self: &Arc<Self>, seconds: i64) {
        self.clock.advance(seconds);
        let moved = self.clock.moved();
        self.work_by_hand(|work| {
            work.books.moved = moved;
            work::settle(work);
        });
    }

    /// Does what is due.
    pub fn settle(self: &Arc<Self>) {
        self.work_by_hand(work::settle);
    }

    /// The troubles of a request: their kind and what happens to it.
    pub fn troubles_of(&self, method: &str, path: &str) -> (Troubles, Option<Trouble>) {
        let thrown = dice(self.seed, self.count());
        let mut state = self.state();
        let Some(troubles) = state
            .troubles
            .iter_mut()
            .find(|troubles| troubles.concern(method, path))
        else {
            return (Troubles::default(), None);
        };
        let found = troubles.clone();
        let trouble = found.roll(thrown);
        if trouble.is_some() {
            troubles.times = troubles.times.map(|times| times.saturating_sub(1));
        }
        (found, trouble)
    }

    /// Gives the requests from now on other troubles, and lets those go that are held.
    pub fn set_troubles(&self, troubles: Vec<Troubles>) {
        self.state().troubles = troubles;
        self.changed.send_modify(|times| *times += 1);
    }

    /// The wait of a request with these troubles before it is done.
    pub async fn pause(&self, troubles: &Troubles) {
        if troubles.slow_ms > 0 {
            pause(troubles.slow_ms).await;
        }
        if troubles.held {
            let mut changed = self.changed.subscribe();
            // Changed since the troubles of this request were found.
            if !self.state().troubles.iter().any(|now| now.held) {
                return;
            }
            let _held = HeldRequest::of(self);
            let _ = changed.changed().await;
        }
    }

    /// Waits until so many requests are held at the same time.
    pub async fn held(&self, requests: usize) {
        let mut held = self.held.subscribe();
        let _ = held.wait_for(|now| *now >= requests).await;
    }

    /// Number of times that chance was asked so far.
    pub fn count(&self) -> u64 {
        self.thrown.fetch_add(1, Ordering::Relaxed)
    }

    /// A restricted key with permissions.
    pub fn restrict(&self, permissions: Vec<String>) -> String {
        let mut state = self.state();
        let mode = mode(self.account.live);
        let key = format!("rk_{mode}_51{}", letters(&state.books.id("key"), 40));
        state.restricted.push(Restricted {
            key: key.clone(),
            permissions,
        });
        key
    }

    /// True where nobody wants anything of it any more.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Nobody wants anything of it any more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

/// A request that waits, counted until it goes on or its client goes away.
struct HeldRequest<'a>(&'a watch::Sender<usize>);

impl<'a> HeldRequest<'a> {
    fn of(fake: &'a Fake) -> Self {
        fake.held.send_modify(|held| *held += 1);
        Self(&fake.held)
    }
}

impl Drop for HeldRequest<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|held| *held -= 1);
    }
}

impl State {
    /// Writes down what changed; an answer is given only afterwards.
    pub fn write(&mut self) {
        let lines = self.books.written();
        if let Some(file) = self.file.as_mut().filter(|_| !lines.is_empty())
            && let Err(error) = file.write_all(lines.as_bytes())
        {
            // Books that are not kept would judge wrongly after a restart.
            panic!("the books cannot be written: {error}");
        }
    }

    /// Remembers a request and its answer.
    pub fn record(&mut self, mut exchange: Value) {
        self.numbered += 1;
        exchange["number"] = json!(self.numbered);
        self.exchanges.push_back(exchange);
        if self.exchanges.len() > EXCHANGES {
            self.exchanges.pop_front();
        }
    }
}

fn open(path: &Path, books: &mut Books) -> io::Result<File> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    // A crash may have cut the last line.
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    for line in text[..whole].lines() {
        books
            .load(line)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    file.set_len(u64::try_from(whole).unwrap_or_default())?;
    Ok(file)
}

fn client() -> io::Result<reqwest::Client> {
    // Installed by whoever was first in this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(io::Error::other)
}
