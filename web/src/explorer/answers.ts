// What the explorer reads of the engine's answers (docs/json.md has every key).
import type { Standing } from "../lab/contract";

export type Count = number | null; // null: nobody knows
export type Shape = Count[] | null;

export interface Parameter { name: string; value: number; default: number; min: number; max: number }
export interface Value { name: string; dtype: string; shape: Shape; declared: string[] }
export interface Model { name: string; source: string; format: string; batch: number; inputs: Value[]; outputs: Value[]; parameters: Parameter[] }
export interface Coverage { complete: boolean; nodes: number; counted: number; free: number; unknown: number; unknown_ops: (string | { op?: string; name?: string; reason?: string })[] }
export interface Layer {
  index: number | null;
  name: string;
  op: string;
  module: string;
  coverage: "counted" | "free" | "unknown";
  times: number;
  input_shapes: Shape[];
  output_shapes: Shape[];
  params: Count;
  buffers: Count;
  macs: Count;
  flops: Count;
  int_ops: Count;
  read_bytes: Count;
  write_bytes: Count;
  activations: Count;
  receptive_field: number[] | null;
}
export interface Answer { model: Model; assumptions: string[]; coverage: Coverage; totals_are_lower_bound: boolean; totals: Record<string, Count | string> }
export interface ModuleSums { path: string; depth: number; layers: number; params: number; buffers: number; macs: number; flops: number; int_ops: number; read_bytes: number; write_bytes: number; activations: number; lower_bounds: string[] }
export interface Report extends Answer { layers: Layer[]; modules: ModuleSums[] }

export interface Explained {
  name: string;
  value: Count;
  unit: string;
  standing?: Standing;
  formula: string;
  substitution: string;
  terms?: { label: string; factors: { name: string; value: Count }[] }[];
  note?: string;
}
// Along one spatial dimension of the input: what one element of a layer's output sees.
export interface Seen { axis: Count; size: Count; element: Count; input_size: number; first: Count; last: Count; first_without_borders: Count; last_without_borders: Count }
export interface Kernel { seconds: number; ops: number; bytes: number; level: string; compute_s: number; memory_s: number; start_s: number; bound: string; intensity: number; wave_efficiency: number }
export interface TimeLayer { name: string; op: string; seconds: number; fused: boolean; critical_batch_size: Count; forward: Kernel | null; input_gradient: Kernel | null; weight_gradient: Kernel | null }
export interface Time {
  mode: string; device: string; batch: number; format: string; library: string; is_lower_bound: boolean; seconds: number; samples_per_s: number;
  compute_bound_s: number; memory_bound_s: number; start_bound_s: Count; kernels: number; utilisation: number; needed_bytes: Count; usable_bytes: number; fits: boolean | null;
  ops_per_s: number; vector_ops_per_s: number; bytes_per_s: number; ridge_ops_per_byte: number; assumptions: string[]; layers: TimeLayer[];
}
export interface MemoryStep { phase: string; layer: string; alive_bytes: number; peak_bytes: number }
export interface Memory {
  mode: string; precision: string; optimizer: string | null; policy: string; note: string | null;
  ledger: Record<string, number>;
  peak: { bytes: number; phase: string; layer: string | null; composition: Record<string, number> };
  timeline: MemoryStep[] | null;
  where: string | null;
  gpu?: { allocated_bytes: number; reserved_bytes: number; shown_least_bytes: Count; shown_most_bytes: Count; is_lower_bound: boolean };
  arena?: { planner: string; total_bytes: number; lower_bound_bytes: number; optimal: boolean; buffers: { tensor: string; offset: number; bytes: number; first_step: number; last_step: number }[] };
  inference?: { peak_bytes: number; layer: string; steps: string[]; unknown_tensors: number };
}
export interface DeviceFigure { name: string; value: number; unit: string; what: string; standing: Standing; source: string }
export interface Device { name: string; title: string; class: string; year: number | null; source: string; figures: DeviceFigure[] }
export interface Network { name: string; summary: string; text?: string }
export interface GraphAnswer {
  nodes: { index: number | null; name: string; op: string; module: string; in_body: number | null; inputs: (number | null)[]; outputs: (number | null)[] }[];
  values: { name: string; dtype: string; shape: Shape; bytes: Count; role: string }[];
  inputs: number[]; // of the network
  outputs: number[];
}
export interface AliveTensor { tensor: string | null; category: string; bytes: number; first_step: number; last_step: number; phase: string | null; layer: string | null; storage: number | null }
export interface Alive { peak_step: number; tensors: AliveTensor[] }
export interface EnergyLayer { name: string; op: string; fused: boolean; joules: number; arithmetic_j: number; moving_j: number }
export interface Energy { joules: number; low_j: number; high_j: number; is_lower_bound: boolean; node: string; arithmetic_share: number; moving_share: number; layers: EnergyLayer[] }
export interface DiffLayer { index: number; name: string }
export interface Diff { exact: boolean; same: number; changed: number; added: number; removed: number; layers: { change: "same" | "changed" | "added" | "removed"; layer: DiffLayer | null; other: DiffLayer | null }[] }
export interface GradientLayer {
  name: string; op: string; rms: Count; norm: Count; activation_rms: Count; gradient_rms: Count; norm_ratio: Count; bound: Count;
  fp16_lost: Count; bf16_lost: Count; stalls: string | null;
}
export interface Gradients {
  initialisation: string; n_stored: number; batch: number; loss: string; logits_rms: Count; logits_gradient_rms: Count; loss_scale: Count; largest_loss_scale: Count;
  unknown_ops: string[]; layers: GradientLayer[];
}
