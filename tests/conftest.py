"""For all tests: no real account can be meant by accident, and the deployed stack for those that ask for it."""

import os

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
os.environ.pop("AWS_PROFILE", None)
os.environ.pop("AWS_ENDPOINT_URL", None)
os.environ.pop("GIGACHAT_CREDENTIALS", None)

pytest_plugins = ["tests.deployed"]
