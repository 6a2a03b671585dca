// A picture of every page, in every language, theme and size, and contact sheets of them. Run by scripts/screenshots.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReceiver } from '../clients/receiver.mjs';
import { artifacts, binary, startTill, until } from '../clients/till.mjs';
import { cards, fill, openPage, pay, payButton, payToBank, session, sizes, startBrowser, themes } from './browser.mjs';
import { signIn } from './dashboard.mjs';

const wanted = process.argv.slice(2);
const folder = join(artifacts, 'screenshots');
const languages = ['en', 'de', 'ja'];
const browserLocales = { en: 'en-US', de: 'de-DE', ja: 'ja-JP' };
const homes = { en: 'US', de: 'DE', ja: 'JP' };
const currencies = { en: 'usd', de: 'eur', ja: 'jpy' };
const smallestTarget = 44;
const columns = { wide: 4, phone: 8 };
const thumbnailsPerSheet = 8;

const pictures = [];
const findings = new Set();

// ---- taking pictures ----

/** What a program can see of a page: sideways scrolling, and on a phone targets that a thumb misses. */
async function judge(page, name, size) {
  const found = await page.evaluate(({ smallest, narrow }) => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const words = scrollWidth > clientWidth ? [`sticks out sideways: ${scrollWidth} > ${clientWidth}`] : [];
    if (!narrow) return words;
    for (const element of document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type="hidden"])')) {
      const target = ['checkbox', 'radio'].includes(element.type) ? element.closest('label') ?? element : element;
      const { width, height, top } = target.getBoundingClientRect();
      const inSentence = element.tagName === 'A' && getComputedStyle(element).display === 'inline'
        && element.parentElement.textContent.trim() !== element.textContent.trim();
      // The head of a list is there for ears alone.
      if (width < 2 || top < -40 || inSentence || element.closest('thead, .unseen') || !element.checkVisibility()) continue;
      if (height < smallest - 0.5) words.push(`${Math.round(height)}px high: ${element.tagName.toLowerCase()}.${element.className} "${(element.textContent || element.name || '').trim().slice(0, 30)}"`);
    }
    return words;
  }, { smallest: smallestTarget, narrow: size === 'phone' });
  for (const one of found) findings.add(`${name}: ${one}`);
}

/** The page as it stands, in both themes and all the sizes. */
async function shoot(page, name, language, only = Object.keys(sizes), target = page) {
  for (const size of only) {
    await page.setViewportSize(sizes[size]);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForTimeout(60);
      const file = [name, language, theme, size].filter(Boolean).join('.');
      await target.screenshot({ path: join(folder, 'pages', `${file}.png`), fullPage: true, animations: 'disabled' });
      pictures.push({ name, language, theme, size, file });
    }
    await judge(page, name, size);
  }
}

const isWanted = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word));

/** Runs the tasks two at a time; one that fails is told, and the others go on. */
async function inTurn(tasks) {
  const waiting = [...tasks];
  const failed = [];
  await Promise.all([0, 1].map(async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      try {
        await task.run();
      } catch (error) {
        failed.push(`${task.name}: ${error.message.split('\n')[0]}`);
      }
    }
  }));
  return failed;
}

// ---- the shop ----

const money = (usd, more = {}) => [['usd', usd], ['eur', usd], ['jpy', Math.round(usd * 1.5)]]
  .map(([price_currency, price_amount]) => ({ amount_type: 'fixed', price_amount, price_currency, ...more }));
const long = 'Averylongnamewithoutanyplacetobreakit'.repeat(2).slice(0, 64);

/** A picture for a product's gallery, drawn here. */
async function drawing(browser, color) {
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  await page.setContent(`<body style="margin:0;background:linear-gradient(135deg,${color},#fff8)"><p style="font:700 72px serif;margin:0;padding:180px 48px;color:#fff">Handbook</p>`);
  const bytes = await page.screenshot();
  await page.close();
  return bytes;
}

async function stock(till, browser) {
  const made = async (path, body, method = 'POST') => {
    const answer = await till.api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const upload = async (name, bytes) => {
    const parts = [{ number: 1, chunk_start: 0, chunk_end: bytes.length }];
    const file = await made('/v1/files/', { service: 'product_media', name, mime_type: 'image/png', size: bytes.length, upload: { parts } });
    const [part] = file.upload.parts;
    const sent = await fetch(part.url, { method: 'PUT', headers: part.headers, body: bytes });
    await made(`/v1/files/${file.id}/uploaded`, { id: file.upload.id, path: file.upload.path, parts: [{ number: 1, checksum_etag: sent.headers.get('etag') }] });
    return file.id;
  };
  const { items: [organization] } = (await till.api('GET', '/v1/organizations/')).body;
  await made(`/v1/organizations/${organization.id}`, {
    website: 'https://shop.example/',
    policy_links: { terms_url: 'https://shop.example/terms', privacy_url: 'https://shop.example/privacy', refunds_url: 'https://shop.example/refunds', support_url: 'https://shop.example/help' },
    tax_settings: { enabled: true, registrations: [{ country: 'DE' }, { country: 'JP' }] },
  }, 'PATCH').catch((error) => findings.add(`shop: ${error.message}`));

  const product = (name, body) => made('/v1/products/', { name, ...body });
  const medias = [];
  for (const [i, color] of ['#3156d3', '#17703f'].entries()) medias.push(await upload(`cover-${i + 1}.png`, await drawing(browser, color)));
  const book = await product('Handbook, illustrated', { prices: money(4900), medias, description: 'The whole craft in one book: **240 pages**, as PDF and EPUB.\n\n### What is in it\n\n- Tools and materials\n- Twelve projects, step by step\n- [A sample chapter](https://shop.example/sample)\n\n> The best book on the matter.' });
  const month = { recurring_interval: 'month' };
  const solo = await product('Solo', { ...month, prices: money(900), description: 'For one person.' });
  const trial = await product('Pro', { ...month, prices: money(2900), trial_interval: 'day', trial_interval_count: 14, description: 'For a team that ships.\n\n- **Unlimited** projects\n- 100,000 requests a day' });
  const yearly = await product('Pro, yearly', { recurring_interval: 'year', prices: money(29_000) });
  const gift = await product('Support our work', { prices: Object.values(currencies).map((price_currency) => ({ amount_type: 'custom', price_currency, minimum_amount: 500, maximum_amount: 100_000, preset_amount: 1500 })) });
  const free = await product('Newsletter', { prices: Object.values(currencies).map((price_currency) => ({ amount_type: 'free', price_currency })) });
  const meter = await made('/v1/meters/', { name: 'API calls', filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'call' }] }, aggregation: { func: 'count' } });
  const tiers = [{ min_seats: 1, max_seats: 9, price_per_seat: 1500 }, { min_seats: 10, max_seats: null, price_per_seat: 1000 }];
  const team = await product('Team', {
    ...month, description: 'For **teams** of any size.',
    prices: Object.values(currencies).flatMap((price_currency) => [
      { amount_type: 'seat_based', price_currency, seat_tiers: { seat_tier_type: 'volume', tiers } },
      { amount_type: 'metered_unit', price_currency, meter_id: meter.id, unit_amount: '1.5', cap_amount: 5000 },
    ]),
  });
  const benefits = [];
  for (const description of ['Priority support', 'A seat at the roundtable']) {
    benefits.push((await made('/v1/benefits/', { type: 'custom', description, properties: { note: 'Thank you' } })).id);
  }
  await made(`/v1/products/${team.id}/benefits`, { benefits });
  const field = (type, slug, properties) => made('/v1/custom-fields/', { type, slug, name: slug, properties });
  const fields = [
    [await field('text', 'badge', { form_label: 'Name on the badge', form_help_text: 'As it should be **printed**; see [examples](https://shop.example/badges)', max_length: 40 }), true],
    [await field('text', 'note', { form_label: 'Note', textarea: true, form_placeholder: 'Anything else?' }), false],
    [await field('number', 'guests', { form_label: 'Guests', ge: 1, le: 60 }), true],
    [await field('date', 'day', { form_label: 'First day' }), false],
    [await field('select', 'meal', { form_label: 'Meal', options: [{ value: 'v', label: 'Vegetarian' }, { value: 'n', label: 'With meat' }] }), true],
    [await field('checkbox', 'rules', { form_label: 'I accept the [house rules](https://shop.example/rules)', form_help_text: 'Last changed in **May**' }), true],
  ];
  const ticket = await product('Event ticket', { prices: money(12_000), attached_custom_fields: fields.map(([{ id }, required]) => ({ custom_field_id: id, required })) });
  const longest = await product(long, { ...month, prices: money(12_345_678) });
  const taxed = await product('Report', { prices: money(5000, { tax_behavior: 'exclusive' }) });
  const retired = await product('Retired edition', { prices: money(1000) });
  const discount = (body) => made('/v1/discounts/', { type: 'percentage', basis_points: 2000, duration: 'once', ...body });
  const quarter = await discount({ name: 'Launch', code: 'LAUNCH', duration: 'repeating', duration_in_months: 3, max_redemptions: 100 });
  const longDiscount = await discount({ name: long });
  const link = (body) => made('/v1/checkout-links/', { payment_processor: 'stripe', ...body });
  const shop = await link({ label: 'Plans', products: [solo.id, trial.id, yearly.id] });
  const signed = await link({ label: 'Signed', products: [solo.id], require_signature: true });
  const closed = await link({ label: 'Closed', products: [retired.id] });
  await made(`/v1/products/${retired.id}`, { is_archived: true }, 'PATCH');
  return { made, organization, book, solo, trial, yearly, gift, free, team, ticket, longest, taxed, quarter, longDiscount, shop, signed, closed, meter, benefits, field: fields[4][0], retired };
}

/** Moves the end of a session into the past, in the database: nothing outside can. */
function expire(till, id) {
  execFileSync('python3', ['-c', `
import glob, sqlite3, sys
folder, wanted = sys.argv[1:]
for path in glob.glob(folder + "/**/*.db", recursive=True) + glob.glob(folder + "/*.sqlite*"):
    base = sqlite3.connect(path, timeout=10)
    try: rows = base.execute("select id, expires_at from checkouts").fetchall()
    except sqlite3.Error: continue
    for key, end in rows:
        text = key.hex() if isinstance(key, bytes) else key.replace("-", "")
        if text == wanted.replace("-", ""):
            base.execute("update checkouts set expires_at = ? where id = ?", (end // 2 if isinstance(end, int) else "2020" + end[4:], key))
            base.commit(); sys.exit(0)
sys.exit("no such checkout")`, till.folder, id]);
}

// ---- the pages of buyers ----

/** Every page that a buyer sees: its name, the session it needs (or none), and what is done before the picture. */
function checkoutScenes(till, goods, merchant) {
  const ids = (...products) => ({ products: products.map(({ id }) => id) });
  const addresses = {
    US: { line1: '1 Main Street', city: 'New York', state: 'US-NY', postal_code: '10001' },
    DE: { line1: 'Torstraße 1', city: 'Berlin', postal_code: '10119' },
    JP: { postal_code: '100-0001', state: '東京都', city: '千代田区', line1: '千代田1-1' },
  };
  const business = async (page, country, tax, name) => {
    await page.locator('[name="country"]').selectOption(country);
    await page.locator('input[type="checkbox"][name="is_business_customer"]').check();
    await page.locator('[name="customer_billing_name"]').waitFor();
    await fill(page, { country, customer_tax_id: tax, customer_billing_name: name, ...addresses[country] });
    await page.waitForTimeout(900);
  };
  const at = (country) => async (page) => {
    await page.locator('[name="country"]').selectOption(country);
    await page.waitForTimeout(900);
    await fill(page, { country, ...addresses[country] });
    await page.waitForTimeout(900);
  };
  let buyers = 0;
  const buy = (more = {}) => async (page, home) => {
    await at(home)(page);
    buyers += 1;
    // Nobody has a second trial, or one subscription twice.
    const email = `${more.name ? 'a'.repeat(60) : 'buyer'}-${buyers}@${more.name ? 'b'.repeat(60) : 'shop'}.example.com`;
    await fill(page, { country: null, email, ...more });
    await pay(page);
    await page.locator('.receipt').waitFor();
  };
  return [
    ['front', `${till.url}/`],
    ['once', ids(goods.book)],
    ['choice', ids(goods.solo, goods.trial, goods.yearly, goods.book)],
    ['trial', ids(goods.trial)],
    ['trial-discount', { ...ids(goods.trial), discount_id: goods.quarter.id }],
    ['discount-months', { ...ids(goods.solo, goods.yearly), discount_id: goods.quarter.id }],
    ['code-refused', ids(goods.solo), async (page) => {
      await page.locator('[name="discount_code"]').fill('WRONG');
      await page.locator('button[value="apply"]').last().click();
      await page.locator('#discount_code-error').waitFor();
    }],
    ['pay-what-you-want', ids(goods.gift)],
    ['free', ids(goods.free)],
    ['seats', ids(goods.team), async (page) => {
      await page.locator('#seats').fill('12');
      await page.locator('#seats').blur();
      await page.locator('.tiers summary').click();
      await page.waitForTimeout(900);
    }],
    ['questions', ids(goods.ticket)],
    ['questions-errors', ids(goods.ticket), async (page) => {
      await payButton(page).click();
      await page.locator('[aria-invalid="true"]').first().waitFor();
    }],
    ['long-names', { ...ids(goods.longest, goods.solo), discount_id: goods.longDiscount.id }],
    ['long-names-receipt', { ...ids(goods.longest), discount_id: goods.longDiscount.id }, buy({ name: long })],
    ['errors', ids(goods.solo, goods.trial), async (page) => {
      await page.locator('[name="country"]').selectOption('US');
      await page.locator('input[type="checkbox"][name="is_business_customer"]').check();
      await page.locator('[name="customer_tax_id"]').waitFor();
      await payButton(page).click();
      await page.locator('[aria-invalid="true"]').first().waitFor();
    }],
    ['card-refused', ids(goods.book), async (page, home) => {
      await at(home)(page);
      await fill(page, { country: null, card: cards.declines });
      await payButton(page).click();
      await page.locator('[role="alert"]').waitFor();
    }],
    ['card-wrong', ids(goods.book), async (page) => {
      await page.locator('[name="card_number"]').fill('4242 4242 4242 4241');
      await page.locator('[name="card_expiry"]').fill('01 / 20');
      await page.locator('[name="card_cvc"]').fill('1');
      await page.locator('[name="card_cvc"]').blur();
      await page.waitForTimeout(300);
    }],
    ['test-cards', ids(goods.book), (page) => page.locator('.note summary').click()],
    ['focus', ids(goods.book), (page) => page.locator('[name="customer_email"]').focus()],
    ['address-us', ids(goods.taxed), at('US')],
    ['address-de', ids(goods.taxed), at('DE')],
    ['address-jp', ids(goods.taxed), at('JP')],
    ['business', ids(goods.taxed), (page) => business(page, 'DE', 'DE136695976', 'Lovelace GmbH')],
    ['business-jp', ids(goods.taxed), (page) => business(page, 'JP', null, '山田商店')],
    ['business-reverse', ids(goods.taxed), async (page) => {
      addresses.FR = { line1: '1 rue de Rivoli', city: 'Paris', postal_code: '75001' };
      await business(page, 'FR', 'FR40303265045', 'Lovelace SARL');
    }],
    ['known-customer', { ...ids(goods.book), external_customer_id: 'known' }],
    ['3-d-secure', ids(goods.book), async (page, home) => {
      await at(home)(page);
      await fill(page, { country: null, card: cards.secure });
      await payToBank(page);
    }],
    ['3-d-secure-refused', ids(goods.book), async (page, home) => {
      await at(home)(page);
      await fill(page, { country: null, card: cards.secure });
      await payToBank(page);
      await Promise.all([page.waitForURL(/\/checkout\//), page.locator('button[value="refuse"]').click()]);
      await page.waitForTimeout(1500);
    }],
    ['processing', ids(goods.book), async (page, home) => {
      await at(home)(page);
      await fill(page, { country: null, card: '4000 0000 0000 3014' });
      await page.route(/\/stream|\/events/, () => {});
      await pay(page);
    }],
    ['failed-later', ids(goods.book), async (page, home) => {
      await at(home)(page);
      await fill(page, { country: null, card: '4000 0000 0000 3014' });
      await pay(page);
      await page.locator('.mark-bad').waitFor();
    }],
    ['receipt', ids(goods.book), buy()],
    ['receipt-trial', ids(goods.trial), buy()],
    ['receipt-subscription', { ...ids(goods.solo), discount_id: goods.quarter.id }, buy()],
    ['receipt-free', ids(goods.free), async (page) => {
      await fill(page);
      await pay(page);
      await page.locator('.receipt').waitFor();
    }],
    ['expired', ids(goods.book), async (page, home, checkout) => {
      expire(till, checkout.id);
      await page.reload();
    }],
    ['not-found', `${till.url}/checkout/polar_c_unknown`],
    ['link', goods.shop.short_url ?? goods.shop.url],
    ['link-unknown', `${till.url}/buy/doesnotexist`],
    ['link-unsigned', goods.signed.url],
    ['link-closed', goods.closed.url],
    ['nowhere', `${till.url}/nowhere`],
    ['embedded', merchant.url, async (page) => {
      await page.locator('#buy').click();
      const frame = await (await page.locator('iframe').elementHandle()).contentFrame();
      await frame.locator('#checkout').waitFor();
      await page.waitForTimeout(800);
    }],
    ['no-script', { ...ids(goods.team, goods.solo) }, null, { javaScriptEnabled: false }],
    ['no-script-errors', ids(goods.book), async (page) => { await payButton(page).click(); await page.waitForLoadState(); }, { javaScriptEnabled: false }],
  ].map(([name, start, act, options]) => ({ name: `checkout-${name}`, start, act, options }));
}

async function takeCheckout(browser, till, scene, language) {
  const { name, start, act, options } = scene;
  const opened = await openPage(browser, till, { locale: browserLocales[language], expected: () => true, ...options });
  try {
    const { page } = opened;
    let checkout;
    let url = start;
    if (typeof start === 'object') {
      const body = { ...start, currency: currencies[language] };
      if (body.external_customer_id) body.external_customer_id = `known-${language}`;
      checkout = await session(till, body);
      url = checkout.url;
    }
    await page.goto(url);
    await act?.(page, homes[language], checkout);
    await shoot(page, name, language);
  } finally {
    await opened.context.close();
  }
}

/** A merchant's page, on another site, that opens the checkout in a frame. */
async function startMerchant(till, link) {
  const page = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Shop</title>
    <style>:root { color-scheme: light dark; font-family: system-ui; }</style><h1>A shop</h1><p>With a product, and a button.</p>
    <script src="${till.url}/embed.js" defer data-auto-init></script><a id="buy" href="${link}" data-polar-checkout>Buy</a>`;
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    answer.end(page);
  });
  await new Promise((ready) => server.listen(0, 'localhost', ready));
  return { url: `http://localhost:${server.address().port}/`, stop: () => { server.close(); server.closeAllConnections(); } };
}

// ---- the pages of merchants ----

const emptyShop = { name: 'Fresh start', slug: 'fresh-start', email: 'fresh@example.com' };

/** Sales, deliveries and people for the lists. */
async function sell(browser, till, goods, receiver, failing) {
  const events = ['order.paid', 'checkout.created', 'customer.created'];
  const endpoint = await goods.made('/v1/webhooks/endpoints', { url: receiver.url, format: 'raw', events });
  await goods.made('/v1/webhooks/endpoints', { url: failing.url, format: 'raw', events: ['checkout.created'] });
  await goods.made('/v1/customers/', { email: 'known@example.com', name: 'Grace Hopper', external_id: 'known-en' });
  await goods.made('/v1/customers/', { email: 'bekannt@example.com', name: 'Johanna Muster', external_id: 'known-de' });
  await goods.made('/v1/customers/', { email: 'shitteru@example.com', name: '山田花子', external_id: 'known-ja' });
  for (const [i, { id }] of [...till.products, goods.trial, goods.free, goods.longest].entries()) {
    const checkout = await session(till, { products: [id], external_customer_id: `user_${i}`, metadata: { plan: 'best' } });
    const { page, context } = await openPage(browser, till, { expected: () => true });
    await page.goto(checkout.url);
    await fill(page, { email: `buyer${i}@example.com`, name: ['Ada Lovelace', 'Alan Turing', 'Grace Hopper', 'Edsger Dijkstra', 'Barbara Liskov', long][i] });
    if (i === 1) {
      await fill(page, { email: null, card: cards.declines });
      await payButton(page).click();
      await page.locator('[role="alert"]').waitFor();
    } else await pay(page);
    await context.close();
  }
  execFileSync(binary, ['init', '--data-dir', till.folder, '--organization', emptyShop.name, '--owner-email', emptyShop.email]);
  return endpoint;
}

async function dashboardScenes(till, goods, endpoint) {
  const list = async (path) => (await till.api('GET', path)).body.items;
  const newest = async (path) => (await list(path))[0].id;
  await until('something was delivered', async () => (await list('/v1/webhooks/deliveries')).length > 2);
  const deliveries = await list(`/v1/webhooks/deliveries?endpoint_id=${endpoint.id}`);
  const checkouts = await list('/v1/checkouts/?limit=100');
  const of = (status) => checkouts.find((one) => one.status === status)?.id;
  const submit = async (page) => {
    const next = page.getByRole('button', { name: 'Continue' });
    if (await next.count()) await Promise.all([page.waitForNavigation(), next.click()]);
    await Promise.all([page.waitForLoadState(), page.locator('main form button[type="submit"], main form button:not([type])').last().click()]);
    await page.locator('[aria-invalid="true"], [role="alert"]').first().waitFor();
  };
  // The second row: the newest product is archived, and has another menu.
  const rowMenu = (page) => page.locator('main details.menu summary').nth(1).click();
  const ask = async (page) => {
    await rowMenu(page);
    await page.locator('details.menu[open] a[data-ask]').last().click();
    await page.getByRole('dialog').waitFor();
  };
  const kinds = { discounts: goods.quarter.id, 'checkout-links': goods.shop.id, 'custom-fields': goods.field.id, benefits: goods.benefits[0], meters: goods.meter.id };
  const pages = [
    ['home', ''],
    ['menu-open', '', (page) => page.getByText('Menu', { exact: true }).click(), ['phone']],
    ['products', '/products'], ['products-menu', '/products', rowMenu], ['products-archive', '/products', ask],
    ['products-nothing-found', '/products?query=nothing'],
    ['product', `/products/${goods.book.id}`], ['product-team', `/products/${goods.team.id}`], ['product-long', `/products/${goods.longest.id}`],
    ['product-new', '/products/new'], ['product-new-errors', '/products/new', submit], ['product-edit', `/products/${goods.team.id}/edit`],
    ['product-media', `/products/${goods.book.id}/media`],
    ...Object.entries(kinds).flatMap(([kind, id]) => [
      [kind, `/products/${kind}`], [`${kind}-one`, `/products/${kind}/${id}`], [`${kind}-new`, `/products/${kind}/new`],
      [`${kind}-new-errors`, `/products/${kind}/new`, submit], [`${kind}-edit`, `/products/${kind}/${id}/edit`],
    ]),
    ['checkouts', '/checkouts'], ['checkout-open', `/checkouts/${of('open')}`], ['checkout-succeeded', `/checkouts/${of('succeeded')}`],
    ['orders', '/orders'], ['order', `/orders/${await newest('/v1/orders/')}`],
    ['subscriptions', '/subscriptions'], ['subscription', `/subscriptions/${await newest('/v1/subscriptions/')}`],
    ['payments', '/payments'], ['payment', `/payments/${await newest('/v1/payments/')}`],
    ['customers', '/customers'], ['customer', `/customers/${await newest('/v1/customers/')}`], ['customer-new', '/customers/new'],
    ['customer-new-errors', '/customers/new', submit], ['customer-edit', `/customers/${await newest('/v1/customers/')}/edit`],
    ['events', '/developers/events'],
    ['webhooks', '/developers/webhooks'], ['webhook-new', '/developers/webhooks/new'], ['webhook-new-errors', '/developers/webhooks/new', submit],
    ['webhook', `/developers/webhooks/${endpoint.id}`], ['webhook-edit', `/developers/webhooks/${endpoint.id}/edit`],
    ['delivery', `/developers/webhooks/${endpoint.id}/deliveries/${deliveries[0].id}`],
    ['tokens', '/developers/tokens'], ['token-new', '/developers/tokens/new'], ['token-new-errors', '/developers/tokens/new', submit],
    ['token-made', '/developers/tokens/new', async (page) => {
      await page.getByLabel('Name').fill('Nightly job');
      await page.getByRole('button', { name: 'Create token' }).click();
      await page.locator('#token').waitFor();
    }],
    ['settings', '/settings'], ['tax', '/settings/tax'], ['invoices', '/settings/invoices'], ['mail-settings', '/settings/mail'], ['portal-settings', '/settings/portal'], ['notices', '/settings/notices'], ['team', '/settings/team'], ['invite', '/settings/team/invite'], ['processor', '/settings/processor'],
    ['not-found', '/products/00000000-0000-4000-8000-000000000000'],
  ].map(([name, path, act, only]) => ({ name: `dashboard-${name}`, path: `/dashboard/demo${path}`, act, only, as: till.owner_email }));
  const empty = ['', '/products', '/products/discounts', '/products/checkout-links', '/products/benefits', '/products/meters', '/products/custom-fields', '/checkouts', '/orders', '/subscriptions', '/payments', '/customers', '/developers/events', '/developers/webhooks', '/developers/tokens', '/settings/tax']
    .map((path) => ({ name: `empty-${path.split('/').at(-1) || 'home'}`, path: `/dashboard/${emptyShop.slug}${path}`, as: emptyShop.email }));
  const plain = [
    ['account', '/account', till.owner_email], ['sign-in', '/sign-in'],
    ['sign-in-wrong', '/sign-in', null, async (page) => {
      await page.locator('input[name="email"]').first().fill('owner@example.com');
      await page.locator('input[type="password"]').fill('wrong horse battery!');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('alert').waitFor();
    }],
    ['sign-in-sent', '/sign-in', null, async (page) => {
      await page.getByLabel('E-mail address').fill('nobody@example.com');
      await page.getByRole('button', { name: 'Print me a link' }).click();
      await page.getByRole('heading', { name: 'Look at the terminal' }).waitFor();
    }],
    ['sign-in-link', new URL(till.dashboard_url).pathname], ['sign-in-link-used', '/sign-in/link/used'],
    ['reference', '/reference'], ['reference-area', '/reference/checkouts'], ['reference-operation', '/reference/checkouts/create'], ['reference-object', '/reference/objects/Checkout'],
    ['reference-unknown', '/reference/nothing'],
  ].map(([name, path, as, act]) => ({ name, path, as, act }));
  return [...pages, ...empty, ...plain];
}

async function takeDashboard(browser, till, { name, path, act, only, as }, states) {
  const opened = await openPage(browser, till, { expected: () => true, storageState: states[as] });
  try {
    if (only?.length === 1) await opened.page.setViewportSize(sizes[only[0]]);
    await opened.page.goto(till.url + path);
    await act?.(opened.page);
    await shoot(opened.page, name, null, only);
  } finally {
    await opened.context.close();
  }
}

// ---- contact sheets ----

async function sheets(browser, names) {
  const groups = new Map();
  // Two at a time come out of order.
  const order = (one) => names.indexOf(one.name);
  for (const one of [...pictures].sort((a, b) => order(a) - order(b))) {
    const group = [one.language ? 'checkout' : 'dashboard', one.language, one.theme, one.size].filter(Boolean).join('.');
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  const page = await browser.newPage({ viewport: { width: 1500, height: 700 } });
  const made = [];
  for (const [group, all] of groups) {
    for (let from = 0; from < all.length; from += thumbnailsPerSheet) {
      const name = all.length > thumbnailsPerSheet ? `${group}.${from / thumbnailsPerSheet + 1}` : group;
      const figures = all.slice(from, from + thumbnailsPerSheet)
        .map(({ name: caption, file }) => `<figure><figcaption>${caption}</figcaption><a href="../pages/${file}.png"><img src="../pages/${file}.png" alt=""></a></figure>`);
      const html = join(folder, 'sheets', `${name}.html`);
      writeFileSync(html, `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><style>
        body { margin: 12px; background: #999; font: 13px system-ui; display: grid; grid-template-columns: repeat(${columns[all[0].size]}, minmax(0, 1fr)); gap: 12px; align-items: start; }
        figure { margin: 0; } figcaption { font-weight: 700; } img { display: block; width: 100%; max-height: 560px; object-fit: cover; object-position: top; }
        </style>${figures.join('\n')}`);
      await page.goto(`file://${html}`);
      await page.screenshot({ path: join(folder, 'sheets', `${name}.png`), fullPage: true });
      made.push(name);
    }
  }
  writeFileSync(join(folder, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><h1>Every page</h1><ul>${made.map((name) => `<li><a href="sheets/${name}.html">${name}</a></li>`).join('')}</ul>`);
  await page.close();
}

// ---- all of it ----

for (const part of ['pages', 'sheets']) {
  if (wanted.length === 0) rmSync(join(folder, part), { recursive: true, force: true });
  mkdirSync(join(folder, part), { recursive: true });
}
const till = await startTill('screenshots');
const browser = await startBrowser();
const receiver = await startReceiver();
const failing = await startReceiver(() => 503);
let merchant;
let failed = [];
try {
  const goods = await stock(till, browser);
  merchant = await startMerchant(till, goods.shop.url);
  await goods.made(`/v1/organizations/${goods.organization.id}`, { embed_hosts: [new URL(merchant.url).host] }, 'PATCH');
  const endpoint = await sell(browser, till, goods, receiver, failing);
  const states = {};
  for (const email of [till.owner_email, emptyShop.email]) {
    const { page, context } = await openPage(browser, till, { expected: () => true });
    await signIn(page, till, email);
    states[email] = await context.storageState();
    await context.close();
  }
  const merchants = (await dashboardScenes(till, goods, endpoint)).filter(({ name }) => isWanted(name));
  const buyers = checkoutScenes(till, goods, merchant).filter(({ name }) => isWanted(name));
  failed = await inTurn([
    ...languages.flatMap((language) => buyers.map((scene) => ({ name: `${scene.name} ${language}`, run: () => takeCheckout(browser, till, scene, language) }))),
    ...merchants.map((scene) => ({ name: scene.name, run: () => takeDashboard(browser, till, scene, states) })),
  ]);
  await sheets(browser, [...buyers, ...merchants].map(({ name }) => name));
} finally {
  await browser.close();
  merchant?.stop();
  await receiver.stop();
  await failing.stop();
  await till.stop();
}
writeFileSync(join(folder, 'findings.txt'), [...findings].sort().join('\n') + '\n');
console.log(`${pictures.length} pictures of ${new Set(pictures.map(({ name }) => name)).size} pages, ${findings.size} findings, in ${folder}`);
if (failed.length > 0) {
  console.error(`without a picture:\n  ${failed.join('\n  ')}`);
  process.exitCode = 1;
}
