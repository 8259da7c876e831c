"""Which of our functions and methods a handler can reach, read from the source (rapid type analysis).

A function is reached when reached code names it; a method, when reached code names its class somewhere and an attribute
of its name anywhere (Bacon and Sweeney 1996, "Fast static analysis of C++ virtual function calls"). That takes in a
little too much and never too little, as long as nobody builds names from text.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = "chalicelib"
RESOURCES = f"{PACKAGE}.resources"


class Unit(NamedTuple):
    """A function or method. `owner` is its class's full name, "" for a function."""

    module: str
    owner: str
    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def place(self) -> str:
        """For a person: where it is."""
        return f"{self.module.replace('.', '/')}.py:{self.node.lineno}"


class Module:
    """What one source file defines and imports."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name = name
        self.functions: dict[str, Unit] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.values: dict[str, ast.expr] = {}
        self.imports = imports_of(tree)
        self.imports_for_types = {
            (alias.asname or alias.name): (str(one.module), alias.name)
            for one in ast.walk(tree)
            if isinstance(one, ast.ImportFrom)
            for alias in one.names
        }
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self.functions[node.name] = Unit(name, "", node.name, node)
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        self.values[target.id] = node.value


class Sources:
    """Every module of the Lambda code, parsed."""

    def __init__(self, root: Path) -> None:
        self.modules: dict[str, Module] = {}
        for path in [root / "app.py", *sorted((root / PACKAGE).rglob("*.py"))]:
            dotted = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            self.modules[dotted] = Module(dotted, ast.parse(path.read_text(encoding="utf-8")))

    def reached_from(self, handler: str) -> list[Unit]:
        """What a Lambda handler (`module.function`) reaches; Chalice's app reaches every route."""
        search = _Search(self.modules)
        if handler == "app.app":
            for name, module in self.modules.items():
                if name.endswith(".routes") or name.startswith(f"{PACKAGE}.http."):
                    for unit in module.functions.values():
                        search.reach(unit)
        else:
            place, _, name = handler.rpartition(".")
            search.reach(self.modules[place].functions[name])
        return search.run()


class _Search:
    def __init__(self, modules: Mapping[str, Module]) -> None:
        self.modules = modules
        self.reached: dict[tuple[str, str, str], Unit] = {}
        self.waiting: list[Unit] = []
        self.mentioned: set[str] = set()  # attributes of anything
        self.asked: defaultdict[str, set[str]] = defaultdict(
            set
        )  # by an attribute's name: the classes that it was asked of
        self.made: dict[str, dict[str, Unit]] = {}  # methods by class
        self.seen_values: set[tuple[str, str]] = set()

    def reach(self, unit: Unit) -> None:
        key = (unit.module, unit.owner, unit.name)
        if key not in self.reached:
            self.reached[key] = unit
            self.waiting.append(unit)

    def run(self) -> list[Unit]:
        while self.waiting:
            unit = self.waiting.pop()
            self._read(unit.module, unit.node, imports_of(unit.node), self._types_of_parameters(unit))
            for methods in list(self.made.values()):
                for name, method in methods.items():
                    if (method.module, method.owner, name) in self.reached:
                        continue
                    wanted = name in self.mentioned or any(
                        self._may_be(methods, method.owner, owner) for owner in self.asked.get(name, ())
                    )
                    if wanted or (name.startswith("__") and name.endswith("__")):
                        self.reach(method)
        return list(self.reached.values())

    def _read(
        self,
        module: str,
        node: ast.AST,
        local: Mapping[str, tuple[str, str]],
        types: Mapping[str, set[str]] | None = None,
    ) -> None:
        types = {**(types or {}), **self._entered(module, node, local)}
        for one in executed(node):
            if isinstance(one, ast.Attribute):
                owners = self._opened_by(one.value) or self._type_of(one.value, types)
                if owners:
                    self.asked[one.attr] |= owners
                else:
                    self.mentioned.add(one.attr)
                if isinstance(one.value, ast.Name):
                    target = self._imported(module, one.value.id, local)
                    if target and target in self.modules:
                        self._name(target, one.attr, {})
            elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
                self._name(module, one.id, local)

    def _entered(self, module: str, node: ast.AST, local: Mapping[str, tuple[str, str]]) -> dict[str, set[str]]:
        """Variables of `with Class(…) as name`, whose class of ours enters as itself, that are bound nowhere else."""
        bound = Counter(
            one.id for one in executed(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )
        found: dict[str, set[str]] = {}
        for one in executed(node):
            if isinstance(one, ast.withitem) and isinstance(one.optional_vars, ast.Name):
                made, name = self._class_of(module, one.context_expr, local), one.optional_vars.id
                if made and bound[name] == 1:
                    found[name] = {made}
        return found

    def _class_of(self, module: str, node: ast.expr, local: Mapping[str, tuple[str, str]]) -> str:
        """The full name of the class of ours that `Name(…)` makes an object of and that enters as itself, else ""."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return ""
        source, name = local.get(node.func.id) or self.modules[module].imports.get(node.func.id, (module, node.func.id))
        known = self.modules[source].classes.get(name) if source in self.modules else None
        enters = [one for one in known.body if getattr(one, "name", "") == "__enter__"] if known else []
        is_itself = any(
            isinstance(one, ast.FunctionDef) and ast.unparse(one.returns or one) == "Self" for one in enters
        )
        return f"{source}.{name}" if is_itself else ""

    def _opened_by(self, receiver: ast.expr) -> set[str]:
        """The classes behind `account_store()` or `resources.account_store()`; none for any other expression."""
        if not isinstance(receiver, ast.Call):
            return set()
        called = receiver.func.attr if isinstance(receiver.func, ast.Attribute) else getattr(receiver.func, "id", "")
        opener = self.modules[RESOURCES].functions.get(called)
        if opener is None:
            return set()
        imports = imports_of(opener.node)
        named = {one.id for one in executed(opener.node) if isinstance(one, ast.Name)} & set(imports)
        sources = {name: self.modules.get(imports[name][0]) for name in named}
        return {f"{found.name}.{name}" for name, found in sources.items() if found and name in found.classes}

    def _may_be(self, methods: Mapping[str, Unit], owner: str, wanted: str) -> bool:
        """Whether an object of the class `owner` may stand where `wanted` is declared: a protocol or a class."""
        if owner == wanted:
            return True
        module, _, name = wanted.rpartition(".")
        node = self.modules[module].classes[name]
        if not any("Protocol" in ast.unparse(base) for base in node.bases):
            return False
        return {one.name for one in node.body if isinstance(one, ast.FunctionDef)} <= set(methods)

    def _types_of_parameters(self, unit: Unit) -> dict[str, set[str]]:
        arguments = unit.node.args
        return {
            one.arg: self._named_types(unit.module, one.annotation)
            for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            if one.annotation is not None
        }

    def _type_of(self, node: ast.expr, types: Mapping[str, set[str]]) -> set[str]:
        """Our classes that a parameter, or a declared field of one, is of; nothing when that is not declared."""
        if isinstance(node, ast.Name):
            return types.get(node.id, set())
        if not isinstance(node, ast.Attribute):
            return set()
        found: set[str] = set()
        for owner in self._type_of(node.value, types):
            module, _, name = owner.rpartition(".")
            for one in self.modules[module].classes[name].body:
                if isinstance(one, ast.AnnAssign) and getattr(one.target, "id", "") == node.attr:
                    found |= self._named_types(module, one.annotation)
        return found

    def _named_types(self, module: str, annotation: ast.expr) -> set[str]:
        """The classes of ours in `X`, `"X"` or `X | None`; nothing when there is anything else in it."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        if isinstance(annotation, ast.BinOp):
            parts = [one for one in (annotation.left, annotation.right) if ast.unparse(one) != "None"]
            found = [self._named_types(module, one) for one in parts]
            return set().union(*found) if all(found) else set()
        if not isinstance(annotation, ast.Name):
            return set()
        source, name = self.modules[module].imports_for_types.get(annotation.id, (module, annotation.id))
        known = self.modules.get(source)
        return {f"{source}.{name}"} if known and name in known.classes else set()

    def _imported(self, module: str, name: str, local: Mapping[str, tuple[str, str]]) -> str:
        found = local.get(name) or self.modules[module].imports.get(name)
        if not found:
            return ""
        return found[0] if not found[1] else f"{found[0]}.{found[1]}"

    def _name(self, module: str, name: str, local: Mapping[str, tuple[str, str]]) -> None:
        if imported := local.get(name) or self.modules[module].imports.get(name):
            source, symbol = imported
            if symbol and source in self.modules and (source, symbol) != (module, name):
                self._name(source, symbol, {})
            return
        known = self.modules[module]
        if name in known.functions:
            self.reach(known.functions[name])
        elif name in known.classes:
            self._make(module, known.classes[name])
        elif name in known.values and (module, name) not in self.seen_values:
            self.seen_values.add((module, name))
            self._read(module, known.values[name], {})

    def _make(self, module: str, node: ast.ClassDef) -> None:
        full = f"{module}.{node.name}"
        if full in self.made:
            return
        methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        self.made[full] = {one.name: Unit(module, full, one.name, one) for one in methods}
        for base in node.bases:
            self._read(module, base, {})


def imports_of(node: ast.AST) -> dict[str, tuple[str, str]]:
    """Names that a node's own statements import: to (module, symbol), the symbol "" for a whole module."""
    found: dict[str, tuple[str, str]] = {}
    for one in executed(node, functions=isinstance(node, ast.FunctionDef)):
        if isinstance(one, ast.Import):
            found |= {(alias.asname or alias.name.partition(".")[0]): (alias.name, "") for alias in one.names}
        elif isinstance(one, ast.ImportFrom) and not one.level:
            found |= {(alias.asname or alias.name): (str(one.module), alias.name) for alias in one.names}
    return found


@cache
def executed(node: ast.AST, *, functions: bool = True) -> tuple[ast.AST, ...]:
    """Every node below that runs: no annotations, nothing that only a type checker reads."""
    return tuple(_executed(node, functions=functions))


def _executed(node: ast.AST, *, functions: bool) -> Iterator[ast.AST]:
    for name, field in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params"):
            continue
        for child in field if isinstance(field, list) else [field]:
            if not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if not functions and isinstance(child, ast.FunctionDef | ast.ClassDef):
                continue
            yield child
            yield from _executed(child, functions=functions)
