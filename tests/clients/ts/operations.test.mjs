// Every operation of the API so far, through every client generation, with the values that must come back.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../receiver.mjs';
import { databases, startTill, until } from '../till.mjs';
import { generations, newest } from './generations.mjs';

const france = { country: 'FR' };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const unique = () => randomUUID().slice(0, 8);
const fixed = (amount) => ({ amount_type: 'fixed', price_amount: amount, price_currency: 'usd' });

async function refusal(call, generation) {
  try { await call(); } catch (error) {
    const said = generation.describe(error);
    assert.notEqual(said.kind, 'ResponseValidationError', `the client could not read the error: ${error.message}`);
    assert.notEqual(said.kind, 'SDKValidationError', `the client could not read the error: ${error.message}`);
    return said;
  }
  return assert.fail('the call was to be refused');
}

function operations(database, generation) {
  const { can } = generation;
  let till;
  let api;
  before(async () => {
    till = await startTill(`operations-ts-${generation.name.replaceAll(' ', '-')}`, { database });
    api = generation.connect(till);
  });
  after(() => till?.stop());

  /** A session for one of the demo products. */
  const open = (index, more = {}) => api.checkouts.create({ products: [till.products[index].id], ...more });
  const pay = (checkout, more = {}) => api.checkouts.clientConfirm(checkout.client_secret, {
    customer_email: `${unique()}@example.com`, customer_name: 'Ada Lovelace', customer_billing_address: france,
    confirmation_token_id: 'pm_card_visa', ...more,
  });
  const succeeded = (checkout) => until('the checkout succeeds', async () => {
    const now = await api.checkouts.get(checkout.id);
    assert.ok(['confirmed', 'succeeded'].includes(now.status), `status ${now.status}`);
    return now.status === 'succeeded' && now;
  });

  test('organizations: list, get and update', async () => {
    const listed = await api.organizations.list({});
    assert.equal(listed.pagination.total_count, 1);
    assert.equal(listed.pagination.max_page, 1);
    assert.equal(listed.items[0].id, till.organization_id);
    const organization = await api.organizations.get(till.organization_id);
    assert.equal(organization.slug, listed.items[0].slug);
    const renamed = await api.organizations.update(till.organization_id, { name: 'Renamed & Söhne' });
    assert.equal(renamed.name, 'Renamed & Söhne');
    assert.equal((await api.organizations.get(till.organization_id)).name, 'Renamed & Söhne');
  });

  test('products: fixed, custom and free are created, read, listed, updated and archived', async () => {
    const word = unique();
    const one = await api.products.create({
      name: `Book ${word}`, description: 'A **good** book', prices: [fixed(1500)], recurring_interval: null, metadata: { shelf: 'B', copies: 3 },
    });
    assert.match(one.id, uuid);
    assert.equal(one.is_recurring, false);
    assert.equal(one.organization_id, till.organization_id);
    assert.deepEqual(one.metadata, { shelf: 'B', copies: 3 });
    assert.equal(one.prices.length, 1);
    assert.equal(one.prices[0].amount_type, 'fixed');
    assert.equal(one.prices[0].price_amount, 1500);
    assert.equal(one.prices[0].price_currency, 'usd');

    const custom = await api.products.create({
      name: `Tip ${word}`, recurring_interval: null,
      prices: [{ amount_type: 'custom', price_currency: 'usd', minimum_amount: 500, maximum_amount: 9000, preset_amount: 700 }],
    });
    assert.equal(custom.prices[0].amount_type, 'custom');
    assert.equal(custom.prices[0].minimum_amount, 500);
    assert.equal(custom.prices[0].maximum_amount, 9000);
    assert.equal(custom.prices[0].preset_amount, 700);

    const free = await api.products.create({
      name: `Gift ${word}`, recurring_interval: 'month',
      prices: [can.free === 'free' ? { amount_type: 'free' } : fixed(0)],
    });
    assert.equal(free.is_recurring, true);
    assert.equal(free.recurring_interval ?? 'month', 'month');
    assert.equal(free.prices[0].amount_type, 'fixed');
    assert.equal(free.prices[0].price_amount, 0);

    const read = await api.products.get(one.id);
    assert.deepEqual(read, { ...one, modified_at: read.modified_at });

    const found = await api.products.list({ query: word, limit: 2 });
    assert.equal(found.items.length, 2);
    assert.deepEqual(found.pagination, { total_count: 3, max_page: 2 });
    const every = await api.products.every({ query: word, limit: 2 });
    assert.deepEqual(every.map(({ id }) => id).sort(), [one.id, custom.id, free.id].sort());

    const updated = await api.products.update(one.id, { name: `Better book ${word}`, is_archived: true });
    assert.equal(updated.name, `Better book ${word}`);
    assert.equal(updated.is_archived, true);
    const live = await api.products.list({ query: word, is_archived: false });
    assert.deepEqual(live.items.map(({ id }) => id).sort(), [custom.id, free.id].sort());
  });

  test('customers: created, read, listed, updated and deleted', async () => {
    const email = `${unique()}@example.com`;
    const customer = await api.customers.create({ email, name: 'Grace Hopper', metadata: { tier: 'gold' }, billing_address: { country: 'DE', city: 'Köln' } });
    assert.match(customer.id, uuid);
    assert.equal(customer.email, email);
    assert.equal(customer.name, 'Grace Hopper');
    assert.equal(customer.billing_address.city, 'Köln');
    assert.deepEqual(customer.metadata, { tier: 'gold' });
    assert.equal(typeof customer.avatar_url, 'string');
    assert.equal((await api.customers.get(customer.id)).email, email);
    const listed = await api.customers.list({ email: email.toUpperCase() });
    assert.deepEqual(listed.items.map(({ id }) => id), [customer.id]);
    const updated = await api.customers.update(customer.id, { name: 'Rear Admiral Hopper', metadata: { tier: 'platinum' } });
    assert.equal(updated.name, 'Rear Admiral Hopper');
    assert.equal(updated.email, email);
    assert.deepEqual(updated.metadata, { tier: 'platinum' });
    await api.customers.delete(customer.id);
    assert.equal((await refusal(() => api.customers.get(customer.id), generation)).kind, 'ResourceNotFound');
  });

  if (can.state) test('customers: every operation by external id, and the state', async () => {
    const external = `user/${unique()} ü`;
    const email = `${unique()}@example.com`;
    const customer = await api.customers.create({ email, external_id: external });
    assert.equal(customer.external_id, external);
    assert.equal((await api.customers.getExternal(external)).id, customer.id);
    const updated = await api.customers.updateExternal(external, { name: 'By another name' });
    assert.equal(updated.id, customer.id);
    assert.equal(updated.name, 'By another name');
    for (const state of [await api.customers.getState(customer.id), await api.customers.getStateExternal(external)]) {
      assert.equal(state.id, customer.id);
      assert.equal(state.external_id, external);
      assert.deepEqual(state.active_subscriptions, []);
      assert.deepEqual(state.granted_benefits, []);
    }
    await api.customers.deleteExternal(external);
    assert.equal((await refusal(() => api.customers.getExternal(external), generation)).kind, 'ResourceNotFound');
  });

  test('checkouts: every shape this release can send makes a session', async () => {
    for (const shape of can.shapes) {
      const [plan] = till.products;
      const body = { products: { products: [plan.id] }, product_id: { product_id: plan.id }, product_price_id: { product_price_id: plan.price_id } }[shape];
      const checkout = await api.checkouts.create({ ...body, metadata: { shape } });
      assert.equal(checkout.status, 'open', shape);
      assert.equal(checkout.product_id, plan.id, shape);
      assert.equal(checkout.product_price_id, plan.price_id, shape);
      assert.deepEqual(checkout.metadata, { shape });
      assert.equal(checkout.url, `${till.url}/checkout/${checkout.client_secret}`);
      assert.equal(checkout.payment_processor, 'stripe');
      const lifetime = Date.parse(checkout.expires_at) - Date.parse(checkout.created_at);
      assert.ok(Math.abs(lifetime - 24 * 3600_000) < 60_000, `a session lives a day, not ${lifetime} ms`);
    }
  });

  test('checkouts: the order of products is kept, and all prefilled values come back', async () => {
    const products = [till.products[2].id, till.products[0].id];
    const checkout = await api.checkouts.create({
      products, customer_email: 'prefilled@example.com', customer_name: 'Pre Filled', customer_billing_address: { country: 'FR', city: 'Lyon' },
      success_url: 'https://example.com/thanks?id={CHECKOUT_ID}', metadata: { order: 7, gift: true },
      ...(can.external ? { [can.external]: 'pre-1' } : {}),
    });
    assert.deepEqual(checkout.products.map(({ id }) => id), products);
    assert.equal(checkout.product.id, products[0]);
    assert.equal(checkout.customer_email, 'prefilled@example.com');
    assert.equal(checkout.customer_billing_address.city, 'Lyon');
    assert.equal(checkout.success_url, `https://example.com/thanks?id=${checkout.id}`);
    assert.deepEqual(checkout.metadata, { order: 7, gift: true });
    if (can.external) assert.equal(checkout[can.external], 'pre-1');

    const read = await api.checkouts.get(checkout.id);
    assert.equal(read.client_secret, checkout.client_secret);
    const listed = await api.checkouts.list({ limit: 100 });
    assert.ok(listed.items.some(({ id }) => id === checkout.id));
    const updated = await api.checkouts.update(checkout.id, { product_id: products[1], metadata: {} });
    assert.equal(updated.product.id, products[1]);
    assert.deepEqual(updated.metadata, {});
    const seen = await api.checkouts.clientGet(checkout.client_secret);
    assert.equal(seen.product.id, products[1]);
    assert.equal(seen.organization.id, till.organization_id);
    assert.equal(seen.metadata, undefined, 'the buyer does not see the metadata');
    const changed = await api.checkouts.clientUpdate(checkout.client_secret, { product_id: products[0], customer_name: 'Changed Name' });
    assert.equal(changed.product.id, products[0]);
    assert.equal(changed.customer_name, 'Changed Name');
  });

  test('checkouts: a custom amount is taken within its bounds', async () => {
    const product = await api.products.create({
      name: `Donation ${unique()}`, recurring_interval: null,
      prices: [{ amount_type: 'custom', price_currency: 'usd', minimum_amount: 300, preset_amount: 1000 }],
    });
    const checkout = await api.checkouts.create({ products: [product.id] });
    assert.equal(checkout.amount, 1000);
    assert.equal((await api.checkouts.clientUpdate(checkout.client_secret, { amount: 2500 })).amount, 2500);
    const said = await refusal(() => api.checkouts.clientUpdate(checkout.client_secret, { amount: 299 }), generation);
    assert.equal(said.kind, 'HTTPValidationError');
    assert.deepEqual(said.detail.map(({ loc, type }) => [loc.join('.'), type]), [['body.amount', 'greater_than_equal']]);
  });

  test('a one-time purchase: confirmed, then succeeded, with customer, order and payment', async () => {
    const product = await api.products.get(till.products[2].id);
    const price = product.prices[0].price_amount;
    const external = `buyer-${unique()}`;
    const checkout = await open(2, { metadata: { cart: '42' }, ...(can.external ? { [can.external]: external } : {}) });
    assert.equal(checkout.amount, price);
    assert.equal(checkout.total_amount, price);
    assert.equal(checkout.is_payment_required, true);
    const email = `${unique()}@example.com`;
    const confirmed = await pay(checkout, { customer_email: email });
    assert.equal(confirmed.status, 'confirmed');
    assert.equal(typeof confirmed.customer_session_token, 'string');
    const done = await succeeded(checkout);
    assert.match(done.customer_id, uuid);

    const customer = await api.customers.get(done.customer_id);
    assert.equal(customer.email, email);
    assert.equal(customer.name, 'Ada Lovelace');
    assert.equal(customer.billing_address.country, 'FR');
    if (can.external) assert.equal(customer.external_id, external);

    const orders = await api.orders.list({ customer_id: customer.id });
    assert.equal(orders.pagination.total_count, 1);
    const order = await api.orders.get(orders.items[0].id);
    assert.equal(order.checkout_id, checkout.id);
    assert.equal(order.status, 'paid');
    assert.equal(order.billing_reason, 'purchase');
    assert.equal(order.net_amount ?? order.amount, price);
    assert.equal(order.tax_amount, 0);
    assert.equal(order.product_id, product.id);
    assert.equal(order.customer.email, email);
    assert.deepEqual(order.metadata, { cart: '42' });
    if (order.items) assert.deepEqual(order.items.map(({ label, amount }) => [label, amount]), [[product.name, price]]);
    if (can.external) assert.equal(order.customer.external_id, external);

    if (can.payments) {
      const payments = await api.payments.list({ order_id: order.id });
      assert.equal(payments.items.length, 1);
      const payment = await api.payments.get(payments.items[0].id);
      assert.equal(payment.status, 'succeeded');
      assert.equal(payment.amount, price);
      assert.equal(payment.method, 'card');
      assert.equal(payment.checkout_id, checkout.id);
      // 0.32 reads every payment as the general kind, which has no card
      if (payment.method_metadata) assert.equal(payment.method_metadata.last4, '4242');
    }
  });

  test('a subscription purchase makes one active subscription and its first order', async () => {
    const plan = await api.products.get(till.products[0].id);
    const checkout = await open(0);
    assert.equal(checkout.is_payment_setup_required, true);
    await pay(checkout);
    const done = await succeeded(checkout);
    const found = await api.subscriptions.list({ customer_id: done.customer_id });
    assert.equal(found.items.length, 1);
    const subscription = await api.subscriptions.get(found.items[0].id);
    assert.equal(subscription.status, 'active');
    assert.equal(subscription.product_id, plan.id);
    assert.equal(subscription.recurring_interval, 'month');
    assert.equal(subscription.amount, plan.prices[0].price_amount);
    assert.equal(subscription.checkout_id, checkout.id);
    const days = (Date.parse(subscription.current_period_end) - Date.parse(subscription.current_period_start)) / 86_400_000;
    assert.ok(days >= 28 && days <= 31, `a month, not ${days} days`);
    const orders = await api.orders.list({ customer_id: done.customer_id });
    assert.equal(orders.items[0].billing_reason, 'subscription_create');
    assert.equal(orders.items[0].subscription_id, subscription.id);
    if (can.state) {
      const state = await api.customers.getState(done.customer_id);
      assert.deepEqual(state.active_subscriptions.map(({ id }) => id), [subscription.id]);
    }
  });

  test('a declined card is a PaymentError, leaves the session open, and the next card pays', async () => {
    const checkout = await open(2);
    const email = `${unique()}@example.com`;
    for (const card of ['pm_card_visa_chargeDeclined', 'pm_card_chargeDeclinedInsufficientFunds']) {
      const said = await refusal(() => pay(checkout, { customer_email: email, confirmation_token_id: card }), generation);
      assert.equal(said.kind, 'PaymentError', card);
      assert.equal(typeof said.detail, 'string');
      assert.equal((await api.checkouts.get(checkout.id)).status, 'open');
      assert.equal((await api.customers.list({ email })).pagination.total_count, 0, 'no customer is kept');
    }
    await pay(checkout, { customer_email: email });
    await succeeded(checkout);
    const again = await refusal(() => pay(checkout, { customer_email: email }), generation);
    assert.equal(again.kind, 'NotOpenCheckout');
    assert.equal((await api.customers.list({ email })).pagination.total_count, 1);
  });

  test('3-D Secure: confirmed with an action to take, nothing sold yet', async () => {
    const checkout = await open(2);
    const confirmed = await pay(checkout, { confirmation_token_id: 'pm_card_authenticationRequired' });
    assert.equal(confirmed.status, 'confirmed');
    assert.equal(confirmed.payment_processor_metadata.intent_status, 'requires_action');
    assert.equal(typeof confirmed.payment_processor_metadata.intent_client_secret, 'string');
    assert.equal((await api.checkouts.get(checkout.id)).status, 'confirmed');
  });

  test('customer sessions: a token for the portal', async () => {
    const customer = await api.customers.create({ email: `${unique()}@example.com` });
    const session = await api.customerSessions.create({ customer_id: customer.id });
    assert.equal(session.customer_id, customer.id);
    assert.equal(session.customer.email, customer.email);
    assert.match(session.token, /^polar_[mc]st_/);
    assert.ok(session.customer_portal_url.includes(session.token));
    const hour = Date.parse(session.expires_at) - Date.parse(session.created_at);
    assert.ok(Math.abs(hour - 3600_000) < 60_000);
  });

  test('errors come as the types of the client', async () => {
    const nobody = generation.connect(till, 'polar_oat_wrong');
    const unauthorized = await refusal(() => nobody.products.list({}), generation);
    assert.equal(unauthorized.status, 401);

    const missing = randomUUID();
    for (const call of [() => api.products.get(missing), () => api.checkouts.get(missing), () => api.orders.get(missing), () => api.subscriptions.get(missing), () => api.checkouts.clientGet('polar_c_unknown')]) {
      const said = await refusal(call, generation);
      assert.equal(said.kind, 'ResourceNotFound');
      assert.equal(typeof said.detail, 'string');
    }

    const invalid = await refusal(() => api.checkouts.create({ products: [till.products[0].id, missing] }), generation);
    assert.equal(invalid.kind, 'HTTPValidationError');
    assert.deepEqual(invalid.detail.map(({ loc, type }) => [loc, type]), [[['body', 'products', 1], 'value_error']]);

    const checkout = await open(2);
    const incomplete = await refusal(() => api.checkouts.clientConfirm(checkout.client_secret, {}), generation);
    assert.equal(incomplete.kind, 'HTTPValidationError');
    const places = incomplete.detail.map(({ loc }) => loc.join('.'));
    for (const place of ['body.customer_email', 'body.customer_billing_address', 'body.confirmation_token_id']) {
      assert.ok(places.includes(place), `${place} among ${places}`);
    }
  });

  if (can.webhooks) test('webhook endpoints: every operation, deliveries and redelivery', async () => {
    const receiver = await startReceiver();
    try {
      const endpoint = await api.webhooks.create({ url: receiver.url, format: 'raw', events: ['product.created'] });
      assert.match(endpoint.id, uuid);
      assert.equal(endpoint.url, receiver.url);
      assert.equal(endpoint.format, 'raw');
      assert.deepEqual(endpoint.events, ['product.created']);
      assert.equal(endpoint.enabled, true);
      assert.match(endpoint.secret, /^whsec_\w{44}$/);
      assert.equal((await api.webhooks.get(endpoint.id)).secret, endpoint.secret);
      assert.ok((await api.webhooks.list({})).items.some(({ id }) => id === endpoint.id));

      const product = await api.products.create({ name: `Heard ${unique()}`, recurring_interval: null, prices: [fixed(900)] });
      await receiver.waitFor('the delivery', (all) => all.some(({ event }) => event.data.id === product.id));
      const first = receiver.deliveries.find(({ event }) => event.data.id === product.id);
      const delivery = await until('the delivery is listed', async () =>
        (await api.webhooks.deliveries({ endpoint_id: endpoint.id })).items[0]);
      assert.equal(delivery.succeeded, true);
      assert.equal(delivery.http_code, 200);
      assert.equal(delivery.response, '{"received":true}');
      assert.equal(delivery.webhook_event.id, first.headers['webhook-id']);
      assert.equal(delivery.webhook_event.type, 'product.created');

      await api.webhooks.redeliver(delivery.webhook_event.id);
      await receiver.waitFor('the second delivery', (all) => all.filter(({ headers }) => headers['webhook-id'] === delivery.webhook_event.id).length === 2);
      await until('two deliveries are listed', async () =>
        (await api.webhooks.deliveries({ endpoint_id: endpoint.id })).pagination.total_count === 2);

      const updated = await api.webhooks.update(endpoint.id, { events: ['order.paid'], enabled: false });
      assert.deepEqual(updated.events, ['order.paid']);
      assert.equal(updated.enabled, false);
      const reset = await api.webhooks.resetSecret(endpoint.id);
      assert.notEqual(reset.secret, endpoint.secret);
      assert.match(reset.secret, /^whsec_\w{44}$/);
      await api.webhooks.delete(endpoint.id);
      assert.equal((await refusal(() => api.webhooks.get(endpoint.id), generation)).kind, 'ResourceNotFound');
    } finally {
      await receiver.stop();
    }
  });
}

for (const database of databases) {
  for (const generation of database === 'sqlite' ? generations : newest) {
    describe(`${generation.name} on ${database}`, () => operations(database, generation));
  }
}
