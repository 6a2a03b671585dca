// License keys: a customer reads theirs and removes an activation, a merchant changes one. Neither needs script.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, openPage, refusals, screenshot, session, sizes, startBrowser, themes } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

describe('license keys', () => {
  let till;
  let browser;
  let product;
  before(async () => {
    till = await startTill('browser-license-keys');
    browser = await startBrowser();
    const benefit = await till.api('POST', '/v1/benefits/', {
      type: 'license_keys', description: 'License of the editor',
      properties: { prefix: 'editor', activations: { limit: 3, enable_customer_admin: true }, limit_usage: 10, expires: { ttl: 1, timeframe: 'year' } },
    });
    assert.equal(benefit.status, 201, JSON.stringify(benefit.body));
    const made = await till.api('POST', '/v1/products/', { name: 'Editor', prices: [{ amount_type: 'fixed', price_amount: 4900 }] });
    product = made.body.id;
    await till.api('POST', `/v1/products/${product}/benefits`, { benefits: [benefit.body.id] });
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  /** A customer with a key that is activated twice: the key, the way into the portal, and the key's pages. */
  async function bought() {
    const checkout = await session(till, { products: [product] });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
      customer_email: `${randomUUID().slice(0, 8)}@example.com`, customer_name: 'Ada Lovelace', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is made', async () => (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items[0]);
    const key = await until('the key is granted', async () => (await till.api('GET', `/v1/license-keys/?customer_id=${order.customer_id}`)).body.items[0]);
    const own = { key: key.key, organization_id: key.organization_id };
    for (const label of ['Ada’s laptop', 'Workshop computer']) {
      const activated = await till.api('POST', '/v1/license-keys/activate', { ...own, label, meta: { system: 'Linux' } });
      assert.equal(activated.status, 200, JSON.stringify(activated.body));
    }
    await till.api('POST', '/v1/license-keys/validate', { ...own, increment_usage: 3 });
    const opened = await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    const url = new URL(opened.body.customer_portal_url);
    return { key, url: url.href, portal: `${url.origin}${url.pathname}`, dashboard: `${till.url}/dashboard/demo/products/license-keys/${key.id}` };
  }

  const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
  const says = (page, words) => page.getByText(words).first().waitFor();

  for (const javaScriptEnabled of [true, false]) {
    test(`a customer reads a key and removes an activation, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      const { key, url, portal } = await bought();
      const { page, done } = await openPage(browser, till, { javaScriptEnabled, viewport: sizes.phone });
      await page.goto(url);
      await page.goto(`${portal}/benefits`);
      await says(page, key.key);
      await page.getByRole('link', { name: 'License of the editor' }).click();
      await says(page, '3 of 10');
      await press(page, 'Remove: Workshop computer');
      await says(page, 'The activation was removed.');
      assert.equal(await page.getByText('Workshop computer').count(), 0);
      await says(page, 'Ada’s laptop');
      await done();
    });
  }

  test('a merchant changes a key and removes an activation', async () => {
    const { key, dashboard } = await bought();
    const { page, done } = await signedIn(browser, till, { javaScriptEnabled: false });
    await page.goto(`${dashboard}/edit`);
    await page.selectOption('[name="status"]', 'disabled');
    await page.fill('[name="limit_usage"]', '25');
    await press(page, 'Save license key');
    await says(page, 'The license key was saved.');
    const now = (await till.api('GET', `/v1/license-keys/${key.id}`)).body;
    assert.deepEqual([now.status, now.limit_usage, now.usage, now.expires_at], ['disabled', 25, 3, key.expires_at]);
    await page.goto(`${dashboard}/activations/${now.activations[0].id}/remove`);
    await press(page, 'Remove');
    await says(page, 'The activation was removed.');
    await done();
  });

  test('the pages are readable in both themes, wide and on a phone', async () => {
    const { key, url, portal, dashboard } = await bought();
    for (const colorScheme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const look = async (page, name, address) => {
          await page.goto(address);
          await assertAccessible(page, `${name} ${colorScheme} ${size}`);
          await assertFits(page, `${name} ${colorScheme} ${size}`);
          await screenshot(page, `${name}-${colorScheme}-${size}`);
        };
        const customer = await openPage(browser, till, { colorScheme, viewport, expected: refusals });
        await customer.page.goto(url);
        await look(customer.page, 'portal-license-key', `${portal}/license-keys/${key.id}`);
        await look(customer.page, 'portal-benefits-with-key', `${portal}/benefits`);
        await customer.done();
        const merchant = await signedIn(browser, till, { colorScheme, viewport });
        await look(merchant.page, 'dashboard-license-key', dashboard);
        await look(merchant.page, 'dashboard-license-key-edit', `${dashboard}/edit`);
        await look(merchant.page, 'dashboard-benefit-with-keys', `${till.url}/dashboard/demo/products/benefits/${key.benefit_id}`);
        await merchant.done();
      }
    }
  });
});
