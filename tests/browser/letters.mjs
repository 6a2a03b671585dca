// A picture of each letter, in three languages, light and dark, 600 and 360 pixels wide, and of the pages of Mail. Run by
// scripts/letters.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, startTill, until } from '../clients/till.mjs';
import { phone, screenshot, startBrowser, themes, wide } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

const languages = ['en', 'de', 'ja'];
const widths = [600, 360];
const folder = join(artifacts, 'screenshots', 'letters');

/** A purchase through the API; the session as it is then. */
async function buy(till, product, body) {
  const checkout = (await till.api('POST', '/v1/checkouts/', { products: [product], ...body })).body;
  const paying = { customer_email: body.email, customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa' };
  const answer = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, paying);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return until('the purchase', async () => {
    const { body: now } = await till.api('GET', `/v1/checkouts/${checkout.id}`);
    return now.status === 'succeeded' && now;
  });
}

/** Everything that customers are told of, in a language. */
async function live(till, monthly, yearly, once, locale) {
  const email = `${locale}@example.com`;
  await buy(till, once, { email, locale });
  await buy(till, monthly, { email: `plan-${email}`, locale });
  const found = (await till.api('GET', '/v1/subscriptions/')).body.items;
  const one = found.find((each) => each.customer.email === `plan-${email}`);
  const change = async (body) => {
    const answer = await till.api('PATCH', `/v1/subscriptions/${one.id}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    // A letter says how things are when it is written.
    await new Promise((done) => setTimeout(done, 400));
  };
  await change({ product_id: yearly, proration_behavior: 'prorate' });
  await change({ cancel_at_period_end: true });
  await change({ cancel_at_period_end: false });
  await change({ revoke: true });
}

const till = await startTill('letters');
const browser = await startBrowser();
try {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [monthly, other, once] = till.products.map((product) => product.id);
  for (const locale of languages) await live(till, monthly, other, once, locale);
  const opened = await signedIn(browser, till);
  const { page } = opened;
  await page.goto(`${till.dashboard_url.split('/').slice(0, 3).join('/')}/dashboard`);
  const root = page.url().split('?')[0];
  await page.goto(`${root}/mail`);
  const letters = await until('the letters', async () => {
    await page.reload();
    const rows = await page.locator('tbody tr').evaluateAll((all) => all.map((row) => ({
      href: row.querySelector('a').getAttribute('href'),
      kind: row.querySelector('.note')?.textContent.trim() ?? '',
      to: row.querySelectorAll('td, th')[1].textContent.trim(),
    })));
    return rows.length >= languages.length * 6 && rows;
  });
  await screenshot(page, 'mail');
  const framed = await browser.newContext({ storageState: await page.context().storageState() });
  const letter = await framed.newPage();
  for (const { href, kind, to } of letters) {
    await letter.goto(`${till.url}${href}/letter`);
    for (const width of widths) {
      await letter.setViewportSize({ width, height: 600 });
      const sticksOut = await letter.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(sticksOut <= 0, `${kind} to ${to} sticks out by ${sticksOut} at ${width}`);
      for (const theme of themes) {
        await letter.emulateMedia({ colorScheme: theme });
        const name = [kind.toLowerCase().replaceAll(' ', '-'), to.split('@')[0], theme, width].join('.');
        await letter.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
      }
    }
  }
  await framed.close();
  await page.goto(`${till.url}${letters.at(-1).href}`);
  for (const [size, viewport] of Object.entries({ wide, phone })) {
    await page.setViewportSize(viewport);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(folder, `page.${theme}.${size}.png`), fullPage: true });
    }
  }
  await opened.done();
  console.log(`${letters.length} letters: ${folder}`);
} finally {
  await browser.close();
  await till.stop();
}
