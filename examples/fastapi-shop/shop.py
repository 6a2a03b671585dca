"""A shop: it lists what Till sells, sends buyers to the checkout, and gives access when the webhook says "paid"."""

import os
from contextlib import asynccontextmanager
from html import escape

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from polar_sdk import Polar
from polar_sdk.webhooks import WebhookVerificationError, validate_event

TILL = os.environ.get("TILL_URL", "http://127.0.0.1:8080")
SHOP = os.environ.get("SHOP_URL", "http://127.0.0.1:8000")
polar = Polar(access_token=os.environ["TILL_TOKEN"], server_url=TILL)

#: Orders that were paid, by the buyer's id in this shop. A real shop keeps them in its database.
paid: dict[str | None, dict[str, str]] = {}
secret = os.environ.get("WEBHOOK_SECRET", "")


@asynccontextmanager
async def start(_: FastAPI):
    """In production make the endpoint once, on the dashboard, and read its secret from the environment."""
    global secret
    if not secret:
        wanted = {"url": f"{SHOP}/webhook", "format": "raw", "events": ["order.paid"]}
        secret = polar.webhooks.create_webhook_endpoint(request=wanted).secret
    yield


app = FastAPI(lifespan=start)


@app.get("/", response_class=HTMLResponse)
def products() -> str:
    listed = polar.products.list(is_archived=False).result.items
    rows = "".join(f'<li>{escape(p.name)} <a href="/buy/{p.id}?user=user_1">Buy</a>' for p in listed)
    return f"<!doctype html><title>Shop</title><h1>Shop</h1><ul>{rows}</ul>"


@app.get("/buy/{product}")
def buy(product: str, user: str) -> RedirectResponse:
    checkout = polar.checkouts.create(request={
        "products": [product],
        "external_customer_id": user,  # who has signed in here
        "success_url": f"{SHOP}/thanks?checkout={{CHECKOUT_ID}}",
    })
    return RedirectResponse(checkout.url, status_code=303)


@app.get("/thanks", response_class=HTMLResponse)
def thanks() -> str:
    """The browser may come back before the webhook, or never: access depends on the webhook alone."""
    return 'Thank you! <a href="/orders/user_1">Your orders</a>'


@app.get("/orders/{user}")
def orders(user: str) -> dict[str, str]:
    return paid.get(user, {})


@app.post("/webhook")
async def webhook(request: Request) -> Response:
    try:
        event = validate_event(await request.body(), dict(request.headers), secret)
    except WebhookVerificationError:
        return Response(status_code=403)
    if event.TYPE == "order.paid":
        order = event.data
        # The same event may come twice: what it does is done once.
        paid.setdefault(order.customer.external_id, {})[order.id] = order.description
        print("paid:", order.description, "for", order.customer.external_id, flush=True)
    return Response(status_code=204)
