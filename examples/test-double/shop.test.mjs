// Till as a double of the payment service in a test suite: no network, no account, a real purchase.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { startTill } from './till.mjs';

let till;
before(async () => { till = await startTill(); });
after(() => till.stop());

/** What the buyer's browser does on the checkout page. */
async function pay(checkout, card) {
  return till.api('POST', `/v1/checkouts/client/${checkout.client_secret}/confirm`, {
    customer_email: 'ada@example.com',
    customer_billing_address: { country: 'FR' },
    confirmation_token_id: card,
  });
}

test('a purchase is paid and told to the shop', async () => {
  // The shop under test; here it only waits for its webhook.
  let told;
  const webhook = new Promise((done) => { told = done; });
  const shop = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    response.writeHead(204).end();
    told(JSON.parse(body));
  });
  await new Promise((done) => shop.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${shop.address().port}/webhook`;
  await till.api('POST', '/v1/webhooks/endpoints', { url, format: 'raw', events: ['order.paid'] });

  const product = till.products.at(-1);
  const checkout = await till.api('POST', '/v1/checkouts/', { products: [product.id], external_customer_id: 'user_42' });
  await pay(checkout, 'pm_card_visa');

  const event = await webhook;
  assert.equal(event.type, 'order.paid');
  assert.equal(event.data.customer.external_id, 'user_42');
  assert.equal(event.data.checkout_id, checkout.id);
  shop.close();
});

test('a declined card leaves the checkout open', async () => {
  const checkout = await till.api('POST', '/v1/checkouts/', { products: [till.products.at(-1).id] });
  await assert.rejects(pay(checkout, 'pm_card_visa_chargeDeclined'), /PaymentError/);
  assert.equal((await till.api('GET', `/v1/checkouts/${checkout.id}`)).status, 'open');
});
