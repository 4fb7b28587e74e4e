// Numbers as text, as Python writes them.

const FEW = 6; // arrays of at most this many elements are written in full
const BARS = "▁▂▃▄▅▆▇█";
const MOST_CHARACTERS = 40;

/** Write a number in a format such as ".4g". */
function format(number, spec = model.format) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (number === 0) number = 0; // without a sign
  const kind = spec.at(-1);
  const digits = Number(spec.slice(1, -1));
  if (kind === "f") return Math.abs(number) < 1e21 ? toEven(number, digits, "toFixed") : String(number);
  if (kind === "e") return twoDigits(toEven(number, digits, "toExponential"));
  const precision = Math.max(digits, 1);
  const exact = toEven(number, precision - 1, "toExponential");
  const exponent = Number(exact.split("e")[1]);
  if (exponent < -4 || exponent >= precision) {
    const [mantissa] = exact.split("e");
    return twoDigits(`${withoutZeros(mantissa)}e${exponent}`);
  }
  return withoutZeros(toEven(number, precision - 1 - exponent, "toFixed"));
}

/** Round to some digits; of two that are as near, to the even one: JavaScript takes the larger. */
function toEven(number, digits, method) {
  const rounded = number[method](digits);
  const [all, exponent] = number[method](Math.min(100, digits + 30)).split("e");
  const [whole, fraction] = all.split(".");
  if (!/^50*$/.test(fraction.slice(digits))) return rounded;
  const kept = digits ? `${whole}.${fraction.slice(0, digits)}` : whole;
  if (Number(kept.at(-1)) % 2) return rounded;
  return exponent === undefined ? kept : `${kept}e${exponent}`;
}

const withoutZeros = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const twoDigits = (text) => text.replace(/e([+-]?)(\d+)$/, (_, sign, digits) => `e${sign || "+"}${digits.padStart(2, "0")}`);

/** Write all numbers of an array as nested lists. */
function nested(numbers, shape, kind = "f") {
  if (shape.length > 2) return `${shape.join("×")} ${nested(numbers, [numbers.length], kind)}`;
  if (!shape.length) {
    const number = elementOf(numbers, 0);
    if (kind === "b") return number ? "True" : "False";
    return kind === "i" ? String(number) : format(number);
  }
  const [count, ...rest] = shape;
  const length = numbers.length / count;
  const parts = Array.from({ length: count }, (_, k) => nested(numbers.slice(k * length, (k + 1) * length), rest, kind));
  return `[${parts.join(", ")}]`;
}

/** Return the lines of a value in its box, one for each row of a matrix. */
function linesOf(value, shape, kind = "f") {
  if (!shape.length) return [nested(value, shape, kind)];
  const numbers = [...value];
  if (!numbers.length) return ["empty"];
  if (numbers.length <= FEW) {
    if (shape.length !== 2 || shape[0] === 1) return [nested(numbers, [numbers.length], kind)];
    return Array.from({ length: shape[0] }, (_, k) => nested(numbers.slice(k * shape[1], (k + 1) * shape[1]), [shape[1]], kind));
  }
  if (kind !== "f") return [spread(numbers)];
  const finite = numbers.filter(Number.isFinite);
  const least = Math.min(...finite);
  const greatest = Math.max(...finite);
  const lines = [spread(numbers)];
  if (finite.length && least < greatest) lines.push(`${format(least, ".3g")} … ${format(greatest, ".3g")}`);
  if (finite.length < numbers.length) lines.push(`${numbers.length - finite.length} not finite`);
  else if (least < greatest) lines.push(histogram(finite));
  return lines;
}

/** Write a value in one line, as the steps do. */
function shortLine(value, shape) {
  if (!shape.length) return format(elementOf(value, 0));
  const numbers = [...value];
  const text = numbers.length <= FEW ? nested(numbers, shape) : "";
  return text && text.length <= MOST_CHARACTERS ? text : spread(numbers);
}

/** Write the mean and the standard deviation. */
function spread(numbers) {
  if (numbers.every((each) => each === numbers[0])) return format(numbers[0], ".4g");
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const deviation = Math.sqrt(numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length);
  const shown = Math.abs(mean) < 64 * Number.EPSILON * deviation ? 0 : mean; // rounding
  return `${format(shown, ".4g")} ± ${format(deviation, ".3g")}`;
}

function histogram(numbers) {
  const least = Math.min(...numbers);
  const width = Math.max(...numbers) - least;
  const counts = new Array(10).fill(0);
  for (const number of numbers) counts[Math.min(9, Math.floor((10 * (number - least)) / width))]++;
  const tallest = Math.max(...counts);
  return counts.map((count) => (count ? BARS[Math.ceil((count / tallest) * 7)] : " ")).join("");
}
