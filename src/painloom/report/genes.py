"""The gene table: what was seen, what it was called, what was missed."""

from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from painloom.model.genecall import NOT_CALLED, GeneCall, Reading, SiteView
from painloom.report.basis import site_counts
from painloom.report.figures import allele_strip
from painloom.report.lookup import Lookup
from painloom.report.views import Mark
from painloom.report.wording import listing, sentence

ALTERNATIVES_SHOWN = 20
STATUS_TONES = {"called": "fine", "ambiguous": "caution", "not_called": "unknown"}
OUTSIDE = "outside call"  # the origin of a call that a laboratory made


@dataclass(frozen=True, slots=True)
class BodyReading:
    """Phenotype and score of the best diplotype for the bodies that say the same; `spread` where others read differently."""

    bodies: str
    phenotype: str
    score: str
    functions: str
    spread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """Sites in one state: `rows` are (label, observed), `labels` the sites that need no row of their own."""

    state: str
    reason: str
    count: int
    rows: tuple[tuple[str, str], ...]
    labels: str


@dataclass(frozen=True, slots=True)
class GeneRow:
    """One gene as the page shows it."""

    anchor: str
    gene: str
    mark: Mark
    diplotype: str
    more: str
    alternatives: tuple[tuple[str, str], ...]
    cut: str
    readings: tuple[BodyReading, ...]
    counts: str
    strip: Markup
    groups: tuple[SiteGroup, ...]
    missing: str
    notes: tuple[str, ...]
    reason: str
    to_get: str
    structural: tuple[tuple[str, str, str], ...]
    components: str
    origin: str
    card: str
    quality: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GeneTable:
    """Rows that the drugs taken now depend on, and the others; all in `now` where no drug taken now has a gene.

    `rest` are (anchor, gene) of those that nobody looked at because only a laboratory's results were given: one line for all.
    """

    now: tuple[GeneRow, ...]
    other: tuple[GeneRow, ...]
    other_title: str
    rest: tuple[tuple[str, str], ...] = ()
    rest_title: str = ""


def ordered_calls(lookup: Lookup) -> list[tuple[int, GeneCall]]:
    """Genes that are not research only, with their position: those of the current drugs first, then by status."""
    wanted = _wanted(lookup)
    order = ("called", "ambiguous", "not_called")
    rows = [(n, call) for n, call in enumerate(lookup.assessment.calls, 1) if call.claim != "research"]
    rows.sort(key=lambda row: (row[1].gene not in wanted, order.index(row[1].status) if row[1].status in order else 9))
    return rows


def gene_table(lookup: Lookup) -> GeneTable | None:
    """A row for every gene of `ordered_calls`; None where there is none."""
    wanted = _wanted(lookup)
    now: list[GeneRow] = []
    other: list[GeneRow] = []
    left = {call.gene for call in unread_calls(lookup)}
    rows = ordered_calls(lookup)
    rest = tuple((f"gene-{n}", call.gene) for n, call in rows if call.gene in left)
    for n, call in rows:
        if call.gene in left:
            continue
        (now if call.gene in wanted else other).append(_row(call, f"gene-{n}", lookup))
    if not now:
        now, other = other, []
    words = [row.mark.word for row in other]
    counts = ", ".join(lookup.words("group.counts", n=words.count(word), word=word) for word in dict.fromkeys(words))
    title = lookup.words.counted("table.genes_more", len(other), counts=counts)
    rest_title = lookup.words.counted("unknown.genes", len(rest))
    return GeneTable(tuple(now), tuple(other), title, rest, rest_title) if now else None


def _wanted(lookup: Lookup) -> set[str]:
    return {gene for view in lookup.assessment.drugs if view.current for advice in view.advice for gene in advice.genes}


def unread_calls(lookup: Lookup) -> tuple[GeneCall, ...]:
    """Genes that nobody looked at and no drug taken now depends on, where a laboratory's results stand alone; else none."""
    if lookup.assessment.case.genotypes is not None or not _is_laboratory(lookup):
        return ()
    wanted = _wanted(lookup)
    return tuple(call for _, call in ordered_calls(lookup) if call.status == NOT_CALLED and not call.sites and call.gene not in wanted)


def _is_laboratory(lookup: Lookup) -> bool:
    """Whether every gene that was called was called by a laboratory."""
    origins = {call.origin for _, call in ordered_calls(lookup) if call.diplotypes}
    return origins == {OUTSIDE}


def genes_said(lookup: Lookup) -> str:
    """What is known of the genes, in a line: how many were called, or which ones a laboratory reported; "" where none was read."""
    words, counts = lookup.words, status_counts(lookup)
    if not any(counts.values()):
        return ""
    if lookup.assessment.case.genotypes is None and _is_laboratory(lookup):
        names = [call.gene for _, call in ordered_calls(lookup) if call.diplotypes]
        return words.counted("title.genes_lab", len(names), names=", ".join(names)) + words.counted("title.genes_rest", counts["missing"])
    return words.counted("title.genes", counts["called"], ambiguous=counts["ambiguous"], missing=counts["missing"])


def status_counts(lookup: Lookup) -> dict[str, int]:
    """How many genes that are not research only were called, are ambiguous, were not called."""
    codes = [call.status for call in lookup.assessment.calls if call.claim != "research"]
    return {"called": codes.count("called"), "ambiguous": codes.count("ambiguous"), "missing": codes.count("not_called")}


def to_get(call: GeneCall, lookup: Lookup) -> str:
    """How a gene that was not called could be called."""
    phrases = lookup.words.phrases
    if call.sites and all(site.state != "missing" for site in call.sites):
        return phrases["to_get.seen"]
    return phrases.get(f"to_get.{call.kind}", phrases["to_get.other"])


def phenotype_line(call: GeneCall) -> str:
    """The phenotypes of the best diplotype, bodies named where they differ."""
    readings = call.best.readings if call.best else ()
    by_phenotype: dict[str, list[str]] = {}
    for reading in readings:
        if reading.phenotype:
            by_phenotype.setdefault(reading.phenotype, []).append(reading.body)
    if len(by_phenotype) == 1:
        return next(iter(by_phenotype))
    return "; ".join(f"{phenotype} ({listing(bodies)})" for phenotype, bodies in by_phenotype.items())


def _row(call: GeneCall, anchor: str, lookup: Lookup) -> GeneRow:
    words = lookup.words
    others = call.diplotypes[1:]
    hidden = len(others) - ALTERNATIVES_SHOWN
    uncalled = call.status == "not_called"
    return GeneRow(
        anchor=anchor,
        gene=call.gene,
        mark=Mark(STATUS_TONES.get(call.status, "unknown"), words.word("status", call.status)),
        diplotype=call.best.name if call.best else "",
        more=words("gene.one_of", n=len(call.diplotypes)) if others else "",
        alternatives=tuple((d.name, _first_phenotypes(d.readings)) for d in islice(others, ALTERNATIVES_SHOWN)),
        cut=words("gene.cut") if hidden > 0 else "",
        readings=tuple(_readings(call, lookup)),
        counts=site_counts(call, lookup),
        strip=allele_strip(call, anchor, lookup) if call.sites else Markup(),
        groups=tuple(_groups(call.sites)),
        missing=", ".join(call.missing_sites),
        notes=tuple(sentence(note) for note in call.notes),
        reason=sentence(call.reason),
        to_get=to_get(call, lookup) if uncalled else "",
        structural=tuple((change, d.name, _first_phenotypes(d.readings)) for change, d in call.structural),
        components=", ".join(call.components),
        origin=words.word("origin", call.origin),
        card=words("basis.card_text", id=call.card[0], release=call.card[1]) if call.card[0] else "",
        quality=tuple(q for f in lookup.assessment.findings if f.code.split(".")[1:2] == [call.gene.lower()] for q in f.quality),
    )


def _first_phenotypes(readings: tuple[Reading, ...]) -> str:
    return "; ".join(dict.fromkeys(reading.phenotype for reading in readings if reading.phenotype))


def _readings(call: GeneCall, lookup: Lookup) -> list[BodyReading]:
    if call.best is None:
        return []
    words = lookup.words
    found: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for reading in call.best.readings:
        score = words("gene.score", score=reading.activity_score) if reading.activity_score else ""
        phenotype = reading.phenotype or words("gene.no_phenotype")
        same = (phenotype, score, " + ".join(reading.functions), _spread(call, reading.body, lookup))
        found.setdefault(same, []).append(reading.body)
    return [BodyReading(", ".join(bodies), *same) for same, bodies in found.items()]


def _spread(call: GeneCall, body: str, lookup: Lookup) -> tuple[str, ...]:
    """How many of the diplotypes that fit read as what; empty where all read alike."""
    tally: dict[str, int] = {}
    for diplotype in call.diplotypes:
        reading = diplotype.reading(body)
        name = (reading.phenotype if reading else "") or lookup.words("gene.no_phenotype")
        tally[name] = tally.get(name, 0) + 1
    if len(tally) < 2:
        return ()
    total = len(call.diplotypes)
    return tuple(lookup.words("gene.spread", phenotype=name, n=n, total=total) for name, n in tally.items())


def _groups(sites: tuple[SiteView, ...]) -> list[SiteGroup]:
    """The table twin of the strip: variants one by one, the rest by state and reason."""
    keys = dict.fromkeys((s.state, s.reason) for s in sites)
    order = ("variant", "unlisted", "missing", "reference")
    found = []
    for state, reason in sorted(keys, key=lambda k: order.index(k[0]) if k[0] in order else 9):
        mine = [s for s in sites if (s.state, s.reason) == (state, reason)]
        single = state in ("variant", "unlisted")
        rows = tuple((s.label, s.observed) for s in mine) if single else ()
        found.append(SiteGroup(state, reason, len(mine), rows, "" if single else ", ".join(s.label for s in mine)))
    return found
