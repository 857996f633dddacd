"use strict";

/* Improvements of the pages. Without scripts, the pages work too. */
(() => {
  const live = () => document.querySelectorAll("[data-live]");

  /* The last version of each element that the server sent, to detect changes. Scripts may
     have changed the element itself since. */
  const sent = new Map();
  for (const e of live()) sent.set(e.id, e.outerHTML);

  const fetched = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const focusable = (e) => [...e.querySelectorAll("a, button, input, select, summary, [tabindex]")];

  const selecting = (e) => {
    const s = getSelection();
    return s && !s.isCollapsed && s.containsNode(e, true);
  };

  /* Replaces an element by a new version. Open details stay open, and the focus stays. */
  const replace = (old, fresh) => {
    const all = focusable(old);
    const at = all.indexOf(document.activeElement);
    const open = [...old.querySelectorAll("details")].map((d) => d.open);
    [...fresh.querySelectorAll("details")].forEach((d, i) => { d.open = Boolean(open[i]); });
    fresh.hidden = old.hidden;
    old.replaceWith(fresh);
    dress(fresh);
    if (at >= 0 && focusable(fresh)[at]) focusable(fresh)[at].focus({ preventScroll: true });
  };

  /* Returns an element near the top of the window. Refreshes keep its position, so that
     the text a person reads does not move. */
  const anchor = () => {
    const x = innerWidth / 2;
    for (let y = 8; y < innerHeight; y += 24) {
      const e = document.elementFromPoint(x, y)?.closest("main [id]");
      if (e) return { id: e.id, top: e.getBoundingClientRect().top };
    }
    return null;
  };

  const refresh = async () => {
    const page = await fetched();
    const held = anchor();
    let changed = false;
    for (const old of live()) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.outerHTML === sent.get(old.id) || selecting(old)) continue;
      sent.set(old.id, fresh.outerHTML);
      replace(old, document.importNode(fresh, true));
      changed = true;
    }
    for (const note of document.querySelectorAll("[data-fresh]")) {
      const list = page.getElementById(note.dataset.fresh);
      note.hidden = !list || [...list.children].every((e) => document.getElementById(e.id));
    }
    if (!changed) return;
    const now = held && document.getElementById(held.id);
    if (now) scrollBy({ top: now.getBoundingClientRect().top - held.top, behavior: "instant" });
    document.dispatchEvent(new Event("refreshed"));
  };

  /* Runs a function repeatedly while the page is visible. */
  const every = (seconds, run) => {
    let timer;
    const schedule = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(tick, seconds * 1000);
    };
    const tick = () => run().catch(() => {}).then(schedule);
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : tick()));
    schedule();
  };

  const refreshing = document.querySelector("[data-refresh]");
  if (refreshing) every(Number(refreshing.dataset.refresh), refresh);

  const waiting = document.querySelector("[data-poll]");
  if (waiting) {
    every(Number(waiting.dataset.poll), async () => {
      if (!(await fetched()).getElementById(waiting.id)) location.reload();
    });
  }

  /* Filters a list while the user types. */
  const search = document.querySelector("[data-filter]");
  const list = search && document.getElementById(search.dataset.filter);
  const filter = () => {
    const text = search.value.trim().toLowerCase();
    let shown = 0;
    for (const e of list.children) {
      e.hidden = !e.dataset.text.toLowerCase().includes(text);
      if (!e.hidden) shown++;
    }
    document.getElementById("none").hidden = shown > 0;
  };
  if (list) {
    search.addEventListener("input", filter);
    search.form.querySelector("select").addEventListener("change", () => search.form.requestSubmit());
  }

  /* Copying. */
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // browsers offer the clipboard only over TLS
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  const dress = (root) => {
    for (const pre of root.querySelectorAll("pre[data-copy]")) {
      const box = document.createElement("div");
      const button = document.createElement("button");
      const status = document.createElement("span");
      box.className = "copying";
      button.type = "button";
      button.textContent = "Copy";
      status.className = "unseen";
      status.setAttribute("role", "status");
      pre.replaceWith(box);
      box.append(pre, button, status);
      button.addEventListener("click", async () => {
        await copy(pre.textContent.replace(/\n$/, ""));
        button.textContent = status.textContent = "Copied";
        setTimeout(() => {
          button.textContent = "Copy";
          status.textContent = "";
        }, 2000);
      });
    }
  };
  dress(document);

  /* Menus close on a click elsewhere and on Escape. */
  document.addEventListener("click", (e) => {
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(e.target)) menu.open = false;
  });
  document.addEventListener("keydown", (e) => {
    const menu = e.key === "Escape" && document.querySelector(".menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
