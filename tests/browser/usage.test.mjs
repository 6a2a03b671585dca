// Usage on the dashboard: events as they come in, a meter's page, and the preview of its form.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, screenshot, sizes, startBrowser, themes } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

describe('usage', () => {
  let till;
  let browser;
  let meter;
  let customer;

  /** Events of today and of the days before it. */
  async function ingest(events) {
    const taken = await till.api('POST', '/v1/events/ingest', { events });
    assert.equal(taken.status, 200, JSON.stringify(taken.body));
  }
  const call = (daysAgo, tokens) => ({
    name: 'llm.call', external_customer_id: 'grace', timestamp: new Date(Date.now() - daysAgo * 86_400_000).toISOString(),
    metadata: { tokens, model: 'small-2', route: `/chat/${'a-rather-long-segment/'.repeat(4)}` },
  });

  before(async () => {
    till = await startTill('browser-usage');
    browser = await startBrowser();
    customer = (await till.api('POST', '/v1/customers/', { email: 'grace@example.com', name: 'Grace Hopper', external_id: 'grace' })).body.id;
    const made = await till.api('POST', '/v1/meters/', {
      name: 'Tokens', aggregation: { func: 'sum', property: 'tokens' },
      filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'llm.call' }] },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    meter = made.body.id;
    await ingest(Array.from({ length: 12 }, (_, day) => call(day * 2 + 1, 1000 * (day + 1) + 0.5)));
    await ingest([{ name: 'upload', external_customer_id: 'somebody-else', metadata: { bytes: 12 } }]);
    await until('the meter counted', async () => (await till.api('GET', '/v1/customer-meters/')).body.items[0]?.consumed_units === 78_006);
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  const shop = () => `${till.url}/dashboard/demo`;
  const says = (page, words) => page.getByText(words).first().waitFor();

  test('an open list says that events have come in, and shows them', async () => {
    const { page, done } = await signedIn(browser, till);
    await page.goto(`${shop()}/products/usage`);
    await says(page, 'grace@example.com');
    await ingest([call(0, 7)]);
    await page.getByRole('link', { name: '1 new event' }).click({ timeout: 15_000 });
    await says(page, 'tokens: 7');
    await done();
  });

  test('a meter’s form shows the events that its conditions choose while they are typed', async () => {
    const { page, done } = await signedIn(browser, till);
    await page.goto(`${shop()}/products/meters/new`);
    await says(page, 'None of the newest');
    await page.fill('[name="filter.clauses.0.value"]', 'upload');
    await says(page, /^1 of the newest \d+ events is chosen\.$/);
    await page.fill('[name="filter.clauses.0.value"]', 'nothing');
    await says(page, /^None of the newest \d+ events is chosen\.$/);
    await done();
  });

  for (const theme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      test(`pages of usage fit and are accessible, ${theme} and ${size}`, async () => {
        const { page, done } = await signedIn(browser, till, { viewport, colorScheme: theme });
        for (const [name, path, words] of [
          ['events', '/products/usage', 'somebody-else'],
          ['meter', `/products/meters/${meter}`, 'Units per day'],
          ['meter-edit', `/products/meters/${meter}/edit`, 'Events that count'],
          ['by-customer', '/products/customer-meters', 'Grace Hopper'],
          ['customer', `/customers/${customer}`, 'Usage by customer'],
        ]) {
          await page.goto(shop() + path);
          await says(page, words);
          await assertFits(page, path);
          await assertAccessible(page, path);
          await screenshot(page, `usage-${name}-${theme}-${size}`);
        }
        await done();
      });
    }
  }
});
