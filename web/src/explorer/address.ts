// The state in the address, so that a link opens the same: the network (built in by name, typed with its text),
// how it is asked about, and what is selected. A file stays with whoever opened it.
import { pack, unpack } from "../lab/link";
import { default_settings, own_device, type Settings, type Source } from "./explorer.svelte";

export interface Place { source: Source | null; settings: Settings; own: Record<string, unknown> | null; selected: string | null; measure: string | null; view: string | null }

export async function address_of(source: Source | null, settings: Settings, own: Record<string, unknown> | null, selected: string | null, measure: string, view: string): Promise<string> {
  const parts = new URLSearchParams();
  if (source?.kind === "network") parts.set("net", source.name);
  if (source?.kind === "text") parts.set("text", await pack(source.text));
  if (settings.batch !== 1) parts.set("batch", String(settings.batch));
  for (const [name, value] of Object.entries(settings.set)) parts.append("set", `${name}=${value}`);
  if (settings.train) parts.set("train", settings.optimizer);
  if (settings.precision !== "file") parts.set("precision", settings.precision);
  if (settings.device !== "") parts.set("device", settings.device);
  if (own !== null && settings.device === own_device) parts.set("own", await pack(JSON.stringify(own)));
  if (selected !== null) parts.set("at", selected);
  if (measure !== "macs") parts.set("area", measure);
  if (view !== "layers") parts.set("view", view);
  return `#${parts.toString()}`;
}

export async function place_of(hash: string): Promise<Place> {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const set: Record<string, number> = {};
  for (const one of parts.getAll("set").slice(0, 100)) {
    const [, name, value] = /^([A-Za-z_]\w{0,63})=(-?\d{1,15})$/.exec(one) ?? [];
    if (name !== undefined) set[name] = Number(value);
  }
  const batch = Number(parts.get("batch") ?? 1);
  const word = (key: string, otherwise: string): string => {
    const text = parts.get(key);
    return text !== null && /^[\w.@-]{1,64}$/.test(text) ? text : otherwise;
  };
  const settings: Settings = {
    ...default_settings, set, batch: Number.isInteger(batch) && batch > 0 ? batch : 1, train: parts.has("train"), optimizer: word("train", default_settings.optimizer),
    precision: word("precision", "file"), device: word("device", ""),
  };
  const text = parts.get("text");
  const name = parts.get("net");
  const source: Source | null = name !== null ? { kind: "network", name: name.slice(0, 200) } : text !== null ? { kind: "text", text: await unpack(text) } : null;
  const told = parts.get("own");
  const own: unknown = told === null ? null : JSON.parse(await unpack(told));
  return { source, settings, own: typeof own === "object" && !Array.isArray(own) ? (own as Record<string, unknown> | null) : null, selected: parts.get("at"), measure: parts.get("area"), view: parts.get("view") };
}
