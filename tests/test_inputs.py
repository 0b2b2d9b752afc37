"""Oracles: functions that break one promise about their inputs each."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.inputs import Example, Promises, example, normal

X, LAYER = normal(3, 4), torch.nn.Linear(4, 2).double()
GRADIENT = Promises.test_gradients_are_those_of_finite_differences
DTYPE = Promises.test_results_have_the_dtype_that_is_promised
EXPANDED = Promises.test_expanded_tensors_give_the_same_as_their_copies
LEFT = Promises.test_what_is_given_is_left_as_it_was


def refused(promise, given: Example, *dtype: str) -> str:
    """What the promise says of an example that breaks it."""
    with pytest.raises((AssertionError, RuntimeError)) as error:
        promise(Promises, given, *dtype)
    return str(error.value)


def test_a_gradient_that_is_cut_is_seen():
    assert "want a gradient" in refused(GRADIENT, example(lambda x: x.detach(), X))
    partly = example(lambda x: x * x.detach(), X)
    assert "mismatch" in refused(GRADIENT, partly)
    inside = example(lambda layer, x: layer(x) * layer.bias.detach(), LAYER, X)
    assert "mismatch" in refused(GRADIENT, inside)
    GRADIENT(Promises, example(lambda x: x * x, X))
    GRADIENT(Promises, example(lambda layer, x: layer(x) * layer.bias, LAYER, X))


def test_a_gradient_may_be_cut_with_a_reason_that_is_true():
    both = example(lambda x: (x.exp(), x.detach()), X)
    assert "want a gradient" in refused(GRADIENT, both)
    GRADIENT(Promises, replace(both, detached="for the log", attached=(0,)))
    assert "want a gradient" in refused(GRADIENT, replace(both, detached="both"))
    whole = example(lambda x: x.exp(), X)
    assert "want a gradient" in refused(GRADIENT, replace(whole, detached="stale"))


def test_what_cannot_be_moved_is_left_out_and_the_rest_tried():
    def weighted(x, w):
        if not torch.equal(w.detach().sum(), torch.ones((), dtype=w.dtype)):
            raise ValueError(f"w must sum to 1, got {w.sum()}")
        return x.detach() * w if x.numel() == 2 else x * w

    w = torch.tensor([0.25, 0.75], dtype=torch.float64)
    some = replace(
        example(weighted, normal(3, 2), w), differences="sum to 1", moved=(0,)
    )
    GRADIENT(Promises, some)
    cut = replace(some, args=(normal(2), w))
    assert "mismatch" in refused(GRADIENT, cut)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_another_dtype_than_the_promised_one_is_seen(dtype):
    assert "want results of" in refused(DTYPE, example(lambda x: x.double(), X), dtype)
    DTYPE(Promises, example(lambda x: x + 1, X), dtype)
    DTYPE(Promises, replace(example(lambda x: x.double(), X), gives="float64"), dtype)
    wide = torch.promote_types(getattr(torch, dtype), torch.float32)
    DTYPE(Promises, replace(example(lambda x: x.to(wide), X), gives="wide"), dtype)
    pair = replace(example(lambda x: (x, x.to(wide)), X), gives=("", "wide"))
    DTYPE(Promises, pair, dtype)


def test_arrays_promise_float64_and_say_so_where_they_do_not():
    kept = example(lambda x: x + 1, X.numpy())
    assert "want results of" in refused(DTYPE, kept, "float32")
    DTYPE(Promises, replace(kept, gives="same"), "float32")
    DTYPE(Promises, example(lambda x: x.astype(np.float64), X.numpy()), "float32")


def test_a_function_that_needs_its_input_in_memory_is_seen():
    refused(EXPANDED, example(lambda x: x.view(-1), X))

    def by_memory(x):
        return torch.as_strided(x, x.shape, (1,) * x.ndim).clone()

    refused(EXPANDED, example(by_memory, X[0]))
    EXPANDED(Promises, example(lambda x: x.reshape(-1), X))


def test_writing_to_what_is_given_is_seen():
    assert "as it was given" in refused(LEFT, example(lambda x: x.mul_(2), X))
    refused(LEFT, example(lambda x: x.sort(), X.numpy()))
    refused(LEFT, example(lambda layer: layer.eval(), LAYER))
    refused(LEFT, example(lambda layer: layer.bias.data.zero_(), LAYER))
    refused(LEFT, example(lambda rows: rows.append(1), [1.0, 2.0]))
    trains = replace(
        example(lambda layer, x: layer.bias.data.zero_(), LAYER, X), writes="trains it"
    )
    LEFT(Promises, trains)
    refused(LEFT, replace(trains, call=lambda layer, x: x.zero_()))


def test_a_public_function_without_an_example_is_named_with_its_file(monkeypatch):
    from tests.cv import test_upsampling_inputs as module

    test = module.TestInputs()
    few = [e for e in module.EXAMPLES if e.name != "pixel_shuffle"]
    monkeypatch.setattr(module.TestInputs, "examples", few)
    with pytest.raises(AssertionError) as error:
        test.test_every_public_function_has_an_example()
    assert "tests/cv/test_upsampling_inputs.py" in str(error.value)
    assert "['pixel_shuffle']" in str(error.value)
