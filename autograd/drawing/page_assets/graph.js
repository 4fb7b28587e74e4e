// The graph that the page shows: everything is in `data`, so it works offline.

const element = (id) => document.getElementById(id);
const data = await read();

/** Return the data: JSON, or deflated JSON in base 64 for a large graph. */
async function read() {
  const script = element("data");
  if (script.type === "application/json") return JSON.parse(script.textContent);
  const packed = Uint8Array.from(atob(script.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

// What is empty is left out of the data.
const EMPTY = { labelled: false, op: "", sign: "", type: "", data: [], grad: [], shade: "", formula: "", scope: "", place: "", missing: "", arguments: [] };
const items = new Map(data.items.map((item) => [item.number, { ...EMPTY, ...item }]));
const groups = new Map(); // path -> group
const groupAt = new Map(); // index -> group
const groupOf = new Map(); // number -> the group of a node
const users = new Map(); // number -> the numbers of the nodes computed from it
const opened = new Set(data.open);

const PARTS = 8;
let parts = 0; // made here; those of the data have smaller numbers

/** Cut a group with more nodes than can be drawn into parts, and those again. */
function cut(group) {
  if (group.items.length <= data.legible) return;
  const length = Math.ceil(group.items.length / PARTS);
  for (let k = 0; k * length < group.items.length; k++) {
    const found = group.items.slice(k * length, (k + 1) * length);
    const name = `part ${k + 1}`;
    const path = group.path ? `${group.path}.${name}` : name;
    const lines = [name, `${found.length.toLocaleString("en")} nodes`];
    group.groups.push({ path, name, title: name, index: data.items.length + parts++, items: found, groups: [], lines, shade: ["", ""] });
  }
  group.items = [];
}

(function collect(group, outer) {
  group.outer = outer;
  cut(group);
  group.size = group.items.length;
  groups.set(group.path, group);
  groupAt.set(group.index, group);
  for (const number of group.items) groupOf.set(number, group);
  for (const inner of group.groups) {
    collect(inner, group);
    group.size += inner.size;
  }
})(data.whole, null);
for (const item of items.values())
  for (const argument of item.arguments)
    if (argument.node) {
      if (!users.has(argument.node)) users.set(argument.node, []);
      users.get(argument.node).push(item.number);
    }

/** Return the box that shows a node: its own, or that of the outermost closed group. */
function shown(number) {
  let closed = null;
  for (let group = groupOf.get(number); group; group = group.outer)
    if (!opened.has(group.path)) closed = group;
  return closed ? { group: closed, id: `g${closed.index}` } : { id: `n${number}` };
}

/** Return where an edge into an operation ends. */
function entry(number) {
  const target = shown(number);
  return target.group ? target.id : `o${number}`;
}

/** Return the nodes on the paths from a node to the output. */
function pathsFrom(number) {
  const reached = new Set([number]);
  for (const each of reached) for (const user of users.get(each) ?? []) reached.add(user);
  return reached;
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
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

let silence = null;
function say(text) {
  element("message").textContent = text;
  element("message").hidden = false;
  clearTimeout(silence);
  silence = setTimeout(() => (element("message").hidden = true), 6000);
}
