//! The crash test: buyers buy, Till is killed again and again, and afterwards the ledgers must agree.
//!
//! Till, its sandbox processor and its database are processes; this one is the buyers, the receiver of webhooks,
//! the killer and the judge. `scripts/chaos` starts it.
#![allow(
    clippy::disallowed_methods,
    reason = "the world outside Till: it has clocks, chance, and waits"
)]

mod buyer;
mod change;
mod faults;
mod judge;
mod mailbox;
mod net;
mod node;
mod processor;
mod receiver;
mod record;
mod run;
mod shop;
mod stripe;
mod time;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use crate::{faults::Fault, processor::Kind};

/// Faults to make, and how often.
#[derive(Debug, Clone, Parser)]
pub struct Args {
    /// Till's binary
    #[arg(long, env = "TILL_BIN")]
    pub till: PathBuf,
    /// Its binary of before, which the first of two nodes runs: both serve while a release is rolled out
    #[arg(long, env = "TILL_OLD_BIN")]
    pub old_till: Option<PathBuf>,
    /// Processor that takes the money
    #[arg(long, value_enum, default_value = "sandbox")]
    pub processor: Kind,
    /// The fake Stripe's binary
    #[arg(long, env = "TILL_FAKE_STRIPE_BIN")]
    pub fake_stripe: Option<PathBuf>,
    /// No notice is late by a minute, and none is lost of what only a notice tells: nothing of a minute is waited for
    #[arg(long)]
    pub brief: bool,
    /// Number of times that a node is killed
    #[arg(long, default_value_t = 0)]
    pub kills: u32,
    /// Other faults
    #[arg(long, value_enum, default_value = "none")]
    pub fault: Fault,
    /// Time for which the fault lasts, in seconds
    #[arg(long, default_value_t = 6)]
    pub seconds: u64,
    /// A PostgreSQL database for two nodes; without it one node runs on SQLite
    #[arg(long)]
    pub postgres: Option<String>,
    /// A program that stops PostgreSQL at once and starts it again
    #[arg(long)]
    pub postgres_restart: Option<PathBuf>,
    /// Buyers at the same time
    #[arg(long, default_value_t = 16)]
    pub buyers: usize,
    /// Seed of chance; the same seed makes the same choices
    #[arg(long)]
    pub seed: Option<u64>,
    /// Folder of the log files of Till's processes
    #[arg(long, default_value = "artifacts/logs")]
    pub logs: PathBuf,
    /// Time without any change at the end after which what is unfinished is told, in seconds
    #[arg(long, default_value_t = 120)]
    pub patience: u64,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let mut args = Args::parse();
    let seed = *args.seed.get_or_insert_with(rand::random);
    let nodes = if args.postgres.is_some() {
        "postgres, two nodes"
    } else {
        "sqlite, one node"
    };
    println!(
        "chaos on {nodes}, {:?}: {} kills, fault {:?}, seed {seed}",
        args.processor, args.kills, args.fault
    );
    match run::run(&args).await {
        Ok(verdict) => {
            print!("{verdict}");
            if verdict.violations.is_empty() {
                println!("chaos: all held (seed {seed})");
                ExitCode::SUCCESS
            } else {
                println!("chaos: BROKEN (seed {seed})");
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            println!("chaos: BROKEN (seed {seed}): {error}");
            ExitCode::FAILURE
        }
    }
}

/// Anything that ends a run early.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
