// Stripe's own client for Node against the fake. At the end everything that was exchanged is held to Stripe's types.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import Stripe from 'stripe';

import { startFake, startReceiver, until } from './fake.mjs';
import { apiVersion, checkExchange, checkObject, exchangesOf, operations } from './shapes.mjs';

let fake, receiver, stripe;
const card = { allowed_payment_method_types: ['card'] };

const client = (key, options = {}) => {
  const url = new URL(fake.api_url);
  return new Stripe(key, {
    host: url.hostname, port: url.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, ...options,
  });
};
const token = async (method, more = {}) =>
  (await stripe.testHelpers.confirmationTokens.create({ payment_method: method, ...more })).id;
const intent = (more = {}) => stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...card, ...more });
const pay = (method, more = {}) => intent({ confirm: true, payment_method: method, ...more });
const decide = (clientSecret, approve) => fake.control('POST', '3ds', { client_secret: clientSecret, approve });

before(async () => {
  receiver = await startReceiver();
  fake = await startFake(['--webhook', receiver.url]);
  stripe = client(fake.secret_key);
});
after(async () => {
  await fake?.stop();
  await receiver?.stop();
});

test('client, types and fake speak one version', () => {
  assert.equal(apiVersion, fake.api_version);
});

test('an intent is made, confirmed with a token, and shown', async () => {
  const made = await intent({ description: 'One book', metadata: { attempt: 'a1' }, receipt_email: 'buyer@example.com', statement_descriptor_suffix: 'BOOK' });
  assert.equal(made.status, 'requires_payment_method');
  const chosen = await stripe.confirmationTokens.retrieve(await token('pm_card_visa'));
  assert.equal(chosen.payment_method_preview.card.last4, '4242');
  const confirmed = await stripe.paymentIntents.confirm(made.id, { confirmation_token: chosen.id, return_url: 'https://shop.example/back', expand: ['latest_charge.balance_transaction', 'payment_method'] });
  assert.equal(confirmed.status, 'succeeded');
  assert.equal(confirmed.latest_charge.balance_transaction.net, 2000 - 58 - 30);
  assert.equal(confirmed.latest_charge.calculated_statement_descriptor, 'FAKE* BOOK');
  const shown = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] });
  assert.equal(shown.latest_charge.payment_method_details.card.last4, '4242');
  assert.equal(shown.metadata.attempt, 'a1');
  assert.match(shown.lastResponse.requestId, /^req_/);
  await stripe.charges.retrieve(shown.latest_charge.id, { expand: ['refunds'] });
  await stripe.balanceTransactions.retrieve(shown.latest_charge.balance_transaction);
});

test('a decline is a card error with everything that a client may want to know', async () => {
  const declined = await pay('pm_card_visa_chargeDeclinedInsufficientFunds').catch((error) => error);
  assert.ok(declined instanceof Stripe.errors.StripeCardError);
  assert.deepEqual([declined.code, declined.decline_code, declined.statusCode], ['card_declined', 'insufficient_funds', 402]);
  assert.equal(declined.payment_intent.last_payment_error.decline_code, 'insufficient_funds');
  assert.equal(declined.payment_method.card.last4, '9995');
  const charge = await stripe.charges.retrieve(declined.charge);
  assert.equal(charge.outcome.reason, 'insufficient_funds');
  const canceled = await stripe.paymentIntents.cancel(declined.payment_intent.id, { cancellation_reason: 'abandoned' });
  assert.equal(canceled.status, 'canceled');
  const late = await stripe.paymentIntents.confirm(canceled.id, { payment_method: 'pm_card_visa' }).catch((error) => error);
  assert.ok(late instanceof Stripe.errors.StripeInvalidRequestError);
  assert.deepEqual([late.code, late.payment_intent.status], ['payment_intent_unexpected_state', 'canceled']);
});

test('3-D Secure waits, succeeds, fails, and is cancelled', async () => {
  const asked = await pay('pm_card_authenticationRequired');
  assert.deepEqual([asked.status, asked.next_action.type], ['requires_action', 'use_stripe_sdk']);
  assert.deepEqual(await decide(asked.client_secret, true), { succeeded: true });
  const paid = await stripe.paymentIntents.retrieve(asked.id, { expand: ['latest_charge'] });
  assert.equal(paid.latest_charge.payment_method_details.card.three_d_secure.result, 'authenticated');
  const refused = await pay('pm_card_authenticationRequired', { return_url: 'https://shop.example/back', use_stripe_sdk: false });
  assert.equal(refused.next_action.type, 'redirect_to_url');
  await decide(refused.client_secret, false);
  const failed = await stripe.paymentIntents.retrieve(refused.id);
  assert.equal(failed.last_payment_error.code, 'payment_intent_authentication_failure');
  const left = await pay('pm_card_authenticationRequired');
  assert.equal((await stripe.paymentIntents.cancel(left.id)).status, 'canceled');
  await assert.rejects(decide(left.client_secret, true));
});

test('a card is kept by a payment and by a setup, and pays off session', async () => {
  const customer = await stripe.customers.create({ email: 'buyer@example.com', name: 'Ada', metadata: { till: 'c1' }, address: { country: 'DE', line1: 'Weg 1' } });
  const bought = await intent({ customer: customer.id, setup_future_usage: 'off_session' });
  const paid = await stripe.paymentIntents.confirm(bought.id, { confirmation_token: await token('pm_card_visa', { setup_future_usage: 'off_session', return_url: 'https://shop.example' }) });
  const again = await pay(paid.payment_method, { customer: customer.id, off_session: true });
  assert.equal(again.status, 'succeeded');

  const setup = await stripe.setupIntents.create({ customer: customer.id, usage: 'off_session', ...card, metadata: { till: 's1' } });
  const kept = await stripe.setupIntents.confirm(setup.id, { confirmation_token: await token('pm_card_authenticationRequiredOnSetup', { setup_future_usage: 'off_session' }) });
  assert.equal(kept.status, 'requires_action');
  await decide(kept.client_secret, true);
  const done = await stripe.setupIntents.retrieve(setup.id, { expand: ['payment_method', 'customer'] });
  assert.deepEqual([done.status, done.payment_method.customer, done.customer.id], ['succeeded', customer.id, customer.id]);
  assert.equal((await pay(done.payment_method.id, { customer: customer.id, off_session: true })).status, 'succeeded');

  const asking = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer: customer.id });
  const declined = await pay(asking.id, { customer: customer.id, off_session: true }).catch((error) => error);
  assert.deepEqual([declined.code, declined.payment_intent.status], ['authentication_required', 'requires_payment_method']);

  assert.equal((await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data.length, 3);
  await stripe.paymentMethods.update(asking.id, { metadata: { a: 'b' }, billing_details: { name: 'Ada', address: { country: 'DE' } } });
  await stripe.paymentMethods.retrieve(asking.id, { expand: ['customer'] });
  assert.equal((await stripe.paymentMethods.detach(asking.id)).customer, null);
  const canceled = await stripe.setupIntents.create({ customer: customer.id });
  assert.equal((await stripe.setupIntents.cancel(canceled.id, { cancellation_reason: 'abandoned' })).status, 'canceled');
  const wrong = await stripe.setupIntents.create({ confirm: true, payment_method: 'pm_card_chargeDeclined', ...card }).catch((error) => error);
  assert.equal(wrong.setup_intent.last_setup_error.code, 'card_declined');
  await stripe.setupIntents.list({ customer: customer.id, limit: 2 });
  await stripe.customers.update(customer.id, { name: 'Ada L.', metadata: { till: '' } });
  await stripe.customers.list({ email: 'buyer@example.com' });
  assert.equal((await stripe.customers.del(customer.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
});

test('a payment that is processing ends later', async () => {
  await fake.control('PUT', 'troubles', { processing: 100, times: 1 });
  const started = await pay('pm_card_visa');
  assert.equal(started.status, 'processing');
  await fake.control('PUT', 'troubles', []);
  await fake.control('POST', 'clock', { seconds: 10 });
  assert.equal((await stripe.paymentIntents.retrieve(started.id)).status, 'succeeded');
});

test('refunds are made, listed, settled and fail', async () => {
  const paid = await pay('pm_card_visa');
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500, reason: 'requested_by_customer', metadata: { till: 'r1' } });
  assert.equal(refund.status, 'succeeded');
  await stripe.refunds.update(refund.id, { metadata: { till: 'r2' } });
  const tooMuch = await stripe.refunds.create({ charge: paid.latest_charge, amount: 1501 }).catch((error) => error);
  assert.equal(tooMuch.param, 'amount');
  await stripe.refunds.create({ charge: paid.latest_charge });
  const twice = await stripe.refunds.create({ payment_intent: paid.id }).catch((error) => error);
  assert.equal(twice.code, 'charge_already_refunded');
  assert.equal((await stripe.refunds.list({ payment_intent: paid.id })).data.length, 2);

  const pending = await stripe.refunds.create({ payment_intent: (await pay('pm_card_pendingRefund')).id });
  const failing = await stripe.refunds.create({ payment_intent: (await pay('pm_card_refundFail')).id });
  assert.equal(pending.status, 'pending');
  await fake.control('POST', 'clock', { seconds: 60 });
  assert.equal((await stripe.refunds.retrieve(pending.id, { expand: ['charge', 'balance_transaction'] })).status, 'succeeded');
  assert.equal((await stripe.refunds.retrieve(failing.id)).failure_reason, 'lost_or_stolen_card');
});

test('disputes are opened, block refunds, and are accepted or decided', async () => {
  const disputed = await pay('pm_card_createDispute');
  const blocked = await stripe.refunds.create({ payment_intent: disputed.id }).catch((error) => error);
  assert.equal(blocked.code, 'charge_disputed');
  const { data: [dispute] } = await stripe.disputes.list({ payment_intent: disputed.id });
  assert.equal((await stripe.disputes.retrieve(dispute.id, { expand: ['charge'] })).charge.disputed, true);
  assert.equal((await stripe.disputes.close(dispute.id)).status, 'lost');
  assert.match((await stripe.disputes.close(dispute.id).catch((error) => error)).message, /already closed/);
  const other = await fake.control('POST', 'disputes', { payment_intent: (await pay('pm_card_visa')).id, reason: 'duplicate' });
  await fake.control('POST', `disputes/${other.id}`, { status: 'won' });
  assert.equal((await stripe.disputes.retrieve(other.id)).status, 'won');
  await pay('pm_card_createDisputeInquiry');
});

test('a key replays, and is an error with other parameters', async () => {
  const params = { amount: 2000, currency: 'eur', ...card };
  const first = await stripe.paymentIntents.create(params, { idempotencyKey: 'k1' });
  const second = await stripe.paymentIntents.create(params, { idempotencyKey: 'k1' });
  assert.equal(second.id, first.id);
  assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
  const conflict = await stripe.paymentIntents.create({ ...params, amount: 1 + params.amount }, { idempotencyKey: 'k1' }).catch((error) => error);
  assert.ok(conflict instanceof Stripe.errors.StripeIdempotencyError);
  const declined = { ...params, confirm: true, payment_method: 'pm_card_chargeDeclined' };
  for (let i = 0; i < 2; i += 1) {
    const error = await stripe.paymentIntents.create(declined, { idempotencyKey: 'k2' }).catch((error) => error);
    assert.ok(error instanceof Stripe.errors.StripeCardError);
  }
});

test("the client's retries find what was done while the connection broke", async () => {
  const patient = client(fake.secret_key, { maxNetworkRetries: 2 });
  await fake.control('PUT', 'troubles', { reset_after: 100, times: 1, method: 'POST' });
  const made = await patient.paymentIntents.create({ amount: 2000, currency: 'gbp', ...card });
  assert.equal(made.lastResponse.headers['idempotent-replayed'], 'true');
  await fake.control('PUT', 'troubles', { error_after: 100, times: 1 });
  const broken = await stripe.customers.create({}, { idempotencyKey: 'k3' }).catch((error) => error);
  assert.ok(broken instanceof Stripe.errors.StripeAPIError);
  await fake.control('PUT', 'troubles', { rate_limit: 100, times: 1 });
  assert.ok((await stripe.customers.list().catch((error) => error)) instanceof Stripe.errors.StripeRateLimitError);
  await fake.control('PUT', 'troubles', []);
});

test('wrong keys, missing permissions and unknown objects are the errors that the client knows', async () => {
  const unknown = await client('sk_test_nope').balance.retrieve().catch((error) => error);
  assert.ok(unknown instanceof Stripe.errors.StripeAuthenticationError);
  const { key } = await fake.control('POST', 'keys', { permissions: ['rak_balance_read'] });
  assert.equal((await client(key).balance.retrieve()).object, 'balance');
  const refused = await client(key).paymentIntents.create({ amount: 2000, currency: 'usd' }).catch((error) => error);
  assert.ok(refused instanceof Stripe.errors.StripePermissionError);
  const missing = await stripe.paymentIntents.retrieve('pi_nope').catch((error) => error);
  assert.deepEqual([missing.code, missing.statusCode], ['resource_missing', 404]);
  const odd = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method_types: ['card'] }).catch((error) => error);
  assert.deepEqual([odd.code, odd.param], ['parameter_unknown', 'payment_method_types']);
  for (const [more, code] of [[{ amount: 1 }, 'amount_too_small'], [{ amount: 'x' }, 'parameter_invalid_integer'], [{ confirm: true }, 'payment_intent_unexpected_state']]) {
    assert.equal((await intent(more).catch((error) => error)).code, code);
  }
});

test('account, endpoints and domains are shown', async () => {
  const account = await stripe.accounts.retrieveCurrent();
  assert.deepEqual([account.id, account.charges_enabled], [fake.account, true]);
  const endpoint = await stripe.webhookEndpoints.create({ url: 'https://shop.example/hook', enabled_events: ['refund.failed'] });
  assert.match(endpoint.secret, /^whsec_/);
  await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).status, 'disabled');
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 2);
  const domain = await stripe.paymentMethodDomains.create({ domain_name: 'shop.example' });
  assert.equal((await stripe.paymentMethodDomains.list({ domain_name: 'shop.example' })).data[0].id, domain.id);
  await stripe.paymentMethodDomains.retrieve(domain.id);
  await stripe.paymentIntents.list({ limit: 3, expand: ['data.latest_charge'] });
  await stripe.charges.list({ limit: 3 });
  const open = await intent();
  await stripe.paymentIntents.update(open.id, { amount: 3000, metadata: { a: 'b' } });
});

test('notices carry a signature that the client accepts, and forged ones are refused', async () => {
  await fake.control('PUT', 'troubles', { notices: { forged: 100 } });
  const before = receiver.arrived.length;
  await stripe.customers.create({});
  await until('both notices', () => receiver.arrived.length >= before + 2);
  await fake.control('PUT', 'troubles', []);
  const read = ({ body, signature }) => stripe.webhooks.constructEvent(body, signature, fake.webhook_secret, 10_000);
  const [forged, sound] = receiver.arrived.slice(before);
  assert.throws(() => read(forged), Stripe.errors.StripeSignatureVerificationError);
  assert.equal(read(sound).type, 'customer.created');
  assert.throws(() => stripe.webhooks.constructEvent(`${sound.body} `, sound.signature, fake.webhook_secret, 10_000));
});

test('events are listed page by page, and each has the shape of its object', async () => {
  const seen = [];
  for await (const event of stripe.events.list({ limit: 7 })) seen.push(event);
  assert.ok(seen.length > 50);
  assert.equal(new Set(seen.map((event) => event.id)).size, seen.length);
  const kinds = new Set(seen.map((event) => event.type));
  for (const kind of [
    'payment_intent.created', 'payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled',
    'payment_intent.requires_action', 'payment_intent.processing', 'setup_intent.succeeded', 'setup_intent.setup_failed', 'refund.created',
    'refund.updated', 'refund.failed', 'charge.refunded', 'charge.dispute.created', 'charge.dispute.closed',
  ]) assert.ok(kinds.has(kind), kind);
  const since = await stripe.events.list({ created: { gte: seen[0].created }, types: ['customer.created'], limit: 1 });
  assert.equal(since.data[0].type, 'customer.created');
  assert.equal((await stripe.events.retrieve(seen[0].id)).id, seen[0].id);
  const wrong = seen.flatMap((event) => checkObject(event, event.id));
  assert.deepEqual(wrong, []);
});

test('everything that was exchanged has the shape of Stripe’s types', async () => {
  const exchanges = await exchangesOf(fake.api_url);
  const wrong = exchanges.flatMap(checkExchange);
  assert.deepEqual(wrong, []);
  const asked = new Set(exchanges.map((exchange) => exchange.operation));
  assert.deepEqual(operations.filter((operation) => !asked.has(operation)), [], 'every operation was asked');
});

test('the check notices what is not Stripe’s', async () => {
  const [sound] = (await exchangesOf(fake.api_url)).filter(({ operation, status }) => operation === 'payment_intents.create' && status === 200);
  assert.deepEqual(checkExchange(sound), []);
  const doctored = (change) => {
    const exchange = structuredClone(sound);
    change(exchange);
    return checkExchange(exchange);
  };
  for (const [name, change] of Object.entries({
    'unknown parameter': ({ params }) => { params.payment_method_types = ['card']; },
    'missing parameter': ({ params }) => { delete params.currency; },
    'number that is none': ({ params }) => { params.amount = 'many'; },
    'unknown word': ({ params }) => { params.setup_future_usage = 'sometimes'; },
    'unknown field': ({ answer }) => { answer.surprise = 1; },
    'missing field': ({ answer }) => { delete answer.client_secret; },
    'unknown status': ({ answer }) => { answer.status = 'paid'; },
    'field of another kind': ({ answer }) => { answer.amount = '2000'; },
  })) assert.notDeepEqual(doctored(change), [], name);
});
