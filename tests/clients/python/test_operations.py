"""Every operation of the API so far, with the values that must come back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from conftest import Receiver, until

FRANCE = {"country": "FR"}


def unique() -> str:
    return uuid4().hex[:8]


def fixed(amount: int) -> dict[str, Any]:
    return {"amount_type": "fixed", "price_amount": amount, "price_currency": "usd"}


def seconds_between(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def refusal(generation: Any, call: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(Exception) as caught:
        call()
    said: dict[str, Any] = generation.describe(caught.value)
    assert said["kind"] not in ("ResponseValidationError", "ValidationError", "PolarDeserializationError"), (
        f"the client could not read the error: {caught.value}"
    )
    return said


def open_session(generation: Any, api: Any, product: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = generation.shapes[0]
    return api.checkouts.create(**({"products": [product["id"]]} if shape == "products" else {"product_id": product["id"]}), **more)


def pay(api: Any, checkout: dict[str, Any], **more: Any) -> dict[str, Any]:
    return api.checkouts.client_confirm(
        checkout["client_secret"],
        **{
            "customer_email": f"{unique()}@example.com",
            "customer_name": "Ada Lovelace",
            "customer_billing_address": FRANCE,
            "confirmation_token_id": "pm_card_visa",
            **more,
        },
    )


def succeeded(api: Any, checkout: dict[str, Any]) -> dict[str, Any]:
    def probe() -> dict[str, Any] | None:
        now = api.checkouts.get(checkout["id"])
        assert now["status"] in ("confirmed", "succeeded")
        return now if now["status"] == "succeeded" else None

    return until("the checkout succeeds", probe)


def test_organizations_list_get_and_update(api: Any, till: Any) -> None:
    listed = api.organizations.list()
    assert listed["pagination"] == {"total_count": 1, "max_page": 1}
    assert listed["items"][0]["id"] == till.organization_id
    renamed = api.organizations.update(till.organization_id, name="Renamed & Söhne")
    assert renamed["name"] == "Renamed & Söhne"
    assert api.organizations.get(till.organization_id)["name"] == "Renamed & Söhne"


def test_products_fixed_custom_and_free(api: Any, generation: Any, till: Any) -> None:
    word = unique()
    one = api.products.create(
        name=f"Book {word}", description="A **good** book", prices=[fixed(1500)], recurring_interval=None,
        metadata={"shelf": "B", "copies": 3},
    )
    assert UUID(one["id"]).version == 4
    assert one["is_recurring"] is False
    assert one["organization_id"] == till.organization_id
    assert one["metadata"] == {"shelf": "B", "copies": 3}
    assert [(p["amount_type"], p["price_amount"], p["price_currency"]) for p in one["prices"]] == [("fixed", 1500, "usd")]

    custom = api.products.create(
        name=f"Tip {word}", recurring_interval=None,
        prices=[{"amount_type": "custom", "price_currency": "usd", "minimum_amount": 500, "maximum_amount": 9000, "preset_amount": 700}],
    )
    price = custom["prices"][0]
    assert (price["amount_type"], price["minimum_amount"], price["maximum_amount"], price["preset_amount"]) == ("custom", 500, 9000, 700)

    free = api.products.create(name=f"Gift {word}", recurring_interval="month", prices=[generation.free or fixed(0)])
    # 0.14 knows intervals on prices only, and sends none here
    assert free["is_recurring"] is (generation.name != "0.14.0")
    assert (free["prices"][0]["amount_type"], free["prices"][0]["price_amount"]) == ("fixed", 0)

    read = api.products.get(one["id"])
    assert {**read, "modified_at": None} == {**one, "modified_at": None}
    found = api.products.list(query=word, limit=2)
    assert len(found["items"]) == 2
    assert found["pagination"] == {"total_count": 3, "max_page": 2}
    every = api.products.every(query=word, limit=2)
    assert {product["id"] for product in every} == {one["id"], custom["id"], free["id"]}

    updated = api.products.update(one["id"], name=f"Better book {word}", is_archived=True)
    assert (updated["name"], updated["is_archived"]) == (f"Better book {word}", True)
    live = api.products.list(query=word, is_archived=False)
    assert {product["id"] for product in live["items"]} == {custom["id"], free["id"]}


def test_customers_create_read_list_update_and_delete(api: Any, generation: Any) -> None:
    email = f"{unique()}@example.com"
    customer = api.customers.create(
        email=email, name="Grace Hopper", metadata={"tier": "gold"}, billing_address={"country": "DE", "city": "Köln"}
    )
    assert UUID(customer["id"]).version == 4
    assert (customer["email"], customer["name"], customer["billing_address"]["city"]) == (email, "Grace Hopper", "Köln")
    assert customer["metadata"] == {"tier": "gold"}
    assert isinstance(customer["avatar_url"], str)
    assert api.customers.get(customer["id"])["email"] == email
    assert [found["id"] for found in api.customers.list(email=email.upper())["items"]] == [customer["id"]]
    updated = api.customers.update(customer["id"], name="Rear Admiral Hopper", metadata={"tier": "platinum"})
    assert (updated["name"], updated["email"], updated["metadata"]) == ("Rear Admiral Hopper", email, {"tier": "platinum"})
    api.customers.delete(customer["id"])
    assert refusal(generation, lambda: api.customers.get(customer["id"]))["kind"] == "ResourceNotFound"


def test_customers_by_external_id_and_their_state(api: Any, generation: Any) -> None:
    if not generation.state:
        pytest.skip("this release has no external ids")
    external = f"user-{unique()}"
    customer = api.customers.create(email=f"{unique()}@example.com", external_id=external)
    assert customer["external_id"] == external
    assert api.customers.get_external(external)["id"] == customer["id"]
    updated = api.customers.update_external(external, name="By another name")
    assert (updated["id"], updated["name"]) == (customer["id"], "By another name")
    for state in (api.customers.get_state(customer["id"]), api.customers.get_state_external(external)):
        assert (state["id"], state["external_id"]) == (customer["id"], external)
        assert (state["active_subscriptions"], state["granted_benefits"]) == ([], [])
    api.customers.delete_external(external)
    assert refusal(generation, lambda: api.customers.get_external(external))["kind"] == "ResourceNotFound"


def test_checkouts_every_shape_this_release_can_send(api: Any, generation: Any, till: Any) -> None:
    plan = till.products[0]
    bodies = {
        "products": {"products": [plan["id"]]},
        "product_id": {"product_id": plan["id"]},
        "product_price_id": {"product_price_id": plan["price_id"]},
    }
    for shape in generation.shapes:
        checkout = api.checkouts.create(**bodies[shape], metadata={"shape": shape})
        assert checkout["status"] == "open"
        assert (checkout["product_id"], checkout["product_price_id"]) == (plan["id"], plan["price_id"])
        assert checkout["metadata"] == {"shape": shape}
        assert checkout["url"] == f"{till.url}/checkout/{checkout['client_secret']}"
        assert abs(seconds_between(checkout["created_at"], checkout["expires_at"]) - 86_400) < 60


def test_checkouts_keep_what_was_given_and_change_what_may_change(api: Any, generation: Any, till: Any) -> None:
    first, second = till.products[2]["id"], till.products[0]["id"]
    several = "products" in generation.shapes
    checkout = api.checkouts.create(
        **({"products": [first, second]} if several else {"product_id": first}),
        customer_email="prefilled@example.com",
        customer_billing_address={"country": "FR", "city": "Lyon"},
        success_url="https://example.com/thanks?id={CHECKOUT_ID}",
        metadata={"order": 7, "gift": True},
        **({generation.external: "pre-1"} if generation.external else {}),
    )
    assert checkout["product"]["id"] == first
    assert checkout["customer_email"] == "prefilled@example.com"
    assert checkout["customer_billing_address"]["city"] == "Lyon"
    assert checkout["success_url"] == f"https://example.com/thanks?id={checkout['id']}"
    assert checkout["metadata"] == {"order": 7, "gift": True}
    if generation.external:
        assert checkout[generation.external] == "pre-1"
    assert api.checkouts.get(checkout["id"])["client_secret"] == checkout["client_secret"]
    assert checkout["id"] in [listed["id"] for listed in api.checkouts.list(limit=100)["items"]]

    updated = api.checkouts.update(checkout["id"], metadata={})
    assert updated["metadata"] == {}
    seen = api.checkouts.client_get(checkout["client_secret"])
    assert seen["organization"]["id"] == till.organization_id
    assert "metadata" not in seen, "the buyer does not see the metadata"
    if several:
        assert [product["id"] for product in checkout["products"]] == [first, second]
        changed = api.checkouts.client_update(checkout["client_secret"], product_id=second)
        assert changed["product"]["id"] == second
    changed = api.checkouts.client_update(checkout["client_secret"], customer_name="Changed Name")
    assert changed["customer_name"] == "Changed Name"


def test_a_custom_amount_is_taken_within_its_bounds(api: Any, generation: Any) -> None:
    product = api.products.create(
        name=f"Donation {unique()}", recurring_interval=None,
        prices=[{"amount_type": "custom", "price_currency": "usd", "minimum_amount": 300, "preset_amount": 1000}],
    )
    checkout = open_session(generation, api, product)
    assert checkout["amount"] == 1000
    assert api.checkouts.client_update(checkout["client_secret"], amount=2500)["amount"] == 2500
    said = refusal(generation, lambda: api.checkouts.client_update(checkout["client_secret"], amount=299))
    assert said["kind"] == "HTTPValidationError"
    assert [(error["loc"], error["type"]) for error in said["detail"]] == [(["body", "amount"], "greater_than_equal")]


def test_a_one_time_purchase(api: Any, generation: Any, till: Any) -> None:
    product = api.products.get(till.products[2]["id"])
    price = product["prices"][0]["price_amount"]
    external = f"buyer-{unique()}"
    checkout = open_session(
        generation, api, product, metadata={"cart": "42"}, **({generation.external: external} if generation.external else {})
    )
    assert (checkout["amount"], checkout["total_amount"], checkout["is_payment_required"]) == (price, price, True)
    email = f"{unique()}@example.com"
    confirmed = pay(api, checkout, customer_email=email)
    assert confirmed["status"] == "confirmed"
    assert isinstance(confirmed["customer_session_token"], str)
    done = succeeded(api, checkout)

    customer = api.customers.get(done["customer_id"])
    assert (customer["email"], customer["name"], customer["billing_address"]["country"]) == (email, "Ada Lovelace", "FR")
    orders = api.orders.list(customer_id=customer["id"])
    assert orders["pagination"]["total_count"] == 1
    order = api.orders.get(orders["items"][0]["id"])
    assert (order["checkout_id"], order["product_id"]) == (checkout["id"], product["id"])
    assert (order["status"], order["billing_reason"]) == ("paid", "purchase")
    assert (order.get("net_amount", order.get("amount")), order["tax_amount"]) == (price, 0)
    assert order["metadata"] == {"cart": "42"}
    if "items" in order:
        assert [(item["label"], item["amount"]) for item in order["items"]] == [(product["name"], price)]
    if generation.external:
        assert customer["external_id"] == external
        assert order["customer"]["external_id"] == external
    if generation.payments:
        payments = api.payments.list(order_id=order["id"])["items"]
        assert len(payments) == 1
        payment = api.payments.get(payments[0]["id"])
        assert (payment["status"], payment["amount"], payment["method"]) == ("succeeded", price, "card")
        assert payment["method_metadata"]["last4"] == "4242"


def test_a_subscription_purchase(api: Any, generation: Any, till: Any) -> None:
    plan = api.products.get(till.products[0]["id"])
    checkout = open_session(generation, api, plan)
    pay(api, checkout)
    done = succeeded(api, checkout)
    found = api.subscriptions.list(customer_id=done["customer_id"])["items"]
    assert len(found) == 1
    subscription = api.subscriptions.get(found[0]["id"])
    assert (subscription["status"], subscription["product_id"]) == ("active", plan["id"])
    assert (subscription["recurring_interval"], subscription["checkout_id"]) == ("month", checkout["id"])
    assert subscription["amount"] == plan["prices"][0]["price_amount"]
    days = seconds_between(subscription["current_period_start"], subscription["current_period_end"]) / 86_400
    assert 28 <= days <= 31
    order = api.orders.list(customer_id=done["customer_id"])["items"][0]
    assert (order["billing_reason"], order["subscription_id"]) == ("subscription_create", subscription["id"])
    # 1.0.2 reads the status of a state's subscription as that of a license key, so it takes no true answer
    if generation.state and not generation.name.startswith("1.0.2 "):
        state = api.customers.get_state(done["customer_id"])
        assert [active["id"] for active in state["active_subscriptions"]] == [subscription["id"]]


def test_a_declined_card_leaves_the_session_open_and_the_next_card_pays(api: Any, generation: Any, till: Any) -> None:
    checkout = open_session(generation, api, till.products[2])
    email = f"{unique()}@example.com"
    for card in ("pm_card_visa_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds"):
        said = refusal(generation, lambda: pay(api, checkout, customer_email=email, confirmation_token_id=card))
        if generation.payment_error:
            assert said["kind"] == "PaymentError"
            assert isinstance(said["detail"], str)
        else:
            assert said["status"] == 400
        assert api.checkouts.get(checkout["id"])["status"] == "open"
        assert api.customers.list(email=email)["pagination"]["total_count"] == 0
    pay(api, checkout, customer_email=email)
    succeeded(api, checkout)
    if generation.payment_error:
        again = refusal(generation, lambda: pay(api, checkout, customer_email=email))
        assert again["kind"] == "NotOpenCheckout"
    else:  # 0.14 knows one 403 only, and cannot read any other
        with pytest.raises(Exception):
            pay(api, checkout, customer_email=email)
    assert api.customers.list(email=email)["pagination"]["total_count"] == 1


def test_customer_sessions(api: Any) -> None:
    customer = api.customers.create(email=f"{unique()}@example.com")
    session = api.customer_sessions.create(customer_id=customer["id"])
    assert session["customer_id"] == customer["id"]
    assert session["customer"]["email"] == customer["email"]
    assert session["token"].startswith(("polar_mst_", "polar_cst_"))
    assert session["token"] in session["customer_portal_url"]
    assert abs(seconds_between(session["created_at"], session["expires_at"]) - 3600) < 60


def test_errors_come_as_the_types_of_the_client(api: Any, generation: Any, till: Any) -> None:
    nobody = generation.connect(till, "polar_oat_wrong")
    assert refusal(generation, lambda: nobody.products.list())["status"] == 401
    missing = str(uuid4())
    for call in (api.products.get, api.checkouts.get, api.orders.get, api.subscriptions.get):
        said = refusal(generation, lambda: call(missing))
        assert said["kind"] == "ResourceNotFound"
        assert isinstance(said["detail"], str)
    several = "products" in generation.shapes
    body = {"products": [till.products[0]["id"], missing]} if several else {"product_id": missing}
    invalid = refusal(generation, lambda: api.checkouts.create(**body))
    assert invalid["kind"] == "HTTPValidationError"
    assert [(error["loc"], error["type"]) for error in invalid["detail"]] == [
        (["body", "products", 1] if several else ["body", "product_id"], "value_error")
    ]
    checkout = open_session(generation, api, till.products[2])
    incomplete = refusal(generation, lambda: api.checkouts.client_confirm(checkout["client_secret"]))
    assert incomplete["kind"] == "HTTPValidationError"
    places = {".".join(map(str, error["loc"])) for error in incomplete["detail"]}
    assert {"body.customer_email", "body.customer_billing_address", "body.confirmation_token_id"} <= places


def test_webhook_endpoints_deliveries_and_redelivery(api: Any, generation: Any, receiver: Receiver) -> None:
    if not generation.webhooks:
        pytest.skip("this release cannot manage webhooks")
    secret = "whsec_" + "s" * 43
    # Until 0.28 the caller brings the secret; later ones leave it out and read it from the answer.
    given = {} if generation.enabled else {"secret": secret}
    endpoint = api.webhooks.create(url=receiver.url, format="raw", events=["product.created"], **given)
    assert UUID(endpoint["id"]).version == 4
    assert (endpoint["url"], endpoint["format"], endpoint["events"]) == (receiver.url, "raw", ["product.created"])
    if generation.enabled:
        assert endpoint["enabled"] is True
        assert endpoint["secret"].startswith("whsec_")
    assert endpoint["id"] in [listed["id"] for listed in api.webhooks.list()["items"]]

    product = api.products.create(name=f"Heard {unique()}", recurring_interval=None, prices=[fixed(900)])
    until("the delivery", lambda: [d for d in receiver.deliveries if d.event["data"]["id"] == product["id"]])
    delivery = until("the delivery is listed", lambda: api.webhooks.deliveries(endpoint_id=endpoint["id"])["items"])[0]
    assert (delivery["succeeded"], delivery["http_code"]) == (True, 200)
    event = delivery["webhook_event"]["id"]
    assert event in [d.headers["webhook-id"] for d in receiver.deliveries]
    api.webhooks.redeliver(event)
    until("the second delivery", lambda: len([d for d in receiver.deliveries if d.headers["webhook-id"] == event]) == 2)

    updated = api.webhooks.update(endpoint["id"], events=["order.paid"], **({"enabled": False} if generation.enabled else {}))
    assert updated["events"] == ["order.paid"]
    if generation.enabled:
        assert updated["enabled"] is False
        assert api.webhooks.reset_secret(endpoint["id"])["secret"] != endpoint["secret"]
    else:
        api.webhooks.reset_secret(endpoint["id"])
    api.webhooks.delete(endpoint["id"])
    assert refusal(generation, lambda: api.webhooks.get(endpoint["id"]))["kind"] == "ResourceNotFound"
