// The engine of the explorer (build/wasm/explorer.wasm) under Node, by the page's own loader:
//   - it answers byte for byte as the native one, on every model of tests/models and tests/cases and on every
//     built-in network;
//   - what strangers send gets a sentence or an answer, and a question that brings the engine down leaves a page
//     that goes on;
//   - of a file of 2 GB only the bytes that describe the network are read;
//   - it has at most 1,600,000 bytes.
//
// usage: node tests/explorer_test.mjs [--time] EXPLORER.WASM ASK
//   ASK      as for wasm_test.mjs
//   --time   prints what the first figures of each torchvision model take instead
// Exit status 77 when there is no EXPLORER.WASM: it has not been built.
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { EngineModule } from "../web/src/engine/module.js";
import { write_large_model } from "./large_model.mjs";
import { difference, native_answers } from "./native_answers.mjs";

const time_it = process.argv[2] === "--time";
const [wasm, ask] = process.argv.slice(time_it ? 3 : 2);
if (!existsSync(wasm)) {
  console.log(`skipped: there is no ${wasm}; build it with: cmake --preset wasm-explorer && cmake --build --preset wasm-explorer`);
  process.exit(77);
}
const most_bytes = 1_600_000;
const most_memory_bytes = 400e6;
const most_told = 10; // failures
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);

const compiled = new WebAssembly.Module(readFileSync(wasm));
let failures = 0;
function expect(holds, what) {
  if (holds) return;
  failures += 1;
  if (failures <= most_told) console.log(`FAILED: ${what}`);
}

const root = fileURLToPath(new URL("../", import.meta.url));
function onnx_files(folder) {
  const inside = (entry) => (entry.isDirectory() ? onnx_files(`${folder}/${entry.name}`) : entry.name.endsWith(".onnx") ? [join(root, folder, entry.name)] : []);
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(inside).sort();
}

// The file as a page opens it: in slices. `read` counts them.
function open_path(engine, path, read = { bytes: 0, calls: 0 }) {
  const file = openSync(path);
  const read_at = (offset, n_bytes) => {
    read.bytes += n_bytes;
    read.calls += 1;
    const bytes = Buffer.alloc(n_bytes);
    return bytes.subarray(0, readSync(file, bytes, 0, n_bytes, offset));
  };
  try {
    return engine.open_file(statSync(path).size, read_at, path);
  } finally {
    closeSync(file);
  }
}

// ---- as the native engine ----

const of_every = [
  { question: "report", all: true },
  { question: "layers" },
  { question: "layers", depth: 2 },
  { question: "explain" },
  { question: "explain", layer: "#1", element: "middle" },
  { question: "memory" },
  { question: "memory", train: true, optimizer: "adam", alive: true },
  { question: "memory", alive: true },
  { question: "graph" },
  { question: "diff", other_batch: 2 },
  { question: "time", device: "t4" },
  { question: "energy" },
];
// Of small files only: searches, and what asks the same of many batches.
const of_small = [
  { question: "memory", arena: "optimal", order: "best" },
  { question: "memory", train: true, checkpoint: "optimal", device: "t4" },
  { question: "memory", train: true, checkpoint: "module", precision: "autocast-bf16", where: "cuda", alive: true },
  { question: "fit", device: "t4", max: "batch", train: true },
  { question: "fit", budget: "64KiB", advise: true, train: true },
  { question: "time", device: "h100-sxm", precision: "bf16", train: true, batches: "1..8" },
];
const small_bytes = 40_000;
const without_model = [{ question: "version" }, { question: "networks" }, { question: "devices" }, { question: "no such question" }, {}];

// One engine for each model, so that a failure is its own.
function compare() {
  let n_compared = 0;
  const networks = JSON.parse(new EngineModule(compiled).answer(0, '{"question":"networks"}')).networks.map(({ name }) => name);
  expect(networks.length > 20, `there are ${networks.length} networks`);
  const files = [...onnx_files("tests/models"), ...onnx_files("tests/cases")];
  expect(files.length > 250, `there are ${files.length} models`);
  for (const model of ["", ...networks, ...files]) {
    const questions = model === "" ? without_model : files.includes(model) && statSync(model).size > small_bytes ? of_every : [...of_every, ...of_small];
    const asked = questions.map((question) => [model, JSON.stringify(question)]);
    const engine = new EngineModule(compiled);
    const handle = model === "" ? 0 : files.includes(model) ? open_path(engine, model) : engine.open(model);
    const expected_of = native_answers(ask, asked);
    for (const [, question] of asked) {
      const differs = difference(Buffer.from(engine.answer(handle, question)), expected_of.next().value);
      expect(differs === null, `${model} ${question} ${differs}`);
      n_compared += 1;
    }
  }
  return n_compared;
}

// ---- what strangers send ----

const hostile_questions = [...of_every, { question: "memory", arena: "best" }, { question: "fit", device: "t4", max: "batch" }];

function survive() {
  const folder = join(root, "fuzz/corpus");
  let n_refused = 0;
  let n_down = 0;
  let engine = new EngineModule(compiled);
  const files = [...readdirSync(join(folder, "onnx_fuzz")).map((name) => join(folder, "onnx_fuzz", name)), ...readdirSync(join(folder, "deep_fuzz")).map((name) => join(folder, "deep_fuzz", name))];
  expect(files.length > 80, `there are ${files.length} hostile files`);
  const told = (file, text) => {
    const { error } = JSON.parse(text);
    if (error === undefined) return;
    n_refused += 1;
    expect(error.code !== "internal" && error.message.length > 10 && !error.message.includes("\n"), `${file}: ${text.slice(0, 300)}`);
  };
  for (const file of files) {
    try {
      const model = open_path(engine, file);
      const error = engine.error(model);
      if (error !== null) told(file, error);
      else for (const question of hostile_questions) told(file, engine.answer(model, JSON.stringify(question)));
      engine.close(model);
    } catch (error) {
      // As the page's worker does.
      expect(error instanceof WebAssembly.RuntimeError || error instanceof RangeError, `${file}: ${error}`);
      console.log(`${file} brings the engine down: ${error.message}`);
      n_down += 1;
      engine = new EngineModule(compiled);
    }
  }
  expect(n_refused > 20, `${n_refused} refusals`);
  expect(n_down === 0, `${n_down} files bring the engine down`);
  return files.length;
}

// ---- a large file ----

function read_large() {
  const folder = mkdtempSync(join(tmpdir(), "reckon-"));
  const path = join(folder, "large.onnx");
  try {
    const { params, bytes } = write_large_model(path);
    expect(bytes > 2e9, `the file has ${bytes} bytes`);
    const engine = new EngineModule(compiled);
    const read = { bytes: 0, calls: 0 };
    const begin = performance.now();
    const model = open_path(engine, path, read);
    const report = JSON.parse(engine.answer(model, '{"question":"report"}'));
    const seconds = (performance.now() - begin) / 1000;
    expect(report.totals?.params === params, `${JSON.stringify(report.error ?? report.totals.params)}, not ${params} parameters`);
    expect(read.bytes < 1e6, `${read.bytes} bytes were read`);
    expect(engine.memory_bytes < most_memory_bytes, `the engine takes ${engine.memory_bytes} bytes`);
    console.log(`a file of ${bytes} bytes: ${read.bytes} read in ${read.calls} slices, first figures after ${seconds.toFixed(2)} s, ${mib(engine.memory_bytes)} MiB of memory`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function time() {
  console.log(`explorer.wasm: ${statSync(wasm).size} bytes, ${gzipSync(readFileSync(wasm), { level: 9 }).length} with gzip -9`);
  for (const path of onnx_files("tests/models/torchvision")) {
    const engine = new EngineModule(compiled);
    const read = { bytes: 0, calls: 0 };
    const marks = [performance.now()];
    const model = open_path(engine, path, read);
    marks.push(performance.now());
    for (const question of [{ question: "report" }, { question: "graph" }, { question: "memory", train: true, alive: true }]) {
      engine.answer(model, JSON.stringify(question));
      marks.push(performance.now());
    }
    const ms = marks.slice(1).map((mark, i) => (mark - marks[i]).toFixed(0).padStart(6));
    console.log(`${path.split("/").pop().padEnd(28)} open, report, graph, memory of training: ${ms.join("")} ms; ${read.bytes} of ${statSync(path).size} bytes in ${read.calls} slices; ${mib(engine.memory_bytes)} MiB`);
  }
}

if (time_it) {
  time();
} else {
  const n_bytes = statSync(wasm).size;
  expect(n_bytes <= most_bytes, `explorer.wasm has ${n_bytes} bytes, the limit is ${most_bytes}`);
  const n_compared = compare();
  const n_hostile = survive();
  read_large();
  console.log(`${n_compared} answers compared, ${n_hostile} hostile files, ${failures} failures, explorer.wasm has ${n_bytes} bytes`);
}
process.exit(failures > 0 ? 1 : 0);
