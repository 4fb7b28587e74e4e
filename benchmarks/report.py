"""Write RESULTS.md and the pictures from the measurements.

python benchmarks/report.py             write them from results.json
python benchmarks/report.py --readme    print the rows of the table of times in the READMEs
"""

import sys
from pathlib import Path

import catalogue
import pictures
from peers import BY_NAME, PEERS
from results import Results

BEGIN = """\
# Comparison with other libraries

Each figure is **how many times as much time a peer takes as chainrule** for the same computation:
above 1, chainrule is faster. *By hand* is the same computation, value and gradient, written
with only NumPy or floats. For memory, the figures are ratios of bytes.

Each peer runs in its own process, with one thread on the same processor, and the peers take turns:
A B C, B C A, ... A ratio is the median over all rounds, with quartiles in the tables of each
workload. Before timing, all peers must have computed the same numbers. Interpreted chainrule is the
same engine without a C compiler. JAX's `jit`, tinygrad and CasADi are timed after they have
compiled the computation, which takes them from a tenth of a second to minutes.

`make bench` repeats all this. All peers of a workload were measured in the same run; different
workloads may come from different runs.
"""

#: What the READMEs show: workloads with a size, and peers.
README_ROWS = (
    ("scalar_expression", ""),
    ("micrograd_demo", ""),
    ("elementwise_chain", "1000000 float64"),
    ("cross_entropy", "float32"),
    ("attention", ""),
    ("lstm", "float64"),
    ("mlp", "100×[2,16,16,1] float64"),
    ("mlp", "1024×[1024,1024,1024,10] float32"),
    ("hessian", ""),
)
README_PEERS = (
    *("chainrule_jit", "chainrule_c", "numpy", "micrograd"),
    *("hips", "mygrad", "torch", "jax_jit"),
)

SHARED = """
The machine has {cpu_count} processors and was shared: {load_avg_1min} processes wanted to run when
the run began. Trust the ratios more than the times, and neither if the quartiles are far apart.
"""


def si(value, unit):
    """Format seconds or bytes with a prefix."""
    if unit == "byte":
        for factor, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
            if value >= factor:
                return f"{value / factor:.3g} {name}"
        return f"{value:.0f} B"
    for factor, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor:
            return f"{value / factor:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def size_name(size):
    number, *kind = size.split(" ")
    return " ".join([f"{int(number):,}", *kind]) if number.isdecimal() else size


def ours(results, workload, size):
    """Return chainrule's time or memory, with its unit."""
    if "chainrule" not in results.cases[workload, str(size)]:
        return ""
    return si(results.median(workload, size, "chainrule"), results.units[workload])


def line(results, workload, size):
    """Return one line of progress output."""
    measured = results.cases[workload, str(size)]
    cells = []
    for peer in measured:
        ratio = results.ratio(workload, size, peer)
        if peer == "chainrule":
            cells.append(f"chainrule {ours(results, workload, size)}")
        elif ratio:
            cells.append(f"{peer} {number(ratio.median)}")
    return f"{workload} {size}: " + ", ".join(cells)


def machine(results):
    shown = results.machine
    rows = [
        ("processor", shown.get("cpu_model_name", "")),
        ("processors", shown.get("cpu_count", "")),
        ("system", shown.get("platform", "")),
        ("Python", shown.get("python_version", "")),
        ("threads", "1 for each peer"),
        ("load of the machine when it began", shown.get("load_avg_1min", "")),
        ("date", str(shown.get("date", ""))[:10]),
    ]
    versions = [
        (BY_NAME[name].title, version)
        for name, version in results.versions.items()
        if version
        and name
        not in ("floats", "chainrule_jit", "chainrule_c", "interpreted", "textbook", "jax_jit")
    ]
    return ["| | |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows + versions if b != "")]


def columns(results, cases):
    """Return the peers that were measured in any of these cases, in the order of `PEERS`."""
    present = {peer for case in cases for peer in results.cases[case]}
    return [p for p in PEERS if p.name in present and p.name != "chainrule"]


def overview(results):
    """Return one table of all medians."""
    peers = columns(results, results.cases)
    rows = [
        "| work | " + " | ".join(peer.title for peer in peers) + " |",
        "|---|" + "---:|" * len(peers),
    ]
    for workload, size in results.cases:
        cells = []
        for peer in peers:
            ratio = results.ratio(workload, size, peer.name)
            cells.append(number(ratio.median) if ratio else "")
        name = f"[{workload}](#{workload})" + (f" {size_name(size)}" if size else "")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return rows


def details(results, workload):
    """Return the table of one workload, with spreads and chainrule's own figures."""
    cases = [case for case in results.cases if case[0] == workload]
    peers = columns(results, cases)
    rows = [
        "| size | chainrule | " + " | ".join(peer.title for peer in peers) + " |",
        "|---|---:|" + "---:|" * len(peers),
    ]
    for case in cases:
        cells = []
        for peer in peers:
            ratio = results.ratio(*case, peer.name)
            spread = f" ({number(ratio.low)} to {number(ratio.high)})" if ratio else ""
            cells.append(number(ratio.median) + spread if ratio else "")
        rows.append(
            f"| {size_name(case[1])} | {ours(results, *case)} | " + " | ".join(cells) + " |"
        )
    return rows


def readme(results):
    """Return the rows of the table of times in the READMEs."""
    for workload, size in README_ROWS:
        case = (workload, size)
        cells = [number(r.median) if (r := results.ratio(*case, p)) else "" for p in README_PEERS]
        yield f"| {workload} {size} | {ours(results, *case)} | " + " | ".join(cells) + " |"


def write(results, folder):
    """Write RESULTS.md and images/ into a folder."""
    drawn = pictures.draw(results, folder / "images")
    text = [BEGIN.rstrip()]
    if float(results.machine.get("load_avg_1min", 0.0)) > 1.0:
        text.append(SHARED.format(**results.machine).rstrip())
    text += ["", *machine(results), "", "## Overview", "", *overview(results), ""]
    if drawn:
        picture = f"![cost against size](images/{drawn.name})"
        text += ["## Cost against problem size", "", picture, ""]
    for workload in dict.fromkeys(name for name, _ in results.cases):
        title = catalogue.load(workload).title
        text += [f"## {workload}", "", f"{title}.", "", *details(results, workload), ""]
    (folder / "RESULTS.md").write_text("\n".join(text).rstrip() + "\n")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    measured = Results.read(here / "results.json")
    if "--readme" in sys.argv:
        print("\n".join(readme(measured)))
    else:
        write(measured, here)
