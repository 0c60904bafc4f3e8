// pages.mjs ADDRESS: what people see and do, in Debian's Chromium: without JavaScript, on a phone, in
// the dark, with a screen reader's rules (axe). Screenshots go to screenshots/ beside this file.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const address = process.argv[2].replace(/\/$/, '');
const shots = new URL('screenshots/', import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

let passed = 0;
let failed = 0;

// One test: a page of its own; what the console complains of, the content security policy included,
// is a failure.
async function test(name, options, body) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  try {
    await body(page);
    assert.deepEqual(complaints, []);
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message}`);
    await page.screenshot({ path: `${shots}failed-${failed}.png` });
  }
  await context.close();
}

const total = async (page) =>
  Number((await page.locator('.total strong').textContent()).replaceAll(',', ''));
const count = async (link) =>
  Number((await link.locator('.value-count').textContent()).replaceAll(',', ''));
const fits = (page) => page.evaluate(
  () => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

const plain = { javaScriptEnabled: false };

await test('a question typed is answered', plain, async (page) => {
  await page.goto(`${address}/`);
  await page.getByRole('searchbox').fill('peace');
  await page.getByRole('button', { name: 'Search' }).click();
  assert.match(page.url(), /\/search\?q=peace/);
  assert.ok(await total(page) > 0);
  assert.ok(await page.locator('.hit mark').count() > 0);
  await page.screenshot({ path: `${shots}search.png` });
});

await test('a facet\'s count is the total that clicking it gives', plain, async (page) => {
  await page.goto(`${address}/search?q=peace`);
  for (const facet of [0, 1]) {
    const link = page.locator('.facet').nth(facet).locator('.value-link').nth(1);
    const promised = await count(link);
    await link.click();
    assert.equal(await total(page), promised);
    assert.equal(await page.locator('.chip').count(), 1);
    await page.locator('.chip').click();
    assert.equal(await page.locator('.chip').count(), 0);
  }
});

await test('leaving a value out takes its reports away', plain, async (page) => {
  await page.goto(`${address}/search?q=peace`);
  const all = await total(page);
  const value = page.locator('.facet').first().locator('.value').first();
  const promised = await count(value.locator('.value-link'));
  await value.locator('.value-exclude').click();
  assert.equal(await total(page), all - promised);
  assert.match(await page.locator('.chip').textContent(), /not/);
});

await test('a bar of the histogram is a question of its days', plain, async (page) => {
  await page.goto(`${address}/search`);
  const bar = page.locator('.bars a').last();
  const promised = Number((await bar.locator('title').textContent()).split(': ')[1]);
  await bar.locator('.bar-field').click();
  assert.equal(await total(page), promised);
  assert.match(page.url(), /from=.*to=/);
});

await test('filters stay when the words change', plain, async (page) => {
  await page.goto(`${address}/search?q=peace&region=ML&-actor=isgs`);
  await page.getByRole('searchbox').fill('attack');
  await page.getByRole('button', { name: 'Search' }).click();
  assert.equal(await page.locator('.chip').count(), 2);
  assert.match(page.url(), /q=attack/);
});

await test('pages follow each other', plain, async (page) => {
  await page.goto(`${address}/search?size=5`);
  const first = await page.locator('.hit-title').first().textContent();
  await page.getByRole('link', { name: 'Next' }).click();
  assert.notEqual(await page.locator('.hit-title').first().textContent(), first);
  await page.getByRole('link', { name: 'Previous' }).click();
  assert.equal(await page.locator('.hit-title').first().textContent(), first);
});

await test('a report shows why it is tagged', plain, async (page) => {
  await page.goto(`${address}/search?actor=jnim`);
  await page.locator('.hit-title a').first().click();
  assert.ok(await page.locator('.report .mention-actor').count() > 0);
  assert.match(await page.locator('.facets').textContent(), /JNIM/);
  await page.screenshot({ path: `${shots}report.png`, fullPage: true });
});

await test('an error is a page with the question kept', plain, async (page) => {
  const response = await page.goto(`${address}/search?q=peace&match=all&size=5`);
  assert.equal(response.status(), 200);
  page.removeAllListeners('console'); // Chromium itself reports the status 400
  assert.equal((await page.goto(`${address}/search?q=peace&from=never`)).status(), 400);
  assert.equal(await page.getByRole('searchbox').inputValue(), 'peace');
  assert.match(await page.locator('main').textContent(), /from/);
});

await test('text that looks like a page is text', {}, async (page) => {
  const nasty = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
  await page.goto(`${address}/search?q=${encodeURIComponent(nasty)}`);
  assert.equal(await page.getByRole('searchbox').inputValue(), nasty);
  assert.equal(await page.locator('img, script').count(), 0);
});

for (const scheme of ['light', 'dark']) {
  for (const path of ['/search?q=peace&actor=jnim&-actor=isgs', '/search?q=zebra', '/problems']) {
    await test(`axe finds nothing: ${path}, ${scheme}`, { colorScheme: scheme, bypassCSP: true },
      async (page) => {
        await page.goto(address + path);
        await page.evaluate(axe);
        const { violations } = await page.evaluate('axe.run()');
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
      });
  }
  await test(`axe finds nothing: a report, ${scheme}`, { colorScheme: scheme, bypassCSP: true },
    async (page) => {
      await page.goto(`${address}/search?actor=jnim`);
      await page.locator('.hit-title a').first().click();
      await page.evaluate(axe);
      const { violations } = await page.evaluate('axe.run()');
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
    });
}

for (const width of [320, 390, 768]) {
  await test(`nothing sticks out at ${width} px`, { viewport: { width, height: 800 } },
    async (page) => {
      for (const path of ['/search?q=peace&region=ML', '/search?interval=year', '/problems']) {
        await page.goto(address + path);
        assert.ok(await fits(page), path);
      }
      await page.goto(`${address}/search?actor=jnim`);
      await page.screenshot({ path: `${shots}phone-${width}.png` });
      await page.locator('.hit-title a').first().click();
      assert.ok(await fits(page), 'a report');
    });
}

await test('the keyboard reaches the answer first', plain, async (page) => {
  await page.goto(`${address}/search?q=peace`);
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
});

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
