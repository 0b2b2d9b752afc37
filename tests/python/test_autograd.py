"""Oracles: torch.autograd on random graphs, closed forms, numpy, counts by hand."""

import math
import warnings

import numpy as np
import pytest
import torch
import torch.utils.checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.python import autograd as main
from snippets.python.autograd import (
    Node,
    adjoints,
    gradcheck,
    no_grad,
    numeric_gradient,
    operations,
    topological_order,
    train_xor,
    unbroadcast,
    where,
)
from snippets.python.autograd import node as node_module


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def leaf(value):
    return Node(np.array(value, dtype=np.float64), requires_grad=True)


def tensor(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def gradient(fn, *values, v=None):
    """Gradients of the engine at the leaves."""
    nodes = [leaf(x) for x in values]
    fn(*nodes).backward(v)
    return [node.grad for node in nodes]


def torch_gradient(fn, *values, v=None):
    """The same by torch.autograd.grad."""
    tensors = [tensor(x) for x in values]
    v = None if v is None else torch.tensor(v)
    return [g.numpy() for g in torch.autograd.grad(fn(*tensors), tensors, v)]


# --- the engine against torch on random graphs ----------------------------------------

MASK = np.array([[True, False, True], [False, True, True]])


def masked(a, b, select, array):
    """Elements of a and b chosen by the part of MASK that fits a alone, else by row."""
    shape = np.broadcast_shapes(tuple(a.shape), tuple(b.shape))
    mask = np.resize(MASK, shape)
    return select(array(mask), a, b)


def both(name):
    """The operation ``name`` in the engine and in torch, as functions of a and b."""
    own = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / (b * b + 1.0),
        "power": lambda a, b: (a * a + 0.5) ** b.tanh(),
        "cube": lambda a, b: a**3,
        "rpow": lambda a, b: 2.0 ** a.tanh(),
        "rsub": lambda a, b: 1.5 - a,
        "rdiv": lambda a, b: 2.0 / (a * a + 1.0),
        "neg": lambda a, b: -a,
        "exp": lambda a, b: a.tanh().exp(),
        "log": lambda a, b: (a * a + 1.0).log(),
        "tanh": lambda a, b: a.tanh(),
        "relu": lambda a, b: a.relu(),
        "where": lambda a, b: masked(a, b, where, np.asarray),
    }
    other = own | {
        "where": lambda a, b: masked(a, b, torch.where, torch.as_tensor),
    }
    return own[name], other[name]


BINARY = ["add", "sub", "mul", "div", "power", "where"]
UNARY = ["cube", "rpow", "rsub", "rdiv", "neg", "exp", "log", "tanh", "relu"]
SHAPE = ["matmul", "sum", "mean", "T", "reshape", "slice", "repeat"]


def shape_step(name, a, k, engine):
    """An operation that changes the shape, for either engine; k varies its settings."""
    ndim = len(a.shape)
    if name == "matmul":
        matrix = a.reshape(-1, a.shape[-1]) if ndim else a.reshape(1, 1)
        flipped = matrix.T
        return matrix @ flipped * 0.25 if k % 2 else flipped @ matrix * 0.25
    if name in ("sum", "mean"):
        keep = k % 2 == 1
        axis = None if ndim == 0 or k % 3 == 0 else k % ndim
        if axis is None and keep:
            axis = tuple(range(ndim))
        word = "keepdims" if engine else "keepdim"
        if axis is None:
            return getattr(a, name)()
        return getattr(a, name)(axis, **{word: keep})
    if name == "T":
        return a.T if engine else a.permute(*range(ndim - 1, -1, -1))
    if name == "reshape":
        return a.reshape(-1)
    if ndim == 0 or min(a.shape) == 0:
        return a * 1.0
    if name == "slice":
        return a[k % a.shape[0]] if k % 2 else a[..., k % a.shape[-1] :]
    rows = [0, a.shape[0] - 1, 0]  # row 0 twice: its gradients must add up
    return a[rows if engine else torch.tensor(rows)]


def build(program, leaves, engine):
    """All intermediate results of a program, the leaves first."""
    results = list(leaves)
    for name, i, j, k in program:
        a, b = results[i % len(results)], results[j % len(results)]
        if name in SHAPE:
            result = shape_step(name, a, k, engine)
        else:
            try:
                np.broadcast_shapes(tuple(a.shape), tuple(b.shape))
            except ValueError:
                b = a
            own, other = both(name)
            result = (own if engine else other)(a, b)
        results.append(result)
    return results


shapes = st.sampled_from([(), (1,), (3,), (1, 3), (2, 1), (2, 3), (1, 1), (2, 1, 3)])
number = st.integers(0, 29)
steps = st.tuples(st.sampled_from(BINARY * 2 + UNARY + SHAPE), number, number, number)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(shapes, st.booleans()), min_size=1, max_size=4),
    st.lists(steps, min_size=1, max_size=9),
    st.integers(0, 2**32 - 1),
)
def test_gradients_of_random_graphs_equal_those_of_torch(leaves, program, seed):
    rng = np.random.default_rng(seed)
    values = [rng.uniform(-1.5, 1.5, size=shape) for shape, _ in leaves]
    wanted = [needs or n == 0 for n, (_, needs) in enumerate(leaves)]
    own = [Node(x, requires_grad=r) for x, r in zip(values, wanted)]
    other = [torch.tensor(x, requires_grad=r) for x, r in zip(values, wanted)]
    own_results = build(program, own, engine=True)
    other_results = build(program, other, engine=False)
    for a, b in zip(own_results, other_results):
        assert a.shape == tuple(b.shape)
        assert a.requires_grad == b.requires_grad
        close(a.value / scale(a.value), b.detach().numpy() / scale(a.value))
    # The last result that depends on a leaf is the root.
    last = max(n for n, r in enumerate(own_results) if r.requires_grad)
    v = rng.uniform(-1, 1, size=own_results[last].shape)
    largest = max(scale(g) for g in adjoints(own_results[last], v).values())
    own_results[last].backward(v)
    other_results[last].backward(torch.tensor(v))
    for a, b in zip(own, other):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            assert a.grad.shape == a.shape
            close(a.grad / largest, b.grad.numpy() / largest)


def scale(array):
    return max(1.0, np.abs(array).max(initial=0.0))


@pytest.mark.parametrize("name", BINARY + UNARY)
def test_every_operation_passes_both_gradchecks(name):
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0.2, 1.5, (2, 3)), rng.uniform(0.2, 1.5, 3)
    own, other = both(name)
    if name in BINARY:
        assert gradcheck(own, [a, b])
        assert torch.autograd.gradcheck(other, [tensor(a), tensor(b)])
    else:
        assert gradcheck(lambda x: own(x, x), [a])
        assert torch.autograd.gradcheck(lambda x: other(x, x), [tensor(a)])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((2, 3), (3, 4)),
        ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 1, 2, 3), (4, 3, 1)),
        ((0, 3), (3, 2)),
    ],
)
def test_matmul_with_leading_axes_has_the_gradients_of_torch(a, b):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=a), rng.normal(size=b)
    v = rng.normal(size=(a @ b).shape)
    for own, other in zip(
        gradient(lambda x, y: x @ y, a, b, v=v),
        torch_gradient(lambda x, y: x @ y, a, b, v=v),
    ):
        assert own.shape == other.shape
        close(own, other)


def test_matmul_rules_are_the_products_with_the_transposes():
    rng = np.random.default_rng(0)
    a, b, v = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    da, db = gradient(lambda x, y: x @ y, a, b, v=v)
    close(da, np.einsum("ij,kj->ik", v, b))
    close(db, np.einsum("ik,ij->kj", a, v))


def test_an_array_on_the_left_is_left_to_the_node():
    x, a = leaf([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 5.0], [1.0, 3.0]])
    for own, by_hand in [
        (a + x, a + x.value),
        (a - x, a - x.value),
        (a * x, a * x.value),
        (a / x, a / x.value),
        (a**x, a**x.value),
        (a @ x, a @ x.value),
    ]:
        assert isinstance(own, Node)
        close(own.value, by_hand)
    with pytest.raises(ValueError, match="needs a node with requires_grad"):
        (x.detach() * 2).backward()


@pytest.mark.parametrize("base", [0.0, 2.0, -2.0])
@pytest.mark.parametrize("exponent", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
def test_powers_at_the_border_have_the_gradients_of_torch(base, exponent):
    own = gradient(lambda x, y: x**y, base, exponent)
    other = torch_gradient(lambda x, y: x**y, base, exponent)
    np.testing.assert_allclose(own, other, rtol=1e-14)
    # A constant exponent does not bring the logarithm in.
    own = gradient(lambda x: x**exponent, base)
    np.testing.assert_allclose(
        own, torch_gradient(lambda x: x**exponent, base), rtol=1e-14
    )


def test_division_has_a_finite_gradient_where_the_square_overflows():
    close(np.array(gradient(lambda a, b: a / b, 1e300, 1e200)) * 1e100, [0.0, -1.0])
    own = gradient(lambda a, b: a / b, 1.0, 0.0)
    other = torch_gradient(lambda a, b: a / b, 1.0, 0.0)
    np.testing.assert_array_equal(own, other)


def test_infinities_and_nan_arrive_in_silence_as_in_torch():
    for fn in [
        lambda x: (x.exp() * x.exp()).sum(),
        lambda x: (1 / x).sum(),
        lambda x: (x - x * 1e308 * 10).relu().sum(),
        lambda x: x[:0].mean(),
    ]:
        values = [0.0, 400.0, -0.0, 5.0]
        own, other = gradient(fn, values), torch_gradient(fn, values)
        np.testing.assert_allclose(own, other, rtol=1e-14)


def test_relu_passes_nan_on_and_is_flat_at_zero():
    values, v = [-1.0, -0.0, 0.0, 1.0, math.nan], np.arange(1.0, 6.0)
    own = gradient(lambda x: x.relu(), values, v=v)
    np.testing.assert_array_equal(own, [[0.0, 0.0, 0.0, 4.0, 5.0]])
    np.testing.assert_array_equal(own, torch_gradient(lambda x: x.relu(), values, v=v))


def test_empty_arrays_have_empty_gradients():
    (g,) = gradient(lambda x: (x * x + 1.0).log().sum(), np.zeros((0, 3)))
    assert g.shape == (0, 3)


# --- broadcasting ---------------------------------------------------------------------


@given(shapes, shapes, st.integers(0, 99))
def test_unbroadcast_is_the_transpose_of_broadcasting(shape, other, seed):
    try:
        full = np.broadcast_shapes(shape, other)
    except ValueError:
        return
    rng = np.random.default_rng(seed)
    a, g = rng.normal(size=shape), rng.normal(size=full)
    back = unbroadcast(g, shape)
    assert np.shape(back) == shape
    # <g, B a> = <B^T g, a> for the linear map B that broadcasts.
    close((g * np.broadcast_to(a, full)).sum(), (back * a).sum())


def test_unbroadcast_by_hand():
    g = np.arange(6.0).reshape(2, 3)
    close(unbroadcast(g, (3,)), [3, 5, 7])
    close(unbroadcast(g, (2, 1)), [[3], [12]])
    close(unbroadcast(g, ()), 15)
    close(unbroadcast(g, (1, 2, 3)[1:]), g)
    close(unbroadcast(np.zeros((0, 3)), (1, 3)), np.zeros((1, 3)))
    for shape in [(2,), (3, 2), (1, 2, 3)]:
        with pytest.raises(ValueError, match=r"shape"):
            unbroadcast(g, shape)


def test_a_bias_gathers_the_gradients_of_all_rows():
    (g,) = gradient(lambda b: (np.ones((5, 3)) + b).sum(), np.zeros(3))
    close(g, [5, 5, 5])


# --- graph and backward ---------------------------------------------------------------


def test_the_tutorial_has_mean_27_and_gradient_4_and_a_half():
    x = Node(np.ones((2, 2)), requires_grad=True)
    out = (3 * (x + 2) ** 2).mean()
    out.backward()
    assert out.value == 27.0
    close(x.grad, np.full((2, 2), 4.5))
    t = torch.ones(2, 2, requires_grad=True)
    (3 * (t + 2) ** 2).mean().backward()
    assert torch.equal(t.grad, torch.full((2, 2), 4.5))


def test_a_two_layer_network_with_broadcast_bias_agrees_with_torch():
    rng = np.random.default_rng(0)
    values = [rng.normal(size=s) for s in [(5, 3), (3, 4), (4,), (4, 2), (2,)]]

    def loss(x, W1, b1, W2, b2):
        return (((x @ W1 + b1).tanh() @ W2 + b2) ** 2).mean()

    for own, other in zip(gradient(loss, *values), torch_gradient(loss, *values)):
        np.testing.assert_allclose(own, other, rtol=0, atol=5e-15)


def test_a_node_used_twice_collects_both_paths():
    a = leaf(3.0)
    b = a * a
    (b + b).backward()
    assert a.grad == 12.0


def doublings(n):
    x = leaf(1.0)
    y = x
    for _ in range(n):
        y = y + y
    return x, y


def test_15_doublings_are_16_nodes_where_recursion_makes_65535_visits():
    x, y = doublings(15)
    assert len(topological_order(y)) == 16

    def visits(node):
        return 1 + sum(visits(parent) for parent, _ in node.edges)

    assert visits(y) == 65535
    y.backward()
    assert x.grad == 2.0**15


def test_the_order_has_every_node_once_after_all_its_inputs():
    x, w = leaf(2.0), leaf(3.0)
    a = x * w
    b = a.exp()
    c = (a + b) * x
    order = topological_order(c)
    assert order[-1] is c
    assert len(order) == len(set(order)) == 6
    place = {node: n for n, node in enumerate(order)}
    for node in order:
        for parent, _ in node.edges:
            assert place[parent] < place[node]


def test_constants_are_not_part_of_the_graph():
    x, constant = leaf(2.0), Node(3.0)
    y = constant * x + constant.exp()
    assert constant not in topological_order(y)
    y.backward()
    assert constant.grad is None
    assert x.grad == 3.0


def test_a_chain_longer_than_the_recursion_limit_works():
    x = leaf(1.0)
    y = x
    for _ in range(5_000):
        y = y * 1.0
    y.backward(retain_graph=True)
    assert x.grad == 1.0


def test_adjoints_are_the_gradients_of_the_intermediate_nodes_too():
    x = leaf([0.5, 2.0])
    h = x.tanh()
    y = h.reshape(2, 1).T
    z = y + h + y
    bar = adjoints(z, [[1.0, 10.0]])
    t = tensor([0.5, 2.0])
    th = t.tanh()
    ty = th.reshape(2, 1).T
    tz = ty + th + ty
    v = torch.tensor([[1.0, 10.0]], dtype=torch.float64)
    expected = torch.autograd.grad(tz, [tz, ty, th, t], v)
    for node, g in zip([z, y, h, x], expected):
        close(bar[node], g.numpy())
    assert next(iter(bar)) is z
    assert x.grad is None


def test_adding_gradients_never_writes_into_the_gradient_of_another_node():
    for flip in (False, True):  # the view may come first or second
        x = leaf([1.0, 2.0])
        y, other = x.reshape(2), x.reshape(1, 2)[0]
        z = other + y if flip else y + other
        bar = adjoints(z, [1.0, 1.0])
        close(bar[y], [1, 1])
        close(bar[x], [2, 2])
    for total in (x.sum() + x.mean(), x.mean() + x.sum()):
        close(adjoints(total, 1.0)[x], [1.5, 1.5])


def test_backward_multiplies_a_vector_with_the_jacobian():
    x = leaf([0.5, 1.0, 2.0])
    y, count = x * 2, 1
    while np.linalg.norm(y.value) < 1000:
        y, count = y * 2, count + 1
    y.backward([0.1, 1.0, 0.0001])
    assert count == 9
    close(x.grad, [51.2, 512, 0.0512])


def test_rows_of_the_jacobian_come_from_unit_vectors():
    a = np.arange(6.0).reshape(2, 3)
    rows = [
        gradient(lambda x: (a @ x).tanh(), np.full((3, 1), 0.1), v=np.eye(2)[:, [i]])
        for i in range(2)
    ]
    slope = 1 - np.tanh(a.sum(1) * 0.1) ** 2
    close(np.reshape(rows, (2, 3)), slope[:, None] * a)


def test_gradients_accumulate_until_zero_grad():
    x = leaf([1.0, 2.0])
    for _ in range(3):
        (x**2).sum().backward()
    close(x.grad, [6, 12])
    x.zero_grad()
    assert x.grad is None
    (x**2).sum().backward()
    close(x.grad, [2, 4])


def test_a_gradient_is_not_shared_with_the_weights_handed_in():
    x, v = leaf([1.0, 2.0]), np.ones(2)
    x.backward(v)
    assert not np.shares_memory(adjoints(x, v)[x], v)
    v[:] = 7.0
    close(x.grad, [1, 1])
    y = leaf(3.0)
    y.backward()
    y.backward()
    assert isinstance(y.grad, np.ndarray)
    assert y.grad == 2.0


def test_a_gradient_is_an_array_of_its_own_that_can_be_changed():
    for fn in (lambda x: x.sum(), lambda x: x.reshape(2, 1), lambda x: x.T):
        x = leaf([1.0, 2.0])
        y = fn(x)
        y.backward(np.ones(y.shape))
        x.grad[0] = 7.0
        assert x.grad.tolist() == [7, 1]


def test_only_leaves_keep_a_gradient():
    x = leaf(2.0)
    y = x * x
    (y * 3.0).backward()
    assert (x.is_leaf, y.is_leaf) == (True, False)
    assert (x.grad, y.grad) == (12.0, None)


def test_a_second_backward_needs_retain_graph():
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == 12.0
    with pytest.raises(ValueError, match="retain_graph=True the first time, got a rel"):
        y.backward()
    with pytest.raises(ValueError, match="retain_graph=True"):
        (y + x).backward()
    assert x.grad == 12.0  # a refused call leaves nothing behind


def test_detach_and_no_grad_cut_the_history():
    x = leaf(3.0)
    y = x * x
    assert not y.detach().requires_grad
    assert y.detach().is_leaf
    (y.detach() * x).backward()
    assert x.grad == 9.0
    with no_grad():
        assert not (x * x).requires_grad
        with no_grad():
            pass
        z = x + 1.0
        assert not z.requires_grad
        assert z.is_leaf
    assert (x * x).requires_grad
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (x * x).requires_grad


def test_values_are_copied_and_cannot_be_changed_in_place():
    array = np.array([1.0, 2.0])
    x = Node(array, requires_grad=True)
    array[0] = 5.0
    assert x.value[0] == 1.0
    for node in (x, x.reshape(2, 1), x[:1], x.T, x.detach()):
        with pytest.raises(ValueError, match="read-only"):
            node.value[...] = 0.0


def test_a_mask_or_an_index_that_changes_later_changes_no_gradient():
    x, mask = leaf([1.0, 2.0]), np.array([True, False])
    y = where(mask, x, 0.0).sum()
    mask[:] = [False, True]
    y.backward()
    close(x.grad, [1, 0])
    for index in (np.array([0, 0]), [0, 0]):
        x = leaf([1.0, 2.0])
        y = x[index].sum() + x[..., :1].sum()
        index[0] = 1
        y.backward()
        close(x.grad, [3, 0])


def test_nodes_show_their_value_and_shape():
    assert repr(leaf([1.0])) == "Node(array([1.]), requires_grad=True)"
    assert Node([[1, 2]]).shape == (1, 2)
    assert Node(True).value == 1.0


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda x: (x * x).backward(), r"grad must be given .* got shape \(2,\)"),
        (lambda x: x.sum().backward([1.0]), r"shape \(\), got \(1,\)"),
        (lambda x: x.backward(np.ones(3)), r"shape \(2,\), got \(3,\)"),
        (lambda x: x.detach().sum().backward(), "requires_grad=True, got False"),
        (lambda x: Node([0.0, 1.0]).log(), "values > 0, got 0.0"),
        (lambda x: (x - 5.0).log(), "values > 0, got -4.0"),
        (lambda x: Node(math.nan).log(), "values > 0, got nan"),
        (lambda x: x + np.ones(3), r"broadcast, got \(2,\) and \(3,\)"),
        (lambda x: x - np.ones(3), r"broadcast, got \(2,\) and \(3,\)"),
        (lambda x: x * np.ones(3), r"broadcast, got \(2,\) and \(3,\)"),
        (lambda x: x / np.ones(3), r"broadcast, got \(2,\) and \(3,\)"),
        (lambda x: x ** np.ones(3), r"broadcast, got \(2,\) and \(3,\)"),
        (lambda x: where(np.ones(3, bool), x, 0.0), r"broadcast, got \(2,\) and \(3,"),
        (lambda x: where([1, 0], x, 0.0), "boolean, got dtype int64"),
        (lambda x: x @ x, r"\(\.\.\., k, j\), got \(2,\) and \(2,\)"),
        (lambda x: x.reshape(1, 2) @ x.reshape(1, 2), r"got \(1, 2\) and \(1, 2\)"),
        (lambda x: np.ones((2, 1, 1)) @ Node(np.ones((3, 1, 1))), "must broadcast"),
        (lambda x: x.reshape(3), r"2 elements of \(2,\), got \(3,\)"),
        (lambda x: Node([1, 2], requires_grad=True), "hold floats, got dtype int64"),
        (lambda x: Node(True, requires_grad=True), "hold floats, got dtype bool"),
        (lambda x: Node(1j), "real numbers, got dtype complex128"),
        (lambda x: Node("a"), "real numbers, got dtype"),
        (lambda x: Node(x), "real numbers, got dtype object"),
        (lambda x: numeric_gradient(np.sum, x.value, 0.0), "finite, got 0.0"),
        (lambda x: numeric_gradient(np.sum, x.value, math.inf), "finite, got inf"),
        (lambda x: numeric_gradient(np.sum, x.value, 1.0, "back"), "got 'back'"),
        (lambda x: gradcheck(Node.exp, [1.0], atol=0.0), "atol .* got 0.0"),
        (lambda x: gradcheck(Node.exp, [1.0], eps=-1.0), "eps must .* got -1.0"),
        (lambda x: train_xor(0, steps=-1), "steps must be >= 0 .* got 0, -1 and 0.2"),
        (lambda x: train_xor(-1), "seed and steps .* got -1, 400"),
        (lambda x: train_xor(0, lr=math.inf), "got 0, 400 and inf"),
        (lambda x: Node([[1.0, 2.0], [3.0]]), "full array, got"),
        (lambda x: numeric_gradient(np.sum, 1e12, 1e-6), "h must change x, got 1e-06"),
        (lambda x: train_xor(0, lr=0.0), "lr > 0 and finite, got 0, 400 and 0.0"),
    ],
)
def test_bad_input_is_refused(action, message):
    with pytest.raises(ValueError, match=message):
        action(leaf([1.0, 2.0]))


def test_the_main_module_has_the_whole_engine():
    for name in ["Node", "adjoints", "no_grad", "topological_order", "where"]:
        assert getattr(main, name) is getattr(node_module, name)
    assert main.unbroadcast is operations.unbroadcast


# --- finite differences ---------------------------------------------------------------


def wave(x):
    return float(np.exp(x) * np.sin(x))


SLOPE = math.e * (math.sin(1) + math.cos(1))


def errors(scheme):
    steps = 10.0 ** np.arange(-12, 0.1, 0.5)
    found = [abs(numeric_gradient(wave, 1.0, h, scheme) - SLOPE) for h in steps]
    return steps, np.array(found)


def test_central_differences_are_best_at_larger_steps_than_forward_ones():
    steps, forward = errors("forward")
    assert 3e-9 <= steps[forward.argmin()] <= 1e-7
    assert 1e-10 < forward.min() < 1e-7
    steps, central = errors("central")
    assert 1e-7 <= steps[central.argmin()] <= 3e-5
    assert 1e-13 < central.min() < 2e-10


def test_the_errors_fall_like_h_and_like_its_square():
    for scheme, order in [("forward", 1), ("central", 2)]:
        steps, found = errors(scheme)
        wide, narrow = found[steps.searchsorted([0.9e-2, 0.9e-3])]
        assert order == pytest.approx(-np.log10(narrow / wide), abs=0.02)
    # The leading terms are f'' h / 2 and f''' h^2 / 6, with f' ' = 2 e^x cos x.
    second = 2 * math.e * math.cos(1)
    third = 2 * math.e * (math.cos(1) - math.sin(1))
    forward = float(numeric_gradient(wave, 1.0, 1e-3, "forward")) - SLOPE
    central = float(numeric_gradient(wave, 1.0, 1e-3)) - SLOPE
    assert forward == pytest.approx(second * 1e-3 / 2, rel=1e-2)
    assert central == pytest.approx(third * 1e-6 / 6, rel=1e-2)


def test_the_numeric_gradient_of_a_quadratic_is_exact_but_for_rounding():
    a = np.array([[2.0, 1.0], [1.0, 3.0]])
    x = np.array([0.5, -1.5])
    numeric = numeric_gradient(lambda x: float(x @ a @ x), x, 0.5)
    close(numeric, 2 * a @ x)
    one_sided = numeric_gradient(lambda x: float(x @ a @ x), x, 0.5, "forward")
    close(one_sided, 2 * a @ x + 0.5 * np.diag(a))
    assert numeric_gradient(lambda x: 1.0, np.zeros((0, 2)), 1e-3).shape == (0, 2)
    close(x, [0.5, -1.5])


def test_a_central_difference_at_the_kink_of_relu_is_one_half():
    assert numeric_gradient(lambda x: float(np.maximum(x, 0)), 0.0, 1e-6) == 0.5
    assert gradient(lambda x: x.relu(), 0.0) == [0]
    assert not gradcheck(lambda x: x.relu(), [0.0])


def test_the_best_step_grows_with_the_scale_of_the_function():
    eps = 2.0**-52
    for length in (1e-3, 1.0, 1e3):
        # f = sin(x / L) at x = L: f / f''' = -L^3 tan 1, so the step grows with L.
        def f(x, length=length):
            return float(np.sin(x / length))

        steps = length * 10.0 ** np.arange(-9, 0.1, 0.25)
        slope = math.cos(1) / length
        off = [abs(numeric_gradient(f, length, h) - slope) for h in steps]
        best = (eps * length**3 * math.tan(1)) ** (1 / 3)
        assert best / 30 <= steps[np.argmin(off)] <= best * 30


@pytest.mark.parametrize("at", [1e8, 1e5, 1.0, 1e-8, -1e8, 1e200])
def test_gradcheck_confirms_right_gradients_of_large_and_small_elements(at):
    assert gradcheck(lambda x: x, [[at]])
    assert not gradcheck(lambda x: x * 1.0 + x.detach() * 1e-3, [[at]])
    if abs(at) < 1e100:
        assert gradcheck(lambda x: x * x, [[at, 2.0]])
        assert not gradcheck(lambda x: x * x.detach(), [[at, 2.0]])


def test_neither_gradcheck_sees_a_slope_below_its_atol():
    def lost(x):
        return x.detach() * 1e-7 + x * 0.0

    assert gradcheck(lost, [3.0])
    assert torch.autograd.gradcheck(lost, tensor(3.0))
    assert not gradcheck(lambda x: lost(x) * 1e7, [3.0])
    assert not torch.autograd.gradcheck(
        lambda x: lost(x) * 1e7, tensor(3.0), raise_exception=False
    )


def test_the_bound_is_relative_to_the_numeric_entry():
    def fourfold(x):  # value x, derivative 4
        return x * 4.0 - x.detach() * 3.0

    assert not gradcheck(fourfold, [1.0], atol=2.0)
    assert gradcheck(fourfold, [1.0], atol=3.01)


def test_rounding_drowns_a_check_in_float32():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with pytest.warns(UserWarning, match="not a double precision"):
        right = torch.autograd.gradcheck(lambda x: x * x, x, raise_exception=False)
    assert not right
    assert torch.autograd.gradcheck(lambda x: x * x, tensor([1.0, 2.0]))


def test_gradcheck_cannot_confirm_a_slope_that_rounding_hides():
    assert gradcheck(lambda x: x + 1e3, [1.0])
    assert not gradcheck(lambda x: x + 1e12, [1.0])


def test_torch_s_gradcheck_has_a_step_for_numbers_of_order_1():
    assert not torch.autograd.gradcheck(
        lambda x: x, [tensor([1e8])], raise_exception=False
    )
    x, h = 1e8, 1e-6
    assert round(((x + h) - (x - h)) / (2 * h), 3) == 0.998
    assert np.spacing(1e8) == pytest.approx(1.5e-8, rel=0.01)


def test_gradcheck_finds_wrong_derivatives():
    def wrong(x):
        return x * x.detach()  # value x^2, derivative x

    assert gradcheck(lambda x: x * x, [[1.0, 2.0]])
    assert not gradcheck(wrong, [[1.0, 2.0]])
    # Only the second output, and only by the second input, is wrong here.
    first = np.array([True, False])
    assert not gradcheck(
        lambda x, y: where(first, x * y, x + wrong(y)), [[1.0, 2], [3, 4]]
    )
    assert gradcheck(lambda x: Node([1.0, 2.0]), [3.0])
    assert not gradcheck(lambda x: x.detach() * 2.0, [3.0])
    assert not gradcheck(lambda x: x**0.5, [0.0])
    assert gradcheck(Node.exp, [[15.0, 15.1, 15.3]])  # slopes of millions
    assert not gradcheck(lambda x: x * 1.0 + x.detach() * 1e-5, [3.0])
    assert gradcheck(lambda x: x * 1.0 + x.detach() * 1e-5, [3.0], atol=1e-4)


# --- the experiment -------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "final"), [(0, 0.0026), (1, 0.0044)])
def test_the_network_learns_xor(seed, final):
    training = train_xor(seed)
    assert len(training.losses) == 401
    assert training.losses[-1] == pytest.approx(final, abs=1e-4)
    assert np.sign(training.outputs).tolist() == [-1, 1, 1, -1]


def test_the_training_takes_the_steps_that_torch_takes():
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(size=(2, 8)), rng.normal(size=(8, 1))
    weights = [tensor(w) for w in (W1, np.zeros(8), W2, np.zeros(1))]
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([[-1.0], [1], [1], [-1]], dtype=torch.float64)
    optimizer = torch.optim.SGD(weights, lr=0.2)
    losses = []
    for _ in range(20):
        a, b, c, d = weights
        loss = (torch.tanh(torch.tanh(x @ a + b) @ c + d) - y).square().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    close(train_xor(0, steps=19).losses, losses)
    assert len(train_xor(0, steps=0).losses) == 1


def test_seed_2_sits_on_a_plateau_and_leaves_it_later():
    training = train_xor(2, steps=600)
    assert training.losses[400] == pytest.approx(0.998, abs=2e-3)
    assert training.losses[600] < 0.03


def test_on_the_plateau_the_gradient_is_right_and_scaled_down_by_the_slope_of_tanh():
    rng = np.random.default_rng(2)
    W1, W2 = rng.normal(size=(2, 8)), rng.normal(size=(8, 1))
    weights = [tensor(w) for w in (W1, np.zeros(8), W2, np.zeros(1))]
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([[-1.0], [1], [1], [-1]], dtype=torch.float64)
    for _ in range(400):
        a, b, c, d = weights
        before = torch.tanh(x @ a + b) @ c + d
        loss = (torch.tanh(before) - y).square().mean()
        grads = torch.autograd.grad(loss, weights)
        weights = [
            (w - 0.2 * g).detach().requires_grad_() for w, g in zip(weights, grads)
        ]
    a, b, c, d = weights
    before = (torch.tanh(x @ a + b) @ c + d).detach().requires_grad_()
    out = torch.tanh(before)
    close(train_xor(2).outputs, out.detach().numpy().ravel())
    (g,) = torch.autograd.grad((out - y).square().mean(), before)
    slope = 1 - out.detach()[3].item() ** 2
    assert round(slope, 3) == 0.012
    assert g[3].item() == pytest.approx(2 / 4 * (out[3].item() + 1) * slope)


# --- what torch does: the traps -------------------------------------------------------


def test_torch_accumulates_gradients():
    x = tensor([1.0, 2.0])
    for _ in range(3):
        (x**2).sum().backward()
    assert x.grad.tolist() == [6, 12]
    torch.optim.SGD([x], lr=0.1).zero_grad()
    assert x.grad is None


def test_torch_does_not_see_changes_through_data_but_sees_those_through_detach():
    def sigmoid():
        x = tensor([1.0, 2.0])
        return x, x.sigmoid()

    x, y = sigmoid()
    y.sum().backward()
    assert [round(g, 4) for g in x.grad.tolist()] == [0.1966, 0.105]
    x, y = sigmoid()
    y.data.zero_()
    y.sum().backward()
    assert x.grad.tolist() == [0, 0]
    x, y = sigmoid()
    y.detach().zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_torch_lets_in_place_changes_pass_where_no_saved_value_is_hit():
    x = tensor([1.0, 2.0])
    y = x + 1
    y.mul_(3)  # addition saved nothing
    y.sum().backward()
    assert x.grad.tolist() == [3, 3]
    y = x.exp()
    y.add_(1)  # exp saved its result
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        x.mul_(2)
    with torch.no_grad():
        x.mul_(2)
    assert x.tolist() == [2, 4]
    assert x.is_leaf


def test_torch_wants_a_weight_for_a_vector_root():
    x = tensor([1.0, 2.0])
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        (x * 2).backward()
    (x * 2).backward(torch.tensor([1.0, 10.0], dtype=torch.float64))
    assert x.grad.tolist() == [2, 20]
    with pytest.raises(RuntimeError, match="does not require grad"):
        x.detach().sum().backward()
    with pytest.raises(RuntimeError, match="floating point"):
        torch.ones(2, dtype=torch.long, requires_grad=True)


def test_torch_refuses_a_second_backward_only_where_values_were_saved():
    x = tensor(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == 12
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward()
    z = x + 1
    z.backward()
    z.backward()
    assert x.grad == 14


def test_a_conversion_of_a_leaf_is_a_result():
    x = torch.ones(2, requires_grad=True)
    assert x.is_leaf
    assert not x.double().is_leaf
    assert x.float().is_leaf  # nothing to convert: the same tensor


def test_torch_keeps_gradients_of_leaves_unless_told():
    x = tensor(3.0)
    y = x * x
    (2 * y).backward()
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert y.grad is None
    y = x * x
    y.retain_grad()
    (2 * y).backward()
    assert y.grad == 2


def test_torch_updates_out_of_place_turn_a_parameter_into_a_result():
    w = tensor(3.0)
    (w * w).backward()
    stepped = w - 0.1 * w.grad
    assert not stepped.is_leaf
    with torch.no_grad():
        stepped = w - 0.1 * w.grad
    assert not stepped.requires_grad
    with torch.no_grad():
        w -= 0.1 * w.grad
    assert w.requires_grad
    assert w.is_leaf


def test_torch_detach_shares_memory_and_cuts_the_gradient():
    x = tensor(3.0)
    y = x * x
    assert y.detach().data_ptr() == y.data_ptr()
    (y.detach() * x).backward()
    assert x.grad == 9
    with torch.no_grad():
        assert not (x * x).requires_grad
    with torch.inference_mode():
        z = x * x
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved"):
        (z * x).backward()


def test_torch_differentiates_a_gradient_made_with_create_graph():
    x = tensor(3.0)
    (first,) = torch.autograd.grad(x**3, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert (first.item(), second.item()) == (27, 18)
    (first,) = torch.autograd.grad(x**3, x)
    assert not first.requires_grad


def test_torch_subgradients():
    zero = 0.0
    assert torch_gradient(torch.relu, zero) == [0]
    assert torch_gradient(torch.abs, zero) == [0]
    assert torch_gradient(torch.sqrt, zero) == [math.inf]
    tie = [3.0, 3.0]
    (shared,) = torch_gradient(lambda x: x.max(), tie)
    assert shared.tolist() == [0.5, 0.5]
    (shared,) = torch_gradient(lambda x: torch.maximum(x[0], x[1]), tie)
    assert shared.tolist() == [0.5, 0.5]
    (chosen,) = torch_gradient(lambda x: x.max(0).values, tie)
    assert sorted(chosen) == [0, 1]  # max over an axis gives all to one


def test_at_a_kink_the_slopes_of_the_operations_need_not_give_a_subgradient():
    # relu(x) - relu(-x) is x, with slope 1; each relu takes 0.
    assert torch_gradient(lambda x: x.relu() - (-x).relu(), 0.0) == [0]


def test_torch_s_clamp_and_max_do_not_take_the_subgradient_of_smallest_norm():
    assert torch_gradient(lambda x: x.clamp(min=0), 0.0) == [1]  # relu: 0
    tie = [3.0, 3.0, 3.0]
    (all_to_one,) = torch_gradient(lambda x: x.max(0).values, tie)
    assert all_to_one.tolist() == [1, 0, 0]
    (shared,) = torch_gradient(lambda x: x.amax(0), tie)
    close(shared, [1 / 3] * 3)


def test_torch_hooks_see_and_change_a_gradient():
    x, seen = tensor([1.0, 2.0]), []
    x.register_hook(lambda g: seen.append(g.tolist()) or g * 10)
    (x**3).sum().backward()
    assert seen == [[3, 12]]
    assert x.grad.tolist() == [30, 120]


def test_torch_shares_the_version_counter_with_detach_and_not_with_data():
    x = torch.zeros(2)
    x.detach().add_(1)
    assert x._version == 1
    x.data.add_(1)
    assert x._version == 1
    x.numpy()[:] += 1  # nor with numpy
    assert x._version == 1
    assert x.tolist() == [3, 3]


def test_checkpointing_computes_again_what_it_does_not_keep():
    calls = []

    def part(x):
        calls.append(1)
        return x.tanh().exp()

    x = tensor([0.5, 1.0])
    y = torch.utils.checkpoint.checkpoint(part, x, use_reentrant=False).sum()
    assert len(calls) == 1
    y.backward()
    assert len(calls) == 2
    close(x.grad.numpy(), torch_gradient(lambda x: part(x).sum(), [0.5, 1.0])[0])


def test_a_jacobian_is_n_forward_or_m_backward_passes():
    a = torch.arange(6.0).double().reshape(2, 3)

    def f(x):
        return torch.tanh(a @ x)

    x = torch.tensor([0.1, -0.2, 0.3]).double()
    eye = torch.eye(3).double()
    jvp = torch.autograd.functional.jvp
    columns = [jvp(f, x, eye[i])[1] for i in range(3)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, on first use
        close(torch.func.jvp(f, (x,), (eye[0],))[1].numpy(), columns[0].numpy())
    _, back = torch.func.vjp(f, x)
    rows = [back(eye[:2, :2][i])[0] for i in range(2)]
    jacobian = (1 - torch.tanh(a @ x) ** 2)[:, None] * a
    close(torch.stack(columns, 1).numpy(), jacobian.numpy())
    close(torch.stack(rows).numpy(), jacobian.numpy())


def root(x):
    return x.sqrt() if isinstance(x, torch.Tensor) else x**0.5


def test_where_does_not_stop_the_nan_of_the_branch_not_taken():
    values = [-1.0, 0.0, 4.0]
    expected = [[math.nan, math.nan, 0.25]]
    own = gradient(lambda x: where(x.value > 0, root(x), 0.0).sum(), values)
    other = torch_gradient(lambda x: torch.where(x > 0, x.sqrt(), 0.0).sum(), values)
    np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(other, expected)


def test_a_safe_argument_inside_repairs_the_where_trap():
    values = [-1.0, 0.0, 4.0]

    def own(x):
        safe = where(x.value > 0, x, 1.0)
        return where(x.value > 0, root(safe), 0.0).sum()

    def other(x):
        safe = torch.where(x > 0, x, 1.0)
        return torch.where(x > 0, safe.sqrt(), 0.0).sum()

    assert gradient(own, values)[0].tolist() == [0, 0, 0.25]
    assert torch_gradient(other, values)[0].tolist() == [0, 0, 0.25]


def test_where_before_the_steep_function_stops_even_an_infinite_adjoint():
    values = [-1.0, 4.0]
    own = gradient(lambda x: root(where(x.value > 0, x, 0.0)).sum(), values)
    other = torch_gradient(lambda x: torch.where(x > 0, x, 0.0).sqrt().sum(), values)
    assert own[0].tolist() == other[0].tolist() == [0, 0.25]


def test_clamp_keeps_its_ends_so_it_must_stop_short_of_the_border():
    (g,) = torch_gradient(lambda x: x.clamp(-1, 1).sum(), [-2.0, -1.0, 0.0, 1.0, 2.0])
    assert g.tolist() == [0, 1, 1, 1, 0]
    (g,) = torch_gradient(lambda x: x.clamp(min=0).sqrt().sum(), [-1.0, 0.0, 4.0])
    assert g.tolist() == [0, math.inf, 0.25]
    (g,) = torch_gradient(lambda x: x.clamp(min=1e-6).sqrt().sum(), [-1.0, 0.0, 4.0])
    assert g.tolist() == [0, 0, 0.25]


def test_arccos_is_steep_without_end_at_the_border():
    (g,) = torch_gradient(lambda x: x.acos().sum(), [1.0, -1.0, 0.0, 2.0])
    np.testing.assert_array_equal(g, [-math.inf, -math.inf, -1, math.nan])
    (g,) = torch_gradient(lambda x: x.clamp(-1, 1).acos().sum(), [1.0, 2.0])
    assert g.tolist() == [-math.inf, 0]
    (g,) = torch_gradient(lambda x: torch.where(x < 1, x.acos(), 0.0).sum(), [1.0])
    assert math.isnan(g[0])

    def repaired(x):
        inside = x.abs() < 1
        return torch.where(inside, torch.where(inside, x, 0.0).acos(), 0.0).sum()

    (g,) = torch_gradient(repaired, [1.0, -1.0, 0.0, 2.0])
    assert g.tolist() == [0, 0, -1, 0]
    # sqrt(1 - x^2) has the same border, and a derived inf * 0 is NaN.
    (g,) = torch_gradient(lambda x: ((1 - x.acos().cos() ** 2).sqrt() * 0).sum(), [1.0])
    assert math.isnan(g[0])


def test_a_norm_written_out_is_nan_at_zero_where_the_built_in_is_not():
    (g,) = torch_gradient(torch.linalg.vector_norm, [0.0, 0.0])
    assert g.tolist() == [0, 0]
    (g,) = torch_gradient(lambda x: (x**2).sum().sqrt(), [0.0, 0.0])
    assert np.isnan(g).all()
    (g,) = gradient(lambda x: (x**2).sum() ** 0.5, [0.0, 0.0])
    assert np.isnan(g).all()


def test_torch_has_no_separate_variable_and_no_volatile():
    variable = torch.autograd.Variable(torch.ones(1), requires_grad=True)
    assert type(variable) is torch.Tensor
    with pytest.warns(UserWarning, match="volatile was removed"):
        torch.autograd.Variable(torch.ones(1), volatile=True)


def test_eval_mode_does_not_turn_gradients_off():
    model = torch.nn.Linear(2, 1).eval()
    assert model(torch.ones(1, 2)).requires_grad


def test_a_custom_function_is_a_value_and_a_pullback():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    assert torch_gradient(Cube.apply, 3.0) == [27]
    assert torch.autograd.gradcheck(Cube.apply, tensor([1.0, 2.0]))


def test_one_backward_of_a_matmul_multiplies_twice_as_much_as_forward(monkeypatch):
    work = []

    class Counted(np.ndarray):
        def __matmul__(self, other):
            work.append(self.shape[-2] * self.shape[-1] * other.shape[-1])
            return np.asarray(self) @ np.asarray(other)

    a, b = np.ones((4, 5)).view(Counted), np.ones((5, 6)).view(Counted)
    result = operations.matmul(a, b)
    forward = sum(work)
    for pullback in result.pullbacks:
        pullback(np.ones((4, 6)).view(Counted))
    assert forward == 4 * 5 * 6
    assert sum(work) == 3 * forward


def test_nothing_here_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient(lambda x: (x / 0.0).sum(), [1.0, 0.0])
