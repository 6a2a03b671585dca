// Seats: given away in the customers' portal, claimed on the page that the invitation leads to. Neither needs script.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, openPage, refusals, screenshot, session, sizes, startBrowser, themes } from './browser.mjs';

/** The links of invitations to an address: nothing leaves a shop of tests, and its letters are kept. */
const links = (till, email) => JSON.parse(execFileSync('python3', ['-c', `
import glob, json, sqlite3, sys
folder, email = sys.argv[1:]
for path in glob.glob(folder + "/**/*", recursive=True):
    try:
        with open(path, "rb") as file:
            if file.read(15) != b"SQLite format 3":
                continue
    except IsADirectoryError:
        continue
    base = sqlite3.connect(path, timeout=10)
    if ("customer_seats",) not in base.execute("select name from sqlite_master").fetchall():
        continue
    rows = base.execute("select content from mails where kind = 'seat_invitation' and recipient = ? order by created_at", [email])
    print(json.dumps([json.loads(content)["button"][1] for (content,) in rows]))
    sys.exit(0)
sys.exit("no database in " + folder)
`, till.folder, email], { encoding: 'utf8' }));

describe('seats', () => {
  let till;
  let browser;
  let product;
  before(async () => {
    till = await startTill('browser-seats');
    browser = await startBrowser();
    const tiers = [{ min_seats: 1, max_seats: null, price_per_seat: 1000 }];
    const made = await till.api('POST', '/v1/products/', {
      name: 'Team plan', recurring_interval: 'month', prices: [{ amount_type: 'seat_based', seat_tiers: { tiers } }],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    product = made.body.id;
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  /** A team with three seats, of which its owner has one: the subscription's page, and the way in. */
  async function team() {
    const checkout = await session(till, { products: [product], seats: 3 });
    const confirmed = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
      customer_email: `${randomUUID().slice(0, 8)}@example.com`, customer_name: 'Ada Lovelace', customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const order = await until('the order is made', async () => (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items[0]);
    const [owner] = (await till.api('GET', `/v1/members/?customer_id=${order.customer_id}&role=owner`)).body.items;
    const opened = await till.api('POST', '/v1/customer-sessions/', { customer_id: order.customer_id, member_id: owner.id });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    const url = new URL(opened.body.customer_portal_url);
    return { url: url.href, page: `${url.origin}${url.pathname}/subscriptions/${order.subscription_id}`, subscription: order.subscription_id };
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
  const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
  const says = (page, words) => page.getByText(words).first().waitFor();

  for (const javaScriptEnabled of [true, false]) {
    test(`a seat is given, claimed and taken back, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      const { url, page: subscription } = await team();
      const email = `${randomUUID().slice(0, 8)}@example.com`;
      await visit({ javaScriptEnabled, expected: refusals, viewport: sizes.phone }, async (page) => {
        await page.goto(url);
        await page.goto(subscription);
        await says(page, 'Seats: 1 of 3 used');
        await page.fill('[name="email"]', email);
        await press(page, 'Send the invitation');
        await says(page, 'The invitation is on its way.');
        await says(page, 'Seats: 2 of 3 used');
        await page.fill('[name="email"]', email.toUpperCase());
        await press(page, 'Send the invitation');
        await says(page, 'has a seat already');
      });
      const [link] = await until('the invitation is sent', () => { const sent = links(till, email); return sent.length > 0 && sent; });
      await visit({ javaScriptEnabled, expected: refusals }, async (page) => {
        await page.goto(link);
        await says(page, email);
        await press(page, 'Claim your seat');
        await says(page, 'The seat is yours.');
        await says(page, `Signed in as ${email}`);
        await page.goto(link);
        await says(page, 'Ask whoever invited you for another one.');
      });
      await visit({ javaScriptEnabled }, async (page) => {
        await page.goto(url);
        await page.goto(subscription);
        await press(page, `Take the seat back: ${email}`);
        await says(page, 'The seat is free again.');
        await says(page, 'Seats: 1 of 3 used');
      });
    });
  }

  test('the pages are readable in both themes, wide and on a phone', async () => {
    const { url, page: subscription, subscription: id } = await team();
    const email = `${randomUUID().slice(0, 8)}@example.com`;
    const given = await till.api('POST', '/v1/customer-seats', { subscription_id: id, email });
    assert.equal(given.status, 200, JSON.stringify(given.body));
    const [link] = await until('the invitation is sent', () => { const sent = links(till, email); return sent.length > 0 && sent; });
    for (const colorScheme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        await visit({ colorScheme, viewport, expected: refusals }, async (page) => {
          for (const [name, address] of [['claim', link], ['claim-gone', `${link}x`], ['seats', subscription]]) {
            if (name === 'seats') await page.goto(url);
            await page.goto(address);
            await assertAccessible(page, `${name} ${colorScheme} ${size}`);
            await assertFits(page, `${name} ${colorScheme} ${size}`);
            await screenshot(page, `portal-${name}-${colorScheme}-${size}`);
          }
        });
      }
    }
  });
});
