"""Linear algebra on one thread."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Keep NumPy's BLAS to one thread while the function runs.

    Two threads of it wait for each other on cores that are busy with something else: an eigendecomposition of 0.1 s
    was seen to take 13 s beside other work.
    """

    @wraps(function)
    def alone(*args: P.args, **kwargs: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return alone
