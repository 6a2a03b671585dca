// A picture of each letter, in three languages, light and dark, 600 and 360 pixels wide, and of the pages of Mail. Run by
// scripts/letters; TILL_LETTERS is the folder with the letters as HTML.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { artifacts, startTill, until } from '../clients/till.mjs';
import { phone, screenshot, startBrowser, themes, wide } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

const widths = [600, 360];
const folder = join(artifacts, 'screenshots', 'letters');
const written = process.env.TILL_LETTERS;
const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#7c3aed"/>'
  + '<path d="M8 24 16 8l8 16" fill="none" stroke="#fff" stroke-width="3"/></svg>';

/** Pictures of each letter; the only thing that one loads is its logo. */
async function pictures(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const loaded = new Set();
  await context.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('https://letters.example/')) {
      return route.fulfill({ contentType: 'text/html', body: readFileSync(join(written, basename(new URL(url).pathname))) });
    }
    loaded.add(url);
    return route.fulfill({ contentType: 'image/svg+xml', body: logo });
  });
  const files = readdirSync(written).filter((name) => name.endsWith('.html')).sort();
  for (const file of files) {
    await page.goto(`https://letters.example/${encodeURIComponent(file)}`);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 600 });
      const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(sticksOut <= 0, `${file} sticks out by ${sticksOut} at ${width}`);
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        const name = [basename(file, '.html'), theme, width].join('.');
        await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
      }
    }
  }
  assert.deepEqual([...loaded], ['https://shop.example/logo.svg']);
  await context.close();
  return files.length;
}

/** Pictures of the dashboard's pages of Mail, after a purchase. */
async function pages(browser, till) {
  const body = { products: [till.products[0].id], locale: 'en' };
  const checkout = (await till.api('POST', '/v1/checkouts/', body)).body;
  const paying = { customer_email: 'grace@example.com', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa' };
  const answer = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, paying);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const opened = await signedIn(browser, till);
  const { page } = opened;
  await page.goto(`${till.dashboard_url.split('/').slice(0, 3).join('/')}/dashboard`);
  const root = page.url().split('?')[0];
  await page.goto(`${root}/mail`);
  const href = await until('the letters', async () => {
    await page.reload();
    const rows = await page.locator('tbody tr a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    return rows.length >= 2 && rows.at(-1);
  });
  await screenshot(page, 'mail');
  await page.goto(`${till.url}${href}`);
  for (const [size, viewport] of Object.entries({ wide, phone })) {
    await page.setViewportSize(viewport);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(folder, `page.${theme}.${size}.png`), fullPage: true });
    }
  }
  await opened.done();
}

const till = await startTill('letters');
const browser = await startBrowser();
try {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const count = await pictures(browser);
  await pages(browser, till);
  console.log(`${count} letters: ${folder}`);
} finally {
  await browser.close();
  await till.stop();
}
