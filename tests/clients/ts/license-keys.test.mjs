// License keys as the SDKs' releases see them: granted with a purchase, validated and activated with a token and without.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Polar as Polar047 } from '@polar-sh/sdk';
import { Polar as Polar049 } from 'sdk-0.49';
import { startTill, until } from '../till.mjs';

for (const [name, Polar] of [['0.47.1', Polar047], ['0.49.0', Polar049]]) {
  describe(`license keys by SDK ${name}`, () => {
    let till;
    let polar;
    let customerId;
    let organizationId;

    before(async () => {
      till = await startTill(`keys-${name}`);
      polar = new Polar({ accessToken: till.token, serverURL: till.url });
      const benefit = await till.api('POST', '/v1/benefits/', {
        type: 'license_keys', description: 'License',
        properties: { prefix: 'acme', activations: { limit: 2, enable_customer_admin: true }, limit_usage: 10 },
      });
      assert.equal(benefit.status, 201, JSON.stringify(benefit.body));
      organizationId = benefit.body.organization_id;
      const product = await till.api('POST', '/v1/products/', { name: 'Editor', prices: [{ amount_type: 'fixed', price_amount: 1000 }] });
      await till.api('POST', `/v1/products/${product.body.id}/benefits`, { benefits: [benefit.body.id] });
      const made = await till.api('POST', '/v1/checkouts/', { products: [product.body.id] });
      const confirmed = await till.api('POST', `/v1/checkouts/client/${made.body.client_secret}/confirm`, {
        customer_email: `${randomUUID()}@example.com`, customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
      });
      assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
      const order = await until('the order is there', async () => (await till.api('GET', `/v1/orders/?checkout_id=${made.body.id}`)).body.items[0]);
      customerId = order.customer_id;
    });
    after(async () => { await till?.stop(); });

    /** The only key, once it is granted. */
    const granted = () => until('the key is granted', async () => {
      for await (const page of await polar.licenseKeys.list({})) {
        if (page.result.items.length > 0) return page.result.items[0];
      }
      return false;
    });

    test('a key is validated, activated and deactivated with a token', async () => {
      const { key, displayKey, id } = await granted();
      assert.match(key, /^ACME-[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
      assert.equal(displayKey, `****-${key.slice(-6)}`);
      const activation = await polar.licenseKeys.activate({ key, organizationId, label: 'Laptop', conditions: { major: 2 }, meta: { host: 'a' } });
      assert.deepEqual([activation.licenseKeyId, activation.label, activation.meta], [id, 'Laptop', { host: 'a' }]);
      const valid = await polar.licenseKeys.validate({ key, organizationId, activationId: activation.id, conditions: { major: 2 }, incrementUsage: 3 });
      assert.deepEqual([valid.usage, valid.validations, valid.activation.id], [3, 1, activation.id]);
      await assert.rejects(polar.licenseKeys.validate({ key, organizationId, activationId: activation.id }), (error) => error.statusCode === 404);
      await assert.rejects(polar.licenseKeys.validate({ key, organizationId, incrementUsage: 8 }), (error) => error.statusCode === 400);
      const other = await polar.licenseKeys.activate({ key, organizationId, label: 'Phone' });
      await assert.rejects(polar.licenseKeys.activate({ key, organizationId, label: 'Third' }), (error) => error.statusCode === 403);
      await polar.licenseKeys.deactivate({ key, organizationId, activationId: other.id });
      const whole = await polar.licenseKeys.get({ id });
      assert.deepEqual(whole.activations.map(({ label }) => label), ['Laptop']);
      const one = await polar.licenseKeys.getActivation({ id, activationId: activation.id });
      assert.equal(one.licenseKey.key, key);
      const changed = await polar.licenseKeys.update({ id, licenseKeyUpdate: { limitUsage: 20 } });
      assert.equal(changed.limitUsage, 20);
    });

    test('a program has no token, and the customer sees the key', async () => {
      const { key, id } = await granted();
      const program = new Polar({ serverURL: till.url });
      const { licenseKeys } = program.customerPortal;
      const activation = await licenseKeys.activate({ key, organizationId, label: 'Program' });
      assert.equal((await licenseKeys.validate({ key, organizationId, activationId: activation.id })).activation.label, 'Program');
      await licenseKeys.deactivate({ key, organizationId, activationId: activation.id });
      const { token: customerSession } = await polar.customerSessions.create({ customerId });
      const own = await polar.customerPortal.licenseKeys.get({ customerSession }, { id });
      assert.deepEqual([own.key, own.activations.length], [key, 1]);
    });
  });
}
