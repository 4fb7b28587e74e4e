"""Measurements, stored in pyperf's file format: ``python -m pyperf stats results.json``."""

import statistics
from dataclasses import dataclass

import pyperf

#: What is stored about the machine; pyperf collects more, such as paths and the host's name.
SHOWN = (
    "cpu_count",
    "cpu_model_name",
    "date",
    "load_avg_1min",
    "platform",
    "python_implementation",
    "python_version",
)


@dataclass(frozen=True)
class Ratio:
    """The ratio of two peers, round by round: median and quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, numerator, denominator):
        pairs = [a / b for a, b in zip(numerator, denominator, strict=True) if b]
        if len(pairs) < 2:
            return cls(*(pairs * 3)) if pairs else None
        low, median, high = statistics.quantiles(pairs, n=4, method="inclusive")
        return cls(median, low, high)


class Results:
    """Values by workload, size and peer, and the versions they were measured with."""

    def __init__(self):
        self.cases = {}
        self.units = {}
        self.versions = {}
        machine = pyperf.Run([1.0], collect_metadata=True).get_metadata()
        self.machine = {name: machine[name] for name in SHOWN if name in machine}

    def add(self, workload, size, measured):
        self.units[workload.name] = workload.unit
        self.cases[workload.name, str(size)] = measured

    def without(self, workloads):
        """Return these without the workloads that will be measured again."""
        self.cases = {case: times for case, times in self.cases.items() if case[0] not in workloads}
        return self

    def sort(self, workloads):
        """Sort the cases by workload."""
        self.cases = dict(sorted(self.cases.items(), key=lambda case: workloads.index(case[0][0])))

    def ratio(self, workload, size, peer, to="chainrule"):
        """Return the ratio of a peer to another, or None if one of them is missing."""
        measured = self.cases[workload, str(size)]
        if peer not in measured or to not in measured:
            return None
        return Ratio.of(measured[peer], measured[to])

    def median(self, workload, size, peer):
        return statistics.median(self.cases[workload, str(size)][peer])

    def write(self, path):
        """Write them as a pyperf suite, one benchmark per workload, size and peer."""
        benchmarks = []
        for (workload, size), measured in self.cases.items():
            for peer, values in measured.items():
                metadata = {
                    **self.machine,
                    "name": " / ".join(filter(None, (workload, size, peer))),
                    "workload": workload,
                    "size": size,
                    "peer": peer,
                    "unit": self.units[workload],
                    "version": self.versions.get(peer, ""),
                }
                metadata = {key: value for key, value in metadata.items() if value != ""}
                kept = [float(value) or 1e-9 for value in values]
                run = pyperf.Run(kept, metadata=metadata, collect_metadata=False)
                benchmarks.append(pyperf.Benchmark([run]))
        pyperf.BenchmarkSuite(benchmarks).dump(str(path), compact=False, replace=True)

    @classmethod
    def read(cls, path):
        """Read what `write` wrote."""
        results = cls()
        for benchmark in pyperf.BenchmarkSuite.load(str(path)).get_benchmarks():
            metadata = benchmark.get_metadata()
            workload, size, peer = (metadata.get(k, "") for k in ("workload", "size", "peer"))
            results.machine = {name: metadata[name] for name in SHOWN if name in metadata}
            results.units[workload] = metadata["unit"]
            results.versions[peer] = metadata.get("version", "")
            values = list(benchmark.get_values())
            results.cases.setdefault((workload, size), {})[peer] = values
        return results
