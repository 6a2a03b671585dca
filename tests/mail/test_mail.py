"""Mail against a real SMTP server (aiosmtpd): encryption, sign-in, refusals, greylisting, slowness, and a connection that
ends after the data was taken. The program is the one in TILL_BIN."""

import asyncio
import email
import email.policy
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

ROOT = Path(__file__).resolve().parents[2]
TILL = os.environ.get("TILL_BIN", str(ROOT / "target/debug/till"))
USER, PASSWORD = "shop", "p@ss:word/100%"
ESCAPED = "p%40ss%3Aword%2F100%25"


class Post:
    """Takes mail and keeps it; answers to the recipient and to the data as it is told to, in this order."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.to_recipient: list[str] = []
        self.to_data: list[str] = []
        self.pause = 0.0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.recipients.append(address)
        if self.to_recipient:
            return self.to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.pause)
        content = envelope.content
        assert isinstance(content, bytes)
        assert max(len(line) for line in content.split(b"\r\n")) <= 998
        self.taken.append(email.message_from_bytes(content, policy=email.policy.SMTP))
        if self.to_data:
            answer = self.to_data.pop(0)
            if answer == "hang up":
                server.transport.abort()
            return answer
        return "250 OK"


class Server:
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.post = Post()
        self.authority = trustme.CA()
        self.pem = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(self.pem))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert("localhost").configure_cert(context)
        if settings.pop("implicit", False):
            settings["ssl_context"] = context
        elif settings.pop("encrypted", True):
            settings |= {"tls_context": context, "require_starttls": True}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = Controller(self.post, hostname="127.0.0.1", port=self.port, **settings)

    def __enter__(self) -> "Server":
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop(no_assert=True)


def signed_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


AUTH = {"authenticator": signed_in, "auth_required": True}


def settings(server: Server, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILL_")}
    return kept | {
        "TILL_SMTP_URL": url.replace("PORT", str(server.port)),
        "TILL_MAIL_FROM": "shop@till.test",
        "SSL_CERT_FILE": str(server.pem),
    }


def doctor(server: Server, folder: Path, url: str, to: str = "ada@example.com") -> list[dict[str, str]]:
    """What `till doctor` says of mail."""
    command = [TILL, "doctor", "--json", "--data-dir", str(folder / "data"), "--mail-to", to]
    done = subprocess.run(command, env=settings(server, url), capture_output=True, text=True, timeout=120)
    found = [check for check in json.loads(done.stdout)["checks"] if check["check"] == "mail"]
    assert PASSWORD not in done.stdout + done.stderr and ESCAPED not in done.stdout + done.stderr
    return found


def statuses(found: list[dict[str, str]]) -> list[str]:
    return [one["status"] for one in found]


GOOD = f"smtp://{USER}:{ESCAPED}@localhost:PORT"


def test_a_message_goes_out_by_starttls_and_sign_in(tmp_path: Path) -> None:
    with Server(tmp_path, **AUTH) as server:
        found = doctor(server, tmp_path, GOOD)
        assert statuses(found) == ["ok", "ok"], found
        [message] = server.post.taken
        assert message["From"] == "Till <shop@till.test>"
        assert message["To"] == "ada@example.com"
        assert message["Auto-Submitted"] == "auto-generated"
        assert re.fullmatch(r"<doctor-[0-9a-f-]{36}@till\.test>", message["Message-ID"])
        assert "till doctor" in message.get_content()


def test_a_message_goes_out_by_tls_from_the_first_byte(tmp_path: Path) -> None:
    with Server(tmp_path, implicit=True) as server:
        assert statuses(doctor(server, tmp_path, "smtps://localhost:PORT")) == ["ok", "ok"]
        assert len(server.post.taken) == 1


def test_nothing_is_said_to_a_server_without_encryption_or_with_a_strangers_certificate(tmp_path: Path) -> None:
    with Server(tmp_path, encrypted=False) as server:
        assert statuses(doctor(server, tmp_path, "smtp://localhost:PORT")) == ["fail"]
        assert statuses(doctor(server, tmp_path, "smtp://localhost:PORT?tls=off")) == ["ok", "ok"]
    with Server(tmp_path) as server:
        trustme.CA().cert_pem.write_to_path(str(server.pem))
        assert statuses(doctor(server, tmp_path, "smtp://localhost:PORT")) == ["fail"]
        assert server.post.recipients == []


def test_a_wrong_password_and_a_refused_recipient_are_said(tmp_path: Path) -> None:
    with Server(tmp_path, **AUTH) as server:
        found = doctor(server, tmp_path, f"smtp://{USER}:wrong@localhost:PORT")
        assert statuses(found) == ["fail"] and "535" in found[0]["message"], found
        server.post.to_recipient = ["550 5.1.1 no such user"]
        found = doctor(server, tmp_path, GOOD)
        assert statuses(found) == ["ok", "fail"] and "no such user" in found[1]["message"], found


def test_an_address_adds_nothing_to_the_conversation(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        for bad in ["ada@example.com\r\nRCPT TO:<eve@example.com>", "a b@example.com", "<ada@example.com>"]:
            assert statuses(doctor(server, tmp_path, "smtp://localhost:PORT", to=bad)) == ["ok", "fail"]
        assert server.post.recipients == []


class Till:
    """A demo shop whose mail goes to a server."""

    def __init__(self, server: Server, folder: Path) -> None:
        command = [TILL, "dev", "--json", "--listen", "127.0.0.1:0", "--data-dir", str(folder / "shop")]
        self.log = open(folder / "till.log", "w")
        env = settings(server, "smtp://localhost:PORT")
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout
        self.ready = json.loads(self.process.stdout.readline())
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(timeout=20)
        self.log.close()

    def post(self, path: str, body: dict[str, Any], token: bool = True) -> Any:
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {self.ready['token']}"
        request = urllib.request.Request(self.ready["url"] + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def buy(self, address: str, locale: str = "en") -> None:
        product = self.post("/v1/products/", {"name": "Пиво & Brot", "prices": [{"amount_type": "fixed", "price_amount": 1000}]})
        checkout = self.post("/v1/checkouts/", {"products": [product["id"]], "locale": locale})
        paying = {
            "customer_email": address,
            "customer_billing_address": {"country": "FR"},
            "confirmation_token_id": "pm_card_visa",
        }
        self.post(f"/v1/checkouts/client/{checkout['client_secret']}/confirm", paying, token=False)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Server, Till]]:
    with Server(tmp_path) as server:
        till = Till(server, tmp_path)
        yield server, till
        till.stop()


def until(what: str, probe: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (value := probe()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return value


def marked(till: Till) -> str:
    """An address of the owner's with a mark: the sandbox sends to no stranger."""
    local, domain = till.ready["owner_email"].split("@")
    return f"{local}+buyer@{domain}"


def confirmations(server: Server, address: str) -> list[EmailMessage]:
    return [message for message in server.post.taken if message["To"] == address]


def test_a_purchase_is_confirmed_with_two_parts_in_the_buyers_language(shop: tuple[Server, Till]) -> None:
    server, till = shop
    till.buy(marked(till), "ja")
    [message] = until("the confirmation", lambda: confirmations(server, marked(till)))
    assert message.get_content_type() == "multipart/mixed"
    plain, html = (message.get_body([kind]) for kind in ("plain", "html"))
    assert plain and html
    assert "ご注文ありがとうございます" in plain.get_content() and "ご注文ありがとうございます" in html.get_content()
    assert "Пиво & Brot" in plain.get_content() and "Пиво &#38; Brot" in html.get_content()
    assert "でのご注文" in message["Subject"] and len(message["Subject"].splitlines()) == 1
    [document] = message.iter_attachments()
    assert document.get_content_type() == "application/pdf"
    assert re.fullmatch(r"(Invoice|Receipt)-[A-Z0-9-]+\.pdf", document.get_filename() or "")
    assert document.get_content().startswith(b"%PDF-") and document.get_content().rstrip().endswith(b"%%EOF")


def test_a_strangers_letter_is_not_sent_from_the_sandbox(shop: tuple[Server, Till]) -> None:
    server, till = shop
    till.buy("stranger@example.com")
    owner = till.ready["owner_email"]
    until("the notice of the sale", lambda: confirmations(server, owner))
    assert {message["To"] for message in server.post.taken} == {owner}


def test_greylisting_is_waited_for(shop: tuple[Server, Till]) -> None:
    server, till = shop
    server.post.to_recipient = ["451 4.7.1 come back later"] * 4
    till.buy(marked(till))
    until("the letters", lambda: len(server.post.taken) == 2)
    assert len(server.post.recipients) == 6


def test_a_slow_server_is_waited_for(shop: tuple[Server, Till]) -> None:
    server, till = shop
    server.post.pause = 4
    till.buy(marked(till))
    until("the letters", lambda: len(server.post.taken) == 2)
    time.sleep(3)
    assert len(server.post.taken) == 2, "no letter is sent twice while its server takes its time"


def test_a_connection_that_ends_after_the_data_leads_to_the_same_message(shop: tuple[Server, Till]) -> None:
    server, till = shop
    server.post.to_data = ["hang up", "hang up"]
    till.buy(marked(till))
    until("the letters and their repetitions", lambda: len(server.post.taken) == 4)
    names = [message["Message-ID"] for message in server.post.taken]
    assert len(set(names)) == 2
    first, second = confirmations(server, marked(till))
    assert first.as_bytes().split(b"\r\n\r\n")[0].count(b"\r\n") == second.as_bytes().split(b"\r\n\r\n")[0].count(b"\r\n")
    assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])


def test_a_server_that_is_killed_while_it_sends_sends_the_same_message_again(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        till = Till(server, tmp_path)
        server.post.pause = 3
        till.buy(marked(till))
        until("the first letter", lambda: server.post.recipients)
        time.sleep(0.5)
        till.stop(signal.SIGKILL)
        server.post.pause = 0
        again = Till(server, tmp_path)
        until("both letters", lambda: len({message["Message-ID"] for message in server.post.taken}) == 2)
        time.sleep(4)
        assert len({message["Message-ID"] for message in server.post.taken}) == 2
        again.stop()


def test_an_organizations_name_adds_nothing_to_the_head(shop: tuple[Server, Till]) -> None:
    server, till = shop
    own = f"/v1/organizations/{till.ready['organization_id']}"
    name = "Shop\r\nBcc: eve@example.com"
    headers = {"content-type": "application/json", "authorization": f"Bearer {till.ready['token']}"}
    request = urllib.request.Request(till.ready["url"] + own, json.dumps({"name": name}).encode(), headers, method="PATCH")
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        assert error.code == 422
    till.buy(marked(till))
    until("the letters", lambda: len(server.post.taken) == 2)
    for message in server.post.taken:
        assert message["Bcc"] is None
    assert all("eve" not in address for address in server.post.recipients)
