"""Where the catalogue is decides what its readers may touch and where they run; the others never notice."""

from typing import Any

import pytest

from infra.deploy.functions import FUNCTIONS
from infra.deploy.template import render
from infra.rehearsal.resolve import Template

READERS = {
    "APIHandler", "NotePremieres", "Rebuild", "Ask", "Learn", "TendCatalog", "TakeImports", "WriteEvents", "SendWeekly",
}  # fmt: skip
WRITERS = {"APIHandler", "TendCatalog"}
URL = "https://search-films-abc.eu-central-1.es.amazonaws.com"
OUTPUTS: Any = render()["Outputs"]


def template(**given: str) -> Template:
    """The rendered parts, with the types and roles that Chalice writes."""
    document: Any = render()
    for function in FUNCTIONS:
        document["Resources"][function.id]["Type"] = "AWS::Serverless::Function"
        document["Resources"][function.id]["Properties"]["Role"] = {"Fn::GetAtt": [function.role_id, "Arn"]}
        document["Resources"][function.role_id]["Type"] = "AWS::IAM::Role"
    document["Resources"]["RestAPI"]["Type"] = "AWS::Serverless::Api"
    return Template(document, given)


def allowed(known: Template, function: str, service: str) -> set[str]:
    """Resources on which the function may do anything of the service's."""
    return {
        one
        for actions, resources in known.statements(function)
        if any(action.startswith(service) for action in actions)
        for one in resources
    }


@pytest.mark.parametrize("function", sorted(READERS))
def test_the_snapshots_bucket_is_open_only_where_the_catalogue_lies_there(function: str) -> None:
    own, elsewhere = template(), template(CatalogUrl=URL)
    assert any("catalogbucket" in one for one in allowed(own, function, "s3:"))
    assert not any("catalogbucket" in one for one in allowed(elsewhere, function, "s3:"))
    assert allowed(own, function, "es:") == set()


@pytest.mark.parametrize("function", sorted(READERS))
def test_the_domain_may_be_searched_where_requests_are_signed(function: str) -> None:
    anywhere = "arn:aws:es:eu-central-1:123456789012:domain/*/*"
    assert allowed(template(CatalogUrl=URL), function, "es:") == {anywhere}
    named = template(CatalogUrl=URL, CatalogDomain="films")
    assert allowed(named, function, "es:") == {anywhere.replace("*/*", "films/*")}
    assert allowed(template(CatalogUrl=URL, CatalogSign="no"), function, "es:") == set()
    assert named.environment(function)["CATALOG_SIGN"] == "auto"


def test_files_of_films_come_whatever_holds_the_catalogue() -> None:
    for known in (template(), template(CatalogUrl=URL)):
        taking = {
            name for name in known.functions() if any("importsbucket" in one for one in allowed(known, name, "s3:"))
        }
        assert taking == WRITERS | {"TakeImports"}


def test_nobody_else_touches_the_catalogue_or_joins_its_network() -> None:
    known = template(CatalogUrl=URL, CatalogSubnets="subnet-1,subnet-2", CatalogSecurityGroups="sg-1")
    inside = {name for name, one in known.functions().items() if known.value(one.get("VpcConfig"))}
    searching = {name for name in known.functions() if allowed(known, name, "es:")}
    joining = {name for name in known.functions() if allowed(known, name, "ec2:")}
    assert inside == searching == joining == READERS


def test_no_function_is_in_a_network_by_default() -> None:
    known = template()
    assert not any(known.value(one.get("VpcConfig")) for one in known.functions().values())
    assert not any(allowed(known, name, "ec2:") for name in known.functions())


def test_subnets_and_groups_are_the_parameters() -> None:
    inside = template().functions()["Ask"]["VpcConfig"]["Fn::If"][1]
    assert inside == {"SubnetIds": {"Ref": "CatalogSubnets"}, "SecurityGroupIds": {"Ref": "CatalogSecurityGroups"}}


def test_whom_a_domain_has_to_let_in_is_told() -> None:
    told = {name: one["Value"] for name, one in OUTPUTS.items() if name.endswith("RoleArn")}
    roles = [one.role_id for one in FUNCTIONS if one.id in READERS]
    assert told == {f"{role}Arn": {"Fn::GetAtt": [role, "Arn"]} for role in roles}
    writers = {name: one["Value"] for name, one in OUTPUTS.items() if name.endswith("RoleArnOfWriter")}
    assert writers == {
        f"{one.role_id}ArnOfWriter": {"Fn::GetAtt": [one.role_id, "Arn"]} for one in FUNCTIONS if one.id in WRITERS
    }


def test_films_are_changed_by_those_who_have_to_and_by_nobody_else() -> None:
    known = template()
    writing = {
        name
        for name in known.functions()
        for actions, resources in known.statements(name)
        if "s3:PutObject" in actions and any("catalogbucket/catalog/" in one for one in resources)
    }
    assert writing == WRITERS
    assert OUTPUTS["CatalogSign"] == {"Value": {"Ref": "CatalogSign"}}


def test_the_table_is_paged_or_exported_and_never_both() -> None:
    backed_up, not_backed_up = template(), template(Protect="false")

    def actions(known: Template) -> set[str]:
        """On the table of feedback: of the salts every stage's learning reads all."""
        return {
            action
            for actions, resources in known.statements("Learn")
            for action in actions
            if not any("outcomes" in one.lower() for one in resources)
        }

    assert "dynamodb:Scan" in actions(not_backed_up) - actions(backed_up)
    exporting = {"dynamodb:ExportTableToPointInTime", "dynamodb:DescribeExport", "s3:PutObjectAcl"}
    assert exporting <= actions(backed_up) - actions(not_backed_up)
