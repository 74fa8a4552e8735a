"""The ops as free functions, under NumPy's names: ``ag.exp(x)`` is ``x.exp()``.

They take Values, numbers and arrays alike. Import the package as ``import autograd as ag``,
so that ``sum`` and ``max`` stay Python's.
"""

from .arithmetic import add as add
from .arithmetic import divide as divide
from .arithmetic import multiply as multiply
from .arithmetic import negative as negative
from .arithmetic import power as power
from .arithmetic import subtract as subtract
from .elementwise import absolute as absolute
from .elementwise import exp as exp
from .elementwise import log as log
from .elementwise import relu as relu
from .elementwise import sigmoid as sigmoid
from .elementwise import sqrt as sqrt
from .elementwise import tanh as tanh
from .linear_algebra import affine as affine
from .linear_algebra import matmul as matmul
from .neural import log_softmax as log_softmax
from .neural import mean_squared_error as mean_squared_error
from .neural import softmax as softmax
from .neural import softmax_cross_entropy as softmax_cross_entropy
from .reductions import max as max
from .reductions import mean as mean
from .reductions import sum as sum
from .selection import getitem as getitem
from .selection import scatter as scatter
from .selection import where as where
from .shapes import broadcast_to as broadcast_to
from .shapes import expand_dims as expand_dims
from .shapes import reshape as reshape
from .shapes import stack as stack
from .shapes import swapaxes as swapaxes
from .shapes import transpose as transpose
