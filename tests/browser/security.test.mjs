// What another site, or a merchant's own words, can do to a page of ours in a real browser: nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { fill, openPage, pay, refusals, session, startBrowser } from './browser.mjs';
import { signedIn, signIn } from './dashboard.mjs';

/** Somebody else's site: pages by path; the requests that it got. */
async function startSite(host, pages) {
  const requests = [];
  const server = createServer((request, answer) => {
    requests.push(request);
    const page = pages[new URL(request.url, 'http://site').pathname];
    answer.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    answer.end(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Site</title>${page ?? ''}`);
  });
  await new Promise((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${server.address().port}`,
    requests,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/** Chromium says on the console what it did not do; these are wanted. */
const blocked = (text) => refusals(text) || /Content Security Policy|frame-ancestors|Framing|CORS|ERR_FAILED|Failed to load resource/.test(text);

describe('other sites and other people\'s words', () => {
  let till;
  let browser;
  const pages = { '/empty': '', '/thanks': '<p>Thanks</p>' };
  /** Another site altogether, and another origin of the same site: ports do not make a site. */
  let far;
  let near;
  before(async () => {
    till = await startTill('browser-security');
    browser = await startBrowser();
    far = await startSite('localhost', pages);
    near = await startSite('127.0.0.1', pages);
  });
  after(async () => { await browser?.close(); await far?.stop(); await near?.stop(); await till?.stop(); });
  const open = (options) => openPage(browser, till, { expected: blocked, origins: [far.url, near.url], ...options });
  const owner = (options) => signedIn(browser, till, { expected: blocked, origins: [far.url, near.url], ...options });
  const names = async (path) => (await till.api('GET', path)).body.items.map(({ name }) => name);

  test('no page runs a script, takes a style, asks or sends a form elsewhere than here', async () => {
    const checkout = await session(till, { products: [till.products[2].id] });
    const { page, done } = await owner();
    const paths = ['/', '/nowhere', '/reference', '/sign-in', '/account', '/dashboard/demo', '/dashboard/demo/products/new', new URL(checkout.url).pathname];
    for (const path of paths) {
      const answer = await page.goto(till.url + path);
      const policy = answer.headers()['content-security-policy'];
      assert.match(policy, /^default-src 'none';/, path);
      assert.doesNotMatch(policy, /unsafe|\*/, path);
      for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'"]) assert.ok(policy.includes(part), `${path}: ${part}`);
      assert.equal(answer.headers()['x-content-type-options'], 'nosniff', path);
      const before = far.requests.length;
      const did = await page.evaluate(async (site) => {
        const found = [];
        globalThis.pwned = (how) => found.push(how);
        const inline = document.createElement('script');
        inline.textContent = 'pwned("inline script")';
        const other = document.createElement('script');
        other.src = `${site}/script.js`;
        const style = document.createElement('style');
        style.textContent = 'html { --pwned: 1 }';
        const base = document.createElement('base');
        base.href = site;
        const frame = document.createElement('iframe');
        frame.src = `${site}/empty`;
        document.head.append(inline, other, style, base);
        document.body.append(frame);
        const button = document.createElement('button');
        button.setAttribute('onclick', 'pwned("handler")');
        document.body.append(button);
        button.click();
        const link = document.createElement('a');
        link.href = 'javascript:pwned("link")';
        document.body.append(link);
        link.click();
        await fetch(`${site}/fetch`, { mode: 'no-cors' }).then(() => found.push('fetch'), () => {});
        const picture = new Image();
        await new Promise((loaded) => { picture.onload = () => { found.push('picture'); loaded(); }; picture.onerror = loaded; picture.src = `${site}/picture`; });
        if (getComputedStyle(document.documentElement).getPropertyValue('--pwned')) found.push('style');
        if (document.baseURI.startsWith(site)) found.push('base');
        const form = document.createElement('form');
        form.action = `${site}/form`;
        document.body.append(form);
        form.submit();
        await new Promise((later) => { setTimeout(later, 50); });
        return found;
      }, far.url);
      assert.deepEqual(did, [], path);
      assert.deepEqual(far.requests.slice(before).map(({ url }) => url), [], path);
    }
    await done();
  });

  test('markup in names, descriptions and answers is only words', async () => {
    const evil = '<img src=x onerror=pwned=1><script>pwned=1</script>"><b id=evil>';
    const product = await till.api('POST', '/v1/products/', {
      name: evil, description: `${evil}\n\n[link](javascript:globalThis.pwned=1) ${evil}`, prices: [{ amount_type: 'fixed', price_amount: 1000 }],
    });
    assert.equal(product.status, 201, JSON.stringify(product.body));
    const customer = await till.api('POST', '/v1/customers/', { email: 'evil@example.com', name: evil, metadata: { evil } });
    const checkout = await session(till, { products: [product.body.id], customer_id: customer.body.id, metadata: { evil }, success_url: `${far.url}/thanks?x=%3Cscript%3E` });
    const { page, done } = await owner();
    const paths = [
      new URL(checkout.url).pathname, '/dashboard/demo/products', `/dashboard/demo/products/${product.body.id}`,
      `/dashboard/demo/products/${product.body.id}/edit`, '/dashboard/demo/customers', `/dashboard/demo/customers/${customer.body.id}`,
      `/dashboard/demo/checkouts/${checkout.id}`, `/dashboard/demo/products?query=${encodeURIComponent(evil)}`,
      `/sign-in?next=${encodeURIComponent('/"><b id=evil>')}`,
    ];
    for (const path of paths) {
      await page.goto(till.url + path);
      assert.equal(await page.evaluate(() => globalThis.pwned), undefined, path);
      assert.equal(await page.locator('#evil, [onerror], a[href^="javascript:"]').count(), 0, path);
      assert.equal(await page.evaluate(() => [...document.scripts].filter((script) => !script.src && script.type !== 'application/json').length), 0, path);
    }
    await done();
  });

  test('no other site shows a page of ours in a frame', async () => {
    const checkout = await session(till, { products: [till.products[2].id] });
    const { page, done } = await owner();
    for (const site of [far, near]) {
      for (const path of ['/sign-in', '/account', '/dashboard/demo', '/dashboard/demo/settings/team/invite', '/reference', new URL(checkout.url).pathname]) {
        const refused = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
        await page.goto(`${site.url}/empty`);
        await page.evaluate((src) => { const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame); }, till.url + path);
        await refused;
        const shown = await page.frames()[1]?.evaluate(() => document.body?.innerText ?? '').catch(() => '');
        assert.doesNotMatch(shown ?? '', /sign in|dashboard|pay/i, `${path} in a frame of ${site.url}`);
      }
    }
    await done();
  });

  test('a form, a fetch or a link of another site changes nothing for who is signed in here', async () => {
    const { page, done } = await owner();
    const team = async () => { await page.goto(`${till.url}/dashboard/demo/settings/team`); return page.locator('main').innerText(); };
    const [products, people] = [await names('/v1/products/'), await team()];
    const forms = [
      ['/dashboard/demo/products/new', { name: 'Forged', 'prices.0.amount_type': 'fixed', 'prices.0.price_amount': '10' }],
      ['/dashboard/demo/settings/team/invite', { email: 'eve@example.com', role: 'owner' }],
      ['/dashboard/demo/developers/tokens/new', { name: 'Forged', scopes: 'products:read' }],
      ['/account/password', { password: 'correct horse battery' }],
      ['/sign-out', {}],
      ['/sign-in', { email: 'eve@example.com', password: 'x' }],
    ];
    for (const site of [far, near]) {
      for (const [path, fields] of forms) {
        // What a form can be sent as without being asked about first.
        const kinds = path === forms[0][0] ? ['text/plain', 'multipart/form-data'] : [];
        for (const enctype of ['application/x-www-form-urlencoded', ...kinds]) {
          await page.goto(`${site.url}/empty`);
          const answer = page.waitForResponse((response) => response.url() === till.url + path);
          await page.evaluate(([action, enctype, fields]) => {
            const form = Object.assign(document.createElement('form'), { action, enctype, method: 'post' });
            for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement('input'), { name, value }));
            document.body.append(form);
            form.submit();
          }, [till.url + path, enctype, fields]);
          assert.equal((await answer).status(), 403, `${path} from ${site.url}, ${enctype}`);
          assert.equal((await answer).headers()['set-cookie'], undefined, path);
          await page.waitForURL(till.url + path);
        }
        await page.goto(`${site.url}/empty`);
        const outcome = await page.evaluate(async ([url, body]) => {
          const options = { method: 'POST', credentials: 'include', body: new URLSearchParams(body) };
          const plain = await fetch(url, { ...options, mode: 'no-cors' }).then(({ type }) => type, () => 'failed');
          const read = await fetch(url, options).then(({ status }) => `read ${status}`, () => 'failed');
          return [plain, read];
        }, [till.url + path, fields]);
        assert.equal(outcome[1], 'failed', `${path} cannot be read from ${site.url}`);
      }
      // The API answers any origin, but cookies are no permission there.
      const statuses = await page.evaluate((url) => Promise.all([
        fetch(`${url}/v1/products/`).then(({ status }) => status),
        fetch(`${url}/v1/products/`, { credentials: 'include' }).then(({ status }) => status, () => 'failed'),
      ]), till.url);
      assert.deepEqual(statuses, [401, 'failed'], site.url);
    }
    assert.equal(await team(), people, 'still signed in, the team as it was');
    assert.deepEqual(await names('/v1/products/'), products);
    await page.goto(`${till.url}/dashboard/demo/developers/tokens`);
    assert.doesNotMatch(await page.locator('main').innerText(), /Forged/);
    await done();
  });

  test('a session that somebody planted is not the one that is signed in, and no script reads it', async () => {
    const { page, context, done } = await open();
    await page.goto(`${till.url}/sign-in`);
    const planted = `till_ses_${'a'.repeat(43)}`;
    await context.addCookies([{ name: 'till_session', value: planted, url: till.url }]);
    await signIn(page, till, till.owner_email);
    const cookie = (await context.cookies()).find(({ name }) => name === 'till_session');
    assert.ok(cookie.httpOnly && cookie.value.startsWith('till_ses_') && cookie.value !== planted);
    assert.doesNotMatch(await page.evaluate(() => document.cookie), /till_ses/);
    const other = await open();
    await other.context.addCookies([{ name: 'till_session', value: planted, url: till.url }]);
    await other.page.goto(`${till.url}/dashboard/demo`);
    assert.match(other.page.url(), /\/sign-in/);
    // Signing in again leaves the old token worth nothing.
    await signIn(page, till, till.owner_email);
    await other.context.addCookies([{ name: 'till_session', value: cookie.value, url: till.url }]);
    await other.page.goto(`${till.url}/dashboard/demo`);
    assert.match(other.page.url(), /\/sign-in/);
    await other.done();
    await done();
  });

  test('after ten wrong passwords a person has to wait, wherever they try', async () => {
    const { page, done } = await open();
    const attempt = async () => {
      await page.goto(`${till.url}/sign-in`);
      await page.locator('input[name="email"]').first().fill('guessed@example.com');
      await page.locator('input[type="password"]').fill('wrong horse battery');
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      return (await answer).status();
    };
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push(await attempt());
    assert.ok(statuses.slice(0, 10).every((status) => status === 422), String(statuses));
    assert.equal(statuses.at(-1), 429);
    await page.getByText('Too many attempts.').waitFor();
    const elsewhere = await open();
    await signIn(elsewhere.page, till, till.owner_email);
    await elsewhere.done();
    await done();
  });

  test('the merchant\'s page is not told the address that the buyer paid at', async () => {
    const checkout = await session(till, { products: [till.products[2].id], success_url: `${far.url}/thanks` });
    const { page, done } = await open();
    await page.goto(checkout.url);
    await fill(page);
    await pay(page, /\/thanks/);
    const visit = await until('the merchant is visited', () => far.requests.find(({ url }) => url.startsWith('/thanks')));
    assert.doesNotMatch(visit.headers.referer ?? '', /polar_c_|checkout/);
    assert.doesNotMatch(visit.url, /polar_c_/);
    await done();
  });
});
