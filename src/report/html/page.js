"use strict";
// Narrows the list of claims, copies commands, switches the theme. Everything else on the page works without it.
(() => {
  const root = document.documentElement;
  root.classList.add("scripting");
  const byId = (id) => document.getElementById(id);

  // What is said to whoever cannot see that something was copied.
  const said = byId("said");
  let silence = 0;
  const say = (text) => {
    said.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => { said.textContent = ""; }, 4000);
  };

  // The theme: of the system, or light, or dark. A browser may keep nothing for a file.
  const themes = ["auto", "light", "dark"];
  const kept = (theme) => {
    try {
      if (theme !== undefined) localStorage.setItem("witness-theme", theme);
      return localStorage.getItem("witness-theme");
    } catch {
      return null;
    }
  };
  const button = byId("theme");
  const show = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  let theme = themes.includes(kept()) ? kept() : "auto";
  show(theme);
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    kept(theme);
    show(theme);
  });

  // Copying. The text is selected as well where it stands, for browsers that refuse the clipboard to a file.
  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  const shownText = (copy) =>
    [...(copy.closest("article, .inside, header, section")?.querySelectorAll("code, pre") ?? [])]
      .find((element) => element.textContent === copy.dataset.copy);
  const copyText = async (copy) => {
    const shown = shownText(copy);
    if (shown) select(shown);
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      say("Copied");
    } catch {
      say(shown && document.execCommand("copy") ? "Copied" : "Selected, press Ctrl+C");
    }
  };

  // The filter; its state is the fragment, so that a link keeps it.
  const names = ["text", "status", "evidence", "scope", "paper"];
  const field = { text: byId("filter") };
  for (const name of names.slice(1)) field[name] = byId(name);
  const claims = [...document.querySelectorAll("details.claim")].map((element) => ({ element, text: null }));
  const textOf = (claim) => (claim.text ??= claim.element.textContent.toLowerCase());
  const keeps = (claim, wanted) =>
    names.slice(1).every((name) => {
      const value = wanted[name];
      if (!value) return true;
      return value === "unexpected" ? "unexpected" in claim.element.dataset : claim.element.dataset[name] === value;
    }) && (wanted.text ?? "").toLowerCase().split(/\s+/).every((word) => textOf(claim).includes(word));
  const apply = () => {
    const wanted = Object.fromEntries(names.map((name) => [name, field[name].value.trim()]));
    const isNarrow = names.some((name) => wanted[name]);
    let count = 0;
    for (const claim of claims) {
      const isKept = !isNarrow || keeps(claim, wanted);
      claim.element.hidden = !isKept;
      count += isKept ? 1 : 0;
    }
    for (const group of document.querySelectorAll(".family, .paper")) {
      group.hidden = !group.querySelector("details.claim:not([hidden])");
    }
    byId("shown").textContent = isNarrow ? `${count} of ${claims.length} claims` : `${claims.length} claims`;
    return wanted;
  };
  const write = () => {
    const wanted = apply();
    const state = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
    history.replaceState(null, "", state ? `#${state}` : location.pathname + location.search);
  };
  const fill = (state) => {
    const wanted = new URLSearchParams(state);
    for (const name of names) {
      field[name].value = wanted.get(name) ?? "";
      // A word that is no option leaves nothing chosen.
      if (field[name].selectedIndex === -1) field[name].value = "";
    }
  };
  const clear = () => {
    fill("");
    write();
  };
  for (const name of names) field[name].addEventListener("input", write);
  byId("clear").addEventListener("click", clear);

  // The fragment: a filter, or the place of something, which opens if it is closed.
  const read = () => {
    let fragment = location.hash.slice(1);
    try {
      fragment = decodeURIComponent(fragment);
    } catch {
      // It stays as it is.
    }
    if (fragment.includes("=")) {
      fill(location.hash.slice(1));
      apply();
      byId("all").scrollIntoView();
      return;
    }
    const target = fragment ? byId(fragment) : null;
    if (target?.closest("[hidden]")) fill("");
    apply();
    for (let outer = target?.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", read);

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("button.copy");
    if (copy) copyText(copy);
    const link = event.target.closest("a[data-filter]");
    if (link) {
      event.preventDefault();
      location.hash = link.dataset.filter;
      // At once: the event that tells of it comes later.
      read();
    }
    // A link to where one is already makes no new fragment.
    const same = event.target.closest("a[href^='#']");
    if (same && same.hash === location.hash) read();
  });

  // Arrow keys go from claim to claim, Escape clears the filter.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && names.some((name) => field[name].value)) {
      clear();
      say("Filter cleared");
      return;
    }
    const summary = event.target.closest?.("details.claim > summary");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!summary || !step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const shown = claims.filter((claim) => !claim.element.hidden).map((claim) => claim.element.querySelector("summary"));
    const next = shown[shown.indexOf(summary) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });

  // On paper all is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const element of closed) element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const element of closed) element.open = false;
  });

  read();
})();
