// Files: a merchant uploads them on the dashboard and makes a benefit of them, a buyer downloads them from the portal.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, fill, openPage, pay, refusals, screenshot, session, sizes, startBrowser, themes } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

const MEBIBYTE = 1024 * 1024;
/** Two parts of the dashboard's script, the second one short. */
const large = randomBytes(33 * MEBIBYTE + 5);
/** An unoptimised Till on a busy machine takes its time to add them up. */
const patience = 180_000;
const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');
const file = (name, buffer, mimeType = 'application/zip') => ({ name, mimeType, buffer });

describe('files on the dashboard', () => {
  let till;
  let browser;
  let products;
  before(async () => {
    till = await startTill('browser-dashboard-files');
    browser = await startBrowser();
    products = `${till.url}/dashboard/demo/products`;
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
  const says = (page, words) => page.getByText(words).first().waitFor();
  const listed = async () => (await till.api('GET', '/v1/files/?limit=100')).body.items;
  const named = async (name) => (await listed()).find((one) => one.name === name);

  async function uploadNew(page, one, version = '') {
    await page.goto(`${products}/files/new`);
    await page.fill('[name="version"]', version);
    await page.setInputFiles('[name="file"]', one);
    await press(page, 'Upload');
  }

  async function bytesOf(download) {
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test('a merchant uploads files and sells them, a buyer downloads the same bytes', async () => {
    const merchant = await signedIn(browser, till);
    const { page } = merchant;
    page.setDefaultTimeout(patience);
    const sent = [];
    page.on('request', (request) => { if (request.method() === 'PUT') sent.push(new URL(request.url()).pathname); });
    await uploadNew(page, file('Ä "book" <2>.zip', large), '2.1');
    await page.waitForURL(/\/products\/files\/[0-9a-f-]{36}$/);
    await says(page, sum(large));
    assert.equal(sent.length, 2, 'the file goes in two parts');
    // The benefit, and a second file right on its form, which is then moved to the first place.
    await page.getByRole('link', { name: 'Make a benefit' }).click();
    await page.fill('[name="description"]', 'The book');
    await page.setInputFiles('#new-file', file('notes.txt', Buffer.from('Notes'), 'text/plain'));
    await page.getByRole('button', { name: 'Move notes.txt up' }).click();
    assert.deepEqual(await page.locator('.chosen strong').allTextContents(), ['notes.txt', 'Ä "book" <2>.zip']);
    assert.equal(await page.inputValue('[name="description"]'), 'The book', 'what was typed stays');
    await page.locator('.submit').getByRole('button', { name: 'Create benefit' }).click();
    await says(page, 'The book was created.');
    const benefit = page.url().split('/').pop();
    const { properties } = (await till.api('GET', `/v1/benefits/${benefit}`)).body;
    assert.deepEqual(properties, { files: [(await named('notes.txt')).id, (await named('Ä "book" <2>.zip')).id], archived: {} });
    const product = (await till.api('POST', '/v1/products/', { name: 'Handbook', prices: [{ amount_type: 'fixed', price_amount: 4900 }] })).body.id;
    await page.goto(`${products}/${product}/edit`);
    await page.getByLabel('The book').check();
    await page.locator('.submit').getByRole('button', { name: 'Save product' }).click();
    await says(page, 'was saved');
    await merchant.done();

    const buyer = await openPage(browser, till);
    const checkout = await session(till, { products: [product] });
    await buyer.page.goto(checkout.url);
    await fill(buyer.page);
    await pay(buyer.page);
    const order = await until('the order is made', async () => (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items[0]);
    await until('the files are granted', async () => (await till.api('GET', `/v1/benefit-grants/?customer_id=${order.customer_id}`)).body.items[0]);
    const portal = new URL((await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id })).body.customer_portal_url);
    await buyer.page.goto(portal.href);
    await buyer.page.goto(`${portal.origin}${portal.pathname}/benefits`);
    const [download] = await Promise.all([buyer.page.waitForEvent('download'), buyer.page.getByRole('link', { name: /book/ }).filter({ hasText: '(2.1)' }).click()]);
    const got = await bytesOf(download);
    assert.equal(got.length, large.length);
    assert.equal(sum(got), sum(large));
    await buyer.done();
    const counted = (await till.api('GET', `/v1/benefits/${benefit}/files`)).body.items;
    assert.deepEqual(counted.map((one) => one.downloads), [0, 1]);
  });

  test('parts that are lost, and addresses that have expired, are sent again', async () => {
    const { page, done } = await signedIn(browser, till, { expected: (text) => refusals(text) || /ERR_FAILED/.test(text) });
    let count = 0;
    await page.route(/\/files\/uploads\/[^/]+\/1\?/, (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      count += 1;
      if (count === 1) return route.abort();
      if (count === 2) return route.fulfill({ status: 403, body: 'This upload URL is no longer valid.' });
      return route.continue();
    });
    await uploadNew(page, file('again.zip', Buffer.from('again')));
    await page.waitForURL(/\/products\/files\/[0-9a-f-]{36}$/);
    assert.equal(count, 3);
    await says(page, sum('again'));
    await done();
  });

  test('an upload shows how far it is and can be cancelled', async () => {
    const { page, done } = await signedIn(browser, till);
    page.setDefaultTimeout(patience);
    let hold;
    const held = new Promise((resolve) => { hold = resolve; });
    await page.route('**/files/uploads/*/2?*', async (route) => { await held; await route.continue().catch(() => {}); });
    await uploadNew(page, file('cancelled.zip', large));
    await page.waitForFunction(() => /^9[0-9]%$/.test(document.querySelector('.sending .percent').textContent));
    await assertAccessible(page, 'an upload under way');
    await screenshot(page, 'dashboard-file-sending');
    await press(page, 'Cancel');
    await says(page, 'The upload was cancelled.');
    hold();
    assert.equal(await page.locator('.sending').isHidden(), true);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'file');
    assert.equal(await page.getByRole('button', { name: 'Upload' }).isEnabled(), true);
    assert.equal(await named('cancelled.zip'), undefined);
    // The form works once more.
    await page.unroute('**/files/uploads/*/2?*');
    await page.setInputFiles('[name="file"]', file('after.zip', Buffer.from('after')));
    await press(page, 'Upload');
    await page.waitForURL(/\/products\/files\/[0-9a-f-]{36}$/);
    await done();
  });

  test('a file that is refused says why, and an empty one is taken', async () => {
    const { page, done } = await signedIn(browser, till, { expected: refusals });
    await page.goto(`${products}/files/new`);
    await page.fill('[name="version"]', 'v'.repeat(3000));
    await page.setInputFiles('[name="file"]', file('a.zip', Buffer.from('a')));
    await press(page, 'Upload');
    await says(page, /at most 2048 characters/);
    await page.fill('[name="version"]', '');
    await page.setInputFiles('[name="file"]', file('empty.txt', Buffer.alloc(0), ''));
    await press(page, 'Upload');
    await page.waitForURL(/\/products\/files\/[0-9a-f-]{36}$/);
    await says(page, '0 B');
    await done();
  });

  test('without script a file is sent as a whole, chosen, ordered and archived', async () => {
    const { page, done } = await signedIn(browser, till, { javaScriptEnabled: false });
    await uploadNew(page, file('plain.zip', Buffer.from('plain')), '1');
    await says(page, 'The file was uploaded.');
    await says(page, sum('plain'));
    const plain = await named('plain.zip');
    await page.goto(`${products}/benefits/new`);
    await page.selectOption('[name="type"]', 'downloadables');
    await press(page, 'Continue');
    await page.fill('[name="description"]', 'Plain files');
    for (const name of ['empty.txt', 'plain.zip']) {
      await page.selectOption('[name="_file"]', (await named(name)).id);
      await press(page, 'Add');
    }
    await press(page, 'Move plain.zip up');
    await page.getByLabel('Archived: empty.txt').check();
    await page.locator('.submit').getByRole('button', { name: 'Create benefit' }).click();
    await says(page, 'Plain files was created.');
    const { properties } = (await till.api('GET', `/v1/benefits/${page.url().split('/').pop()}`)).body;
    const empty = (await named('empty.txt')).id;
    assert.deepEqual(properties, { files: [plain.id, empty], archived: { [empty]: true } });
    await page.goto(`${products}/files/${plain.id}/edit`);
    await page.fill('[name="name"]', 'renamed.zip');
    await page.locator('.submit').getByRole('button', { name: 'Save file' }).click();
    await says(page, 'The file was saved.');
    await page.goto(`${products}/files/${plain.id}/delete`);
    await says(page, 'It is given by: Plain files.');
    await press(page, 'Delete');
    await says(page, 'The file was deleted.');
    await done();
  });

  test('the pages are readable in both themes, wide and on a phone', async () => {
    const long = await till.api('POST', '/v1/files/', { name: 'Ein sehr langer Name eines Handbuchs für den Editor, zweite Auflage.zip', version: '2026.12', mime_type: 'application/zip', size: 0, service: 'downloadable', upload: { parts: [] } });
    const { id, path } = long.body.upload;
    assert.equal((await till.api('POST', `/v1/files/${id}/uploaded`, { id, path, parts: [] })).status, 200);
    const files = (await listed()).map((one) => one.id);
    const benefit = (await till.api('POST', '/v1/benefits/', { type: 'downloadables', description: 'Everything', properties: { files, archived: { [id]: true } } })).body.id;
    for (const colorScheme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const { page, done } = await signedIn(browser, till, { colorScheme, viewport });
        for (const [name, address] of [
          ['files', 'files'], ['file', `files/${id}`], ['file-new', 'files/new'], ['file-edit', `files/${id}/edit`], ['file-delete', `files/${id}/delete`],
          ['benefit-of-files', `benefits/${benefit}`], ['benefit-of-files-edit', `benefits/${benefit}/edit`], ['benefit-of-files-new', 'benefits/new?type=downloadables'],
        ]) {
          await page.goto(`${products}/${address}`);
          await assertAccessible(page, `${name} ${colorScheme} ${size}`);
          await assertFits(page, `${name} ${colorScheme} ${size}`);
          await screenshot(page, `dashboard-${name}-${colorScheme}-${size}`);
        }
        await done();
      }
    }
  });
});
