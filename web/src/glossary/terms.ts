// The words of the course. A term explains itself in a sentence or two, with a small picture to walk over where one
// helps, and leads to the instrument that has figures. No sentence here has a number that would need one.
import type { PictureValue } from "../lab/instruments";

export interface Term {
  name: string;
  also?: string;
  text: string;
  picture?: { draws: PictureValue["draws"]; data: unknown };
  curve?: (x: number) => number; // of an activation function
  see?: { lab: string; place: string; title: string };
}

const anatomy = "07-anatomy-of-layers";
const costs = "08-what-it-costs";
const window_of = (over: Record<string, unknown>) => ({
  draws: "window" as const,
  data: { kind: "conv", kernel: 3, stride: 1, padding: 0, dilation: 1, groups: 1, in_side: 7, out_side: 5, channels: 4, outputs: 4, ...over },
});

export const terms: Term[] = [
  { name: "Activation", also: "feature", text: "What a neuron puts out for one input. Activations are made anew for every image; the backward pass of training needs them again.", see: { lab: costs, place: "act2.skyline", title: "The skyline of activations" } },
  { name: "Activation function", text: "The small function behind each neuron that is not a straight line. Without it a stack of layers would be no more than one layer.", curve: (x) => 1 / (1 + Math.exp(-x)), see: { lab: "05-neural-computation", place: "act1.comparator", title: "What activations cost" } },
  { name: "Attention map", text: "In attention, how much each token takes from each other one: a square with a row and a column for every token.", picture: { draws: "attention", data: { tokens: 24, width: 8 } }, see: { lab: anatomy, place: "act2.attention", title: "Attention has no window" } },
  { name: "Convolution layer", text: "Each output reads a small window of the input, through all channels; the same weights are used at every place.", picture: window_of({}), see: { lab: anatomy, place: "act1.window", title: "One output, and everything it reads" } },
  { name: "Depthwise convolution", text: "Each channel has a kernel of its own, and reads no other channel: as many groups as channels.", picture: window_of({ groups: 4 }), see: { lab: anatomy, place: "act1.window", title: "One output, and everything it reads" } },
  { name: "FLOP", also: "FLOPS with an S is a rate", text: "One operation with floating-point numbers, an addition or a multiplication. FLOPs are an amount of work; FLOPS are so many of them in a second.", see: { lab: costs, place: "act1", title: "Cheap and dear" } },
  { name: "Fully connected layer", also: "linear layer", text: "Each output reads every input, each with a weight that is used nowhere else.", picture: window_of({ kind: "linear", out_side: 1, outputs: 10 }), see: { lab: "06-alexnet", place: "act1.lens", title: "AlexNet, by area" } },
  { name: "Grouped convolution", text: "Convolutions side by side: each group of channels is read by its own group of outputs, and groups never meet.", picture: window_of({ groups: 2 }), see: { lab: anatomy, place: "act1.window", title: "One output, and everything it reads" } },
  { name: "Latency", text: "How long one input waits for its answer, the time to gather a batch included.", see: { lab: costs, place: "act3.conveyor", title: "The conveyor" } },
  { name: "Leaky ReLU", text: "Like ReLU, but with a small slope below zero, so that a unit that is always below it can still learn.", curve: (x) => (x > 0 ? x : 0.1 * x) },
  { name: "MAC", also: "multiply-accumulate", text: "One multiplication whose product is added to a sum: what matrix products are made of. Of floating-point numbers it is two FLOPs.", see: { lab: costs, place: "act1", title: "Cheap and dear" } },
  { name: "Neuron", text: "One output of a layer: a weighted sum of what it reads, then an activation function." },
  { name: "Normalisation layer", text: "Takes numbers that share a mean, subtracts it and divides by their spread. Its kinds differ in which numbers those are.", picture: { draws: "cube", data: { over_images: true, over_channels: false, over_places: true, groups: 1, images: 4 } }, see: { lab: anatomy, place: "act3.cube", title: "The numbers that share a mean" } },
  { name: "OP", also: "OPS with an S is a rate", text: "Any operation: of floating-point numbers, of integers, of bits." },
  { name: "Padding", text: "Numbers, mostly zeros, put around a map so that windows may begin outside of it. PyTorch's default is none.", picture: window_of({ padding: 1, out_side: 7 }), see: { lab: anatomy, place: "act1.window", title: "One output, and everything it reads" } },
  { name: "Parameter", also: "weight, bias", text: "A number that is learned and then stays the same for every input.", see: { lab: "06-alexnet", place: "act1.lens", title: "AlexNet, by area" } },
  { name: "Pooling layer", text: "Takes the largest or the mean of each window of one channel. It learns nothing.", picture: window_of({ kind: "pool", kernel: 2, stride: 2, out_side: 3 }), see: { lab: anatomy, place: "act1.window", title: "One output, and everything it reads" } },
  { name: "Receptive field", text: "The part of the input that one output depends on, through all layers between.", picture: { draws: "cone", data: { kernel: 3, strides: [1, 1, 1, 1], dilations: [1, 2, 4, 8], field: 31, side: 64 } }, see: { lab: anatomy, place: "act2.cone", title: "The cone below one output" } },
  { name: "ReLU", text: "Lets what is above zero through and makes zero of everything else.", curve: (x) => Math.max(0, x), see: { lab: "05-neural-computation", place: "act1.comparator", title: "What activations cost" } },
  { name: "Strided convolution", text: "Its window leaps: of all places only each second, or third, has an output. The map gets smaller, and later layers see farther.", picture: window_of({ stride: 2, out_side: 3 }), see: { lab: anatomy, place: "act1.window", title: "One output, and everything it reads" } },
  { name: "Swish", also: "SiLU", text: "Smooth, and a little below zero before it rises: the input times its own sigmoid.", curve: (x) => x / (1 + Math.exp(-x)) },
  { name: "Synapse", text: "The connection between two neurons; its strength is a weight." },
  { name: "Throughput", text: "How many answers come in a second. Larger batches raise it, and make each input wait longer.", see: { lab: costs, place: "act3.both", title: "Wait and throughput" } },
  { name: "Transformer", text: "A network of blocks in which attention lets tokens look at each other and two fully connected layers work on each token by itself.", see: { lab: anatomy, place: "act2.attention", title: "Attention has no window" } },
  { name: "Weight", text: "A parameter that an input is multiplied by." },
];
