// Long because it is one table.
// The options: one row each (option.h), in the order of --help.
//
// To add an option, add its row here, naming the questions that read it; the code that answers asks
// for it by name (asked.h).
#pragma once

#include "questions/option.h"

namespace reckon {

namespace rows {

inline constexpr std::string_view
    models =
        "report layers explain graph diff memory fit time energy chip measure train rules step "
        "activation_share gradients",
    training = "memory fit time energy measure",
    pages =
        "report layers explain graph diff memory fit time energy chip measure train devices "
        "silicon "
        "gradients rules networks";
inline constexpr Face program = Face::program, json = Face::json;

}  // namespace rows

inline constexpr Option option_rows[] = {
    // What is asked about.
    Option{"model",
           "report layers explain graph diff memory fit time energy chip measure train rules",
           Kind::word, "MODEL", "a file, a built-in network, or 784-128-64-10"}
        .from_list("models")
        .only(rows::program)
        .argument(),
    Option{"other", "diff", Kind::word, "OTHER", "the network to hold it against; none: MODEL"}
        .from_list("models")
        .only(rows::program)
        .argument(),
    Option{"layer", "explain", Kind::word, "LAYER",
           "a name, a module path, or #12 for the twelfth layer"}
        .from_list("layers")
        .argument(),
    Option{"action", "devices", Kind::word, "ACTION", "none: the list; else"}
        .one_of("show calibrate fit")
        .only(rows::program)
        .argument(),
    Option{"about", "devices", Kind::word, "NAME",
           "show: a device or a file; fit: a table, or a network"}
        .from_list("devices")
        .only(rows::program)
        .argument(),
    Option{"action", "networks", Kind::word, "ACTION", "none: the list; else"}
        .one_of("show")
        .only(rows::program)
        .argument(),
    Option{"about", "networks", Kind::word, "NAME", "a network of the list"}
        .from_list("networks")
        .only(rows::program)
        .argument(),
    Option{"action", "ledger", Kind::word, "ACTION", "what to do"}
        .one_of("show verify")
        .only(rows::program)
        .argument(),
    Option{"about", "ledger", Kind::word, "FILE", "the ledger that the lab's page downloaded"}
        .from_list("files")
        .only(rows::program)
        .argument(),
    Option{"action", "lab", Kind::word, "ACTION", "what to do"}
        .by_default("serve")
        .one_of("serve check document evaluate pack")
        .only(rows::program)
        .argument(),
    Option{"about", "lab", Kind::word, "DIR", "a folder of labs/, or the id of a built-in lab"}
        .from_list("files")
        .only(rows::program)
        .argument(),
    Option{"asks", "lab", Kind::word, "QUESTION", "evaluate: in JSON"}
        .only(rows::program)
        .argument(),
    Option{"shell", "completions", Kind::word, "SHELL", "whose script"}
        .one_of("bash zsh fish")
        .only(rows::program)
        .argument(),
    Option{"words", "complete", Kind::names, "WORD", "the call so far; the last word is completed"}
        .only(rows::program)
        .argument(),
    Option{"page", "docs", Kind::word, "PAGE", "which"}
        .one_of("operators json schema options man keys instruments")
        .only(rows::program)
        .argument(),

    // The model.
    Option{"batch",
           "report layers explain graph diff memory fit energy chip measure step activation_share",
           Kind::whole, "N", "inputs in one pass (1)"},
    Option{"batch", "time", Kind::range, "N", "inputs in one pass (1); 1..256: a table"},
    Option{"batch", "rules", Kind::whole, "N", "inputs in one pass"}.by_default("32").within(
        1, 1'000'000'000),
    Option{"batch", "train", Kind::whole, "N", "images in one step"}
        .by_default("64")
        .within(1, 1'000'000)
        .only(rows::program),
    Option{"batches", "time", Kind::range, "N", "as batch: a range, \"1..256\""}.only(rows::json),
    Option{"set", rows::models, Kind::wholes, "NAME=VALUE",
           "a parameter or free dimension; repeatable"}
        .from_list("dims"),
    Option{"shape", rows::models, Kind::names, "INPUT=SHAPE",
           "an input's shape: input=1x3x224x224; repeatable"},
    Option{"other-batch", "diff", Kind::whole, "N", "inputs in one pass of OTHER (as --batch)"},
    Option{"other-set", "diff", Kind::wholes, "NAME=VALUE", "a parameter of OTHER; repeatable"}
        .from_list("dims"),
    Option{"other-shape", "diff", Kind::names, "INPUT=SHAPE", "an input's shape of OTHER"},
    Option{"convention", "report layers", Kind::word, "NAME",
           "pure, torchsummary, torchinfo, fvcore"}
        .by_default("pure")
        .from_list("conventions"),
    Option{"depth", "layers", Kind::whole, "N", "a tree of modules to this depth"}.within(0, 100),
    Option{"element", "explain", Kind::word, "PLACE",
           "also what this element of the layer's output sees: 12,30 from 0, or middle"},
    Option{"all", "layers", Kind::flag, "", "also nodes that only prepare shapes and constants"},
    Option{"all", "report", Kind::flag, "", "as with layers"}.only(rows::json),
    Option{"all", "lab", Kind::flag, "", "with check: a state for everything that is reached"}.only(
        rows::program),

    // A training step.
    Option{"train", rows::training, Kind::flag, "", "a training step, not an inference"},
    Option{"optimizer", "memory fit time energy measure step", Kind::word, "NAME",
           "of a training step: sgd, momentum, adam, adamw, lion, … (sgd)"}
        .from_list("optimizers"),
    Option{"optimizer", "rules", Kind::word, "NAME", "of a training step"}
        .by_default("adam")
        .from_list("optimizers"),
    Option{"optimizer", "train", Kind::word, "NAME", "that moves the weights"}
        .by_default("momentum")
        .one_of("sgd momentum nesterov adam adamw adagrad rmsprop")
        .only(rows::program),
    Option{"precision", "memory fit", Kind::word, "NAME",
           "fp32, fp16, bf16, autocast-bf16, amp-fp16, int8, … (as in the file)"}
        .from_list("precisions"),
    Option{"precision", "time", Kind::word, "NAME",
           "fp32, tf32, fp16, bf16, amp-bf16, autocast-bf16, fp8, int8, … (as in the file)"}
        .from_list("precisions"),
    Option{"precision", "energy", Kind::word, "NAME,…",
           "fp32, fp16, bf16, int8, … (as in the file); several; weights/activations"}
        .from_list("precisions"),
    Option{"precision", "chip", Kind::word, "NAME", "int8, bf16, fp16, fp32 (int8)"}.from_list(
        "precisions"),
    Option{"fold-norms", "memory fit time energy", Kind::word, "on|off",
           "norms run inside the layers before them (on for int8 and microcontrollers)"}
        .one_of("on off"),
    Option{"policy", "memory fit", Kind::word, "NAME", "how the need is counted"}.one_of(
        "pytorch textbook arena"),
    Option{"inplace", "memory fit measure", Kind::word, "on|off",
           "activations overwrite their input"}
        .by_default("on")
        .one_of("on off"),
    Option{"torch", "memory fit", Kind::word, "VERSION", "which PyTorch runs it"}
        .by_default("2")
        .one_of("2 1.13 1.10"),
    Option{"where", "memory fit", Kind::word, "PLACE",
           "a processor or a GPU (what the device is; cpu)"}
        .one_of("cpu cuda"),
    Option{"attention", "memory fit time", Kind::word, "NAME",
           "fused where PyTorch fuses it, or its products and its softmax"}
        .by_default("sdpa")
        .one_of("sdpa math"),
    Option{"update", "memory fit", Kind::word, "WORD",
           "the optimizer's loop (single; foreach on a GPU)"}
        .one_of("single foreach fused"),
    Option{"freeze", "memory fit time energy measure train step", Kind::names, "PREFIX",
           "layers that are not trained; repeatable"}
        .from_list("layers"),
    Option{"accumulate", "memory", Kind::whole, "N", "take the batch in N parts"},
    Option{"zero-grad", "memory fit", Kind::flag, "",
           "gradients are set to zero, not let go: zero_grad(set_to_none=False)"},
    Option{"context", "memory fit", Kind::bytes, "BYTES",
           "of a GPU: what a program takes beside its tensors (a range, by version)"},
    Option{"margin", "memory fit", Kind::word, "BYTES|N%", "memory that must stay free (0%)"},

    // Memory, and what fits it.
    Option{"arena", "memory", Kind::word, "NAME", "shows the offsets; planner"}.one_of(
        "greedy best optimal"),
    Option{"order", "memory", Kind::word, "NAME", "of an inference's steps"}.one_of("given best"),
    Option{"checkpoint", "memory", Kind::word, "HOW",
           "none, module, selective, attention, every:K, sqrt, optimal, budget=6GiB"}
        .from_list("checkpoints"),
    Option{"device", "memory", Kind::device, "NAME|FILE", "hold the need against this device"},
    Option{"alive", "memory", Kind::flag, "", "the tensors that are alive, and what keeps each"},
    Option{"timeline", "memory", Kind::flag, "", "plot what is alive, step by step"}.only(
        rows::program),
    Option{"device", "fit", Kind::device, "NAME|FILE", "its usable memory is the budget"},
    Option{"budget", "fit", Kind::bytes, "BYTES", "bytes: 6GiB, 6GB, 512KiB, 8589934592"},
    Option{"max", "fit", Kind::word, "NAME", "what to maximise: batch or a --set name"}.from_list(
        "variables"),
    Option{"smallest-device", "fit", Kind::flag, "", "which device it takes"},
    Option{"advise", "fit", Kind::flag, "", "the least change that makes it fit"},

    // Time and energy.
    Option{"device", "time", Kind::device, "NAME|FILE",
           "a device of `reckon devices`, or a file of your own"},
    Option{"device", "rules", Kind::device, "NAME|FILE", "that times are for"}.by_default(
        "laptop-8gb"),
    Option{"device", "energy", Kind::device, "NAME|FILE", "takes its time and idle power"},
    Option{"device", "measure", Kind::word, "NAME", "that runs it"}.by_default("cpu").one_of(
        "cpu cuda"),
    Option{"on", "measure train", Kind::device, "DEVICE",
           "predict the time for this device, or device file"},
    Option{"fused", "time", Kind::word, "on|off",
           "element-wise layers join the kernel before (on; --library eager: --compile)"}
        .one_of("on off"),
    Option{"fused", "energy", Kind::word, "on|off", "element-wise layers join the kernel before"}
        .by_default("on")
        .one_of("on off"),
    Option{"compile", "time", Kind::flag, "", "PyTorch on a GPU is compiled (torch.compile)"},
    Option{"library", "time", Kind::word, "NAME",
           "whose kernels: the roofline alone, LibTorch on a processor, PyTorch on a GPU (eager "
           "on a GPU, else none)"}
        .one_of("none libtorch eager"),
    Option{"overlap", "time", Kind::word, "on|off", "load while computing (double buffering)"}
        .by_default("on")
        .one_of("on off"),
    Option{"layers", "time", Kind::flag, "", "every layer, with its parts"}.only(rows::program),
    Option{"kinds", "time", Kind::flag, "", "the layers by kind"}.only(rows::program),
    Option{"shapes", "time", Kind::flag, "",
           "wide against deep: fully connected networks of as many parameters"},
    Option{"area-mm2", "chip", Kind::real, "MM2", "of the whole chip"},
    Option{"power-w", "chip", Kind::real, "W", "of the whole chip"},
    Option{"node", "energy", Kind::word, "NAME", "process of the constants (7nm)"}.one_of(
        "45nm 7nm"),
    Option{"node", "chip", Kind::word, "NAME", "process of the constants: 7nm"},
    Option{"memory", "energy", Kind::word, "NAME", "behind the chip"}.one_of("ddr hbm2 gddr6 sram"),
    Option{"memory", "chip", Kind::word, "NAME", "behind the chip (hbm2)"}.one_of("hbm2 gddr6 ddr"),
    Option{"sram", "energy", Kind::word, "NAME", "on the chip (1mb)"}.one_of("8kb 32kb 1mb"),
    Option{"idle-w", "energy", Kind::real, "W", "what the device draws when idle"},
    Option{"plot", "time", Kind::word, "FILE", "write the roofline as SVG to this file"}
        .from_list("files")
        .only(rows::program),
    Option{"plot", "chip", Kind::word, "FILE", "draw the designs as SVG to this file"}
        .from_list("files")
        .only(rows::program),

    // A run.
    Option{"threads", "measure train", Kind::whole, "N", "of the processor (one a core)"}.within(
        1, 1024),
    Option{"warmup", "measure", Kind::whole, "N", "passes before the timed ones"}
        .by_default("3")
        .within(0, 1'000'000),
    Option{"repeats", "measure", Kind::whole, "N", "timed passes (a second's worth, 10 to 1,000)"}
        .within(1, 1'000'000),
    Option{"values", "measure", Kind::whole, "N", "N elements of each result, in JSON"}.within(
        0, 1'000'000),

    // A training.
    Option{"data", "train", Kind::word, "NAME|FOLDER", "fashion-mnist, made, or files of one's own"}
        .by_default("fashion-mnist")
        .from_list("files")
        .only(rows::program),
    Option{"subset", "train", Kind::whole, "N", "the first N training images alone (all)"}
        .within(1, 1'000'000'000)
        .only(rows::program),
    Option{"resolution", "train", Kind::whole, "N", "images of N×N pixels (as the network has)"}
        .within(1, 65536)
        .only(rows::program),
    Option{"epochs", "train", Kind::whole, "N", "times through the training images"}
        .by_default("10")
        .within(1, 1'000'000)
        .only(rows::program),
    Option{"rate", "train", Kind::real, "X", "learning rate (sgd 0.05, adam 0.001, else 0.01)"}
        .only(rows::program),
    Option{"schedule", "train", Kind::word, "NAME", "how the rate falls"}
        .by_default("constant")
        .one_of("constant step cosine")
        .only(rows::program),
    Option{"initialisation", "train", Kind::word, "NAME",
           "he_uniform, xavier_normal, … (by the activation that follows)"}
        .from_list("initialisations")
        .only(rows::program),
    Option{"seed", "train", Kind::whole, "N", "of weights, order and dropout"}
        .by_default("1")
        .within(0, std::numeric_limits<std::int64_t>::max())
        .only(rows::program),
    Option{"patience", "train", Kind::whole, "N",
           "end after N epochs without a lower loss of a held-out tenth"}
        .within(1, 1'000'000)
        .only(rows::program),
    Option{"checkpoint", "train", Kind::word, "FILE", "kept up to date, to go on after a break"}
        .from_list("files")
        .only(rows::program),
    Option{"every", "train", Kind::whole, "N", "steps between checkpoints (half a minute)"}
        .within(1, 1'000'000'000)
        .only(rows::program),
    Option{"resume", "train", Kind::flag, "", "go on from the checkpoint, where there is one"}.only(
        rows::program),
    Option{"full", "train", Kind::flag, "", "compare: in full size, for hours on a processor"}.only(
        rows::program),
    Option{"shipped", "train", Kind::flag, "", "compare: only what comes with Reckon"}.only(
        rows::program),
    Option{"out", "train", Kind::word, "FILE", "write the answer as JSON to this file"}
        .from_list("files")
        .only(rows::program),
    Option{"plot", "train", Kind::word, "FILE", "draw the curves as SVG to this file"}
        .from_list("files")
        .only(rows::program),

    // Devices.
    Option{"device", "devices", Kind::device, "NAME|FILE", "fit: whose measured times they are"}
        .only(rows::program),
    Option{"seconds", "devices", Kind::real, "S", "fit: one measured time, of a network"}.only(
        rows::program),
    Option{"batch", "devices", Kind::whole, "N", "fit: of that network (1)"}.only(rows::program),
    Option{"set", "devices", Kind::wholes, "NAME=VALUE", "fit: its parameters; repeatable"}.only(
        rows::program),
    Option{"mode", "devices", Kind::word, "NAME", "fit: what was timed"}
        .by_default("inference")
        .one_of("inference training forward-backward")
        .only(rows::program),
    Option{"precision", "devices", Kind::word, "NAME", "fit: fp32, fp16 or bf16 (as in the file)"}
        .from_list("precisions")
        .only(rows::program),
    Option{"optimizer", "devices", Kind::word, "NAME", "fit: of a training step (sgd)"}
        .from_list("optimizers")
        .only(rows::program),
    Option{"attention", "devices", Kind::word, "NAME", "fit: as PyTorch ran it"}
        .by_default("sdpa")
        .one_of("sdpa math")
        .only(rows::program),
    Option{"compile", "devices", Kind::flag, "", "fit: PyTorch was compiled"}.only(rows::program),
    Option{"out", "devices", Kind::word, "FILE", "calibrate, fit: write the device to this file"}
        .from_list("files")
        .only(rows::program),
    Option{"name", "devices", Kind::word, "NAME",
           "calibrate, fit: what it is called (this-machine, t4-fitted); fit --rate: the column of "
           "names (model)"}
        .only(rows::program),
    Option{"runs", "devices", Kind::whole, "N", "calibrate: of each measurement (15)"}
        .within(1, 1000)
        .only(rows::program),
    Option{"patience", "devices", Kind::whole, "N",
           "calibrate: seconds to wait for undisturbed runs, each"}
        .by_default("3")
        .within(1, 600)
        .only(rows::program),
    Option{"rate", "devices", Kind::word, "COLUMN",
           "fit: images a second, measured: a machine in a few numbers"}
        .only(rows::program),
    Option{"macs", "devices", Kind::word, "COLUMN", "fit: MACs of one image"}
        .by_default("gmacs*1e9")
        .only(rows::program),
    Option{"outputs", "devices", Kind::word, "COLUMN",
           "fit: outputs of convolutions and linear layers"}
        .by_default("macts*1e6")
        .only(rows::program),
    Option{"params", "devices", Kind::word, "COLUMN", "fit: parameters"}
        .by_default("params_M*1e6")
        .only(rows::program),
    Option{"batches", "devices", Kind::word, "COLUMN",
           "fit: images in one pass (RATE_batch, else 1)"}
        .only(rows::program),
    Option{"folds", "devices", Kind::whole, "N", "fit: of the cross-validation"}
        .by_default("10")
        .within(2, 1000)
        .only(rows::program),

    // Activations and gradients.
    Option{"model", "gradients", Kind::word, "MODEL",
           "a network; rnn, lstm, gru: through time; none: a chain of layers"}
        .from_list("models")
        .only(rows::program)
        .argument(),
    Option{"cell", "gradients", Kind::word, "CELL", "through time"}
        .one_of("rnn lstm gru")
        .only(rows::json),
    Option{"batch", "gradients", Kind::whole, "N", "of a network (32)"},
    Option{"constant", "energy chip silicon activation_share", Kind::reals, "NAME=VALUE",
           "put a value of your own for a constant"}
        .from_list("constants")
        .in_json("overrides"),
    Option{"measure", "gradients", Kind::flag, "",
           "of a network: back-propagate it for real, too (LibTorch)"}
        .only(rows::program),
    Option{"threads", "gradients", Kind::whole, "N", "of the processor, to measure (one a core)"}
        .within(1, 1024)
        .only(rows::program),
    Option{"measure", "silicon", Kind::flag, "", "time them on this processor, too"}.only(
        rows::program),
    Option{"activation", "gradients", Kind::word, "NAME",
           "sigmoid, tanh, relu, gelu, … (sigmoid; none of an rnn)"}
        .from_list("activations"),
    Option{"activation", "curve", Kind::word, "NAME", "sigmoid, tanh, relu, gelu, …"}
        .from_list("activations")
        .only(rows::json),
    Option{"activation", "activation_loop", Kind::word, "NAME", "or \"none\": the loop alone"}
        .from_list("activations")
        .only(rows::json),
    Option{"activation", "activation_share", Kind::word, "NAME", "in place of the network's own"}
        .from_list("activations")
        .only(rows::json),
    Option{"initialisation", "gradients", Kind::word, "NAME", "torch_default, xavier_normal, …"}
        .by_default("torch_default")
        .from_list("initialisations"),
    Option{"depth", "gradients", Kind::whole, "N", "layers, 1 to 256"}.by_default("20").within(1,
                                                                                               256),
    Option{"units", "gradients", Kind::whole, "N", "in every layer, 1 to 4096"}
        .by_default("128")
        .within(1, 4096)
        .in_json("width"),
    Option{"radius", "gradients", Kind::real, "R", "rnn, lstm, gru: largest eigenvalue"}.by_default(
        "0.9"),
    Option{"matrix", "gradients", Kind::word, "NAME", "rnn, lstm, gru: the recurrent matrix"}
        .by_default("orthogonal")
        .one_of("orthogonal symmetric random nonnormal"),
    Option{"gate-bias", "gradients", Kind::real, "B", "lstm, gru: of the forget or update gate"}
        .by_default("1"),
    Option{"steps", "gradients", Kind::whole, "N", "rnn, lstm, gru: back in time"}
        .by_default("100")
        .within(1, 1000),
    Option{"explain", "gradients", Kind::flag, "", "rnn: the derivation with its numbers"}.only(
        rows::program),
    Option{"samples", "gradients", Kind::whole, "N", "in the batch"}.by_default("32").within(1,
                                                                                             4096),
    Option{"seeds", "gradients", Kind::whole, "N", "networks to take the mean of (measured: 4)"}
        .by_default("8")
        .within(1, 1024),
    Option{"activation", "training", Kind::word, "NAME", "sigmoid, tanh, relu, gelu, …"}
        .by_default("relu")
        .from_list("activations")
        .only(rows::json),
    Option{"initialisation", "training", Kind::word, "NAME", "torch_default, xavier_normal, …"}
        .by_default("torch_default")
        .from_list("initialisations")
        .only(rows::json),
    Option{"optimizer", "training", Kind::word, "NAME", "sgd or adam"}
        .by_default("sgd")
        .one_of("sgd adam")
        .only(rows::json),
    Option{"learning-rate", "training", Kind::real, "X", "0.03 with sgd, 0.001 with adam"}.only(
        rows::json),
    Option{"depth", "training", Kind::whole, "N", "layers, 1 to 64"}
        .by_default("20")
        .within(1, 64)
        .only(rows::json),
    Option{"width", "training", Kind::whole, "N", "units of a layer, 4 to 128"}
        .by_default("16")
        .within(4, 128)
        .only(rows::json),
    Option{"steps", "training", Kind::whole, "N", "up to 2,000"}
        .by_default("100")
        .within(0, 2000)
        .only(rows::json),
    Option{"seed", "training", Kind::whole, "N", "of the network and of the task"}
        .by_default("1")
        .within(0, 1'000'000)
        .only(rows::json),
    Option{"from", "curve", Kind::real, "X", "where the curve begins"}.by_default("-6").only(
        rows::json),
    Option{"to", "curve", Kind::real, "X", "where it ends"}.by_default("6").only(rows::json),
    Option{"points", "curve", Kind::whole, "N", "of the curve"}.by_default("201").only(rows::json),
    Option{"evaluations", "activation_loop", Kind::whole, "N",
           "work that the caller takes the time of"}
        .only(rows::json),
    Option{"bytes", "pointer_chase", Kind::whole, "N", "to walk through"}.only(rows::json),
    Option{"steps", "pointer_chase", Kind::whole, "N", "work that the caller takes the time of"}
        .by_default("0")
        .only(rows::json),

    // The labs.
    Option{"lab", "ledger", Kind::word, "DIR", "the lab's files, where it is not built in"}
        .from_list("files")
        .only(rows::program),
    Option{"port", "lab", Kind::whole, "N", "where to listen (8050); 0 takes any that is free"}
        .within(0, 65535)
        .only(rows::program),
    Option{"host", "lab", Kind::word, "ADDRESS", "the address to listen on (127.0.0.1)"}.only(
        rows::program),
    Option{"folder", "lab", Kind::word, "DIR",
           "a lab of your own, or the page where it is not found"}
        .from_list("files")
        .only(rows::program),
    Option{"timeout", "lab", Kind::whole, "SECONDS", "end what a visitor leaves unfinished (10)"}
        .within(1, 3600)
        .only(rows::program),
    Option{"open", "lab", Kind::flag, "", "open a browser, on a desktop (as a terminal does)"}.only(
        rows::program),
    Option{"no-open", "lab", Kind::flag, "", "open no browser"}.only(rows::program),

    // The page.
    Option{"format", rows::pages, Kind::word, "FORMAT", "of the page"}
        .by_default("text")
        .one_of("text json csv markdown")
        .only(rows::program),
    Option{"width", rows::pages, Kind::whole, "N", "columns of a line (as the terminal has)"}
        .within(40, 1000)
        .only(rows::program),
    Option{"ascii", rows::pages, Kind::flag, "", "only ASCII characters"}.only(rows::program),
    Option{"no-color", rows::pages, Kind::flag, "", "no colours (as with NO_COLOR)"}
        .or_spelled("no-colour")
        .only(rows::program),
};

}  // namespace reckon
