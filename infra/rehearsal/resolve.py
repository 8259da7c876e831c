"""What CloudFormation would make of the template: parameters' values, names of resources, environments, policies.

Physical names are made up from the logical ones; ARNs and addresses have AWS's own shape, so that a policy's pattern
can be held against them.
"""

import re
from collections.abc import Mapping
from typing import Any

REGION, ACCOUNT, STACK = "eu-central-1", "123456789012", "kinosovet"
PSEUDO = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
}
FUNCTION = "AWS::Serverless::Function"
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{{}}-a1b2c3",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
}


class Template:
    """A template with the values that its parameters have.

    `given` are parameters by name; the others have their defaults.
    """

    def __init__(self, document: Mapping[str, Any], given: Mapping[str, str]) -> None:
        self.resources: Mapping[str, Any] = document["Resources"]
        self._globals: Mapping[str, Any] = document.get("Globals", {}).get("Function", {})
        self.declared: Mapping[str, Any] = document.get("Parameters", {})
        self.parameters = {name: str(one.get("Default", "")) for name, one in self.declared.items()} | dict(given)
        self._conditions: Mapping[str, Any] = document.get("Conditions", {})

    def functions(self) -> dict[str, Mapping[str, Any]]:
        """The functions' properties by logical id."""
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == FUNCTION}

    def environment(self, function: str) -> dict[str, str]:
        """A function's own variables, as it would see them."""
        own = self.resources[function]["Properties"].get("Environment", {}).get("Variables", {})
        variables = self._globals.get("Environment", {}).get("Variables", {}) | own
        worked_out = {name: self.value(one) for name, one in variables.items()}
        return {name: str(value) for name, value in worked_out.items() if value is not None}

    def named_by(self, variable: str) -> list[str]:
        """The parameters that a variable's value is made from."""
        found = re.findall(r"'Ref': '(\w+)'|\$\{(\w+)", repr(self._globals["Environment"]["Variables"].get(variable)))
        return [name for pair in found for name in pair if name in self.declared]

    def statements(self, function: str) -> list[tuple[list[str], list[str]]]:
        """What a function's role allows: actions, and the resources as ARNs or patterns."""
        role = self.resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
        made: list[tuple[list[str], list[str]]] = []
        for policy in self.resources[role]["Properties"]["Policies"]:
            policy = self.value(policy)
            for one in policy["PolicyDocument"]["Statement"] if policy else []:
                made.append((_listed(one["Action"]), _listed(one["Resource"])))
        return made

    def logical_id(self, physical: str) -> str:
        """The resource that an ARN, an address or a name belongs to; the text itself when there is none."""
        for name in sorted(self.resources, key=len, reverse=True):
            if re.search(rf"(?<![\w-]){re.escape(self._name(name))}(?![\w-])", physical):
                return name
        return physical

    def value(self, given: Any) -> Any:
        """Works out every intrinsic function in a part of the template."""
        if isinstance(given, list):
            return [one for one in map(self.value, given) if one is not None]
        if not isinstance(given, dict):
            return given
        if len(given) == 1:
            ((name, argument),) = given.items()
            match name:
                case "Ref":
                    return self._ref(argument)
                case "Fn::GetAtt":
                    logical_id, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
                    return self._attribute(logical_id, attribute)
                case "Fn::Sub":
                    return self._substituted(argument)
                case "Fn::If":
                    condition, then, otherwise = argument
                    return self.value(then if self._holds({"Condition": condition}) else otherwise)
                case "Fn::Join":
                    return argument[0].join(map(str, self.value(argument[1])))
                case "Fn::Split":
                    return [one for one in str(self.value(argument[1])).split(argument[0]) if one]
        return {key: found for key, one in given.items() if (found := self.value(one)) is not None}

    def _ref(self, name: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        kind = self.resources[name]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._name(name)}"
        if kind in ("AWS::SecretsManager::Secret", "AWS::SNS::Topic"):
            return _ARNS[kind].format(self._name(name))
        return self._name(name)

    def _attribute(self, logical_id: str, attribute: str) -> str:
        name, kind = self._name(logical_id), self.resources[logical_id]["Type"]
        if attribute in ("QueueName", "Name", "RoleName"):
            return name
        arn = _ARNS.get(kind, f"arn:aws:any:{REGION}:{ACCOUNT}:{{}}").format(name)
        return f"{arn}/stream/2026-01-01T00:00:00.000" if attribute == "StreamArn" else arn

    def _name(self, logical_id: str) -> str:
        named = self.resources[logical_id].get("Properties", {})
        if "LogGroupName" in named:
            return str(self.value(named["LogGroupName"]))
        if self.resources[logical_id]["Type"] == "AWS::S3::Bucket":
            return f"{STACK}-{logical_id.lower()}"
        return f"{STACK}-{logical_id}"

    def _substituted(self, argument: Any) -> str:
        text, more = (argument, {}) if isinstance(argument, str) else argument

        def found(match: re.Match[str]) -> str:
            name = match[1]
            if name in more:
                return str(self.value(more[name]))
            logical_id, dot, attribute = name.partition(".")
            return str(self._attribute(logical_id, attribute) if dot else self._ref(name))

        return re.sub(r"\$\{([\w:.]+)\}", found, text)

    def _holds(self, given: Any) -> bool:
        ((name, argument),) = given.items()
        match name:
            case "Condition":
                return self._holds(self._conditions[argument])
            case "Fn::Equals":
                left, right = map(self.value, argument)
                return str(left) == str(right)
            case "Fn::Not":
                return not self._holds(argument[0])
            case "Fn::And":
                return all(map(self._holds, argument))
            case "Fn::Or":
                return any(map(self._holds, argument))
        raise ValueError(f"a condition says {name}")


def _listed(given: Any) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]
