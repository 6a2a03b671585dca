// What must never be readable in the log or the database of a server in production. Everything that holds a secret
// is used once, then both are searched for each of them.
//
// In the database by design, as the server needs them as they are (SECURITY.md): webhook secrets, client secrets of
// sessions and links, signing secrets of links, and the sandbox's own references. In the log there is none of these.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { binary, databases, psql, until } from '../till.mjs';

const CARDS = { pays: '4242424242424242', secure: '4000002500003155', declined: '4000000000000002' };
const PASSWORD = 'Zwölf Boxkämpfer jagen 1 Viktor';

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A server in production, everything in its log. */
async function serve(database) {
  const folder = mkdtempSync(join(tmpdir(), 'till-secrets-'));
  const key = randomBytes(32).toString('hex');
  const url = `http://127.0.0.1:${await freePort()}`;
  const name = `till_secrets_${randomBytes(6).toString('hex')}`;
  let base = `sqlite://${folder}/till.db`;
  if (database === 'postgres') {
    psql(`create database ${name}`);
    base = Object.assign(new URL(process.env.TILL_TEST_POSTGRES), { pathname: `/${name}` }).href;
  }
  const env = { ...process.env, TILL_SECRET_KEY: key, TILL_DATABASE_URL: base, TILL_PUBLIC_URL: url, TILL_DATA_DIR: folder };
  const till = (...args) => execFileSync(binary, args, { encoding: 'utf8', env });
  const first = till('init', '--organization', 'Shop', '--slug', 'shop', '--owner-email', 'owner@example.com');
  const token = till('token', 'create', '--organization', 'shop', '--name', 'backend', '--all-scopes').trim();
  const child = spawn(binary, ['serve', '--processor', 'sandbox', '--listen', new URL(url).host, '--log', 'trace'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { log += text; });
  await until('the server serves', () => fetch(`${url}/openapi.json`).then(({ ok }) => ok, () => false), 60);
  return {
    url, key, token, first, till,
    log: () => log,
    /** Everything that is kept, as text; of SQLite the files as they are, write-ahead log included. */
    kept() {
      if (database === 'sqlite') return readdirSync(folder).filter((file) => file.startsWith('till.db')).map((file) => readFileSync(join(folder, file), 'latin1')).join('\n');
      const query = (sql) => execFileSync('psql', ['-qXAt', '-d', base, '-c', sql], { encoding: 'utf8', maxBuffer: 2 ** 28 });
      const tables = query("select table_name from information_schema.tables where table_schema = 'public'").trim().split('\n');
      return tables.map((table) => query(`select * from "${table}"`)).join('\n');
    },
    async stop() {
      const ended = new Promise((done) => child.on('close', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
      if (database === 'postgres') psql(`drop database if exists ${name} with (force)`);
    },
  };
}

/** A browser without script. */
function visitor(till) {
  const cookies = new Map();
  const ask = async (method, path, fields) => {
    const answer = await fetch(new URL(path, till.url), {
      method,
      redirect: 'manual',
      headers: {
        accept: 'text/html', origin: till.url, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: fields && new URLSearchParams(fields).toString(),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() };
  };
  return { get: (path) => ask('GET', path), post: (path, fields) => ask('POST', path, fields), session: () => cookies.get('till_session') };
}

const linkIn = (text) => text.match(/\/sign-in\/link\/(till_lnk_\w+)/)[1];

for (const database of databases) {
  describe(`secrets on ${database}`, () => {
    test('no token, password, link, session or card is readable in what is kept, and no secret at all in the log', async () => {
      const till = await serve(database);
      try {
        const never = { 'the secret key': till.key, 'a token of the command': till.token, 'the first link': linkIn(till.first), 'a password': PASSWORD };
        const unlogged = {};
        const api = async (method, path, body, authorization = `Bearer ${till.token}`) => {
          const answer = await fetch(till.url + path, {
            // An answer that is kept for a second try may hold a secret too.
            method, headers: { authorization, 'content-type': 'application/json', ...(method === 'POST' && { 'idempotency-key': randomUUID() }) }, body: body === undefined ? undefined : JSON.stringify(body),
          });
          const text = await answer.text();
          assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
          return text ? JSON.parse(text) : null;
        };

        // In by a link, a password set, out, in by the password; a link by mail asked for; a wrong password.
        const owner = visitor(till);
        assert.equal((await owner.post(`/sign-in/link/${linkIn(till.first)}`, {})).status, 303);
        never['the session of a link'] = owner.session();
        assert.equal((await owner.post('/account/password', { password: PASSWORD, new_password: PASSWORD })).status, 303);
        await owner.post('/sign-out', {});
        assert.equal((await owner.post('/sign-in', { email: 'owner@example.com', password: 'a wrong one: Sesam öffne dich' })).status, 422);
        never['a wrong password'] = 'Sesam';
        assert.equal((await owner.post('/sign-in', { email: 'owner@example.com', password: PASSWORD })).status, 303);
        never['the session of a password'] = owner.session();
        assert.equal((await owner.post('/sign-in/link', { email: 'owner@example.com' })).status, 303);
        const printed = linkIn(till.till('sign-in', 'owner@example.com'));
        never['a link of the command'] = printed;
        await visitor(till).get(`/sign-in/link/${printed}`);
        await until('the mail is due', () => /mail to owner@example\.com/.test(till.log()));

        // A token of the dashboard, shown once.
        const made = await owner.post('/dashboard/shop/developers/tokens/new', { name: 'Dash', scopes: 'products:read', days: '30' });
        never['a token of the dashboard'] = (made.text.match(/polar_oat_\w+/) ?? assert.fail(`${made.status} ${made.text}`))[0];
        await fetch(`${till.url}/v1/products/`, { headers: { authorization: `Bearer ${never['a token of the dashboard']}` } });
        never['a token that is none'] = `polar_oat_${randomBytes(20).toString('hex')}`;
        await fetch(`${till.url}/v1/products/`, { headers: { authorization: `Bearer ${never['a token that is none']}` } });

        // A shop: an endpoint (its host is nowhere), a link, a customer with a session, a file.
        const endpoint = await api('POST', '/v1/webhooks/endpoints', { url: 'https://hooks.invalid/', format: 'raw', events: ['checkout.created', 'order.paid'] });
        unlogged['a webhook secret'] = endpoint.secret;
        unlogged['a replaced webhook secret'] = (await api('PATCH', `/v1/webhooks/endpoints/${endpoint.id}/secret`, {})).secret;
        const product = await api('POST', '/v1/products/', { name: 'Book', prices: [{ amount_type: 'fixed', price_amount: 3000 }] });
        const link = await api('POST', '/v1/checkout-links/', { payment_processor: 'stripe', products: [product.id] });
        Object.assign(unlogged, { 'a link\'s secret': link.client_secret, 'a signing secret': link.signing_secret });
        await visitor(till).get(`/v1/checkout-links/${link.client_secret}/redirect`);
        const customer = await api('POST', '/v1/customers/', { email: 'buyer@example.com' });
        never['a customer session'] = (await api('POST', '/v1/customer-sessions/', { customer_id: customer.id })).token;
        const file = await api('POST', '/v1/files/', { service: 'downloadable', name: 'a.txt', mime_type: 'text/plain', size: 5, upload: { parts: [{ number: 1, chunk_start: 0, chunk_end: 5 }] } });
        const upload = file.upload.parts[0].url;
        await fetch(upload, { method: 'PUT', body: 'hello' });
        unlogged['the signature of an upload'] = new URL(upload).search.match(/[0-9a-f]{32,}|[\w-]{32,}/i)[0];

        // Paid by card, by page and by API; with 3-D Secure; declined; a number that no sandbox takes.
        const open = async () => {
          const session = await api('POST', '/v1/checkouts/', { products: [product.id] });
          unlogged[`a client secret (${session.id})`] = session.client_secret;
          return session;
        };
        const typed = (number) => ({ intent: 'pay', customer_email: 'buyer@example.com', customer_name: 'Ada', card_number: number, card_expiry: '12 / 34', card_cvc: '123', country: 'FR' });
        const byPage = await open();
        const buyer = visitor(till);
        await buyer.get(`/checkout/${byPage.client_secret}`);
        assert.equal((await buyer.post(`/checkout/${byPage.client_secret}`, typed(CARDS.pays))).status, 303);
        const declined = await open();
        await buyer.post(`/checkout/${declined.client_secret}`, typed(CARDS.declined));
        await buyer.post(`/checkout/${declined.client_secret}`, typed('5105 1051 0510 5100'));
        const secure = await open();
        const asked = await buyer.post(`/checkout/${secure.client_secret}`, typed(CARDS.secure));
        const bank = (await buyer.get(asked.to)).text.match(/\/sandbox\/3ds\/[\w-]+/)?.[0] ?? asked.to;
        assert.match(bank, /\/sandbox\/3ds\//);
        unlogged['the bank\'s page'] = bank.split('/3ds/')[1].split('?')[0];
        assert.equal((await buyer.post(bank, { decision: 'approve' })).status, 303);
        const byApi = await open();
        const card = await api('POST', '/v1/sandbox/confirmation-tokens', { number: CARDS.pays, exp_month: 12, exp_year: 2034, cvc: '123' });
        unlogged['a token of a card'] = card.id;
        const confirmed = await api('POST', `/v1/checkouts/client/${byApi.client_secret}/confirm`, {
          customer_email: 'buyer@example.com', customer_billing_address: { country: 'FR' }, confirmation_token_id: card.id,
        }, '');
        if (confirmed.customer_session_token) never['the buyer\'s session'] = confirmed.customer_session_token;
        await until('all is paid', async () => (await api('GET', '/v1/orders/')).items.length >= 3, 30);

        for (const number of [...Object.values(CARDS), '5105105105105100']) {
          never[`the card ${number}`] = number;
          never[`the card ${number}, in groups`] = number.replace(/(.{4})(?=.)/g, '$1 ');
        }
        const [kept, log] = [till.kept(), till.log()];
        assert.match(kept, /buyer@example\.com/, 'the search reads what is kept');
        assert.match(kept, new RegExp(unlogged['a replaced webhook secret']), 'and finds what is there');
        assert.match(log, /answered/, 'the log was read');
        const found = [];
        for (const [what, secret] of Object.entries(never)) {
          assert.ok(secret.length >= 5, what);
          const forms = [secret, Buffer.from(secret).toString('latin1'), Buffer.from(secret).toString('hex'), encodeURIComponent(secret)];
          if (forms.some((form) => kept.includes(form))) found.push(`${what} is kept`);
        }
        const lines = log.split('\n');
        for (const [what, secret] of Object.entries({ ...never, ...unlogged })) {
          for (const form of new Set([secret, encodeURIComponent(secret)])) {
            const line = lines.find((text) => text.includes(form));
            if (line) found.push(`${what} is in the log: ${line.replaceAll(form, '<SECRET>').slice(0, 300)}`);
          }
        }
        for (const [what, text] of [['kept', kept], ['in the log', log]]) {
          const cvc = text.match(/.{0,40}cvc\W{1,6}\d{3,4}\b/i);
          if (cvc) found.push(`a card's check number is ${what}: ${cvc[0]}`);
        }
        // Whatever this test did not come by itself, by how it begins.
        for (const [what, text, kinds] of [['kept', kept, 'polar_oat|polar_cst|polar_mst|till_ses|till_lnk'], ['in the log', log, 'polar_\\w+?|till_\\w+?|whsec']]) {
          const token = text.match(new RegExp(`.{0,80}\\b(${kinds})_[0-9A-Za-z]{30,}`));
          if (token) found.push(`a token is ${what}: ${token[0]}`);
        }
        assert.deepEqual(found, []);
      } finally {
        await till.stop();
      }
    });
  });
}
