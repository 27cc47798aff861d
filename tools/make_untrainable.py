#!/usr/bin/env python3
"""Writes tests/models/untrainable: small networks of one linear layer, each with one thing that keeps it
from being trained, or that only looks as if it did.

    tools/make_untrainable.py [FOLDER]
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RANDOM = np.random.default_rng(1)


def weight(name, *shape, kind=np.float32):
    return numpy_helper.from_array((RANDOM.standard_normal(shape) * 3).astype(kind), name)


def value(name, kind=TensorProto.FLOAT, shape=("N", 10)):
    return helper.make_tensor_value_info(name, kind, list(shape))


def image(kind=TensorProto.FLOAT):
    return value("x", kind, ("N", 1, 4, 4))


def node(op, inputs, outputs, **more):
    return helper.make_node(op, inputs.split(), outputs.split(), name=op, **more)


FLAT = node("Flatten", "x", "f")
LINEAR = node("Gemm", "f W B", "y", transB=1)
WEIGHTS = [weight("W", 10, 16), weight("B", 10)]
SCALE = [numpy_helper.from_array(np.float32(0.1), "s"), numpy_helper.from_array(np.int8(0), "z")]


def half(kind, numpy_kind):
    return [FLAT, LINEAR], [image(kind)], [value("y", kind)], [weight("W", 10, 16, kind=numpy_kind),
                                                              weight("B", 10, kind=numpy_kind)]


def branches():
    ways = [helper.make_graph([helper.make_node(op, ["y"], [out])], out, [], [value(out)])
            for op, out in (("Identity", "t"), ("Neg", "e"))]
    nodes = [FLAT, LINEAR, node("ReduceSum", "y", "sum", keepdims=0), node("Greater", "sum zero", "c"),
             node("If", "c", "o", then_branch=ways[0], else_branch=ways[1])]
    return nodes, [image()], [value("o")], WEIGHTS + [numpy_helper.from_array(np.float32(0), "zero")]


NETWORKS = {
    "argmax": lambda: ([FLAT, LINEAR, node("ArgMax", "y", "c", axis=1, keepdims=0)], [image()],
                       [value("c", TensorProto.INT64, ("N",))], WEIGHTS),
    "rounded": lambda: ([FLAT, LINEAR, node("Cast", "y", "c", to=TensorProto.INT32)], [image()],
                        [value("c", TensorProto.INT32)], WEIGHTS),
    "found_places": lambda: ([FLAT, LINEAR, node("NonZero", "y", "c")], [image()],
                             [value("c", TensorProto.INT64, (2, "M"))], WEIGHTS),
    "unknown_operator": lambda: ([FLAT, node("Warp", "f", "g", domain="mine"),
                                  node("Gemm", "g W B", "y", transB=1)], [image()], [value("y")], WEIGHTS),
    "no_parameters": lambda: ([FLAT, node("Relu", "f", "y")], [image()], [value("y", shape=("N", 16))], []),
    "loss_without_weights": lambda: ([FLAT, node("Relu", "f", "r"), LINEAR], [image()],
                                     [value("r", shape=("N", 16))], WEIGHTS),
    "float16": lambda: half(TensorProto.FLOAT16, np.float16),
    "branches": branches,
    "integer_products": lambda: ([FLAT, node("DynamicQuantizeLinear", "f", "q qs qz"),
                                  node("MatMulInteger", "q W qz z", "i"), node("Cast", "i", "y", to=TensorProto.FLOAT)],
                                 [image()], [value("y")], [weight("W", 16, 10, kind=np.int8), SCALE[1]]),
    "integer_weights": lambda: ([node("DequantizeLinear", "Q s z", "W"), FLAT, LINEAR], [image()], [value("y")],
                                [weight("Q", 10, 16, kind=np.int8), *SCALE, weight("B", 10)]),
    "weights_as_constants": lambda: ([helper.make_node("Constant", [], ["W"], value=weight("W", 10, 16)),
                                      helper.make_node("Constant", [], ["B"], value=weight("B", 10)), FLAT, LINEAR],
                                     [image()], [value("y")], []),
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                          else pathlib.Path(__file__).resolve().parent.parent / "tests/models/untrainable")
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in NETWORKS.items():
        nodes, inputs, outputs, weights = make()
        graph = helper.make_graph(nodes, name, inputs, outputs, weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)])
        model.ir_version = 8
        onnx.save(model, folder / f"{name}.onnx")


if __name__ == "__main__":
    main()
