// Nanoseconds per evaluation on this machine: the engine's own loop, timed in its worker. The loop
// without any function is timed too, and named, but not subtracted: what overlaps is not a sum.
import type { Asked } from "../lab/work.svelte";

export async function measure_loops(engine: Asked, loops: string[], tell: (loop: string, ns: number) => void): Promise<void> {
  for (const activation of loops) {
    const timing = await engine.time_loop({ question: "activation_loop", activation, evaluations: 65_536 }, { repeats: 5, count_key: "evaluations", least_ms: 10 });
    tell(activation, timing.ns_per_count.median);
  }
}

export async function measure_chase(engine: Asked, bytes: number): Promise<number> {
  const timing = await engine.time_loop({ question: "pointer_chase", bytes, steps: 65_536 }, { repeats: 3, count_key: "steps", least_ms: 10, set_up: true });
  return timing.ns_per_count.median;
}
