// Paying an order on its page, as its customer does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, assertGuarded, cards, errorAt, fill, openPage, payButton, refusals, screenshot, session, sizes, startBrowser, themes } from './browser.mjs';
import { bank, cardFrame, numbers, startStripe, startTillOn, typeCard } from './stripe.mjs';

/** Lets an order wait for its payment, as after a renewal that was declined: in the database, for renewals come in a month. */
function unpay(till, order) {
  execFileSync('python3', ['-c', `
import glob, sqlite3, sys
folder, order = sys.argv[1:]
for path in glob.glob(folder + "/**/*", recursive=True):
    try:
        with open(path, "rb") as file:
            if file.read(15) != b"SQLite format 3":
                continue
    except IsADirectoryError:
        continue
    base = sqlite3.connect(path, timeout=10)
    for (key,) in base.execute("select id from orders").fetchall():
        text = key.hex() if isinstance(key, bytes) else key.replace("-", "")
        if text == order.replace("-", ""):
            assert base.execute("update orders set status = 'pending', receipt_number = null where id = ?", (key,)).rowcount == 1
            base.execute("update payments set state = 'failed' where order_id = ?", (key,))
            base.commit()
            sys.exit(0)
sys.exit("no such order in " + folder)
`, till.folder, order]);
}

/** An order that is due, and the address of its page. */
async function due(till, product, token) {
  const checkout = await session(till, { products: [product] });
  const confirmed = await till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
    customer_email: `${randomUUID().slice(0, 8)}@example.com`, customer_name: 'Ada', customer_billing_address: { country: 'FR' },
    confirmation_token_id: token,
  });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  const order = await until('the order is made', async () => {
    const [order] = (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items;
    return order?.status === 'paid' && order;
  });
  unpay(till, order.id);
  const page = await till.api('GET', `/v1/orders/${order.id}/payment-page`);
  assert.equal(page.status, 200, JSON.stringify(page.body));
  return { order, url: page.body.url };
}

const statusOf = async (till, order) => (await till.api('GET', `/v1/orders/${order.id}`)).body.status;
/** The attempts that the customer made. */
const attemptsAt = async (till, order) => (await till.api('GET', `/v1/payments/?order_id=${order.id}`)).body.items
  .filter(({ trigger }) => trigger === 'retry_customer');
const isPaid = (page) => page.getByText('This order is paid').waitFor();
const alert = (page, words) => page.locator('[role="alert"]:visible').filter({ hasText: words }).waitFor();

describe('the page of an order', () => {
  let till;
  let browser;
  before(async () => {
    till = await startTill('browser-order');
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  async function visit(url, steps, options) {
    const opened = await openPage(browser, till, options);
    try {
      await opened.page.goto(url);
      await steps(opened.page, opened.context);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const plan = () => due(till, till.products[0].id, 'pm_card_visa');

  for (const javaScriptEnabled of [true, false]) {
    test(`another card pays what is due${javaScriptEnabled ? '' : ', without JavaScript too'}`, async () => {
      const { order, url } = await plan();
      await visit(url, async (page) => {
        await page.getByText('Amount due').first().waitFor();
        await page.getByText(order.invoice_number).waitFor();
        await fill(page);
        await payButton(page).click();
        await isPaid(page);
        await page.reload();
        await isPaid(page);
        assert.equal(await page.locator('[name="card_number"]').count(), 0);
      }, { javaScriptEnabled });
      assert.equal(await statusOf(till, order), 'paid');
      assert.deepEqual((await attemptsAt(till, order)).map(({ status }) => status), ['succeeded']);
      const methods = (await till.api('GET', `/v1/customers/${order.customer_id}/payment-methods`)).body.items;
      assert.ok(methods.some(({ method_metadata }) => method_metadata.last4 === '4242'));
    });
  }

  test('what is wrong with a card is told at its fields, a decline at the head; then another card pays', async () => {
    const { order, url } = await plan();
    await visit(url, async (page) => {
      await fill(page, { card: '4242 4242 4242 4241' });
      await payButton(page).click();
      assert.ok((await errorAt(page, 'card_number')).length > 5);
      assert.deepEqual(await attemptsAt(till, order), []);
      await fill(page, { card: cards.declines });
      await payButton(page).click();
      await alert(page, 'declined');
      await assertAccessible(page, 'the page of an order after a decline');
      assert.equal(await statusOf(till, order), 'pending');
      await fill(page);
      await payButton(page).click();
      await isPaid(page);
    }, { expected: refusals });
    assert.deepEqual((await attemptsAt(till, order)).map(({ status }) => status).sort(), ['failed', 'succeeded']);
  });

  test('the bank refuses, is left, and approves', async () => {
    const { order, url } = await plan();
    await visit(url, async (page) => {
      const toBank = async () => {
        await fill(page, { card: cards.secure });
        await Promise.all([page.waitForURL(/\/sandbox\/3ds\//), payButton(page).click()]);
      };
      await toBank();
      await page.getByRole('button', { name: 'Refuse' }).click();
      await alert(page, 'did not approve');
      await toBank();
      await page.goto(url);
      await page.getByText('One more step').waitFor();
      await assertAccessible(page, 'the page of an order that waits for the bank');
      await page.getByRole('button', { name: 'Use another card' }).click();
      await payButton(page).waitFor();
      await toBank();
      assert.equal(await statusOf(till, order), 'pending');
      await page.getByRole('button', { name: 'Approve' }).click();
      await isPaid(page);
    }, { expected: refusals });
    assert.deepEqual((await attemptsAt(till, order)).map(({ status }) => status).sort(), ['failed', 'failed', 'succeeded']);
    assert.equal(await statusOf(till, order), 'paid');
  });

  test('a double click pays once', async () => {
    const { order, url } = await plan();
    await visit(url, async (page) => {
      await fill(page);
      await payButton(page).dblclick();
      await isPaid(page);
    }, { expected: refusals });
    assert.equal((await attemptsAt(till, order)).filter(({ status }) => status === 'succeeded').length, 1);
  });

  test('a link of nothing says so, and every page is guarded', async () => {
    const { url } = await plan();
    assertGuarded((await fetch(url)).headers, url);
    const wrong = `${url.slice(0, -4)}0000`;
    const answer = await fetch(wrong);
    assert.equal(answer.status, 404);
    assertGuarded(answer.headers, wrong);
    await visit(wrong, async (page) => {
      await page.getByText('find this order').waitFor();
      await assertAccessible(page, 'the page of no order');
    }, { expected: refusals });
  });

  for (const theme of themes) for (const [size, viewport] of Object.entries(sizes)) {
    test(`it looks well: ${theme}, ${size}`, async () => {
      const { url } = await plan();
      await visit(url, async (page) => {
        await assertFits(page);
        await assertAccessible(page, `the page of an order, ${theme}, ${size}`);
        await screenshot(page, `order-${theme}-${size}`);
        await fill(page);
        await payButton(page).click();
        await isPaid(page);
        await assertFits(page);
        await assertAccessible(page, `the page of a paid order, ${theme}, ${size}`);
        await screenshot(page, `order-paid-${theme}-${size}`);
      }, { viewport, colorScheme: theme });
    });
  }
});

describe('the page of an order with Stripe\'s Payment Element', () => {
  let stripe;
  let till;
  let browser;
  before(async () => {
    stripe = await startStripe('browser-order');
    till = await startTillOn(stripe, 'browser-order-stripe');
    browser = await startBrowser();
  });
  after(async () => { await browser?.close(); await till?.stop(); await stripe?.stop(); });

  /** An order that is due, bought on the hosted page first: only the element makes a token. */
  async function visit(steps) {
    const checkout = await session(till, { products: [till.products[0].id] });
    const origins = [new URL(stripe.script_url).origin, new URL(stripe.api_url).origin];
    const opened = await openPage(browser, till, { origins });
    const { page } = opened;
    try {
      await page.goto(checkout.url);
      await cardFrame(page).locator('[name="number"]').waitFor();
      await fill(page, { email: `${randomUUID().slice(0, 8)}@example.com` });
      await typeCard(page);
      await payButton(page).click();
      await page.getByText('Thank you for your order').waitFor();
      const [order] = (await till.api('GET', `/v1/orders/?checkout_id=${checkout.id}`)).body.items;
      unpay(till, order.id);
      await page.goto((await till.api('GET', `/v1/orders/${order.id}/payment-page`)).body.url);
      await cardFrame(page).locator('[name="number"]').waitFor();
      await steps(page, order);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const charges = async () => (await stripe.books()).charges.filter(({ paid }) => paid);

  test('a declined card is told, and another one pays', async () => {
    await visit(async (page, order) => {
      await typeCard(page, numbers.declines);
      await payButton(page).click();
      await alert(page, 'Your card was declined');
      assert.equal(await statusOf(till, order), 'pending');
      await typeCard(page);
      await payButton(page).click();
      await isPaid(page);
      assert.equal(await statusOf(till, order), 'paid');
      assert.equal((await charges()).at(-1).amount, order.due_amount || order.total_amount);
    });
  });

  test('the bank refuses, and then approves', async () => {
    await visit(async (page, order) => {
      await typeCard(page, numbers.secure);
      await payButton(page).click();
      await bank(page).locator('#refuse').click();
      await page.getByText('did not approve the payment').waitFor();
      await cardFrame(page).locator('[name="number"]').waitFor();
      await typeCard(page, numbers.secure);
      await payButton(page).click();
      await bank(page).locator('#approve').click();
      await isPaid(page);
      assert.doesNotMatch(page.url(), /redirect_status|payment_intent/);
      assert.equal(await statusOf(till, order), 'paid');
    });
  });
});
