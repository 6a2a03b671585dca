// The stand-in for Stripe's script in Chromium, on a merchant's page whose policy allows what Stripe asks for.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';
import Stripe from 'stripe';

import { startFake } from './fake.mjs';
import { checkExchange, exchangesOf } from './shapes.mjs';

const executablePath = [process.env.TILL_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path));
let fake, shop, browser, stripe;

before(async () => {
  assert.ok(executablePath, 'no Chromium: apt-get install chromium, or set TILL_CHROMIUM');
  fake = await startFake();
  const { hostname, port } = new URL(fake.api_url);
  stripe = new Stripe(fake.secret_key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
  shop = createServer((request, answer) => {
    answer.setHeader('content-security-policy', [
      "default-src 'none'", "style-src 'self'", `script-src ${fake.script_url}`, `frame-src ${fake.script_url}`,
      `connect-src ${fake.api_url}`,
    ].join('; '));
    answer.setHeader('content-type', 'text/html');
    answer.end(`<!doctype html><title>Shop</title><div id="payment"></div><script src="${fake.script_url}/endive/stripe.js"></script>`);
  });
  await new Promise((done) => shop.listen(0, '127.0.0.1', done));
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
});
after(async () => {
  await browser?.close();
  shop?.close();
  await fake?.stop();
});

/** A page of the shop with a mounted card field. */
async function open(options = {}) {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error' && !/40[02]/.test(message.text())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${shop.address().port}/`);
  await page.evaluate(([key, asked]) => {
    window.heard = [];
    window.stripe = window.Stripe(key, { locale: 'fr' });
    window.elements = window.stripe.elements(asked);
    const payment = window.elements.create('payment', { layout: 'tabs' });
    for (const name of ['ready', 'change', 'loaderror']) payment.on(name, (event) => window.heard.push([name, event.complete]));
    payment.mount('#payment');
  }, [fake.publishable_key, { mode: 'payment', amount: 2000, currency: 'usd', allowedPaymentMethodTypes: ['card'], appearance: { theme: 'night' }, ...options }]);
  await page.locator('#payment[data-fake-stripe-state=ready]').waitFor();
  const card = page.frameLocator('#payment iframe');
  return {
    page,
    data: () => page.locator('#payment').evaluate((element) => ({ ...element.dataset })),
    async type(number, expiry = '12 / 34', cvc = '123') {
      await card.locator('[name=number]').fill(number);
      await card.locator('[name=expiry]').fill(expiry);
      await card.locator('[name=cvc]').fill(cvc);
      await card.locator('[name=postalCode]').fill('10115');
    },
    token: () => page.evaluate(async () => {
      const submitted = await window.elements.submit();
      if (submitted.error) return submitted;
      return window.stripe.createConfirmationToken({ elements: window.elements, params: { return_url: 'https://shop.example/back' } });
    }),
    async done() {
      await page.close();
      assert.deepEqual(complaints, []);
    },
  };
}

const confirm = async (token, more = {}) => {
  const made = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', allowed_payment_method_types: ['card'], ...more });
  return stripe.paymentIntents.confirm(made.id, { confirmation_token: token.id });
};

test('a card that is typed becomes a token that pays', async () => {
  const shop = await open();
  assert.equal((await shop.token()).error.code, 'incomplete_number');
  await shop.type('4242 4242 4242 4242');
  await shop.page.locator('#payment[data-fake-stripe-state=complete]').waitFor();
  const { confirmationToken } = await shop.token();
  assert.equal(confirmationToken.payment_method_preview.billing_details.address.postal_code, '10115');
  assert.equal((await confirm(confirmationToken)).status, 'succeeded');
  const heard = await shop.page.evaluate(() => window.heard);
  assert.deepEqual([heard[0][0], heard.at(-1)], ['ready', ['change', true]]);
  await shop.done();
});

test('mistyped cards are refused in the field, and declines by the API', async () => {
  const shop = await open();
  for (const [typed, code] of [
    [['4242 4242 4242 4241'], 'invalid_number'], [['4242 4242 4242 4242', '13 / 34'], 'invalid_expiry_month'],
    [['4242 4242 4242 4242', '12 / 34', '1'], 'incomplete_cvc'], [['4242 4242 4242 4242', '12 / 20'], 'invalid_expiry_year'],
  ]) {
    await shop.type(...typed);
    assert.equal((await shop.token()).error.code, code);
  }
  await shop.type('4000 0000 0000 9995');
  const declined = await confirm((await shop.token()).confirmationToken).catch((error) => error);
  assert.equal(declined.decline_code, 'insufficient_funds');
  await shop.done();
});

test('what the page asks for can be read and changed, and nothing else is taken', async () => {
  const shop = await open({ setupFutureUsage: 'off_session' });
  const before = await shop.data();
  assert.deepEqual(
    [before.fakeStripeAmount, before.fakeStripeCurrency, before.fakeStripeSetupFutureUsage, before.fakeStripeTypes, before.fakeStripeTheme, before.fakeStripeLocale],
    ['2000', 'usd', 'off_session', 'card', 'night', 'fr'],
  );
  await shop.page.evaluate(() => window.elements.update({ amount: 3000, setupFutureUsage: null }));
  assert.deepEqual([(await shop.data()).fakeStripeAmount, (await shop.data()).fakeStripeSetupFutureUsage], ['3000', '']);
  for (const asked of [{ mode: 'payment', amount: 0, currency: 'usd' }, { mode: 'payment', amount: 1, currency: 'USD' }, { mode: 'payment', amount: 1, currency: 'usd', paymentMethodTypes: ['card'] }]) {
    assert.match(await shop.page.evaluate((asked) => { try { window.stripe.elements(asked); } catch (error) { return error.name; } return 'none'; }, asked), /IntegrationError/);
  }
  await shop.type('4242 4242 4242 4242');
  const { confirmationToken } = await shop.token();
  assert.equal(confirmationToken.setup_future_usage, null);
  await shop.page.evaluate(() => { const payment = window.elements.getElement('payment'); payment.unmount(); payment.mount('#payment'); });
  await shop.page.locator('#payment[data-fake-stripe-state=ready]').waitFor();
  await shop.page.evaluate(() => window.elements.getElement('payment').destroy());
  assert.equal(await shop.page.locator('iframe').count(), 0);
  await shop.done();
});

for (const [answer, outcome] of [['approve', 'succeeded'], ['refuse', 'payment_intent_authentication_failure']]) {
  test(`the holder who chooses ${answer} ends with ${outcome}`, async () => {
    const shop = await open();
    await shop.type('4000 0027 6000 3184');
    const asked = await confirm((await shop.token()).confirmationToken);
    assert.equal(asked.status, 'requires_action');
    const result = shop.page.evaluate((clientSecret) => window.stripe.handleNextAction({ clientSecret }), asked.client_secret);
    await shop.page.frameLocator('iframe[data-fake-stripe="3ds"]').locator(`#${answer}`).click();
    const { paymentIntent, error } = await result;
    assert.equal(paymentIntent?.status ?? error.code, outcome);
    const again = await shop.page.evaluate((clientSecret) => window.stripe.handleNextAction({ clientSecret }), asked.client_secret);
    assert.equal(again.error.code, 'payment_intent_unexpected_state');
    await shop.done();
  });
}

test('an approval after the merchant has cancelled pays nothing', async () => {
  const shop = await open({ mode: 'setup', amount: undefined });
  await shop.type('4000 0027 6000 3184');
  const { confirmationToken } = await shop.token();
  assert.equal(confirmationToken.setup_future_usage, 'off_session');
  const setup = await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
  const asked = await stripe.setupIntents.confirm(setup.id, { confirmation_token: confirmationToken.id });
  const result = shop.page.evaluate((clientSecret) => window.stripe.handleNextAction({ clientSecret }), asked.client_secret);
  const approve = shop.page.frameLocator('iframe[data-fake-stripe="3ds"]').locator('#approve');
  await approve.waitFor();
  await stripe.setupIntents.cancel(setup.id);
  await approve.click();
  assert.equal((await result).setupIntent.status, 'canceled');
  await shop.done();
});

test('what the script and its merchant have sent has the shape of Stripe’s types', async () => {
  const exchanges = await exchangesOf(fake.api_url);
  assert.ok(exchanges.length > 10);
  assert.deepEqual(exchanges.flatMap(checkExchange), []);
});
