#!/usr/bin/env python3
"""What a training step and an inference of a network take in PyTorch on a processor, each allocation
counted, and the network's export without its weights.

usage: tools/torch_step_memory.py [--export FOLDER] tv_resnet18 tm_poolformer_s12 hf_mistral_eager …

tv_: torchvision, tm_: timm, hf_ARCHITECTURE_ATTENTION: transformers, three small layers. Batch 4 of images,
or of 128 tokens; cross-entropy over the last dimension. A line of CSV a network: bytes that are alive
after the forward pass and the loss, the highest of forward, loss and backward pass, the highest of an
inference, all beyond weights, buffers and inputs; parameters. Needs torch, and the library it takes from."""
import argparse
import math
import os
import sys

import onnx
import torch
import torch.nn.functional as F
from torch._C._profiler import _EventType

KEPT = {"pkg.torch.onnx.name_scopes", "pkg.torch.onnx.fx_node", "pkg.onnxscript.rewriter.rule_name",
        "pkg.onnxscript.optimizer.folded_from", "pkg.torch.export.graph_signature.InputSpec.kind",
        "pkg.torch.onnx.class_hierarchy"}


class Logits(torch.nn.Module):
    """Its first output alone."""

    def __init__(self, m):
        super().__init__()
        self.m = m

    def forward(self, *inputs):
        y = self.m(*inputs)
        y = getattr(y, "logits", y)
        return y[0] if isinstance(y, (tuple, list)) else y


def build(name):
    family, rest = name.split("_", 1)
    if family == "tv":
        import torchvision
        return torchvision.models.get_model(rest, weights=None), (torch.randn(4, 3, 224, 224),)
    if family == "tm":
        import timm
        model = timm.create_model(rest, pretrained=False)
        return model, (torch.randn(4, *model.default_cfg["input_size"]),)
    import transformers as T
    architecture, attention = rest.rsplit("_", 1)
    decoder = dict(num_hidden_layers=3, hidden_size=512, intermediate_size=1408, num_attention_heads=8,
                   num_key_value_heads=2, vocab_size=5000, use_cache=False)
    tokens = (torch.randint(0, 1000, (4, 128)),)
    config, kind, inputs = {
        "mistral": lambda: (T.MistralConfig(**decoder), T.MistralForCausalLM, tokens),
        "qwen2": lambda: (T.Qwen2Config(**decoder), T.Qwen2ForCausalLM, tokens),
        "roberta": lambda: (T.RobertaConfig(num_hidden_layers=3), T.RobertaForSequenceClassification, tokens),
        "wav2vec2": lambda: (T.Wav2Vec2Config(num_hidden_layers=3), T.Wav2Vec2ForCTC, (torch.randn(4, 16000),)),
    }[architecture]()
    return kind._from_config(config, attn_implementation=attention), inputs


def allocations(run):
    """(time, bytes) in order, and the beginning and end of each part that `run` names MARK_…"""
    with torch.profiler.profile(profile_memory=True, activities=[torch.profiler.ProfilerActivity.CPU]) as seen:
        run()
    events, parts, todo = [], {}, list(seen.profiler.kineto_results.experimental_event_tree())
    while todo:
        event = todo.pop()
        todo.extend(event.children)
        if event.typed[0] == _EventType.Allocation:
            events.append((event.start_time_ns, event.typed[1].alloc_size))
        elif event.name.startswith("MARK_"):
            parts[event.name[5:]] = (event.start_time_ns, event.start_time_ns + event.duration_time_ns)
    return sorted(events), parts


def alive_and_peak(events, begin, end):
    alive = peak = 0
    for time, size in events:
        if begin <= time <= end:
            alive += size
            peak = max(peak, alive)
    return alive, peak


def measure(model, inputs):
    def step():
        for parameter in model.parameters():
            parameter.grad = None
        with torch.profiler.record_function("MARK_forward"):
            y = model(*inputs)
            loss = F.cross_entropy(y.reshape(-1, y.shape[-1]), target)
        with torch.profiler.record_function("MARK_backward"):
            loss.backward()

    def inference():
        with torch.no_grad(), torch.profiler.record_function("MARK_inference"):
            model(*inputs)

    with torch.no_grad():
        y = model(*inputs)
    target = torch.randint(0, y.shape[-1], (y.numel() // y.shape[-1],))
    del y
    model.train()
    step()
    events, parts = allocations(step)
    saved, _ = alive_and_peak(events, *parts["forward"])
    _, peak = alive_and_peak(events, parts["forward"][0], parts["backward"][1])
    model.eval()
    inference()
    events, parts = allocations(inference)
    return saved, peak, alive_and_peak(events, *parts["inference"])[1]


def bare(path):
    """Without weights of more than 64 elements, and without the lines of the program."""
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    for tensor in graph.initializer:
        if math.prod(tensor.dims) > 64:
            for field in ("raw_data", "float_data", "external_data"):
                tensor.ClearField(field)
            tensor.data_location = onnx.TensorProto.EXTERNAL
            place = tensor.external_data.add()
            place.key, place.value = "location", "left_out"
    for thing in (*graph.node, *graph.value_info, *graph.initializer, *graph.input, *graph.output):
        kept = [entry for entry in thing.metadata_props if entry.key in KEPT]
        del thing.metadata_props[:]
        thing.metadata_props.extend(kept)
        thing.doc_string = ""
    del model.metadata_props[:]
    onnx.save(model, path)
    if os.path.exists(path + ".data"):
        os.remove(path + ".data")


def export(name, model, inputs, folder):
    model.train()
    training = torch.onnx.TrainingMode.TRAINING
    for kind, how in (("Ltrain", dict(dynamo=False, do_constant_folding=False, opset_version=17)),
                      ("Dtrain", dict(dynamo=True))):
        path = os.path.join(folder, f"{name}.{kind}.onnx")
        try:
            torch.onnx.export(model, inputs, path, training=training, **how)
            bare(path)
        except Exception as error:  # what an exporter cannot write
            print(f"{path}: {str(error).splitlines()[0]}", file=sys.stderr)


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--export", metavar="FOLDER")
    words.add_argument("names", nargs="+")
    asked = words.parse_args()
    for name in asked.names:
        torch.manual_seed(0)
        model, inputs = build(name)
        model = Logits(model)
        row = measure(model, inputs)
        print(name, *row, sum(p.numel() for p in model.parameters()), sep=",", flush=True)
        if asked.export:
            export(name, model, inputs, asked.export)


if __name__ == "__main__":
    main()
