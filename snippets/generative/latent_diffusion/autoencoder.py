"""The autoencoder, as small as it can be, and the shape of its codes.

It turns images (B, 3, 16, 16) into codes (B, 4, 4, 4); Stable Diffusion's turns
(B, 3, 512, 512) into (B, 4, 64, 64).

Axes: B batch, C channels.
"""

from torch import Tensor, nn

from ._checks import _integer, _wide


def latent_shape(
    size: tuple[int, int], factor: int = 8, channels: int = 4
) -> tuple[int, int, int]:
    """Shape of an image's code: (channels, height / factor, width / factor).

    Args:
        size: height and width of the image in pixels.
        factor: pixels per latent position, along each side.
        channels: numbers per latent position.

    Raises:
        ValueError: if a side is not a positive multiple of factor, or factor or
            channels is below 1.
    """
    factor, channels = _integer("factor", factor), _integer("channels", channels)
    sides = tuple(size)
    if len(sides) != 2:
        raise ValueError(f"size must be (height, width), got {sides}")
    try:
        height, width = (_integer("a side", side) for side in sides)
    except ValueError:
        height = width = 0
    if height < 1 or height % factor or width % factor:
        got = " x ".join(map(str, sides))
        raise ValueError(f"sides must be positive multiples of {factor}, got {got}")
    return channels, height // factor, width // factor


_CHANNELS, _FACTOR = 4, 4  # of a code, and pixels per latent position


# --8<-- [start:autoencoder]
class Autoencoder(nn.Module):
    """Compress images 4 x 4 pixels at a time, into 4 numbers and their uncertainty.

    Args:
        width: channels of the hidden layers.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        width = _integer("width", width)
        self.encoder = nn.Sequential(
            nn.Conv2d(3, width, _FACTOR, stride=_FACTOR),
            nn.SiLU(),
            nn.Conv2d(width, 2 * _CHANNELS, 1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(_CHANNELS, 2 * width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(2 * width, 3 * _FACTOR**2, 1),
            nn.PixelShuffle(_FACTOR),
        )

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images (B, 3, h, w) to mean and log-variance, (B, 4, h / 4, w / 4) each.

        Raises:
            ValueError: if the images are not (B, 3, h, w) with sides divisible by 4.
        """
        if images.ndim != 4 or images.shape[1] != 3:
            raise ValueError(f"images must be (B, 3, h, w), got {tuple(images.shape)}")
        latent_shape(images.shape[-2:], _FACTOR)
        mean, log_variance = self.encoder(images).chunk(2, 1)
        return mean, log_variance

    def decode(self, latents: Tensor) -> Tensor:
        """Codes (B, 4, h, w) to images (B, 3, 4 h, 4 w)."""
        if latents.ndim != 4 or latents.shape[1] != _CHANNELS:
            raise ValueError(f"codes must be (B, 4, h, w), got {tuple(latents.shape)}")
        latent_shape(latents.shape[-2:], 1)
        images: Tensor = self.decoder(latents)
        return images


def kl_to_standard_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) in nats, elementwise.

    Raises:
        ValueError: if the shapes differ.
    """
    if mean.shape != log_variance.shape:
        came = f"{tuple(mean.shape)}, {tuple(log_variance.shape)}"
        raise ValueError(f"mean and log_variance must have one shape, got {came}")
    square, log = _wide(mean) ** 2, _wide(log_variance)
    # expm1: near log = 0, exp(log) - 1 - log would lose its digits.
    return (0.5 * (square + log.expm1() - log)).to(mean.dtype)
    # --8<-- [end:autoencoder]
