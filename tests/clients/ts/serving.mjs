// What a merchant's program is to the outside: an address that answers. And where its adapters' calls go.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';

/** A server on a free port around a handler of Node requests. */
export async function listen(handler) {
  const server = createServer(handler);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
  };
}

/** A server around a handler of web requests, as Hono, Next.js and better-auth have them. */
export function serve(handle) {
  return listen(async (request, response) => {
    const body = ['GET', 'HEAD'].includes(request.method) ? undefined : Readable.toWeb(request);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    const url = `http://${request.headers.host}${request.url}`;
    try {
      const answer = await handle(new Request(url, { method: request.method, headers, body, duplex: 'half' }));
      // `Response.error()` has no status of its own.
      response.writeHead(answer.status || 500, [...answer.headers].flat());
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
}

/**
 * The adapters have no option for another server than Polar's two: calls to the sandbox's address go to this Till.
 * Gives what undoes it.
 */
export function sandboxIs(url) {
  const real = globalThis.fetch;
  const sandbox = 'https://sandbox-api.polar.sh';
  globalThis.fetch = async (input, init) => {
    const asked = new Request(input, init);
    if (!asked.url.startsWith(`${sandbox}/`)) return real(input, init);
    const { method, headers, signal } = asked;
    // Read whole, so that it goes with its length.
    const body = asked.body ? await asked.arrayBuffer() : undefined;
    return real(url + asked.url.slice(sandbox.length), { method, headers, signal, body });
  };
  return () => { globalThis.fetch = real; };
}
