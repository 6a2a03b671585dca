"""Stripe's own client for Python against the fake."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest
import stripe as stripe_package
from stripe import StripeClient

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("TILL_FAKE_STRIPE_BIN", str(ROOT / "target/debug/till-fake-stripe"))
CARD = {"allowed_payment_method_types": ["card"]}


class Fake:
    """A running fake: what its JSON line says, and its controls."""

    def __init__(self):
        self.process = subprocess.Popen([BINARY, "--json"], stdout=subprocess.PIPE, text=True)
        self.__dict__.update(json.loads(self.process.stdout.readline()))

    def control(self, method, path, body):
        request = urllib.request.Request(
            f"{self.api_url}/_fake/{path}", method=method, data=json.dumps(body).encode()
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def client(self, key=None, retries=0):
        return StripeClient(key or self.secret_key, base_addresses={"api": self.api_url}, max_network_retries=retries)


@pytest.fixture(scope="module")
def fake():
    fake = Fake()
    yield fake
    fake.process.terminate()
    fake.process.wait(timeout=10)


@pytest.fixture(scope="module")
def client(fake):
    return fake.client()


def intent(client, **more):
    return client.v1.payment_intents.create({"amount": 2000, "currency": "usd", **CARD, **more})


def test_the_client_speaks_the_fakes_version(fake):
    assert stripe_package.api_version == fake.api_version


def test_an_intent_is_confirmed_with_a_token(client):
    token = client.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    assert client.v1.confirmation_tokens.retrieve(token.id).expires_at - token.created == 12 * 3600
    made = intent(client, metadata={"attempt": "a1"})
    paid = client.v1.payment_intents.confirm(made.id, {"confirmation_token": token.id, "expand": ["latest_charge"]})
    assert (paid.status, paid.latest_charge.amount, paid.metadata["attempt"]) == ("succeeded", 2000, "a1")


def test_a_decline_is_a_card_error_and_the_intent_can_be_cancelled(client):
    with pytest.raises(stripe_package.CardError) as declined:
        intent(client, confirm=True, payment_method="pm_card_visa_chargeDeclined")
    error = declined.value.error
    assert (declined.value.code, error.decline_code) == ("card_declined", "generic_decline")
    canceled = client.v1.payment_intents.cancel(error.payment_intent.id)
    assert canceled.status == "canceled"
    with pytest.raises(stripe_package.InvalidRequestError) as late:
        client.v1.payment_intents.confirm(canceled.id, {"payment_method": "pm_card_visa"})
    assert late.value.code == "payment_intent_unexpected_state"
    assert late.value.error.payment_intent.status == "canceled"


@pytest.mark.parametrize(("approve", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
def test_a_holder_is_asked(fake, client, approve, status):
    asked = intent(client, confirm=True, payment_method="pm_card_authenticationRequired")
    assert asked.status == "requires_action"
    fake.control("POST", "3ds", {"client_secret": asked.client_secret, "approve": approve})
    assert client.v1.payment_intents.retrieve(asked.id).status == status


def test_a_card_is_kept_and_pays_off_session(client):
    customer = client.v1.customers.create({"email": "buyer@example.com"})
    setup = client.v1.setup_intents.create(
        {"customer": customer.id, "confirm": True, "payment_method": "pm_card_visa", **CARD}
    )
    assert setup.status == "succeeded"
    paid = intent(client, customer=customer.id, confirm=True, off_session=True, payment_method=setup.payment_method)
    assert paid.status == "succeeded"
    assert client.v1.payment_methods.detach(setup.payment_method).customer is None


def test_refunds_and_disputes(fake, client):
    paid = intent(client, confirm=True, payment_method="pm_card_visa")
    refund = client.v1.refunds.create({"payment_intent": paid.id, "amount": 500, "metadata": {"till": "r1"}})
    assert client.v1.refunds.list({"payment_intent": paid.id}).data[0].metadata["till"] == "r1"
    assert refund.status == "succeeded"
    dispute = fake.control("POST", "disputes", {"payment_intent": paid.id})
    with pytest.raises(stripe_package.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert refused.value.code == "charge_disputed"
    assert client.v1.disputes.close(dispute["id"]).status == "lost"


def test_a_key_replays_and_is_an_error_with_other_parameters(client):
    def make(amount):
        params = {"amount": amount, "currency": "eur", **CARD}
        return client.v1.payment_intents.create(params, {"idempotency_key": "k1"})

    first, second = make(2000), make(2000)
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe_package.IdempotencyError):
        make(2001)


def test_the_clients_retries_find_what_was_done(fake):
    fake.control("PUT", "troubles", {"reset_after": 100, "times": 1, "method": "POST"})
    made = intent(fake.client(retries=2))
    assert made.last_response.headers["Idempotent-Replayed"] == "true"
    fake.control("PUT", "troubles", [])


def test_wrong_keys_and_missing_permissions(fake):
    with pytest.raises(stripe_package.AuthenticationError):
        fake.client("sk_test_nope").v1.balance.retrieve()
    key = fake.control("POST", "keys", {"permissions": ["rak_balance_read"]})["key"]
    assert fake.client(key).v1.balance.retrieve().object == "balance"
    with pytest.raises(stripe_package.PermissionError):
        fake.client(key).v1.customers.create({})


def test_events_are_paged_and_notices_are_signed(fake, client):
    seen = list(client.v1.events.list({"limit": 4}).auto_paging_iter())
    assert len(seen) > 10
    assert len({event.id for event in seen}) == len(seen)

    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    arrived = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            arrived.append((body, self.headers["stripe-signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.handle_request)
    thread.start()
    endpoint = client.v1.webhook_endpoints.create(
        {"url": f"http://127.0.0.1:{server.server_port}/hook", "enabled_events": ["customer.created"]}
    )
    client.v1.customers.create({})
    thread.join(timeout=10)
    server.server_close()
    body, signature = arrived[0]
    assert client.construct_event(body, signature, endpoint.secret).type == "customer.created"
    with pytest.raises(stripe_package.SignatureVerificationError):
        client.construct_event(body + b" ", signature, endpoint.secret)
