// The state in the address, so that a link opens the same: the network (built in by name, typed with its text),
// how it is asked about, and what is selected. A file stays with whoever opened it: the link has its name, and whoever
// opens the link is asked to drop it again.
import { pack, unpack } from "../lab/link";
import { default_settings, own_device, type Settings, type Source } from "./explorer.svelte";

export interface Side { source: Source | null; file: string | null; settings: Settings; own: Record<string, unknown> | null } // file: the name of one that is not here
export interface Place extends Side { other: Side | null; selected: string | null; element: number[] | null; measure: string | null; view: string | null }

// A network and how it is asked about. The keys of one that is compared begin with "other-".
async function write(parts: URLSearchParams, prefix: string, { source, file, settings, own }: Side): Promise<void> {
  const set = (key: string, value: string): void => parts.set(prefix + key, value);
  if (source?.kind === "network") set("net", source.name);
  if (source?.kind === "text") set("text", await pack(source.text));
  const name = source?.kind === "file" ? source.file.name : file;
  if (name !== null) set("file", name);
  if (settings.batch !== null) set("batch", String(settings.batch));
  for (const [name, value] of Object.entries(settings.set)) parts.append(`${prefix}set`, `${name}=${value}`);
  if (settings.train) set("train", settings.optimizer);
  if (settings.precision !== "file") set("precision", settings.precision);
  if (settings.device !== "") set("device", settings.device);
  if (own !== null && settings.device === own_device) set("own", await pack(JSON.stringify(own)));
}
async function read(parts: URLSearchParams, prefix: string): Promise<Side> {
  const get = (key: string): string | null => parts.get(prefix + key);
  const set: Record<string, number> = {};
  for (const one of parts.getAll(`${prefix}set`).slice(0, 100)) {
    const [, name, value] = /^([A-Za-z_]\w{0,63})=(-?\d{1,15})$/.exec(one) ?? [];
    if (name !== undefined) set[name] = Number(value);
  }
  const batch = Number(get("batch"));
  const word = (key: string, otherwise: string): string => {
    const text = get(key);
    return text !== null && /^[\w.@-]{1,64}$/.test(text) ? text : otherwise;
  };
  const settings: Settings = {
    ...default_settings, set, batch: Number.isInteger(batch) && batch > 0 ? batch : null, train: get("train") !== null, optimizer: word("train", default_settings.optimizer),
    precision: word("precision", "file"), device: word("device", ""),
  };
  const text = get("text");
  const name = get("net");
  const source: Source | null = name !== null ? { kind: "network", name: name.slice(0, 200) } : text !== null ? { kind: "text", text: await unpack(text) } : null;
  const told = get("own");
  const own: unknown = told === null ? null : JSON.parse(await unpack(told));
  return { source, file: source === null ? (get("file")?.slice(0, 200) ?? null) : null, settings, own: typeof own === "object" && !Array.isArray(own) ? (own as Record<string, unknown> | null) : null };
}

export async function address_of({ other, selected, element, measure, view, ...side }: Place): Promise<string> {
  const parts = new URLSearchParams();
  await write(parts, "", side);
  if (other !== null) await write(parts, "other-", other);
  if (selected !== null) parts.set("at", selected);
  if (selected !== null && element !== null) parts.set("element", element.join());
  if (measure !== null && measure !== "macs") parts.set("area", measure);
  if (view !== null && view !== "layers") parts.set("view", view);
  return `#${parts.toString()}`;
}

export async function place_of(hash: string): Promise<Place> {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const other = ["net", "text", "file"].some((key) => parts.has(`other-${key}`)) ? await read(parts, "other-") : null;
  const told = parts.get("element");
  const element = told !== null && /^\d{1,9}(,\d{1,9}){0,2}$/.test(told) ? told.split(",").map(Number) : null;
  return { ...(await read(parts, "")), other, selected: parts.get("at"), element, measure: parts.get("area"), view: parts.get("view") };
}
