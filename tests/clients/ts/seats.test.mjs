// Seats as the SDKs' releases see them: a merchant gives one, the person claims it, and it is taken back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Polar as Polar047 } from '@polar-sh/sdk';
import { Polar as Polar049 } from 'sdk-0.49';
import { startTill, until } from '../till.mjs';

/** The tokens of the invitations to an address: nothing leaves a shop of tests, and its letters are kept. */
const invitations = (till, email) => JSON.parse(execFileSync('python3', ['-c', `
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
    print(json.dumps([json.loads(content)["button"][1].split("token=")[1] for (content,) in rows]))
    sys.exit(0)
sys.exit("no database in " + folder)
`, till.folder, email], { encoding: 'utf8' }));

for (const [name, Polar] of [['0.47.1', Polar047], ['0.49.0', Polar049]]) {
  describe(`seats by SDK ${name}`, () => {
    let till;
    let polar;
    let subscription;

    before(async () => {
      till = await startTill(`seats-${name}`);
      polar = new Polar({ accessToken: till.token, serverURL: till.url });
      const tiers = [{ min_seats: 1, max_seats: null, price_per_seat: 1000 }];
      const product = await till.api('POST', '/v1/products/', {
        name: 'Team plan', recurring_interval: 'month', prices: [{ amount_type: 'seat_based', seat_tiers: { tiers } }],
      });
      assert.equal(product.status, 201, JSON.stringify(product.body));
      const made = await till.api('POST', '/v1/checkouts/', { products: [product.body.id], seats: 3 });
      const confirmed = await till.api('POST', `/v1/checkouts/client/${made.body.client_secret}/confirm`, {
        customer_email: `${randomUUID()}@example.com`, customer_billing_address: { country: 'FR' }, confirmation_token_id: 'pm_card_visa',
      });
      assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
      const order = await until('the order is there', async () => (await till.api('GET', `/v1/orders/?checkout_id=${made.body.id}`)).body.items[0]);
      subscription = order.subscription_id;
    });
    after(async () => { await till?.stop(); });

    test('a seat is assigned, claimed and revoked', async () => {
      const { customerSeats } = polar;
      const bought = await customerSeats.listSeats({ subscriptionId: subscription });
      assert.deepEqual([bought.totalSeats, bought.availableSeats, bought.seats[0].status], [3, 2, 'claimed'], 'the first is the buyer\'s');
      const email = `${randomUUID()}@example.com`;
      const seat = await customerSeats.assignSeat({ subscriptionId: subscription, email, metadata: { desk: '4B' } });
      assert.deepEqual([seat.status, seat.customerEmail, seat.seatMetadata], ['pending', email, { desk: '4B' }]);
      await customerSeats.resendInvitation({ seatId: seat.id });
      const [invitationToken] = await until('the invitation is sent', () => { const sent = invitations(till, email); return sent.length > 0 && sent; });
      const info = await customerSeats.getClaimInfo({ invitationToken });
      assert.deepEqual([info.productName, info.customerEmail, info.canClaim], ['Team plan', email, true]);
      const claimed = await customerSeats.claimSeat({ invitationToken });
      assert.equal(claimed.seat.status, 'claimed');
      const member = { customerSession: claimed.customerSessionToken };
      const held = await polar.customerPortal.subscriptions.get(member, { id: subscription });
      assert.equal(held.id, subscription);
      await assert.rejects(customerSeats.claimSeat({ invitationToken }), (error) => error.statusCode === 400);
      await assert.rejects(customerSeats.getClaimInfo({ invitationToken }), (error) => error.statusCode === 404);
      const revoked = await customerSeats.revokeSeat({ seatId: seat.id });
      assert.deepEqual([revoked.status, revoked.customerId], ['revoked', null]);
      assert.equal((await customerSeats.listSeats({ subscriptionId: subscription })).availableSeats, 2);
    });

    test('a claim at once needs no letter', async () => {
      const email = `${randomUUID()}@example.com`;
      const seat = await polar.customerSeats.assignSeat({ subscriptionId: subscription, email, immediateClaim: true });
      assert.equal(seat.status, 'claimed');
      assert.deepEqual(invitations(till, email), []);
    });
  });
}
