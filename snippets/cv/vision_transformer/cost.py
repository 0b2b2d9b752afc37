"""Parameters and multiply-adds of a ViT, counted layer by layer."""

from ._checks import integer


# --8<-- [start:cost]
def vit_cost(
    image: int = 224,
    patch: int = 16,
    dim: int = 768,
    depth: int = 12,
    mlp: int | None = None,
    classes: int = 1000,
    channels: int = 3,
) -> tuple[int, int]:
    """Parameters of a ViT with a class token, and its multiply-adds for one image.

    Only matrix products are counted in the second, softmax and norms are not.

    Args:
        image: side of the square image, in pixels.
        patch: side of a patch; divides image.
        dim: width D.
        depth: blocks.
        mlp: hidden width F of the feed-forward network; None is 4 dim.
        classes: outputs of the linear head.
        channels: of the image.

    Raises:
        ValueError: if a number is no integer >= 1, or patch does not divide image.
    """
    image, patch = integer("image", image, 1), integer("patch", patch, 1)
    d, depth = integer("dim", dim, 1), integer("depth", depth, 1)
    f = 4 * d if mlp is None else integer("mlp", mlp, 1)
    classes, channels = integer("classes", classes, 1), integer("channels", channels, 1)
    if image % patch:
        raise ValueError(f"patch must divide image, got {patch} for {image}")
    patches = (image // patch) ** 2
    tokens = patches + 1  # the class token
    embedding, head = patch * patch * channels * d, d * classes
    products = 4 * d * d + 2 * d * f  # weights of a block that meet each token
    biases = 4 * d + f + d
    norm = 2 * d
    block = products + biases + 2 * norm
    parameters = embedding + d + d + tokens * d + depth * block + norm + head + classes
    scores = 2 * tokens * tokens * d  # queries by keys, weights by values
    adds = patches * embedding + depth * (tokens * products + scores) + head
    return parameters, adds
    # --8<-- [end:cost]
