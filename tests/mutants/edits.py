"""Small edits of a source, each of which changes what it does: the mutants.

An edit is a piece of text put in the place of another, so that all around it stays as it was written. Left out are
annotations, docstrings, decorators, defaults of struct fields, messages to people, log lines and metrics: no fast test
has to tell two sentences from each other.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*"}
SILENT = {"log", "logger", "logging", "metrics", "print", "warnings"}
"""Who is called for people's or the dashboard's sake."""
CONDITIONS = {"condition", "ConditionExpression"}


class Edit(NamedTuple):
    """`source[begin:end]` becomes `new`. Positions in characters; `line` counts from 1."""

    kind: str
    line: int
    begin: int
    end: int
    new: str

    def of(self, source: str) -> str:
        """The edited source."""
        return source[: self.begin] + self.new + source[self.end :]

    def lines(self, source: str) -> range:
        """Those of the statement up to the edit's end: what is run is told by the lines of statements, not of signs."""
        begins = (one.lineno for one in ast.walk(ast.parse(source)) if isinstance(one, ast.stmt))
        first = max(line for line in begins if line <= self.line)
        return range(first, self.line + source.count("\n", self.begin, self.end) + 1)


def edits_of(source: str) -> list[Edit]:
    """All edits of a source that still parse, in the order of their places."""
    found = sorted(set(_Finder(source).found()), key=lambda one: (one.begin, one.end, one.kind, one.new))
    return [one for one in found if _parses(one.of(source))]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder:
    """Walks a source once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = source.splitlines()

    def found(self) -> Iterator[Edit]:
        yield from self._below(ast.parse(self._source), in_function=False)

    def _below(self, node: ast.AST, in_function: bool) -> Iterator[Edit]:
        for child in ast.iter_child_nodes(node):
            if self._is_left_out(child, node):
                continue
            if in_function:
                yield from self._edits(child)
            inside = in_function or isinstance(child, ast.FunctionDef)
            yield from self._below(child, inside)

    def _is_left_out(self, child: ast.AST, parent: ast.AST) -> bool:
        if isinstance(parent, ast.FunctionDef) and (child in parent.decorator_list or child is parent.returns):
            return True
        if isinstance(child, ast.arguments | ast.Raise | ast.JoinedStr):
            return True
        if isinstance(parent, ast.AnnAssign) and child is parent.annotation:
            return True
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            return True
        return isinstance(child, ast.Call) and _is_silent(child)

    def _edits(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
                yield self._edit("comparison", node, f"{self._text(left)} {COMPARISONS[type(op)]} {self._text(right)}")
            case ast.BoolOp(op=op, values=values):
                word = " or " if isinstance(op, ast.And) else " and "
                yield self._edit("and/or", node, f"({word.join(self._text(one) for one in values)})")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._edit("not", node, f"({self._text(operand)})")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC and not _is_text(node):
                yield self._edit("arithmetic", node, f"({self._text(left)} {ARITHMETIC[type(op)]} {self._text(right)})")
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
                for half in (left, right):
                    yield self._edit("half left out", node, self._text(half))
            case ast.Constant(value=bool() as value):
                yield self._edit("constant", node, str(not value))
            case ast.Constant(value=int() | float() as value):
                yield self._edit("constant", node, str(value + 1))
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                yield self._edit("condition", test, f"(not ({self._text(test)}))")
            case ast.Return(value=value) if value and not isinstance(value, ast.Constant):
                yield self._edit("return", value, "None")
            case ast.Expr(value=ast.Call() as call) if not _is_silent(call):
                yield self._edit("call left out", node, "pass")
            case ast.Continue():
                yield self._edit("continue", node, "break")
            case ast.Break():
                yield self._edit("break", node, "continue")
            case ast.keyword(arg=str(name), value=value) if name in CONDITIONS:
                if name == "condition":
                    yield self._edit("write condition", value, "None")
            case ast.comprehension(ifs=ifs):
                for one in ifs:
                    yield self._edit("filter", one, "True")

    def _edit(self, kind: str, node: ast.AST, new: str) -> Edit:
        begin, end = self._span(node)
        return Edit(kind, node.lineno, begin, end, new)  # type: ignore[attr-defined]

    def _text(self, node: ast.AST) -> str:
        begin, end = self._span(node)
        return self._source[begin:end]

    def _span(self, node: ast.AST) -> tuple[int, int]:
        """Columns count bytes of UTF-8: https://docs.python.org/3/library/ast.html#ast.AST.col_offset"""
        at: ast.expr = node  # type: ignore[assignment]
        assert at.end_lineno is not None
        assert at.end_col_offset is not None
        return self._place(at.lineno, at.col_offset), self._place(at.end_lineno, at.end_col_offset)

    def _place(self, line: int, column: int) -> int:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return self._starts[line - 1] + len(text.encode()[:column].decode())


def _is_silent(call: ast.Call) -> bool:
    function = call.func
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id in SILENT


def _is_text(node: ast.AST) -> bool:
    return any(isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str))
               for one in ast.walk(node))  # fmt: skip
