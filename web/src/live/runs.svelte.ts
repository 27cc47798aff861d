// The runs that are shown beside each other: one, or two that differ in their activation. The page asks for a few steps
// at a time, of each in turn; what it draws is what the engine answers.
import { EngineError, type Engine } from "../engine/client";
import { fetch_images } from "./images";

export interface LedgerLine {
  name: string;
  foretold_bytes: number;
  counted_bytes?: number; // once a step has been made
}
export interface Point {
  step: number;
  loss: number; // the mean of the steps since the point before
  accuracy: number;
  gradient_norms: number[];
}
export interface Run {
  activation: string;
  parameters: number;
  layers: number;
  bytes_a_value: number;
  ledger: LedgerLine[];
  points: Point[];
}
export interface Setup {
  network: string;
  initialisation: string;
  optimizer: string;
  learning_rate: number;
  batch: number;
}

export const steps_a_point = 10;
export const most_steps = 600;

export class Runs {
  setup = $state<Setup>({ network: "784-128-64-10", initialisation: "he_normal", optimizer: "sgd", learning_rate: 0.05, batch: 32 });
  all = $state<Run[]>([]);
  playing = $state(false);
  images = $state<{ n_train: number; n_test: number; classes: number; guessing_loss: number } | null>(null);
  problem = $state("");
  private turn = 0; // of what is going on; a newer one ends it

  constructor(private readonly engine: Engine) {
    this.load().catch((error) => this.tell(error));
  }

  get steps(): number {
    return this.all[0]?.points.at(-1)?.step ?? 0;
  }
  get done(): boolean {
    return this.all.length > 0 && this.steps >= most_steps;
  }

  private async load(): Promise<void> {
    this.images = await this.engine.live_training({ do: "images" }, await fetch_images());
  }

  // Begins anew, one run for each activation, and plays.
  async begin(activations: string[]): Promise<void> {
    const turn = ++this.turn;
    this.problem = "";
    this.playing = false;
    try {
      if (this.images === null) await this.load();
      const runs: Run[] = [];
      for (const [training, activation] of activations.entries()) {
        const begun = await this.engine.live_training<Omit<Run, "points" | "activation">>({ do: "begin", training, ...this.setup, activation, seed: 1 });
        runs.push({ ...begun, activation, points: [] });
      }
      if (turn !== this.turn) return;
      this.all = runs;
      await this.play();
    } catch (error) {
      this.tell(error);
    }
  }

  async play(): Promise<void> {
    const turn = ++this.turn;
    this.playing = true;
    try {
      while (turn === this.turn && !this.done) {
        for (const [training, run] of this.all.entries()) {
          const { ledger, ...point } = await this.engine.live_training<Point & { ledger: LedgerLine[] }>({ do: "run", training, steps: steps_a_point });
          run.ledger = ledger;
          run.points.push(point);
        }
        await new Promise((next) => setTimeout(next, 0)); // the page draws
      }
    } catch (error) {
      this.tell(error);
    }
    if (turn === this.turn) this.playing = false;
  }

  // The points that are under way still come, so that the runs stay of one length.
  pause(): void {
    this.turn++;
    this.playing = false;
  }

  private tell(error: unknown): void {
    this.playing = false;
    // Its images are gone with it.
    if (error instanceof EngineError && error.code === "engine_restarted") this.images = null;
    this.problem = error instanceof Error ? error.message : String(error);
  }
}
