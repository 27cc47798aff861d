// The worker and the WebAssembly of the page in one file: both stand in the page itself, the latter
// compressed, so that it works from a disk, where a page may fetch nothing.
import InlineWorker from "./worker?worker&inline";
import wasm from "../../../build/wasm/reckon.wasm.gz?url&inline";
import type { Parts } from "./parts";

async function compile(): Promise<WebAssembly.Module> {
  const text = atob(wasm.slice(wasm.indexOf(",") + 1));
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

export function start_worker(): Parts {
  return { wasm: compile(), worker: new InlineWorker() };
}
