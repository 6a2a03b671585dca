// Usage: a customer reads in the portal what was used and what it comes to so far, without script.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, openPage, screenshot, session, sizes, startBrowser, themes, weigh } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

describe('usage in the portal', () => {
  let till;
  let browser;
  let portal;
  let customer;

  async function meter(name, event) {
    const filter = { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: event }] };
    const made = await till.api('POST', '/v1/meters/', { name, filter, aggregation: { func: 'sum', property: 'n' } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.id;
  }

  before(async () => {
    till = await startTill('browser-portal-usage');
    browser = await startBrowser();
    const price = (meter_id, unit_amount) => ({ amount_type: 'metered_unit', meter_id, unit_amount, cap_amount: null });
    const meters = [await meter('Tokens', 'llm'), await meter('Gespeicherte Gigabytes aller Projekte in der Zentralregion', 'disk')];
    const prices = [{ amount_type: 'fixed', price_amount: 1000 }, price(meters[0], '0.2'), price(meters[1], '12.5')];
    const product = (await till.api('POST', '/v1/products/', { name: 'Pro', recurring_interval: 'month', prices })).body.id;
    const checkout = await session(till, { products: [product] });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
      customer_email: 'ada@example.com', customer_name: 'Ada Lovelace', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is made', async () => (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items[0]);
    customer = order.customer_id;
    const event = (name, n) => ({ name, customer_id: order.customer_id, metadata: { n } });
    const told = await till.api('POST', '/v1/events/ingest', { events: [event('llm', 120_500), event('disk', 12.25)] });
    assert.equal(told.status, 200, JSON.stringify(told.body));
    const counted = async () => (await till.api('GET', `/v1/customer-meters/?customer_id=${order.customer_id}`)).body.items.length === 2;
    await until('the usage is counted', counted, 60);
    portal = (await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id })).body.customer_portal_url;
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  async function usage(options) {
    const opened = await openPage(browser, till, options);
    await opened.page.goto(portal);
    await opened.page.getByRole('link', { name: 'Usage', exact: true }).click();
    return opened;
  }

  test('what was used, and what it comes to, is on one page', async () => {
    const { page, done } = await usage({ javaScriptEnabled: false });
    await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
    await page.getByRole('heading', { name: /^Pro · Next payment on / }).waitFor();
    const words = await page.locator('main').innerText();
    for (const part of ['Tokens', '120,500', '12.25', 'Usage so far', '$242.53', '$252.53']) assert.ok(words.includes(part), `${part} in ${words}`);
    await done();
  });

  test('it is accessible, fits, and weighs at most 25 kB', async () => {
    for (const theme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const { page, done } = await usage({ viewport, colorScheme: theme });
        await assertAccessible(page, `usage ${theme} ${size}`);
        await assertFits(page, `usage ${theme} ${size}`);
        await screenshot(page, `portal-usage-${theme}-${size}`);
        await page.goto(`${page.url()}?locale=ja`);
        await assertFits(page, `usage in Japanese ${theme} ${size}`);
        await screenshot(page, `portal-usage-ja-${theme}-${size}`);
        await done();
      }
    }
    const { page, done } = await usage();
    const loaded = await weigh(page, () => page.reload({ waitUntil: 'networkidle' }));
    const bytes = loaded.reduce((sum, one) => sum + one.bytes, 0);
    assert.ok(bytes <= 25_000, `it weighs ${bytes}: ${JSON.stringify(loaded)}`);
    await done();
  });

  test('the next bill is on the customer\'s page of the dashboard', async () => {
    for (const colorScheme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const { page, done } = await signedIn(browser, till, { colorScheme, viewport });
        await page.goto(`${till.url}/dashboard/demo/customers/${customer}`);
        await page.getByRole('heading', { name: 'Next bills' }).waitFor();
        await page.getByText('$242.53 before tax for usage so far').waitFor();
        await assertAccessible(page, `customer ${colorScheme} ${size}`);
        await assertFits(page, `customer ${colorScheme} ${size}`);
        await screenshot(page, `customer-next-bills-${colorScheme}-${size}`);
        await done();
      }
    }
  });
});
