#!/usr/bin/python3
"""Makes the outputs that `reckon measure` is held against: the same networks, run by PyTorch.

usage: tools/torch_outputs.py [NETWORK…] > tests/data/torch_outputs.csv

Runs torchvision's networks in inference on one image, with weights and input filled by the formula
of docs/measure.md (measure/parameters.h), and prints 32 evenly spaced elements of each result.
Needs Debian's python3-torch and python3-torchvision.
"""
import csv
import sys

import numpy
import torch
import torchvision

NETWORKS = (
    "alexnet convnext_tiny densenet121 efficientnet_b0 googlenet mnasnet1_0 mobilenet_v2 "
    "mobilenet_v3_large regnet_x_800mf regnet_y_400mf resnet18 resnet50 resnext50_32x4d "
    "shufflenet_v2_x1_0 squeezenet1_1 swin_t vgg11 vgg16_bn vit_b_32 wide_resnet50_2").split()
N_VALUES = 32
MASK = (1 << 64) - 1


def name_hash(name):
    h = 14695981039346656037
    for byte in name.encode():
        h = (h ^ byte) * 1099511628211 & MASK
    return h


def random_bits(name, n):
    """splitmix64(h + i) for i < n."""
    z = numpy.arange(n, dtype=numpy.uint64) + numpy.uint64(name_hash(name))
    z += numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def uniform(name, shape):
    bits = random_bits(name, int(numpy.prod(shape, dtype=numpy.int64)))
    u = (bits >> numpy.uint64(40)).astype(numpy.float32) / numpy.float32(1 << 23)
    return torch.from_numpy((u - numpy.float32(1)).reshape(shape))


def fill(tensor, name, kind):
    shape = tuple(tensor.shape)
    u = uniform(name, shape)
    if kind == "scale":
        tensor.copy_(1 + 0.1 * u)
    elif kind == "variance":
        tensor.copy_(1 + 0.5 * u)
    elif kind == "matrix" and len(shape) > 1:
        tensor.copy_((6 / (tensor.numel() / shape[0])) ** 0.5 * u)
    else:
        tensor.copy_(0.1 * u)


NORMS = (torch.nn.modules.batchnorm._BatchNorm, torch.nn.LayerNorm, torch.nn.GroupNorm)
OF_NORM = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}


def fill_all(model):
    with torch.no_grad():
        for prefix, module in model.named_modules():
            own = list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False))
            for short, tensor in own:
                name = f"{prefix}.{short}" if prefix else short
                if tensor.dtype == torch.int64 and short == "relative_position_index":
                    n_rows = module.relative_position_bias_table.shape[0]
                    index = random_bits(name, tensor.numel()) % numpy.uint64(n_rows)
                    tensor.copy_(torch.from_numpy(index.astype(numpy.int64)).reshape(tensor.shape))
                elif tensor.is_floating_point():
                    kind = OF_NORM.get(short) if isinstance(module, NORMS) else "matrix"
                    fill(tensor, name, kind)


def main(networks):
    torch.manual_seed(0)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["model", "batch", "elements", "values"])
    for network in networks:
        more = {"init_weights": False, "aux_logits": False} if network == "googlenet" else {}
        model = getattr(torchvision.models, network)(weights=None, **more).eval()
        fill_all(model)
        with torch.no_grad():
            y = model(uniform("input", (1, 3, 224, 224))).flatten()
        chosen = [y[k * y.numel() // N_VALUES].item() for k in range(N_VALUES)]
        out.writerow([network, 1, y.numel(), " ".join(f"{x:.7g}" for x in chosen)])
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:] or NETWORKS)
