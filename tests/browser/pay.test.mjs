// Buying on the hosted page, as a person does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../clients/receiver.mjs';
import { startTill, until } from '../clients/till.mjs';
import { cards, choose, errorAt, fill, openPage, pay, payButton, payToBank, refusals, session, startBrowser } from './browser.mjs';

/** Moves the end of a session into the past, in the database: nothing outside can. */
function expire(till, checkout) {
  execFileSync('python3', ['-c', `
import glob, sqlite3, sys
folder, checkout = sys.argv[1:]
for path in glob.glob(folder + "/**", recursive=True):
    try:
        with open(path, "rb") as file:
            if file.read(15) != b"SQLite format 3":
                continue
    except IsADirectoryError:
        continue
    base = sqlite3.connect(path, timeout=10)
    for (key, end) in base.execute("select id, expires_at from checkouts").fetchall():
        text = key.hex() if isinstance(key, bytes) else key.replace("-", "")
        if text == checkout.replace("-", ""):
            # kept as a number since 1970 or as text that begins with the year
            past = end // 2 if isinstance(end, int) else "2020" + end[4:]
            assert base.execute("update checkouts set expires_at = ? where id = ?", (past, key)).rowcount == 1
            base.commit()
            sys.exit(0)
sys.exit("no such checkout in " + folder)
`, till.folder, checkout]);
}

describe('the hosted page', () => {
  let till;
  let browser;
  let receiver;
  let opened;
  before(async () => {
    till = await startTill('browser-pay');
    browser = await startBrowser();
    receiver = await startReceiver();
    const endpoint = await till.api('POST', '/v1/webhooks/endpoints', {
      url: receiver.url, format: 'raw', events: ['customer.created', 'order.created', 'order.paid', 'checkout.updated'],
    });
    assert.equal(endpoint.status, 201, JSON.stringify(endpoint.body));
  });
  after(async () => { await browser?.close(); await till?.stop(); await receiver?.stop(); });

  /** Runs `steps` on a page of its own, which must stay quiet. */
  async function visit(url, steps, options) {
    opened = await openPage(browser, till, options);
    try {
      await opened.page.goto(url);
      await steps(opened.page);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const get = async (path) => (await till.api('GET', path)).body;
  const email = () => `${randomUUID().slice(0, 8)}@example.com`;
  const succeeded = (checkout) => until('the checkout succeeds', async () => {
    const now = await get(`/v1/checkouts/${checkout.id}`);
    return now.status === 'succeeded' && now;
  });
  const ordersOf = async (checkout) => (await get(`/v1/orders/?checkout_id=${checkout.id}`)).items;
  const price = async (index) => (await get(`/v1/products/${till.products[index].id}`)).prices[0].price_amount;
  const plans = () => [till.products[0].id, till.products[1].id];
  const once = () => [till.products[2].id];

  /** Notes the key of every attempt to pay that the page sends; the first one's answer is lost on its way. */
  async function losesTheFirstAnswer(page) {
    const keys = [];
    await page.route(/\/checkout\//, async (route) => {
      const request = route.request();
      if (request.method() !== 'POST' || !request.postData().includes('intent=pay')) return route.continue();
      keys.push(request.headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch({ maxRedirects: 0 });
      return route.abort();
    });
    return keys;
  }
  const lost = { expected: (text) => /ERR_FAILED/.test(text) };
  const paymentsOf = async (checkout) => (await get(`/v1/payments/?checkout_id=${checkout.id}`)).items;

  test('a payment whose answer is lost is sent again with its key, and charged once', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      const keys = await losesTheFirstAnswer(page);
      await fill(page, { email: email() });
      await pay(page);
      assert.equal(keys.length, 2);
      assert.match(keys[0], /^[0-9a-f-]{36}$/);
      assert.equal(keys[1], keys[0]);
    }, lost);
    await succeeded(checkout);
    assert.equal((await paymentsOf(checkout)).length, 1);
    assert.equal((await ordersOf(checkout)).length, 1);
  });

  test('a decline whose answer is lost is told when it is sent again; the next try is a new attempt', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      const keys = await losesTheFirstAnswer(page);
      await fill(page, { email: email(), card: cards.declines });
      await payButton(page).click();
      await page.locator('[role="alert"]').filter({ hasText: 'declined' }).waitFor();
      assert.equal(keys[1], keys[0]);
      assert.equal((await paymentsOf(checkout)).length, 1, 'asked twice, tried once');
      await payButton(page).click();
      await until('the second attempt', async () => (await paymentsOf(checkout)).length === 2);
      assert.notEqual(keys[2], keys[1]);
      assert.equal(keys.length, 3);
    }, lost);
  });

  test('the second product is chosen and paid: customer, order and webhook come out', async () => {
    const external = `user-${randomUUID()}`;
    const checkout = await session(till, { products: plans(), external_customer_id: external, metadata: { cart: '7' } });
    const buyer = email();
    await visit(checkout.url, async (page) => {
      const radios = page.locator('input[type="radio"][name="product_id"]');
      assert.deepEqual(await radios.evaluateAll((all) => all.map(({ value }) => value)), plans(), 'in the order of the session');
      assert.equal(await radios.nth(0).isChecked(), true);
      await choose(page, plans()[1]);
      await until('the session takes the second product', async () => (await get(`/v1/checkouts/${checkout.id}`)).product_id === plans()[1]);
      await fill(page, { email: buyer });
      await pay(page);
      await page.getByText(till.products[1].name).first().waitFor();
    });
    const done = await succeeded(checkout);
    const amount = await price(1);
    assert.notEqual(amount, await price(0), 'the plans differ, so the amount tells which was bought');
    const [order, ...more] = await ordersOf(checkout);
    assert.equal(more.length, 0);
    assert.equal(order.product_id, plans()[1]);
    assert.equal(order.total_amount, amount);
    assert.deepEqual(order.metadata, { cart: '7' });
    const customer = await get(`/v1/customers/${done.customer_id}`);
    assert.equal(customer.email, buyer);
    assert.equal(customer.external_id, external);
    await receiver.waitFor('order.paid', (all) => all.some(({ event }) => event.type === 'order.paid' && event.data.id === order.id));
    const { event } = receiver.deliveries.find(({ event }) => event.type === 'order.paid' && event.data.id === order.id);
    assert.equal(event.data.total_amount, amount);
    assert.equal(event.data.customer.external_id, external);
  });

  test('a declined card is told at the form, and the next card pays', async () => {
    const checkout = await session(till, { products: once() });
    const buyer = email();
    await visit(checkout.url, async (page) => {
      await fill(page, { email: buyer, card: cards.declines });
      await payButton(page).click();
      const alert = page.locator('[role="alert"]').filter({ hasText: /\S/ }).first();
      await alert.waitFor();
      assert.match(await alert.innerText(), /declin/i);
      assert.equal((await get(`/v1/checkouts/${checkout.id}`)).status, 'open');
      assert.equal((await ordersOf(checkout)).length, 0);
      assert.equal(await page.locator('[name="customer_email"]').inputValue(), buyer, 'what was typed is kept');
      await fill(page, { email: buyer });
      await pay(page);
    }, { expected: refusals });
    await succeeded(checkout);
    assert.equal((await ordersOf(checkout)).length, 1);
  });

  test('bad card fields are told at their fields, and nothing is charged', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), card: '4242 4242 4242 4241' });
      await page.locator('[name="card_expiry"]').fill('01 / 20');
      await payButton(page).click();
      for (const field of ['card_number', 'card_expiry']) assert.ok((await errorAt(page, field)).length > 5, `${field} says what is wrong`);
      assert.equal((await get(`/v1/checkouts/${checkout.id}`)).status, 'open');
    }, { expected: refusals });
  });

  test('a card is read in digits of any script; what is no digit stays, and is refused', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      const value = (field) => page.locator(`[name="${field}"]`).inputValue();
      await fill(page, { email: email(), card: '4242x4242', card_expiry: 'Dec 34', card_cvc: 'a12' });
      assert.deepEqual([await value('card_number'), await value('card_expiry'), await value('card_cvc')], ['4242x4242', 'Dec 34', 'a12']);
      await payButton(page).click();
      for (const field of ['card_number', 'card_expiry', 'card_cvc']) assert.ok((await errorAt(page, field)).length > 5, `${field} says what is wrong`);
      await fill(page, { email: email(), card: '４２４２４２４２　４２４２-٤٢٤٢', card_expiry: '１２／３４', card_cvc: '१२３' });
      assert.deepEqual([await value('card_number'), await value('card_expiry'), await value('card_cvc')], ['4242 4242 4242 4242', '12 / 34', '123']);
      await pay(page);
    }, { expected: refusals });
    await succeeded(checkout);
  });

  test('a real card number is refused by the sandbox, in words', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), card: '5454 5454 5454 5454' });
      await payButton(page).click();
      assert.match(await errorAt(page, 'card_number'), /test|sandbox/i);
    }, { expected: refusals });
    assert.equal((await get(`/v1/checkouts/${checkout.id}`)).status, 'open');
  });

  test('3-D Secure: approved, it is paid', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), card: cards.secure });
      await payToBank(page);
      assert.equal((await ordersOf(checkout)).length, 0, 'nothing is sold before the answer');
      await Promise.all([page.waitForURL(/\/confirmation/), page.getByRole('button', { name: 'Approve' }).click()]);
    });
    await succeeded(checkout);
    assert.equal((await ordersOf(checkout)).length, 1);
  });

  test('3-D Secure: refused, the session is open again and says so', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), card: cards.secure });
      await payToBank(page);
      await page.getByRole('button', { name: 'Refuse' }).click();
      await until('the session is open again', async () => (await get(`/v1/checkouts/${checkout.id}`)).status === 'open');
      // Either straight to the form with the reason at its head, or by way of a page that says so.
      const again = page.getByRole('link', { name: /try again/i });
      const alert = page.locator('[role="alert"]').filter({ hasText: /\S/ });
      await again.or(alert).first().waitFor();
      if (await again.count()) await again.click();
      await page.waitForURL((url) => url.pathname === `/checkout/${checkout.client_secret}`);
      assert.equal((await ordersOf(checkout)).length, 0);
      await fill(page, { email: email() });
      await pay(page);
    });
    await succeeded(checkout);
  });

  test('without JavaScript everything can be bought', async () => {
    const checkout = await session(till, { products: plans() });
    const buyer = email();
    await visit(checkout.url, async (page) => {
      await choose(page, plans()[1]);
      await fill(page, { email: buyer, card: cards.declines });
      // the total that was shown is not the chosen product's, so the new one is shown before any charge
      await payButton(page).click();
      await page.getByRole('alert').getByText(/total has changed/i).waitFor();
      assert.equal(await page.locator('[name="customer_email"]').inputValue(), buyer);
      await fill(page, { email: buyer, card: cards.declines });
      await payButton(page).click();
      await page.getByRole('alert').getByText(/declin/i).waitFor();
      assert.equal(await page.locator('[name="customer_email"]').inputValue(), buyer);
      await fill(page, { email: buyer });
      await pay(page);
      await page.getByText(till.products[1].name).first().waitFor();
    }, { javaScriptEnabled: false, expected: () => true });
    await succeeded(checkout);
    assert.equal((await ordersOf(checkout))[0].product_id, plans()[1]);
  });

  test('without JavaScript 3-D Secure can be approved', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), card: cards.secure });
      await payToBank(page);
      await Promise.all([page.waitForURL(/\/confirmation/), page.getByRole('button', { name: 'Approve' }).click()]);
    }, { javaScriptEnabled: false });
    await succeeded(checkout);
  });

  test('the e-mail of a linked customer is shown and locked', async () => {
    const buyer = email();
    const customer = await till.api('POST', '/v1/customers/', { email: buyer, external_id: `linked-${randomUUID()}` });
    const checkout = await session(till, { products: once(), external_customer_id: customer.body.external_id });
    await visit(checkout.url, async (page) => {
      const field = page.locator('[name="customer_email"]');
      if (await field.count()) {
        assert.equal(await field.inputValue(), buyer);
        assert.equal(await field.isEditable(), false);
      } else {
        await page.getByText(buyer).first().waitFor();
      }
      await fill(page, { email: null });
      await pay(page);
    });
    assert.equal((await succeeded(checkout)).customer_id, customer.body.id);
  });

  test('pay what you want: the bounds are told, and the amount given is charged', async () => {
    const product = await till.api('POST', '/v1/products/', {
      name: 'Donation', recurring_interval: null,
      prices: [{ amount_type: 'custom', price_currency: 'usd', minimum_amount: 500, maximum_amount: 10_000, preset_amount: 1500 }],
    });
    assert.equal(product.status, 201, JSON.stringify(product.body));
    const checkout = await session(till, { products: [product.body.id] });
    await visit(checkout.url, async (page) => {
      const amount = page.locator('[name="amount"]');
      assert.match(await amount.inputValue(), /^15([.,]00)?$/);
      for (const wrong of ['1', '500']) {
        await amount.fill(wrong);
        await fill(page, { email: email() });
        await payButton(page).click();
        assert.match(await errorAt(page, 'amount'), /5|100/, 'the bound is named');
        assert.equal((await get(`/v1/checkouts/${checkout.id}`)).status, 'open');
      }
      await amount.fill('27.50');
      await fill(page, { email: email() });
      await pay(page);
    }, { expected: refusals });
    await succeeded(checkout);
    assert.equal((await ordersOf(checkout))[0].total_amount, 2750);
  });

  test('a business purchase takes billing name, address and tax id', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email(), country: 'FR' });
      await page.locator('input[type="checkbox"][name="is_business_customer"]').check();
      for (const field of ['customer_billing_name', 'customer_tax_id', 'line1', 'city', 'postal_code']) {
        await page.locator(`[name="${field}"]`).waitFor();
      }
      await fill(page, {
        email: null, card: null, customer_billing_name: 'Lovelace SARL', customer_tax_id: 'FR40303265045',
        line1: '1 rue de Rivoli', city: 'Paris', postal_code: '75001',
      });
      await pay(page);
    });
    const done = await succeeded(checkout);
    assert.equal(done.is_business_customer, true);
    assert.equal(done.customer_billing_name, 'Lovelace SARL');
    const customer = await get(`/v1/customers/${done.customer_id}`);
    assert.equal(customer.billing_name, 'Lovelace SARL');
    assert.equal(customer.billing_address.city, 'Paris');
    assert.deepEqual(customer.tax_id, ['FR40303265045', 'eu_vat']);
  });

  test('choosing the United States brings up its address fields', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      const fields = ['line1', 'city', 'postal_code', 'state'].map((field) => page.locator(`[name="${field}"]`));
      await page.locator('[name="country"]').selectOption('FR');
      for (const field of fields) await field.waitFor({ state: 'hidden' });
      await page.locator('[name="country"]').selectOption('US');
      for (const field of fields) await field.waitFor({ state: 'visible' });
      await fill(page, { email: email(), country: 'US', line1: '1 Main St', city: 'New York', postal_code: '10001', state: 'US-NY' });
      await pay(page);
    });
    const done = await succeeded(checkout);
    const { billing_address: address } = await get(`/v1/customers/${done.customer_id}`);
    assert.deepEqual([address.country, address.state, address.city, address.postal_code], ['US', 'US-NY', 'New York', '10001']);
  });

  test('unknown and expired sessions are pages, not JSON', async () => {
    const expired = await session(till, { products: once() });
    expire(till, expired.id);
    for (const [url, status] of [[`${till.url}/checkout/polar_c_unknown`, 404], [expired.url, 410], [`${expired.url}/confirmation`, 410]]) {
      const { page, done } = await openPage(browser, till, { expected: refusals });
      const answer = await page.goto(url);
      assert.equal(answer.status(), status, url);
      assert.match(answer.headers()['content-type'], /^text\/html/);
      assert.ok((await page.locator('h1').innerText()).length > 3);
      assert.equal(await payButton(page).count(), 0);
      await done();
    }
  });

  for (const javaScriptEnabled of [true, false]) test(`success_url is reached with the checkout id in it ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const shop = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><h1>Thank you</h1>');
    });
    await new Promise((ready) => shop.listen(0, '127.0.0.1', ready));
    const origin = `http://127.0.0.1:${shop.address().port}`;
    try {
      const checkout = await session(till, { products: once(), success_url: `${origin}/thanks?id={CHECKOUT_ID}` });
      await visit(checkout.url, async (page) => {
        await fill(page, { email: email() });
        await pay(page, (url) => url.origin === origin);
        const arrived = new URL(page.url());
        assert.equal(arrived.pathname, '/thanks');
        assert.equal(arrived.searchParams.get('id'), checkout.id);
      }, { origins: [origin], javaScriptEnabled });
    } finally {
      shop.close();
      shop.closeAllConnections();
    }
  });

  test('a double click on pay makes one order', async () => {
    const checkout = await session(till, { products: once() });
    const buyer = email();
    await visit(checkout.url, async (page) => {
      await fill(page, { email: buyer });
      await Promise.all([page.waitForURL(/\/confirmation/), payButton(page).dblclick()]);
    }, { expected: refusals });
    await succeeded(checkout);
    assert.equal((await ordersOf(checkout)).length, 1);
    assert.equal((await get(`/v1/payments/?checkout_id=${checkout.id}`)).items.filter(({ status }) => status === 'succeeded').length, 1);
  });

  test('the same form sent twice at once, without JavaScript, makes one order', async () => {
    const checkout = await session(till, { products: once() });
    const html = await (await fetch(checkout.url)).text();
    const hidden = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    const form = new URLSearchParams({
      ...Object.fromEntries(hidden), product_id: till.products[2].id, customer_email: email(), customer_name: 'Ada', card_number: '4242424242424242', card_expiry: '12/34',
      card_cvc: '123', country: 'FR', intent: 'pay',
    });
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetch(checkout.url, {
      method: 'POST', body: form, redirect: 'manual', headers: { origin: till.url, 'sec-fetch-site': 'same-origin' },
    })));
    for (const answer of answers) assert.ok(answer.status < 500, `status ${answer.status}`);
    await succeeded(checkout);
    assert.equal((await ordersOf(checkout)).length, 1);
  });

  test('the back button after paying does not pay again', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email() });
      await pay(page);
      await succeeded(checkout);
      await page.goBack().catch(() => {}); // the page may leave again at once
      // Either the page has moved on by itself, or pressing pay again leads to the confirmation.
      if (await payButton(page).count()) {
        await payButton(page).click({ timeout: 3_000 }).catch(() => {});
      }
      await page.waitForURL(/\/confirmation/);
    }, { expected: refusals });
    assert.equal((await ordersOf(checkout)).length, 1);
  });
});
