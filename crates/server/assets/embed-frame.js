// The checkout in a frame: tells the page around it what happens, and can be closed. The server says whom to tell.

const secret = location.pathname.split("/")[2];
const seen = `till ${secret}`;
const framed = parent !== window && location.pathname.startsWith("/checkout/");

// Whether the page around has been told that the buyer has confirmed. Storage may be off in frames.
const memory = {
  get confirmed() {
    try {
      return sessionStorage.getItem(seen) !== null;
    } catch {
      return false;
    }
  },
  set confirmed(is) {
    try {
      is ? sessionStorage.setItem(seen, "1") : sessionStorage.removeItem(seen);
    } catch {
      // told twice, then
    }
  },
};

if (framed) begin();

async function begin() {
  // Links lead the page around away, not the frame.
  for (const link of document.querySelectorAll("a[href]")) {
    if (link.origin !== location.origin && !link.target) link.target = "_top";
  }
  const answer = await fetch(`/checkout/${secret}/frame${location.search}`);
  const frame = answer.ok ? await answer.json() : null;
  if (!frame) return;
  const tell = (event, more) => parent.postMessage({ type: "POLAR_CHECKOUT", event, ...more }, frame.origin);

  // The first page of the frame, or open again after a payment that failed.
  const first = !document.referrer.startsWith(`${location.origin}/checkout/`) && !document.referrer.startsWith(`${location.origin}/sandbox/`);
  if (first || (!frame.confirmed && memory.confirmed)) tell("loaded");
  if (!frame.confirmed) memory.confirmed = false;
  else if (!memory.confirmed) {
    memory.confirmed = true;
    tell("confirmed");
  }
  if (frame.success) tell("success", frame.success);
  closable(frame.close, () => tell("close"));
}

function closable(words, close) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "close", textContent: "×", title: words, ariaLabel: words });
  button.addEventListener("click", close);
  document.body.prepend(button);
  document.addEventListener("click", ({ target }) => {
    if (!target.closest(".checkout, .card, .close, .skip") && target.isConnected) close();
  });
  document.addEventListener("keydown", ({ key, defaultPrevented }) => {
    if (key === "Escape" && !defaultPrevented) close();
  });
}
