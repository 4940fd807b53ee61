"""The arithmetic of a derivation, done again: nothing but numbers, operators and named functions."""

import ast
import math
import operator
import re
from collections.abc import Callable

OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "ln": math.log,
    "exp": math.exp,
    "min": min,
    "max": max,
    "sqrt": math.sqrt,
    "C": lambda n, k: math.comb(round(n), round(k)),
}
POINTED = re.compile(r"\d+\.\d+")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?: × 10\^-\d+)?")


def evaluate(text: str) -> float:
    """What `text` comes to.

    >>> evaluate("1 - (1 - 0.5) × 0.2^2"), evaluate("C(4, 2) / ln(exp(3))")
    (0.98, 2.0)
    """
    tree = ast.parse(text.replace("×", "*").replace("^", "**"), mode="eval")
    return _value(tree.body)


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            return float(_value(node.left) ** _value(node.right))
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return FUNCTIONS[node.func.id](*(_value(a) for a in node.args))
    raise ValueError(ast.dump(node))


def rounding(text: str, half: float = 5e-7) -> float:
    """How far what `text` comes to may be off, where each of its numbers with a point is rounded.

    `half` is half a unit of the last digit to which they are.

    >>> round(rounding("0.333333 × 3 + 7"), 7)
    1.5e-06
    """
    value, bound = evaluate(text), 0.0
    for found in POINTED.finditer(text):
        more = f"{float(found[0]) + half:.9f}"
        bound += abs(evaluate(text[: found.start()] + more + text[found.end() :]) - value)
    return bound


def numbers(text: str) -> set[str]:
    """The numbers that are written in a text."""
    return set(NUMBER.findall(text))
