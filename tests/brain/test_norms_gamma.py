"""A norm that a clinic brings itself: generalised gamma with invented parameters, against SciPy's own distribution."""

import math

import pytest
from freesurfer_builder import CORTEX, aparc, subject_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.gengamma import Shape, evaluate, place, quantile, transformed_age
from painloom.brain.norms import norm_view
from painloom.errors import InputError, KnowledgeError
from painloom.intake.freesurfer import read_subject
from painloom.knowledge.norm_tables import Curve
from painloom.knowledge.norms import read_norms

stats = pytest.importorskip("scipy.stats")

CARD = """
schema = 1
release = "2026-11"
id = "own"
kind = "generalised-gamma"
label = "An invented norm"
licence = "our own"
claim = "research"
state = "to-verify"
sources = ["painloom-own-choice"]
ages = [0, 100]
age_days = [365.245, 280]
default = [["cortex"]]
[[table]]
id = "cortex"
label = "invented"
"""
HEADER = ["table", "file", "part", "name", "region", "measure", "factor", "mu", "mu_sex", "sigma", "sigma_sex", "nu"]
ROW = [
    "cortex",
    "lh.aparc+rh.aparc",
    "rows",
    "insula",
    "insula",
    "volume",
    "0.0001",
    "-1.2;1:0.1;-2:0.5;-2:-0.3",
    "0.05",
    "-2.0;0:0.1",
    ".",
    "0.7",
]


def write(folder, rows=(ROW,), text=CARD, header=HEADER):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.toml").write_text(text)
    (folder / "own.cortex.tsv").write_text("".join("\t".join(cells) + "\n" for cells in (header, *rows)))
    return {"own": folder / "own.toml"}


def peer(shape):
    """SciPy's generalised gamma with the same parameters."""
    theta = 1 / (shape.sigma * shape.nu) ** 2
    return stats.gengamma(a=theta, c=shape.nu, scale=shape.mu * theta ** (-1 / shape.nu))


SHAPES = st.builds(Shape, st.floats(0.5, 20), st.floats(0.03, 0.6), st.sampled_from([-2.0, -0.7, -0.2, 0.2, 1.0, 2.5]))


@settings(max_examples=100, deadline=None)
@given(SHAPES, st.floats(0.01, 0.99))
def test_centile_z_and_quantile_are_those_of_the_distribution(shape, share):
    value = float(peer(shape).ppf(share))
    centile, z = place(value, shape)

    assert 100 * share == pytest.approx(centile, abs=1e-6)
    assert float(stats.norm.ppf(share)) == pytest.approx(z, abs=1e-7)
    assert value == pytest.approx(quantile(share, shape), rel=1e-8)


@settings(max_examples=50, deadline=None)
@given(SHAPES, st.floats(0.3, 3), st.floats(1.0001, 1.5))
def test_a_larger_value_never_has_a_lower_centile(shape, ratio, more):
    low, high = place(shape.mu * ratio, shape), place(shape.mu * ratio * more, shape)

    assert low[0] <= high[0]
    assert low[1] <= high[1]


def test_far_tails_keep_their_z_on_both_sides():
    shape = Shape(1.0, 0.1, 1.0)

    assert float(stats.norm.isf(peer(shape).sf(1.75))) == pytest.approx(place(1.75, shape)[1], rel=1e-6)
    assert float(stats.norm.ppf(peer(shape).cdf(0.45))) == pytest.approx(place(0.45, shape)[1], rel=1e-6)


@pytest.mark.parametrize(
    ("powers", "by_hand"),
    [
        (((2.0, 1.0),), lambda x: x**2),
        (((0.0, 1.0),), math.log),
        (((-2.0, 1.0), (-2.0, 1.0)), lambda x: x**-2 + x**-2 * math.log(x)),
        (((0.5, 1.0), (0.5, 1.0), (0.5, 1.0)), lambda x: x**0.5 * (1 + math.log(x) + math.log(x) ** 2)),
        (((0.0, 1.0), (0.0, 1.0)), lambda x: math.log(x) + math.log(x) ** 2),
        (((1.0, 1.0), (3.0, 2.0)), lambda x: x + 2 * x**3),
    ],
)
def test_repeated_powers_are_multiplied_by_the_logarithm(powers, by_hand):
    x = 1.7

    assert math.exp(0.3 + by_hand(x)) == pytest.approx(evaluate(Curve(0.3, powers, 0.5), x, is_man=False))
    assert math.exp(0.8 + by_hand(x)) == pytest.approx(evaluate(Curve(0.3, powers, 0.5), x, is_man=True))


def test_a_clinics_norm_is_judged_as_worked_out_by_hand(tmp_path):
    folder = subject_folder(tmp_path / "s")
    (folder / "stats" / "rh.aparc.stats").write_text(aparc("rh", CORTEX | {"insula": (2300, 7200, 3.0)}))
    found = norm_view(read_norms(write(tmp_path / "norms"))["own"], read_subject(folder), 40.0, "M")
    x = math.log(365.245 * 40 + 280)
    mu = math.exp(-1.2 + 0.05 + 0.1 * x + 0.5 * x**-2 - 0.3 * x**-2 * math.log(x))
    shape = Shape(mu, math.exp(-2.0 + 0.1 * math.log(x)), 0.7)
    row = found.rows[0]

    assert x == transformed_age(40.0, (365.245, 280.0))
    assert ("insula", 7000.0, "mm3", "ok") == (row.region, row.value, row.unit, row.status)
    assert float(stats.norm.ppf(peer(shape).cdf(0.7))) == pytest.approx(row.z, abs=1e-8)
    assert peer(shape).median() / 1e-4 == pytest.approx(row.expected, rel=1e-9)
    assert (None, None) == (row.z_low, row.z_high)


def test_one_side_missing_is_withheld_and_never_a_mean_of_one(tmp_path):
    folder = subject_folder(tmp_path / "s")
    (folder / "stats" / "rh.aparc.stats").unlink()
    row = norm_view(read_norms(write(tmp_path / "norms"))["own"], read_subject(folder), 40.0, "F").rows[0]

    assert (None, "withheld: its file is not in the folder") == (row.z, row.status)


def test_a_distance_beyond_floating_point_is_withheld(tmp_path):
    rows = [[*ROW[:7], "-30", *ROW[8:]]]
    row = norm_view(read_norms(write(tmp_path / "norms", rows))["own"], read_subject(subject_folder(tmp_path / "s")), 40.0, "F").rows[0]

    assert (None, "withheld: farther from the norm than can be computed") == (row.z, row.status)


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("nu", "0", "nu other than 0"),
        ("factor", "-1", "positive factor"),
        ("mu", "a;1:2", "'a' is no number"),
        ("mu", "1;1", "is no number"),
        ("part", "middle", "needs a part"),
        ("measure", "weight", "a measure of"),
    ],
)
def test_a_malformed_row_is_refused_when_it_is_read(tmp_path, column, cell, says):
    row = [cell if name == column else old for name, old in zip(HEADER, ROW, strict=True)]
    card = read_norms(write(tmp_path / "norms", [row]))["own"]
    with pytest.raises(KnowledgeError, match=says):
        card.tables[0].gamma  # noqa: B018


@pytest.mark.parametrize("days", [(1.0, 0.0), (0.0, 1.0), (-5.0, 3.0)])
def test_an_age_without_a_positive_logarithm_is_the_cards_fault(days):
    with pytest.raises(KnowledgeError, match="age_days"):
        transformed_age(1.0, days)


def test_a_parameter_that_overflows_is_the_cards_fault():
    with pytest.raises(KnowledgeError, match="beyond what can be computed"):
        evaluate(Curve(0.0, ((3.0, 1e6),), 0.0), 9.0, is_man=False)


def test_without_scipy_the_answer_names_what_to_install(monkeypatch):
    import builtins

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", lambda name, *a, **k: _absent() if name == "scipy" else real(name, *a, **k))
    with pytest.raises(InputError, match=r"painloom\[brain\]"):
        place(1.0, Shape(1.0, 0.1, 1.0))


def _absent():
    raise ImportError
