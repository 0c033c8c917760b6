"""A Dask cluster as the workers of a sweep: by address, or started on this machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from detente.errors import StudyError
from detente.policy.sweeps.pool import take

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def dask_client(workers: int, address: str | None) -> Iterator[Any]:
    """Connect to a scheduler by address, or to a cluster that is started on this machine."""
    try:
        import distributed  # noqa: PLC0415  (optional)
    except ImportError:
        raise StudyError(
            "Dask is not installed",
            where="--executor dask",
            found="no module distributed",
            allowed="dask and distributed",
            repair="pip install 'detente[dask]'",
        ) from None
    library: Any = distributed
    if address is None:
        with (
            library.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
            ) as cluster,
            library.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = library.Client(address, timeout="20s")
    except (OSError, TimeoutError, ValueError) as error:
        raise StudyError(
            "no Dask scheduler answers",
            where="--address",
            found=f"{address}: {error}",
            allowed="the address of a running scheduler, such as tcp://host:8786 or tls://host:8786",
            repair="start one with `dask scheduler` and `dask worker`, or leave --address out",
        ) from None
    with client:
        yield client


def ship(client: Any, payload: bytes) -> None:
    """Give the cases to every worker there is and to every one that joins."""
    from distributed.diagnostics.plugin import WorkerPlugin  # noqa: PLC0415

    class Shipment(WorkerPlugin):
        """Hands the cases over when a worker starts."""

        name = "detente-cases"

        def setup(self, worker: Any) -> None:  # noqa: ARG002
            take(payload)

    client.register_plugin(Shipment())
