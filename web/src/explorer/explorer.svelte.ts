// The state of the explorer: one network, how it is asked about, what the engine answered, and what is selected.
// Views read it; whatever they change goes through it, so that all of them show the same.
import { EngineError, latest, type Engine, type Model as OpenModel, type ModelSource, type Question } from "../engine/client";
import type { Alive, Count, Device, Diff, Energy, EnergyLayer, Explained, GraphAnswer, Layer, Memory, Network, Report, Seen, Time, TimeLayer } from "./answers";
import { steps_of } from "./keys";
import { Recomputation } from "./recomputation.svelte";
import { is_inside, tree_of, type Module, type Tree } from "./modules";

export type Source = { kind: "network"; name: string } | { kind: "text"; text: string } | { kind: "file"; file: File };
export interface Settings {
  batch: number | null; // null: as the model has it
  set: Record<string, number>; // parameters and free dimensions that were moved
  train: boolean;
  optimizer: string;
  precision: string; // "file": as the file says
  device: string;
}
export type Selection = { kind: "layer"; layer: number } | { kind: "module"; path: string } | null;
export type Part = "report" | "time" | "memory" | "energy";

export const default_settings: Settings = { batch: null, set: {}, train: false, optimizer: "adam", precision: "file", device: "" };
export const own_device = "own";
const deepest = 100; // modules within modules, that the engine sums up

const sentence = (error: unknown): string => {
  if (error instanceof EngineError) return error.where === "" || error.message.includes(error.where) ? error.message : `${error.message} (${error.where})`;
  return error instanceof Error ? error.message : String(error);
};
const source_of = (source: Source): ModelSource => (source.kind === "network" ? source.name : source.kind === "text" ? { text: source.text, name: "typed.net" } : { file: source.file });
export const name_of = (source: Source): string => (source.kind === "network" ? source.name : source.kind === "text" ? "typed network" : source.file.name);

// By place in the report: other answers have only the layers that do something, in the same order.
function by_place<T extends { name: string }>(layers: Layer[], told: T[]): (T | null)[] {
  const all: (T | null)[] = layers.map(() => null);
  let at = 0;
  for (const one of told) {
    let i = at;
    while (i < all.length && layers[i]!.name !== one.name) i++;
    if (i === all.length) continue;
    all[i] = one;
    at = i + 1;
  }
  return all;
}

// What was on the screen when somebody kept it, to be held against what is now.
export interface Kept { title: string; totals: Record<string, Count | string>; memory: number | null; time: Time | null }

export class Explorer {
  source = $state.raw<Source | null>(null);
  settings = $state.raw<Settings>(default_settings);
  own = $state.raw<Record<string, unknown> | null>(null); // a device of one's own
  report = $state.raw<Report | null>(null);
  time = $state.raw<Time | null>(null);
  energy = $state.raw<Energy | null>(null); // asked for when it is looked at
  alive = $state.raw<Alive | null>(null); // of the memory's steps
  readonly recomputation = new Recomputation(this);
  memory = $state.raw<Memory | null>(null);
  ledger_explained = $state.raw<Explained[]>([]);
  explained = $state.raw<Explained[]>([]); // of the network
  layer_explained = $state.raw<{ layer: number; figures: Explained[] } | null>(null);
  kept = $state.raw<Kept | null>(null);
  graph = $state.raw<GraphAnswer | null>(null);
  graph_failed = $state<string | null>(null);
  failed = $state.raw<Partial<Record<Part, string>>>({});
  problem = $state<{ message: string; where: string } | null>(null); // what was opened last could not be
  is_busy = $state(false);
  n_opened = $state(0); // or refused, and all views are of the last
  devices = $state.raw<Device[]>([]);
  networks = $state.raw<Network[]>([]);
  selection = $state.raw<Selection>(null);
  figure = $state<string | null>(null); // a measure of the selected layer that was clicked
  element = $state.raw<number[] | null>(null); // of the selected layer's output; null: the middle one
  seen = $state.raw<{ layer: number; along: Seen[]; says: string } | null>(null); // what it sees of the input, or why that is not known
  pointed = $state.raw<number | null>(null); // a layer under the pointer
  linked: { select: (selection: Selection) => void; point: (layer: number | null) => void } | null = null; // another network that follows

  own_batch = $state<number | null>(null); // the model's, once it was asked without another

  private model: OpenModel | null = null;
  private is_fresh = true; // nothing of the model at hand was shown
  private turn = 0; // of opening: an answer to an older one is dropped
  private readonly see_ = latest((layer: number | null) => this.see(layer));
  private readonly refresh_ = latest((turn: number) => this.round(turn));

  readonly layers: Layer[] = $derived(this.report?.layers ?? []);
  readonly tree: Tree = $derived(tree_of(this.layers, this.report?.model.name ?? ""));
  readonly timed: (TimeLayer | null)[] = $derived(by_place(this.layers, this.time?.layers ?? []));
  readonly energised: (EnergyLayer | null)[] = $derived(by_place(this.layers, this.energy?.layers ?? []));
  readonly places: Map<string, number> = $derived(new Map(this.layers.map((layer, i) => [layer.name, i] as const).reverse()));
  readonly selected_module: Module | null = $derived.by(() => {
    const at = this.selection;
    return at?.kind === "module" ? (this.tree.by_path.get(at.path) ?? null) : null;
  });
  readonly selected_layer: number | null = $derived(this.selection?.kind === "layer" ? this.selection.layer : null);

  // Dimensions that a file leaves open, but for the batch, which has a slider of its own.
  readonly free: [string, number][] = $derived.by(() => {
    const found = new Map<string, number>();
    for (const input of this.report?.model.inputs ?? [])
      input.declared.forEach((name, i) => {
        const now = input.shape?.[i];
        if (/^[A-Za-z_]/.test(name) && i > 0 && typeof now === "number" && !this.report!.model.parameters.some((p) => p.name === name)) found.set(name, now);
      });
    return [...found];
  });
  readonly device_title: string = $derived(this.settings.device === own_device ? "my own device" : (this.devices.find((d) => d.name === this.settings.device)?.title ?? this.settings.device));

  constructor(readonly engine: Engine) {}
  // Of the same engine, devices and networks, with nothing open.
  another(): Explorer {
    const made = new Explorer(this.engine);
    [made.devices, made.networks, made.own, made.settings] = [this.devices, this.networks, this.own, this.settings];
    return made;
  }

  async begin(): Promise<void> {
    const [devices, networks] = await Promise.all([
      this.engine.ask<{ devices: Device[] }>({ question: "devices" }),
      this.engine.ask<{ networks: Network[] }>({ question: "networks" }),
    ]);
    this.devices = devices.devices;
    this.networks = networks.networks;
    const first = this.devices.find((d) => d.figures.some((f) => f.name === "fp32_flops_per_s"));
    if (this.settings.device === "" && first !== undefined) this.settings = { ...this.settings, device: first.name };
  }

  is_selected(layer: number): boolean {
    const at = this.selection;
    if (at === null) return false;
    if (at.kind === "layer") return at.layer === layer;
    const module = this.selected_module;
    return module !== null && is_inside(this.tree.of_layer[layer]!, module);
  }
  select(selection: Selection, figure: string | null = null): void {
    this.select_alone(selection, figure);
    this.linked?.select(selection);
  }
  select_alone(selection: Selection, figure: string | null = null): void {
    if (selection?.kind !== "layer" || selection.layer !== this.selected_layer) this.element = null;
    this.selection = selection;
    this.figure = figure;
    void this.explain_selection();
  }
  point(layer: number | null): void {
    this.pointed = layer;
    this.linked?.point(layer);
  }
  // The layer before or behind the one that is selected.
  step(by: number): void {
    if (this.layers.length === 0) return;
    const from = this.selected_layer ?? (this.selected_module?.first ?? (by > 0 ? -1 : this.layers.length)) - (this.selected_module === null || by < 0 ? 0 : 1);
    this.select({ kind: "layer", layer: Math.max(0, Math.min(this.layers.length - 1, from + by)) });
  }

  // The keys of every drawing: from layer to layer, out to the module, and nothing.
  walk(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const by = steps_of(event);
    if (by !== undefined) this.step(by);
    else if (event.key === "Escape" && this.selection !== null) this.select(null);
    else if (event.key === "Backspace" && this.selection !== null) this.select_outer();
    else return;
    event.preventDefault();
  }
  select_outer(): void {
    const module = this.selected_layer !== null ? this.tree.of_layer[this.selected_layer]! : (this.selected_module?.parent ?? null);
    this.select(module === null || module.path === "" ? null : { kind: "module", path: module.path });
  }

  // Opens a network in the place of this one, which stays where the new one cannot be opened.
  async open(source: Source, settings: Settings = { ...default_settings, device: this.settings.device, precision: this.settings.precision, train: this.settings.train, optimizer: this.settings.optimizer }): Promise<boolean> {
    const turn = ++this.turn;
    this.is_busy = true;
    try {
      const model = await this.engine.open_model(source_of(source));
      if (turn !== this.turn) {
        void model.close();
        return false;
      }
      const { model: before, source: source_before, settings: settings_before, graph, own_batch, selection, layer_explained, element, seen } = this;
      this.model = model;
      const is_typed_on = source.kind === "text" && this.source?.kind === "text";
      this.source = source;
      this.settings = settings;
      this.problem = null;
      this.is_fresh = !is_typed_on; // what is being typed is shown when all of it is there
      this.graph = null;
      this.own_batch = null;
      this.selection = null;
      this.layer_explained = null;
      this.element = this.seen = null;
      const is_told = await this.refresh_(turn);
      if (is_told === false && !is_typed_on && turn === this.turn) {
        // It opened, and then there was no report of it, as where memory ran out: what was there before is there again.
        void model.close();
        Object.assign(this, { model: before, source: source_before, settings: settings_before, graph, own_batch, selection, layer_explained, element, seen });
        this.explain_soon();
        return false;
      }
      void before?.close();
      return true;
    } catch (error) {
      if (turn === this.turn) this.problem = { message: sentence(error), where: error instanceof EngineError ? error.where : "" };
      return false;
    } finally {
      if (turn === this.turn) {
        this.is_busy = false;
        this.n_opened++;
      }
    }
  }
  change(settings: Partial<Settings>): void {
    this.settings = { ...this.settings, ...settings };
    if (this.model !== null) void this.refresh_(this.turn);
  }

  get batch(): number {
    return this.settings.batch ?? this.report?.model.batch ?? 1;
  }
  get common(): Question {
    const { batch, set } = this.settings;
    return { ...(batch === null ? {} : { batch }), ...(Object.keys(set).length > 0 ? { set } : {}) };
  }
  get step_question(): Question {
    const { train, optimizer, precision } = this.settings;
    return { ...this.common, ...(train ? { train, optimizer } : {}), ...(precision === "file" ? {} : { precision }) };
  }
  get device(): string | Record<string, unknown> {
    return this.settings.device === own_device && this.own !== null ? this.own : this.settings.device;
  }
  ask<T>(question: Question): Promise<T> {
    return this.model === null ? Promise.reject(new EngineError("closed", "Nothing is open.")) : this.model.ask<T>(question);
  }

  // Layer by layer beside another network, or beside this one as it is asked about elsewhere.
  async diff(other: Explorer): Promise<Diff> {
    const { diff } = await this.model!.ask_beside<{ diff: Diff }>(other.model!, { question: "diff", ...this.common, other_batch: other.batch, other_set: other.settings.set });
    return diff;
  }
  // Lets its network go.
  close(): void {
    this.turn++;
    this.linked = null;
    clearTimeout(this.due);
    void this.model?.close();
    this.model = null;
  }

  // One question after the other is answered; what belongs together is shown together.
  // False where there is no report of a network that was opened just now: then all is as it was.
  private async round(turn: number): Promise<boolean> {
    const failed: Partial<Record<Part, string>> = {};
    const part = <T>(name: Part, question: Question): Promise<T | null> =>
      this.ask<T>(question).catch((error: unknown) => ((failed[name] = sentence(error)), null));
    const is_first = this.is_fresh;
    const { common } = this;
    this.is_fresh = false;
    const asked_report = part<Report>("report", { question: "layers", depth: deepest, ...common });
    if (is_first && (await asked_report) === null) {
      if (turn === this.turn) this.problem = { message: failed.report ?? "", where: "" };
      return false;
    }
    const asked_time = part<{ time: Time }>("time", { question: "time", ...this.step_question, device: this.device });
    const asked_energy = this.wants_energy ? part<{ energy: Energy }>("energy", { question: "energy", ...this.step_question, device: this.device }) : null;
    const asked_memory = part<{ memory: Memory; alive?: Alive; explain: Explained[] }>("memory", { question: "memory", ...this.step_question, device: this.device, alive: true });
    const report = await asked_report;
    const show = (): void => {
      if (report === null || report === this.report) return;
      const at = this.selection;
      if (at?.kind === "layer" && report.layers[at.layer]?.name !== this.layers[at.layer]?.name) this.selection = null;
      this.report = report;
      if (!("batch" in common)) this.own_batch = report.model.batch;
    };
    if (turn !== this.turn) return true;
    if (is_first || report === null) {
      // What the network before needed is not this one's.
      [this.time, this.energy, this.memory, this.alive, this.ledger_explained, this.explained] = [null, null, null, null, [], []];
      show(); // first figures do not wait for the others
    }
    const [time, memory, energy] = await Promise.all([asked_time, asked_memory, asked_energy]);
    if (turn !== this.turn) return true;
    show();
    if (report !== null) this.problem = null;
    this.time = time?.time ?? null;
    this.energy = energy?.energy ?? null;
    this.memory = memory?.memory ?? null;
    this.alive = memory?.alive ?? null;
    this.ledger_explained = memory?.explain ?? [];
    this.failed = failed;
    if (report === null) this.problem = { message: failed.report ?? "", where: "" };
    this.explain_soon();
    return true;
  }

  private wants_energy = false;
  ask_energy(): void {
    if (this.wants_energy) return;
    this.wants_energy = true;
    if (this.model !== null) void this.refresh_(this.turn);
  }
  keep(): void {
    const { set, train, optimizer, precision } = this.settings;
    const words = [`batch ${this.batch}`, ...Object.entries(set).map(([name, value]) => `${name} ${value}`), precision === "file" ? "" : precision, train ? `training, ${optimizer}` : "inference", this.device_title];
    this.kept = { title: `${this.report!.model.name}: ${words.filter((w) => w !== "").join(", ")}`, totals: this.report!.totals, memory: this.memory?.peak.bytes ?? null, time: this.time };
  }

  // The graph is asked for when it is looked at; what it says of values holds for these settings.
  private wants_graph = false;
  async ask_graph(): Promise<void> {
    this.wants_graph = true;
    if (this.model === null) return;
    const turn = this.turn;
    try {
      const { graph } = await this.ask<{ graph: GraphAnswer }>({ question: "graph", ...this.common });
      if (turn === this.turn) [this.graph, this.graph_failed] = [graph, null];
    } catch (error) {
      if (turn === this.turn) [this.graph, this.graph_failed] = [null, sentence(error)];
    }
  }

  private due: ReturnType<typeof setTimeout> | undefined;
  // Formulas are looked up when a slider rests.
  private explain_soon(): void {
    clearTimeout(this.due);
    this.due = setTimeout(() => {
      if (this.wants_graph) void this.ask_graph();
      void this.explain_network();
      void this.explain_selection();
    }, 250);
  }
  private async explain_network(): Promise<void> {
    const answer = await this.ask<{ explain: Explained[] }>({ question: "explain", ...this.common }).catch(() => null);
    if (answer !== null) this.explained = answer.explain;
  }
  choose_element(element: number[] | null): void {
    this.element = element;
    void this.see_(this.selected_layer);
  }
  private async see(layer: number | null): Promise<void> {
    const { element } = this;
    if (layer === null) return void (this.seen = null);
    const ask = (element: string): Promise<{ seen: Seen[] }> => this.ask({ question: "explain", layer: this.layers[layer]!.name, element, ...this.common });
    const failed = (error: unknown): { seen: Seen[]; says: string } => ({ seen: [], says: error instanceof Error ? error.message : String(error) });
    let answer: { seen: Seen[]; says?: string } | null = element === null ? null : await ask(element.join()).catch(() => null);
    // Of an output that has become smaller the middle is as good.
    if (answer === null) {
      if (this.element === element) this.element = null;
      answer = await ask("middle").catch(failed);
    }
    if (this.selected_layer === layer) this.seen = { layer, along: answer.seen, says: answer.says ?? "" };
  }
  private async explain_selection(): Promise<void> {
    void this.see_(this.selected_layer);
    const layer = this.selected_layer;
    if (layer === null) return void (this.layer_explained = null);
    const { name } = this.layers[layer]!;
    const answer = await this.ask<{ explain: Explained[] }>({ question: "explain", layer: name, ...this.common }).catch(() => null);
    if (answer !== null && this.selected_layer === layer) this.layer_explained = { layer, figures: answer.explain };
  }
}
