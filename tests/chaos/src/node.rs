//! Processes of Till and of the fake Stripe: started, killed without warning, started again on the same port.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::Failure;

/// Longer than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The way in which a process is started.
#[derive(Debug, Clone)]
pub struct Recipe {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub environment: Vec<(&'static str, String)>,
    /// Its address; port 0 is a free one.
    pub listen: String,
    pub log: PathBuf,
    /// A write beyond a file-size limit is an error, not the end.
    pub limited: bool,
}

/// A running process, killed with this value.
#[derive(Debug)]
pub struct Node {
    recipe: Recipe,
    child: Child,
    /// Its address.
    pub url: String,
    /// The line that it printed when it was ready.
    pub ready: Value,
}

impl Node {
    /// Starts it and waits until it is ready.
    pub async fn start(recipe: Recipe) -> Result<Self, Failure> {
        let (child, line) = spawn(&recipe, &recipe.listen).await?;
        let ready: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let url = ready["url"].as_str().or(ready["api_url"].as_str());
        let url = url.unwrap_or(line.trim()).to_owned();
        Ok(Self {
            recipe,
            child,
            url,
            ready,
        })
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// SIGKILL.
    pub async fn kill(&mut self) -> Result<(), Failure> {
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }

    /// Starts it again at the same address, as often as it takes: a node that cannot reach its database ends, and whoever watches
    /// over it starts it again.
    pub async fn restart(&mut self) -> Result<(), Failure> {
        let address = self.url.trim_start_matches("http://").to_owned();
        let mut last: Failure = "never tried".into();
        for _ in 0..100 {
            match spawn(&self.recipe, &address).await {
                Ok((child, _)) => {
                    self.child = child;
                    return Ok(());
                }
                Err(error) => last = error,
            }
            sleep(Duration::from_millis(200)).await;
        }
        Err(last)
    }

    /// True while it runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

async fn spawn(recipe: &Recipe, listen: &str) -> Result<(Child, String), Failure> {
    let log = append(&recipe.log)?;
    let mut command = if recipe.limited {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(&recipe.program);
        shell
    } else {
        Command::new(&recipe.program)
    };
    command
        .args(&recipe.arguments)
        .args(["--listen", listen])
        .env_remove("TILL_DATABASE_URL")
        .envs(recipe.environment.iter().cloned())
        .env("TILL_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let out = child.stdout.take().ok_or("no output")?;
    let mut line = String::new();
    let mut reader = BufReader::new(out);
    timeout(PATIENCE, reader.read_line(&mut line)).await??;
    if line.is_empty() {
        let _ = child.kill().await;
        return Err(format!("it did not start; see {}", recipe.log.display()).into());
    }
    Ok((child, line))
}

fn append(path: &Path) -> Result<File, Failure> {
    Ok(OpenOptions::new().create(true).append(true).open(path)?)
}
