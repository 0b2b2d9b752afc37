"""Oracles: lines changed by hand, and Python's own parser."""

import ast
import re

import pytest

from notekit.files import note_names, own_modules
from notekit.problem import ROOT
from notekit.read.mutants import KINDS, Module, mutants


def planted(text: str) -> set[tuple[str, str]]:
    """Kind and changed line of each mutant that is Python."""
    module = Module(text)
    return {(m.operator, m.new) for m in mutants("a.py", text) if module.works(m)}


# Of each line: its kind, and what it becomes.
BECOMES = {
    "a < b": [("comparison", "a <= b"), ("comparison", "a > b")],
    "a >= b": [("comparison", "a > b"), ("comparison", "a < b")],
    "a == b": [("comparison", "a != b")],
    "a is b": [("comparison", "a is not b")],
    "a not in b": [("comparison", "a in b")],
    "a + b": [("arithmetic", "a - b")],
    "a * b": [("arithmetic", "a / b")],
    "a // b": [("arithmetic", "a / b")],
    "a ** b": [("arithmetic", "a * b")],
    "a @ b": [("arithmetic", "a * b")],
    "a & b": [("arithmetic", "a | b")],
    "-a": [("arithmetic", "a")],
    "a += b": [("arithmetic", "a -= b"), ("statement", "pass")],
    "a and b": [("and/or", "a or b")],
    "not a": [("not", "(a)")],
    "~a": [("not", "(a)")],
    "a if b else c": [("condition", "a if not (b) else c")],
    "[a for a in b if c(a)]": [("condition", "[a for a in b if not (c(a))]")],
    "3": [],  # a statement that does nothing
    "a = 3": [("constant", "a = 4"), ("constant", "a = 2")],
    "a = 0.5": [("constant", "a = 1.0"), ("constant", "a = 0.25")],
    "a = 0.0": [("constant", "a = 1.0")],
    "a = True": [("constant", "a = False")],
    "a = 1e-8": [("eps", "a = 0.0"), ("eps", "a = 1e-05")],
    "a[b:c]": [
        *(("bound", "a[(b) + 1:c]"), ("bound", "a[(b) - 1:c]")),
        *(("bound", "a[b:(c) + 1]"), ("bound", "a[b:(c) - 1]")),
    ],
    "b = range(n)": [("bound", "b = range((n) + 1)"), ("bound", "b = range((n) - 1)")],
    "math.inf": [("bound", "1e3")],
    "b = x.max()": [("function", "b = x.min()")],
    "b = sum(x)": [],  # Python has no mean
    "b = x.sum()": [("function", "b = x.mean()")],
    "b = x.sum(1)": [
        *(("axis", "b = x.sum(2)"), ("axis", "b = x.sum(0)")),
        ("function", "b = x.mean(1)"),
    ],
    "b = x.f(dim=-1)": [
        *(("axis", "b = x.f(dim=-2)"), ("axis", "b = x.f(dim=-0)")),
        ("keyword", "b = x.f()"),
    ],
    "b = x.f(keepdim=True)": [
        ("keepdim", "b = x.f(keepdim=False)"),
        ("keepdim", "b = x.f()"),
    ],
    "b = f(x, device=d)": [("device", "b = f(x)")],
    "b = f(device=d, dtype=t)": [
        ("device", "b = f(dtype=t)"),
        ("dtype", "b = f(device=d)"),
    ],
    "b = f(num_warps=w)": [],
    "a = torch.float64": [("dtype", "a = torch.float32")],
    "b = x.float()": [("dtype", "b = x.double()"), ("dtype", "b = x")],
    "b = x.to(t)": [("dtype", "b = x")],
    "b = x.clamp(l, h)": [("clamp", "b = x"), ("argument", "b = x.clamp(h, l)")],
    "b = torch.clamp(x, l)": [
        ("clamp", "b = (x)"),
        ("argument", "b = torch.clamp(l, x)"),
    ],
    "b = x.detach()": [("detach", "b = x")],
    "b = sorted(x)": [("call", "b = (x)")],
    "b = x.mT": [("transpose", "b = x")],
    "b = x.transpose(i, j)": [("transpose", "b = x")],
    "b = x.permute(i, j)": [
        ("transpose", "b = x"),
        ("transpose", "b = x.permute(j, i)"),
    ],
    "b = einsum('ij,jk->ik', x)": [
        ("transpose", "b = einsum(\"ij,jk->ki\", x)"),
        ("argument", "b = einsum(x, 'ij,jk->ik')"),
    ],
    "b = f(x, y)": [("argument", "b = f(y, x)")],
    "b = f(x, y, z)": [("argument", "b = f(y, x, z)"), ("argument", "b = f(x, z, y)")],
    "b = isinstance(x, y)": [],
    "f()": [("statement", "pass")],
    "a[b] = c": [("statement", "pass")],
    "a = b": [],  # what comes after would miss it
    "import a": [],
    "a: dict[int, 1] = b": [],
    '__all__ = ["a", 1]': [],
    "b = f'{a + 1}'": [],
}  # fmt: skip


def test_each_kind_stands_above_or_is_a_raise():
    assert {kind for found in BECOMES.values() for kind, _ in found} | {"raise"} == {
        *KINDS
    }


@pytest.mark.parametrize("line", BECOMES)
def test_a_line_becomes_these_and_no_others(line):
    assert planted(line + "\n") == set(BECOMES[line])


def inside(body: str, head: str = "def f(x: Tensor, n: int) -> Tensor:") -> set:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return planted(f"{head}\n{lines}")


def test_a_raise_and_an_early_return_are_dropped_whole():
    found = inside("if n:\n    raise ValueError(n + 1)\nif x:\n    return n\nreturn n")
    assert ("raise", "pass") in found
    assert ("statement", "pass") in found
    assert not any("n - 1" in new for _, new in found)


def test_the_last_return_is_not_dropped():
    assert ("statement", "pass") not in inside("return n")


def test_an_assignment_is_dropped_where_the_name_has_a_value():
    assert ("statement", "pass") in inside("n = g(n)\nreturn n")
    assert ("statement", "pass") in inside("y = g(n)\ny = h(y)\nreturn n")
    assert ("statement", "pass") not in inside("y = g(n)\nreturn n")


def test_gradients_of_tensors_are_cut_and_those_of_numbers_are_not():
    found = {new for kind, new in inside("return x * n") if kind == "detach"}
    assert found == {"return x.detach() * n", "return (x * n).detach()"}


def test_what_is_made_without_a_tensor_has_no_gradient_to_cut():
    head = "def f(n: int) -> Tensor:"
    assert {kind for kind, _ in inside("return g(n)", head)} == {"dtype"}


def test_what_carries_no_gradient_is_not_cut():
    body = "_fit(x)\nself._check(x)\nn = len(x)\nm = (n * x[0]).mean().item()\n"
    body += "k = zeros_like(x[0])\n"
    body += (
        "if x is None:\n    y = x.shape\nif x.min() > 0 and 1 < x:\n    n = n.to(x)\n"
    )
    body += "k = k.type_as(x)\nreturn h(x.dtype, z=x)"
    head = "from ._checks import _fit\ndef f(x: Tensor) -> Tensor:"
    found = {new for kind, new in inside(body, head) if kind == "detach"}
    assert found == {"return (h(x.dtype, z=x)).detach()"}


def test_a_break_is_dropped_and_is_turned_into_its_opposite():
    found = inside("for i in x:\n    break\nreturn n")
    assert {("statement", "continue"), ("statement", "pass")} <= found


def test_an_operator_in_a_comment_is_no_operator():
    text = "a = (\n    b  # * + b\n    * c\n)\n"
    assert ("arithmetic", "* c".replace("*", "/")) in planted(text)


def test_letters_of_several_bytes_do_not_move_a_place():
    assert ("arithmetic", 'a = "中文—", b - c') in planted('a = "中文—", b + c\n')


def test_equal_lines_of_a_function_are_told_apart():
    text = "def f(a):\n    g(a < 1)\n    g(a < 1)\n\n\ndef h(a):\n    g(a < 1)\n"
    found = [m for m in mutants("a.py", text) if m.new == "g(a <= 1)"]
    assert [(m.function, m.line, m.occurrence) for m in found] == [
        ("f", 2, 1),
        ("f", 3, 2),
        ("h", 7, 1),
    ]


def test_a_key_survives_lines_that_are_put_before_it():
    text = "class A:\n    def f(self, a):\n        return a < 1\n"
    before = [m.key for m in mutants("a.py", text)]
    assert before[0][1] == "A.f"
    assert [m.key for m in mutants("a.py", f"import b\n\n\n{text}")] == before


def test_nothing_but_the_place_is_changed():
    text = "def f(a, b):\n    '''1 + 1.'''\n    return a + b  # the sum\n"
    [mutant] = [m for m in mutants("a.py", text) if m.operator == "arithmetic"]
    assert Module(text).apply(mutant).decode() == text.replace("a + b", "a - b")
    assert mutant.line == 3


@pytest.mark.parametrize("note", note_names(ROOT)[::8])
def test_in_real_modules_each_mutant_is_one_place_and_has_a_key_of_its_own(note):
    for path in own_modules(ROOT / "snippets", note):
        text = path.read_text(encoding="utf-8")
        found = mutants("a.py", text)
        assert len({m.key for m in found}) == len(found)
        for mutant in found:
            rest = text.encode()
            assert rest[: mutant.start].count(b"\n") == mutant.line - 1
            piece = rest[mutant.start : mutant.end].decode()
            assert " ".join(piece.split()) in mutant.old
        for mutant in found[::20]:
            changed = Module(text).apply(mutant).decode()
            assert re.sub(r"\s", "", mutant.new) in re.sub(r"\s", "", changed)
            if Module(text).works(mutant):
                assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
