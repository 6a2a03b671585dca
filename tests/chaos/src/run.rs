//! One run: everything is started, bought, killed, left to settle, and judged.

use std::{
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

use crate::{
    Args, Failure,
    buyer::{self, Seen, World},
    faults::{self, Disk, Fault},
    judge::{Verdict, judge},
    net::Net,
    node::{Node, Recipe},
    receiver::Receiver,
    record::{self, Record},
    shop,
};

/// Between a node's return and its next death, in milliseconds.
const CALM: std::ops::Range<u64> = 50..900;
/// The time that buyers have to end what they began.
const CLOSING: Duration = Duration::from_secs(130);

pub async fn run(args: &Args) -> Result<Verdict, Failure> {
    let seed = args.seed.unwrap_or(0);
    let folder = tempfile::tempdir()?;
    fs::create_dir_all(&args.logs)?;
    let receiver = Receiver::default();
    let hooks = receiver.start().await?;
    let sandbox = Node::start(sandbox(args, folder.path())).await?;
    let disk = match args.fault {
        Fault::DiskFull => Some(Disk::small(folder.path()).await?),
        _ => None,
    };
    let place = disk.as_ref().map_or(folder.path(), |disk| &disk.folder);
    let (mut nodes, database) = nodes(args, place, &sandbox.url).await?;
    let token = nodes[0].ready["token"].as_str().ok_or("no token")?;
    let urls = nodes.iter().map(|node| node.url.clone()).collect();
    let net = Net::new(urls, token.to_owned())?;
    let shop = shop::open(&net, &hooks, args.buyers).await?;
    let world = World {
        net,
        shop: Arc::new(shop),
        seen: Arc::new(Mutex::new(Seen::default())),
        closing: Arc::new(AtomicBool::new(false)),
    };
    let store = record::open(&database).await?;

    let begun = Instant::now();
    let mut buyers = JoinSet::new();
    for number in 0..args.buyers {
        buyers.spawn(buyer::live(world.clone(), number, seed));
    }
    kill(args, &mut nodes, seed).await?;
    let late = faults::inject(args, &sandbox.url, &nodes, disk.as_ref()).await?;
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
    receiver.hurry();
    let began_to_settle = Instant::now();
    let mut waiting = settle(&store, Duration::from_secs(args.patience)).await;
    let settling = began_to_settle.elapsed();

    let (acknowledged, ends) = {
        let seen = world.seen.lock().expect("no holder panics");
        (seen.acknowledged.clone(), seen.ends.clone())
    };
    if after != "bought" {
        waiting.push(format!("the purchase after the fault: {after}"));
    }
    let dead = nodes
        .iter_mut()
        .filter_map(|node| (!node.is_alive()).then(|| node.url.clone()));
    waiting.extend(dead.map(|url| format!("Till at {url} has ended by itself")));
    let mut record = Record::read(&store, &sandbox.url, &receiver, &world.shop.endpoints).await?;
    record.acknowledged = acknowledged;
    record.waiting = waiting;
    record.repeats_allowed = false;
    let mut verdict = Verdict::default();
    verdict.count("kills", args.kills as usize);
    verdict.count("seconds under load", busy.as_secs() as usize);
    verdict.count("seconds until all was settled", settling.as_secs() as usize);
    verdict.count("requests made again", world.net.repeated());
    for (end, number) in ends {
        verdict.count(format!("purchases: {end}"), number);
    }
    let judged = judge(&record);
    verdict.counts.extend(judged.counts);
    verdict.violations = judged.violations;
    store.close().await;
    Ok(verdict)
}

fn sandbox(args: &Args, folder: &Path) -> Recipe {
    Recipe {
        till: args.till.clone(),
        arguments: words(&["sandbox", "--data-dir", &text(&folder.join("sandbox"))]),
        log: args.logs.join("chaos-sandbox.log"),
        limited: false,
    }
}

/// One node on SQLite, two on PostgreSQL; and the database's address.
async fn nodes(args: &Args, place: &Path, sandbox: &str) -> Result<(Vec<Node>, String), Failure> {
    let data = text(&place.join("data"));
    let mut arguments = words(&[
        "dev",
        "--json",
        "--data-dir",
        &data,
        "--sandbox-url",
        sandbox,
    ]);
    let (count, database) = match &args.postgres {
        Some(url) => (2, url.clone()),
        None => (1, format!("sqlite://{data}/till.db")),
    };
    arguments.extend(words(&["--database-url", &database]));
    let mut nodes = Vec::new();
    for n in 0..count {
        let old = args.old_till.as_ref().filter(|_| n == 0 && count > 1);
        let recipe = Recipe {
            till: old.unwrap_or(&args.till).clone(),
            arguments: arguments.clone(),
            log: args.logs.join(format!("chaos-node{n}.log")),
            limited: args.fault == Fault::DiskFull,
        };
        nodes.push(Node::start(recipe).await?);
    }
    Ok((nodes, database))
}

/// Kills one node after another at random moments, sometimes all at once.
async fn kill(args: &Args, nodes: &mut [Node], seed: u64) -> Result<(), Failure> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut killed = 0;
    while killed < args.kills {
        sleep(Duration::from_millis(chance.random_range(CALM))).await;
        if nodes.len() > 1 && args.kills - killed > 1 && chance.random_bool(0.2) {
            for node in nodes.iter_mut() {
                node.kill().await?;
                killed += 1;
            }
            for node in nodes.iter_mut() {
                node.restart().await?;
            }
        } else {
            let which = chance.random_range(0..nodes.len());
            nodes[which].kill_and_restart().await?;
            killed += 1;
        }
        if killed % 50 == 0 {
            println!("  {killed} kills");
        }
    }
    Ok(())
}

/// Waits until nothing is unfinished; what still is when nothing has changed for as long as patience lasts.
async fn settle(store: &Store, patience: Duration) -> Vec<String> {
    let (mut left, mut since) = (Vec::new(), Instant::now());
    loop {
        let waiting = match record::waiting(store).await {
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

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
