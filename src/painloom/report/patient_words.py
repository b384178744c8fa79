"""Plain words for a person: phrases of the patient's wording card with texts of cards in their own language."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from painloom.model.assessment import Assessment
from painloom.report.wording import Wording, capital, printable, read_wording, sentence

CARDS = "en"  # the language of labels on cards


@dataclass(frozen=True, slots=True)
class Speech:
    """A wording card as markup: what is filled in is escaped, labels of cards say their language where it is another one."""

    words: Wording
    language: str

    def say(self, key: str, /, **values: object) -> Markup:
        """The phrase of `key` with its {names} filled in; raises KnowledgeError when the card lacks it."""
        clean = {name: value if isinstance(value, Markup) else printable(str(value)) for name, value in values.items()}
        self.words(key, **clean)  # a missing phrase or name is told in one line
        return escape(self.words.phrases[key]).format(**clean)

    def has(self, key: str) -> bool:
        """Whether the card has a phrase for `key` that is not empty."""
        return bool(self.words.phrases.get(key))

    def first(self, *keys: str, **values: object) -> Markup:
        """The phrase of the first key that the card has; the last key must be there."""
        return self.say(next((key for key in keys if self.has(key)), keys[-1]), **values)

    def label(self, text: str, *, is_title: bool = False) -> Markup:
        """A label of a card as it stands, marked as English on a page of another language."""
        shown = printable(capital(text) if is_title or self.language != CARDS else text)
        return escape(shown) if self.language == CARDS else Markup('<span lang="{}">{}</span>').format(CARDS, shown)

    def name(self, treatment: str, label: str, *, is_title: bool = False) -> Markup:
        """How a person would call a treatment; the label of its card where the wording card has no name."""
        key = f"treatment.{treatment}.name"
        if not self.has(key):
            return self.label(label, is_title=is_title)
        text = self.words.phrases[key]
        return escape(capital(text) if is_title else text)

    def listing(self, names: Iterable[Markup], last: str = "page.and") -> Markup:
        """Names in a row, "a, b and c"; each once."""
        own = list(dict.fromkeys(names))
        if len(own) < 2:
            return Markup().join(own)
        return Markup("{} {} {}").format(Markup(", ").join(own[:-1]), self.say(last), own[-1])

    def date(self, iso: str) -> Markup:
        """A day as it is spoken; a text that is no ISO day as it stands."""
        year, _, rest = iso.partition("-")
        month, _, day = rest.partition("-")
        if not (year.isdigit() and day.isdigit() and self.has(f"month.{month}")):
            return escape(printable(iso))
        return self.say("page.date", day=int(day), month=self.say(f"month.{month}"), year=year)


def speech(language: str) -> Speech:
    """The patient's words in `language`; raises KnowledgeError where there is no such card."""
    return Speech(read_wording(f"patient-{language}"), language)


def capital_of(text: Markup) -> Markup:
    """Markup with a capital first letter, unless it begins with a tag."""
    return text if text.startswith("<") else text[:1].upper() + text[1:]


def whole(text: str) -> str:
    """A free text of the person as one line that ends as a sentence."""
    return sentence(" ".join(printable(text).split()))


def treatment_labels(assessment: Assessment) -> dict[str, str]:
    """Label of a treatment card, without case -> its id, as far as this assessment names them."""
    plan, outlook = assessment.plan, assessment.outlook
    pairs = [(o.label, o.treatment) for o in (plan.options if plan else ())]
    pairs += [(o.label, o.treatment) for o in (outlook.outlooks if outlook else ())]
    return {label.casefold(): treatment for label, treatment in reversed(pairs)}
