// What a layer can be looked at by: columns of the table, areas of the treemap.
import { bytes_text, count_text, number_text, small_text } from "../charts/scale";
import type { Explorer } from "./explorer.svelte";
import { sums_of, type Module, type Sum } from "./modules";

export type Unit = "" | "MAC" | "FLOP" | "B" | "s" | "J" | "OP";
export interface Measure {
  id: string;
  title: string;
  short?: string; // over a column
  unit: Unit;
  of: (explorer: Explorer, layer: number) => number | null;
  adds_up: boolean; // its sum over layers says something
}

export const measures: Measure[] = [
  { id: "params", title: "Parameters", short: "Params", unit: "", adds_up: true, of: (x, i) => x.layers[i]!.params },
  { id: "macs", title: "MACs", unit: "MAC", adds_up: true, of: (x, i) => x.layers[i]!.macs },
  { id: "flops", title: "FLOPs", unit: "FLOP", adds_up: true, of: (x, i) => x.layers[i]!.flops },
  { id: "time", title: "Time", unit: "s", adds_up: true, of: (x, i) => (x.time === null ? null : (x.timed[i]?.seconds ?? 0)) }, // what does nothing is not in the answer
  { id: "energy", title: "Energy", unit: "J", adds_up: true, of: (x, i) => (x.energy === null ? null : (x.energised[i]?.joules ?? 0)) },
  { id: "read_bytes", title: "Bytes read", short: "Read", unit: "B", adds_up: true, of: (x, i) => x.layers[i]!.read_bytes },
  { id: "write_bytes", title: "Bytes written", short: "Written", unit: "B", adds_up: true, of: (x, i) => x.layers[i]!.write_bytes },
  { id: "activations", title: "Activations", unit: "", adds_up: true, of: (x, i) => x.layers[i]!.activations },
  { id: "buffers", title: "Buffers", unit: "", adds_up: true, of: (x, i) => x.layers[i]!.buffers },
  { id: "int_ops", title: "Integer ops", unit: "OP", adds_up: true, of: (x, i) => x.layers[i]!.int_ops },
];
// Of every module.
export const sums_by_module = (x: Explorer, measure: Measure): Map<Module, Sum> => sums_of(x.tree, (layer) => measure.of(x, layer), x.report?.modules, measure.id);
export const measure_of = (id: string): Measure => measures.find((m) => m.id === id) ?? measures[0]!;

export function figure_text(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "unknown";
  if (unit === "B") return bytes_text(value);
  if (unit === "s" || unit === "J") return small_text(value, unit);
  return count_text(value, unit);
}
// All digits, for whoever asks.
export function exact_text(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "unknown";
  return `${Number.isInteger(value) ? value.toLocaleString("en-US") : number_text(value)} ${unit}`.trim();
}
export const shape_text = (shape: (number | null)[] | null | undefined): string => (shape === null || shape === undefined ? "?" : shape.length === 0 ? "scalar" : shape.map((d) => d ?? "?").join("×"));
// The end of a path of scopes: "/layer1/layer1.0/conv1/Conv" is "conv1/Conv".
export const short_name = (name: string): string => name.split("/").filter((part) => part !== "").slice(-2).join("/") || name;
