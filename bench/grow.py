"""The two halves of bench/grow.

  grow.py rows DATABASE SEED CHECKOUTS EVENTS      makes rows like the ones that the API made
  grow.py measure SEED BASE SEED BASE              asks the small and the large Till in turns

DATABASE is a file of SQLite or the URL of a PostgreSQL database; SEED is a file that bench/grow writes: ids and token."""

import json
import os
import random
import socket
import statistics
import sys
import time
import urllib.parse

from databases import Postgres, fill, opened

DAYS = 170  # what is older is forgotten, and nothing shall be forgotten while it is measured
DAY = 86_400_000_000
TABLES = ["checkouts", "customers", "payments", "orders", "journal", "webhook_events", "webhook_deliveries"]


def rows(place, seed, count, events):
    db = opened(place, TABLES)
    new_id = "gen_random_uuid()" if place.startswith("postgres") else "new_id()"
    begin = int(time.time() * 1e6) - DAYS * DAY
    step, event_step = DAYS * DAY // count, DAYS * DAY // events
    told = max(events // 10, 1)

    # One in 200 is open, the newest; three in ten were paid for; one in a hundred failed; the others expired.
    is_open = f"b.n >= {count - max(count // 200, 5)}"
    paid = "b.n % 10 < 3"
    expired = f"not ({is_open}) and not ({paid}) and b.n % 100 <> 7"
    created = f"(cast({begin} as bigint) + b.n * cast({step} as bigint))"
    email = "'buyer' || b.n || '@shop' || (b.n % 5000) || '.example'"
    status = f"case when {is_open} then 'open' when {paid} then 'succeeded' when b.n % 100 = 7 then 'failed' else 'expired' end"
    old = f"b.n < {count * (DAYS - 30) // DAYS}"
    template = f"case when b.n % 1000 = 5 then {db.id(seed['rare'])} when {paid} and not ({is_open}) then {db.id(seed['done'])} else {db.id(seed['plain'])} end"
    buys = f"{paid} and not ({is_open})"

    indexes = db.indexes()
    db.run("; ".join(f"drop index {name}" for name, _ in indexes))
    db.run(f"create table bench_ids (n bigint not null primary key, session {db.bytes}, customer {db.bytes}, bought {db.bytes});"
           f"create table bench_told (n bigint not null primary key, id {db.bytes});"
           f"insert into bench_ids select s.n, {new_id}, {new_id}, {new_id} from {db.series(count)} s;"
           f"insert into bench_told select s.n, {new_id} from {db.series(told)} s;")
    if isinstance(db, Postgres):
        db.run("analyze bench_ids; analyze bench_told")

    fill(db, "customers", f"bench_ids b cross join (select * from customers limit 1) t", {
        "id": "b.customer", "created_at": db.time(created), "email": email, "email_key": email,
        "external_id": "'ext-' || b.n", "name": "'Buyer ' || b.n", "default_payment_method_id": "null"})
    fill(db, "checkouts", f"bench_ids b join checkouts t on t.id = {template}", {
        "id": "b.session", "created_at": db.time(created), "modified_at": db.time(created), "status": status,
        "client_secret": db.secret(), "expires_at": db.time(f"{created} + {DAY}"), "attempt_id": "null",
        "external_customer_id": "'ext-' || b.n", "opened_at": "null",
        "customer_id": f"case when {buys} then b.customer end",
        "customer_email": f"case when {buys} or b.n % 10 = 4 and not ({expired} and {old}) then {email} end",
        "customer_name": f"case when {buys} then 'Buyer ' || b.n end",
        "retention": f"case when {expired} and {old} then 'blanked' end"})
    done = f"bench_ids b cross join (select * from TABLE where checkout_id = {db.id(seed['done'])} limit 1) t where {buys}"
    fill(db, "orders", done.replace("TABLE", "orders"), {
        "id": "b.bought", "created_at": db.time(created), "customer_id": "b.customer", "checkout_id": "b.session",
        "invoice_number": "'BENCH-' || b.n"})
    fill(db, "payments", done.replace("TABLE", "payments"), {
        "id": new_id, "created_at": db.time(created), "customer_id": "b.customer", "customer_email": email,
        "checkout_id": "b.session", "order_id": "b.bought"})

    # One event in a thousand is of a rare type.
    def kind(n):
        return f"case when {n} % 1000 = 3 then 'product.updated' when {n} % 10 < 4 then 'checkout.created' when {n} % 10 = 4 then 'order.paid' else 'checkout.updated' end"

    created = f"(cast({begin} as bigint) + s.n * cast({event_step} as bigint))"
    own = "(select organization_id from checkouts limit 1)"
    db.run(f"insert into journal (id, sequence, created_at, organization_id, kind, subject_id) "
           f"select {new_id}, {created} * 1000 + s.n % 1000, {db.time(created)}, {own}, {kind('s.n')}, b.session "
           f"from {db.series(events)} s join bench_ids b on b.n = s.n % {count}")
    at = f"(cast({begin} as bigint) + v.n * cast({event_step * 10} as bigint))"
    endpoint = f"case when v.n % 10 = 0 then {db.id(seed['other'])} else {db.id(seed['endpoint'])} end"
    db.run(f"insert into webhook_events (id, sequence, created_at, organization_id, endpoint_id, kind, subject_id, succeeded, skipped, last_http_code, attempts) "
           f"select v.id, {at} * 1000, {db.time(at)}, {own}, {endpoint}, {kind('v.n')}, b.session, {db.yes}, {db.no}, 200, 10 "
           f"from bench_told v join bench_ids b on b.n = v.n % {count}")
    more = {"kind": kind("v.n")} if "kind" in db.columns("webhook_deliveries") else {}
    db.run(f"insert into webhook_deliveries ({', '.join(['id, created_at, organization_id, endpoint_id, event_id, succeeded, http_code, response', *more])}) "
           f"select {', '.join([new_id, db.time(created), own, endpoint, 'v.id', f's.n % 1000 <> 7', 'case when s.n % 1000 = 7 then 503 else 200 end', chr(39) * 2, *more.values()])} "
           f"from {db.series(events)} s join bench_told v on v.n = (s.n / 10) % {told}")
    db.run("drop table bench_ids; drop table bench_told")
    for _, text in indexes:
        db.run(text)
    db.finish()


class Till:
    """One Till: a connection that is kept, and what was learnt of its rows."""

    def __init__(self, seed, base):
        self.seed = json.load(open(seed))
        self.address = urllib.parse.urlparse(base)
        self.socket = None
        self.token = self.seed["token"]
        self.samples = []
        self.customers = []

    def ask(self, method, path, body=None):
        """The status and the body, and how many milliseconds passed until it was there."""
        if self.socket is None:
            self.socket = socket.create_connection((self.address.hostname, self.address.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = json.dumps(body).encode() if body is not None else b""
        head = (f"{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {self.token}\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n").encode()
        begin = time.perf_counter()
        self.socket.sendall(head + body)
        got = b""
        while b"\r\n\r\n" not in got:
            part = self.socket.recv(1 << 18)
            assert part, "the connection was closed"
            got += part
        head, _, rest = got.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        while len(rest) < length:
            rest += self.socket.recv(1 << 18)
        took = (time.perf_counter() - begin) * 1000
        status = int(head.split()[1])
        assert status < 300, (method, path, status, rest[:300])
        return json.loads(rest) if rest else None, took

    def page(self, path, page, limit=10, **filters):
        query = urllib.parse.urlencode({**filters, "page": page, "limit": limit}, doseq=True)
        return self.ask("GET", f"{path}?{query}")

    def learn(self):
        """Sessions and customers from all over the tables."""
        first, _ = self.page("/v1/checkouts/", 1, 100)
        self.total = first["pagination"]["total_count"]
        pages = range(1, max(self.total // 100, 1) + 1)
        for page in random.sample(pages, min(len(pages), 8)):
            self.samples += self.page("/v1/checkouts/", page, 100)[0]["items"]
            self.customers += self.page("/v1/customers/", page, 100)[0]["items"]
        random.shuffle(self.samples)
        self.living = self.page("/v1/checkouts/", 1, 100, status="open")[0]["items"]
        deliveries, _ = self.page("/v1/webhooks/deliveries", 1, 100)
        self.deliveries = deliveries["items"]
        half = [one["created_at"] for one in sorted(self.samples, key=lambda one: one["created_at"])]
        self.middle = half[len(half) // 2]
        self.open = []

    def session(self):
        return random.choice(self.samples)

    def create(self):
        body = {"products": [self.seed["product"]], "external_customer_id": f"new-{random.getrandbits(40)}", "metadata": {"source": "bench"}}
        made, took = self.ask("POST", "/v1/checkouts/", body)
        self.open.append(made["client_secret"])
        return took

    def fresh(self):
        if not self.open:
            self.create()
        return self.open.pop()

    def update(self):
        secret = self.fresh()
        return self.ask("PATCH", f"/v1/checkouts/client/{secret}", {"customer_name": f"Buyer {random.random()}"})[1]

    def update_email(self):
        secret = self.fresh()
        return self.ask("PATCH", f"/v1/checkouts/client/{secret}", {"customer_email": f"b{random.getrandbits(40)}@example.com"})[1]

    def confirm(self, until_succeeded):
        secret = self.fresh()
        card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        token = self.ask("POST", "/v1/sandbox/confirmation-tokens", card)[0]["id"]
        body = {"customer_email": f"b{random.getrandbits(40)}@example.com", "customer_name": "Buyer",
                "customer_billing_address": {"country": "DE"}, "confirmation_token_id": token}
        begin = time.perf_counter()
        answer, took = self.ask("POST", f"/v1/checkouts/client/{secret}/confirm", body)
        while answer["status"] == "confirmed":
            answer, _ = self.ask("GET", f"/v1/checkouts/client/{secret}")
        assert answer["status"] == "succeeded", answer["status"]
        return (time.perf_counter() - begin) * 1000 if until_succeeded else took


def measurements():
    """Name and what is done, one request of a Till, in milliseconds."""
    checkouts, customers, deliveries = "/v1/checkouts/", "/v1/customers/", "/v1/webhooks/deliveries"

    def lists(path, page=1, **filters):
        def one(till):
            sent = {name: value(till) if callable(value) else value for name, value in filters.items()}
            return till.page(path, page(till) if callable(page) else page, **sent)[1]
        return one

    def deep(till):  # the 10,000th where there are so many
        return min(10_000, till.total // 10)

    def near(till):  # another one each time
        return max(deep(till) - random.randrange(50 if till.total < 100_000 else 2000), 1)

    def turn(till):  # one after the other
        till.turned = getattr(till, "turned", 0) + 1
        return max(deep(till) - 90, 1) + till.turned % 90

    yield "get by id", lambda till: till.ask("GET", checkouts + till.session()["id"])[1]
    yield "get by client secret", lambda till: till.ask("GET", "/v1/checkouts/client/" + random.choice(till.living)["client_secret"])[1]
    yield "checkouts, first page", lists(checkouts)
    yield "checkouts, 10,000th page", lists(checkouts, deep)
    yield "checkouts, deep pages one after the other", lists(checkouts, turn)
    yield "checkouts, deep pages at random", lists(checkouts, near)
    yield "checkouts, status=succeeded", lists(checkouts, status="succeeded")
    yield "checkouts, status=failed (rare)", lists(checkouts, status="failed")
    yield "checkouts, status=open or confirmed", lists(checkouts, status=["open", "confirmed"])
    yield "checkouts, of a customer", lists(checkouts, customer_id=lambda till: random.choice(till.customers)["id"])
    yield "checkouts, of an external customer", lists(checkouts, external_customer_id=lambda till: random.choice(till.customers)["external_id"])
    yield "checkouts, of a product", lists(checkouts, product_id=lambda till: till.seed["product"])
    yield "checkouts, of a rare product", lists(checkouts, product_id=lambda till: till.seed["rare_product"])
    yield "checkouts, created after", lists(checkouts, created_after=lambda till: till.middle)
    yield "checkouts, part of many e-mails", lists(checkouts, query="shop")
    yield "checkouts, part of one e-mail", lists(checkouts, query="buyer23@")
    yield "customers, first page", lists(customers)
    yield "customers, 10,000th page", lists(customers, deep)
    yield "customers, by e-mail", lists(customers, email=lambda till: random.choice(till.customers)["email"])
    yield "customers, part of many", lists(customers, query="shop")
    yield "customers, part of one e-mail", lists(customers, query="buyer23@")
    yield "orders, first page", lists("/v1/orders/")
    yield "payments, first page", lists("/v1/payments/")
    yield "deliveries, first page", lists(deliveries)
    yield "deliveries, 100th page", lists(deliveries, 100)
    yield "deliveries, of an endpoint", lists(deliveries, endpoint_id=lambda till: till.seed["other"])
    yield "deliveries, failed", lists(deliveries, succeeded="false")
    yield "deliveries, succeeded, of an endpoint", lists(deliveries, succeeded="true", endpoint_id=lambda till: till.seed["other"])
    yield "deliveries, 5xx", lists(deliveries, http_code_class="5xx")
    yield "deliveries, of a type", lists(deliveries, event_type="order.paid")
    yield "deliveries, of a rare type", lists(deliveries, event_type="product.updated")
    yield "deliveries, of two types", lists(deliveries, event_type=["order.paid", "product.updated"])
    yield "deliveries, of a rare type, of an endpoint", lists(deliveries, event_type="product.updated", endpoint_id=lambda till: till.seed["other"])
    yield "deliveries, until a date", lists(deliveries, end_timestamp=lambda till: till.middle)
    yield "deliveries, whole id", lists(deliveries, query=lambda till: random.choice(till.deliveries)["id"])
    yield "deliveries, beginning of an id", lists(deliveries, query=lambda till: random.choice(till.deliveries)["id"][:8])
    yield "deliveries, middle of an id", lists(deliveries, query=lambda till: random.choice(till.deliveries)["id"][9:23])
    yield "deliveries, part of a code", lists(deliveries, query="503")
    yield "create", Till.create
    yield "client update, name", Till.update
    yield "client update, e-mail", Till.update_email
    yield "confirm", lambda till: till.confirm(False)
    yield "confirm to succeeded", lambda till: till.confirm(True)


def measure(small, large):
    only, seconds = os.environ.get("TILL_BENCH_ONLY", ""), float(os.environ.get("TILL_BENCH_SECONDS", "1"))
    random.seed(7)
    for till in (small, large):
        till.learn()
    print("| | small, ms | large, ms | ratio |\n|---|---|---|---|", flush=True)
    for name, once in measurements():
        if only not in name:
            continue
        for till in (small, large):
            till.open = []
            once(till)  # warm
        rounds = []
        for _ in range(5):
            times, begin = ([], []), time.perf_counter()
            while len(times[0]) < 3 or time.perf_counter() - begin < seconds and len(times[0]) < 500:
                for till, taken in zip((small, large), times):
                    taken.append(once(till))
            rounds.append([statistics.median(taken) for taken in times])
        a, b = (statistics.median(column) for column in zip(*rounds))
        print(f"| {name} | {a:.2f} | {b:.2f} | {b / a:.2f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "rows":
        rows(sys.argv[2], json.load(open(sys.argv[3])), int(sys.argv[4]), int(sys.argv[5]))
    else:
        measure(Till(sys.argv[2], sys.argv[3]), Till(sys.argv[4], sys.argv[5]))
