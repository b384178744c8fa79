"""The Assessment with its index: who is called what, and where on the page it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from painloom.model.assessment import Assessment, DrugView
from painloom.model.genecall import GeneCall
from painloom.report.views import Ref
from painloom.report.wording import Layout, Wording, read_layout


@dataclass(frozen=True, slots=True)
class Lookup:
    """An Assessment, the words to tell it in, the layout, and indexes by id (positions, so that page anchors are safe and unique)."""

    assessment: Assessment
    words: Wording
    layout: Layout
    drugs: Mapping[str, int]
    calls: Mapping[str, int]
    citations: Mapping[str, int]

    def drug(self, drug: str) -> DrugView | None:
        """The view of `drug`, or None when the Assessment does not hold it."""
        position = self.drugs.get(drug)
        return None if position is None else self.assessment.drugs[position]

    def label(self, drug: str) -> str:
        """How `drug` is named; its id where nothing better is known."""
        view = self.drug(drug)
        return view.label if view else drug

    def call(self, gene: str) -> GeneCall | None:
        """The call of `gene`, or None when the Assessment does not hold it."""
        position = self.calls.get(gene)
        return None if position is None else self.assessment.calls[position]

    def source(self, source: str) -> Ref:
        """A link to the source list where `source` is an id of it, else the text alone."""
        position = self.citations.get(source)
        return Ref(source, "" if position is None else f"#source-{position + 1}")

    def sources(self, sources: tuple[str, ...]) -> tuple[Ref, ...]:
        """`source` of each."""
        return tuple(self.source(source) for source in sources)

    def gene_ref(self, gene: str) -> Ref:
        """A link to the row of `gene`."""
        position = self.calls.get(gene)
        return Ref(gene, "" if position is None else f"#gene-{position + 1}")

    def drug_anchor(self, drug: str) -> str:
        """The page anchor of `drug`."""
        return f"drug-{self.drugs[drug] + 1}"


def look_up(assessment: Assessment, words: Wording, layout: Layout | None = None) -> Lookup:
    """Index an Assessment; the first of two equal ids wins; `layout` is the clinician's where none is given."""

    def index(ids: list[str]) -> dict[str, int]:
        return {name: position for position, name in reversed(list(enumerate(ids)))}

    return Lookup(
        assessment,
        words,
        layout or read_layout(),
        drugs=index([d.drug for d in assessment.drugs]),
        calls=index([c.gene for c in assessment.calls]),
        citations=index([c.id for c in assessment.citations]),
    )
