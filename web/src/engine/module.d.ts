// The types of module.js.
export class EngineModule {
  constructor(module: WebAssembly.Module);
  readonly has_labs: boolean;
  readonly memory_bytes: number;
  version(): string;
  open(name: string): number;
  open_text(text: string, name: string): number;
  open_memory(bytes: Uint8Array, name: string): number;
  open_file(size_bytes: number, read_at: (offset: number, n_bytes: number) => Uint8Array, name: string): number;
  error(model: number): string | null;
  answer(model: number, question: string): string;
  answer_two(model: number, other: number, question: string): string;
  close(model: number): void;
  live_training(question: string, bytes?: Uint8Array): string;
  lab_open(files_json: string): number;
  lab_error(lab: number): string | null;
  lab_answer(lab: number, question: string): string;
  lab_close(lab: number): void;
}
