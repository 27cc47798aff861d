#!/usr/bin/env python3
"""What autograd keeps under torch.autocast on a processor, by saved-tensor hooks: the table of docs/memory.md.

    tools/torch_autocast.py

Each storage counts once, parameters and buffers do not. Printed are bytes as `reckon memory` tells them in
saved_bytes: without the input's and the targets' own memory, with the network's result and the loss (4 B).
"a GPU's lists": softmax and layer norm read FP32 copies, as on a GPU; masks of dropout are counted as the
one byte an element that a GPU's kernel makes. Made with PyTorch 1.13.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

SOFTMAX, LAYER_NORM = F.softmax, F.layer_norm


def saved(model, x, t, gpu_lists=False):
    own = {p.data_ptr() for p in (*model.parameters(), *model.buffers())}
    own |= {x.data_ptr(), t.data_ptr()}
    seen = {}

    def pack(v):
        storage = v.storage()
        if storage.data_ptr() not in own:
            seen[storage.data_ptr()] = (len(storage) * v.element_size(), v)
        return v

    if gpu_lists:
        F.softmax = lambda a, dim=-1: SOFTMAX(a.float(), dim=dim)
        F.layer_norm = lambda a, *r, **k: LAYER_NORM(a.float(), *r, **k)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda v: v):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = model(x)
            loss = F.cross_entropy(y.reshape(-1, y.shape[-1]), t.reshape(-1))
    F.softmax, F.layer_norm = SOFTMAX, LAYER_NORM
    total = sum(n for n, _ in seen.values()) + y.numel() * y.element_size() + 4
    if gpu_lists:
        for module in model.modules():
            total -= sum(getattr(module, "wider_masks", []))
    loss.backward()
    return total


class Block(nn.Module):
    def __init__(self, width, heads, inner, p):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.l1, self.l2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.heads, self.p, self.wider_masks = heads, p, []

    def drop(self, x):  # a processor's mask is of the type of x
        self.wider_masks.append(x.numel() * (x.element_size() - 1))
        return F.dropout(x, self.p, True)

    def attention(self, x):
        n, places, width = x.shape
        q, k, v = (m(x).view(n, places, self.heads, -1).transpose(1, 2) for m in (self.q, self.k, self.v))
        scores = torch.matmul(q, k.transpose(-1, -2)) * (1 / math.sqrt(width // self.heads))
        shares = self.drop(F.softmax(scores, dim=-1))
        return self.o(torch.matmul(shares, v).transpose(1, 2).reshape(n, places, width))

    def forward(self, x):
        x = self.n1(x + self.drop(self.attention(x)))
        return self.n2(x + self.drop(self.l2(F.gelu(self.l1(x)))))


def transformer():
    return nn.Sequential(Block(64, 4, 256, 0.1), Block(64, 4, 256, 0.1), nn.Linear(64, 100))


def main():
    mlp = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    cnn = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True),
                        nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(inplace=True),
                        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
    tokens = torch.randint(50, (2, 16))
    lm = nn.Sequential(nn.Embedding(50, 32), nn.LayerNorm(32), nn.Linear(32, 50))
    words = torch.randint(100, (2, 48))
    print("mlp", saved(mlp, torch.randn(32, 784), torch.randint(10, (32,))))
    print("cnn", saved(cnn, torch.randn(4, 3, 32, 32), torch.randint(10, (4,))))
    print("transformer", saved(transformer(), torch.randn(2, 48, 64), words))
    print("transformer, a GPU's lists", saved(transformer(), torch.randn(2, 48, 64), words, True))
    print("language model", saved(lm, tokens, torch.randint(50, (2, 16))))


if __name__ == "__main__":
    main()
