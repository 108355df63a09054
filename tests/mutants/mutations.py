"""The mutants of a module: its syntax tree with one small change."""

import ast
from collections import Counter
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple

_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS = {
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SKIPPED = (ast.JoinedStr, ast.Assert, ast.Raise)
_SKIPPED_FIELDS = {"annotation", "returns", "decorator_list"}
_TRUTH = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr, ast.Subscript)


class Mutant(NamedTuple):
    """A change of one place in a module."""

    line: int
    place: str
    """Qualified name of the function or class; `<module>` outside of them."""
    change: str
    """The old and the new code. A second equal change in one place ends with ` #2`."""
    code: CodeType


def mutants_of(source: str) -> list[Mutant]:
    """Return all mutants of a module in the order of its lines."""
    tree, made, seen = ast.parse(source), [], Counter[tuple[str, str]]()
    for owner, field, position, place in _nodes(tree, ()):
        whole = getattr(owner, field)
        old = whole if position is None else whole[position]
        for new, change in _changes(old, owner, field):
            changed = new if position is None else [*whole[:position], new, *whole[position + 1 :]]
            setattr(owner, field, changed)
            code = compile(ast.fix_missing_locations(tree), place, "exec")
            setattr(owner, field, whole)
            seen[place, change] += 1
            number = seen[place, change]
            numbered = f"{change} #{number}" if number > 1 else change
            made.append(Mutant(old.lineno, place, numbered, code))
    return sorted(made, key=lambda mutant: mutant.line)


def _changes(old: ast.AST, owner: ast.AST, field: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield the nodes that replace `old`, which is in a `field` of `owner`, and the change as text."""
    for new in _replacements(old, owner, field):
        text = "(deleted)" if isinstance(new, ast.Pass) else ast.unparse(new)
        yield new, f"{ast.unparse(old)} -> {text}"
    for new, part in _with_less(old):
        yield new, f"{ast.unparse(part)} -> (deleted)"


def _nodes(
    owner: ast.AST, names: tuple[str, ...]
) -> Iterator[tuple[ast.AST, str, int | None, str]]:
    """Yield the owner, field, position in the field and place of each expression and statement."""
    for field, value in ast.iter_fields(owner):
        if field in _SKIPPED_FIELDS:
            continue
        for position, node in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(node, ast.expr | ast.stmt) and not isinstance(node, _SKIPPED):
                place = ".".join(names) or "<module>"
                yield owner, field, position if isinstance(value, list) else None, place
            if isinstance(node, ast.AST) and not isinstance(node, _SKIPPED) and not _checks(node):
                named = isinstance(node, ast.FunctionDef | ast.ClassDef)
                yield from _nodes(node, (*names, node.name) if named else names)


def _replacements(node: ast.AST, owner: ast.AST, field: str) -> Iterator[ast.AST]:
    """Yield what replaces `node`, which is in a `field` of `owner`."""
    match node:
        case ast.Compare(left, operators, others):
            for position, operator in enumerate(operators):
                for other in _COMPARISONS[type(operator)]:
                    changed = [*operators[:position], other(), *operators[position + 1 :]]
                    yield ast.Compare(left, changed, others)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(_OPERATORS[type(operator)](), values)
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Call(ast.Name(name), arguments, keywords) if name in _FUNCTIONS:
            yield ast.Call(ast.Name(_FUNCTIONS[name], ast.Load()), arguments, keywords)
        case ast.Expr(ast.Call()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign([ast.Name(name)], value) if _is_reassigned(name, value, owner):
            yield ast.Pass()
    if field in {"test", "ifs"} and isinstance(node, _TRUTH):
        yield ast.UnaryOp(ast.Not(), node)


def _with_less(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield `node` without one of its named arguments or items, and the part that is missing."""
    match node:
        case ast.Call(function, arguments, keywords):
            for part in (one for one in keywords if not _checks(one)):
                kept = [other for other in keywords if other is not part]
                yield ast.Call(function, arguments, kept), part
        case ast.Set(items) if len(items) > 1:
            for part in items:
                yield ast.Set([other for other in items if other is not part]), part
        case ast.Dict(keys, values) if len(keys) > 1:
            for key in keys:
                kept = [pair for pair in zip(keys, values, strict=True) if pair[0] is not key]
                yield ast.Dict([one for one, _ in kept], [one for _, one in kept]), key or node


def _checks(node: ast.AST) -> bool:
    """Return whether `node` is the argument `strict` of `zip`, which is a check like `assert`."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _is_reassigned(name: str, value: ast.expr, owner: ast.AST) -> bool:
    """Return whether the name probably has a value before: the first assignment is not deleted."""
    reads = any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))
    return reads or not isinstance(owner, ast.FunctionDef | ast.ClassDef | ast.Module)
