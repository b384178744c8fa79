"""The safety gate before stimulation: what excludes, what cautions, what nobody asked; nothing that is not recorded counts as safe."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from painloom.brain.asserted import ASSERTED, DENIED, PLANNED, RELATIVE, REMOVED, context
from painloom.brain.phrases import PhraseBook, tokens_of
from painloom.brain.said import RESOLVED, Known, Said, coded, everything, known_facts
from painloom.brain.stimdrugs import TAKEN, listed, unknown
from painloom.knowledge.load import Knowledge
from painloom.knowledge.target_cards import CAUTIOUS, DEVICE, NOTHING, SAME, ScreenCard, ScreenQuestion, ScreenRule
from painloom.model.body import NO, YES
from painloom.model.case import Case
from painloom.model.target import CAUTION, OPEN, REFUSED, SafetyReason

FAMILY = "family"
GONE = "gone"  # a finding that is resolved
ORDER = (ASSERTED, PLANNED, REMOVED, GONE, RELATIVE, DENIED)
DRUG = "drug-"
NOT_RECORDED = "not recorded"
SHOWN = 60
Phenotypes = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that something in the record speaks of: what is said of it, and where."""

    rule: str
    said: str
    basis: str


@dataclass(frozen=True)
class Screened:
    """Everything the gate found in one case, independent of the modality.

    `hits` by rule, the gravest reading of each; `drugs` are finished cautions; `unanswered` are the questions that nothing answers.
    """

    hits: Mapping[str, Hit]
    drugs: tuple[SafetyReason, ...]
    unanswered: tuple[ScreenQuestion, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer for one modality: status, reasons (exclusions first), and what must still be asked."""

    status: str
    reasons: tuple[SafetyReason, ...]
    not_asked: tuple[str, ...]


def screen_case(case: Case, screen: ScreenCard, knowledge: Knowledge, phenotypes: Phenotypes | None = None) -> Screened:
    """Read the record once for all modalities.

    Parameters
    ----------
    phenotypes : gene -> every phenotype that fits this person; empty or None where the genome is not known.
    """
    facts = known_facts(case, knowledge.terms("condition_codes"))
    book = PhraseBook(screen.phrases)
    hits: dict[str, Hit] = {}
    for hit in (*_from_facts(facts, screen), *(h for one in everything(case) for h in _from_said(one, screen, book))):
        before = hits.get(hit.rule)
        if before is None or ORDER.index(hit.said) < ORDER.index(before.said):
            hits[hit.rule] = hit
    drugs = tuple(_of_drugs(case, screen, knowledge, phenotypes or {}))
    asked = (q for q in screen.questions if not q.not_of_sex or q.not_of_sex != case.person.sex)
    unanswered = tuple(question for question in asked if not _is_answered(question, hits, facts))
    notes = [f"drug '{name}' {screen.texts['unknown_drug']}" for name in unknown(case.drugs, knowledge)]
    if not case.drugs:
        notes.append(screen.texts["no_drugs"])
    return Screened(hits, drugs, unanswered, tuple(notes))


def _from_facts(facts: Mapping[str, Known], screen: ScreenCard) -> Iterator[Hit]:
    for rule in screen.rules.values():
        for id_ in (rule.id, *rule.facts):
            if id_ in facts:
                said = {YES: ASSERTED, NO: DENIED, RESOLVED: _after(rule)}[facts[id_].value]
                yield Hit(rule.id, said, facts[id_].basis)
    for question in screen.questions:
        if question.if_yes and question.id in facts and facts[question.id].value == YES:
            yield Hit(question.if_yes, ASSERTED, facts[question.id].basis)


def _after(rule: ScreenRule) -> str:
    """What a resolved finding counts as; a resolved device was taken out."""
    if rule.kind == DEVICE:
        return REMOVED
    return {SAME: ASSERTED, CAUTIOUS: GONE, NOTHING: DENIED}[rule.after]


def _from_said(one: Said, screen: ScreenCard, book: PhraseBook) -> Iterator[Hit]:
    """What the words and codes of one text say of every rule."""
    tokens = tokens_of(one.text)
    matches = book.find(tokens)
    found: list[tuple[str, str, str]] = []
    for index, match in enumerate(matches):
        if match.owner:
            rule = screen.rules[match.owner]
            found.append((match.owner, context(tokens, matches, index, screen.cues, is_device=rule.kind == DEVICE), one.basis))
    for row, printed in coded(one.codes, screen.codes):
        found.append((row.owner, RELATIVE if row.extra == FAMILY else ASSERTED, f"{one.basis} ({printed})"))
    if not matches and not found and one.is_device:
        found += [(rule.id, ASSERTED, f"{one.basis}: {one.text[:SHOWN]}") for rule in screen.rules.values() if rule.unmatched_devices]
    for id_, said, basis in found:
        resolved = one.is_resolved and said == ASSERTED
        yield Hit(id_, _after(screen.rules[id_]) if resolved else said, basis)


def _of_drugs(case: Case, screen: ScreenCard, knowledge: Knowledge, phenotypes: Phenotypes) -> Iterator[SafetyReason]:
    for found in listed(case.drugs, screen, knowledge):
        row, label = found.row, found.drug.label
        yield SafetyReason(CAUTION, f"{label} {screen.texts[DRUG + row.kind]}", "drug list", row.state, (row.source,))
        if row.when != TAKEN:
            continue
        for gene in screen.genes:
            slow = [name for name in gene.genes if set(phenotypes.get(name, ())) & set(gene.phenotypes)]
            if slow and set(gene.groups) & set(found.drug.classes):
                text = f"{label} {screen.texts['gene']} ({', '.join(slow)})"
                yield SafetyReason(CAUTION, text, "drug list and genome", gene.state, gene.sources)


def _is_answered(question: ScreenQuestion, hits: Mapping[str, Hit], facts: Mapping[str, Known]) -> bool:
    """A question is answered by itself, or by a reading of each finding that is enough."""
    if question.id in facts:
        return True
    read = {id_ for id_ in question.enough if id_ in hits and hits[id_].said in (ASSERTED, REMOVED, DENIED)}
    return bool(question.enough) and read == set(question.enough)


def judge(screened: Screened, screen: ScreenCard, gate: str) -> Verdict:
    """The verdict for one column of the screen.

    Returns
    -------
    status refused where a rule excludes; caution where a rule or a drug cautions, or where a question of the screen has no answer on
    record; open only where every question was answered and nothing speaks against it.
    """
    reasons = [reason for rule in screen.rules.values() for reason in _reasons(rule, screened.hits.get(rule.id), screen, gate)]
    if any(gate in question.gates for question in screen.questions) and _touches_brain(screen, gate):
        reasons += screened.drugs
    reasons.sort(key=lambda reason: reason.level != REFUSED)
    not_asked = tuple(question.text for question in screened.unanswered if gate in question.gates)
    notes = screened.notes if _touches_brain(screen, gate) else ()
    missing = (*not_asked, *notes)
    if missing:
        reasons.append(SafetyReason(CAUTION, screen.texts["incomplete"], NOT_RECORDED, "verified", screen.sources))
    status = reasons[0].level if reasons else OPEN
    return Verdict(status, tuple(reasons), missing)


def _touches_brain(screen: ScreenCard, gate: str) -> bool:
    """Whether seizures matter for this gate: whether a rule on conditions that excludes or cautions for it speaks of them."""
    return any(gate in rule.levels for rule in screen.rules.values() if rule.in_family)


def _reasons(rule: ScreenRule, hit: Hit | None, screen: ScreenCard, gate: str) -> Iterator[SafetyReason]:
    if hit is None or gate not in rule.levels or hit.said == DENIED or (hit.said == RELATIVE and not rule.in_family):
        return
    reason = SafetyReason(CAUTION, f"{rule.label}: {rule.text}", hit.basis, rule.state, rule.sources)
    if hit.said == ASSERTED:
        level = rule.levels[gate]
        stands = f"; {screen.texts['override']}" if level == REFUSED else ""
        yield replace(reason, level=level, text=reason.text + stands)
    else:
        name = {PLANNED: "planned", REMOVED: "removed", RELATIVE: "family", GONE: "resolved"}[hit.said]
        yield replace(reason, text=f"{rule.label}: {screen.texts[name]}")


def sentence(verdict: Verdict, screen: ScreenCard) -> str:
    """The verdict in one line: exclusions, cautions, and what was not asked.  The word `refused` stands in it only where it is."""
    parts = []
    found = [reason for reason in verdict.reasons if reason.basis != NOT_RECORDED]
    for level in (REFUSED, CAUTION):
        texts = [reason.text for reason in found if reason.level == level]
        if texts:
            parts.append(f"{level}: {'; '.join(texts)}")
    if not found:
        parts.append(screen.texts["none_found"])
    if verdict.not_asked:
        parts.append(f"{screen.texts['not_asked']}: {' '.join(verdict.not_asked)}")
    return ". ".join(parts)
