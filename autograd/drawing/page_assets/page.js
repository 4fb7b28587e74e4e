// The interactive page of a graph. Everything it shows is in `data`; it works offline.

const data = JSON.parse(document.getElementById("data").textContent);
const element = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

// -- the graph ------------------------------------------------------------------------------------

const items = new Map(data.items.map((item) => [item.number, item]));
const groups = new Map(); // path -> group
const groupOf = new Map(); // number -> path of the group of a node
const users = new Map(); // number -> the numbers of the nodes computed from it
const opened = new Set(data.open);

(function collect(group, outer) {
  group.outer = outer;
  groups.set(group.path, group);
  for (const number of group.items) groupOf.set(number, group.path);
  for (const inner of group.groups) collect(inner, group);
})(data.whole, null);
for (const item of data.items)
  for (const argument of item.arguments)
    if (argument.node) users.set(argument.node, [...(users.get(argument.node) ?? []), item.number]);

/** Return the box that shows a node: its own, or that of the outermost closed group. */
function shown(number) {
  let closed = null;
  for (let group = groups.get(groupOf.get(number)); group; group = group.outer)
    if (!opened.has(group.path)) closed = group;
  return closed ? { group: closed, id: `g${closed.index}` } : { id: `n${number}` };
}

// -- the picture, in DOT ----------------------------------------------------------------------------

const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`) || " ";
const faint = (text) => `<FONT COLOR="${data.faint}">${escaped(text)}</FONT>`;
const quoted = (text) => `"${String(text).replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/&/g, "&amp;")}"`;

function table(rows, style, fill) {
  const look = [style.rounded ? "ROUNDED" : "", style.dashed ? "DASHED" : ""].filter(Boolean).join(",");
  return (
    `<TABLE BORDER="${style.width}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" BGCOLOR="${fill ?? style.fill}" ` +
    `COLOR="${style.border}"${look ? ` STYLE="${look}"` : ""}>${rows.map((row) => `<TR>${row}</TR>`).join("")}</TABLE>`
  );
}

function row(title, lines, fill) {
  const colour = fill ? ` BGCOLOR="${fill}"` : "";
  const text = lines.map(escaped).join('<BR ALIGN="RIGHT"/>') + (lines.length > 1 ? '<BR ALIGN="RIGHT"/>' : "");
  return `<TD ALIGN="LEFT"${colour}>${faint(title)}</TD><TD ALIGN="RIGHT"${colour}>${text}</TD>`;
}

function box(item) {
  const name = item.labelled ? `<B>${escaped(item.short)}</B>` : faint(item.short);
  const rows = [`<TD COLSPAN="2">${name}</TD>`];
  if (item.type) rows.push(`<TD COLSPAN="2" CELLPADDING="1">${faint(item.type)}</TD>`);
  if (item.data.length) rows.push(row("data", item.data));
  if (item.grad.length) rows.push(row("grad", item.grad, item.shade));
  return table(rows, data.styles[item.kind]);
}

function closedBox(group) {
  const [name, ...lines] = group.lines;
  const rows = [`<TD><FONT POINT-SIZE="11"><B>${escaped(name)}</B></FONT></TD>`, ...lines.map((line) => `<TD>${escaped(line)}</TD>`)];
  const [fill, mean] = group.shade;
  if (fill) rows.push(`<TD BGCOLOR="${fill}">${escaped(mean)}</TD>`);
  return `<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0" COLOR="${data.styles.closed.border}"><TR><TD>${table(rows, data.styles.closed)}</TD></TR></TABLE>`;
}

function* statements(group) {
  for (const number of group.items) {
    const item = items.get(number);
    yield `n${number} [id="n${number}", label=<${box(item)}>]`;
    if (!item.op) continue;
    const shape = item.sign.length <= 2 ? "circle, fixedsize=true, width=0.3" : "ellipse, height=0.28";
    yield `o${number} [id="o${number}", shape=${shape}, margin=0.03, style=filled, label=${quoted(item.sign)}, fillcolor="${data.operation}", color="${data.operation}", fontcolor="#ffffff"]`;
    if (item.missing) yield `m${number} [label=${quoted(item.missing)}, fontcolor="${data.outside}"]`;
    for (const [position, argument] of item.arguments.entries())
      if (argument.constant) yield `c${number}_${position} [label=<${table([`<TD>${argument.constant.map(escaped).join("<BR/>")}</TD>`], data.styles.constant)}>]`;
  }
  for (const inner of group.groups) {
    if (opened.has(inner.path)) {
      yield `subgraph cluster_${inner.index} { graph [id="k${inner.index}", label=<${escaped(inner.name)}>, labeljust=l, style="rounded", color="${data.outside}", margin=8]`;
      yield* statements(inner);
      yield "}";
    } else {
      yield `g${inner.index} [id="g${inner.index}", label=<${closedBox(inner)}>]`;
    }
  }
}

function* edges() {
  const passing = new Map(); // edges of closed groups: "from to" -> the nodes whose values pass
  for (const item of data.items) {
    const target = shown(item.number);
    if (item.op && !target.group) {
      if (item.missing) yield `m${item.number} -> o${item.number} [style=dashed]`;
      yield `o${item.number} -> n${item.number} [arrowhead=none, id="r${item.number}"]`;
    }
    for (const [position, argument] of item.arguments.entries()) {
      if (!argument.node) {
        if (!target.group) yield `c${item.number}_${position} -> o${item.number} [style=dashed]`;
        continue;
      }
      const source = shown(argument.node);
      if (!source.group && !target.group) {
        yield `n${argument.node} -> o${item.number} [id="e${item.number}_${position}"]`;
      } else if (source.id !== target.id) {
        const key = `${source.id} ${target.group ? target.id : `o${item.number}`}`;
        if (!passing.has(key)) passing.set(key, new Set());
        passing.get(key).add(argument.node);
      }
    }
  }
  for (const [key, numbers] of passing) {
    const [source, target] = key.split(" ");
    const count = numbers.size > 1 ? `, label="${numbers.size.toLocaleString("en")}"` : "";
    yield `${source} -> ${target} [id="p${source}_${target}", penwidth=${(1 + 0.6 * Math.log10(numbers.size)).toFixed(2)}${count}]`;
  }
}

function source() {
  return [
    "digraph {",
    `graph [rankdir=${data.direction}, bgcolor="transparent", nodesep=0.18, ranksep=0.28, fontname="Helvetica", fontsize=11, fontcolor="${data.outside}", ordering=in]`,
    `node [shape=plain, fontname="Helvetica", fontsize=10, fontcolor="${data.ink}"]`,
    `edge [color="${data.outside}", arrowsize=0.55, fontname="Helvetica", fontsize=9, fontcolor="${data.outside}"]`,
    ...statements(data.whole),
    ...edges(),
    "}",
  ].join("\n");
}

// -- drawing, panning, zooming -------------------------------------------------------------------

const graphviz = await globalThis.Graphviz.load();
const canvas = element("canvas");
let picture = null;
let camera = null; // the visible part: x, y, width, height

function draw(keep) {
  const text = graphviz.layout(source(), "svg", "dot");
  const parsed = new DOMParser().parseFromString(text.slice(text.indexOf("<svg")), "image/svg+xml");
  picture = document.importNode(parsed.documentElement, true);
  picture.querySelectorAll("title").forEach((title) => title.remove());
  picture.querySelectorAll("a").forEach((anchor) => anchor.replaceWith(...anchor.childNodes));
  canvas.replaceChildren(picture);
  const whole = picture.viewBox.baseVal;
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  picture.whole = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  if (!keep || !camera) fit();
  else look(camera);
  mark();
}

function look(view) {
  camera = view;
  picture.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
}

function fit() {
  const { x, y, width, height } = picture.whole;
  // Do not enlarge a small graph to fill a large window.
  const factor = Math.max(1, Math.min(canvas.clientWidth / width, canvas.clientHeight / height) / 1.8);
  look({ x: x - (width * (factor - 1)) / 2, y: y - (height * (factor - 1)) / 2, width: width * factor, height: height * factor });
}

function zoom(factor, at) {
  const bounds = canvas.getBoundingClientRect();
  const point = at ? inPicture(at) : { x: camera.x + camera.width / 2, y: camera.y + camera.height / 2 };
  const width = Math.min(Math.max(camera.width * factor, 60), picture.whole.width * 8 + bounds.width);
  const by = width / camera.width;
  look({ x: point.x - (point.x - camera.x) * by, y: point.y - (point.y - camera.y) * by, width, height: camera.height * by });
}

function inPicture(event) {
  const matrix = picture.getScreenCTM().inverse();
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
}

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(event.deltaY * 0.0015), event);
}, { passive: false });

let grip = null;
canvas.addEventListener("pointerdown", (event) => {
  grip = { at: inPicture(event), x: event.clientX, y: event.clientY, moved: false };
});
canvas.addEventListener("pointermove", (event) => {
  if (!grip) return;
  if (Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > 4 && !grip.moved) {
    grip.moved = true;
    canvas.setPointerCapture(event.pointerId);
  }
  if (!grip.moved) return;
  const now = inPicture(event);
  look({ ...camera, x: camera.x + grip.at.x - now.x, y: camera.y + grip.at.y - now.y });
});
canvas.addEventListener("pointerup", (event) => {
  const moved = grip?.moved;
  grip = null;
  if (!moved) select(hit(event.target));
});
canvas.addEventListener("dblclick", (event) => {
  const found = hit(event.target);
  if (found?.group) toggle(found.group);
});

/** Return the node or group at an element of the picture. */
function hit(target) {
  const id = target.closest?.(".node, .cluster")?.id;
  const number = Number(id?.slice(1));
  if (!id) return null;
  if ("no".includes(id[0])) return { item: items.get(number) };
  if ("gk".includes(id[0])) return { group: [...groups.values()].find((group) => group.index === number) };
  return null;
}

// -- selection ---------------------------------------------------------------------------------------

let selected = null;
let path = null; // the numbers of the nodes on paths from the selected one to the output
let step = -1;

function select(found) {
  selected = found;
  path = null;
  describe();
  mark();
}

/** Return the nodes on the paths from a node to the output. */
function pathsFrom(number) {
  const reached = new Set([number]);
  for (const each of reached) for (const user of users.get(each) ?? []) reached.add(user);
  return reached;
}

function mark() {
  for (const part of picture.querySelectorAll(".node, .edge"))
    part.classList.remove("selected", "active", "dim", "on-path", "flowing");
  const part = (id) => picture.getElementById(id);
  if (selected?.item) part(shown(selected.item.number).id)?.classList.add("selected");
  if (selected?.group) part(`g${selected.group.index}`)?.classList.add("selected");
  if (path) {
    const ids = new Set();
    for (const number of path) {
      const { id, group } = shown(number);
      ids.add(id);
      if (!group && items.get(number).arguments.some((argument) => path.has(argument.node))) ids.add(`o${number}`);
    }
    for (const node of picture.querySelectorAll(".node")) if (!ids.has(node.id)) node.classList.add("dim");
    for (const item of data.items)
      for (const [position, argument] of item.arguments.entries())
        if (argument.node && path.has(argument.node) && path.has(item.number)) {
          const target = shown(item.number);
          const end = target.group ? target.id : `o${item.number}`;
          (part(`e${item.number}_${position}`) ?? part(`p${shown(argument.node).id}_${end}`))?.classList.add("on-path");
          part(`r${item.number}`)?.classList.add("on-path");
        }
  }
  if (step >= 0) {
    const { number, position, parent } = data.steps[step];
    part(shown(number).id)?.classList.add("active");
    part(`o${number}`)?.classList.add("active");
    const target = shown(number);
    const end = target.group ? target.id : `o${number}`;
    (part(`e${number}_${position}`) ?? part(`p${shown(parent).id}_${end}`))?.classList.add("flowing");
  }
}

/** Make an element. Text is set as text, never as HTML. */
function make(tag, text, parent) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

function button(text, action, parent) {
  const made = make("button", text, parent);
  made.addEventListener("click", action);
  return made;
}

function describe() {
  const panel = element("details");
  panel.replaceChildren();
  if (!selected) {
    make("p", "Click a node for its details. Double-click a scope to open or close it. Drag to pan, scroll to zoom.", panel).className = "faint";
    for (const note of data.notes) make("p", note, panel);
    return;
  }
  if (selected.group) return describeGroup(selected.group, panel);
  const item = selected.item;
  make("h2", item.name, panel);
  const list = make("dl", undefined, panel);
  const entry = (term, text, code) => {
    if (!text || !text.length) return;
    make("dt", term, list);
    const made = make("dd", undefined, list);
    make(code ? "code" : "span", Array.isArray(text) ? text.join("\n") : text, made);
  };
  entry("kind", item.kind);
  entry("type", item.type);
  entry("value", item.data, true);
  entry("derivative", item.grad, true);
  entry("formula", item.formula, true);
  for (const argument of item.arguments)
    if (argument.rule) entry(`∂${item.short} / ∂${items.get(argument.node).short}`, argument.rule, true);
  entry("scope", item.scope);
  entry("line", item.place, true);
  const buttons = make("div", undefined, panel);
  buttons.className = "buttons";
  button(path ? "Hide paths" : "Paths to the output", () => {
    path = path ? null : pathsFrom(item.number);
    describe();
    mark();
  }, buttons).id = "paths";
  const home = groups.get(groupOf.get(item.number));
  if (home?.outer) button(`Close ${home.name}`, () => toggle(home), buttons);
}

function describeGroup(group, panel) {
  make("h2", group.path, panel);
  for (const line of group.lines.slice(1)) make("p", line, panel).style.margin = "2px 0";
  button(opened.has(group.path) ? "Close" : "Open", () => toggle(group), panel).id = "toggle";
}

function toggle(group) {
  if (!group.outer) return;
  if (opened.has(group.path)) opened.delete(group.path);
  else opened.add(group.path);
  selected = { group };
  describe();
  draw(false);
}

/** Open all groups around a node and centre it. */
function reveal(number) {
  let changed = false;
  for (let group = groups.get(groupOf.get(number)); group; group = group.outer)
    if (!opened.has(group.path)) {
      opened.add(group.path);
      changed = true;
    }
  if (changed) draw(false);
  select({ item: items.get(number) });
  const bounds = picture.getElementById(`n${number}`).getBBox();
  const origin = picture.querySelector("g.graph").transform.baseVal.consolidate().matrix;
  const x = bounds.x + bounds.width / 2 + origin.e;
  const y = bounds.y + bounds.height / 2 + origin.f;
  const width = Math.min(Math.max(camera.width, 400), 900);
  const height = (width * canvas.clientHeight) / canvas.clientWidth;
  look({ x: x - width / 2, y: y - height / 2, width, height });
}

// -- searching ---------------------------------------------------------------------------------------

const search = element("search");
const results = element("results");
let found = [];
let chosen = 0;

function list() {
  const wanted = search.value.trim().toLowerCase();
  found = wanted ? data.items.filter((item) => `${item.name} ${item.op} ${item.sign}`.toLowerCase().includes(wanted)) : [];
  chosen = 0;
  results.replaceChildren();
  for (const [index, item] of found.slice(0, 60).entries()) {
    const line = make("li", item.short, results);
    make("small", `  ${item.formula || item.kind}`, line);
    line.setAttribute("aria-selected", index === chosen);
    line.addEventListener("pointerdown", () => choose(index));
  }
  if (wanted && !found.length) make("li", "nothing found", results);
  if (found.length > 60) make("li", `and ${found.length - 60} more`, results);
  results.hidden = !wanted;
}

function choose(index) {
  if (!found[index]) return;
  results.hidden = true;
  search.blur();
  reveal(found[index].number);
}

search.addEventListener("input", list);
search.addEventListener("blur", () => setTimeout(() => (results.hidden = true), 150));
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") choose(chosen);
  if (event.key === "Escape") search.blur();
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !found.length) return;
  event.preventDefault();
  chosen = (chosen + by + Math.min(found.length, 60)) % Math.min(found.length, 60);
  [...results.children].forEach((line, index) => line.setAttribute("aria-selected", index === chosen));
});

// -- the chain rule, step by step ---------------------------------------------------------------------

function go(to) {
  step = Math.max(-1, Math.min(data.steps.length - 1, to));
  element("back").disabled = element("first").disabled = step < 0;
  element("next").disabled = step >= data.steps.length - 1;
  element("progress").textContent = data.steps.length ? `${step + 1} of ${data.steps.length}` : "";
  element("sentence").textContent = step >= 0 ? data.steps[step].sentence : data.beginning;
  mark();
}

element("first").addEventListener("click", () => go(-1));
element("back").addEventListener("click", () => go(step - 1));
element("next").addEventListener("click", () => go(step + 1));

// -- buttons and keys -----------------------------------------------------------------------------------

element("fit").addEventListener("click", fit);
element("closer").addEventListener("click", () => zoom(0.8));
element("farther").addEventListener("click", () => zoom(1.25));
element("open-all").addEventListener("click", () => {
  const size = data.items.length;
  if (size > data.legible * 10) return say(`With ${size.toLocaleString("en")} nodes this would take too long; open the scopes one by one.`);
  for (const name of groups.keys()) opened.add(name);
  draw(false);
});
element("close-all").addEventListener("click", () => {
  opened.clear();
  opened.add("");
  draw(false);
});
addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = {
    "/": () => search.focus(),
    ArrowRight: () => go(step + 1),
    ArrowLeft: () => go(step - 1),
    Home: () => go(-1),
    "+": () => zoom(0.8),
    "-": () => zoom(1.25),
    0: fit,
    Escape: () => select(null),
  }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

function say(text) {
  element("message").textContent = text;
  element("message").hidden = false;
  setTimeout(() => (element("message").hidden = true), 5000);
}

element("title").textContent = data.title;
if (!data.whole.groups.length) element("open-all").hidden = element("close-all").hidden = true;
describe();
draw(false);
go(-1);
document.body.dataset.ready = "true";
