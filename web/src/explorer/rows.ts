// The rows of the layer table: layers, or modules with their layers inside, as far as they are unfolded.
import type { Explorer } from "./explorer.svelte";
import type { Measure } from "./measures";
import type { Module, Sum } from "./modules";

export type Row = { kind: "layer"; layer: number; depth: number } | { kind: "module"; module: Module; depth: number; is_open: boolean };
export interface Order { column: string; down: boolean } // column "index": as the network has them

export function rows_of(x: Explorer, order: Order, filter: string, by_module: boolean, open: ReadonlySet<string>, measure: Measure | null, sums: Map<Module, Sum> | null): Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter((w) => w !== "");
  const fits = (i: number): boolean => {
    const { name, op, module } = x.layers[i]!;
    const text = `${name} ${op} ${module}`.toLowerCase();
    return words.every((w) => text.includes(w));
  };
  const key = (i: number): number | string | null => (measure !== null ? measure.of(x, i) : order.column === "name" ? x.layers[i]!.name : order.column === "op" ? x.layers[i]!.op : i);
  const sign = order.down ? -1 : 1;
  const compare = (a: number | string | null, b: number | string | null): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1; // what is unknown stands last, either way
    return sign * (typeof a === "string" ? a.localeCompare(b as string, "en", { numeric: true }) : a - (b as number));
  };
  if (!by_module) {
    const all: { i: number; key: number | string | null }[] = [];
    for (let i = 0; i < x.layers.length; i++) if (words.length === 0 || fits(i)) all.push({ i, key: key(i) });
    if (order.column !== "index" || order.down) all.sort((a, b) => compare(a.key, b.key) || a.i - b.i);
    return all.map(({ i }) => ({ kind: "layer", layer: i, depth: 0 }));
  }
  const rows: Row[] = [];
  const has = new Map<Module, boolean>();
  const any = (module: Module): boolean => {
    const known = has.get(module);
    if (known !== undefined) return known;
    const found = module.parts.some((p) => (typeof p === "number" ? fits(p) : any(p)));
    has.set(module, found);
    return found;
  };
  const walk = (module: Module, depth: number): void => {
    const parts = module.parts
      .filter((p) => words.length === 0 || (typeof p === "number" ? fits(p) : any(p)))
      .map((p) => ({ p, at: typeof p === "number" ? p : p.first, key: typeof p === "number" ? key(p) : measure !== null ? (sums?.get(p)?.value ?? null) : order.column === "name" ? p.name : order.column === "op" ? "" : p.first }));
    if (order.column !== "index" || order.down) parts.sort((a, b) => compare(a.key, b.key) || a.at - b.at);
    for (const { p } of parts) {
      if (typeof p === "number") rows.push({ kind: "layer", layer: p, depth });
      else {
        const is_open = words.length > 0 || open.has(p.path);
        rows.push({ kind: "module", module: p, depth, is_open });
        if (is_open) walk(p, depth + 1);
      }
    }
  };
  walk(x.tree.root, 0);
  return rows;
}

// What is unfolded at first: all of a small network; of others the modules that hold everything.
export function first_open(x: Explorer): Iterable<string> {
  if (x.layers.length <= 40) return x.tree.by_path.keys();
  const open: string[] = [];
  for (let module = x.tree.root; module.parts.length <= 2; ) {
    const inner = module.parts.find((p) => typeof p !== "number");
    if (inner === undefined) break;
    module = inner;
    open.push(module.path);
  }
  return open;
}
