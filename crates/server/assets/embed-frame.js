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
  const answer = await fetch(`/checkout/${secret}/frame${location.search}`);
  const frame = answer.ok ? await answer.json() : null;
  if (!frame) return;
  const tell = (event, more) => parent.postMessage({ type: "POLAR_CHECKOUT", event, ...more }, frame.origin);

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
