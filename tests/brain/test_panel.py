"""The connectivity panel: correlations as NumPy gives them, a place among named people, and silence where it cannot speak."""

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.panel import panel_view
from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.check_panels import check_panels
from painloom.knowledge.load import Knowledge, load
from painloom.knowledge.panels import read_panel, read_panels
from painloom.model.brain import SCORED, WITHHELD

CARD = read_panels(load().files("panels"))["pain-circuits"]
SMALL, LARGE = CARD.atlases
HEADER = list(SMALL.header)
NAMES = sorted({name for names in LARGE.names.values() for name in names})
CASES = Path(__file__).resolve().parents[3] / "shared" / "brain" / "cases"
REFERENCED = {"salience", "insula-default", "default-mode", "sensorimotor-insula", "sensorimotor-thalamus", "reward"}


def noise(columns, volumes=200, seed=0):
    return np.random.default_rng(seed).standard_normal((volumes, columns))


def still(volumes=200):
    return np.zeros(volumes)


def view(values, names=None, fd=None, card=CARD):
    fd = still(len(values)) if fd is None else fd
    return panel_view(card, "sub-01", HEADER if names is None else names, values, fd)


def by_id(panel):
    return {c.id: c for c in panel.connections}


def by_hand(values, first, second):
    """The same number in another way: z-scores by ddof 0, means, np.corrcoef."""
    ends = []
    for columns in (first, second):
        block = values[:, columns]
        ends.append(np.mean([(c - c.mean()) / c.std() for c in block.T], axis=0))
    return np.corrcoef(*ends)[0, 1]


def test_the_card_holds_together():
    assert list(check_panels(load())) == []


def test_correlations_are_those_of_numpy():
    values = noise(123) * np.linspace(0.1, 900, 123) + 5

    found = by_id(view(values))

    for pair in CARD.pairs:
        if pair.id in REFERENCED:
            expected = by_hand(values, list(SMALL.positions[pair.first]), list(SMALL.positions[pair.second]))
            assert found[pair.id].r == pytest.approx(expected, abs=1e-12)


def test_a_planted_correlation_is_found_with_its_interval():
    values = noise(123, volumes=400, seed=1)
    values[:, 67] = 0.8 * values[:, [19, 30, 31]].mean(axis=1) * np.sqrt(3) + 0.6 * values[:, 0]

    reward = by_id(view(values))["reward"]

    assert reward.r == pytest.approx(0.8, abs=0.06)
    half = 1.959963984540054 / np.sqrt(400 - 3)
    assert reward.r_low == pytest.approx(np.tanh(np.arctanh(reward.r) - half), abs=1e-12)
    assert reward.r_high == pytest.approx(np.tanh(np.arctanh(reward.r) + half), abs=1e-12)


@given(st.integers(0, 122), st.floats(0.01, 1000), st.floats(-1e4, 1e4))
@settings(max_examples=30, deadline=None)
def test_scale_and_offset_of_a_column_change_nothing(column, scale, offset):
    values = noise(123, volumes=120)
    other = values.copy()
    other[:, column] = scale * other[:, column] + offset

    before, after = by_id(view(values)), by_id(view(other))

    for name in REFERENCED:
        assert before[name].r == pytest.approx(after[name].r, abs=1e-6)


@given(st.lists(st.floats(0, 0.6), min_size=150, max_size=150))
@settings(max_examples=30, deadline=None)
def test_scrubbing_is_dropping_those_volumes(motion):
    fd, values = np.array(motion), noise(123, volumes=150)
    kept = fd <= CARD.scrub_mm
    free = replace(CARD, mean_fd_mm=9.0, least_volumes=4)
    if kept.sum() < 4:
        return

    whole, cut = by_id(view(values, fd=fd, card=free)), by_id(view(values[kept], fd=fd[kept], card=free))

    assert {name: c.r for name, c in whole.items()} == pytest.approx({name: c.r for name, c in cut.items()}, abs=1e-12, nan_ok=True)


def test_a_pole_that_the_atlas_lacks_is_withheld_and_not_replaced():
    for names, values in ((HEADER, noise(123)), (NAMES, noise(len(NAMES)))):
        descending = by_id(view(values, names))["descending"]

        assert (descending.status, descending.r, descending.place) == (WITHHELD, None, None)
        assert descending.reason == "periaqueductal grey: not in this atlas"


def test_columns_in_another_order_are_refused():
    order = np.random.default_rng(3).permutation(123)

    with pytest.raises(InputError, match="not in its order"):
        view(noise(123)[:, order], [HEADER[n] for n in order])


@pytest.mark.parametrize("change", ["drop the first", "one more", "swap two"])
def test_a_header_that_is_nearly_right_is_refused(change):
    names = {"drop the first": HEADER[1:], "one more": [*HEADER, "x"], "swap two": [HEADER[1], HEADER[0], *HEADER[2:]]}[change]

    with pytest.raises(InputError, match="not in its order"):
        view(noise(len(names)), names)


def test_columns_by_name_may_stand_in_any_order():
    values, order = noise(len(NAMES)), np.random.default_rng(3).permutation(len(NAMES))

    one, other = view(values, NAMES), view(values[:, order], [NAMES[n] for n in order])

    assert {n: c.r for n, c in by_id(one).items()} == pytest.approx({n: c.r for n, c in by_id(other).items()}, abs=1e-12)


def test_an_atlas_without_reference_people_has_r_and_no_place():
    for connection in view(noise(len(NAMES)), NAMES).connections:
        if connection.id in REFERENCED:
            assert connection.status == SCORED
            assert (connection.z, connection.place) == (None, None)
            assert "no reference people" in connection.reason


def test_a_missing_or_doubled_name_withholds_only_its_own_connections():
    lost = LARGE.names["accumbens"][0]
    names = [name for name in NAMES if name != lost]

    found = by_id(view(noise(len(names)), names))

    assert f"'{lost}' is missing" in found["reward"].reason
    assert found["salience"].status == SCORED
    doubled = [*NAMES, lost]
    assert "stands twice" in by_id(view(noise(len(doubled)), doubled))["reward"].reason


def test_columns_of_another_atlas_are_withheld():
    panel = view(noise(7), list("abcdefg"))

    assert {c.status for c in panel.connections} == {WITHHELD}
    assert "fit none of the atlases" in panel.connections[0].reason


@pytest.mark.parametrize("value", [0.0, 5.0, -1e9, 1e-300])
def test_a_constant_column_withholds_its_connections(value):
    values = noise(123)
    values[:, 67] = value

    found = by_id(view(values))

    assert found["reward"].reason == "a column of one of its poles is constant"
    assert found["salience"].status == SCORED


def test_a_column_that_is_constant_only_after_the_scrub_is_seen():
    values, fd = noise(123), still()
    values[10:, 67] = 3.0
    fd[:10] = 0.5

    assert by_id(view(values, fd=fd))["reward"].status == WITHHELD


def test_a_region_that_is_not_covered_is_withheld():
    values = noise(123)
    values[5, 52] = np.nan

    found = by_id(view(values))

    assert "not covered" in found["salience"].reason
    assert found["reward"].status == SCORED


def test_poles_that_carry_the_same_signal_are_withheld():
    values = noise(123)
    values[:, [52, 89, 91, 108]] = values[:, [52]]

    assert by_id(view(values))["salience"].reason == "both poles carry the same signal"


@pytest.mark.parametrize(
    ("fd", "gate"),
    [
        (None, "motion was not given"),
        (np.full(200, 0.151), "volumes left"),
        (np.r_[np.full(101, 0.0), np.full(99, 0.31)], "mean displacement 0.153 mm, limit 0.15 mm"),
        (np.r_[np.full(99, 0.0), np.full(101, 0.2)], "99 of 200 volumes left"),
    ],
)
def test_a_failed_gate_withholds_everything_with_its_numbers(fd, gate):
    panel = panel_view(CARD, "sub-01", HEADER, noise(123), fd)

    assert {c.status for c in panel.connections} == {WITHHELD}
    assert all(gate in c.reason and c.r is None for c in panel.connections)
    assert not all(g.is_passed for g in panel.gates)


def test_the_gates_hold_at_their_limits():
    fd = np.r_[np.zeros(100), np.full(50, 0.15), np.full(50, 0.45)]
    panel = view(noise(123), fd=fd)

    assert [g.is_passed for g in panel.gates] == [True, True]
    assert [g.value for g in panel.gates] == pytest.approx([0.15, 150])


HOSTILE = {
    "one dimension": (np.zeros(123), still(123)),
    "three dimensions": (np.zeros((2, 3, 123)), still(2)),
    "columns and names": (noise(122), still()),
    "infinite": (np.where(np.eye(200, 123) > 0, np.inf, 0.0), still()),
    "short motion": (noise(123), still(199)),
    "long motion": (noise(123), still(201)),
    "table of motion": (noise(123), np.zeros((200, 1))),
    "negative motion": (noise(123), np.r_[-0.1, still(199)]),
    "missing motion": (noise(123), np.r_[np.nan, still(199)]),
    "infinite motion": (noise(123), np.r_[still(199), np.inf]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_shapes_are_refused_in_one_line(what):
    values, fd = HOSTILE[what]

    with pytest.raises(InputError) as refused:
        panel_view(CARD, "sub-01", HEADER, values, fd)

    assert str(refused.value).startswith("sub-01: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("volumes", [0, 1, 3, 99])
def test_too_few_volumes_are_withheld_not_divided_by(volumes):
    assert {c.status for c in view(noise(123, volumes=volumes)).connections} == {WITHHELD}


def test_percentile_and_z_are_those_of_the_reference():
    values = noise(123, volumes=400, seed=1)
    values[:, 67] += values[:, [19, 30, 31]].sum(axis=1)
    reward = by_id(view(values))["reward"]
    people = np.array(CARD.reference(SMALL.id, "reward").values)
    z = np.arctanh(reward.r)

    assert reward.z == pytest.approx((z - people.mean()) / people.std(ddof=1), abs=1e-4)
    assert reward.place.percentile == pytest.approx(100 * (people < z).mean(), abs=1e-9)
    assert (reward.place.count, reward.place.cohort) == (80, "both")
    assert "not your scanner" in reward.place.note


def test_the_view_says_what_it_is_not():
    panel = view(noise(123))

    assert panel.claim == "research"
    assert any("no diagnosis" in line for line in panel.warnings)
    assert any("scanner" in line for line in panel.warnings)
    assert any("independent" in line for line in panel.warnings)
    assert panel.card == ("pain-circuits", CARD.release)


@pytest.mark.parametrize("reference", [r for r in CARD.references if r.cohort == "both"], ids=lambda r: r.connection)
def test_the_reference_is_its_own_mean_and_spread(reference):
    people = np.array(reference.values)

    assert reference.mean == pytest.approx(people.mean(), abs=1e-5)
    assert reference.sd == pytest.approx(people.std(ddof=1), abs=1e-5)
    sites = [np.array(r.values) for r in CARD.references if r.connection == reference.connection and r.cohort != "both"]
    assert sorted(np.concatenate(sites)) == sorted(people)


def person(cohort, number):
    if not CASES.is_dir():
        pytest.skip("reference material (../shared/brain) is not here")
    series = sorted((CASES / cohort / "timeseries").glob("*.tsv.gz"))[number]
    with gzip.open(series, "rt", encoding="utf-8") as file:
        names, *rows = list(csv.reader(file, delimiter="\t"))
    motion = next((CASES / cohort / "motion").glob(f"{series.name.split('_')[0]}_*"))
    return names, np.array(rows, dtype=float), np.loadtxt(motion)


@pytest.mark.parametrize(("cohort", "number"), [("rpn-essen", 1), ("rpn-bochum", 1)])
def test_people_of_the_reference_find_themselves_in_it(cohort, number):
    names, values, fd = person(cohort, number)
    kept = fd <= 0.15

    for connection in panel_view(CARD, "x", names, values, fd).connections:
        if connection.id in REFERENCED:
            pair = next(p for p in CARD.pairs if p.id == connection.id)
            r = by_hand(values[kept], list(SMALL.positions[pair.first]), list(SMALL.positions[pair.second]))
            own = next(r for r in CARD.references if (r.cohort, r.connection) == (cohort, pair.id))
            assert connection.r == pytest.approx(r, abs=1e-12)
            assert np.abs(np.array(own.values) - np.arctanh(r)).min() < 1e-6


def test_the_header_is_the_one_of_the_real_series():
    assert person("rpn-essen", 0)[0] == HEADER
    assert len(HEADER) - len(set(HEADER)) == 4


def own_card(tmp_path, change=lambda text: text, columns=None, reference=None):
    folder = tmp_path / "panels"
    folder.mkdir()
    source = load().files("panels")["pain-circuits"]
    path = folder / source.name
    path.write_text(change(source.read_text(encoding="utf-8")), encoding="utf-8")
    for ending, text in ((".columns.tsv", columns), (".reference.tsv", reference)):
        path.with_suffix(ending).write_text(
            source.with_suffix(ending).read_text(encoding="utf-8") if text is None else text, encoding="utf-8"
        )
    return path


ROW = "cohort\tatlas\tconnection\tcount\tmean\tsd\tvalues\n"
BROKEN = {
    "pole without description": {"change": lambda t: t.replace('first = "pag"', 'first = "pig"')},
    "unknown claim": {"change": lambda t: t.replace('claim = "research"', 'claim = "sure"')},
    "by guess": {"change": lambda t: t.replace('by = "name"', 'by = "guess"')},
    "positions with a gap": {"columns": "atlas\tposition\tname\tpoles\nmist-122\t1\ta\t.\n"},
    "unsorted values": {"reference": ROW + "both\tmist-122\tsalience\t2\t0\t1\t2;1\n"},
    "count": {"reference": ROW + "both\tmist-122\tsalience\t3\t0\t1\t1;2\n"},
    "no spread": {"reference": ROW + "both\tmist-122\tsalience\t2\t0\t0\t1;2\n"},
    "words": {"reference": ROW + "both\tmist-122\tsalience\t2\tx\t1\t1;2\n"},
    "unknown cohort": {"reference": ROW + "mine\tmist-122\tsalience\t2\t0\t1\t1;2\n"},
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_malformed_card_is_refused(tmp_path, what):
    path = own_card(tmp_path, **BROKEN[what])

    with pytest.raises(KnowledgeError):
        read_panel(path)


def test_a_reference_of_too_few_people_gives_no_place(tmp_path):
    card = read_panel(own_card(tmp_path, reference=ROW + "both\tmist-122\tsalience\t2\t0\t1\t1;2\n"))

    salience = by_id(view(noise(123), card=card))["salience"]

    assert (salience.status, salience.z, salience.place) == (SCORED, None, None)


def test_the_check_sees_poles_that_share_a_column(tmp_path):
    own_card(
        tmp_path,
        lambda text: text.replace('first = "mpfc"\nsecond = "pcc"', 'first = "mpfc"\nsecond = "default"').replace("yu-2014", "nobody"),
    )

    lines = list(check_panels(Knowledge(overlay=tmp_path)))

    assert len(lines) == 3
    assert sum("share a column" in line for line in lines) == 2
    assert any("'nobody'" in line for line in lines)
