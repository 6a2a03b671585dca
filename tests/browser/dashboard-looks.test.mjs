// How the dashboard looks, weighs and reads: every page in both themes, wide and on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../clients/receiver.mjs';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, assertGuarded, fill, openPage, pay, screenshot, session, sizes, startBrowser, themes, weigh } from './browser.mjs';
import { signedIn } from './dashboard.mjs';

/** What is open while a page is looked at. */
const menu = async (page) => page.locator('main details.menu summary').first().click();
const dialog = async (page) => {
  await menu(page);
  await page.locator('details.menu[open] a[data-ask]').last().click();
  await page.getByRole('dialog').waitFor();
};

// Two at a time: each spends its time in its own page.
describe('the pages of the dashboard', { concurrency: 2 }, () => {
  let till;
  let browser;
  let receiver;
  let pages;
  before(async () => {
    till = await startTill('browser-dashboard-looks');
    browser = await startBrowser();
    receiver = await startReceiver();
    const endpoint = (await till.api('POST', '/v1/webhooks/endpoints', { url: receiver.url, format: 'raw', events: ['order.paid', 'checkout.created'] })).body;
    for (const [i, product] of till.products.entries()) {
      const checkout = await session(till, { products: [product.id], external_customer_id: `user_${i}`, metadata: { plan: 'best' } });
      if (i === 1) continue;
      const buyer = await openPage(browser, till);
      await buyer.page.goto(checkout.url);
      await fill(buyer.page, { email: `buyer${i}@example.com` });
      await pay(buyer.page);
      await buyer.done();
    }
    const list = async (path) => (await till.api('GET', path)).body.items;
    await until('the orders are there', async () => (await list('/v1/orders/')).length === 2);
    await until('something was delivered', async () => (await list('/v1/webhooks/deliveries')).length > 2);
    const newest = async (path) => (await list(path))[0].id;
    const delivery = await newest('/v1/webhooks/deliveries');
    const open = (await list('/v1/checkouts/')).find(({ status }) => status === 'open').id;
    const make = async (path, body) => {
      const { status, body: made } = await till.api('POST', path, body);
      assert.equal(status, 201, JSON.stringify(made));
      return made.id;
    };
    const [, plan] = till.products;
    const meter = await make('/v1/meters/', { name: 'Calls', aggregation: { func: 'count' }, filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'call' }] } });
    const benefit = await make('/v1/benefits/', { type: 'custom', description: 'A thank-you note', properties: { note: 'Thank you' } });
    const field = await make('/v1/custom-fields/', { type: 'select', slug: 'size', name: 'Size', properties: { form_label: 'T-shirt size', options: [{ value: 's', label: 'Small' }, { value: 'l', label: 'Large' }] } });
    const discount = await make('/v1/discounts/', { type: 'percentage', name: 'Spring', code: 'SPRING', duration: 'repeating', duration_in_months: 3, basis_points: 2500, max_redemptions: 100, products: [plan.id] });
    const link = await make('/v1/checkout-links/', { payment_processor: 'stripe', label: 'Spring sale', products: [plan.id], discount_id: discount, require_signature: true });
    const tiers = [{ min_seats: 1, max_seats: 9, price_per_seat: 1000 }, { min_seats: 10, price_per_seat: 800 }];
    const every = await make('/v1/products/', { name: 'Everything at once', recurring_interval: 'month', trial_interval: 'day', trial_interval_count: 14, prices: [
      { amount_type: 'fixed', price_amount: 900 }, { amount_type: 'seat_based', seat_tiers: { seat_tier_type: 'graduated', tiers } }, { amount_type: 'metered_unit', meter_id: meter, unit_amount: '0.5' },
    ] });
    await till.api('POST', `/v1/products/${every}/benefits`, { benefits: [benefit] });
    await till.api('PATCH', `/v1/products/${every}`, { attached_custom_fields: [{ custom_field_id: field, required: true }] });
    const kinds = [['discounts', discount], ['checkout-links', link], ['custom-fields', field], ['benefits', benefit], ['meters', meter]];
    const goods = kinds.flatMap(([kind, id]) => [
      [kind, `/products/${kind}`], [`${kind}-new`, `/products/${kind}/new`], [`${kind}-one`, `/products/${kind}/${id}`], [`${kind}-edit`, `/products/${kind}/${id}/edit`],
    ]);
    pages = [
      ...goods, ['product-every', `/products/${every}`], ['product-every-edit', `/products/${every}/edit`],
      ['home', ''], ['products', '/products'], ['products-menu', '/products', menu], ['products-archive', '/products', dialog],
      ['products-empty', '/products?query=nothing'],
      ['product', `/products/${till.products[1].id}`], ['product-new', '/products/new'], ['product-edit', `/products/${till.products[0].id}/edit`],
      ['checkouts', '/checkouts'], ['checkout', `/checkouts/${open}`], ['orders', '/orders'], ['order', `/orders/${await newest('/v1/orders/')}`],
      ['subscriptions', '/subscriptions'], ['subscription', `/subscriptions/${await newest('/v1/subscriptions/')}`],
      ['customers', '/customers'], ['customer', `/customers/${await newest('/v1/customers/')}`], ['customer-new', '/customers/new'],
      ['payments', '/payments'], ['payment', `/payments/${await newest('/v1/payments/')}`],
      ['events', '/developers/events'], ['webhooks', '/developers/webhooks'], ['webhook-new', '/developers/webhooks/new'],
      ['webhook', `/developers/webhooks/${endpoint.id}`], ['delivery', `/developers/webhooks/${endpoint.id}/deliveries/${delivery}`],
      ['tokens', '/developers/tokens'], ['token-new', '/developers/tokens/new'],
      ['settings', '/settings'], ['tax', '/settings/tax'], ['invoices', '/settings/invoices'], ['mail-settings', '/settings/mail'], ['portal-settings', '/settings/portal'], ['notices', '/settings/notices'], ['product-media', `/products/${till.products[1].id}/media`], ['team', '/settings/team'], ['processor', '/settings/processor'],
    ].map(([name, path, act]) => ({ name: `dashboard-${name}`, url: `${till.url}/dashboard/demo${path}`, act }));
    pages.push({ name: 'dashboard-account', url: `${till.url}/account` }, { name: 'reference', url: `${till.url}/reference` }, { name: 'reference-checkouts', url: `${till.url}/reference/checkouts` },
      { name: 'reference-operation', url: `${till.url}/reference/checkouts/create` }, { name: 'reference-object', url: `${till.url}/reference/objects/Checkout` });
  });
  after(async () => { await browser?.close(); await receiver?.stop(); await till?.stop(); });

  for (const theme of themes) for (const [size, viewport] of Object.entries(sizes)) {
    test(`every page, ${theme} and ${size}: kept as a picture, fitting, accessible`, async () => {
      const { page, done } = await signedIn(browser, till, { viewport, colorScheme: theme });
      const found = [];
      for (const { name, url, act } of pages) {
        const answer = await page.goto(url);
        try {
          assert.equal(answer.status(), 200, url);
          await act?.(page);
          await screenshot(page, `${name}-${theme}-${size}`);
          await assertFits(page);
          // The narrow page has the same colors as the wide one: its structure is judged once.
          if (size === 'wide' || theme === 'light') await assertAccessible(page, `${name} ${theme} ${size}`);
        } catch (error) {
          found.push(error.message);
        }
      }
      assert.deepEqual(found, []);
      await done();
    });
  }

  for (const theme of themes) {
    test(`signing in, ${theme}: kept as a picture, accessible`, async () => {
      const { page, done } = await openPage(browser, till, { colorScheme: theme });
      await page.goto(`${till.url}/sign-in`);
      await screenshot(page, `sign-in-${theme}`);
      await assertAccessible(page, `sign-in ${theme}`);
      await done();
    });
  }

  test('the first view of a page weighs at most 100 kB', async () => {
    const first = await signedIn(browser, till);
    const storageState = await first.context.storageState();
    await first.done();
    for (const { name, url } of pages) {
      const { page, done } = await openPage(browser, till, { storageState });
      const loaded = await weigh(page, () => page.goto(url, { waitUntil: url.includes('/events') ? 'load' : 'networkidle' }));
      // What a stream of events sends later is not of the first view.
      const view = loaded.filter((one) => !one.url.includes('/stream'));
      assert.ok(view.every((one) => one.bytes > 0), `every request was counted: ${JSON.stringify(view)}`);
      const bytes = view.reduce((sum, one) => sum + one.bytes, 0);
      console.log(`${name}: ${bytes} bytes in ${loaded.length} requests`);
      assert.ok(bytes <= 100_000, `${name}: ${bytes} bytes: ${JSON.stringify(loaded)}`);
      await done();
    }
  });

  test('the pages are guarded by their headers', async () => {
    const { page, context, done } = await signedIn(browser, till);
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await page.close();
    for (const { url } of [...pages, { url: `${till.url}/sign-in` }, { url: `${till.url}/dashboard/nobody` }]) {
      const { headers } = await fetch(url, { headers: { cookie } });
      if (url.includes('/reference')) continue;
      assertGuarded(headers, url);
    }
    await done();
  });

  test('times are the viewer’s, with the exact instant beside them', async () => {
    const { page, done } = await signedIn(browser, till, { timezoneId: 'Asia/Tokyo' });
    await page.goto(`${till.url}/dashboard/demo/orders`);
    const time = page.locator('tbody time').first();
    const exact = await time.getAttribute('title');
    const shown = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' }).format(new Date(exact));
    assert.ok((await time.innerText()).endsWith(shown), `${await time.innerText()} is ${exact} in Tokyo`);
    await done();
  });
});
