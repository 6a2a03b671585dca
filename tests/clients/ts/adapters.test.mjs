// The published adapters' three handlers, each in a program as a merchant has it: checkout, portal and webhooks.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import * as ofExpress from '@polar-sh/express';
import * as ofHono from '@polar-sh/hono';
import express from 'express';
import { Hono } from 'hono';
import { startTill, until } from '../till.mjs';
import { listen, sandboxIs, serve } from './serving.mjs';

// Next.js has no map of exports: its adapter's ES module only resolves inside a bundler.
const require = createRequire(import.meta.url);
const ofNext = require('@polar-sh/nextjs');
const { NextRequest } = require('next/server');

/** What each framework makes of one program: GET /checkout, GET /plain, GET /portal, POST /hook. */
const frameworks = [
  {
    name: 'Express 0.3.0', adapter: ofExpress, redirect: 302,
    // The handlers take the framework's request; a query parameter stands for who is signed in.
    from: (request, name) => request.query[name],
    start: (handlers) => {
      const app = express();
      app.use(express.json());
      for (const [method, path, handler] of handlers) app[method](path, handler);
      return listen(app);
    },
  },
  {
    name: 'Hono 0.5.3', adapter: ofHono, redirect: 302, theme: true, returnUrl: true,
    from: (context, name) => context.req.query(name),
    start: (handlers) => {
      const app = new Hono();
      for (const [method, path, handler] of handlers) app[method](path, handler);
      return serve(app.fetch);
    },
  },
  {
    name: 'Next.js 0.9.6', adapter: ofNext, redirect: 307, theme: true, returnUrl: true, external: true, seats: true,
    from: (request, name) => request.nextUrl.searchParams.get(name),
    start: (handlers) => serve((request) => {
      const { pathname } = new URL(request.url);
      const [, , handler] = handlers.find(([method, path]) => path === pathname && method.toUpperCase() === request.method);
      return handler(new NextRequest(request));
    }),
  },
];

const billing = { country: 'DE', line1: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117' };

function suite({ name, adapter, redirect, theme, returnUrl, external, seats, from, start }) {
  let till;
  let program;
  let undo;
  let secret;
  const heard = [];
  const paid = [];
  const statuses = [];

  before(async () => {
    till = await startTill(`adapter-${name.split(' ')[0]}`);
    undo = sandboxIs(till.url);
    const there = { accessToken: till.token, server: 'sandbox' };
    const hook = (...args) => adapter.Webhooks({
      webhookSecret: secret,
      onPayload: async (payload) => { heard.push(payload.type); },
      onOrderPaid: async (payload) => { paid.push(payload); },
    })(...args);
    program = await start([
      ['get', '/checkout', adapter.Checkout({
        ...there, successUrl: 'https://shop.example/thanks?from=adapter', returnUrl: 'https://shop.example/cart', theme: 'dark',
      })],
      ['get', '/plain', adapter.Checkout({ ...there, successUrl: 'https://shop.example/thanks', includeCheckoutId: false })],
      ['get', '/portal', adapter.CustomerPortal({
        ...there, returnUrl: 'https://shop.example/account', getCustomerId: async (request) => from(request, 'me'),
      })],
      ['get', '/portal/external', adapter.CustomerPortal({ ...there, getExternalCustomerId: async (request) => from(request, 'me') })],
      ['post', '/hook', hook],
    ]);
    const made = await till.api('POST', '/v1/webhooks/endpoints', {
      url: `${program.url}/hook`, format: 'raw',
      events: ['checkout.created', 'checkout.updated', 'customer.created', 'subscription.created', 'subscription.active', 'order.created', 'order.paid'],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    secret = made.body.secret;
  });
  after(async () => { undo?.(); await till?.stop(); await program?.stop(); });

  /** Follows the adapter to Till, and gives the address it sends the buyer to. */
  async function sent(path, query = []) {
    const answer = await fetch(`${program.url}${path}?${new URLSearchParams(query)}`, { redirect: 'manual' });
    assert.equal(answer.status, redirect, await answer.text());
    return new URL(answer.headers.get('location'));
  }
  async function newest() {
    const list = await till.api('GET', '/v1/checkouts/?limit=1&sorting=-created_at');
    return list.body.items[0];
  }
  async function customer() {
    const external = `kunde-${randomUUID()}`;
    const made = await till.api('POST', '/v1/customers/', { email: `${randomUUID()}@example.com`, name: 'Zoë', external_id: external });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  }

  test('a checkout without a product is the adapter\'s 400', async () => {
    const answer = await fetch(`${program.url}/checkout`, { redirect: 'manual' });
    assert.equal(answer.status, 400);
  });

  test('the buyer is sent to the session\'s page, in the wanted theme', async () => {
    const place = await sent('/checkout', [['products', till.products[0].id]]);
    const session = await newest();
    assert.equal(place.origin + place.pathname, session.url.split('?')[0]);
    assert.equal(place.searchParams.get('theme'), theme ? 'dark' : null);
    const page = await fetch(place);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
  });

  test('everything that the address says arrives in the session', async () => {
    const external = `kunde-${randomUUID()}`;
    await sent('/checkout', [
      ['products', till.products[0].id], ['products', till.products[1].id],
      ['customerExternalId', external], ['customerEmail', 'zoe@example.com'], ['customerName', 'Zoë Ångström'],
      ['customerBillingAddress', JSON.stringify({ country: 'DE', line1: billing.line1, city: billing.city, postalCode: billing.postal_code })],
      ['customerIpAddress', '203.0.113.7'], ['customerTaxId', 'DE136695976'],
      ['customerMetadata', JSON.stringify({ plan: 'größer', seats: 3, beta: true })],
      ['allowDiscountCodes', 'false'], ['metadata', JSON.stringify({ campaign: 'märz', fraction: 2 })],
    ]);
    const session = await newest();
    assert.deepEqual(session.products.map(({ id }) => id), [till.products[0].id, till.products[1].id]);
    assert.equal(session.external_customer_id, external);
    assert.equal(session.customer_email, 'zoe@example.com');
    assert.equal(session.customer_name, 'Zoë Ångström');
    for (const [key, value] of Object.entries(billing)) assert.equal(session.customer_billing_address[key], value, key);
    assert.equal(session.customer_ip_address, '203.0.113.7');
    assert.equal(session.customer_tax_id, 'DE136695976');
    assert.deepEqual(session.customer_metadata, { plan: 'größer', seats: 3, beta: true });
    assert.deepEqual(session.metadata, { campaign: 'märz', fraction: 2 });
    assert.equal(session.allow_discount_codes, false);
    assert.equal(session.return_url, returnUrl ? 'https://shop.example/cart' : null);
  });

  test('a known customer is bound by its id', async () => {
    const known = await customer();
    await sent('/checkout', [['products', till.products[2].id], ['customerId', known.id]]);
    const session = await newest();
    assert.equal(session.customer_id, known.id);
    assert.equal(session.customer_email, known.email);
  });

  test('the session\'s id is put where the braces are, or nowhere', async () => {
    await sent('/checkout', [['products', till.products[2].id]]);
    const session = await newest();
    assert.equal(session.success_url, `https://shop.example/thanks?from=adapter&checkoutId=${session.id}`);
    await sent('/plain', [['products', till.products[2].id]]);
    assert.equal((await newest()).success_url, 'https://shop.example/thanks');
  });

  test('what Till refuses is the adapter\'s 500', async (t) => {
    t.mock.method(console, 'error', () => {});
    const answer = await fetch(`${program.url}/checkout?products=${randomUUID()}`, { redirect: 'manual' });
    assert.equal(answer.status, 500);
  });

  if (seats) test('seats are passed on', async () => {
    const made = await till.api('POST', '/v1/products/', {
      name: 'Team', recurring_interval: 'month', prices: [{
        amount_type: 'seat_based', price_currency: 'usd', seat_tiers: { tiers: [{ min_seats: 1, max_seats: null, price_per_seat: 1500 }] },
      }],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await sent('/checkout', [['products', made.body.id], ['seats', '4']]);
    const session = await newest();
    assert.equal(session.seats, 4);
    assert.equal(session.amount, 6000);
  });

  test('the portal is opened for the customer who is signed in', async () => {
    const known = await customer();
    const place = await sent('/portal', [['me', known.id]]);
    assert.equal(place.origin, new URL(till.url).origin);
    assert.match(place.search, /token=/);
    const nobody = await fetch(`${program.url}/portal`, { redirect: 'manual' });
    assert.equal(nobody.status, 400);
  });

  if (external) test('the portal is opened by the merchant\'s own id', async () => {
    const known = await customer();
    const place = await sent('/portal/external', [['me', known.external_id]]);
    assert.match(place.search, /token=/);
    const nobody = await fetch(`${program.url}/portal/external`, { redirect: 'manual' });
    assert.equal(nobody.status, 400);
  });

  test('the token in the portal\'s address opens its API for that customer alone', async () => {
    const known = await customer();
    const place = await sent('/portal', [['me', known.id]]);
    const authorization = `Bearer ${place.searchParams.get('customer_session_token')}`;
    const asked = async (path) => {
      const answer = await fetch(`${till.url}/v1/customer-portal/${path}`, { headers: { authorization } });
      assert.equal(answer.status, 200, path);
      return answer.json();
    };
    assert.equal((await asked('customers/me')).id, known.id);
    assert.equal((await asked('customer-session/user')).email, known.email);
    const { return_url: back } = await asked('customer-session/introspect');
    assert.equal(back, returnUrl ? 'https://shop.example/account' : null);
    assert.deepEqual((await asked('orders/')).items, []);
  });

  test('the portal\'s page opens for that customer, and the token is taken out of its address', async () => {
    const known = await customer();
    const place = await sent('/portal', [['me', known.id]]);
    const opened = await fetch(place, { redirect: 'manual' });
    assert.equal(opened.status, 303);
    const [cookie] = opened.headers.getSetCookie().map((one) => one.split(';')[0]).filter((one) => one.startsWith('till_portal_session='));
    const next = new URL(opened.headers.get('location'), place);
    assert.doesNotMatch(next.href, /token=/);
    const page = await fetch(next, { headers: { cookie, accept: 'text/html' } });
    assert.equal(page.status, 200);
    assert.ok((await page.text()).includes(known.email), 'the page says who is signed in');
  });

  test('a purchase is told to the webhook handler, which accepts all of it', async () => {
    heard.length = 0;
    const external = `kunde-${randomUUID()}`;
    await sent('/checkout', [['products', till.products[0].id], ['customerExternalId', external]]);
    const session = await newest();
    const confirmed = await till.api('POST', `/v1/checkouts/client/${session.client_secret}/confirm`, {
      customer_email: `${randomUUID()}@example.com`, customer_name: 'Zoë Ångström', customer_billing_address: { country: 'FR' },
      confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    await until('the order was paid', () => paid.length > 0);
    assert.deepEqual(heard.filter((type) => type !== 'checkout.updated'), [
      'checkout.created', 'customer.created', 'subscription.created', 'subscription.active', 'order.created', 'order.paid',
    ]);
    assert.equal(paid[0].data.customer.externalId, external);
    const deliveries = await until('all deliveries are noted', async () => {
      const list = await till.api('GET', '/v1/webhooks/deliveries?limit=100');
      return list.body.items.length >= heard.length && list.body.items;
    });
    assert.deepEqual(deliveries.filter(({ http_code }) => http_code !== 200), []);
  });

  test('a wrong signature is the adapter\'s 403', async (t) => {
    t.mock.method(console, 'log', () => {});
    const answer = await fetch(`${program.url}/hook`, {
      method: 'POST', body: '{"type":"order.paid"}',
      headers: {
        'content-type': 'application/json', 'webhook-id': randomUUID(), 'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
      },
    });
    assert.equal(answer.status, 403);
  });
}

for (const framework of frameworks) describe(`the adapter of ${framework.name}`, () => suite(framework));
