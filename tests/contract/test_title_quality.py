"""The demo catalogue: a frozen floor of title matching, in both languages. Its mentions are the same on each run;
figures to quote come from `python -m tests.bench.titles` with other seeds."""

from pathlib import Path

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.titles.match import match_title
from infra.catalog.sources.demo import demo_films
from tests.bench._mentions import from_demo
from tests.bench.titles import score

SEED, MENTIONS = 11, 800
PRECISION, RECALL, FALSE_ACCEPTS = 0.998, 0.993, 0.007  # one mistake more is allowed than is made


def test_noisy_titles_find_their_film_and_titles_of_others_find_none(tmp_path: Path) -> None:
    held, mentions = from_demo(demo_films(), SEED)
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
    catalog.replace_all(held)
    said = mentions[:MENTIONS]
    found = score(said, [match_title(catalog, one.text, one.year).film for one in said])
    reached = [float(str(found[name])) for name in ("precision", "recall", "false_accept")]
    assert reached[0] >= PRECISION, found
    assert reached[1] >= RECALL, found
    assert reached[2] <= FALSE_ACCEPTS, found
