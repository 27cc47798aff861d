// The totals of a network, as two are held against each other.
import { percent_text } from "../charts/scale";
import type { Standing } from "../lab/contract";
import type { Explorer } from "./explorer.svelte";

export interface Total { title: string; unit: string; of: (x: Explorer) => { value: number | null | undefined; at_least?: boolean | undefined }; standing?: Standing; text?: (v: number) => string }
const total = (title: string, key: string, unit: string): Total => ({ title, unit, of: (x) => ({ value: x.report?.totals[key] as number | null, at_least: x.report?.totals_are_lower_bound }) });
export const totals: Total[] = [
  total("Parameters", "params", ""), total("MACs", "macs", "MAC"), total("FLOPs", "flops", "FLOP"), total("Integer operations", "int_ops", "OP"),
  { title: "Peak memory", unit: "B", of: (x) => ({ value: x.memory?.peak.bytes, at_least: x.report?.totals_are_lower_bound }) },
  { title: "Time", unit: "s", of: (x) => ({ value: x.time?.seconds, at_least: x.time?.is_lower_bound }), standing: "modelled" },
  { title: "Inputs a second", unit: "", of: (x) => ({ value: x.time?.samples_per_s }), standing: "modelled" },
  { title: "Utilisation", unit: "", of: (x) => ({ value: x.time?.utilisation }), standing: "modelled", text: percent_text },
  { title: "Energy", unit: "J", of: (x) => ({ value: x.energy?.joules, at_least: x.energy?.is_lower_bound }), standing: "modelled" },
  total("Weights", "param_bytes", "B"), total("Bytes read", "read_bytes", "B"), total("Bytes written", "write_bytes", "B"), total("Activations", "activation_bytes", "B"),
];

export const ratio_of = (a: number | null | undefined, b: number | null | undefined): number | null => (typeof a === "number" && typeof b === "number" && a > 0 ? b / a : null);
