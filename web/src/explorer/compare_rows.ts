// The rows of the table of two networks: pairs of layers, or modules of either with their pairs inside. A layer whose
// pair stands in another module has a row in its own, without the other side, so that rows add up to their module.
import type { Comparison } from "./comparison.svelte";
import type { Module, Sum } from "./modules";

export interface ComparedModule { path: string; name: string; parts: (ComparedModule | PairRow)[]; a: Module | null; b: Module | null }
export interface PairRow { kind: "pair"; pair: number; side: "both" | "a" | "b"; depth: number }
export interface ModuleRow { kind: "module"; module: ComparedModule; depth: number; is_open: boolean }
export type CompareRow = PairRow | ModuleRow;
export type Sums = Map<Module, Sum>;

export function compared_modules({ of, other, pairs }: Comparison): { root: ComparedModule; by_path: Map<string, ComparedModule> } {
  const root: ComparedModule = { path: "", name: "", parts: [], a: of.tree.root, b: other.tree.root };
  const by_path = new Map([["", root]]);
  const find = (path: string): ComparedModule => {
    const known = by_path.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf(".");
    const made: ComparedModule = { path, name: path.slice(cut + 1), parts: [], a: of.tree.by_path.get(path) ?? null, b: other.tree.by_path.get(path) ?? null };
    find(cut < 0 ? "" : path.slice(0, cut)).parts.push(made);
    by_path.set(path, made);
    return made;
  };
  pairs.forEach(({ a, b }, pair) => {
    const [mine, theirs] = [a === null ? null : of.tree.of_layer[a]!.path, b === null ? null : other.tree.of_layer[b]!.path];
    if (mine !== null && (theirs === null || theirs === mine)) find(mine).parts.push({ kind: "pair", pair, side: "both", depth: 0 });
    else if (mine === null) find(theirs!).parts.push({ kind: "pair", pair, side: "both", depth: 0 });
    else {
      find(mine).parts.push({ kind: "pair", pair, side: "a", depth: 0 });
      find(theirs!).parts.push({ kind: "pair", pair, side: "b", depth: 0 });
    }
  });
  return { root, by_path };
}

export interface Compared { a: number | null; b: number | null; by: number | null; at_least: boolean }
// Of a module of both: null where a side has none of that path.
export function compared_sums({ a, b }: ComparedModule, of_a: Sums, of_b: Sums): Compared {
  const [mine, theirs] = [a === null ? null : of_a.get(a)!, b === null ? null : of_b.get(b)!];
  const unknown = (mine?.at_least ?? false) || (theirs?.at_least ?? false);
  return { a: mine?.value ?? null, b: theirs?.value ?? null, by: unknown ? null : (theirs?.value ?? 0) - (mine?.value ?? 0), at_least: unknown };
}

// `is_shown`: of a pair; `size`: what rows are sorted by, the largest first, or null for the order of the networks.
export function compare_rows(root: ComparedModule, is_open: (path: string) => boolean, is_shown: (row: PairRow) => boolean, size: ((part: ComparedModule | PairRow) => number) | null): CompareRow[] {
  const rows: CompareRow[] = [];
  const shown = new Map<ComparedModule, boolean>();
  const any = (module: ComparedModule): boolean => {
    const known = shown.get(module);
    if (known !== undefined) return known;
    const found = module.parts.some((part) => ("kind" in part ? is_shown(part) : any(part)));
    shown.set(module, found);
    return found;
  };
  const walk = (module: ComparedModule, depth: number): void => {
    const parts = module.parts.filter((part) => ("kind" in part ? is_shown(part) : any(part)));
    if (size !== null) {
      const sizes = new Map(parts.map((part) => [part, size(part)] as const));
      parts.sort((p, q) => sizes.get(q)! - sizes.get(p)!);
    }
    for (const part of parts) {
      if ("kind" in part) rows.push({ ...part, depth });
      else {
        rows.push({ kind: "module", module: part, depth, is_open: is_open(part.path) });
        if (is_open(part.path)) walk(part, depth + 1);
      }
    }
  };
  walk(root, 0);
  return rows;
}
