"""The two halves of bench/renew.

  renew.py rows DATABASE COUNT                         makes subscriptions like the one that was bought
  renew.py measure DATABASE BASE COUNT NAME PIDS       makes them due, and watches until all are renewed

DATABASE is a file of SQLite or the URL of a PostgreSQL database."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

from databases import fill, opened

TABLES = ["customers", "payment_methods", "subscriptions"]


def rows(place, count):
    db = opened(place, TABLES)
    new_id = "gen_random_uuid()" if place.startswith("postgres") else "new_id()"
    db.run(f"create table bench_ids (n bigint not null primary key, customer {db.bytes}, method {db.bytes});"
           f"insert into bench_ids select s.n, {new_id}, {new_id} from {db.series(count)} s")
    email = "'buyer' || b.n || '@example.com'"

    def like(table):
        return f"bench_ids b cross join (select * from {table} limit 1) t"

    fill(db, "customers", like("customers"), {
        "id": "b.customer", "email": email, "email_key": email, "invoice_prefix": "'B' || b.n", "external_id": "null",
        "default_payment_method_id": "null"})
    fill(db, "payment_methods", like("payment_methods"), {"id": "b.method", "customer_id": "b.customer"})
    fill(db, "subscriptions", like("subscriptions"), {
        "id": new_id, "customer_id": "b.customer", "payment_method_id": "b.method", "checkout_id": "null", "next_due_at": "null"})
    db.run("drop table bench_ids")
    db.finish()


class Database:
    """The database of a Till that is running."""

    def __init__(self, place):
        self.place = place

    def ask(self, sql):
        if self.place.startswith("postgres"):
            out = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.place, "-c", sql],
                                 check=True, capture_output=True, text=True).stdout
            return out.strip()
        db = sqlite3.connect(self.place, timeout=60)
        try:
            found = db.execute(sql).fetchone()
            db.commit()
            return found and found[0]
        finally:
            db.close()

    def due(self):
        """Everything is due now."""
        now = "now()" if self.place.startswith("postgres") else str(int(time.time() * 1e6))
        self.ask(f"update subscriptions set current_period_end = {now}, next_due_at = {now} where checkout_id is null")

    def renewed(self):
        return int(self.ask("select count(*) from orders where billing_reason = 'subscription_cycle' and status = 'paid'"))

    def unsound(self):
        """Subscriptions that were charged twice for a period, or not at all."""
        return int(self.ask("select count(*) from (select s.id from subscriptions s left join orders o on o.subscription_id = s.id "
                            "and o.billing_reason = 'subscription_cycle' left join payments p on p.order_id = o.id "
                            "where s.checkout_id is null group by s.id having count(distinct o.id) <> 1 or count(p.id) <> 1) x"))


def ticks(pids):
    """User and system time of the servers so far, in seconds."""
    total = 0
    for pid in pids:
        fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory(pids):
    """Resident memory of the largest server, in MiB."""
    def one(pid):
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0
    return max(one(pid) for pid in pids)


def create(base, stop, times):
    """Creates a checkout session every 20 ms until told to stop, and notes how long each took."""
    address = urllib.parse.urlparse(base)
    body = json.dumps({"products": [os.environ["PRODUCT"]]}).encode()
    head = (f"POST /v1/checkouts/ HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {os.environ['TOKEN']}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n").encode()
    connection = socket.create_connection((address.hostname, address.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while not stop.is_set():
        begin = time.perf_counter()
        connection.sendall(head + body)
        got = b""
        while b"\r\n\r\n" not in got:
            part = connection.recv(1 << 16)
            assert part, "the connection was closed"
            got += part
        start, _, rest = got.partition(b"\r\n\r\n")
        length = int(next(line.split(b":")[1] for line in start.lower().split(b"\r\n") if line.startswith(b"content-length:")))
        while len(rest) < length:
            rest += connection.recv(1 << 16)
        assert start.split()[1] == b"201", start
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.02)


def watched(base, until):
    """The times of created sessions until `until` returns."""
    stop, times = threading.Event(), []
    thread = threading.Thread(target=create, args=(base, stop, times))
    thread.start()
    try:
        until()
    finally:
        stop.set()
        thread.join()
    times.sort()
    return times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]


def measure(place, base, count, name, pids):
    db = Database(place)
    idle = watched(base, lambda: time.sleep(10))
    before = memory(pids)
    db.due()
    begin, used = time.time(), ticks(pids)
    seen = {"renewed": 0, "at": begin}

    def wait():
        while seen["renewed"] < count:
            time.sleep(1)
            renewed = db.renewed()
            if renewed > seen["renewed"]:
                seen.update(renewed=renewed, at=time.time())
            assert time.time() - seen["at"] < 120, f"stuck at {seen['renewed']} of {count}"

    busy = watched(base, wait)
    taken, cpu = time.time() - begin, ticks(pids) - used
    print(f"| {name} | {count / taken:.0f} | {cpu * 1000 / count:.2f} | {idle[0]:.1f} | {idle[1]:.1f} | {busy[0]:.1f} | {busy[1]:.1f} "
          f"| {before:.0f} | {memory(pids):.0f} |", flush=True)
    unsound = db.unsound()
    assert unsound == 0, f"{unsound} subscriptions were not charged exactly once"


if __name__ == "__main__":
    if sys.argv[1] == "rows":
        rows(sys.argv[2], int(sys.argv[3]))
    else:
        measure(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5], [int(pid) for pid in sys.argv[6].split(",")])
