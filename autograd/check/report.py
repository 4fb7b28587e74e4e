"""What a gradient check found, element by element."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np


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
        """Whether they agree within the tolerance."""
        return self.finite and self.difference <= self.tolerance

    @property
    def finite(self) -> bool:
        """Whether there is a derivative to compare, and not an infinity or NaN."""
        return bool(np.isfinite(self.analytic) and np.isfinite(self.numeric))

    @property
    def verdict(self) -> str:
        """Whether it is ok, wrong, or cannot be told here."""
        return "ok" if self.ok else "WRONG" if self.finite else "not finite"


@dataclass(frozen=True, repr=False)
class Report:
    """All comparisons of one check; prints as a table, wrong rows first."""

    comparisons: list[Comparison] = field(default_factory=list)
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether every derivative agrees with its finite difference."""
        return all(comparison.ok for comparison in self.comparisons)

    @property
    def worst(self) -> Comparison | None:
        """The comparison furthest beyond, or closest to, its tolerance; None of an empty check."""
        return max(self.comparisons, key=_badness, default=None)

    def __repr__(self) -> str:
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
        return Report(renamed, self.note)

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
                    comparison.verdict,
                )
            )
        widths = [max(len(row[i]) for row in cells) for i in range(5)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in (1, 2, 3)] + [row[4]]
            ).rstrip()
            for row in cells
        ]
        verdicts = [comparison.verdict for comparison in ranked]
        wrong, undefined = verdicts.count("WRONG"), verdicts.count("not finite")
        more = f", {rows} shown" if len(ranked) > rows else ""
        end = f", {undefined} not finite: cannot be checked here" if undefined else ""
        plural = "" if len(ranked) == 1 else "s"
        lines.append(
            f"{len(ranked)} derivative{plural} checked{more}: {wrong or 'none'} wrong{end}"
        )
        return "\n".join([*lines, self.note] if self.note else lines)


def _badness(comparison: Comparison) -> float:
    if comparison.ok:
        return min(comparison.difference / (comparison.tolerance or 1.0), 1.0)
    return 1.0 + min(comparison.difference, 1e300) if comparison.finite else 1.0
