"""Receptive field of a stack of sliding-window layers, along one axis.

Covers convolution and pooling. Height and width are independent, so call once
per axis. Index 0 is the first real input position; padding has negative indices.
Centres are coordinates, not indices: input position i covers [i, i + 1].

This needs numpy only. ``gradients``, which finds the same windows from gradients, needs
torch, and is imported by its own name.

References:
    Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill 2019, doi:10.23915/distill.00021.
    Luo, Li, Urtasun, Zemel, "Understanding the Effective Receptive Field in
    Deep Convolutional Neural Networks", NeurIPS 2016, arXiv:1701.04128.
"""

from .fields import (
    Layer,
    ReceptiveField,
    receptive_field,
    receptive_field_topdown,
    region,
)
from .networks import (
    alexnet_layers,
    fields_by_layer,
    mobilenet_v1_layers,
    resnet_layers,
    vgg16_layers,
)
from .shares import effective_std, path_shares

__all__ = [
    "Layer",
    "ReceptiveField",
    "alexnet_layers",
    "effective_std",
    "fields_by_layer",
    "mobilenet_v1_layers",
    "path_shares",
    "receptive_field",
    "receptive_field_topdown",
    "region",
    "resnet_layers",
    "vgg16_layers",
]
