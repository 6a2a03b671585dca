// Makes the plain forms of the checkout livelier; all works without it.
// The card and the e-mail address leave the page only when the buyer pays.

const headers = { "X-Till-Partial": "1" };
const form = document.getElementById("checkout");
const live = document.querySelector("[data-stream]");
const part = (name, page = document) => page.querySelector(`[data-part="${name}"]`);
const parse = async (answer) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  dropNoscript(page);
  return page;
};

function checkout() {
  const button = form.querySelector("#pay");
  const words = button.firstElementChild;
  const settle = form.querySelector(".settle");
  let chain = Promise.resolve(); // one request at a time, so that versions stay in step
  let queued = false;
  let paying = false;
  let timer;

  dropNoscript(document);
  cardPart();

  const body = (intent) => {
    const data = new URLSearchParams(new FormData(form));
    data.set("intent", intent);
    if (intent !== "pay") for (const key of [...data.keys()]) if (isPrivate(key)) data.delete(key);
    return data;
  };
  const facts = () => `${body("update")}`.replace(/&(version|shown_total|shown_product|_idempotency_key)=[\w-]*/g, "");
  let sent = facts(); // what the server last heard of
  let pressed; // the total on the page when the button was pressed: leaving a field may change it before the click

  // The page to show; null when another one is on its way.
  const send = async (data, more) => {
    const answer = await fetch(form.action, { method: "POST", headers: { ...headers, ...more }, body: data });
    if ([502, 503, 504].includes(answer.status)) throw new Error("no answer of ours");
    if (answer.headers.get("content-type")?.includes("json")) {
      location.assign((await answer.json()).redirect);
      return null;
    }
    const page = await parse(answer);
    if (page.getElementById("checkout")) return page;
    // What is typed stays: a reload would be one more request too many.
    if (answer.status === 429) throw new Error("too many requests");
    location.reload(); // expired or paid meanwhile
    return null;
  };

  // Whether an attempt that got no answer was made is not known: it is sent again with its key, which makes it one.
  // An answer brings the key of the next attempt.
  const pay = async (data) => {
    for (let left = 2; ; left--) {
      try {
        return await send(data, { "Idempotency-Key": data.get("_idempotency_key") });
      } catch (error) {
        if (!left) throw error;
        await new Promise((go) => setTimeout(go, 1000));
      }
    }
  };

  const update = (intent = "update") => {
    clearTimeout(timer);
    const asks = intent !== "update";
    if (!asks && (queued || facts() === sent)) return;
    queued ||= !asks;
    settle.classList.add("stale");
    chain = chain.then(async () => {
      if (!asks) queued = false;
      sent = facts();
      try {
        const page = await send(body(intent));
        if (page) swap(page);
      } catch {
        sent = ""; // try again with the next change
      }
      if (!queued) settle.classList.remove("stale");
    });
  };

  form.addEventListener("change", ({ target }) => {
    if (target.name.startsWith("card_")) judgeCard(target, true);
    if (!isPrivate(target.name) && !paying) update();
  });
  button.addEventListener("pointerdown", () => (pressed = form.elements.shown_total.value));
  const typed = ({ target, inputType, isComposing }) => {
    if (isComposing) return;
    if (target.name === "card_cvc") tidy(target, /./);
    if (target.name === "card_number") {
      group(target);
      showBrand();
    }
    if (target.name === "card_expiry" && !inputType?.startsWith("delete")) slash(target);
    if (target.name === "amount" || target.name === "seats") soon();
    if (target.name.startsWith("card_")) judgeCard(target);
  };
  form.addEventListener("input", typed);
  form.addEventListener("compositionend", typed);
  // Enter at a code applies it; anywhere else it pays.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // It ends a word of an input method (229: Safari tells so only here).
    if (event.isComposing || event.keyCode === 229) return event.preventDefault();
    if (event.target.name !== "discount_code") return;
    event.preventDefault();
    update();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (paying) return;
    const intent = event.submitter?.value ?? "pay";
    if (intent === "fewer" || intent === "more") return step(intent);
    if (intent !== "pay") return update(intent === "apply" ? undefined : intent);
    busy(true);
    const seen = pressed ?? form.elements.shown_total.value;
    pressed = null;
    const card = {}; // what a processor's own form has to do first
    form.dispatchEvent(new CustomEvent("collect", { detail: card }));
    update();
    await chain;
    try {
      if (card.finish && !(await card.finish())) return busy(false);
      const data = body("pay");
      data.set("shown_total", seen);
      const page = await pay(data);
      if (!page) return; // busy until the next page is here
      swap(page);
      busy(false);
      form.querySelector("[autofocus]")?.focus();
    } catch ({ cause }) {
      busy(false);
      fail(cause ?? form.dataset.offline);
    }
  });

  // Back from the next page: show what is true now.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted || !paying) return;
    busy(false);
    location.reload();
  });

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(update, 450);
  }

  function step(intent) {
    const { seats } = form.elements;
    intent === "more" ? seats.stepUp() : seats.stepDown();
    soon();
  }

  function busy(is) {
    paying = is;
    button.setAttribute("aria-disabled", is);
    if (is) words.dataset.idle = words.textContent;
    words.textContent = is ? form.dataset.processing : words.dataset.idle;
  }

  function fail(textContent) {
    const box = document.createElement("div");
    part("errors").replaceChildren(box);
    Object.assign(box, { className: "alert", role: "alert", tabIndex: -1, textContent }).focus();
  }

  // Takes the parts of a fresh page, keeping what was typed and the cursor.
  function swap(page) {
    document.title = page.title;
    const focus = document.activeElement;
    const { selectionStart, selectionEnd } = focus;
    for (const old of document.querySelectorAll("[data-part]")) {
      const fresh = part(old.dataset.part, page);
      if (!fresh || old.isEqualNode(fresh)) continue;
      if (old === words) {
        words.dataset.idle = fresh.textContent;
        if (!paying) words.textContent = fresh.textContent;
        continue;
      }
      for (const field of fresh.querySelectorAll("[id][name]")) {
        if (!paying) field.removeAttribute("autofocus");
        const was = document.getElementById(field.id);
        // What was typed for another product does not belong here.
        if (was?.tagName !== field.tagName || was.dataset.of !== field.dataset.of) continue;
        if (field.type === "checkbox") field.checked = was.checked;
        else if (!field.options || [...field.options].some((o) => o.value === was.value)) field.value = was.value;
      }
      if (old.querySelector("details[open]")) fresh.querySelector("details")?.setAttribute("open", "");
      old.replaceChildren(...fresh.childNodes);
      if (old.dataset.part === "card") cardPart();
    }
    form.dispatchEvent(new Event("swapped"));
    const again = document.getElementById(focus.id);
    if (again && again !== focus) {
      again.focus({ preventScroll: true });
      if (selectionStart != null && again.type === "text") again.setSelectionRange(selectionStart, selectionEnd);
    }
  }
}

// Test cards fill the form when they are pressed.
function cardPart() {
  for (const number of document.querySelectorAll(".note .num")) {
    const button = document.createElement("button");
    const { fill } = form.dataset;
    Object.assign(button, { type: "button", className: "link num", textContent: number.textContent, title: fill });
    button.addEventListener("click", () => {
      const { card_number, card_expiry, card_cvc } = form.elements;
      card_number.value = button.textContent;
      card_expiry.value = `12 / ${(new Date().getFullYear() + 3) % 100}`;
      card_cvc.value = "1234".slice(0, codeLength());
      for (const field of [card_number, card_expiry, card_cvc]) judgeCard(field, true);
      showBrand();
      card_cvc.focus();
    });
    number.replaceWith(button);
  }
  showBrand();
}

const BRANDS = [
  [/^4/, "Visa"],
  [/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, "Mastercard"],
  [/^3[47]/, "American Express"],
  [/^(6011|64[4-9]|65)/, "Discover"],
  [/^3(0[0-5]|[689])/, "Diners Club"],
  [/^35/, "JCB"],
  [/^62/, "UnionPay"],
];

function showBrand() {
  const { card_number, card_cvc } = form.elements;
  if (!card_number) return;
  const number = digitsOf(card_number);
  const brand = BRANDS.find(([start]) => start.test(number))?.[1] ?? "";
  let mark = card_number.nextElementSibling;
  if (!mark?.classList.contains("brand")) {
    mark = document.createElement("span");
    mark.className = "brand";
    card_number.after(mark);
  }
  mark.textContent = brand;
  card_cvc.placeholder = "1234".slice(0, codeLength());
}

const digitsOf = (field) => plain(field.value).replace(/\D/g, "");
const codeLength = () => (/^3[47]/.test(digitsOf(form.elements.card_number)) ? 4 : 3);

// Says what is wrong with a card field that was left, or is complete; takes back what is mended.
function judgeCard(field, left) {
  const wrong = wrongWith(field, left);
  const said = document.getElementById(`${field.name}-error`);
  if (!wrong) {
    said?.remove();
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  } else if (field.value.trim()) {
    const error = said ?? document.createElement("p");
    Object.assign(error, { id: `${field.name}-error`, className: "error", textContent: form.dataset[wrong] });
    if (!said) field.closest(".field").append(error);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", error.id);
  }
  if (field.name === "card_number" && digitsOf(form.elements.card_cvc)) judgeCard(form.elements.card_cvc, left);
}

function wrongWith(field, left) {
  const digits = digitsOf(field);
  if (field.name === "card_number") {
    const length = codeLength() === 4 ? 15 : 16;
    // A longer number may follow; a shorter one is judged when the field is left.
    return (left || digits.length === length) && !luhn(digits) && "wrongNumber";
  }
  if (field.name === "card_expiry") {
    const [month, year] = [Number(digits.slice(0, 2)), 2000 + Number(digits.slice(-2))];
    if (digits.length !== 4 && digits.length !== 6) return left && "wrongExpiry";
    if (month < 1 || month > 12) return "wrongExpiry";
    const now = new Date();
    return year * 12 + month <= now.getUTCFullYear() * 12 + now.getUTCMonth() && "expired";
  }
  if (field.name !== "card_cvc" || (!left && digits.length < 3)) return false;
  return digits.length !== codeLength() && (left || digits.length > 3) && (codeLength() === 4 ? "wrongFront" : "wrongCvc");
}

function luhn(digits) {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits[digits.length - 1 - at] * (1 + (at % 2));
    sum += digit > 9 ? digit - 9 : digit;
  }
  return digits.length > 11 && sum % 10 === 0;
}

const isPrivate = (name) => name.startsWith("card_") || name === "customer_email";

function dropNoscript(page) {
  for (const node of page.querySelectorAll("noscript")) node.remove();
}

// Digits of any script and wide marks as plain ones, each in its place. A script's digits stand next to each other.
function plain(text) {
  const isDigit = (code) => /\p{Nd}/u.test(String.fromCodePoint(code));
  return text.replace(/[\uff01-\uff5e]|\p{Nd}/gu, (char) => {
    const code = char.codePointAt(0);
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
    let before = 0;
    while (before < 49 && isDigit(code - before - 1)) before++;
    return before % 10;
  });
}

// Puts plain digits in; says whether there is nothing but digits and the marks between them. What else somebody typed
// stays, for the server to say that it is wrong.
function tidy(field, marks) {
  const { selectionStart, value } = field;
  const read = plain(value);
  if (read !== value) {
    const at = plain(value.slice(0, selectionStart)).length;
    field.value = read;
    field.setSelectionRange(at, at);
  }
  return marks.test(read);
}

// 4242424242424242 → 4242 4242 4242 4242 (American Express: 4-6-5); the cursor stays at its digit.
function group(field) {
  if (!tidy(field, /^[\d\s\p{Pd}\p{Cf}]*$/u)) return;
  const before = field.value.slice(0, field.selectionStart).replace(/\D/g, "").length;
  const digits = field.value.replace(/\D/g, "").slice(0, 19);
  const amex = /^3[47]/.test(digits);
  field.value = [...digits].map((d, i) => ((amex ? i === 4 || i === 10 : i && i % 4 === 0) ? " " + d : d)).join("");
  let at = 0;
  for (let seen = 0; seen < before && at < field.value.length; at++) if (field.value[at] !== " ") seen++;
  field.setSelectionRange(at, at);
}

// 1230 → 12 / 30, also 1/30 and 12/2030
function slash(field) {
  if (!tidy(field, /^[\d\s/.\p{Pd}\p{Cf}]*$/u)) return;
  if (field.selectionStart !== field.value.length) return;
  let digits = field.value.replace(/^\s*(\d)\s*\//, "0$1").replace(/\D/g, "");
  if (/^[2-9]/.test(digits)) digits = "0" + digits;
  if (digits.length === 6) digits = digits.slice(0, 2) + digits.slice(4);
  field.value = digits.length > 1 ? `${digits.slice(0, 2)} / ${digits.slice(2, 6)}` : digits;
}

function confirmation() {
  const { leave, seen: before, stream: url } = live.dataset;
  const needed = leave ? ["succeeded", "order_created", "webhook_event_delivered"] : ["succeeded"];
  const seen = new Set();
  const stream = url ? new EventSource(url) : null; // without one, the page only asks
  let patience;

  let leaving;
  addEventListener("submit", () => (leaving = true)); // another card: its answer leads on

  const go = (url) => {
    if (leaving) return;
    stream?.close();
    url ? location.replace(url) : location.reload();
  };
  const saw = (words) => {
    for (const word of words) seen.add(word);
    if (needed.every((word) => seen.has(word))) return go(leave);
    if (seen.has("succeeded")) {
      // Paid, but the merchant has not heard yet: show the receipt, do not wait for ever.
      const stay = new URL(location);
      stay.searchParams.set("stay", "1");
      patience ??= setTimeout(go, 15000, stay);
    }
  };

  const news = ({ data }) => {
    const { key, payload } = JSON.parse(data);
    if (key !== "checkout.updated") return key && saw([key.slice(9)]);
    const { status } = payload;
    if (status === "succeeded") saw([status]);
    else if (status !== "confirmed") go(); // this page says what became of it
  };
  // The stream has no memory, and proxies may hold it back: ask, too.
  const ask = async () => {
    const answer = await fetch(location, { headers, redirect: "manual" });
    if (answer.type === "opaqueredirect") return go();
    if (!answer.ok) return;
    const now = (await parse(answer)).querySelector("[data-stream]");
    now ? saw(now.dataset.seen.split(" ")) : go();
  };
  if (stream) Object.assign(stream, { onmessage: news, onopen: ask });
  setInterval(ask, stream ? 5000 : 2000);
  saw(before.split(" "));
}

if (form) checkout();
if (live) confirmation();
