from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from infra.local import demo_catalogue
from tests.factories import film

ALIEN = film("Alien")


def test_catalogue_is_built_once_when_it_is_loaded_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def load(_source: str, url: str) -> None:
        built.append(url)
        EmbeddedCatalog(url).replace_all([ALIEN])

    monkeypatch.setattr(demo_catalogue, "load", load)
    monkeypatch.setattr(demo_catalogue, "BUILT", tmp_path / "demo")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="films")
        for place in ("s3://films/one", "s3://films/other"):
            demo_catalogue.load_demo(place)
            assert EmbeddedCatalog(place).get(ALIEN.film_id).titles == ALIEN.titles
    assert len(built) == 1
