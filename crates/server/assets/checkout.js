// Makes the plain forms of the checkout livelier. Without it, everything still works.
// Card fields leave the page only when the buyer pays.

const partial = { "X-Till-Partial": "1" };
const form = document.getElementById("checkout");
const live = document.querySelector("[data-stream]");

if (form) checkout(form);
if (live) confirmation(live);

function checkout(form) {
  const button = form.querySelector("#pay");
  const words = button.firstElementChild;
  const settle = form.querySelector(".settle");
  let chain = Promise.resolve(); // one request at a time, so that versions stay in step
  let queued = false;
  let paying = false;
  let timer;

  dropNoscript(document);

  const body = (intent) => {
    const data = new URLSearchParams(new FormData(form));
    if (intent !== "pay") for (const key of [...data.keys()]) if (key.startsWith("card_")) data.delete(key);
    data.set("intent", intent);
    return data;
  };
  const facts = () => {
    const data = body("update");
    for (const key of ["version", "shown_total"]) data.delete(key);
    return String(data);
  };
  let sent = facts(); // what the server last heard of

  const send = async (data) => {
    const answer = await fetch(form.action, { method: "POST", headers: partial, body: data });
    if (/json/.test(answer.headers.get("content-type"))) {
      const { redirect } = await answer.json();
      if (!redirect) throw new Error("no redirect");
      location.assign(redirect);
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.getElementById("checkout")) return page;
    location.reload(); // expired or paid meanwhile
    return null;
  };

  function update() {
    clearTimeout(timer);
    if (queued || facts() === sent) return;
    queued = true;
    settle.classList.add("stale");
    chain = chain.then(async () => {
      queued = false;
      sent = facts();
      try {
        const page = await send(body("update"));
        if (page) swap(page);
      } catch {
        sent = ""; // try again with the next change
      }
      if (!queued) settle.classList.remove("stale");
    });
  }

  form.addEventListener("change", (event) => {
    if (!event.target.name.startsWith("card_") && !paying) update();
  });
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (field.name === "card_number") group(field);
    if (field.name === "card_expiry") slash(field, event);
    if (field.name === "amount") {
      clearTimeout(timer);
      timer = setTimeout(update, 450);
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (paying) return;
    busy(true);
    const seen = form.elements.shown_total.value;
    update();
    await chain;
    const data = body("pay");
    data.set("shown_total", seen);
    try {
      const page = await send(data);
      if (!page) return; // leaving; the button stays busy until then
      swap(page);
      busy(false);
      const wrong = form.querySelector("[autofocus]");
      wrong?.focus();
      wrong?.scrollIntoView({ block: "center" });
    } catch {
      busy(false);
      fail("We could not reach the server. Check your connection and reload: this page shows whether you have paid.");
    }
  });

  // Back from the next page: show what is true now, never a stale form.
  addEventListener("pageshow", (event) => {
    if (!event.persisted || !paying) return;
    busy(false);
    location.reload();
  });

  function busy(is) {
    paying = is;
    button.setAttribute("aria-disabled", is);
    if (is) {
      words.dataset.idle = words.textContent;
      words.textContent = "Processing…";
    } else if (words.dataset.idle) {
      words.textContent = words.dataset.idle;
      delete words.dataset.idle;
    }
  }

  function fail(text) {
    const box = document.createElement("div");
    Object.assign(box, { className: "alert", role: "alert", tabIndex: -1, textContent: text });
    part("errors").replaceChildren(box);
    box.focus();
  }

  // Takes the marked parts of a fresh page, and keeps what was typed and where the cursor is.
  function swap(page) {
    dropNoscript(page);
    document.title = page.title;
    const focus = document.activeElement;
    const [start, end] = [focus.selectionStart, focus.selectionEnd];
    for (const old of document.querySelectorAll("[data-part]")) {
      const fresh = part(old.dataset.part, page);
      if (!fresh || old.isEqualNode(fresh)) continue;
      if (old === words) {
        if (paying) words.dataset.idle = fresh.textContent;
        else words.textContent = fresh.textContent;
        continue;
      }
      for (const field of fresh.querySelectorAll("input, select")) {
        if (!paying) field.removeAttribute("autofocus");
        const was = field.id && old.querySelector("#" + field.id);
        if (!was || was.tagName !== field.tagName) continue;
        if (field.type === "checkbox") field.checked = was.checked;
        else if (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === was.value)) field.value = was.value;
      }
      if (old.querySelector("details[open]")) fresh.querySelector("details")?.setAttribute("open", "");
      old.replaceChildren(...fresh.childNodes);
    }
    const again = focus.id && document.getElementById(focus.id);
    if (again && again !== document.activeElement) {
      again.focus({ preventScroll: true });
      if (start != null) again.setSelectionRange?.(start, end);
    }
  }
}

function part(name, page = document) {
  return page.querySelector(`[data-part="${name}"]`);
}

function dropNoscript(page) {
  for (const node of page.querySelectorAll("noscript")) node.remove();
}

// 4242424242424242 → 4242 4242 4242 4242 (American Express: 4-6-5), the cursor staying at its digit.
function group(field) {
  const before = field.value.slice(0, field.selectionStart).replace(/\D/g, "").length;
  const digits = field.value.replace(/\D/g, "").slice(0, 19);
  const shape = /^3[47]/.test(digits) ? /^(\d{4})(\d{1,6})?(\d+)?/ : /(\d{4})(?=\d)/g;
  field.value = shape.global
    ? digits.replace(shape, "$1 ")
    : digits.replace(shape, (_, ...p) => p.slice(0, 3).filter(Boolean).join(" "));
  let at = 0;
  for (let seen = 0; seen < before && at < field.value.length; at++) if (field.value[at] !== " ") seen++;
  field.setSelectionRange(at, at);
}

// 1230 → 12 / 30
function slash(field, event) {
  if (event.inputType?.startsWith("delete") || field.selectionStart !== field.value.length) return;
  let digits = field.value.replace(/\D/g, "");
  if (/^[2-9]/.test(digits)) digits = "0" + digits;
  if (digits.length === 6) digits = digits.slice(0, 2) + digits.slice(4);
  digits = digits.slice(0, 4);
  field.value = digits.length > 1 ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
}

function confirmation(box) {
  const { leave, checkout } = box.dataset;
  const needed = leave ? ["succeeded", "order_created", "webhook_event_delivered"] : ["succeeded"];
  const seen = new Set();
  const stream = new EventSource(box.dataset.stream);
  let patience;

  const go = (url) => {
    stream.close();
    clearTimeout(patience);
    url ? location.replace(url) : location.reload();
  };
  const saw = (words) => {
    for (const word of words) seen.add(word);
    if (needed.every((word) => seen.has(word))) return go(leave);
    if (seen.has("succeeded")) {
      // Paid, but the merchant has not heard of it yet. Show the receipt rather than wait for ever.
      const stay = new URL(location.href);
      stay.searchParams.set("stay", "1");
      patience ??= setTimeout(go, 15000, stay.href);
    }
  };
  const turned = (status) => {
    if (status === "open") go(checkout);
    else if (status === "succeeded") saw([status]);
    else if (status && status !== "confirmed") go();
  };

  stream.onmessage = ({ data }) => {
    const { key, payload } = JSON.parse(data);
    if (key === "checkout.updated") turned(payload.status);
    else if (key) saw([key.replace("checkout.", "")]);
  };
  // The stream has no memory, and proxies may hold it back: ask what happened, too.
  const ask = async () => {
    const answer = await fetch(location.href, { headers: partial, redirect: "manual" });
    if (answer.type === "opaqueredirect") return go();
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-stream]");
    now ? saw(now.dataset.seen.split(" ")) : go();
  };
  stream.onopen = ask;
  setInterval(ask, 5000);
  saw(box.dataset.seen.split(" "));
}
