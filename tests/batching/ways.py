"""What functions written in plain Python do with their argument, x: expressions and statements."""

import importlib
import textwrap

#: The modules that they name.
MODULES = (
    "bisect", "collections", "copy", "decimal", "fractions", "functools", "heapq", "itertools", "json",
    "math", "numbers", "operator", "random", "statistics", "struct", "autograd",
)  # fmt: skip
NAMES = {name: importlib.import_module(name) for name in MODULES}

#: What a function may do with its argument, x.
EXPRESSIONS = """
x if isinstance(x, float) else x+100
x if isinstance(x, np.floating) else x+100
x if isinstance(x, np.ndarray) else x+100
x if isinstance(x, (int, float)) else x+100
x if isinstance(x, numbers.Number) else x+100
x if isinstance(x, numbers.Real) else x+100
x if isinstance(x, np.generic) else x+100
x if type(x) is float else x+100
x if type(x) is np.float64 else x+100
x if type(x) == np.float64 else x+100
x if type(x) is np.ndarray else x+100
x if issubclass(type(x), float) else x+100
x.__class__ is np.float64 and x or x+100
x if np.isscalar(x) else x+100
x if np.ndim(x)==0 else x+100
x if hasattr(x, '__len__') else x+100
x if hasattr(x, 'shape') else x+100
x if hasattr(x, '__iter__') else x+100
x if hasattr(x, 'is_integer') else x+100
x if callable(x) else x+100
x if isinstance(x, collections.abc.Iterable) else x+100
x if isinstance(x, collections.abc.Sequence) else x+100
x if isinstance(x, collections.abc.Sized) else x+100
x if isinstance(x, collections.abc.Hashable) else x+100
1.0 if x is None else x
1.0 if x is x else 2.0
1.0 if x == x else 2.0
1.0 if x is np.nan else 2.0
1.0 if x == None else 2.0
1.0 if x != None else 2.0
1.0 if x == 'a' else 2.0
1.0 if x != 'a' else 2.0
1.0 if x in [None, 'a'] else 2.0
float(x)
int(x)
bool(x)
complex(x)
str(x)
repr(x)
len(str(x))
len(f'{x}')
f'{x:.2f}'
f'{x}'
'%f' % x
'%s' % x
'%d' % x
'{}'.format(x)
format(x, '.3f')
float(str(x))
hash(x)
{x: 1.0}[x]
{1.5: 1.0, 2.0: 3.0}.get(x, 7.0)
1.0 if x in {1.5, 2.0} else 0.0
1.0 if x in [1.5, 2.0] else 0.0
1.0 if x in (1.5, 2.0) else 0.0
[1.5,2.0].index(x)
[1.5,2.0].count(x)
1.0 if x in np.array([1.5, 2.0]) else 0.0
1.0 if x in range(5) else 0.0
range(5)[x]
math.sin(x)
math.floor(x)
math.ceil(x)
math.trunc(x)
math.isnan(x)
math.fsum([x, x])
math.hypot(x, x)
math.prod([x, 2])
math.pow(x, 2)
math.copysign(1, x)
statistics.mean([x, x, 1.0])
statistics.median([x, 1.0, 2.0])
max(x, 0)
max(0, x)
min(x, 0, 1)
max([x, 0.0])
max(x, 0, key=lambda y: -y)
sum([x, x])
sum([x, x], 1.0)
abs(x)
round(x)
round(x, 1)
divmod(x, 0.7)
pow(x, 2)
pow(x, 2.0)
x ** 2
2 ** x
(-2.0) ** x
x // 0.3
x % 0.3
x / 0.0
0.0 / (x - x)
1 / x
sorted([x, 0.0, 1.0])[0]
sorted([x, 0.0, 1.0], key=abs)[0]
sorted([x, 0.0], key=lambda y: -y)[0]
bisect.bisect([0.0, 1.0], x)
heapq.nlargest(1, [x, 0.0])[0]
range(int(x))
sum(1.0 for _ in range(int(abs(x))))
[i for i in range(3) if i < x]
list(range(3))[int(abs(x))]
[10.0, 20.0, 30.0, 40.0][int(abs(x))]
np.arange(4.0)[int(abs(x))]
np.arange(4.0)[np.abs(x).astype(int)]
[10.0, 20.0, 30.0, 40.0][np.abs(x).astype(int)]
'ab' * int(abs(x))
[1.0] * np.abs(x).astype(int)
np.zeros(np.abs(x).astype(int)).sum()
np.arange(x)
np.arange(0, x, 0.5).sum()
np.linspace(0, x, 4)
np.full(3, x)
np.array([x, 1.0])
np.array([x, [1.0][0]]).tolist()
np.asarray(x)
np.float64(x)
np.int64(x)
np.bool_(x)
np.float32(x)
np.array(x, dtype=int)
np.eye(3)[int(abs(x))]
1.0 if x else 0.0
1.0 if not x else 0.0
(x and 1.0)
(x or 1.0)
1.0 if x > 0 else 0.0
1.0 if 0 < x < 1 else 0.0
1.0 if (x > 0) is True else 0.0
1.0 if (x > 0) == True else 0.0
1.0 if all([x > 0, True]) else 0.0
1.0 if any([x > 0, False]) else 0.0
all(y > 0 for y in [x])
next((y for y in [x, 2.0] if y > 0), 9.0)
list(filter(lambda y: y > 0, [x, 1.0]))
list(filter(None, [x, 1.0]))
x.item()
x.tolist()
float.__add__(x, 1.0)
float.fromhex(x.hex())
x.is_integer()
x.as_integer_ratio()[0]
decimal.Decimal(x)
fractions.Fraction(x)
json.dumps(x)
json.dumps({'a': x})
struct.pack('d', x)
copy.copy(x)
copy.deepcopy([x])[0]
operator.index(x)
operator.truth(x)
operator.eq(x, 1.5)
operator.is_(x, x)
operator.contains([1.5], x)
functools.reduce(lambda a, b: a if a > b else b, [x, 1.0])
functools.reduce(operator.add, [x, 1.0])
functools.lru_cache(lambda y: y + 1)(x)
list(itertools.accumulate([x, 1.0, x]))
list(itertools.takewhile(lambda y: y > 0, [x, 1.0]))
list(itertools.groupby([x, x]))[0][0]
collections.Counter([x, x])[x]
collections.defaultdict(float)[x]
len(set([x, x]))
set([x]).pop()
dict(a=x)['a']
(lambda *a: a[0])(*[x])
x.real
x.imag
x.conjugate()
-x
+x
~(x > 0)
x > 0
(x > 0) & (x < 1)
(x > 0) * 2.0
(x > 0) + (x > 1)
not (x > 0)
np.any([x > 0])
np.where(x > 0, x, 0)
np.select([x > 0], [x], 0.0)
np.piecewise(x, [x > 0], [lambda y: y, lambda y: -y])
np.vectorize(lambda y: y if y > 0 else -y)(x)
np.vectorize(lambda y: 1.0 if isinstance(y, float) else 2.0)(x)
np.frompyfunc(lambda y: y if y > 0 else -y, 1, 1)(x)
np.fromiter([x, x], float)
np.fromiter((y for y in [x]), float, 1)
np.array2string(x)
np.format_float_positional(x)
np.isclose(x, 1.5)
np.allclose(x, 1.5)
np.array_equal(x, 1.5)
np.testing.assert_allclose(x, x)
1.0 if np.array_equal(x, 1.5) else 0.0
1.0 if np.allclose(x, 1.5) else 0.0
x.dtype.kind
x.dtype == float
x.nbytes
x.shape
x.size
x.ndim
x.astype(int)
x.astype(float)
x.astype('float32')
x.round(1)
x.sum()
x.max()
x[()]
x[...]
x[None]
x[0]
np.dtype(type(x)).kind
np.result_type(x, 1.0).kind
np.can_cast(x, int)
np.iscomplexobj(x)
np.isrealobj(x)
np.shape(x)
np.size(x)
np.array([x]).shape
np.nditer(x)
[float(y) for y in np.nditer(x)]
[y for y in np.ndenumerate(x)][0][1]
np.ndindex(int(abs(x)))
np.apply_along_axis(lambda v: v.sum() if v[0] > 0 else v.max(), 0, np.array([x, 1.0]))
np.random.default_rng(0).normal(x)
np.random.default_rng(0).normal()
np.random.default_rng(int(abs(x))).normal()
np.random.RandomState(0).rand()
random.Random(0).random()
random.Random(x).random()
random.Random(int(abs(x))).random()
np.poly1d([x, 1.0])(2.0)
np.polynomial.Polynomial([x, 1.0])(2.0)
np.errstate(all='ignore') and x
eval('x + 1')
id(x) == id(x)
x.__float__()
x.__bool__()
x.__gt__(0)
x.__eq__(1.5)
(x == 1.5)
(1.5 == x)
(x != 1.5)
{'a': x} == {'a': 1.5}
[x] == [1.5]
(x,) == (1.5,)
(x, 1) < (1.5, 2)
[x, 1] > [0.0, 5]
max([(x, 1), (0.0, 2)])[1]
sorted([(x, 1), (0.0, 2)])[0][1]
min({'a': x, 'b': 0.0}.items(), key=lambda kv: kv[1])[0]
x.__class__.__name__
type(x).__name__
x.__array__()
memoryview(x)
bytes(x)
np.asarray([x])
np.asarray([x], dtype=int)
np.stack([x, x])
np.array([[x, 1], [2, x]])
np.array((x, x))
np.array({'a': x})
np.array([x, None])
np.array([x, 'a'])
x + 'a'
x + [1]
x + (1, 2)
x * [1, 2]
[1, 2] * x
(1, 2) + x
x @ x
x + None
x + 1j
x + True
slice(0, x)
[1,2,3][:x]
np.arange(5.0)[:int(abs(x))].sum()
np.arange(5.0)[x > 0]
np.arange(5.0)[bool(x > 0)]
np.testing.assert_equal(x, 1.5)
"""

#: The same, for statements.
PROGRAMS = """
try:
    y = float(x)
except Exception:
    y = 7.0
return y
---
try:
    y = float(x)
except (TypeError, ValueError):
    y = 7.0
return y
---
try:
    if x > 0: y = 1.0
    else: y = 2.0
except ValueError:
    y = 3.0
return y
---
try: return math.sin(x)
except BaseException: return 0.0
---
try: return {1.5: 2.0}[x]
except KeyError: return 3.0
---
try: return x[0]
except (TypeError, IndexError): return x
---
try: return len(x)
except TypeError: return 1.0
---
try:
    return sum(y for y in x)
except TypeError: return x
---
import contextlib
with contextlib.suppress(Exception):
    if x > 0: return x
return -x
---
try: return x if x > 0 else -x
finally: pass
---
try:
    n = int(x)
except Exception: n = 3
return np.ones(n).sum()
---
try:
    s = f"{x:.3f}"
except Exception: s = "none"
return s
---
def fact(n): return 1.0 if n <= 1 else n * fact(n - 1)
return fact(x)
---
def rec(n, d): return n if d == 0 else rec(np.sin(n) + 1, d - 1)
return rec(x, 5)
---
def gen():
    for i in range(3): yield x * i
return sum(gen())
---
def gen():
    y = x
    while y > 0.1:
        y = y / 2
        yield y
return sum(gen())
---
for i in range(10):
    x = x / 2
    if x < 1: return x
return x
---
for i in range(10):
    x = x / 2
    if abs(x) < 1e-3: break
else:
    return x
return -x
---
match x:
    case float(): return 1.0
    case _: return 2.0
---
match x:
    case 1.5: return 1.0
    case _: return 2.0
---
match [x, 1]:
    case [a, 1]: return a
    case _: return 2.0
---
assert x > -10
return x
---
assert x > 0
return x
---
a, b = x, 2*x
a, b = b, a
return a - b
---
a, *b = [x, 2*x, 3*x]
return sum(b)
---
y = [x]
y *= 3
return sum(y)
---
y = x
y += 1
return x + y
---
d = {}
d["a"] = x
d.setdefault("b", x * 2)
d.update(c=3 * x)
return d
---
d = {"a": x} | {"b": 2.0}
return sorted(d), d["a"]
---
l = [x, 0.0, 1.0]
l.sort()
return l[0]
---
l = [x, 0.0, 1.0]
l.remove(0.0)
return l[0]
---
l = [0.0, 1.0]
l.insert(0, x)
return l.index(1.0)
---
l = [0.0, 1.0]
l.append(x)
return l.index(x)
---
s = set()
s.add(x)
return len(s)
---
y = np.zeros(3)
y[0] = x
return y
---
y = np.zeros(3)
y += x
return y
---
y = np.empty(2); y.fill(x); return y
---
y = [0.0] * 3
y[int(abs(x))] = 1.0
return y
---
global_x = x
def inner():
    nonlocal global_x
    global_x = global_x + 1
inner()
return global_x
---
return (lambda y=x: y + 1)()
---
if isinstance(x, float) and x is not None: return x * 2
return x
---
if x: return 1.0
return 0.0
---
if not isinstance(x, (list, tuple)): x = [x]
return np.stack(x)
---
x = np.atleast_1d(x)
return x[0]
---
if np.isscalar(x): return np.array([x])
return x
---
n = 0
while n < x: n += 1
return n
---
return sum(1 for v in (1.0, 2.0) if v == x)
---
return [y for y in (x, 1.0) if y is not None]
---
return "pos" if np.sign(x) == 1 else "neg"
---
return {True: 1.0, False: 2.0}[bool(x > 0)]
---
return {True: 1.0, False: 2.0}[x > 0]
---
return [1.0, 2.0][x > 0]
---
return (1.0, 2.0)[int(x > 0)]
---
return (x > 0) * 1.0 + (x <= 0) * 2.0
---
from dataclasses import dataclass
@dataclass
class P:
    a: object
p = P(x)
return p.a + 1
---
from dataclasses import dataclass
@dataclass(order=True)
class P:
    a: object
return 1.0 if P(x) < P(1.0) else 0.0
---
from dataclasses import dataclass
@dataclass(frozen=True)
class P:
    a: object
return 1.0 if P(x) == P(1.5) else 0.0
---
from typing import NamedTuple
class P(NamedTuple):
    a: object
return P(x).a, P(x) == P(1.5)
---
from enum import IntEnum
class E(IntEnum):
    A = 1
    B = 2
return E(int(abs(x))).value
---
import functools
@functools.lru_cache
def g(y): return y * 2
return g(x)
---
import functools
@functools.singledispatch
def g(y): return 1.0
@g.register
def _(y: float): return 2.0
@g.register
def _(y: np.ndarray): return 3.0
return g(x)
---
import operator
return operator.itemgetter(0)([x]) + operator.attrgetter("ndim")(x)
---
raise ValueError(f"bad {x!r}")
---
import copy
y = copy.deepcopy({"a": [x, 1]})
return y
---
y = 0.0
for i in range(5): y = y + x ** i
return y
---
return max(x, 0.0) + min(x, 1.0)
---
return np.maximum(x, 0.0) + np.minimum(x, 1.0)
---
y = x if x is not None else 0.0
return y
---
z = getattr(x, "data", x)
return np.asarray(z) + 0.0
---
return getattr(x, "size", 99) + getattr(x, "nothing", 5)
---
return x.__class__(x)
---
return type(x)(1.5)
---
return x.dtype.type(1.5)
---
return np.vectorize(lambda y: 1.0 if y > 0 else 2.0)(np.array([x, x]))
---
return np.fromiter((x for _ in range(2)), float)
---
return np.array([y for y in [x, 2.0]])
---
return np.array([[x, 0], [0, x]]) @ np.array([1.0, x])
---
return np.concatenate([[x], [1.0]])
---
return np.r_[x, 1.0]
---
return np.c_[[x], [1.0]]
---
return np.hstack([x, 1.0])
---
return np.append(np.zeros(2), x)
---
return np.insert(np.zeros(2), 0, x)
---
return np.interp(x, [0.0, 1.0, 2.0], [0.0, 2.0, 1.0])
---
return np.polyval([1.0, 2.0], x)
---
return np.linspace(0.0, x, 3)
---
return np.full((2,), x)
---
return np.arange(3) * x
---
return np.ones(3)[:2] * x
---
return np.sum(np.fromfunction(lambda i: i * x, (3,)))
---
return np.searchsorted([0.0, 1.0, 2.0], x)
---
return np.digitize(x, [0.0, 1.0])
---
return np.histogram([x, 0.5], bins=[0.0, 1.0, 2.0])[0]
---
return np.unique(np.array([x, x, 1.0]))
---
return np.outer([x, 1.0], [1.0, x])
---
return np.diag([x, 1.0])
---
return np.einsum("i,i", [x, 1.0], [x, 2.0])
---
return np.eye(2) * x
---
return np.isin(x, [1.5, 2.0])
---
return np.random.default_rng(3).choice([x, 1.0])
---
return np.apply_along_axis(np.sum, 0, np.array([x, 1.0]))
---
return np.meshgrid([x, 1.0], [2.0])[0]
---
return np.block([[x, 1.0], [2.0, x]])
"""

WAYS = [
    *["return " + line for line in EXPRESSIONS.strip().splitlines()],
    *PROGRAMS.strip("\n").split("\n---\n"),
]


def compiled(text):
    """Return a function of x with these statements."""
    names = {**NAMES, "np": importlib.import_module("numpy"), "__name__": __name__}
    exec("def f(x):\n" + textwrap.indent(text, "    "), names)
    return names["f"]
