// Fashion-MNIST's first images in 16 greys (tools/make_live_images.py): compressed as a file, unpacked by the browser.
import address from "./fashion-mnist.bin?url";

export async function fetch_images(): Promise<Uint8Array> {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok || response.body === null) throw new Error(`The images could not be loaded: ${response.status} ${response.statusText}`);
  const unpacked = response.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
