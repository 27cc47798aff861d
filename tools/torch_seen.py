#!/usr/bin/env python3
"""usage: tools/torch_seen.py > tests/golden/seen_by_element.txt

Which part of the input one element of an output depends on, by PyTorch's own gradient: the weights
are positive random numbers in double precision, the element's gradient is 1, and an input element
is seen where its gradient is not 0. Pooling is an average here, whose windows are those of a
maximum. Networks are drawn at random, from a fixed seed.

A line:  H W | step; step; … | place place -> axis first..last  axis first..last
"""
import random
import sys

import torch
import torch.nn.functional as F

draw = random.Random(7)
torch.manual_seed(7)


def weight(kh, kw):
    return torch.rand(1, 1, kh, kw, dtype=torch.float64) + 0.1


def same(size, kernel, stride, dilation, lower):
    """ONNX Conv: SAME_UPPER puts the odd element of the padding at the end, SAME_LOWER at the
    beginning."""
    reach = dilation * (kernel - 1) + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return (total - total // 2, total // 2) if lower else (total // 2, total - total // 2)


def convolve(x, kh, kw, sh, sw, dh, dw, top, left, bottom, right):
    return F.conv2d(F.pad(x, (left, right, top, bottom)), weight(kh, kw), stride=(sh, sw), dilation=(dh, dw))


def run(x, steps):
    saved = []
    for step in steps:
        op, *words = step.split()
        n = [int(w) for w in words if w.lstrip("-").isdigit()]
        if op == "conv":
            x = convolve(x, *n)
        elif op in ("same_upper", "same_lower"):
            kh, kw, sh, sw, dh, dw = n
            (top, bottom), (left, right) = (same(size, k, s, d, op == "same_lower") for size, k, s, d in
                                            ((x.shape[2], kh, sh, dh), (x.shape[3], kw, sw, dw)))
            x = convolve(x, *n, top, left, bottom, right)
        elif op == "pool":
            k, s, p, ceil = n
            if k > min(x.shape[2:]) + 2 * p:  # which a rounded-up number of places lets pass
                raise RuntimeError("does not fit")
            x = F.avg_pool2d(x, k, s, p, ceil_mode=ceil == 1)
        elif op == "transposed":
            k, s, d, p, more = n
            x = F.conv_transpose2d(x, weight(k, k), stride=s, padding=p, dilation=d, output_padding=more)
        elif op == "resize":
            mode = {"nearest": "nearest", "linear": "bilinear", "corners": "bilinear", "cubic": "bicubic"}[words[0]]
            x = F.interpolate(x, tuple(n), mode=mode, align_corners={"nearest": None, "corners": True}.get(words[0], False))
        elif op == "pad":
            top, left, bottom, right = n
            mode = {"constant": "constant", "reflect": "reflect", "edge": "replicate"}[words[0]]
            x = F.pad(x, (left, right, top, bottom), mode=mode)
        elif op == "softmax":
            x = x + x.sum(3, keepdim=True)  # which sees as much, and never rounds to 0
        elif op == "swap_axes":
            x = x.transpose(2, 3)
        elif op == "channels_last":
            x = x.permute(0, 2, 3, 1)
        elif op == "save":
            saved.append(x)
        elif op == "swap":
            x, saved[-1] = saved[-1], x
        elif op == "add":
            x = x + saved.pop()
        else:
            raise ValueError(step)
    return x


def one_to(n):
    return draw.randint(1, n)


def window(kind):
    kh, kw = one_to(4), one_to(4)
    dh, dw = draw.choice([1, 1, 2, 3]), draw.choice([1, 1, 2, 3])
    sizes = [kh, kw, one_to(3), one_to(3), dh, dw]
    if kind == "conv":
        reach = [d * (k - 1) for k, d in ((kh, dh), (kw, dw))]
        sizes += [draw.randint(0, r) for r in (reach + reach)]
    return f"{kind} " + " ".join(map(str, sizes))


def step():
    kind = draw.choice(["conv", "conv", "same_upper", "same_lower", "pool", "transposed", "resize", "pad", "branch", "shortcut"])
    if kind in ("conv", "same_upper", "same_lower"):
        return [window(kind)]
    if kind == "pool":
        k = draw.randint(2, 3)
        return [f"pool {k} {one_to(3)} {draw.randint(0, k // 2)} {draw.randint(0, 1)}"]
    if kind == "transposed":
        k, s, d = one_to(4), one_to(3), one_to(2)
        return [f"transposed {k} {s} {d} {draw.randint(0, d * (k - 1) // 2)} {draw.randint(0, max(s, d) - 1)}"]
    if kind == "resize":
        return [f"resize {draw.choice(['nearest', 'linear', 'corners', 'cubic'])} {draw.randint(6, 40)} {draw.randint(6, 40)}"]
    if kind == "pad":
        return [f"pad {draw.choice(['constant', 'reflect', 'edge'])} " + " ".join(str(draw.randint(0, 3)) for _ in range(4))]
    k = draw.choice([3, 5])
    if kind == "branch":  # a residual block
        d = one_to(2)
        p = d * (k // 2)
        return ["save", f"conv {k} {k} 1 1 {d} {d} {p} {p} {p} {p}", "add"]
    p, s = k // 2, draw.randint(2, 3)  # and one that halves
    return ["save", f"conv {k} {k} {s} {s} 1 1 {p} {p} {p} {p}", "swap", f"conv 1 1 {s} {s} 1 1 0 0 0 0", "add"]


def line():
    height, width = draw.randint(12, 40), draw.randint(12, 40)
    steps = [s for _ in range(one_to(6)) for s in step()]
    last = draw.choice([None] * 6 + ["softmax", "swap_axes", "channels_last"])
    if last:
        steps.append(last)
    x = torch.rand(1, 1, height, width, dtype=torch.float64, requires_grad=True)
    y = run(x, steps)
    axes = {"swap_axes": [3, 2], "channels_last": [1, 2], "softmax": [2, None]}.get(last, [2, 3])
    if min(y.shape) < 1 or max(y.shape) > 400:
        return None
    # Corners and edges more often than the middle.
    place = [draw.choice([0, 1, y.shape[a] - 1, y.shape[a] // 2, draw.randrange(y.shape[a])]) % y.shape[a] for a in axes if a is not None]
    at = [0, 0, 0, 0]
    for a, p in zip([a for a in axes if a is not None], place):
        at[a] = p
    gradient = torch.autograd.grad(y[tuple(at)], x)[0][0, 0]
    rows, columns = (gradient != 0).any(1).nonzero().flatten().tolist(), (gradient != 0).any(0).nonzero().flatten().tolist()
    ends = [f"{rows[0]}..{rows[-1]}" if rows else "none", f"{columns[0]}..{columns[-1]}" if columns else "none"]
    told = " ".join(f"{'-' if a is None else a} {e}" for a, e in zip(axes, ends))
    return f"{height} {width} | {'; '.join(steps)} | {' '.join(map(str, place))} -> {told}"


print("# Written by tools/torch_seen.py with PyTorch 1.13: what each element depends on, by its gradient.")
n = 0
while n < 400:
    try:
        text = line()
    except RuntimeError:  # a window that does not fit
        continue
    if text:
        print(text)
        n += 1
sys.exit(0)
