// What the hosted page shows and says: pictures, reverse charge, a payment that fails later, and the keyboard's place.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, errorAt, fill, openPage, pay, payButton, phone, refusals, screenshot, session, startBrowser } from './browser.mjs';

const dollars = (price_amount, more = {}) => ({ amount_type: 'fixed', price_amount, price_currency: 'usd', ...more });
/** One pixel. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

describe('the page and what it says', () => {
  let till;
  let browser;
  before(async () => {
    till = await startTill('browser-checkout');
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  async function visit(url, steps, options) {
    const opened = await openPage(browser, till, options);
    try {
      await opened.page.goto(url);
      await steps(opened.page);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const email = () => `${randomUUID().slice(0, 8)}@example.com`;
  const get = async (path) => (await till.api('GET', path)).body;
  const made = async (path, body) => {
    const answer = await till.api('POST', path, body);
    assert.ok([200, 201].includes(answer.status), JSON.stringify(answer.body));
    return answer.body;
  };
  async function uploaded() {
    const size = picture.length;
    const parts = [{ number: 1, chunk_start: 0, chunk_end: size }];
    const file = await made('/v1/files/', { service: 'product_media', name: 'pixel.png', mime_type: 'image/png', size, upload: { parts } });
    const [part] = file.upload.parts;
    const sent = await fetch(part.url, { method: 'PUT', headers: part.headers, body: picture });
    assert.equal(sent.status, 200);
    const checksum_etag = sent.headers.get('etag');
    return made(`/v1/files/${file.id}/uploaded`, { id: file.upload.id, path: file.upload.path, parts: [{ number: 1, checksum_etag }] });
  }

  test('the pictures of a product are a gallery that the keyboard reaches', async () => {
    const medias = [(await uploaded()).id, (await uploaded()).id];
    const product = await made('/v1/products/', { name: 'Poster', prices: [dollars(2500)], medias });
    const checkout = await session(till, { products: [product.id] });
    await visit(checkout.url, async (page) => {
      const gallery = page.getByRole('group', { name: 'Pictures of Poster' });
      await gallery.waitFor();
      const images = gallery.getByRole('img');
      assert.deepEqual(await images.evaluateAll((all) => all.map(({ alt }) => alt)), ['Picture 1 of Poster', 'Picture 2 of Poster']);
      await until('the pictures are shown', () => images.evaluateAll((all) => all.every(({ complete, naturalWidth }) => complete && naturalWidth === 1)));
      await gallery.focus();
      assert.equal(await gallery.evaluate((element) => element === document.activeElement), true);
      await assertAccessible(page, 'a gallery');
      await assertFits(page);
      await screenshot(page, 'gallery-phone');
    }, { viewport: phone });
  });

  test('a business in another member state accounts for the tax itself: the line says so, and the total drops', async () => {
    const { items: [organization] } = await get('/v1/organizations/');
    const tax_settings = { enabled: true, registrations: [{ country: 'DE' }] };
    const set = await till.api('PATCH', `/v1/organizations/${organization.id}`, { tax_settings });
    assert.equal(set.status, 200, JSON.stringify(set.body));
    const product = await made('/v1/products/', { name: 'Report', prices: [dollars(5000, { tax_behavior: 'exclusive' })] });
    const checkout = await session(till, { products: [product.id] });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email() });
      const amounts = page.locator('[data-part="summary"]');
      await amounts.getByText('VAT (20%)').waitFor();
      await amounts.getByText('$60.00').waitFor();
      await page.locator('input[name="is_business_customer"]').check();
      await page.locator('[name="customer_tax_id"]').fill('FR61954506078');
      await page.locator('[name="customer_billing_name"]').fill('ACME');
      assert.match(await errorAt(page, 'customer_tax_id'), /not valid/);
      await amounts.getByText('$60.00').waitFor();
      // As the company itself writes it, without its country.
      await page.locator('[name="customer_tax_id"]').fill('61 954 506 077');
      await page.locator('[name="line1"]').fill('1 rue X');
      await amounts.getByText('VAT: you account for it yourself (reverse charge)').waitFor();
      await page.getByRole('button', { name: 'Pay $50.00' }).waitFor();
      await page.locator('[name="city"]').fill('Paris');
      await page.locator('[name="postal_code"]').fill('75001');
      await assertAccessible(page, 'reverse charge');
      await pay(page);
    }, { expected: refusals });
    const order = await until('the order is there', async () => (await get(`/v1/orders/?checkout_id=${checkout.id}`)).items[0]);
    assert.deepEqual([order.total_amount, order.tax_amount], [5000, 0]);
    await till.api('PATCH', `/v1/organizations/${organization.id}`, { tax_settings: { enabled: false, registrations: [] } });
  });

  test('a payment that fails later is told with its reason before the form comes again', async () => {
    const checkout = await session(till, { products: [till.products[2].id] });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), card: '4000 0000 0000 3014' });
      await pay(page);
      await page.getByText('Processing your payment').waitFor();
      await page.getByRole('heading', { name: 'The payment did not go through' }).waitFor();
      await page.getByText('Your card was declined.').waitFor();
      await page.getByRole('link', { name: 'Try again' }).click();
      await fill(page, { email: email() });
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
    });
  });

  test('a step that ends the way keeps the focus', async () => {
    const seat_tiers = { seat_tier_type: 'volume', tiers: [{ min_seats: 1, max_seats: 2, price_per_seat: 1500 }] };
    const product = await made('/v1/products/', {
      name: 'Pair', recurring_interval: 'month', prices: [{ amount_type: 'seat_based', price_currency: 'usd', seat_tiers }],
    });
    const checkout = await session(till, { products: [product.id] });
    await visit(checkout.url, async (page) => {
      await page.locator('#seats-more').focus();
      await page.keyboard.press('Enter');
      await page.locator('#seats-more[aria-disabled="true"]').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), 'seats-more');
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('#seats').inputValue(), '2');
      await page.locator('#seats-fewer').click();
      await page.locator('#seats-fewer[aria-disabled="true"]').waitFor();
      assert.equal(await page.locator('#seats').inputValue(), '1');
    });
  });

  test('a price that was replaced is said at the top, with nothing to choose', async () => {
    const product = await made('/v1/products/', { name: 'Changing', prices: [dollars(2000)] });
    const checkout = await session(till, { products: [product.id] });
    await visit(checkout.url, async (page) => {
      await till.api('PATCH', `/v1/products/${product.id}`, { prices: [dollars(2100)] });
      await fill(page, { email: email() });
      await payButton(page).click();
      const alert = page.getByRole('alert');
      await alert.getByText('This is no longer sold at this price.').waitFor();
      assert.equal(await alert.evaluate((element) => element === document.activeElement), true);
      await assertAccessible(page, 'a price that was replaced');
    }, { expected: refusals });
  });
});
