// The script's calls, held to the types of @stripe/stripe-js: those that the stand-in answers, and those of the page.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import ts from 'typescript';

import { root } from './fake.mjs';

const here = join(root, 'tests/stripe');
const options = {
  noEmit: true, strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [], skipLibCheck: true, allowJs: true, checkJs: true,
};

function problems(file) {
  const program = ts.createProgram([file], options);
  return ts.getPreEmitDiagnostics(program).map((one) => {
    const place = one.file ? `${one.file.fileName}:${one.file.getLineAndCharacterOfPosition(one.start).line + 1} ` : '';
    return place + ts.flattenDiagnosticMessageText(one.messageText, '\n');
  });
}

test('the calls of a checkout page exist in Stripe’s script', () => {
  assert.deepEqual(problems(join(here, 'script.types.ts')), []);
});

test('the stand-in has what the types say that it has', () => {
  const script = readFileSync(join(root, 'crates/fake-stripe/assets/stripe.js'), 'utf8');
  const types = readFileSync(join(here, 'script.types.ts'), 'utf8');
  const declared = [...types.matchAll(/^ {2}(\w+)(?:\(|: Strip)/gm)].map(([, name]) => name);
  assert.ok(declared.length >= 9, declared.join());
  for (const name of declared) assert.match(script, new RegExp(`\\b${name}\\b`), name);
});

// The page's own script, once there is one: it says `// @ts-check` and imports its types in JSDoc.
const page = join(root, 'crates/server/assets/stripe.js');
test('the page’s script passes the type check', { skip: !existsSync(page) && 'the page has no such script yet' }, () => {
  assert.deepEqual(problems(page), []);
});
