//! Faults other than sudden death: of the processor, the disk, the database.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use clap::ValueEnum;
use jiff::Timestamp;
use tokio::{process::Command, time::sleep};

use crate::{
    Args, Failure,
    node::Node,
    processor::{Failures, Processor},
};

/// A fault that is injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// Nothing besides the kills
    None,
    /// The processor answers late, sometimes only after everybody has stopped waiting
    Slow,
    /// The processor answers with errors, having done what was asked or not
    Errors,
    /// The processor does not answer at all, having done what was asked or not
    Silent,
    /// There is no room on the disk (SQLite)
    DiskFull,
    /// PostgreSQL is stopped at once and started again, twice
    PostgresRestart,
}

/// The times within which a node may have been kept from writing down what it had done: beginnings and ends.
#[derive(Debug, Clone, Default)]
pub struct Interruptions(Arc<Mutex<Vec<(Timestamp, Timestamp)>>>);

impl Interruptions {
    /// Does what interrupts, and writes down when.
    pub async fn during<T>(&self, what: impl Future<Output = T>) -> T {
        let from = Timestamp::now();
        let done = what.await;
        let mut all = self.0.lock().expect("no holder panics");
        all.push((from, Timestamp::now()));
        done
    }

    /// All of them.
    pub fn all(&self) -> Vec<(Timestamp, Timestamp)> {
        self.0.lock().expect("no holder panics").clone()
    }
}

/// The disk that Till writes to, in so far as this test can fill it.
#[derive(Debug)]
pub struct Disk {
    pub folder: PathBuf,
    /// A file system of our own, to be unmounted.
    mounted: bool,
}

/// Room for a short run's database and its log.
const DISK: &str = "size=96m";

impl Disk {
    /// A small file system where we may mount one, else just a folder: then files are limited instead.
    pub async fn small(folder: &Path) -> Result<Self, Failure> {
        let folder = folder.join("disk");
        fs::create_dir_all(&folder)?;
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", DISK, "tmpfs"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await;
        let mounted = mount.is_ok_and(|status| status.success());
        Ok(Self { folder, mounted })
    }

    async fn fill(&self, pid: u32) -> Result<(), Failure> {
        if !self.mounted {
            // What the log of changes already has it may write again; nothing may grow.
            let log = fs::metadata(self.folder.join("data/till.db-wal"));
            let most = log.map(|file| file.len()).unwrap_or(0) + 8192;
            return limit(pid, &format!("--fsize={most}:")).await;
        }
        let mut filler = File::create(self.folder.join("filler"))?;
        for size in [1 << 20, 1 << 12, 1] {
            let block = vec![0_u8; size];
            while filler.write_all(&block).is_ok() {}
        }
        Ok(())
    }

    async fn empty(&self, pid: u32) -> Result<(), Failure> {
        if self.mounted {
            fs::remove_file(self.folder.join("filler"))?;
            return Ok(());
        }
        limit(pid, "--fsize=unlimited:").await
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = std::process::Command::new("umount")
                .arg("--lazy")
                .arg(&self.folder)
                .status();
        }
    }
}

async fn limit(pid: u32, how: &str) -> Result<(), Failure> {
    let status = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), how])
        .status()
        .await?;
    status
        .success()
        .then_some(())
        .ok_or_else(|| "prlimit failed".into())
}

/// Injects the fault for a while and ends it; how much longer what was begun may come into effect.
pub async fn inject(
    args: &Args,
    processor: &Processor,
    nodes: &[Node],
    disk: Option<&Disk>,
    interruptions: &Interruptions,
) -> Result<Duration, Failure> {
    let lasting = Duration::from_secs(args.seconds);
    match args.fault {
        Fault::None => return Ok(Duration::ZERO),
        Fault::Slow => {
            processor.fail(Failures::slow(80, 700)).await?;
            sleep(lasting / 2).await;
            // Longer than Till waits for an answer, and than it leaves an attempt alone.
            let late = LATE.as_millis() as u64;
            processor.fail(Failures::slow(40, late)).await?;
            sleep(lasting / 2).await;
        }
        Fault::Errors => {
            processor.fail(Failures::errors(50)).await?;
            sleep(lasting).await;
        }
        Fault::Silent => {
            processor.fail(Failures::silent(40)).await?;
            sleep(lasting / 2).await;
            processor.fail(Failures::silent(100)).await?;
            sleep(lasting / 2).await;
        }
        Fault::DiskFull => {
            let disk = disk.ok_or("a full disk is for SQLite")?;
            let pid = nodes[0].pid().ok_or("Till has ended")?;
            for _ in 0..2 {
                sleep(lasting / 4).await;
                let full = async {
                    disk.fill(pid).await?;
                    sleep(lasting / 4).await;
                    disk.empty(pid).await
                };
                interruptions.during(full).await?;
            }
        }
        Fault::PostgresRestart => {
            let program = args.postgres_restart.as_ref();
            let program = program.ok_or("--postgres-restart is needed")?;
            for _ in 0..2 {
                sleep(lasting / 2).await;
                let status = Command::new(program)
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .status();
                if !interruptions.during(status).await?.success() {
                    return Err("PostgreSQL did not start again".into());
                }
            }
            sleep(lasting / 2).await;
        }
    }
    processor.fail(Failures::default()).await?;
    Ok(match args.fault {
        Fault::Slow => LATE,
        _ => Duration::ZERO,
    })
}

/// Later than an attempt is given up.
const LATE: Duration = Duration::from_secs(17);
