// The customer portal's API as the SDKs' releases see it: with a customer session's token, passed with each call, or, since
// 1.0, as the client's own token.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Polar as Polar047 } from '@polar-sh/sdk';
import { Polar as Polar032 } from 'sdk-0.32';
import { Polar as Polar049 } from 'sdk-0.49';
import * as v2026_04 from 'sdk-1.0/2026-04';
import * as v2026_10 from 'sdk-1.0/2026-10';
import * as v2027_01 from 'sdk-1.0/2027-01';
import { startTill, until } from '../till.mjs';

/** The portal as its customer sees it, by a release before 1.0; `token` is a session's. */
const zeroDot = (Polar) => (till, token) => {
  const { customerPortal: portal } = new Polar({ accessToken: till.token, serverURL: till.url });
  const security = { customerSession: token };
  const list = async (call, query) => (await call(security, query)).result.items;
  return {
    orders: {
      list: (query) => list(portal.orders.list.bind(portal.orders), query),
      get: (id) => portal.orders.get(security, { id }),
    },
    subscriptions: {
      list: (query) => list(portal.subscriptions.list.bind(portal.subscriptions), query),
      get: (id) => portal.subscriptions.get(security, { id }),
      cancelsLater: (id, reason) => portal.subscriptions.update(security, { id, customerSubscriptionUpdate: { cancelAtPeriodEnd: true, cancellationReason: reason } }),
      continues: (id) => portal.subscriptions.update(security, { id, customerSubscriptionUpdate: { cancelAtPeriodEnd: false } }),
      cancel: (id) => portal.subscriptions.cancel(security, { id }),
    },
    me: {
      get: () => portal.customers.get(security),
      bill: (billingName) => portal.customers.update(security, { billingName }),
      cards: () => list(portal.customers.listPaymentMethods.bind(portal.customers), {}),
      askFor: (email) => portal.customers.requestEmailUpdate(security, { email }),
      check: (link) => portal.customers.checkEmailUpdate({ token: link }),
      verify: (link) => portal.customers.verifyEmailUpdate({ token: link }),
    },
    organization: (slug) => portal.organizations.get({ slug }),
  };
};

/** The same by 1.0, whose client is the customer's own, and whose fields are those of the API. */
const oneDot = (module) => (till, token) => {
  const { customerPortal: portal } = module.createPolar({ accessToken: token, baseUrl: till.url });
  const camel = (value) => {
    if (Array.isArray(value)) return value.map(camel);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), camel(inner)]));
  };
  const list = async (call, query) => camel((await call(query)).items);
  return {
    orders: {
      list: (query) => list(portal.orders.list, query),
      get: async (id) => camel(await portal.orders.get(id)),
    },
    subscriptions: {
      list: (query) => list(portal.subscriptions.list, query),
      get: async (id) => camel(await portal.subscriptions.get(id)),
      cancelsLater: async (id, reason) => camel(await portal.subscriptions.update(id, { cancel_at_period_end: true, cancellation_reason: reason })),
      continues: (id) => portal.subscriptions.update(id, { cancel_at_period_end: false }),
      cancel: async (id) => camel(await portal.subscriptions.cancel(id)),
    },
    me: {
      get: async () => camel(await portal.customers.get()),
      bill: async (name) => camel(await portal.customers.update({ billing_name: name })),
      cards: () => list(portal.customers.listPaymentMethods, {}),
      askFor: (email) => portal.customers.requestEmailUpdate({ email }),
      check: (link) => portal.customers.checkEmailUpdate({ token: link }),
      verify: (link) => portal.customers.verifyEmailUpdate({ token: link }),
    },
    organization: async (slug) => camel(await portal.organizations.get(slug)),
  };
};

const generations = [
  // 0.32 has neither the bill of an order nor a subscription's change that waits.
  { name: '0.32.16', connect: zeroDot(Polar032) },
  { name: '0.47.1', connect: zeroDot(Polar047), whole: true },
  { name: '0.49.0', connect: zeroDot(Polar049), whole: true },
  { name: '1.0.1 of 2026-04', connect: oneDot(v2026_04), whole: true },
  { name: '1.0.1 of 2026-10', connect: oneDot(v2026_10), whole: true },
  { name: '1.0.1 of 2027-01', connect: oneDot(v2027_01), whole: true },
];

for (const { name, connect, whole } of generations) describe(`the customer portal, seen by SDK ${name}`, () => {
  let till;
  let portal;
  let email;
  let customer;
  let organization;

  before(async () => {
    till = await startTill(`portal-${name.replaceAll(' ', '-')}`);
    [organization] = (await till.api('GET', '/v1/organizations/')).body.items;
    email = `${randomUUID()}@example.com`;
    const made = await till.api('POST', '/v1/checkouts/', { products: [till.products[0].id], metadata: { secret: 'merchant' } });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${made.body.client_secret}/confirm`, {
      customer_email: email, customer_name: 'Zoë Ångström', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is there', async () => (await till.api('GET', `/v1/orders/?checkout_id=${made.body.id}`)).body.items[0]);
    customer = order.customer_id;
    const session = await till.api('POST', '/v1/customer-sessions/', { customer_id: customer });
    assert.equal(session.status, 201, JSON.stringify(session.body));
    portal = connect(till, session.body.token);
  });
  after(async () => { await till?.stop(); });

  test('orders are listed and shown', async () => {
    const list = await portal.orders.list({ limit: 10 });
    assert.deepEqual(list.map(({ productId }) => productId), [till.products[0].id]);
    const order = await portal.orders.get(list[0].id);
    assert.equal(order.product.organization.id, list[0].product.organizationId);
    assert.ok(!JSON.stringify(order).includes('"merchant"'), 'metadata is the merchant\'s');
  });

  test('subscriptions are listed, shown, and cancelled', async () => {
    const list = await portal.subscriptions.list({ active: true });
    assert.deepEqual(list.map(({ status }) => status), ['active']);
    const [{ id }] = list;
    assert.equal((await portal.subscriptions.get(id)).productId, till.products[0].id);
    if (!whole) return;
    assert.equal((await portal.subscriptions.cancelsLater(id, 'unused')).customerCancellationReason, 'unused');
    await portal.subscriptions.continues(id);
    assert.equal((await portal.subscriptions.cancel(id)).cancelAtPeriodEnd, true);
  });

  test('the customer sees themselves', async () => {
    const me = await portal.me.get();
    assert.equal(me.email, email);
    if (!whole) return;
    assert.equal((await portal.me.bill('Zoë GmbH')).billingName, 'Zoë GmbH');
    assert.equal((await portal.me.cards()).length, 1);
  });

  test('the organization is public', async () => {
    const found = await portal.organization(organization.slug);
    assert.equal(found.organization.id, organization.id);
    assert.ok(found.products.length > 0);
  });

  // The last: it ends the session.
  if (whole) test('the customer changes their e-mail address', async () => {
    const on = { usage: { show: true }, subscription: { update_seats: true, update_plan: true }, customer: { allow_email_change: true } };
    const changed = await till.api('PATCH', `/v1/organizations/${organization.id}`, { customer_portal_settings: on });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    const next = `${randomUUID()}@example.com`;
    await portal.me.askFor(next);
    const refused = (error) => error.statusCode === 401;
    await assert.rejects(portal.me.check('till_eml_none'), refused);
    await assert.rejects(portal.me.verify('till_eml_none'), refused);
    assert.equal((await till.api('GET', `/v1/customers/${customer}`)).body.email, email, 'it waits for the link');
  });
});
