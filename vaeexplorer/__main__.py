"""vaeexplorer, or python -m vaeexplorer: the command line.

The commands are in `commands`; errors are one line on standard error.
"""

import contextlib
import functools
import io
import os
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tyro

from vaeexplorer.commands import (
    app,
    compare,
    images,
    instruments,
    lecture,
    linear,
    report,
    reproduce,
    runs,
    sweep,
    train,
)
from vaeexplorer.commands.console import Interruption, complain
from vaeexplorer.config import ConfigError
from vaeexplorer.data.images import DataWarning
from vaeexplorer.errors import UserError, installed
from vaeexplorer.files import why

COMMANDS: dict[str, Callable[..., None]] = {
    "app": app.app,
    "train": train.train,
    "images": images.images,
    "list": runs.list_,
    "evaluate": runs.evaluate,
    "compare": compare.compare,
    "report": report.report,
    "instruments": instruments.instruments,
    "stability": instruments.stability,
    "film": runs.film,
    "export": runs.export,
    "gallery": runs.gallery,
    "linear": linear.linear,
    "lecture": lecture.lecture,
    "grade": lecture.grade,
    "pretrain": runs.pretrain,
    "sweep": sweep.sweep,
    "reproduce": reproduce.reproduce,
}


def parse(arguments: list[str]) -> Callable[[], None]:
    """The command that the arguments ask for, ready to run.

    Raises:
        ConfigError: they ask for nothing there is. The parser explains it in a box; people and scripts are owed a line.
        SystemExit: they asked for help, and got it.
    """

    def bound(command: Callable[..., None]) -> Callable[..., Callable[[], None]]:
        @functools.wraps(command)
        def bind(*args: Any, **kwargs: Any) -> Callable[[], None]:
            return functools.partial(command, *args, **kwargs)

        return bind

    explanation = io.StringIO()
    try:
        with contextlib.redirect_stderr(explanation):
            command: Callable[[], None] = tyro.extras.subcommand_cli_from_dict(
                {name: bound(command) for name, command in COMMANDS.items()},
                prog="vaeexplorer",
                description="Explore, train and measure autoencoders on MNIST, Fashion-MNIST and your own images.",
                config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
                args=arguments,
            )
        return command
    except SystemExit as stop:
        if not stop.code:
            raise
        box = re.split("─{5,}[^╮]", explanation.getvalue().split("╮")[-1])[0]
        said = " ".join(re.sub(r"[│╭╮╰╯─]|-{5,}", " ", box).split())
        said = re.sub(r"^Value error |Error parsing __tyro\S*: | ?For full helptext, see.*$", "", said)
        raise ConfigError(f"{said} (--help shows the options)") from None


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 1 for failure, 130 when stopped on request."""
    warnings.showwarning = lambda message, *_, **__: complain(str(message))
    warnings.simplefilter("always", DataWarning)
    try:
        with installed():
            parse(images.of_own(sys.argv[1:] if arguments is None else arguments))()
        return 0
    except (Interruption, KeyboardInterrupt) as stop:
        complain(str(stop) or "Stopped.")
        return 130
    except Exception as error:
        if os.environ.get("VAEEXPLORER_DEBUG") == "1":
            raise
        complain(_named(error) if isinstance(error, OSError) else str(error) or type(error).__name__)
        return 2 if isinstance(error, UserError) else 1


def _named(error: OSError) -> str:
    """What the system would not do, and with which file."""
    return f"{Path(os.fsdecode(error.filename)).name}: {why(error)}" if error.filename else why(error)


if __name__ == "__main__":
    sys.exit(main())
