"""Downloading a set into the user cache, by torchvision, which is imported here and only when it is needed."""

import os
import shutil
import socket
import sys
import zlib
from contextlib import redirect_stdout
from http.client import HTTPException
from typing import Any, get_args

from filelock import FileLock, Timeout

from vaeexplorer.data.folders import FOLDERS, Place, file_names
from vaeexplorer.data.images import DataError, ImageDataset, Split
from vaeexplorer.files import OWN, why

_NETWORK_TIMEOUT = 10.0  # seconds without an answer
_LOCK_TIMEOUT = 600.0  # seconds another process may take to download


class DownloadError(Exception):
    """Why there was no download, and how to get one."""


def fetch(cache: Place, name: str, split: Split) -> ImageDataset:
    """Fetch both splits into the cache by way of a folder beside them, so that no reader ever sees half a file.

    Raises:
        DownloadError: there is no network, no space, no working torchvision, or what arrives is damaged.
    """
    datasets = _import_torchvision_datasets()
    partial = Place("download", cache.root / f"{OWN}download", "load it again")
    try:
        cache.root.mkdir(parents=True, exist_ok=True)
        with FileLock(cache.root / "download.lock", timeout=_LOCK_TIMEOUT):
            if cached := cache.read(name, split):  # by the process we waited for
                return cached
            timeout = socket.getdefaulttimeout()
            try:
                shutil.rmtree(partial.root, ignore_errors=True)  # of a process that was killed
                socket.setdefaulttimeout(_NETWORK_TIMEOUT)  # torchvision would wait for minutes
                with redirect_stdout(sys.stderr):
                    _construct(datasets, name, str(partial.root))
                for each in get_args(Split):
                    if partial.read(name, each) is None:
                        raise DataError(f"the {each} images did not arrive")
                folder = cache.root / FOLDERS[name] / "raw"
                folder.mkdir(parents=True, exist_ok=True)
                for file in (*file_names("train", name), *file_names("test", name)):
                    os.replace(partial.root / FOLDERS[name] / "raw" / file, folder / file)
            finally:
                socket.setdefaulttimeout(timeout)
                shutil.rmtree(partial.root, ignore_errors=True)
        data = cache.read(name, split)
        if data is None:
            raise DataError("it vanished from the cache")
    # What torchvision lets through: no network, no space, a bad checksum, an archive cut short
    except (OSError, RuntimeError, HTTPException, EOFError, ValueError, zlib.error) as error:
        if isinstance(error, Timeout):
            reason = f"another process has been downloading for {_LOCK_TIMEOUT / 60:g} minutes: wait for it, or end it"
        elif isinstance(error, OSError) and error.errno:
            reason = why(error)
        else:
            reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        raise DownloadError(
            f"{name} could not be downloaded ({reason}): connect to the network and load it again, "
            f"or set VAEEXPLORER_DATA to a folder that holds {FOLDERS[name]}/raw"
        ) from error
    return data


def _construct(datasets: Any, name: str, root: str) -> None:
    """Let torchvision download a set; EMNIST's parts come all at once."""
    part = {"split": name.removeprefix("emnist-")} if FOLDERS[name] == "EMNIST" else {}
    getattr(datasets, FOLDERS[name])(root=root, download=True, **part)


def _import_torchvision_datasets() -> Any:
    try:
        from torchvision import datasets
    except ModuleNotFoundError as error:
        raise DownloadError(f"torchvision, which downloads images, is incomplete ({error}): install it") from error
    except Exception as error:  # a mismatch shows as RuntimeError, AttributeError, OSError, ...
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DownloadError(
            f"torchvision, which downloads images, cannot be imported ({reason}): torch and torchvision come from "
            "different builds, so reinstall the two together (pip install --force-reinstall torch torchvision)"
        ) from error
    return datasets
