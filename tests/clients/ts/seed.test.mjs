// The programs that merchants already have, unchanged but for server, token and product.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTill } from '../till.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** Runs a seed program in a folder whose `@polar-sh/sdk` is the given release. */
async function runSeed(release, file, values) {
  const folder = mkdtempSync(join(tmpdir(), 'till-seed-'));
  try {
    mkdirSync(join(folder, 'node_modules/@polar-sh'), { recursive: true });
    symlinkSync(join(here, 'node_modules', release), join(folder, 'node_modules/@polar-sh/sdk'), 'dir');
    let program = readFileSync(join(here, '../seeds', file), 'utf8');
    for (const [name, value] of Object.entries(values)) program = program.replaceAll(`<${name}>`, value);
    writeFileSync(join(folder, 'program.mjs'), program);
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder, timeout: 30_000 });
    return stdout.trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answersWithHtml(till, url) {
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/checkout\/\w+$/);
  assert.ok(url.startsWith(`${till.url}/checkout/`), `${url} is on ${till.url}`);
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  const html = await page.text();
  assert.match(html, /<!doctype html>/i);
  assert.ok(html.includes(till.products[0].name), 'the page names the product');
}

describe('the seed program prints a URL that opens a page', () => {
  let till;
  before(async () => { till = await startTill('seed-ts'); });
  after(() => till?.stop());
  const values = () => ({ TOKEN: till.token, URL: till.url, PRODUCT_ID: till.products[0].id });

  for (const release of ['sdk-0.26', 'sdk-0.32', 'sdk-0.49']) {
    test(`${release}: new Polar`, async () => {
      await answersWithHtml(till, await runSeed(release, 'session.mjs', values()));
    });
  }
  for (const version of ['2026-04', '2026-10', '2027-01']) {
    test(`sdk-1.0: createPolar of ${version}`, async () => {
      await answersWithHtml(till, await runSeed('sdk-1.0', 'session-1.0.mjs', { ...values(), VERSION: version }));
    });
  }
});
