// A squarified treemap (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000) of layers within modules within modules.
import type { Module, Sum } from "./modules";

export interface Box { x: number; y: number; width: number; height: number }
export interface Tile extends Box { layer: number | null; module: Module; depth: number; head: number } // layer null: a module, with a head of that height
const least = 0.35; // in pixels: what is narrower is not drawn

export function tiles_of(root: Module, sums: Map<Module, Sum>, figure: (layer: number) => number | null, place: Box): Tile[] {
  const tiles: Tile[] = [];
  const fill = (module: Module, box: Box, depth: number): void => {
    const only = module.parts.length === 1 ? module.parts[0] : undefined; // a chain of single modules is one box
    if (depth > 0 && typeof only === "object") return fill(only, box, depth);
    const head = depth > 0 && box.width > 44 && box.height > 34 ? 15 : 0;
    tiles.push({ ...box, layer: null, module, depth, head });
    const edge = depth > 0 && box.width > 10 && box.height > 10 ? 1.5 : 0;
    const inside = { x: box.x + edge, y: box.y + edge + head, width: box.width - 2 * edge, height: box.height - 2 * edge - head };
    const parts = module.parts
      .map((part) => ({ part, weight: typeof part === "number" ? (figure(part) ?? 0) : sums.get(part)!.value }))
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight);
    for (const { item, box: at } of squarified(parts, inside)) {
      if (at.width < least || at.height < least) continue;
      if (typeof item.part === "number") tiles.push({ ...at, layer: item.part, module, depth: depth + 1, head: 0 });
      else fill(item.part, at, depth + 1);
    }
  };
  if (place.width > 0 && place.height > 0 && sums.get(root)!.value > 0) fill(root, place, 0);
  return tiles;
}

// `items` from the largest to the smallest; rows along the shorter side, each as square as it gets.
function squarified<T extends { weight: number }>(items: T[], place: Box): { item: T; box: Box }[] {
  const out: { item: T; box: Box }[] = [];
  let { x, y, width, height } = place;
  if (width <= 0 || height <= 0) return out;
  let left = items.reduce((sum, item) => sum + item.weight, 0);
  let from = 0;
  while (from < items.length) {
    const side = Math.min(width, height);
    const scale = (width * height) / left;
    const worst = (sum: number, large: number, small: number): number => Math.max((side * side * large) / (sum * sum * scale), (sum * sum * scale) / (side * side * small));
    let to = from + 1;
    let sum = items[from]!.weight;
    while (to < items.length) {
      const next = items[to]!.weight;
      if (worst(sum + next, items[from]!.weight, next) > worst(sum, items[from]!.weight, items[to - 1]!.weight)) break;
      sum += next;
      to++;
    }
    const thick = (sum * scale) / side;
    let along = 0;
    for (const item of items.slice(from, to)) {
      const long = (item.weight / sum) * side;
      out.push({ item, box: width < height ? { x: x + along, y, width: long, height: thick } : { x, y: y + along, width: thick, height: long } });
      along += long;
    }
    if (width < height) [y, height] = [y + thick, Math.max(0, height - thick)];
    else [x, width] = [x + thick, Math.max(0, width - thick)];
    left -= sum;
    from = to;
    if (!(left > 0) || width <= 0 || height <= 0) break;
  }
  return out;
}
