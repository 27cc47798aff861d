// The worker and the WebAssembly where a server serves the page: two files beside it. The page in one file takes parts_inline.ts instead (an alias of its build).

// The WebAssembly is fetched here and not in the worker, which would first have to be there itself; index.html
// asks for that of the labs sooner still.
export async function compile(address: string): Promise<WebAssembly.Module> {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  // A server that does not know the type is no reason to fail.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

export function start_worker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}
