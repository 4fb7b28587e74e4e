// What the emitted program computes with: numbers, and flat arrays with tables of positions.

function each(size, element) {
  const found = new Float64Array(size);
  for (let i = 0; i < size; i++) found[i] = element(i);
  return found;
}
const take = (x, positions) => each(positions.length, (i) => (positions[i] < 0 ? 0 : x[positions[i]]));
const join = (...parts) => parts.flatMap((part) => [...part]);
function put(x, positions, values) {
  const found = Float64Array.from(x);
  positions.forEach((position, i) => (found[position] = values[i]));
  return found;
}
function add_at(x, positions, values) {
  const found = Float64Array.from(x);
  positions.forEach((position, i) => (found[position] += values[i]));
  return found;
}
const same = (x, y) => x.every((one, i) => Object.is(one, y[i]));

// -- folds over the elements of x at some positions -------------------------------------------------

function fold(x, at, start, step) {
  let found = start;
  for (const position of at) found = step(found, x[position]);
  return found;
}
const sum = (x, at) => fold(x, at, 0, (a, b) => a + b);
const mean = (x, at) => sum(x, at) / at.length;
const product = (x, at) => fold(x, at, 1, (a, b) => a * b);
// The first of the places; NaN counts as larger and as smaller than any number, as in NumPy.
const first = (x, row, better) =>
  row.reduce((best, _, k) => (better(x[row[k]], x[row[best]]) || (Number.isNaN(x[row[k]]) && !Number.isNaN(x[row[best]])) ? k : best), 0);
const largest_at = (x, row) => first(x, row, (a, b) => a > b);
const smallest_at = (x, row) => first(x, row, (a, b) => a < b);
const greatest = (x, at) => fold(x, at, -Infinity, Math.max);
const least = (x, at) => fold(x, at, Infinity, Math.min);
const any = (x, at) => fold(x, at, 0, (a, b) => +(a || b ? 1 : 0));
const all = (x, at) => fold(x, at, 1, (a, b) => +(a && b ? 1 : 0));
function variance(x, at, ddof) {
  const middle = mean(x, at);
  return fold(x, at, 0, (a, b) => a + (b - middle) * (b - middle)) / (at.length - ddof);
}
const deviation = (x, at, ddof) => Math.sqrt(variance(x, at, ddof));
function logsumexp(x, at) {
  const most = greatest(x, at);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(fold(x, at, 0, (a, b) => a + Math.exp(b - most)));
}
/** Sum the products of the elements of arrays, given in pairs of an array and positions. */
function products(...pairs) {
  let found = 0;
  for (let k = 0; k < pairs[1].length; k++) {
    let term = 1;
    for (let j = 0; j < pairs.length; j += 2) term *= pairs[j][pairs[j + 1][k]];
    found += term;
  }
  return found;
}

// -- functions of rows ---------------------------------------------------------------------------------

function byRows(rows, size, results) {
  const found = new Float64Array(size);
  for (const at of rows) results(at).forEach((result, k) => (found[at[k]] = result));
  return found;
}
const softmax = (rows, x) =>
  byRows(rows, x.length, (at) => {
    const most = greatest(x, at);
    const weights = at.map((k) => Math.exp(x[k] - most));
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / total);
  });
const log_softmax = (rows, x) =>
  byRows(rows, x.length, (at) => {
    const most = greatest(x, at);
    const first = at.findIndex((k) => x[k] === most);
    // The largest has the weight 1: the others would be lost next to it.
    const others = at.reduce((total, k, i) => (i === first ? total : total + Math.exp(x[k] - most)), 0);
    return at.map((k) => x[k] - most - Math.log1p(others));
  });
const softmax_vjp = (rows, g, _, y) =>
  byRows(rows, y.length, (at) =>
    // Differences of cotangents, because 1 - y cancels where y is nearly 1.
    at.map((k) => y[k] * at.reduce((total, j) => total + (g[k] - g[j]) * y[j], 0)));
const log_softmax_vjp = (rows, g, _, y) =>
  byRows(rows, y.length, (at) =>
    at.map((k) => {
      const others = at.reduce((total, j) => (j === k ? total : total + g[j]), 0);
      return -Math.expm1(y[k]) * g[k] - Math.exp(y[k]) * others;
    }));
const product_without_self = (rows, x) =>
  byRows(rows, x.length, (at) => at.map((k) => at.reduce((found, j) => (j === k ? found : found * x[j]), 1)));
const upwards = (x, y) => (Number.isNaN(x) ? +!Number.isNaN(y) : Number.isNaN(y) ? -1 : x - y || 0);
const sort = (rows, x) => byRows(rows, x.length, (at) => at.map((k) => x[k]).sort(upwards));
const argsort = (rows, x) =>
  byRows(rows, x.length, (at) => at.map((_, k) => k).sort((a, b) => upwards(x[at[a]], x[at[b]])));
function take_along(rows, x, wanted, chosen) {
  const found = new Float64Array(chosen.length);
  wanted.forEach((at, row) => at.forEach((k) => (found[k] = x[rows[row].at(chosen[k])])));
  return found;
}
const softmax_of_sum = (total, x) => (total === -Infinity ? 0 : Math.exp(x - total));

// -- functions of numbers ------------------------------------------------------------------------------

function power(x, y) {
  if (x === 1 || y === 0) return 1;
  if (x === -1 && Math.abs(y) === Infinity) return 1;
  return Math.pow(x, y);
}
function modulo(x, y) {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}
function floored(x, y) {
  if (y === 0) return x / y;
  const found = (x - modulo(x, y)) / y;
  return Math.abs(found - Math.round(found)) < 0.5 ? Math.round(found) : Math.floor(found);
}
function rounded(x) {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}
const copysign = (x, y) => (Object.is(y, -0) || y < 0 ? -Math.abs(x) : Math.abs(x));
const fmax = (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y));
const fmin = (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y));
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
function sigmoid(x) {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
function sech2(x) {
  const e = Math.exp(-2 * Math.abs(x));
  return (4 * e) / ((1 + e) * (1 + e));
}
function logistic_density(x) {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}
function logaddexp(x, y) {
  if (x === y) return x + Math.LN2;
  const most = Math.max(x, y);
  return most + Math.log1p(Math.exp(Math.min(x, y) - most));
}
function logaddexp2(x, y) {
  if (x === y) return x + 1;
  const most = Math.max(x, y);
  return most + Math.log1p(power(2, Math.min(x, y) - most)) / Math.LN2;
}
function exp_weight(exponential, z, x, y) {
  if (z === Infinity) return x === y ? 0.5 : +(x > y);
  if (z === -Infinity) return exponential(-Infinity);
  return exponential(x - z);
}
/** Return the error function: its series for small x, a continued fraction for the rest. */
function erf(x) {
  const size = Math.abs(x);
  if (!(size < 2.5)) return Math.sign(x) * (1 - erfc(size));
  let term = x;
  let found = x;
  // Every term is positive: exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(found); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    found += term;
  }
  return ((2 * found) / Math.sqrt(Math.PI)) * Math.exp(-x * x);
}
function erfc(x) {
  if (Number.isNaN(x)) return NaN;
  if (x < 0.5) return 1 - erf(x);
  if (x > 27) return 0;
  let fraction = x;
  for (let n = x < 1 ? 600 : x < 2 ? 200 : 80; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}
const normal_below = (x) => erfc(-x * Math.SQRT1_2) / 2;
const gelu = (x) => (x === -Infinity ? -0 : x * normal_below(x));
function gelu_slope(y, x) {
  if (Math.abs(x) > 40) return x > 0 ? 1 : 0;
  const share = Math.abs(x) < 1e-145 ? 0.5 : y / x;
  return share + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
