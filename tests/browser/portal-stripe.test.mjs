// Adding a card in the customers' portal with Stripe's Payment Element. The script, the card fields and the bank are the
// fake Stripe's, from an origin of their own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { until } from '../clients/till.mjs';
import { assertAccessible, assertFits, openPage, payButton, screenshot, sizes, startBrowser, themes } from './browser.mjs';
import { bank, cardFrame, numbers, startStripe, startTillOn, typeCard } from './stripe.mjs';

describe('adding a card in the portal with Stripe\'s Payment Element', () => {
  let stripe;
  let till;
  let browser;
  let slug;
  before(async () => {
    stripe = await startStripe('portal');
    till = await startTillOn(stripe, 'browser-portal-stripe');
    browser = await startBrowser();
    [{ slug }] = (await till.api('GET', '/v1/organizations/')).body.items;
  });
  after(async () => { await browser?.close(); await till?.stop(); await stripe?.stop(); });

  const origins = () => [new URL(stripe.script_url).origin, new URL(stripe.api_url).origin];
  const home = () => `${till.url}/${slug}/portal`;

  /** A customer who has bought nothing, and the address that signs them in. */
  async function customer() {
    const made = await till.api('POST', '/v1/customers/', { email: `${randomUUID().slice(0, 8)}@example.com`, name: 'Ada Lovelace' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const opened = await till.api('POST', '/v1/customer-sessions/', { customer_id: made.body.id });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    return { id: made.body.id, url: opened.body.customer_portal_url };
  }
  const cardsOf = async ({ id }) => (await till.api('GET', `/v1/customers/${id}/payment-methods`)).body.items;

  /** Runs `steps` on the page that adds a card, which must stay quiet: a breach of the content security policy is an error. */
  async function adding(who, steps, options) {
    const opened = await openPage(browser, till, { origins: origins(), ...options });
    try {
      opened.page.setDefaultTimeout(10_000);
      await opened.page.goto(who.url);
      await opened.page.goto(`${home()}/cards/new`);
      await steps(opened.page, opened.context);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const ready = (page) => cardFrame(page).locator('[name="number"]').waitFor();
  const alert = (page, words) => page.locator('[role="alert"]:visible').filter({ hasText: words }).waitFor();
  const says = (page, words) => page.getByText(words).first().waitFor();
  async function send(page, number) {
    await ready(page);
    await typeCard(page, number);
    await payButton(page).click();
  }

  test('a card is added, and nothing is charged', async () => {
    const who = await customer();
    await adding(who, async (page) => {
      await send(page);
      await says(page, 'The card is saved.');
      await says(page, 'Visa •••• 4242');
      assert.doesNotMatch(page.url(), /redirect_status|setup_intent/);
    });
    assert.equal((await cardsOf(who)).length, 1);
    const { body } = await till.api('GET', `/v1/customers/${who.id}`);
    assert.ok(body.default_payment_method_id, 'the first card is the default');
    const books = await stripe.books();
    assert.deepEqual(books.charges, []);
    assert.deepEqual(books.payment_intents, []);
  });

  test('a card that is declined is told in a sentence; another one is saved', async () => {
    const who = await customer();
    await adding(who, async (page) => {
      await send(page, numbers.declines);
      await alert(page, 'Your card was declined');
      assert.deepEqual(await cardsOf(who), []);
      await send(page, numbers.pays);
      await says(page, 'The card is saved.');
    });
    assert.equal((await cardsOf(who)).length, 1);
  });

  test('what is wrong with the card stands at the card, and nothing is sent', async () => {
    const who = await customer();
    await adding(who, async (page) => {
      await ready(page);
      const posts = [];
      page.on('request', (request) => { if (request.method() === 'POST' && request.url().startsWith(till.url)) posts.push(request.url()); });
      await payButton(page).click();
      await cardFrame(page).getByRole('alert').filter({ hasText: 'incomplete' }).waitFor();
      await page.waitForFunction(() => document.querySelector('#pay').getAttribute('aria-disabled') === 'false');
      assert.deepEqual(posts, []);
    });
    assert.deepEqual(await cardsOf(who), []);
  });

  test('the bank is asked: approved, the card is saved', async () => {
    const who = await customer();
    await adding(who, async (page) => {
      await send(page, numbers.secure);
      await bank(page).locator('#approve').click();
      await says(page, 'The card is saved.');
      await says(page, 'Visa •••• 3184');
      assert.doesNotMatch(page.url(), /redirect_status|setup_intent/);
    });
    assert.equal((await cardsOf(who)).length, 1);
  });

  test('the bank is asked: refused, the customer learns so and saves another card', async () => {
    const who = await customer();
    await adding(who, async (page) => {
      await send(page, numbers.secure);
      await bank(page).locator('#refuse').click();
      await alert(page, 'did not approve');
      await send(page, numbers.pays);
      await says(page, 'The card is saved.');
    });
    assert.deepEqual((await cardsOf(who)).map(({ method_metadata: { last4 } }) => last4), ['4242']);
  });

  test('the bank is asked and not answered: reload, and another card', async () => {
    const who = await customer();
    await adding(who, async (page) => {
      await send(page, numbers.secure);
      await bank(page).locator('#approve').waitFor();
      await page.goto(`${home()}/cards/new`);
      await page.getByRole('button', { name: 'Continue to your bank' }).waitFor();
      await page.getByRole('button', { name: 'Use another card' }).click();
      await send(page, numbers.pays);
      await says(page, 'The card is saved.');
    });
    const kept = await until('the other card is there', async () => { const found = await cardsOf(who); return found.length > 0 && found; });
    assert.deepEqual(kept.map(({ method_metadata: { last4 } }) => last4), ['4242']);
  });

  test('without JavaScript the page says that cards need it', async () => {
    await adding(await customer(), async (page) => {
      await page.locator('#card noscript p').waitFor();
      await payButton(page).click();
      await alert(page, 'Enter your card details');
    }, { javaScriptEnabled: false });
  });

  test('the page is accessible, and fits', async () => {
    const who = await customer();
    for (const theme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        await adding(who, async (page) => {
          await ready(page);
          await assertAccessible(page, `card ${theme} ${size}`);
          await assertFits(page, `card ${theme} ${size}`);
          await screenshot(page, `portal-stripe-card-${theme}-${size}`);
        }, { viewport, colorScheme: theme });
      }
    }
  });
});
