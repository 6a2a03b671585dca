// A local webhook receiver: keeps every delivery with its exact bytes, and hands it on to other targets if asked.
import { createServer } from 'node:http';
import { until } from './till.mjs';

/** `answer(delivery)` may give the status to answer; 200 otherwise. */
export async function startReceiver(answer = () => 200) {
  const deliveries = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      let event = null;
      try { event = JSON.parse(raw); } catch { /* kept as null; a test will say so */ }
      const delivery = { method: request.method, headers: request.headers, raw, event, at: Date.now() };
      deliveries.push(delivery);
      response.statusCode = answer(delivery);
      response.end(JSON.stringify({ received: true }));
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    deliveries,
    /** The types received so far for one checkout, its order, its customer and its subscription, in order. */
    types: () => deliveries.map((delivery) => delivery.event?.type),
    waitFor: (what, found, seconds) => until(what, () => found(deliveries), seconds),
    stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
  };
}
