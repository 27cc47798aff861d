// The worker and the WebAssembly where a server serves the page: two files beside it. The page in one file takes parts_inline.ts instead (an alias of its build).
import wasm from "../../../build/wasm/reckon.wasm?url";

export interface Parts {
  worker: Worker;
  wasm: Promise<WebAssembly.Module>;
}

// The WebAssembly is fetched here and not in the worker, which would first have to be there itself; index.html
// asks for it sooner still.
async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(new URL(wasm, document.baseURI));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  // A server that does not know the type is no reason to fail.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

export function start_worker(): Parts {
  return { wasm: compile(), worker: new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }) };
}
