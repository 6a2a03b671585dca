// What a checkout page calls of Stripe's script, held to the types of @stripe/stripe-js. It is never run.
import type {
  Appearance, ConfirmationToken, Stripe, StripeElements, StripeElementsOptionsMode, StripeError, StripePaymentElement,
} from '@stripe/stripe-js';

/** What the stand-in puts on the page. */
export interface StandIn {
  elements(options: StripeElementsOptionsMode): StandInElements;
  createConfirmationToken(options: {
    elements: StripeElements;
    params?: { return_url?: string; payment_method_data?: { billing_details?: { name?: string } } };
  }): Promise<{ confirmationToken?: ConfirmationToken; error?: StripeError }>;
  handleNextAction: Stripe['handleNextAction'];
  retrievePaymentIntent: Stripe['retrievePaymentIntent'];
  retrieveSetupIntent: Stripe['retrieveSetupIntent'];
}
export interface StandInElements {
  create(type: 'payment', options?: Parameters<StripePaymentElement['update']>[0]): StripePaymentElement;
  getElement(type: 'payment'): StripePaymentElement | null;
  submit: StripeElements['submit'];
  update: StripeElements['update'];
  fetchUpdates: StripeElements['fetchUpdates'];
}

// Stripe's own can be put wherever the stand-in's can: nothing that the stand-in has is missing there.
declare const real: Stripe;
export const standIn: StandIn = real;

/** The calls of a checkout page, in their order. */
export async function page(stripe: Stripe, container: HTMLElement): Promise<string> {
  const appearance: Appearance = { theme: 'night', variables: { colorPrimary: '#123456' } };
  const elements: StripeElements = stripe.elements({
    mode: 'payment', amount: 2000, currency: 'usd', setupFutureUsage: 'off_session',
    allowedPaymentMethodTypes: ['card'], appearance, locale: 'de',
  });
  const payment: StripePaymentElement = elements.create('payment', { layout: 'tabs' });
  payment.on('ready', (event) => event.elementType satisfies 'payment');
  payment.on('change', (event) => (event.complete satisfies boolean) && (event.empty satisfies boolean));
  payment.on('loaderror', (event) => event.error.message satisfies string | undefined);
  payment.mount(container);
  payment.update({ readOnly: false });
  await elements.update({ amount: 3000, setupFutureUsage: null });
  const submitted = await elements.submit();
  if (submitted.error) return submitted.error.message ?? submitted.error.type;
  const { error, confirmationToken } = await stripe.createConfirmationToken({
    elements,
    params: { return_url: 'https://shop.example/back', payment_method_data: { billing_details: { name: 'Ada' } } },
  });
  if (error) return error.message ?? error.type;
  const outcome = await stripe.handleNextAction({ clientSecret: 'pi_1_secret_2' });
  if (outcome.error) return outcome.error.code ?? outcome.error.type;
  const shown = await stripe.retrievePaymentIntent('pi_1_secret_2');
  const kept = await stripe.retrieveSetupIntent('seti_1_secret_2');
  payment.unmount();
  payment.destroy();
  return `${confirmationToken.id} ${shown.paymentIntent?.status} ${kept.setupIntent?.status}`;
}

export function wrong(stripe: Stripe): void {
  // @ts-expect-error The version has no such option: the stand-in refuses it, too.
  stripe.elements({ mode: 'payment', amount: 1, currency: 'usd', paymentMethodTypes: ['card'] });
  // @ts-expect-error A mode must be one of Stripe's.
  stripe.elements({ mode: 'gift', amount: 1, currency: 'usd' });
}
