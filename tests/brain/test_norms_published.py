"""Against the authors' own example: published z-scores (of their second version) and contrasts, and the oracle formula written anew."""

import csv
import gzip
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from painloom.brain.contrast import Contrasts
from painloom.brain.covariates import Scan
from painloom.brain.norms import judge, scan_contrasts, tables_of
from painloom.intake.freesurfer import Morphometry, read_subject
from painloom.intake.statstext import StatsRow, StatsTable
from painloom.knowledge.load import load
from painloom.knowledge.norms import read_norms

KNOWN = Path(__file__).parents[1] / "known_answers" / "norms" / "nomis-v1.tsv"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "brain"
CASES = SHARED / "cases" / "nomis"
AGE, SEX = 46.0, "F"
HEAD_SIZE, HOLES = 1599748.140039, 26.0
MEASURES = {"grayvol": "volume", "surfarea": "area", "thickavg": "thickness"}


def card():
    return read_norms(load().files("norms"))["nomis-v1"]


def table(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def correlation(pairs):
    return float(np.corrcoef(np.array(pairs).T)[0, 1])


@pytest.fixture(scope="module")
def cases():
    if not CASES.is_dir():
        pytest.skip("reference material (../shared) is not here")
    return CASES


def key(row):
    """(region, measure) of a published row as ours names it."""
    if "." not in row["table"]:
        return (row["name"] if row["table"][1:] != "hpcsub" else f"{row['table'][:2]}-{row['name']}"), "volume"
    name, _, kind = row["name"].rpartition("_")
    return f"{row['table'][:2]}-{name}", MEASURES[kind]


def known_person():
    """The example person from the known answers alone: regional values, and the contrasts that were published with them."""
    card_, values, contrasts = card(), defaultdict(lambda: defaultdict(dict)), {}
    wanted = {}
    for row in table(KNOWN):
        region, measure = key(row)
        wanted[(row["table"], region, measure)] = row
        name = row["name"].rpartition("_")[0] if "." in row["table"] else row["name"]
        values[row["table"]][name][measure] = float(row["value"])
    models = [m for t in card_.tables for m in t.linear if (m.place.table, m.place.region, m.place.measure) in wanted]
    for model in models:
        contrasts[model.contrast] = float(wanted[(model.place.table, model.place.region, model.place.measure)]["contrast"])
    values["aseg"]["left-caudate"], values["aseg"]["right-caudate"] = {"volume": 3245.7}, {"volume": 3079.1}
    tables = {id_: StatsTable(id_, id_, {n: StatsRow(n, tuple(v.items())) for n, v in rows.items()}, {}) for id_, rows in values.items()}
    brain = Morphometry(tables, HEAD_SIZE, HOLES, "freesurfer", "6", {})
    return card_, brain, Scan(contrasts=Contrasts(contrasts)), wanted


def test_known_answers_hold_without_the_reference_material():
    card_, brain, scan, wanted = known_person()
    judged = judge(card_, brain, AGE, SEX, scan=scan, tables=tables_of(card_, brain))
    ours = {(j.place.table, j.place.region, j.place.measure): j.row for j in judged}
    deep, cortex = [], []
    for name, row in wanted.items():
        assert ours[name].status == "ok", name
        (deep if name[0] == "aseg" else cortex).append((float(row["z_published"]), ours[name].z))

    assert 27 == len(deep)
    assert 48 == len(cortex)
    assert correlation(deep) >= 0.99
    assert correlation(cortex) >= 0.95


@pytest.fixture(scope="module")
def example(cases):
    brain = read_subject(cases / "sub-nomis1")
    card_ = card()
    tables = tables_of(card_, brain, ["all"])
    return card_, brain, tables, scan_contrasts(card_, brain, tables)


def published_against(example, cases, contrasts, choices=()):
    card_, brain, tables, _ = example
    judged = judge(card_, brain, AGE, SEX, scan=Scan(dict(choices), None, contrasts), tables=tables)
    ours = {(j.place.table, *(j.row.region.lower(), j.row.measure)): j.row.z for j in judged}
    pairs = defaultdict(list)
    for row in table(cases / "published_z.tsv"):
        if row["table"] != "aseg_bigregions":
            pairs[row["table"]].append((float(row["z_published_v2"]), ours[(row["table"], *key(row))]))
    return pairs


def test_measured_contrast_reaches_the_agreement_that_the_norm_is_known_for(example, cases):
    pairs = published_against(example, cases, example[3])
    found = {name: correlation(p) for name, p in pairs.items()}
    cortex = correlation([*pairs["lh.aparc"], *pairs["rh.aparc"]])

    assert 0.996 == pytest.approx(found["aseg"], abs=0.0005)
    assert 0.963 == pytest.approx(cortex, abs=0.0005)
    assert 0.98 == pytest.approx(found["lh.aparc"], abs=0.005)
    assert 0.95 == pytest.approx(found["rh.aparc"], abs=0.005)
    assert min(found.values()) >= 0.95
    assert 27 == len(pairs["aseg"])


def test_imputed_contrast_agrees_less_and_the_true_vendor_as_the_authors_version_one_says(example, cases):
    imputed = published_against(example, cases, Contrasts({}))
    vendor = published_against(example, cases, example[3], {"vendor": "philips"}.items())

    assert 0.993 == pytest.approx(correlation(imputed["aseg"]), abs=0.0005)
    assert 0.950 == pytest.approx(correlation([*imputed["lh.aparc"], *imputed["rh.aparc"]]), abs=0.0005)
    assert 0.993 == pytest.approx(correlation(vendor["aseg"]), abs=0.0005)
    assert 0.950 == pytest.approx(correlation([*vendor["lh.aparc"], *vendor["rh.aparc"]]), abs=0.0005)


def test_contrasts_are_those_the_authors_published(example, cases):
    card_, _, tables, contrasts = example
    published = {(r["table"], r["name"]): float(r["cnr"]) for r in table(cases / "published_cnr.tsv")}
    specs = {(m.place.table, m.place.name): m.contrast for t in tables for m in t.linear}
    compared = 0
    for (where, name), cnr in published.items():
        region = name.removesuffix("_cnr")
        if (where, region) in specs and where != "aseg":
            assert cnr == pytest.approx(contrasts.values[specs[(where, region)]], rel=1e-9), (where, name)
            compared += 1
    aseg = next(t for t in card_.tables if t.id == "aseg").linear[0].contrast

    assert 68 == compared
    assert published[("aseg", "totalgrayvol_cnr")] == pytest.approx(contrasts.values[aseg], rel=1e-9)


def test_every_model_is_there_with_every_digit(cases):
    with gzip.open(SHARED / "sources" / "nomis" / "nomis_v1_coefficients.json.gz", "rt") as file:
        source = json.load(file)["models"]
    ours = {t.id: list(t.linear) for t in card().tables}
    count = 0
    for name, models in source.items():
        family = "hpcsub" if name.endswith("pcsub") else name.removeprefix("lh.").removeprefix("rh.")
        mine = [m for m in ours[family] if m.place.table == name]
        assert len(models) == len(mine)
        for model, (id_, theirs) in zip(mine, models.items(), strict=True):
            assert (theirs["intercept"], theirs["mse"], theirs["cnr_mean"]) == (model.intercept, model.mse, model.contrast_mean), id_
            assert theirs["coef"] == dict(model.terms), id_
            count += 1

    assert 1344 == count


def by_hand(model, age, sex, etiv, holes, cnr, value, options, means, log10):
    """The published formula, written a second time."""
    a, e, s = age - means["age"], etiv - means["etiv"], math.log(holes) - means["surfaceholes"]
    c = cnr - model["cnr_mean"]
    man, field, philips, ge = float(sex == "M"), float(options[0] == "1.5"), float(options[1] == "philips"), float(options[1] == "ge")
    terms = {
        **{f"{n}{p or ''}": v ** (p or 1) for n, v in (("age", a), ("etiv", e), ("surfaceholes", s), ("cnr", c)) for p in (0, 2, 3)},
        "voxel": 1.0,
        "sex_m": man,
        "mfs_15": field,
        "manufacturer_philips": philips,
        "manufacturer_ge": ge,
        "age_x_etiv": a * e,
        "age_x_sex_m": a * man,
        "etiv_x_sex_m": e * man,
        "etiv_x_mfs_15": e * field,
        "mfs_15_x_manufacturer_philips": field * philips,
        "mfs_15_x_manufacturer_ge": field * ge,
    }
    expected = model["intercept"] + sum(v * terms[k] for k, v in model["coef"].items())
    return ((math.log10(value) if log10 else value) - expected) / math.sqrt(model["mse"])


@pytest.mark.parametrize("options", [("3", "siemens"), ("1.5", "ge"), ("1.5", "philips")])
@pytest.mark.parametrize(("age", "sex"), [(18.0, "M"), (46.5, "F"), (100.0, "M")])
def test_z_is_the_formula_written_a_second_time(example, options, age, sex):
    card_, brain, tables, contrasts = example
    with gzip.open(SHARED / "sources" / "nomis" / "nomis_v1_coefficients.json.gz", "rt") as file:
        source = json.load(file)
    scan = Scan({"field": options[0], "vendor": options[1]}, None, contrasts)
    specs = {m.place: m.contrast for t in tables for m in t.linear}
    compared = 0
    for one in judge(card_, brain, age, sex, scan=scan, tables=tables):
        place = one.place
        if place.table not in ("aseg", "lh.aparc", "rh.aparc.a2009s", "wmparc"):
            continue
        kind = {v: k for k, v in MEASURES.items()}[place.measure]
        name = f"{place.name}_{kind}" if "." in place.table else place.name
        model = source["models"][place.table][name]
        cnr = contrasts.values[specs[place]]
        z = by_hand(model, age, sex, HEAD_SIZE, HOLES, cnr, one.row.value, options, source["means"], name in source["log10"])

        assert z == pytest.approx(one.row.z, abs=1e-9), place
        compared += 1

    assert compared == 29 + 102 + 222 + 68
