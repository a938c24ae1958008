import errno
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from vaeexplorer.__main__ import main
from vaeexplorer.errors import UserError
from vaeexplorer.files import SHIPPED
from vaeexplorer.network import training
from vaeexplorer.network.checkpoint import save_checkpoint
from vaeexplorer.runs.folder import load_run

SMALL = ["--hidden", "16", "--batch-size", "500", "--device", "cpu", "--precision", "float32"]


def test_train_then_list_then_evaluate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--model", "vae", "--epochs", "1", "--name", "mine", "--json", *SMALL]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    (run,) = document["runs"]
    assert run["name"] == "mine"
    assert run["config"]["model"]["hidden"] == [16]
    assert document["units"]["test_kl"] == "nats per image"
    assert set(run["metrics"]) <= set(document["units"])

    assert main(["list", "--json"]) == 0
    assert "mine" in [run["name"] for run in json.loads(capsys.readouterr().out)["runs"]]
    assert main(["list"]) == 0
    assert "mine" in capsys.readouterr().out

    assert main(["evaluate", "mine", "--images", "50", "--iwae-samples", "3", "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)["runs"][0]["metrics"]
    assert 0 < metrics["test_nll"] < 784
    assert main(["evaluate", "mine", "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)["runs"][0]["metrics"]
    assert metrics["test_total"] == pytest.approx(load_run("mine").metrics["test_total"], abs=1e-3)


def test_seeds_are_runs_of_their_own_and_one_recipe_in_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    train = ["train", "--model", "ae", "--epochs", "1", "--name", "mine", "--seed", "3", "--seeds", "2", *SMALL]
    assert main([*train, "--json"]) == 0
    runs = json.loads(capsys.readouterr().out)["runs"]
    assert [(run["name"], run["config"]["train"]["seed"]) for run in runs] == [("mine-seed3", 3), ("mine-seed4", 4)]
    assert runs[0]["metrics"] != runs[1]["metrics"]
    assert main([*train, "--resume"]) == 0  # they are there
    assert main([*train, "--resume", "--activation", "relu"]) == 2
    assert "of another recipe" in capsys.readouterr().err
    assert main(["train", "--seeds", "0"]) == 2

    assert main(["report", "mnist-vae-2d", "mnist-ae-2d", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [recipe["name"] for recipe in document["recipes"]] == ["mnist-vae-2d", "mnist-ae-2d"]
    assert main(["report", "mnist-vae-2d", "mnist-ae-2d"]) == 0
    assert "classifier accuracy" in capsys.readouterr().out
    assert main(["report", "mnist-vae-2d", "mnist-ae-2d", "--html", "page.html"]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "train"),
        (["fly"], "fly"),
        (["train", "--speed", "9"], "--speed"),
        (["train", "--latent-dim", "two"], "--latent-dim"),
        (["train", "--latent-dim", "0"], "latent_dim cannot be 0: expected int >= 1 (--help"),
        (["train", "--dataset", "cifar"], "fashion-mnist"),
        (["train", "--beta", "nan"], "cannot be nan"),
        (["train", "--name", "../x"], "name is made of"),
        (["train", "--name", ""], "name is made of"),
        (["train", "--name", "mnist-vae-2d"], "shipped"),
        (["evaluate"], "name or a path"),
        (["evaluate", "nothing"], "no run nothing"),
        (["evaluate", "mnist-vae-2d", "--images", "0"], "1 to 10,000"),
        (["evaluate", "mnist-ae-2d", "--iwae-samples", "9"], "no likelihood"),
        (["evaluate", "mnist-ae-2d", "--gaps"], "no posterior"),
        (["evaluate", "mnist-vae-2d", "--gaps", "--images", "1"], "two images"),
        (["compare", "mnist-vae-2d"], "name or a path"),
        (["compare", "mnist-vae-2d", "nothing"], "no run nothing"),
        (["compare", "mnist-vae-2d", "fashion-mnist-ae-2d"], "one data set"),
        (["export", "mnist-vae-2d"], "--html"),
        (["export", "mnist-vae-2d", "--html", os.devnull], "no regular file"),
        (["export", "nothing", "--html", "page.html"], "no run nothing"),
        (["export", "mnist-vae-2d", "--html", "nowhere/page.html"], "cannot be written"),
        (["report", "nothing"], "no run nothing"),
        (["report"], "give one of the two"),
        (["report", "mnist-vae-2d", "--codes", "codes.npz"], "give one of the two"),
        (["report", "--codes", "nowhere.npz"], "nowhere.npz cannot be read"),
        (["report", "--codes", "codes.npz", "--format", "html"], "table, json, md and latex"),
        (["report", "mnist-vae-2d", "mnist-ae-2d", "--format", "md"], "one run"),
        (["report", "mnist-vae-2d", "--format", "word"], "latex"),
        (["report", "mnist-ae-2d", "--nll"], "no likelihood"),
        (["report", "mnist-vae-2d", "--html", "nowhere/page.html"], "no folder nowhere"),
        (["instruments", "nothing"], "no run nothing"),
        (["stability", "mnist-vae-2d"], "two runs or more"),
        (["stability", "mnist-vae-2d", "mnist-vae-2d"], "of different seeds"),
        (["stability", "mnist-vae-2d", "--pairs", "3"], "10 to 1,000"),
        (["linear", "--k", "784"], "k must be 1 to 783"),
        (["pretrain", "--only", "nothing"], "mnist-vae-2d"),
        (["pretrain"], "VAEEXPLORER_DATA"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaeexplorer.export.explorer.page", lambda run: run.name)  # which takes a second to pack
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(UserError("a bad file"), 2), (ValueError("shapes (2,) and (3,)"), 1), (OSError("disk full"), 1)],
)
def test_only_errors_of_ours_are_bad_input(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("vaeexplorer.__main__.parse", lambda _: fail)
    assert main(["list"]) == code
    assert capsys.readouterr().err == f"vaeexplorer: {error}\n"


def test_the_caveat_of_grey_pixels_stands_once_where_their_bounds_are_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["list"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("cross-entropy of grey pixels is no log density") == 1
    assert said.count("x' is decoded from one z drawn from q(z|x)") == 1
    assert main(["list", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "grey pixels" in document["caveat"]
    assert "drawn" in document["units"]["test_squared_error"]
    assert main(["evaluate", "mnist-ae-2d", "--images", "10"]) == 0
    assert "grey" not in capsys.readouterr().out  # an autoencoder has neither


def test_compare_finds_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "mnist-ae-2d", "mnist-vae-2d", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 2
    assert document["runs"] == ["mnist-ae-2d", "mnist-vae-2d"]
    assert {row["group"] for row in document["rows"]} == {"all", "within", "between"}
    assert main(["compare", "mnist-vae-2d", "mnist-ae-2d"]) == 0
    said = capsys.readouterr().out
    assert "Detour ratio, pixels" in said
    assert "undecided" in said
    assert "hold together at 95%" in said
    assert "Squared error of x' from the mean" in said


def test_export_writes_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaeexplorer.export.explorer.page", lambda run: f"<!doctype html>{run.name}")
    assert main(["export", "mnist-ae-2d", "--html", str(tmp_path / "page.html")]) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "<!doctype html>mnist-ae-2d"


@pytest.mark.usefixtures("quick_evidence")
def test_a_report_is_found_and_written_as_a_document_and_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "mnist-vae-2d", "--json", "--html", str(tmp_path / "page.html")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 2
    assert document["about"]["model"] == "mnist-vae-2d"
    assert [verdict["answer"] for verdict in document["verdicts"]] == ["yes", "partly", "yes", "no"]
    shipped = json.loads((SHIPPED / "mnist-vae-2d" / "report.json").read_bytes())
    assert document["verdicts"][:3] == shipped["verdicts"]  # the fourth answer is stored apart
    assert document["about"] == shipped["about"]
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert escape(document["verdicts"][0]["sentence"]) in page
    assert main(["report", "mnist-ae-16d"]) == 0
    assert "Do codes match the prior? No." in capsys.readouterr().out


def test_a_taken_name_is_refused_before_an_hour_of_training(
    runs_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (runs_folder / "mine").mkdir(parents=True)
    assert main(["train", "--name", "mine", "--epochs", "90000"]) == 2
    assert "already" in capsys.readouterr().err


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAEEXPLORER_DEBUG", "1")
    with pytest.raises(ValueError, match="no run nothing"):
        main(["evaluate", "nothing"])


def test_help_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["train", "--help"])
    assert stop.value.code == 0
    assert "--latent-dim" in capsys.readouterr().out


def test_a_listed_broken_run_is_a_line_on_standard_error(runs_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (runs_folder / "odd").mkdir(parents=True)
    (runs_folder / "odd" / "run.json").write_text("{")
    assert main(["list", "--json"]) == 0
    said = capsys.readouterr()
    json.loads(said.out)
    assert "odd cannot be read" in said.err


def test_interrupt_and_resume(
    runs_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process: one of its own would load torch again, and the signal is the same."""
    arguments = ["train", "--name", "long", "--epochs", "3", "--json", *SMALL]
    checkpoint = runs_folder / ".checkpoints" / "long.safetensors"
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def save_and_interrupt(*given: Any, **named: Any) -> None:
        save_checkpoint(*given, **named)
        signal.raise_signal(signal.SIGINT)

    try:
        with monkeypatch.context() as patched:
            patched.setattr(training, "save_checkpoint", save_and_interrupt)
            assert main(arguments) == 130
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert "--resume goes on" in capsys.readouterr().err
    assert checkpoint.exists()
    assert not (runs_folder / "long").exists()
    assert main(arguments) == 2
    refused = capsys.readouterr().err
    assert "There is a checkpoint of long at epoch 1" in refused
    assert "--resume goes on, --restart begins anew" in refused
    assert checkpoint.exists()
    assert main([*arguments, "--resume"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["name"] == "long"
    assert len(load_run("long").history) == 3
    assert not checkpoint.exists()


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "the disk is full: free some space"), (errno.EROFS, "permissions")]
)
def test_a_checkpoint_that_cannot_be_written_says_what_to_do(
    number: int, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["train", "--epochs", "1", "--name", "mine", *SMALL]) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("vaeexplorer:")]
    assert len(said) == 1
    assert "The checkpoint mine.safetensors cannot be written" in said[0]
    assert words in said[0]
    assert "Errno" not in said[0]
