"""Starts `till dev` with a little of everything in it, and lets Schemathesis loose on the document that it serves.

No server error, and no answer that the document does not describe: status, content type, headers and body. The
cases are the same in every run (`--seed`), and so many that it takes about two minutes.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOGS = ROOT / "artifacts" / "logs"
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "use_after_free",
]
# Nobody listens there: whatever the cases make happen, no event goes anywhere else (see hooks.py).
NOBODY = "http://127.0.0.1:9/"


class Till:
    """One running server: what its `--json` line says."""

    def __init__(self, folder: str, log: Path) -> None:
        binary = os.environ.get("TILL_BIN", str(ROOT / "target/debug/till"))
        if not Path(binary).exists():
            sys.exit(f"no {binary}: run `cargo build`, or set TILL_BIN")
        command = [binary, "dev", "--data-dir", folder, "--listen", "127.0.0.1:0", "--json"]
        with log.open("wb") as lines:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=lines)
        assert self.process.stdout
        ready = json.loads(self.process.stdout.readline() or sys.exit(f"till ended at once; see {log}"))
        self.url, self.token, self.products = ready["url"], ready["token"], ready["products"]
        self.organization = ready["organization_id"]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")


def seeds(till: Till) -> dict[str, Any]:
    """One of each thing to work with (`kept`), and more of each to delete (`spare`)."""

    def make(path: str, count: int, body: Any) -> list[dict[str, Any]]:
        return [till.api("POST", path, body(n)) for n in range(count)]

    product = till.products[2]["id"]
    everything = {"conjunction": "and", "clauses": []}
    part = {"number": 1, "chunk_start": 0, "chunk_end": 5}
    many = {
        "customers": make("/v1/customers/", 4, lambda n: {"email": f"buyer{n}@example.com", "external_id": f"ours-{n}"}),
        "discounts": make("/v1/discounts/", 4, lambda n: {
            "type": "percentage", "name": f"Launch {n}", "code": f"LAUNCH{n}", "duration": "once", "basis_points": 1000}),
        "custom-fields": make("/v1/custom-fields/", 4, lambda n: {"type": "text", "slug": f"size-{n}", "name": "Size", "properties": {}}),
        "benefits": make("/v1/benefits/", 4, lambda n: {
            "type": "custom", "description": f"Help {n}", "properties": {"note": None}}),
        "meters": make("/v1/meters/", 1, lambda n: {
            "name": "Calls", "filter": everything, "aggregation": {"func": "count"}}),
        "checkout-links": make("/v1/checkout-links/", 4, lambda n: {"payment_processor": "stripe", "products": [product]}),
        "files": make("/v1/files/", 4, lambda n: {
            "service": "downloadable", "name": "a.txt", "mime_type": "text/plain", "size": 5, "upload": {"parts": [part]}}),
        "webhooks/endpoints": make("/v1/webhooks/endpoints", 4, lambda n: {
            "url": NOBODY, "format": "raw", "events": ["order.created", "order.paid"]}),
        "checkouts": make("/v1/checkouts/", 3, lambda n: {"products": [p["id"] for p in till.products]}),
        "products": [{"id": p["id"]} for p in till.products],
    }
    for bought in (till.products[0]["id"], product):
        session = till.api("POST", "/v1/checkouts/", {"products": [bought], "customer_id": many["customers"][0]["id"]})
        till.api("POST", f"/v1/checkouts/client/{session['client_secret']}/confirm", {
            "customer_billing_address": {"country": "FR"}, "confirmation_token_id": "pm_card_visa"})
    for kind in ("orders", "payments", "subscriptions", "webhooks/deliveries"):
        end = time.monotonic() + 30
        while not (found := till.api("GET", f"/v1/{kind}/" if "/" not in kind else f"/v1/{kind}")["items"]):
            if time.monotonic() > end:
                sys.exit(f"no {kind} within 30 s of a purchase")
            time.sleep(0.1)
        many[kind] = found
    events = [{"id": delivery["webhook_event"]["id"]} for delivery in many["webhooks/deliveries"]]
    ids = {kind: [thing["id"] for thing in things] for kind, things in many.items()}
    ids["webhooks/events"] = [event["id"] for event in events]
    ids["organizations"] = [till.organization]
    ids["secrets"] = [session["client_secret"] for session in many["checkouts"]]
    ids["link secrets"] = [link["client_secret"] for link in many["checkout-links"]]
    ids["external"] = [customer["external_id"] for customer in many["customers"]]
    return ids


def main() -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "till-schemathesis.log"
    folder = tempfile.mkdtemp(prefix="till-")
    till = Till(folder, log)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": "hooks",
            "PYTHONPATH": str(HERE),
            "TILL_KNOWN": json.dumps(seeds(till)),
            "TILL_NOBODY": NOBODY,
        }
        command = [
            str(HERE / ".venv/bin/st"),
            "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{till.url}/openapi.json",
            "--header", f"Authorization: Bearer {till.token}",
            "--checks", ",".join(CHECKS),
            *sys.argv[1:],
        ]
        said = []
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as run:
            for line in run.stdout or []:
                print(line, end="", flush=True)
                said.append(line)
        words = "".join(said)
        if till.process.poll() is not None:
            print(f"the server stopped; see {log}")
            return 1
        # Every operation is one test; the runner's own words name those that failed.
        def count(pattern: str) -> int:
            found = re.search(pattern, words)
            return int(found[1]) if found else 0

        tested, broken = count(r"Tested: (\d+)"), count(r"Failures: (\d+)")
        if run.returncode and not broken:
            broken = 1
        print(f"schemathesis: {max(tested - broken, 0)} passed, {broken} failed")
        return run.returncode
    finally:
        till.process.terminate()
        till.process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
