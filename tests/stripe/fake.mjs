// Starts the fake Stripe on free ports and stops it again, and receives its notices.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');
const binary = process.env.TILL_FAKE_STRIPE_BIN ?? join(root, 'target/debug/till-fake-stripe');

/** A running fake: everything that its `--json` line says, `control()` and `stop()`. */
export async function startFake(args = []) {
  if (!existsSync(binary)) throw new Error(`no ${binary}: run \`cargo build -p till-fake-stripe\`, or set TILL_FAKE_STRIPE_BIN`);
  const child = spawn(binary, ['--json', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const ended = new Promise((done) => child.on('close', done));
  const line = await Promise.race([
    new Promise((done) => createInterface({ input: child.stdout }).once('line', done)),
    ended.then((code) => { throw new Error(`the fake Stripe ended at once with ${code}`); }),
  ]);
  const ready = JSON.parse(line);
  return {
    ...ready,
    /** One of the fake's own controls. */
    async control(method, path, body) {
      const answer = await fetch(`${ready.api_url}/_fake/${path}`, { method, body: body && JSON.stringify(body) });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error.message);
      return told;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
    },
  };
}

/** An endpoint for notices: its address, what has arrived, and `stop()`. */
export async function startReceiver() {
  const arrived = [];
  const server = createServer(async (request, answer) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    arrived.push({ signature: request.headers['stripe-signature'], body: Buffer.concat(parts).toString() });
    answer.end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    arrived,
    stop: () => new Promise((done) => server.close(done)),
  };
}

/** Waits until `probe` gives something truthy. */
export async function until(what, probe, seconds = 10) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
