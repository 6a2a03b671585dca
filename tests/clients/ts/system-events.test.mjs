// Till's own events as the SDKs' releases see them: what it did for a purchase, in the stream of events.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Polar as Polar047 } from '@polar-sh/sdk';
import { Polar as Polar049 } from 'sdk-0.49';
import { startTill, until } from '../till.mjs';

const wanted = ['benefit.granted', 'benefit.revoked', 'checkout.created', 'customer.created', 'customer.updated', 'meter.credited',
  'order.paid', 'order.refunded', 'subscription.canceled', 'subscription.created', 'subscription.revoked'];

for (const [name, Polar] of [['0.47.1', Polar047], ['0.49.0', Polar049]]) {
  describe(`Till's events by SDK ${name}`, () => {
    let till;
    let polar;

    before(async () => {
      till = await startTill(`system-events-${name}`);
      polar = new Polar({ accessToken: till.token, serverURL: till.url });
    });
    after(async () => { await till?.stop(); });

    const made = async (path, body, status = 201) => {
      const answer = await till.api('POST', path, body);
      assert.equal(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    const events = async (query) => (await polar.events.list({ limit: 100, ...query })).items;

    test('what Till did for a purchase is listed with its metadata', async () => {
      const meter = await made('/v1/meters/', {
        name: 'Tokens', aggregation: { func: 'count' },
        filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'llm' }] },
      });
      const benefit = await made('/v1/benefits/', {
        type: 'meter_credit', description: 'Credits', properties: { meter_id: meter.id, units: 100, rollover: false },
      });
      const product = await made('/v1/products/', {
        name: 'Pro', recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: 1000 }],
      });
      await made(`/v1/products/${product.id}/benefits`, { benefits: [benefit.id] }, 200);
      const checkout = await made('/v1/checkouts/', { products: [product.id] });
      await made(`/v1/checkouts/client/${checkout.client_secret}/confirm`, {
        customer_email: `${randomUUID()}@example.com`, customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
      }, 200);
      const order = await until('the order is there', async () => (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items[0]);
      await until('the credits are there', async () => (await till.api('GET', `/v1/customer-meters/?meter_id=${meter.id}`)).body.items.length === 1);
      await made('/v1/refunds/', { order_id: order.id, reason: 'other', amount: 400 });
      const customer = await till.api('PATCH', `/v1/customers/${order.customer_id}`, { name: 'Ada', metadata: { vip: true } });
      assert.equal(customer.status, 200, JSON.stringify(customer.body));
      const revoked = await till.api('DELETE', `/v1/subscriptions/${order.subscription_id}`);
      assert.equal(revoked.status, 200, JSON.stringify(revoked.body));
      await polar.events.ingest({ events: [{ name: 'llm', customerId: order.customer_id, metadata: { n: 1 } }] });

      const found = await until('all is told', async () => {
        const items = await events({ source: 'system' });
        const names = new Set(items.map((event) => event.name));
        return wanted.every((event) => names.has(event)) && items;
      });
      for (const event of found) assert.deepEqual([event.source, typeof event.label], ['system', 'string'], JSON.stringify(event));
      const one = (event) => found.find(({ name: own }) => own === event);
      assert.deepEqual([...new Set(found.map((event) => event.name))].sort(), wanted);
      const { metadata: paid } = one('order.paid');
      assert.deepEqual([paid.orderId, paid.amount, paid.subscriptionId, paid.recurringInterval], [order.id, 1000, order.subscription_id, 'month']);
      assert.deepEqual(one('order.refunded').metadata, { orderId: order.id, refundedAmount: 400, currency: 'usd' });
      assert.equal(one('subscription.created').metadata.productId, product.id);
      assert.equal(one('benefit.granted').metadata.benefitType, 'meter_credit');
      assert.deepEqual(found.filter((event) => event.name === 'meter.credited').map((event) => event.metadata.units).sort((a, b) => b - a), [100, -100]);
      assert.equal(one('customer.updated').metadata.updatedFields.name, 'Ada');
      const single = await polar.events.get({ id: one('order.paid').id });
      assert.deepEqual(single, one('order.paid'));

      const both = await events({ customerId: order.customer_id });
      assert.deepEqual([...new Set(both.map((event) => event.source))].sort(), ['system', 'user']);
      const names = [];
      for await (const page of await polar.events.listNames({ limit: 100 })) names.push(...page.result.items);
      assert.deepEqual(names.filter((event) => event.source === 'system').map((event) => event.name).sort(), wanted);
      const types = async (query) => {
        const items = [];
        for await (const page of await polar.eventTypes.list({ limit: 100, ...query })) items.push(...page.result.items);
        return items;
      };
      assert.deepEqual((await types({})).map((type) => type.name), ['llm']);
      if (name === '0.47.1') return; // It takes no type without an ID.
      const own = await types({ source: 'system' });
      assert.deepEqual(own.map((type) => [type.name, type.id]).sort(), wanted.map((event) => [event, null]));
    });
  });
}
