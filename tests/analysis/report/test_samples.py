"""The third question: decoded prior samples beside reconstructions of other images."""

import numpy as np
import pytest

from tests.analysis.report.planted import even_codes as perfect
from vaeexplorer.analysis.report import measurements
from vaeexplorer.analysis.report.report import report
from vaeexplorer.codes import Codes


@pytest.fixture(autouse=True)
def small(quick_classifier: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "PAIRWISE", 400)


def same(images: np.ndarray) -> np.ndarray:
    return images


def test_a_decoder_whose_prior_samples_are_as_good_as_reconstructions(rng: np.random.Generator) -> None:
    codes = perfect()
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0][:2].astype(np.float32)
    real = rng.standard_normal((2000, 2)).astype(np.float32) @ turn
    found = report(codes, decode=lambda z: z @ turn, images=real, features=same, judge="these numbers")
    assert found.verdicts[2].answer == "yes"
    assert found.verdicts[2].sureness.endswith("by these numbers.")
    assert found.find("coverage", "reconstructions").value == pytest.approx(0.97, abs=0.04)
    # A decoder that draws a quarter of what is real does so of codes as of prior samples: no fault of the prior.
    quarter = report(codes, decode=lambda z: np.abs(z) @ turn, images=real, features=same)
    assert quarter.verdicts[2].answer == "yes"
    assert quarter.find("coverage").value == pytest.approx(0.27, abs=0.08)
    assert quarter.find("coverage", "real images").value == pytest.approx(0.97, abs=0.04)
    # Codes in a corner of the prior: what is between was never decoded.
    off = Codes(codes.mean * 0.3 + 2, codes.logvar)
    lost = report(off, decode=lambda z: z @ turn, images=off.mean @ turn, features=same)
    assert lost.verdicts[2].answer == "no"
    assert lost.summary == "No: codes do not follow the prior, and samples are worse than reconstructions."


@pytest.mark.usefixtures("idle_classifier")
def test_pixels_decide_nothing() -> None:
    codes = perfect()
    found = report(codes, decode=same, images=codes.mean)
    assert found.verdicts[2].answer == "n/a"
    assert "by pixels" in found.verdicts[2].sureness
    assert found.about["images_compared_by"] == "pixels"
    assert found.find("coverage").flag.startswith("compared by pixels")


@pytest.mark.usefixtures("idle_classifier")
def test_bytes_are_the_same_as_numbers(rng: np.random.Generator) -> None:
    codes = perfect(count=400)

    def decode(z: np.ndarray) -> np.ndarray:
        pictures = np.zeros((len(z), 4, 4), np.float32)
        pictures[:, 1, 1:3] = np.clip(z / 8 + 0.5, 0, 1)
        return pictures

    pictures = np.rint(255 * decode(codes.mean)).astype(np.uint8)
    of_bytes, of_floats = (
        report(codes, decode=decode, images=each, features=lambda x: x.reshape(len(x), -1))
        for each in (pictures, pictures.astype(np.float32) / 255)
    )
    assert of_bytes.find("coverage") == of_floats.find("coverage")
    assert of_bytes.find("coverage").value == pytest.approx(0.95, abs=0.06)
    assert of_bytes.about["bytes_divided_by_255"]
    assert of_bytes.find("sharpness").value is not None
