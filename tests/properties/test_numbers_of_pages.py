"""Every number that a page shows stands in assessment.json, also for people that nobody invented by hand."""

import json

import pytest
from invented_people import knowledge, person
from numbers_of_pages import Document, numbers, seen

from painloom.assess import assess
from painloom.report.html import render_html
from painloom.report.jsonout import to_json

# People of the ten thousand whose page once held a count that the document did not: of drugs, genes, red flags, alternatives.
ONCE_WRONG = (703, 1216, 2885, 3491, 4666)


@pytest.mark.parametrize("seed", [*range(0, 240, 6), *ONCE_WRONG])
def test_every_number_of_the_report_is_in_the_document(seed):
    found = assess(person(seed), knowledge(), "2026-11-23")
    held = Document(json.loads(to_json(found)))

    assert [] == [n for n in numbers(seen(render_html(found))) if n.count(".") < 2 and not held.holds(n)]
