"""What the code of a note was checked against: the first sentence of its test module."""

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from notekit.files import TEST_PARTS, own_modules
from notekit.read.blocks import parse

WANTED = (
    'want a docstring that begins with "Oracles: " and names what the code is compared '
    "with, such as torch, brute force, a closed form, autograd, finite differences"
)
_SENTENCE = re.compile(r"(?:The )?oracles?: (.+?)(?:\.(?=\s|$)|$)", re.DOTALL | re.I)
_MARKUP = re.compile(
    r"<[a-zA-Z/!?]|&#?\w+;|\]\(|!\[|[\x00-\x1f\u202a-\u202e\u2066-\u2069]"
)
# What oracles are called, and their Chinese name; a library's name is its own.
_KINDS = {
    r"torch\b|torch\.nn|\bF\.|PyTorch|SDPA": "PyTorch",
    r"\bnumpy|\bnp\.": "NumPy",
    r"\bscipy|solve_ivp|linprog|brentq": "SciPy",
    r"scikit-learn|sklearn": "scikit-learn",
    r"\bxgboost": "XGBoost",
    r"pycocotools": "pycocotools",
    r"functools|inspect|itertools|\bstatistics\b": "Python 标准库",
    r"autograd": "自动求导",
    r"finite differences": "有限差分",
    r"brute force|exhaustive|enumerated|all (paths|permutations|multisets|choices)": "穷举",
    r"\bloops?\b": "朴素循环",
    r"closed forms?|power series": "闭式解",
    r"\bdefinition": "按定义计算",
    r"fractions": "精确分数",
    r"quadrature": "数值积分",
    r"Monte Carlo|simulation|\bdraws\b": "随机模拟",
    r"linear solves?|matrix exponentials|least squares": "线性代数",
    r"integer programming": "整数规划",
    r"by hand|hand counts?|counts?\b|counted": "手工计算",
    r"\btable of\b|published|the paper": "论文中的数值",
    r"dense|in one process|one big batch": "直接实现",
    r"real calls|known ": "已知答案",
}


@dataclass(frozen=True)
class Oracles:
    """The test module, the sentence without its first word, and kinds in Chinese."""

    path: Path
    sentence: str
    kinds: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it shows as it is written: no markup, no formula, nothing hidden."""
        return not _MARKUP.search(self.sentence)


def oracles(root: Path, note: str) -> Oracles | None:
    """What a note was checked against, or None if it has no test module.

    Args:
        root: the repository.
        note: its name, such as ``cv/receptive-field``.

    Returns:
        With an empty sentence if the module does not say it, with no kinds if what it
        says is none that is known.
    """
    found = own_modules(root / "tests", note)
    if not found or found[0].stem.endswith(TEST_PARTS):
        return None  # the check asks for the test module itself
    match = _SENTENCE.match(_docstring(found[0]).split("\n\n")[0])
    if not match:
        return Oracles(found[0], "", ())
    sentence = " ".join(match[1].split())
    kinds = [name for kind, name in _KINDS.items() if re.search(kind, sentence)]
    return Oracles(found[0], sentence, tuple(kinds))


def _docstring(path: Path) -> str:
    """The module's docstring; no more of the module is parsed than that."""
    text = path.read_text(encoding="utf-8")
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE:
                first = "\n".join(text.split("\n")[: token.end[0]])
                return ast.get_docstring(parse(first)) or ""
    except (SyntaxError, ValueError, tokenize.TokenError):
        pass  # which the check says
    return ""
