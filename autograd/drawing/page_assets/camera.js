// Drawing, moving and zooming.

const graphviz = await globalThis.Graphviz.load();
const canvas = element("canvas");
const embedded = window !== window.parent;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let picture = null;
let arranging = false;
let camera = null; // the visible part: x, y, width, height
let rows = new Map(); // number -> the texts of a box: { data: [...], grad: [...], title }

const layout = () => graphviz.layout(source(), "svg", "dot");

/** Draw the graph; `keep` is a function to find the elements that stay where they are. */
function draw(keep, text = layout()) {
  const before = keep && picture ? boundsOf([keep()]) : null;
  const focused = canvas.contains(document.activeElement) ? document.activeElement.id : "";
  const parsed = new DOMParser().parseFromString(text.slice(text.indexOf("<svg")), "image/svg+xml");
  picture = document.importNode(parsed.documentElement, true);
  picture.querySelectorAll("title").forEach((title) => title.remove());
  picture.querySelectorAll("a").forEach((anchor) => anchor.replaceWith(...anchor.childNodes));
  canvas.replaceChildren(picture);
  const whole = picture.viewBox.baseVal;
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  picture.whole = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  describeForReaders();
  findRows();
  const after = before && boundsOf([keep()]);
  drawMap();
  if (!after) settle();
  else look({ ...camera, x: camera.x + middle(after).x - middle(before).x, y: camera.y + middle(after).y - middle(before).y });
  arranging = true; // the focus stays, and so does the view
  if (focused) (part(focused) ?? part(focused.replace(/^[gk]/, focused[0] === "g" ? "k" : "g")))?.focus({ preventScroll: true });
  arranging = false;
  showNumbers();
  mark();
}

const part = (id) => picture.getElementById(id);
const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** Return the smallest rectangle around some elements of the picture, null if there are none. */
function boundsOf(elements) {
  const found = elements.filter(Boolean).map((each) => each.getBBox());
  if (!found.length) return null;
  const { e, f } = picture.querySelector("g.graph").transform.baseVal.consolidate().matrix;
  const x = Math.min(...found.map((box) => box.x));
  const y = Math.min(...found.map((box) => box.y));
  const right = Math.max(...found.map((box) => box.x + box.width));
  const bottom = Math.max(...found.map((box) => box.y + box.height));
  return { x: x + e, y: y + f, width: right - x, height: bottom - y };
}

function look(view) {
  camera = view;
  picture.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  markMap();
}

let gliding = 0;
/** Move to another view, slowly enough to follow with the eyes. */
function glide(view) {
  cancelAnimationFrame(gliding);
  if (still.matches) return look(view);
  const from = camera;
  const start = performance.now();
  const move = (now) => {
    const part = Math.min(1, (now - start) / 220);
    const eased = part * (2 - part);
    const between = (key) => from[key] + (view[key] - from[key]) * eased;
    look({ x: between("x"), y: between("y"), width: between("width"), height: between("height") });
    if (part < 1) gliding = requestAnimationFrame(move);
  };
  gliding = requestAnimationFrame(move);
}

/** Return the view of the shape of the window around a point, at a scale in pixels per point. */
function viewAt(point, scale) {
  const width = Math.max(canvas.clientWidth, 1) / scale;
  const height = Math.max(canvas.clientHeight, 1) / scale;
  return { x: point.x - width / 2, y: point.y - height / 2, width, height };
}

const scaleOf = (view) => Math.min(canvas.clientWidth / view.width, canvas.clientHeight / view.height);

// In pixels per point: where text of ten points is nine pixels high, and the largest for a small graph.
const LEGIBLE = 0.91;
const LARGEST = 1.8;
const fitting = (box) => Math.min(LARGEST, 0.97 * scaleOf(box));

function fit() {
  cancelAnimationFrame(gliding);
  look(viewAt(middle(picture.whole), fitting(picture.whole)));
}

/** Show all if it is legible then, else where the graph begins. */
function settle() {
  if (!canvas.clientWidth || fitting(picture.whole) >= LEGIBLE) return fit();
  cancelAnimationFrame(gliding);
  const { x, y, width, height } = picture.whole;
  const view = viewAt(middle(firstBox()), LEGIBLE);
  const within = (at, length, start, all) => (length > all ? start - (length - all) / 2 : Math.min(Math.max(at, start), start + all - length));
  look({ ...view, x: within(view.x, view.width, x, width), y: within(view.y, view.height, y, height) });
}

/** Return the place of the box that the arrows begin at. */
function firstBox() {
  const far = { LR: (box) => box.x, RL: (box) => -box.x, TB: (box) => box.y, BT: (box) => -box.y }[direction];
  const all = [...picture.querySelectorAll(".node[id]")].map((each) => boundsOf([each]));
  return all.reduce((a, b) => (far(b) < far(a) ? b : a), all[0] ?? picture.whole);
}

/** Return how much of a picture is seen at once where it is legible. */
function shareSeen(text) {
  const [, width, height] = text.match(/<svg width="([\d.]+)pt" height="([\d.]+)pt"/).map(Number);
  return Math.min(1, canvas.clientWidth / LEGIBLE / width) * Math.min(1, canvas.clientHeight / LEGIBLE / height);
}

/** Draw for the first time, in the direction of which more is seen. */
function begin() {
  let text = layout();
  if (data.automatic && canvas.clientWidth && shareSeen(text) < 1) {
    const before = direction;
    direction = across[direction];
    const turned = layout();
    if (shareSeen(turned) > shareSeen(text)) text = turned;
    else direction = before;
  }
  draw(null, text);
}
matchMedia("print").addEventListener("change", () => setTimeout(fit));
addEventListener("beforeprint", fit);

/** Move so that some elements are seen and can be read; stay if they are. */
function follow(ids) {
  const box = boundsOf(ids.map(part));
  if (!box) return;
  const legible = Math.min(0.75, 0.92 * scaleOf(box));
  const seen = viewAt(middle(camera), scaleOf(camera));
  const inside =
    box.x >= seen.x && box.y >= seen.y && box.x + box.width <= seen.x + seen.width && box.y + box.height <= seen.y + seen.height;
  if (inside && scaleOf(camera) >= legible) return;
  const scale = Math.min(Math.max(scaleOf(camera), scaleOf(camera) < legible ? 1 : 0), 0.92 * scaleOf(box));
  glide(viewAt(middle(box), scale));
}

function zoom(factor, at) {
  cancelAnimationFrame(gliding);
  const point = at ? inPicture(at) : middle(camera);
  const most = picture.whole.width * 8 + canvas.clientWidth;
  const width = Math.min(Math.max(camera.width * factor, 60), most);
  const by = width / camera.width;
  look({ x: point.x - (point.x - camera.x) * by, y: point.y - (point.y - camera.y) * by, width, height: camera.height * by });
}

function pan(x, y) {
  look({ ...camera, x: camera.x + x * camera.width, y: camera.y + y * camera.height });
}

function inPicture(event) {
  const matrix = picture.getScreenCTM().inverse();
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
}

canvas.addEventListener("wheel", (event) => {
  // Inside another page the wheel moves that page, until the graph has been clicked.
  if (embedded && !event.ctrlKey && !canvas.contains(document.activeElement)) return;
  event.preventDefault();
  zoom(Math.exp(event.deltaY * (event.ctrlKey ? 0.008 : 0.0015)), event);
}, { passive: false });

// -- one finger or the mouse moves, two fingers zoom --------------------------------------------

const fingers = new Map();
let grip = null;

function pinch() {
  const [a, b] = fingers.values();
  return { distance: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1), clientX: (a.x + b.x) / 2, clientY: (a.y + b.y) / 2 };
}

function grab(event) {
  const at = fingers.size === 2 ? pinch() : event;
  grip = { at: inPicture(at), x: event.clientX, y: event.clientY, moved: fingers.size === 2 || Boolean(grip?.moved), distance: at.distance };
}

canvas.addEventListener("pointerdown", (event) => {
  cancelAnimationFrame(gliding);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (fingers.size === 1) grip = null;
  grab(event);
});
canvas.addEventListener("pointermove", (event) => {
  if (!grip || !fingers.has(event.pointerId)) return;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (!grip.moved && Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > 4) grip.moved = true;
  if (!grip.moved) return;
  if (!canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId);
  let at = event;
  if (fingers.size === 2) {
    at = pinch();
    zoom(grip.distance / at.distance);
    grip.distance = at.distance;
  }
  const now = inPicture(at);
  look({ ...camera, x: camera.x + grip.at.x - now.x, y: camera.y + grip.at.y - now.y });
});
function release(event) {
  if (!fingers.delete(event.pointerId) || !grip) return;
  if (fingers.size) return grab({ clientX: [...fingers.values()][0].x, clientY: [...fingers.values()][0].y });
  const { moved } = grip;
  grip = null;
  if (moved || event.type === "pointercancel") return;
  const found = hit(event.target);
  if (found) event.target.closest(".node, .cluster")?.focus({ preventScroll: true });
  select(found);
}
canvas.addEventListener("pointerup", release);
canvas.addEventListener("pointercancel", release);
canvas.addEventListener("dblclick", (event) => {
  const found = hit(event.target);
  if (found?.group) toggle(found.group);
});

/** Return the node or group at an element of the picture. */
function hit(target) {
  const id = target.closest?.(".node, .cluster")?.id;
  const number = Number(id?.slice(1).split("_")[0]);
  if (!id) return null;
  if ("nol".includes(id[0])) return { item: items.get(number) };
  if ("gk".includes(id[0])) return { group: groupAt.get(number) };
  return null;
}

// -- for the keyboard and for screen readers -----------------------------------------------------

function describeForReaders() {
  picture.setAttribute("role", "group");
  picture.setAttribute("aria-label", `The graph: ${data.items.length.toLocaleString("en")} nodes`);
  for (const each of picture.querySelectorAll(".node, .edge, .cluster")) {
    const found = each.matches(".edge") || "ol".includes(each.id[0]) ? null : hit(each);
    if (!found) {
      each.setAttribute("aria-hidden", "true");
      continue;
    }
    each.setAttribute("tabindex", "0");
    each.setAttribute("role", "button");
    if (found.group) each.setAttribute("aria-expanded", String(opened.has(found.group.path)));
    each.setAttribute("aria-label", found.group ? `Scope ${found.group.path}, ${found.group.size.toLocaleString("en")} nodes` : spoken(found.item));
  }
}

function spoken(item) {
  const says = [item.name, item.kind, item.formula && `= ${item.formula}`, item.type];
  if (item.data.length && hasRun(item.number)) says.push(`data ${item.data[0]}`);
  if (derivativeLines(item).length) says.push(`derivative ${derivativeLines(item)[0]}`);
  return says.filter(Boolean).join(", ");
}

canvas.addEventListener("focusin", (event) => {
  if (!arranging && event.target.matches?.(":focus-visible") && event.target.id) follow([event.target.id]);
});
canvas.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  const found = hit(event.target);
  if (!found) return;
  event.preventDefault();
  event.stopPropagation();
  if (found.group) toggle(found.group);
  else select(found);
});
