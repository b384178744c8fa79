"""Where stimulation could aim for one person, what the bodies say of it, how it is given, and whether the safety gate lets it through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from painloom.brain.painkinds import PainKinds, kinds_of, only
from painloom.brain.said import Said, coded, history, known_facts
from painloom.brain.somatotopy import BOTH, Placed, SiteReader, Spot, place_all, settle
from painloom.brain.stimsafety import Phenotypes, Screened, Verdict, judge, screen_case, sentence
from painloom.brain.trainlimits import check_train
from painloom.errors import InputError
from painloom.knowledge.load import Knowledge
from painloom.knowledge.target_cards import CONTRALATERAL, NOWHERE, IndicationCard, TargetBook, TargetCard, TargetPoint
from painloom.knowledge.targets import OWN
from painloom.model.case import Case
from painloom.model.target import REFUSED, ScalpPoint, Target, TargetEvidence, TargetView

TO_VERIFY = "to verify"
NO_PROOF = "an individual target has not been shown to improve the outcome of pain"
CONFIRM = "a proposal to check, not a prescription: a clinician confirms target, protocol and safety"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user set instead of the record: a kind of pain (id of the card) and the side of the pain; "" = as recorded."""

    indication: str = ""
    side: str = ""


def plan_targets(
    case: Case,
    knowledge: Knowledge,
    as_of: str = "",
    *,
    phenotypes: Phenotypes | None = None,
    wish: Wish | None = None,
) -> TargetView:
    """Every candidate target of one person, the best graded first, each with the gate's verdict; a refused one stays in the list.

    Parameters
    ----------
    as_of : the day on which it is said; no rule of this release depends on it.
    phenotypes : gene -> every phenotype that fits; makes a caution about a drug weigh more.
    wish : kind and side of pain as the user sets them.

    Raises
    ------
    InputError : the wish names a kind of pain that no card has.
    """
    book, asked = knowledge.targets, wish or Wish()
    kinds = _kinds(case, book, knowledge, asked)
    spots = _all_over(_spots(case, book, knowledge, kinds), kinds, book)
    if asked.side:
        spots = settle(replace(spot, side=asked.side, basis=f"{spot.basis}; side as asked for") for spot in spots)
        spots = spots or (Spot("", asked.side, f"{asked.side} side", "as asked for"),)
    screened = screen_case(case, book.screen, knowledge, phenotypes)
    placed = place_all(spots, book.body)
    targets = [target for card in book.targets.values() for target in _targets(card, book, kinds, placed, screened)]
    targets = [replace(target, order=order) for order, target in enumerate(targets, start=1)]
    return TargetView(tuple(targets), tuple(_missing(kinds, spots, screened)), tuple(_warnings(book, targets)))


def safety_text(target: Target, book: TargetBook) -> str:
    """The gate's verdict on a target in one line: `refused: ..` with the reason, or cautions, and always what was not asked."""
    asked = tuple(note.removeprefix(ASK) for note in target.notes if note.startswith(ASK))
    return sentence(Verdict(target.status, target.safety, asked), book.screen)


ASK = "not recorded: "


def _kinds(case: Case, book: TargetBook, knowledge: Knowledge, wish: Wish) -> PainKinds:
    card = book.indications
    if wish.indication:
        if wish.indication not in card.indications:
            raise InputError(f"indication '{wish.indication}' has no card; there are: {', '.join(card.indications)}")
        return only(wish.indication, card)
    facts = known_facts(case, knowledge.terms("condition_codes"))
    return kinds_of(history(case), facts, card, book.screen.cues)


def _spots(case: Case, book: TargetBook, knowledge: Knowledge, kinds: PainKinds) -> tuple[Spot, ...]:
    """Where it hurts: what names the kind of pain first, then the recorded sites, then other words, at last the body map."""
    reader = SiteReader(book.body)
    named = set(kinds.named_in)
    diagnosed = [spot for one in kinds.named_in for spot in reader.read(one.text, one.basis)]
    sites = [spot for text in case.pain.sites for spot in reader.read(text, "site of pain")]
    told = [s for s in history(case) if s not in named and s.basis in ("complaint", "pain history")]
    words = [spot for one in told for spot in reader.read(one.text, one.basis)]
    by_code = [spot for one in kinds.named_in for spot in _coded_spots(one, book)]
    spots = settle((*diagnosed, *sites, *words))
    known = {spot.area for spot in spots if spot.side}
    spots = settle((*spots, *(spot for spot in by_code if spot.area not in known)))
    return spots or settle(_mapped(case, reader, knowledge))


def _all_over(spots: tuple[Spot, ...], kinds: PainKinds, book: TargetBook) -> tuple[Spot, ...]:
    """A kind of pain that is all over the body has no side, whatever hurts most; beside another kind its place comes last."""
    wide = [kind for kind in kinds.kinds if kind.indication.widespread]
    if not wide:
        return spots
    spot = Spot(book.body.default_area, BOTH, f"{wide[0].indication.label.lower()}, all over the body", wide[0].basis)
    local = any(not kind.indication.widespread and not kind.indication.beside for kind in kinds.kinds)
    return (*spots, spot) if local and spots else (spot,)


def _coded_spots(one: Said, book: TargetBook) -> Iterator[Spot]:
    for row, printed in coded(one.codes, book.body.codes):
        yield Spot(row.owner, row.extra, book.body.areas[row.owner].id, f"{one.basis} ({printed})")


def _mapped(case: Case, reader: SiteReader, knowledge: Knowledge) -> Iterator[Spot]:
    regions = case.body.regions or ()
    if not regions:
        return
    labels = {region.id: region.label for region in knowledge.bodymap.regions}
    for region in regions:
        yield from reader.read(labels.get(region, region.replace("-", " ")), "body map")


def _targets(card: TargetCard, book: TargetBook, kinds: PainKinds, placed: Sequence[Placed], screened: Screened) -> Iterator[Target]:
    if not set(card.indications) & set(kinds.wide):
        return
    verdict = judge(screened, book.screen, card.gate)
    own = [kind for kind in kinds.kinds if set(book.indications.family(kind.indication.id)) & set(card.indications)]
    evidence, remarks = _evidence(card, kinds, book.indications)
    base = Target(
        id=card.id,
        name=f"{card.label}, {card.method}",
        modality=card.modality,
        side="",
        space="",
        xyz_mm=None,
        scalp=(),
        indication="; ".join(kind.indication.label for kind in own),
        evidence=evidence,
        protocol=tuple((row.name, row.value if row.state == "verified" else f"{row.value} ({TO_VERIFY})") for row in card.protocol),
        status=verdict.status,
        safety=verdict.reasons,
        why=tuple(f"kind of pain: {kind.indication.label} ({kind.basis})" for kind in own),
        order=0,
        claim=card.claim,
        notes=(*remarks, *card.notes, *_train(card, book), *(f"{ASK}{text}" for text in verdict.not_asked)),
        card=(card.id, card.release),
        sources=tuple(dict.fromkeys((*card.sources, *(row.source for row in evidence), *(s for r in verdict.reasons for s in r.sources)))),
    )
    if card.placing == NOWHERE:
        yield replace(base, why=(*base.why, "an option to refer for or to discuss; no coordinates"))
    else:
        yield from _placed(card, book, base, placed)


def _placed(card: TargetCard, book: TargetBook, base: Target, placed: Sequence[Placed]) -> Iterator[Target]:
    if card.placing != CONTRALATERAL:
        point = next(point for point in card.points if point.side == card.placing)
        yield _at(card, base, point, (f"{card.placing} side whatever the side of the pain",), "")
        return
    seen: set[TargetPoint] = set()
    others = _named(placed)
    for number, one in enumerate(placed):
        fitting = [p for p in card.points if p.side == one.side and p.area in ("", one.area)]
        if not fitting or fitting[0] in seen:
            continue
        seen.add(fitting[0])
        why = list(one.why)
        if len(others) > 1:
            rest = "; ".join(text for i, text in enumerate(others) if i != number)
            why.append(f"{'first recorded place, chosen first' if number == 0 else 'a further recorded place'}; also recorded: {rest}")
        yield _at(card, base, fitting[0], tuple(why), book.body.areas[one.area].label if fitting[0].area else "")


def _named(placed: Sequence[Placed]) -> list[str]:
    return [" ".join(part for part in (one.spot.side, one.spot.words) if part) if one.spot else "" for one in placed]


def _at(card: TargetCard, base: Target, point: TargetPoint, why: tuple[str, ...], area: str) -> Target:
    """The target at one point of its card."""
    id_ = "-".join(part for part in (card.id, point.area, point.side) if part)
    label = " ".join(part for part in (point.side, card.label, area) if part)
    state = "" if point.state == "verified" else f" ({TO_VERIFY})"
    return replace(
        base,
        id=id_,
        name=f"{label[:1].upper()}{label[1:]}, {card.method}",
        side=point.side,
        space=card.space if point.xyz_mm else "",
        xyz_mm=point.xyz_mm,
        scalp=_scalp(point),
        why=(*base.why, *why),
        notes=(f"point: {point.note}{state}", *base.notes),
        sources=tuple(dict.fromkeys((*base.sources, *point.sources))),
    )


def _scalp(point: TargetPoint) -> tuple[ScalpPoint, ...]:
    """The customary scalp position of a point and how far the cortex below it lies from the point."""
    if not point.scalp or point.scalp_mm is None:
        return ()
    low, high = point.scalp_range_mm or (point.scalp_mm, point.scalp_mm)
    text = f"customary position; the cortex below it lies {low:g} to {high:g} mm from the point, by published caps"
    return (ScalpPoint(point.scalp, point.scalp_mm, text),)


def _evidence(card: TargetCard, kinds: PainKinds, indications: IndicationCard) -> tuple[tuple[TargetEvidence, ...], tuple[str, ...]]:
    """The rows for the kinds of pain, nearest first; then those of the card's stand-in, marked; nothing is averaged."""
    rows: dict[tuple[str, int], TargetEvidence] = {}
    for id_ in kinds.wide:
        for indication, row in card.evidence:
            if indication == id_:
                rows.setdefault((row.body, row.year), replace(row, text=f"{indications.indications[id_].label}: {row.text}"))
    remarks: tuple[str, ...] = ()
    if card.shown_also and card.shown_also not in kinds.wide:
        label = indications.indications[card.shown_also].label
        for indication, row in card.evidence:
            if indication == card.shown_also:
                rows.setdefault((row.body, row.year), replace(row, text=f"Graded for {label.lower()}, not for this: {row.text}"))
        remarks = (f"part of the evidence is graded for {label.lower()} only",)
    elif not kinds.is_stated:
        remarks = ("no kind of pain is recorded: the evidence holds only if it is the kind that it was graded for",)
    return tuple(rows.values()), remarks


def _train(card: TargetCard, book: TargetBook) -> Iterator[str]:
    if card.train is not None and book.limits is not None:
        _, text = check_train(card.train, book.limits)
        yield text if book.limits.state == "verified" else f"{text} ({TO_VERIFY})"


def _missing(kinds: PainKinds, spots: Sequence[Spot], screened: Screened) -> Iterator[str]:
    if not kinds.is_stated:
        yield "the kind of pain (neuropathic or not, and from what)"
    if not any(spot.area for spot in spots):
        yield "the site of the pain"
    if not any(spot.side for spot in spots):
        yield "the side of the pain"
    yield from (question.text for question in screened.unanswered)
    yield from screened.notes


def _warnings(book: TargetBook, targets: Sequence[Target]) -> Iterator[str]:
    yield CONFIRM
    yield NO_PROOF
    if not targets:
        yield "no target card fits the kinds of pain of this record"
    refused = [target.name for target in targets if target.status == REFUSED]
    if refused:
        yield f"the safety gate excludes: {'; '.join(refused)}"
    yield from (f"own card: {card.id}" for card in book.targets.values() if card.release.endswith(OWN))
