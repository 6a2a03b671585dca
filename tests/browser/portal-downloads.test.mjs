// Downloads: a customer fetches the files of a benefit from the portal, without script.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, openPage, screenshot, session, sizes, startBrowser, themes } from './browser.mjs';

const content = Buffer.from('What was bought. '.repeat(1000));
const sum = createHash('sha256').update(content).digest();

describe('downloads of a benefit', () => {
  let till;
  let browser;
  let portal;

  /** A file to download, sent in one part. */
  async function upload(name, version) {
    const checksum_sha256_base64 = sum.toString('base64');
    const part = { number: 1, chunk_start: 0, chunk_end: content.length, checksum_sha256_base64 };
    const made = await till.api('POST', '/v1/files/', {
      name, version, mime_type: 'application/zip', size: content.length, service: 'downloadable', checksum_sha256_base64, upload: { parts: [part] },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { id, path, parts } = made.body.upload;
    const sent = await fetch(parts[0].url, { method: 'PUT', headers: parts[0].headers, body: content });
    const checksum_etag = sent.headers.get('etag').replaceAll('"', '');
    const whole = await till.api('POST', `/v1/files/${made.body.id}/uploaded`, { id, path, parts: [{ number: 1, checksum_etag, checksum_sha256_base64 }] });
    assert.equal(whole.status, 200, JSON.stringify(whole.body));
    return made.body.id;
  }

  before(async () => {
    till = await startTill('browser-portal-downloads');
    browser = await startBrowser();
    const files = [await upload('editor-2.1.zip', '2.1'), await upload('Ein sehr langer Name eines Handbuchs für den Editor, zweite Auflage.zip')];
    const benefit = await till.api('POST', '/v1/benefits/', { type: 'downloadables', description: 'The editor', properties: { files } });
    const product = (await till.api('POST', '/v1/products/', { name: 'Editor', prices: [{ amount_type: 'fixed', price_amount: 4900 }] })).body.id;
    await till.api('POST', `/v1/products/${product}/benefits`, { benefits: [benefit.body.id] });
    const checkout = await session(till, { products: [product] });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
      customer_email: 'ada@example.com', customer_name: 'Ada Lovelace', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is made', async () => (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items[0]);
    await until('the files are granted', async () => (await till.api('GET', `/v1/benefit-grants/?customer_id=${order.customer_id}`)).body.items[0]);
    portal = (await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id })).body.customer_portal_url;
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  async function benefits(options) {
    const opened = await openPage(browser, till, options);
    await opened.page.goto(portal);
    const { origin, pathname } = new URL(portal);
    await opened.page.goto(`${origin}${pathname}/benefits`);
    return opened;
  }

  test('a file is saved under its name, with its bytes', async () => {
    const { page, done } = await benefits({ javaScriptEnabled: false });
    await page.getByText(sum.toString('hex')).first().waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'editor-2.1.zip (2.1)' }).click()]);
    assert.equal(download.suggestedFilename(), 'editor-2.1.zip');
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    assert.deepEqual(Buffer.concat(chunks), content);
    await done();
  });

  test('the page is readable in both themes, wide and on a phone', async () => {
    for (const colorScheme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const { page, done } = await benefits({ colorScheme, viewport });
        await page.getByText('editor-2.1.zip (2.1)').waitFor();
        await assertAccessible(page, `${colorScheme} ${size}`);
        await assertFits(page, `${colorScheme} ${size}`);
        await screenshot(page, `portal-downloads-${colorScheme}-${size}`);
        await done();
      }
    }
  });
});
