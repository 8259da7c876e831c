"""For all tests: no real account can be meant by accident, and the deployed stack for those that ask for it."""

import os

import pytest

from chalicelib import aws

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
os.environ.pop("AWS_PROFILE", None)
os.environ.pop("AWS_ENDPOINT_URL", None)
os.environ.pop("GIGACHAT_CREDENTIALS", None)


@pytest.fixture(autouse=True)
def _aws_of_its_own() -> None:
    """A session keeps the region and the keys of the environment that it was made in."""
    aws.process.cache_clear()


pytest_plugins = ["tests.deployed"]
