// The engine's WebAssembly (web/engine), called from JavaScript: text in, text out. Plain
// JavaScript, so that the page's worker and the tests under Node run the same file; its types are
// in module.d.ts.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

// What wasi-libc may ask of its host. The engine reads no file and no clock and prints nothing, so
// every answer is "not here"; what ends the program traps.
const wasi_badf = 8;
const wasi_nosys = 52;
const wasi = {
  proc_exit(status) {
    throw new Error(`the engine has ended (${status})`);
  },
  fd_close: () => wasi_badf,
  fd_write: () => wasi_badf,
  fd_seek: () => wasi_badf,
  fd_fdstat_get: () => wasi_badf,
};

export class EngineModule {
  #exports;
  #views = null; // of the memory as long as it has not grown
  #files = new Map();

  constructor(module) {
    const imports = { wasi_snapshot_preview1: {}, page: { read_at: (...a) => this.#read_at(...a) } };
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
      if (from === "wasi_snapshot_preview1" && kind === "function")
        imports[from][name] = wasi[name] ?? (() => wasi_nosys);
    this.#exports = new WebAssembly.Instance(module, imports).exports;
    this.#exports._initialize();
  }

  get has_labs() {
    return typeof this.#exports.reckon_lab_open === "function";
  }
  // Bytes of memory that the engine has taken; it gives none back to the browser.
  get memory_bytes() {
    return this.#exports.memory.buffer.byteLength;
  }
  version() {
    return this.#text_at(this.#exports.reckon_version());
  }

  // A model's handle. It answers every question with its error when it could not be opened.
  open(name) {
    return this.#with_text(name, (at) => this.#exports.reckon_open(at));
  }
  open_text(text, name) {
    return this.#open_bytes(encoder.encode(text), name, "reckon_open_text");
  }
  open_memory(bytes, name) {
    return this.#open_bytes(bytes, name, "reckon_open_memory");
  }
  // read_at(offset, n) returns n bytes (a Uint8Array), or throws.
  open_file(size_bytes, read_at, name) {
    const file = this.#files.size;
    this.#files.set(file, read_at);
    try {
      return this.#with_text(name, (at) => this.#exports.reckon_page_open_file(size_bytes, file, at));
    } finally {
      this.#files.delete(file);
    }
  }
  // The error object as text; null when the model was opened.
  error(model) {
    const at = this.#exports.reckon_error(model);
    return at === 0 ? null : this.#text_at(at);
  }
  // `model` 0 for the questions about none.
  answer(model, question) {
    return this.#take(this.#with_text(question, (at) => this.#exports.reckon_answer(model, at)));
  }
  // Of two models; the labs' engine has none of these questions.
  answer_two(model, other, question) {
    return this.#take(this.#with_text(question, (at) => this.#exports.reckon_answer_two(model, other, at)));
  }
  close(model) {
    this.#exports.reckon_close(model);
  }
  // Trainings that go on from question to question (src/api/live_training.h); the labs' engine has none.
  live_training(question, bytes = new Uint8Array()) {
    return this.#take(this.#with_text(question, (at) => this.#with_bytes(bytes, (from) => this.#exports.reckon_live_training(at, from, bytes.length))));
  }

  lab_open(files_json) {
    return this.#with_text(files_json, (at) => this.#exports.reckon_lab_open(at));
  }
  lab_error(lab) {
    const at = this.#exports.reckon_lab_error(lab);
    return at === 0 ? null : this.#text_at(at);
  }
  lab_answer(lab, question) {
    return this.#take(this.#with_text(question, (at) => this.#exports.reckon_lab_answer(lab, at)));
  }
  lab_close(lab) {
    this.#exports.reckon_lab_close(lab);
  }

  // ---- memory ----

  #memory() {
    const { buffer } = this.#exports.memory;
    if (this.#views?.buffer !== buffer) this.#views = new Uint8Array(buffer);
    return this.#views;
  }
  #allocate(n_bytes) {
    const at = this.#exports.malloc(n_bytes) >>> 0;
    if (at === 0) throw new RangeError("the engine's memory is exhausted");
    return at;
  }
  #text_at(at) {
    at >>>= 0;
    const bytes = this.#memory();
    return decoder.decode(bytes.subarray(at, bytes.indexOf(0, at)));
  }
  // An answer, which is then freed.
  #take(at) {
    if (at === 0) throw new RangeError("the engine's memory is exhausted");
    const text = this.#text_at(at);
    this.#exports.reckon_free(at);
    return text;
  }
  #with_bytes(bytes, use) {
    const at = this.#allocate(bytes.length + 1);
    this.#memory().set(bytes, at);
    this.#memory()[at + bytes.length] = 0;
    const result = use(at);
    this.#exports.free(at);
    return result >>> 0;
  }
  #with_text(text, use) {
    return this.#with_bytes(encoder.encode(text), use);
  }
  #open_bytes(bytes, name, open) {
    return this.#with_text(name, (name_at) =>
      this.#with_bytes(bytes, (at) => this.#exports[open](at, bytes.length, name_at)),
    );
  }
  #read_at(file, offset, out, n_bytes) {
    try {
      const bytes = this.#files.get(file)(offset, n_bytes);
      if (bytes.length !== n_bytes) return 0;
      this.#memory().set(bytes, out >>> 0);
      return 1;
    } catch {
      return 0;
    }
  }
}
