"""Which of the model's films are accepted: offered ones, and proposals that mean exactly one film of ours."""

from chalicelib.recommendations.llm.reply import ReadReply
from chalicelib.recommendations.llm.title_resolution import accepted_picks
from tests.factories import film, film_id
from tests.fakes import FakeCatalog


def world() -> FakeCatalog:
    return FakeCatalog(
        [film("Solaris", year=1972), film("Solaris", film_id="remake", year=2002), film("Stalker", year=1979)]
    )


def picked(catalog: FakeCatalog, read: ReadReply, *rated: str) -> list[tuple[str, bool]]:
    return [(pick.film_id, pick.proposed) for pick in accepted_picks(catalog, read, set(rated))]


def test_picks_come_before_proposals_when_both_are_there() -> None:
    read = ReadReply(picks=(("offered", "why"),), proposals=(("Stalker", 1979, "why"),))
    assert picked(world(), read) == [("offered", False), (film_id("Stalker"), True)]


def test_a_proposal_is_dropped_when_it_means_no_film_or_two() -> None:
    read = ReadReply(proposals=(("Nothing of the kind", 1979, ""), ("Solaris", None, ""), ("Solaris", 2002, "")))
    assert picked(world(), read) == [("remake", True)]


def test_a_film_is_dropped_when_it_is_rated_and_kept_once_when_named_twice() -> None:
    read = ReadReply(
        picks=(("rated", ""), (film_id("Stalker"), "the pick's words")), proposals=(("Stalker", 1979, "other words"),)
    )
    (pick,) = accepted_picks(world(), read, {"rated"})
    assert (pick.film_id, pick.reason, pick.proposed) == (film_id("Stalker"), "the pick's words", False)
    assert picked(world(), read, "rated", film_id("Stalker")) == []


def test_the_picks_stay_when_the_catalogue_is_down() -> None:
    catalog = world()
    catalog.down = True
    read = ReadReply(picks=(("offered", "why"),), proposals=(("Stalker", 1979, "why"),))
    assert picked(catalog, read) == [("offered", False)]
