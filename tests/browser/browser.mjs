// Debian's Chromium through Playwright, and what every test of a page needs.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { artifacts } from '../clients/till.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executablePath = [process.env.TILL_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path));

export const wide = { width: 1280, height: 860 };
export const phone = { width: 390, height: 844 };
export const sizes = { wide, phone };
export const themes = ['light', 'dark'];
/** Card numbers of the sandbox. */
export const cards = { pays: '4242 4242 4242 4242', declines: '4000 0000 0000 0002', secure: '4000 0025 0000 3155' };

export async function startBrowser() {
  assert.ok(executablePath, 'no Chromium: apt-get install chromium, or set TILL_CHROMIUM');
  const options = {
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--host-resolver-rules=MAP shop.test localhost', '--disable-sync', '--disable-dev-shm-usage',
    ],
  };
  try {
    return await chromium.launch(options);
  } catch (error) {
    // A browser that does not come up says nothing about Till.
    console.error(`Chromium did not start, and is started once more: ${error.message}`);
    return chromium.launch(options);
  }
}

/** A page in a context of its own; `done` fails on any console error, page error, or request to another origin. */
export async function openPage(browser, till, options = {}) {
  const context = await browser.newContext({ viewport: wide, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  const expected = options.expected ?? (() => false);
  page.on('console', (message) => { if (message.type() === 'error' && !expected(message.text())) complaints.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const home = url.origin === till.url || ['data:', 'about:', 'blob:'].includes(url.protocol);
    if (!home && !(options.origins ?? []).includes(url.origin)) complaints.push(`request to ${url.origin}`);
  });
  return {
    page,
    context,
    async done() {
      await context.close();
      assert.deepEqual(complaints, [], 'the page is quiet and asks nobody else');
    },
  };
}

/** One session; `body` as the API takes it. */
export async function session(till, body) {
  const made = await till.api('POST', '/v1/checkouts/', body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

/** What a buyer types. Fields that are not on the page are left out. */
export async function fill(page, { email = 'buyer@example.com', name = 'Ada Lovelace', card = cards.pays, country = 'FR', ...more } = {}) {
  const values = {
    customer_email: email, customer_name: name, card_number: card, card_expiry: '12 / 34', card_cvc: '123', country, ...more,
  };
  for (const [field, value] of Object.entries(values)) {
    if (value === null) continue;
    const control = page.locator(`form [name="${field}"]`).first();
    if (!(await control.count()) || !(await control.isEditable())) continue;
    const kind = await control.evaluate((element) => element.tagName);
    if (kind === 'SELECT') await control.selectOption(value);
    else await control.fill(value);
  }
}

/** The button with the words; a form may hold a hidden twin for the Enter key. */
export const payButton = (page) => page.locator('button[name="intent"][value="pay"]:not([aria-hidden="true"])');

/** Chooses a product by its card, as a person does. */
export const choose = (page, product) => page.locator('label').filter({ has: page.locator(`input[name="product_id"][value="${product}"]`) }).click();

/** What stands at a field that was refused. */
export async function errorAt(page, field) {
  const control = page.locator(`[name="${field}"][aria-invalid="true"]`).first();
  await control.waitFor();
  return control.evaluate((element) => (element.getAttribute('aria-describedby') ?? '').split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim());
}

/** Chromium reports every refused request on the console; these are wanted. */
export const refusals = (text) => /status of 4\d\d/.test(text);

/** Presses pay and waits until the browser stands on the confirmation page, or wherever `goal` says. */
export async function pay(page, goal = /\/checkout\/[^/]+\/confirmation/) {
  await Promise.all([page.waitForURL(goal), payButton(page).click()]);
}

/** Pays with a card that asks for 3-D Secure, and waits for the bank's page. */
export async function payToBank(page) {
  await pay(page, /\/sandbox\/3ds\/|\/confirmation/);
  if (!page.url().includes('/sandbox/3ds/')) {
    const link = page.locator('a[href*="/sandbox/3ds/"]');
    await Promise.all([page.waitForURL(/\/sandbox\/3ds\//), link.click()]);
  }
}

/** Axe with all its rules; fails with the rule, the element and what is wrong with it. */
export async function assertAccessible(page, what) {
  // Sums that are being worked out anew are faded for a moment.
  await page.waitForFunction(() => !document.querySelector('.stale'));
  // `evaluate` runs beside the page's content security policy; a script element would not get past it.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`));
  assert.deepEqual(found, [], `axe on ${what}`);
}

export async function screenshot(page, name) {
  mkdirSync(join(artifacts, 'screenshots'), { recursive: true });
  await page.screenshot({ path: join(artifacts, 'screenshots', `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** Nothing sticks out sideways. */
export async function assertFits(page, what = page.url()) {
  const { scrolls, fits } = await page.evaluate(() => ({ scrolls: document.documentElement.scrollWidth, fits: document.documentElement.clientWidth }));
  assert.ok(scrolls <= fits, `${what} sticks out sideways: ${scrolls} > ${fits}`);
}

/** Every request that a visit makes, with the bytes that went over the wire. */
export async function weigh(page, visit) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  const requests = new Map();
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => { if (request.url.startsWith('http')) requests.set(requestId, { url: request.url, bytes: 0 }); });
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength; });
  await visit();
  await devtools.detach();
  return [...requests.values()];
}

/** The headers that every page carries: a strict policy, and nothing kept or told on. */
export function assertGuarded(headers, url) {
  const policy = headers.get('content-security-policy');
  assert.ok(policy, `${url} has a content security policy`);
  const directives = Object.fromEntries(policy.split(';').map((part) => part.trim().split(/\s+/)).map(([name, ...values]) => [name, values]));
  assert.deepEqual(directives['default-src'], ["'none'"]);
  assert.deepEqual(directives['base-uri'], ["'none'"]);
  assert.ok(directives['frame-ancestors']?.length > 0);
  for (const [name, values] of Object.entries(directives)) {
    for (const value of values) {
      assert.doesNotMatch(value, /unsafe|^\*$|^https?:$/, `${name} ${value}`);
      if (name === 'script-src') assert.doesNotMatch(value, /^data:|^blob:/);
    }
  }
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.match(headers.get('referrer-policy'), /^(no-referrer|same-origin|strict-origin)$/, 'what is in the address is not told on');
  assert.match(headers.get('cache-control'), /no-store/);
}
