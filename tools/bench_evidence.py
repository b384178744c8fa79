"""Benchmarks of the evidence: every treatment for one person, a thousand meta-analyses against statsmodels, and the pooling command."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench_measure import BIN, NOTHING, Row, best_of, fastest
from painloom.knowledge.load import load
from painloom.response.model import build_model
from painloom.response.pool import pool_dl, pool_reml
from painloom.response.predict import Asker, predict

ANALYSES, STUDIES = 1_000, 20
PERSON_MS, POOL_SECONDS, AGREED = 50.0, 0.5, 1e-6
Array = npt.NDArray[np.float64]


def analyses(count: int = ANALYSES) -> tuple[Array, Array]:
    """Invented meta-analyses: effects and standard errors, (analyses, studies), with variance between studies in most of them."""
    draw = np.random.default_rng(20261124)
    errors = draw.uniform(0.05, 0.5, (count, STUDIES))
    spread = draw.uniform(0, 0.4, (count, 1))
    return draw.normal(0.3, np.hypot(errors, spread)), errors


def loop(effects: Array, errors: Array) -> list[Any]:
    """statsmodels' results, one analysis after the other: the moment estimator."""
    from statsmodels.stats.meta_analysis import combine_effects  # type: ignore[import-untyped]

    with warnings.catch_warnings():  # it takes roots of negative variances where studies agree better than chance
        warnings.simplefilter("ignore")
        return [combine_effects(values, variances, method_re="chi2") for values, variances in zip(effects, errors**2, strict=True)]


def difference(effects: Array, errors: Array, results: list[Any]) -> float:
    """Largest difference of a moment mean, or of an end of its interval, from statsmodels where its variance is not negative."""
    dl = pool_dl(effects, errors)
    found = np.stack([dl.estimate, dl.low, dl.high], axis=1)
    apart = [np.abs(found[i] - (r.mean_effect_re, *r.conf_int(use_t=False)[1])).max() for i, r in enumerate(results) if r.tau2 > 0]
    return float(max(apart))


def person_rows() -> list[Row]:
    """Every treatment for one person, in the kind of pain that takes longest: answers of the model kept, and made anew."""
    knowledge = load()
    book, cards, kinds = knowledge.evidence, knowledge.treatments, knowledge.conditions
    model = build_model(book, cards, kinds)
    askers = {id_: Asker(((id_, id_),), pain_0_10=6.0) for id_ in kinds.indications}
    counts = {id_: len(predict(asker, model).outlooks) for id_, asker in askers.items()}
    slowest = max(askers, key=lambda id_: fastest(2, lambda: predict(askers[id_], model)))

    def first() -> None:
        model._known.clear()
        predict(askers[slowest], model)

    warm = fastest(7, lambda: predict(askers[slowest], model)) * 1000
    cold, joined = fastest(7, first) * 1000, fastest(5, lambda: build_model(book, cards, kinds)) * 1000
    note = f"the slowest kind of pain, {slowest}, {counts[slowest]} treatments; joining the book before: {joined:.0f} ms"
    return [
        Row("all treatments for one person", warm, "ms", PERSON_MS, "less", "limit", note),
        Row("  the first person asked of a joined book", cold, "ms", PERSON_MS, "less", "limit"),
    ]


def pooling_rows(folder: Path, count: int = ANALYSES) -> list[Row]:
    """REML with Hartung-Knapp and the moment estimator in one call each, against statsmodels' moment estimator alone in a loop."""
    effects, errors = analyses(count)
    ours = fastest(5, lambda: (pool_reml(effects, errors), pool_dl(effects, errors)))
    moments = fastest(5, lambda: pool_dl(effects, errors))
    theirs = fastest(3, lambda: loop(effects, errors))
    differ = difference(effects, errors, loop(effects, errors))
    table = folder / "studies.csv"
    lines = (f"s{i},{e:.6f},{s:.6f}" for i, (e, s) in enumerate(zip(effects[0], errors[0], strict=True)))
    table.write_text("study,effect,se\n" + "\n".join(lines) + "\n", encoding="utf-8")
    asked = best_of(5, [str(BIN / "painloom"), "evidence", "pool", str(table)])
    note = f"{count:,} x {STUDIES} studies, both methods; the loop does moments only; largest difference of those {differ:.0e}"
    return [
        Row("pooling many analyses, against a statsmodels loop", ours, "s", theirs, "less", "limit", note),
        Row("  moment estimator alone, against the same loop", moments, "s", theirs, "less", "peer"),
        Row("  largest difference from statsmodels", max(differ, NOTHING / 2), "effect", AGREED, "less", "limit"),
        Row("evidence pool, one table", asked.seconds, "s", POOL_SECONDS, "less", "limit", f"{asked.megabytes:.0f} MB"),
    ]


def evidence_rows(folder: Path, count: int = ANALYSES) -> list[Row]:
    """All rows of this file; `folder` takes the table of the command."""
    return [*person_rows(), *pooling_rows(folder, count)]


if __name__ == "__main__":
    import tempfile

    from bench_measure import print_table

    with tempfile.TemporaryDirectory() as place:
        print_table(evidence_rows(Path(place)))
