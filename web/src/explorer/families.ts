// Layers by what their figures say they do, for tones in the drawings and their legend.
import type { Layer } from "./answers";
import type { Tone } from "./pen";

export interface Family { name: string; tone: Tone }
export const families = {
  products: { name: "multiply-accumulates", tone: "tone-b" },
  arithmetic: { name: "other arithmetic", tone: "tone-c" },
  free: { name: "no arithmetic", tone: "tone-d" },
  unknown: { name: "unknown", tone: "alarm-tint" },
} satisfies Record<string, Family>;

export function family_of(layer: Layer): Family {
  if (layer.coverage === "unknown") return families.unknown;
  if (layer.macs !== null && layer.macs > 0) return families.products;
  return (layer.flops ?? 0) > 0 || (layer.int_ops ?? 0) > 0 ? families.arithmetic : families.free;
}
