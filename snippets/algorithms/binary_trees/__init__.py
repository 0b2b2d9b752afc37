"""Binary trees: every question is put to both subtrees, and the node joins the answers.

A tree is its root, a ``TreeNode``, and the empty tree is ``None``. Depth and height are
counted in edges. Lists of a tree are LeetCode's: level by level, with ``None`` for a
missing child, nothing below a missing node, and no ``None`` at the end. No function
here recurses: a chain of a million nodes is as good a tree as any other.

References:
    Knuth, "The Art of Computer Programming", volume 1, section 2.3.1 (traversal).
    Morris, "Traversing binary trees simply and cheaply", Information Processing
    Letters 9(5), 1979, doi:10.1016/0020-0190(79)90068-1.
    LeetCode 94, 102, 105, 124, 144, 145, 236, 297, 543.
"""

from .construction import build_tree
from .paths import diameter, lowest_common_ancestor, max_path_sum
from .traversal import morris_inorder, traverse
from .tree import TreeNode, from_level_order, to_level_order

__all__ = [
    "TreeNode",
    "build_tree",
    "diameter",
    "from_level_order",
    "lowest_common_ancestor",
    "max_path_sum",
    "morris_inorder",
    "to_level_order",
    "traverse",
]
