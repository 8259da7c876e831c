"""One stem for the forms of one word, in both languages."""

from chalicelib.catalog.titles.stems import stem, stems_of


def test_forms_of_a_word_share_their_stem_in_russian_and_in_english() -> None:
    assert stem("империя") == stem("империи") == stem("империей")
    assert stem("hunter") == stem("hunters")
    assert stem("империя") != stem("империал")


def test_words_of_digits_and_signs_are_their_own_stem() -> None:
    assert [stem(word) for word in ("2001", "e.t", "mp3s")] == ["2001", "e.t", "mp3s"]


def test_a_text_is_the_stems_of_its_words_whatever_stands_between_them() -> None:
    assert (
        stems_of("Охотники, за  Империей!")
        == stems_of("охотник за империя")
        == tuple(map(stem, ("охотники", "за", "империя")))
    )
    assert stems_of("…") == ()
