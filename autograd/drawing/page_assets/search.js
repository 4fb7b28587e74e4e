// Searching nodes and scopes.

const MOST_FOUND = 60;
const search = element("search");
const results = element("results");
let found = [];
let chosen = 0;

function matches(wanted) {
  const inside = (text) => text.toLowerCase().includes(wanted);
  const scopes = [...groups.values()].filter((group) => group.outer && inside(`${group.path} ${group.title}`)).map((group) => ({ group }));
  const nodes = [];
  for (const item of items.values()) if (inside(`${item.name} ${item.op} ${item.sign}`)) nodes.push({ item });
  // Scopes first, those with the fewest outer ones before those inside them.
  return [...scopes.sort((a, b) => a.group.path.split(".").length - b.group.path.split(".").length), ...nodes];
}

function list() {
  const wanted = search.value.trim().toLowerCase();
  found = wanted ? matches(wanted) : [];
  chosen = 0;
  results.replaceChildren();
  for (const [index, { item, group }] of found.slice(0, MOST_FOUND).entries()) {
    const line = make("li", item ? item.short : group.path, results);
    make("small", item ? `  ${item.formula || item.kind}` : `  ${scopeInWords(group)}`, line);
    line.id = `found${index}`;
    line.setAttribute("role", "option");
    line.addEventListener("pointerdown", () => choose(index));
  }
  if (wanted && !found.length) make("li", "nothing found", results);
  if (found.length > MOST_FOUND) make("li", `and ${(found.length - MOST_FOUND).toLocaleString("en")} more`, results);
  show(Boolean(wanted));
  point();
}

/** Say what a scope is: what its title says beside its name, and its size. */
function scopeInWords({ name, title, size }) {
  const more = title.startsWith(name) ? title.slice(name.length).replace(/^ · /, "") : title;
  const nodes = size === 1 ? "1 node" : `${size.toLocaleString("en")} nodes`;
  return ["scope", more, nodes].filter(Boolean).join(", ");
}

function show(visible) {
  results.hidden = !visible;
  search.setAttribute("aria-expanded", String(visible));
}

/** Mark the line that Enter would choose. */
function point() {
  [...results.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === chosen && found.length > 0)));
  if (found.length) search.setAttribute("aria-activedescendant", `found${chosen}`);
  else search.removeAttribute("aria-activedescendant");
  results.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function choose(index) {
  if (!found[index]) return;
  const { item, group } = found[index];
  show(false);
  search.blur();
  if (item) reveal(item.number);
  else revealGroup(group);
}

search.addEventListener("input", list);
search.addEventListener("blur", () => setTimeout(() => show(false), 150));
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") choose(chosen);
  if (event.key === "Escape") search.blur();
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !found.length) return;
  event.preventDefault();
  const count = Math.min(found.length, MOST_FOUND);
  chosen = (chosen + by + count) % count;
  point();
});
