"""torchinfo over a torchvision network: usage: torchinfo_cost.py NETWORK. Prints the seconds without start-up."""
import sys
import time

import torch
import torchinfo
import torchvision

begin = time.perf_counter()
model = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
with torch.no_grad():
    summary = torchinfo.summary(model, (1, 3, 224, 224), verbose=0)
if summary.total_mult_adds <= 0:
    sys.exit("nothing counted")
print(time.perf_counter() - begin)
