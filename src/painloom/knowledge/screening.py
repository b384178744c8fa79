"""The safety screen before stimulation from its card and tables, and the limits of trains."""

from collections.abc import Collection
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_tsv
from painloom.knowledge.target_cards import (
    AFTERWARDS,
    CONDITION,
    DEVICE,
    CodeRow,
    DrugRow,
    GeneRow,
    LimitCard,
    Phrase,
    ScreenCard,
    ScreenQuestion,
    ScreenRule,
    Train,
    TrainLimit,
)
from painloom.model.target import CAUTION, REFUSED

STATES = ("verified", "to-verify")
DRUG_COLUMNS = ("kind", "when", "drug", "class", "state", "source")
LIMIT_COLUMNS = ("frequency_hz", "percent_rmt", "train_s", "is_tested_only")
WHENS = ("taken", "stopped")
CUES = (
    *("denied", "denied-after", "excluded-after", "not-denied", "still"),
    *("family", "relative", "own"),
    *("removed", "not-removed", "planned", "not-planned"),
)
TEXTS = (
    *("removed", "planned", "family", "resolved", "drug-lowers", "drug-weaker", "drug-of-seizures", "drug-stopped", "gene"),
    *("none_found", "incomplete", "not_asked", "no_drugs", "unknown_drug", "override"),
)


def read_phrases(path: Path, column: str, known: Collection[str]) -> tuple[Phrase, ...]:
    """(owner, phrase) rows of `<id>.words.tsv`; an owner "" means that the words stand for nothing here.

    Raises
    ------
    KnowledgeError : an owner that is not on the card, an empty phrase, a phrase that stands twice.
    """
    table = path.with_name(f"{path.stem}.words.tsv")
    rows = [(row[column], row["phrase"]) for row in read_tsv(table, (column, "phrase"))]
    for owner, phrase in rows:
        if (owner and owner not in known) or not phrase:
            raise KnowledgeError(f"{table.name}: '{phrase}' belongs to '{owner}', which is not on the card")
    phrases = [phrase for _, phrase in rows]
    if twice := next((phrase for phrase in phrases if phrases.count(phrase) > 1), ""):
        raise KnowledgeError(f"{table.name}: '{twice}' stands twice")
    return tuple(rows)


def read_words(path: Path, name: str) -> tuple[str, ...]:
    """The phrases of `<id>.<name>.tsv`."""
    return tuple(row["phrase"] for row in read_tsv(path.with_name(f"{path.stem}.{name}.tsv"), ("phrase",)))


def read_code_rows(path: Path, column: str, extra: str, known: Collection[str]) -> tuple[CodeRow, ...]:
    """The rows of `<id>.codes.tsv`; `column` names what a code stands for, `extra` a second column or "" for none."""
    table = path.with_name(f"{path.stem}.codes.tsv")
    needs = ("system", "code", column, *([extra] if extra else []), "state")
    rows = tuple(
        CodeRow(row["system"], row["code"], row[column], row[extra] if extra else "", row["state"]) for row in read_tsv(table, needs)
    )
    if wrong := next((row for row in rows if row.owner not in known or row.state not in STATES), None):
        raise KnowledgeError(f"{table.name}: {wrong.system} {wrong.code}: '{wrong.owner}' is not on the card, or its state is unknown")
    return rows


def read_screen(fields: Fields, path: Path) -> ScreenCard:
    """The screen card at `path` with its four tables.

    Raises
    ------
    KnowledgeError : a level, gate, rule or cue that the closed lists do not allow.
    """
    gates = fields.texts("gates")
    rules = [_rule(child, gates) for child in fields.children("rule")]
    known = {rule.id: rule for rule in rules}
    questions = tuple(_question(child) for child in fields.children("question"))
    for question in questions:
        named = {*question.rules, *question.enough, *([question.if_yes] if question.if_yes else [])}
        if not named <= set(known) or not set(question.gates) <= set(gates):
            raise KnowledgeError(f"{path.name}: question '{question.id}' names a rule or gate that is not on the card")
    if len(known) != len(rules) or not gates:
        raise KnowledgeError(f"{path.name}: needs gates, and rules each with an id of its own")
    texts = fields.mapping("texts")
    if lost := [name for name in TEXTS if name not in texts]:
        raise KnowledgeError(f"{path.name}: [texts] needs '{lost[0]}'")
    return ScreenCard(
        id=fields.text("id"),
        release=fields.text("release"),
        claim=fields.text("claim"),
        gates=gates,
        rules=known,
        questions=questions,
        drugs=tuple(_drug(row, path) for row in read_tsv(path.with_name(f"{path.stem}.drugs.tsv"), DRUG_COLUMNS)),
        genes=tuple(_gene(child) for child in fields.children("gene")),
        phrases=read_phrases(path, "rule", known),
        codes=read_code_rows(path, "rule", "context", known),
        cues=_cues(path),
        texts=texts,
        sources=fields.texts("sources"),
    )


def _rule(fields: Fields, gates: tuple[str, ...]) -> ScreenRule:
    rule = ScreenRule(
        id=fields.text("id"),
        label=fields.text("label"),
        kind=fields.text("kind"),
        levels={gate: fields.text(gate) for gate in gates if gate in fields.record},
        after=fields.text("after"),
        text=fields.text("text"),
        state=fields.text("state"),
        facts=fields.texts("facts"),
        sources=fields.texts("sources"),
        in_family=fields.flag("in_family"),
        unmatched_devices=fields.flag("unmatched_devices"),
    )
    closed = rule.kind in (DEVICE, CONDITION) and rule.after in AFTERWARDS and rule.state in STATES
    if not closed or not rule.levels or not set(rule.levels.values()) <= {REFUSED, CAUTION}:
        raise KnowledgeError(f"{fields.where}: '{rule.id}' needs a kind, levels, 'after' and a state of the closed lists")
    return rule


def _question(fields: Fields) -> ScreenQuestion:
    rules = fields.texts("rules")
    return ScreenQuestion(
        id=fields.text("id"),
        text=fields.text("text"),
        rules=rules,
        gates=fields.texts("gates"),
        if_yes=fields.text("if_yes", ""),
        enough=fields.texts("enough") or rules,
        not_of_sex=fields.text("not_of_sex", ""),
    )


def _drug(row: dict[str, str], path: Path) -> DrugRow:
    one_of = bool(row["drug"]) != bool(row["class"])
    if f"drug-{row['kind']}" not in TEXTS or not one_of or row["when"] not in WHENS or row["state"] not in STATES:
        raise KnowledgeError(f"{path.stem}.drugs.tsv: a row needs a kind, a drug or a class, a 'when' and a state of the closed lists")
    return DrugRow(row["kind"], row["when"], row["drug"], row["class"], row["state"], row["source"])


def _gene(fields: Fields) -> GeneRow:
    return GeneRow(fields.texts("genes"), fields.texts("phenotypes"), fields.texts("groups"), fields.text("state"), fields.texts("sources"))


def _cues(path: Path) -> dict[str, tuple[str, ...]]:
    table = path.with_name(f"{path.stem}.cues.tsv")
    found: dict[str, tuple[str, ...]] = dict.fromkeys(CUES, ())
    for row in read_tsv(table, ("cue", "phrase")):
        if row["cue"] not in found:
            raise KnowledgeError(f"{table.name}: cue '{row['cue']}' is not one of {', '.join(CUES)}")
        found[row["cue"]] = (*found[row["cue"]], row["phrase"])
    return found


def read_limits(fields: Fields, path: Path) -> LimitCard:
    """The limits of single trains with `<id>.rows.tsv`; KnowledgeError where a number is none or not positive."""
    table = path.with_name(f"{path.stem}.rows.tsv")
    rows = []
    for row in read_tsv(table, LIMIT_COLUMNS):
        try:
            train = Train(float(row["frequency_hz"]), float(row["percent_rmt"]), float(row["train_s"]))
        except ValueError:
            raise KnowledgeError(f"{table.name}: a row holds something that is no number") from None
        if min(train.frequency_hz, train.percent_rmt, train.train_s) <= 0 or row["is_tested_only"] not in ("yes", "no"):
            raise KnowledgeError(f"{table.name}: numbers must be above 0, and is_tested_only yes or no")
        rows.append(TrainLimit(train, row["is_tested_only"] == "yes"))
    state = fields.text("state")
    return LimitCard(fields.text("id"), fields.text("release"), fields.text("claim"), state, tuple(rows), fields.texts("sources"))
