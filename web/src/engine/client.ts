// The engine as the page sees it: everything is asked in JSON, of a worker, and answered later.
//
//   const engine = Engine.start(async () => ({ "lab.json": "…" }));
//   const report = await engine.ask({ question: "memory", batch: 32 }, "784-128-64-10");
//   const evaluation = await engine.lab<Evaluation>({ question: "evaluate" });
//
// Questions that are asked before the engine has come wait for it.
// A failure, the engine's or the worker's, rejects with an EngineError, whose message is a sentence
// for people. A question that brings the engine down is answered so, with the code engine_restarted;
// the engine is there again for the next one, and models stay open.
import labs_wasm from "../../../build/wasm/reckon.wasm?url";
import { compile, start_worker } from "./parts";
import type { LoopTiming, ModelSource, Question, Read, Reply, Request, RequestBody } from "./protocol";

export { latest, type Latest } from "./latest";
export type { LoopTiming, ModelSource, Question, Read } from "./protocol";

export class EngineError extends Error {
  constructor(
    readonly code: string, // of a Failure (protocol.ts)
    message: string,
    readonly where: string = "",
  ) {
    super(message);
    this.name = "EngineError";
  }
}

// A network that stays open in the worker.
export class Model {
  constructor(
    private readonly engine: Engine,
    readonly id: number,
    readonly read: Read, // to open it
  ) {}
  ask<T = unknown>(question: Question): Promise<T> {
    return this.engine.ask<T>(question, this);
  }
  // A question about this one and another.
  ask_beside<T = unknown>(other: Model, question: Question): Promise<T> {
    return this.engine.ask<T>(question, this, other);
  }
  close(): Promise<void> {
    return this.engine.close_model(this);
  }
}

export interface LoopOptions {
  repeats?: number; // timings to take; 5
  count_key?: string; // the key of the question that holds the count: "evaluations", "steps"
  least_ms?: number; // with count_key: the count grows until one run takes this long; 20
  set_up?: boolean; // with count_key: the time of a run that counts to 0 is taken off; false
}

type LoadLab = () => Promise<Record<string, string>>;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: EngineError) => void;
}

export class Engine {
  private readonly waiting = new Map<number, Waiting>();
  private readonly sources = new Map<number, ModelSource>(); // of the models that are open
  private lab_files: Record<string, string> | null = null;
  private next_id = 1;
  private next_model = 1;
  private module: WebAssembly.Module | null = null;
  private has_answered = false; // since its worker was started
  private lost: EngineError | null = null;
  private version_ = "";
  private worker: Worker | null = null;
  readonly ready: Promise<void>; // the engine and its lab, or an EngineError

  private constructor(load_lab: LoadLab | null, when: Promise<void> | null, wasm: string) {
    this.ready = this.begin(load_lab, when, wasm);
  }

  // Loads the engine whose WebAssembly is at this address, and then the files of its lab, not before `when`.
  static start(load_lab: LoadLab | null = null, when: Promise<void> | null = null, wasm: string = labs_wasm): Engine {
    return new Engine(load_lab, when, wasm);
  }

  private async begin(load_lab: LoadLab | null, when: Promise<void> | null, wasm: string): Promise<void> {
    try {
      if (when !== null) await when;
      const lab_files = load_lab?.() ?? null;
      lab_files?.catch(() => {}); // it is told below, behind the engine's own failure
      const compiled = compile(wasm);
      this.attach();
      this.module = await compiled;
      this.version_ = (await this.post({ kind: "start", wasm: this.module })) as string;
      if (lab_files !== null) {
        const files = await lab_files;
        await this.post({ kind: "open_lab", files });
        this.lab_files = files;
      }
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError("engine_lost", `The engine could not be loaded: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }

  private attach(): void {
    const worker = start_worker();
    worker.onmessage = (event: MessageEvent<Reply>) => this.receive(event.data);
    worker.onmessageerror = () => this.lose("The engine's answer could not be read.");
    worker.onerror = (event) => {
      event.preventDefault();
      const why = `The engine has stopped: ${event.message || "its worker could not be loaded"}.`;
      if (this.has_answered) this.restart(`${why} It was started again.`);
      else this.lose(why);
    };
    this.worker = worker;
    this.has_answered = false;
  }

  // Gives up whatever waits, which is rejected with this sentence, and starts the engine again: models and lab are
  // opened when they are next asked.
  restart(message = "The question was given up."): void {
    if (this.lost !== null || this.module === null) return;
    this.worker?.terminate();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    this.attach();
    const again: RequestBody[] = [{ kind: "start", wasm: this.module }];
    if (this.lab_files !== null) again.push({ kind: "open_lab", files: this.lab_files });
    for (const [model, source] of this.sources) again.push({ kind: "open_model", model, source, later: true });
    for (const body of again) this.post(body).catch(() => {}); // what fails is told by the next question
    for (const { reject } of waiting) reject(new EngineError("engine_restarted", message));
  }

  get version(): string {
    return this.version_;
  }

  // A string is what the command line takes: a built-in network with parameters ("mnist?W=256") or
  // a chain ("784-128-64-10"). See ModelSource for the others.
  async open_model(source: ModelSource): Promise<Model> {
    const model = this.next_model++;
    const read = (await this.send({ kind: "open_model", model, source, later: false })) as Read;
    this.sources.set(model, source);
    return new Model(this, model, read);
  }
  async close_model(model: Model): Promise<void> {
    this.sources.delete(model.id);
    await this.send({ kind: "close_model", model: model.id });
  }

  // Without a model: the questions about none, such as "devices", "networks" and the loops. With a
  // string it is opened for this question; the worker keeps the last few open.
  async ask<T = unknown>(question: Question, model?: Model | string, other?: Model): Promise<T> {
    const of = model instanceof Model ? model.id : (model ?? null);
    return (await this.send({ kind: "ask", question, model: of, ...(other === undefined ? {} : { other: other.id }) })) as T;
  }

  // Of trainings that go on from question to question; they are lost where the engine is started again.
  async live_training<T = unknown>(question: Question, bytes?: Uint8Array): Promise<T> {
    return (await this.send({ kind: "live_training", question, ...(bytes === undefined ? {} : { bytes }) })) as T;
  }

  // The files of one lab, by name. A lab that is open already is replaced.
  async open_lab(files: Record<string, string>): Promise<void> {
    await this.send({ kind: "open_lab", files });
    this.lab_files = files;
  }
  async lab<T = unknown>(question: Question): Promise<T> {
    return (await this.send({ kind: "lab", question })) as T;
  }

  // Asks a question several times and takes the time around each call, in the worker.
  async time_loop(question: Question, options: LoopOptions = {}): Promise<LoopTiming> {
    const { repeats = 5, count_key = null, least_ms = 20, set_up = false } = options;
    const runs = { question, repeats, count_key, least_ms, set_up };
    return (await this.send({ kind: "time_loop", ...runs })) as LoopTiming;
  }

  // Ends the worker; whatever still waits is rejected.
  stop(): void {
    this.worker?.terminate();
    this.lose("The engine was stopped.");
  }

  private async send(body: RequestBody): Promise<unknown> {
    await this.ready;
    return this.post(body);
  }

  private post(body: RequestBody): Promise<unknown> {
    if (this.lost !== null) return Promise.reject(this.lost);
    const id = this.next_id++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const request: Request = { id, ...body };
      this.worker!.postMessage(request);
    });
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (waiting === undefined) return;
    this.waiting.delete(reply.id);
    this.has_answered = true;
    if ("error" in reply) {
      const { code, message, where } = reply.error;
      waiting.reject(new EngineError(code, message, where));
    } else {
      waiting.resolve(reply.value);
    }
  }

  private lose(message: string): void {
    this.lost ??= new EngineError("engine_lost", message);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
  }
}
