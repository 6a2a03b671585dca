// What a merchant does on the dashboard, as a person does it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../clients/receiver.mjs';
import { binary, startTill, until } from '../clients/till.mjs';
import { errorAt, fill, openPage, pay, phone, refusals, startBrowser } from './browser.mjs';
import { signIn, signedIn } from './dashboard.mjs';

const command = (...args) => execFileSync(binary, args, { encoding: 'utf8' });

describe('the dashboard', () => {
  let till;
  let browser;
  let receiver;
  before(async () => {
    till = await startTill('browser-dashboard');
    browser = await startBrowser();
    receiver = await startReceiver();
  });
  after(async () => { await browser?.close(); await receiver?.stop(); await till?.stop(); });
  const menuOf = (page, name) => page.getByLabel(`Actions for ${name}`, { exact: true });
  const act = (page, words) => page.locator('details.menu[open]').getByText(words, { exact: true });

  test('the link of the terminal signs in, once', async () => {
    const { page, done } = await openPage(browser, till, { expected: refusals });
    await page.goto(till.dashboard_url);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.waitForURL(/\/dashboard\/demo$/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const cookie = (await page.context().cookies()).find(({ name }) => name.includes('session'));
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Lax');
    // What is open stays reachable; the link is used up.
    await page.context().clearCookies({ name: cookie.name });
    await page.goto(till.dashboard_url);
    assert.match(await page.locator('main').innerText(), /no longer works/);
    await page.goto(`${till.url}/dashboard/demo/products`);
    assert.match(page.url(), /\/sign-in\?next=/);
    await done();
  });

  test('a person sets a password, signs out, and signs in with it', async () => {
    const { page, done } = await openPage(browser, till, { expected: refusals });
    await signIn(page, till, 'owner@example.com');
    await page.goto(`${till.url}/account`);
    await page.locator('input[name*="password"]').last().fill('correct horse battery');
    await page.getByRole('button', { name: /password/i }).click();
    await page.getByRole('status').getByText(/password/i).waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await page.waitForURL(/\/sign-in/);
    await page.goto(`${till.url}/dashboard/demo/orders`);
    await page.locator('input[name="email"]').first().fill('owner@example.com');
    await page.locator('input[type="password"]').fill('wrong horse battery!');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.locator('input[type="password"]').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(/\/dashboard\/demo\/orders/);
    await done();
  });

  test('a product is created with a live preview of its price, edited, duplicated and archived', async () => {
    const { page, done } = await signedIn(browser, till, { expected: refusals });
    await page.goto(`${till.url}/dashboard/demo/products`);
    await page.getByRole('link', { name: 'New product' }).click();
    await page.getByLabel('Name', { exact: true }).fill('X');
    await page.getByRole('button', { name: 'Create product' }).click();
    assert.match(await errorAt(page, 'name'), /3 characters/);
    assert.match(await errorAt(page, 'prices.0.price_amount'), /amount/i);
    await page.getByLabel('Name', { exact: true }).fill('Field guide');
    await page.getByLabel('Amount').fill('12,5');
    await page.getByLabel('Paid').selectOption('month');
    const preview = page.locator('#preview');
    await preview.getByText('$12.50').waitFor();
    await preview.getByText('per month').waitFor();
    await preview.getByText('Field guide').waitFor();
    await page.getByRole('button', { name: 'Add a price' }).click();
    await page.getByLabel('Currency').nth(1).selectOption('eur');
    await page.getByLabel('Amount').nth(1).fill('11');
    await preview.getByText('€11').waitFor();
    await page.getByRole('button', { name: 'Create product' }).click();
    await page.getByRole('status').getByText('Field guide was created.').waitFor();
    const id = page.url().split('/').at(-1);
    const made = (await till.api('GET', `/v1/products/${id}`)).body;
    assert.deepEqual(made.prices.map((p) => [p.price_currency, p.price_amount]), [['usd', 1250], ['eur', 1100]]);
    assert.equal(made.recurring_interval, 'month');

    await page.getByRole('link', { name: 'Edit' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Field guide, second edition');
    await page.getByLabel('Amount').first().fill('15');
    await page.getByRole('button', { name: 'Save product' }).click();
    await page.getByRole('status').getByText('was saved').waitFor();
    const saved = (await till.api('GET', `/v1/products/${id}`)).body;
    assert.equal(saved.name, 'Field guide, second edition');
    assert.deepEqual(saved.prices.map((p) => p.price_amount).sort(), [1100, 1500]);
    assert.ok(saved.prices.some((p) => p.id === made.prices[1].id), 'the price that was not touched is the same');

    await page.goto(`${till.url}/dashboard/demo/products`);
    await menuOf(page, 'Field guide, second edition').click();
    await act(page, 'Duplicate').click();
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Field guide, second edition copy');
    assert.equal(await page.getByLabel('Amount').first().isVisible(), true);

    await page.goto(`${till.url}/dashboard/demo/products`);
    await menuOf(page, 'Field guide, second edition').click();
    await act(page, 'Archive').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Archive' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await dialog.count(), 0);
    assert.equal((await till.api('GET', `/v1/products/${id}`)).body.is_archived, false, 'asked, and not done');
    await menuOf(page, 'Field guide, second edition').click();
    await act(page, 'Archive').click();
    await dialog.getByRole('button', { name: 'Archive' }).click();
    await page.getByRole('status').getByText('was archived').waitFor();
    assert.equal((await till.api('GET', `/v1/products/${id}`)).body.is_archived, true);
    await page.goto(`${till.url}/dashboard/demo/products?is_archived=true`);
    await menuOf(page, 'Field guide, second edition').click();
    await act(page, 'Unarchive').click();
    await page.getByRole('status').getByText('for sale again').waitFor();
    await done();
  });

  test('pictures are uploaded with a bar, shown, and removed', async () => {
    const { page, done } = await signedIn(browser, till, { expected: refusals });
    const id = till.products[0].id;
    await page.goto(`${till.url}/dashboard/demo/products/${id}`);
    await page.getByRole('link', { name: 'Media' }).click();
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    await page.getByLabel('Add pictures').setInputFiles([
      { name: 'cover.png', mimeType: 'image/png', buffer: png }, { name: 'notes.html', mimeType: 'text/html', buffer: Buffer.from('<b>') },
    ]);
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('alert').getByText(/notes\.html: /).waitFor();
    const picture = page.getByRole('img', { name: 'cover.png' });
    await picture.waitFor();
    assert.equal(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth)), 1);
    assert.equal((await till.api('GET', `/v1/products/${id}`)).body.medias.length, 1);
    await page.getByRole('button', { name: 'Remove cover.png' }).click();
    await page.getByText('No pictures yet.').waitFor();
    await done();
  });

  test('the id of a product is copied from its menu, and shown selected where there is no clipboard', async () => {
    const [product] = till.products;
    const { page, context, done } = await signedIn(browser, till);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: till.url });
    await page.goto(`${till.url}/dashboard/demo/products`);
    await menuOf(page, product.name).click();
    await act(page, 'Copy Product ID').click();
    await page.getByText('Copy Product ID: copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), product.id);
    await menuOf(page, product.name).click();
    await act(page, 'Copy checkout curl').click();
    await page.getByText('Copy checkout curl: copied').waitFor();
    const curl = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(curl, new RegExp(`curl[\\s\\S]*${till.url}/v1/checkouts/[\\s\\S]*${product.id}`));
    const answer = execFileSync('bash', ['-c', curl], { encoding: 'utf8', env: { ...process.env, TILL_TOKEN: till.token } });
    assert.match(JSON.parse(answer).url, /\/checkout\/polar_c_/, 'the copied program runs as it stands');

    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); });
    await menuOf(page, product.name).click();
    await act(page, 'Copy Product ID').click();
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.waitFor();
    assert.equal(await field.inputValue(), product.id);
    assert.equal(await field.evaluate((e) => e.value.slice(e.selectionStart, e.selectionEnd)), product.id);
    await done();
  });

  test('a list is filtered while one types, and its address can be kept', async () => {
    const { page, done } = await signedIn(browser, till);
    await page.goto(`${till.url}/dashboard/demo/products`);
    const rows = page.locator('tbody tr');
    await page.getByLabel('Search by name').pressSequentially('hand');
    await until('one row is left', async () => (await rows.count()) === 1);
    assert.match(page.url(), /query=hand/);
    assert.equal(await page.evaluate(() => document.activeElement.name), 'query', 'the focus stays in the field');
    await page.getByLabel('Show').selectOption('true');
    await page.getByText('Nothing matches these filters.').waitFor();
    await page.reload();
    assert.equal(await page.getByLabel('Search by name').inputValue(), 'hand');
    await page.getByRole('link', { name: 'Show all' }).click();
    await until('all rows are back', async () => (await rows.count()) >= 3);
    await done();
  });

  test('a menu works by keyboard', async () => {
    const { page, done } = await signedIn(browser, till);
    await page.goto(`${till.url}/dashboard/demo/products`);
    await menuOf(page, till.products[0].name).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label'));
    assert.equal(await focused(), 'Copy Product ID');
    await page.keyboard.press('End');
    assert.equal(await focused(), 'Archive');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'Copy Product ID', 'it goes round');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('details.menu[open]').count(), 0);
    assert.equal(await focused(), `Actions for ${till.products[0].name}`);
    await done();
  });

  test('a session is made in two clicks, and its order is watched as it arrives', async () => {
    const watching = await signedIn(browser, till);
    await watching.page.goto(`${till.url}/dashboard/demo/developers/events`);
    await watching.page.getByText('Live').waitFor();
    const { page, done } = await signedIn(browser, till);
    await page.goto(`${till.url}/dashboard/demo/products`);
    await menuOf(page, till.products[2].name).click();
    await act(page, 'New checkout session').click();
    await page.getByText('The session is open').waitFor();
    const id = page.url().split('/').at(-1);
    const session = (await till.api('GET', `/v1/checkouts/${id}`)).body;
    assert.ok((await page.locator('main').innerText()).includes(session.url), 'the link is there');
    await page.locator('main svg[role="img"]').first().waitFor();
    const text = await page.locator('main').innerText();
    for (const program of ['curl', '@polar-sh/sdk', 'polar_sdk']) assert.ok(text.includes(program), program);
    await watching.page.locator('.event', { hasText: 'checkout.created' }).filter({ hasText: id }).waitFor();

    const buyer = await openPage(browser, till);
    await buyer.page.goto(session.url);
    await fill(buyer.page, { email: 'live@example.com' });
    await pay(buyer.page);
    const arrived = watching.page.locator('.event', { hasText: 'order.paid' }).first();
    await arrived.waitFor();
    await arrived.getByRole('link').click();
    await watching.page.getByText('live@example.com').first().waitFor();
    assert.match(watching.page.url(), /\/orders\//);
    await buyer.done();
    await watching.done();
    await done();
  });

  test('an endpoint is added, tested, and a delivery sent again', async () => {
    const { page, done } = await signedIn(browser, till, { expected: refusals });
    await page.goto(`${till.url}/dashboard/demo/developers/webhooks`);
    await page.getByRole('link', { name: 'New endpoint' }).click();
    await page.getByLabel('URL').fill('nonsense');
    await page.getByRole('button', { name: 'Create endpoint' }).click();
    assert.notEqual(await errorAt(page, 'url'), '');
    await page.getByLabel('URL').fill(receiver.url);
    const chosen = page.getByRole('checkbox', { checked: true });
    assert.deepEqual(await chosen.evaluateAll((boxes) => boxes.map(({ value }) => value)), ['customer.state_changed', 'order.paid']);
    await page.getByRole('checkbox', { name: 'organization.updated' }).check();
    await page.getByRole('button', { name: 'Create endpoint' }).click();
    await page.getByText('The endpoint was created').waitFor();
    const secret = page.getByText(/^whsec_/);
    assert.equal(await secret.isVisible(), false, 'the secret is shown on demand');
    await page.getByText('Show', { exact: true }).click();
    await secret.waitFor();
    await page.getByLabel('Event type').selectOption('organization.updated');
    await page.getByRole('button', { name: 'Send test event' }).click();
    await page.getByText('is being sent').waitFor();
    await receiver.waitFor('the test arrives', (deliveries) => deliveries.length > 0);
    const [first] = receiver.deliveries;
    assert.equal(first.event.type, 'organization.updated');
    const row = page.locator('tbody tr', { hasText: 'organization.updated' }).first();
    await until('the delivery is listed', async () => { await page.reload(); return row.count(); });
    await row.getByRole('link').first().click();
    await page.getByText('webhook-id').waitFor();
    assert.match(await page.locator('pre').first().innerText(), /"organization\.updated"/);
    await page.getByRole('button', { name: 'Redeliver' }).click();
    await page.getByText('is sent again').waitFor();
    await receiver.waitFor('it arrives again', (deliveries) => deliveries.length > 1);
    assert.equal(receiver.deliveries[1].headers['webhook-id'], first.headers['webhook-id']);
    await done();
  });

  test('a token is made, shown once, used, and revoked', async () => {
    const { page, done } = await signedIn(browser, till, { expected: refusals });
    await page.goto(`${till.url}/dashboard/demo/developers/tokens`);
    await page.getByRole('link', { name: 'New token' }).click();
    await page.getByRole('button', { name: 'Create token' }).click();
    assert.notEqual(await errorAt(page, 'name'), '');
    await page.getByLabel('Name').fill('Nightly job');
    await page.getByRole('button', { name: 'Create token' }).click();
    const token = await page.locator('#token').innerText();
    assert.match(token, /^polar_oat_/);
    const call = () => fetch(`${till.url}/v1/products/`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await call()).status, 200);
    await page.getByRole('link', { name: 'Done' }).click();
    assert.ok(!(await page.content()).includes(token), 'shown once');
    await menuOf(page, 'Nightly job').click();
    await act(page, 'Revoke').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Nightly job was revoked').waitFor();
    assert.equal((await call()).status, 401);
    await done();
  });

  test('a member of another shop sees none of it', async () => {
    const email = 'eve@example.com';
    command('init', '--data-dir', till.folder, '--organization', 'Other shop', '--owner-email', email);
    const { page, done } = await openPage(browser, till, { expected: refusals });
    await signIn(page, till, email);
    await page.waitForURL(/\/dashboard\/other-shop/);
    const order = (await till.api('GET', '/v1/orders/')).body.items[0];
    const paths = ['', '/products', `/products/${till.products[0].id}`, '/orders', '/customers', '/developers/tokens', '/developers/events', '/settings', '/settings/team', '/orders.csv'];
    for (const path of paths) {
      const answer = await page.goto(`${till.url}/dashboard/demo${path}`).catch((error) => assert.fail(`${path}: ${error}`));
      assert.equal(answer.status(), 404, path);
    }
    for (const path of [`/products/${till.products[0].id}`, `/products/${till.products[0].id}/edit`, order && `/orders/${order.id}`].filter(Boolean)) {
      assert.equal((await page.goto(`${till.url}/dashboard/other-shop${path}`)).status(), 404, path);
    }
    await page.goto(`${till.url}/dashboard/other-shop/products`);
    await page.getByRole('link', { name: 'Create a product' }).waitFor();
    await done();
  });

  test('everything works without script', async () => {
    const { page, done } = await signedIn(browser, till, { javaScriptEnabled: false, viewport: phone });
    await page.goto(`${till.url}/dashboard/demo/products`);
    await page.getByLabel('Search by name').fill('hand');
    await page.getByRole('button', { name: 'Filter' }).click();
    assert.equal(await page.locator('tbody tr').count(), 1);
    await page.getByLabel(/^Actions for/).first().click();
    await page.getByRole('link', { name: 'Archive' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.waitForURL(/\/products\/[^/]+$/);
    await page.goto(`${till.url}/dashboard/demo/products/new`);
    await page.getByLabel('Name', { exact: true }).fill('Plain form');
    await page.getByLabel('Kind').selectOption('custom');
    await page.getByLabel('Minimum').fill('5');
    await page.getByRole('button', { name: 'Create product' }).click();
    await page.getByText('Plain form was created.').waitFor();
    await done();
  });
});
