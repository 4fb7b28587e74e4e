// A map of the whole picture in a corner, where only a part is seen.

const MAP = 96; // pixels, its longer side
const SVG = "http://www.w3.org/2000/svg";
const map = document.createElementNS(SVG, "svg");
const frame = document.createElementNS(SVG, "rect");
map.id = "map";
map.setAttribute("aria-hidden", "true");
element("stage").append(map);

function drawMap() {
  const { x, y, width, height } = picture.whole;
  const scale = MAP / Math.max(width, height);
  map.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  map.setAttribute("width", Math.max(width * scale, 12));
  map.setAttribute("height", Math.max(height * scale, 12));
  const boxes = [...picture.querySelectorAll(".node[id^=n], .node[id^=g]")].map((each) => {
    const made = document.createElementNS(SVG, "rect");
    const box = boundsOf([each]);
    for (const key of ["x", "y", "width", "height"]) made.setAttribute(key, box[key]);
    return made;
  });
  frame.id = "seen";
  map.replaceChildren(...boxes, frame);
}

/** Show which part is seen; no map if that is nearly all. */
function markMap() {
  const { x, y, width, height } = picture.whole;
  const seen = viewAt(middle(camera), scaleOf(camera));
  const left = Math.max(seen.x, x);
  const top = Math.max(seen.y, y);
  const right = Math.min(seen.x + seen.width, x + width);
  const bottom = Math.min(seen.y + seen.height, y + height);
  const part = Math.max(0, right - left) * Math.max(0, bottom - top);
  map.classList.toggle("nearly-all", part > 0.7 * width * height);
  for (const [key, value] of Object.entries({ x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) })) frame.setAttribute(key, value);
}

function goThere(event) {
  if (!event.buttons) return;
  event.preventDefault();
  cancelAnimationFrame(gliding);
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
  look(viewAt(at, scaleOf(camera)));
}
map.addEventListener("pointerdown", goThere);
map.addEventListener("pointermove", goThere);
