"""The measuring half of bench/usage.

  usage.py DATABASE BASE NAME PID SECONDS      ingests batches of events, counts them, and asks a meter for quantities

DATABASE is a file of SQLite or the URL of a PostgreSQL database."""

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse

from renew import Database, memory, ticks, watched


def call(base, method, path, body=None):
    address = urllib.parse.urlparse(base)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request(method, path, json.dumps(body) if body is not None else None,
                       {"authorization": "Bearer " + os.environ["TOKEN"], "content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (answer.status, text[:500])
    return json.loads(text)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def wrk(base, seconds, batch):
    env = dict(os.environ, BATCH=str(batch), RUN=str(time.time_ns()))
    out = subprocess.run(["wrk", "-t2", f"-c{os.environ.get('TILL_BENCH_CONNECTIONS', '8')}", f"-d{seconds}s",
                          "-s", "bench/ingest.lua", base], check=True, capture_output=True, text=True, env=env).stdout
    line = next(line for line in out.splitlines() if line.startswith("RESULT"))
    requests, micros, failed, p50, p99, _ = line.split()[1:]
    assert int(failed) == 0, out
    return int(requests), int(micros) / 1e6, float(p50), float(p99)


def main(place, base, name, pid, seconds):
    database, pids = Database(place), [int(pid)]
    call(base, "POST", "/v1/meters/", {
        "name": "Tokens", "aggregation": {"func": "sum", "property": "tokens"},
        "filter": {"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "llm"}]}})
    idle = watched(base, lambda: time.sleep(3))
    before, found = ticks(pids), {}

    def ingest():
        found["wrk"] = wrk(base, seconds, 100)
        found["cpu"] = ticks(pids) - before

    meanwhile = watched(base, ingest)
    requests, took, p50, p99 = found["wrk"]
    events = int(database.ask("select count(*) from usage_events"))
    waiting = "select count(*) from usage_batches where round is null"
    behind = "select count(*) from meter_folds f join usage_streams s on s.id = f.organization_id where f.round < s.round"
    left, begin = int(database.ask("select coalesce(sum(events), 0) from usage_batches where round is null")), time.monotonic()
    while int(database.ask(waiting)) or int(database.ask(behind)):
        assert time.monotonic() - begin < 600, "usage is not counted"
        time.sleep(0.05)
    counted = time.monotonic() - begin
    meter = call(base, "GET", "/v1/meters/")["items"][0]["id"]
    path = (f"/v1/meters/{meter}/quantities?start_timestamp=2020-01-01T00:00:00Z&end_timestamp=2040-01-01T00:00:00Z&interval=month")
    times = []
    for _ in range(20):
        begin = time.monotonic()
        told = call(base, "GET", path)
        times.append((time.monotonic() - begin) * 1000)
    tokens = int(database.ask("select coalesce(sum(cast(metadata ->> 'tokens' as integer)), 0) from usage_events where name = 'llm'"))
    assert told["total"] == tokens, (told["total"], tokens)
    print(f"| {name} | {events / took:.0f} | {found['cpu'] * 1e6 / events:.0f} | {p50:.1f} | {p99:.1f} "
          f"| {idle[0]:.1f} | {idle[1]:.1f} | {meanwhile[0]:.1f} | {meanwhile[1]:.1f} "
          f"| {left} in {counted:.1f} s | {percentile(times, .5):.0f} | {memory(pids):.0f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))
