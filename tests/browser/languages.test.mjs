// The hosted page in all its languages, on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTill } from '../clients/till.mjs';
import { assertAccessible, assertFits, fill, openPage, pay, payButton, phone, refusals, screenshot, session, startBrowser } from './browser.mjs';

const languages = ['en', 'de', 'es', 'fr', 'hu', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'pt-PT', 'sv', 'tr'];
/** The words "Subscribe", which every language has its own for. */
const buttons = new Set();

describe('languages', () => {
  let till;
  let browser;
  before(async () => {
    till = await startTill('browser-languages');
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  const spoken = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

  for (const language of languages) {
    test(`${language}: the form, its errors and the confirmation fit a phone`, async () => {
      const checkout = await session(till, { products: till.products.slice(0, 2).map(({ id }) => id) });
      const { page, done } = await openPage(browser, till, { viewport: phone, locale: language, expected: refusals });
      await page.goto(checkout.url);
      assert.deepEqual(await spoken(page), [language, 'ltr']);
      await assertFits(page, `the form in ${language}`);
      buttons.add(await payButton(page).innerText());
      await page.locator('[name="country"]').selectOption('US');
      await page.locator('[name="line1"]').waitFor();
      await page.locator('input[name="is_business_customer"]').check();
      await page.locator('[name="customer_tax_id"]').waitFor();
      await payButton(page).click();
      await page.locator('[aria-invalid="true"]').first().waitFor();
      await assertFits(page, `errors in ${language}`);
      await screenshot(page, `language-${language}`);
      await assertAccessible(page, `the form in ${language}`);
      await page.locator('input[name="is_business_customer"]').uncheck();
      await page.locator('[name="customer_tax_id"]').waitFor({ state: 'detached' });
      await page.locator('[name="country"]').selectOption('FR');
      await page.locator('[name="line1"]').waitFor({ state: 'detached' });
      await fill(page, { email: `${language}@example.com` });
      await pay(page);
      await page.locator('.receipt').waitFor();
      assert.deepEqual(await spoken(page), [language, 'ltr']);
      await assertFits(page, `the confirmation in ${language}`);
      await done();
    });
  }

  test('every language has its own words', () => {
    // Two pairs of languages share a word; no more than that.
    assert.ok(buttons.size >= languages.length - 2, [...buttons].join(', '));
  });

  test('?locale= overrules the browser, the session overrules both', async () => {
    const products = [till.products[2].id];
    const [open, french] = [await session(till, { products }), await session(till, { products, locale: 'fr' })];
    for (const [url, lang] of [[`${open.url}?locale=sv`, 'sv'], [open.url, 'tr'], [`${french.url}?locale=sv`, 'fr']]) {
      const { page, done } = await openPage(browser, till, { locale: 'tr-TR' });
      await page.goto(url);
      assert.deepEqual(await spoken(page), [lang, 'ltr']);
      await done();
    }
  });
});
