// Stripe's types as JSON schemas, and what was exchanged with the fake held to them: every request that was taken, and
// every answer. `node shapes.mjs http://127.0.0.1:PORT` checks a running fake, `node shapes.mjs FOLDER` what those have
// left that ran with TILL_FAKE_STRIPE_EXCHANGES=FOLDER.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const here = dirname(fileURLToPath(import.meta.url));
const packageFolder = join(here, 'node_modules/stripe');
const cache = join(here, 'node_modules/.cache/till-shapes');

/** The version of the API that the types are of. */
export const apiVersion = /'([^']+)'/.exec(readFileSync(join(packageFolder, 'cjs/apiVersion.js'), 'utf8').split('ApiVersion =').pop())[1];

/** Types as they are today: `| OtherString` says that new words may come, and objects that the fake lacks are never shown. */
function closed(text) {
  const folders = [...text.matchAll(/import (?:\{|\* as) (\w+) (?:\} )?from '\.\/\w+\/index\.js'/g)].map(([, name]) => name);
  const others = new RegExp(`\\b(?:${folders.join('|') || 'NONE'})\\.[\\w.]+`, 'g');
  return text.replaceAll(' | OtherString', '').replaceAll('?: void;', '?: never;').replace(others, 'never');
}

/** A module of an object that the fake lacks: its names, of something that is never shown. */
function emptied(text) {
  const names = [...text.matchAll(/^export (?:declare )?(?:interface|type|class|namespace) (\w+)/gm)].map(([, name]) => name);
  const never = (name) => `export interface ${name} { object: 'never shown by the fake' }`;
  return `${[...new Set(names)].map(never).join('\n')}\nexport {};\n`;
}

/** The schema of `Params` and `Objects` of shapes.types.ts; made once for each version of the package. */
function schema() {
  const types = readFileSync(join(here, 'shapes.types.ts'), 'utf8');
  const version = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;
  const sum = createHash('sha256').update(`4 ${version} ${types}`).digest('hex').slice(0, 16);
  const file = join(cache, `${sum}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  rmSync(cache, { recursive: true, force: true });
  const sources = join(cache, 'types');
  cpSync(join(packageFolder, 'cjs'), sources, {
    recursive: true,
    filter: (path) => !/\.(js|map)$/.test(path),
  });
  for (const name of readdirSync(sources, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(sources, name);
    const text = readFileSync(path, 'utf8');
    const kept = !name.startsWith('resources') || types.includes(`'./${name.replace(/\.d\.ts$/, '.js')}'`);
    writeFileSync(path, kept ? closed(text) : emptied(text));
  }
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(sources, 'shapes.types.ts'), types);
  const made = createGenerator({
    path: join(sources, 'shapes.types.ts'), type: '*', expose: 'export', topRef: true, skipTypeCheck: true,
    additionalProperties: false, jsDoc: 'none', encodeRefs: false,
  }).createSchema('*');
  writeFileSync(file, JSON.stringify(made));
  rmSync(sources, { recursive: true, force: true });
  return made;
}

const made = schema();
/** Operations that have types. */
export const operations = Object.keys(made.definitions.Params.properties);

// Requests are texts, so their numbers and booleans are read as such; answers are taken literally.
const requests = new Ajv({ strict: false, coerceTypes: true, allErrors: true });
const answers = new Ajv({ strict: false, allErrors: true });
requests.addSchema(made, 'stripe');
answers.addSchema(made, 'stripe');
const compiled = new Map();

/** The check of one type; nothing if there is no such type. */
function validator(ajv, kind, name) {
  if (!made.definitions[kind].properties[name]) return undefined;
  const key = `${kind} ${name}`;
  if (!compiled.has(key)) {
    compiled.set(key, ajv.compile({ $ref: `stripe#/definitions/${kind}/properties/${name}` }));
  }
  return compiled.get(key);
}

function held(ajv, kind, name, value, where) {
  const validate = validator(ajv, kind, name);
  if (!validate) return [`${where}: Stripe has no type for ${name}`];
  if (validate(value)) return [];
  // Of a union every branch complains; the deepest complaints are about the branch that was meant.
  const deepest = Math.max(...validate.errors.map((error) => error.instancePath.split('/').length));
  const told = validate.errors
    .filter((error) => error.instancePath.split('/').length === deepest)
    .map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
  return [...new Set(told)].slice(0, 5).map((line) => `${where}: ${line}`);
}

/** What is wrong with an object of the API. */
export function checkObject(object, where) {
  if (object?.object === 'list') {
    const shape = ['object', 'data', 'has_more', 'url'].every((name) => name in object) && Object.keys(object).length === 4;
    const own = shape && Array.isArray(object.data) ? [] : [`${where}: it is no list of Stripe's`];
    return own.concat(object.data.flatMap((item, at) => checkObject(item, `${where}[${at}]`)));
  }
  if (object?.object === 'event') {
    const { data, ...envelope } = object;
    return held(answers, 'Objects', 'event', envelope, where).concat(checkObject(data.object, `${where} ${object.type}`));
  }
  return held(answers, 'Objects', object?.object, object, where);
}

/** What is wrong with one exchange; nothing if it has Stripe's shape. */
export function checkExchange({ number, operation, publishable, params, status, answer, method, path }) {
  const where = `${number} ${method} ${path}`;
  if (operation === null) return answer?.error ? held(answers, 'Objects', 'error', answer.error, `${where} error`) : [`${where}: no endpoint`];
  const wrong = [];
  // What the script sends to make a token is Stripe's own affair.
  if (!operation.startsWith('script.')) {
    wrong.push(...held(requests, 'Params', operation, structuredClone(params), `${where} params`));
  }
  // A publishable key sees less of an intent than the types say.
  if (status < 400 && publishable && method === 'GET') return wrong;
  if (status < 400) wrong.push(...checkObject(answer, `${where} answer`));
  else wrong.push(...held(answers, 'Objects', 'error', answer.error, `${where} error`));
  return wrong;
}

/** Everything that a running fake has exchanged. */
export async function exchangesOf(url) {
  return (await fetch(`${url}/_fake/exchanges`)).json();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const from = process.argv[2];
  const kept = () => readdirSync(from).flatMap((name) => JSON.parse(readFileSync(join(from, name), 'utf8')));
  const exchanges = /^https?:/.test(from) ? await exchangesOf(from) : kept();
  const wrong = exchanges.flatMap(checkExchange);
  for (const line of wrong) console.error(line);
  console.log(`${exchanges.length} exchanges, ${wrong.length} things that are not Stripe's`);
  process.exitCode = wrong.length > 0 || exchanges.length === 0 ? 1 : 0;
}
