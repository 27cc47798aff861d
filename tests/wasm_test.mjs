// The engine in a page answers byte for byte as the native one: the page's own loader
// (web/src/engine/module.js) under Node against the shared library of the same C interface, asked by
// tests/ask.c, on every built-in network.
//
// usage: node tests/wasm_test.mjs [--time] RECKON.WASM ASK
//   ASK      reads lines "MODEL<tab>QUESTION" and prints for each the length of the answer in bytes,
//            a line break, the answer, a line break
//   --time   prints how long a slider's question takes instead
// Exit status 77 when there is no RECKON.WASM: it has not been built.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { EngineModule } from "../web/src/engine/module.js";

const time_it = process.argv[2] === "--time";
const [wasm, ask] = process.argv.slice(time_it ? 3 : 2);
if (!existsSync(wasm)) {
  console.log(`skipped: there is no ${wasm}; build it with: cmake --preset wasm && cmake --build --preset wasm`);
  process.exit(77);
}
// The aim is 1,000,000; this keeps it from growing until it is reached.
const most_bytes = 1_500_000;
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
  { question: "memory", train: true, checkpoint: "sqrt" },
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

const labs = new URL("../labs/", import.meta.url);
const lab_files = (folder) => {
  const at = new URL(`${folder}/`, labs);
  const names = readdirSync(at).filter((name) => /\.(toml|net|md)$/.test(name)).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, at), "utf8")]));
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
  const n_exact = asked.length;
  for (const folder of readdirSync(labs).sort()) {
    asked.push(["@open", JSON.stringify(lab_files(folder))]);
    for (const question of lab_questions) asked.push(["@lab", JSON.stringify(question)]);
  }
  for (const question of approximate) asked.push(["", JSON.stringify(question)]);
  const native = spawnSync(ask, {
    input: asked.map((line) => line.join("\t") + "\n").join(""),
    maxBuffer: 1 << 30,
  });
  expect(native.status === 0, `${ask} ended with ${native.status}: ${native.stderr}`);
  let at = 0;
  const handles = new Map([["", 0]]);
  let lab = 0;
  for (const [i, [model, question]] of asked.entries()) {
    if (model === "@open") {
      engine.lab_close(lab);
      lab = engine.lab_open(question);
      expect(engine.lab_error(lab) === null, `a lab cannot be opened: ${engine.lab_error(lab)}`);
      continue;
    }
    const end = native.stdout.indexOf(10, at);
    const n_bytes = Number(native.stdout.toString("latin1", at, end));
    const expected = native.stdout.subarray(end + 1, end + 1 + n_bytes);
    at = end + n_bytes + 2;
    if (model !== "@lab" && !handles.has(model)) handles.set(model, engine.open(model));
    const answer = Buffer.from(model === "@lab" ? engine.lab_answer(lab, question) : engine.answer(handles.get(model), question));
    if (answer.equals(expected)) continue;
    if (i >= n_exact && close(answer.toString(), expected.toString())) continue;
    let first = 0;
    while (first < answer.length && answer[first] === expected[first]) first += 1;
    const near = (bytes) => bytes.toString("utf8", Math.max(0, first - 60), first + 60);
    expect(false, `${model} ${question} differs at byte ${first}:\n  native ${near(expected)}\n  wasm   ${near(answer)}`);
  }
  expect(at === native.stdout.length, "the native side answered something else");
  for (const handle of handles.values()) engine.close(handle);
  engine.lab_close(lab);
  return asked.length;
}

// Bytes and files give the graph that the native reader finds: 25.6 million parameters, MACs and
// parameters as torchvision publishes them.
function read_files() {
  const path = new URL("models/resnet50.onnx", import.meta.url);
  const bytes = readFileSync(path);
  const memory = engine.open_memory(bytes, "resnet50.onnx");
  let n_read = 0;
  const file = engine.open_file(
    bytes.length,
    (offset, n) => {
      n_read += n;
      return bytes.subarray(offset, offset + n);
    },
    "resnet50.onnx",
  );
  for (const model of [memory, file]) {
    expect(engine.error(model) === null, `resnet50.onnx: ${engine.error(model)}`);
    expect(JSON.parse(engine.answer(model, "{}")).totals.params === 25557032, "resnet50.onnx has 25,557,032 parameters");
  }
  expect(n_read > 0, "the file was read through the callback");
  const broken = engine.open_file(
    bytes.length,
    () => {
      throw new Error("the disk is gone");
    },
    "gone.onnx",
  );
  expect(JSON.parse(engine.error(broken)).error.code === "io_error", "a file that cannot be read is an io_error");
  const text = engine.open_text("input 784\nlinear 10\n", "tiny");
  expect(JSON.parse(engine.answer(text, "{}")).totals.params === 7850, "784·10 + 10 parameters");
  expect(JSON.parse(engine.error(engine.open_text("linear linear", "wrong"))).error !== undefined, "a bad text is refused");
  for (const model of [memory, file, broken, text]) engine.close(model);
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
  leak();
  console.log(`${n_compared} answers compared, ${failures} failures, reckon.wasm has ${n_bytes} bytes`);
}
process.exit(failures > 0 ? 1 : 0);
