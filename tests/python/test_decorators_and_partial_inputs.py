"""Example calls of snippets.python.decorators_and_partial."""

from snippets.python import decorators_and_partial as d
from tests.inputs import Example, Promises, example


def _add(a, b=2.0):
    return a + b


def _partial(*args, **keywords):
    return d.my_partial(_add, *args)(**keywords)


def _retried(times, x):
    return d.retry(times)(_add)(x)


def _timed(x):
    counted = d.timed(clock=lambda: 0.0)(_add)
    return counted(x), counted.calls


def _labelled(size):
    @d.optional_args_decorator
    def label(func, size=1):
        return func(1.0, size)

    return label(size=size)(_add)


def _exported(*names, **options):
    return d.exported_names(d.api_export(*names, **options)(lambda: None))


def _built(names):
    return list(d.build_api([d.api_export(*names)(lambda: None)]))


EXAMPLES: list[Example] = [
    Example(_partial, (1.0,), {"b": 4.0}, of=d.my_partial),
    Example(_retried, (3, 1.0), {}, of=d.retry),
    Example(_timed, (1.0,), {}, of=d.timed),
    Example(_labelled, (4.0,), {}, of=d.optional_args_decorator),
    Example(_exported, ("a.b", "c"), {"v1": ["d"]}, of=d.api_export),
    Example(_exported, ("a.b", "c"), {}, of=d.exported_names),
    example(d.exported_names, _add),
    Example(_built, (["a", "b"],), {}, of=d.build_api),
]
SPARED: dict[str, str] = {
    "lib_export": "a partial of api_export, which has its example",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
