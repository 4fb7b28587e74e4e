// Buttons, keys, and the beginning.

element("fit").addEventListener("click", fit);
element("closer").addEventListener("click", () => zoom(0.8));
element("farther").addEventListener("click", () => zoom(1.25));
element("turn").addEventListener("click", turn);
element("export").addEventListener("click", exportPicture);
element("open-all").addEventListener("click", () => {
  const size = data.items.length;
  if (size > data.legible * 10) return say(`With ${size.toLocaleString("en")} nodes this would take too long; open the scopes one by one.`);
  for (const name of groups.keys()) opened.add(name);
  draw();
});
element("close-all").addEventListener("click", () => {
  opened.clear();
  opened.add("");
  draw();
});

/** Draw from left to right instead of from top to bottom, or the other way. */
function turn() {
  direction = across[direction];
  draw();
}

/** Save the picture as it is arranged now, as a file that needs no style sheet. */
function exportPicture() {
  const copy = picture.cloneNode(true);
  const { x, y, width, height } = picture.whole;
  copy.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  copy.setAttribute("width", `${width}pt`);
  copy.setAttribute("height", `${height}pt`);
  const colours = getComputedStyle(document.documentElement);
  const rules = [...document.styleSheets[0].cssRules].filter((rule) => /^\.(node|cluster|edge|dim|unknown)/.test(rule.selectorText ?? ""));
  const style = document.createElementNS(copy.namespaceURI, "style");
  style.textContent = rules.map((rule) => rule.cssText.replace(/var\((--\w+)\)/g, (_, name) => colours.getPropertyValue(name).trim())).join("\n");
  copy.prepend(style);
  const file = new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`], { type: "image/svg+xml" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "graph.svg";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function showLegend() {
  if (!data.legend) return;
  const { least, greatest, colours, zero } = data.legend;
  const legend = element("legend");
  const swatch = (colour) => (make("i", undefined, legend).style.background = colour);
  legend.setAttribute("aria-label", `Derivatives are coloured by size, from ${least} to ${greatest}`);
  make("span", `|derivative|  ${least}`, legend);
  colours.forEach(swatch);
  make("span", greatest, legend).style.margin = "0 12px 0 5px";
  make("span", "zero", legend);
  swatch(zero);
  legend.hidden = false;
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.("input") && event.target !== slider) return;
  const free = !event.target.matches?.("button, summary, .node, .cluster, input");
  const action = {
    "/": () => search.focus(),
    ArrowRight: () => (event.shiftKey ? pan(0.15, 0) : choosing(step + 1)),
    ArrowLeft: () => (event.shiftKey ? pan(-0.15, 0) : choosing(step - 1)),
    ArrowUp: event.shiftKey ? () => pan(0, -0.15) : null,
    ArrowDown: event.shiftKey ? () => pan(0, 0.15) : null,
    Home: () => choosing(-1),
    End: () => choosing(data.steps.length - 1),
    " ": free ? () => play() : null,
    p: () => play(),
    t: turn,
    "+": () => zoom(0.8),
    "-": () => zoom(1.25),
    0: fit,
    Escape: () => select(null),
  }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

element("title").textContent = data.title;
if (data.running) element("chain-title").textContent = "The program";
if (!data.whole.groups.length) element("open-all").hidden = element("close-all").hidden = true;
showLegend();
describe();
begin();
go(-1);
showInputs();
let size = [canvas.clientWidth, canvas.clientHeight];
new ResizeObserver(() => {
  // Keep the middle and the scale.
  const hidden = !size[0];
  const scale = Math.min(size[0] / camera.width, size[1] / camera.height);
  size = [canvas.clientWidth, canvas.clientHeight];
  if (!size[0] || !size[1]) return;
  if (hidden) begin();
  else if (Number.isFinite(scale) && scale > 0) look(viewAt(middle(camera), scale));
  else settle();
}).observe(canvas);
document.body.dataset.ready = "true";
