"""A module's test has its name and its place: who opens `a/b.py` finds what it promises in `tests/unit/a/test_b.py`."""

from pathlib import Path

import pytest

CODE, TESTS = Path("chalicelib"), Path("tests/unit")
FILES_MAX = 20  # a newcomer reads a folder's names at one glance

# Plain data, protocols and constants: nothing runs.
DATA = {
    "auth/dependencies.py", "auth/elsewhere/model.py", "auth/letters/port.py", "auth/model.py",
    "catalog/port.py", "errors.py", "feedback/model.py", "language.py",
    "outcomes/experiments/model.py",
    "outcomes/model.py", "recommendations/evenings/model.py", "recommendations/evenings/port.py",
    "recommendations/llm/port.py", "recommendations/model.py", "recommendations/ports.py",
    "recommendations/ranking/constants.py", "recommendations/site_model.py", "weekly/model.py",
}  # fmt: skip

# Tested by a suite that runs on every adapter, or on stored data, and lies elsewhere for that reason.
ELSEWHERE = {
    "auth/elsewhere/adapters/store.py": "tests/contract/test_account_stores.py",
    "auth/letters/adapters/store.py": "tests/contract/test_account_stores.py",
    "catalog/adapters/meaning_file.py": "tests/contract/test_film_vectors.py",
    "catalog/adapters/opensearch/catalog.py": "tests/unit/catalog/adapters/test_opensearch_faults.py",
    "catalog/adapters/opensearch/index.py": "tests/unit/catalog/adapters/test_opensearch_index.py",
    "catalog/adapters/opensearch/queries.py": "tests/unit/catalog/adapters/test_opensearch_queries.py",
    "catalog/adapters/snapshot/build.py": "tests/unit/catalog/adapters/test_snapshot_catalog.py",
    "catalog/adapters/snapshot/catalog.py": "tests/unit/catalog/adapters/test_snapshot_catalog.py",
    "catalog/adapters/snapshot/people.py": "tests/contract/catalog_contract.py",
    "catalog/adapters/snapshot/search.py": "tests/contract/test_search_quality.py",
    "catalog/adapters/snapshot/storage.py": "tests/unit/catalog/adapters/test_snapshot_catalog.py",
    "catalog/adapters/snapshot/titles.py": "tests/contract/test_catalog.py",
    "catalog/film_row.py": "tests/contract/film_journey.py",
    "catalog/flat_fields.py": "tests/contract/film_journey.py",
    "catalog/model.py": "tests/contract/film_journey.py",
    "catalog/shown.py": "tests/contract/catalog_contract.py",
    "feedback/adapters/store.py": "tests/contract/test_feedback_store.py",
    "feedback/holdings.py": "tests/contract/film_journey.py",
    "feedback/routes.py": "tests/contract/film_journey.py",
    "outcomes/adapters/store.py": "tests/contract/test_outcomes.py",
    "recommendations/adapters/store.py": "tests/contract/test_recommendation_store.py",
    "recommendations/adapters/texts.py": "tests/contract/test_text_store.py",
    "recommendations/evenings/adapters/evenings_table.py": "tests/contract/test_evening_store.py",
    "recommendations/questions/ask_once.py": "tests/unit/recommendations/premieres/test_ask_about.py",
    "recommendations/holdings.py": "tests/contract/film_journey.py",
    "recommendations/item_similarity/adapters/store.py": "tests/unit/recommendations/item_similarity/test_train.py",
    "recommendations/item_similarity/learned_site.py": "tests/unit/recommendations/item_similarity/test_train.py",
    "recommendations/item_similarity/training_data.py": "tests/unit/feedback/adapters/test_bulk_read.py",
    "recommendations/llm/adapters/store.py": "tests/contract/test_budget.py",
    "recommendations/ranking/candidates.py": "tests/unit/recommendations/ranking/test_scoring.py",
    "recommendations/stored_formats.py": "tests/contract/test_released_data.py",
    "weekly/adapters/queue.py": "tests/unit/weekly/test_wired.py",
    "weekly/adapters/store.py": "tests/contract/test_subscribers.py",
    "weekly/events.py": "tests/unit/weekly/test_wired.py",
    "weekly/holdings.py": "tests/unit/weekly/test_wired.py",
    "weekly/routes.py": "tests/unit/weekly/test_wired.py",
    "web/headers.py": "tests/unit/web/test_routes.py",
}

# Reached by other tests but by none of its own yet. This list only gets shorter.
OPEN: set[str] = set()


def _modules() -> list[str]:
    return sorted(str(path.relative_to(CODE)) for path in CODE.rglob("*.py") if path.name != "__init__.py")


def _own_test(module: str) -> Path:
    path = Path(module)
    return TESTS / path.parent / f"test_{path.name}"


@pytest.mark.parametrize("module", _modules())
def test_each_module_has_a_test_of_its_name_unless_a_reason_is_given(module: str) -> None:
    if module in DATA or module in OPEN:
        return
    assert _own_test(module).exists() or Path(ELSEWHERE.get(module, "?")).exists(), f"no {_own_test(module)}"


def test_no_reason_outlives_its_module_or_its_want() -> None:
    excused = DATA | OPEN | set(ELSEWHERE)
    assert excused <= set(_modules())
    assert not [module for module in excused if _own_test(module).exists()]


@pytest.mark.parametrize("folder", sorted({path.parent for path in CODE.rglob("*.py")}), ids=str)
def test_no_folder_holds_more_modules_than_one_glance_takes_in(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= FILES_MAX
