"""ONNX's own shape inference over one file: usage: onnx_shapes.py FILE. Prints the seconds without start-up."""
import sys
import time

import onnx
import onnx.shape_inference

begin = time.perf_counter()
model = onnx.load_model(sys.argv[1], load_external_data=False)
shapes = onnx.shape_inference.infer_shapes(model, data_prop=True)
if not shapes.graph.node:
    sys.exit("no nodes")
print(time.perf_counter() - begin)
