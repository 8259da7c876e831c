"""Files as they come: the same lines whatever they are packed in, from any line on."""

import gzip
import random

import pytest

from chalicelib.feedback.bulk import lines
from chalicelib.feedback.bulk.lines import FileRefusedError, lines_of

TEXTS = [b"x" * random.Random(number).randrange(60) + str(number).encode() for number in range(3_000)]


def read(raw: bytes, offset: int = 0) -> list[bytes]:
    return [line.text for line in lines_of(lambda start, size: raw[start : start + size], len(raw), offset)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "RANGE_BYTES", 1_000)
    monkeypatch.setattr(lines, "UNPACKED_BYTES", 700)


@pytest.mark.parametrize("ending", [b"", b"\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_lines_come_as_they_were_sent_from_the_beginning_or_from_any_line(ending: bytes, packed: bool) -> None:
    whole = b"\n".join(TEXTS) + ending
    raw = gzip.compress(whole) if packed else whole
    found = list(lines_of(lambda start, size: raw[start : start + size], len(raw)))
    assert [line.text for line in found] == TEXTS
    for place in (0, 1, 1_234, len(TEXTS) - 2):
        assert read(raw, found[place].end) == TEXTS[place + 1 :]
    assert read(raw, found[-1].end) == []


def test_files_that_were_packed_one_by_one_are_one() -> None:
    assert read(gzip.compress(b"a\nb\n") + gzip.compress(b"c\n")) == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (gzip.compress(b"\n".join(TEXTS))[:-50], "The file is cut off."),
        (b"\x1f\x8b no gzip", "The file is packed in another way than gzip, or broken."),
        (b"a\n" + b"x" * 70_000, "A row has more than 65,536 bytes."),
    ],
)
def test_a_file_that_is_no_good_is_told_why(raw: bytes, said: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read(raw)
    assert str(refused.value) == said


def test_an_empty_file_has_no_line() -> None:
    assert read(b"") == read(gzip.compress(b"")) == []
    assert read(b"\n\n") == [b"", b""]


def test_a_small_file_that_unpacks_to_much_is_never_held_whole() -> None:
    raw = gzip.compress(b"\n" * 5_000_000)
    assert sum(1 for _ in lines_of(lambda start, size: raw[start : start + size], len(raw))) == 5_000_000
