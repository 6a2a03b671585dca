// Subscriptions on the dashboard: every change with its preview, unpaid orders, filters, and the clock.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, fill, openPage, payButton, refusals, screenshot, session, sizes, startBrowser } from './browser.mjs';
import { signIn } from './dashboard.mjs';

/** Can be kept; every charge of it is declined. */
const declinedLater = 'pm_card_chargeCustomerFail';

describe('subscriptions on the dashboard', () => {
  let till;
  let browser;
  let storageState;
  let goods;

  const get = async (path) => (await till.api('GET', path)).body;
  async function made(path, body, method = 'POST') {
    const answer = await till.api(method, path, body);
    assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const at = (subscription, rest = '') => `${till.url}/dashboard/demo/subscriptions/${subscription.id}${rest}`;
  const now = (subscription) => get(`/v1/subscriptions/${subscription.id}`);
  const ordersOf = async (subscription) => (await get(`/v1/orders/?subscription_id=${subscription.id}`)).items;

  /** A subscription that somebody has bought. */
  async function subscribe(product, email, { token = 'pm_card_visa', seats } = {}) {
    const checkout = await session(till, { products: [product.id], seats });
    await made(`/v1/checkouts/client/${checkout.client_secret}/confirm`, {
      customer_email: email, customer_name: email.split('@')[0], customer_billing_address: { country: 'FR' }, confirmation_token_id: token,
    });
    return until('the subscription is made', async () => (await get('/v1/subscriptions/?limit=100')).items.find(({ checkout_id: id }) => id === checkout.id));
  }

  async function moveClock(advance) {
    await made('/v1/sandbox/clock', { advance });
    await until('the clock has arrived', async () => (await get('/v1/sandbox/clock')).target === null);
  }

  before(async () => {
    till = await startTill('browser-subscriptions');
    browser = await startBrowser();
    const month = (name, amount, more) => made('/v1/products/', {
      name, recurring_interval: 'month', prices: [{ amount_type: 'fixed', price_amount: amount, price_currency: 'usd' }], ...more,
    });
    const [solo, studio, trial, team] = await Promise.all([
      month('Solo', 1500), month('Studio', 4900), month('Trial', 2900, { trial_interval: 'day', trial_interval_count: 7 }),
      month('Team', 0, { prices: [{ amount_type: 'seat_based', price_currency: 'usd', seat_tiers: { tiers: [{ min_seats: 1, price_per_seat: 1000 }] } }] }),
    ]);
    goods = { solo, studio, trial, team, unpaid: await subscribe(trial, 'unpaid@example.com', { token: declinedLater }) };
    await moveClock({ days: 8 });
    assert.equal((await now(goods.unpaid)).status, 'past_due');
    const { page, context } = await openPage(browser, till);
    await signIn(page, till, till.owner_email);
    storageState = await context.storageState();
    await context.close();
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  /** A page of the owner's. */
  async function visit(url, steps, options = {}) {
    const opened = await openPage(browser, till, { storageState, expected: refusals, ...options });
    try {
      await opened.page.goto(url);
      await steps(opened.page);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
  const preview = (page, words) => page.locator('#preview').getByText(words).first().waitFor();
  const said = (page, words) => page.getByRole('status').getByText(words).waitFor();
  /** Opens the form of a change from the subscription's menu. */
  async function choose(page, words) {
    await page.locator('main details.menu summary').first().click();
    await Promise.all([page.waitForNavigation(), page.locator('details.menu[open]').getByRole('link', { name: words }).click()]);
  }

  test('a plan is changed after its price was seen, and charged at once', async () => {
    const subscription = await subscribe(goods.solo, 'plan@example.com');
    await visit(at(subscription), async (page) => {
      await page.getByRole('link', { name: 'Change plan' }).click();
      await page.getByLabel('Plan').selectOption({ label: 'Studio: $49 per month' });
      await page.getByLabel('Billing').selectOption({ label: 'Charge the difference now' });
      await preview(page, 'The plan changes from Solo to Studio immediately.');
      await preview(page, 'Remaining time on Studio');
      await press(page, 'Continue');
      await page.getByRole('heading', { name: 'Change the plan?' }).waitFor();
      await preview(page, 'Due now');
      await assertAccessible(page, 'the question before a change of plan');
      assert.equal((await now(subscription)).product_id, goods.solo.id, 'nothing is changed yet');
      await press(page, 'Change the plan');
      await said(page, 'The plan was changed.');
      await page.getByRole('heading', { level: 1, name: 'Studio: plan' }).waitFor();
    });
    assert.equal((await now(subscription)).product_id, goods.studio.id);
    const [order] = await ordersOf(subscription);
    assert.deepEqual([order.billing_reason, order.status], ['subscription_update', 'paid']);
  });

  test('a plan that changes later is announced, and discarded', async () => {
    const subscription = await subscribe(goods.studio, 'later@example.com');
    await visit(at(subscription, '/plan'), async (page) => {
      await page.getByLabel('Plan').selectOption(goods.solo.id);
      await page.getByLabel('Billing').selectOption('next_period');
      await press(page, 'Continue');
      await press(page, 'Change the plan');
      await said(page, 'The change is scheduled');
      await page.getByText('To Solo.').waitFor();
      assert.match(await page.locator('main dl').first().innerText(), /Next charge\s+\$15\.00/);
      await choose(page, 'Discard pending change');
      await press(page, 'Discard the pending change');
      await said(page, 'The pending change was discarded.');
    });
    assert.equal((await now(subscription)).pending_update, null);
  });

  test('a declined change says why, changes nothing, and keeps what was chosen', async () => {
    const before = await now(goods.unpaid);
    await visit(at(goods.unpaid, '/plan'), async (page) => {
      await page.getByLabel('Plan').selectOption(goods.studio.id);
      await page.getByLabel('Billing').selectOption('invoice');
      await press(page, 'Continue');
      await press(page, 'Change the plan');
      await page.getByRole('alert').getByText('The charge failed, so nothing has changed. The bank declined the card').waitFor();
      assert.equal(await page.getByLabel('Plan').inputValue(), goods.studio.id);
      assert.equal(await page.getByLabel('Billing').inputValue(), 'invoice');
      await assertAccessible(page, 'a change that was declined');
      await page.goto(at(goods.unpaid));
      await page.getByRole('heading', { level: 1, name: 'Trial: unpaid' }).waitFor();
    });
    const { product_id, amount, current_period_end } = await now(goods.unpaid);
    assert.deepEqual([product_id, amount, current_period_end], [before.product_id, before.amount, before.current_period_end]);
  });

  for (const [theme, size] of [['light', 'wide'], ['dark', 'phone']]) {
    test(`the pages fit and are accessible: ${theme}, ${size}`, async () => {
      const [order] = await ordersOf(goods.unpaid);
      const scenes = {
        unpaid: at(goods.unpaid), plan: at(goods.unpaid, '/plan'), cancel: at(goods.unpaid, '/cancel'),
        order: `${till.url}/dashboard/demo/orders/${order.id}`, list: `${till.url}/dashboard/demo/subscriptions`,
      };
      await visit(`${till.url}/dashboard/demo`, async (page) => {
        for (const [name, url] of Object.entries(scenes)) {
          await page.goto(url);
          await assertFits(page);
          await assertAccessible(page, `${name}, ${theme}, ${size}`);
          await screenshot(page, `subscriptions-${name}-${theme}-${size}`);
        }
      }, { viewport: sizes[size], colorScheme: theme });
    });
  }

  test('seats are changed, with what is wrong at their field', async () => {
    const subscription = await subscribe(goods.team, 'seats@example.com', { seats: 2 });
    await visit(at(subscription), async (page) => {
      await choose(page, 'Change seats');
      await page.getByLabel('Seats').fill('0');
      await press(page, 'Continue');
      assert.match(await page.locator('#seats-error').innerText(), /at least 1 seat\./);
      await page.getByLabel('Seats').fill('5');
      await preview(page, 'The number of seats changes from 2 to 5 immediately.');
      await press(page, 'Continue');
      await press(page, 'Change the seats');
      await said(page, 'The seats were changed.');
    });
    const { seats, amount } = await now(subscription);
    assert.deepEqual([seats, amount], [5, 5000]);
  });

  test('a subscription is cancelled with a reason, goes on after all, and is ended immediately', async () => {
    const subscription = await subscribe(goods.solo, 'cancel@example.com');
    await visit(at(subscription), async (page) => {
      await choose(page, 'Cancel subscription');
      await page.getByLabel('Reason').selectOption({ label: 'Too expensive' });
      await page.getByLabel('comment').fill('Perhaps next year.');
      await press(page, 'Continue');
      await preview(page, 'Nothing is charged after that.');
      await press(page, 'Cancel the subscription');
      await said(page, 'The subscription ends with its current period.');
      const facts = await page.locator('main').innerText();
      for (const words of ['Cancelling', 'Too expensive', 'Perhaps next year.']) assert.ok(facts.includes(words), words);
      assert.equal((await now(subscription)).cancel_at_period_end, true);
      await page.getByRole('link', { name: 'Undo cancellation' }).click();
      await page.getByText('The subscription renews on').waitFor();
      await press(page, 'Undo the cancellation');
      await said(page, 'The cancellation was undone.');
      assert.equal((await now(subscription)).cancel_at_period_end, false);

      await choose(page, 'Cancel subscription');
      await page.getByLabel('Ends').selectOption({ label: 'Immediately' });
      await press(page, 'Continue');
      await page.getByText('This cannot be undone.').waitFor();
      await press(page, 'Cancel the subscription');
      await said(page, 'The subscription has ended.');
      assert.equal(await page.getByText('What comes next').count(), 0);
    });
    assert.equal((await now(subscription)).status, 'canceled');
  });

  test('a pause is scheduled and undone, begins with the next period, and ends when somebody resumes it', async () => {
    const subscription = await subscribe(goods.solo, 'pause@example.com');
    await visit(at(subscription), async (page) => {
      const pause = async () => {
        await choose(page, 'Pause subscription');
        await press(page, 'Continue');
        await page.getByText('stays paused until you resume it').waitFor();
        await press(page, 'Pause the subscription');
        await said(page, 'The pause is scheduled.');
      };
      await pause();
      await choose(page, 'Undo pause');
      await press(page, 'Undo the pause');
      await said(page, 'The pause was undone.');
      await pause();
      await moveClock({ months: 1 });
      await page.reload();
      await page.getByText('Not until you resume it.').waitFor();
      await page.getByRole('link', { name: 'Resume now' }).click();
      await preview(page, 'Due now');
      await press(page, 'Resume the subscription');
      await said(page, 'The subscription was resumed.');
    });
    assert.equal((await now(subscription)).status, 'active');
    const orders = await ordersOf(subscription);
    assert.deepEqual(orders.map(({ billing_reason, status }) => `${billing_reason} ${status}`), ['subscription_cycle paid', 'subscription_create paid']);
  });

  test('the clock beside the menu moves time, and a renewal appears', async () => {
    const subscription = await subscribe(goods.studio, 'clock@example.com');
    const begun = Date.parse((await get('/v1/sandbox/clock')).now);
    await visit(at(subscription), async (page) => {
      assert.equal(await page.getByText('Renewal', { exact: true }).count(), 0);
      await page.getByText('Test clock', { exact: true }).click();
      await page.getByRole('button', { name: '+1 month' }).click();
      await said(page, 'The clock is being moved to');
      await page.getByText('Renewal', { exact: true }).waitFor();
      await page.locator('.clock details').waitFor();
      assert.match(page.url(), new RegExp(`${subscription.id}$`), 'the page is still the same');
    });
    assert.ok(Date.parse((await get('/v1/sandbox/clock')).now) >= begun + 28 * 86_400_000);
    assert.deepEqual((await ordersOf(subscription)).map(({ billing_reason }) => billing_reason), ['subscription_cycle', 'subscription_create']);
  });

  test('the list is narrowed to those that are past due, cancelling, in their trial or paused', async () => {
    const paused = await subscribe(goods.solo, 'filter-paused@example.com');
    const ended = await subscribe(goods.solo, 'filter-ended@example.com');
    await made(`/v1/subscriptions/${paused.id}`, { pause_at_period_end: true }, 'PATCH');
    await made(`/v1/subscriptions/${ended.id}`, { cancel_at_period_end: true }, 'PATCH');
    await moveClock({ days: 25 });
    const unpaid = await subscribe(goods.trial, 'filter-unpaid@example.com', { token: declinedLater });
    await moveClock({ days: 8 });
    assert.equal((await now(unpaid)).status, 'past_due');
    await subscribe(goods.trial, 'filter-trial@example.com');
    const cancelling = await subscribe(goods.solo, 'filter-cancelling@example.com');
    await made(`/v1/subscriptions/${cancelling.id}`, { cancel_at_period_end: true }, 'PATCH');
    const list = `${till.url}/dashboard/demo/subscriptions?query=filter-`;
    await visit(list, async (page) => {
      const rows = page.locator('#rows tbody tr');
      for (const [name, option, email, state] of [
        ['status', 'Past due', 'filter-unpaid', 'Past due'], ['status', 'Trialing', 'filter-trial', 'Trialing'], ['status', 'Paused', 'filter-paused', 'Paused'],
        ['cancel_at_period_end', 'Cancelling', 'filter-cancelling', 'Cancelling'],
      ]) {
        await page.goto(list);
        assert.ok(await rows.count() >= 4);
        await page.locator(`select[name="${name}"]`).selectOption({ label: option });
        await rows.getByText(email, { exact: true }).waitFor();
        await until(`${option} alone is left`, async () => (await rows.count()) === 1);
        assert.ok((await rows.first().innerText()).includes(state), state);
      }
      await assertAccessible(page, 'the list of subscriptions');
    });
  });

  test('an unpaid order is tried again by hand, and paid by its customer with the link', async () => {
    const subscription = await subscribe(goods.trial, 'again@example.com', { token: declinedLater });
    await moveClock({ days: 8 });
    const [order] = await ordersOf(subscription);
    assert.equal(order.status, 'pending');
    const here = `${till.url}/dashboard/demo/orders/${order.id}`;
    let link;
    await visit(here, async (page) => {
      const collection = page.locator('section.card').filter({ hasText: 'Collection' });
      const facts = await collection.innerText();
      for (const words of ['Next attempt', '1 of 5', 'The bank declined the card without giving a reason', 'Visa ending in 0341']) assert.ok(facts.includes(words), words);
      await press(page, 'Try again now');
      await said(page, 'The attempt failed. The bank declined the card without giving a reason.');
      assert.equal(await page.getByText('Retry by hand').count(), 0);
      assert.match(await collection.innerText(), /1 of 5/, 'an attempt by hand does not count');
      link = await page.locator('code').filter({ hasText: '/pay/' }).innerText();
      assert.equal(await page.locator(`[data-copy="${link}"]`).count(), 1);
    });
    assert.equal((await ordersOf(subscription))[0].next_payment_attempt_at, order.next_payment_attempt_at);
    await visit(link, async (page) => {
      await fill(page);
      await payButton(page).click();
      await page.getByText('This order is paid').waitFor();
    }, { storageState: undefined });
    await visit(here, async (page) => {
      await page.getByText('Paid', { exact: true }).first().waitFor();
      assert.equal(await page.getByRole('button', { name: 'Try again now' }).count(), 0);
    });
    assert.equal((await now(subscription)).status, 'active');
  });

  test('the checkout says that the card is kept, when it is charged first, and how often', async () => {
    for (const [product, words] of [
      [goods.studio, /You pay \$49\.00 per month until you cancel\. Your card is saved and charged automatically\./],
      [goods.trial, /You pay nothing today\. On .+ you pay \$29\.00, then the same per month until you cancel\. Your card is saved/],
    ]) {
      const checkout = await session(till, { products: [product.id] });
      await visit(checkout.url, async (page) => {
        assert.match(await page.locator('.settle .terms').innerText(), words);
      }, { storageState: undefined });
    }
  });
});
