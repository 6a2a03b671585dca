//! Till, a self-hosted checkout server: what runs.

mod answers;
mod backup;
mod clock;
mod config;
mod connections;
mod demo;
mod descriptors;
mod dev;
mod doctor;
mod files;
mod guard;
mod health;
mod jobs;
mod listen;
mod logs;
mod open;
mod production;
mod sandbox;
mod serve;
mod setup;
mod sign_in;
mod stop;
mod tokens;
mod welcome;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use crate::{
    config::{Cli, Command},
    stop::Stop,
};

/// A request makes some hundreds of small allocations on one of several threads: this takes half of the C library's
/// time for them, and gives back more of what a load has needed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    files::keep_private();
    let cli = Cli::parse();
    if let Err(stop) = logs::start(&cli.settings) {
        return stop.tell();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Stop::failed(format!("cannot start threads: {error}")).tell(),
    };
    let ended = runtime.block_on(run(cli));
    // Whatever still runs had its time; what it committed is kept.
    runtime.shutdown_timeout(Duration::from_millis(250));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.tell(),
    }
}

/// One thread per core, and never fewer than two: one slow request must not stop the rest.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2))
}

async fn run(cli: Cli) -> Result<(), Stop> {
    let settings = &cli.settings;
    match cli.command {
        Command::Dev(wanted) => dev::run(settings, &wanted).await,
        Command::Serve => production::run(settings).await,
        Command::Init(wanted) => setup::init(settings, &wanted).await,
        Command::SignIn(wanted) => sign_in::run(settings, &wanted).await,
        Command::Token(command) => tokens::run(settings, &command).await,
        Command::Jobs(command) => jobs::run(settings, &command).await,
        Command::Migrate => setup::migrate(settings).await,
        Command::Backup(wanted) => backup::backup(settings, &wanted).await,
        Command::Restore(wanted) => backup::restore(settings, &wanted).await,
        Command::Doctor(wanted) => doctor::run(settings, &wanted).await,
        Command::Openapi => setup::openapi(),
        Command::Sandbox => sandbox::run(settings).await,
    }
}
