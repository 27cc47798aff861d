// A state in a link: the fragment #state=… holds its JSON, deflated, in base64url. A fragment never
// leaves the browser. A long record of moves is thinned, so that the link stays one that can be sent.
import type { Entry } from "./contract";
import { Refused, max_bytes, type Saved } from "./saved";

const key = "state=";
const long_link = 8_000;

export async function link_of(saved: Saved, page: string): Promise<string> {
  let text = await pack(JSON.stringify(saved));
  for (let moves = 200; text.length > long_link && moves >= 0; moves = moves > 0 ? moves >> 2 : -1) {
    const needed = last_moves(saved.entries);
    let left = moves;
    const entries = [...saved.entries].reverse().filter((e) => e.kind !== "move" || needed.has(e) || left-- > 0).reverse();
    text = await pack(JSON.stringify({ ...saved, entries }));
  }
  return `${page.split("#")[0]}#${key}${text}`;
}

// Where each control stood when something was answered or committed: a ledger is verified by these.
function last_moves(entries: Entry[]): Set<Entry> {
  const needed = new Set<Entry>();
  const stands = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.kind === "move") stands.set(entry.element, entry);
    else for (const move of stands.values()) needed.add(move);
  }
  return needed;
}

// The JSON in a link's fragment; null when there is none.
export async function text_in_link(fragment: string): Promise<string | null> {
  const at = fragment.indexOf(key);
  if (at < 0) return null;
  try {
    return await unpack(fragment.slice(at + key.length));
  } catch {
    throw new Refused("The state in this link is damaged: was the link cut off?");
  }
}

export async function pack(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function unpack(text: string): Promise<string> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true }).decode(await through(bytes, new DecompressionStream("deflate-raw")));
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  let n_bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    n_bytes += value.length;
    if (n_bytes > max_bytes) throw new Refused("too large");
    parts.push(value);
  }
  const all = new Uint8Array(n_bytes);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
