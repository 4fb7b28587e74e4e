"""What a gradient check found, element by element."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Comparison:
    """One derivative beside its finite difference."""

    where: str
    analytic: complex
    numeric: complex
    tolerance: float

    @property
    def difference(self) -> float:
        """How far the two are apart."""
        return abs(self.analytic - self.numeric)

    @property
    def ok(self) -> bool:
        """Whether they agree: both within the tolerance, or both the same infinity or NaN."""
        a, n = self.analytic, self.numeric
        return self.difference <= self.tolerance or a == n or (a != a and n != n)


@dataclass(frozen=True)
class Report:
    """All comparisons of one check; prints as a table, wrong rows first."""

    comparisons: list[Comparison] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every derivative agrees with its finite difference."""
        return all(comparison.ok for comparison in self.comparisons)

    @property
    def worst(self) -> Comparison | None:
        """The comparison furthest beyond, or closest to, its tolerance; None of an empty check."""
        return max(self.comparisons, key=_badness, default=None)

    def __str__(self) -> str:
        return self.table()

    def named(self, names: list[str]) -> Report:
        """Return the same report with names for the inputs."""
        renamed = []
        for comparison in self.comparisons:
            where = comparison.where
            for position, name in enumerate(names):
                prefix = f"inputs[{position}]"
                if where.startswith(prefix):
                    where = name + where.removeprefix(prefix)
                    break
            renamed.append(replace(comparison, where=where))
        return Report(renamed)

    def table(self, rows: int = 10) -> str:
        """Return some rows, wrong ones first, as aligned text, and how many there are in all."""
        ranked = sorted(self.comparisons, key=lambda c: 0.0 if c.ok else -_badness(c))
        cells = [("", "backward", "finite difference", "difference", "")]
        for comparison in ranked[:rows]:
            cells.append(
                (
                    comparison.where,
                    f"{comparison.analytic:.10g}",
                    f"{comparison.numeric:.10g}",
                    f"{comparison.difference:.2g}",
                    "ok" if comparison.ok else "WRONG",
                )
            )
        widths = [max(len(row[i]) for row in cells) for i in range(5)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in (1, 2, 3)] + [row[4]]
            ).rstrip()
            for row in cells
        ]
        wrong = sum(not comparison.ok for comparison in ranked)
        more = f", {rows} shown" if len(ranked) > rows else ""
        lines.append(f"{len(ranked)} derivatives checked{more}: {wrong or 'none'} wrong")
        return "\n".join(lines)


def _badness(comparison: Comparison) -> float:
    if comparison.ok:
        return min(comparison.difference / (comparison.tolerance or 1.0), 1.0)
    return 1.0 + min(comparison.difference, 1e300) if comparison.difference >= 0 else 1e301
