"""The processes that `mpirun` starts: each runs the same program, and takes some of the shards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd.errors import OptionError


class Ranks:
    """Shares tasks among the processes of an MPI communicator.

    Each process computes its tasks, gets the results of all, and goes on with the same numbers.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
        The communicator.
    """

    def __init__(self, comm: Any) -> None:
        self.comm = comm
        self.rank, self.size = comm.Get_rank(), comm.Get_size()
        versions = comm.allgather(autograd.__version__)
        for rank, version in enumerate(versions):
            if version != autograd.__version__:
                raise OptionError(
                    f"The process {rank} has version {version} of chainrule, this one "
                    f"{autograd.__version__}. Install the same version everywhere."
                )

    def begin_alike(self, *parts: Any) -> None:
        """Give a model, and a loss with parameters, the numbers of the first process.

        Each process has made its own, perhaps with other random numbers.
        """
        for part in parts:
            if hasattr(part, "load_state_dict"):
                part.load_state_dict(self.comm.bcast(part.state_dict(), root=0))

    def computed(self, tasks: list[Callable[[], Any]]) -> list[Any]:
        """Return the results of all tasks, in order; an error is raised in every process."""
        own: dict[int, Any] = {}
        failure = None
        try:
            for number in range(self.rank, len(tasks), self.size):
                own[number] = tasks[number]()
        except Exception as error:
            failure = error
        parts = self.comm.allgather((own, failure))
        for _, other in parts:
            if other is not None:
                raise other
        found = {number: result for part, _ in parts for number, result in part.items()}
        return [found[number] for number in range(len(tasks))]


def is_communicator(client: Any) -> bool:
    """Return whether this is a communicator of MPI, and no client of Dask."""
    return hasattr(client, "allgather")
