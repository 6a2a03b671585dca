// Sends files in parts, straight to their signed addresses; without it, a form sends the file as a whole.
"use strict";

{
  const TRIES = 5;
  const BROKEN = "The upload was interrupted. Try again.";
  class Refused extends Error {}
  let sending = false;
  window.addEventListener("beforeunload", (event) => sending && event.preventDefault());

  const pause = (seconds, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const timer = setTimeout(resolve, seconds * 1000);
      const stop = () => (clearTimeout(timer), reject(signal.reason));
      signal.addEventListener("abort", stop, { once: true });
    });

  // The answer to a question; where it is a page, that says what is wrong.
  async function ask(path, fields, signal) {
    const body = fields && new URLSearchParams(fields);
    const answer = await fetch(path, { method: body ? "POST" : "GET", body, signal });
    const isJson = answer.headers.get("content-type")?.startsWith("application/json");
    if (answer.ok && isJson) return answer.json();
    if (answer.redirected) throw new Refused("You are not signed in any more. Sign in and try again.");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    throw new Refused(page.querySelector("main p")?.textContent || BROKEN);
  }

  // Status and entity tag; 0 where nothing came back.
  const put = (url, bytes, progress, signal) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => (reject(signal.reason), request.abort());
      signal.throwIfAborted();
      signal.addEventListener("abort", stop, { once: true });
      request.upload.addEventListener("progress", ({ loaded }) => progress(loaded));
      request.addEventListener("loadend", () => {
        signal.removeEventListener("abort", stop);
        const etag = request.status === 200 ? request.getResponseHeader("etag") : "";
        resolve({ status: request.status, etag: (etag ?? "").replaceAll('"', "") });
      });
      // The server that shows this page, by whichever name.
      const { pathname, search } = new URL(url);
      request.open("PUT", pathname + search);
      request.send(bytes);
    });

  // SHA-256 in hexadecimal and in base64; none where the browser gives none, as on pages without TLS.
  async function checksum(bytes) {
    if (!crypto.subtle) return null;
    const sum = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
    const hex = sum.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { hex, base64: btoa(String.fromCharCode(...sum)) };
  }

  async function send(file, fields, path, progress, signal) {
    const about = { name: file.name, mime_type: file.type, size: file.size, ...fields };
    let upload = await ask(path, about, signal);
    const own = `${path}/${upload.id}`;
    try {
      const done = [];
      for (const [place, { chunk_start: start, chunk_end: end }] of upload.upload.parts.entries()) {
        const bytes = await file.slice(start, end).arrayBuffer().catch(() => {
          throw new Refused("The file could not be read. Choose it again.");
        });
        const sum = await checksum(bytes);
        for (let tries = 1; ; tries += 1) {
          const { url } = upload.upload.parts[place];
          const { status, etag } = await put(url, bytes, (sent) => progress(start + sent), signal);
          if (status === 200 && (!sum || etag === sum.hex)) {
            done.push(["etag", etag]);
            if (sum) done.push(["sum", sum.base64]);
            break;
          }
          if (tries === TRIES || status === 404) throw new Refused(BROKEN);
          // The addresses work for an hour.
          if (status === 403) upload = await ask(own, null, signal);
          else await pause(2 ** tries / 2, signal);
        }
      }
      progress(file.size);
      return await ask(own, done, signal);
    } catch (error) {
      fetch(`${own}/cancel`, { method: "POST", keepalive: true }).catch(() => {});
      throw error;
    }
  }

  // Shows how far it is, and takes one file at a time.
  async function upload(file, fields, path, box, form) {
    if (sending) return null;
    const buttons = [...form.querySelectorAll("button:not([data-cancel-upload])")];
    const inputs = [...form.querySelectorAll('input[type="file"]')];
    const row = box.querySelector(".sending");
    const percent = row.querySelector(".percent");
    const controller = new AbortController();
    const progress = (sent) => {
      const share = file.size ? Math.min(sent / file.size, 1) : 1;
      row.querySelector("progress").value = share;
      percent.textContent = share === 1 ? "Checking…" : `${Math.floor(share * 100)}%`;
    };
    const enable = (on) => {
      sending = !on;
      row.hidden = on;
      for (const one of [...buttons, ...inputs]) one.disabled = !on;
    };
    box.querySelector(".alert")?.remove();
    progress(0);
    if (!file.size) percent.textContent = "0%";
    enable(false);
    const cancel = row.querySelector("[data-cancel-upload]");
    cancel.onclick = () => controller.abort(new Refused("The upload was cancelled."));
    cancel.focus();
    try {
      return await send(file, fields, path, progress, controller.signal);
    } catch (error) {
      const words = error instanceof Refused ? error.message : BROKEN;
      if (controller.signal.aborted) say(words);
      else {
        const alert = make("div", { className: "alert", tabIndex: -1 }, make("p", { textContent: words }));
        alert.setAttribute("role", "alert");
        box.prepend(alert);
        alert.focus();
      }
      return null;
    } finally {
      enable(true);
      // The button that had the focus is hidden now.
      if (controller.signal.aborted) inputs[0]?.focus();
    }
  }

  // The form of a new file.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-parts]")) return;
    event.preventDefault();
    const [file] = form.elements.file.files;
    if (!file) return form.reportValidity();
    const whole = await upload(file, { version: form.elements.version.value }, form.dataset.parts, form, form);
    if (whole) location.assign(whole.page);
  });

  // A new file in another form, which then has it, too.
  for (const box of document.querySelectorAll("[data-parts-here]")) {
    box.hidden = false;
    const input = box.querySelector('input[type="file"]');
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      const form = input.form;
      const whole = await upload(file, {}, box.dataset.partsHere, box, form);
      input.value = "";
      if (!whole) return;
      const add = make("button", { name: "_add", value: "1", hidden: true });
      form.append(make("input", { type: "hidden", name: "_files", value: whole.id }), add);
      form.requestSubmit(add);
    });
  }

  // Files that are moved in their list stay on the page.
  document.addEventListener("click", (event) => {
    const button = event.target.closest('.chosen button:is([name="_up"], [name="_down"])');
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    if (button.name === "_up") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    button.focus();
  });
}
