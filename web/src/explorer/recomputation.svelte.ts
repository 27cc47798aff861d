// What recomputation saves of a training step: memory against time, as proved or searched, and what runs twice for a
// budget on that line. Of the network and settings that it was asked about: it is none of others.
import { EngineError, latest } from "../engine/client";
import type { Explorer } from "./explorer.svelte";

export interface Checkpoint { solver: string; note: string | null; stages: number; peak_bytes: number; peak_without_bytes: number; beyond_bytes: number; extra_time: number; recomputed: string[]; kept: string[]; curve_exact: boolean | null; curve: { memory_bytes: number; extra_time: number; extra_ms: number | null }[] | null }
interface Found { of: string; curve: NonNullable<Checkpoint["curve"]>; is_exact: boolean | null; plan: Checkpoint; at: number } // `at`: a point of the curve

export class Recomputation {
  private last = $state.raw<Found | null>(null);
  private told = $state.raw<{ of: string; message: string } | null>(null);
  private asking = $state("");
  private wanted: number | null = null; // bytes, while the line is being searched
  private readonly of: string = $derived.by(() => JSON.stringify([this.explorer.report?.model.name, this.explorer.settings]));
  readonly found: Found | null = $derived(this.last?.of === this.of ? this.last : null);
  readonly failed: string = $derived(this.told?.of === this.of ? this.told.message : "");
  readonly is_busy: boolean = $derived(this.asking === this.of);
  readonly dropped: ReadonlySet<string> = $derived(new Set(this.found?.plan.recomputed));

  constructor(private readonly explorer: Explorer) {}

  // Of the tensors as the memory that is shown counts them; what a GPU takes beside them comes on top of each budget.
  private readonly ask = latest(async (checkpoint: string): Promise<Checkpoint | null> => {
    const { of } = this;
    this.told = null;
    try {
      const on_gpu = this.explorer.memory?.where === "cuda" ? { where: "cuda" } : {};
      const question = { question: "memory", ...this.explorer.step_question, ...on_gpu, checkpoint };
      return (await this.explorer.ask<{ memory: { checkpoint: Checkpoint } }>(question)).memory.checkpoint;
    } catch (error) {
      this.told = { of, message: error instanceof EngineError ? error.message : String(error) };
      return null;
    }
  });
  async begin(): Promise<void> {
    const { of } = this;
    if (this.asking === of) return;
    this.asking = of;
    const plan = await this.ask("optimal");
    if (this.asking === of) this.asking = "";
    if (!plan || of !== this.of) return;
    // Without a budget it is the plan that needs the least: the first point.
    this.last = { of, curve: plan.curve ?? [], is_exact: plan.curve_exact, plan, at: 0 };
    if (this.wanted !== null) void this.fit(this.wanted);
    this.wanted = null;
  }
  async choose(at: number): Promise<void> {
    const { found } = this;
    if (found === null || at === found.at) return;
    this.last = { ...found, at };
    const plan = await this.ask(`budget=${found.curve[at]!.memory_bytes + found.plan.beyond_bytes}`);
    if (plan && this.last?.of === found.of) this.last = { ...this.last, plan };
  }
  // The point of the line that needs the most of so many bytes; the line is searched first where nobody has.
  async fit(bytes: number): Promise<void> {
    if (this.found === null) {
      this.wanted = bytes;
      return this.begin();
    }
    const { curve } = this.found;
    await this.choose(Math.max(0, curve.findLastIndex((point) => point.memory_bytes <= bytes)));
  }
}
