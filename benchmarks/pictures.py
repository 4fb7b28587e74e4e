"""Draw cost against problem size, both axes logarithmic."""

from peers import PEERS

COLOURS = {
    "chainrule": "#c0392b",
    "chainrule_jit": "#7b241c",
    "chainrule_c": "#4a1511",
    "interpreted": "#e6a09a",
    "floats": "#111111",
    "numpy": "#111111",
    "textbook": "#b8860b",
    "micrograd": "#e67e22",
    "torch": "#2471a3",
    "jax": "#76448a",
    "jax_jit": "#1e8449",
    "hips": "#17a589",
    "mygrad": "#7f8c8d",
    "tinygrad": "#5dade2",
    "casadi": "#935116",
}


def curves(results):
    """Return the medians of each peer by size, for workloads of three sizes or more, in numbers."""
    found = {}
    for workload, size in results.cases:
        number, _, kind = size.partition(" ")
        if number.isdecimal() and results.units[workload] == "second":
            for peer in results.cases[workload, size]:
                curve = found.setdefault(f"{workload} {kind}", {}).setdefault(peer, {})
                curve[int(number)] = results.median(workload, size, peer)
    return {workload: peers for workload, peers in found.items() if len(peers["chainrule"]) > 2}


def draw(results, folder):
    """Write cost.png; return its path, or None if there is nothing to draw."""
    found = curves(results)
    if not found:
        return None
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, len(found), figsize=(5.4 * len(found), 4.8), squeeze=False, layout="constrained"
    )
    titles = {peer.name: peer.title for peer in PEERS}
    for axis, (workload, peers) in zip(axes[0], found.items(), strict=True):
        for peer, by_size in peers.items():
            axis.loglog(
                list(by_size),
                list(by_size.values()),
                marker="o",
                markersize=3,
                linewidth=2.4 if peer == "chainrule" else 1.1,
                linestyle="--" if peer in ("floats", "numpy") else "-",
                color=COLOURS[peer],
                label=titles[peer],
            )
        axis.set_title(workload.replace("_", " ").strip())
        axis.set_xlabel("problem size")
        axis.set_ylabel("seconds")
        axis.grid(alpha=0.3)
    lines = {line.get_label(): line for axis in axes[0] for line in axis.get_lines()}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=7)
    folder.mkdir(exist_ok=True)
    path = folder / "cost.png"
    figure.savefig(path, dpi=110, metadata={"Software": None})
    return path
