"""The measuring half of bench/license_keys.

  license_keys.py BASE NAME PID SECONDS FILE      buys license keys, validates them, and compares the counts

FILE takes the keys, one a line."""

import os
import subprocess
import sys
import time

from renew import ticks
from usage import call


def bought(base, count):
    """Buys so many keys, and waits until they are granted."""
    benefit = call(base, "POST", "/v1/benefits/", {"type": "license_keys", "description": "License", "properties": {}})
    product = call(base, "POST", "/v1/products/", {"name": "Editor", "prices": [{"amount_type": "free"}]})
    call(base, "POST", f"/v1/products/{product['id']}/benefits", {"benefits": [benefit["id"]]})
    for number in range(count):
        session = call(base, "POST", "/v1/checkouts/", {"products": [product["id"]]})
        call(base, "POST", f"/v1/checkouts/client/{session['client_secret']}/confirm",
             {"customer_email": f"{number}@example.com", "customer_name": "Ada", "customer_billing_address": {"country": "FR"}})
    path, begin = "/v1/license-keys/?limit=100", time.monotonic()
    while call(base, "GET", path)["pagination"]["total_count"] < count:
        assert time.monotonic() - begin < 120, "keys are not granted"
        time.sleep(0.1)
    return listed(base)


def listed(base):
    keys, page = [], 1
    while True:
        answer = call(base, "GET", f"/v1/license-keys/?limit=100&page={page}")
        keys += answer["items"]
        if page >= answer["pagination"]["max_page"]:
            return keys
        page += 1


def main(base, name, pid, seconds, file):
    pids, keys = [int(pid)], bought(base, int(os.environ.get("TILL_BENCH_KEYS", "200")))
    with open(file, "w", encoding="ascii") as out:
        out.write("".join(key["key"] + "\n" for key in keys))
    before = ticks(pids)
    env = dict(os.environ, KEYS=file, ORGANIZATION=keys[0]["organization_id"])
    said = subprocess.run(["wrk", "-t2", f"-c{os.environ.get('TILL_BENCH_CONNECTIONS', '64')}", f"-d{seconds}s",
                           "-s", "bench/license_keys.lua", base], check=True, capture_output=True, text=True, env=env).stdout
    cpu = ticks(pids) - before
    line = next(line for line in said.splitlines() if line.startswith("RESULT"))
    requests, micros, failed, p50, p99 = line.split()[1:]
    assert int(failed) == 0, said
    time.sleep(1)
    after = listed(base)
    counted = sum(key["validations"] for key in after)
    used = sum(key["usage"] for key in after)
    # The last requests of each connection are cut off: they may have been counted, too.
    late = int(os.environ.get("TILL_BENCH_CONNECTIONS", "64"))
    assert used == counted and int(requests) <= counted <= int(requests) + late, (requests, counted, used)
    print(f"| {name} | {len(keys)} | {int(requests) / (int(micros) / 1e6):.0f} | {cpu * 1e6 / int(requests):.0f} "
          f"| {p50} | {p99} | {counted} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
