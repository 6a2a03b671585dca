// The customers' portal, as customers use it: with script and without, in both themes, wide and on a phone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, assertGuarded, cards, errorAt, fill, openPage, payButton, refusals, screenshot, session, sizes, startBrowser, themes, weigh } from './browser.mjs';

/** Runs Python over the database of a running Till: `base` is a connection to it. */
function inDatabase(till, code, ...args) {
  return execFileSync('python3', ['-c', `
import glob, json, sqlite3, sys
folder, *args = sys.argv[1:]
def is_it(path):
    try:
        with open(path, "rb") as file:
            return file.read(15) == b"SQLite format 3"
    except IsADirectoryError:
        return False
for path in filter(is_it, glob.glob(folder + "/**/*", recursive=True)):
    base = sqlite3.connect(path, timeout=10)
    tables = {name for (name,) in base.execute("select name from sqlite_master")}
    if "portal_codes" in tables:
${code.trim().split('\n').map((line) => `        ${line}`).join('\n')}
        sys.exit(0)
sys.exit("no database in " + folder)
`, till.folder, ...args], { encoding: 'utf8' }).trim();
}

/** The codes that were sent to an address: nothing leaves a shop of tests, and its letters are kept. */
const codes = (till, email) => inDatabase(till, `
rows = base.execute("select content from mails where kind = 'portal_code' and recipient = ? order by created_at", args).fetchall()
print(json.dumps([json.loads(content)["total"][1] for (content,) in rows]))
`, email);

/** The links that were sent to a new address. */
const links = (till, email) => inDatabase(till, `
rows = base.execute("select content from mails where kind = 'email_change' and recipient = ? order by created_at", args).fetchall()
print(json.dumps([json.loads(content)["button"][1] for (content,) in rows]))
`, email);

/** Lets an order wait for its payment, as after a renewal that was declined. */
const unpay = (till, order) => inDatabase(till, `
for (key,) in base.execute("select id from orders").fetchall():
    text = key.hex() if isinstance(key, bytes) else key.replace("-", "")
    if text == args[0].replace("-", ""):
        base.execute("update orders set status = 'pending', receipt_number = null where id = ?", (key,))
        base.execute("update payments set state = 'failed' where order_id = ?", (key,))
        base.commit()
`, order);

describe('the portal of customers', () => {
  let till;
  let browser;
  let organization;
  before(async () => {
    till = await startTill('browser-portal');
    browser = await startBrowser();
    organization = (await till.api('GET', '/v1/organizations/')).body.items[0];
    const on = { update_plan: true, update_seats: true, pause: true };
    const changed = await till.api('PATCH', `/v1/organizations/${organization.id}`, { customer_portal_settings: { usage: { show: false }, subscription: on, customer: { allow_email_change: true } } });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  const home = () => `${till.url}/${organization.slug}/portal`;

  /** A customer with a subscription and an order, and the address that signs them in. */
  async function customer(product = till.products[0].id, more = {}) {
    const email = `${randomUUID().slice(0, 8)}@example.com`;
    const checkout = await session(till, { products: [product], ...more });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
      customer_email: email, customer_name: 'Ada Lovelace', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is made', async () => {
      const [made] = (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items;
      return made?.status === 'paid' && made;
    });
    const opened = await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id, return_url: 'https://shop.example/back' });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    return { email, order, url: opened.body.customer_portal_url };
  }
  const subscriptionOf = async ({ order }) => (await till.api('GET', `/v1/subscriptions/${order.subscription_id}`)).body;

  /** Asks for another address by the API, and gives the link that comes. */
  async function linkOf({ url }) {
    const email = `${randomUUID().slice(0, 8)}@example.com`;
    const asked = await fetch(`${till.url}/v1/customer-portal/customers/me/email-update/request`, {
      method: 'POST', body: JSON.stringify({ email }),
      headers: { authorization: `Bearer ${new URL(url).searchParams.get('customer_session_token')}`, 'content-type': 'application/json' },
    });
    assert.equal(asked.status, 202, await asked.text());
    const [link] = await until('the link is sent', () => { const sent = JSON.parse(links(till, email)); return sent.length > 0 && sent; });
    return link;
  }

  async function visit(options, steps) {
    const opened = await openPage(browser, till, options);
    try {
      await steps(opened.page);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const main = (page) => page.locator('main');
  const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
  const follow = (page, name) => main(page).getByRole('link', { name, exact: true }).first().click();
  const says = (page, words) => page.getByText(words).first().waitFor();

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script';

    test(`a code signs in and out, ${how}`, async () => {
      const { email } = await customer();
      await visit({ javaScriptEnabled, expected: refusals }, async (page) => {
        assertGuarded((await fetch(home())).headers, home());
        await page.goto(home());
        await page.fill('[name="email"]', 'nobody');
        await press(page, 'Send the code');
        await errorAt(page, 'email');
        await page.fill('[name="email"]', email.toUpperCase());
        await press(page, 'Send the code');
        await says(page, 'a code is on its way');
        const [code] = await until('the code is sent', () => { const sent = JSON.parse(codes(till, email)); return sent.length > 0 && sent; });
        await page.fill('[name="code"]', code === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA');
        await press(page, 'Sign in');
        assert.match(await errorAt(page, 'code'), /no longer works/);
        await page.fill('[name="code"]', code.toLowerCase());
        await press(page, 'Sign in');
        await says(page, `Signed in as ${email}`);
        await press(page, 'Sign out');
        await page.goto(`${home()}/orders`);
        await says(page, 'Sign in to continue');
      });
    });

    test(`a plan is changed once its sums were seen, ${how}`, async () => {
      const buyer = await customer();
      await visit({ javaScriptEnabled, expected: refusals }, async (page) => {
        await page.goto(buyer.url);
        assert.equal(page.url(), home(), 'the token is taken out of the address');
        await follow(page, till.products[0].name);
        await follow(page, 'Change the plan');
        await press(page, 'Show what it costs');
        await says(page, 'Choose another plan');
        await page.locator(`input[value="${till.products[1].id}"]`).check({ force: true });
        await press(page, 'Show what it costs');
        await says(page, 'Next payment on');
        assert.equal((await subscriptionOf(buyer)).product_id, till.products[0].id);
        await press(page, 'Confirm the change');
        await says(page, 'Your subscription was changed.');
        assert.equal((await subscriptionOf(buyer)).product_id, till.products[1].id);
      });
    });

    test(`a subscription is cancelled with a reason and continued, ${how}`, async () => {
      const buyer = await customer();
      await visit({ javaScriptEnabled }, async (page) => {
        await page.goto(buyer.url);
        await follow(page, till.products[0].name);
        await follow(page, 'Cancel the subscription');
        await page.selectOption('[name="reason"]', 'too_complex');
        await page.fill('[name="comment"]', 'Thank you');
        await press(page, 'Cancel the subscription');
        await says(page, 'Ends on');
        const now = await subscriptionOf(buyer);
        assert.deepEqual([now.cancel_at_period_end, now.customer_cancellation_reason, now.customer_cancellation_comment], [true, 'too_complex', 'Thank you']);
        await follow(page, 'Continue the subscription');
        await press(page, 'Continue the subscription');
        await says(page, 'Renews on');
        assert.equal((await subscriptionOf(buyer)).cancel_at_period_end, false);
      });
    });

    test(`an order that is due is paid on its page, ${how}`, async () => {
      const buyer = await customer();
      unpay(till, buyer.order.id);
      await visit({ javaScriptEnabled }, async (page) => {
        await page.goto(buyer.url);
        await main(page).getByRole('link', { name: /^Pay / }).click();
        await fill(page);
        await payButton(page).click();
        await says(page, 'This order is paid');
        await page.goto(`${home()}/orders/${buyer.order.id}`);
        await says(page, 'Download the receipt');
      });
    });

    test(`a card is added, with the bank's question too, ${how}`, async () => {
      const buyer = await customer();
      await visit({ javaScriptEnabled, expected: refusals }, async (page) => {
        await page.goto(buyer.url);
        await page.goto(`${home()}/cards`);
        await follow(page, 'Add a card');
        await fill(page, { card: cards.declines });
        await payButton(page).click();
        await says(page, 'Your card was declined');
        await fill(page, { card: '5555 5555 5555 4444' });
        await payButton(page).click();
        await says(page, 'The card is saved.');
        await says(page, 'Mastercard •••• 4444');
        await follow(page, 'Add a card');
        await fill(page, { card: cards.secure });
        await payButton(page).click();
        await page.waitForURL(/\/sandbox\/3ds\//);
        await page.locator('button[value="approve"]').click();
        await says(page, 'Visa •••• 3155');
        await press(page, 'Make it the default: Mastercard •••• 4444');
        await says(page, 'Saved.');
        await press(page, 'Remove: Visa •••• 3155');
        await says(page, 'The card is removed.');
        assert.equal(await page.getByText('•••• 3155').count(), 0);
        const { body } = await till.api('GET', `/v1/customers/${buyer.order.customer_id}`);
        assert.ok(body.default_payment_method_id, 'the other one is the default');
      });
    });

    test(`an e-mail address is changed by a link to the new one, ${how}`, async () => {
      const buyer = await customer();
      const next = `${randomUUID().slice(0, 8)}@example.com`;
      await visit({ javaScriptEnabled, expected: refusals }, async (page) => {
        await page.goto(buyer.url);
        await page.goto(`${home()}/details`);
        await page.fill('[name="email"]', buyer.email.toUpperCase());
        await press(page, 'Send the link');
        assert.match(await errorAt(page, 'email'), /already/);
        await page.fill('[name="email"]', next);
        await press(page, 'Send the link');
        await says(page, 'A link is on its way');
        const [link] = await until('the link is sent', () => { const sent = JSON.parse(links(till, next)); return sent.length > 0 && sent; });
        await page.goto(link);
        await says(page, next);
        assert.equal((await till.api('GET', `/v1/customers/${buyer.order.customer_id}`)).body.email, buyer.email, 'looking changes nothing');
        await press(page, 'Use this address');
        await says(page, 'Your email address was changed.');
        await says(page, `Signed in as ${next}`);
        assert.doesNotMatch(page.url(), /token/);
        await page.goto(link);
        await says(page, 'no longer works');
      });
      assert.equal((await till.api('GET', `/v1/customers/${buyer.order.customer_id}`)).body.email, next);
    });

    test(`billing details and an invoice's are filled in, ${how}`, async () => {
      const buyer = await customer();
      await visit({ javaScriptEnabled, expected: refusals }, async (page) => {
        await page.goto(buyer.url);
        await page.goto(`${home()}/details`);
        await fill(page, { billing_name: 'Ada SARL', line1: '1 rue', city: 'Paris', postal_code: '75001', tax_id: 'FR1' });
        await press(page, 'Save');
        await errorAt(page, 'tax_id');
        assert.equal(await page.inputValue('[name="billing_name"]'), 'Ada SARL', 'nothing typed is lost');
        await page.fill('[name="tax_id"]', '');
        await press(page, 'Save');
        await says(page, 'Saved.');
        await page.goto(`${home()}/orders/${buyer.order.id}`);
        await fill(page, { billing_name: 'Ada SARL', country: 'DE' });
        await press(page, 'Save');
        assert.match(await errorAt(page, 'country'), /can no longer be changed/);
        await fill(page, { country: 'FR', line1: '1 rue' });
        await press(page, 'Save');
        await says(page, 'Saved.');
        const link = page.getByRole('link', { name: 'Download the invoice' });
        const answer = await page.request.get(new URL(await link.getAttribute('href'), page.url()).href);
        assert.equal(answer.headers()['content-type'], 'application/pdf');
      });
    });
  }

  test('the way from the checkout leads into the portal', async () => {
    const checkout = await session(till, { products: [till.products[2].id] });
    await visit({}, async (page) => {
      await page.goto(checkout.url);
      await fill(page, { email: `${randomUUID().slice(0, 8)}@example.com` });
      await payButton(page).click();
      const link = page.getByRole('link', { name: 'Open your account' });
      await link.click();
      await says(page, 'Signed in as');
      assert.equal(page.url(), home());
    });
  });

  test('every page is accessible, fits, and weighs at most 25 kB', async () => {
    const buyer = await customer();
    const open = await customer();
    unpay(till, open.order.id);
    const link = await linkOf(open);
    const plan = `/subscriptions/${buyer.order.subscription_id}`;
    const pages = [
      ['overview', ''], ['orders', '/orders'], ['order', `/orders/${buyer.order.id}`], ['subscriptions', '/subscriptions'], ['subscription', plan],
      ['plan', `${plan}/plan?product_id=${till.products[1].id}`], ['cancel', `${plan}/cancel`], ['pause', `${plan}/pause`],
      ['cards', '/cards'], ['card', '/cards/new'], ['details', '/details'],
    ];
    for (const theme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        await visit({ viewport, colorScheme: theme, expected: refusals }, async (page) => {
          const look = async (name, path) => {
            await page.goto(path.startsWith('http') ? path : `${home()}${path}`);
            await assertAccessible(page, `${name} ${theme} ${size}`);
            await assertFits(page, `${name} ${theme} ${size}`);
            await screenshot(page, `portal-${name}-${theme}-${size}`);
          };
          await look('sign-in', '');
          await page.fill('[name="email"]', buyer.email);
          await press(page, 'Send the code');
          await look('code', '');
          await look('due', open.url);
          await look('email', link);
          await look('email-gone', `${home()}/verify-email?token=none`);
          await page.goto(buyer.url);
          for (const [name, path] of pages) await look(name, path);
        });
      }
    }
    for (const [name, path] of pages) {
      const opened = await openPage(browser, till);
      await opened.page.goto(buyer.url);
      await opened.context.clearCookies({ name: 'none' });
      const fresh = await browser.newContext({ storageState: await opened.context.storageState() });
      const page = await fresh.newPage();
      const loaded = await weigh(page, () => page.goto(`${home()}${path}`, { waitUntil: 'networkidle' }));
      const bytes = loaded.reduce((sum, one) => sum + one.bytes, 0);
      assert.ok(bytes <= 25_000, `${name} weighs ${bytes}: ${JSON.stringify(loaded)}`);
      await fresh.close();
      await opened.done();
    }
  });
});
