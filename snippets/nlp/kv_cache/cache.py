"""A cache of fixed capacity: append, read, roll back."""

import numpy as np
from numpy.typing import DTypeLike

from ._checks import _integer, _rows
from .attention import causal_attention


class KVCache:
    """Keys and values of the tokens so far, of one head, in memory reserved once.

    Args:
        capacity: tokens that fit, at least 1.
        d: features of a key, at least 1.
        dv: features of a value; ``d`` if not given.
        dtype: float type in which they are stored.

    Raises:
        ValueError: a number is no integer of at least 1, or dtype is no float type.
    """

    def __init__(
        self,
        capacity: int,
        d: int,
        dv: int | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        rows, width = _integer("capacity", capacity, 1), _integer("d", d, 1)
        try:
            kind = np.dtype(dtype)
        except (TypeError, ValueError, SyntaxError) as error:
            raise ValueError(f"dtype must be a float type, got {dtype!r}") from error
        if kind.kind != "f":
            raise ValueError(f"dtype must be a float type, got {kind}")
        self._keys = np.empty((rows, width), kind)
        self._values = np.empty(
            (rows, width if dv is None else _integer("dv", dv, 1)), kind
        )
        self._length = 0

    def __len__(self) -> int:
        """How many tokens are stored."""
        return self._length

    # --8<-- [start:append]
    def append(self, k: np.ndarray, v: np.ndarray) -> None:
        """Store n more tokens.

        Args:
            k: keys, floats, shape (n, d).
            v: values, floats, shape (n, dv).

        Raises:
            ValueError: the shapes differ from these, there is no room for n tokens, or
                the dtype cannot hold a number. Then the cache is unchanged.
        """
        k = _rows("k", k, self._keys.shape[1])
        v = _rows("v", v, self._values.shape[1])
        if len(k) != len(v):
            raise ValueError(f"want as many keys as values, got {len(k)} and {len(v)}")
        stop = self._length + len(k)
        if stop > len(self._keys):
            raise ValueError(f"want at most {len(self._keys)} tokens, got {stop}")
        with np.errstate(over="ignore"):
            k, v = k.astype(self._keys.dtype), v.astype(self._values.dtype)
        if not (np.isfinite(k).all() and np.isfinite(v).all()):
            raise ValueError(f"want numbers that {k.dtype} can hold, got larger ones")
        self._keys[self._length : stop] = k
        self._values[self._length : stop] = v
        self._length = stop
        # --8<-- [end:append]

    # --8<-- [start:attend]
    def attend(self, q: np.ndarray) -> np.ndarray:
        """What the last n tokens read: each sees all up to itself.

        Args:
            q: queries of the last n tokens that were appended, floats, shape (n, d).

        Returns:
            Shape (n, dv), dtype of ``q``.

        Raises:
            ValueError: q has another shape, or more rows than there are tokens.
        """
        q = _rows("q", q, self._keys.shape[1])
        m = self._length
        if len(q) > m:
            raise ValueError(f"want queries of at most {m} tokens, got {len(q)}")
        return causal_attention(q, self._keys[:m], self._values[:m], m - len(q))
        # --8<-- [end:attend]

    def truncate(self, n: int) -> None:
        """Keep the first n tokens and forget the others.

        Raises:
            ValueError: n is no integer from 0 to the number of tokens.
        """
        kept = _integer("n", n, 0)
        if kept > self._length:
            raise ValueError(f"n must be at most {self._length}, got {kept}")
        self._length = kept
