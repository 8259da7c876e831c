"""The package itself: what is in the two zips, and that it is all a function needs."""

import ast
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.layer import SERVICES
from infra.deploy.package import BUILD, ROOT, package
from infra.local.localstack.host import bare_python

FUNCTION = "AWS::Serverless::Function"
LIBRARIES = Path("python/lib/python3.13/site-packages")


@pytest.fixture(scope="module")
def template() -> Any:
    return json.loads(package().read_text())


@pytest.fixture(scope="module")
def functions(template: Any) -> dict[str, Any]:
    found = {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == FUNCTION}
    assert len(found) >= 9
    return found


@pytest.fixture(scope="module")
def unpacked(functions: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both zips side by side, as Lambda unpacks them into /var/task and /opt."""
    assert functions
    folder = tmp_path_factory.mktemp("lambda")
    for name, zipped in (("task", "deployment.zip"), ("opt", "layer.zip")):
        with zipfile.ZipFile(BUILD / zipped) as content:
            content.extractall(folder / name)
    return folder


def said_by(unpacked: Path, program: str, **more: str) -> list[str]:
    """What the program prints on a Python that has nothing but the two zips."""
    environment = more | {
        "PYTHONPATH": f"{unpacked / 'task'}{os.pathsep}{unpacked / 'opt' / LIBRARIES}",
        "PATH": "/usr/bin:/bin",
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's file system is read-only
    }
    command = [bare_python(), "-S", "-P", "-W", "error::ImportWarning", "-c", program]
    done = subprocess.run(command, env=environment, cwd=unpacked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_api_has_one_stage_when_sam_has_transformed_it(template: Any, tmp_path: Path) -> None:
    """By SAM's own translator, which the emulator's environment has. It would add a public stage named `Stage`."""
    uploaded = tmp_path / "template.json"
    uploaded.write_text(json.dumps(template).replace('"./', '"s3://artifacts/'))
    program = (
        "import json, pathlib, sys\n"
        "from samtranslator.parser.parser import Parser\n"
        "from samtranslator.translator.translator import Translator\n"
        "given = json.loads(pathlib.Path(sys.argv[1]).read_text())\n"
        "print(json.dumps(Translator({}, Parser()).translate(given, parameter_values={})))\n"
    )
    command = [str(ROOT / ".local/emulator/bin/python"), "-c", program, str(uploaded)]
    environment = {"AWS_DEFAULT_REGION": "eu-central-1", "PATH": "/usr/bin:/bin"}
    made = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    by_type: dict[str, list[Any]] = {}
    for one in made["Resources"].values():
        by_type.setdefault(one["Type"], []).append(one["Properties"].get("StageName"))
    assert by_type["AWS::ApiGateway::Stage"] == ["api"]
    assert by_type["AWS::ApiGateway::Deployment"] == [None]


def test_every_handler_is_imported_when_there_are_only_the_two_zips(functions: dict[str, Any], unpacked: Path) -> None:
    for name, function in functions.items():
        module, _, handler = function["Handler"].rpartition(".")
        program = f"import sys, {module} as m; m.{handler}; print('app' in sys.modules, 'infra' in sys.modules)"
        whole_app, infra = said_by(unpacked, program)
        assert infra == "False"
        # An event handler or the authorizer that imported the whole app would pay for all of it on every cold start.
        assert whole_app == str(name == "APIHandler"), name


EVENTS = {"msgspec"}
TABLES = {"botocore", "pynamodb"}
FILMS = {"botocore", "sqlite3", "snowballstemmer"}
TITLES = {"rapidfuzz"}  # looked for by them, with letters wrong
LOADED = {
    "APIHandler": EVENTS | TABLES | FILMS | TITLES | {"jose", "argon2", "email_validator"},
    "Authorize": TABLES | {"msgspec", "jose"},  # msgspec: the stored account's
    "Plan": EVENTS | TABLES,
    "Rebuild": EVENTS | TABLES | FILMS,
    "Ask": EVENTS | TABLES | FILMS | TITLES | {"gigachat", "pydantic"},
    "Sweep": EVENTS | TABLES,
    "NotePremieres": EVENTS | TABLES | FILMS,
    "Learn": EVENTS | TABLES | FILMS | {"boto3"},
    "Erase": EVENTS | TABLES,
    "PurgeAgain": EVENTS | TABLES,
    "PostLetters": EVENTS | TABLES | {"email_validator"},
    "TendCatalog": EVENTS | FILMS,
    "TakeImports": EVENTS | TABLES | FILMS,
    "WriteEvents": EVENTS | FILMS,
    "CountOutcomes": EVENTS | TABLES,
    "BeginWeekly": EVENTS | {"botocore", "email_validator", "snowballstemmer"},  # a letter is of films
    "SendWeekly": EVENTS | TABLES | FILMS | {"email_validator"},
}
ON_EVERYTHING = {"dynamodb:ListStreams", "cloudwatch:GetMetricData"}
"""Which IAM grants on `*` alone."""
SOME_LOAD = set().union(*LOADED.values()) | {"opensearchpy", "json_repair"}


def test_a_worker_loads_its_own_libraries_and_no_others_when_it_starts(
    functions: dict[str, Any], unpacked: Path
) -> None:
    """Nothing answers here: what is opened is not used yet."""
    queues = {
        f"{name}_QUEUE_URL": "http://127.0.0.1:9/queue"
        for name in ("REBUILD", "ASK", "ERASURE", "LETTERS", "IMPORTS", "WEEKLY")
    }
    surroundings = queues | {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "CATALOG_URL": "s3://films/catalog",
        "TOKEN_KEYS_SECRET": "keys",
        "LLM_SECRET": "key",
    }
    for name, function in functions.items():
        module = function["Handler"].rpartition(".")[0]
        program = f"import sys, {module}; print(*{SOME_LOAD!r} & set(sys.modules))"
        assert set(said_by(unpacked, program, _HANDLER=function["Handler"], **surroundings)) == LOADED[name], name


def test_every_import_of_ours_succeeds_when_there_are_only_the_two_zips(unpacked: Path) -> None:
    """Those inside functions too: a library that only a late import needs would be missed in production alone."""
    wanted = {name for path in (ROOT / "chalicelib").rglob("*.py") for name in imports_of(ast.parse(path.read_text()))}
    assert {"gigachat", "opensearchpy", "email_validator", "snowballstemmer"} <= wanted
    program = f"import importlib\nfor name in {sorted(wanted)!r}: importlib.import_module(name); print(name)"
    assert said_by(unpacked, program) == sorted(wanted)


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Modules that a source imports anywhere but for the type checker."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield from imports_of(node)


def test_every_client_of_ours_is_made_from_the_slim_layer(unpacked: Path) -> None:
    sources = "".join(path.read_text() for path in (ROOT / "chalicelib").rglob("*.py"))
    named = set(re.findall(r'client\(\s*"([a-z0-9-]+)"', sources))
    assert {"sqs", "secretsmanager", "s3"} <= named <= set(SERVICES)
    program = f"""
from botocore.session import get_session
for name in {SERVICES!r}:
    get_session().create_client(name, aws_access_key_id="x", aws_secret_access_key="x")
    print(name)
"""
    assert said_by(unpacked, program) == list(SERVICES)


def test_code_zip_holds_no_tool_test_or_data_of_ours(unpacked: Path) -> None:
    top = {path.name for path in (unpacked / "task").iterdir()}
    assert top <= {"app.py", "chalicelib", "chalice", "experiments", "__pycache__"}
    assert {path.suffix for path in (unpacked / "task" / "experiments").iterdir()} == {".json"}
    assert {path.name for path in (unpacked / "task" / "__pycache__").iterdir()} == {"app.cpython-313.pyc"}


def test_every_module_is_compiled_and_the_zips_fit_lambda(unpacked: Path) -> None:
    """Also our own: Lambda's file system is read-only, so what is not compiled here is compiled at each cold start."""
    missing = [
        path
        for path in unpacked.rglob("*.py")
        if not (path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc").exists()
    ]
    assert missing == []
    size = sum(path.stat().st_size for path in unpacked.rglob("*") if path.is_file())
    assert size < 250 * 2**20  # Lambda's limit for code and layers together
    assert (BUILD / "layer.zip").stat().st_size <= 24 * 10**6  # each cold worker unpacks it


def test_every_function_has_a_role_of_its_own_that_names_what_it_may_touch(
    template: Any, functions: dict[str, Any]
) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    assert len(set(roles)) == len(functions)
    own = {*template["Resources"], "CatalogDomain"}  # a parameter: the domain is not the stack's
    in_a_network = {f"ec2:{one}" for one in ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets",
                    "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses")}  # fmt: skip
    for role in roles:
        (policy,) = template["Resources"][role]["Properties"]["Policies"]
        for made in policy["PolicyDocument"]["Statement"]:
            condition, statement, _ = made.get("Fn::If", ("", made, None))
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert not [action for action in actions if "*" in action], role
            given = statement["Resource"]
            if given == "*":
                # Granted on * alone, or on what has no name before it is there.
                assert set(actions) <= (in_a_network if condition == "InNetwork" else ON_EVERYTHING), role
                continue
            for resource in given if isinstance(given, list) else [given]:
                bounded = _named_in(resource) & own or "*" not in json.dumps(
                    resource
                )  # Glue asks for its one catalogue
                assert bounded, f"{role} may {actions} on {resource}"


def _named_in(resource: Any) -> set[str]:
    """Logical ids of the stack that a resource of a policy is made from; none for a bare pattern."""
    if isinstance(resource, str):
        return set()
    if "Fn::GetAtt" in resource:
        return {resource["Fn::GetAtt"][0]}
    if "Ref" in resource:
        return {resource["Ref"]}
    return set(re.findall(r"\$\{(\w+)", resource["Fn::Sub"]))


def test_no_placeholder_is_left_when_chalice_and_our_template_are_merged(template: Any) -> None:
    assert "set-by-the-template" not in json.dumps(template)


def test_gateway_responses_and_missing_methods_are_in_the_api_when_merged(template: Any) -> None:
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert {"UNAUTHORIZED", "DEFAULT_5XX"} <= set(body["x-amazon-apigateway-gateway-responses"])
    assert {"get", "post", "put", "patch", "delete"} <= set(body["paths"]["/v1/recommendations"])
    security = body["paths"]["/v1/recommendations"]["get"]["security"]
    assert security, "the home page is open to everybody"
