"""Blocks instead of one long piece: who owns which, who shares, what is copied."""

from collections.abc import Hashable

from ._checks import _integer


class PagedAllocator:
    """Hands out blocks of a cache to sequences that grow, fork and end.

    It keeps the books only: what it hands out are numbers of blocks.

    Args:
        blocks: how many there are, at least 1.
        block_size: tokens in a block, at least 1.

    Attributes:
        tables: of each sequence its blocks, in the order of its tokens.
        lengths: of each sequence its tokens.
        users: of each block, in how many tables it stands.
        free: blocks in no table; the last one is handed out next.

    Raises:
        ValueError: a number is no integer of at least 1.
    """

    def __init__(self, blocks: int, block_size: int) -> None:
        count, self._size = (
            _integer("blocks", blocks, 1),
            _integer("block_size", block_size, 1),
        )
        self.tables: dict[Hashable, list[int]] = {}
        self.lengths: dict[Hashable, int] = {}
        self.users = [0] * count
        self.free = list(range(count))[::-1]

    # --8<-- [start:extend]
    def extend(self, seq: Hashable, n: int = 1) -> tuple[int, int] | None:
        """Make room for n more tokens of a sequence, which may be a new one.

        A last block that has room is written to; if others hold it too, the sequence
        gets a copy of its own first.

        Args:
            seq: name of the sequence.
            n: at least 1.

        Returns:
            ``(old, new)`` if the caller has to copy block old to block new, else None.

        Raises:
            ValueError: n is no such integer, or seq cannot be a key of a dict.
            MemoryError: too few blocks are free. Then nothing has changed.
        """
        n = _integer("n", n, 1)
        self._known(seq)
        length, table = self.lengths.get(seq, 0), self.tables.get(seq, [])
        copies = length % self._size > 0 and self.users[table[-1]] > 1
        more = -(-(length + n) // self._size) - len(table)
        if more + copies > len(self.free):
            raise MemoryError(f"want {more + copies} free blocks, got {len(self.free)}")
        moved = None
        if copies:
            old = table.pop()
            self.users[old] -= 1
            table.append(self._take())
            moved = old, table[-1]
        table += [self._take() for _ in range(more)]
        self.tables[seq], self.lengths[seq] = table, length + n
        return moved
        # --8<-- [end:extend]

    def fork(self, src: Hashable, dst: Hashable) -> None:
        """Begin a sequence with all tokens of another; their blocks are shared.

        Raises:
            ValueError: src is unknown, or dst exists.
        """
        if not self._known(src):
            raise ValueError(f"src must be a known sequence, got {src!r}")
        if self._known(dst):
            raise ValueError(f"dst must be a new sequence, got {dst!r}")
        for block in self.tables[src]:
            self.users[block] += 1
        self.tables[dst] = list(self.tables[src])
        self.lengths[dst] = self.lengths[src]

    def release(self, seq: Hashable) -> None:
        """End a sequence; blocks that no other one holds are free again.

        Raises:
            ValueError: seq is unknown.
        """
        if not self._known(seq):
            raise ValueError(f"seq must be a known sequence, got {seq!r}")
        for block in reversed(self.tables.pop(seq)):
            self.users[block] -= 1
            if not self.users[block]:
                self.free.append(block)
        del self.lengths[seq]

    def slot(self, seq: Hashable, i: int) -> int:
        """Row of token i of a sequence in a cache of all blocks, one after the other.

        Raises:
            ValueError: seq is unknown, or i is no integer from 0 to its length - 1.
        """
        if not self._known(seq):
            raise ValueError(f"seq must be a known sequence, got {seq!r}")
        at = _integer("i", i, 0)
        if at >= self.lengths[seq]:
            raise ValueError(f"i must be less than {self.lengths[seq]}, got {at}")
        return self.tables[seq][at // self._size] * self._size + at % self._size

    def _take(self) -> int:
        block = self.free.pop()
        self.users[block] = 1
        return block

    def _known(self, seq: Hashable) -> bool:
        try:
            return seq in self.tables
        except TypeError as error:
            raise ValueError(f"want a hashable name, got {seq!r}") from error
