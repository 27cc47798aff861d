// src/engine by itself, with the explorer's WebAssembly: the client and its worker, without a page. What brings the
// engine down is told, and what was open stays open.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

// A worker in this thread: what it is told it hears in the next turn.
class WorkerHere {
  static started = 0;
  #scope = { onmessage: null, postMessage: (data) => setTimeout(() => this.onmessage?.({ data: structuredClone(data) })) };
  constructor() {
    WorkerHere.started += 1;
    new Function("self", "FileReaderSync", "location", code.worker)(this.#scope, ReaderHere, {});
  }
  postMessage(data) {
    setTimeout(() => this.#scope.onmessage?.({ data }));
  }
  terminate() {
    this.#scope.onmessage = null;
    this.onmessage = null;
  }
}
// A file that a page would hold: read in slices.
class ReaderHere {
  readAsArrayBuffer(slice) {
    return Uint8Array.from(slice).buffer;
  }
}
const file_of = (path) => {
  const bytes = readFileSync(path);
  return { name: path.split("/").pop(), size: bytes.length, slice: (from, to) => bytes.subarray(from, to) };
};

const bundle = async (entry, format, plugins = []) => (await build({ entryPoints: [`${root}web/src/engine/${entry}`], bundle: true, write: false, format, target: "es2022", plugins })).outputFiles[0].text;
// In the place of parts.ts and of addresses of assets.
const parts_here = {
  name: "parts-here",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?url$/ }, () => ({ path: "address", namespace: "here" }));
    onResolve({ filter: /^\.\/parts$/ }, () => ({ path: "parts", namespace: "here" }));
    onLoad({ filter: /./, namespace: "here" }, ({ path }) => ({ contents: path === "address" ? 'export default ""' : "export const { compile, start_worker } = globalThis.parts_here" }));
  },
};
const code = { worker: await bundle("worker.ts", "iife"), client: await bundle("client.ts", "esm", [parts_here]) };
globalThis.parts_here = { compile: () => WebAssembly.compile(readFileSync(`${root}build/wasm/explorer.wasm`)), start_worker: () => new WorkerHere() };
const { Engine } = await import(`data:text/javascript,${encodeURIComponent(code.client)}`);

const params = async (model) => (await model.ask({ question: "report" })).totals.params;
const resnet18 = 11689512; // as torchvision publishes it

export async function a_file_is_opened_and_told_how_much_of_it_was_read() {
  const engine = Engine.start();
  const file = file_of(`${root}tests/models/resnet18.onnx`);
  const model = await engine.open_model({ file });
  assert.equal(await params(model), resnet18);
  assert.ok(model.read.calls > 0 && model.read.bytes > 0 && model.read.bytes < 3 * file.size);
  await assert.rejects(engine.open_model({ text: "input 3\nlinaer 4", name: "mine.net" }), ({ code, message }) => code === "syntax" && message.includes("linear"));
  engine.stop();
}

export async function a_question_that_brings_the_engine_down_is_told_and_models_stay_open() {
  const engine = Engine.start();
  const model = await engine.open_model({ file: file_of(`${root}tests/models/resnet18.onnx`) });
  assert.equal(await params(model), resnet18);
  // More than the module may have.
  const huge = { length: 2 ** 31 };
  await assert.rejects(engine.open_model({ bytes: huge }), ({ code, message }) => code === "engine_restarted" && message.includes("started again"));
  assert.equal(await params(model), resnet18);
  engine.stop();
}

export async function an_engine_that_is_started_again_gives_up_what_waits_and_opens_what_was_open() {
  const engine = Engine.start();
  const model = await engine.open_model("784-128-64-10");
  const n_before = WorkerHere.started;
  const waiting = model.ask({ question: "report" });
  await Promise.resolve();
  const refused = assert.rejects(waiting, ({ code, message }) => code === "engine_restarted" && message === "Stopped.");
  await engine.ready;
  engine.restart("Stopped.");
  await refused;
  assert.equal(WorkerHere.started, n_before + 1);
  assert.equal(await params(model), 109386); // 784·128 + 128 + 128·64 + 64 + 64·10 + 10
  // A worker that breaks does the same.
  const broken = engine.worker;
  const lost = assert.rejects(model.ask({ question: "report" }), ({ code }) => code === "engine_restarted");
  await engine.ready;
  broken.onerror({ message: "it broke", preventDefault() {} });
  await lost;
  assert.equal(await params(model), 109386);
  engine.stop();
}
