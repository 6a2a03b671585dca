//! One run: everything is started, bought, killed, left to settle, and judged.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use till_store::Store;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{
    Args, Failure,
    buyer::{self, Seen, World},
    faults::{self, Disk, Fault, Interruptions},
    judge::{Verdict, judge},
    mailbox::Mailbox,
    net::{self, Net},
    node::{Node, Recipe},
    processor::{self, Failures, Processor},
    receiver::Receiver,
    record::{self, Documents, Mailed, Record, Usage},
    shop, stripe, time,
};

/// Between a node's return and its next death, in milliseconds.
const CALM: std::ops::Range<u64> = 50..900;
/// Programs that tell of usage at the same time.
const PROGRAMS: usize = 3;
/// The time that buyers have to end what they began.
const CLOSING: Duration = Duration::from_secs(130);

pub async fn run(args: &Args) -> Result<Verdict, Failure> {
    let seed = args.seed.unwrap_or(0);
    let folder = tempfile::tempdir()?;
    fs::create_dir_all(&args.logs)?;
    let receiver = Receiver::default();
    let hooks = receiver.start().await?;
    let mailbox = Mailbox::default();
    let smtp = mailbox.start().await?;
    let addresses = addresses(args)?;
    let (mut behind, processor) = processor::start(args, folder.path(), &addresses).await?;
    let disk = match args.fault {
        Fault::DiskFull => Some(Disk::small(folder.path()).await?),
        _ => None,
    };
    let place = disk.as_ref().map_or(folder.path(), |disk| &disk.folder);
    let (mut nodes, database) = nodes(args, place, &addresses, (&processor, &smtp)).await?;
    let token = nodes[0].ready["token"].as_str().ok_or("no token")?;
    let urls = nodes.iter().map(|node| node.url.clone()).collect();
    let net = Net::new(urls, token.to_owned())?;
    let shop = shop::open(&net, &hooks, args.buyers).await?;
    let store = record::open(&database).await?;
    let world = World {
        net,
        processor: processor.clone(),
        shop: Arc::new(shop),
        seen: Arc::new(Mutex::new(Seen::default())),
        closing: Arc::new(AtomicBool::new(false)),
        store: store.clone(),
    };
    let interruptions = Interruptions::default();
    let hastening = tokio::spawn(time::hasten(store.clone()));

    let begun = Instant::now();
    let mut buyers = JoinSet::new();
    for number in 0..args.buyers {
        buyers.spawn(buyer::live(world.clone(), number, seed));
    }
    if world.shop.measures {
        for number in 0..PROGRAMS {
            buyers.spawn(buyer::measure(world.clone(), number, seed));
        }
    }
    let late = calm_after(args, &processor, &addresses, seed, async {
        kill(args, &mut nodes, &mut behind, &interruptions, seed).await
    })
    .await?;
    let injected = faults::inject(args, &processor, &nodes, disk.as_ref(), &interruptions);
    let late = late.max(injected.await?);
    let over = Instant::now();
    // What comes after the fault is as it was before.
    let after = buyer::once(&world).await;
    world.closing.store(true, Ordering::Relaxed);
    let rest = async { while buyers.join_next().await.is_some() {} };
    timeout(CLOSING, rest)
        .await
        .map_err(|_| "buyers did not end")?;
    let busy = begun.elapsed();
    let left = late.saturating_sub(over.elapsed());
    sleep(left).await;
    processor.pass_time().await?;
    receiver.hurry();
    mailbox.hurry();
    let began_to_settle = Instant::now();
    let abandoned = world.abandoned();
    let patience = Duration::from_secs(args.patience);
    let mut waiting = settle(&store, &processor, &abandoned, patience).await;
    let settling = began_to_settle.elapsed();
    world.fetch_again().await;
    let seen = std::mem::take(&mut *world.seen.lock().expect("no holder panics"));
    if after != "bought" {
        waiting.push(format!("the purchase after the fault: {after}"));
    }
    let dead = nodes
        .iter_mut()
        .filter_map(|node| (!node.is_alive()).then(|| node.url.clone()));
    waiting.extend(dead.map(|url| format!("Till at {url} has ended by itself")));
    hastening.abort();
    let _ = hastening.await;
    let mut record = Record::read(&store, &processor, &receiver, &world.shop.endpoints).await?;
    record.acknowledged = seen.acknowledged;
    record.abandoned = seen.abandoned;
    record.moved = seen.moved;
    record.changes = seen.changes;
    record.waiting = waiting;
    record.mail = Some(Mailed::read(&store, mailbox.arrivals(), &args.logs).await?);
    let mut documents = Documents::read(&store, &place.join("data/files")).await?;
    documents.fetched = seen.fetched;
    documents.asked = seen.asked;
    documents.missing = seen.missing;
    record.documents = Some(documents);
    if world.shop.measures {
        let activations = (seen.activating, seen.activated);
        record.usage = Some(Usage::read(&world, seen.sent, &seen.measured, activations).await?);
    }
    record.interruptions = interruptions.all();
    record.repeats_allowed = false;
    let mut verdict = Verdict::default();
    verdict.count("kills", args.kills as usize);
    verdict.count("seconds under load", busy.as_secs() as usize);
    verdict.count("seconds until all was settled", settling.as_secs() as usize);
    verdict.count("requests made again", world.net.repeated());
    for (end, number) in seen.ends {
        verdict.count(end, number);
    }
    let judged = judge(&record);
    verdict.counts.extend(judged.counts);
    verdict.violations = judged.violations;
    store.close().await;
    Ok(verdict)
}

/// The addresses of Till's nodes: one on SQLite, two on PostgreSQL.
fn addresses(args: &Args) -> Result<Vec<String>, Failure> {
    let count = if args.postgres.is_some() { 2 } else { 1 };
    (0..count).map(|_| net::free_address()).collect()
}

/// The nodes, and the database's address.
async fn nodes(
    args: &Args,
    place: &Path,
    addresses: &[String],
    (processor, smtp): (&Processor, &str),
) -> Result<(Vec<Node>, String), Failure> {
    let data = text(&place.join("data"));
    let mut arguments = words(&["dev", "--json", "--data-dir", &data]);
    let (chosen, mut environment) = processor.settings();
    arguments.extend(chosen);
    environment.push(("TILL_SMTP_URL", smtp.to_owned()));
    environment.push(("TILL_MAIL_FROM", "till@example.com".to_owned()));
    let database = match &args.postgres {
        Some(url) => url.clone(),
        None => format!("sqlite://{data}/till.db"),
    };
    arguments.extend(words(&["--database-url", &database]));
    let mut nodes = Vec::new();
    for (n, address) in addresses.iter().enumerate() {
        let is_old = n == 0 && addresses.len() > 1;
        let old = args.old_till.as_ref().filter(|_| is_old);
        let recipe = Recipe {
            program: old.unwrap_or(&args.till).clone(),
            arguments: arguments.clone(),
            environment: environment.clone(),
            listen: address.clone(),
            log: args.logs.join(format!("chaos-node{n}.log")),
            limited: args.fault == Fault::DiskFull,
        };
        nodes.push(Node::start(recipe).await?);
    }
    Ok((nodes, database))
}

/// Does `what` while Stripe is troubled and its notices are forged, and ends the troubles; how much longer a notice
/// of theirs may be on its way. The sandbox has none of that.
async fn calm_after(
    args: &Args,
    processor: &Processor,
    nodes: &[String],
    seed: u64,
    what: impl Future<Output = Result<(), Failure>>,
) -> Result<Duration, Failure> {
    let Processor::Stripe(fake) = processor else {
        return what.await.map(|()| Duration::ZERO);
    };
    if args.kills == 0 {
        return what.await.map(|()| Duration::ZERO);
    }
    tokio::select! {
        done = what => done?,
        () = fake.clone().disturb(nodes.to_vec(), seed, args.brief) => {}
    }
    processor.fail(Failures::default()).await?;
    Ok(match args.brief {
        true => Duration::from_secs(3),
        false => stripe::LATE + Duration::from_secs(3),
    })
}

/// Kills one node after another at random moments, sometimes all at once; the fake Stripe now and then, too.
async fn kill(
    args: &Args,
    nodes: &mut [Node],
    behind: &mut Node,
    interruptions: &Interruptions,
    seed: u64,
) -> Result<(), Failure> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut killed = 0;
    while killed < args.kills {
        sleep(Duration::from_millis(chance.random_range(CALM))).await;
        let with_processor = args.processor == processor::Kind::Stripe && chance.random_bool(0.1);
        if with_processor {
            behind.kill().await?;
        }
        let all = nodes.len() > 1 && args.kills - killed > 1 && chance.random_bool(0.2);
        let which = match all {
            true => 0..nodes.len(),
            false => {
                let one = chance.random_range(0..nodes.len());
                one..one + 1
            }
        };
        killed += which.len() as u32;
        let processor = with_processor.then_some(&mut *behind);
        interruptions
            .during(die(&mut nodes[which], processor))
            .await?;
        if killed % 50 == 0 {
            println!("  {killed} kills");
        }
    }
    Ok(())
}

/// Kills these nodes and starts them again, after the processor that was killed with them. What the dead have sent may
/// arrive until they are back.
async fn die(nodes: &mut [Node], processor: Option<&mut Node>) -> Result<(), Failure> {
    for node in nodes.iter_mut() {
        node.kill().await?;
    }
    if let Some(processor) = processor {
        processor.restart().await?;
    }
    for node in nodes.iter_mut() {
        node.restart().await?;
    }
    Ok(())
}

/// Waits until nothing is unfinished; what still is when nothing has changed for as long as patience lasts.
async fn settle(
    store: &Store,
    processor: &Processor,
    abandoned: &BTreeSet<Uuid>,
    patience: Duration,
) -> Vec<String> {
    let (mut left, mut since) = (Vec::new(), Instant::now());
    loop {
        let waiting = match unfinished(store, processor, abandoned).await {
            Ok(waiting) if waiting.is_empty() => return waiting,
            Ok(waiting) => waiting,
            Err(error) => vec![error.to_string()],
        };
        if waiting != left {
            (left, since) = (waiting, Instant::now());
        } else if since.elapsed() > patience {
            return left;
        }
        sleep(Duration::from_millis(300)).await;
    }
}

/// Work that Till has not finished, and what it has not heard of yet.
async fn unfinished(
    store: &Store,
    processor: &Processor,
    abandoned: &BTreeSet<Uuid>,
) -> Result<Vec<String>, Failure> {
    let waiting = record::waiting(store, abandoned).await?;
    match processor {
        Processor::Stripe(fake) if waiting.is_empty() => {
            record::unknown(store, &fake.told().await?).await
        }
        _ => Ok(waiting),
    }
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
