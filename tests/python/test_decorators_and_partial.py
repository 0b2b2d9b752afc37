"""Oracles: functools.partial, inspect's unwrap and signature, and real calls."""

import asyncio
import functools
import inspect
import pickle
import random
import string
import sys
import types
import typing
import warnings
import weakref
from keyword import kwlist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.python.decorators_and_partial import (
    api_export,
    build_api,
    exported_names,
    lib_export,
    my_partial,
    optional_args_decorator,
    retry,
    timed,
)


def f(a, b=0, c=0):
    return a, b, c


def everything(*args, **keywords):
    return args, keywords


def outcome(make, layers, args, keywords):
    """Result of a nested partial, or the message of the TypeError it ends in."""
    try:
        made = f
        for fixed, named in layers:
            made = make(made, *fixed, **named)
        return made(*args, **keywords)
    except TypeError as error:
        return str(error)


arguments = st.tuples(
    st.lists(st.integers(0, 9), max_size=2),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), max_size=2),
)


# --- partial --------------------------------------------------------------------------


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
def test_fixed_arguments_come_first_and_keywords_of_the_call_win(partial):
    assert partial(f, 1)(2) == (1, 2, 0)
    assert partial(f, b=2)(1, c=5) == (1, 2, 5)
    assert partial(f, c=3)(1, 2, c=9) == (1, 2, 9)
    assert partial(f, 1, 2)(3) == (1, 2, 3)
    assert partial(int, base=2)("10010") == 18
    assert partial(f)(4) == (4, 0, 0)


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
def test_a_keyword_does_not_move_the_positional_arguments(partial):
    with pytest.raises(TypeError, match="multiple values for argument 'a'"):
        partial(f, a=1)(2)
    assert partial(f, a=1)(a=2) == (2, 0, 0)


@given(layers=st.lists(arguments, min_size=1, max_size=3), call=arguments)
def test_my_partial_is_functools_partial_errors_included(layers, call):
    assert outcome(my_partial, layers, *call) == outcome(
        functools.partial, layers, *call
    )


def test_my_partial_agrees_on_300_random_patterns_of_which_some_fail():
    generator = random.Random(0)

    def draw():
        names = generator.sample("abcd", generator.choice([0, 0, 1]))
        args = [generator.randrange(10) for _ in range(generator.choice([0, 0, 1]))]
        return args, {name: generator.randrange(10) for name in names}

    agreed, failed = 0, 0
    for _ in range(300):
        layers, call = [draw() for _ in range(generator.randrange(1, 4))], draw()
        expected = outcome(functools.partial, layers, *call)
        agreed += outcome(my_partial, layers, *call) == expected
        failed += isinstance(expected, str)
    assert agreed == 300
    assert 100 < failed < 200


@given(layers=st.lists(arguments, min_size=1, max_size=4))
def test_nested_partials_are_flattened_into_one(layers):
    mine, library = everything, everything
    for args, keywords in layers:
        mine = my_partial(mine, *args, **keywords)
        library = functools.partial(library, *args, **keywords)
    assert mine.func is library.func is everything
    assert (mine.args, mine.keywords) == (library.args, library.keywords)


def test_nested_partial_by_hand():
    nested = my_partial(my_partial(f, 1), 2)
    assert nested.func is f
    assert nested.args == (1, 2)
    assert nested() == (1, 2, 0)


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
def test_a_partial_with_attributes_of_its_own_is_not_flattened(partial):
    inner = partial(int, base=2)
    inner.unit = "bits"
    outer = partial(inner, "101")
    assert outer.func is inner
    assert outer() == 5
    assert partial(outer, base=3).func is inner
    assert partial(outer, base=3)() == 10


@pytest.mark.parametrize(
    "partial",
    [
        pytest.param(
            functools.partial,
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 13), reason="flattened since, its call is lost"
            ),
        ),
        my_partial,
    ],
)
def test_a_partial_that_calls_in_its_own_way_is_not_flattened(partial):
    class Loud(partial):
        def __call__(self, *args):
            return "loud", *args

    class Plain(partial):
        pass

    loud, plain = Loud(everything, 1), Plain(everything, 1)
    assert partial(loud, 2)() == ("loud", 2)
    assert partial(loud, 2).func is loud
    assert partial(plain, 2).func is everything
    assert partial(plain, 2)() == ((1, 2), {})


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
def test_a_partial_can_be_weakly_referenced_and_pickled(partial):
    fixed = partial(f, 1, b=2)
    assert weakref.ref(fixed)() is fixed
    assert pickle.loads(pickle.dumps(fixed))(c=3) == (1, 2, 3)


def test_flattening_leaves_the_inner_partial_as_it_was():
    inner = my_partial(f, 1, c=3)
    outer = my_partial(inner, 2, c=4)
    assert (inner.args, inner.keywords) == ((1,), {"c": 3})
    inner.keywords["c"] = 5
    assert outer() == (1, 2, 4)


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
def test_no_keyword_is_reserved(partial):
    fixed = partial(everything, func=1, self=2)
    assert fixed(args=3) == ((), {"func": 1, "self": 2, "args": 3})
    assert fixed(self=4) == ((), {"func": 1, "self": 4})


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
@pytest.mark.parametrize("bad", [None, 3, "f", [f]])
def test_func_must_be_callable(partial, bad):
    with pytest.raises(TypeError, match="must be callable"):
        partial(bad, 1)


def test_my_partial_says_what_came():
    with pytest.raises(TypeError, match=r"^func must be callable, got 3$"):
        my_partial(3)


@pytest.mark.parametrize("partial", [functools.partial, my_partial])
def test_a_partial_has_no_name_until_one_is_copied(partial):
    fixed = partial(f, 1)
    assert not hasattr(fixed, "__name__")
    functools.update_wrapper(fixed, f)
    assert fixed.__name__ == "f"
    assert fixed.__wrapped__ is f


def test_signature_shows_what_is_left_to_give():
    assert str(inspect.signature(functools.partial(f, 1))) == "(b=0, c=0)"
    # From a fixed keyword on, the rest can be given by keyword only.
    assert str(inspect.signature(functools.partial(f, b=2))) == "(a, *, b=2, c=0)"
    with pytest.raises(TypeError, match="multiple values for argument 'b'"):
        functools.partial(f, b=2)(1, 3)


def test_lambdas_read_the_loop_variable_late_and_partials_early():
    late = [lambda x: i * x for i in range(3)]  # noqa: B023 (the point)
    early = [functools.partial(lambda i, x: i * x, i) for i in range(3)]
    default = [lambda x, i=i: i * x for i in range(3)]
    assert [g(10) for g in late] == [20, 20, 20]
    assert [g(10) for g in early] == [0, 10, 20]
    assert [g(10) for g in default] == [0, 10, 20]


def test_a_partial_keeps_the_object_not_a_copy():
    log = []
    functools.partial(log.append, 1)()
    shared = my_partial(everything, log)
    log.append(2)
    assert shared() == (([1, 2],), {})


def test_partials_of_module_functions_pickle_and_lambdas_do_not():
    assert pickle.loads(pickle.dumps(functools.partial(f, 1)))(2) == (1, 2, 0)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(lambda x: f(1, x))


class Box:
    """A class in whose body the three ways of fixing an argument stand."""

    def show(self, *args):
        return self, args

    mine = my_partial(show, "fixed")
    library = functools.partial(show, "fixed")
    static = staticmethod(functools.partial(everything, "fixed"))
    method = functools.partialmethod(show, "fixed")


def test_my_partial_does_not_bind_as_a_method():
    box = Box()
    assert box.mine() == ("fixed", ())
    assert box.mine("more") == ("fixed", ("more",))


def test_partial_binds_as_a_method_from_3_14_on_after_its_own_arguments():
    box = Box()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = box.library()
    assert result == (
        ("fixed", (box,)) if sys.version_info >= (3, 14) else ("fixed", ())
    )
    announced = sys.version_info[:2] == (3, 13)
    assert [w.category for w in caught] == [FutureWarning] * announced


def test_a_bound_method_of_a_partial_puts_self_after_the_fixed_arguments():
    # What 3.14 does, on every version.
    box = Box()
    assert types.MethodType(functools.partial(everything, 1), box)(2) == (
        (1, box, 2),
        {},
    )


def test_partialmethod_puts_self_first_and_staticmethod_leaves_it_out():
    box = Box()
    assert box.method("more") == (box, ("fixed", "more"))
    assert box.static("more") == (("fixed", "more"), {})


@pytest.mark.skipif(sys.version_info < (3, 14), reason="Placeholder is new in 3.14")
def test_placeholder_fixes_an_argument_that_is_not_the_first():
    hole = functools.Placeholder
    assert functools.partial(f, hole, 2)(1) == (1, 2, 0)
    with pytest.raises(TypeError, match="missing positional arguments"):
        functools.partial(f, hole, 2)()


def test_before_3_14_there_is_no_placeholder():
    assert hasattr(functools, "Placeholder") == (sys.version_info >= (3, 14))


# --- export ---------------------------------------------------------------------------

parts = st.text(string.ascii_lowercase + "_", min_size=1, max_size=6).filter(
    lambda part: part not in kwlist
)
paths = st.lists(parts, min_size=1, max_size=3).map(".".join)


def test_export_sets_names_and_changes_nothing_else():
    def run(a, b=1):
        """Run."""
        return a + b

    before = (run.__name__, run.__doc__, run.__code__, inspect.signature(run))
    assert lib_export("app.run", "run")(run) is run
    assert vars(run) == {
        "_lib_api_names": ("app.run", "run"),
        "_lib_api_names_v1": ("app.run", "run"),
    }
    assert (run.__name__, run.__doc__, run.__code__, inspect.signature(run)) == before
    assert inspect.unwrap(run) is run
    assert run(1) == 2
    assert exported_names(run) == ("app.run", "run")


def test_lib_export_is_a_partial_of_a_class():
    assert type(lib_export) is functools.partial
    assert lib_export.func is api_export
    assert (lib_export.args, lib_export.keywords) == ((), {"api_name": "lib"})
    assert type(lib_export("a")) is api_export


def test_the_decorator_line_runs_init_and_call_and_the_call_only_the_function():
    seen = []

    def record(frame, event, _):
        if event == "call" and "_check" not in frame.f_code.co_name:
            seen.append(frame.f_code.co_qualname.rpartition("<locals>.")[2])

    previous = sys.getprofile()
    sys.setprofile(record)
    try:

        @lib_export("app.run")
        def run():
            return 1

        at_import = list(seen)
        seen.clear()
        run()
    finally:
        sys.setprofile(previous)
    own = [name for name in at_import if name.startswith("api_export.")]
    assert own[0] == "api_export.__init__"
    assert [name for name in own if name.endswith("__")][-1] == "api_export.__call__"
    assert "run" not in at_import
    assert seen == ["run"]


def test_every_api_has_its_own_names():
    other_export = functools.partial(api_export, api_name="other")

    @other_export("b")
    @lib_export("a")
    def g():
        pass

    assert exported_names(g) == ("a",)
    assert exported_names(g, "other") == ("b",)
    assert exported_names(g, "third") == ()
    assert build_api([g]) == {"a": g}
    assert build_api([g], "other") == {"b": g}
    assert api_export("c").api_name == "lib"


def test_names_of_version_1_may_differ_or_stand_alone():
    @lib_export("new", v1=["old", "older"])
    def g():
        pass

    @lib_export(v1=["gone"])
    def h():
        pass

    @lib_export("fresh", v1=[])
    def k():
        pass

    assert build_api([g, h, k]) == {"new": g, "fresh": k}
    assert build_api([g, h, k], v1=True) == {"old": g, "older": g, "gone": h}
    assert exported_names(g, v1=True) == ("old", "older")


def test_names_of_the_two_versions_have_attributes_of_their_own():
    g = api_export("a.b", v1=["c"])(lambda: 1)
    assert vars(g) == {"_lib_api_names": ("a.b",), "_lib_api_names_v1": ("c",)}
    assert build_api([g]) == {"a.b": g}
    assert build_api([g], v1=True) == {"c": g}


def test_a_subclass_inherits_the_attribute_but_not_the_export():
    @lib_export("Base")
    class Base:
        pass

    class Child(Base):
        pass

    assert Child._lib_api_names == ("Base",)
    assert "_lib_api_names" not in vars(Child)
    assert exported_names(Child) == ()
    assert build_api([Base, Child]) == {"Base": Base}
    lib_export("Child")(Child)
    assert exported_names(Child) == ("Child",)
    assert exported_names(Base) == ("Base",)
    for symbol in (Base, Child):
        with pytest.raises(ValueError, match="must not be exported twice"):
            lib_export("Again")(symbol)


def test_a_second_export_is_refused_unless_allowed_and_then_replaces():
    @lib_export("a")
    def g():
        pass

    with pytest.raises(ValueError, match=r"exported twice, got .*g.*as \('a',\)$"):
        lib_export("b")(g)
    assert exported_names(g) == ("a",)
    lib_export("b", allow_multiple=True)(g)
    assert exported_names(g) == exported_names(g, v1=True) == ("b",)


def test_an_export_under_version_1_only_counts_as_an_export():
    def g():
        pass

    lib_export(v1=["a"])(g)
    with pytest.raises(ValueError, match="must not be exported twice"):
        lib_export("b")(g)


def test_an_override_takes_the_name_over():
    @lib_export("a")
    def old():
        pass

    @lib_export("a", overrides=[old])
    def new():
        pass

    assert vars(old) == {}
    assert build_api([old, new]) == {"a": new}


def test_names_and_overrides_may_come_from_a_generator():
    olds = [lib_export(name)(lambda: 1) for name in "ab"]
    decorator = lib_export(v1=(name for name in "cd"), overrides=(old for old in olds))
    new = decorator(lambda: 2)
    assert [vars(old) for old in olds] == [{}, {}]
    assert build_api([*olds, new], v1=True) == {"c": new, "d": new}


@pytest.mark.parametrize("stranger", [f, len, 3])
def test_an_override_must_be_exported(stranger):
    with pytest.raises(ValueError, match="overrides must be exported symbols, got"):
        lib_export("a", overrides=[stranger])(lambda: None)


def test_a_subclass_cannot_be_overridden_by_the_export_of_its_base():
    base = lib_export("a")(type("Base", (), {}))
    child = type("Child", (base,), {})
    with pytest.raises(ValueError, match="overrides must be exported symbols, got"):
        lib_export("a", overrides=[child])(lambda: None)
    assert exported_names(base) == ("a",)


def test_a_refused_second_export_leaves_its_overrides_alone():
    old, twice = lib_export("a")(lambda: 1), lib_export("b")(lambda: 2)
    with pytest.raises(ValueError, match="exported twice"):
        lib_export("c", overrides=[old])(twice)
    assert exported_names(old) == ("a",)


def test_a_refused_export_leaves_all_overrides_alone():
    a, b = lib_export("x.a")(lambda: 1), lib_export("x.b")(lambda: 2)
    with pytest.raises(TypeError, match="symbol must take attributes"):
        lib_export("x.len", overrides=[a])(len)
    with pytest.raises(ValueError, match=r"overrides must differ, got .* twice"):
        lib_export("x.c", overrides=[b, b])(lambda: 3)
    with pytest.raises(ValueError, match="overrides must be exported symbols"):
        lib_export("x.c", overrides=[a, len])(lambda: 3)
    assert exported_names(a) == exported_names(a, v1=True) == ("x.a",)
    assert exported_names(b) == exported_names(b, v1=True) == ("x.b",)


def test_a_symbol_may_override_itself():
    a = lib_export("x.a")(lambda: 1)
    lib_export("x.b", overrides=[a], allow_multiple=True)(a)
    assert exported_names(a) == ("x.b",)


@given(names=st.lists(paths, min_size=1, max_size=3))
def test_dotted_identifiers_are_accepted(names):
    def g():
        pass

    assert exported_names(lib_export(*names)(g)) == tuple(names)
    assert build_api([g]) == dict.fromkeys(names, g)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a-b",
        "a b",
        "1a",
        "a.2",
        "a.class",
        "a.b ",
        None,
        3,
    ],
)
@pytest.mark.parametrize("version", ["names", "v1"])
def test_other_names_are_refused(bad, version):
    with pytest.raises(ValueError, match=r"^name must be a dotted path .*, got "):
        lib_export("good", bad) if version == "names" else lib_export("a", v1=[bad])


def test_forgotten_parentheses_are_refused():
    with pytest.raises(
        ValueError, match=r"name must be a dotted path .* got <function f"
    ):
        lib_export(f)


def test_other_bad_arguments_are_refused():
    with pytest.raises(
        ValueError, match=r"v2 names must be positional, got v2=\['a'\]"
    ):
        lib_export("a", v2=["a"])
    with pytest.raises(TypeError, match="api_export has no keyword 'version'"):
        lib_export("a", version=2)
    with pytest.raises(ValueError, match="v1 must be a sequence of names, got 'old'"):
        lib_export("a", v1="old")
    with pytest.raises(ValueError, match="v1 must be a sequence of names, got 3"):
        lib_export("a", v1=3)
    with pytest.raises(ValueError, match="overrides must be a sequence, got <function"):
        lib_export("a", overrides=f)
    with pytest.raises(ValueError, match="names must hold at least one name, got none"):
        lib_export()
    with pytest.raises(ValueError, match="names must hold at least one name, got none"):
        lib_export(v1=[])
    for bad in ("", "a.b", None):
        with pytest.raises(ValueError, match=r"api_name must be an identifier, got"):
            api_export("a", api_name=bad)


@pytest.mark.parametrize("symbol", [len, int, 3, "a", [].append])
def test_what_takes_no_attributes_cannot_be_exported(symbol):
    with pytest.raises(TypeError, match="symbol must take attributes, got"):
        lib_export("a")(symbol)
    assert exported_names(symbol) == ()


def test_one_name_for_two_symbols_is_refused():
    g, h = lib_export("x", "same")(lambda: 1), lib_export("same")(lambda: 2)
    with pytest.raises(ValueError, match=r"'same' must name one symbol, got .* and "):
        build_api([g, h])
    assert build_api([g, g]) == {"x": g, "same": g}


def test_two_symbols_that_compare_equal_are_two_all_the_same():
    class Same:
        __hash__ = None

        def __eq__(self, other):
            return True

    g, h = lib_export("same")(Same()), lib_export("same")(Same())
    with pytest.raises(ValueError, match="'same' must name one symbol"):
        build_api([g, h])


def test_symbols_without_names_are_left_out():
    assert build_api([]) == {}
    assert build_api([f, 3, len]) == {}


# --- wrapping -------------------------------------------------------------------------


def tag(name):
    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            return f"<{name}>{func(*args, **kwargs)}</{name}>"

        return wrapper

    return decorate


def test_stacked_decorators_run_from_the_bottom_up():
    def text():
        """Say x."""
        return "x"

    stacked = tag("a")(tag("b")(text))
    assert stacked() == "<a><b>x</b></a>"
    assert (stacked.__name__, stacked.__doc__) == ("text", "Say x.")
    assert stacked.__wrapped__.__wrapped__ is text
    assert inspect.unwrap(stacked) is text

    @tag("a")
    @tag("b")
    def same():
        return "x"

    assert same() == stacked()


def test_decorator_expressions_are_evaluated_top_down_and_applied_bottom_up():
    order = []

    def make(name):
        order.append(f"make {name}")

        def decorate(func):
            order.append(f"apply {name}")
            return func

        return decorate

    @make("a")
    @make("b")
    def g():
        pass

    assert order == ["make a", "make b", "apply b", "apply a"]


def test_a_decorator_may_return_anything():
    @callable
    def answer():
        return 42

    assert answer is True


def test_wraps_copies_the_export_too():
    @timed
    @lib_export("inner")
    def inner():
        pass

    assert exported_names(inner) == exported_names(inner.__wrapped__) == ("inner",)
    assert build_api([inner]) == {"inner": inner}
    with pytest.raises(ValueError, match="'inner' must name one symbol"):
        build_api([inner, inner.__wrapped__])

    @lib_export("outer")
    @timed
    def outer():
        pass

    assert exported_names(outer.__wrapped__) == ()
    assert build_api([outer, outer.__wrapped__]) == {"outer": outer}


@pytest.mark.parametrize("decorator", [timed, timed(), retry(2), retry(1)])
def test_wrappers_keep_name_doc_signature_arguments_and_result(decorator):
    def g(a, *, b=2):
        """Add."""
        return a + b

    wrapped = decorator(g)
    assert wrapped is not g
    assert inspect.unwrap(wrapped) is g
    assert inspect.signature(wrapped) == inspect.signature(g)
    assert (wrapped.__name__, wrapped.__doc__) == ("g", "Add.")
    assert wrapped(1, b=5) == 6


def ticking(step):
    """A clock that goes on by ``step`` seconds whenever it is read."""
    now = [0.0]

    def clock():
        now[0] += step
        return now[0]

    return clock


def test_timed_counts_calls_and_adds_up_time():
    @timed(clock=ticking(0.25))
    def g(n):
        return g(n - 1) if n else 0

    assert (g.calls, g.seconds) == (0, 0.0)
    assert g(0) == 0
    assert (g.calls, g.seconds) == (1, 0.25)
    g(0)
    assert (g.calls, g.seconds) == (2, 0.5)
    g(1)  # the inner call is counted, and its time counts in the outer one again
    assert (g.calls, g.seconds) == (4, 0.5 + 0.25 + 0.75)


def test_timed_counts_calls_that_fail():
    @timed(clock=ticking(1))
    def g():
        raise KeyError("k")

    with pytest.raises(KeyError, match="k"):
        g()
    assert (g.calls, g.seconds) == (1, 1)


def test_timed_wrappers_have_counters_of_their_own():
    inner = timed(lambda: 1)
    inner()
    outer = timed(inner)
    outer()
    assert (inner.calls, outer.calls) == (2, 1)


@pytest.mark.parametrize("times", [1, 2, 3, 7])
@pytest.mark.parametrize("failures", range(9))
def test_retry_calls_up_to_times_in_all(times, failures):
    calls = []

    @retry(times)
    def g(x, y=0):
        calls.append((x, y))
        if len(calls) <= failures:
            raise OSError(f"try {len(calls)}")
        return "done"

    if failures < times:
        assert g(1, y=2) == "done"
    else:
        with pytest.raises(OSError, match=f"^try {times}$"):  # the last one's
            g(1, y=2)
    assert calls == [(1, 2)] * min(failures + 1, times)


def test_retry_lets_other_errors_through_at_once():
    calls = []

    @retry(3, on=OSError)
    def g():
        calls.append(1)
        raise KeyError("k")

    with pytest.raises(KeyError):
        g()
    assert calls == [1]


@pytest.mark.parametrize(
    ("error", "tries"), [(KeyError, 3), (OSError, 3), (KeyboardInterrupt, 1)]
)
def test_retry_catches_every_exception_unless_told_but_no_interrupt(error, tries):
    calls = []

    @retry(3)
    def g():
        calls.append(1)
        raise error

    with pytest.raises(error):
        g()
    assert len(calls) == tries


def test_retry_catches_an_interrupt_if_told():
    calls = []

    @retry(3, on=KeyboardInterrupt)
    def g():
        calls.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        g()
    assert len(calls) == 3


@pytest.mark.parametrize(("timed_outside", "calls"), [(True, 1), (False, 3)])
def test_timed_counts_tries_only_beneath_retry(timed_outside, calls):
    tries = []

    def g():
        tries.append(1)
        if len(tries) < 3:
            raise OSError
        return "done"

    counted = timed(retry(3)(g)) if timed_outside else timed(g)
    assert (counted if timed_outside else retry(3)(counted))() == "done"
    assert counted.calls == calls
    assert len(tries) == 3


async def later():
    raise OSError


def counting():
    yield 1


async def both():
    yield 1


class Awaited:
    async def __call__(self):
        raise OSError


marked = functools.partial(Awaited())
marked.note = "so the next one does not flatten it"


@pytest.mark.parametrize("decorate", [timed, timed(), retry(3)])
@pytest.mark.parametrize(
    "func",
    [
        later,
        counting,
        both,
        Awaited(),
        Awaited().__call__,
        functools.partial(later),
        functools.partial(Awaited()),
        functools.partial(marked),
    ],
)
def test_functions_whose_call_runs_nothing_are_refused(decorate, func):
    match = "func must run when it is called, got the coroutine or generator function"
    with pytest.raises(TypeError, match=match):
        decorate(func)


@pytest.mark.parametrize("decorate", [timed, timed(), retry(3)])
def test_a_class_whose_instances_are_awaited_is_itself_a_plain_call(decorate):
    assert type(decorate(Awaited)()) is Awaited


def test_an_async_generator_is_wrapped_by_one_that_yields():
    order = []

    def traced(func):
        @functools.wraps(func)
        async def wrapper():
            order.append("before")
            async for x in func():
                yield x
            order.append("after")

        return wrapper

    async def use():
        async for x in traced(both)():
            order.append(x)

    asyncio.run(use())
    assert order == ["before", 1, "after"]


def test_a_plain_wrapper_is_over_before_a_coroutine_runs():
    order = []

    def traced(func):
        @functools.wraps(func)
        def wrapper():
            order.append("before")
            result = func()
            order.append("after")
            return result

        return wrapper

    def traced_through(func):
        @functools.wraps(func)
        async def wrapper():
            order.append("before")
            await func()
            order.append("after")

        return wrapper

    async def work():
        order.append("work")

    asyncio.run(traced(work)())
    assert order == ["before", "after", "work"]
    order.clear()
    asyncio.run(traced_through(work)())
    assert order == ["before", "work", "after"]


def test_an_instance_with_call_gets_no_self_and_a_function_does():
    class Wrapped:
        def __init__(self, func):
            self.func = func

        def __call__(self, *args):
            return self.func(*args)

    class Bound(Wrapped):
        def __get__(self, instance, owner):
            return types.MethodType(self, instance)

    class Box:
        loose = Wrapped(lambda *args: args)
        bound = Bound(lambda *args: args)
        function = timed(lambda *args: args)

    box = Box()
    assert box.loose(1) == (1,)
    assert box.bound(1) == box.function(1) == (box, 1)


def test_the_types_of_retry_hand_the_parameters_on():
    hint = typing.get_type_hints(retry)["return"]
    (taken,), given_back = typing.get_args(hint)
    assert taken == given_back
    parameters, result = typing.get_args(taken)
    assert isinstance(parameters, typing.ParamSpec)
    assert isinstance(result, typing.TypeVar)


@pytest.mark.parametrize("bad", ["OSError", 3, None, int, (OSError, "x")])
def test_retry_wants_exception_types(bad):
    with pytest.raises(TypeError, match=r"^on must be exception types, got "):
        retry(2, on=bad)


def test_retry_takes_numpy_s_integers_and_several_types():
    calls = []

    @retry(np.int64(2), on=(OSError, KeyError))
    def g():
        calls.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        g()
    assert len(calls) == 2


@pytest.mark.parametrize("decorate", [timed(), retry(2)])
def test_what_cannot_be_called_is_refused(decorate):
    with pytest.raises(TypeError, match="func must be callable, got 3"):
        decorate(3)
    with pytest.raises(TypeError, match="clock must be callable, got 1"):
        timed(clock=1)(f)


@pytest.mark.parametrize("bad", [0, -1, 1.5, "3", None, f, True, np.True_])
def test_retry_wants_a_positive_integer(bad):
    with pytest.raises(ValueError, match=r"^times must be an integer >= 1, got "):
        retry(bad)


def test_optional_arguments_may_be_left_out_with_or_without_parentheses():
    @optional_args_decorator
    def labelled(func, label="none", size=0):
        """Label."""
        func.label = (label, size)
        return func

    assert labelled.__name__ == "labelled"
    assert labelled.__doc__ == "Label."
    assert labelled(lambda: 1).label == ("none", 0)
    assert labelled()(lambda: 1).label == ("none", 0)
    assert labelled(label="x")(lambda: 1).label == ("x", 0)
    assert labelled(label="x", size=2)(lambda: 1).label == ("x", 2)
    assert labelled(lambda: 1, label="y").label == ("y", 0)


@pytest.mark.parametrize("bad", [("x",), (None,), (f, "x"), (f, f)])
def test_optional_arguments_must_be_keywords(bad):
    with pytest.raises(TypeError, match="options must be keywords, got positional"):
        timed(*bad)


# --- experiment -----------------------------------------------------------------------


def test_five_exported_functions_are_the_originals_and_a_wrapper_is_not():
    originals = [lambda x, n=n: x + n for n in range(5)]
    for n, function in enumerate(originals):
        lib_export(f"math.add{n}")(function)
    api = build_api(originals)
    assert all(api[f"math.add{n}"] is g for n, g in enumerate(originals))
    wrapped = [timed(function) for function in originals]
    assert [api[name](10) for name in sorted(api)] == [10, 11, 12, 13, 14]
    assert [w.calls for w in wrapped] == [0] * 5
    assert [w(10) for w in wrapped] == [10, 11, 12, 13, 14]
    assert [w.calls for w in wrapped] == [1] * 5
    assert all(w is not g for w, g in zip(wrapped, originals))


def test_an_exported_function_is_called_without_a_frame_in_between():
    def caller():
        return inspect.currentframe().f_back.f_code.co_name

    here = inspect.currentframe().f_code.co_name
    assert build_api([lib_export("who")(caller)])["who"]() == here
    assert functools.partial(caller)() == here
    assert timed(caller)() == "wrapper"
