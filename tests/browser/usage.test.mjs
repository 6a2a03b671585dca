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
  let type;

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
    type = (await till.api('GET', '/v1/event-types/?query=llm')).body.items[0].id;
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  const shop = () => `${till.url}/dashboard/demo`;
  const says = (page, words) => page.getByText(words).first().waitFor();
  const looked = (page) => page.waitForResponse((response) => response.url().includes('/newer?'), { timeout: 15_000 });
  /** The list of events, with nobody pointing at it. */
  async function openEvents(options) {
    const opened = await signedIn(browser, till, options);
    await opened.page.mouse.move(0, 0);
    await opened.page.goto(`${shop()}/products/usage`);
    await says(opened.page, 'grace@example.com');
    return opened;
  }

  test('new events appear in an open list, under its filter, and nothing is said aloud of them', async () => {
    const { page, done } = await openEvents();
    await says(page, 'Live: new events appear on top.');
    await page.evaluate(() => {
      globalThis.said = [];
      const status = document.querySelector('main').parentElement;
      new MutationObserver(() => said.push(document.querySelector('[data-newer]')?.textContent ?? '')).observe(status, { childList: true, subtree: true });
    });
    await ingest([call(0, 7)]);
    await page.getByText('tokens: 7', { exact: true }).waitFor({ timeout: 15_000 });
    assert.deepEqual(await page.evaluate(() => [...new Set(said)]), ['']);
    await page.fill('[name="query"]', 'fax');
    await says(page, 'Nothing matches these filters.');
    await ingest([call(0, 8), { name: 'fax', external_customer_id: 'grace', metadata: { pages: 3 } }]);
    await page.getByText('pages: 3', { exact: true }).waitFor({ timeout: 15_000 });
    assert.equal(await page.getByText('tokens: 8', { exact: true }).count(), 0);
    await done();
  });

  test('whoever is using an open list is told of new events, and sees them when they want', async () => {
    const { page, done } = await openEvents();
    await page.locator('#rows tbody a').first().focus();
    await ingest([call(0, 9)]);
    const notice = page.getByRole('status').getByRole('link', { name: '1 new event' });
    await notice.waitFor({ timeout: 15_000 });
    assert.equal(await page.getByText('tokens: 9', { exact: true }).count(), 0);
    await page.evaluate(() => { document.querySelector('[data-newer] a').dataset.kept = 'yes'; });
    await looked(page);
    assert.equal(await page.locator('[data-newer] a[data-kept]').count(), 1, 'it is not said again');
    const address = page.url();
    await notice.click();
    await page.getByText('tokens: 9', { exact: true }).waitFor();
    assert.equal(page.url(), address);
    await done();
  });

  test('rows stay where they are while somebody points at them', async () => {
    const { page, done } = await openEvents();
    await page.locator('#rows tbody tr').first().hover();
    await ingest([call(0, 10)]);
    await page.getByRole('status').getByRole('link', { name: '1 new event' }).waitFor({ timeout: 15_000 });
    assert.equal(await page.getByText('tokens: 10', { exact: true }).count(), 0);
    await page.mouse.move(0, 0);
    await page.getByText('tokens: 10', { exact: true }).waitFor({ timeout: 15_000 });
    assert.equal(await page.locator('[data-newer] a').count(), 0);
    await done();
  });

  test('a paused list asks for nothing, whatever its filters, and resumes with what has come in', async () => {
    const { page, done } = await openEvents();
    await page.getByRole('button', { name: 'Pause' }).click();
    await says(page, 'Paused: no new events appear.');
    let asked = 0;
    page.on('request', (request) => { asked += Number(request.url().includes('/newer?')); });
    await page.fill('[name="query"]', 'llm');
    await page.waitForURL(/query=llm/);
    await ingest([call(0, 11)]);
    await page.waitForTimeout(6_000);
    assert.equal(asked, 0);
    await page.mouse.move(0, 0);
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await page.getByText('tokens: 11', { exact: true }).waitFor({ timeout: 4_000 });
    await says(page, 'Live: new events appear on top.');
    await ingest([call(0, 12)]);
    await page.getByText('tokens: 12', { exact: true }).waitFor({ timeout: 15_000 });
    assert.ok(await page.getByRole('button', { name: 'Pause' }).evaluate((button) => button === document.activeElement));
    await done();
  });

  test('a hidden page asks for nothing, and looks as soon as it is seen', async () => {
    const { page, done } = await openEvents();
    const turn = (hidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await turn(true);
    let asked = 0;
    page.on('request', (request) => { asked += Number(request.url().includes('/newer?')); });
    await ingest([call(0, 13)]);
    await page.waitForTimeout(6_000);
    assert.equal(asked, 0);
    await turn(false);
    await page.getByText('tokens: 13', { exact: true }).waitFor({ timeout: 4_000 });
    await done();
  });

  test('a late answer with new rows does not undo a filter', async () => {
    // The request that is given up is told on the console.
    const { page, done } = await openEvents({ expected: (text) => text.startsWith('htmx:') });
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    let isHeld;
    const wasHeld = new Promise((resolve) => { isHeld = resolve; });
    await page.route((url) => url.pathname.endsWith('/products/usage') && !url.search, async (route) => {
      isHeld();
      await held;
      await route.continue().catch(() => {});
    });
    await ingest([call(0, 14)]);
    await wasHeld;
    await page.fill('[name="query"]', 'upload');
    await page.getByText('bytes: 12', { exact: true }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('#rows tbody tr').length === 1);
    release();
    await looked(page);
    assert.equal(await page.locator('#rows tbody tr').count(), 1);
    await done();
  });

  test('a long filter is cut and shown; the stream of events can be paused', async () => {
    const { page, done } = await signedIn(browser, till);
    await page.goto(`${shop()}/products/usage?query=${'𝄞'.repeat(200)}`);
    await says(page, 'Nothing matches these filters.');
    assert.equal(await page.inputValue('[name="query"]'), '𝄞'.repeat(128));
    await page.goto(`${shop()}/developers/events`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await till.api('POST', '/v1/customers/', { email: 'paused@example.com' });
    await page.locator('#events > [hidden]').first().waitFor({ state: 'attached', timeout: 15_000 });
    await page.getByRole('button', { name: 'Resume' }).click();
    assert.equal(await page.locator('#events > [hidden]').count(), 0);
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
          ['event-types', '/products/event-types', 'llm.call'],
          ['event-type-edit', `/products/event-types/${type}/edit`, 'Label of each event'],
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
