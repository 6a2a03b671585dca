// The better-auth plugin in a program that signs people in: they become customers, buy, and see what they have.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { checkout, polar, portal, usage, webhooks } from '@polar-sh/better-auth';
import { Polar } from '@polar-sh/sdk';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { startTill, until } from '../till.mjs';
import { serve } from './serving.mjs';

describe('the better-auth plugin 1.8.4', () => {
  let till;
  let program;
  let secret;
  const paid = [];
  const states = [];

  before(async () => {
    till = await startTill('better-auth');
    let auth;
    program = await serve((request) => auth.handler(request));
    auth = betterAuth({
      baseURL: program.url,
      secret: randomUUID() + randomUUID(),
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      // Hashing passwords well takes longer than all the rest.
      emailAndPassword: { enabled: true, password: { hash: async (word) => word, verify: async ({ hash, password }) => hash === password } },
      user: { deleteUser: { enabled: true } },
      rateLimit: { enabled: false },
      telemetry: { enabled: false },
      logger: { disabled: true },
      plugins: [polar({
        client: new Polar({ accessToken: till.token, serverURL: till.url }),
        createCustomerOnSignUp: true,
        getCustomerCreateParams: async () => ({ metadata: { from: 'sign-up' } }),
        use: [
          checkout({
            products: [{ productId: till.products[0].id, slug: 'monthly' }], successUrl: '/thanks?checkout_id={CHECKOUT_ID}',
            returnUrl: '/cart', authenticatedUsersOnly: true, theme: 'light',
          }),
          portal({ returnUrl: 'https://shop.example/account', theme: 'light' }),
          usage(),
          // Spread into its options when a request comes, so the secret may be known later.
          webhooks({
            get secret() { return secret; },
            onOrderPaid: async (payload) => { paid.push(payload); },
            onCustomerStateChanged: async (payload) => { states.push(payload); },
          }),
        ],
      })],
    });
    const made = await till.api('POST', '/v1/webhooks/endpoints', {
      url: `${program.url}/api/auth/polar/webhooks`, format: 'raw', events: ['order.paid', 'customer.state_changed'],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    secret = made.body.secret;
  });
  after(async () => { await till?.stop(); await program?.stop(); });

  /** One person's browser. */
  function browser() {
    let cookie = '';
    return async (method, path, body) => {
      const answer = await fetch(`${program.url}/api/auth${path}`, {
        method, body: body && JSON.stringify(body),
        headers: { origin: program.url, ...(cookie && { cookie }), ...(body && { 'content-type': 'application/json' }) },
      });
      const set = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
      if (set.length > 0) cookie = set.join('; ');
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    };
  }
  async function signUp(email = `${randomUUID()}@example.com`) {
    const browse = browser();
    const made = await browse('POST', '/sign-up/email', { email, password: randomUUID(), name: 'Zoë Ångström' });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    return { browse, user: made.body.user };
  }
  const customerOf = (user) => till.api('GET', `/v1/customers/external/${encodeURIComponent(user.id)}`);
  async function newest() {
    const list = await till.api('GET', '/v1/checkouts/?limit=1&sorting=-created_at');
    return list.body.items[0];
  }
  /** A person who has bought the monthly plan. */
  async function buyer() {
    const { browse, user } = await signUp();
    const asked = await browse('POST', '/checkout', { slug: 'monthly', referenceId: `org-${user.id}` });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    const session = await newest();
    const confirmed = await till.api('POST', `/v1/checkouts/client/${session.client_secret}/confirm`, {
      customer_billing_address: { country: 'FR' }, customer_name: 'Zoë Ångström', confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    await until('the order was paid', () => paid.some(({ data }) => data.customer.externalId === user.id));
    return { browse, user, session };
  }

  test('who signs up becomes a customer with the user\'s id', async () => {
    const { user } = await signUp();
    const { status, body } = await customerOf(user);
    assert.equal(status, 200);
    assert.equal(body.email, user.email);
    assert.equal(body.name, 'Zoë Ångström');
    assert.deepEqual(body.metadata, { from: 'sign-up' });
  });

  test('who is a customer already gets the user\'s id', async () => {
    const email = `${randomUUID()}@example.com`;
    const made = await till.api('POST', '/v1/customers/', { email, name: 'Zoë' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { user } = await signUp(email);
    assert.equal((await customerOf(user)).body.id, made.body.id);
  });

  test('a changed user changes the customer', async () => {
    const { browse, user } = await signUp();
    const changed = await browse('POST', '/update-user', { name: 'Zoë Öberg' });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.equal((await customerOf(user)).body.name, 'Zoë Öberg');
  });

  test('a deleted user deletes the customer', async () => {
    const { browse, user } = await signUp();
    assert.equal((await customerOf(user)).status, 200);
    const gone = await browse('POST', '/delete-user', {});
    assert.equal(gone.status, 200, JSON.stringify(gone.body));
    assert.equal((await customerOf(user)).status, 404);
  });

  test('only who is signed in may buy', async () => {
    const asked = await browser()('POST', '/checkout', { slug: 'monthly' });
    assert.equal(asked.status, 401);
  });

  test('a checkout is the user\'s, with an absolute address to come back to', async () => {
    const { browse, user } = await signUp();
    const asked = await browse('POST', '/checkout', {
      slug: 'monthly', referenceId: 'org-7', metadata: { campaign: 'märz' }, embedOrigin: 'https://shop.example',
      allowDiscountCodes: true, redirect: false, allowTrial: true,
    });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    assert.equal(asked.body.redirect, false);
    const session = await newest();
    const place = new URL(asked.body.url);
    assert.equal(place.origin + place.pathname, session.url.split('?')[0]);
    assert.equal(place.searchParams.get('theme'), 'light');
    assert.equal((await fetch(place)).status, 200);
    assert.deepEqual(session.products.map(({ id }) => id), [till.products[0].id]);
    assert.equal(session.external_customer_id, user.id);
    assert.equal(session.customer_email, user.email);
    assert.equal(session.success_url, `${program.url}/thanks?checkout_id=${session.id}`);
    assert.equal(session.return_url, `${program.url}/cart`);
    assert.equal(session.embed_origin, 'https://shop.example');
    assert.deepEqual(session.metadata, { referenceId: 'org-7', campaign: 'märz' });
  });

  test('several products may be offered, and a trial of the session\'s own', async () => {
    const { browse } = await signUp();
    const asked = await browse('POST', '/checkout', {
      products: [till.products[1].id, till.products[0].id], trialInterval: 'week', trialIntervalCount: 2,
    });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    const session = await newest();
    assert.deepEqual(session.products.map(({ id }) => id), [till.products[1].id, till.products[0].id]);
    assert.equal(session.active_trial_interval, 'week');
    assert.equal(session.active_trial_interval_count, 2);
  });

  test('what was bought is the customer\'s state', async () => {
    const { browse, user } = await signUp();
    const empty = await browse('GET', '/customer/state');
    assert.equal(empty.status, 200, JSON.stringify(empty.body));
    assert.equal(empty.body.externalId, user.id);
    assert.deepEqual(empty.body.activeSubscriptions, []);
    const bought = await buyer();
    const full = await bought.browse('GET', '/customer/state');
    assert.equal(full.status, 200, JSON.stringify(full.body));
    assert.deepEqual(full.body.activeSubscriptions.map(({ productId, status }) => [productId, status]), [[till.products[0].id, 'active']]);
  });

  test('a purchase is told to the webhook handler', async () => {
    const { user, session } = await buyer();
    assert.equal(paid.find(({ data }) => data.customer.externalId === user.id).data.checkoutId, session.id);
    const of = ({ data }) => data.externalId === user.id && data.activeSubscriptions.length === 1;
    await until('the state was told', () => states.some(of));
  });

  test('a wrong signature is refused', async () => {
    const answer = await fetch(`${program.url}/api/auth/polar/webhooks`, {
      method: 'POST', body: '{"type":"order.paid"}',
      headers: {
        'content-type': 'application/json', 'webhook-id': randomUUID(), 'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
      },
    });
    assert.equal(answer.status, 400);
  });

  test('subscriptions are found by what they were bought for', async () => {
    const { browse, user } = await buyer();
    const list = await browse('GET', `/customer/subscriptions/list?referenceId=org-${user.id}&active=true&page=1&limit=10`);
    assert.equal(list.status, 200, JSON.stringify(list.body));
    assert.deepEqual(list.body.result.items.map(({ customer }) => customer.externalId), [user.id]);
    const other = await browse('GET', '/customer/subscriptions/list?referenceId=org-none&page=1&limit=10');
    assert.deepEqual(other.body.result.items, []);
  });

  test('the portal is opened for the user', async () => {
    const { browse } = await signUp();
    const asked = await browse('POST', '/customer/portal', { redirect: false });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    const place = new URL(asked.body.url);
    assert.equal(place.origin, new URL(till.url).origin);
    assert.equal(place.searchParams.get('theme'), 'light');
    assert.ok(place.searchParams.get('customer_session_token'), place.href);
  });

  test('the user\'s subscriptions are listed', async () => {
    const { browse } = await buyer();
    const list = await browse('GET', '/customer/subscriptions/list?page=1&limit=10');
    assert.equal(list.status, 200, JSON.stringify(list.body));
    assert.deepEqual(list.body.result.items.map(({ productId }) => productId), [till.products[0].id]);
  });

  test('the user\'s orders are listed', async () => {
    const { browse } = await buyer();
    const list = await browse('GET', '/customer/orders/list?page=1&limit=10&productBillingType=recurring');
    assert.equal(list.status, 200, JSON.stringify(list.body));
    assert.deepEqual(list.body.result.items.map(({ productId }) => productId), [till.products[0].id]);
  });

  test('the user\'s benefits are listed', async () => {
    const note = { type: 'custom', description: 'Private channel', properties: { note: 'Ask for the key.' } };
    const benefit = await till.api('POST', '/v1/benefits/', note);
    assert.equal(benefit.status, 201, JSON.stringify(benefit.body));
    const included = await till.api('POST', `/v1/products/${till.products[0].id}/benefits`, { benefits: [benefit.body.id] });
    assert.equal(included.status, 200, JSON.stringify(included.body));
    const { browse } = await buyer();
    const granted = await until('the benefit is granted', async () => {
      const list = await browse('GET', '/customer/benefits/list?page=1&limit=10');
      assert.equal(list.status, 200, JSON.stringify(list.body));
      const { items } = list.body.result;
      return items.length > 0 && items;
    });
    assert.deepEqual(granted.map(({ benefitId }) => benefitId), [benefit.body.id]);
  });

  test('usage is taken in, and the user\'s meters count it', async () => {
    const meter = await till.api('POST', '/v1/meters/', {
      name: 'Tokens', aggregation: { func: 'sum', property: 'tokens' },
      filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'generated' }] },
    });
    assert.equal(meter.status, 201, JSON.stringify(meter.body));
    const { browse } = await signUp();
    const taken = await browse('POST', '/usage/ingest', { event: 'generated', metadata: { tokens: 12 } });
    assert.equal(taken.status, 200, JSON.stringify(taken.body));
    assert.equal(taken.body.inserted, 1);
    const meters = await until('the meter counted', async () => {
      const list = await browse('GET', '/usage/meters/list?page=1&limit=10');
      assert.equal(list.status, 200, JSON.stringify(list.body));
      return list.body.result.items.length > 0 && list.body.result.items;
    });
    assert.deepEqual(meters.map(({ meter: { id }, consumedUnits, balance }) => [id, consumedUnits, balance]), [[meter.body.id, 12, -12]]);
  });
});
