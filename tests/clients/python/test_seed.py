"""The programs that merchants already have, unchanged but for server, token and product."""

import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from generations import GENERATIONS, RELEASE

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def run(file: str, till: Any, **values: str) -> str:
    program = (SEEDS / file).read_text()
    for name, value in {"TOKEN": till.token, "URL": till.url, "PRODUCT_ID": till.products[0]["id"], **values}.items():
        program = program.replace(f"<{name}>", value)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def answers_with_html(till: Any, url: str) -> None:
    assert url.startswith(f"{till.url}/checkout/")
    with urllib.request.urlopen(url, timeout=30) as page:
        assert page.status == 200
        assert page.headers["content-type"].startswith("text/html")
        html = page.read().decode()
    assert "<!doctype html>" in html.lower()
    assert till.products[0]["name"] in html


def test_the_seed_program_prints_a_url_that_opens_a_page(generation: Any, till: Any) -> None:
    if RELEASE.startswith("1."):
        url = run("session_1_0.py", till, MODULE=generation.module.__name__.removeprefix("polar."))
    elif "product_id" in generation.shapes:
        url = run("session.py", till)
    else:
        url = run("session_products.py", till)
    answers_with_html(till, url)


@pytest.mark.skipif("products" not in GENERATIONS[0].shapes or RELEASE.startswith("1."), reason="0.15 to 0.32 take `products`")
def test_the_seed_program_with_a_list_of_products(till: Any) -> None:
    answers_with_html(till, run("session_products.py", till))
