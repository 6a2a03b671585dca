// Stripe's Payment Element on the checkout, and the bank's question after it. Card details go from Stripe's frame to
// Stripe; the page gets a token.

const media = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const form = document.getElementById("checkout");
const card = document.getElementById("card");
const challenge = document.getElementById("challenge");
const trouble = document.getElementById("trouble");
const PATIENCE = 15_000;

trouble.querySelector("a").addEventListener("click", (event) => {
  event.preventDefault();
  location.reload();
});

// Stripe's script, loaded once it is needed.
let loading;
function stripe({ script, key }) {
  loading ??= new Promise((done, fail) => {
    const element = document.createElement("script");
    element.addEventListener("load", () => (window.Stripe ? done(window.Stripe(key)) : fail()));
    element.addEventListener("error", fail);
    element.src = script;
    document.head.append(element);
    setTimeout(fail, PATIENCE);
  });
  return loading;
}

// The page's colours, as they are now: Stripe's frame knows none of its variables.
function appearance() {
  const probe = document.createElement("i");
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [ink, soft, edge, accent, bad, raised, ring] = ["ink", "soft", "edge", "accent", "bad", "raised", "ring"].map(colour);
  probe.remove();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : media.matches;
  return {
    theme: dark ? "night" : "stripe",
    disableAnimations: matchMedia("(prefers-reduced-motion: reduce)").matches,
    variables: {
      borderRadius: "8px",
      colorBackground: raised,
      colorDanger: bad,
      colorPrimary: accent,
      colorText: ink,
      colorTextPlaceholder: soft,
      colorTextSecondary: soft,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSizeBase: "16px",
    },
    rules: {
      ".Input": { borderColor: edge, boxShadow: "none" },
      ".Input:focus": { borderColor: accent, boxShadow: `0 0 0 3px ${ring}` },
      ".Input--invalid": { borderColor: bad, boxShadow: `0 0 0 1px ${bad}` },
      ".Label": { color: ink, fontSize: "14px", fontWeight: "550" },
      ".Error": { fontSize: "13px", fontWeight: "550" },
    },
  };
}

function checkout() {
  let elements;
  let element;
  let opening;
  let told; // the intent that the element knows of
  let wallet = false;
  const asks = "asks" in card.dataset; // the page has no address: Stripe's form asks for what the card needs of it

  const intent = () => document.getElementById("intent")?.value;

  async function open() {
    const late = setTimeout(() => (trouble.hidden = false), PATIENCE);
    const ready = () => {
      clearTimeout(late);
      trouble.hidden = true;
    };
    const failed = () => {
      clearTimeout(late);
      trouble.hidden = false;
    };
    try {
      const api = await stripe(card.dataset);
      told = intent() ?? told;
      elements = api.elements({ ...JSON.parse(told), appearance: appearance() });
      // In a frame on another site no wallet may ask.
      const show = window.top === window ? "auto" : "never";
      element = elements.create("payment", {
        ...(!asks && { fields: { billingDetails: { name: "never", email: "never", address: { country: "never", postalCode: "never" } } } }),
        wallets: { applePay: show, googlePay: show, link: show },
      });
      element.on("ready", ready);
      element.on("loaderror", failed);
      element.on("change", ({ value }) => (wallet = ["apple_pay", "google_pay", "link"].includes(value?.type)));
      element.mount("#payment-element");
      update();
      return api;
    } catch {
      failed();
    }
  }

  // After every answer of the server: what is to be paid may be another sum, or nothing.
  function update() {
    const now = intent();
    card.hidden = !now;
    if (!now) return;
    opening ??= open();
    if (!elements || now === told) return;
    told = now;
    elements.update(JSON.parse(now));
  }

  const value = (name) => form.elements[name]?.value?.trim() || null;
  const details = () => ({
    name: value("customer_name"),
    email: value("customer_email"),
    address: {
      line1: value("line1"),
      line2: value("line2"),
      city: value("city"),
      state: value("state")?.replace(/^(US|CA)-/, "") ?? null,
      postal_code: value("postal_code"),
      country: value("country"),
    },
  });
  const isIncomplete = () => [...form.querySelectorAll('[aria-required="true"]')].some((field) => !field.value.trim());

  // What is wrong with the page's fields is told by the server, all at once; a form without a token pays nothing.
  form.addEventListener("collect", ({ detail }) => {
    form.elements.confirmation_token_id.value = "";
    if (!elements || card.hidden) return;
    // A wallet opens only while the press of the button is under way, and not for a form that cannot be sent.
    const submitted = wallet && isIncomplete() ? null : elements.submit();
    detail.finish = async () => {
      // Asked again: a country chosen just before the press may have changed which fields there are.
      if (isIncomplete()) return true;
      const { error } = await (submitted ?? elements.submit());
      if (error) {
        element.focus();
        return false;
      }
      // Nothing is due any more.
      if (card.hidden) return true;
      const params = { return_url: new URL(card.dataset.return, location).href };
      if (!asks) params.payment_method_data = { billing_details: details() };
      const made = await (await opening).createConfirmationToken({ elements, params });
      if (!made.error) form.elements.confirmation_token_id.value = made.confirmationToken.id;
      else if (made.error.type !== "validation_error") throw new Error("no token", { cause: card.dataset.unread });
      return !made.error;
    };
  });
  form.addEventListener("swapped", update);
  media.addEventListener("change", () => elements?.update({ appearance: appearance() }));
  update();
}

// Asks the buyer; what came of it, the server asks Stripe.
function approval() {
  const { secret, asked } = challenge.dataset;
  const button = document.getElementById("approve");
  const begin = async () => {
    button.hidden = true;
    try {
      const api = await stripe(challenge.dataset);
      const given = await api.handleNextAction({ clientSecret: secret });
      if (given.error?.type === "api_connection_error") throw given.error;
      location.replace(asked);
    } catch {
      trouble.hidden = false;
    }
  };
  button.addEventListener("click", begin);
  // A buyer who has come back, or has shut the bank's window, begins again when they want to.
  let begun = true;
  try {
    begun = sessionStorage.getItem(secret);
    sessionStorage.setItem(secret, "begun");
  } catch {
    // No storage in this frame.
  }
  if (begun) button.hidden = false;
  else begin();
}

if (card) checkout();
if (challenge) approval();
