"""A film's id never changes: every stored like points to it."""

from chalicelib.catalog.film_ids import film_id_of


def test_the_id_is_the_one_of_the_first_release() -> None:
    assert film_id_of("tt0111161") == "18708b19-6190-5bdf-a825-d9bb867208de"
    assert film_id_of("ml318") == "3b3c2d05-5cf7-5a16-9f92-94709f20c9c2"


def test_blanks_around_a_sources_name_do_not_matter_and_letters_do() -> None:
    assert film_id_of(" tt0111161\n") == film_id_of("tt0111161")
    assert film_id_of("TT0111161") != film_id_of("tt0111161")
