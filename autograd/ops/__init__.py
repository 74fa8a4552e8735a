"""The rules: one block per op, in plain NumPy.

Read `base` for the form of a block, then `arithmetic` and `elementwise` for the simplest
ones; `selection`, `reductions`, `linear_algebra`, `shapes`, `indexing` and `neural` follow the same
form.
"""

from .arithmetic import Add as Add
from .arithmetic import Divide as Divide
from .arithmetic import Multiply as Multiply
from .arithmetic import Negative as Negative
from .arithmetic import Power as Power
from .arithmetic import Subtract as Subtract
from .base import OPS as OPS
from .base import Op as Op
from .base import Sample as Sample
from .base import apply as apply
from .base import numpy_table as numpy_table
from .elementwise import Absolute as Absolute
from .elementwise import Exp as Exp
from .elementwise import Log as Log
from .elementwise import Relu as Relu
from .elementwise import Sigmoid as Sigmoid
from .elementwise import Sqrt as Sqrt
from .elementwise import Tanh as Tanh
from .indexing import Getitem as Getitem
from .indexing import Scatter as Scatter
from .linear_algebra import Affine as Affine
from .linear_algebra import Matmul as Matmul
from .neural import LogSoftmax as LogSoftmax
from .neural import MeanSquaredError as MeanSquaredError
from .neural import Softmax as Softmax
from .neural import SoftmaxCrossEntropy as SoftmaxCrossEntropy
from .reductions import Max as Max
from .reductions import Mean as Mean
from .reductions import Sum as Sum
from .selection import Where as Where
from .shapes import Astype as Astype
from .shapes import BroadcastTo as BroadcastTo
from .shapes import ExpandDims as ExpandDims
from .shapes import Reshape as Reshape
from .shapes import Stack as Stack
from .shapes import Swapaxes as Swapaxes
from .shapes import Transpose as Transpose
