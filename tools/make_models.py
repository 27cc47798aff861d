#!/usr/bin/python3
"""Makes the model files that tests and benchmarks read.

usage: tools/make_models.py export NETWORK FILE    a torchvision network as ONNX, without its weights
       tools/make_models.py fill MODEL FILE        the same model with random weights inside the file
       tools/make_models.py chain N FILE           a chain of N nodes
       tools/make_models.py tests                  what stands in tests/models

`export` needs Debian's python3-torch, python3-torchvision and python3-onnx, `fill` python3-onnx,
`chain` nothing. An exported network keeps its normalisation and dropout (training form), has a free
batch dimension N, and refers every weight of more than 64 elements to a file that does not exist.
"""
import os
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IN_TESTS = ("alexnet", "resnet18", "resnet50", "mobilenet_v2")
INFERENCE_ONLY = ("swin_t",)  # stochastic depth cannot be exported in training form
KEPT_ELEMENTS = 64


def n_elements(tensor):
    count = 1
    for dim in tensor.dims:
        count *= dim
    return count


def export(network, path):
    import io
    import warnings
    import onnx
    import torch
    import torchvision
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    training = network not in INFERENCE_ONLY
    model = getattr(torchvision.models, network)(weights=None)
    model.train(training)
    mode = torch.onnx.TrainingMode.TRAINING if training else torch.onnx.TrainingMode.EVAL
    file = io.BytesIO()
    # Two images: normalisation in training form refuses a single value per channel.
    torch.onnx.export(model, torch.zeros(2, 3, 224, 224), file, training=mode, opset_version=16,
                      do_constant_folding=False, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
    proto = onnx.load_model_from_string(file.getvalue())
    for tensor in proto.graph.initializer:
        if n_elements(tensor) > KEPT_ELEMENTS:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            entry = tensor.external_data.add()
            entry.key, entry.value = "location", "weights.bin"
    with open(path, "wb") as out:
        out.write(proto.SerializeToString())


def fill(source, path):
    import onnx
    import random
    proto = onnx.load_model(source, load_external_data=False)
    generator = random.Random(0)
    for tensor in proto.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        if tensor.data_type != onnx.TensorProto.FLOAT:
            raise SystemExit(f"{tensor.name}: only float32 weights are filled")
        tensor.ClearField("external_data")
        tensor.ClearField("data_location")
        # Small positive numbers of about 1/64, so that a peer that runs the network stays finite.
        noise = generator.randbytes(2 * n_elements(tensor))
        raw = bytearray(4 * n_elements(tensor))
        raw[0::4], raw[1::4] = noise[0::2], noise[1::2]
        raw[2::4] = b"\x80" * n_elements(tensor)
        raw[3::4] = b"\x3c" * n_elements(tensor)
        tensor.raw_data = bytes(raw)
    with open(path, "wb") as out:
        out.write(proto.SerializeToString())


# --- The chain is written field by field (onnx.proto): a protobuf library needs minutes for it. ---

def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, payload):
    """A length-delimited field."""
    if isinstance(payload, str):
        payload = payload.encode()
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def number_field(number, value):
    return varint(number << 3) + varint(value)


def float_input(name, dims):
    """ValueInfoProto of a float32 tensor."""
    shape = b"".join(field(1, number_field(1, dim)) for dim in dims)
    tensor = number_field(1, 1) + field(2, shape)
    return field(1, name) + field(2, field(1, tensor))


def float_weight(name, dims):
    """TensorProto of float32 weights, all 1/64, inside the file."""
    count = 1
    for dim in dims:
        count *= dim
    return (b"".join(number_field(1, dim) for dim in dims) + number_field(2, 1) + field(8, name) +
            field(9, struct.pack("<f", 1 / 64) * count))


CHAIN_WIDTH = 64


def chain(n_nodes, path):
    """input -> MatMul by one shared weight -> Add of one shared bias -> Relu -> MatMul -> …

    ceil(n/3) MatMul of 1x64 by 64x64: 4,096 multiply-accumulates each; 4,160 parameters in all.
    """
    width = CHAIN_WIDTH
    weight, bias = field(1, "w"), field(1, "b")
    kinds = (("MatMul", weight), ("Add", bias), ("Relu", b""))
    tails = [field(4, kind) for kind, _ in kinds]
    nodes = []
    before = field(1, "input")
    for i in range(n_nodes):
        kind, operand = kinds[i % 3]
        output = f"/layers.{i // 3}/{kind}_output_0" if i + 1 < n_nodes else "output"
        node = (before + operand + field(2, output) + field(3, f"/layers.{i // 3}/{kind}") +
                tails[i % 3])
        nodes.append(field(1, node))
        before = field(1, output)
    graph = b"".join(nodes) + field(2, "chain") + b"".join([
        field(5, float_weight("w", (width, width))), field(5, float_weight("b", (width,))),
        field(11, float_input("input", (1, width))), field(12, float_input("output", (1, width)))])
    opset = field(1, "") + number_field(2, 16)
    with open(path, "wb") as out:
        out.write(number_field(1, 8) + field(2, "reckon make_models") + field(7, graph) +
                  field(8, opset))


def main(arguments):
    match arguments:
        case ["export", network, path]:
            export(network, path)
        case ["fill", source, path]:
            fill(source, path)
        case ["chain", count, path] if count.isdigit() and int(count) > 0:
            chain(int(count), path)
        case ["tests"]:
            os.makedirs(os.path.join(ROOT, "tests/models"), exist_ok=True)
            for network in IN_TESTS:
                export(network, os.path.join(ROOT, "tests/models", network + ".onnx"))
        case ["-h" | "--help"]:
            print(__doc__.strip())
        case _:
            print(__doc__.strip(), file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
