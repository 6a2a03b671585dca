// Shows Till's checkout in a frame over a merchant's page. Served as /embed.js, which sets
// window.Polar.EmbedCheckout, and as /embed.mjs, which exports the same class. Only messages of the Till that
// served this file are believed.

const TYPE = "POLAR_CHECKOUT";
const LINK = "[data-polar-checkout]";
const PATIENCE = 5000; // for a page that is there, but does not say that it is shown
const OVER = "position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;";

class EmbedCheckout {
  static #started = false;
  static #open;
  #frame;
  #cover;
  #events = new EventTarget();
  #loaded = false;
  #locked = false;
  #undo = [];

  /** Opens every link that has data-polar-checkout in a frame, also those that come to the page later. */
  static init() {
    if (this.#started) return;
    this.#started = true;
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.(LINK);
      // As with any link: a new tab where one is asked for.
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const url = link.getAttribute("href") || link.getAttribute("data-polar-checkout");
      const theme = link.getAttribute("data-polar-checkout-theme");
      this.create(url, { theme });
    });
  }

  /** Opens a checkout's or a checkout link's URL; resolves when its page is shown, rejects if it is closed before. */
  static create(url, options = {}) {
    const { theme, onLoaded } = typeof options === "string" ? { theme: options } : (options ?? {});
    const checkout = new this(new URL(url), theme);
    const opening = new Promise((resolve, reject) => {
      const shown = (event) => {
        onLoaded?.(event);
        resolve(checkout);
      };
      checkout.addEventListener("loaded", shown, { once: true });
      checkout.#undo.push(() => reject(new DOMException("The checkout was closed before it was shown.", "AbortError")));
    });
    opening.catch(() => {}); // no error of the page where nobody waits for it
    return opening;
  }

  constructor(url, theme) {
    EmbedCheckout.#open?.#end(); // one at a time
    EmbedCheckout.#open = this;
    const plain = url.href;
    if (url.origin !== TILL) console.error(`${url.origin} is not ${TILL}, from which this script is: use its own.`);
    url.searchParams.set("embed", "true");
    url.searchParams.set("embed_origin", location.origin);
    if (theme) url.searchParams.set("theme", theme);
    const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

    this.#cover = document.createElement("div");
    this.#cover.style.cssText = `${OVER}display:grid;place-items:center;background:rgb(0 0 0/.5)`;
    const spinner = document.createElement("div");
    spinner.className = "polar-loader-spinner";
    spinner.style.cssText =
      "width:28px;height:28px;border:3px solid #fff6;border-top-color:#fff;border-radius:50%;box-sizing:border-box";
    this.#cover.append(spinner);

    const frame = (this.#frame = document.createElement("iframe"));
    frame.src = url;
    frame.title = "Checkout";
    frame.allow = `payment 'self' ${TILL}; publickey-credentials-get 'self' ${TILL}`;
    // A frame of another colour scheme than its page's would not be see-through.
    frame.style.cssText = `${OVER}background:none;visibility:hidden;color-scheme:${dark ? "dark" : "light"}`;

    const { activeElement } = document;
    // Which of the two scrolls is the page's choice.
    const scrolling = [document.documentElement, document.body].map(({ style }) => [style, style.overflow]);
    for (const [style] of scrolling) style.overflow = "hidden";
    const { classList } = document.body;
    classList.add("polar-no-scroll");
    document.body.append(this.#cover, frame);
    spinner.animate?.([{ rotate: "0deg" }, { rotate: "360deg" }], { duration: 800, iterations: Infinity });
    this.#undo.push(() => {
      frame.remove();
      this.#cover.remove();
      classList.remove("polar-no-scroll");
      for (const [style, overflow] of scrolling) style.overflow = overflow;
      activeElement?.focus?.({ preventScroll: true });
    });

    // A page that does not speak cannot be shown here: it tells why where it is a page alone.
    let patience;
    frame.addEventListener("load", () => {
      clearTimeout(patience);
      if (this.#loaded) return;
      patience = setTimeout(() => {
        console.error(
          `The checkout does not open in a frame on ${location.host}. If that is your site, add it to the organization's embed hosts.`,
        );
        this.close();
        location.href = plain;
      }, PATIENCE);
    });
    this.#undo.push(() => clearTimeout(patience));

    // Until the page is shown it cannot be closed from within. A double click opens it once, and leaves it open.
    this.#cover.addEventListener("click", ({ detail }) => detail > 1 || this.#leave());
    this.#listen(document, "keydown", ({ key }) => key === "Escape" && this.#leave());
    this.#listen(window, "message", ({ origin, source, data }) => {
      if (origin === TILL && source === frame.contentWindow && data?.type === TYPE) this.#hear(data);
    });
  }

  /** Takes the frame away. */
  close() {
    for (const undo of this.#undo.splice(0)) undo();
    if (EmbedCheckout.#open === this) EmbedCheckout.#open = null;
  }

  /**
   * "loaded", "close", "confirmed" or "success"; preventDefault() leaves out what would follow. "close" comes however
   * it is closed, but by close().
   */
  addEventListener(...args) {
    this.#events.addEventListener(...args);
  }

  removeEventListener(...args) {
    this.#events.removeEventListener(...args);
  }

  #listen(target, type, listener) {
    target.addEventListener(type, listener);
    this.#undo.push(() => target.removeEventListener(type, listener));
  }

  /** Tells of an event; whether what follows it may follow. */
  #tell(event, detail = { event }) {
    return this.#events.dispatchEvent(new CustomEvent(event, { detail, cancelable: true }));
  }

  /** The buyer wants to leave: not while a payment is on its way. */
  #leave(detail) {
    if (!this.#locked && this.#tell("close", detail)) this.close();
  }

  /** Another checkout takes its place. */
  #end() {
    this.#tell("close");
    this.close();
  }

  #hear(detail) {
    const { event, redirect, successURL } = detail;
    if (event === "close") return this.#leave(detail);
    if (!["loaded", "confirmed", "success"].includes(event)) return;
    this.#loaded = true;
    if (event !== "confirmed") this.#locked = false; // "loaded" also comes again where a payment has failed
    if (!this.#tell(event, detail)) return;
    if (event === "loaded") {
      this.#cover.firstChild?.remove();
      this.#frame.style.visibility = "visible";
      this.#frame.focus();
    }
    if (event === "confirmed") this.#locked = true;
    if (event === "success" && redirect) location.href = successURL;
  }
}
