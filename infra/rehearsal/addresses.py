"""What is wrong with a function's environment and with the addresses it would call."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from infra.rehearsal.resolve import Template

READ_BY_LIBRARIES = (
    (r"GIGACHAT_", "the gigachat client"),  # pydantic settings with this prefix, an empty value included
    (r"AWS_", "boto3"),  # AWS_ENDPOINT_URL… first of all; what Lambda sets itself may not be set
    (r"(HTTP|HTTPS|ALL|NO|FTP)_PROXY$", "every HTTP client"),
    (r"(SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSLKEYLOGFILE)$", "every TLS client"),
    (r"(OPENSEARCH|ELASTIC|ELASTICSEARCH)_", "search clients"),
    (r"(PYNAMODB|BOTO|BOTO3|MOTO|LOCALSTACK)_", "AWS libraries"),
    (r"(PYTHON|LD_|OPENSSL_|PYDANTIC_|HTTPX_|CHALICE_|LAMBDA_)", "the runtime"),
)
EMULATORS = re.compile(r"(^|\.)(localhost|localstack|localstack\.cloud|ministack|moto|host\.docker\.internal)$")
ADDRESS = re.compile(r"[a-z0-9+.-]+://[^/\s]+")


def problems_of_environment(template: Template) -> Iterator[str]:
    """Variables that a library reads by itself, and addresses that are none."""
    said: set[str] = set()
    for function in template.functions():
        for name, value in template.environment(function).items():
            for problem in (*_read_by_itself(name), *_no_address(name, value, template.named_by(name))):
                if problem not in said:
                    said.add(problem)
                    yield problem


def problems_of_parameters(template: Template) -> Iterator[str]:
    """Values that CloudFormation would refuse."""
    for name, value in template.parameters.items():
        one = template.declared.get(name)
        if one is None:
            yield f"the template has no parameter {name}; it has {', '.join(sorted(template.declared))}"
        elif "AllowedValues" in one and value not in map(str, one["AllowedValues"]):
            yield f"{name} is {value!r}, allowed are {', '.join(map(str, one['AllowedValues']))}"
        elif one["Type"] == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
            yield f"{name} is {value!r}, which is no number"
        elif "AllowedPattern" in one and not re.fullmatch(one["AllowedPattern"], value):
            yield f"{name} is {value!r}: {one.get('ConstraintDescription', one['AllowedPattern'])}"


def problems_of_urls(function: str, urls: Iterable[str]) -> Iterator[str]:
    """Addresses that a deployed function must not call."""
    for url in urls:
        host = urlsplit(url).hostname or ""
        if not ADDRESS.match(url):
            yield f"{function} would call {url!r}, which is no absolute address"
        elif EMULATORS.search(host) or _is_loopback(host):
            yield f"{function} would call {url}, which is an emulator or this machine"


def _read_by_itself(name: str) -> Iterator[str]:
    for pattern, reader in READ_BY_LIBRARIES:
        if re.match(pattern, name, re.IGNORECASE):
            yield f"the variable {name} is read by {reader} itself, even when it is empty: name it otherwise"
            return


def _no_address(name: str, value: str, parameters: Iterable[str]) -> Iterator[str]:
    if name.endswith(("_URL", "_URI", "_ENDPOINT")) and not ADDRESS.match(value):
        what = "is empty" if not value else f"is {value!r}, which is no absolute address"
        source = ", ".join(parameters)
        yield f"the variable {name} {what}" + (f" (parameter {source})" if source else "")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or address.is_link_local
