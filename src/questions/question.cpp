#include "questions/question.h"

namespace reckon {
namespace {

constexpr QuestionKind kinds[] = {
    {"report",
     "What a network costs, on one screen.",
     Face::every,
     false,
     {},
     "  reckon resnet50.onnx                      the file's weights are never read\n"
     "  reckon alexnet --batch 128\n"
     "  reckon 784-128-64-10                      fully connected layers, ReLU between\n"
     "  reckon gpt2 --set layers=24 --set width=1536\n"
     "  reckon alexnet-d2l --convention torchsummary\n"
     "  reckon model.onnx --format json | jq .totals.macs"},
    {"layers", "One line for each layer, or for each module with --depth.", Face::every, false,
     "The column \"sees\" is the receptive field: how many input elements, along each\n"
     "spatial dimension, one output element depends on. A wider terminal shows more\n"
     "columns; CSV and JSON have all of them.",
     "  reckon layers alexnet\n"
     "  reckon layers resnet50.onnx --depth 2\n"
     "  reckon layers vgg16 --batch 8 --format csv > vgg16.csv\n"
     "  reckon layers alexnet-d2l --convention torchsummary"},
    {"explain", "Each figure, of a layer or of the network, with its formula.", Face::every, false,
     "Without LAYER: how the totals add up, and the list of layers. With --element:\n"
     "which part of the input one element of the layer's output sees, cut where the\n"
     "input or a layer in between ends.",
     "  reckon explain alexnet-d2l Conv-1\n"
     "  reckon explain alexnet-d2l Conv-1 --element 0,12\n"
     "  reckon explain resnet50.onnx layer1.0.conv1 --batch 32\n"
     "  reckon explain gpt2 '#3'\n"
     "  reckon explain 784-128-64-10"},
    {"graph", "Its nodes and the values that join them, to draw.", Face::every, false,
     "In JSON with shapes, roles and indices: for programs that draw the network or follow\n"
     "its paths. Nodes come in the order of `reckon layers --all`.",
     "  reckon graph resnet50.onnx\n"
     "  reckon graph gpt2 --format json | jq '.graph.nodes | length'"},
    {"diff", "Two networks, or one in two settings, layer by layer.", Face::every, false,
     "Layers are the same by their names where files name them, else by operator, shapes\n"
     "and parameters, in the order of both. --batch is for both networks unless\n"
     "--other-batch says otherwise; --set and --shape are for MODEL. Without OTHER: the\n"
     "same model in its own settings.",
     "  reckon diff resnet18 resnet50\n"
     "  reckon diff before.onnx after.onnx --format csv > diff.csv\n"
     "  reckon diff gpt2 --set layers=24\n"
     "  reckon diff resnet50 --batch 1 --other-batch 8"},
    {"memory", "What an inference or a training step needs, and why.", Face::every, false,
     "The policy pytorch simulates the step: what is alive at its worst moment. The\n"
     "policy textbook adds up weights, gradients, optimizer state and activations, the\n"
     "policy arena plans an inference on static memory (a device with flash). On a GPU\n"
     "it tells what torch.cuda and nvidia-smi show, and decides by that. Exit status 3\n"
     "when it does not fit --device.",
     "  reckon memory resnet50.onnx --batch 8\n"
     "  reckon memory 784-128-64-10 --train --optimizer adam --batch 32\n"
     "  reckon memory gpt2 --train --precision autocast-bf16 --device t4 --margin 5%\n"
     "  reckon memory vgg19.onnx --train --batch 16 --timeline\n"
     "  reckon memory vgg19.onnx --train --batch 64 --checkpoint budget=6GiB\n"
     "  reckon memory keyword.onnx --precision int8 --arena optimal --order best"},
    {"fit", "Whether it fits, and the largest batch, width, … that does.", Face::every, false,
     "Without --max, --smallest-device and --advise: does it fit? The need is the peak\n"
     "of a simulated step, on a GPU what is reserved for it and the context, on a\n"
     "microcontroller the arena of an inference, as in `reckon memory`; --policy\n"
     "textbook asks for the sum of the ledger. Exit status 3 when it does not fit.",
     "  reckon fit gpt2 --device t4 --train --batch 16\n"
     "  reckon fit resnet50.onnx --device t4 --max batch --train --optimizer adam\n"
     "  reckon fit mnist --device laptop-8gb --max W --train --optimizer adam\n"
     "  reckon fit gpt2 --budget 6GiB --max layers --policy textbook --train\n"
     "  reckon fit gpt2 --smallest-device --train --optimizer adamw --batch 8\n"
     "  reckon fit gpt2 --device t4 --advise --train --optimizer adamw --batch 64"},
    {"time", "How long it takes on a device, and what bounds it.", Face::every, false,
     "With --batch 1..256: latency and throughput against the batch.\n"
     "\n"
     "Times are modelled by the roofline of each kernel: docs/machine.md tells how far\n"
     "they may be trusted.",
     "  reckon time resnet50.onnx --device h100-sxm --precision bf16 --batch 64\n"
     "  reckon time gpt2 --device t4 --train --optimizer adamw\n"
     "  reckon time mobilenet-v2 --device rpi5 --format csv > layers.csv\n"
     "  reckon time resnet18 --device h100-sxm --batch 1..256\n"
     "  reckon time resnet18 --device t4 --train --kinds\n"
     "  reckon time 784-1024-1024-10 --device h100-sxm --shapes\n"
     "  reckon time alexnet --device t4 --plot roofline.svg"},
    {"energy", "How much energy it takes: arithmetic, and moving data.", Face::every, false,
     "Energies are modelled from published constants: docs/energy.md has the table.",
     "  reckon energy resnet50 --precision fp32,fp16,int8\n"
     "  reckon energy gpt2 --precision fp16,int8/fp16 --memory hbm2\n"
     "  reckon energy alexnet --train --optimizer adam --batch 32 --node 45nm\n"
     "  reckon energy resnet50 --device tpu-v4 --precision bf16 --batch 64\n"
     "  reckon energy mobilenet-v2 --format csv > layers.csv"},
    {"measure", "Run it with LibTorch: time and bytes, beside the prediction.", Face::program,
     false,
     "Every allocation of the run is counted. Weights and inputs are numbers made from\n"
     "names, not those of the file: docs/measure.md has the formula.",
     "  reckon measure 784-128-64-10 --train --batch 32\n"
     "  reckon measure resnet18.onnx --batch 8 --repeats 30\n"
     "  reckon measure mobilenet-v2 --train --format csv > layers.csv"},
    {"train", "Train it with LibTorch: what it learns, and the bill.", Face::program, false,
     "Weights begin anew, by --seed; the file's own are never read. The same seed gives\n"
     "the same training on one thread, broken and resumed or not. docs/train.md has the\n"
     "data that it reads. `reckon train compare` trains LeNet and a reduced AlexNet beside\n"
     "each other, in a quarter of an hour on two cores.",
     "  reckon train lenet5 --epochs 3\n"
     "  reckon train 784-128-64-10 --optimizer adam --schedule cosine\n"
     "  reckon train lenet5 --checkpoint lenet.ckpt --resume\n"
     "  reckon train resnet18 --resolution 32 --set classes=10 --subset 5000 --epochs 2\n"
     "  reckon train lenet5 --plot curves.svg --out lenet.json\n"
     "  reckon train compare --shipped\n"
     "  reckon train compare --plot compare.svg"},
    {"chip", "How to split a chip's area and power for a network.", Face::every, false,
     "Every design of a lattice is compared: multipliers, memory on the chip, bandwidth.\n"
     "docs/energy.md has the model and its constants, many of which are assumed.",
     "  reckon chip resnet50 --area-mm2 400 --power-w 175\n"
     "  reckon chip gpt2 --area-mm2 400 --power-w 175 --precision bf16 --batch 8\n"
     "  reckon chip mobilenet-v2 --area-mm2 50 --power-w 10 --memory ddr\n"
     "  reckon chip resnet50 --area-mm2 400 --power-w 175 --constant chip.other_share=0.4\n"
     "  reckon chip resnet50 --area-mm2 400 --power-w 175 --plot chip.svg"},
    {"devices",
     "The devices; `calibrate` measures this one, `fit` makes one.",
     Face::every,
     false,
     {},
     "  reckon devices\n"
     "  reckon devices show h100-sxm\n"
     "  reckon devices show my-board.json\n"
     "  reckon devices calibrate --out here.json\n"
     "  reckon time alexnet --device here.json\n"
     "  reckon devices fit measured.csv --device t4 --out my-t4.json\n"
     "  reckon devices fit gpt2 --device t4 --batch 8 --seconds 0.61 --out my-t4.json\n"
     "  reckon devices fit table.csv --rate rtx3090_images_per_s\n"
     "  reckon devices --format csv > devices.csv"},
    {"silicon",
     "What activations take of hardware.",
     Face::every,
     false,
     {},
     "  reckon silicon\n"
     "  reckon silicon --measure\n"
     "  reckon silicon --constant relu.transistors=100\n"
     "  reckon silicon --format csv > silicon.csv"},
    {"gradients",
     "What layers, or steps in time, leave of a gradient.",
     Face::every,
     false,
     {},
     "  reckon gradients resnet50 --batch 8\n"
     "  reckon gradients vit-b-16 --batch 4 --measure --seeds 2\n"
     "  reckon gradients model.onnx --initialisation he --format csv\n"
     "  reckon gradients\n"
     "  reckon gradients --activation tanh --initialisation xavier\n"
     "  reckon gradients --activation relu --initialisation he --depth 50\n"
     "  reckon gradients --activation gelu --format csv\n"
     "  reckon gradients rnn --radius 0.9 --steps 100 --explain\n"
     "  reckon gradients rnn --matrix nonnormal --activation tanh\n"
     "  reckon gradients lstm --gate-bias 2 --steps 200"},
    {"rules", "Rules of thumb on trial: estimates beside exact figures.", Face::every, false,
     "Without MODEL, on all built-in networks.",
     "  reckon rules\n"
     "  reckon rules resnet50 --batch 64\n"
     "  reckon rules gpt2 --set sequence=256 --device h100-sxm\n"
     "  reckon rules --format csv > rules.csv"},
    {"networks",
     "The built-in networks; show NAME prints one to copy.",
     Face::every,
     false,
     {},
     "  reckon networks\n"
     "  reckon networks show mnist > mine.net\n"
     "  reckon mine.net"},
    {"lab",
     "Serves the labs to a browser on this machine.",
     Face::program,
     false,
     {},
     "  reckon lab\n"
     "  reckon lab --port 8080 --no-open",
     "For authors (docs/labs.md), where LAB is a folder:\n"
     "  reckon lab check LAB              proves it, or says what is wrong\n"
     "  reckon lab document LAB           what a page draws, in JSON\n"
     "  reckon lab evaluate LAB [JSON]    the answer to a question about its figures\n"
     "  reckon lab pack LAB               the lab and its document as the page takes them"},
    {"ledger", "The design ledger of a lab: show it, or verify that it is whole.", Face::program,
     false, "Exit status 3 where something differs; the first entry that does is named.",
     "  reckon ledger show design-ledger-05.json\n"
     "  reckon ledger verify design-ledger-05.json"},
    {"completions",
     "A completion script for bash, zsh or fish.",
     Face::program,
     false,
     {},
     "  source <(reckon completions bash)\n"
     "  reckon completions fish > ~/.config/fish/completions/reckon.fish"},
    {"complete", "Names for the completion scripts, one a line.", Face::program, true},
    {"docs", "Prints a page of docs/ that is made from the code.", Face::program, true},
    {"version", "Which Reckon this is.", Face::json},
    {"curve", "An activation and its derivative, point by point.", Face::json},
    {"step", "What a training step multiplies, forward and backward.", Face::json},
    {"activation_share", "What a network's activations take of its hardware.", Face::json},
    {"training", "A small deep network on a made task, really trained.", Face::json},
    {"activation_loop", "Evaluations of an activation, for the caller's clock.", Face::json},
    {"pointer_chase", "Dependent loads, for the caller's clock.", Face::json},
};

}  // namespace

std::span<const QuestionKind> question_kinds() {
  return kinds;
}

}  // namespace reckon
