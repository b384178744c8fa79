"""Knowledge: every card by its kind, read when it is first asked for; the code that reads a kind is loaded then too."""

from __future__ import annotations

from dataclasses import Field, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from painloom.errors import KnowledgeError
from painloom.knowledge.digests import digest
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.source import Citation
from painloom.version import KNOWLEDGE_RELEASE

if TYPE_CHECKING:  # two hundred small types take a tenth of a second to make; a command that scores answers needs ten of them
    from painloom.knowledge.bodymap import BodyMap
    from painloom.knowledge.cards import DrugCard, DrugClass, GeneCard, GuidanceCard
    from painloom.knowledge.criteria import CriteriaCard
    from painloom.knowledge.evidence_cards import EvidenceBook, TreatmentCard
    from painloom.knowledge.followup import FollowUpCard
    from painloom.knowledge.imaging import ImagingCard
    from painloom.knowledge.instrument_cards import InstrumentCard
    from painloom.knowledge.marker_cards import MarkerCard
    from painloom.knowledge.mechanism_cards import ConflictCard, DriverCard, MechanismCard, TestCard, Weighing
    from painloom.knowledge.norms import CircuitCard, NormCard
    from painloom.knowledge.panels import PanelCard
    from painloom.knowledge.plan_cards import DoseCard, PriceTable, TaperCard, WishBook
    from painloom.knowledge.redflags import RedFlagCard
    from painloom.knowledge.rule_cards import EquivalenceCard, RuleCard
    from painloom.knowledge.safety import SafetyCard
    from painloom.knowledge.target_cards import IndicationCard, TargetBook
    from painloom.model.genotypes import SiteTable

DATA = Path(__file__).parent / "data"


class _Released(Protocol):
    """Every card: a dataclass that names its release."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    @property
    def release(self) -> str:
        """The release of the card."""


Card = TypeVar("Card", bound=_Released)


@dataclass(frozen=True)
class Knowledge:
    """All cards: ours, with a clinic's own folder laid over them card by card.

    Card kinds are read when they are first asked for.  `overlay` is the clinic's folder or None.
    """

    base: Path = DATA
    overlay: Path | None = None

    def files(self, kind: str, ending: str = ".toml") -> dict[str, Path]:
        """Card id -> file for one kind, the overlay's files in place of ours."""
        found = {p.name.removesuffix(ending): p for p in sorted((self.base / kind).glob(f"*{ending}"))}
        if self.overlay is not None:
            found |= {p.name.removesuffix(ending): p for p in sorted((self.overlay / kind).glob(f"*{ending}"))}
        return dict(sorted(found.items()))

    @property
    def release(self) -> str:
        """The release of our cards."""
        return KNOWLEDGE_RELEASE

    @cached_property
    def genes(self) -> dict[str, GeneCard]:
        """Gene cards by symbol."""
        from painloom.knowledge.genes import read_gene

        cards = [self._marked(read_gene(path), path) for path in self.files("genes").values()]
        return {card.symbol: card for card in cards}

    @cached_property
    def guidance(self) -> dict[str, GuidanceCard]:
        """Guidance cards by id."""
        from painloom.knowledge.prescribing import read_guidance

        return {id_: self._marked(read_guidance(path), path) for id_, path in self.files("guidance").items()}

    @cached_property
    def drugs(self) -> dict[str, DrugCard]:
        """Drug cards by id."""
        from painloom.knowledge.prescribing import read_drug

        return {id_: self._marked(read_drug(path), path) for id_, path in self.files("drugs").items()}

    @cached_property
    def instruments(self) -> dict[str, InstrumentCard]:
        """Every instrument card by id; to read one only, ask `instrument`."""
        return {id_: self.instrument(id_) for id_ in self.files("instruments")}

    def instrument(self, id_: str) -> InstrumentCard:
        """One instrument card, read alone and once; KeyError when there is none."""
        from painloom.knowledge.instruments import read_instrument

        found = self._instruments.get(id_)
        if found is None:
            path = self.files("instruments")[id_]
            found = self._instruments[id_] = self._marked(read_instrument(path), path)
        return found

    @cached_property
    def _instruments(self) -> dict[str, InstrumentCard]:
        """The instrument cards that were read so far."""
        return {}

    @cached_property
    def rules(self) -> dict[str, RuleCard]:
        """Rules of drug-list safety by id."""
        from painloom.knowledge.rules import read_rule

        return {id_: self._marked(read_rule(path), path) for id_, path in self.files("rules").items()}

    @cached_property
    def equivalents(self) -> dict[str, EquivalenceCard]:
        """Opioid factor tables by id."""
        from painloom.knowledge.rules import read_equivalence

        return {id_: self._marked(read_equivalence(path), path) for id_, path in self.files("equivalents").items()}

    @cached_property
    def criteria(self) -> dict[str, CriteriaCard]:
        """Clinical criteria by id."""
        from painloom.knowledge.criteria import read_criteria

        return {id_: self._marked(read_criteria(path), path) for id_, path in self.files("criteria").items()}

    @cached_property
    def redflags(self) -> dict[str, RedFlagCard]:
        """Red-flag cards by id."""
        from painloom.knowledge.redflags import read_redflag

        return {id_: self._marked(read_redflag(path), path) for id_, path in self.files("redflags").items()}

    @cached_property
    def bodymap(self) -> BodyMap:
        """The body map: regions, outline, definitions of widespread pain."""
        from painloom.knowledge.bodymap import read_bodymap

        return read_bodymap(self.files("bodymap"))

    @cached_property
    def safety(self) -> dict[str, SafetyCard]:
        """Safety cards by id."""
        from painloom.knowledge.safety import read_safety

        return {id_: self._marked(read_safety(path), path) for id_, path in self.files("safety").items()}

    @cached_property
    def markers(self) -> dict[str, MarkerCard]:
        """Published brain models by id."""
        from painloom.knowledge.markers import read_markers

        return self._owned("markers", read_markers(self.files("markers")))

    @cached_property
    def panels(self) -> dict[str, PanelCard]:
        """Descriptive connectivity panels by id."""
        from painloom.knowledge.panels import read_panels

        return self._owned("panels", read_panels(self.files("panels")))

    @cached_property
    def norms(self) -> dict[str, NormCard]:
        """Norms of regional measures by id; their tables are opened when asked for."""
        from painloom.knowledge.norms import read_norms

        return self._owned("norms", read_norms(self.files("norms")))

    @cached_property
    def circuits(self) -> CircuitCard | None:
        """The circuits that sort the regions of a norm."""
        from painloom.knowledge.norms import read_circuits

        return read_circuits(self.files("norms"))

    @cached_property
    def targets(self) -> TargetBook:
        """The neuromodulation cards, a clinic's own marked."""
        from painloom.knowledge.targets import read_targets

        files = self.files("targets")
        own = [id_ for id_, path in files.items() if self.overlay is not None and path.is_relative_to(self.overlay)]
        return read_targets(files, own)

    @cached_property
    def imaging(self) -> dict[str, ImagingCard]:
        """Scales of structured imaging findings, and their frequency without pain, by id."""
        from painloom.knowledge.imaging import read_imaging

        return self._owned("imaging", read_imaging(self.files("imaging")))

    @cached_property
    def evidence(self) -> EvidenceBook:
        """Published effects of treatments, control rates, modifiers and the conventions that join them."""
        from painloom.knowledge.evidence import read_evidence

        path = self.files("evidence")["evidence"]
        return self._marked(read_evidence(path), path)

    @cached_property
    def treatments(self) -> dict[str, TreatmentCard]:
        """Treatment cards by id."""
        from painloom.knowledge.treatments import read_treatment

        return {id_: self._marked(read_treatment(path), path) for id_, path in self.files("treatments").items()}

    @cached_property
    def conditions(self) -> IndicationCard:
        """Kinds of pain for which there is evidence, and how a record says them."""
        from painloom.knowledge.conditions import read_conditions

        path = self.files("conditions")["conditions"]
        return self._marked(read_conditions(path), path)

    @cached_property
    def weighing(self) -> Weighing:
        """The declared numbers with which findings are weighed."""
        from painloom.knowledge.mechanisms import read_weighing

        return read_weighing(self.files("weighing")["weighing"])

    @cached_property
    def mechanisms(self) -> dict[str, MechanismCard]:
        """Mechanisms and states of pain by id."""
        from painloom.knowledge.mechanisms import read_mechanism

        return {id_: self._marked(read_mechanism(path, self.weighing), path) for id_, path in self.files("mechanisms").items()}

    @cached_property
    def drivers(self) -> dict[str, DriverCard]:
        """What keeps pain going, by id."""
        from painloom.knowledge.mechanisms import read_driver

        return {id_: self._marked(read_driver(path), path) for id_, path in self.files("drivers").items()}

    @cached_property
    def conflicts(self) -> tuple[ConflictCard, ...]:
        """Findings that do not fit each other."""
        from painloom.knowledge.mechanisms import read_conflicts

        return read_conflicts(self.files("conflicts")["conflicts"])

    @cached_property
    def tests(self) -> dict[str, TestCard]:
        """Tests that can be done, by id."""
        from painloom.knowledge.mechanisms import read_test

        return {id_: self._marked(read_test(path), path) for id_, path in self.files("tests").items()}

    @cached_property
    def doses(self) -> dict[str, DoseCard]:
        """How drugs are begun for pain, by drug id."""
        from painloom.knowledge.planning import read_dose

        return {id_: self._marked(read_dose(path), path) for id_, path in self.files("doses").items()}

    @cached_property
    def tapers(self) -> dict[str, TaperCard]:
        """How drugs are stopped, by id of the card."""
        from painloom.knowledge.planning import read_taper

        return {id_: self._marked(read_taper(path), path) for id_, path in self.files("tapers").items()}

    @cached_property
    def prices(self) -> PriceTable:
        """What treatments cost; a clinic's own table in place of ours."""
        from painloom.knowledge.planning import PRICES, read_prices

        path = self.files("prices")[PRICES]
        return self._marked(read_prices(path), path)

    @cached_property
    def wishes(self) -> WishBook:
        """What a person may wish for, and how it is weighed."""
        from painloom.knowledge.planning import WISHES, read_wishes

        path = self.files("wishes")[WISHES]
        return self._marked(read_wishes(path), path)

    @cached_property
    def followup(self) -> FollowUpCard:
        """When to look again, with what, and which change counts."""
        from painloom.knowledge.followup import read_followup

        path = self.files("followup")["followup"]
        card = read_followup(path)
        unknown = [scale for scale in card.pain if scale.partition(".")[0] not in self.files("instruments")]
        if unknown:
            raise KnowledgeError(f"{path.name}: scale '{unknown[0]}' is of no instrument that has a card")
        return card

    def terms(self, name: str) -> tuple[dict[str, str], ...]:
        """The rows of one table of terms/, the clinic's own in place of ours; read once."""
        found = self._terms.get(name)
        if found is None:
            found = self._terms[name] = tuple(read_tsv(self.files("terms", ".tsv")[name]))
        return found

    @cached_property
    def _terms(self) -> dict[str, tuple[dict[str, str], ...]]:
        """The tables that were read so far."""
        return {}

    def _owned(self, kind: str, cards: dict[str, Card]) -> dict[str, Card]:
        """Cards of one kind, a clinic's own marked."""
        places = self.files(kind)
        return {id_: self._marked(card, places[id_]) for id_, card in cards.items()}

    def _marked(self, card: Card, path: Path) -> Card:
        """A clinic's own card says so wherever its release is printed."""
        own = self.overlay is not None and path.is_relative_to(self.overlay)
        return replace(card, release=f"{card.release} (own card)") if own else card

    @cached_property
    def drug_names(self) -> dict[str, str]:
        """Every name and synonym, folded, -> drug id."""
        names: dict[str, str] = {}
        for drug in self.drugs.values():
            for name in (drug.id, drug.name, drug.label, *drug.synonyms):
                if names.setdefault(fold(name), drug.id) != drug.id:
                    raise KnowledgeError(f"drugs/{drug.id}.toml: the name '{name}' also belongs to {names[fold(name)]}")
        return names

    @cached_property
    def drug_words(self) -> frozenset[str]:
        """Words that may stand behind a drug's name without changing which drug it is: salts, forms, units."""
        return frozenset(row["word"] for row in read_tsv(self.files("terms", ".tsv")["drug_words"]))

    @cached_property
    def combinations(self) -> dict[str, tuple[str, ...]]:
        """Folded name of a combination product -> ids of its components (a component may have no card)."""
        rows = read_tsv(self.files("terms", ".tsv")["combination_products"])
        return {fold(row["name"]): tuple(row["components"].split(";")) for row in rows}

    @cached_property
    def classes(self) -> tuple[DrugClass, ...]:
        """Drug classes in report order."""
        from painloom.knowledge.prescribing import read_classes

        return read_classes(self.files("terms", ".tsv")["drug_classes"])

    @cached_property
    def sources(self) -> dict[str, Citation]:
        """Every source once; a clinic's own file adds to ours, whatever its name, and its ids come before ours."""
        ours = self._sources(self.base)
        return ours if self.overlay is None else ours | self._sources(self.overlay)

    @staticmethod
    def _sources(folder: Path) -> dict[str, Citation]:
        found: dict[str, Citation] = {}
        for path in sorted((folder / "sources").glob("*.toml")):
            for id_, record in read_toml(path).items():
                if not isinstance(record, dict):
                    continue
                fields = Fields(record, f"{path.name} [{id_}]")
                if id_ in found:
                    raise KnowledgeError(f"{path.name}: the source '{id_}' stands in two files")
                optional = ("released", "doi", "pmid", "url", "note")
                found[id_] = Citation(id_, fields.text("title"), fields.text("licence"), *(fields.text(o, "") for o in optional))
        return found

    @cached_property
    def table(self) -> SiteTable:
        """Every site and region that the gene cards ask about."""
        from painloom.model.genotypes import SiteTable

        genes = self.genes.values()
        sites = [s for g in genes for s in (*g.sites, *g.extra_sites, *(w.site for w in (*g.watched, *g.proxies)))]
        regions = [gene.structure.region for gene in genes if gene.structure]
        return SiteTable(tuple(sites), tuple(regions))

    @cached_property
    def replaced(self) -> tuple[str, ...]:
        """What the clinic's folder changed: "kind/id replaces ours" or "kind/id added", then the folder's digest."""
        if self.overlay is None:
            return ()
        lines = []
        for path in sorted(self.overlay.rglob("*.toml")):
            place = path.relative_to(self.overlay).as_posix()
            lines.append(f"{place.removesuffix('.toml')} {'replaces ours' if (self.base / place).exists() else 'added'}")
        return (*lines, f"digest {digest(self.overlay)}")


def fold(name: str) -> str:
    """A drug name without case, hyphens and doubled spaces."""
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())
