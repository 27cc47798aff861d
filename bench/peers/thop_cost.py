"""thop over a torchvision network: usage: thop_cost.py NETWORK. Prints the seconds without start-up."""
import sys
import time

import thop
import torch
import torchvision

begin = time.perf_counter()
model = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
with torch.no_grad():
    macs, _ = thop.profile(model, (torch.zeros(1, 3, 224, 224),), verbose=False)
if macs <= 0:
    sys.exit("nothing counted")
print(time.perf_counter() - begin)
