"""The measuring half of bench/usage.

  usage.py DATABASE BASE NAME PID SECONDS EVENTS      ingests batches of events, counts them, and asks a meter for quantities

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


def wrk(base, seconds, batch, **more):
    env = dict(os.environ, BATCH=str(batch), RUN=str(time.time_ns()), **{name: str(value) for name, value in more.items()})
    out = subprocess.run(["wrk", "-t2", f"-c{os.environ.get('TILL_BENCH_CONNECTIONS', '8')}", f"-d{seconds}s",
                          "-s", "bench/ingest.lua", base], check=True, capture_output=True, text=True, env=env).stdout
    line = next(line for line in out.splitlines() if line.startswith("RESULT"))
    requests, micros, failed, p50, p99, _ = line.split()[1:]
    assert int(failed) == 0, out
    return int(requests), int(micros) / 1e6, float(p50), float(p99)


METER = {
    "name": "Tokens", "aggregation": {"func": "sum", "property": "tokens"},
    "filter": {"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "llm"}]}}
# Events a second that are offered where not as many as possible are.
OFFERED = {"sqlite": 30_000, "postgres": 15_000}
HEAD = ("\n| batches of 100 | events/s | CPU µs/event | a batch, ms: p50 | p99 | create idle, ms: p50 | p99 "
        "| create meanwhile, ms: p50 | p99 | counted afterwards | memory, MiB |\n|---|---|---|---|---|---|---|---|---|---|---|")
QUANTITIES = "/v1/meters/{}/quantities?start_timestamp=2020-01-01T00:00:00Z&end_timestamp=2040-01-01T00:00:00Z&interval=month"


def wait_until_counted(database):
    """The seconds until the meter has counted all events."""
    waiting = "select count(*) from usage_batches where round is null"
    behind = "select count(*) from meter_folds f join usage_streams s on s.id = f.organization_id where f.round < s.round"
    begin = time.monotonic()
    while int(database.ask(waiting)) or int(database.ask(behind)):
        assert time.monotonic() - begin < 600, "usage is not counted"
        time.sleep(0.05)
    return time.monotonic() - begin


def asked(base, path, times=50):
    """Milliseconds of a request, asked for again and again: half of them, and 99 of 100, take at most so long."""
    took = []
    for _ in range(times):
        begin = time.monotonic()
        call(base, "GET", path)
        took.append((time.monotonic() - begin) * 1000)
    return percentile(took, .5), percentile(took, .99)


def rate(base, name, pids, database, seconds, customers, offered=0):
    """Ingests so many events a second, or as many as Till takes, with customers that Till knows or does not know."""
    idle = watched(base, lambda: time.sleep(3))
    before, already, found = ticks(pids), int(database.ask("select count(*) from usage_events")), {}

    def ingest():
        found["wrk"] = wrk(base, seconds, 100, CUSTOMERS=customers, RATE=offered)
        found["cpu"] = ticks(pids) - before

    meanwhile = watched(base, ingest)
    requests, took, p50, p99 = found["wrk"]
    events = int(database.ask("select count(*) from usage_events")) - already
    left = int(database.ask("select coalesce(sum(events), 0) from usage_batches where round is null"))
    counted = wait_until_counted(database)
    print(f"| {name} | {events / took:.0f} | {found['cpu'] * 1e6 / events:.0f} | {p50:.1f} | {p99:.1f} "
          f"| {idle[0]:.1f} | {idle[1]:.1f} | {meanwhile[0]:.1f} | {meanwhile[1]:.1f} "
          f"| {left} in {counted:.1f} s | {memory(pids):.0f} |", flush=True)


def main(place, base, name, pid, seconds, grown):
    database, pids = Database(place), [int(pid)]
    meter = call(base, "POST", "/v1/meters/", METER)["id"]
    for n in range(1000):
        call(base, "POST", "/v1/customers/", {"email": f"known_{n}@example.com", "external_id": f"known_{n}"})
    print(HEAD)
    rate(base, f"{name}, customers unknown", pids, database, seconds, "user")
    rate(base, f"{name}, customers known", pids, database, seconds, "known")
    offered = OFFERED[name]
    rate(base, f"{name}, {offered} events/s offered", pids, database, seconds, "known", offered)
    if grown:
        grow(base, pids, database, grown, meter)
        rate(base, f"{name}, {grown} events, customers known", pids, database, seconds, "known")
    told = call(base, "GET", QUANTITIES.format(meter))
    tokens = int(database.ask("select coalesce(sum(cast(metadata ->> 'tokens' as integer)), 0) from usage_events where name = 'llm'"))
    assert told["total"] == tokens, (told["total"], tokens)


def grow(base, pids, database, grown, meter):
    """Ingests so many events of the last 30 days, in the order of their times, and measures what reads them."""
    begin = time.monotonic()
    there = int(database.ask("select count(*) from usage_events"))
    while there < grown:
        wrk(base, 20, 100, CUSTOMERS="known", SPAN=30, OFFSET=there, TOTAL=grown)
        there = int(database.ask("select count(*) from usage_events"))
    took, counted = time.monotonic() - begin, wait_until_counted(database)
    print(f"\n{there} events after {took:.0f} s, counted {counted:.1f} s later, memory {memory(pids):.0f} MiB\n"
          "\n| read | p50, ms | p99, ms |\n|---|---|---|")
    now = time.time()
    of_a_day = "&".join(f"{name}={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now - days * 86400))}"
                        for name, days in (("start_timestamp", 30), ("end_timestamp", 0))) + "&interval=day"
    customer = call(base, "GET", "/v1/customers/external/known_7")["id"]
    for read, path in [
        ("quantities by day", f"/v1/meters/{meter}/quantities?{of_a_day}"),
        ("quantities by day of a customer", f"/v1/meters/{meter}/quantities?{of_a_day}&customer_id={customer}"),
        ("balance of a customer", f"/v1/customer-meters/?customer_id={customer}&meter_id={meter}"),
        ("state of a customer", f"/v1/customers/{customer}/state"),
        ("events, the first page", "/v1/events/"),
        ("events of a customer", f"/v1/events/?customer_id={customer}"),
        ("events by external customer", "/v1/events/?external_customer_id=known_7"),
        ("events of a name", "/v1/events/?name=call"),
        ("event types", "/v1/event-types/"),
        ("event types of a customer", f"/v1/event-types/?customer_id={customer}"),
    ]:
        p50, p99 = asked(base, path)
        print(f"| {read} | {p50:.1f} | {p99:.1f} |", flush=True)
    print(HEAD)


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
