// The numbers in the boxes: they change with the step, and with the inputs.

/** Return the lines of a derivative in a box, all of those that the picture has room for. */
function derivativeLines(item) {
  if (item.grad.length) return item.grad;
  const known = finals.get(item.number);
  return known === undefined ? [] : [known];
}

/** Find the texts of each box, and align those of numbers at its right edge. */
function findRows() {
  rows = new Map();
  for (const box of picture.querySelectorAll(".node[id^=n]")) {
    const item = items.get(Number(box.id.slice(1)));
    const texts = [...box.querySelectorAll("text")];
    let next = 1 + Boolean(item.type) + chips.has(item.number);
    const found = { data: [], grad: [], title: null, dataTitle: null };
    if (item.data.length) {
      found.dataTitle = texts[next];
      found.data = texts.slice(next + 1, next + 1 + item.data.length);
      next += 1 + item.data.length;
    }
    const lines = derivativeLines(item).length;
    if (lines) {
      found.title = texts[next];
      found.grad = texts.slice(next + 1, next + 1 + lines);
      next += 1 + lines;
    }
    if (next !== texts.length) continue; // an empty line has no text
    const shape = box.querySelector("polygon, path").getBBox();
    for (const text of [...found.data, ...found.grad]) {
      text.classList.add("value");
      text.setAttribute("text-anchor", "end");
      text.setAttribute("x", shape.x + shape.width - 4.5);
    }
    found.room = shape.width - 34;
    rows.set(item.number, found);
  }
}

/** Write all numbers into the boxes, as far as the current step has come. */
function showNumbers() {
  const known = step < 0 || data.running ? null : arrivedBy(step);
  let tooLong = false;
  for (const [number, found] of rows) {
    const item = items.get(number);
    tooLong = write(found.data, item.data, found.room) || tooLong;
    for (const text of [found.dataTitle, ...found.data]) text?.classList.toggle("unknown", !hasRun(number));
    part(`n${number}`).setAttribute("aria-label", spoken(item));
    if (!found.grad.length) continue;
    const hidden = known && !known.has(number);
    for (const text of [found.title, ...found.grad]) text.classList.toggle("unknown", Boolean(hidden));
    const lines = known ? [known.get(number) ?? ""] : derivativeLines(item);
    tooLong = write(found.grad, lines, found.room) || tooLong;
  }
  return tooLong;
}

/** Write lines into texts, and return whether one is too long for its box. */
function write(texts, lines, room) {
  let tooLong = lines.length > texts.length;
  for (const [index, text] of texts.entries()) {
    const line = lines[index] ?? "";
    if (text.textContent === line) continue;
    text.textContent = line;
    tooLong ||= text.getComputedTextLength() > room;
  }
  return tooLong;
}
