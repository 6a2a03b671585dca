// Which of Stripe's types each operation of the fake is held to. Read by shapes.mjs, which makes JSON schemas of it.
import type { Account } from './resources/Accounts.js';
import type { Balance, BalanceRetrieveParams } from './resources/Balance.js';
import type { BalanceTransaction, BalanceTransactionRetrieveParams } from './resources/BalanceTransactions.js';
import type { Charge, ChargeListParams, ChargeRetrieveParams } from './resources/Charges.js';
import type { ConfirmationToken, ConfirmationTokenRetrieveParams } from './resources/ConfirmationTokens.js';
import type {
  Customer, CustomerCreateParams, CustomerListParams, CustomerRetrieveParams, CustomerUpdateParams, DeletedCustomer,
} from './resources/Customers.js';
import type { Dispute, DisputeCloseParams, DisputeListParams, DisputeRetrieveParams } from './resources/Disputes.js';
import type { EventBase, EventListParams, EventRetrieveParams } from './resources/Events.js';
import type {
  PaymentIntent, PaymentIntentCancelParams, PaymentIntentConfirmParams, PaymentIntentCreateParams,
  PaymentIntentListParams, PaymentIntentRetrieveParams, PaymentIntentUpdateParams,
} from './resources/PaymentIntents.js';
import type {
  PaymentMethodDomain, PaymentMethodDomainCreateParams, PaymentMethodDomainListParams,
  PaymentMethodDomainRetrieveParams,
} from './resources/PaymentMethodDomains.js';
import type {
  PaymentMethod, PaymentMethodAttachParams, PaymentMethodDetachParams, PaymentMethodListParams,
  PaymentMethodRetrieveParams, PaymentMethodUpdateParams,
} from './resources/PaymentMethods.js';
import type { Refund, RefundCreateParams, RefundListParams, RefundRetrieveParams, RefundUpdateParams } from './resources/Refunds.js';
import type {
  SetupIntent, SetupIntentCancelParams, SetupIntentConfirmParams, SetupIntentCreateParams, SetupIntentListParams,
  SetupIntentRetrieveParams,
} from './resources/SetupIntents.js';
import type { TestHelpers } from './resources/TestHelpers/ConfirmationTokens.js';
import type {
  WebhookEndpoint, WebhookEndpointCreateParams, WebhookEndpointListParams, WebhookEndpointRetrieveParams,
  WebhookEndpointUpdateParams,
} from './resources/WebhookEndpoints.js';

interface Expanded {
  expand?: string[];
}

/** An event without its object, which is held to the type that it names. */
type Envelope = Omit<EventBase, 'data'>;

/** Parameters of each operation. */
export interface Params {
  'accounts.retrieve': Expanded;
  'balance.retrieve': BalanceRetrieveParams;
  'balance_transactions.retrieve': BalanceTransactionRetrieveParams;
  'charges.list': ChargeListParams;
  'charges.retrieve': ChargeRetrieveParams;
  'confirmation_tokens.retrieve': ConfirmationTokenRetrieveParams;
  'customers.create': CustomerCreateParams;
  'customers.delete': Expanded;
  'customers.list': CustomerListParams;
  'customers.retrieve': CustomerRetrieveParams;
  'customers.update': CustomerUpdateParams;
  'disputes.close': DisputeCloseParams;
  'disputes.list': DisputeListParams;
  'disputes.retrieve': DisputeRetrieveParams;
  'events.list': EventListParams;
  'events.retrieve': EventRetrieveParams;
  'payment_intents.cancel': PaymentIntentCancelParams;
  'payment_intents.confirm': PaymentIntentConfirmParams;
  'payment_intents.create': PaymentIntentCreateParams;
  'payment_intents.list': PaymentIntentListParams;
  'payment_intents.retrieve': PaymentIntentRetrieveParams;
  'payment_intents.update': PaymentIntentUpdateParams;
  'payment_method_domains.create': PaymentMethodDomainCreateParams;
  'payment_method_domains.list': PaymentMethodDomainListParams;
  'payment_method_domains.retrieve': PaymentMethodDomainRetrieveParams;
  'payment_methods.attach': PaymentMethodAttachParams;
  'payment_methods.detach': PaymentMethodDetachParams;
  'payment_methods.list': PaymentMethodListParams;
  'payment_methods.retrieve': PaymentMethodRetrieveParams;
  'payment_methods.update': PaymentMethodUpdateParams;
  'refunds.create': RefundCreateParams;
  'refunds.list': RefundListParams;
  'refunds.retrieve': RefundRetrieveParams;
  'refunds.update': RefundUpdateParams;
  'setup_intents.cancel': SetupIntentCancelParams;
  'setup_intents.confirm': SetupIntentConfirmParams;
  'setup_intents.create': SetupIntentCreateParams;
  'setup_intents.list': SetupIntentListParams;
  'setup_intents.retrieve': SetupIntentRetrieveParams;
  'test_helpers.confirmation_tokens.create': TestHelpers.ConfirmationTokenCreateParams;
  'webhook_endpoints.create': WebhookEndpointCreateParams;
  'webhook_endpoints.list': WebhookEndpointListParams;
  'webhook_endpoints.retrieve': WebhookEndpointRetrieveParams;
  'webhook_endpoints.update': WebhookEndpointUpdateParams;
}

/** Objects by what they call themselves, and `error`. */
export interface Objects {
  account: Account;
  balance: Balance;
  balance_transaction: BalanceTransaction;
  charge: Charge;
  confirmation_token: ConfirmationToken;
  customer: Customer | DeletedCustomer;
  dispute: Dispute;
  error: PaymentIntent.LastPaymentError;
  event: Envelope;
  payment_intent: PaymentIntent;
  payment_method: PaymentMethod;
  payment_method_domain: PaymentMethodDomain;
  refund: Refund;
  setup_intent: SetupIntent;
  webhook_endpoint: WebhookEndpoint;
}
