"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const cards = [...document.querySelectorAll("article.card")];
  const groups = [...document.querySelectorAll("section.source")];
  const batches = [...document.querySelectorAll(".batch")];
  const fields = form.elements;
  const names = ["text", "source", "kind", "term", "flag", "from", "to", "order", "sides"];
  const found = cards.map((card, place) => ({
    flags: "", terms: "", ...card.dataset, card, place, text: null,
    source: card.closest("section").dataset.source,
    kind: card.querySelector(".kind").textContent,
    worth: parseInt(card.querySelector(".worth")?.textContent ?? "0", 10),
  }));
  const read = (name) => {
    const field = fields[name];
    if (!field) return "";
    return field.type === "checkbox" ? (field.checked ? "1" : "") : field.value.trim();
  };
  const words = (each) => (each.text ??= each.card.textContent.toLowerCase());
  // The words of all cards are read while nothing else is to be done.
  let next = 0;
  const warm = (idle) => {
    while (next < found.length && idle.timeRemaining() > 1) words(found[next++]);
    if (next < found.length) requestIdleCallback(warm);
  };
  const fits = (each, want) =>
    (!want.source || each.source === want.source) &&
    (!want.kind || each.kind === want.kind) &&
    (!want.flag || each.flags.split(" ").includes(want.flag)) &&
    (!want.term || each.terms.includes(`|${want.term}|`)) &&
    (!want.from || each.day >= want.from) &&
    (!want.to || each.day <= want.to) &&
    want.words.every((word) => words(each).includes(word));

  const asked = () => {
    const want = Object.fromEntries(names.map((name) => [name, read(name)]));
    want.words = want.text.toLowerCase().split(/\s+/).filter(Boolean);
    return want;
  };

  const address = (want) => {
    const kept = names.filter((name) => want[name]).map((name) => [name, want[name]]);
    const query = new URLSearchParams(kept).toString();
    if (query) history.replaceState(null, "", `#?${query}`);
    else if (location.hash.startsWith("#?")) {
      history.replaceState(null, "", location.pathname + location.search);
    }
  };

  let order = "";
  const reorder = (wanted) => {
    if (order === wanted) return;
    order = wanted;
    for (const group of groups) {
      const own = found.filter((each) => each.source === group.dataset.source);
      own.sort((a, b) => (wanted ? b.worth - a.worth : 0) || a.place - b.place);
      const sizes = [...group.querySelectorAll(".batch")].map((each) => [each, each.children.length]);
      for (const [batch, size] of sizes) {
        batch.replaceChildren(...own.splice(0, size).map((each) => each.card));
      }
    }
  };

  const column = (words, name, gone) => {
    const side = words.cloneNode(true);
    side.className = `words side ${name}`;
    side.querySelectorAll(gone).forEach((edit) => edit.remove());
    return side;
  };
  const split = (card) => {
    if (card.dataset.split) return;
    card.dataset.split = "1";
    for (const words of card.querySelectorAll(".field > .words")) {
      if (!words.querySelector("del") || !words.querySelector("ins")) continue;
      const sides = document.createElement("div");
      sides.className = "sides";
      sides.append(column(words, "old", "ins"), column(words, "new", "del"));
      words.after(sides);
      words.classList.add("inline");
    }
  };
  const near = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && split(entry.target)),
    { rootMargin: "1500px" },
  );
  let watching = false;
  const arrange = (sides) => {
    document.body.classList.toggle("two-sided", sides);
    if (sides && !watching) cards.forEach((card) => near.observe(card));
    watching ||= sides;
  };

  const show = () => {
    const want = asked();
    let shown = 0;
    const open = new Set();
    const counts = new Map(batches.map((batch) => [batch, 0]));
    reorder(want.order);
    for (const each of found) {
      const is = fits(each, want);
      if (each.card.hidden === is) each.card.hidden = !is;
      if (!is) continue;
      shown += 1;
      open.add(each.source);
      const batch = each.card.parentElement;
      counts.set(batch, counts.get(batch) + 1);
    }
    for (const group of groups) group.hidden = !open.has(group.dataset.source);
    for (const [batch, count] of counts) {
      batch.hidden = !count;
      batch.style.setProperty("--cards", count);
    }
    arrange(Boolean(want.sides));
    fields.shown.value = `${shown} of ${found.length} shown`;
    address(want);
  };

  const fill = (asked) => {
    for (const name of names) {
      const field = fields[name];
      if (field?.type === "checkbox") field.checked = asked.get(name) === "1";
      else if (field) field.value = asked.get(name) ?? "";
      if (field?.selectedIndex === -1) field.selectedIndex = 0;
    }
  };
  const restore = () =>
    fill(new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : ""));

  let at = -1;
  const clear = () => {
    fill(new URLSearchParams());
    at = -1;
    show();
  };

  // A link to something that the filters hide, or that is folded, shows it all the same.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let each = target; each; each = each.parentElement) if (each.open === false) each.open = true;
    const hidden = target.closest("[hidden]");
    if (hidden) clear();
    setTimeout(() => target.scrollIntoView());
  };

  const step = (by) => {
    const visible = [...document.querySelectorAll("article.card:not([hidden])")];
    if (!visible.length) return;
    at = Math.min(visible.length - 1, Math.max(0, at + by));
    const card = visible[at];
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  };

  form.addEventListener("input", () => { at = -1; show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
  addEventListener("hashchange", () => {
    if (location.hash && !location.hash.startsWith("#?")) return reveal();
    restore();
    show();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { clear(); document.activeElement.blur(); return; }
    if (event.target.matches("input:not([type=checkbox]), select")) return;
    if (event.key === "/") { event.preventDefault(); fields.text.focus(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "s") { fields.sides.checked = !fields.sides.checked; show(); }
  });
  form.hidden = false;
  restore();
  show();
  if (location.hash.startsWith("#change-")) reveal();
  globalThis.requestIdleCallback?.(warm);
})();
