#!/usr/bin/env python3
"""usage: torch_operators.py FOLDER > tests/data/torch_operator_memory.csv
       torch_operators.py FOLDER NAME…       these alone

Small networks around one operator each, written to FOLDER (tests/models/torch/operators) without
their weights, and the highest sum of a training step and of inference that PyTorch's own profiler
saw, above parameters and input. Made with PyTorch 1.13 on a processor with AVX-512, two threads.
"""
import math
import sys
import warnings

import onnx
import torch
import torch.nn.functional as F
from torch import nn
from torch.profiler import ProfilerActivity, profile

warnings.filterwarnings("ignore")
torch.set_num_threads(2)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self, function, **layers):
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.function(self, x)


class Function(nn.Module):
    """One whose arguments live until it returns, as a module's do."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def layer_norm(h):
    centred = h - h.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred ** 2).mean(-1, keepdim=True) + 1e-5)


# What exporters write out as other operators, and what programs write themselves.
written_out = {
    "log": torch.log,
    "glu": F.glu, "glu_of_places": lambda h: F.glu(h, 1), "log_sigmoid": F.logsigmoid,
    "log1p": lambda h: torch.log1p(h * h), "rsqrt": lambda h: h * torch.rsqrt(h * h + 1),
    "one_over_root": lambda h: 1 / torch.sqrt(h * h + 1),
    "std": lambda h: h * h.std(-1, keepdim=True), "std_of_all": lambda h: h * h.std(),
    "var": lambda h: h * h.var(1, keepdim=True),
    "var_biased": lambda h: h * h.var(-1, unbiased=False, keepdim=True),
    "layer_norm_by_std": lambda h: (h - h.mean(-1, keepdim=True)) / (
        h.std(-1, keepdim=True) + 1e-5),
    "layer_norm_by_hand": layer_norm, "layer_norm_plain": lambda h: F.layer_norm(h, (256,)),
    "vector_norm": lambda h: h * torch.linalg.vector_norm(h, dim=-1, keepdim=True),
    "cosine_similarity": lambda h: F.cosine_similarity(h, h * 2 + 1, dim=-1).unsqueeze(-1) * h,
    "roll": lambda h: h.roll(3, 1), "gelu_by_tanh": lambda h: F.gelu(h, approximate="tanh"),
    "gelu_by_hand": lambda h: h * .5 * (1 + torch.erf(h / 2 ** .5)),
    "gelu_by_hand_by_tanh": lambda h: .5 * h * (1 + torch.tanh(
        (2 / math.pi) ** .5 * (h + .044715 * torch.pow(h, 3)))),
    "prelu": nn.PReLU(),
}
# Gradients whose dimensions are turned: what a kernel or a reshape copies of them.
turned = {
    "softmax_of_turned": lambda h: h.transpose(1, 2).softmax(-1).transpose(1, 2),
    "log_softmax_of_turned": lambda h: F.log_softmax(h.permute(2, 0, 1), 0).permute(1, 2, 0),
    "softmax_of_heads": lambda h: h.reshape(-1, 100, 4, 64).transpose(1, 2).softmax(
        -1).transpose(1, 2).flatten(2),
    "tanh_of_turned": lambda h: torch.tanh(h.transpose(1, 2)).softmax(-1).transpose(1, 2),
    "branches_of_turned": lambda h: h + h.transpose(1, 2).softmax(-1).transpose(1, 2),
}


def networks():
    """name, network, input"""
    x = torch.randn(8, 100, 64)
    wide, other, column, last = (lambda: nn.Linear(64, 256)), (lambda: nn.Linear(64, 256)), \
        (lambda: nn.Linear(64, 1)), (lambda: nn.Linear(256, 10))
    of_column = {
        "mul_column_first": lambda h, w: w * h, "mul_column": lambda h, w: h * w,
        "div_column_first": lambda h, w: w / h, "div_column": lambda h, w: h / w,
        "sub_column_first": lambda h, w: w - h, "sub_column": lambda h, w: h - w,
        "where_column": lambda h, w: torch.where(h > 0, w, h), "pow_column": lambda h, w: h ** w,
        "max_column": lambda h, w: torch.maximum(w, h),
    }
    for name, f in of_column.items():
        yield name, Net(lambda s, x, f=f: s.o(torch.tanh(f(torch.sigmoid(s.a(x)), torch.sigmoid(
            s.b(x))))).mean(1), a=wide(), b=column(), o=last()), x
    of_two = {"div": lambda a, b: a / b, "min": torch.minimum, "pow": lambda a, b: a ** b}
    for name, f in of_two.items():
        yield name, Net(lambda s, x, f=f: s.o(torch.tanh(f(torch.sigmoid(s.a(x)), torch.sigmoid(
            s.b(x))))).mean(1), a=wide(), b=other(), o=last()), x
    of_one = {
        "abs": torch.abs, "sqrt": torch.sqrt, "reciprocal": lambda h: 1 / h,
        "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "asin": torch.asin,
        "acos": torch.acos, "atan": torch.atan, "erf": torch.erf, "cube": lambda h: h ** 3,
        "clamp_below": lambda h: h.clamp(min=.1), "clamp": lambda h: h.clamp(.1, .3),
        "cumsum": lambda h: h.cumsum(1), "softsign": F.softsign,
    }
    for name, f in of_one.items():
        yield name, Net(lambda s, x, f=f: s.o(f(torch.sigmoid(s.a(x)))).mean(1), a=wide(),
                        o=last()), x
    reductions = {
        "sum": lambda h: h.sum(1), "sum_of_turned": lambda h: h.transpose(1, 2).sum(2),
        "sum_of_grid": lambda h: h.view(-1, 10, 10, 256).sum((1, 2)),
        "sum_of_branches": lambda h: (h + torch.tanh(h)).sum(1),
        "logsumexp": lambda h: torch.logsumexp(h, 1), "max_of_axis": lambda h: h.max(1)[0],
        "amax": lambda h: h.view(-1, 10, 10, 256).amax((1, 2)), "norm_1": lambda h: h.norm(1, 1),
        "norm_2": lambda h: h.norm(2, 1), "prod": lambda h: h.prod(1),
        "normalize": lambda h: F.normalize(h, dim=-1).mean(1),
        "sum_of_squares": lambda h: h.pow(2).sum(1),
    }
    for name, f in reductions.items():
        yield name, Net(lambda s, x, f=f: s.o(f(torch.tanh(s.a(x)))), a=wide(), o=last()), x
    yield "sum_of_linear", Net(lambda s, x: s.o(s.a(x).sum(1)), a=wide(), o=last()), x
    for name, f in (written_out | turned).items():
        yield name, Net(lambda s, x: s.o(s.f(s.a(x))), a=wide(), f=Function(f), o=nn.Linear(
            128 if name == "glu" else 256, 10)), x
    # What exporters compute and PyTorch does not: statistics of a batch, the places of a slice.
    conv = nn.Conv2d(16, 64, 3, bias=False)
    yield "standardised_conv", Net(lambda s, x: s.o(F.conv2d(x, F.batch_norm(
        s.c.weight.reshape(1, 64, -1), None, None, training=True).reshape_as(s.c.weight)).mean((2, 3))),
        c=conv, o=nn.Linear(64, 10)), torch.randn(2, 16, 20, 20)

    def assigned(s, x):
        h = s.a(x)
        h[:, 50:, 100:] = torch.tanh(s.b(x))[:, 50:, 100:]
        return s.o(h).mean(1)
    yield "slice_assigned", Net(assigned, a=wide(), b=other(), o=last()), x
    # Statistics that the norm is told to use are the program's own.
    yield "norm_by_statistics", Net(lambda s, x: s.o(F.batch_norm(
        s.a(x).transpose(1, 2), torch.tanh(x).mean((0, 1)), torch.sigmoid(x * x).mean((0, 1))).mean(2)),
        a=nn.Linear(64, 64), o=nn.Linear(64, 10)), x
    # One batch shown to all heads is copied for each of them.
    yield "matmul_shown", Net(lambda s, x: s.o(torch.matmul(
        s.a(x).reshape(-1, 100, 4, 16).transpose(1, 2), s.b(x).transpose(1, 2)[:, None, :16]).sum(1)).mean(1),
        a=nn.Linear(64, 64), b=nn.Linear(64, 64), o=nn.Linear(100, 10)), x
    # A table that the network has beside its parameters.
    table = torch.rand(100, 256)
    yield "table", Net(lambda s, x: s.o(torch.tanh(s.a(x)) * table).mean(1), a=wide(), o=last()), x
    # Heads beside each other: what is multiplied is brought into another order first.
    heads = lambda h: h.reshape(-1, 100, 4, 16)
    yield "einsum_heads", Net(lambda s, x: s.o(torch.einsum(
        "bnhd,bmhd->bhnm", heads(s.a(x)), heads(s.b(x))).sum(1)).mean(1),
        a=nn.Linear(64, 64), b=nn.Linear(64, 64), o=nn.Linear(100, 10)), x
    yield "einsum_attention", Net(lambda s, x: s.o(torch.einsum("bhnm,bmhd->bnhd", torch.einsum(
        "bnhd,bmhd->bhnm", heads(s.a(x)), heads(s.b(x))).softmax(-1), heads(s.c(x))).flatten(2)).mean(1),
        a=nn.Linear(64, 64), b=nn.Linear(64, 64), c=nn.Linear(64, 64), o=nn.Linear(64, 10)), x
    yield "einsum_weight", Net(lambda s, x: s.o(torch.einsum(
        "bnd,ed->bne", s.a(x), s.a.weight)).mean(1), a=nn.Linear(64, 64), o=nn.Linear(64, 10)), x
    yield "einsum", Net(lambda s, x: s.o(torch.einsum("bnd,bmd->bnm", s.a(x), x)).mean(1),
                        a=nn.Linear(64, 64), o=nn.Linear(100, 10)), x
    # Of the places of what is chosen nobody reads any.
    for name, f in {"topk": lambda h: h.topk(20, 1)[0].mean(1), "sort": lambda h: h.sort(1)[0][
            :, :10].mean(1), "max_alone": lambda h: h.max(1)[0]}.items():
        yield name, Net(lambda s, x, f=f: s.o(f(s.a(x))), a=wide(), o=last()), x

    def again(s, x):
        x = s.i(x)
        for _ in range(6):
            x = torch.tanh(s.c(x)) + x
        return s.o(x)

    yield "linear_six_times", Net(again, i=nn.Linear(20, 512), c=nn.Linear(512, 512),
                                  o=nn.Linear(512, 10)), torch.randn(256, 20)
    # oneDNN: the input has gradients too.
    for c_in, c_out, size, stride, groups, n in (
            (2, 8, 3, 1, 1, 8), (3, 24, 7, 1, 1, 4), (4, 8, 3, 2, 1, 8), (8, 20, 3, 1, 1, 8),
            (12, 24, 5, 1, 1, 4), (2, 8, 1, 1, 1, 8), (3, 20, 1, 2, 1, 8), (8, 8, 1, 1, 1, 8),
            (12, 12, 3, 1, 3, 8), (24, 24, 3, 1, 2, 8), (3, 3, 3, 1, 3, 8)):
        name = f"conv_{c_in}_{c_out}_{size}_{stride}_{groups}"
        conv = nn.Conv2d(c_in, c_out, size, stride, size // 2, groups=groups)
        yield name, nn.Sequential(nn.PReLU(), conv), torch.randn(n, c_in, 48, 48)
    for c_in, c_out, groups, n in ((8, 16, 1, 4), (16, 16, 2, 4), (12, 24, 3, 1), (32, 32, 32, 4)):
        yield f"conv_transposed_{c_in}_{c_out}_{groups}_{n}", nn.Sequential(
            nn.PReLU(), nn.ConvTranspose2d(c_in, c_out, 4, 2, 1, groups=groups)), torch.randn(
                n, c_in, 32, 32)
    yield "pixel_shuffle", Net(lambda s, x: s.o(F.pixel_shuffle(s.a(x), 2).mean((2, 3))), a=nn.Conv2d(
        8, 64, 3, padding=1), o=nn.Linear(16, 10)), torch.randn(4, 8, 64, 64)
    for name, kind, layers in (("rnn", nn.RNN, 2), ("gru", nn.GRU, 2)):
        yield f"{name}_{layers}_both_ways", Net(
            lambda s, x: s.o(s.r(x)[0]).mean(1), o=last(),
            r=kind(64, 128, layers, batch_first=True, bidirectional=True)), torch.randn(16, 40, 64)


def peak(step):
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        step()
    events = [e for e in profiled.profiler.kineto_results.events() if e.name() == "[memory]"]
    alive = highest = 0
    for event in sorted(events, key=lambda e: e.start_us()):
        alive += event.nbytes()
        highest = max(highest, alive)
    return highest


def main():
    print("file,batch,train_peak_bytes,inference_peak_bytes")
    for name, net, x in networks():
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        path = f"{sys.argv[1]}/{name}.onnx"
        torch.onnx.export(net, x, path, opset_version=16, input_names=["input"],
                          training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False,
                          dynamic_axes={"input": {0: "N"}})
        model = onnx.load(path)
        for stored in model.graph.initializer:
            if stored.raw_data and len(stored.raw_data) > 64 * 4:
                stored.raw_data = b""
        onnx.save(model, path)
        net.train()
        with torch.no_grad():
            y = net(x)
        target = torch.zeros(y.shape[:1] + y.shape[2:], dtype=torch.long)
        del y

        def train():
            y = net(x)
            F.cross_entropy(y, target).backward()

        def infer():
            with torch.no_grad():
                net(x)

        train()
        net.zero_grad(set_to_none=True)
        print(f"{name},{x.shape[0]},{peak(train)},{peak(infer)}")


main()
