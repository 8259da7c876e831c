"""A frozen floor of taste: viewers with clear tastes on the demo catalogue, learned from a third of its viewers.

Figures to quote come from `python -m tests.bench.personas`, which learns from all of them and has a model, too.
"""

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from infra.catalog.sources.demo import demo_films
from tests.bench._product import learn
from tests.bench._viewers import judged, read_viewers
from tests.bench.personas import FILES, House, figures_of, learned_rows

EMBARRASSING_MOST, FIT_MIN, VIEWERS = 2, 26, 28  # one worse than reached; places of 560


def test_lists_embarrass_nobody_who_recommends_them_to_a_friend(demo_catalog: EmbeddedCatalog) -> None:
    rows = [row for row in learned_rows() if int(row[0].rpartition("-")[2]) % 3 == 0]
    house = House(demo_films(), demo_catalog, learn(rows))
    verdicts = {
        viewer.name: judged(viewer, house.page(viewer, model_on=False))
        for path in FILES
        for viewer in read_viewers(path)
    }
    figures = figures_of(verdicts)
    assert figures["viewers"] == VIEWERS
    assert figures["places"] == 20 * VIEWERS, "a page for everybody"
    assert figures["embarrassing"] <= EMBARRASSING_MOST, figures["causes"]
    assert figures["fit_reached"] >= FIT_MIN, figures["fit"]
