"""Saving: weights and whole models in files that hold arrays and plain JSON, never code.

Reading order: `errors` (the one exception), `files` (reading with care, writing all or nothing),
`entries` (what a file says it holds), `npz` and `safetensors` (the two formats), `weights` (what
a model takes from a file); then `classes` (the closed table), `plain` (settings as JSON),
`architecture` (layers and how they are joined), `training_state` (optimizer, generators,
history), `model_file` (all of it in one file).
"""

from .errors import WeightsError as WeightsError
from .weights import load_arrays as load_arrays
from .weights import load_weights as load_weights
from .weights import save_arrays as save_arrays
from .weights import save_weights as save_weights
