"""A request as words: folded, with what was written behind each, taken once."""

from chalicelib.recommendations.wishes.tokens import Draft


def test_words_are_folded_and_keep_their_place_when_a_request_is_read() -> None:
    draft = Draft("Ещё sci-fi, Hitchcock's!")
    assert [token.word for token in draft.tokens] == ["еще", "sci", "fi", ",", "hitchcock", "!"]
    assert draft.said(1, 2) == "sci-fi"
    assert [token.is_sign for token in draft.tokens] == [False, False, False, True, False, True]


def test_an_initial_parts_no_name() -> None:
    assert [token.word for token in Draft("Samuel L. Jackson. Ok").tokens] == ["samuel", "l", "jackson", ".", "ok"]


def test_what_is_taken_parts_what_is_left() -> None:
    draft = Draft("one two three four")
    draft.take(1, 1)
    assert list(draft.runs(frozenset({"four"}))) == [(0, 0), (2, 2)]
    assert not draft.are_free(0, 1)


def test_wishes_stand_as_they_were_said_and_once() -> None:
    draft = Draft("comedy drama comedy")
    draft.wish("genre", "Drama", 1, 1)
    draft.wish("genre", "Comedy", 0, 0)
    draft.wish("genre", "Comedy", 2, 2)
    assert [(wish.value, wish.text) for wish in draft.plan] == [("Comedy", "comedy"), ("Drama", "drama")]
    assert draft.kinds() == {"genre"}


def test_an_alternative_widens_the_wish_before_it() -> None:
    draft = Draft("comedy or drama")
    draft.wish("genre", "Comedy", 0, 0)
    draft.or_wish("genre", "Drama", 2, 2)
    assert [(wish.value, wish.text) for wish in draft.plan] == [("Comedy, Drama", "comedy or drama")]
