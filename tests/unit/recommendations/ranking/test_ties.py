"""What ties two films, by the catalogue."""

from chalicelib.recommendations.ranking.ties import Tie, ties_between
from tests.factories import film

ALIEN = film("Alien", year=1979, genres=("Drama", "Horror", "Sci-Fi", "IMAX"), directors=("R. Scott",),
             actors=("S. Weaver", "T. Skerritt"), countries=("United States", "United Kingdom"))  # fmt: skip


def test_the_strongest_ties_come_first_when_films_share_much() -> None:
    other = film("Blade Runner", year=1972, genres=("Horror", "Drama", "IMAX"), directors=("X", "R. Scott"),
                 actors=("S. Weaver",), countries=("United Kingdom",))  # fmt: skip
    assert ties_between(other, ALIEN) == [
        Tie("director", ("R. Scott",)),
        Tie("actors", ("S. Weaver",)),
        Tie("country", ("United Kingdom",), 1970),
        Tie("genres", ("Horror", "Drama"), 1970),
        Tie("genres", ("Horror", "Drama")),
        Tie("genres", ("Horror",), 1970),
        Tie("country", ("United Kingdom",)),
        Tie("decade", (), 1970),
    ]


def test_a_tie_is_weak_when_every_third_film_has_it() -> None:
    assert [tie.is_weak for tie in (Tie("decade", (), 1970), Tie("genres", ("Drama",)))] == [True, True]
    strong = [
        Tie("genres", ("Drama",), 1970),
        Tie("genres", ("War",)),
        Tie("genres", ("Comedy", "Drama")),
        Tie("series"),
    ]
    assert not any(tie.is_weak for tie in strong)


def test_nothing_is_claimed_when_films_share_nothing_that_tells() -> None:
    assert ties_between(film("Up", year=2009, genres=("IMAX",), countries=("United States",)), ALIEN) == []
    assert ties_between(film("Up", year=None, genres=()), film("Heat", year=None, genres=())) == []


def test_a_series_needs_somebody_in_both_films() -> None:
    sequel = film("Alien 3", year=1992, genres=(), actors=("S. Weaver",))
    assert Tie("series") in ties_between(sequel, ALIEN)
    assert Tie("series") not in ties_between(film("Alien", film_id="remake", year=2031, genres=("Horror",)), ALIEN)
