"""Starts `till dev` on a free port and a temporary folder, once per client generation and database."""

import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from generations import GENERATIONS, NEWEST

ROOT = Path(__file__).resolve().parents[3]
POSTGRES = os.environ.get("TILL_TEST_POSTGRES")
DATABASES = ["sqlite", "postgres"] if POSTGRES and NEWEST else ["sqlite"]


def until(what: str, probe: Callable[[], Any], seconds: float = 15) -> Any:
    """Waits until `probe` gives something true; fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := probe()):
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen within {seconds} s")
        time.sleep(0.04)
    return value


def psql(sql: str) -> None:
    assert POSTGRES
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", POSTGRES, "-c", sql], check=True, capture_output=True)


@dataclass
class Till:
    """One running server: what its `--json` line says."""

    url: str
    token: str
    organization_id: str
    products: list[dict[str, Any]]

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A plain request with the token, for what a client release cannot say."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


def start(name: str, database: str) -> Iterator[Till]:
    binary = os.environ.get("TILL_BIN", str(ROOT / "target/debug/till"))
    if not Path(binary).exists():
        pytest.fail(f"no {binary}: run `cargo build`, or set TILL_BIN")
    folder = tempfile.mkdtemp(prefix="till-")
    command = [binary, "dev", "--data-dir", folder, "--listen", "127.0.0.1:0", "--json"]
    database_name = None
    if database == "postgres":
        assert POSTGRES
        database_name = f"till_{uuid.uuid4().hex[:12]}"
        psql(f"create database {database_name}")
        command += ["--database-url", urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{database_name}"))]
    logs = ROOT / "artifacts/logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"till-{name}-{database}.log").open("wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert child.stdout
            lines: queue.Queue[str] = queue.Queue()
            threading.Thread(target=lambda: lines.put(child.stdout.readline()), daemon=True).start()
            try:
                line = lines.get(timeout=60)
            except queue.Empty:
                pytest.fail(f"till was not ready in 60 s; see {log.name}")
            if not line:
                pytest.fail(f"till ended at once with {child.wait()}; see {log.name}")
            ready = json.loads(line)
            yield Till(ready["url"], ready["token"], ready["organization_id"], ready["products"])
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=12) == 0, "SIGTERM ends till within 10 s with status 0"
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            shutil.rmtree(folder, ignore_errors=True)
            if database_name:
                psql(f"drop database if exists {database_name} with (force)")


@dataclass
class Delivery:
    headers: dict[str, str]
    raw: str
    event: dict[str, Any] = field(repr=False)


@dataclass
class Receiver:
    """A local webhook receiver that keeps every delivery with its exact text."""

    url: str
    deliveries: list[Delivery]


def receive() -> Iterator[Receiver]:
    deliveries: list[Delivery] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802, the name is the library's
            raw = self.rfile.read(int(self.headers["content-length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            deliveries.append(Delivery(headers, raw, json.loads(raw)))
            answer = b'{"received":true}'
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Receiver(f"http://127.0.0.1:{server.server_port}/hook", deliveries)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=[(g, d) for g in GENERATIONS for d in DATABASES], ids=lambda p: f"{p[0].name} on {p[1]}")
def world(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Till]]:
    """A client generation and a fresh server."""
    generation, database = request.param
    name = f"python-{request.module.__name__}-{generation.name.replace(' ', '-')}"
    running = start(name, database)
    yield generation, next(running)
    next(running, None)


@pytest.fixture(scope="module")
def generation(world: tuple[Any, Till]) -> Any:
    return world[0]


@pytest.fixture(scope="module")
def till(world: tuple[Any, Till]) -> Till:
    return world[1]


@pytest.fixture(scope="module")
def api(generation: Any, till: Till) -> Any:
    return generation.connect(till)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    yield from receive()
