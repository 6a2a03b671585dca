// Buying in a frame on a merchant's page, which is on another site.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { startTill, until } from '../clients/till.mjs';
import { assertAccessible, cards, fill, openPage, pay, payButton, payToBank, phone, refusals, screenshot, session, startBrowser, wide } from './browser.mjs';

/** A merchant's shop: pages of HTML by path, on another site than Till. */
async function startShop(pages) {
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url, 'http://shop');
    const body = pages[pathname];
    answer.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    answer.end(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title><h1>Shop</h1>${body ?? ''}`);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return { url: `http://localhost:${server.address().port}`, stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

describe('the checkout in a frame', () => {
  let till;
  let shop;
  let browser;
  let link;
  const pages = { '/thanks': '<p id="thanks">Thank you</p>' };
  before(async () => {
    till = await startTill('browser-embed');
    browser = await startBrowser();
    shop = await startShop(pages);
    const { items: [organization] } = (await till.api('GET', '/v1/organizations/')).body;
    await till.api('PATCH', `/v1/organizations/${organization.id}`, { embed_hosts: [new URL(shop.url).host] });
    const body = { payment_processor: 'stripe', products: [till.products[2].id], success_url: `${shop.url}/thanks?id={CHECKOUT_ID}` };
    const made = await till.api('POST', '/v1/checkout-links/', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    link = made.body;
    const script = `<script src="${till.url}/embed.js" defer data-auto-init></script>`;
    const heard = '<script>heard = []; addEventListener("message", ({ data, origin }) => heard.push({ ...data, origin }));</script>';
    pages['/'] = `${heard}${script}
      <a id="plain" href="${link.url}" data-polar-checkout><b>Buy</b></a>
      <button id="light" data-polar-checkout="${link.url}" data-polar-checkout-theme="light">Buy</button>
      <button id="dark" data-polar-checkout="${link.url}" data-polar-checkout-theme="dark">Buy</button>`;
    pages['/module'] = `${heard}<script type="module">
      import embed, { PolarEmbedCheckout } from "${till.url}/embed.mjs";
      globalThis.same = embed === PolarEmbedCheckout;
      PolarEmbedCheckout.init();
      </script><a id="plain" href="${link.url}" data-polar-checkout>Buy</a>`;
  });
  after(async () => { await browser?.close(); await till?.stop(); await shop?.stop(); });

  /** Runs `steps` on a page of the shop, which must stay quiet. */
  async function visit(path, steps, options) {
    const opened = await openPage(browser, till, { origins: [shop.url], ...options });
    try {
      await opened.page.goto(shop.url + path);
      await steps(opened.page);
    } catch (error) {
      await opened.context.close();
      throw error;
    }
    await opened.done();
  }
  const heard = (page) => page.evaluate(() => globalThis.heard.map(({ event }) => event));
  const frameOf = async (page) => {
    const frame = await (await page.locator('iframe').elementHandle()).contentFrame();
    await frame.locator('#checkout').waitFor();
    return frame;
  };
  /**
   * Presses Escape. Not awaited: the key goes down in the frame, which is gone before the key comes up, and Chromium
   * acknowledges no event to a frame that is gone.
   */
  const escape = (page) => { page.keyboard.press('Escape').catch(() => {}); };
  /** Closes the frame by its button; not awaited for the same reason. */
  const shut = (frame) => { frame.locator('.close').click().catch(() => {}); };
  /** Opens the checkout over the page; its frame. */
  async function open(page, button = '#plain') {
    await page.locator(button).click();
    await until('the frame is shown', async () => (await heard(page)).includes('loaded'));
    await page.locator('iframe').waitFor({ state: 'visible' });
    return frameOf(page);
  }

  for (const theme of ['light', 'dark']) {
    test(`bought over the shop's page, ${theme}: loaded, confirmed, success, and on to the shop`, async () => {
      await visit('/', async (page) => {
        const parts = page.locator('body > div').filter({ has: page.locator('.polar-loader-spinner') });
        const url = await page.evaluate(() => document.querySelector('#light').getAttribute('data-polar-checkout'));
        // the published script's own calls
        const spinners = await page.evaluate(([link, theme]) => {
          globalThis.opened = globalThis.Polar.EmbedCheckout.create(link, { theme });
          return document.querySelectorAll('body > div > .polar-loader-spinner').length;
        }, [url, theme]);
        assert.equal(spinners, 1, 'at once, before anything is loaded');
        await until('the frame is shown', async () => (await heard(page)).includes('loaded'));
        assert.equal(await parts.count(), 0, 'the spinner is gone');
        assert.equal(await page.evaluate(() => document.body.classList.contains('polar-no-scroll')), true);
        await page.evaluate(async () => {
          const checkout = await globalThis.opened;
          globalThis.told = [];
          for (const type of ['close', 'confirmed', 'success']) checkout.addEventListener(type, (event) => globalThis.told.push(type));
          checkout.addEventListener('success', (event) => { event.preventDefault(); globalThis.success = event.detail; });
        });
        const frame = await frameOf(page);
        assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), theme);
        assert.match(await page.locator('iframe').getAttribute('allow'), /payment 'self' http/);
        await assertAccessible(frame, `the frame, ${theme}`);
        await screenshot(page, `embed-${theme}`);
        await fill(frame);
        await payButton(frame).click();
        await until('success is told', () => page.evaluate(() => globalThis.success));
        assert.deepEqual(await heard(page), ['loaded', 'confirmed', 'success']);
        assert.deepEqual(await page.evaluate(() => globalThis.told), ['confirmed', 'success']);
        const success = await page.evaluate(() => globalThis.success);
        assert.equal(success.redirect, true);
        assert.ok(success.successURL.startsWith(`${shop.url}/thanks?id=`), success.successURL);
        assert.ok(!page.url().includes('/thanks'), 'the default was prevented');
        // The merchant shows something of its own: the frame can still be closed, and says so. A key that is pressed while
        // the frame goes on to the receipt would be lost.
        await frame.locator('.receipt').waitFor();
        escape(page);
        await page.locator('iframe').waitFor({ state: 'detached' });
        assert.deepEqual(await page.evaluate(() => globalThis.told), ['confirmed', 'success', 'close']);
        const id = new URL(success.successURL).searchParams.get('id');
        const done = (await till.api('GET', `/v1/checkouts/${id}`)).body;
        assert.deepEqual([done.status, done.embed_origin], ['succeeded', shop.url]);
      });
    });
  }

  test('a link with the attribute opens it, and success leads on to the shop', async () => {
    for (const path of ['/', '/module']) {
      await visit(path, async (page) => {
        await page.locator('#plain').waitFor();
        if (path === '/module') assert.equal(await page.evaluate(() => globalThis.same), true);
        const frame = await open(page, path === '/' ? '#plain b' : '#plain');
        await fill(frame, { card: cards.secure });
        await payToBank(frame);
        await frame.locator('button[value="approve"]').click();
        // Asked for, not waited for: on a busy machine the browser can report the frame's own end as an aborted step.
        await until('the shop thanks', () => page.url().startsWith(`${shop.url}/thanks?`));
      });
    }
  });

  test('it is closed by its button, by Escape and by a click beside it, and the page is as before', async () => {
    await visit('/', async (page) => {
      for (const close of [
        (frame) => shut(frame),
        () => escape(page),
        () => page.mouse.click(5, 400),
      ]) {
        await page.evaluate(() => { globalThis.heard = []; });
        const frame = await open(page, '#dark');
        await close(frame);
        await page.locator('iframe').waitFor({ state: 'detached' });
        assert.equal(await page.evaluate(() => document.body.className + document.body.style.overflow), '');
        assert.equal(await page.evaluate(() => document.activeElement.id), 'dark');
        assert.equal(await page.locator('.polar-loader-spinner').count(), 0);
      }
    }, { viewport: wide });
  });

  test('closing tells the page, however it is closed; before it is shown the promise is rejected', async () => {
    await visit('/', async (page) => {
      const early = await page.evaluate(async (url) => {
        const opening = globalThis.Polar.EmbedCheckout.create(url);
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
        return opening.then(() => 'shown', (error) => error.name);
      }, link.url);
      assert.equal(early, 'AbortError');
      assert.equal(await page.locator('iframe').count(), 0);
      const told = await page.evaluate(async (url) => {
        const { EmbedCheckout } = globalThis.Polar;
        const told = [];
        const open = async (name) => {
          const checkout = await EmbedCheckout.create(url);
          checkout.addEventListener('close', () => told.push(name));
          return checkout;
        };
        await open('first');
        await open('second');
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
        const kept = await open('third');
        kept.addEventListener('close', (event) => event.preventDefault());
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
        told.push(document.querySelectorAll('iframe').length);
        kept.close();
        told.push(document.querySelectorAll('iframe').length);
        return told;
      }, link.url);
      assert.deepEqual(told, ['first', 'second', 'third', 1, 0]);
    });
  });

  test('the page behind does not scroll, whichever of its elements scrolls', async () => {
    await visit('/', async (page) => {
      const styles = () => page.evaluate(() => [document.documentElement, document.body].map((element) => element.style.overflow));
      await page.evaluate(() => { document.documentElement.style.overflow = 'auto'; });
      await open(page);
      assert.deepEqual(await styles(), ['hidden', 'hidden']);
      escape(page);
      await page.locator('iframe').waitFor({ state: 'detached' });
      assert.deepEqual(await styles(), ['auto', '']);
    });
  });

  test('while somebody tries Till, a site on this machine needs no listing; another site is named in the console', async () => {
    const { items: [organization] } = (await till.api('GET', '/v1/organizations/')).body;
    await till.api('PATCH', `/v1/organizations/${organization.id}`, { embed_hosts: [] });
    try {
      await visit('/', async (page) => {
        await open(page);
      });
      const elsewhere = shop.url.replace('localhost', 'shop.test');
      const said = [];
      const opened = await openPage(browser, till, {
        origins: [elsewhere], expected: (text) => (said.push(text), true),
      });
      const { page } = opened;
      await page.goto(elsewhere);
      await page.evaluate((url) => { globalThis.Polar.EmbedCheckout.create(url); }, link.url);
      await page.waitForURL((url) => url.pathname.startsWith('/checkout/'));
      await opened.done();
      assert.ok(said.some((text) => text.includes('shop.test') && text.includes('embed hosts')), said.join());
    } finally {
      await till.api('PATCH', `/v1/organizations/${organization.id}`, { embed_hosts: [new URL(shop.url).host] });
    }
  });

  test('on a phone it fills the screen', async () => {
    await visit('/', async (page) => {
      const frame = await open(page, '#light');
      await screenshot(page, 'embed-phone');
      assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    }, { viewport: phone });
  });

  test('without a success page the receipt stays in the frame, which can be closed', async () => {
    const checkout = await session(till, { products: [till.products[2].id], embed_origin: shop.url });
    await visit('/', async (page) => {
      await page.evaluate((url) => { globalThis.Polar.EmbedCheckout.create(url); }, checkout.url);
      await until('the frame is shown', async () => (await heard(page)).includes('loaded'));
      const frame = await frameOf(page);
      await fill(frame);
      await pay(frame);
      await until('success is told', async () => (await heard(page)).includes('success'));
      const told = await page.evaluate(() => globalThis.heard.at(-1));
      assert.equal(told.redirect, false);
      await frame.locator('.receipt').waitFor();
      shut(frame);
      await page.locator('iframe').waitFor({ state: 'detached' });
    });
  });

  test('a merchant who is slow to hear of it keeps no buyer locked in', async () => {
    let answers = [];
    const slow = createServer((request, answer) => {
      request.resume();
      request.on('end', () => answers ? answers.push(answer) : answer.end('{}'));
    });
    await new Promise((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${slow.address().port}/hook`;
    const endpoint = await till.api('POST', '/v1/webhooks/endpoints', { url, format: 'raw', events: ['checkout.updated'] });
    assert.equal(endpoint.status, 201, JSON.stringify(endpoint.body));
    const checkout = await session(till, { products: [till.products[2].id], embed_origin: shop.url });
    try {
      await visit('/', async (page) => {
        await page.evaluate((url) => { globalThis.Polar.EmbedCheckout.create(url); }, checkout.url);
        await until('the frame is shown', async () => (await heard(page)).includes('loaded'));
        const frame = await frameOf(page);
        await fill(frame);
        const told = [];
        page.on('response', async (answer) => {
          // Of a page that is left meanwhile there is no body any more.
          if (answer.url().includes('/frame?')) told.push(await answer.json().catch(() => ({})));
        });
        await pay(frame);
        await frame.locator('.receipt').waitFor();
        const waits = await until('the frame asks how it is', () => told.find(({ confirmed }) => confirmed));
        assert.equal(waits.success, null, 'the merchant has not heard');
        await frame.locator('.close').click();
        assert.equal(await page.locator('iframe').count(), 1, 'not before it is known how it ends');
        for (const answer of answers.splice(0)) answer.end('{}');
        answers = null;
        await until('success is told', async () => (await heard(page)).includes('success'));
        shut(frame);
        await page.locator('iframe').waitFor({ state: 'detached' });
        assert.equal((await heard(page)).filter((event) => event === 'confirmed').length, 1);
      });
    } finally {
      await till.api('DELETE', `/v1/webhooks/endpoints/${endpoint.body.id}`);
      slow.close();
      slow.closeAllConnections();
    }
  });

  test('a link that cannot be opened here is opened by itself, where it says why', async () => {
    const dead = link.url.replace(/polar_cl_[^/?]+/, 'polar_cl_nothing');
    assert.notEqual(dead, link.url);
    await visit('/', async (page) => {
      await page.evaluate((url) => { globalThis.Polar.EmbedCheckout.create(url, { theme: 'dark' }); }, dead);
      await page.waitForURL(dead);
      await page.getByText('This link no longer works').waitFor();
    }, { expected: (text) => /frame-ancestors|Framing|status of 404|does not open in a frame/.test(text) });
  });

  test('a selection that is dragged out of the checkout does not close it', async () => {
    await visit('/', async (page) => {
      const frame = await open(page, '#light');
      const box = await frame.locator('#details h2').first().boundingBox();
      await page.mouse.move(box.x + 5, box.y + 5);
      await page.mouse.down();
      await page.mouse.move(5, 400, { steps: 5 });
      await page.mouse.up();
      await frame.locator('#checkout').waitFor();
      assert.equal((await heard(page)).includes('close'), false);
      await page.mouse.click(5, 400);
      await page.locator('iframe').waitFor({ state: 'detached' });
    }, { viewport: wide });
  });

  test('a double click opens it once, and there is only one at a time', async () => {
    await visit('/', async (page) => {
      await page.locator('#light').dblclick();
      await until('the frame is shown', async () => (await heard(page)).includes('loaded'));
      assert.equal(await page.locator('iframe').count(), 1);
      await page.evaluate(() => { globalThis.heard = []; globalThis.Polar.EmbedCheckout.create(document.querySelector('#plain').href); });
      assert.equal(await page.locator('iframe').count(), 1);
      await until('the other frame is shown', async () => (await heard(page)).includes('loaded'));
      escape(page);
      await page.locator('iframe').waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.body.className + document.body.style.overflow), '');
    }, { viewport: wide });
  });

  test('another site gets no message, and no frame', async () => {
    const own = await session(till, { products: [till.products[2].id], embed_origin: 'https://shop.example' });
    const refused = [];
    await visit('/', async (page) => {
      page.on('console', (message) => { if (/frame-ancestors/.test(message.text())) refused.push(message.text()); });
      await page.evaluate((url) => { globalThis.Polar.EmbedCheckout.create(url); }, own.url);
      await until('the browser refuses to show it', () => refused.length > 0);
      assert.deepEqual(await heard(page), []);
      // it can still be taken away
      escape(page);
      await page.locator('iframe').waitFor({ state: 'detached' });
    }, { expected: (text) => /frame-ancestors|Framing/.test(text) });
    const plain = await fetch(own.url);
    assert.match(plain.headers.get('content-security-policy'), /frame-ancestors 'none'/);
    const framed = await fetch(`${own.url}?embed=true`);
    assert.match(framed.headers.get('content-security-policy'), /frame-ancestors https:\/\/shop\.example;/);
  });

  test('a session that nobody embeds tells nobody anything', async () => {
    const checkout = await session(till, { products: [till.products[2].id] });
    await visit('/', async (page) => {
      await page.evaluate((url) => { globalThis.Polar.EmbedCheckout.create(url); }, checkout.url);
      await page.waitForResponse((answer) => answer.url().includes('/frame?'));
      assert.deepEqual(await heard(page), []);
      await page.waitForURL(checkout.url);
      assert.equal(await page.locator('#checkout').count(), 1, 'it can be bought there');
    }, { expected: (text) => refusals(text) || /does not open in a frame/.test(text) });
  });
});
