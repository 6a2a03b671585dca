// Where merchants stumbled: the menu on a phone, forms that fail, links to share, endpoints that fail.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../clients/receiver.mjs';
import { startTill, until } from '../clients/till.mjs';
import { assertFits, errorAt, openPage, phone, refusals, startBrowser } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

describe('a merchant on the dashboard', () => {
  let till;
  let browser;
  before(async () => {
    till = await startTill('browser-dashboard-merchant');
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  for (const javaScriptEnabled of [true, false]) {
    test(`the menu of a phone opens and leads on, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      const { page, done } = await signedIn(browser, till, { viewport: phone, javaScriptEnabled });
      await page.goto(`${till.url}/dashboard/demo`);
      const ways = page.getByRole('navigation', { name: 'Dashboard' });
      assert.equal(await ways.isVisible(), false, 'the page begins with its content');
      await page.getByText('Menu', { exact: true }).click();
      for (const words of ['Home', 'Products', 'Customers', 'Settings']) {
        const box = await ways.getByRole('link', { name: words }).boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= phone.width && box.height >= 40, `${words} is in reach: ${JSON.stringify(box)}`);
      }
      assert.equal(await page.getByRole('button', { name: 'Sign out' }).isVisible(), true);
      await assertFits(page);
      await ways.getByRole('link', { name: 'Orders' }).click();
      await page.waitForURL(/\/orders$/);
      await done();
    });
  }

  test('a form that fails has no further rows, and a mark is gone once its field is mended', async () => {
    const { page, done } = await signedIn(browser, till, { expected: refusals });
    await page.goto(`${till.url}/dashboard/demo/products/new`);
    const keys = page.locator('[name^="_metadata."][name$=".key"]');
    const before = await keys.count();
    await page.getByLabel('Name', { exact: true }).fill('X');
    for (let time = 0; time < 2; time += 1) {
      await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Create product' }).click()]);
      await errorAt(page, 'name');
      assert.equal(await keys.count(), before, `after failing ${time + 1} times`);
    }
    await page.getByLabel('Name', { exact: true }).fill('Xylophone');
    assert.equal(await page.locator('[name="name"][aria-invalid]').count(), 0);
    assert.equal(await page.locator('#name-error').count(), 0);
    assert.equal(await page.getByRole('alert').count(), 1, 'the amount is still missing');
    await page.getByLabel('Amount').fill('9');
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.getByRole('button', { name: 'Create product' }).click();
    await page.getByText('Xylophone was created.').waitFor();
    await done();
  });

  test('a product is sold by a short link that is made from its menu', async () => {
    const { page, context, done } = await signedIn(browser, till);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: till.url });
    const product = till.products[2];
    await page.goto(`${till.url}/dashboard/demo/products`);
    await page.getByLabel(`Actions for ${product.name}`, { exact: true }).click();
    await page.getByRole('button', { name: 'Create a checkout link' }).click();
    await page.getByText('The link is ready').waitFor();
    const url = await page.locator('main code').first().innerText();
    assert.match(url, new RegExp(`^${till.url}/buy/[0-9A-Za-z]{12}$`));
    await page.locator('main .copied button').first().click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), url);
    await page.locator('main svg[role="img"]').first().waitFor();
    const buyer = await openPage(browser, till);
    await buyer.page.goto(url);
    assert.match(buyer.page.url(), /\/checkout\/polar_c_/);
    await buyer.page.getByText(product.name).first().waitFor();
    await buyer.done();
    await done();
  });

  test('an endpoint that only fails shows when it is tried again, and is told on Home', async () => {
    const receiver = await startReceiver(() => 503);
    const { page, done } = await signedIn(browser, till);
    const endpoint = (await till.api('POST', '/v1/webhooks/endpoints', { url: receiver.url, format: 'raw', events: ['checkout.created'] })).body;
    await till.api('POST', '/v1/checkouts/', { products: [till.products[0].id] });
    await receiver.waitFor('three attempts', (deliveries) => deliveries.length >= 3, 40);
    const rows = page.locator('tbody tr');
    await until('three attempts are listed', async () => {
      await page.goto(`${till.url}/dashboard/demo/developers/webhooks/${endpoint.id}`);
      return (await rows.count()) >= 3;
    });
    const newest = await rows.first().innerText();
    assert.match(newest, /3 of 10/);
    assert.match(newest, /\d+ ms/);
    assert.equal(await rows.first().locator('time').count(), 2, `sent, and tried again: ${newest}`);
    assert.equal(await rows.last().locator('time').count(), 1, 'of the newest attempt only');
    await page.goto(`${till.url}/dashboard/demo`);
    await page.getByText('did not accept any of its latest deliveries').waitFor();
    await page.getByRole('link', { name: receiver.url }).click();
    await page.waitForURL(new RegExp(endpoint.id));
    await receiver.stop();
    await done();
  });

  test('signing in promises no mail that nobody carries', async () => {
    const { page, done } = await openPage(browser, till);
    await page.goto(`${till.url}/sign-in`);
    assert.doesNotMatch(await page.locator('main').innerText(), /e-mail me|sent to your e-mail/i);
    await page.getByLabel('E-mail address').fill('nobody@example.com');
    await page.getByRole('button', { name: 'Print a link' }).click();
    await page.getByRole('heading', { name: 'Look at the terminal' }).waitFor();
    await done();
  });
});
