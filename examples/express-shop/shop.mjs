// A shop: it lists what Till sells, sends buyers to the checkout, and gives access when the webhook says "paid".
import express from 'express';
import { Polar } from '@polar-sh/sdk';
import { validateEvent, WebhookVerificationError } from '@polar-sh/sdk/webhooks';

const till = process.env.TILL_URL ?? 'http://127.0.0.1:8080';
const port = Number(process.env.PORT ?? 3000);
const shop = `http://127.0.0.1:${port}`;
const polar = new Polar({ accessToken: process.env.TILL_TOKEN, serverURL: till });

/** Orders that were paid, by the buyer's id in this shop. A real shop keeps them in its database. */
const paid = new Map();

// In production make the endpoint once, on the dashboard, and read its secret from the environment.
const secret = process.env.WEBHOOK_SECRET ?? (await endpoint()).secret;

async function endpoint() {
  return polar.webhooks.createWebhookEndpoint({ url: `${shop}/webhook`, format: 'raw', events: ['order.paid'] });
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const app = express();

app.get('/', async (request, response) => {
  const { result } = await polar.products.list({ isArchived: false });
  const rows = result.items.map((p) => `<li>${escaped(p.name)} <a href="/buy/${p.id}?user=user_1">Buy</a>`);
  response.send(`<!doctype html><title>Shop</title><h1>Shop</h1><ul>${rows.join('')}</ul>`);
});

app.get('/buy/:product', async (request, response) => {
  const checkout = await polar.checkouts.create({
    products: [request.params.product],
    externalCustomerId: String(request.query.user), // who has signed in here
    successUrl: `${shop}/thanks?checkout={CHECKOUT_ID}`,
  });
  response.redirect(checkout.url);
});

// The browser may come back before the webhook, or never: access depends on the webhook alone.
app.get('/thanks', (request, response) => response.send('Thank you! <a href="/orders/user_1">Your orders</a>'));

app.get('/orders/:user', (request, response) => response.json(paid.get(request.params.user) ?? {}));

// The signature covers the bytes, so the body stays as it came.
app.post('/webhook', express.raw({ type: 'application/json' }), (request, response) => {
  try {
    const event = validateEvent(request.body, request.headers, secret);
    if (event.type === 'order.paid') {
      const { id, customer, description, conflictingExternalCustomerId } = event.data;
      // Somebody else's address was typed: look at it before anything is delivered (SECURITY.md).
      if (conflictingExternalCustomerId) console.warn('needs a look:', id);
      // The same event may come twice: what it does is done once.
      paid.set(customer.externalId, { ...paid.get(customer.externalId), [id]: description });
      console.log('paid:', description, 'for', customer.externalId);
    }
    response.sendStatus(204);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    response.sendStatus(403);
  }
});

app.listen(port, '127.0.0.1', () => console.log(`The shop is at ${shop}`));
