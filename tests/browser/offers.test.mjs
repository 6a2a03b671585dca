// Seats, discounts, trials and the merchant's own questions on the hosted page, as a person uses them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, assertFits, choose, errorAt, fill, openPage, pay, payButton, phone, refusals, screenshot, session, sizes, startBrowser, themes, weigh } from './browser.mjs';

const dollars = (price_amount) => ({ amount_type: 'fixed', price_amount, price_currency: 'usd' });
const tiers = [{ min_seats: 1, max_seats: 9, price_per_seat: 1500 }, { min_seats: 10, max_seats: null, price_per_seat: 1000 }];

describe('offers in depth', () => {
  let till;
  let browser;
  let team;
  let solo;
  let trial;
  let asking;
  const made = async (path, body) => {
    const answer = await till.api('POST', path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  before(async () => {
    till = await startTill('browser-offers');
    browser = await startBrowser();
    const field = (type, slug, properties = {}) => made('/v1/custom-fields/', { type, slug, name: slug, properties });
    const fields = [
      [await field('text', 'shirt', { form_label: 'Name on the shirt', form_help_text: 'As it should be printed', max_length: 12 }), true],
      [await field('text', 'note', { form_label: 'Note', textarea: true, form_placeholder: 'Anything else?' }), false],
      [await field('number', 'size', { form_label: 'Size', ge: 1, le: 60 }), true],
      [await field('date', 'day', { form_label: 'First day' }), false],
      [await field('checkbox', 'rules', { form_label: 'I accept the rules' }), true],
      [await field('select', 'color', { form_label: 'Color', options: [{ value: 'r', label: 'Red' }, { value: 'b', label: 'Blue' }] }), true],
    ];
    const meter = await made('/v1/meters/', { name: 'API calls', filter: { conjunction: 'and', clauses: [] }, aggregation: { func: 'count' } });
    team = await made('/v1/products/', {
      name: 'Team plan', recurring_interval: 'month', description: 'For **teams** of any size.',
      prices: [{ amount_type: 'seat_based', price_currency: 'usd', seat_tiers: { seat_tier_type: 'volume', tiers } },
        { amount_type: 'metered_unit', price_currency: 'usd', meter_id: meter.id, unit_amount: '1.5', cap_amount: 5000 }],
    });
    const benefits = [];
    for (const description of ['Priority support', 'A seat at the roundtable']) {
      benefits.push((await made('/v1/benefits/', { type: 'custom', description, properties: { note: null } })).id);
    }
    await till.api('POST', `/v1/products/${team.id}/benefits`, { benefits });
    solo = await made('/v1/products/', { name: 'Solo plan', recurring_interval: 'month', prices: [dollars(900)] });
    trial = await made('/v1/products/', {
      name: 'Trial plan', recurring_interval: 'month', prices: [dollars(2900)], trial_interval: 'day', trial_interval_count: 14,
    });
    asking = await made('/v1/products/', {
      name: 'Event ticket', prices: [dollars(4900)],
      attached_custom_fields: fields.map(([{ id }, required]) => ({ custom_field_id: id, required })),
    });
    await made('/v1/discounts/', { type: 'percentage', name: 'Launch', code: 'LAUNCH', duration: 'repeating', duration_in_months: 3, basis_points: 2000 });
  });
  after(async () => { await browser?.close(); await till?.stop(); });

  async function visit(url, steps, options) {
    const opened = await openPage(browser, till, options);
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
  const now = (checkout) => get(`/v1/checkouts/${checkout.id}`);
  const email = () => `${randomUUID().slice(0, 8)}@example.com`;
  const becomes = (checkout, key, value) => until(`${key} becomes ${value}`, async () => (await now(checkout))[key] === value);
  const words = (page) => page.locator('#pay').innerText();

  test('seats are counted by the buttons, by the keyboard, and are paid', async () => {
    const checkout = await session(till, { products: [team.id], max_seats: 20 });
    await visit(checkout.url, async (page) => {
      const seats = page.locator('#seats');
      const fewer = page.getByRole('button', { name: 'One seat fewer' });
      const more = page.getByRole('button', { name: 'One seat more' });
      assert.equal(await fewer.getAttribute('aria-disabled'), 'true', 'one seat is the least');
      for (let i = 0; i < 2; i++) await more.click();
      await becomes(checkout, 'seats', 3);
      await page.getByText('$45.00').first().waitFor();
      await until('the button wakes up', async () => (await fewer.getAttribute('aria-disabled')) === null);
      await seats.fill('12');
      await becomes(checkout, 'seats', 12);
      await page.getByText('$120.00').first().waitFor();
      assert.equal(await seats.inputValue(), '12');
      await seats.fill('99');
      assert.match(await errorAt(page, 'seats'), /20/, 'the bound is named');
      await seats.fill('10');
      await becomes(checkout, 'seats', 10);
      await fill(page, { email: email() });
      await pay(page);
    }, { expected: refusals });
    await until('the order is there', async () => (await get(`/v1/orders/?checkout_id=${checkout.id}`)).items[0]?.total_amount === 10_000);
  });

  test('what is typed for one product is not taken for another', async () => {
    const checkout = await session(till, { products: [team.id, solo.id], seats: 4 });
    await visit(checkout.url, async (page) => {
      await choose(page, solo.id);
      await page.locator('#seats').waitFor({ state: 'detached' });
      await page.getByText('You pay $9.00 per month').waitFor();
      await choose(page, team.id);
      await page.locator('#seats').waitFor();
      await becomes(checkout, 'seats', 1);
      assert.equal(await page.locator('#seats').inputValue(), '1');
    });
  });

  test('a code is applied with Enter, shown at every price, and taken out', async () => {
    const checkout = await session(till, { products: [solo.id, team.id] });
    await visit(checkout.url, async (page) => {
      const code = page.locator('[name="discount_code"]');
      await code.fill('WRONG');
      await code.press('Enter');
      assert.match(await errorAt(page, 'discount_code'), /does not work/);
      assert.equal(await code.inputValue(), 'WRONG');
      await code.fill('launch');
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('Launch', { exact: true }).waitFor();
      await becomes(checkout, 'total_amount', 720);
      assert.match((await page.locator('.hero .before').allInnerTexts()).join(), /^Original price:\s\$9$/);
      assert.equal(await page.locator('.choice .before').count(), 2);
      await page.getByText('for 3 months').waitFor();
      await page.getByRole('button', { name: 'Remove the discount Launch' }).click();
      await becomes(checkout, 'total_amount', 900);
      await code.waitFor();
    }, { expected: refusals });
  });

  test('a wrong code does not stand in the way of paying', async () => {
    const checkout = await session(till, { products: [till.products[2].id] });
    await visit(checkout.url, async (page) => {
      await page.locator('[name="discount_code"]').fill('WRONG');
      await fill(page, { email: email() });
      await pay(page);
    }, { expected: refusals });
  });

  test('a code that is typed and not applied shows its total before anything is charged', async () => {
    const checkout = await session(till, { products: [solo.id] });
    await visit(checkout.url, async (page) => {
      await fill(page, { email: email() });
      await page.locator('[name="discount_code"]').fill('LAUNCH');
      await payButton(page).click();
      await page.getByRole('alert').getByText(/total has changed/i).waitFor();
      assert.equal((await now(checkout)).status, 'open');
      await page.locator('[name="card_cvc"]').fill('123');
      await pay(page);
    }, { expected: refusals });
    await until('the order is there', async () => (await get(`/v1/orders/?checkout_id=${checkout.id}`)).items[0]?.total_amount === 720);
  });

  test('a discount that ends says so in the headline, the options, and the terms', async () => {
    const once = await made('/v1/discounts/', { type: 'percentage', name: 'Welcome', duration: 'once', basis_points: 2000 });
    const months = await made('/v1/discounts/', { type: 'percentage', name: 'Quarter', duration: 'repeating', duration_in_months: 3, basis_points: 2000 });
    const plan = await made('/v1/products/', { name: 'Plan', recurring_interval: 'month', prices: [dollars(2900)] });
    for (const [discount, headline, note, terms] of [
      [once, '$29 $23.20', 'for the first month, then $29 per month', 'You pay $23.20 for the first month, then $29.00 per month until you cancel. Your card is saved and charged automatically.'],
      [months, '$29 $23.20 per month', 'for the first 3 months, then $29 per month', 'You pay $23.20 per month for the first 3 months, then $29.00 per month until you cancel. Your card is saved and charged automatically.'],
    ]) {
      const checkout = await session(till, { products: [plan.id, team.id], discount_id: discount.id });
      await visit(checkout.url, async (page) => {
        const text = (selector) => page.locator(selector).first().evaluate((element) => {
          const copy = element.cloneNode(true);
          for (const unseen of copy.querySelectorAll('.unseen')) unseen.remove();
          return copy.textContent.replace(/\s+/g, ' ').trim();
        });
        assert.equal(await text('.hero'), headline);
        assert.equal(await text('.hero-note'), note);
        assert.ok((await text('.choice-price')).endsWith(note), await text('.choice-price'));
        assert.equal(await text('.terms'), terms);
      });
    }
    const checkout = await session(till, { products: [trial.id], discount_id: once.id });
    await visit(checkout.url, async (page) => {
      await page.locator('.hero-amount', { hasText: '14 days free' }).waitFor();
      await page.getByText('Then $23.20 for the first month, then $29 per month').waitFor();
      const sums = await page.locator('.amounts > div').allInnerTexts();
      assert.match(sums.join(' | '), /\$29\.00 \| Discount.*-\$5\.80 \| Due on .*\$23\.20 \| Due today.*\$0\.00/s);
    });
  });

  test('the merchant’s words for questions may have links', async () => {
    const field = await made('/v1/custom-fields/', {
      type: 'checkbox', slug: 'terms', name: 'Terms',
      properties: { form_label: 'I accept the [terms](https://shop.example/terms)', form_help_text: 'Last changed in **May**' },
    });
    const product = await made('/v1/products/', { name: 'Course', prices: [dollars(4900)], attached_custom_fields: [{ custom_field_id: field.id, required: true }] });
    const checkout = await session(till, { products: [product.id] });
    await visit(checkout.url, async (page) => {
      const link = page.getByRole('link', { name: 'terms' });
      assert.equal(await link.getAttribute('href'), 'https://shop.example/terms');
      assert.equal(await page.locator('.hint strong').innerText(), 'May');
      await fill(page, { email: email() });
      await payButton(page).click();
      await page.getByRole('alert').getByRole('link', { name: 'I accept the terms' }).waitFor();
    }, { expected: refusals });
  });

  test('a trial says what is due when, and keeps only a card', async () => {
    const checkout = await session(till, { products: [trial.id] });
    await visit(checkout.url, async (page) => {
      await page.locator('.hero-amount', { hasText: '14 days free' }).waitFor();
      await page.getByText('Then $29 per month').waitFor();
      await page.getByText(/You pay nothing today\. On .+ you pay \$29\.00/).waitFor();
      assert.equal(await words(page), 'Start the trial');
      await fill(page, { email: email() });
      await pay(page);
      await page.getByText(/Your trial ends on/).waitFor();
    });
    await becomes(checkout, 'status', 'succeeded');
  });

  test('the merchant’s questions are asked, judged at their fields, and kept', async () => {
    const checkout = await session(till, { products: [asking.id], custom_field_data: { color: 'b' } });
    const answer = (page, slug) => page.locator(`[name="custom_field_data.${slug}"]`);
    await visit(checkout.url, async (page) => {
      assert.equal(await answer(page, 'color').inputValue(), 'b', 'prefilled');
      await fill(page, { email: email() });
      await payButton(page).click();
      assert.match(await errorAt(page, 'custom_field_data.shirt'), /Fill this in/);
      assert.match(await errorAt(page, 'custom_field_data.rules'), /Tick/);
      await fill(page, { email: null });
      await answer(page, 'shirt').fill('ADA');
      await answer(page, 'note').fill('Two\nlines');
      await answer(page, 'size').fill('61');
      await answer(page, 'day').fill('2027-03-01');
      await answer(page, 'rules').check();
      await payButton(page).click();
      assert.match(await errorAt(page, 'custom_field_data.size'), /60 or less/);
      assert.equal(await answer(page, 'rules').isChecked(), true, 'what was answered is kept');
      await answer(page, 'size').fill('42');
      await fill(page, { email: null });
      await pay(page);
    }, { expected: refusals });
    const [order] = await until('the order is there', async () => {
      const { items } = await get(`/v1/orders/?checkout_id=${checkout.id}`);
      return items.length && items;
    });
    assert.deepEqual(order.custom_field_data, {
      color: 'b', shirt: 'ADA', note: 'Two\nlines', size: 42, day: '2027-03-01T00:00:00', rules: true,
    });
  });

  test('without JavaScript seats, codes and questions work too', async () => {
    const checkout = await session(till, { products: [team.id] });
    const quiet = { javaScriptEnabled: false, expected: () => true };
    await visit(checkout.url, async (page) => {
      await page.getByRole('button', { name: 'One seat more' }).click();
      await page.getByText('$30.00').first().waitFor();
      await page.locator('#seats').fill('4');
      await page.getByRole('button', { name: 'Update', exact: true }).first().click();
      await page.getByText('$60.00').first().waitFor();
      await page.locator('[name="discount_code"]').fill('NOPE');
      await page.getByRole('button', { name: 'Apply' }).click();
      assert.match(await errorAt(page, 'discount_code'), /does not work/);
      await page.locator('[name="discount_code"]').fill('LAUNCH');
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('$48.00').first().waitFor();
      await fill(page, { email: email() });
      await pay(page);
    }, quiet);
    await becomes(checkout, 'status', 'succeeded');
  });

  for (const theme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      test(`everything at once, ${theme}, ${size}: accessible, and fits`, async () => {
        const checkout = await session(till, { products: [team.id, asking.id, trial.id] });
        await visit(`${checkout.url}?theme=${theme}`, async (page) => {
          await page.locator('[name="discount_code"]').fill('LAUNCH');
          await page.getByRole('button', { name: 'Apply' }).click();
          await page.getByText('Launch', { exact: true }).waitFor();
          await page.locator('.tiers summary').click();
          await screenshot(page, `offer-seats-${theme}-${size}`);
          await assertAccessible(page, `seats ${theme} ${size}`);
          await assertFits(page);
          await choose(page, asking.id);
          await page.locator('[name="custom_field_data.shirt"]').waitFor();
          await payButton(page).click();
          await page.locator('[aria-invalid="true"]').first().waitFor();
          await screenshot(page, `offer-questions-${theme}-${size}`);
          await assertAccessible(page, `questions ${theme} ${size}`);
          await assertFits(page);
          await choose(page, trial.id);
          await page.locator('.hero-amount', { hasText: '14 days free' }).waitFor();
          await screenshot(page, `offer-trial-${theme}-${size}`);
          await assertAccessible(page, `trial ${theme} ${size}`);
        }, { colorScheme: theme, viewport, expected: refusals });
      });
    }
  }

  test('with everything on it the first view weighs at most 20 kB, its script 8 kB', async () => {
    const checkout = await session(till, { products: [team.id, asking.id, trial.id], locale: 'ja' });
    const opened = await openPage(browser, till, { viewport: phone });
    const loaded = await weigh(opened.page, () => opened.page.goto(checkout.url, { waitUntil: 'networkidle' }));
    const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
    console.log(`first view with everything: ${sum(loaded)} bytes in ${loaded.length} requests`);
    assert.ok(sum(loaded) <= 20_000, JSON.stringify(loaded));
    assert.ok(sum(loaded.filter(({ url }) => url.endsWith('.js'))) <= 8_000, JSON.stringify(loaded));
    await opened.done();
  });
});
