// Buying on the hosted page with Stripe's Payment Element, as a person does. The script, the card fields and the bank
// are the fake Stripe's, from an origin of their own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, choose, fill, openPage, pay, payButton, phone, refusals, screenshot, session, sizes, startBrowser, themes, weigh } from './browser.mjs';
import { bank, cardFrame, numbers, startStripe, startTillOn, typeCard } from './stripe.mjs';

describe('the page with Stripe\'s Payment Element', () => {
  let stripe;
  let till;
  let browser;
  before(async () => {
    stripe = await startStripe('browser');
    till = await startTillOn(stripe, 'browser-stripe');
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); await till?.stop(); await stripe?.stop(); });

  const origins = () => [new URL(stripe.script_url).origin, new URL(stripe.api_url).origin];
  const blocked = (text) => /ERR_FAILED|ERR_BLOCKED|Failed to load resource/.test(text);

  /** Runs `steps` on a page of its own, which must stay quiet: a breach of the content security policy is an error on its console. */
  async function visit(url, steps, options) {
    const opened = await openPage(browser, till, { origins: origins(), ...options });
    try {
      opened.page.setDefaultTimeout(10_000);
      await options?.before?.(opened.page);
      await opened.page.goto(url);
      await steps(opened.page, opened.context);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const get = async (path) => (await till.api('GET', path)).body;
  const email = () => `${randomUUID().slice(0, 8)}@example.com`;
  const once = (more) => session(till, { products: [till.products[2].id], ...more });
  const reaches = (checkout, status) => until(`the checkout is ${status}`, async () => {
    const now = await get(`/v1/checkouts/${checkout.id}`);
    return now.status === status && now;
  });
  const paymentsOf = async (checkout) => (await get(`/v1/payments/?checkout_id=${checkout.id}`)).items;
  const ordersOf = async (checkout) => (await get(`/v1/orders/?checkout_id=${checkout.id}`)).items;
  const product = async (body) => {
    const made = await till.api('POST', '/v1/products/', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  const charges = async () => (await stripe.books()).charges.filter(({ paid }) => paid);
  const alert = (page, words) => page.locator('[role="alert"]:visible').filter({ hasText: words }).waitFor();
  const ready = (page) => cardFrame(page).locator('[name="number"]').waitFor();
  const typed = (page) => cardFrame(page).locator('[name="number"]').inputValue();
  /** Presses pay with a card that the bank asks about, and waits for its question. */
  async function payToBank(page) {
    await fill(page, { email: email() });
    await typeCard(page, numbers.secure);
    await pay(page);
    await bank(page).locator('#approve').waitFor();
  }

  test('a card pays: order, receipt, and the books of both agree', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      await fill(page, { email: email() });
      await typeCard(page);
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
      await page.goBack();
      await page.getByText('Thank you for your order').waitFor();
    });
    const done = await reaches(checkout, 'succeeded');
    const [order, ...more] = await ordersOf(checkout);
    assert.equal(more.length, 0);
    assert.equal(order.total_amount, done.total_amount);
    assert.equal((await charges()).at(-1).amount, done.total_amount);
  });

  test('a card that is declined is told in a sentence; another one pays', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      await fill(page, { email: email() });
      for (const [number, words] of [[numbers.declines, 'Your card was declined'], [numbers.funds, 'insufficient funds']]) {
        await typeCard(page, number);
        await payButton(page).click();
        await alert(page, words);
        assert.equal(await page.locator('[name="customer_email"]').inputValue() !== '', true);
      }
      await typeCard(page);
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
    });
    await reaches(checkout, 'succeeded');
    assert.deepEqual((await paymentsOf(checkout)).map(({ status }) => status).sort(), ['failed', 'failed', 'succeeded']);
  });

  test('what is wrong with the card stands at the card, and nothing is sent; what is wrong with the page, at its fields', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      const posts = [];
      page.on('request', (request) => { if (request.method() === 'POST' && request.postData()?.includes('intent=pay')) posts.push(request.postData()); });
      await fill(page, { email: email() });
      await payButton(page).click();
      await cardFrame(page).getByRole('alert').filter({ hasText: 'incomplete' }).waitFor();
      await page.waitForFunction(() => document.querySelector('#pay').getAttribute('aria-disabled') === 'false');
      assert.deepEqual(posts, []);
      await page.locator('[name="customer_email"]').fill('');
      await payButton(page).click();
      await page.locator('#customer_email-error').waitFor();
    });
    assert.equal((await paymentsOf(checkout)).length, 0);
  });

  test('the bank is asked: approved, the purchase is made', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      await payToBank(page);
      await bank(page).locator('#approve').click();
      await page.getByText('Thank you for your order').waitFor();
      assert.doesNotMatch(page.url(), /redirect_status|payment_intent/);
    });
    await reaches(checkout, 'succeeded');
    assert.equal((await ordersOf(checkout)).length, 1);
  });

  test('the bank is asked: refused, the buyer learns so and pays with another card', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      await payToBank(page);
      await bank(page).locator('#refuse').click();
      await page.getByText('did not approve the payment').waitFor();
      await page.getByRole('link', { name: 'Try again' }).click();
      await ready(page);
      await fill(page, { email: email() });
      await typeCard(page);
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
    });
    await reaches(checkout, 'succeeded');
  });

  test('the bank is asked and not answered: reload, a second tab, and another card', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page, context) => {
      await ready(page);
      await payToBank(page);
      await page.reload();
      await page.getByRole('button', { name: 'Continue to your bank' }).waitFor();
      const second = await context.newPage();
      await second.goto(checkout.url);
      await second.waitForURL(/\/confirmation/);
      await second.getByRole('button', { name: 'Use another card' }).waitFor();
      await Promise.all([page.waitForURL(/\/checkout\/[^/]+$/), page.getByRole('button', { name: 'Use another card' }).click()]);
      await ready(page);
      await fill(page, { email: email() });
      await typeCard(page);
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
      await second.getByText('did not approve the payment').waitFor();
      await second.reload();
      await second.getByText('Thank you for your order').waitFor();
    });
    await reaches(checkout, 'succeeded');
    assert.deepEqual((await paymentsOf(checkout)).map(({ status }) => status).sort(), ['failed', 'succeeded']);
    const intents = (await stripe.books()).payment_intents.filter(({ metadata }) => metadata.checkout_id === checkout.id);
    assert.deepEqual(intents.map(({ status }) => status).sort(), ['canceled', 'succeeded']);
  });

  test('a code is applied while a card is typed: the card stays, and the sum shown is the sum charged', async () => {
    const code = `SAVE${randomUUID().slice(0, 6).toUpperCase()}`;
    const discount = await till.api('POST', '/v1/discounts/', { type: 'percentage', name: 'A third', code, duration: 'once', basis_points: 3000 });
    assert.equal(discount.status, 201, JSON.stringify(discount.body));
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      await typeCard(page);
      const before = await typed(page);
      await page.locator('[name="discount_code"]').fill(code);
      await page.locator('[name="discount_code"]').press('Enter');
      await page.locator('.applied').waitFor();
      assert.equal(await typed(page), before);
      const intent = JSON.parse(await page.locator('#intent').getAttribute('value'));
      await fill(page, { email: email() });
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
      const done = await reaches(checkout, 'succeeded');
      assert.equal(done.total_amount, intent.amount);
      assert.ok(done.total_amount < done.amount);
      assert.equal((await charges()).at(-1).amount, done.total_amount);
    });
  });

  test('a trial keeps the card and charges nothing; a plan keeps it for renewals', async () => {
    const trial = await product({ name: 'With a trial', recurring_interval: 'month', trial_interval: 'week', trial_interval_count: 2, prices: [{ amount_type: 'fixed', price_amount: 900 }] });
    for (const [id, amount] of [[trial.id, 0], [till.products[0].id, undefined]]) {
      const checkout = await session(till, { products: [id] });
      await visit(checkout.url, async (page) => {
        await ready(page);
        await fill(page, { email: email() });
        await typeCard(page);
        await pay(page);
        await page.getByText('Thank you for your order').waitFor();
      });
      const done = await reaches(checkout, 'succeeded');
      const [payment] = await paymentsOf(checkout);
      if (amount === 0) assert.equal(payment?.amount ?? 0, 0);
      else assert.equal(payment.amount, done.total_amount);
    }
  });

  test('a free option hides the card and loads nothing of Stripe; a paid one brings it, and back', async () => {
    const free = await product({ name: 'Free of charge', prices: [{ amount_type: 'free' }] });
    const checkout = await session(till, { products: [free.id, till.products[2].id] });
    const requests = [];
    await visit(checkout.url, async (page) => {
      page.on('request', (request) => { if (!request.url().startsWith(till.url)) requests.push(request.url()); });
      await page.reload();
      assert.equal(await page.locator('#card').isVisible(), false);
      await choose(page, till.products[2].id);
      await ready(page);
      assert.ok(requests.length > 0);
      await typeCard(page);
      await choose(page, free.id);
      await page.locator('#card').waitFor({ state: 'hidden' });
      await choose(page, till.products[2].id);
      await page.locator('#card').waitFor({ state: 'visible' });
      assert.notEqual(await typed(page), '');
      await choose(page, free.id);
      await page.locator('#card').waitFor({ state: 'hidden' });
      await fill(page, { email: email() });
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
    });
    await reaches(checkout, 'succeeded');
    assert.equal((await paymentsOf(checkout)).length, 0);
  });

  test('a script that is blocked is told, with a way to load it again; a free purchase needs none', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await alert(page, 'could not be loaded');
      await assertAccessible(page, 'the page whose script is blocked');
      await page.unrouteAll();
      await page.getByRole('link', { name: 'Load again' }).click();
      await ready(page);
    }, { expected: blocked, before: (page) => page.route(/\/endive\/stripe\.js/, (route) => route.abort()) });
  });

  test('without JavaScript the page says that cards need it; what is free can be had', async () => {
    const options = { javaScriptEnabled: false };
    await visit((await once()).url, async (page) => {
      await page.locator('#card noscript p').waitFor();
      await fill(page, { email: email() });
      await payButton(page).click();
      await alert(page, 'Enter your card details');
    }, options);
    const free = await product({ name: 'A gift', prices: [{ amount_type: 'free' }] });
    const checkout = await session(till, { products: [free.id] });
    await visit(checkout.url, async (page) => {
      assert.equal(await page.locator('#card noscript p').isVisible(), false);
      await fill(page, { email: email() });
      await pay(page);
    }, options);
    await reaches(checkout, 'succeeded');
  });

  test('a double click charges once, and so do two tabs', async () => {
    const checkout = await once();
    const before = (await charges()).length;
    await visit(checkout.url, async (page, context) => {
      const second = await context.newPage();
      await second.goto(checkout.url);
      for (const one of [page, second]) {
        await ready(one);
        await fill(one, { email: email() });
        await typeCard(one);
      }
      await Promise.all([page.waitForURL(/confirmation/), payButton(page).dblclick(), payButton(second).click()]);
      await page.getByText('Thank you for your order').waitFor();
      await second.getByText(/Thank you for your order|already being processed/).waitFor();
    }, { expected: refusals });
    await reaches(checkout, 'succeeded');
    assert.equal((await charges()).length, before + 1);
    assert.equal((await ordersOf(checkout)).length, 1);
  });

  test('a country chosen just before the press is heard first: its fields are the ones that count', async () => {
    for (const wallet of [false, true]) {
      const checkout = await once();
      await visit(checkout.url, async (page) => {
        await ready(page);
        await fill(page, { email: email(), country: 'US' });
        await page.locator('[name="postal_code"][aria-required="true"]').waitFor();
        if (wallet) await cardFrame(page).getByLabel('Google Pay').check();
        else await typeCard(page);
        // The answer that takes the fields of the United States away comes after the press.
        let press;
        const pressed = new Promise((done) => { press = done; });
        await page.route(checkout.url, async (route) => {
          if (route.request().postData()?.includes('country=FR')) await pressed;
          await route.continue();
        });
        const asked = page.waitForRequest((request) => request.method() === 'POST' && request.postData()?.includes('country=FR'));
        await page.locator('select[name="country"]').selectOption('FR');
        await asked;
        assert.equal(await page.locator('[name="postal_code"][aria-required="true"]').inputValue(), '');
        await Promise.all([page.waitForURL(/confirmation/), payButton(page).click().then(press)]);
        await page.getByText('Thank you for your order').waitFor();
      });
      await reaches(checkout, 'succeeded');
    }
  });

  test('a wallet pays, and opens for no form that cannot be sent', async () => {
    const checkout = await once();
    await visit(checkout.url, async (page) => {
      await ready(page);
      await cardFrame(page).getByLabel('Google Pay').check();
      await payButton(page).click();
      await alert(page, 'email');
      assert.deepEqual(await paymentsOf(checkout), []);
      await fill(page, { email: email() });
      await pay(page);
      await page.getByText('Thank you for your order').waitFor();
    });
    await reaches(checkout, 'succeeded');
  });

  test('in a frame cards alone are offered, and they pay', async () => {
    const server = createServer((request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' });
      const at = new URL(request.url, 'http://shop').searchParams.get('at');
      answer.end(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title><iframe title="Checkout" width="1000" height="800" src="${at}"></iframe>`);
    });
    await new Promise((done) => server.listen(0, 'localhost', done));
    const shop = `http://localhost:${server.address().port}`;
    const checkout = await once({ embed_origin: shop });
    try {
      await visit(`${shop}/?at=${encodeURIComponent(`${checkout.url}?embed=true`)}`, async (page) => {
        const frame = page.frameLocator('iframe[title="Checkout"]');
        const inner = frame.frameLocator('#payment-element iframe');
        await inner.locator('[name="number"]').fill(numbers.pays);
        assert.equal(await inner.getByLabel('Google Pay').isVisible(), false);
        await inner.locator('[name="expiry"]').fill('12 / 34');
        await inner.locator('[name="cvc"]').fill('123');
        await frame.locator('[name="customer_email"]').fill(email());
        await frame.locator('select[name="country"]').selectOption('FR');
        await frame.locator('#pay').click();
        await frame.getByText('Thank you for your order').waitFor();
      }, { origins: [...origins(), shop] });
    } finally {
      server.close();
      server.closeAllConnections();
    }
    await reaches(checkout, 'succeeded');
  });

  for (const theme of themes) for (const [size, viewport] of Object.entries(sizes)) {
    test(`the page looks well: ${theme}, ${size}`, async () => {
      const checkout = await once();
      await visit(checkout.url, async (page) => {
        await ready(page);
        await fill(page, { email: email() });
        await typeCard(page);
        await assertFits(page);
        await assertAccessible(page, `the page with the element, ${theme}, ${size}`);
        await screenshot(page, `stripe-${theme}-${size}`);
      }, { viewport, colorScheme: theme });
    });
  }

  test('a buyer who changes to dark gets dark card fields', async () => {
    await visit((await once()).url, async (page) => {
      await ready(page);
      const ground = () => cardFrame(page).locator('[name="number"]').evaluate((field) => getComputedStyle(field).backgroundColor);
      const light = await ground();
      await typeCard(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await until('the fields turn dark', async () => await ground() !== light);
      assert.notEqual(await typed(page), '', 'and what was typed stays');
    }, { colorScheme: 'light', viewport: phone });
  });

  test('the page of another language tells Stripe so', async () => {
    const checkout = await once({ locale: 'pt' });
    await visit(checkout.url, async (page) => {
      await ready(page);
      assert.equal(JSON.parse(await page.locator('#intent').getAttribute('value')).locale, 'pt-BR');
    });
  });

  test('our own part of the page stays light, and the sandbox\'s page has nothing of Stripe', async (t) => {
    const checkout = await once();
    await visit('about:blank', async (page) => {
      const requests = await weigh(page, async () => { await page.goto(checkout.url); await ready(page); });
      const own = requests.filter(({ url }) => url.startsWith(till.url));
      const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
      t.diagnostic(`${own.length} requests of our own, ${bytes} bytes`);
      assert.ok(own.length <= 5 && bytes <= 24_000, JSON.stringify(own));
    });
    const sandbox = await startTill('browser-stripe-sandbox');
    try {
      const other = await session(sandbox, { products: [sandbox.products[2].id] });
      const opened = await openPage(browser, sandbox);
      const requests = await weigh(opened.page, async () => { await opened.page.goto(other.url); });
      assert.ok(requests.every(({ url }) => url.startsWith(sandbox.url) && !url.includes('stripe')), JSON.stringify(requests));
      assert.doesNotMatch((await opened.page.content()).toLowerCase(), /stripe/);
      await opened.done();
    } finally {
      await sandbox.stop();
    }
  });

  test('no key is on a page or in a log', async () => {
    const page = await (await fetch((await once()).url)).text();
    assert.ok(page.includes(stripe.publishable_key));
    assert.ok(!page.includes(stripe.secret_key) && !page.includes(stripe.webhook_secret));
  });
});
