// Starts `till dev` on a free port and a temporary folder, and stops it again. Used by the client and browser tests.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const artifacts = join(root, 'artifacts');
/** The program under test. */
export const binary = process.env.TILL_BIN ?? join(root, 'target/debug/till');

/** The databases to run on: always SQLite; PostgreSQL when TILL_TEST_POSTGRES names a server. */
export const databases = process.env.TILL_TEST_POSTGRES ? ['sqlite', 'postgres'] : ['sqlite'];

/** Waits until `probe` gives something truthy; fails with `what` after `seconds`. */
export async function until(what, probe, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) assert.fail(`${what} did not happen within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 40));
  }
}

/** Runs SQL on the server that TILL_TEST_POSTGRES names. */
export function psql(sql) {
  execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-d', process.env.TILL_TEST_POSTGRES, '-c', sql], { stdio: 'pipe' });
}

/**
 * One running Till: everything its `--json` line says (`url`, `token`, `products`, …) and `stop()`.
 * `products` are two monthly plans, then a one-time product.
 */
export async function startTill(name, { database = 'sqlite', args = [], env = {} } = {}) {
  if (!existsSync(binary)) throw new Error(`no ${binary}: run \`cargo build\`, or set TILL_BIN`);
  const folder = mkdtempSync(join(tmpdir(), 'till-'));
  const all = ['dev', '--data-dir', folder, '--listen', '127.0.0.1:0', '--json', ...args];
  let databaseName;
  if (database === 'postgres') {
    databaseName = `till_${randomBytes(6).toString('hex')}`;
    psql(`create database ${databaseName}`);
    const url = new URL(process.env.TILL_TEST_POSTGRES);
    url.pathname = `/${databaseName}`;
    all.push('--database-url', url.href);
  }
  mkdirSync(join(artifacts, 'logs'), { recursive: true });
  const log = createWriteStream(join(artifacts, 'logs', `till-${name}-${database}.log`));
  const child = spawn(binary, all, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  child.stderr.pipe(log);
  const ended = new Promise((done) => child.on('close', (code, signal) => done(code ?? signal)));
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);

  const line = await Promise.race([
    new Promise((done) => createInterface({ input: child.stdout }).once('line', done)),
    ended.then((code) => { throw new Error(`till ended at once with ${code}; see ${log.path}`); }),
    new Promise((_, fail) => setTimeout(() => fail(new Error(`till was not ready in 60 s; see ${log.path}`)), 60_000).unref()),
  ]).catch((error) => { kill(); throw error; });
  const ready = JSON.parse(line);

  return {
    ...ready,
    /** The data folder. */
    folder,
    /** A plain request with the token: for what a client release cannot say. */
    async api(method, path, body) {
      const answer = await fetch(ready.url + path, {
        method,
        headers: { authorization: `Bearer ${ready.token}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
    },
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(kill, 12_000);
      const code = await ended;
      clearTimeout(late);
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
      if (databaseName) psql(`drop database if exists ${databaseName} with (force)`);
      assert.equal(code, 0, 'SIGTERM ends till within 10 s with status 0');
    },
  };
}
