// The chain rule, one edge after the other; or a program, one instruction after the other.

const SECONDS = 1.2; // for each step, when played
const slider = element("slider");
const finals = new Map(); // number -> the derivative of a node after all steps
const ranAt = new Map(); // in a program: number -> the step that computes a node
let step = -1; // -1 shows the whole picture
let playing = null;

function findFinals() {
  finals.clear();
  if (data.seed) finals.set(data.seed.number, data.seed.text);
  if (!data.running) for (const { parent, after } of data.steps) finals.set(parent, after);
}
findFinals();
if (data.running) for (const [index, { number }] of data.steps.entries()) ranAt.set(number, index);

/** Return whether a node has its value at the current step. */
const hasRun = (number) => step < 0 || (ranAt.get(number) ?? -1) <= step;

/** Return what a step says. */
function sentenceOf(index) {
  const { number, sentence } = data.steps[index];
  if (!data.running) return sentence;
  const { data: lines, place } = items.get(number);
  return [sentence, ...lines.map((line, at) => (at ? `   ${line}` : ` = ${line}`)), place.split(/[\\/]/).pop()].filter(Boolean).join("\n");
}

/** Return the derivatives that are known after a step: number -> text. */
function arrivedBy(last) {
  const known = new Map([[data.seed.number, data.seed.text]]);
  for (const { parent, after } of data.steps.slice(0, last + 1)) known.set(parent, after);
  return known;
}

function go(to) {
  const last = data.steps.length - 1;
  step = Math.max(-1, Math.min(last, to));
  element("back").disabled = element("first").disabled = step < 0;
  element("next").disabled = step >= last;
  element("play").disabled = slider.disabled = last < 0;
  slider.max = data.steps.length;
  slider.value = step + 1;
  element("progress").textContent = last >= 0 ? `${step + 1} of ${data.steps.length}` : "";
  slider.setAttribute("aria-valuetext", element("progress").textContent);
  element("sentence").textContent = step >= 0 ? sentenceOf(step) : data.beginning;
  showNumbers();
  mark();
  if (step < 0) return;
  const { number, position, parent } = data.steps[step];
  if (data.running) return follow([shown(number).id, entry(number)]);
  const at = [`l${parent}_${number}_${position}`, `l${parent}_${entry(number)}`].find(part);
  follow([shown(number).id, entry(number), at ?? shown(parent).id]);
}

function play(wanted = playing === null) {
  clearInterval(playing);
  playing = null;
  if (wanted && data.steps.length) {
    if (step >= data.steps.length - 1) go(-1);
    go(step + 1);
    playing = setInterval(() => {
      go(step + 1);
      if (step >= data.steps.length - 1) play(false);
    }, 1000 * SECONDS);
  }
  element("play").textContent = playing === null ? "▶" : "⏸";
  element("play").setAttribute("aria-label", playing === null ? "Play" : "Pause");
}

/** Go to a step that the reader has chosen: playing ends. */
function choosing(to) {
  play(false);
  go(to);
}

element("first").addEventListener("click", () => choosing(-1));
element("back").addEventListener("click", () => choosing(step - 1));
element("next").addEventListener("click", () => choosing(step + 1));
element("play").addEventListener("click", () => play());
slider.addEventListener("input", () => choosing(Number(slider.value) - 1));
