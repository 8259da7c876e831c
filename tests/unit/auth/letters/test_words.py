"""Every letter is there in both languages, with its code on a line of its own."""

import pytest

from chalicelib.auth.letters.words import WORDS


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("purpose", ["confirm", "reset"])
def test_the_code_stands_on_a_line_of_its_own(language: str, purpose: str) -> None:
    subject, text = WORDS[language][purpose]  # type: ignore[index]
    assert "\n{code}\n" in text
    assert text.format(code="c")
    assert "\n" not in subject
