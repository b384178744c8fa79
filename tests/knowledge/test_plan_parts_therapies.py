"""What a plan reads on the cards of therapies, movement, procedures and stimulation: laws, known answers, and what must never be lost."""

import tomllib
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import KnowledgeError
from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import DATA, load
from painloom.knowledge.plan_cards import Contraindication
from painloom.knowledge.treatments import read_treatment

MODALITIES = ("procedure", "neuromodulation", "psychological", "physical", "education", "programme", "change")
KNOWLEDGE = load()
CARDS = {id_: card for id_, card in KNOWLEDGE.treatments.items() if card.modality in MODALITIES}
PSYCHOLOGICAL = {id_: card for id_, card in CARDS.items() if card.modality == "psychological"}
OWN = "painloom-own-choice"
NORMAL = NormalDist()
Z80 = NORMAL.inv_cdf(0.9)
each = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
each_therapy = pytest.mark.parametrize("card", PSYCHOLOGICAL.values(), ids=PSYCHOLOGICAL)


def people(effect: float) -> float:
    """Share of people better off for an effect in standard deviations, by the declared share without treatment."""
    control = KNOWLEDGE.wishes.control
    return NORMAL.cdf(NORMAL.inv_cdf(control) + effect) - control


def about(card: TreatmentCard, fact: str) -> Contraindication:
    """The one contraindication of a card that asks for a fact."""
    (found,) = [one for one in card.contraindications if one.when is not None and one.when.fact == fact]
    return found


def every_part(card: TreatmentCard):  # type: ignore[no-untyped-def]
    """All parts of a card that carry a state and sources."""
    course = [card.course] if card.course else []
    return [*course, *card.serves, *card.contraindications, *card.not_with, *card.first_choices]


def test_there_are_the_cards_that_this_file_speaks_of():
    assert (len(CARDS), len(PSYCHOLOGICAL)) == (25, 9)


# How it runs ---------------------------------------------------------------------------------------------------------------------


@each
def test_every_treatment_that_is_no_drug_says_how_it_runs_and_where_it_is_to_be_had(card):
    assert card.course is not None
    assert card.course.sessions
    assert card.course.access


@each
def test_hours_and_weeks_lie_above_nothing_and_fit_each_other(card):
    assert card.course.hours is None or 0 < card.course.hours <= 200
    assert card.course.weeks is None or 0 < card.course.weeks <= 52
    if card.course.hours and card.course.weeks:
        assert card.course.hours <= 40 * card.course.weeks


def test_what_anybody_can_begin_comes_before_therapy_programme_needle_and_implant():
    line = {id_: card.course.line for id_, card in CARDS.items()}
    ladder = ("exercise", "cbt", "multidisciplinary", "radiofrequency", "spinal-cord-stimulation")

    assert [line[id_] for id_ in ladder] == [1, 2, 3, 4, 5]
    assert all(line[id_] == 1 for id_, card in CARDS.items() if card.evidence_class in ("exercise", "movement"))
    assert [id_ for id_, number in line.items() if number == 5] == ["spinal-cord-stimulation"]


@pytest.mark.parametrize(
    ("treatment", "hours", "weeks"),
    [("cbt", 16, 8), ("mbsr", 16, 8), ("emotional-awareness", 13.5, 10), ("single-session", 2, None), ("behavioural-activation", 20, 16)],
)
def test_length_of_a_course_is_that_of_its_trial(treatment, hours, weeks):
    course = CARDS[treatment].course

    assert (course.hours, course.weeks, course.state) == (hours, weeks, "verified")


# What else it does ---------------------------------------------------------------------------------------------------------------


@each
def test_what_it_does_names_a_wish_that_exists_and_is_not_pain(card):
    domains = {domain.id for domain in KNOWLEDGE.wishes.domains} - {"pain", "effort", "cost"}
    assert {serve.domain for serve in card.serves} <= domains


@each
def test_a_domain_that_weighs_is_counted_once(card):
    weighing = [serve.domain for serve in card.serves if serve.state != "to-verify"]
    assert len(weighing) == len(set(weighing))


@pytest.mark.parametrize(
    ("treatment", "domain", "effect", "low", "high"),
    [
        ("cbt-insomnia", "sleep", 0.99, 0.54, 1.50),
        ("exercise", "function", 0.31, 0.05, 0.57),
        ("aerobic-exercise", "mood", 0.32, 0.12, 0.53),
        ("tai-chi", "mood", 0.32, 0.15, 0.50),
        ("weight-loss", "function", 0.23, 0.04, 0.42),
        ("act", "mood", 0.35, 0.15, 0.54),
    ],
)
def test_a_published_effect_becomes_people_with_a_band_of_eighty_per_cent(treatment, domain, effect, low, high):
    (serve,) = [one for one in CARDS[treatment].serves if one.domain == domain and one.state != "to-verify"]
    half = Z80 * (high - low) / (2 * NORMAL.inv_cdf(0.975))

    assert serve.added == pytest.approx(people(effect), abs=0.001)
    assert serve.low == pytest.approx(people(effect - half), abs=0.001)
    assert serve.high == pytest.approx(people(effect + half), abs=0.001)
    assert f"{effect:.2f} SD" in serve.text


@pytest.mark.parametrize(("treatment", "rate", "number"), [("mbsr", 0.605, 116), ("cbt", 0.577, 113)])
def test_people_who_did_more_are_counted_as_the_trial_counted_them(treatment, rate, number):
    (serve,) = [one for one in CARDS[treatment].serves if one.domain == "function" and one.state != "to-verify"]
    usual, others = 0.441, 113
    error = (rate * (1 - rate) / number + usual * (1 - usual) / others) ** 0.5

    assert serve.added == pytest.approx(rate - usual, abs=0.001)
    assert (serve.low, serve.high) == pytest.approx((rate - usual - Z80 * error, rate - usual + Z80 * error), abs=0.001)


@each
def test_an_effect_printed_without_an_interval_reaches_down_to_nothing(card):
    loose = [serve for serve in card.serves if "no interval printed" in serve.text]
    assert all(serve.low == 0 and serve.high > serve.added for serve in loose)


# What speaks against it ----------------------------------------------------------------------------------------------------------


@each_therapy
def test_every_psychological_card_has_sessions_and_says_what_speaks_against_it(card):
    assert card.course.sessions
    assert card.contraindications


@each_therapy
def test_every_psychological_card_has_a_word_on_thoughts_of_suicide_or_an_unstable_mind(card):
    facts = {one.when.fact for one in card.contraindications if one.when is not None}
    assert facts & {"suicide-plan-or-means", "suicidal-thoughts", "active-psychosis"}


@each_therapy
def test_every_psychological_card_says_that_who_gains_more_cannot_be_told_where_that_was_looked_for(card):
    sources = {source for limit in card.limits for source in limit.sources}
    assert sources & {"scholten-2024", "ashar-2022"}


@each
def test_what_is_no_psychological_card_says_what_speaks_against_it_or_that_nothing_is_known(card):
    said = " ".join(text.text for text in card.monitoring)
    assert card.contraindications or "No contraindication is known" in said


@each
def test_contraindications_ask_what_a_case_can_answer(card):
    facts = {row["id"] for table in ("facts", "facts_criteria") for row in KNOWLEDGE.terms(table)}
    measures = {row["id"] for row in KNOWLEDGE.terms("measures")}
    groups = {one.id for one in KNOWLEDGE.classes} | {row["group"] for row in KNOWLEDGE.terms("drug_groups")}
    for one in card.contraindications:
        assert set(one.taking) <= groups
        if one.when is not None:
            assert one.when.fact in facts if one.when.fact else one.when.measure in measures


@each
def test_no_question_is_asked_twice_on_one_card(card):
    asked = [(one.when, one.taking) for one in card.contraindications]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(
    ("treatment", "fact"),
    [
        ("tens", "screen-heart-device"),
        ("tens", "screen-stimulator"),
        ("spinal-cord-stimulation", "bleeding-disorder"),
        ("spinal-cord-stimulation", "acute-infection"),
        ("spinal-cord-stimulation", "pregnancy"),
        ("spinal-cord-stimulation", "cannot-run-device"),
        ("acupuncture", "bleeding-disorder"),
        ("exercise", "unstable-angina"),
        ("strength-exercise", "heart-failure-unstable"),
        ("yoga", "acute-infection"),
        ("multidisciplinary", "unstable-angina"),
        ("opioid-taper", "end-of-life"),
    ],
)
def test_what_a_source_that_was_read_rules_out_is_refused(treatment, fact):
    one = about(CARDS[treatment], fact)
    assert one.refuses
    assert one.state == "verified"


@pytest.mark.parametrize(
    ("treatment", "fact"),
    [
        ("cbt-insomnia", "bipolar-disorder"),
        ("cbt-insomnia", "epilepsy"),
        ("cbt-insomnia", "sleep-disordered-breathing"),
        ("cbt-insomnia", "hazardous-work"),
        ("mbsr", "active-psychosis"),
        ("mbsr", "suicidal-thoughts"),
        ("act", "active-psychosis"),
        ("radiofrequency", "screen-heart-device"),
        ("radiofrequency", "pregnancy"),
        ("weight-loss", "eating-disorder"),
        ("opioid-taper", "pregnancy"),
        ("opioid-taper", "opioid-use-disorder"),
        ("pain-reprocessing", "cancer-pain"),
        ("acupuncture", "pregnancy"),
    ],
)
def test_dangers_that_were_not_read_in_a_source_are_on_the_card_all_the_same(treatment, fact):
    assert about(CARDS[treatment], fact).text


@pytest.mark.parametrize("treatment", ["spinal-cord-stimulation", "radiofrequency", "acupuncture"])
def test_needles_and_implants_ask_for_blood_thinners_on_the_drug_list(treatment):
    assert any("anticoagulant" in one.taking for one in CARDS[treatment].contraindications)


@each
def test_nothing_is_refused_on_the_word_of_this_project_alone(card):
    sure = [one for one in card.contraindications if one.refuses and one.state == "verified"]
    assert all(set(one.sources) != {OWN} for one in sure)


# What goes together, what comes first --------------------------------------------------------------------------------------------


def test_what_does_not_go_together_is_said_on_both_cards_with_the_same_certainty():
    pairs = {
        (card.id, other): rule.state for card in CARDS.values() for rule in card.not_with for other in rule.treatments if other in CARDS
    }

    assert pairs
    assert all(pairs.get((other, one)) == state for (one, other), state in pairs.items())


@each
def test_no_treatment_is_kept_out_by_itself(card):
    assert card.id not in {other for rule in card.not_with for other in rule.treatments}


def test_an_implanted_generator_keeps_magnetic_stimulation_and_tens_out():
    for other in ("m1-rtms", "tens"):
        assert any("spinal-cord-stimulation" in rule.treatments and rule.state == "verified" for rule in CARDS[other].not_with)


def test_treatment_of_sleep_may_run_beside_another_therapy():
    assert not CARDS["cbt-insomnia"].not_with
    assert not any("cbt-insomnia" in rule.treatments for card in CARDS.values() for rule in card.not_with)


@each
def test_guidelines_name_kinds_of_pain_that_exist(card):
    assert {choice.condition for choice in card.first_choices} <= set(KNOWLEDGE.conditions.indications)


@each
def test_one_guideline_does_not_contradict_itself(card):
    said = [(choice.condition, choice.body) for choice in card.first_choices]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("treatment", "condition", "against"),
    [
        ("exercise", "low-back", False),
        ("exercise", "osteoarthritis", False),
        ("exercise", "nociplastic", False),
        ("exercise", "fibromyalgia", False),
        ("cbt-insomnia", "insomnia-with-pain", False),
        ("tens", "low-back", True),
        ("tens", "osteoarthritis", True),
        ("acupuncture", "osteoarthritis", True),
        ("acupuncture", "nociplastic", False),
        ("weight-loss", "osteoarthritis", False),
    ],
)
def test_guidelines_that_were_read_say_what_they_say(treatment, condition, against):
    said = [one.against for one in CARDS[treatment].first_choices if one.condition == condition and one.state == "verified"]

    assert said
    assert all(one == against for one in said)


def test_guidelines_that_disagree_on_needles_in_back_pain_stand_side_by_side():
    said = {one.body: one.against for one in CARDS["acupuncture"].first_choices if one.condition == "low-back"}

    assert set(said.values()) == {True, False}


# Every part ----------------------------------------------------------------------------------------------------------------------


@each
def test_every_part_names_a_source_that_exists(card):
    for part in every_part(card):
        assert part.sources
        assert set(part.sources) <= set(KNOWLEDGE.sources)


@each
def test_what_only_this_project_says_is_no_verified_fact_unless_it_is_a_rule_of_its_own(card):
    for part in every_part(card):
        if set(part.sources) == {OWN} and part.state == "verified":
            assert "rule of this project" in part.text


@each
def test_texts_are_short_and_whole(card):
    texts = [one.text for one in card.contraindications] + [one.text for one in card.not_with]

    assert all(len(text) <= 220 and text[0].isupper() and text.endswith(".") for text in texts)


def test_every_source_of_this_file_was_used_and_says_what_was_read():
    own = tomllib.loads((DATA / "sources" / "plan-therapies.toml").read_text(encoding="utf-8"))
    used = {source for card in KNOWLEDGE.treatments.values() for part in every_part(card) for source in part.sources}
    used |= {source for card in KNOWLEDGE.treatments.values() for part in (*card.limits, *card.monitoring) for source in part.sources}
    used |= {source for driver in KNOWLEDGE.drivers.values() for source in driver.sources}

    assert set(own) <= used
    assert all(record["note"] and record["url"] for record in own.values())
    assert all(one < other for one, other in pairwise(own))


@pytest.mark.parametrize(
    ("driver", "treatment"),
    [
        ("catastrophising", "cbt"),
        ("fear-of-movement", "graded-exposure"),
        ("low-self-efficacy", "multidisciplinary"),
        ("depression", "behavioural-activation"),
        ("anxiety", "act"),
        ("trauma", "emotional-awareness"),
        ("insomnia", "cbt-insomnia"),
        ("obesity", "weight-loss"),
        ("back-psychosocial", "multidisciplinary"),
    ],
)
def test_what_keeps_pain_going_names_the_therapy_that_aims_at_it(driver, treatment):
    assert treatment in KNOWLEDGE.drivers[driver].helps


# Readers -------------------------------------------------------------------------------------------------------------------------

HEAD = (DATA / "treatments" / "single-session.toml").read_text(encoding="utf-8").split("\n[course]")[0]
COURSE = '\n[course]\nline = 1\nsessions = "one"\naccess = "here"\nstate = "verified"\nsources = ["darnall-2021"]\n'
AGAINST = '\n[[contraindication]]\nrefuses = true\ntext = "No."\nstate = "verified"\nsources = ["darnall-2021"]\n'


def read(tmp_path_factory, text: str) -> TreatmentCard:
    """A card from text."""
    path = tmp_path_factory.mktemp("card") / "single-session.toml"
    path.write_text(text, encoding="utf-8")
    return read_treatment(path)


def test_a_contraindication_that_asks_nothing_is_no_card(tmp_path_factory):
    with pytest.raises(KnowledgeError, match="fact or measure, or `taking`"):
        read(tmp_path_factory, HEAD + COURSE + AGAINST)


def test_a_contraindication_that_asks_for_a_fact_and_for_drugs_is_no_card(tmp_path_factory):
    with pytest.raises(KnowledgeError, match="fact or measure, or `taking`"):
        read(tmp_path_factory, HEAD + COURSE + AGAINST + 'fact = "pregnancy"\ntaking = ["opioid"]\n')


@given(line=st.integers(-10, 20).filter(lambda value: value not in range(1, 6)))
def test_a_line_outside_one_to_five_is_no_card(tmp_path_factory, line):
    with pytest.raises(KnowledgeError, match=r"line lies in 1\.\.5"):
        read(tmp_path_factory, HEAD + COURSE.replace("line = 1", f"line = {line}"))


@given(values=st.tuples(*[st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 3))] * 3))
def test_a_band_is_read_when_it_holds_its_value_and_only_then(tmp_path_factory, values):
    low, added, high = values
    text = HEAD + COURSE + f'\n[[serves]]\ndomain = "sleep"\nadded = {added}\nlow = {low}\nhigh = {high}\n'
    text += 'text = "t"\nstate = "verified"\nsources = ["darnall-2021"]\n'
    if -1 <= low <= added <= high <= 1:
        assert read(tmp_path_factory, text).serves[0].added == added
    else:
        with pytest.raises(KnowledgeError, match="-1 <= low <= added <= high <= 1"):
            read(tmp_path_factory, text)
