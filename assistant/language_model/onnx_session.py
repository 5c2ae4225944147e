"""OnnxSession: opens an onnxruntime session on the CPU, and binds its inputs and outputs to arrays used in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions

_DEVICE = "cpu"
_ERRORS_ONLY = 3


def open_session(graph: bytes | Path, threads: int, *, spin: bool = False) -> InferenceSession:
    """Open a session with `threads` threads for one run.

    With `spin` they poll for work between the nodes of a run instead of sleeping, which is faster where nothing else runs.
    Raises errors of onnxruntime for a damaged graph.
    """
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spin)))
    source = graph if isinstance(graph, bytes) else str(graph)
    return InferenceSession(source, options, providers=["CPUExecutionProvider"])


class Binding:
    """A session bound to arrays that it reads and writes in place; keeps them alive. Not thread-safe."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._binding = session.io_binding()
        self._arrays: list[NDArray[np.generic]] = []

    def take(self, name: str, array: NDArray[np.generic]) -> None:
        """Read input `name` from `array`."""
        self._arrays.append(array)
        self._binding.bind_input(name, _DEVICE, 0, array.dtype, array.shape, array.ctypes.data)

    def give(self, name: str, array: NDArray[np.generic]) -> None:
        """Write output `name` into `array`."""
        self._arrays.append(array)
        self._binding.bind_output(name, _DEVICE, 0, array.dtype, array.shape, array.ctypes.data)

    def run(self) -> None:
        """Run the session once."""
        self._session.run_with_iobinding(self._binding)
