"""What every public function promises about its inputs, each tried on an example call.

A note's examples are in ``tests/<topic>/test_<note>_inputs.py``: one call, at least, of
each public function. The call is repeated with other number types, on another device,
with views, numpy integers and bad values; what must hold is the same for all notes.
"""

import copy
import dataclasses
import importlib
import math
import re
import typing
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch")

HALVES = ("float16", "bfloat16")
FLOATS = ("float64", "float32", *HALVES)
MODULE = torch.nn.Module


@dataclasses.dataclass(frozen=True)
class Example:
    """A call that is right as it stands; its floats are float64, its integers Python's.

    Attributes:
        call: the public function, or one that uses it, of the arguments.
        args: tensors, arrays, numbers, sequences, dicts and dataclasses of them. Whole
            floats are written 1.0, whole numbers 1: as they are written they are tried.
        kwargs: likewise.
        of: the public object that this is an example of, where ``call`` is not it.
        refuses: what the message says where 16-bit floats are refused, else empty.
        library: the same from a library. Its largest error in the same type, doubled,
            is allowed beside the rounding of the result.
        rounds: how many times the function rounds to its input's type on the way, since
            that is what it is made of (layers of a network, one step after another).
        meta: why it cannot run on tensors without data, else empty.
        drawn: why the result in 16 bits is another one (numbers drawn in that type),
            else empty; then it must only be finite.
        slope: why no gradient is compared in 16 bits, else empty.
        nonfinite: why NaN and infinities are not tried, else empty.
        gives: the dtype that is promised: empty for that of the input (for arrays:
            float64), "wide" for that of the input but at least float32, "same" for that
            of the input in any case, or a name; a tuple has one for each result.
        detached: why no gradient flows to results, else empty; those of ``attached``,
            counted from 0 among the results of floats, have one all the same.
        differences: why the gradient is not that of finite differences, else empty; by
            the inputs ``moved``, counted among the tensors of floats, it is.
        writes: why what is given, or its modules if there are any, is written to, else
            empty.
    """

    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    of: Any = None
    refuses: str = ""
    library: Callable[..., Any] | None = None
    rounds: int = 1
    meta: str = ""
    drawn: str = ""
    slope: str = ""
    nonfinite: str = ""
    gives: str | tuple[str, ...] = ""
    detached: str = ""
    attached: tuple[int, ...] = ()
    differences: str = ""
    moved: tuple[int, ...] = ()
    writes: str = ""

    @property
    def name(self) -> str:
        return str(getattr(self.of or self.call, "__name__", self.of or self.call))

    def run(self, change: Callable[[Any], Any] = lambda leaf: leaf) -> Any:
        """The call on copies of its arguments, each leaf changed first."""

        def fresh(leaf: Any) -> Any:
            return change(_copy(leaf))

        return self.call(*_map(fresh, self.args), **_map(fresh, self.kwargs))

    def leaves(self) -> list[Any]:
        return list(_leaves((self.args, self.kwargs)))


def _is(one: Any, other: Any) -> bool:
    """Whether it is the same, be it from a module that was imported once more."""
    keys = [
        (getattr(x, "__module__", None), getattr(x, "__qualname__", None))
        for x in (one, other)
    ]
    named = str(keys[0][0]).startswith("snippets.") and None not in keys[0]
    return one is other or (named and keys[0] == keys[1])


def example(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Example:
    """An example call; say what is special about it by ``dataclasses.replace``."""
    return Example(call, args, kwargs)


def normal(*shape: int, seed: int = 0) -> Any:
    """float64 tensor of standard normal numbers that bfloat16 and float16 can hold."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator).bfloat16().double()


def uniform(*shape: int, low: float = 0.0, high: float = 1.0, seed: int = 0) -> Any:
    """float64 tensor of numbers between two bounds that 16-bit floats can hold."""
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.rand(shape, generator=generator).mul(high - low).add(low)
    return numbers.bfloat16().double()


class Promises:
    """Tests of a note's examples, which the class that inherits them names."""

    examples: ClassVar[list[Example]]
    spared: ClassVar[dict[str, str]]  # public names, and why there is nothing to try

    def __init_subclass__(cls) -> None:
        # A promise that says nothing of any example is no test, not a skipped one.
        for name in _KINDS:
            if not any(_KINDS[name](e) for e in cls.examples):
                setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        fixtures, name = metafunc.fixturenames, metafunc.function.__name__
        if name not in _KINDS:
            return
        found = [
            (f"{e.name}-{i}", e) for i, e in enumerate(self.examples) if _KINDS[name](e)
        ]
        for fixture, kinds in (("half", HALVES), ("dtype", FLOATS)):
            if fixture in fixtures:
                pairs = [
                    pytest.param(e, kind, id=f"{i}-{kind}")
                    for i, e in found
                    for kind in kinds
                    if kind != "bfloat16" or _has_tensors(e)
                ]
                metafunc.parametrize(("example", fixture), pairs)
                return
        metafunc.parametrize("example", [pytest.param(e, id=i) for i, e in found])

    def test_every_public_function_has_an_example(self) -> None:
        topic, module = type(self).__module__.split(".")[-2:]
        note = module.removeprefix("test_").removesuffix("_inputs")
        package = importlib.import_module(f"snippets.{topic}.{note}")
        public = {
            name: getattr(package, name)
            for name in getattr(package, "__all__", _defined(package))
            if callable(thing := getattr(package, name))
            and typing.get_origin(thing) is None  # an alias of types is called by none
        }
        tried = {
            name
            for name, thing in public.items()
            if any(_is(e.call if e.of is None else e.of, thing) for e in self.examples)
        }
        file = f"tests/{topic}/{module}.py"
        forgotten = sorted(set(public) - tried - set(self.spared))
        assert not forgotten, f"{file}: want an example, or a reason, of {forgotten}"
        needless = sorted(set(self.spared) - (set(public) - tried))
        assert not needless, f"{file}: want no reason for what is tried: {needless}"
        assert all(self.spared.values())

    def test_sixteen_bits_give_what_float64_rounds_to(self, example, half) -> None:
        if example.refuses:
            with pytest.raises((ValueError, TypeError), match=example.refuses):
                example.run(_to(half))
            return
        got = example.run(_to(half))
        if example.drawn:
            assert all(np.isfinite(_array(x)).all() for x in _leaves(got))
            return
        want = example.run(_rounded(half))
        library = _twice_the_error_of(example, half)
        _compare(got, want, half, example.rounds, library)

    def test_slopes_in_sixteen_bits_are_what_float64_rounds_to(
        self, example, half
    ) -> None:
        want = _slopes(example, _rounded(half))
        if want is None:
            return
        got = _slopes(example, _to(half))
        _compare(got, want, half, example.rounds + 1, None)

    def test_gradients_are_those_of_finite_differences(self, example) -> None:
        inputs, call = _of_floats(example)
        flows = [x.requires_grad for x in call()]
        wanted = range(len(flows)) if not example.detached else example.attached
        got = tuple(i for i, has in enumerate(flows) if has)
        assert got == tuple(wanted), f"want a gradient of {wanted}, got {got}"
        if example.differences:
            inputs = [inputs[i] for i in example.moved]
        if got and inputs:
            gradcheck = partial(torch.autograd.gradcheck, fast_mode=True)
            gradcheck(lambda *_: _picked(call(), got), inputs, atol=1e-6, rtol=1e-5)

    def test_results_have_the_dtype_that_is_promised(self, example, dtype) -> None:
        if example.refuses and dtype in HALVES:
            return  # said, and tried, above
        results = [x for x in _leaves(example.run(_to(dtype))) if _is_floats(x)]
        gives = example.gives
        promised = [gives] * len(results) if isinstance(gives, str) else gives
        wanted = [_promised(p, dtype, _has_tensors(example)) for p in promised]
        got = [str(x.dtype).removeprefix("torch.") for x in results]
        assert got == wanted, f"want results of {wanted}, got {got}"

    def test_expanded_tensors_give_the_same_as_their_copies(self, example) -> None:
        for at, leaf in enumerate(example.leaves()):
            if not isinstance(leaf, torch.Tensor | np.ndarray):
                continue
            for axis in {0, leaf.ndim - 1} if leaf.ndim else ():
                got, want = (_outcome(example, at, x) for x in _expanded(leaf, axis))
                assert type(got) is type(want), f"want {want!r}, got {got!r}"
                if not isinstance(want, Exception):
                    _same(got, want)

    def test_what_is_given_is_left_as_it_was(self, example) -> None:
        args, kwargs = _map(_copy, example.args), _map(_copy, example.kwargs)
        example.call(*args, **kwargs)
        now, before = list(_leaves((args, kwargs))), example.leaves()
        assert len(now) == len(before)
        for a, b in zip(now, before, strict=True):
            if example.writes and isinstance(a, MODULE):
                continue
            assert _state(a) == _state(b), f"want {b} as it was given, got {a}"

    def test_tensors_are_made_on_the_device_of_the_input(self, example) -> None:
        def move(leaf: Any) -> Any:
            return leaf.to("meta") if isinstance(leaf, torch.Tensor | MODULE) else leaf

        for tensor in _leaves(example.run(move)):
            assert not isinstance(tensor, torch.Tensor) or tensor.device.type == "meta"

    def test_numpy_integers_are_integers(self, example) -> None:
        got = example.run(lambda x: np.int64(x) if type(x) is int else x)
        _same(got, example.run())

    def test_whole_numbers_are_floats(self, example) -> None:
        got = example.run(
            lambda x: int(x) if type(x) is float and x.is_integer() else x
        )
        _same(got, example.run())

    def test_views_give_the_same_as_their_copies(self, example) -> None:
        _same(example.run(_view), example.run())

    def test_iterators_give_the_same_as_sequences_or_are_refused(self, example) -> None:
        for i, argument in enumerate(example.args):
            if _is_sequence(argument):
                args = (*example.args[:i], iter(argument), *example.args[i + 1 :])
                try:
                    got = dataclasses.replace(example, args=args).run()
                except (ValueError, TypeError) as error:
                    _clear(error)
                else:
                    _same(got, example.run())

    def test_what_is_no_integer_is_refused(self, example) -> None:
        for at, leaf in enumerate(example.leaves()):
            if type(leaf) is int:
                for bad in (2.5, math.nan, "3"):
                    _refused_or_right(example, at, bad, must=True)

    def test_bad_numbers_give_a_clear_error_or_a_result(self, example) -> None:
        for at, leaf in enumerate(example.leaves()):
            if type(leaf) is int:
                for bad in (-1, 0):
                    _refused_or_right(example, at, bad)
            if type(leaf) is float:
                for bad in (-1.0, 0.0, math.nan, math.inf, -math.inf):
                    _refused_or_right(example, at, bad)

    def test_empty_and_non_finite_data_give_a_clear_error_or_a_result(
        self, example
    ) -> None:
        for at, leaf in enumerate(example.leaves()):
            if not isinstance(leaf, torch.Tensor | np.ndarray):
                continue
            for axis in range(leaf.ndim):
                cut = leaf[(slice(None),) * axis + (slice(0, 0),)]
                _refused_or_right(example, at, cut)
            if _floating(leaf) and not example.nonfinite:
                for bad in (math.nan, math.inf, -math.inf):
                    _refused_or_right(example, at, leaf * 0 + bad)


def _is_sequence(argument: Any) -> bool:
    return type(argument) in (list, tuple) and not hasattr(argument, "_fields")


def _defined(module: Any) -> list[str]:
    """Public names of a note of one module."""
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
    ]


def _map(change: Callable[[Any], Any], tree: Any) -> Any:
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(_map(change, x) for x in tree))
    if type(tree) in (list, tuple):
        return type(tree)(_map(change, x) for x in tree)
    if isinstance(tree, dict):
        return {key: _map(change, x) for key, x in tree.items()}
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = [f.name for f in dataclasses.fields(tree) if f.init]
        return dataclasses.replace(
            tree, **{name: _map(change, getattr(tree, name)) for name in fields}
        )
    return change(tree)


def _leaves(tree: Any) -> Iterator[Any]:
    found: list[Any] = []
    _map(lambda leaf: found.append(leaf) or leaf, tree)
    yield from found


def _copy(leaf: Any) -> Any:
    """A leaf that the call may change or draw from: each run starts from the same."""
    if isinstance(leaf, torch.Tensor):
        return leaf.clone()
    if isinstance(leaf, torch.Generator):
        return torch.Generator(leaf.device).set_state(leaf.get_state())
    if isinstance(leaf, np.ndarray | np.random.Generator | MODULE):
        return copy.deepcopy(leaf)
    return leaf


def _floating(leaf: Any) -> bool:
    if isinstance(leaf, torch.Tensor):
        return bool(leaf.is_floating_point())
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"


def _has_floats(example: Example) -> bool:
    return any(_floating(leaf) for leaf in example.leaves())


def _has_tensors(example: Example) -> bool:
    return any(isinstance(leaf, torch.Tensor) for leaf in example.leaves())


def _to(dtype: str) -> Callable[[Any], Any]:
    def change(leaf: Any) -> Any:
        if isinstance(leaf, MODULE):
            return leaf.to(getattr(torch, dtype))
        if not _floating(leaf):
            return leaf
        if isinstance(leaf, torch.Tensor):
            return leaf.to(getattr(torch, dtype))
        return leaf.astype("float16" if dtype in HALVES else dtype)

    return change


def _rounded(half: str) -> Callable[[Any], Any]:
    """Numbers that the short type holds, in float64."""
    short = _to(half)

    def change(leaf: Any) -> Any:
        wide = _floating(leaf) or isinstance(leaf, MODULE)
        return _double(short(leaf)) if wide else leaf

    return change


def _double(leaf: Any) -> Any:
    tensor = isinstance(leaf, torch.Tensor | MODULE)
    return leaf.double() if tensor else leaf.astype(np.float64)


def _array(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        leaf = leaf.detach().cpu()
        return (leaf.double() if leaf.is_floating_point() else leaf).numpy()
    return np.asarray(leaf)


def _compare(got: Any, want: Any, half: str, rounds: int, library: Any) -> None:
    """Each number is what the wanted one rounds to, but for a last digit or so."""
    info = torch.finfo(getattr(torch, half))
    ours, theirs = list(_leaves(got)), list(_leaves(want))
    assert len(ours) == len(theirs)
    numbers = [y for y in map(_array, theirs) if y.dtype.kind in "fc"]
    most = max((np.abs(y[np.isfinite(y)]).max(initial=0.0) for y in numbers), default=0)
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        x, y = _array(a), _array(b)
        if y.dtype.kind not in "fc":
            if y.dtype.kind in "iub":
                assert np.array_equal(x, y), f"result {i}: want {b}, got {a}"
            continue
        assert x.shape == y.shape, f"result {i}: want {y.shape}, got {x.shape}"
        finite = np.isfinite(y)
        assert np.array_equal(np.isnan(x), np.isnan(y)), f"result {i} has other NaN"
        largest = np.abs(y[finite]).max(initial=0.0)
        # float32 on the way: some roundings of it, of the largest number there is.
        allowed = np.abs(y) * info.eps + info.smallest_normal * info.eps
        allowed = allowed + 1e-5 * most
        if rounds > 1:
            allowed = allowed + (rounds - 1) * info.eps * largest
        if library is not None:
            allowed = allowed + library[i]
        with np.errstate(invalid="ignore"):  # infinity less infinity
            off = np.abs(x - y)
        within = off <= allowed
        within |= np.isnan(y) | ~finite & (x == y)
        within |= (np.abs(y) > float(info.max)) & np.isinf(x)
        worst = np.where(within, 0, off).max(initial=0.0)
        assert within.all(), f"result {i} is {worst:.3g} off; largest {largest:.3g}"


def _twice_the_error_of(example: Example, half: str) -> list[float] | None:
    if example.library is None:
        return None
    same = dataclasses.replace(example, call=example.library)
    got, want = (_leaves(same.run(f(half))) for f in (_to, _rounded))
    pairs = [(_array(a), _array(b)) for a, b in zip(got, want, strict=True)]
    return [2 * float(np.abs(a - b).max(initial=0.0)) for a, b in pairs]


def _slopes(example: Example, change: Callable[[Any], Any]) -> list[Any] | None:
    """Gradients of the sum of all results, weighted, by every float tensor given."""
    given: list[Any] = []

    def track(leaf: Any) -> Any:
        leaf = change(leaf)
        if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
            leaf = leaf.clone().requires_grad_()
            given.append(leaf)
        return leaf

    results = [
        r
        for r in _leaves(example.run(track))
        if isinstance(r, torch.Tensor) and r.requires_grad
    ]
    if not results:
        return None
    weights = [
        normal(*result.shape, seed=1000 + i).to(result.dtype)  # no input's numbers
        for i, result in enumerate(results)
    ]
    slopes = torch.autograd.grad(results, given, weights, allow_unused=True)
    return [
        torch.zeros_like(x) if s is None else s
        for x, s in zip(given, slopes, strict=True)
    ]


def _is_floats(leaf: Any) -> bool:
    """Whether a result is an array of floats, or complex numbers, or one of numpy's."""
    if isinstance(leaf, torch.Tensor):
        return bool(leaf.is_floating_point() or leaf.is_complex())
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fc"


def _of_floats(example: Example) -> tuple[list[Any], Callable[[], list[Any]]]:
    """Float tensors and parameters of the example; a call with them as they are then.

    What gradcheck gives to a function is what it changes in place, so the call reads it
    there: copies of tensors, and modules that share their parameters with each other.
    """
    leaves = [_copy(leaf) for leaf in example.leaves()]
    inputs: list[Any] = []
    for leaf in leaves:
        if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
            inputs.append(leaf.requires_grad_())
        elif isinstance(leaf, MODULE):
            inputs += [p for p in leaf.parameters() if p.requires_grad]

    def fresh(leaf: Any) -> Any:
        if isinstance(leaf, MODULE):
            return copy.deepcopy(leaf, {id(p): p for p in leaf.parameters()})
        return _copy(leaf)

    def call() -> list[Any]:
        torch.manual_seed(0)
        given = iter(leaves)
        args, kwargs = _map(
            lambda _: fresh(next(given)), (example.args, example.kwargs)
        )
        results = _leaves(example.call(*args, **kwargs))
        return [x for x in results if isinstance(x, torch.Tensor) and _is_floats(x)]

    return inputs, call


def _picked(results: list[Any], places: tuple[int, ...]) -> tuple[Any, ...]:
    return tuple(results[i] for i in places)


def _promised(gives: str, dtype: str, tensors: bool) -> str:
    """The dtype of a result for inputs of this dtype, in the words of an example."""
    if gives == "wide":
        return "float32" if dtype in HALVES else dtype
    if gives in ("", "same"):
        return dtype if tensors or gives else "float64"
    return gives


def _expanded(leaf: Any, axis: int) -> tuple[Any, Any]:
    """Its first slice repeated along an axis: once without memory for it, once with."""
    first = leaf[(slice(None),) * axis + (slice(0, 1),)]
    if isinstance(leaf, torch.Tensor):
        wide = first.expand(leaf.shape)
        return wide, wide.clone(memory_format=torch.contiguous_format)
    wide = np.broadcast_to(first, leaf.shape)
    return wide, wide.copy()


def _outcome(example: Example, at: int, given: Any) -> Any:
    """The result with one leaf replaced, or the error of a function that refuses."""
    count = iter(range(len(example.leaves())))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return example.run(lambda leaf: given if next(count) == at else leaf)
    except (ValueError, TypeError) as error:
        return error


def _state(leaf: Any) -> Any:
    """All there is to compare of what was given."""
    if isinstance(leaf, MODULE):
        modes = [(name, m.training) for name, m in leaf.named_modules()]
        grads = [(p.requires_grad, _state(p.grad)) for p in leaf.parameters()]
        values = {name: _state(x) for name, x in leaf.state_dict().items()}
        return modes, grads, values
    if isinstance(leaf, torch.Tensor):
        bits = leaf.detach().contiguous().flatten().view(torch.uint8)
        return leaf.dtype, leaf.shape, leaf.requires_grad, bits.numpy().tobytes()
    if isinstance(leaf, np.ndarray):
        return leaf.dtype, leaf.shape, leaf.tobytes()
    # Generators are there to be drawn from, and functions hold what they like.
    return leaf if isinstance(leaf, bool | int | float | str) else None


def _view(leaf: Any) -> Any:
    """The same numbers, not side by side in memory."""
    if isinstance(leaf, torch.Tensor) and leaf.ndim:
        wide = torch.stack([leaf, torch.zeros_like(leaf)], -1)
        return wide[..., 0]
    if isinstance(leaf, np.ndarray) and leaf.ndim:
        return np.stack([leaf, np.zeros_like(leaf)], -1)[..., 0]
    return leaf


def _same(got: Any, want: Any) -> None:
    ours, theirs = list(_leaves(got)), list(_leaves(want))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        x, y = _array(a), _array(b)
        assert x.shape == y.shape
        if y.dtype.kind in "fc":
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-12, equal_nan=True)
        elif y.dtype.kind in "iubU":
            assert np.array_equal(x, y), f"want {b}, got {a}"


def _refused_or_right(example: Example, at: int, bad: Any, must: bool = False) -> None:
    """Replace one leaf: a result, or an error that says what was wanted, and came."""
    count = iter(range(len(example.leaves())))

    def change(leaf: Any) -> Any:
        return bad if next(count) == at else leaf

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            example.run(change)
    except (ValueError, TypeError) as error:
        _clear(error)
    else:
        assert not must, f"{bad!r} for {example.leaves()[at]!r} was accepted"


def _clear(error: Exception) -> None:
    """An error of the note's own, or Python's of a wrong type at its border."""
    trace, frames = error.__traceback__, []
    while trace:
        frames.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    own = [f for f in frames if re.search(r"[\\/]snippets[\\/]|^<string>$", f)]
    assert own, f"not raised by the note: {error!r}"
    assert re.search(r"\bgot\b|\bcannot be interpreted as an integer\b", str(error)), (
        f"want what is wanted and what came in the message, got {error!r}"
    )


def _has_integers(example: Example) -> bool:
    return any(type(leaf) is int for leaf in example.leaves())


def _has_numbers(example: Example) -> bool:
    return any(type(leaf) in (int, float) for leaf in example.leaves())


def _has_whole_floats(example: Example) -> bool:
    return any(type(x) is float and x.is_integer() for x in example.leaves())


def _has_arrays(example: Example) -> bool:
    return any(isinstance(x, torch.Tensor | np.ndarray) for x in example.leaves())


def _has_sequences(example: Example) -> bool:
    return any(map(_is_sequence, example.args))


def _has_slopes(example: Example) -> bool:
    excused = example.refuses or example.slope or example.drawn
    return _has_tensors(example) and _has_floats(example) and not excused


def _has_a_gradient(example: Example) -> bool:
    return any(isinstance(x, torch.Tensor) and _floating(x) for x in example.leaves())


def _is_only_read(example: Example) -> bool:
    """Whether what is given, but for modules, is to be left as it was."""
    modules = any(isinstance(leaf, MODULE) for leaf in example.leaves())
    return modules or not example.writes


def _has_expanded(example: Example) -> bool:
    return _has_arrays(example) and _is_only_read(example)


def _goes_anywhere(example: Example) -> bool:
    return _has_tensors(example) and not example.meta


# Which promises say something of an example.
_KINDS = {
    "test_sixteen_bits_give_what_float64_rounds_to": _has_floats,
    "test_slopes_in_sixteen_bits_are_what_float64_rounds_to": _has_slopes,
    "test_gradients_are_those_of_finite_differences": _has_a_gradient,
    "test_results_have_the_dtype_that_is_promised": _has_floats,
    "test_expanded_tensors_give_the_same_as_their_copies": _has_expanded,
    "test_what_is_given_is_left_as_it_was": _is_only_read,
    "test_tensors_are_made_on_the_device_of_the_input": _goes_anywhere,
    "test_numpy_integers_are_integers": _has_integers,
    "test_whole_numbers_are_floats": _has_whole_floats,
    "test_views_give_the_same_as_their_copies": _has_arrays,
    "test_iterators_give_the_same_as_sequences_or_are_refused": _has_sequences,
    "test_what_is_no_integer_is_refused": _has_integers,
    "test_bad_numbers_give_a_clear_error_or_a_result": _has_numbers,
    "test_empty_and_non_finite_data_give_a_clear_error_or_a_result": _has_arrays,
}
