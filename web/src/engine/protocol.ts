// Messages between the page and the worker. Plain data: they are copied between them.
import type { Runs } from "./timing";

export type Question = object & { readonly [key: string]: unknown };

export type ModelSource =
  | string // as the command line takes it: "alexnet", "gpt2?layers=24", "784-128-64-10"
  | { text: string; name?: string } // a network in the network language
  | { bytes: Uint8Array; name?: string } // the bytes of a file
  | { file: File }; // a file of any size: only the bytes that describe the network are read

export type RequestBody =
  | { kind: "start"; wasm: WebAssembly.Module }
  // `model` is the page's number for it. Answered with what was read of its file, or, with `later`, at once: it is
  // opened when it is first asked.
  | { kind: "open_model"; model: number; source: ModelSource; later: boolean }
  | { kind: "close_model"; model: number }
  | { kind: "ask"; question: Question; model: number | string | null; other?: number } // `other`: of a question about two
  | { kind: "live_training"; question: Question; bytes?: Uint8Array }
  | { kind: "open_lab"; files: Record<string, string> }
  | { kind: "lab"; question: Question }
  | ({ kind: "time_loop" } & Runs);

export type Request = { id: number } & RequestBody;

// What was read of a file; zeros for what is no file.
export interface Read {
  bytes: number;
  calls: number;
}

export interface Failure {
  // Of the engine's error object; or engine_restarted: the question brought the engine down, which is there again;
  // engine_lost: it is gone.
  code: string;
  message: string;
  where: string;
}
export type Reply = { id: number; value: unknown } | { id: number; error: Failure };

export interface LoopTiming {
  answer: unknown; // of the last run
  count: number; // evaluations or steps of each run; 1 without a count_key
  seconds: number[]; // one of each run, sorted
  median_s: number; // of one run
  ns_per_count: { low: number; median: number; high: number };
}
