// Signing in, for every test of the dashboard.
import { execFileSync } from 'node:child_process';
import { binary } from '../clients/till.mjs';
import { openPage } from './browser.mjs';

/** Signs in by a link that the operator's command prints. */
export async function signIn(page, till, email) {
  const printed = execFileSync(binary, [
    'sign-in', email, '--data-dir', till.folder, '--public-url', till.url,
  ], { encoding: 'utf8' });
  const link = printed.match(/http\S+/)[0];
  await page.goto(link);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL(/\/(dashboard|account)/);
}

/** A page of the demo shop's owner. */
export async function signedIn(browser, till, options) {
  const opened = await openPage(browser, till, options);
  await signIn(opened.page, till, till.owner_email);
  return opened;
}
