import json

import pytest

from vaeexplorer.__main__ import main
from vaeexplorer.analysis.linear import vae as linear_vae
from vaeexplorer.commands import linear


def test_linear_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["linear", "--dataset", "mnist", "--k", "8", "--json"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert said.err == ""
    assert document["schema"] == 1
    assert document["source"] == "all 60,000 training images"
    assert document["pca"]["train_error_per_pixel"] == pytest.approx(0.03786522, abs=1e-8)
    assert document["pca"]["test_error_per_pixel"] == pytest.approx(0.03744100, abs=1e-8)
    ae = document["linear_autoencoder"]
    assert abs(ae["relative_excess"]) < 1e-10
    assert ae["largest_angle_degrees"] < 0.01
    assert ae["least_cosine_with_principal_axes"]["recovered"] > 0.9999
    assert ae["least_cosine_with_principal_axes"]["singular"] < 0.9
    vae = document["linear_vae"]
    assert ae["converged"] is vae["converged"] is True
    assert vae["train_elbo"] == pytest.approx(vae["train_log_likelihood"], abs=1e-4)
    assert vae["kl_per_dimension"] == pytest.approx(vae["kl_per_dimension_closed_form"], abs=1e-4)
    assert (vae["active_at_half"], vae["active_at_one"]) == (23, 12)


def test_linear_for_people_names_the_images(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["linear", "--k", "2"]) == 0
    assert "all 60,000 training images" in capsys.readouterr().out
    assert main(["linear", "--k", "2", "--from-images"]) == 0
    said = capsys.readouterr().out
    assert "10,000 training images" in said
    assert "0.055952" not in said  # that of the full set


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--k", "0"], "k must be 1 to 783"),
        (["--k", "785"], "k must be 1 to 783"),
        (["--k", "750", "--from-images"], "is rounding"),
        (["--dataset", "cifar"], "fashion-mnist"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["linear", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert said.err.count("vaeexplorer:") == 1


# scikit-learn/scikit-learn#4441, scikit-learn/scikit-learn#8544: PCA's likelihood where what is left out is rounding
@pytest.mark.parametrize("k", [682, 783])
def test_where_what_is_left_out_is_rounding_nothing_is_trained(k: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["linear", "--k", str(k)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"k must be 1 to 681, not {k}: what more axes leave out of these images is rounding." in said.err


def test_what_has_not_converged_says_so_and_shows_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = linear_vae.train_linear_vae
    monkeypatch.setattr(linear_vae, "train_linear_vae", lambda *a, **kw: original(*a, **kw, steps=1))
    monkeypatch.setattr(linear, "SLOW", 12)
    assert main(["linear", "--k", "12", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["linear_vae"]["converged"] is False
    assert "The linear VAE has not converged" in said.err
    assert "linear VAE, k = 12" in said.err
