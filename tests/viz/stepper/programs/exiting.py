import sys

from autograd import Value

(Value(2.0) * 3).backward()
sys.exit(3)
