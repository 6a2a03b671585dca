//! Till, a self-hosted checkout server: what runs.

mod accounts;
mod answers;
mod background;
mod backup;
mod clear;
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
mod manual;
mod open;
mod production;
mod sandbox;
mod serve;
mod setup;
mod sign_in;
mod stop;
mod test_clock;
mod tokens;
mod welcome;

use std::{process::ExitCode, time::Duration};

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
    let cli = Cli::read();
    if let Err(stop) = logs::start(&cli.log) {
        return stop.tell();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // Without optimization, what is awaited within one another needs more than the usual two MiB. Only what is
        // touched is memory.
        .thread_stack_size(4 << 20)
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
    match cli.command {
        Command::Dev(wanted) => dev::run(&wanted).await,
        Command::Serve(wanted) => production::run(&wanted).await,
        Command::Init(wanted) => setup::init(&wanted).await,
        Command::SignIn(wanted) => sign_in::run(&wanted).await,
        Command::Token(command) => tokens::run(&command).await,
        Command::Jobs(command) => jobs::run(&command).await,
        Command::Clock(wanted) => test_clock::run(&wanted).await,
        Command::Migrate(wanted) => setup::migrate(&wanted).await,
        Command::Backup(wanted) => backup::backup(&wanted).await,
        Command::Restore(wanted) => backup::restore(&wanted).await,
        Command::ClearTestData(wanted) => clear::run(&wanted).await,
        Command::Doctor(wanted) => doctor::run(&wanted).await,
        Command::Openapi => setup::openapi(),
        Command::Sandbox(wanted) => sandbox::run(&wanted).await,
        Command::Settings => manual::settings_file(),
        Command::Completions(wanted) => manual::completions(wanted.shell),
        Command::Man(wanted) => manual::pages(&wanted.folder),
    }
}
