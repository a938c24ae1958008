import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.runs.small_runs import files
from vaeexplorer.runs import folder, versions
from vaeexplorer.runs.attachments import load_projection, save_projection
from vaeexplorer.runs.folder import RunError, list_runs, load_run, read_card
from vaeexplorer.runs.partners import partner


def test_the_autoencoder_beside_a_vae_differs_in_nothing_else() -> None:
    cards = list_runs()[0]
    beside = {card.name: other.name for card in cards if (other := partner(card, cards))}
    pairs = [
        (f"{data}-vae-{size}", f"{data}-ae-{size}")
        for data in ("mnist", "fashion-mnist")
        for size in ("2d", "2d-lecture", "16d")
    ]
    assert beside == dict(pairs) | {ae: vae for vae, ae in pairs}


def test_runs_are_listed_and_broken_ones_reported(saved: folder.Run) -> None:
    shutil.copytree(saved.path, saved.path.with_name("broken"))
    (saved.path.with_name("broken") / "run.json").write_text("{")
    cards, errors = list_runs()
    assert "small" in [card.name for card in cards]
    assert "broken" not in [card.name for card in cards]
    assert [str(error) for error in errors] == ["The run broken cannot be read: run.json: it is not JSON."]


def test_a_run_is_read_again_only_when_it_has_changed(runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "other"):
        versions.replace(runs_folder / name, files(0))
    before = {card.name: card.key for card in list_runs()[0]}
    read: list[str] = []

    def reading(path: Path) -> folder.RunCard:
        read.append(path.name)
        return read_card(path)

    monkeypatch.setattr(folder, "read_card", reading)
    assert {card.name: card.key for card in list_runs()[0]} == before
    assert read == []
    versions.replace(runs_folder / "other", files(1))
    after = {card.name: card.key for card in list_runs()[0]}
    assert read == ["other"]
    assert {name for name, key in after.items() if key != before[name]} == {"other"}


def edit(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def apply(folder: Path) -> None:
        document = json.loads((folder / name).read_text())
        change(document)
        (folder / name).write_text(json.dumps(document))

    return apply


def edit_weights(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        tensors = safetensors.torch.load_file(folder / "weights.safetensors")
        change(tensors)
        safetensors.torch.save_file(tensors, folder / "weights.safetensors")

    return apply


def cut(name: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return apply


def pickled(folder: Path) -> None:
    np.savez(folder / "codes.npz", mean=np.array([{"evil": 1}], dtype=object))


def write_codes(**arrays: np.ndarray) -> Callable[[Path], None]:
    save: Callable[..., None] = np.savez
    return lambda folder: save(folder / "codes.npz", **arrays)


def edit_codes(**values: float) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        with np.load(folder / "codes.npz") as arrays:
            given = dict(arrays)
        write_codes(**(given | {name: np.full(given[name].shape, value) for name, value in values.items()}))(folder)

    return apply


def break_history(folder: Path) -> None:
    path = folder / "history.csv"
    path.write_text(path.read_text().replace("\n2,", "\nnan,"))


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "another schema": (edit("run.json", lambda d: d.update(schema=99)), "schema: must be one of 1, not 99"),
    "no schema": (edit("run.json", lambda d: d.pop("schema")), "required field schema"),
    "an unknown option": (
        edit("run.json", lambda d: d["config"]["train"].update(colour=1)),
        "unknown key 'config.train.colour'",
    ),
    "an impossible size": (
        edit("run.json", lambda d: d["config"]["model"].update(latent_dim=10**9)),
        "latent_dim: expected int <= 784",
    ),
    "a figure that is NaN": (edit("run.json", lambda d: d["metrics"].update(test_kl=float("nan"))), "not JSON"),
    "run.json cut short": (cut("run.json"), "not JSON"),
    "run.json a list": (lambda f: (f / "run.json").write_text("[]"), "expected object"),
    "run.json not text": (lambda f: (f / "run.json").write_bytes(b"\xff\xfe"), "not JSON"),
    "no history": (lambda f: (f / "history.csv").unlink(), "history.csv"),
    "an empty history": (lambda f: (f / "history.csv").write_text(""), "history"),
    "a broken history": (break_history, "history"),
    "a missing tensor": (edit_weights(lambda t: t.pop("mean.bias")), "mean.bias"),
    "an extra tensor": (edit_weights(lambda t: t.update(extra=torch.zeros(1))), "extra"),
    "a wrong shape": (edit_weights(lambda t: t.update({"mean.bias": torch.zeros(3)})), "mean.bias"),
    "a weight that is NaN": (edit_weights(lambda t: t["mean.bias"].fill_(np.nan)), "finite"),
    "an infinite weight": (edit_weights(lambda t: t["mean.bias"].fill_(np.inf)), "finite"),
    "a weight of another precision": (
        edit_weights(lambda t: t.update({"mean.bias": t["mean.bias"].long()})),
        "float16",
    ),
    "weights cut short": (cut("weights.safetensors"), "weights"),
    "no weights": (lambda f: (f / "weights.safetensors").unlink(), "weights"),
    "codes cut short": (cut("codes.npz"), "codes.npz"),
    "no codes": (lambda f: (f / "codes.npz").unlink(), "codes.npz"),
    "codes that would be unpickled": (pickled, "codes.npz"),
    "codes without labels": (write_codes(mean=np.zeros((3, 2))), "codes.npz"),
    "codes of another dimension": (
        write_codes(mean=np.zeros((3, 5)), logvar=np.zeros((3, 5)), labels=np.zeros(3, int), error=np.zeros(3)),
        "codes.npz",
    ),
    "codes that are NaN": (
        write_codes(mean=np.full((3, 2), np.nan), logvar=np.zeros((3, 2)), labels=np.zeros(3, int), error=np.zeros(3)),
        "codes.npz",
    ),
    "labels of no class": (edit_codes(labels=10), "labels of no class"),
    "labels that are no whole numbers": (edit_codes(labels=0.5), "labels of no class"),
    "errors below 0": (edit_codes(error=-1), "errors below 0"),
    "log variances out of the network's range": (edit_codes(logvar=5), "log variances"),
    "one label for all": (
        write_codes(mean=np.zeros((3, 2)), logvar=np.zeros((3, 2)), labels=np.array(1), error=np.zeros(3)),
        "codes.npz",
    ),
    "more labels than codes": (
        write_codes(mean=np.zeros((3, 2)), logvar=np.zeros((3, 2)), labels=np.zeros(4, int), error=np.zeros(3)),
        "more of one",
    ),
    "an epoch that is infinite": (
        lambda f: (f / "history.csv").write_text((f / "history.csv").read_text().replace("\n2,", "\ninf,")),
        "history",
    ),
    "a field without end": (lambda f: (f / "history.csv").write_text("9" * 140_000), "history"),
    "more epochs than were asked for": (
        edit("run.json", lambda d: d["config"]["train"].update(epochs=2)),
        "history of 2 epochs",
    ),
    "no snapshots": (lambda f: (f / "snapshots.npz").unlink(), "snapshots.npz"),
    "snapshots cut short": (cut("snapshots.npz"), "snapshots.npz"),
}


def of_an_earlier_version(path: Path) -> None:
    """Without the hashes of its files, so that nothing stands between a damage and the check that is for it."""
    edit("run.json", lambda document: document.pop("files"))(path)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_folder_is_refused_in_one_sentence(saved: folder.Run, case: str) -> None:
    damage, words = BAD[case]
    of_an_earlier_version(saved.path)
    damage(saved.path)
    with pytest.raises(RunError, match=words) as error:
        load_run("small").snapshots  # noqa: B018 (they are read when they are asked for)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert "small" in str(error.value)


@pytest.mark.parametrize("name", ["history.csv", "weights.safetensors", "codes.npz", "snapshots.npz"])
def test_a_single_flipped_bit_is_noticed(saved: folder.Run, name: str) -> None:
    content = bytearray((saved.path / name).read_bytes())
    for place in range(0, len(content), max(1, len(content) // 7)):
        content[place] ^= 1
        (saved.path / name).write_bytes(content)
        with pytest.raises(RunError, match=name):
            load_run("small")
        content[place] ^= 1
    (saved.path / name).write_bytes(content)
    assert load_run("small").key == saved.key


def test_a_run_of_schema_1_stays_readable() -> None:
    """Written before run.json named the hashes of its files, and without an option that came later."""
    run = load_run(Path(__file__).parent / "schema-1")
    assert run.config.train.compile is False
    assert len(run.history) == 2
    assert run.model.decode(run.codes.mean).shape == (20, 28, 28)
    assert run.snapshots.shape == (2, 20, 2)


def test_a_run_that_is_not_there(runs_folder: Path) -> None:
    with pytest.raises(RunError, match="There is no run nothing"):
        load_run("nothing")


def test_a_run_is_loaded_by_its_path(saved: folder.Run) -> None:
    assert load_run(saved.path).name == "small"
    assert load_run(str(saved.path)).name == "small"


def test_a_projection_is_kept_with_its_run(saved: folder.Run, rng: np.random.Generator) -> None:
    assert load_projection(saved, "umap") is None
    points = rng.normal(size=(300, 2)).astype(np.float32)
    save_projection(saved, "umap", points)
    loaded = load_projection(saved, "umap")
    assert loaded is not None
    np.testing.assert_allclose(loaded, points, atol=2e-3)
    cut("umap.npz")(saved.path)
    with pytest.raises(RunError, match=r"umap\.npz"):
        load_projection(saved, "umap")
    for bad in (np.zeros((300, 3)), np.zeros((301, 2)), np.full((300, 2), np.nan), np.zeros((300, 2), int)):
        np.savez(saved.path / "umap.npz", points=bad)
        with pytest.raises(RunError, match=r"umap\.npz"):
            load_projection(saved, "umap")


def test_a_folder_that_may_not_be_entered_hides_no_other(saved: folder.Run) -> None:
    closed = saved.path.with_name("closed")
    shutil.copytree(saved.path, closed)
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("this user may enter everything")
        cards, errors = list_runs()
    finally:
        closed.chmod(0o755)
    assert "small" in [card.name for card in cards]
    assert [str(error) for error in errors] == [
        "The run closed cannot be read: closed: that is not allowed here: change the permissions, or choose another "
        "folder."
    ]
