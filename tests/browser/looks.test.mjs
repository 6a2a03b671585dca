// How the pages look, weigh and read: screenshots, accessibility, weight, and the headers that guard them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import {
  assertAccessible, assertFits, assertGuarded, cards, fill, openPage, payButton, payToBank, refusals, screenshot, session, sizes, startBrowser, themes, weigh,
} from './browser.mjs';

describe('the pages', () => {
  let till;
  let browser;
  let plans;
  before(async () => {
    till = await startTill('browser-looks');
    browser = await startBrowser();
    plans = till.products.slice(0, 2).map(({ id }) => id);
  });
  after(async () => { await browser?.close(); await till?.stop(); });
  const all = () => till.products.map(({ id }) => id);
  const themed = (url, theme) => `${url}?theme=${theme}`;

  for (const theme of themes) for (const [size, viewport] of Object.entries(sizes)) {
    test(`the checkout page, ${theme} and ${size}: kept as a picture, fitting, accessible`, async () => {
      const checkout = await session(till, { products: all() });
      const { page, done } = await openPage(browser, till, { viewport, colorScheme: theme, deviceScaleFactor: 2 });
      await page.goto(themed(checkout.url, theme));
      await payButton(page).waitFor();
      await assertFits(page);
      await screenshot(page, `checkout-${theme}-${size}`);
      await assertAccessible(page, `checkout ${theme} ${size}`);
      await done();
    });
  }

  for (const theme of themes) {
    test(`errors, business and address fields, ${theme}: accessible`, async () => {
      const checkout = await session(till, { products: plans });
      const { page, done } = await openPage(browser, till, { colorScheme: theme, expected: refusals });
      await page.goto(themed(checkout.url, theme));
      await page.locator('[name="country"]').selectOption('US');
      await page.locator('[name="line1"]').waitFor();
      await page.locator('input[type="checkbox"][name="is_business_customer"]').check();
      await page.locator('[name="customer_tax_id"]').waitFor();
      await payButton(page).click();
      await page.locator('[aria-invalid="true"]').first().waitFor();
      await screenshot(page, `checkout-errors-${theme}`);
      await assertAccessible(page, `errors ${theme}`);
      await done();
    });

    test(`the bank's page and the confirmation, ${theme}: accessible`, async () => {
      const checkout = await session(till, { products: [till.products[2].id] });
      const { page, done } = await openPage(browser, till, { colorScheme: theme });
      await page.goto(themed(checkout.url, theme));
      await fill(page, { email: `${theme}@example.com`, card: cards.secure });
      await payToBank(page);
      await screenshot(page, `3ds-${theme}`);
      await assertAccessible(page, `3-D Secure ${theme}`);
      await Promise.all([page.waitForURL(/\/confirmation/), page.getByRole('button', { name: 'Approve' }).click()]);
      // From there on the page does not move by itself any more.
      await page.locator('.receipt').waitFor();
      await page.goto(themed(`${checkout.url}/confirmation`, theme));
      await page.getByText(till.products[2].name).first().waitFor();
      await screenshot(page, `confirmation-${theme}`);
      await assertAccessible(page, `confirmation ${theme}`);
      await done();
    });

    test(`the page for unknown sessions, ${theme}: accessible`, async () => {
      const { page, done } = await openPage(browser, till, { colorScheme: theme, expected: refusals });
      await page.goto(themed(`${till.url}/checkout/polar_c_unknown`, theme));
      await screenshot(page, `unknown-${theme}`);
      await assertAccessible(page, `unknown ${theme}`);
      await done();
    });
  }

  test('the system decides between light and dark, and ?theme= overrules it', async () => {
    const checkout = await session(till, { products: plans });
    const background = async (colorScheme, url) => {
      const { page, done } = await openPage(browser, till, { colorScheme });
      await page.goto(url);
      // The first element from the inside out that paints something.
      const color = await page.locator('main').evaluate((element) => {
        for (let at = element; at; at = at.parentElement) {
          const { backgroundColor } = getComputedStyle(at);
          if (backgroundColor !== 'rgba(0, 0, 0, 0)') return backgroundColor;
        }
        return 'none';
      });
      await done();
      return color;
    };
    const light = await background('light', checkout.url);
    const dark = await background('dark', checkout.url);
    assert.notEqual(light, dark);
    assert.equal(await background('light', themed(checkout.url, 'dark')), dark);
    assert.equal(await background('dark', themed(checkout.url, 'light')), light);
  });

  test('a narrow screen needs no sideways scrolling', async () => {
    const checkout = await session(till, { products: all() });
    const { page, done } = await openPage(browser, till, { viewport: { width: 320, height: 640 } });
    await page.goto(checkout.url);
    await payButton(page).waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
    await done();
  });

  test('the first view weighs at most 20 kB and takes at most 4 requests', async () => {
    const checkout = await session(till, { products: all() });
    const { page, done } = await openPage(browser, till);
    const loaded = await weigh(page, () => page.goto(checkout.url, { waitUntil: 'networkidle' }));
    const bytes = loaded.reduce((sum, one) => sum + one.bytes, 0);
    console.log(`first view: ${bytes} bytes in ${loaded.length} requests`);
    assert.ok(loaded.every((one) => one.bytes > 0), 'every request was counted');
    assert.ok(bytes <= 20_000, `${bytes} bytes: ${JSON.stringify(loaded)}`);
    assert.ok(loaded.length <= 4, JSON.stringify(loaded));
    await done();
  });

  test('the page can be used with the keyboard alone', async () => {
    const checkout = await session(till, { products: plans });
    const { page, done } = await openPage(browser, till);
    await page.goto(checkout.url);
    await page.locator(`input[name="product_id"][value="${plans[0]}"]`).focus();
    await page.keyboard.press('ArrowDown');
    await until('the second product is taken', async () =>
      (await till.api('GET', `/v1/checkouts/${checkout.id}`)).body.product_id === plans[1]);
    await fill(page, { email: 'keys@example.com' });
    await page.locator('[name="card_cvc"]').focus();
    const outline = await page.evaluate(() => { const { outlineStyle, boxShadow, borderColor } = getComputedStyle(document.activeElement); return [outlineStyle, boxShadow, borderColor]; });
    assert.ok(outline[0] !== 'none' || outline[1] !== 'none', `focus is seen: ${outline}`);
    await Promise.all([page.waitForURL(/\/confirmation/), page.keyboard.press('Enter')]);
    await done();
  });

  test('the pages are guarded by their headers', async () => {
    const checkout = await session(till, { products: plans });
    for (const url of [checkout.url, `${till.url}/checkout/polar_c_unknown`]) {
      const { headers } = await fetch(url);
      assertGuarded(headers, url);
    }
  });

  test('what a merchant writes cannot run in the page', async () => {
    const product = await till.api('POST', '/v1/products/', {
      name: '<img src=x onerror=alert(1)>"\'&', recurring_interval: null, prices: [{ amount_type: 'fixed', price_amount: 1000, price_currency: 'usd' }],
      description: '# Hi\n<script>alert(1)</script>\n[bad](javascript:alert(1)) [good](https://example.com/)\n<iframe src="https://example.com"></iframe>',
    });
    const checkout = await session(till, { products: [product.body.id] });
    const { page, done } = await openPage(browser, till);
    await page.goto(checkout.url);
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    assert.equal(await page.locator('img[src="x"], iframe, a[href^="javascript:"]').count(), 0);
    assert.equal(await page.locator('script:not([src])').count(), 0);
    assert.equal(await page.locator('a[href="https://example.com/"]').count(), 1);
    await done();
  });
});
