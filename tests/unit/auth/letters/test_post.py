"""A letter goes to the account's own address, in its owner's language, with a code that works."""

from chalicelib.auth.letters.codes import find_code
from chalicelib.auth.letters.port import LetterWanted, Purpose
from chalicelib.auth.letters.post import post_letter
from tests.auth_world import EMAIL, World
from tests.fake_accounts import FakeCodeStore, FakeMailer


def posted(world: World, codes: FakeCodeStore, purpose: Purpose = "reset", email: str = EMAIL) -> FakeMailer:
    mailer = FakeMailer()
    post_letter(LetterWanted(purpose=purpose, email=email), world.accounts, codes, mailer, world.now)
    return mailer


def code_in(text: str) -> str:
    """The line that is the code."""
    (line,) = [line for line in text.splitlines() if len(line) > 40 and " " not in line]
    return line


def test_the_letter_has_a_code_that_works_and_the_owners_language() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register(language="ru")
    english = world.register("eve@example.com", language="en")
    purposes: tuple[Purpose, ...] = ("confirm", "reset")
    for purpose in purposes:
        (letter,) = posted(world, codes, purpose).sent
        assert letter.to == EMAIL
        assert letter.subject.startswith("Киносовет")
        assert find_code(code_in(letter.text), purpose, world.accounts, codes, world.now)[0] == account
        (other,) = posted(world, codes, purpose, english.email).sent
        assert other.subject.startswith("Kinosovet")
        assert "http" not in letter.text + other.text, "nothing in it leads anywhere"


def test_nothing_is_sent_or_kept_when_nobody_has_the_address() -> None:
    world, codes = World(), FakeCodeStore()
    assert posted(world, codes, email="nobody@example.com").sent == []
    assert codes.codes == {}


def test_the_domain_is_in_ascii_and_a_local_part_that_is_not_gets_no_letter() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register("vera@пример.испытание")
    (letter,) = posted(world, codes, email=account.email).sent
    assert letter.to == "vera@xn--e1afmkfd.xn--80akhbyknj4f"
    other = world.register("вера@пример.испытание")
    assert posted(world, codes, email=other.email).sent == []
