// What merchants' webhook handlers receive: verified by every client generation, the Express adapter and a plain
// Standard Webhooks library, in the order in which things happened.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Webhooks as expressWebhooks } from '@polar-sh/express';
import express from 'express';
import { validateEvent as validate026, WebhookVerificationError as Refused026 } from 'sdk-0.26/webhooks';
import { validateEvent as validate032, WebhookVerificationError as Refused032 } from 'sdk-0.32/webhooks';
import { validateEvent as validate049, WebhookVerificationError as Refused049 } from 'sdk-0.49/webhooks';
import { webhooks as webhooks2026_04 } from 'sdk-1.0/2026-04';
import { webhooks as webhooks2026_10 } from 'sdk-1.0/2026-10';
import { webhooks as webhooks2027_01 } from 'sdk-1.0/2027-01';
import { Webhook } from 'standardwebhooks';
import { startReceiver } from '../receiver.mjs';
import { databases, startTill, until } from '../till.mjs';

const events = [
  'checkout.created', 'checkout.updated', 'customer.created', 'customer.updated',
  'order.created', 'order.updated', 'order.paid',
  'subscription.created', 'subscription.active', 'subscription.updated',
];
/** The event types that 0.26 has never heard of: it checks the signature, then refuses the type. */
const after026 = new Set(['customer.created', 'customer.updated', 'order.updated', 'order.paid']);

/** Each verifier gives the event's `data.id`, or throws; `refused` tells a bad signature from all else. */
const verifiers = [
  ...[['sdk 0.26.0', validate026, Refused026, after026], ['sdk 0.32.16', validate032, Refused032], ['sdk 0.49.0', validate049, Refused049]]
    .map(([name, validate, Refused, unknown]) => ({
      name,
      unknown,
      // the oldest reads whole numbers only in metadata
      wholeOnly: name === 'sdk 0.26.0',
      verify: async (raw, headers, secret) => validate(raw, headers, secret).data.id,
      refused: (error) => error instanceof Refused,
    })),
  ...[['sdk 1.0.1 of 2026-04', webhooks2026_04], ['sdk 1.0.1 of 2026-10', webhooks2026_10], ['sdk 1.0.1 of 2027-01', webhooks2027_01]]
    .map(([name, webhooks]) => ({
      name,
      verify: async (raw, headers, secret) => (await webhooks.validateEvent(raw, headers, secret)).data.id,
      refused: (error) => error instanceof webhooks.PolarWebhookVerificationError,
    })),
  // Polar's key is the bytes of the whole secret, which this library wants in base64; the secret as it is shown works too.
  ...[['the key of the SDKs', (secret) => Buffer.from(secret).toString('base64')], ['the secret as shown', (secret) => secret]]
    .map(([name, key]) => ({
      name: `standardwebhooks 1.1.1 with ${name}`,
      verify: async (raw, headers, secret) => new Webhook(key(secret)).verify(raw, headers).data.id,
      refused: (error) => error.name === 'WebhookVerificationError' || /signature|base64|decod/i.test(error.message),
    })),
];

/** A real Express app around the adapter, with `express.json()` before it as its documentation has it. */
async function startExpress(secretOf) {
  const payloads = [];
  const paid = [];
  const statuses = [];
  const app = express();
  app.use(express.json());
  app.post('/hook', (request, response, next) => {
    response.on('finish', () => statuses.push(response.statusCode));
    expressWebhooks({
      webhookSecret: secretOf(),
      onPayload: async (payload) => { payloads.push(payload); },
      onOrderPaid: async (payload) => { paid.push(payload); },
    })(request, response, next);
  });
  const server = await new Promise((done) => { const s = app.listen(0, '127.0.0.1', () => done(s)); });
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    payloads, paid, statuses,
    stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
  };
}

function said(deliveries) {
  return deliveries.map(({ event }) => (event.type === 'checkout.updated' ? `${event.type}(${event.data.status})` : event.type));
}
const finished = (checkout) => (all) =>
  all.some(({ event }) => event.type === 'checkout.updated' && event.data.id === checkout.id && event.data.status === 'succeeded');

function purchases(database) {
  let till;
  let receiver;
  let adapter;
  let secret;
  let adapterSecret;
  const bought = {};

  async function endpoint(url) {
    const made = await till.api('POST', '/v1/webhooks/endpoints', { url, format: 'raw', events });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.secret;
  }
  /** One purchase, whole: opened, paid, and all its webhooks received. */
  async function buy(index, extra = {}) {
    const from = receiver.deliveries.length;
    const external = `kunde-${randomUUID()}`;
    const made = await till.api('POST', '/v1/checkouts/', {
      products: [till.products[index].id], external_customer_id: external,
      metadata: { note: 'Größe 😀 "quoted" a/b <&>', zero: 0, big: 9007199254740991, yes: true, ...extra },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const confirmed = await till.api('POST', `/v1/checkouts/client/${made.body.client_secret}/confirm`, {
      customer_email: `${randomUUID()}@example.com`, customer_name: 'Zoë Ångström', customer_billing_address: { country: 'FR' },
      confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    await receiver.waitFor('the last webhook', finished(made.body));
    return { checkout: made.body, external, deliveries: receiver.deliveries.slice(from) };
  }

  before(async () => {
    till = await startTill('webhooks-ts', { database });
    receiver = await startReceiver();
    adapter = await startExpress(() => adapterSecret);
    secret = await endpoint(receiver.url);
    adapterSecret = await endpoint(adapter.url);
    bought.once = await buy(2, { fraction: 0.1 });
    bought.monthly = await buy(0);
  });
  after(async () => { await till?.stop(); await receiver?.stop(); await adapter?.stop(); });

  test('a one-time purchase is told in order', () => {
    assert.deepEqual(said(bought.once.deliveries), [
      'checkout.created', 'checkout.updated(confirmed)', 'customer.created',
      'order.created', 'order.updated', 'order.paid', 'checkout.updated(succeeded)',
    ]);
  });

  test('a subscription purchase is told in order', () => {
    assert.deepEqual(said(bought.monthly.deliveries), [
      'checkout.created', 'checkout.updated(confirmed)', 'customer.created',
      'subscription.created', 'subscription.active', 'subscription.updated',
      'order.created', 'order.updated', 'order.paid', 'checkout.updated(succeeded)',
    ]);
  });

  test('the external id is in every event of the purchase', () => {
    for (const { external, deliveries } of Object.values(bought)) {
      for (const { event } of deliveries) {
        const [kind] = event.type.split('.');
        if (kind === 'checkout') assert.equal(event.data.external_customer_id, external, event.type);
        else if (kind === 'customer') assert.equal(event.data.external_id, external, event.type);
        else assert.equal(event.data.customer.external_id, external, event.type);
      }
    }
  });

  test('orders are paid from their first event, and carry the metadata', () => {
    for (const { checkout, deliveries } of Object.values(bought)) {
      for (const { event } of deliveries.filter(({ event }) => event.type.startsWith('order.'))) {
        assert.equal(event.data.status, 'paid');
        assert.equal(event.data.checkout_id, checkout.id);
        assert.deepEqual(event.data.metadata, checkout.metadata);
      }
    }
  });

  test('each request is as the wire has it', () => {
    const ids = new Set();
    for (const { method, headers, event } of receiver.deliveries) {
      assert.equal(method, 'POST');
      assert.equal(headers['content-type'], 'application/json');
      assert.match(headers['webhook-timestamp'], /^\d{10}$/);
      assert.match(headers['webhook-signature'], /^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$/);
      ids.add(headers['webhook-id']);
      assert.equal(Object.keys(event)[0], 'type');
      assert.match(event.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      assert.equal(typeof event.api_version, 'string', 'the Python client of 1.0 insists');
      assert.equal(typeof event.data.id, 'string');
    }
    assert.equal(ids.size, receiver.deliveries.length, 'each event has an id of its own');
  });

  test('the body is JSON as JavaScript prints it', () => {
    for (const { raw, event } of receiver.deliveries) assert.equal(raw, JSON.stringify(event));
  });

  for (const { name, verify, refused, unknown = new Set(), wholeOnly = false } of verifiers) {
    test(`${name} verifies every delivery, and refuses a changed one`, async () => {
      for (const { raw, headers, event } of receiver.deliveries) {
        if (wholeOnly && event.data.metadata?.fraction) continue;
        if (unknown.has(event.type)) {
          await assert.rejects(verify(raw, headers, secret), (error) => !refused(error) && /event/i.test(error.message), `${event.type}: signature good, type unknown`);
        } else {
          assert.equal(await verify(raw, headers, secret), event.data.id, event.type);
        }
        await assert.rejects(verify(`${raw} `, headers, secret), refused, 'a changed body');
        await assert.rejects(verify(raw, { ...headers, 'webhook-id': randomUUID() }, secret), refused, 'a changed id');
        const other = secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
        await assert.rejects(verify(raw, headers, other), refused, 'another secret');
      }
    });
  }

  test('the Express adapter accepts every delivery after parsing and printing it again', async () => {
    const types = receiver.deliveries.map(({ event }) => event.type);
    await until('the adapter heard everything', () => adapter.statuses.length >= types.length);
    assert.deepEqual(adapter.statuses, types.map(() => 200));
    assert.deepEqual(adapter.payloads.map(({ type }) => type), types);
    assert.deepEqual(adapter.paid.map(({ data }) => data.customer.externalId), [bought.once.external, bought.monthly.external]);
  });

  test('the Express adapter answers 403 to a wrong signature', async () => {
    const [{ raw, headers }] = receiver.deliveries;
    const answer = await fetch(adapter.url, {
      method: 'POST', body: raw,
      headers: {
        'content-type': 'application/json', 'webhook-id': headers['webhook-id'], 'webhook-timestamp': headers['webhook-timestamp'],
        'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
      },
    });
    assert.equal(answer.status, 403);
  });

  test('a failing receiver gets the event again with the same id', async () => {
    let refusals = 1;
    const stubborn = await startReceiver(() => (refusals-- > 0 ? 503 : 200));
    try {
      const key = await endpoint(stubborn.url);
      const made = await till.api('POST', '/v1/checkouts/', { products: [till.products[2].id] });
      // The first retry comes after four to eight seconds.
      await stubborn.waitFor('the retry', (all) => all.filter(({ event }) => event.data.id === made.body.id).length >= 2, 25);
      const [first, second] = stubborn.deliveries;
      assert.equal(first.headers['webhook-id'], second.headers['webhook-id']);
      assert.equal(first.raw, second.raw);
      assert.ok(Number(second.headers['webhook-timestamp']) > Number(first.headers['webhook-timestamp']));
      assert.equal(validate049(second.raw, second.headers, key).data.id, made.body.id);
    } finally {
      await stubborn.stop();
    }
  });

  test('a delivery begins at once', async () => {
    const from = receiver.deliveries.length;
    const begun = Date.now();
    const made = await till.api('POST', '/v1/checkouts/', { products: [till.products[2].id] });
    await receiver.waitFor('checkout.created', (all) => all.slice(from).some(({ event }) => event.data.id === made.body.id));
    const took = receiver.deliveries.at(-1).at - begun;
    assert.ok(took < 500, `${took} ms between the request and the delivery`);
  });
}

for (const database of databases) describe(`webhooks on ${database}`, () => purchases(database));
