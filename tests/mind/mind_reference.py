"""Where the reference material of the mind stream lies, and a slow second engine written from the published description alone."""

import csv
import json
import math
from pathlib import Path

import pytest

from painloom.model.bank import BankItem, ItemBank, StopRule

MATERIAL = Path(__file__).resolve().parents[3] / "shared" / "mind"
needs_material = pytest.mark.skipif(not MATERIAL.is_dir(), reason="the reference material does not lie beside the project")
PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "mind" / "cases" / "cat"


def bank(*items, prior=(0.0, 1.0), stop=(0.3, 1, 99), higher_is=""):
    """A bank from (a, b) pairs; items are called x1, x2, ..."""
    made = tuple(BankItem(f"x{n}", a, tuple(b)) for n, (a, b) in enumerate(items, start=1))
    return ItemBank("made", made, prior, StopRule(*stop), higher_is=higher_is)


def table(path):
    """A TSV or CSV as a list of dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def calibrated(name, key="item_id", slope="a", thresholds=("cb1", "cb2", "cb3", "cb4")):
    """Items of a calibrated bank by id."""
    rows = table(MATERIAL / "sources" / "item-banks" / name)
    return {r[key]: BankItem(r[key], float(r[slope]), tuple(float(r[b]) for b in thresholds if r[b])) for r in rows}


def logistic(x):
    return 1 / (1 + math.exp(-x))


def share(a, b, category, theta):
    """P of a category as the textbook writes it; both terms are turned round where they are near 1, to keep the digits."""
    above = [math.inf, *(a * (theta - x) for x in b), -math.inf]
    high, low = above[category], above[category + 1]
    if low > 0:
        high, low = -low, -high
    return logistic(high) - (0.0 if low < -700 else logistic(low))


def fisher(a, b, theta):
    """Item information as the textbook writes it; a category without any probability adds nothing."""
    edges = [1.0, *(logistic(a * (theta - x)) for x in b), 0.0]
    slopes = [p * (1 - p) for p in edges]
    shares = [share(a, b, k, theta) for k in range(len(b) + 1)]
    return a**2 * sum((slopes[k] - slopes[k + 1]) ** 2 / p for k, p in enumerate(shares) if p > 0)


def slow_test(made, answers, select="mpwi"):
    """The adaptive test in plain Python: lists, no arrays, no logarithms.  Yields (item, response, theta, se)."""
    grid = [-4 + 0.1 * i for i in range(81)]
    mean, sd = made.prior
    posterior = [math.exp(-0.5 * ((t - mean) / sd) ** 2) for t in grid]
    theta, left, asked = mean, list(made.items), 0
    while left and asked < made.stop.most:
        if select == "mpwi":
            worth = [sum(fisher(i.a, i.b, t) * w for t, w in zip(grid, posterior, strict=True)) for i in left]
        else:
            worth = [fisher(i.a, i.b, theta) for i in left]
        item = left.pop(worth.index(max(worth)))
        if item.id not in answers:
            continue
        asked += 1
        posterior = [w * share(item.a, item.b, answers[item.id], t) for t, w in zip(grid, posterior, strict=True)]
        total = sum(posterior)
        posterior = [w / total for w in posterior]
        theta = sum(t * w for t, w in zip(grid, posterior, strict=True))
        se = math.sqrt(sum((t - theta) ** 2 * w for t, w in zip(grid, posterior, strict=True)))
        yield item.id, answers[item.id], theta, se
        if asked >= made.stop.least and se <= made.stop.se:
            return


def written(folder, record, name="BANK.json"):
    """A JSON file in `folder`."""
    path = folder / name
    path.write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    return path
