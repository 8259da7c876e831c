"""Questions by how they ended, lists by who made them."""

from datetime import timedelta

from chalicelib.outcomes.tallies import lists_of, questions_of, tally_list, tally_question
from tests.factories import NOW
from tests.fake_outcomes import FakeTallies


def test_questions_are_counted_by_their_ending_on_the_day_they_end() -> None:
    tallies = FakeTallies()
    for ending in ("answered", "answered", "failed: 429", "failed: lost ending", "not due: later", "erased"):
        tally_question(tallies, ending, NOW)
    tally_question(tallies, "budget spent", NOW + timedelta(days=1))
    assert questions_of(tallies, NOW.date()) == {"answered": 2, "failed": 2}
    assert questions_of(tallies, NOW.date() + timedelta(days=1)) == {"budget spent": 1}


def test_a_list_is_counted_where_its_source_changes_and_nowhere_else() -> None:
    tallies = FakeTallies()
    for before, after in ((None, "personal"), ("personal", "personal"), ("personal", "gigachat"), (None, "top")):
        tally_list(tallies, before, after)
    assert lists_of(tallies) == {"gigachat": 1, "personal": 0, "top": 1}
    assert tallies.adds == 4
    tally_list(tallies, "gigachat", None)
    tally_list(tallies, "gigachat", None)  # a count was lost before
    assert lists_of(tallies) == {"gigachat": 0, "personal": 0, "top": 1}
