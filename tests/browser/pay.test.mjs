// Buying on the hosted page, as a person does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../clients/receiver.mjs';
import { startTill, until } from '../clients/till.mjs';
import { assertFits, cards, choose, errorAt, fill, openPage, pay, payButton, payToBank, phone, refusals, session, startBrowser } from './browser.mjs';

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
      const field = page.locator('[name="customer_email"]');
      assert.ok((await field.inputValue()).endsWith('@example.com'), 'what was typed is kept');
      assert.equal(await field.isEditable(), true, 'until something is paid');
      const other = email();
      await fill(page, { email: other });
      await pay(page);
      await page.getByText(other).waitFor();
    });
    await succeeded(checkout);
  });

  test('the e-mail address leaves the page only when the buyer pays, and then a subscription they have is told', async () => {
    const buyer = email();
    const first = await session(till, { products: [plans()[0]] });
    await visit(first.url, async (page) => {
      await fill(page, { email: buyer });
      await pay(page);
    });
    await succeeded(first);
    for (const javaScriptEnabled of [true, false]) {
      const second = await session(till, { products: [plans()[0]] });
      const bodies = [];
      await visit(second.url, async (page) => {
        page.on('request', (request) => { if (request.method() === 'POST') bodies.push(request.postData() ?? ''); });
        await fill(page, { email: buyer, card: '4242 4242 4242 4241' });
        if (javaScriptEnabled) {
          await until('the country is known', async () => (await get(`/v1/checkouts/${second.id}`)).customer_billing_address?.country === 'FR');
          assert.ok(bodies.length > 0 && bodies.every((body) => !body.includes('customer_email')), bodies.join());
        } else {
          await page.locator('noscript button[value="update"]').first().click();
          assert.equal(await page.locator('[name="customer_email"]').inputValue(), buyer, 'what was typed is kept');
        }
        assert.equal((await get(`/v1/checkouts/${second.id}`)).customer_email, null);
        assert.equal(await page.getByText('active subscription').count(), 0);
        await fill(page, { email: buyer, card: '4242 4242 4242 4241' });
        await payButton(page).click();
        await errorAt(page, 'card_number');
        assert.equal(await page.getByText('active subscription').count(), 0, 'not before the card is right either');
        await fill(page, { email: buyer });
        await payButton(page).click();
        await page.getByRole('alert').getByText('active subscription').waitFor();
      }, { javaScriptEnabled, expected: () => true });
      assert.equal((await get(`/v1/checkouts/${second.id}`)).status, 'open');
    }
    // A program that asks by the client secret is answered as the API says.
    const third = await session(till, { products: [plans()[0]] });
    const asked = await fetch(`${till.url}/v1/checkouts/client/${third.client_secret}`, {
      method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ customer_email: buyer }),
    });
    assert.equal((await asked.json()).error, 'AlreadyActiveSubscriptionError');
  });

  test('a card field is judged when it is left or complete, and mended marks go', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      const posts = [];
      page.on('request', (request) => { if (request.method() === 'POST') posts.push(request.url()); });
      const type = (field, text) => page.locator(`[name="${field}"]`).pressSequentially(text);
      const wrong = (field) => page.locator(`#${field}-error`);
      await type('card_number', '42424242');
      assert.equal(await wrong('card_number').count(), 0, 'not while it is typed');
      assert.equal(await page.locator('.brand').innerText(), 'Visa');
      await page.locator('[name="card_cvc"]').focus();
      await wrong('card_number').waitFor();
      await page.locator('[name="card_number"]').fill('4242 4242 4242 4242');
      await wrong('card_number').waitFor({ state: 'detached' });
      await type('card_expiry', '1320');
      assert.match(await errorAt(page, 'card_expiry'), /month and year/, 'complete, and no month');
      await page.locator('[name="card_expiry"]').fill('01 / 20');
      await page.locator('[name="card_cvc"]').focus();
      assert.match(await errorAt(page, 'card_expiry'), /has expired/);
      // American Express has four digits, on the front
      await page.locator('[name="card_number"]').fill('3782 822463 10005');
      assert.equal(await page.locator('.brand').innerText(), 'American Express');
      assert.equal(await page.locator('[name="card_cvc"]').getAttribute('placeholder'), '1234');
      await type('card_cvc', '123');
      await page.locator('[name="customer_email"]').focus();
      assert.match(await errorAt(page, 'card_cvc'), /four digits/);
      assert.deepEqual(posts, [], 'nothing of it left the page');
      // a test card fills in all of it when it is pressed
      await page.getByText('More test cards').click();
      await page.getByRole('button', { name: '3782 822463 10005' }).click();
      for (const field of ['card_number', 'card_expiry', 'card_cvc']) assert.equal(await wrong(field).count(), 0, field);
      assert.equal(await page.locator('[name="card_cvc"]').inputValue(), '1234');
      await fill(page, { email: email(), card: null, card_expiry: null, card_cvc: null });
      await pay(page);
    });
    await succeeded(checkout);
  });

  test('Enter that ends a word of an input method pays nothing', async () => {
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      const posts = [];
      page.on('request', (request) => { if (request.method() === 'POST') posts.push(request.url()); });
      const sent = await page.locator('[name="customer_name"]').evaluate((field) => {
        let submits = 0;
        field.form.addEventListener('submit', () => submits++);
        const keys = [{ isComposing: true, keyCode: 13 }, { isComposing: false, keyCode: 229 }];
        const stopped = keys.map((key) => !field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...key })));
        const plain = !field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, keyCode: 13 }));
        return { submits, stopped, plain };
      });
      assert.deepEqual(sent, { submits: 0, stopped: [true, true], plain: false });
      assert.deepEqual(posts, []);
    });
  });

  test('the country is guessed from the language, a postal code asked for where there is one, a tax id where one can be valid', async () => {
    for (const [locale, country] of [['de-AT', 'AT'], ['ja', 'JP'], ['en', '']]) {
      const checkout = await session(till, { products: once() });
      await visit(checkout.url, async (page) => {
        assert.equal(await page.locator('[name="country"]').inputValue(), country, locale);
        assert.equal((await get(`/v1/checkouts/${checkout.id}`)).customer_billing_address, null, 'looking writes nothing');
      }, { locale });
    }
    const checkout = await session(till, { products: once() });
    await visit(checkout.url, async (page) => {
      await page.locator('[name="country"]').selectOption('HK');
      await page.locator('[name="is_business_customer"]').check();
      // The country and the kind of buyer have an answer each, and the fields of one may come before the other's.
      await page.locator('[name="line1"]').waitFor();
      await page.locator('[name="customer_tax_id"]').waitFor();
      await page.locator('[name="postal_code"]').waitFor({ state: 'detached' });
      await page.locator('[name="country"]').selectOption('BS');
      await page.locator('[name="customer_tax_id"]').waitFor({ state: 'detached' });
      await fill(page, { email: email(), country: 'BS', customer_billing_name: 'Coral Ltd', line1: '1 Bay Street', city: 'Nassau' });
      await pay(page);
    });
    await succeeded(checkout);
  });

  test('long names and addresses wrap on a phone, and no sum is broken', async () => {
    const long = 'Averylongnamewithoutanyplacetobreakit'.repeat(2).slice(0, 64);
    const product = await till.api('POST', '/v1/products/', { name: long, recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: 12_345_678, price_currency: 'usd' }] });
    const discount = await till.api('POST', '/v1/discounts/', { type: 'percentage', name: long, duration: 'once', basis_points: 1000 });
    const checkout = await session(till, { products: [product.body.id, ...plans()], discount_id: discount.body.id });
    // What only screen readers are told has a place of its own.
    const unbroken = (page) => page.evaluate(() => [...document.querySelectorAll('.amounts dd, .choice-price b, .before')].filter((sum) => {
      const range = document.createRange();
      const tops = [...sum.childNodes].filter((part) => !part.classList?.contains('unseen')).flatMap((part) => {
        range.selectNodeContents(part);
        return [...range.getClientRects()].map(({ top }) => top);
      });
      return Math.max(...tops) - Math.min(...tops) > 8;
    }).map((sum) => sum.textContent));
    await visit(checkout.url, async (page) => {
      await assertFits(page);
      assert.deepEqual(await unbroken(page), []);
      await fill(page, { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.example.com`, name: long });
      await pay(page);
      await page.locator('.receipt').waitFor();
      await assertFits(page);
      assert.deepEqual(await unbroken(page), []);
    }, { viewport: phone });
  });

  test('a list of what is wrong comes when the buyer pays, not while they fill in the form', async () => {
    const product = await till.api('POST', '/v1/products/', {
      name: 'Gift', prices: [{ amount_type: 'custom', price_currency: 'usd', minimum_amount: 500, maximum_amount: 10_000, preset_amount: 1500 }],
    });
    const checkout = await session(till, { products: [product.body.id] });
    await visit(checkout.url, async (page) => {
      const amount = page.locator('[name="amount"]');
      await amount.fill('1');
      await amount.blur();
      await errorAt(page, 'amount');
      assert.equal(await page.getByText('Please check').count(), 0);
      assert.equal(await page.locator('[data-part="amount"]').getByText(/Between/).count(), 1, 'the bounds are said once');
      await payButton(page).click();
      await page.getByRole('alert').getByText('Please check').waitFor();
    }, { expected: refusals });
  });

  test('the receipt has the order number, the date, the next payment and a way back to the shop', async () => {
    const { items: [organization] } = await get('/v1/organizations/');
    await till.api('PATCH', `/v1/organizations/${organization.id}`, {
      website: 'https://shop.example/', policy_links: { terms_url: 'https://shop.example/terms', support_url: 'https://shop.example/help' },
    });
    for (const [return_url, back] of [[null, 'https://shop.example/'], ['https://shop.example/cart', 'https://shop.example/cart']]) {
      const checkout = await session(till, { products: [plans()[0]], return_url });
      await visit(checkout.url, async (page) => {
        const foot = page.locator('footer a');
        assert.deepEqual(await foot.allInnerTexts(), ['Terms', 'Support']);
        assert.equal(await foot.first().getAttribute('href'), 'https://shop.example/terms');
        await fill(page, { email: email() });
        await pay(page);
        await page.getByText('Thank you for your order').waitFor();
        const [order] = await ordersOf(checkout);
        const subscription = await get(`/v1/subscriptions/${order.subscription_id}`);
        const day = (moment) => new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(moment));
        const facts = await page.locator('.facts > div').evaluateAll((all) => Object.fromEntries(all.map((one) => [...one.children].map((cell) => cell.textContent))));
        assert.equal(facts['Order number'], order.invoice_number);
        assert.equal(facts.Date, day(order.created_at));
        assert.equal(facts.Card, 'Visa •••• 4242');
        assert.equal(facts['Next payment'], day(subscription.current_period_end));
        assert.equal(await page.getByRole('link', { name: /^Return to/ }).getAttribute('href'), back);
        assert.deepEqual(await foot.allInnerTexts(), ['Terms', 'Support']);
      });
    }
    const expired = await session(till, { products: once() });
    expire(till, expired.id);
    await visit(expired.url, async (page) => {
      assert.equal(await page.getByRole('link', { name: /^Return to/ }).getAttribute('href'), 'https://shop.example/');
      assert.deepEqual(await page.locator('footer a').allInnerTexts(), ['Terms', 'Support']);
    }, { expected: refusals });
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

  test('the lines of an address stand as its country writes them', async () => {
    const checkout = await session(till, { products: once(), require_billing_address: true });
    await visit(checkout.url, async (page) => {
      const lines = page.locator('[data-part="address"] :is(input, select):not([name="country"])');
      for (const [country, names] of [
        ['JP', ['postal_code', 'state', 'city', 'line1', 'line2']],
        ['DE', ['line1', 'line2', 'postal_code', 'city']],
        ['GB', ['line1', 'line2', 'city', 'postal_code']],
        ['US', ['line1', 'line2', 'city', 'state', 'postal_code']],
      ]) {
        await page.locator('[name="country"]').selectOption(country);
        await until(country, async () => {
          const found = await lines.evaluateAll((all) => all.map(({ name }) => name));
          return found.join() === names.join();
        });
      }
    });
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
