"""autograd: a NumPy ``Value`` that records what you compute and differentiates it.

Reading order, from the heart outwards:

- `value`: what one can do with a value, with `array_methods` and `elementwise_methods`
- `node`: what a value is, over `data` (what may be in it)
- `ops`: the rules, one block per op
- `backprop`: the reverse sweep, with `hooks`; `parameters`: what an optimizer does with leaves
- `graph`: the recorded graph, found by `ancestors`
- `functions`: every op as a free function; `numpy_dispatch`: NumPy's own, called on values
- `modes`: no_grad and its like; `origin`: the line that made a value
- `transforms`: gradients of functions; `containers`: nested arguments; `checkpoint`
- `gradcheck` and `jacobian_check`: derivatives against differences
- `compiling`: a step taken down once and replayed
- `debugging` and `nonfinite`: where a NaN is born; `staleness`: what was overwritten
- `shape_errors` and `error_notes`: what errors say
- `tracing`: a run as plain events, on `watching`; `profiling`: what each op costs
- `divergence`: the first wrong edge of a learner's engine, on `one_op`
- `copying`, `views`, `debugger_view`: copies, and how values show themselves

`backprop` also has what others ask of it: ``seed`` (what a sweep starts from), ``fit`` (a
contribution in the shape of its value) and ``broadcast_axes`` (what is summed for that); `viz`
shows a pass through these and the ``sweep``, so that it is the engine's own.
"""

from .backprop import sweep as sweep
from .checkpoint import checkpoint as checkpoint
from .compiling import Compiled as Compiled
from .compiling import TraceError as TraceError
from .compiling import compile as compile
from .debugging import debug as debug
from .divergence import Divergence as Divergence
from .divergence import first_divergence as first_divergence
from .functions import abs as abs
from .functions import absolute as absolute
from .functions import add as add
from .functions import affine as affine
from .functions import arccos as arccos
from .functions import arccosh as arccosh
from .functions import arcsin as arcsin
from .functions import arcsinh as arcsinh
from .functions import arctan as arctan
from .functions import arctan2 as arctan2
from .functions import arctanh as arctanh
from .functions import array_split as array_split
from .functions import atleast_1d as atleast_1d
from .functions import atleast_2d as atleast_2d
from .functions import atleast_3d as atleast_3d
from .functions import average as average
from .functions import avg_pool1d as avg_pool1d
from .functions import avg_pool2d as avg_pool2d
from .functions import batch_normalization as batch_normalization
from .functions import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .functions import broadcast_arrays as broadcast_arrays
from .functions import broadcast_to as broadcast_to
from .functions import cbrt as cbrt
from .functions import ceil as ceil
from .functions import cholesky as cholesky
from .functions import clip as clip
from .functions import column_stack as column_stack
from .functions import concatenate as concatenate
from .functions import conv1d as conv1d
from .functions import conv2d as conv2d
from .functions import copysign as copysign
from .functions import cos as cos
from .functions import cosh as cosh
from .functions import cross as cross
from .functions import cumprod as cumprod
from .functions import cumsum as cumsum
from .functions import deg2rad as deg2rad
from .functions import degrees as degrees
from .functions import det as det
from .functions import diag as diag
from .functions import diagonal as diagonal
from .functions import divide as divide
from .functions import dot as dot
from .functions import dropout as dropout
from .functions import dsplit as dsplit
from .functions import dstack as dstack
from .functions import eigh as eigh
from .functions import eigvalsh as eigvalsh
from .functions import einsum as einsum
from .functions import elu as elu
from .functions import embedding as embedding
from .functions import erf as erf
from .functions import erfc as erfc
from .functions import exp as exp
from .functions import exp2 as exp2
from .functions import expand_dims as expand_dims
from .functions import expm1 as expm1
from .functions import flip as flip
from .functions import fliplr as fliplr
from .functions import flipud as flipud
from .functions import float_power as float_power
from .functions import floor as floor
from .functions import floor_divide as floor_divide
from .functions import fmax as fmax
from .functions import fmin as fmin
from .functions import fmod as fmod
from .functions import gelu as gelu
from .functions import getitem as getitem
from .functions import heaviside as heaviside
from .functions import hsplit as hsplit
from .functions import hstack as hstack
from .functions import hypot as hypot
from .functions import inner as inner
from .functions import inv as inv
from .functions import kron as kron
from .functions import layer_normalization as layer_normalization
from .functions import leaky_relu as leaky_relu
from .functions import log as log
from .functions import log1p as log1p
from .functions import log2 as log2
from .functions import log10 as log10
from .functions import log_softmax as log_softmax
from .functions import logabsdet as logabsdet
from .functions import logaddexp as logaddexp
from .functions import logaddexp2 as logaddexp2
from .functions import logsumexp as logsumexp
from .functions import lstsq as lstsq
from .functions import matmul as matmul
from .functions import matrix_norm as matrix_norm
from .functions import matrix_power as matrix_power
from .functions import matrix_transpose as matrix_transpose
from .functions import matvec as matvec
from .functions import max as max
from .functions import max_pool1d as max_pool1d
from .functions import max_pool2d as max_pool2d
from .functions import maximum as maximum
from .functions import mean as mean
from .functions import mean_squared_error as mean_squared_error
from .functions import min as min
from .functions import minimum as minimum
from .functions import mod as mod
from .functions import moveaxis as moveaxis
from .functions import multiply as multiply
from .functions import negative as negative
from .functions import norm as norm
from .functions import outer as outer
from .functions import pad as pad
from .functions import pinv as pinv
from .functions import positive as positive
from .functions import power as power
from .functions import prod as prod
from .functions import ptp as ptp
from .functions import rad2deg as rad2deg
from .functions import radians as radians
from .functions import ravel as ravel
from .functions import reciprocal as reciprocal
from .functions import relu as relu
from .functions import remainder as remainder
from .functions import repeat as repeat
from .functions import reshape as reshape
from .functions import rint as rint
from .functions import roll as roll
from .functions import rot90 as rot90
from .functions import round as round
from .functions import scatter as scatter
from .functions import sigmoid as sigmoid
from .functions import sign as sign
from .functions import silu as silu
from .functions import sin as sin
from .functions import sinh as sinh
from .functions import slogdet as slogdet
from .functions import softmax as softmax
from .functions import softmax_cross_entropy as softmax_cross_entropy
from .functions import softplus as softplus
from .functions import solve as solve
from .functions import sort as sort
from .functions import split as split
from .functions import sqrt as sqrt
from .functions import square as square
from .functions import squeeze as squeeze
from .functions import stack as stack
from .functions import std as std
from .functions import step as step
from .functions import subtract as subtract
from .functions import sum as sum
from .functions import svd as svd
from .functions import svdvals as svdvals
from .functions import swapaxes as swapaxes
from .functions import take as take
from .functions import take_along_axis as take_along_axis
from .functions import tan as tan
from .functions import tanh as tanh
from .functions import tensordot as tensordot
from .functions import tile as tile
from .functions import transpose as transpose
from .functions import tril as tril
from .functions import triu as triu
from .functions import trunc as trunc
from .functions import unstack as unstack
from .functions import var as var
from .functions import vdot as vdot
from .functions import vecdot as vecdot
from .functions import vecmat as vecmat
from .functions import vector_norm as vector_norm
from .functions import vsplit as vsplit
from .functions import vstack as vstack
from .functions import where as where
from .gradcheck import GradientCheck as GradientCheck
from .gradcheck import check_gradients as check_gradients
from .gradcheck import numeric_gradient as numeric_gradient
from .graph import Edge as Edge
from .graph import Graph as Graph
from .jacobian_check import GradientError as GradientError
from .jacobian_check import check_op as check_op
from .jacobian_check import gradcheck as gradcheck
from .jacobian_check import gradgradcheck as gradgradcheck
from .modes import each_call as each_call
from .modes import no_grad as no_grad
from .modes import scope as scope
from .modes import set_grad_enabled as set_grad_enabled
from .nonfinite import NonFiniteError as NonFiniteError
from .ops import Op as Op
from .ops import Sample as Sample
from .ops import apply as apply
from .origin import Origin as Origin
from .profiling import Profile as Profile
from .profiling import profile as profile
from .staleness import StaleValueError as StaleValueError
from .tracing import Trace as Trace
from .tracing import breakpoints as breakpoints
from .tracing import post_mortem as post_mortem
from .tracing import trace as trace
from .transforms import grad as grad
from .transforms import hessian as hessian
from .transforms import hvp as hvp
from .transforms import jacobian as jacobian
from .transforms import jvp as jvp
from .transforms import value_and_grad as value_and_grad
from .transforms import vjp as vjp
from .value import Value as Value

#: Tells this package from others that are installed under the name ``autograd``.
PROJECT = "glassgrad"
