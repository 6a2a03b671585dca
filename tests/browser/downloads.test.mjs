// Every list of the dashboard, saved as a file by a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { cards, fill, openPage, pay, session, startBrowser } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

const lists = ['checkouts', 'orders', 'subscriptions', 'payments', 'customers'];
/** More than the two parts of a hundred rows in which a file is read. */
const many = 230;

describe('downloads', () => {
  let till;
  let browser;
  before(async () => {
    till = await startTill('browser-downloads');
    browser = await startBrowser();
    const monthly = till.products.find(({ name }) => name === 'Pro');
    const bought = await session(till, { products: [monthly.id] });
    const buyer = await openPage(browser, till);
    await buyer.page.goto(bought.url);
    await fill(buyer.page, { email: 'ada@example.com', name: '=1+1', card: cards.pays });
    await pay(buyer.page);
    await buyer.done();
    await until('the purchase is fulfilled', async () => (await till.api('GET', '/v1/subscriptions/')).body.items.length === 1);
    for (let n = 0; n < many; n += 1) {
      const made = await till.api('POST', '/v1/customers/', { email: `customer-${n}@example.com`, name: `Müller ${n}` });
      assert.equal(made.status, 201, JSON.stringify(made.body));
    }
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  /** The lines of the file that the list's own link saves, its head first. */
  async function saved(page, list, query = '') {
    await page.goto(`${till.url}/dashboard/demo/${list}`);
    const link = page.getByRole('link', { name: 'CSV', exact: true });
    // An empty list has no link, and may still be asked for.
    await link.evaluate((element, more) => { element.href += more; }, query);
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.equal(await download.failure(), null, `${list}${query} is saved whole`);
    assert.equal(download.suggestedFilename(), `${list}.csv`);
    const bytes = readFileSync(await download.path());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], `${list}${query} begins with a byte order mark`);
    const lines = bytes.subarray(3).toString('utf8').split('\r\n');
    assert.equal(lines.pop(), '', `${list}${query} ends with a whole line`);
    return lines;
  }

  for (const list of lists) {
    test(`${list} are saved with any filter`, async () => {
      const { page, done } = await signedIn(browser, till);
      const all = await saved(page, list);
      assert.ok(all.length > 1, `${list} has rows: ${all}`);
      assert.deepEqual(await saved(page, list, '?from=2020-01-01&to=2099-12-31'), all);
      assert.deepEqual(await saved(page, list, '?query=nothing-is-called-so'), all.slice(0, 1), 'only the head');
      await done();
    });
  }

  test('a list of several parts is saved whole, and nothing in it is a formula', async () => {
    const { page, done } = await signedIn(browser, till);
    const lines = await saved(page, 'customers');
    assert.equal(lines.length, many + 2);
    for (let n = 0; n < many; n += 1) assert.ok(lines.some((line) => line.includes(`customer-${n}@example.com,Müller ${n},`)), `${n}`);
    assert.ok(lines.some((line) => line.includes(",'=1+1,")), lines.at(-1));
    await done();
  });
});
