// Inputs that can be changed: the page computes every value and derivative again.

const model = data.live;
const SPECIAL = { nan: NaN, inf: Infinity, "-inf": -Infinity }; // numbers that JSON does not have
const start = model?.inputs?.map(({ shape, values }) => {
  const numbers = Float64Array.from(values, (each) => SPECIAL[each] ?? each);
  return shape.length ? numbers : numbers[0];
});
let current = start && copied(start);
let later = null;
const fields = new Map(); // "input.element" -> what shows it

function copied(numbers) {
  return numbers.map((each) => (typeof each === "number" ? each : Float64Array.from(each)));
}

const elementOf = (each, k) => (typeof each === "number" ? each : each[k]);

function set(numbers, input, k, number) {
  if (typeof numbers[input] === "number") numbers[input] = number;
  else numbers[input][k] = number;
}

// The node that the derivatives are those of; a program may compute more than one number.
const root = data.seed?.number ?? model?.end;

/** Return its value for some inputs; NaN outside the recorded branch. */
function outcome(numbers) {
  const found = live(numbers);
  if (!found.outputs) return NaN;
  const at = model.values.indexOf(root);
  const value = at >= 0 ? found.outputs[at] : numbers[model.inputs.findIndex(({ number }) => number === root)];
  return elementOf(value, 0);
}

/** Return the slopes of the outcome on both sides of an element of an input. */
function slopes(input, k, step) {
  const at = elementOf(current[input], k);
  const numbers = copied(current);
  const here = outcome(numbers);
  const found = [at - step, at + step].map((near) => {
    set(numbers, input, k, near);
    return (outcome(numbers) - here) / (near - at);
  });
  return { below: found[0], above: found[1], noise: (1e-14 * Math.max(1, Math.abs(here))) / step };
}

/** Write the finite difference at an element of an input: the central one, or at a kink both. */
function difference(input, k) {
  const step = 6e-6 * Math.max(1, Math.abs(elementOf(current[input], k)));
  const { below, above } = slopes(input, k, step);
  const middle = (below + above) / 2;
  if (!Number.isFinite(middle)) return "not defined here";
  const nearer = slopes(input, k, step / 8);
  const gap = Math.abs(nearer.above - nearer.below);
  // Where a function curves, the gap shrinks with the step.
  if (gap > 100 * nearer.noise && gap > Math.abs(above - below) / 2)
    return `${format(below, ".5g")} below and ${format(above, ".5g")} above: a kink`;
  return format(middle, ".5g");
}

// -- computing ---------------------------------------------------------------------------------------

/** Compute everything for the inputs as they are. */
function compute() {
  const found = live(current);
  const failed = found.outputs === undefined;
  element("stage").classList.toggle("stale", failed);
  const warning = element("branch");
  warning.hidden = !failed;
  if (failed) warning.textContent = `Outside the recorded branch: this graph was recorded for ${model.guards[found.failed]}. Its numbers do not hold for these inputs.`;
  else takeOver(found.outputs);
  showChecks(failed ? null : found.outputs);
  if (failed) return;
  const tooLong = showNumbers();
  clearTimeout(later);
  if (tooLong) later = setTimeout(() => draw(() => picture.querySelector(".node.selected") ?? part("n1") ?? picture.querySelector(".node")), 200);
  if (step >= 0) element("sentence").textContent = sentenceOf(step);
  if (selected?.item) describe();
}

/** Put the outputs of the program into the nodes and steps. */
function takeOver(outputs) {
  const latest = new Map();
  for (const [k, { number }] of model.inputs.entries()) items.get(number).data = linesOf(current[k], model.inputs[k].shape);
  for (const [k, number] of model.values.entries()) items.get(number).data = linesOf(outputs[k], model.shapes[k], model.kinds[k]);
  const texts = outputs.map((output, k) => (k < model.values.length || output === null ? "" : shortLine(output, model.shapes[k])));
  for (const [k, each] of data.running ? [] : data.steps.entries()) {
    const at = model.values.length + 3 * k + 2;
    each.after = texts[at];
    each.sentence = filledIn(model.sentences[k], texts);
    latest.set(each.parent, at);
  }
  for (const [number, at] of latest) {
    const item = items.get(number);
    if (item.grad.length) item.grad = linesOf(outputs[at], model.shapes[at]);
  }
  if (data.seed && items.get(data.seed.number).grad.length) items.get(data.seed.number).grad = [data.seed.text];
  for (const [number, positions] of Object.entries(model.passing)) for (const position of positions) delete items.get(Number(number)).arguments[position].rule;
  findFinals();
}

/** Put numbers into a sentence; in sums, those with a sign into brackets. */
function filledIn(sentence, texts) {
  return sentence.replace(/\ue000(\d+)\ue001/g, (_, k, at) => {
    const text = texts[k];
    const end = at + k.length + 2;
    const inSum = sentence.slice(0, at).endsWith(" + ") || sentence.slice(end).startsWith(" + ");
    return inSum && text.startsWith("-") ? `(${text})` : text;
  });
}

// -- the section of the page ---------------------------------------------------------------------------

function showInputs() {
  const section = element("inputs");
  if (!model) return;
  section.hidden = false;
  make("h2", "Inputs", section).id = "inputs-title";
  if (model.reason) {
    make("p", model.reason, section).className = "faint";
    return;
  }
  const warning = make("p", undefined, section);
  warning.id = "branch";
  warning.className = "warning";
  warning.hidden = true;
  warning.setAttribute("role", "alert");
  for (const [k, item] of inOrder()) {
    const { shape } = model.inputs[k];
    if (!shape.length) {
      addInput(section, k, 0, item.name);
      continue;
    }
    const part = make("details", undefined, section);
    make("summary", `${item.name}  ${shape.join("×")}`, part);
    part.addEventListener("toggle", () => {
      if (!part.open || part.querySelector(".input")) return;
      for (let each = 0; each < current[k].length; each++) addInput(part, k, each, `${item.name}[${placeOf(each, shape)}]`);
      showChecks(live(current).outputs);
    });
  }
  const fixed = model.inputs.filter(({ editable }) => !editable).map(({ number }) => items.get(number).name);
  if (fixed.length) make("p", `Fixed, because they are large or not real numbers: ${fixed.join(", ")}.`, section).className = "faint";
  if (!model.guards.length) make("p", "The recorded operations are computed again; a branch that Python took stays taken.", section).className = "faint";
  button("Reset", reset, section).id = "reset";
  showChecks(live(current).outputs);
}

/** Return the inputs that can be changed: as they were made, and those of a scope by their names. */
function inOrder() {
  const all = [...model.inputs.entries()].filter(([, { editable }]) => editable).map(([k, { number }]) => [k, items.get(number)]);
  const compare = (a, b) => a.localeCompare(b, "en", { numeric: true });
  return all.sort(([, a], [, b]) => compare(a.scope, b.scope) || (a.scope ? compare(a.name, b.name) : 0));
}

function placeOf(position, shape) {
  const place = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place.unshift(position % shape[axis]);
    position = Math.floor(position / shape[axis]);
  }
  return place.join(", ");
}

function addInput(parent, input, k, name) {
  const row = make("div", undefined, parent);
  row.className = "input";
  const label = make("label", name, row);
  const range = make("input", undefined, row);
  const field = make("input", undefined, row);
  const check = make("span", undefined, row);
  check.className = "check";
  range.type = "range";
  field.type = "number";
  range.step = field.step = "any";
  field.id = `input-${input}-${k}`;
  label.htmlFor = field.id;
  label.title = name;
  range.setAttribute("aria-label", `Drag ${name}`);
  const at = elementOf(start[input], k);
  const reach = Math.max(1, 2 * Math.abs(Number.isFinite(at) ? at : 1));
  range.min = (Number.isFinite(at) ? at : 0) - reach;
  range.max = (Number.isFinite(at) ? at : 0) + reach;
  const change = (number) => {
    if (Number.isNaN(number)) return;
    set(current, input, k, number);
    compute();
  };
  range.addEventListener("input", () => {
    field.value = format(Number(range.value), ".4g");
    change(Number(field.value));
  });
  field.addEventListener("input", () => {
    const number = field.valueAsNumber;
    if (number < range.min) range.min = number;
    if (number > range.max) range.max = number;
    range.value = number;
    change(number);
  });
  const show = () => {
    const number = elementOf(current[input], k);
    field.value = Number(number.toPrecision(8)); // as much as the field has room for
    field.title = number;
    range.value = elementOf(current[input], k);
  };
  show();
  fields.set(`${input}.${k}`, { input, k, check, show });
}

/** Show each derivative beside the central difference. */
function showChecks(outputs) {
  for (const { input, k, check } of fields.values()) {
    if (root === undefined) continue;
    if (!outputs) {
      check.textContent = "";
      continue;
    }
    const { number } = model.inputs[input];
    const beside = `finite difference ${data.running ? `of ${items.get(root).short} ` : ""}${difference(input, k)}`;
    const derivative = derivativeAt(number, k, outputs);
    check.textContent = derivative === null ? beside : `derivative ${format(derivative, ".5g")} · ${beside}`;
  }
}

/** Return the derivative at an element of an input; null if a program does not return it. */
function derivativeAt(number, k, outputs) {
  if (number === root) return 1;
  if (data.running) return number in model.derivatives ? elementOf(outputs[model.values.indexOf(model.derivatives[number])], k) : null;
  const last = data.steps.findLastIndex((each) => each.parent === number);
  return last < 0 ? 0 : elementOf(outputs[model.values.length + 3 * last + 2], k);
}

function reset() {
  current = copied(start);
  for (const { show } of fields.values()) show();
  compute();
}
