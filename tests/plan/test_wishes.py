"""Wishes in the person's own words become weights; what is not understood is kept and shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.knowledge.load import load
from painloom.model.formulation import Driver
from painloom.plan.wishes import understand

BOOK = load().wishes
DOMAINS = [domain.id for domain in BOOK.domains]


def driver(kind):
    return Driver(f"d-{kind}", "D", kind, "score:x.y", "1", None, 1.0, "", "verified", ())


def weights(*wishes, drivers=()):
    return understand(wishes, drivers, BOOK)


def test_a_wish_raises_the_domain_of_its_words():
    found = weights("sleep through the night", "no drug that makes me foggy")

    assert 1.0 == found.of("sleep") == found.of("clear-head")
    assert {"sleep", "clear-head"} == found.named
    assert () == found.unread


def test_german_words_are_understood_too():
    assert {"sleep"} == weights("wieder durchschlafen").named


def test_a_wish_with_a_number_sets_the_weight():
    found = weights("sleep: 9", "cost: 0", "pain: 3/10")

    assert (0.9, 0.0, 0.3) == (found.of("sleep"), found.of("cost"), found.of("pain"))


def test_a_word_counts_only_from_the_beginning_of_a_word():
    """A 'homework' holds no wish to work; 'working' does."""
    assert () == tuple(weights("homework").named)
    assert {"function"} == weights("working again").named


def test_what_no_list_understands_is_kept_word_for_word():
    assert ("see the northern lights",) == weights("see the northern lights").unread


def test_what_keeps_the_pain_going_raises_its_domain_without_a_wish():
    plain, bad = weights(), weights(drivers=[driver("sleep")])

    assert plain.of("sleep") < bad.of("sleep")
    assert [plain.of(d) for d in DOMAINS if d != "sleep"] == [bad.of(d) for d in DOMAINS if d != "sleep"]


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6), st.lists(st.sampled_from(["sleep", "mind", "body", "drug"]), max_size=3))
def test_weights_lie_in_their_range_and_no_wish_is_lost(wishes, kinds):
    found = understand(wishes, [driver(kind) for kind in kinds], BOOK)

    assert DOMAINS == [domain for domain, _ in found.by_domain]
    assert all(0 <= weight <= 1 for _, weight in found.by_domain)
    assert set(found.unread) <= set(wishes)
    assert found == understand(wishes, [driver(kind) for kind in kinds], BOOK)
