// Stands for https://js.stripe.com/endive/stripe.js in tests: the calls that a checkout page makes, over the fake's own
// API. The card field is a frame of this script's origin with real inputs; what the page asked for can be read from
// the container's data-fake-stripe-* attributes.
(() => {
  'use strict';

  const API = '__API_URL__';
  const VERSION = '2026-10-28.endive';
  const ORIGIN = new URL(document.currentScript.src).origin;
  const SOURCE = 'fake-stripe';

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = 'IntegrationError';
    }
  }

  const OPTIONS = [
    'mode', 'amount', 'currency', 'setupFutureUsage', 'captureMethod', 'onBehalfOf', 'allowedPaymentMethodTypes',
    'excludedPaymentMethodTypes', 'paymentMethodConfiguration', 'paymentMethodOptions', 'fonts', 'locale', 'appearance',
    'loader', 'customerSessionClientSecret',
  ];

  function checkOptions(options) {
    const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (unknown) throw new IntegrationError(`elements(): unknown option ${unknown}; there are: ${OPTIONS.join(', ')}.`);
    if (!['payment', 'setup', 'subscription'].includes(options.mode)) {
      throw new IntegrationError('elements(): mode should be one of payment, setup, subscription.');
    }
    if (!/^[a-z]{3}$/.test(options.currency ?? (options.mode === 'setup' ? 'usd' : ''))) {
      throw new IntegrationError('elements(): currency should be three lowercase letters.');
    }
    if (options.mode === 'payment' && !(Number.isSafeInteger(options.amount) && options.amount > 0)) {
      throw new IntegrationError('elements(): amount should be a whole number above zero when mode is payment.');
    }
    if (options.mode === 'subscription' && !(Number.isSafeInteger(options.amount) && options.amount >= 0)) {
      throw new IntegrationError('elements(): amount should be a whole number when mode is subscription.');
    }
    if (options.setupFutureUsage != null && !['off_session', 'on_session'].includes(options.setupFutureUsage)) {
      throw new IntegrationError('elements(): setupFutureUsage should be off_session or on_session.');
    }
  }

  class Emitter {
    #handlers = new Map();
    on(name, handler) {
      this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
      return this;
    }
    once(name, handler) {
      const wrapped = (event) => {
        this.off(name, wrapped);
        handler(event);
      };
      return this.on(name, wrapped);
    }
    off(name, handler) {
      const kept = handler ? (this.#handlers.get(name) ?? []).filter((one) => one !== handler) : [];
      this.#handlers.set(name, kept);
      return this;
    }
    emit(name, event) {
      for (const handler of this.#handlers.get(name) ?? []) handler(event);
    }
  }

  /** The card field. */
  class PaymentElement extends Emitter {
    #elements;
    #options;
    #container = null;
    #frame = null;
    #loaded = null;
    #waiting = new Map();
    #destroyed = false;
    #ready = false;
    #asked = 0;
    method = 'card';

    constructor(elements, options) {
      super();
      this.#elements = elements;
      this.#options = options;
      window.addEventListener('message', (message) => this.#hear(message));
    }

    mount(target) {
      if (this.#destroyed) throw new IntegrationError('This Element has been destroyed. Please create a new one.');
      const container = typeof target === 'string' ? document.querySelector(target) : target;
      if (!container) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements.`);
      if (this.#container === container) return;
      this.unmount();
      this.#container = container;
      const frame = document.createElement('iframe');
      frame.name = `__privateStripeFrame${Math.floor(performance.now())}`;
      frame.title = 'Secure payment input frame';
      frame.allow = 'payment *';
      frame.src = `${ORIGIN}/elements/card`;
      for (const [name, value] of Object.entries({ border: '0', width: '100%', height: '230px', display: 'block' })) {
        frame.style[name] = value;
      }
      this.#loaded = new Promise((done) => this.once('ready', done));
      const late = setTimeout(() => {
        this.emit('loaderror', { elementType: 'payment', error: { type: 'api_connection_error', message: 'The card field did not load.' } });
      }, 15_000);
      this.#loaded.then(() => clearTimeout(late));
      this.#frame = frame;
      container.replaceChildren(frame);
      this.describe('loading');
      this.emit('loaderstart', { elementType: 'payment' });
    }

    unmount() {
      this.#frame?.remove();
      this.#ready = false;
      this.#frame = null;
      this.#container = null;
    }

    destroy() {
      this.unmount();
      this.#destroyed = true;
      this.#elements.forget(this);
    }

    update(options) {
      Object.assign(this.#options, options);
      this.describe();
    }

    focus() { this.#send({ type: 'focus' }); }
    blur() { this.#send({ type: 'blur' }); }
    clear() { this.#send({ type: 'clear' }); }
    collapse() {}

    get mounted() { return this.#frame !== null; }

    /** Writes onto the container what the page asked for. */
    describe(state) {
      const data = this.#container?.dataset;
      if (!data) return;
      const asked = this.#elements.options;
      data.fakeStripe = 'payment';
      data.fakeStripeMode = asked.mode;
      data.fakeStripeAmount = asked.amount ?? '';
      data.fakeStripeCurrency = asked.currency ?? '';
      data.fakeStripeSetupFutureUsage = asked.setupFutureUsage ?? '';
      data.fakeStripeTypes = (asked.allowedPaymentMethodTypes ?? []).join(' ');
      data.fakeStripeLocale = asked.locale ?? 'auto';
      data.fakeStripeTheme = asked.appearance?.theme ?? 'stripe';
      if (state) data.fakeStripeState = state;
      const wallet = (this.#options.wallets?.googlePay ?? 'auto') === 'auto';
      data.fakeStripeWallets = wallet ? 'google_pay' : '';
      this.#send({ type: 'options', theme: data.fakeStripeTheme, locale: data.fakeStripeLocale, wallet });
    }

    /** Asks the frame something. */
    async ask(question) {
      await this.#loaded;
      const id = ++this.#asked;
      return new Promise((done) => {
        this.#waiting.set(id, done);
        this.#send({ ...question, id });
      });
    }

    #send(message) {
      // Until the frame is there, its window is of the page's own origin.
      if (this.#ready) this.#frame.contentWindow?.postMessage({ source: SOURCE, ...message }, ORIGIN);
    }

    #hear({ origin, source, data }) {
      if (origin !== ORIGIN || !this.#frame || source !== this.#frame.contentWindow || data?.source !== SOURCE) return;
      if (data.type === 'answer') {
        this.#waiting.get(data.id)?.(data.answer);
        this.#waiting.delete(data.id);
      } else if (data.type === 'ready') {
        this.#ready = true;
        this.describe('ready');
        this.emit('ready', { elementType: 'payment' });
      } else if (data.type === 'change') {
        this.describe(data.complete ? 'complete' : 'ready');
        this.method = data.method;
        this.emit('change', {
          elementType: 'payment', empty: data.empty, complete: data.complete, collapsed: false, value: { type: data.method },
        });
      } else if (['focus', 'blur', 'escape'].includes(data.type)) {
        this.emit(data.type, { elementType: 'payment' });
      }
    }
  }

  /** What a page has of elements. */
  class Elements extends Emitter {
    #payment = null;
    submitted = false;

    constructor(options) {
      super();
      checkOptions(options);
      this.options = { ...options };
    }

    create(type, options = {}) {
      if (type !== 'payment') throw new IntegrationError(`The fake Stripe has no ${type} Element.`);
      if (this.#payment) throw new IntegrationError('Can only create one Element of type payment.');
      this.#payment = new PaymentElement(this, { ...options });
      return this.#payment;
    }

    getElement(type) {
      return type === 'payment' ? this.#payment : null;
    }

    forget(element) {
      if (this.#payment === element) this.#payment = null;
    }

    async update(options) {
      const next = { ...this.options, ...options };
      checkOptions(next);
      this.options = next;
      this.#payment?.describe();
      this.emit('update-end');
    }

    async fetchUpdates() {
      return {};
    }

    async submit() {
      const payment = this.mountedPayment();
      // A wallet's sheet opens only while the buyer's press is under way.
      if (payment.method !== 'card' && !navigator.userActivation.isActive) {
        throw new IntegrationError('elements.submit() must be called while a press of the buyer is under way.');
      }
      const answer = await payment.ask({ type: 'submit' });
      this.submitted = !answer.error;
      return answer;
    }

    mountedPayment() {
      if (!this.#payment?.mounted) {
        throw new IntegrationError('Invalid value for elements: it should have a mounted Payment Element.');
      }
      return this.#payment;
    }
  }

  function connectionError(error) {
    return { error: { type: 'api_connection_error', message: `We could not reach Stripe: ${error.message}` } };
  }

  function splitSecret(clientSecret, prefix) {
    const id = String(clientSecret).split('_secret_')[0];
    if (!id.startsWith(prefix) || !String(clientSecret).includes('_secret_')) {
      throw new IntegrationError(`Invalid value for the intent's client secret: it should begin with ${prefix}.`);
    }
    return id;
  }

  /** Shows the bank's page over the merchant's, until it was answered. */
  function showBank(url) {
    return new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      frame.title = '3-D Secure';
      frame.dataset.fakeStripe = '3ds';
      const place = {
        position: 'fixed', inset: '0', width: '100%', height: '100%', border: '0', zIndex: '2147483647',
        background: 'rgba(255, 255, 255, 0.97)',
      };
      for (const [name, value] of Object.entries(place)) frame.style[name] = value;
      const hear = ({ origin, source, data }) => {
        if (origin !== ORIGIN || source !== frame.contentWindow || data?.source !== 'fake-stripe-3ds') return;
        window.removeEventListener('message', hear);
        frame.remove();
        done();
      };
      window.addEventListener('message', hear);
      document.body.append(frame);
    });
  }

  function Stripe(key, options = {}) {
    if (typeof key !== 'string' || !/^pk_(test|live)_/.test(key)) {
      throw new IntegrationError('Please call Stripe() with your publishable key. You used a value that is none.');
    }

    async function retrieve(path, id, clientSecret, name) {
      try {
        const query = new URLSearchParams({ client_secret: clientSecret, key });
        const answer = await fetch(`${API}${path}/${encodeURIComponent(id)}?${query}`, {
          headers: { authorization: `Bearer ${key}`, 'stripe-version': VERSION },
        });
        const body = await answer.json();
        return answer.ok ? { [name]: body } : { error: body.error };
      } catch (error) {
        return connectionError(error);
      }
    }

    const retrievePaymentIntent = (clientSecret) =>
      retrieve('/v1/payment_intents', splitSecret(clientSecret, 'pi_'), clientSecret, 'paymentIntent');
    const retrieveSetupIntent = (clientSecret) =>
      retrieve('/v1/setup_intents', splitSecret(clientSecret, 'seti_'), clientSecret, 'setupIntent');

    async function handleNextAction({ clientSecret }) {
      const setup = String(clientSecret).startsWith('seti_');
      const look = () => (setup ? retrieveSetupIntent(clientSecret) : retrievePaymentIntent(clientSecret));
      const name = setup ? 'setupIntent' : 'paymentIntent';
      const before = await look();
      if (before.error) return before;
      const action = before[name].next_action;
      if (before[name].status !== 'requires_action' || !action) {
        const code = setup ? 'setup_intent_unexpected_state' : 'payment_intent_unexpected_state';
        const message = 'handleNextAction: The intent supplied is not in the requires_action state.';
        return { error: { type: 'invalid_request_error', code, message } };
      }
      if (action.type === 'redirect_to_url') {
        window.location.assign(action.redirect_to_url.url);
        return new Promise(() => {});
      }
      await showBank(action.use_stripe_sdk.stripe_js);
      const after = await look();
      const failed = after[name]?.last_payment_error ?? after[name]?.last_setup_error;
      return after[name]?.status === 'requires_payment_method' && failed ? { error: failed } : after;
    }

    async function createConfirmationToken({ elements, params = {} }) {
      if (!(elements instanceof Elements)) throw new IntegrationError('Invalid value for elements.');
      const payment = elements.mountedPayment();
      if (!elements.submitted) {
        throw new IntegrationError('elements.submit() must be called before stripe.createConfirmationToken().');
      }
      const setupFutureUsage =
        elements.options.setupFutureUsage ?? (elements.options.mode === 'payment' ? null : 'off_session');
      const { return_url: returnUrl, shipping, payment_method_data: data } = params;
      return payment.ask({
        type: 'token', key, setupFutureUsage, returnUrl, shipping, billingDetails: data?.billing_details,
      });
    }

    return {
      elements: (asked = {}) => new Elements({ locale: options.locale, ...asked }),
      createConfirmationToken,
      handleNextAction,
      retrievePaymentIntent,
      retrieveSetupIntent,
    };
  }
  Stripe.version = 'endive';
  window.Stripe = Stripe;
})();
