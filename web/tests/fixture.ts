// A stand-in of the engine, for work on the page's look while no WebAssembly is built
// (vite --mode fixture). Its figures are plausible and nothing more; no test reads them.
import type { ActivationsValue, Answers, Controls, ElementValue, Evaluation, Figure, LabDocument, SeriesValue, Text } from "../src/lab/contract";

const figure = (text: string, value: Figure["value"] = null): Figure => ({ text, value, expression: "fixture", standing: "modelled" });
const say = (markdown: string, ...figures: Figure[]): Text => ({ markdown, figures });
const common = (note: Text) => ({ note, alert: null as Text | null, change: null as Text | null });

export const document_: LabDocument = {
  schema: 1, id: "05-neural-computation", chapter: 5, title: "Neural computation", minutes: [35, 40], engine: "fixture", textbook: true,
  intro: say("A network is a chain of matrix products and activations, and **every design choice has a price**.\n\nThere are ⟦0⟧ parameters.", figure("109,386", 109386)),
  controls: [
    { id: "depth", type: "range", label: "Layers", min: 1, max: 20, step: 1, scale: "linear", default: 8, help: "" },
    { id: "batch", type: "number_choice", label: "Batch", options: [1, 8, 16, 32, 64, 128, 1024].map((v) => ({ value: v, label: String(v) })), default: 32, help: "" },
    { id: "device", type: "choice", label: "Device", options: [["h100", "H100, 80 GB"], ["laptop-8gb", "laptop GPU, 8 GB"], ["mcu-256kb", "microcontroller, 256 KB"]].map(([value, label]) => ({ value: value!, label: label! })), default: "laptop-8gb", help: "" },
    { id: "W", type: "range", label: "Width W", min: 64, max: 65536, step: 1, scale: "log", default: 128, help: "" },
    { id: "relu_transistors", type: "constant", label: "ReLU transistors", default: 50, standing: "reference", source: "textbook", help: "" },
  ],
  acts: [
    {
      id: "act1", title: "The transistor tax", minutes: 12, intro: say("How much silicon is an activation? $\\sigma(x) = 1/(1+e^{-x})$"),
      prediction: { id: "act1.prediction", prompt: say("How much more silicon does a sigmoid unit need than a ReLU unit?"), optional: false, lock_label: "Lock my prediction",
        fields: [{ id: "ratio", type: "choice", label: "Ratio", options: [["same", "about the same"], ["x5", "about 5×"], ["x20", "about 20×"], ["x50", "about 50×"]].map(([id, label]) => ({ id: id!, label: label! })) }] },
      instruments: [
        { id: "act1.comparator", type: "activations", title: "The comparator", intro: say("Side by side."), controls: ["relu_transistors"] },
        { id: "act1.depth", type: "series", title: "Depth", intro: say("Gradients against depth."), controls: ["depth"] },
      ],
      reveal: { id: "act1.reveal" },
      reflections: [{ id: "act1.reflection", prompt: say("Sigmoid blocks learning because ⟪why⟫. This is a ⟪kind⟫ failure."), optional: false, lock_label: "Answer",
        fields: [{ id: "why", type: "choice", label: "why", options: [{ id: "a", label: "gradients vanish" }, { id: "b", label: "it is slow" }] }, { id: "kind", type: "choice", label: "kind", options: [{ id: "silent", label: "silent" }, { id: "loud", label: "loud" }] }] }],
      peeks: [{ id: "act1.peek", title: "Math peek", text: say("$$\\sigma'(x) \\le \\tfrac14 \\Rightarrow \\prod \\le 0.25^L$$\n\nso it vanishes.") }],
      decisions: [{ id: "act1.activation", prompt: say("Which activation would you ship?"), optional: false, lock_label: "Ship it", fields: [{ id: "choice", type: "choice", label: "Activation", options: [{ id: "relu", label: "ReLU" }, { id: "gelu", label: "GELU" }] }] }],
    },
    {
      id: "act2", title: "The memory wall of training", minutes: 22, intro: say("Training keeps more than weights."),
      prediction: { id: "act2.prediction", prompt: say("Training takes ⟪memory⟫ at batch 32."), optional: false, lock_label: "Lock my prediction",
        fields: [{ id: "memory", type: "number", label: "Memory", units: [{ label: "KiB", factor: 1024 }, { label: "MB", factor: 1e6 }], min: 0, max: null }] },
      instruments: [
        { id: "act2.ledger", type: "bars", title: "The training memory ledger", intro: say("Four parts."), controls: ["batch", "device", "W"] },
        { id: "act2.challenge", type: "challenge", title: "The scaling challenge", intro: say("Find the wall."), controls: ["W"] },
        { id: "act2.step", type: "waterfall", title: "The price of a step", intro: say("Forward, backward, update."), controls: ["depth"] },
        { id: "act2.context", type: "regions", title: "Two contexts", intro: say("Fits and does not."), controls: ["W"] },
      ],
      reveal: { id: "act2.reveal" }, reflections: [], peeks: [], decisions: [],
    },
  ],
  closing: say("Take the ledger home."), ledger: { file_name: "design_ledger_05.json", keys: ["chapter", "activation_choice"] },
};

const x = Array.from({ length: 121 }, (_, i) => -6 + i / 10);
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
const card = (name: string, f: (v: number) => number, d: (v: number) => number): ActivationsValue["cards"][number] => ({
  name, label: name, formula_tex: "f(x) = \\frac{1}{1+e^{-x}}", derivative_tex: "f'(x) = f(1-f)", shown: true, loop: name, baseline: "relu",
  rows: [{ label: "Transistors", figure: figure("2,500", 2500), constant: name === "relu" ? "relu_transistors" : undefined, textbook: figure("2,500") }, { label: "Cycles", figure: figure("20–40") }],
  curve: { x, value: x.map(f), derivative: x.map(d), saturated: name === "relu" ? [[null, 0]] : [[null, -5.3], [5.3, null]] },
});
const series = (depth: number): SeriesValue => ({
  type: "series", x: { label: "Layers", unit: "", scale: "linear", values: Array.from({ length: 20 }, (_, i) => i + 1), marked: depth }, y: { label: "Gradient", unit: "", scale: "log" },
  lines: [
    { id: "sigmoid.bound", label: "sigmoid, bound", style: "bound", standing: "exact", y: Array.from({ length: 20 }, (_, i) => 0.25 ** (i + 1)) },
    { id: "relu.bound", label: "ReLU, bound", style: "bound", standing: "exact", y: Array.from({ length: 20 }, () => 1) },
    { id: "sigmoid.points", label: "sigmoid, really back-propagated", style: "points", standing: "measured", y: Array.from({ length: 20 }, (_, i) => 0.15 ** (i + 1)), low: Array.from({ length: 20 }, (_, i) => 0.13 ** (i + 1)), high: Array.from({ length: 20 }, (_, i) => 0.18 ** (i + 1)) },
  ],
  thresholds: [{ label: "Learning becomes impossible", y: 1e-6 }],
});
function value_of(id: string, c: Controls, a: Answers): ElementValue {
  const W = Number(c["W"]);
  const bytes = (v: number) => figure(`${(v / 1024).toFixed(2)} KiB`, v);
  const parts = [437544, 437544, 875088, 3944 * Number(c["batch"])];
  const total = parts.reduce((a, b) => a + b) * (W / 128);
  const budget = { h100: 80e9, "laptop-8gb": 8 * 2 ** 30, "mcu-256kb": 256 * 1024 }[String(c["device"])]!;
  switch (id) {
    case "act1.comparator": return { type: "activations", ...common(say("Note.")), cards: [card("sigmoid", sigmoid, (v) => sigmoid(v) * (1 - sigmoid(v))), card("tanh", Math.tanh, (v) => 1 - Math.tanh(v) ** 2), card("relu", (v) => Math.max(0, v), (v) => (v > 0 ? 1 : 0))] };
    case "act1.depth": return { ...common(say("At ⟦0⟧ layers.", figure(String(c["depth"])))), ...series(Number(c["depth"])) };
    case "act2.ledger": return { type: "bars", ...common(say("Total ⟦0⟧.", bytes(total))), change: say("+⟦0⟧, all of it activations", figure("123 KiB")), alert: total > budget ? say("OOM: Training infeasible on this device.\n\nBy much.") : null, unit: "bytes",
      bars: ["Weights", "Gradients", "Optimizer state", "Activations"].map((label, i) => ({ id: label, label, figure: bytes(parts[i]! * (W / 128)), explain: say("Explained.") })), total: bytes(total), limit: { label: "limit", figure: bytes(budget) }, textbook: figure("1,708 KB") };
    case "act2.challenge": return { type: "challenge", ...common(say("Note.")), goal: say("Find the largest W."), variable: "W", used: bytes(total), budget: bytes(2 ** 33), fits: total < 2 ** 33, shares: [{ label: "layer 1", figure: figure("91.9 %"), share: 0.919 }, { label: "layer 2", figure: figure("7.5 %"), share: 0.075 }, { label: "layer 3", figure: figure("0.6 %"), share: 0.006 }], certificate: a[id] ? { accepted: a[id]!["committed"] === 31975, text: say("The largest is ⟦0⟧.", figure("31,975")), rows: [{ label: "W", figure: figure("8,589,9") }] } : null };
    case "act2.step": return { type: "waterfall", ...common(say("Note.")), unit: "macs", steps: [["forward", 100], ["weights’ gradients", 100], ["inputs’ gradients", 8], ["update", 20]].map(([l, v]) => ({ id: String(l), label: String(l), figure: figure(`${v} k`), value: Number(v) })), total: figure("228 k"), limit_series: series(3) };
    case "act2.context": return { type: "regions", ...common(say("Note.")), variable: { label: "Width W", unit: "", scale: "log", min: 64, max: 65536, value: W }, rows: [{ id: "a", label: "inference", from: 64, to: 21000, fits_now: W < 21000, used: bytes(1e6), budget: bytes(2e9), text: say("fits") }, { id: "b", label: "training", from: 64, to: 15601, fits_now: W <= 15601, used: bytes(1e9), budget: bytes(2e9), text: say("fits") }], discovery: { from: 15602, to: 21000, inside: W > 15601, text: say("Here it can be used and not trained.") } };
    case "act1.reveal": case "act2.reveal": return { type: "reveal", text: say("You predicted X. The ratio is ⟦0⟧.", figure("50×")) };
    default: return { type: "feedback", fields: Object.fromEntries(["why", "kind", "ratio", "memory"].map((f) => [f, { correct: f !== "kind", text: say("Because."), key: null }])) };
  }
}

export class Engine {
  readonly version = "fixture";
  readonly ready = Promise.resolve();
  static start(): Engine { return new Engine(); }
  async open_lab(): Promise<void> {}
  async ask<T>(): Promise<T> { return {} as T; }
  async time_loop() { return { answer: null, count: 1, seconds: [1], median_s: 1, ns_per_count: { low: 1, median: 2, high: 3 } }; }
  async lab<T>(q: { question: string; controls?: Controls; answers?: Answers; elements?: string[] }): Promise<T> {
    if (q.question === "document") return document_ as T;
    if (q.question === "ledger") return { chapter: 5, activation_choice: null } as T;
    if (q.elements?.includes("traceability"))
      return { elements: { traceability: { type: "traceability", claims: [{ id: "a", element: "act1.comparator", claim: "A sigmoid needs 50 times the transistors", textbook: figure("50×"), computed: figure("50×"), verdict: "holds", text: say("Yes."), measure: "pointer_chase" }] } } } as T;
    const evaluation: Evaluation = { elements: Object.fromEntries((q.elements ?? []).map((id) => [id, value_of(id, q.controls ?? {}, q.answers ?? {})])), allowed: {} };
    return evaluation as T;
  }
}
