// Writes locales/cldr/*.tsv: what CLDR says of money, dates and countries, as the ICU inside Node.js knows it.
// Run it with a newer Node.js to take over a newer CLDR: node locales/cldr.mjs
// The data are CLDR's: Copyright Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt).
import { readFileSync, writeFileSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url);
const wire = (file) => readFileSync(here(`../crates/wire/src/${file}`), 'utf8');
const countries = [...wire('country.rs').matchAll(/^ {4}\("([A-Z]{2})", "/gm)].map(([, code]) => code);
const currencies = [...wire('money.rs').matchAll(/\brow\("([a-z]{3})"/g)].map(([, code]) => code.toUpperCase());
const locales = ['en', 'de', 'es', 'fr', 'hu', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'pt-PT', 'sv', 'tr'];

/** How people write the first of a month where ICU writes a plain 1. */
const firsts = { fr: '1er' };

const number = (part) => ['integer', 'group', 'decimal', 'fraction'].includes(part.type);
/** A pattern with # for the number and ¤ for the sign of the currency. */
function pattern(parts) {
  return parts.map((part) => (number(part) ? '#' : part.type === 'currency' ? '¤' : part.value)).join('').replace(/#+/g, '#');
}

for (const locale of locales) {
  const lines = [`cldr\t${process.versions.cldr}`];
  // A sign that is not made of letters: how those are set apart is the same everywhere.
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' });
  lines.push(`positive\t${pattern(money.formatToParts(1.5))}`, `negative\t${pattern(money.formatToParts(-1.5))}`);
  lines.push(`percent\t${pattern(new Intl.NumberFormat(locale, { style: 'percent' }).formatToParts(0.2))}`);
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const parts = (month) => date.formatToParts(Date.UTC(2026, month, 14));
  const months = [...Array(12).keys()].map((month) => parts(month).find(({ type }) => type === 'month').value);
  lines.push(`date\t${parts(0).map(({ type, value }) => (type === 'literal' ? value : `{${type}}`)).join('')}`);
  lines.push(`months\t${months.join('\t')}`);
  if (firsts[locale]) lines.push(`first\t${firsts[locale]}`);
  for (const currency of currencies.sort()) {
    const sign = new Intl.NumberFormat(locale, { style: 'currency', currency }).formatToParts(1).find(({ type }) => type === 'currency').value;
    if (sign !== currency) lines.push(`currency\t${currency}\t${sign}`);
  }
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const order = new Intl.Collator(locale);
  const named = countries.map((code) => [code, names.of(code)]).sort(([, a], [, b]) => order.compare(a, b));
  for (const [code, name] of named) lines.push(`country\t${code}\t${name}`);
  writeFileSync(here(`cldr/${locale}.tsv`), `${lines.join('\n')}\n`);
}

// What the same ICU writes, for the test that compares.
const samples = [];
for (const locale of locales) {
  for (const [currency, digits] of [['USD', 2], ['EUR', 2], ['GBP', 2], ['JPY', 0], ['CHF', 2], ['SEK', 2], ['PLN', 2], ['BRL', 2], ['KRW', 0], ['TRY', 2]]) {
    for (const minor of [0, 5, 123450, 123456789, -2900]) {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
      samples.push([locale, 'money', currency, digits, minor, format.format(minor / 10 ** digits)].join('\t'));
    }
  }
  for (const day of ['2026-01-01', '2026-03-14', '2026-08-30', '2027-12-31']) {
    const written = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));
    samples.push([locale, 'date', day, '', '', firsts[locale] ? written.replace(/^1(?= )/, firsts[locale]) : written].join('\t'));
  }
  for (const [rate, percent] of [['0.2', 20], ['0.077', 7.7], ['0.08875', 8.875]]) {
    samples.push([locale, 'percent', rate, '', '', new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 }).format(percent / 100)].join('\t'));
  }
}
writeFileSync(here('cldr/samples.tsv'), `${samples.join('\n')}\n`);
