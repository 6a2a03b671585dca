"""One way to speak to every release of polar-sdk: dicts in and out, ids as arguments.

POLAR_SDK names the release; its packages are first on PYTHONPATH (see `run`).
"""

import dataclasses
import importlib
import json
import os
from types import SimpleNamespace
from typing import Any

RELEASE = os.environ["POLAR_SDK"]


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


def plain(value: Any) -> Any:
    """What the client understood of an answer, as plain dicts and lists."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


class ZeroDot:
    """The 0.x releases."""

    def __init__(self, release: str) -> None:
        number = _number(release)
        self.name = release
        self.external = (
            None if number < (0, 16) else "customer_external_id" if number < (0, 22) else "external_customer_id"
        )
        self.state = number >= (0, 16)
        self.payments = number >= (0, 22)
        self.webhooks = number >= (0, 22)
        self.enabled = number >= (0, 32)
        self.payment_error = number >= (0, 16)
        self.free = {"amount_type": "free"} if number < (0, 32) else None
        if number < (0, 15):
            self.shapes = ["product_id", "product_price_id"]
        elif number < (0, 17, 3):
            self.shapes = ["products", "product_id", "product_price_id"]
        else:
            self.shapes = ["products"]
        self._external_body = "customer_update" if number < (0, 22) else "customer_update_external_id"
        self._list_organizations = "list_organizations" if number >= (0, 32) else "list"

    def connect(self, till: Any, token: str | None = None) -> SimpleNamespace:
        from polar_sdk import Polar

        polar = Polar(access_token=token or till.token, server_url=till.url)

        def listing(call: Any) -> Any:
            return lambda **query: plain(call(**query).result)

        def every(call: Any) -> Any:
            def run(**query: Any) -> list[Any]:
                items, page = [], call(**query)
                while page is not None:
                    items += plain(page.result)["items"]
                    page = page.next()
                return items

            return run

        def create(call: Any) -> Any:
            return lambda **body: plain(call(request=body))

        def get(call: Any, name: str = "id") -> Any:
            return lambda key: plain(call(**{name: key}))

        def update(call: Any, body_name: str, name: str = "id") -> Any:
            return lambda key, **body: plain(call(**{name: key, body_name: body}))

        customers, checkouts = polar.customers, polar.checkouts
        api = SimpleNamespace(
            client=polar,  # its connections are closed when nobody holds it
            organizations=SimpleNamespace(
                list=listing(getattr(polar.organizations, self._list_organizations)),
                get=get(polar.organizations.get),
                update=update(polar.organizations.update, "organization_update"),
            ),
            products=SimpleNamespace(
                list=listing(polar.products.list),
                every=every(polar.products.list),
                create=create(polar.products.create),
                get=get(polar.products.get),
                update=update(polar.products.update, "product_update"),
            ),
            customers=SimpleNamespace(
                list=listing(customers.list),
                create=create(customers.create),
                get=get(customers.get),
                update=update(customers.update, "customer_update"),
                delete=get(customers.delete),
            ),
            checkouts=SimpleNamespace(
                list=listing(checkouts.list),
                create=create(checkouts.create),
                get=get(checkouts.get),
                update=update(checkouts.update, "checkout_update"),
                client_get=get(checkouts.client_get, "client_secret"),
                client_update=update(checkouts.client_update, "checkout_update_public", "client_secret"),
                client_confirm=update(checkouts.client_confirm, "checkout_confirm_stripe", "client_secret"),
            ),
            orders=SimpleNamespace(list=listing(polar.orders.list), get=get(polar.orders.get)),
            subscriptions=SimpleNamespace(
                list=listing(polar.subscriptions.list), get=get(polar.subscriptions.get)
            ),
            customer_sessions=SimpleNamespace(create=create(polar.customer_sessions.create)),
        )
        if self.state:
            api.customers.get_external = get(customers.get_external, "external_id")
            api.customers.update_external = update(customers.update_external, self._external_body, "external_id")
            api.customers.delete_external = get(customers.delete_external, "external_id")
            api.customers.get_state = get(customers.get_state)
            api.customers.get_state_external = get(customers.get_state_external, "external_id")
        if self.payments:
            api.payments = SimpleNamespace(list=listing(polar.payments.list), get=get(polar.payments.get))
        if self.webhooks:
            hooks = polar.webhooks
            api.webhooks = SimpleNamespace(
                list=listing(hooks.list_webhook_endpoints),
                create=create(hooks.create_webhook_endpoint),
                get=get(hooks.get_webhook_endpoint),
                update=update(hooks.update_webhook_endpoint, "webhook_endpoint_update"),
                reset_secret=get(hooks.reset_webhook_endpoint_secret),
                delete=get(hooks.delete_webhook_endpoint),
                deliveries=listing(hooks.list_webhook_deliveries),
                redeliver=get(hooks.redeliver_webhook_event),
            )
        return api

    def describe(self, error: Exception) -> dict[str, Any]:
        """The error's kind, status and detail as this release says them."""
        data = plain(getattr(error, "data", None))
        if not isinstance(data, dict):
            data = {}
        kind = type(error).__name__
        if kind == "CheckoutForbiddenError":  # a union: the name is inside
            kind = data.get("error") or json.loads(getattr(error, "body", "{}")).get("error", kind)
        return {
            "kind": kind,
            "status": getattr(error, "status_code", None),
            "detail": data.get("detail"),
        }

    def verify(self, raw: str, headers: dict[str, str], secret: str) -> str:
        from polar_sdk.webhooks import validate_event

        return str(plain(validate_event(raw, headers, secret))["data"]["id"])

    def refused(self, error: Exception) -> bool:
        from polar_sdk.webhooks import WebhookVerificationError

        return isinstance(error, WebhookVerificationError)


class OneDot:
    """1.0 and later, with the module of one API version."""

    external, state, payments, webhooks, enabled, payment_error, free = (
        "external_customer_id", True, True, True, True, True, None,
    )
    shapes = ["products"]

    def __init__(self, release: str, module: str) -> None:
        self.name = f"{release} of {module}"
        self.module = importlib.import_module(f"polar.{module}")
        self.hooks = importlib.import_module(f"polar.{module}.webhooks")

    def connect(self, till: Any, token: str | None = None) -> SimpleNamespace:
        polar = self.module.Polar(token or till.token, base_url=till.url)

        def calls(service: Any, **names: str) -> SimpleNamespace:
            def plainly(method: Any) -> Any:
                return lambda *key, **body: plain(method(*key, **body))

            return SimpleNamespace(
                **{name: plainly(getattr(service, method)) for name, method in names.items()}
            )

        def same(service: Any, *names: str) -> SimpleNamespace:
            return calls(service, **{name: name for name in names})

        api = SimpleNamespace(
            client=polar,
            organizations=same(polar.organizations, "list", "get", "update"),
            products=same(polar.products, "list", "create", "get", "update"),
            customers=same(
                polar.customers, "list", "create", "get", "update", "delete", "get_external",
                "update_external", "delete_external", "get_state", "get_state_external",
            ),
            checkouts=same(
                polar.checkouts, "list", "create", "get", "update", "client_get", "client_update", "client_confirm"
            ),
            orders=same(polar.orders, "list", "get"),
            payments=same(polar.payments, "list", "get"),
            subscriptions=same(polar.subscriptions, "list", "get"),
            customer_sessions=same(polar.customer_sessions, "create"),
            webhooks=calls(
                polar.webhooks,
                list="list_webhook_endpoints",
                create="create_webhook_endpoint",
                get="get_webhook_endpoint",
                update="update_webhook_endpoint",
                reset_secret="reset_webhook_endpoint_secret",
                delete="delete_webhook_endpoint",
                deliveries="list_webhook_deliveries",
                redeliver="redeliver_webhook_event",
            ),
        )
        api.products.every = lambda **query: [plain(item) for item in polar.products.iter_list(**query)]
        return api

    def describe(self, error: Exception) -> dict[str, Any]:
        body = plain(getattr(error, "error", None))
        if not isinstance(body, dict):
            body = {}
        kind = type(error).__name__
        if kind.endswith("403Error"):  # a union: the name is inside
            kind = body.get("error", kind)
        return {"kind": kind, "status": getattr(error, "status_code", None), "detail": body.get("detail")}

    def verify(self, raw: str, headers: dict[str, str], secret: str) -> str:
        return str(plain(self.hooks.validate_event(raw, headers, secret))["data"]["id"])

    def refused(self, error: Exception) -> bool:
        from polar.webhooks import PolarWebhookVerificationError

        return isinstance(error, PolarWebhookVerificationError)


if _number(RELEASE) >= (1, 0):
    GENERATIONS: list[Any] = [OneDot(RELEASE, module) for module in ("v2026_04", "v2026_10", "v2027_01")]
else:
    GENERATIONS = [ZeroDot(RELEASE)]

#: Whether this release also runs on PostgreSQL.
NEWEST = _number(RELEASE) >= (0, 32)
