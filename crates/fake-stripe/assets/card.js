// The card field: what a buyer types stays in this frame, and goes to the API from here.
'use strict';

const API = '__API_URL__';
const VERSION = '2026-10-28.endive';
const SOURCE = 'fake-stripe';
const form = document.querySelector('form');
const alertLine = document.querySelector('[role=alert]');
// Learned from the first message of the page that frames this one.
let page = '*';

const tell = (message) => window.parent.postMessage({ source: SOURCE, ...message }, page);
const digits = (name) => form.elements[name].value.replace(/\D/g, '');
const text = (name) => form.elements[name].value.trim();

function expiry() {
  const [, month, year] = /^\s*(\d{1,2})\s*\/?\s*(\d{2}|\d{4})\s*$/.exec(text('expiry')) ?? [];
  return { month, year };
}

function luhn(number) {
  let sum = 0;
  [...number].reverse().forEach((digit, at) => {
    const doubled = Number(digit) * (at % 2 === 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  });
  return sum % 10 === 0;
}

const method = () => form.elements.method.value;

/** The first thing that is wrong, as Stripe says it. A wallet has a card of its own. */
function problem() {
  if (method() !== 'card') return null;
  const number = digits('number');
  const { month, year } = expiry();
  const wrong = (code, message) => ({ type: 'validation_error', code, message });
  if (number.length < 15) return wrong('incomplete_number', 'Your card number is incomplete.');
  if (!luhn(number)) return wrong('invalid_number', 'Your card number is invalid.');
  if (!month) return wrong('incomplete_expiry', "Your card's expiration date is incomplete.");
  if (Number(month) < 1 || Number(month) > 12 || Number(year) % 100 < 0) {
    return wrong('invalid_expiry_month', "Your card's expiration date is invalid.");
  }
  if (digits('cvc').length < 3) return wrong('incomplete_cvc', "Your card's security code is incomplete.");
  return null;
}

function show(error) {
  alertLine.hidden = !error;
  alertLine.textContent = error?.message ?? '';
}

function changed() {
  tell({
    type: 'change',
    complete: problem() === null,
    empty: method() === 'card' && [...form.querySelectorAll('input:not([type=radio])')].every((input) => input.value === ''),
    method: method(),
  });
}

/** Adds a map as form fields, `a[b]=c`. */
function append(body, name, value) {
  const todo = [[name, value]];
  while (todo.length > 0) {
    const [at, one] = todo.shift();
    if (one === null || one === undefined || one === '') continue;
    if (typeof one === 'object') {
      for (const [key, inner] of Object.entries(one)) todo.push([`${at}[${key}]`, inner]);
    } else {
      body.append(at, String(one));
    }
  }
}

/** What pays: the card that was typed, or the one in the wallet. */
function card() {
  if (method() !== 'card') return { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
  const { month, year } = expiry();
  return { number: digits('number'), exp_month: month, exp_year: year, cvc: digits('cvc') };
}

async function token({ key, setupFutureUsage, returnUrl, shipping, billingDetails }) {
  const wrong = problem();
  if (wrong) return { error: wrong };
  const body = new URLSearchParams();
  append(body, 'payment_method_data', {
    type: 'card',
    card: card(),
    billing_details: {
      ...billingDetails,
      address: {
        ...(text('country') && { country: text('country') }),
        ...(text('postalCode') && { postal_code: text('postalCode') }),
        ...billingDetails?.address,
      },
    },
  });
  append(body, 'setup_future_usage', setupFutureUsage);
  append(body, 'return_url', returnUrl);
  append(body, 'shipping', shipping);
  body.append('key', key);
  try {
    const answer = await fetch(`${API}/v1/confirmation_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'stripe-version': VERSION },
      body,
    });
    const result = await answer.json();
    if (!answer.ok) {
      show(result.error);
      return { error: result.error };
    }
    return { confirmationToken: result };
  } catch (error) {
    return { error: { type: 'api_connection_error', message: `We could not reach Stripe: ${error.message}` } };
  }
}

window.addEventListener('message', async ({ source, origin, data }) => {
  if (source !== window.parent || data?.source !== SOURCE) return;
  page = origin;
  if (data.type === 'options') {
    document.documentElement.dataset.theme = data.theme;
    document.documentElement.dataset.locale = data.locale;
    form.querySelector('fieldset').hidden = !data.wallet;
  } else if (data.type === 'submit') {
    const error = problem();
    show(error);
    tell({ type: 'answer', id: data.id, answer: error ? { error } : { selectedPaymentMethod: method() } });
  } else if (data.type === 'token') {
    tell({ type: 'answer', id: data.id, answer: await token(data) });
  } else if (data.type === 'focus') {
    form.elements.number.focus();
  } else if (data.type === 'clear') {
    form.reset();
    changed();
  }
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', () => {
  show(null);
  changed();
});
form.addEventListener('focusin', () => tell({ type: 'focus' }));
form.addEventListener('focusout', () => tell({ type: 'blur' }));
form.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tell({ type: 'escape' });
});
tell({ type: 'ready' });
