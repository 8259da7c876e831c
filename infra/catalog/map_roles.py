"""Lets the stack's functions into an OpenSearch domain with fine-grained access control.

    python -m infra map-roles
    python -m infra map-roles --stack films-test --loader arn:aws:iam::123456789012:role/Loader
    python -m infra map-roles --catalog-url https://master:PASSWORD@films.example.org

Makes four roles of the domain's: `kinosovet_reader` (search the alias and its indexes), `kinosovet_writer` (change
single films), `kinosovet_embedder` (keep films' vectors) and `kinosovet_loader` (fill and swap indexes). It maps the
roles of the functions to the first, of those that change films to the second, of the one that makes vectors to the
third, and whoever is named by `--loader` to the last. It speaks to the domain as its master user: by your own
credentials, or by user and password in the address. Running it again replaces the mappings; nothing else of the
domain's is touched.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.resources import administration
from infra.stack_outputs import add_stack, outputs

READER, WRITER, LOADER = "kinosovet_reader", "kinosovet_writer", "kinosovet_loader"
EMBEDDER, EMBEDDING = "kinosovet_embedder", "AskRoleArn"  # the slow lane's function makes the vectors
# Documents, their refreshing, and the index of changes where no load has made it yet.
CHANGES = ["crud", "create_index", "indices:admin/refresh*", "indices:admin/mapping/put"]
VECTORS = ["crud", "indices:admin/refresh*", "indices:admin/mapping/put"]
SECURITY = "/_plugins/_security/api"


class Request(NamedTuple):
    """One request to the security plugin: PUT is what makes it repeatable.

    https://docs.opensearch.org/latest/security/access-control/api/
    """

    path: str
    body: dict[str, object]


def requests(
    alias: str,
    readers: Sequence[str],
    writers: Sequence[str],
    loaders: Sequence[str],
    embedders: Sequence[str] = (),
) -> list[Request]:
    """What has to be put; ARNs are backend roles to a domain that knows IAM."""
    made = [_role(READER, alias, ["cluster_composite_ops_ro"], ["read"]), _mapping(READER, readers)]
    if embedders:
        made.append(_role_on(EMBEDDER, [f"{alias}_meaning"], ["cluster_composite_ops"], VECTORS))
        made.append(_mapping(EMBEDDER, embedders))
    if writers:
        made.append(_role(WRITER, alias, ["cluster_composite_ops"], CHANGES))
        made.append(_mapping(WRITER, writers))
    if loaders:
        made.append(_role(LOADER, alias, ["cluster_composite_ops", "indices_monitor"], ["indices_all"]))
        made.append(_mapping(LOADER, loaders))
    return made


def _role(name: str, alias: str, cluster: list[str], actions: list[str]) -> Request:
    """The alias is granted by the names of its indexes, `films-…`: OpenSearch resolves it before it looks."""
    patterns = [alias, f"{alias}-*", f"{alias}_changes", f"{alias}_meaning"]
    return _role_on(name, patterns, cluster, actions)


def _role_on(name: str, patterns: list[str], cluster: list[str], actions: list[str]) -> Request:
    on = {"index_patterns": patterns, "allowed_actions": actions}
    return Request(f"{SECURITY}/roles/{name}", {"cluster_permissions": cluster, "index_permissions": [on]})


def _mapping(name: str, arns: Sequence[str]) -> Request:
    return Request(f"{SECURITY}/rolesmapping/{name}", {"backend_roles": list(arns), "hosts": [], "users": []})


def readers_of(stack: Mapping[str, str]) -> list[str]:
    """The roles of all functions that read the catalogue: the stack tells those and no others."""
    return [arn for name, arn in stack.items() if name.endswith("RoleArn")]


def writers_of(stack: Mapping[str, str]) -> list[str]:
    """The roles of those that change films too."""
    return [arn for name, arn in stack.items() if name.endswith("RoleArnOfWriter")]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stack, which domain, and who loads films."""
    add_stack(parser)
    parser.add_argument("--catalog-url", help="default: $CATALOG_URL, else the stack's own catalogue")
    parser.add_argument(
        "--loader", action="append", default=[], metavar="ARN", help="who may load films; may be repeated"
    )


def run(given: argparse.Namespace) -> int:
    """Maps, and says whom. The exit code: 1 when the domain refused, or the catalogue is none."""
    stack = outputs(given.stack)
    url = given.catalog_url or os.environ.get("CATALOG_URL") or stack["Catalog"]
    if not url.startswith("http"):
        print(f"✗ the catalogue of {given.stack} is no OpenSearch domain but {url}", file=sys.stderr)
        return 1
    readers, writers, embedders = readers_of(stack), writers_of(stack), [stack[EMBEDDING]]
    engine = administration(url, os.environ.get("CATALOG_SIGN") or stack["CatalogSign"])
    try:
        for request in requests(engine.alias, readers, writers, given.loader, embedders):
            engine.put(request.path, request.body)
    except CatalogUnavailableError as error:
        print(f"✗ not mapped: {error.detail}", file=sys.stderr)
        return 1
    for name, arns in ((READER, readers), (WRITER, writers), (EMBEDDER, embedders), (LOADER, given.loader)):
        for arn in arns:
            print(f"{name:18} {arn}")
    return 0
