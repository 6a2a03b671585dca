// Makes the dashboard livelier; every page and form works without it.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !`${document.cookie};`.includes(`till_zone=${zone};`)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `till_zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

const make = (name, fields, ...children) => {
  const element = Object.assign(document.createElement(name), fields);
  element.append(...children);
  return element;
};

// Said aloud and shown for a moment. The region must be there before its words are.
const toast = make("div", { className: "toast", hidden: true });
toast.setAttribute("role", "status");
document.body.append(toast);
let hide;
function say(words) {
  toast.hidden = false;
  toast.textContent = words;
  clearTimeout(hide);
  hide = setTimeout(() => (toast.hidden = true), 4000);
}

function dialog(title, ...content) {
  const heading = make("h2", { id: "dialog-title", textContent: title });
  const box = make("dialog", {}, heading, ...content);
  box.setAttribute("aria-labelledby", "dialog-title");
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => event.target === box && box.close());
  document.body.append(box);
  box.showModal();
  return box;
}

async function copy(text, label) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${label}: copied`);
  } catch {
    // No access to the clipboard: the text is shown selected, to be copied by hand.
    const field = make(text.includes("\n") ? "textarea" : "input", { readOnly: true, value: text, rows: 8 });
    field.setAttribute("aria-label", label);
    const close = make("button", { textContent: "Close", className: "plain" });
    const box = dialog("Copy this", field, make("p", { className: "submit" }, close));
    close.addEventListener("click", () => box.close());
    field.focus();
    field.select();
  }
}

// A page that asks is shown as a dialog over the page that it would lead away from.
async function ask(link) {
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.getElementById("ask");
    if (!content) throw new Error("no question");
    content.removeAttribute("id");
    const box = dialog(page.querySelector("h1").textContent, ...content.childNodes);
    box.querySelector("[data-cancel]")?.addEventListener("click", (event) => {
      event.preventDefault();
      box.close();
    });
  } catch {
    location.assign(link.href);
  }
}

const open = () => document.querySelector("details.menu[open]");
const items = (menu) => [...menu.querySelectorAll("li a, li button")];

document.addEventListener("click", (event) => {
  const menu = open();
  if (menu && !menu.contains(event.target)) menu.open = false;
  const button = event.target.closest("[data-copy]");
  if (button) {
    const inMenu = button.closest("details.menu");
    if (inMenu) {
      inMenu.open = false;
      inMenu.querySelector("summary").focus();
    }
    const label = button.getAttribute("aria-label")?.replace(/^Copy .*/, "Copy") ?? button.textContent;
    copy(button.dataset.copy, label.trim());
    return;
  }
  const link = event.target.closest("a[data-ask]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const inMenu = link.closest("details.menu");
    if (inMenu) {
      inMenu.open = false;
      inMenu.querySelector("summary").focus(); // where the focus returns to from the dialog
    }
    ask(link);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]") ?? open();
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step && event.key !== "Home" && event.key !== "End") return;
  if (!menu.contains(document.activeElement)) return;
  event.preventDefault();
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const next = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : at < 0 && step < 0 ? all.length - 1 : at + step;
  all[(next + all.length) % all.length].focus();
});

// On a phone the ways lie in a strip: the one that is shown is in sight.
for (const here of document.querySelectorAll(".side nav [aria-current], .tabs [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "center" });
}

// Errors of a form are where the reading goes on.
document.querySelector(".alert")?.focus();

// What was wrong with a field is said until somebody mends it.
function mended({ target }) {
  const field = target.closest(".field");
  const error = field?.querySelector(":scope > .error");
  if (!error) return;
  for (const element of [field, ...field.querySelectorAll("[aria-describedby]")]) {
    element.removeAttribute("aria-invalid");
    const others = (element.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
    if (others.length) element.setAttribute("aria-describedby", others.join(" "));
    else element.removeAttribute("aria-describedby");
  }
  error.remove();
  const form = field.closest("form");
  if (form.querySelector(".error")) return;
  const alert = form.querySelector(".alert");
  alert?.querySelector(".check")?.remove();
  if (alert && !alert.children.length) alert.remove();
}
document.addEventListener("input", mended);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A form with files is sent with a bar that shows how far it is.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || !form.reportValidity()) return;
  event.preventDefault();
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");
  const request = new XMLHttpRequest();
  bar.hidden = false;
  button.disabled = true;
  const broken = () => {
    bar.hidden = true;
    button.disabled = false;
    say("The upload was interrupted. Try again.");
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = loaded / total));
  request.addEventListener("error", broken);
  request.addEventListener("load", () => {
    const page = request.responseXML;
    const main = page?.querySelector("main");
    if (!main) return broken();
    document.querySelector("main").replaceWith(main);
    (main.querySelector(".alert") ?? main.querySelector("#pictures"))?.focus();
    if (!main.querySelector(".alert")) say("Uploaded");
  });
  request.open("POST", form.action);
  request.responseType = "document";
  request.send(new FormData(form));
});

// Lists that change by themselves can be stopped. Then they go on with what has come in meanwhile.
const isPaused = () => document.body.hasAttribute("data-paused");
const look = () => document.querySelectorAll("[data-newer]").forEach((element) => htmx.trigger(element, "look"));
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-pause]")) return;
  if (document.body.toggleAttribute("data-paused")) return;
  for (const row of document.querySelectorAll("#events > [hidden]")) row.hidden = false;
  look();
});
document.addEventListener("htmx:sseMessage", ({ target }) => {
  if (isPaused()) target.firstElementChild.hidden = true;
});
// A page that nobody sees asks nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-newer]") && (document.hidden || isPaused())) event.preventDefault();
});
document.addEventListener("visibilitychange", () => document.hidden || look());

// New rows of a list appear by themselves, unless somebody has scrolled into the list, points at it or is using it: then
// words about them stand above it, as a link, and are said once. The next look may find the list at rest.
const canPoint = matchMedia("(hover: hover)");
function isAtRest(rows) {
  const selected = getSelection();
  const isSelected = selected && !selected.isCollapsed && rows.contains(selected.anchorNode);
  const isUsed = document.activeElement?.closest("#rows, #newer") || rows.querySelector("details[open]") || isSelected;
  const isPointedAt = canPoint.matches && rows.matches(":hover");
  return !document.hidden && !isUsed && !isPointedAt && rows.getBoundingClientRect().top >= 0;
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event;
  const isOfLook = event.detail.requestConfig?.elt.matches("[data-newer]");
  if (!isOfLook || !event.detail.shouldSwap) return;
  if (isPaused() || (target.id === "rows" && !isAtRest(target))) {
    event.detail.shouldSwap = false;
    return;
  }
  if (target.id === "rows") return;
  const told = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body;
  const link = told.querySelector("a");
  const rows = document.getElementById("rows");
  if (link && isAtRest(rows)) {
    event.detail.shouldSwap = false;
    // Once this request is over: of those that are synchronized with the filters there is one at a time.
    const values = { source: target, target: "#rows", select: "#rows", swap: "outerHTML", selectOOB: "#newer" };
    const refresh = () => htmx.ajax("GET", link.getAttribute("href"), values).catch(() => {}); // a filter was chosen
    setTimeout(() => target.isConnected && refresh());
  } else if (told.textContent.trim() === target.textContent.trim()) {
    event.detail.shouldSwap = false;
  }
});
