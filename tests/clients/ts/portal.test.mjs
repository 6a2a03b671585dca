// The customer portal's API as the SDKs' releases see it: with a customer session's token, passed with each call.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Polar as Polar047 } from '@polar-sh/sdk';
import { Polar as Polar032 } from 'sdk-0.32';
import { Polar as Polar049 } from 'sdk-0.49';
import { startTill, until } from '../till.mjs';

const generations = [
  // 0.32 has neither the bill of an order nor a subscription's change that waits.
  { name: '0.32.16', Polar: Polar032 },
  { name: '0.47.1', Polar: Polar047, whole: true },
  { name: '0.49.0', Polar: Polar049, whole: true },
];

for (const { name, Polar, whole } of generations) describe(`the customer portal, seen by SDK ${name}`, () => {
  let till;
  let portal;
  let security;
  let email;

  before(async () => {
    till = await startTill(`portal-${name}`);
    email = `${randomUUID()}@example.com`;
    const made = await till.api('POST', '/v1/checkouts/', { products: [till.products[0].id], metadata: { secret: 'merchant' } });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${made.body.client_secret}/confirm`, {
      customer_email: email, customer_name: 'Zoë Ångström', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is there', async () => (await till.api('GET', `/v1/orders/?checkout_id=${made.body.id}`)).body.items[0]);
    const session = await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id });
    assert.equal(session.status, 201, JSON.stringify(session.body));
    security = { customerSession: session.body.token };
    portal = new Polar({ accessToken: till.token, serverURL: till.url }).customerPortal;
  });
  after(async () => { await till?.stop(); });

  test('orders are listed and shown', async () => {
    const list = await portal.orders.list(security, { limit: 10 });
    assert.deepEqual(list.result.items.map(({ productId }) => productId), [till.products[0].id]);
    const order = await portal.orders.get(security, { id: list.result.items[0].id });
    assert.equal(order.product.organization.id, list.result.items[0].product.organizationId);
    assert.ok(!JSON.stringify(order).includes('"merchant"'), 'metadata is the merchant\'s');
  });

  test('subscriptions are listed, shown, and cancelled', async () => {
    const list = await portal.subscriptions.list(security, { active: true });
    assert.deepEqual(list.result.items.map(({ status }) => status), ['active']);
    const { id } = list.result.items[0];
    assert.equal((await portal.subscriptions.get(security, { id })).productId, till.products[0].id);
    if (!whole) return;
    const update = { cancelAtPeriodEnd: true, cancellationReason: 'unused' };
    const canceled = await portal.subscriptions.update(security, { id, customerSubscriptionUpdate: update });
    assert.equal(canceled.customerCancellationReason, 'unused');
    await portal.subscriptions.update(security, { id, customerSubscriptionUpdate: { cancelAtPeriodEnd: false } });
    assert.equal((await portal.subscriptions.cancel(security, { id })).cancelAtPeriodEnd, true);
  });

  test('the customer sees themselves', async () => {
    const me = await portal.customers.get(security);
    assert.equal(me.email, email);
    if (!whole) return;
    const changed = await portal.customers.update(security, { billingName: 'Zoë GmbH' });
    assert.equal(changed.billingName, 'Zoë GmbH');
    const cards = await portal.customers.listPaymentMethods(security, {});
    assert.equal(cards.result.items.length, 1);
  });

  test('the organization is public', async () => {
    const { body } = await till.api('GET', '/v1/organizations/');
    const found = await portal.organizations.get({ slug: body.items[0].slug });
    assert.equal(found.organization.id, body.items[0].id);
    assert.ok(found.products.length > 0);
  });
});
