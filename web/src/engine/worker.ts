// The engine in its worker: a thread of its own, so that the page never waits for it. A question
// that brings the engine down (memory, a bug) gets a sentence that says so; the engine is then set up
// anew, and models and lab are opened again when they are next asked.
import { EngineModule } from "./module.js";
import type { Failure, LoopTiming, ModelSource, Question, Read, Reply, Request } from "./protocol";
import { time_runs } from "./timing";

// The page and its worker share one set of compiler types, which lacks what only workers have.
declare const FileReaderSync: { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } };
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(reply: Reply): void;
};

interface OpenModel {
  source: ModelSource;
  handle: number | null; // null: to be opened
}

const most_named = 16; // models kept open for questions that name them
const much_mib = 300; // where a block of twice the size no longer finds room below the module's 1 GiB
const models = new Map<number, OpenModel>();
const named = new Map<string, OpenModel>(); // the one asked last stands last
let lab: { files_json: string; handle: number | null } | null = null;
let compiled: WebAssembly.Module;
let engine: EngineModule;
const read: Read = { bytes: 0, calls: 0 }; // of the file that was opened last

// The engine's own failure, on its way to the page as it is.
class Refusal extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

function set_up(): void {
  engine = new EngineModule(compiled);
  for (const model of [...models.values(), ...named.values()]) model.handle = null;
  if (lab !== null) lab.handle = null;
}

function open(source: ModelSource): number {
  read.bytes = read.calls = 0;
  if (typeof source === "string") return engine.open(source);
  if ("text" in source) return engine.open_text(source.text, source.name ?? "<text>");
  if ("bytes" in source) return engine.open_memory(source.bytes, source.name ?? "<memory>");
  const { file } = source;
  const reader = new FileReaderSync();
  const read_at = (offset: number, n_bytes: number) => {
    read.bytes += n_bytes;
    read.calls += 1;
    return new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + n_bytes)));
  };
  return engine.open_file(file.size, read_at, file.name);
}

function parse(text: string): unknown {
  const value = JSON.parse(text) as { error?: Failure } | null;
  if (value !== null && typeof value === "object" && value.error !== undefined) throw new Refusal(value.error);
  return value;
}

function handle_of(model: OpenModel): number {
  model.handle ??= open(model.source);
  return model.handle;
}

function find(model: number | string | null): OpenModel | null {
  if (model === null) return null;
  if (typeof model === "number") {
    const found = models.get(model);
    if (found === undefined) throw new Error("this model has been closed");
    return found;
  }
  const found = named.get(model) ?? { source: model, handle: null };
  named.delete(model);
  named.set(model, found);
  for (const [name, { handle }] of named) {
    if (named.size <= most_named) break;
    named.delete(name);
    if (handle !== null) engine.close(handle);
  }
  return found;
}

function ask(question: Question, model: number | string | null, other?: number): unknown {
  const open_model = find(model);
  if (open_model !== null && other !== undefined) return parse(engine.answer_two(handle_of(open_model), handle_of(find(other)!), JSON.stringify(question)));
  return parse(engine.answer(open_model === null ? 0 : handle_of(open_model), JSON.stringify(question)));
}

function open_model(id: number, source: ModelSource): Read {
  const model: OpenModel = { source, handle: null };
  const error = engine.error(handle_of(model));
  if (error !== null) {
    if (model.handle !== null) engine.close(model.handle);
    parse(error);
  }
  models.set(id, model);
  return { ...read };
}

function close_model(id: number): void {
  const model = models.get(id);
  models.delete(id);
  if (model !== undefined && model.handle !== null) engine.close(model.handle);
}

function lab_handle(): number {
  if (lab === null) throw new Error("no lab is open");
  lab.handle ??= engine.lab_open(lab.files_json);
  return lab.handle;
}

function open_lab(files: Record<string, string>): void {
  if (!engine.has_labs) throw new Error("this engine was built without labs");
  const before = lab;
  lab = { files_json: JSON.stringify(files), handle: null };
  const handle = lab_handle();
  const error = engine.lab_error(handle);
  if (error !== null) {
    engine.lab_close(handle);
    lab = before;
    parse(error);
  }
  if (before !== null && before.handle !== null) engine.lab_close(before.handle);
}

async function carry_out(request: Request): Promise<unknown> {
  switch (request.kind) {
    case "start":
      compiled = request.wasm;
      set_up();
      return engine.version();
    case "open_model":
      if (!request.later) return open_model(request.model, request.source);
      models.set(request.model, { source: request.source, handle: null });
      return null;
    case "close_model":
      return close_model(request.model);
    case "ask":
      return ask(request.question, request.model, request.other);
    case "live_training":
      return parse(engine.live_training(JSON.stringify(request.question), request.bytes));
    case "open_lab":
      return open_lab(request.files);
    case "lab":
      return parse(engine.lab_answer(lab_handle(), JSON.stringify(request.question)));
    case "time_loop":
      return time_runs((question) => ask(question, null), request) satisfies Promise<LoopTiming>;
  }
}

// After a trap nothing in the engine's memory can be relied on.
const brings_down = (error: unknown) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

function failure_of(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  if (!brings_down(error)) return { code: "internal", message: `The engine could not answer: ${message}.`, where: "" };
  const mib = Math.round(engine.memory_bytes / 2 ** 20);
  const why = mib >= much_mib ? `it had taken ${mib} MiB of memory, and was given no more` : message;
  return { code: "engine_restarted", message: `The engine could not answer this and was started again (${why}).`, where: "" };
}

scope.onmessage = async ({ data: request }) => {
  try {
    scope.postMessage({ id: request.id, value: await carry_out(request) });
  } catch (error) {
    scope.postMessage({ id: request.id, error: failure_of(error) });
    if (brings_down(error)) set_up();
  }
};
