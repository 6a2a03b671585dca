// A Till that takes its cards with Stripe's Payment Element, before the fake Stripe and its stand-in for Stripe's script.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { artifacts, root, startTill } from '../clients/till.mjs';

const binary = process.env.TILL_FAKE_STRIPE_BIN ?? join(root, 'target/debug/till-fake-stripe');

/** Test numbers that the fake knows, as Stripe does. */
export const numbers = {
  pays: '4242424242424242',
  declines: '4000000000000002',
  funds: '4000000000009995',
  secure: '4000002760003184',
};

/** The fake Stripe: everything its `--json` line says, `books()` and `stop()`. */
export async function startStripe(name) {
  if (!existsSync(binary)) throw new Error(`no ${binary}: run \`cargo build --workspace\`, or set TILL_FAKE_STRIPE_BIN`);
  mkdirSync(join(artifacts, 'logs'), { recursive: true });
  const child = spawn(binary, ['--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(createWriteStream(join(artifacts, 'logs', `stripe-${name}.log`)));
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const line = await new Promise((done, fail) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('close', (code) => fail(new Error(`the fake Stripe ended with ${code}`)));
  });
  const ready = JSON.parse(line);
  return {
    ...ready,
    async books() { return (await fetch(`${ready.api_url}/_fake/books`)).json(); },
    async stop() {
      child.kill('SIGTERM');
      await new Promise((done) => child.once('close', done));
      process.off('exit', kill);
    },
  };
}

/** Till on that Stripe, whose shop asks for 3-D Secure only where the card does. */
export async function startTillOn(stripe, name) {
  const till = await startTill(name, {
    args: ['--processor', 'stripe'],
    env: {
      TILL_STRIPE_SECRET_KEY: stripe.secret_key,
      TILL_STRIPE_PUBLISHABLE_KEY: stripe.publishable_key,
      TILL_STRIPE_WEBHOOK_SECRET: stripe.webhook_secret,
      TILL_STRIPE_API_URL: stripe.api_url,
      TILL_STRIPE_SCRIPT_URL: `${stripe.script_url}/endive/stripe.js`,
    },
  });
  const [shop] = (await till.api('GET', '/v1/organizations/')).body.items;
  const { status, body } = await till.api('PATCH', `/v1/organizations/${shop.id}`, { checkout_settings: { require_3ds: false } });
  assert.equal(status, 200, JSON.stringify(body));
  return till;
}

/** The frame with the card fields. */
export const cardFrame = (page) => page.frameLocator('#payment-element iframe');

/** Types a card into the frame. */
export async function typeCard(page, number = numbers.pays) {
  const frame = cardFrame(page);
  await frame.locator('[name="number"]').fill(number);
  await frame.locator('[name="expiry"]').fill('12 / 34');
  await frame.locator('[name="cvc"]').fill('123');
}

/** The bank's question, in the frame that the script puts over the page. */
export const bank = (page) => page.frameLocator('iframe[data-fake-stripe="3ds"]');
