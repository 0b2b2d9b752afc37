"""Oracles: torch's layers and counter of operations, autograd, the model zoo's sizes.

Binomial coefficients, brute force over all paths, and the variance of random matrices
stand beside these.
"""

import itertools
import math
import statistics

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from snippets.cv.resnet import (
    line_gradient,
    path_length_law,
    residual_variance,
    resnet_cost,
)
from snippets.cv.resnet.blocks import BasicBlock, Bottleneck, PreActBlock
from snippets.cv.resnet.network import ResNet

# The parameters that torchvision lists for its weights, and multiply-adds at 224.
ZOO = {
    18: (11_689_512, 1_814_073_344),
    34: (21_797_672, 3_663_761_408),
    50: (25_557_032, 4_089_184_256),
    101: (44_549_160, 7_801_405_440),
    152: (60_192_808, 11_513_626_624),
}
V1 = {50: 3_857_973_248, 101: 7_570_194_432, 152: 11_282_415_616}


def on_meta(make):
    with torch.device("meta"):
        return make()


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def counted(net, size):
    counter = FlopCounterMode(display=False)
    with counter:
        net(torch.empty(1, 3, size, size, device="meta"))
    return counter.get_total_flops() // 2


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def built(make, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return make().double()


class TestCost:
    @pytest.mark.parametrize("depth", ZOO)
    def test_the_numbers_are_those_of_the_model_zoo_and_of_the_built_net(self, depth):
        net = on_meta(lambda: ResNet(depth))
        assert resnet_cost(depth) == ZOO[depth]
        assert parameters(net) == ZOO[depth][0]
        assert counted(net, 224) == ZOO[depth][1]

    @given(
        depth=st.sampled_from([18, 34, 50]),
        classes=st.integers(1, 30),
        size=st.integers(1, 130),
    )
    @settings(max_examples=15, deadline=None)
    def test_at_any_size_the_formula_counts_what_the_net_does(
        self, depth, classes, size
    ):
        net = on_meta(lambda: ResNet(depth, classes))
        net.eval()
        found = resnet_cost(depth, classes, size)
        assert found == (parameters(net), counted(net, size))

    def test_with_the_stride_in_the_first_layer_it_is_cheaper_and_as_large(self):
        for depth, multiply_adds in V1.items():
            found = resnet_cost(depth, stride_in="1x1")
            assert found == (ZOO[depth][0], multiply_adds)
        assert resnet_cost(18, stride_in="1x1") == ZOO[18]
        net = on_meta(lambda: ResNet(50))
        for block in net.blocks:
            block.branch[0].stride, block.branch[3].stride = (
                block.branch[3].stride,
                block.branch[0].stride,
            )
        assert counted(net, 224) == V1[50]

    def test_small_images_and_one_more_pixel(self):
        assert resnet_cost(18, 10, 32) == (11_181_642, 37_016_576)
        more = resnet_cost(50, size=225)[1]
        assert more == 4_626_713_792
        assert round(more / ZOO[50][1], 2) == 1.13

    def test_the_last_stage_has_most_parameters_and_stages_cost_alike(self):
        net = on_meta(lambda: ResNet(18))
        last = sum(parameters(block) for block in net.blocks[-2:])
        assert round(last / parameters(net), 3) == 0.718
        for stage in range(4):
            width, n = 64 * 2**stage, 56 // 2**stage
            block = on_meta(lambda width=width: BasicBlock(width, width))
            counter = FlopCounterMode(display=False)
            with counter:
                block(torch.empty(1, width, n, n, device="meta"))
            assert counter.get_total_flops() // 2 == 231_211_008

    def test_parts_by_hand(self):
        assert 64 * 3 * 49 * 112**2 == 118_013_952  # the stem
        assert parameters(on_meta(lambda: BasicBlock(64, 64))) == 73_984
        assert sum(w.numel() for w in weights(BasicBlock(256, 256))) == 1_179_648
        assert sum(w.numel() for w in weights(Bottleneck(256, 64))) == 69_632

    def test_running_statistics_are_no_parameters(self):
        net = on_meta(lambda: ResNet(50))
        assert sum(b.numel() for b in net.buffers()) == 53_173
        assert sum(isinstance(m, nn.BatchNorm2d) for m in net.modules()) == 53
        biased = 0
        for m in net.modules():
            if isinstance(m, nn.Conv2d):
                assert m.bias is None
                biased += m.out_channels
        assert biased == 26_560
        assert 2 * biased + 53 == 53_173
        whole = sum(v.numel() for v in net.state_dict().values())
        assert whole == ZOO[50][0] + 53_173

    def test_a_depth_counts_layers_with_weights_without_projections(self):
        for depth in ZOO:
            net = on_meta(lambda depth=depth: ResNet(depth))
            kinds = (nn.Conv2d, nn.Linear)
            layers = [m for m in net.modules() if isinstance(m, kinds)]
            skips = [block.shortcut for block in net.blocks]
            projections = sum(not isinstance(skip, nn.Identity) for skip in skips)
            assert len(layers) - projections == depth
            assert projections == (4 if depth >= 50 else 3)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"depth": 20}, "depth must be 18, 34, 50, 101 or 152, got 20"),
            ({"depth": 18.0}, "depth must be 18, .* got 18.0"),
            ({"depth": "18"}, "depth must be 18, .* got '18'"),
            ({"classes": 0}, "classes must be an integer >= 1, got 0"),
            ({"classes": True}, "classes must be an integer >= 1, got True"),
            ({"size": 0}, "size must be an integer >= 1, got 0"),
            ({"size": 2.5}, "size must be an integer >= 1, got 2.5"),
            ({"stride_in": None}, "stride_in must be '3x3' or '1x1', got None"),
            ({"stride_in": np.array(["1x1", "3x3"])}, "stride_in must be .* got array"),
            ({"stride_in": "2x2"}, "stride_in must be '3x3' or '1x1', got '2x2'"),
        ],
    )
    def test_bad_arguments_are_named(self, change, message):
        with pytest.raises(ValueError, match=message):
            resnet_cost(**{"depth": 18, **change})


def weights(module):
    return [m.weight for m in module.modules() if isinstance(m, nn.Conv2d)]


class TestVariance:
    def test_it_doubles_without_a_norm_and_counts_with_one(self):
        assert residual_variance(5) == [1, 2, 4, 8, 16, 32]
        assert residual_variance(3, "normalised") == [1, 2, 3, 4]
        assert residual_variance(10)[-1] == 1024
        assert residual_variance(0) == [1.0]

    def test_a_scaled_branch_stays_below_e(self):
        last = residual_variance(50, scale=50**-0.5)[-1]
        assert round(last, 6) == 2.691588
        for blocks in (1, 10, 1000):
            found = residual_variance(blocks, scale=blocks**-0.5)[-1]
            assert math.isclose(found, (1 + 1 / blocks) ** blocks, rel_tol=1e-12)
            assert found < math.e

    @given(st.integers(0, 30), st.floats(-3, 3))
    def test_closed_forms(self, blocks, scale):
        for block, v in enumerate(residual_variance(blocks, "free", scale)):
            assert math.isclose(v, (1 + scale**2) ** block, rel_tol=1e-12)
        for block, v in enumerate(residual_variance(blocks, "normalised", scale)):
            assert math.isclose(v, 1 + block * scale**2, rel_tol=1e-12)

    def test_random_blocks_do_the_same(self):
        rng = np.random.default_rng(0)
        for branch, blocks in (("free", 4), ("normalised", 6)):
            found = np.zeros(blocks + 1)
            for _ in range(12):
                x = rng.standard_normal((200, 100))
                found[0] += x.var() / 12
                for block in range(blocks):
                    h = x if branch == "free" else (x - x.mean(0)) / x.std(0)
                    W = rng.standard_normal((100, 100)) * np.sqrt(2 / 100)
                    x = x + np.maximum(h, 0) @ W
                    found[block + 1] += np.mean(x**2) / 12
            want = residual_variance(blocks, branch)
            np.testing.assert_allclose(found, want, rtol=0.1)

    def test_what_is_too_large_is_infinite(self):
        assert residual_variance(1, scale=1e200)[-1] == math.inf
        assert residual_variance(2000)[-1] == math.inf

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1,), "blocks must be an integer >= 0, got -1"),
            ((1.0,), "blocks must be an integer >= 0, got 1.0"),
            ((1, "pre"), "branch must be 'free' or 'normalised', got 'pre'"),
            ((1, None), "branch must be 'free' or 'normalised', got None"),
            ((1, ["free"]), r"branch must be .* got \['free'\]"),
            ((1, "free", True), "scale must be a finite number, got True"),
            ((1, "free", math.nan), "scale must be a finite number, got nan"),
            ((1, "free", math.inf), "scale must be a finite number, got inf"),
            ((1, "free", "1"), "scale must be a finite number, got '1'"),
            ((1, "free", None), "scale must be a finite number, got None"),
        ],
    )
    def test_bad_arguments_are_named(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            residual_variance(*arguments)


class TestPaths:
    def test_small_laws(self):
        assert path_length_law(0) == [1.0]
        assert path_length_law(2) == [0.25, 0.5, 0.25]
        assert path_length_law(3, 1) == [0, 0, 0, 1]
        assert path_length_law(3, 0) == [1, 0, 0, 0]

    @given(st.integers(0, 60), st.floats(0, 1))
    def test_it_is_binomial(self, blocks, keep):
        found = path_length_law(blocks, keep)
        assert len(found) == blocks + 1
        for k, p in enumerate(found):
            want = math.comb(blocks, k) * keep**k * (1 - keep) ** (blocks - k)
            assert math.isclose(p, want, rel_tol=1e-9, abs_tol=1e-300)

    def test_fifty_four_blocks(self):
        law = path_length_law(54)
        assert math.isclose(sum(k * p for k, p in enumerate(law)), 27)
        assert round(sum(law[18:37]), 4) == 0.9909
        assert round(law[27], 4) == 0.1081
        assert round(sum(law[5:18]), 4) == 0.0045
        assert math.isclose(sum(path_length_law(2000, 0.3)), 1)

    def test_the_gradient_is_the_sum_over_all_paths(self):
        rng = np.random.default_rng(0)
        jacobians = rng.standard_normal((5, 3, 3))
        product = np.eye(3)
        for J in jacobians:
            product = (np.eye(3) + J) @ product
        total, lengths = np.zeros((3, 3)), [0] * 6
        for taken in itertools.product((0, 1), repeat=5):
            path = np.eye(3)
            for J, through in zip(jacobians, taken, strict=True):
                path = J @ path if through else path
            total += path
            lengths[sum(taken)] += 1
        np.testing.assert_allclose(product, total, rtol=0, atol=1e-12)
        assert [n / 32 for n in lengths] == path_length_law(5)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1,), "blocks must be an integer >= 0, got -1"),
            ((True,), "blocks must be an integer >= 0, got True"),
            ((2, 1.5), r"keep must be in \[0, 1\], got 1.5"),
            ((2, -0.1), r"keep must be in \[0, 1\], got -0.1"),
            ((2, np.True_), "keep must be a finite number, got .*True"),
            ((2, b"1"), "keep must be a finite number, got b'1'"),
            ((2, math.nan), "keep must be a finite number, got nan"),
        ],
    )
    def test_bad_arguments_are_named(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            path_length_law(*arguments)


def correlation(gradient):
    return np.corrcoef(gradient[:-1], gradient[1:])[0, 1]


def ratio(blocks, gain, skip, scale, seed, width=128):
    """Size of the input's gradient, in units of that of the output's, by autograd."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    x = start = draw(width).requires_grad_()
    for _ in range(blocks):
        x = skip * x + scale * (draw(width, width) * (gain / width) ** 0.5 @ x.relu())
    g = draw(width)
    return float(torch.autograd.grad(x, start, g)[0].norm() / g.norm())


class TestGradients:
    @pytest.mark.parametrize("residual", [False, True])
    def test_the_gradient_along_the_line_is_that_of_autograd(self, residual):
        depth, width, points = 4, 6, 9
        rng = np.random.default_rng(3)
        t = torch.linspace(-2, 2, points, dtype=torch.float64).requires_grad_()
        x = t[:, None] * torch.from_numpy(rng.standard_normal(width))
        for _ in range(depth):
            W = torch.from_numpy(rng.standard_normal((width, width)))
            h = F.batch_norm(x, None, None, training=True, eps=1e-5).relu()
            y = h @ W * math.sqrt(2 / width)
            x = x + y if residual else y
        total = (x @ torch.from_numpy(rng.standard_normal(width))).sum()
        (want,) = torch.autograd.grad(total, t)
        found = line_gradient(depth, residual, 3, width, points)
        np.testing.assert_allclose(found, want.numpy(), rtol=0, atol=1e-9)

    def test_neighbours_are_alike_only_with_shortcuts(self):
        means = {}
        for depth in (10, 50):
            for residual in (False, True):
                found = [
                    correlation(line_gradient(depth, residual, s)) for s in (0, 1, 2)
                ]
                means[depth, residual] = found
        assert max(map(abs, means[50, False])) < 0.2
        assert min(means[50, True]) > 0.3
        assert max(means[10, False]) < 0.4
        assert min(means[10, True]) > 0.6

    def test_what_shatters_is_not_small(self):
        for seed in (0, 1, 2):
            few, many = (line_gradient(depth, False, seed) for depth in (10, 50))
            assert np.sqrt(np.mean(many**2)) > 100 * np.sqrt(np.mean(few**2))
            few, many = (line_gradient(depth, True, seed) for depth in (10, 50))
            assert 2 < np.sqrt(np.mean(many**2) / np.mean(few**2)) < 9

    def test_what_stays_alike_are_the_next_few_points(self):
        for seed in (0, 1, 2):
            g = line_gradient(50, True, seed)
            at = [np.corrcoef(g[:-k], g[k:])[0, 1] for k in (1, 2, 5)]
            assert at[0] > 0.5 > at[1] > 0.2 > at[2]

    def test_gamma_and_statistics_are_part_of_the_gradient(self):
        # shifting or stretching the line changes nothing that a norm lets through
        total = line_gradient(1, False, 2, 6, 9)
        assert abs(total.sum()) < 1e-9
        t = np.linspace(-2, 2, 9)
        assert abs((total * t).sum()) < 1e-3

    def test_no_layer_leaves_a_straight_line(self):
        gradient = line_gradient(0, True, 1, 5, 3)
        rng = np.random.default_rng(1)
        slope = rng.standard_normal(5) @ rng.standard_normal(5)
        np.testing.assert_allclose(gradient, slope, rtol=0, atol=1e-12)

    def test_he_keeps_the_gradient_and_a_raw_shortcut_explodes(self):
        def size(*arguments):
            logs = [math.log(ratio(*arguments, seed)) for seed in range(8)]
            return math.exp(statistics.mean(logs))

        assert 0.3 < size(50, 2, 0, 1) < 1.5
        assert 1e-9 < size(50, 1, 0, 1) < 1e-7
        assert 5e3 < size(50, 1, 1, 1) < 1e5  # not even Xavier vanishes with one
        assert 20 < size(10, 2, 1, 1) < 45
        assert 1e7 < size(50, 2, 1, 1) < 6e7
        assert 1.3 < size(50, 2, 1, 50**-0.5) < 1.9

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"depth": -1}, "depth must be an integer >= 0, got -1"),
            ({"residual": 1}, "residual must be True or False, got 1"),
            ({"seed": -1}, "seed must be an integer >= 0, got -1"),
            ({"width": 0}, "width must be an integer >= 1, got 0"),
            ({"points": 1}, "points must be an integer >= 2, got 1"),
        ],
    )
    def test_bad_arguments_are_named(self, change, message):
        with pytest.raises(ValueError, match=message):
            line_gradient(**{"depth": 1, "residual": True, **change})


class TestBlocks:
    def test_a_basic_block_is_relu_of_input_plus_branch(self):
        block, x = built(lambda: BasicBlock(3, 3)), normal(2, 3, 5, 4)
        h = F.conv2d(x, block.branch[0].weight, padding=1)
        h = F.batch_norm(h, None, None, training=True).relu()
        h = F.conv2d(h, block.branch[3].weight, padding=1)
        want = (x + F.batch_norm(h, None, None, training=True)).relu()
        torch.testing.assert_close(block(x), want, rtol=0, atol=1e-12)

    def test_a_strided_bottleneck_projects_its_input(self):
        block, x = built(lambda: Bottleneck(3, 2, 2)), normal(2, 3, 6, 7)

        def norm(h):
            return F.batch_norm(h, None, None, training=True)

        h = norm(F.conv2d(x, block.branch[0].weight)).relu()
        h = norm(F.conv2d(h, block.branch[3].weight, stride=2, padding=1)).relu()
        h = norm(F.conv2d(h, block.branch[6].weight))
        skip = norm(F.conv2d(x, block.shortcut[0].weight, stride=2))
        found = block(x)
        assert found.shape == (2, 8, 3, 4)
        torch.testing.assert_close(found, (skip + h).relu(), rtol=0, atol=1e-12)

    def test_a_preactivation_block_adds_to_an_input_that_nothing_touches(self):
        block, x = built(lambda: PreActBlock(3, 3)), normal(2, 3, 5, 4)
        h = F.batch_norm(x, None, None, training=True).relu()
        h = F.conv2d(h, block.branch[0].weight, padding=1)
        h = F.batch_norm(h, None, None, training=True).relu()
        want = x + F.conv2d(h, block.branch[3].weight, padding=1)
        torch.testing.assert_close(block(x), want, rtol=0, atol=1e-12)

    def test_its_projection_reads_the_first_norm(self):
        for c_in, width, stride in ((3, 5, 1), (3, 3, 2)):
            block = built(lambda c=c_in, w=width, s=stride: PreActBlock(c, w, s))
            x = normal(2, c_in, 5, 4)
            h = F.batch_norm(x, None, None, training=True).relu()
            want = F.conv2d(h, block.projection.weight, stride=stride)
            h = F.conv2d(h, block.branch[0].weight, stride=stride, padding=1)
            h = F.batch_norm(h, None, None, training=True).relu()
            want = want + F.conv2d(h, block.branch[3].weight, padding=1)
            torch.testing.assert_close(block(x), want, rtol=0, atol=1e-12)
        assert PreActBlock(3, 3).projection is None

    def test_a_shape_that_stays_needs_no_projection(self):
        assert isinstance(BasicBlock(4, 4).shortcut, nn.Identity)
        assert isinstance(Bottleneck(8, 2).shortcut, nn.Identity)
        for block in (BasicBlock(4, 4, 2), BasicBlock(4, 5), Bottleneck(4, 4)):
            assert isinstance(block.shortcut[0], nn.Conv2d)

    def test_stride_two_maps_seven_and_eight_to_four(self):
        for n in (7, 8):
            assert BasicBlock(2, 3, 2)(torch.ones(2, 2, n, n)).shape == (2, 3, 4, 4)

    @pytest.mark.parametrize("kind", [BasicBlock, Bottleneck])
    def test_zero_gamma_makes_the_block_relu_of_its_shortcut(self, kind):
        for c_in, stride in ((8, 1), (3, 2)):
            width = 2 if kind is Bottleneck else 8
            block = built(lambda c=c_in, w=width, s=stride: kind(c, w, s, True))
            x = normal(2, c_in, 4, 4)
            assert torch.equal(block(x), block.shortcut(x).relu())
        on = built(lambda: kind(8, 2 if kind is Bottleneck else 8))
        assert not torch.equal(on(normal(2, 8, 4, 4)), normal(2, 8, 4, 4).relu())

    def test_at_zero_gamma_only_gamma_and_beta_learn_at_first(self):
        block = built(lambda: BasicBlock(4, 4, 1, True))
        block(normal(2, 4, 5, 5)).square().sum().backward()
        assert block.branch[-1].weight.grad.abs().min() > 0
        for layer in (block.branch[0], block.branch[3]):
            assert not layer.weight.grad.any()

    def test_only_without_a_last_relu_outputs_have_both_signs(self):
        x = normal(2, 4, 6, 6)
        for block in (BasicBlock(4, 4), Bottleneck(4, 1)):
            assert block.double()(x).min() >= 0
        assert PreActBlock(4, 4).double()(x).min() < 0

    def test_relu_before_the_addition_can_only_add(self):
        # the pitfall: through such blocks no channel falls
        x = normal(2, 4, 6, 6).relu()
        branch = built(lambda: BasicBlock(4, 4)).branch
        assert (x + branch(x).relu() >= x).all()
        assert ((x + branch(x)).relu() < x).any()

    def test_an_addition_in_place_breaks_what_autograd_has_saved(self):
        x, branch = normal(2, 4, 6, 6), built(lambda: BasicBlock(4, 4)).branch
        x = x.requires_grad_() * 1
        x += branch(x)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            x.sum().backward()

    def test_channels_that_differ_do_not_add_up_but_one_channel_spreads(self):
        branch = built(lambda: BasicBlock(3, 4)).branch
        with pytest.raises(RuntimeError, match="must match"):
            normal(2, 3, 4, 4) + branch(normal(2, 3, 4, 4))
        branch = built(lambda: BasicBlock(1, 4)).branch
        x = normal(2, 1, 4, 4)
        assert (x + branch(x)).shape == (2, 4, 4, 4)

    def test_a_strided_projection_reads_a_quarter_of_its_input(self):
        block = built(lambda: BasicBlock(3, 3, 2))
        block.eval()
        x = normal(1, 3, 6, 6).requires_grad_()
        (g,) = torch.autograd.grad(block.shortcut(x).sum(), x)
        read = (g != 0).any(dim=1)[0]
        assert read[::2, ::2].all()
        assert read.sum() == 9

    def test_the_clean_path_adds_all_branches_to_the_input(self):
        blocks = [built(lambda: PreActBlock(4, 4), seed) for seed in range(5)]
        x, branches = normal(2, 4, 5, 5), []
        h = x
        for block in blocks:
            branches.append(block(h) - h)
            h = block(h)
        torch.testing.assert_close(h, x + sum(branches), rtol=0, atol=1e-12)

    def test_a_norm_behind_the_next_block_takes_the_last_bias_away(self):
        # so no convolution of a pre-activation block needs one either
        first, second = (built(lambda: PreActBlock(4, 4), seed) for seed in (0, 1))
        h = first(normal(2, 4, 5, 5))
        shifted = h + torch.arange(4.0, dtype=torch.float64)[:, None, None]

        def end(x):
            return F.batch_norm(second(x), None, None, training=True).relu()

        torch.testing.assert_close(end(h), end(shifted), rtol=0, atol=1e-12)
        assert not torch.allclose(h, shifted)

    def test_preactivation_nets_without_a_last_norm_grow(self):
        x = normal(8, 16, 8, 8)
        with torch.no_grad():
            for block in [built(lambda: PreActBlock(16, 16), s) for s in range(12)]:
                x = block(x)
        assert x.std() > 3
        assert math.isclose(
            F.batch_norm(x, None, None, training=True).std(), 1, rel_tol=0.01
        )

    @pytest.mark.parametrize("kind", [BasicBlock, Bottleneck, PreActBlock])
    def test_bad_arguments_are_named(self, kind):
        for arguments, message in (
            ((0, 4), "c_in must be an integer >= 1, got 0"),
            ((4, 2.0), "width must be an integer >= 1, got 2.0"),
            ((4, 4, 0), "stride must be an integer >= 1, got 0"),
        ):
            with pytest.raises(ValueError, match=message):
                kind(*arguments)
        if kind is not PreActBlock:
            with pytest.raises(
                ValueError, match="zero_init must be True or False, got 1"
            ):
                kind(4, 4, 1, 1)

    @pytest.mark.parametrize("kind", [BasicBlock, Bottleneck, PreActBlock])
    def test_gradients_are_those_of_finite_differences(self, kind):
        keeps = (4, 1) if kind is Bottleneck else (4, 4)
        for numbers in ((4, 2, 2), keeps):  # with a projection, and without
            block = built(lambda n=numbers: kind(*n)).eval()
            for p in block.parameters():
                if p.ndim == 1:  # off the kinks of ReLU, where beta = 0 puts them
                    nn.init.uniform_(
                        p, 0.5, 1.5, generator=torch.Generator().manual_seed(0)
                    )
            x = normal(2, 4, 3, 3).requires_grad_()
            assert torch.autograd.gradcheck(block, x)


class TestNetwork:
    def test_stages_halve_the_map_and_double_the_channels(self):
        net = on_meta(lambda: ResNet(50))
        x = net.stem(torch.empty(1, 3, 224, 224, device="meta"))
        assert x.shape == (1, 64, 56, 56)
        shapes = []
        for block in net.blocks:
            x = block(x)
            shapes.append(tuple(x.shape[1:]))
        want = [(256, 56, 56)] * 3 + [(512, 28, 28)] * 4
        assert shapes == want + [(1024, 14, 14)] * 6 + [(2048, 7, 7)] * 3

    def test_a_net_of_any_width_is_stem_blocks_mean_and_head(self):
        net = built(lambda: ResNet(18, 3, 2)).eval()
        x = normal(2, 3, 33, 40)
        found = net(x)
        assert found.shape == (2, 3)
        h = F.conv2d(x, net.stem[0].weight, stride=2, padding=3) / math.sqrt(1 + 1e-5)
        h = F.max_pool2d(h.relu(), 3, 2, 1)
        for block in net.blocks:
            h = block(h)
        want = F.adaptive_avg_pool2d(h, 1).flatten(1) @ net.head.weight.T
        torch.testing.assert_close(found, want + net.head.bias, rtol=0, atol=1e-10)
        assert net.blocks[-1].branch[0].in_channels == 16

    def test_zero_init_reaches_each_block(self):
        for depth in (18, 50):
            net = on_meta(lambda depth=depth: ResNet(depth, 2, 1, True))
            assert len(net.blocks) == (8 if depth == 18 else 16)
        net = ResNet(18, 2, 1, True)
        assert not any(block.branch[-1].weight.any() for block in net.blocks)
        assert all(block.branch[-1].weight.all() for block in ResNet(18, 2, 1).blocks)

    def test_weights_start_as_he_by_outputs(self):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            block = Bottleneck(256, 64)
        for layer, outputs in ((0, 64), (3, 64 * 9), (6, 256)):
            std = block.branch[layer].weight.detach().std()
            assert math.isclose(std, math.sqrt(2 / outputs), rel_tol=0.03)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((19,), "depth must be 18, 34, 50, 101 or 152, got 19"),
            ((18, 0), "classes must be an integer >= 1, got 0"),
            ((18, 10, 0), "width must be an integer >= 1, got 0"),
            ((18, 10, 8, None), "zero_init must be True or False, got None"),
        ],
    )
    def test_bad_arguments_are_named(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            ResNet(*arguments)

    @pytest.mark.parametrize("kind", [BasicBlock, Bottleneck, PreActBlock, ResNet])
    def test_what_is_no_tensor_of_reals_is_refused(self, kind):
        module = ResNet(18, 2, 1) if kind is ResNet else kind(3, 4)
        for x, got in (
            (np.ones((2, 3, 5, 5)), "ndarray"),
            ([[[[1.0]]]], "list"),
            (torch.ones(2, 3, 5, 5, dtype=torch.int64), "torch.int64"),
            (torch.ones(2, 3, 5, 5, dtype=torch.complex64), "torch.complex64"),
        ):
            message = f"x must be a tensor of real numbers, got {got}"
            with pytest.raises(ValueError, match=message):
                module(x)

    def test_images_of_another_shape_are_refused(self):
        for module, shape in (
            (BasicBlock(3, 4), (2, 4, 5, 5)),
            (Bottleneck(3, 4), (3, 5, 5)),
            (PreActBlock(3, 4), (2, 3, 0, 5)),
            (BasicBlock(3, 4), (0, 3, 4, 5)),
            (ResNet(18, 2, 1), (2, 1, 9, 9)),
        ):
            message = (
                rf"x must have shape \(N, 3, H, W\), none of them 0, got .*{shape[-1]}"
            )
            with pytest.raises(ValueError, match=message):
                module(torch.ones(shape))
