// The engine in a page answers byte for byte as the native one: the page's own loader
// (web/src/engine/module.js) under Node against the shared library of the same C interface, asked by
// tests/ask.c, on every built-in network and every layer of the network language.
//
// usage: node tests/wasm_test.mjs [--time] RECKON.WASM ASK RECKON
//   ASK      reads lines "MODEL<tab>QUESTION" and prints for each the length of the answer in bytes,
//            a line break, the answer, a line break
//   RECKON   the program, which packs labs: the native side reads them in TOML, the page's in JSON
//   --time   prints how long a slider's question takes instead
// Exit status 77 when there is no RECKON.WASM: it has not been built.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { EngineModule } from "../web/src/engine/module.js";
import { difference, native_answers } from "./native_answers.mjs";

const time_it = process.argv[2] === "--time";
const [wasm, ask, reckon] = process.argv.slice(time_it ? 3 : 2);
if (!existsSync(wasm)) {
  console.log(`skipped: there is no ${wasm}; build it with: cmake --preset wasm && cmake --build --preset wasm`);
  process.exit(77);
}
// A megabyte: what labs do not ask for (layers behind an export, files, sweeps) is left out of it.
const most_bytes = 1_000_000;
const most_told = 10; // failures

const engine = new EngineModule(new WebAssembly.Module(readFileSync(wasm)));
let failures = 0;
function expect(holds, what) {
  if (holds) return;
  failures += 1;
  if (failures <= most_told) console.log(`FAILED: ${what}`);
}

const questions = [
  { question: "report" },
  { question: "report", batch: 8, convention: "torchinfo" },
  { question: "layers", all: true },
  { question: "explain" },
  { question: "memory" },
  { question: "memory", arena: "best" },
  { question: "memory", train: true, batch: 32 },
  { question: "memory", train: true, optimizer: "adam", precision: "amp-fp16", policy: "textbook" },
  { question: "fit", max: "batch", train: true, budget: "8GiB", optimizer: "adam" },
  { question: "step", batch: 32, optimizer: "adam" },
];
const without_model = [
  { question: "version" },
  { question: "networks" },
  { question: "devices" },
  { question: "activation_loop", activation: "relu", evaluations: 100000 },
  { question: "pointer_chase", bytes: 65536, steps: 1000 },
  { question: "no such question" },
  {},
];

// Every layer of the language (docs/network-language.md), so that no operator's row is missing in the
// page's engine (src/ops/core_families.cpp).
const layers = [
  "input 4x16x16; conv 8 3x3 pad=1; relu; conv2d 8 3x3 pad=same groups=2; relu6; depthwise 3x3 multiplier=2; leaky_relu 0.01; deconv 8 3x3 stride=2 pad=1 output_pad=1; prelu channels=true; maxpool 2x2; elu 1; avgpool 2x2; celu 1; adaptive_avgpool 3x3; selu; global_avgpool; flatten; linear 10; softmax",
  "input 8x32; conv1d 8 3; silu; global_maxpool; flatten; dense 4; log_softmax",
  "input 2x8x8x8; conv3d 4 3x3x3; mish; upsample 2; hardsigmoid; pad 1; softsign",
  "input 8x16x16; batchnorm; sigmoid; instancenorm; tanh; groupnorm 2; softplus; lrn 5; hardswish; pixel_shuffle 2; upsample 2 mode=linear; identity",
  "input 16x32; layernorm; attention heads=4 causal=true; rmsnorm; attention heads=4 kv_heads=2 rotary=true; gelu approximate=tanh; attention heads=4 fused=false dropout=0.1; dropout 0.1; class_token; gelu; select first; linear 4",
  "input 16x32; lstm 16 layers=2 bidirectional=true; gru 16; rnn 16; transpose; transpose 0 2 1; lstm 8 return=last",
  "input 16 int64; e = embedding 100 32; position_embedding; add e; multiply e; concat e axis=1; reshape 32 x -1; select last; linear 100",
  "input 3x8x8; residual { conv 6 1x1 } shortcut { conv 6 1x1 }; parallel concat { { conv 4 1x1 } { maxpool 3x3 stride=1 pad=1 } }; parallel multiply { { identity } { sigmoid } }; repeat 2 as i { conv 4+i 3x3 pad=1 }",
];

// What the page's engine leaves to the program is refused, not answered otherwise.
const left_out = [
  ["784-128-64-10", { question: "memory", train: true, checkpoint: "sqrt" }, "recomputation"],
  ["784-128-64-10", { question: "memory", arena: "optimal" }, "arena"],
  ["784-128-64-10", { question: "memory", order: "best" }, "order"],
  ["784-128-64-10", { question: "memory", where: "cuda" }, "GPU"],
  ["784-128-64-10", { question: "memory", precision: "autocast-bf16" }, "autocast"],
  ["784-128-64-10", { question: "memory", alive: true }, "tensors"],
  ["784-128-64-10", { question: "graph" }, "graph"],
  ["784-128-64-10", { question: "energy", device: "t4" }, "energy"],
  ["784-128-64-10", { question: "time", device: "t4" }, "time"],
  ["vgg16", { question: "fit", advise: true, train: true, batch: 4096, device: "laptop-8gb" }, "changes"],
];

// And so are the keys of what it leaves out.
const no_keys = [
  ["lenet5", { question: "layers", depth: 2 }, "depth"],
  ["lenet5", { question: "explain", layer: "#1", element: "middle" }, "element"],
];

const labs = new URL("../labs/", import.meta.url);
const lab_files = (folder) => {
  const at = new URL(`${folder}/`, labs);
  const names = readdirSync(at).filter((name) => name.endsWith(".toml")).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, at), "utf8")]));
};
const packed_lab = (folder) => {
  const packed = spawnSync(reckon, ["lab", "pack", fileURLToPath(new URL(folder, labs))], { maxBuffer: 1 << 26 });
  expect(packed.status === 0, `reckon lab pack ${folder}: ${packed.stderr}`);
  return JSON.parse(packed.stdout);
};
// A lab shows gradients of networks that were really run, so its answers are compared as those below.
const lab_questions = [
  { question: "document" },
  { question: "evaluate", controls: {}, answers: {} },
  { question: "evaluate", controls: {}, answers: {}, elements: ["traceability"] },
  { question: "ledger", entries: [] },
  { question: "no such question" },
];

// exp and tanh of the two C libraries differ in the last of 53 bits, and a network that is twenty
// layers deep carries that on: these answers have the same text but for the ends of their numbers.
// A curve's highest point is flat, so that its place is known to half of the bits only.
const approximate = [
  { question: "silicon" },
  ...["sigmoid", "tanh", "relu", "gelu"].map((activation) => ({ question: "curve", activation })),
  { question: "gradients", activation: "sigmoid", initialisation: "xavier_uniform", depth: 20, width: 32, samples: 8, seeds: 2 },
  { question: "gradients", activation: "relu", depth: 20, width: 32, samples: 8, seeds: 2 },
];
const most_relative = 1e-7;
const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;
function close(a, b) {
  if (a.replace(number, "#") !== b.replace(number, "#")) return false;
  const of_b = b.match(number) ?? [];
  return (a.match(number) ?? []).every((text, i) => {
    const [x, y] = [Number(text), Number(of_b[i])];
    return Math.abs(x - y) <= most_relative * Math.max(Math.abs(x), Math.abs(y)) || Math.max(Math.abs(x), Math.abs(y)) < 1e-300;
  });
}

function compare() {
  const networks = JSON.parse(engine.answer(0, '{"question":"networks"}')).networks.map(({ name }) => name);
  expect(networks.length > 20, `there are ${networks.length} networks`);
  const asked = without_model.map((question) => ["", JSON.stringify(question)]);
  for (const model of [...networks, "784-128-64-10", "mnist?W=65536", "input 784; linear 10", "no-such-network", "a/b.onnx"])
    for (const question of questions) asked.push([model, JSON.stringify(question)]);
  for (const text of layers) {
    const opened = engine.open(text);
    expect(engine.error(opened) === null, `${text}: ${engine.error(opened)}`);
    engine.close(opened);
    for (const question of [{ question: "layers", all: true }, { question: "memory", train: true }, { question: "memory" }])
      asked.push([text, JSON.stringify(question)]);
  }
  const n_exact = asked.length;
  for (const folder of readdirSync(labs).sort()) {
    asked.push(["@open", JSON.stringify(lab_files(folder)), folder]);
    for (const question of lab_questions) asked.push(["@lab", JSON.stringify(question)]);
  }
  for (const question of approximate) asked.push(["", JSON.stringify(question)]);
  const expected_of = native_answers(ask, asked);
  const handles = new Map([["", 0]]);
  let lab = 0;
  for (const [i, [model, question, folder]] of asked.entries()) {
    const expected = expected_of.next().value;
    if (model === "@open") {
      engine.lab_close(lab);
      const packed = packed_lab(folder);
      lab = engine.lab_open(JSON.stringify(packed.files));
      expect(close(engine.lab_answer(lab, '{"question":"document"}'), JSON.stringify(packed.document)), `${folder}: the packed document is another`);
      expect(engine.lab_error(lab) === null, `a lab cannot be opened: ${engine.lab_error(lab)}`);
      continue;
    }
    if (model !== "@lab" && !handles.has(model)) handles.set(model, engine.open(model));
    const answer = Buffer.from(model === "@lab" ? engine.lab_answer(lab, question) : engine.answer(handles.get(model), question));
    const differs = difference(answer, expected);
    if (differs === null || (i >= n_exact && close(answer.toString(), expected.toString()))) continue;
    expect(false, `${model} ${question} ${differs}`);
  }
  expect(expected_of.next().done, "the native side answered as often");
  for (const handle of handles.values()) engine.close(handle);
  engine.lab_close(lab);
  return asked.length;
}

// Bytes, files and text give the graph that the native reader finds; a file in a format that the
// page does not read is refused with a sentence.
function read_files() {
  const path = new URL("../networks/resnet50.net", import.meta.url);
  const bytes = readFileSync(path);
  const memory = engine.open_memory(bytes, "resnet50.net");
  let n_read = 0;
  const file = engine.open_file(
    bytes.length,
    (offset, n) => {
      n_read += n;
      return bytes.subarray(offset, offset + n);
    },
    "resnet50.net",
  );
  for (const model of [memory, file]) {
    expect(engine.error(model) === null, `resnet50.net: ${engine.error(model)}`);
    // As torchvision publishes it.
    expect(JSON.parse(engine.answer(model, "{}")).totals.params === 25557032, "resnet50.net has 25,557,032 parameters");
  }
  expect(n_read > 0, "the file was read through the callback");
  const broken = engine.open_file(
    bytes.length,
    () => {
      throw new Error("the disk is gone");
    },
    "gone.net",
  );
  expect(JSON.parse(engine.error(broken)).error.code === "io_error", "a file that cannot be read is an io_error");
  const onnx = engine.open_memory(readFileSync(new URL("models/resnet18.onnx", import.meta.url)), "resnet18.onnx");
  const { code, message } = JSON.parse(engine.error(onnx)).error;
  expect(code === "unsupported" && message.includes("network language"), `an ONNX file: ${code}, ${message}`);
  const text = engine.open_text("input 784\nlinear 10\n", "tiny");
  expect(JSON.parse(engine.answer(text, "{}")).totals.params === 7850, "784·10 + 10 parameters");
  expect(JSON.parse(engine.error(engine.open_text("linear linear", "wrong"))).error !== undefined, "a bad text is refused");
  for (const model of [memory, file, broken, onnx, text]) engine.close(model);
}

function refuse() {
  for (const [model, question, about] of left_out) {
    const handle = engine.open(model);
    const { error } = JSON.parse(engine.answer(handle, JSON.stringify(question)));
    expect(error?.code === "unsupported" && error.message.includes(about) && error.message.includes("reckon "), `${JSON.stringify(question)}: ${JSON.stringify(error)}`);
    engine.close(handle);
  }
  for (const [model, question, key] of no_keys) {
    const handle = engine.open(model);
    const { error } = JSON.parse(engine.answer(handle, JSON.stringify(question)));
    expect(error?.code === "bad_argument" && error.where === `question.${key}`, `${JSON.stringify(question)}: ${JSON.stringify(error)}`);
    engine.close(handle);
  }
  const lab = engine.lab_open(JSON.stringify({ "lab.toml": "schema = 1" }));
  expect(JSON.parse(engine.lab_error(lab)).error.code === "unsupported", "a lab in TOML is refused");
  engine.lab_close(lab);
}

// Every answer is given back: memory does not grow with the number of questions.
function leak() {
  const pages = () => engine.memory_bytes;
  const model = engine.open("784-128-64-10");
  for (let i = 0; i < 200; ++i) engine.answer(model, '{"question":"layers"}');
  const before = pages();
  for (let i = 0; i < 2000; ++i) engine.answer(model, '{"question":"layers"}');
  expect(pages() === before, `memory grew from ${before} to ${pages()} bytes over 2,000 questions`);
  engine.close(model);
}

function time() {
  const model = engine.open("mnist");
  const times = [];
  for (let i = 0; i < 600; ++i) {
    const question = JSON.stringify({ question: "memory", train: true, batch: 1 + (i % 128), set: { W: 64 + i }, policy: "textbook", optimizer: "adam" });
    const begin = performance.now();
    JSON.parse(engine.answer(model, question));
    if (i >= 100) times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(3);
  const n_bytes = statSync(wasm).size;
  console.log(`reckon.wasm: ${n_bytes} bytes, ${gzipSync(readFileSync(wasm), { level: 9 }).length} with gzip -9`);
  console.log(`a slider's question, ${times.length} times: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, most ${at(1)} ms`);
}

if (time_it) {
  time();
} else {
  const n_bytes = statSync(wasm).size;
  expect(n_bytes < most_bytes, `reckon.wasm has ${n_bytes} bytes, the limit is ${most_bytes}`);
  const n_compared = compare();
  read_files();
  refuse();
  leak();
  console.log(`${n_compared} answers compared, ${failures} failures, reckon.wasm has ${n_bytes} bytes`);
}
process.exit(failures > 0 ? 1 : 0);
