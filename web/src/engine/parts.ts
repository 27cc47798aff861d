// Where the worker and the WebAssembly come from when a server serves the page: two files beside
// it. The page in one file takes parts_inline.ts instead (an alias of its build).
import wasm from "../../../build/wasm/reckon.wasm?url";

export interface Parts {
  worker: Worker;
  wasm: ArrayBuffer | string;
}

export async function start_worker(): Promise<Parts> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return { worker, wasm: new URL(wasm, document.baseURI).href };
}
