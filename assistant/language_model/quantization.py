"""Block quantization: a matrix as 8-bit or 4-bit blocks with one scale each, as onnxruntime's `MatMulNBits` reads it.

Scheme and layout: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#commicrosoftmatmulnbits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Bits = Literal[4, 8, 32]
"""Bits of a weight; 32 leaves it as it is."""

BLOCK: dict[int, int] = {8: 64, 4: 32}
"""Weights per block. Larger 8-bit blocks are no faster; larger 4-bit ones cost accuracy."""

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Blocks:
    """A quantized matrix: `packed` (rows, blocks, bytes of a block), `scales` (rows, blocks), and the bits of a weight."""

    packed: NDArray[np.uint8]
    scales: NDArray[np.float32]
    bits: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix."""
        return self.packed.shape[0], self.packed.shape[1] * BLOCK[self.bits]

    def rows(self, chosen: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the chosen rows in full precision, shape (chosen, columns)."""
        packed = self.packed[chosen]
        if self.bits == 4:
            packed = np.stack([packed & 15, packed >> 4], -1).reshape(*packed.shape[:-1], -1)
        values = packed.astype(np.float32) - np.float32(1 << (self.bits - 1))
        return np.asarray((values * self.scales[chosen][..., None]).reshape(len(values), -1))


def can_quantize(weight: NDArray[np.float32], bits: int) -> bool:
    """Return whether `bits` asks for quantization and the rows of `weight` are whole blocks."""
    return bits in BLOCK and weight.shape[1] % BLOCK[bits] == 0


def quantize(weight: NDArray[np.float32], bits: int = 8) -> Blocks:
    """Quantize `weight` (rows, columns) symmetrically; `columns` must be a multiple of the block.

    8 bits map the largest magnitude of a block to 127. 4 bits map it to -8, which uses all sixteen steps.
    """
    blocks = weight.reshape(weight.shape[0], -1, BLOCK[bits])
    if bits == 8:
        scales = np.maximum(np.abs(blocks).max(-1), _TINY) / 127
    else:
        largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
        scales = np.where(largest == 0, _TINY, largest / -8)
    middle, top = 1 << (bits - 1), (1 << bits) - 1
    values = np.clip(np.rint(blocks / scales[..., None]) + middle, 0, top).astype(np.uint8)
    packed = values if bits == 8 else values[..., ::2] | (values[..., 1::2] << 4)
    return Blocks(packed, scales.astype(np.float32), bits)
