// Two networks side by side, or one in two settings. Which layer is which, the engine says; what is selected of one is
// selected of the other.
import { latest } from "../engine/client";
import type { Diff } from "./answers";
import type { Change } from "./changes";
import { name_of, type Explorer, type Settings, type Source } from "./explorer.svelte";
import { steps_of } from "./keys";
import type { Measure } from "./measures";

export interface Pair { change: Change; a: number | null; b: number | null } // places among the layers
export interface Differing { a: number | null; b: number | null; by: number | null } // null where unknown; a layer that is not there costs nothing

const names_of = ({ layers }: Explorer): string => layers.map((layer) => layer.name).join("\n");

export class Comparison {
  diff = $state.raw<Diff | null>(null); // of the reports that are shown
  // None as long as the engine has not told of the layers that are shown.
  readonly pairs: Pair[] = $derived.by(() => {
    if (this.diff === null || this.named !== `${names_of(this.of)}\n\n${names_of(this.other)}`) return [];
    return this.diff.layers.map(({ change, layer, other }) => ({ change, a: layer === null ? null : layer.index - 1, b: other === null ? null : other.index - 1 }));
  });
  private named = ""; // the layers that `diff` is of
  failed = $state<string | null>(null);

  // Of each layer of either side its pair.
  private readonly of_a: Map<number, number> = $derived(new Map(this.pairs.flatMap((p, i) => (p.a === null ? [] : [[p.a, i] as const]))));
  private readonly of_b: Map<number, number> = $derived(new Map(this.pairs.flatMap((p, i) => (p.b === null ? [] : [[p.b, i] as const]))));
  private pair_of(a: number | null, b: number | null): number | null {
    return (a !== null ? this.of_a.get(a) : b !== null ? this.of_b.get(b) : null) ?? null;
  }
  readonly selected: number | null = $derived.by(() => this.pair_of(this.of.selected_layer, this.other.selected_layer));
  // A pair under the pointer.
  readonly pointed: number | null = $derived.by(() => this.pair_of(this.of.pointed, this.other.pointed));
  // The path of a module that is selected in either.
  readonly selected_path: string | null = $derived.by(() => {
    const at = this.of.selection?.kind === "module" ? this.of.selection : this.other.selection;
    return at?.kind === "module" ? at.path : null;
  });
  private readonly ask_ = latest(() => this.of.diff(this.other));

  // What is selected or pointed at in one is so in the other: the layer of its pair, the module of the same path.
  constructor(readonly of: Explorer, readonly other: Explorer) {
    for (const [one, another, is_a] of [[of, other, true], [other, of, false]] as const) {
      const beside = (layer: number | null): number | null => {
        const pair = layer === null ? undefined : (is_a ? this.of_a : this.of_b).get(layer);
        return pair === undefined ? null : this.pairs[pair]![is_a ? "b" : "a"];
      };
      one.linked = {
        select: (selection) => {
          const layer = selection?.kind === "layer" ? beside(selection.layer) : null;
          another.select_alone(layer !== null ? { kind: "layer", layer } : selection?.kind === "module" && another.tree.by_path.has(selection.path) ? selection : null);
        },
        point: (layer) => (another.pointed = beside(layer)),
      };
    }
  }

  // Null where the other network cannot be opened; the explorer then tells why.
  static async begin(of: Explorer, source: Source, own = of.own, settings: Settings = { ...of.settings, set: source === of.source ? of.settings.set : {} }): Promise<Comparison | null> {
    const other = of.another();
    other.own = own;
    const opened = await other.open(source, settings);
    if (opened && other.report !== null) return new Comparison(of, other);
    of.problem = other.problem;
    other.close();
    return null;
  }

  // Whenever either report has changed.
  async refresh(): Promise<void> {
    const [of, other] = [this.of.report, this.other.report];
    try {
      const diff = await this.ask_(undefined);
      if (diff === undefined || of !== this.of.report || other !== this.other.report) return;
      this.failed = null;
      this.named = `${names_of(this.of)}\n\n${names_of(this.other)}`;
      this.diff = diff;
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
    }
  }

  select(at: number | null): void {
    const pair = at === null ? undefined : this.pairs[at];
    for (const [side, layer] of [[this.of, pair?.a ?? null], [this.other, pair?.b ?? null]] as const) side.select_alone(layer === null ? null : { kind: "layer", layer });
  }
  select_module(path: string): void {
    for (const side of [this.of, this.other]) side.select_alone(side.tree.by_path.has(path) ? { kind: "module", path } : null);
  }
  point(at: number | null): void {
    const pair = at === null ? undefined : this.pairs[at];
    [this.of.pointed, this.other.pointed] = [pair?.a ?? null, pair?.b ?? null];
  }
  // What a layer of one side is beside the other; null as long as nobody knows.
  change_of(side: "a" | "b", layer: number): Change | null {
    const pair = (side === "a" ? this.of_a : this.of_b).get(layer);
    return pair === undefined ? null : this.pairs[pair]!.change;
  }
  // `shown`: the pairs that are, in their order.
  step(by: number, shown: number[]): void {
    if (shown.length === 0) return;
    const from = this.selected === null ? (by > 0 ? -1 : shown.length) : shown.indexOf(this.selected);
    this.select(shown[Math.max(0, Math.min(shown.length - 1, from + by))]!);
  }
  walk(event: KeyboardEvent, shown: number[], page = 20): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const by = steps_of(event, page);
    if (by !== undefined) this.step(by, shown);
    else if (event.key === "Escape" && (this.selected ?? this.selected_path) !== null) this.select(null);
    else return;
    event.preventDefault();
  }

  differing(measure: Measure, at: number): Differing {
    const pair = this.pairs[at]!;
    const a = pair.a === null ? 0 : measure.of(this.of, pair.a);
    const b = pair.b === null ? 0 : measure.of(this.other, pair.b);
    return { a: pair.a === null ? null : a, b: pair.b === null ? null : b, by: a === null || b === null ? null : b - a };
  }
  // A name for people: of both where they differ.
  name_of(at: number): string {
    const { a, b } = this.pairs[at]!;
    const [mine, theirs] = [a === null ? null : (this.of.layers[a]?.name ?? null), b === null ? null : (this.other.layers[b]?.name ?? null)];
    return mine === null ? (theirs ?? "") : theirs === null || theirs === mine ? mine : `${mine} | ${theirs}`;
  }
  // A name for files.
  get title(): string {
    const [a, b] = [this.of.source, this.other.source];
    return a === b ? `${a === null ? "" : name_of(a)} in two settings` : `${a === null ? "" : name_of(a)} beside ${b === null ? "" : name_of(b)}`;
  }
  close(): void {
    this.of.linked = null;
    this.other.close();
  }
}
