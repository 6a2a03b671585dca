//! Starting the program, and talking to it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything takes on a busy machine; reaching it is a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const KEY: &str = "b5b0cb87a1e1c0f97c7ab2d8c1d7a1f042c7ab2d";

pub fn till(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TILL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

pub fn run(args: &[&str]) -> Output {
    till(args).output().expect("the program starts")
}

pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

pub fn path(folder: &TempDir) -> &str {
    folder.path().to_str().expect("UTF-8")
}

/// `till dev --json` in a folder.
pub fn dev(folder: &Path) -> Command {
    let folder = folder.to_str().expect("UTF-8");
    till(&[
        "dev",
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        folder,
    ])
}

/// A running server; ended with the test.
pub struct Running {
    pub child: Child,
    pub out: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    pub fn start(args: &[&str]) -> Self {
        Self::spawn(till(args))
    }

    pub fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, out }
    }

    /// `till dev --json` in a folder, with the line that it printed.
    pub fn dev(folder: &Path) -> (Self, Value) {
        Self::dev_as(dev(folder))
    }

    /// The same for a command that is to print such a line.
    pub fn dev_as(command: Command) -> (Self, Value) {
        let mut running = Self::spawn(command);
        let mut line = String::new();
        running.out.read_line(&mut line).expect("readable");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line:?}"));
        // Nobody reads it, and a full pipe would stop the server.
        let errors = running.child.stderr.take().expect("piped");
        std::thread::spawn(move || {
            std::io::copy(&mut BufReader::new(errors), &mut std::io::sink())
        });
        (running, ready)
    }

    /// `till sandbox` with its books in a folder, and where it is reached.
    pub fn sandbox(folder: &Path) -> (Self, String) {
        let folder = folder.to_str().expect("UTF-8");
        let mut running =
            Self::start(&["sandbox", "--listen", "127.0.0.1:0", "--data-dir", folder]);
        let mut url = String::new();
        running.out.read_line(&mut url).expect("readable");
        (running, url.trim().to_owned())
    }

    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .expect("sh")
                .success()
        );
    }

    /// The exit status after SIGTERM, and whatever else was printed on standard output.
    pub fn stop(mut self, within: Duration) -> (i32, String) {
        self.signal("TERM");
        let (tell, told) = mpsc::channel();
        let mut child = std::mem::replace(&mut self.child, nothing());
        let id = child.id();
        std::thread::spawn(move || tell.send(child.wait()));
        let Ok(status) = told.recv_timeout(within) else {
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -KILL {id}")])
                .status();
            panic!("still running {within:?} after SIGTERM");
        };
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("readable");
        (status.expect("waited for").code().unwrap_or(-1), rest)
    }
}

/// A child that is done, to stand where another was taken.
pub fn nothing() -> Child {
    Command::new("true").spawn().expect("true")
}

/// One request on a connection of its own: status, headers and body.
pub fn call(
    url: &str,
    method: &str,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> (u16, String, Value) {
    let mut stream = send(url, method, path, token, body);
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("a status");
    (
        status,
        head.to_lowercase(),
        serde_json::from_str(body).unwrap_or(Value::Null),
    )
}

/// The body of a page.
pub fn get(url: &str, path: &str) -> String {
    let mut text = String::new();
    let mut stream = send(url, "GET", path, "", None);
    stream.read_to_string(&mut text).expect("an answer");
    text.split_once("\r\n\r\n")
        .expect("a head and a body")
        .1
        .to_owned()
}

pub fn send(url: &str, method: &str, path: &str, token: &str, body: Option<Value>) -> TcpStream {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    send_as(url, method, path, token, ("application/json", &body))
}

/// Sends a body of any type.
pub fn send_as(
    url: &str,
    method: &str,
    path: &str,
    token: &str,
    (kind, body): (&str, &str),
) -> TcpStream {
    let host = url.strip_prefix("http://").expect("http");
    let mut stream = TcpStream::connect(host).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("sent");
    stream
}

pub fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}
