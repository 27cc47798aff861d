// The worker and the WebAssembly of the page in one file: both stand in the page itself, the latter
// compressed, so that it works from a disk, where a page may fetch nothing.
import InlineWorker from "./worker?worker&inline";
import wasm from "../../../build/wasm/reckon.wasm.gz?url&inline";
import type { Parts } from "./parts";

export async function start_worker(): Promise<Parts> {
  const text = atob(wasm.slice(wasm.indexOf(",") + 1));
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return { worker: new InlineWorker(), wasm: await new Response(unpacked).arrayBuffer() };
}
