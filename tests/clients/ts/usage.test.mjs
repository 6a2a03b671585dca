// The official ingestion client: events one by one as its strategies make them, many at once, and spans of OpenTelemetry.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Ingestion, PolarTraceExporter } from '@polar-sh/ingestion';
import { DeltaTimeStrategy } from '@polar-sh/ingestion/strategies/DeltaTime';
import { databases, startTill, until } from '../till.mjs';

for (const database of databases) {
  describe(`the ingestion client 0.4.2 on ${database}`, () => {
    let till;
    let config;
    before(async () => {
      till = await startTill('usage', { database });
      config = { accessToken: till.token, serverURL: till.url };
    });
    after(async () => { await till?.stop(); });

    /** The events with a name, once there are so many. */
    const events = (name, count) => until(`${count} events ${name}`, async () => {
      const list = await till.api('GET', `/v1/events/?name=${name}&limit=100`);
      assert.equal(list.status, 200, JSON.stringify(list.body));
      return list.body.pagination.total_count === count && list.body.items;
    });

    test('a strategy sends an event with its cost', async () => {
      let now = 1_000;
      const strategy = Ingestion(config).strategy(new DeltaTimeStrategy(() => now))
        .cost((context) => ({ amount: context.deltaTime / 1_000, currency: 'usd' }))
        .ingest('delta');
      const stop = strategy.client({ externalCustomerId: 'user-1' })();
      now += 250;
      assert.equal(stop(), 250);
      const [event] = await events('delta', 1);
      assert.deepEqual(event.metadata, { deltaTime: 250, strategy: 'DeltaTime', _cost: { amount: '0.25', currency: 'usd' } });
      assert.equal(event.external_customer_id, 'user-1');
    });

    test('many events are sent at once, and each is stored once', async () => {
      const many = Array.from({ length: 1_000 }, (_, n) => ({
        name: 'many', externalCustomerId: `user-${n % 7}`, externalId: `many-${n}`, timestamp: new Date(Date.now() - 1_000), metadata: { n },
      }));
      const first = await Ingestion(config).ingest(many);
      assert.deepEqual([first.inserted, first.duplicates], [1_000, 0]);
      const again = await Ingestion(config).ingest(many);
      assert.deepEqual([again.inserted, again.duplicates], [0, 1_000]);
      await events('many', 1_000);
    });

    test('spans become events with parents', async () => {
      const span = (id, parent) => ({
        name: 'span', attributes: { externalCustomerId: 'user-2', model: 'small', tokens: 7 },
        spanContext: () => ({ spanId: id }), parentSpanContext: parent && { spanId: parent },
      });
      const exporter = new PolarTraceExporter(config);
      // The part arrives before the whole, as spans do when they end.
      await exporter.export([span('b7ad6b7169203331', '00f067aa0ba902b7')], ({ code, error }) => assert.equal(code, 0, error));
      await exporter.export([span('00f067aa0ba902b7')], ({ code, error }) => assert.equal(code, 0, error));
      const found = await until('the part found its whole', async () => {
        const list = await events('span', 2);
        return list.some(({ parent_id: parent }) => parent) && list;
      });
      const [part] = found.filter(({ parent_id: parent }) => parent);
      assert.equal(found.find(({ id }) => id === part.parent_id).child_count, 1);
    });
  });
}
