"""Where the models of a sweep are trained: in processes here, or by the workers of a Dask or Ray cluster.

Only tasks and results travel. Both kinds of cluster hand the task of a worker that died to another one, and neither
asks who its client is: use one that is yours.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from vaeexplorer.config import ConfigError
from vaeexplorer.errors import UserError

T = TypeVar("T")
R = TypeVar("R")

LOCAL, RAY, DASK = "local", "ray", "dask://"
RETRIES = 3  # of a task whose worker died
PATIENCE = 10  # seconds in which a scheduler answers


class ClusterError(UserError):
    """A cluster that cannot be used, or that gave up; the message is one sentence."""


def spread(function: Callable[[T], R], tasks: Sequence[T], on: str, workers: int | None) -> Iterator[R]:
    """What a function makes of each task, as it is done.

    Args:
        function: of a module that the workers can import too.
        tasks: what travels to them.
        on: `local`; `dask://HOST:PORT`, the scheduler of a Dask cluster; `ray`, the Ray cluster that RAY_ADDRESS or
            this machine has, or else Ray on this machine alone.
        workers: processes here, one by default; a cluster has as many as it has.

    Raises:
        ConfigError: there is no such place, or what it needs is not installed.
        ClusterError: there is no such cluster, or a task has cost it several workers.
        Exception: what the function raised.
    """
    if on == LOCAL:
        return _local(function, tasks, workers)
    if workers is not None:
        raise ConfigError(f"--workers is of this machine: a cluster has its own, so leave it out with --on {on}.")
    if on == RAY:
        return _ray(function, tasks)
    host, _, port = on.removeprefix(DASK).rpartition(":")
    if on.startswith(DASK) and host and port.isdigit():
        return _dask(function, tasks, f"tcp://{host}:{port}")
    raise ConfigError(f"--on must be local, ray or dask://HOST:PORT, not {on}.")


def _local(function: Callable[[T], R], tasks: Sequence[T], workers: int | None) -> Iterator[R]:
    from joblib import Parallel, delayed

    with Parallel(n_jobs=workers, return_as="generator_unordered") as parallel:
        yield from parallel(delayed(function)(task) for task in tasks)


def _dask(function: Callable[[T], R], tasks: Sequence[T], address: str) -> Iterator[R]:
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise ConfigError(f"--on {DASK}… needs Dask: pip install dask distributed") from None

    try:
        client = Client(address, timeout=PATIENCE)
    except OSError:
        raise ClusterError(f"No Dask scheduler answers at {address}.") from None
    with client:
        futures = [client.submit(function, task, pure=False) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except KilledWorker:
            raise ClusterError("A model has cost the cluster several workers: have they enough memory?") from None


def _ray(function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
    try:
        import ray
    except ImportError:
        raise ConfigError("--on ray needs Ray: pip install ray") from None

    try:
        ray.init(log_to_driver=False, include_dashboard=False, logging_level="error")
    except (ConnectionError, RuntimeError) as error:
        raise ClusterError(f"No Ray cluster can be had: {error}") from None
    try:
        remote = ray.remote(num_cpus=1, max_retries=RETRIES)(function)
        waiting = [remote.remote(task) for task in tasks]
        while waiting:
            (done,), waiting = ray.wait(waiting)
            yield ray.get(done)
    except ray.exceptions.WorkerCrashedError:
        raise ClusterError("A model has cost the cluster several workers: have they enough memory?") from None
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    finally:
        ray.shutdown()
