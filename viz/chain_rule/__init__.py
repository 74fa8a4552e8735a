"""The chain rule in symbols and numbers, edge by edge and path by path.

Reading order: `formula` and `local_derivative` (what stands on an edge), `names`, `chain`,
`gradients`, `layer_terms`, `explain`.
"""
