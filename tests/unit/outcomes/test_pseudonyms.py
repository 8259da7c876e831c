"""Events lie under a name that dies with the viewer's salt."""

from chalicelib.outcomes.pseudonyms import REMEMBERED_MAX, REMEMBERED_SECONDS, Pseudonyms
from tests.fake_outcomes import FakeSalts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_viewer_has_one_name_in_all_workers_and_nobody_else_has_it() -> None:
    salts = FakeSalts()
    one, other = Pseudonyms(salts), Pseudonyms(salts)
    assert one.pseudonym("a") == other.pseudonym("a") == other.find_pseudonym("a") != one.pseudonym("b")
    assert salts.writes == 2


def test_the_salt_alone_leads_from_the_viewer_to_the_name_and_it_dies() -> None:
    salts, clock = FakeSalts(), Clock()
    pseudonyms = Pseudonyms(salts, clock)
    before = pseudonyms.pseudonym("a")
    salts.drop_salt("a")
    clock.now += REMEMBERED_SECONDS
    assert pseudonyms.find_pseudonym("a") is None
    assert pseudonyms.holdings("a") == {"events_are_kept_as": None}
    assert pseudonyms.pseudonym("a") != before


def test_a_name_is_read_once_a_minute_and_few_are_held() -> None:
    salts, clock = FakeSalts(), Clock()
    pseudonyms = Pseudonyms(salts, clock)
    for _ in range(5):
        pseudonyms.pseudonym("a")
    assert (salts.reads, salts.writes) == (1, 1)
    clock.now += REMEMBERED_SECONDS
    assert pseudonyms.find_pseudonym("a") == pseudonyms.pseudonym("a")
    assert (salts.reads, salts.writes) == (2, 1)
    for number in range(REMEMBERED_MAX):
        pseudonyms.pseudonym(f"viewer {number}")
    reads = salts.reads
    pseudonyms.pseudonym("a")
    assert salts.reads == reads + 1, "the one that was asked for longest ago is forgotten"


def test_of_whom_nothing_was_told_nothing_is_made() -> None:
    salts = FakeSalts()
    assert Pseudonyms(salts).find_pseudonym("a") is None
    assert not salts.held
