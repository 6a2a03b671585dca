// Starts a Till of its own for a test: a free port, an empty folder, and nothing left behind.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What `till dev --json` says (`url`, `token`, `products`, …), `api` for plain requests, and `stop`. */
export async function startTill(program = process.env.TILL_BIN ?? 'till') {
  const folder = mkdtempSync(join(tmpdir(), 'till-'));
  const args = ['dev', '--json', '--listen', '127.0.0.1:0', '--data-dir', folder];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((done) => child.once('close', done));
  const ready = await new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`till ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => done(JSON.parse(line)));
  });
  return {
    ...ready,
    async api(method, path, body) {
      const headers = { authorization: `Bearer ${ready.token}`, 'content-type': 'application/json' };
      const answer = await fetch(ready.url + path, { method, headers, body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
