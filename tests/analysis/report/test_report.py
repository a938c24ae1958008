"""The report on worlds with one known flaw: the right diagnostic says so, and the others do not claim to."""

import dataclasses
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import vaeexplorer as vx
from tests.analysis.report.planted import even_codes as perfect
from vaeexplorer.analysis.report import measurements
from vaeexplorer.analysis.report.aggregate import Surgery, elbo_surgery
from vaeexplorer.analysis.report.diagnostics import DEFINITIONS, Estimate
from vaeexplorer.analysis.report.posteriors import codes_hash, perfect_model
from vaeexplorer.analysis.report.report import Report, ReportError, report
from vaeexplorer.codes import Codes
from vaeexplorer.commands.report import show_table
from vaeexplorer.export.report import html
from vaeexplorer.files import SHIPPED

N = 2000
KL = 4.4  # of two dimensions


@pytest.fixture(autouse=True)
def small(quick_classifier: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "PAIRWISE", 400)


def standardized(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Means moved and stretched, a dimension at a time, so that the aggregate has the prior's mean and variances."""
    wanted = np.sqrt(1 - np.exp(logvar).mean(axis=0))
    return np.asarray((mean - mean.mean(axis=0)) / mean.std(axis=0) * wanted, np.float32)


def hole() -> Codes:
    """Nothing within .75 of two opposite points."""
    codes = perfect(count=2 * N)
    assert codes.logvar is not None
    keep = np.all([np.linalg.norm(codes.mean - centre, axis=1) > 0.75 for centre in ([0.8, 0], [-0.8, 0])], axis=0)
    mean, logvar = codes.mean[keep][:N], codes.logvar[keep][:N]
    return Codes(standardized(mean, logvar), logvar)


def shifted() -> Codes:
    codes = perfect()
    return Codes(codes.mean + np.array([0.3, 0], np.float32), codes.logvar)


def shrunken() -> Codes:
    codes = perfect()
    assert codes.logvar is not None
    return Codes(0.75 * codes.mean, codes.logvar + np.float32(2 * math.log(0.75)))


def heavy() -> Codes:
    rng = np.random.default_rng(9)
    direction = rng.standard_normal((N, 2))
    mean = direction / np.sqrt(rng.chisquare(4, (N, 1)) / 4)  # t with four degrees of freedom
    logvar = np.full((N, 2), -KL, np.float32)
    return Codes(standardized(mean, logvar), logvar)


def outside(found: Report) -> set[str]:
    return {d.key for d in found.diagnostics if d.question == "aggregate" and d.outside}


def answers(found: Report) -> list[str]:
    return [verdict.answer for verdict in found.verdicts]


def test_a_perfect_model_is_found_perfect() -> None:
    found = report(perfect())
    assert outside(found) == set()
    assert answers(found) == ["yes", "yes", "n/a"]
    assert found.summary == "Yes."
    assert found.verdicts[1].sureness.startswith("Not sure: a mismatch of simple shape and total variation 0.04")
    assert found.find("mutual_information").value == pytest.approx(KL, abs=0.2)
    assert found.find("total_variation").value == pytest.approx(0, abs=0.04)
    nulled = [d for d in found.diagnostics if d.null]
    assert [len(d.null) for d in nulled] == [19] * 8
    assert len({d.p for d in nulled}) > 1


def test_codes_that_were_drawn_with_the_same_seed_do_not_meet_their_own_noise() -> None:
    assert outside(report(perfect(count=1000, seed=0), seed=0)) == set()


@pytest.mark.parametrize(
    ("world", "fire", "silent"),
    [
        (hole, set(), {"mean", "variance", "correlation"}),
        (shifted, {"mean"}, {"variance", "correlation", "skewness", "kurtosis"}),
        (shrunken, {"variance"}, {"mean", "correlation", "skewness", "kurtosis"}),
        (heavy, {"kurtosis"}, {"mean", "variance", "correlation"}),
    ],
)
def test_the_right_diagnostic_fires_and_the_others_do_not(
    world: Callable[[], Codes], fire: set[str], silent: set[str]
) -> None:
    found = report(world())
    assert {*fire, "classifier"} <= outside(found)
    assert not silent & outside(found)
    assert found.verdicts[0].answer == "yes"
    assert found.verdicts[1].answer != "yes"
    tv = found.find("total_variation")
    assert tv.low is not None
    assert tv.low > 0


def test_a_collapsed_dimension_is_no_fault_of_the_aggregate() -> None:
    codes = perfect(3, seed=11)
    assert codes.logvar is not None
    codes.mean[:, 2] = 0
    codes.logvar[:, 2] = 0
    found = report(codes)
    assert outside(found) == set()
    assert found.about["dimensions_used"] == 2
    assert found.find("collapsed").value == pytest.approx(1 / 3, abs=1e-4)
    assert found.find("active_units").value == 2
    assert found.per_dimension["active"] == [True, True, False]
    assert answers(found)[:2] == ["partly", "yes"]
    assert "2 of 3 dimensions carry it" in found.verdicts[0].sentence


@pytest.mark.usefixtures("idle_classifier")
def test_every_number_of_a_model_has_an_interval_or_a_null() -> None:
    """Of three dimensions, one's variance lies at the threshold of an active one: one more or less by the images."""
    codes = perfect(3, seed=11)
    codes.mean[:, 2] *= 0.1 / codes.mean[:, 2].std()
    found = report(codes).with_nll_gap(Estimate(-1.25, -1.5, -1.0))
    measured = [each for each in found.diagnostics if each.value is not None]
    assert [each.key for each in measured if each.low is None and not each.null] == []
    for each in measured:
        low, high = ((each.value or 0.0) if end is None else end for end in (each.low, each.high))
        assert low <= (each.value or 0.0) <= high, each.key
    active = found.find("active_units")
    assert (active.low, active.high) == (2, 3)
    assert (found.find("collapsed").low, found.find("collapsed").high) == (0, 0)


def test_a_collapsed_model_passes_the_second_question_and_fails_the_others(rng: np.random.Generator) -> None:
    mean = (1e-3 * rng.standard_normal((N, 2))).astype(np.float32)
    pictures = rng.standard_normal((2000, 6)).astype(np.float32)
    grey = np.zeros((1, 6), np.float32)
    found = report(
        Codes(mean, np.zeros_like(mean)),
        decode=lambda z: grey + 1e-4 * z[:, :1],
        images=pictures,
        features=lambda images: images,
    )
    assert answers(found) == ["no", "yes", "no"]
    assert found.verdicts[1].sureness.endswith("A collapsed model passes this test too.")
    assert found.summary.startswith("It has collapsed")


def same(images: np.ndarray) -> np.ndarray:
    return images


def test_an_autoencoder_has_no_posterior_and_three_priors(rng: np.random.Generator) -> None:
    two = rng.choice([-6.0, 6.0], (N, 1)) * np.array([1.0, 0.3]) + rng.standard_normal((N, 2))
    found = report(two, decode=same, images=two, features=same)
    assert answers(found) == ["n/a", "no", "no"]
    for key in ("kl", "active_units", "collapsed", "mutual_information", "marginal_kl", "nll_gap"):
        assert found.find(key).value is None
        assert found.find(key).flag.startswith("n/a")
    accuracy = [found.find("classifier", of).value for of in ("", "fitted Gaussian", "10-component mixture")]
    assert accuracy[0] is not None
    assert accuracy[1] is not None
    assert accuracy[0] > accuracy[1] > 0.6
    assert accuracy[2] == pytest.approx(0.5, abs=0.05)
    covered = [found.find("coverage", of).value or 0 for of in ("", "fitted Gaussian", "10-component mixture")]
    assert covered[0] < covered[1] < covered[2]
    assert covered[2] == pytest.approx(0.97, abs=0.03)


def test_training_images_are_learned_from_and_must_be_alike() -> None:
    codes = perfect()
    found = report(codes, training=perfect(count=3000, seed=8))
    assert (found.about["training_images"], found.about["halved"]) == (3000, False)
    assert answers(found)[1] == "yes"
    assert found.find("classifier").flag.endswith("of 3,000 images' codes")
    halved = report(codes)
    assert (halved.about["training_images"], halved.about["halved"]) == (1000, True)
    assert halved.about["training"] is None
    with pytest.raises(ValueError, match="must be like those"):
        report(codes, training=perfect(3))


def test_a_prior_that_is_known_by_samples_alone(rng: np.random.Generator) -> None:
    uniform = rng.uniform(-1, 1, (8000, 2))
    found = vx.report(rng.uniform(-1, 1, (N, 2)), prior_samples=uniform)
    assert outside(found) == set()
    assert found.find("mean").flag.startswith("n/a: the prior is known by its samples alone")
    assert {"mmd", "classifier"} <= outside(vx.report(rng.standard_normal((N, 2)), prior_samples=uniform))


@pytest.mark.usefixtures("idle_classifier")
def test_beyond_ln_n_the_report_says_so() -> None:
    world = perfect_model(1000, 4, 12.0, np.random.default_rng(0))
    found = report(Codes(world.mean, world.logvar))
    assert found.find("mutual_information").flag == "saturated at ln N = 6.91"
    assert found.find("dimensionwise_kl").flag == ""
    assert "at least" in found.verdicts[0].sentence
    assert "only that it is no less" in found.verdicts[0].sureness


def test_the_truth_lies_in_its_brackets() -> None:
    """Shrunken by .75: KL(q || p) = D (s^2 - 1 - 2 ln s) / 2, and I(z; x) the KL less that."""
    codes = shrunken()
    found = report(codes)
    truth = 0.75**2 - 1 - 2 * math.log(0.75)
    least, most = found.find("marginal_kl_least"), found.find("marginal_kl")
    assert least.low is not None
    assert most.high is not None
    assert least.low < truth < most.high
    information, limit = found.find("mutual_information"), found.find("information_limit")
    assert information.low is not None
    assert limit.high is not None
    assert found.kl is not None
    assert information.low < found.kl - truth < limit.high


@pytest.mark.usefixtures("idle_classifier")
def test_a_negative_estimate_of_the_information_has_its_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the answer, the document, the command and the page. With its control variate an estimate rarely is below 0."""

    def below_0(*given: Any, **more: Any) -> Surgery:
        return dataclasses.replace(elbo_surgery(*given, **more), mutual_information=-0.02)

    monkeypatch.setattr(measurements, "elbo_surgery", below_0)
    codes = perfect(count=200)
    found = report(codes)
    said = "the estimate is below 0 by noise"
    assert said in found.verdicts[0].sentence
    assert "below 0" in found.find("mutual_information").flag
    assert said in json.dumps(found.to_json(), allow_nan=False)
    show_table(found)
    printed = " ".join(capsys.readouterr().out.split())
    assert said in printed
    assert said in html("nothing", codes, lambda z: np.zeros((len(z), 28, 28)), found)


@pytest.mark.usefixtures("idle_classifier")
def test_a_null_of_zero_is_printed_as_zero(capsys: pytest.CaptureFixture[str]) -> None:
    found = report(perfect(count=200))
    of_zero = dataclasses.replace(found.find("mean"), null=(0.0, 0.0, 0.0))
    rest = [each for each in found.diagnostics if each.key != "mean"]
    zero = dataclasses.replace(found, diagnostics=[of_zero, *rest])
    assert zero.find("mean").null_mean == 0
    assert next(each for each in zero.to_json()["diagnostics"] if each["key"] == "mean")["null_mean"] == 0
    show_table(zero)
    assert "0 [0, 0]" in capsys.readouterr().out


@pytest.mark.usefixtures("idle_classifier")
def test_one_code_of_a_huge_variance_leaves_a_document() -> None:
    codes = perfect(count=300)
    assert codes.logvar is not None
    codes.logvar[5] = 20
    json.dumps(report(codes).to_json(), allow_nan=False)


@pytest.mark.usefixtures("idle_classifier")
def test_few_codes_decide_nothing() -> None:
    found = report(perfect(count=120))
    assert found.find("mmd").flag == "n too small: 120 codes, fewer than 1,000"
    assert found.verdicts[1].sureness == "Unsure: 120 codes are few."


@pytest.mark.usefixtures("idle_classifier")
def test_the_document_holds_everything_and_nothing_but_numbers() -> None:
    found = report(perfect(count=500)).with_nll_gap(Estimate(1.25, 1.0, 1.5))
    text = json.dumps(found.to_json(), allow_nan=False)
    again = Report.from_json(json.loads(text))
    assert again.to_json() == json.loads(text)
    assert again.find("nll_gap").value == 1.25
    assert {d["name"] for d in json.loads(text)["diagnostics"]} <= {d.name for d in DEFINITIONS.values()}
    assert json.loads(text)["schema"] == 2
    assert len(again.collapse) == 41
    assert found.about["thresholds"]["total_variation_and_holes"]["yes"] == [0.04, 0.01]
    assert len(found.about["codes"]) == 16
    assert found.about["versions"].keys() == {"numpy", "scipy", "torch"}
    second = report(perfect(count=500)).with_nll_gap(Estimate(1.25, 1.0, 1.5))
    assert second.to_json() | {"seconds": found.seconds} == found.to_json()
    other = perfect(count=500)
    other.mean[3, 1] += 0.5
    assert (
        codes_hash(other.mean, other.logvar) != found.about["codes"] == codes_hash(*vars(perfect(count=500)).values())
    )


@pytest.mark.parametrize(
    "change", [{"schema": 1}, {"diagnostics": [{"key": "kl"}]}, {"verdicts": None}, {"spectrum": ["x"]}]
)
def test_another_document_is_refused(change: dict[str, object]) -> None:
    shipped = json.loads((SHIPPED / "mnist-ae-2d" / "report.json").read_bytes())
    assert Report.from_json(shipped).to_json() == shipped
    with pytest.raises((ReportError, ValueError)):
        Report.from_json(shipped | change)


def test_a_report_of_more_than_a_minute_says_how_long_it_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the parts so far took: a part of weight 3 for each of weight 1 makes a quarter of the whole."""
    now = iter((0.0, 0.0, 5.0, 50.0, 190.0))
    monkeypatch.setattr("vaeexplorer.analysis.report.measurements.time.perf_counter", lambda: next(now))
    heard: list[str] = []
    step = measurements.Steps(lambda share, what: heard.append(what), 8)
    step("begins")
    step("soon done", 3)  # 1 of 8 after 5 s: 40 s in all
    step("half")  # 4 of 8 after 50 s
    step("most", 3)  # 5 of 8 after 190 s
    assert heard == ["begins", "soon done", "half: about a minute more", "most: about 2 minutes more"]


@pytest.mark.usefixtures("idle_classifier")
def test_progress_is_told_and_can_stop_the_work() -> None:
    shares: list[float] = []
    report(perfect(count=200), on_progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.9 < shares[-1] <= 1

    def stop(share: float, what: str) -> None:
        if share > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        report(perfect(count=200), on_progress=stop)


def bad(**change: object) -> dict[str, object]:
    return {"codes": np.random.default_rng(0).standard_normal((200, 2))} | change


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (bad(codes=np.full((200, 2), np.nan)), "not all finite"),
        (bad(codes=np.zeros((200, 2))), "never vary in dimension 1, 2"),
        (bad(codes=np.zeros((99, 2))), "at least 100 codes, not 99"),
        (bad(codes=np.zeros((200, 257))), "1 to 256 dimensions, not 257"),
        (bad(codes=np.zeros((200, 0))), "1 to 256 dimensions, not 0"),
        (bad(codes=np.zeros(200)), r"\[N, D\]"),
        (bad(codes=Codes(np.zeros((200, 2)), np.zeros((200, 3)))), "Log variances must be"),
        (bad(codes=Codes(np.zeros((200, 2)), np.full((200, 2), 99.0))), "between -60 and 60"),
        (bad(codes=Codes(np.zeros((200, 2)), np.full((200, 2), np.inf))), "Log variances are not all finite"),
        (bad(prior_samples=np.zeros((500, 3))), r"Prior samples must be \[M, 2\]"),
        (bad(prior_samples=np.zeros((50, 2))), "at least 200"),
        (bad(decode=lambda z: z * np.nan), "not all finite"),
        (bad(decode=lambda z: z, images=np.zeros((20, 2))), "at least 100 images, not 20"),
        (bad(decode=lambda z: z[:, 0], images=np.zeros((200, 2))), "do not match"),
    ],
)
def test_bad_input_is_a_sentence(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        vx.report(**arguments)  # type: ignore[arg-type]
