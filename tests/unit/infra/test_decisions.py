"""Decision records have one form, and stand in the index."""

import re
from pathlib import Path

import pytest

RECORDS = Path(__file__).parent.parent.parent.parent / "docs" / "decisions"
INDEX = RECORDS / "README.md"
FILES = sorted(path for path in RECORDS.glob("*.md") if path != INDEX)
SECTIONS = ["Context", "Decision", "Consequences"]
STATUS = r"accepted|replaced by \[\d{3}\]\([a-z0-9-]+\.md\)"


@pytest.mark.parametrize("record", FILES, ids=lambda path: path.stem)
def test_record_has_every_part_of_the_template(record: Path) -> None:
    text = record.read_text()
    number = record.stem.split("-")[0]
    head = rf"# {number} [^\n]+\n\n- \*\*Status\*\*: ({STATUS})\n- \*\*Date\*\*: \d{{4}}-\d\d-\d\d\n\n## Context\n"
    assert re.match(head, text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    bodies = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
    assert all(len(body.split()) >= 15 for body in bodies), "a section says next to nothing"


@pytest.mark.parametrize("record", FILES, ids=lambda path: path.stem)
def test_record_stands_in_the_index_under_its_own_title(record: Path) -> None:
    title = record.read_text().splitlines()[0].removeprefix("# ").split(" ", 1)[1]
    assert f"| [{record.stem.split('-')[0]}]({record.name}) | {title} |" in INDEX.read_text()


def test_no_two_records_have_one_number() -> None:
    numbers = [path.stem.split("-")[0] for path in FILES]
    assert sorted(set(numbers)) == numbers
