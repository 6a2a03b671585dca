// The checkout in a frame: tells the page around it what happens, and can be closed. The server says whom to tell.

const secret = location.pathname.split("/")[2];
const framed = parent !== window && location.pathname.startsWith("/checkout/");

// How far the page around has been told. A frame keeps its name from page to page, and loses it when it is closed.
const told = { get: () => name.match(/^till (.*)/)?.[1], set: (step) => (name = `till ${step}`) };

if (framed) begin();

async function begin() {
  // Links lead the page around away, not the frame.
  for (const link of document.querySelectorAll("a[href]")) {
    if (link.origin !== location.origin && !link.target) link.target = "_top";
  }
  const frame = await ask();
  if (!frame) return;
  const { origin, close } = frame;
  const tell = (event, more) => parent.postMessage({ type: "POLAR_CHECKOUT", event, ...more }, origin);
  closable(close, () => tell("close"));
  report(frame, tell);
}

// Null where there is nobody to tell; undefined where it could not be asked just now.
async function ask() {
  try {
    const answer = await fetch(`/checkout/${secret}/frame${location.search}`);
    return answer.ok ? await answer.json() : null;
  } catch {}
}

async function report(frame, tell) {
  // Told again where a payment has failed, and the buyer may try another.
  if (!told.get() || (!frame.confirmed && told.get() !== "loaded")) tell("loaded");
  if (!frame.confirmed) told.set("loaded");
  else if (!["confirmed", "success"].includes(told.get())) {
    told.set("confirmed");
    tell("confirmed");
  }
  if (frame.success && told.get() !== "success") {
    told.set("success");
    tell("success", frame.success);
  }
  // The receipt may be here before the merchant has heard of it: until then the page around waits.
  if (frame.confirmed && !frame.success) {
    setTimeout(async () => {
      const now = await ask();
      if (now !== null) report(now ?? frame, tell);
    }, 1000);
  }
}

function closable(words, close) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "close", textContent: "×", title: words, ariaLabel: words });
  button.addEventListener("click", close);
  document.body.prepend(button);
  const beside = ({ target }) => !target.closest(".checkout, .card, .close, .skip") && target.isConnected;
  // Who drags a selection out of the page does not mean to leave it.
  let pressed = false;
  document.addEventListener("pointerdown", (event) => (pressed = beside(event)));
  document.addEventListener("click", (event) => {
    if (pressed && beside(event)) close();
  });
  document.addEventListener("keydown", ({ key, defaultPrevented }) => {
    if (key === "Escape" && !defaultPrevented) close();
  });
}
