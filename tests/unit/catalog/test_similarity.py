"""What makes two films alike, whichever engine found them."""

from chalicelib.catalog.model import Film
from chalicelib.catalog.similarity import most_alike, tags_compared, tags_of, title_stems
from tests.factories import film

LIKED = film("Solaris", genres=("Drama", "Sci-Fi"), directors=("Andrei Tarkovsky",), year=1972)


def order(*others: Film, liked: Film = LIKED) -> list[str]:
    return [one.titles.main for one in most_alike([liked], others, 10)]


def test_a_shared_director_counts_when_genres_are_the_same() -> None:
    by_him = film("Stalker", genres=("Drama", "Sci-Fi"), directors=("Andrei Tarkovsky",), year=1979)
    other = film("Westworld", genres=("Drama", "Sci-Fi"), directors=("Michael Crichton",), year=1973)
    assert order(other, by_him) == ["Stalker", "Westworld"]


def test_a_rare_genre_counts_more_than_a_common_one() -> None:
    dramas = [film(f"Drama {number}", genres=("Drama",), year=1972) for number in range(9)]
    assert order(*dramas, film("Rare", genres=("Sci-Fi",), year=1972))[0] == "Rare"


def test_the_nearer_year_wins_when_all_else_is_equal() -> None:
    far, near = film("Far", genres=("Drama",), year=2012), film("Near", genres=("Drama",), year=1975)
    assert order(far, near) == ["Near", "Far"]


def test_films_of_one_series_are_alike_when_their_titles_say_so() -> None:
    liked = film("Star Wars: A New Hope", genres=("Action",), year=1977)
    sequel = film("Star Wars: The Empire Strikes Back", genres=("Action",), year=1980)
    assert order(film("Superman", genres=("Action",), year=1978), sequel, liked=liked)[0] == sequel.titles.main


def test_the_film_itself_is_left_out_and_ties_have_one_order() -> None:
    twins = [film(f"Twin {number}", genres=("Drama",), year=1972) for number in range(4)]
    assert order(LIKED, *twins) == order(*reversed(twins), LIKED)
    assert "Solaris" not in order(LIKED, *twins)


def test_countries_and_years_do_not_gather_what_is_compared() -> None:
    assert tags_compared([film("Zerkalo", genres=("Drama",), year=1975, countries=("Soviet Union",))]) == [
        "g_drama",
        "d_197",
    ]


def test_tags_name_genre_people_country_decade_and_year_as_one_word_each() -> None:
    assert tags_of(LIKED) == ["g_drama", "g_sci_fi", "p_andrei_tarkovsky", "d_197", "y_1972"]
    assert tags_of(film("Zerkalo", actors=("Margarita Terekhova",), genres=(), year=None)) == ["p_margarita_terekhova"]
    assert tags_of(film("Zerkalo", genres=(), year=None, countries=("Soviet Union",))) == ["c_soviet_union"]


def test_only_words_that_mean_something_are_compared() -> None:
    assert title_stems("The Lord of the Rings") == title_stems("lords ring")
