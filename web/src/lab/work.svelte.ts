// A student's work on one lab: what was answered and moved, what the engine says about it, and how
// both are kept. Components read this and call its verbs; nothing else holds state that matters.
import { EngineError, type Engine } from "../engine/client";
import type {
  Act, Answers, Controls, DesignLedger, ElementValue, Entry, Evaluation, LabDocument, TraceabilityValue,
} from "./contract";
import { carried_to } from "./carried";
import { fresh, is_value_of, read_saved, Refused, type Saved } from "./saved";

export type Asked = Pick<Engine, "lab" | "ask" | "time_loop" | "version">;
type Value = Controls[string];
type Element = ElementValue | TraceabilityValue;

const gesture_ms = 400; // so long after the last change of a control its move is over
const slow_ms = 150; // so long an answer may take before the page says that it is on its way

export class Work {
  saved = $state.raw<Saved>() as Saved;
  elements = $state.raw<Record<string, Element>>({});
  allowed = $state.raw<Evaluation["allowed"]>({});
  problem = $state<string | null>(null);
  refused = $state.raw<Record<string, string>>({}); // constants that the engine did not take, and why
  failures = $state.raw<Record<string, string>>({}); // elements that have no value in this state, and why
  is_slow = $state(false);
  private readonly defaults: Controls = {};
  values = $derived<Controls>({ ...this.defaults, ...this.saved.controls });

  private readonly key: string;
  private previous: Controls | undefined; // before the last move
  private moving: string | null = null; // the control of the move that is not over
  private over: ReturnType<typeof setTimeout> | undefined;
  private pending: Set<string> | null = null;
  private asking = false;
  private proposals = 0;
  private is_lost = false; // the problem is that the engine did not answer: the next answer clears it
  private frame = false; // an evaluation was asked for in this animation frame

  constructor(readonly lab: LabDocument, readonly engine: Asked) {
    this.key = `reckon-lab:${lab.id}`;
    for (const control of lab.controls) this.defaults[control.id] = control.default;
    Object.assign(this.defaults, carried_to(lab));
    this.saved = fresh(lab.id);
    this.load();
    addEventListener("storage", (event) => {
      if (event.key === this.key) this.load();
    });
    addEventListener("pagehide", () => this.settle());
    this.evaluate();
  }

  // ---- what is open ----
  is_locked = (question: string): boolean => this.saved.answers[question] !== undefined;
  is_open = (act: Act): boolean => this.is_locked(act.prediction.id);
  is_explored = (act: Act): boolean => this.saved.explored.includes(act.id);
  is_revealed = (act: Act): boolean => this.saved.revealed.includes(act.id);
  is_reflected = (act: Act): boolean =>
    this.is_revealed(act) && act.reflections.every((q) => q.optional || this.is_locked(q.id));
  is_done = (act: Act): boolean =>
    this.is_reflected(act) && act.decisions.every((q) => q.optional || this.is_locked(q.id));

  // ---- verbs ----
  set(control: string, value: Value): void {
    if (this.lab.controls.some((c) => c.id === control && c.type === "constant")) void this.propose(control, Number(value));
    else this.move(control, value);
  }

  // Whatever number stands in a field is the engine's to judge, and until it has taken it nothing changes.
  private async propose(control: string, value: number): Promise<void> {
    const asked = ++this.proposals;
    let why: string | undefined;
    try {
      const elements = this.lab.acts.filter(this.is_open).flatMap((a) => a.instruments.filter((i) => i.controls.includes(control)).map((i) => i.id));
      const evaluation = await this.engine.lab<Evaluation>({ question: "evaluate", controls: { ...this.values, [control]: value }, answers: this.saved.answers, elements });
      why = Object.values(evaluation.failed)[0]?.message;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    if (asked !== this.proposals) return;
    const { [control]: _, ...others } = this.refused;
    this.refused = why === undefined ? others : { ...others, [control]: why };
    if (why === undefined) this.move(control, value);
  }

  private move(control: string, value: Value): void {
    if (this.values[control] === value) return;
    if (this.moving !== control) {
      this.settle();
      this.previous = this.values;
      this.moving = control;
    }
    this.change({ controls: { ...this.saved.controls, [control]: value } });
    const acts = this.lab.acts.filter((a) => a.instruments.some((i) => i.controls.includes(control)));
    for (const act of acts) this.explore(act.id);
    clearTimeout(this.over);
    this.over = setTimeout(() => this.settle(), gesture_ms);
    this.evaluate(this.lab.acts.flatMap((a) => a.instruments.filter((i) => i.controls.includes(control)).map((i) => i.id)));
  }

  answer(question: string, value: Answers[string], kind: Entry["kind"]): void {
    if (kind !== "commit" && this.is_locked(question)) return;
    this.settle();
    this.change({ answers: { ...this.saved.answers, [question]: value } });
    this.note(kind, question, value);
    this.evaluate();
  }

  explore(act: string): void {
    if (!this.saved.explored.includes(act)) this.change({ explored: [...this.saved.explored, act] });
    this.save_soon();
  }

  reveal(act: Act): void {
    this.change({ revealed: [...this.saved.revealed, act.id] });
    this.save();
    this.evaluate();
  }

  // What was timed on this machine: kept, and told to the record where it belongs to an instrument.
  keep_measured(times: Record<string, number>, instrument: string | null): void {
    this.change({ measured: { ...this.saved.measured, ...times } });
    if (instrument !== null) this.note("measure", instrument, times);
    else this.save();
  }

  is_idle = (): boolean => !this.asking && this.pending === null;

  show_textbook(on: boolean): void {
    this.change({ textbook: on });
    this.save();
  }

  replace(saved: Saved): void {
    clearTimeout(this.over);
    this.moving = null;
    this.previous = undefined;
    this.saved = saved;
    this.elements = {};
    this.refused = {};
    this.failures = {};
    this.save();
    this.evaluate();
  }
  reset(): void {
    this.replace(fresh(this.lab.id));
  }

  async ledger(): Promise<DesignLedger> {
    this.settle();
    return this.engine.lab<DesignLedger>({ question: "ledger", entries: this.saved.entries });
  }

  async traceability(): Promise<TraceabilityValue> {
    const evaluation = await this.engine.lab<{ elements: Record<string, TraceabilityValue> }>({
      question: "evaluate", controls: {}, answers: this.saved.answers, elements: ["traceability"], derive: true,
    });
    return evaluation.elements["traceability"]!;
  }

  // Ends the move that is under way: it goes to the record, and everything is computed anew.
  settle(): void {
    clearTimeout(this.over);
    if (this.moving === null) return;
    const control = this.moving;
    this.moving = null;
    this.note("move", control, this.values[control]!);
    this.evaluate();
  }

  exported(): string {
    this.settle();
    return JSON.stringify({ ...this.saved, saved_at: new Date().toISOString() }, null, 1) + "\n";
  }

  // ---- keeping ----
  private change(part: Partial<Saved>): void {
    this.saved = { ...this.saved, ...part };
  }
  private note(kind: Entry["kind"], element: string, value: Entry["value"]): void {
    // A clock that was set back does not make the record run backwards.
    const last = this.saved.entries.at(-1)?.at ?? "";
    const now = new Date().toISOString();
    this.change({ entries: [...this.saved.entries, { at: now < last ? last : now, kind, element, value }] });
    this.save();
  }
  private save_soon(): void {
    if (this.moving === null) this.save();
  }
  private save(): void {
    this.saved = { ...this.saved, saved_at: new Date().toISOString() };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.saved));
    } catch {
      this.problem = "This browser does not keep the lab’s state. Export it from the menu before you leave.";
    }
  }
  private load(): void {
    try {
      const text = localStorage.getItem(this.key);
      this.saved = text === null ? fresh(this.lab.id) : read_saved(text, this.lab);
      this.evaluate();
    } catch (error) {
      if (error instanceof Refused) this.problem = `${error.message} The lab starts anew; what was saved stays until your first answer.`;
    }
  }

  // ---- asking ----
  // At most one evaluation is under way and at most one is asked for in a frame; what comes
  // meanwhile is asked for together, with the newest values.
  private evaluate(elements: string[] = this.visible()): void {
    this.pending ??= new Set();
    for (const id of elements) this.pending.add(id);
    if (!this.asking && !this.frame) void this.ask();
  }

  private async ask(): Promise<void> {
    if (this.pending === null || this.lab === undefined) return;
    const visible = new Set(this.visible());
    const elements = [...this.pending].filter((id) => visible.has(id));
    this.pending = null;
    if (elements.length === 0) return;
    this.asking = true;
    this.frame = true;
    const slow = setTimeout(() => (this.is_slow = true), slow_ms);
    requestAnimationFrame(() => {
      this.frame = false;
      if (!this.asking) void this.ask();
    });
    try {
      const question = { question: "evaluate", controls: this.values, answers: this.saved.answers, elements, previous: this.previous, derive: this.moving === null };
      this.take(elements, await this.engine.lab<Evaluation>(question));
    } catch (error) {
      this.fail(error);
    }
    clearTimeout(slow);
    this.is_slow = false;
    this.asking = false;
    if (!this.frame) void this.ask();
  }

  private take(asked: string[], evaluation: Evaluation): void {
    const still = new Set(this.visible());
    const known = Object.entries({ ...this.elements, ...evaluation.elements }).filter(([id]) => still.has(id));
    this.elements = Object.fromEntries(known);
    const failed = Object.entries(evaluation.failed).map(([id, why]) => [id, why.message] as const);
    const others = Object.entries(this.failures).filter(([id]) => still.has(id) && !asked.includes(id));
    if (failed.length > 0 || Object.keys(this.failures).length > 0) this.failures = Object.fromEntries([...others, ...failed]);
    this.allowed = evaluation.allowed;
    if (this.is_lost) this.problem = null;
    this.is_lost = false;
    this.keep_allowed();
  }

  // A control that the engine does not take (a state of another version may hold one) goes back to its default.
  private fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const control = error instanceof EngineError ? /^controls\.(.+)$/.exec(error.where)?.[1] : undefined;
    if (control !== undefined && this.saved.controls[control] !== undefined) {
      const { [control]: _, ...controls } = this.saved.controls;
      this.refused = { ...this.refused, [control]: message };
      this.change({ controls });
      this.evaluate();
      return;
    }
    this.problem = message;
    this.is_lost = true;
  }

  // Elements on the page that have a value of the engine's: none of an act before its lock.
  private visible(): string[] {
    return this.lab.acts.filter(this.is_open).flatMap((act) => [
      ...act.instruments.map((i) => i.id),
      ...(this.is_revealed(act) ? [act.reveal.id, act.prediction.id] : []),
      ...[...act.reflections, ...act.decisions].map((q) => q.id).filter(this.is_locked),
    ]);
  }

  // A control whose value has become impossible goes where the engine has put it already: to its
  // default, or else to the first value that is possible.
  private keep_allowed(): void {
    for (const control of this.lab.controls) {
      const allowed = this.allowed[control.id];
      const now = this.values[control.id]!;
      if (allowed === undefined || allowed.length === 0 || allowed.includes(now)) continue;
      const next = allowed.includes(control.default) ? control.default : allowed[0]!;
      if (!is_value_of(control, next)) continue;
      this.change({ controls: { ...this.saved.controls, [control.id]: next } });
      this.note("move", control.id, next);
      this.evaluate();
    }
  }
}
