// The picture in DOT, as the boxes are opened now.

const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`) || " ";
const faint = (text) => `<FONT COLOR="${data.faint}">${escaped(text)}</FONT>`;
const quoted = (text) => `"${String(text).replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/&/g, "&amp;")}"`;
let direction = data.direction;
const across = { LR: "TB", TB: "LR", RL: "BT", BT: "RL" };

function table(rows, style, fill) {
  const look = [style.rounded ? "ROUNDED" : "", style.dashed ? "DASHED" : ""].filter(Boolean).join(",");
  return (
    `<TABLE BORDER="${style.width}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" BGCOLOR="${fill ?? style.fill}" ` +
    `COLOR="${style.border}"${look ? ` STYLE="${look}"` : ""}>${rows.map((row) => `<TR>${row}</TR>`).join("")}</TABLE>`
  );
}

/** Write lines of numbers; where they may change, with room for the longest number. */
function row(title, lines, fill) {
  const colour = fill ? ` BGCOLOR="${fill}"` : "";
  const room = data.steps.length && lines.length === 1 ? ' WIDTH="58"' : "";
  const text = lines.map((line) => (/[▁-█]$/.test(line) ? faint(line) : escaped(line))).join('<BR ALIGN="RIGHT"/>') + (lines.length > 1 ? '<BR ALIGN="RIGHT"/>' : "");
  return `<TD ALIGN="LEFT"${colour}>${faint(title)}</TD><TD ALIGN="RIGHT"${colour}${room}>${text}</TD>`;
}

function box(item) {
  const name = item.labelled ? `<B>${escaped(item.short)}</B>` : faint(item.short);
  const rows = [`<TD COLSPAN="2">${name}</TD>`];
  const derivative = derivativeLines(item);
  if (item.type) rows.push(`<TD COLSPAN="2" CELLPADDING="1">${faint(item.type)}</TD>`);
  if (chips.has(item.number)) rows.push(`<TD COLSPAN="2" CELLPADDING="1">${faint(`used ${chips.get(item.number).toLocaleString("en")} times`)}</TD>`);
  if (item.data.length) rows.push(row("data", item.data));
  if (derivative.length) rows.push(row("grad", derivative, item.shade));
  return table(rows, data.styles[item.kind]);
}

function closedBox(group) {
  const [name, ...lines] = group.lines;
  const rows = [`<TD><FONT POINT-SIZE="11"><B>${escaped(name)}</B></FONT></TD>`, ...lines.map((line) => `<TD>${escaped(line)}</TD>`)];
  const [fill, mean] = group.shade;
  if (fill) rows.push(`<TD BGCOLOR="${fill}">${escaped(mean)}</TD>`);
  return `<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0" COLOR="${data.styles.closed.border}"><TR><TD>${table(rows, data.styles.closed)}</TD></TR></TABLE>`;
}

let chips = new Map(); // leaves that are drawn again at each use -> how often they are used

/** Find the leaves with so many uses that their edges would hide the rest. */
function findChips() {
  const uses = new Map();
  const seen = new Set();
  for (const item of items.values()) {
    const target = shown(item.number);
    for (const { node } of item.arguments) {
      if (!node || items.get(node).op || shown(node).group) continue;
      const key = `${node} ${target.id}`;
      if (target.group && seen.has(key)) continue;
      seen.add(key);
      uses.set(node, (uses.get(node) ?? 0) + 1);
    }
  }
  chips = new Map([...uses].filter(([, count]) => count >= data.shared));
  const drawn = [...chips.values()].reduce((total, count) => total + count, 0);
  if (drawn > data.legible) chips.clear(); // more boxes than edges could hide
}

function chip(name, number) {
  const item = items.get(number);
  return `${name} [id="${name}", label=<${table([`<TD>${escaped(item.short)}</TD>`], data.styles[item.kind])}>]`;
}

function* statements(group) {
  for (const number of group.items) {
    const item = items.get(number);
    yield `n${number} [id="n${number}", label=<${box(item)}>]`;
    if (!item.op) continue;
    const shape = item.sign.length <= 2 ? "circle, fixedsize=true, width=0.3" : "ellipse, height=0.28";
    yield `o${number} [id="o${number}", shape=${shape}, margin=0.03, style=filled, label=${quoted(item.sign)}, fillcolor="${data.operation}", color="${data.operation}", fontcolor="#ffffff"]`;
    if (item.missing) yield `m${number} [id="m${number}", label=${quoted(item.missing)}, fontcolor="${data.outside}"]`;
    for (const [position, argument] of item.arguments.entries())
      if (chips.has(argument.node)) yield chip(`l${argument.node}_${number}_${position}`, argument.node);
      else if (argument.constant) yield `c${number}_${position} [id="c${number}_${position}", label=<${table([`<TD>${argument.constant.map(escaped).join("<BR/>")}</TD>`], data.styles.constant)}>]`;
  }
  for (const inner of group.groups) {
    if (opened.has(inner.path)) {
      yield `subgraph cluster_${inner.index} { graph [id="k${inner.index}", label=<${escaped(inner.title)}>, labeljust=l, style="rounded", color="${data.outside}", margin=8]`;
      yield* statements(inner);
      yield "}";
    } else {
      yield `g${inner.index} [id="g${inner.index}", label=<${closedBox(inner)}>]`;
    }
  }
}

/** Return the shape of an array; nothing for a number. */
const shapeOf = (number) => (items.get(number).type.match(/[\d×]+$/) ?? [""])[0];

/** Write what passes along an edge of closed groups: a shape, or how many values. */
function passed(source, numbers) {
  const shapes = new Set(numbers.map((number) => items.get(number).type.split(" ")[1] ?? ""));
  const [shape] = shapes;
  const count = numbers.length > 1 ? numbers.length.toLocaleString("en") : "";
  if (source[0] === "n" || shapes.size > 1 || !/\d/.test(shape)) return count;
  return count ? `${count} × ${shape}` : shape;
}

function* edges() {
  const passing = new Map(); // edges of closed groups: "from to" -> the nodes whose values pass
  for (const item of items.values()) {
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
        const look = argument.flow ? `, color="${argument.flow[0]}", penwidth=${argument.flow[1]}` : "";
        const begin = chips.has(argument.node) ? `l${argument.node}_${item.number}_${position}` : `n${argument.node}`;
        yield `${begin} -> o${item.number} [id="e${item.number}_${position}"${look}]`;
      } else if (source.id !== target.id) {
        const key = `${source.id} ${target.group ? target.id : `o${item.number}`}`;
        if (!passing.has(key)) passing.set(key, new Set());
        passing.get(key).add(argument.node);
      }
    }
  }
  for (const [key, numbers] of passing) {
    const [source, target] = key.split(" ");
    const count = numbers.size > 1 ? numbers.size.toLocaleString("en") : source[0] === "g" ? shapeOf([...numbers][0]) : "";
    const label = count ? `, label="${count}"` : "";
    const leaf = Number(source.slice(1));
    const begin = source[0] === "n" && chips.has(leaf) ? `l${leaf}_${target}` : source;
    if (begin !== source) yield chip(begin, leaf);
    yield `${begin} -> ${target} [id="p${source}_${target}", penwidth=${(1 + 0.6 * Math.log10(numbers.size)).toFixed(2)}${label}]`;
  }
}

function source() {
  findChips();
  const font = 'fontname="Helvetica"'; // whose widths Graphviz knows; the style sheet names others
  return [
    "digraph {",
    `graph [rankdir=${direction}, bgcolor="transparent", nodesep=0.18, ranksep=0.28, ${font}, fontsize=11, fontcolor="${data.outside}", ordering=in]`,
    `node [shape=plain, ${font}, fontsize=10, fontcolor="${data.ink}"]`,
    `edge [color="${data.outside}", arrowsize=0.55, ${font}, fontsize=9, fontcolor="${data.outside}"]`,
    ...statements(data.whole),
    ...edges(),
    "}",
  ].join("\n");
}
