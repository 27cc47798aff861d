// Tensors that are alive, stacked over the steps. Of very many steps each column shows its fullest; of very many
// tensors those that are too thin to be seen are one band for each of what keeps them.
import type { AliveTensor, MemoryStep } from "./answers";
import type { Tone } from "./pen";

export interface Category { key: string; title: string; keeps: string; tone: Tone }
// From the bottom up: what stays longest lies lowest.
export const categories: Category[] = [
  { key: "weights", title: "weights", keeps: "the network", tone: "tone-d" },
  { key: "optimizer", title: "optimizer state", keeps: "the optimizer", tone: "tone-d" },
  { key: "buffers", title: "buffers", keeps: "the network", tone: "tone-d" },
  { key: "input", title: "input", keeps: "whoever calls", tone: "tone-d" },
  { key: "gradients", title: "gradients", keeps: "the optimizer, until its update", tone: "edge" },
  { key: "saved", title: "saved for backward", keeps: "autograd, until the backward pass of what reads it", tone: "tone-b" },
  { key: "activations", title: "activations", keeps: "the layers that still read it", tone: "tone-c" },
  { key: "activation_gradients", title: "gradients on their way", keeps: "the backward pass of the layer before", tone: "tint" },
  { key: "workspace", title: "workspace", keeps: "one operator, while it runs", tone: "alarm-tint" },
];
export const category_of = (key: string): Category => categories.find((c) => c.key === key) ?? { key, title: key.replaceAll("_", " "), keeps: "", tone: "tone-c" };
const rank = new Map(categories.map((c, i) => [c.key, i] as const));

export interface Band { tensors: AliveTensor[]; category: Category; from: number; low: Float64Array; high: Float64Array } // bytes below and up to it, by column from `from`
export interface Stack { bands: Band[]; columns: number[]; tops: Float64Array; most: number } // the step that each column shows
const most_columns = 420;
const most_bands = 260;

export function stack_of(tensors: AliveTensor[], steps: MemoryStep[]): Stack {
  const n = Math.min(most_columns, steps.length);
  const columns: number[] = [];
  const column_of = (step: number): number => Math.min(n - 1, Math.floor((step * n) / steps.length));
  steps.forEach((step, i) => {
    const at = column_of(i);
    const now = columns[at];
    if (now === undefined || step.peak_bytes > steps[now]!.peak_bytes) columns[at] = i;
  });
  // What is seen: bytes times the columns that it lives.
  const seen = (t: AliveTensor): number => t.bytes * (column_of(t.last_step) - column_of(t.first_step) + 1);
  const shown = new Set([...tensors].sort((a, b) => seen(b) - seen(a)).slice(0, most_bands));
  const groups: AliveTensor[][] = [];
  const rest = new Map<string, AliveTensor[]>();
  for (const t of tensors) {
    if (shown.has(t)) groups.push([t]);
    else {
      const others = rest.get(t.category) ?? [];
      if (others.length === 0) rest.set(t.category, others);
      others.push(t);
    }
  }
  const order = (g: AliveTensor[]): number => rank.get(g[0]!.category) ?? 99;
  groups.sort((a, b) => order(a) - order(b) || a[0]!.first_step - b[0]!.first_step);
  groups.push(...rest.values());
  groups.sort((a, b) => order(a) - order(b));
  const top = new Float64Array(n);
  const bands = groups.map((group): Band => {
    let from = n;
    let to = -1;
    const bytes = new Float64Array(n);
    for (const t of group) {
      // A column shows one step of those that it stands for.
      for (let c = column_of(t.first_step); c <= column_of(t.last_step); c++) {
        if (columns[c]! < t.first_step || columns[c]! > t.last_step) continue;
        bytes[c]! += t.bytes;
        from = Math.min(from, c);
        to = Math.max(to, c);
      }
    }
    const low = new Float64Array(Math.max(0, to - from + 1));
    const high = new Float64Array(low.length);
    for (let c = from; c <= to; c++) {
      low[c - from] = top[c]!;
      top[c]! += bytes[c]!;
      high[c - from] = top[c]!;
    }
    return { tensors: group, category: category_of(group[0]!.category), from, low, high };
  });
  return { bands: bands.filter((b) => b.low.length > 0), columns, tops: top, most: top.reduce((m, v) => Math.max(m, v), 0) };
}
