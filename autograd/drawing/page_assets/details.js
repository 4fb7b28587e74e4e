// What is selected, and what the page says of it.

const MOST_NEIGHBOURS = 24;
let selected = null;
let path = null; // the numbers of the nodes on paths from the selected one to the output

function select(found) {
  selected = found;
  path = null;
  describe();
  mark();
}

function mark() {
  for (const each of picture.querySelectorAll(".node, .edge"))
    each.classList.remove("selected", "active", "dim", "on-path", "flowing");
  if (selected?.item)
    for (const each of [part(shown(selected.item.number).id), ...picture.querySelectorAll(`.node[id^="l${selected.item.number}_"]`)]) each?.classList.add("selected");
  if (selected?.group) part(`g${selected.group.index}`)?.classList.add("selected");
  if (path) markPath();
  if (step < 0) return;
  const { number, position, parent } = data.steps[step];
  part(shown(number).id)?.classList.add("active");
  part(`o${number}`)?.classList.add("active");
  const flowing = data.running ? items.get(number).arguments.map(({ node }, at) => [at, node]) : [[position, parent]];
  for (const [at, from] of flowing) if (from) edgeOf(number, at, from)?.classList.add("flowing");
}

/** Return the edge along which a derivative passes: a node's, or that of closed groups. */
function edgeOf(number, position, parent) {
  return part(`e${number}_${position}`) ?? part(`p${shown(parent).id}_${entry(number)}`);
}

function markPath() {
  const ids = new Set();
  for (const number of path) {
    const { id, group } = shown(number);
    ids.add(id);
    if (!group && items.get(number).arguments.some((argument) => path.has(argument.node))) ids.add(`o${number}`);
  }
  for (const node of picture.querySelectorAll(".node")) if (!ids.has(node.id.replace(/^l(\d+)_.*/, "n$1"))) node.classList.add("dim");
  for (const number of path)
    for (const [position, argument] of items.get(number).arguments.entries())
      if (argument.node && path.has(argument.node)) {
        edgeOf(number, position, argument.node)?.classList.add("on-path");
        part(`r${number}`)?.classList.add("on-path");
      }
}

function describe() {
  const panel = element("details");
  panel.replaceChildren();
  if (!selected) {
    make("p", "Click a node for its details. Double-click a scope to open or close it. Drag to move; zoom with the wheel or two fingers. Tab reaches every node.", panel).className = "faint";
    for (const note of data.notes) make("p", note, panel);
    return;
  }
  if (selected.group) return describeGroup(selected.group, panel);
  const item = selected.item;
  make("h2", item.name, panel);
  const list = make("dl", undefined, panel);
  const add = (term, text, code) => {
    if (!text || !text.length) return;
    make("dt", term, list);
    const made = make("dd", undefined, list);
    make(code ? "code" : "span", Array.isArray(text) ? text.join("\n") : text, made);
  };
  add("kind", item.kind);
  add("type", item.type);
  add("value", item.data, true);
  add("derivative", derivativeLines(item), true);
  add("formula", item.formula, true);
  for (const argument of item.arguments)
    if (argument.rule) add(`∂${item.short} / ∂${items.get(argument.node).short}`, argument.rule, true);
  add("scope", item.scope);
  add("line", item.place, true);
  neighbours("Computed from", item.arguments.map((argument) => argument.node).filter(Boolean), panel);
  neighbours("Used by", users.get(item.number) ?? [], panel);
  const buttons = make("div", undefined, panel);
  buttons.className = "buttons";
  button(path ? "Hide paths" : "Paths to the output", () => {
    path = path ? null : pathsFrom(item.number);
    describe();
    mark();
    element("paths").focus();
  }, buttons).id = "paths";
  const home = groupOf.get(item.number);
  if (home?.outer) button(`Close ${home.name}`, () => toggle(home), buttons);
}

function neighbours(title, numbers, panel) {
  const each = [...new Set(numbers)];
  if (!each.length) return;
  make("h3", title, panel);
  const list = make("div", undefined, panel);
  list.className = "neighbours";
  for (const number of each.slice(0, MOST_NEIGHBOURS))
    button(items.get(number).short, () => reveal(number), list).className = "link";
  if (each.length > MOST_NEIGHBOURS) make("span", ` and ${(each.length - MOST_NEIGHBOURS).toLocaleString("en")} more`, list).className = "faint";
}

function describeGroup(group, panel) {
  make("h2", group.path, panel);
  for (const line of group.lines.slice(1)) make("p", line, panel).style.margin = "2px 0";
  button(opened.has(group.path) ? "Close" : "Open", () => {
    toggle(group);
    element("toggle").focus();
  }, panel).id = "toggle";
}

/** Open or close a group; what was in its place stays there, at the same size. */
function toggle(group) {
  if (!group.outer) return;
  if (opened.has(group.path)) opened.delete(group.path);
  else opened.add(group.path);
  selected = { group };
  describe();
  draw(() => part(`g${group.index}`) ?? part(`k${group.index}`));
}

/** Open all groups around another group or a node. */
function openAround(group) {
  let changed = false;
  for (let each = group; each; each = each.outer)
    if (!opened.has(each.path)) {
      opened.add(each.path);
      changed = true;
    }
  if (changed) draw();
}

/** Show a node, wherever it is, and its details. */
function reveal(number) {
  openAround(groupOf.get(number));
  select({ item: items.get(number) });
  follow([`n${number}`]);
}

function revealGroup(group) {
  openAround(group.outer);
  select({ group });
  follow([part(`g${group.index}`) ? `g${group.index}` : `k${group.index}`]);
}

