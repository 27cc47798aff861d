#!/usr/bin/python3
"""Runs torchinfo, fvcore and torchsummary on torchvision's networks and prints what they say.

usage: tools/convention_figures.py [NETWORK…] > tests/oracles/conventions.csv

Needs PyTorch, torchvision and the three packages; batch 1, 3×224×224, inference. The first line of
the table names the versions.
"""
import csv
import sys
import warnings
from importlib.metadata import version

import torch
import torchvision
from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis
from torchinfo import summary

NETWORKS = (
    "alexnet convnext_tiny densenet121 efficientnet_b0 googlenet mnasnet1_0 mobilenet_v2 "
    "mobilenet_v3_large regnet_x_800mf regnet_y_400mf resnet18 resnet50 resnext50_32x4d "
    "shufflenet_v2_x1_0 squeezenet1_1 swin_t vgg11 vgg16_bn vit_b_32 wide_resnet50_2").split()


def figures(name):
    torch.manual_seed(0)
    model = getattr(torchvision.models, name)(weights=None).eval()
    image = torch.zeros(1, 3, 224, 224)
    info = summary(model, input_data=image, verbose=0)
    flops = FlopCountAnalysis(model, image).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    outputs = ActivationCountAnalysis(model, image).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return [name, info.total_params, info.total_mult_adds, info.total_output_bytes, info.total_param_bytes,
            int(flops.total()), int(outputs.total())]


def main(names):
    warnings.filterwarnings("ignore")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["model", "torchinfo_params", "torchinfo_mult_adds", "torchinfo_output_bytes",
                  "torchinfo_param_bytes", "fvcore_flops", "fvcore_activations"])
    for name in names or NETWORKS:
        out.writerow(figures(name))
        sys.stdout.flush()
    print(*(f"{p} {version(p)}" for p in ("torchinfo", "fvcore", "torch", "torchvision")), sep=", ", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
