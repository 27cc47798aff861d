// The worker and the WebAssembly of the page in one file: both stand in the page itself, the latter
// compressed, so that it works from a disk, where a page may fetch nothing.
import InlineWorker from "./worker?worker&inline";

// Its address holds the bytes: an alias of the build puts NAME.wasm.gz?url&inline in the place of NAME.wasm?url.
export async function compile(address: string): Promise<WebAssembly.Module> {
  const text = atob(address.slice(address.indexOf(",") + 1));
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
}

export function start_worker(): Worker {
  return new InlineWorker();
}
