#!/usr/bin/env python3
"""Measures the gradients of networks at their first step with PyTorch, one line a parameter.

    tools/gradient_table.py [--out FILE] [--onnx FOLDER] [--seeds N] [NAME ...]

Weights begin as PyTorch's modules begin by themselves (reset_parameters of each), whatever else a
network's author does behind that; the input is N(0, 1), or random tokens; the targets are random
and the loss is cross entropy, its mean over the targets. The norms use the statistics of their
batch, dropout and stochastic depth are off. A line holds the root mean square of the parameter's
gradient over its elements and over the seeds, and the least and the most of the seeds.

With --onnx, each network is written to FOLDER/NAME.onnx with the weights of its first seed, in
training mode and with the names of its parameters, for `reckon gradients`; with --bare too, the
weights of more than 64 elements are left out, as in tests/models.
"""
import argparse
import csv
import math
import os
import sys

import onnx
import torch
import torchvision
from torch import nn
from torch.nn import functional as F


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.inner = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.inner(x)


class Attention(nn.Module):
    """Of projections that are linear layers, as most programs write it."""

    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (y.reshape(n, t, self.heads, c // self.heads).transpose(1, 2) for y in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(c // self.heads)
        if self.causal:
            mask = torch.full((t, t), float("-inf")).triu(1)
            scores = scores + mask
        y = scores.softmax(-1) @ v
        return self.proj(y.transpose(1, 2).reshape(n, t, c))


class Language(nn.Module):
    def __init__(self, vocabulary, width, layers, heads, length):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[
            nn.Sequential(
                Residual(nn.LayerNorm(width), Attention(width, heads, True)),
                Residual(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(),
                         nn.Linear(4 * width, width))) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        return self.head(self.ln_f(self.blocks(x)))


class Recurrent(nn.Module):
    def __init__(self, kind, vocabulary, width, layers):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.rnn = kind(width, width, layers, batch_first=True)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.head(self.rnn(self.embedding(tokens))[0])


class LastStep(nn.Module):
    """Of a sequence of vectors, of which the last step is classified."""

    def __init__(self, kind, inputs, width, classes):
        super().__init__()
        self.rnn = kind(inputs, width, batch_first=True)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def mlp(activation, depth=8, width=256, norm=None):
    layers, inputs = [], 784
    for _ in range(depth):
        layers += [nn.Linear(inputs, width)] + ([norm(width)] if norm else []) + [activation()]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, 10))


def image(batch=4, size=224):
    return lambda: torch.randn(batch, 3, size, size)


def tokens(vocabulary, batch, length):
    return lambda: torch.randint(vocabulary, (batch, length))


def images(*layers, channels=32, classes=10):
    """One kind of layer between two convolutions, over small images."""
    return nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), *layers, nn.AdaptiveAvgPool2d(1),
                         nn.Flatten(), nn.Linear(channels, classes))


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels):
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, 16, 1), nn.Conv2d(16, channels, 1)

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        return x * self.up(F.relu(self.down(s))).sigmoid()


class Beside(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.ways = nn.ModuleList(layers)

    def forward(self, x):
        return torch.cat([way(x) for way in self.ways], 1)


class Parallel(nn.Module):
    """Tokens of 64 numbers, one kind of layer, a head for every token."""

    def __init__(self, *layers):
        super().__init__()
        self.first, self.layers, self.head = nn.Linear(64, 64), nn.Sequential(*layers), nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.layers(self.first(x)))


class Mixer(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.mix = nn.Linear(tokens, tokens)

    def forward(self, x):
        return self.mix(x.transpose(1, 2)).transpose(1, 2)


def conv(**more):
    return nn.Conv2d(32, 32, 3, padding=1, **more)


small = lambda: torch.randn(16, 3, 16, 16)
sequence = lambda: torch.randn(16, 12, 64)
ROWS = {
    "row_conv": (lambda: images(conv(), conv()), small),
    "row_conv_strided": (lambda: images(conv(stride=2), nn.Conv2d(32, 32, 1, stride=2)), small),
    "row_conv_grouped": (lambda: images(conv(groups=4), conv()), small),
    "row_conv_depthwise": (lambda: images(conv(groups=32), conv()), small),
    "row_conv_dilated": (lambda: images(nn.Conv2d(32, 32, 3, padding=2, dilation=2)), small),
    "row_conv_transposed": (lambda: images(nn.ConvTranspose2d(32, 32, 2, stride=2), conv()), small),
    "row_relu": (lambda: images(nn.ReLU(), conv()), small),
    "row_silu": (lambda: images(nn.SiLU(), conv()), small),
    "row_max_pool": (lambda: images(nn.ReLU(), nn.MaxPool2d(2), conv()), small),
    "row_average_pool": (lambda: images(nn.ReLU(), nn.AvgPool2d(2), conv()), small),
    "row_upsample": (lambda: images(conv(), nn.Upsample(scale_factor=2), conv()), small),
    "row_batch_norm": (lambda: images(nn.BatchNorm2d(32), nn.ReLU(), conv(bias=False),
                                      nn.BatchNorm2d(32), conv()), small),
    "row_group_norm": (lambda: images(nn.GroupNorm(4, 32), nn.ReLU(), conv()), small),
    "row_instance_norm": (lambda: images(nn.InstanceNorm2d(32, affine=True), nn.ReLU(), conv()),
                          small),
    "row_residual": (lambda: images(Residual(conv()), Residual(conv(), nn.ReLU(), conv())), small),
    "row_concat": (lambda: images(Beside(nn.Conv2d(32, 16, 1), nn.Conv2d(32, 16, 3, padding=1)),
                                  nn.BatchNorm2d(32), nn.ReLU(), conv()), small),
    "row_gate": (lambda: images(conv(), Gate(32), conv()), small),
    "row_flatten": (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(),
                                          nn.Linear(8 * 14 * 14, 64), nn.ReLU(), nn.Linear(64, 10)),
                    small),
    "row_layer_norm": (lambda: Parallel(nn.LayerNorm(64), nn.Linear(64, 64)), sequence),
    "row_attention": (lambda: Parallel(nn.LayerNorm(64), Attention(64, 4, False)), sequence),
    "row_attention_causal": (lambda: Parallel(nn.LayerNorm(64), Attention(64, 4, True)), sequence),
    "row_mixer": (lambda: Parallel(Mixer(12), nn.GELU(), nn.Linear(64, 64)), sequence),
    "row_lstm_both_ways": (lambda: nn.Sequential(nn.Linear(64, 64), Both(64, 32)), sequence),
}


class Both(nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.rnn = nn.LSTM(inputs, width, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * width, 10)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


tv = torchvision.models
vectors = lambda: torch.randn(32, 784)
steps = lambda: torch.randn(16, 50, 40)
NETWORKS = {
    "resnet50": (lambda: tv.resnet50(), image()),
    "resnet18": (lambda: tv.resnet18(), image(8, 64)),
    "resnet34": (lambda: tv.resnet34(), image(8, 128)),
    "resnet101": (lambda: tv.resnet101(), image(4, 128)),
    "vit_b_16": (lambda: tv.vit_b_16(), image()),
    "vit_b_32": (lambda: tv.vit_b_32(), image()),
    "lstm": (lambda: Recurrent(nn.LSTM, 1000, 256, 2), tokens(1000, 8, 35)),
    "gru": (lambda: Recurrent(nn.GRU, 1000, 256, 2), tokens(1000, 8, 35)),
    "rnn": (lambda: Recurrent(nn.RNN, 1000, 256, 2), tokens(1000, 8, 35)),
    "lstm_last": (lambda: LastStep(nn.LSTM, 40, 128, 10), steps),
    "gru_last": (lambda: LastStep(nn.GRU, 40, 128, 10), steps),
    "vgg11": (lambda: tv.vgg11(), image()),
    "vgg11_bn": (lambda: tv.vgg11_bn(), image()),
    "mobilenet_v2": (lambda: tv.mobilenet_v2(), image(8, 160)),
    "mobilenet_v3_small": (lambda: tv.mobilenet_v3_small(), image(8, 160)),
    "densenet121": (lambda: tv.densenet121(), image()),
    "convnext_tiny": (lambda: tv.convnext_tiny(), image(4, 160)),
    "efficientnet_b0": (lambda: tv.efficientnet_b0(), image(8, 160)),
    "shufflenet_v2_x1_0": (lambda: tv.shufflenet_v2_x1_0(), image(8, 160)),
    "regnet_y_400mf": (lambda: tv.regnet_y_400mf(), image(8, 160)),
    "squeezenet1_1": (lambda: tv.squeezenet1_1(), image()),
    "googlenet": (lambda: tv.googlenet(aux_logits=False, init_weights=False), image()),
    "alexnet": (lambda: tv.alexnet(), image()),
    "swin_t": (lambda: tv.swin_t(), image()),
    "gpt2_like": (lambda: Language(10000, 768, 12, 12, 64), tokens(10000, 4, 64)),
    "mlp_bn_relu": (lambda: mlp(nn.ReLU, norm=nn.BatchNorm1d), vectors),
    "mlp_ln_gelu": (lambda: mlp(nn.GELU, norm=nn.LayerNorm), vectors),
}
NETWORKS.update(ROWS)
for name in ("Sigmoid Tanh ReLU GELU LeakyReLU ReLU6 ELU SELU CELU SiLU Mish Softplus Softsign "
             "Hardsigmoid Hardtanh Hardswish").split():
    NETWORKS["mlp_" + name.lower()] = (lambda kind=getattr(nn, name): mlp(kind), vectors)


def begin(model):
    for module in model.modules():
        if isinstance(module, nn.MultiheadAttention):
            module._reset_parameters()
        elif hasattr(module, "reset_parameters"):
            module.reset_parameters()
        if isinstance(module, (nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0.0
    model.train()
    for module in model.modules():
        if isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = module.dropout = 0.0
    return model


def gradients(build, draw, seed):
    torch.manual_seed(seed)
    model = begin(build())
    logits = model(draw())
    logits = logits.reshape(-1, logits.shape[-1])
    loss = F.cross_entropy(logits, torch.randint(logits.shape[-1], (logits.shape[0],)))
    loss.backward()
    return {name: (p.grad if p.grad is not None else torch.zeros_like(p)).double()
            for name, p in model.named_parameters()}


def bare(path):
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if math.prod(tensor.dims) > 64:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            place = tensor.external_data.add()
            place.key, place.value = "location", "left_out"
    onnx.save(model, path)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--out")
    words.add_argument("--onnx")
    words.add_argument("--bare", action="store_true")
    words.add_argument("--seeds", type=int, default=4)
    words.add_argument("names", nargs="*")
    asked = words.parse_args()
    out = open(asked.out, "a", newline="") if asked.out else sys.stdout
    write = csv.writer(out, lineterminator="\n")
    if out.tell() == 0 if asked.out else True:
        write.writerow(["network", "batch", "parameter", "shape", "rms", "least", "most"])
    for name in asked.names or NETWORKS:
        build, draw = NETWORKS[name]
        runs = [gradients(build, draw, seed) for seed in range(1, asked.seeds + 1)]
        for parameter, first in runs[0].items():
            by_seed = [run[parameter].pow(2).mean().item() for run in runs]
            write.writerow([name, draw().shape[0], parameter, "x".join(map(str, first.shape)),
                            *("%.6g" % math.sqrt(x) for x in
                              (sum(by_seed) / len(by_seed), min(by_seed), max(by_seed)))])
        out.flush()
        if asked.onnx:
            torch.manual_seed(1)
            torch.onnx.export(begin(build()), draw(), os.path.join(asked.onnx, name + ".onnx"),
                              training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False,
                              opset_version=14)
            if asked.bare:
                bare(os.path.join(asked.onnx, name + ".onnx"))


if __name__ == "__main__":
    main()
