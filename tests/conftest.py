"""What several tests need: a small world to train on, and folders of their own."""

import ast
import functools
import gc
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tests import quick_app
from tests.hosts import hosted
from tests.processes import started
from vaeexplorer.analysis.report import evidence
from vaeexplorer.analysis.smoothness import bootstrap
from vaeexplorer.config import DataConfig, ModelConfig, ObjectiveConfig, RunConfig, TrainConfig
from vaeexplorer.data.datasets import SAMPLE, load_dataset
from vaeexplorer.data.folders import Place
from vaeexplorer.data.images import ImageDataset, Split

# Small products gain nothing from more threads, and servers and browsers want the other cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")  # of libraries that are loaded later, and of processes
threadpool_limits(int(os.environ["OMP_NUM_THREADS"]))  # of NumPy's, which is loaded
gc.disable()  # until all is collected: what is imported and made meanwhile stays
FULL_DATA = os.environ.get("VAEEXPLORER_DATA")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# The same pages without a browser around them, where Debian has it. The command of its name is a script that waits for
# it: whoever ends the script leaves it behind.
LIGHT_CHROMIUM = shutil.which("/usr/lib/chromium/chromium-headless-shell") or CHROMIUM
APP = "app"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # as where there is no network
    "--process-per-site",  # a page is compiled once for all tests
    "--js-flags=--no-turbofan",  # and no page lives for so long that the slowest compiler would be worth its time
]
BLANK = '<!doctype html><title>Nothing</title><link rel="icon" href="data:,">'


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest come first, so that two processes end at the same time; and all end, whatever they wait for.

    Tests that drive the app take longest, and then trainings and exported pages, which come late in the alphabet.
    """
    for item in items:
        if item.get_closest_marker("slow") is None:
            item.add_marker(pytest.mark.timeout(300), append=True)  # ten times what the slowest takes on a busy machine

    def rank(item: pytest.Item) -> tuple[bool, str]:
        drives_app = scope(item.nodeid, config.rootpath) == APP
        return drives_app, "" if drives_app else str(item.path)

    items.sort(key=rank, reverse=True)  # tests of a file keep their order


def pytest_collection_finish() -> None:
    """Garbage is looked for again, but seldom among all that is kept, which took a twelfth of the time of the tests."""
    gc.enable()
    gc.set_threshold(2000, 20, 1000)


def scope(nodeid: str, root: Path) -> str:
    """What a process of the tests takes as a whole: a file, or all that drive the app.

    Those have one server, one Chromium that has compiled it, and what is made once. pytest-xdist's own groups are of no
    use: they change names of tests that pytest 9.2 no longer reads.
    """
    file, _, test = nodeid.partition("::")
    return APP if test.partition("[")[0] in _driving(root / file) else file


@functools.cache
def _driving(path: Path) -> frozenset[str]:
    """The tests of a file that ask for the server."""
    code = path.read_bytes()
    tree = ast.walk(ast.parse(code)) if b"server" in code else ()
    functions = [node for node in tree if isinstance(node, ast.FunctionDef)]
    return frozenset(each.name for each in functions if "server" in [argument.arg for argument in each.args.args])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A process takes a scope at a time."""
    from xdist.scheduler import LoadScopeScheduling

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = lambda nodeid: scope(nodeid, config.rootpath)
    return scheduling


_NO_TOOL = re.compile(r"no (\w+) here$")
_PROBE = re.compile(r"/[a-z-]+/_stcore/(health|host-config)$")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was skipped for want of a tool."""
    if tools := _missing_tools(terminalreporter):
        terminalreporter.write_line(f"Skipped for want of a tool: {', '.join(tools)}.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI=true, such a skip is a failure; a worker of pytest-xdist reports to the session that started it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    missing = reporter and _missing_tools(reporter)
    if os.environ.get("CI") == "true" and missing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _missing_tools(reporter: Any) -> list[str]:
    """How many tests each missing tool cost: `Chromium (53 tests)`."""
    reasons = [report.longrepr[2] for report in reporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)]
    counts = Counter(match[1] for reason in reasons if (match := _NO_TOOL.search(reason)))
    return [f"{tool} ({count} tests)" for tool, count in sorted(counts.items())]


@pytest.fixture(autouse=True)
def runs_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No test reads or writes the user's runs; all read the shipped sample, so none tries to download."""
    monkeypatch.setenv("VAEEXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("VAEEXPLORER_DATA", str(SAMPLE.root))
    return tmp_path / "runs"


@pytest.fixture(scope="session", autouse=True)
def samples_are_read_once() -> Iterator[None]:
    """Unpacking a shipped set and hashing its images takes 40 ms, and hundreds of tests ask for one."""
    read = Place.read
    once = functools.cache(read)

    def kept(place: Place, name: str, split: Split) -> ImageDataset | None:
        return (once if place.root == SAMPLE.root else read)(place, name, split)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Place, "read", kept)
        yield


@pytest.fixture
def full_data(runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The full sets, where VAEEXPLORER_DATA named them when the tests began."""
    if not FULL_DATA:
        pytest.skip("needs the full sets: set VAEEXPLORER_DATA")
    monkeypatch.setenv("VAEEXPLORER_DATA", FULL_DATA)


def first(data: ImageDataset, count: int) -> ImageDataset:
    """The first images of a set."""
    return ImageDataset(data.name, data.split, data.images[:count], data.labels[:count], data.class_names, "a test")


@pytest.fixture(scope="session")
def mnist_train() -> ImageDataset:
    """The shipped 10,000, whatever VAEEXPLORER_DATA names."""
    data = SAMPLE.read("mnist", "train")
    assert data is not None
    return data


@pytest.fixture(scope="session")
def mnist_test() -> ImageDataset:
    """All 10,000."""
    return load_dataset("mnist", "test", download=False)


@pytest.fixture(scope="session")
def small_train(mnist_train: ImageDataset) -> ImageDataset:
    return first(mnist_train, 600)


@pytest.fixture(scope="session")
def small_test(mnist_test: ImageDataset) -> ImageDataset:
    return first(mnist_test, 300)


@pytest.fixture(scope="session")
def small_config() -> RunConfig:
    """A network that trains in a blink."""
    return RunConfig(
        DataConfig("mnist"),
        ModelConfig(hidden=(32, 16)),
        ObjectiveConfig("bernoulli"),
        TrainConfig(epochs=3, batch_size=64, device="cpu", precision="float32"),
    )


@pytest.fixture
def quick_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What figures show is of few codes, and was learned in an instant."""
    monkeypatch.setattr(evidence, "SHORT", quick_app.QUICK)
    monkeypatch.setattr(evidence, "uncorrelated", quick_app.few)


@pytest.fixture
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals from a tenth of the resamples, where none lies near what it is compared with."""
    monkeypatch.setattr(bootstrap, "DRAWS", 1000)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def troubles() -> list[str]:
    """What the page complained of; a test that provokes complaints looks at them and takes them away."""
    return []


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Chromium listens, which runs once for all tests: it keeps what it fetched and compiled.

    Its first tab stays open on a page of this machine, so that the process of such pages, with what it compiled,
    outlives each of them.
    """
    if LIGHT_CHROMIUM is None:
        pytest.skip("no Chromium here")
    profile, pages = tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("pages")
    (pages / "index.html").write_text(BLANK)
    with hosted(pages) as url:
        command = [LIGHT_CHROMIUM, "--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", *QUIET, url]
        with started(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            announced, deadline = profile / "DevToolsActivePort", time.monotonic() + 60
            while not (announced.exists() and (lines := announced.read_text().splitlines())[1:]):
                assert process.poll() is None, "Chromium ended"
                assert time.monotonic() < deadline, "Chromium does not listen"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{lines[0]}"


_CONNECTION = pytest.StashKey[tuple[Any, Any]]()


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Any:
    """Chromium, for as many tests in the browser as follow each other: Playwright takes half a second to start."""
    sync_api = pytest.importorskip("playwright.sync_api")
    endpoint, stash = request.getfixturevalue("endpoint"), request.config.stash
    if _CONNECTION not in stash:
        playwright = sync_api.sync_playwright().start()
        stash[_CONNECTION] = playwright, playwright.chromium.connect_over_cdp(endpoint).contexts[0]
    return stash[_CONNECTION][1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Playwright ends before a test that has no browser: while it runs, none can start an event loop of its own."""
    try:
        yield
    finally:
        if _CONNECTION in item.config.stash and "browser" not in getattr(nextitem, "fixturenames", ()):
            item.config.stash[_CONNECTION][0].stop()
            del item.config.stash[_CONNECTION]


@pytest.fixture
def chromium(browser: Any, troubles: list[str]) -> Iterator[Any]:
    """A new page in Chromium whose console stays clean and which asks no other machine for anything."""
    page = browser.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.set_default_timeout(90_000)  # a page that opens in two seconds took more than 30 with ten processes a core
    page.on("console", lambda message: troubles.append(_told(message)) if _is_trouble(message) else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: None if _is_home(request.url) else troubles.append(request.url))
    try:
        yield page
    finally:
        url = urlsplit(page.url)  # and not what the page says, which may answer no more
        page.close()  # before its cookies go: what it asked for without them, a server with a token would refuse
        left = {"origin": f"{url.scheme}://{url.netloc}", "storageTypes": "cookies,local_storage"}
        browser.clear_permissions()
        browser.new_cdp_session(browser.pages[0]).send("Storage.clearDataForOrigin", left)
    assert not troubles


def _told(message: Any) -> str:
    return f"{message.text} {message.location['url']}"


def _is_trouble(message: Any) -> bool:
    """Streamlit, opened on a page other than the first, looks for its server below that page first: that is none."""
    return message.type == "error" and not _PROBE.search(message.location["url"])


def _is_home(url: str) -> bool:
    return url.startswith(("file:", "blob:", "data:", "http://127.0.0.1:"))
