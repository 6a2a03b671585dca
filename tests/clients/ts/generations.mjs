// One way to speak to every release: snake_case objects in and out, ids as arguments.
// Each generation says what it can do (`can`), and how its errors look (`describe`).
import { Polar as Polar026 } from 'sdk-0.26';
import { Polar as Polar032 } from 'sdk-0.32';
import { Polar as Polar049 } from 'sdk-0.49';
import * as v2026_04 from 'sdk-1.0/2026-04';
import * as v2026_10 from 'sdk-1.0/2026-10';
import * as v2027_01 from 'sdk-1.0/2027-01';

const opaque = new Set(['metadata', 'customer_metadata', 'customerMetadata', 'custom_field_data', 'customFieldData', 'payload']);
const toCamel = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const toSnake = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
function rename(value, rule) {
  if (Array.isArray(value)) return value.map((item) => rename(item, rule));
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rule(key), opaque.has(key) ? inner : rename(inner, rule)]));
}
const camel = (value) => rename(value ?? {}, toCamel);
const snake = (value) => rename(value, toSnake);

function zeroDot(name, Polar, can) {
  const connect = (till, accessToken = till.token) => {
    const polar = new Polar({ accessToken, serverURL: till.url });
    const list = (call) => async (query) => snake((await call(camel(query))).result);
    const every = (call) => async (query) => {
      const items = [];
      for await (const page of await call(camel(query))) items.push(...snake(page.result.items));
      return items;
    };
    const organizations = can.listOrganizations ?? 'list';
    const api = {
      organizations: {
        list: list((query) => polar.organizations[organizations](query)),
        get: async (id) => snake(await polar.organizations.get({ id })),
        update: async (id, body) => snake(await polar.organizations.update({ id, organizationUpdate: camel(body) })),
      },
      products: {
        list: list((query) => polar.products.list(query)),
        every: every((query) => polar.products.list(query)),
        create: async (body) => snake(await polar.products.create(camel(body))),
        get: async (id) => snake(await polar.products.get({ id })),
        update: async (id, body) => snake(await polar.products.update({ id, productUpdate: camel(body) })),
      },
      customers: {
        list: list((query) => polar.customers.list(query)),
        create: async (body) => snake(await polar.customers.create(camel(body))),
        get: async (id) => snake(await polar.customers.get({ id })),
        update: async (id, body) => snake(await polar.customers.update({ id, customerUpdate: camel(body) })),
        delete: async (id) => polar.customers.delete({ id }),
        getExternal: async (externalId) => snake(await polar.customers.getExternal({ externalId })),
        updateExternal: async (externalId, body) =>
          snake(await polar.customers.updateExternal({ externalId, customerUpdateExternalID: camel(body) })),
        deleteExternal: async (externalId) => polar.customers.deleteExternal({ externalId }),
        getState: async (id) => snake(await polar.customers.getState({ id })),
        getStateExternal: async (externalId) => snake(await polar.customers.getStateExternal({ externalId })),
      },
      checkouts: {
        list: list((query) => polar.checkouts.list(query)),
        create: async (body) => snake(await polar.checkouts.create(camel(body))),
        get: async (id) => snake(await polar.checkouts.get({ id })),
        update: async (id, body) => snake(await polar.checkouts.update({ id, checkoutUpdate: camel(body) })),
        clientGet: async (clientSecret) => snake(await polar.checkouts.clientGet({ clientSecret })),
        clientUpdate: async (clientSecret, body) =>
          snake(await polar.checkouts.clientUpdate({ clientSecret, checkoutUpdatePublic: camel(body) })),
        clientConfirm: async (clientSecret, body) =>
          snake(await polar.checkouts.clientConfirm({ clientSecret, checkoutConfirmStripe: camel(body) })),
      },
      orders: {
        list: list((query) => polar.orders.list(query)),
        get: async (id) => snake(await polar.orders.get({ id })),
      },
      payments: {
        list: list((query) => polar.payments.list(query)),
        get: async (id) => snake(await polar.payments.get({ id })),
      },
      subscriptions: {
        list: list((query) => polar.subscriptions.list(query)),
        get: async (id) => snake(await polar.subscriptions.get({ id })),
      },
      customerSessions: { create: async (body) => snake(await polar.customerSessions.create(camel(body))) },
      webhooks: {
        list: list((query) => polar.webhooks.listWebhookEndpoints(query)),
        create: async (body) => snake(await polar.webhooks.createWebhookEndpoint(camel(body))),
        get: async (id) => snake(await polar.webhooks.getWebhookEndpoint({ id })),
        update: async (id, body) => snake(await polar.webhooks.updateWebhookEndpoint({ id, webhookEndpointUpdate: camel(body) })),
        resetSecret: async (id) => snake(await polar.webhooks.resetWebhookEndpointSecret({ id })),
        delete: async (id) => polar.webhooks.deleteWebhookEndpoint({ id }),
        deliveries: list((query) => polar.webhooks.listWebhookDeliveries(query)),
        redeliver: async (id) => polar.webhooks.redeliverWebhookEvent({ id }),
      },
    };
    return api;
  };
  return {
    name,
    can,
    connect,
    describe: (error) => ({ kind: error.name, status: error.statusCode, detail: error.detail }),
  };
}

function oneDot(name, module) {
  const connect = (till, accessToken = till.token) => {
    const polar = module.createPolar({ accessToken, baseUrl: till.url });
    const { webhooks } = polar;
    const every = (call) => async (query) => {
      const items = [];
      for await (const item of call(query)) items.push(item);
      return items;
    };
    return {
      ...polar,
      products: { ...polar.products, every: every(polar.products.iterList) },
      webhooks: {
        list: webhooks.listWebhookEndpoints,
        create: webhooks.createWebhookEndpoint,
        get: webhooks.getWebhookEndpoint,
        update: webhooks.updateWebhookEndpoint,
        resetSecret: webhooks.resetWebhookEndpointSecret,
        delete: webhooks.deleteWebhookEndpoint,
        deliveries: webhooks.listWebhookDeliveries,
        redeliver: webhooks.redeliverWebhookEvent,
      },
    };
  };
  const known = ['ResourceNotFound', 'HTTPValidationError', 'PaymentError', 'ExpiredCheckoutError'];
  return {
    name,
    can: { external: 'external_customer_id', state: true, payments: true, webhooks: true, free: 'fixed', shapes: ['products'] },
    connect,
    describe: (error) => ({
      kind: known.find((kind) => error instanceof module.errors[kind]) ?? error.error?.error ?? error.name,
      status: error.statusCode,
      detail: error.error?.detail,
    }),
  };
}

export const generations = [
  zeroDot('0.26.0', Polar026, { free: 'free', shapes: ['products', 'product_id', 'product_price_id'] }),
  zeroDot('0.32.16', Polar032, { external: 'customer_external_id', state: true, payments: true, free: 'free', shapes: ['products'] }),
  zeroDot('0.49.0', Polar049, {
    external: 'external_customer_id', state: true, payments: true, webhooks: true, free: 'fixed', shapes: ['products'],
    listOrganizations: 'listOrganizations',
  }),
  oneDot('1.0.1 of 2026-04', v2026_04),
  oneDot('1.0.1 of 2026-10', v2026_10),
  oneDot('1.0.1 of 2027-01', v2027_01),
];
/** Those that also run on PostgreSQL. */
export const newest = generations.filter(({ name }) => name === '0.49.0' || name.endsWith('2027-01'));
