"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const cards = [...document.querySelectorAll("article.card")];
  const groups = [...document.querySelectorAll("section.source")];
  const fields = form.elements;
  const names = ["text", "source", "kind", "term", "flag", "from", "to", "order", "sides"];
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const fact = (name, place) => facts[name].values[facts[name].at[place]];
  const found = cards.map((card, place) => ({
    card, place, batch: card.parentElement, shown: true, text: null,
    source: card.closest("section").dataset.source, kind: fact("kind", place), day: fact("day", place),
    worth: fact("worth", place), flags: fact("flags", place), terms: fact("terms", place),
  }));
  const batches = new Map();
  for (const each of found) {
    if (!batches.has(each.batch)) batches.set(each.batch, { cards: [], count: -1 });
    batches.get(each.batch).cards.push(each);
  }
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
    (!want.flag || each.flags.includes(want.flag)) &&
    (!want.term || each.terms.includes(want.term)) &&
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

  // Cards change places among the batches of their source, of which each keeps its size.
  let order = "";
  const reorder = (wanted) => {
    if (order === wanted) return;
    order = wanted;
    const sorted = new Map(groups.map((group) => [group.dataset.source, []]));
    for (const each of found) sorted.get(each.source).push(each);
    if (wanted) for (const own of sorted.values()) own.sort((a, b) => b.worth - a.worth);
    for (const [batch, held] of batches) {
      const own = sorted.get(batch.parentElement.dataset.source).splice(0, held.cards.length);
      if (own.every((each, place) => each === held.cards[place])) continue;
      held.cards = own;
      batch.replaceChildren(...own.map((each) => ((each.batch = batch), each.card)));
      // Observed anew, so that cards which came to where the reader is are set side by side too.
      if (watching) near.unobserve(batch), near.observe(batch);
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
    (entries) => entries.forEach(({ isIntersecting, target }) => {
      if (isIntersecting) for (const card of target.children) split(card);
    }),
    { rootMargin: "1500px" },
  );
  let watching = false;
  const arrange = (sides) => {
    document.body.classList.toggle("two-sided", sides);
    if (sides && !watching) for (const batch of batches.keys()) near.observe(batch);
    watching ||= sides;
  };

  const show = () => {
    const want = asked();
    let shown = 0;
    const open = new Set();
    reorder(want.order);
    for (const [batch, held] of batches) {
      let count = 0;
      for (const each of held.cards) {
        const is = fits(each, want);
        if (each.shown !== is) each.card.hidden = !(each.shown = is);
        if (is) count += 1;
      }
      if (count) open.add(batch.parentElement);
      shown += count;
      if (held.count === count) continue;
      held.count = count;
      batch.hidden = !count;
      batch.style.setProperty("--cards", count);
    }
    for (const group of groups) group.hidden = !open.has(group);
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
