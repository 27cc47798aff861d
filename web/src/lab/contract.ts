// Questions about a lab and the engine's answers to them: the border between the page and the
// engine (src/lab, src/api). The page draws these values; it computes no figure of its own.
//
//   {"question":"document"}      -> LabDocument   what never changes while a student works; the page has
//                                                 it from its build (`reckon lab pack`), to be drawn at once
//   {"question":"evaluate", …}   -> Evaluation    everything that depends on controls and answers
//   {"question":"ledger", …}     -> DesignLedger  the file that the student takes home
//
// Every string named `Text` is Markdown (paragraphs, lists, emphasis, links, `code`, $TeX$) in which
// ⟦0⟧, ⟦1⟧, … stand for its figures.

import type { AnyValue, SeriesValue } from "./instruments";
export type { ActivationsValue, Row, SeriesValue } from "./instruments";

export interface Figure {
  text: string;          // "1,832.4 KiB", for people
  value: number | string | boolean | null;
  expression: string;    // as the lab's author wrote it
  words?: string;        // its formula in words, and the numbers put in: the engine's own where it explains
  numbers?: string;      // what it computed; only where `derive` was asked for
  standing?: Standing;
}
// "given": it depends on what the student answered, or put for a constant.
export type Standing = "exact" | "measured" | "modelled" | "reference" | "assumed" | "given";
export interface Text {
  markdown: string;
  figures: Figure[];
}

// ---- the document -------------------------------------------------------------------------------

export interface LabDocument {
  schema: 1;
  id: string;            // "05-neural-computation"
  chapter: number;
  title: string;
  minutes: [number, number];
  engine: string;        // version
  intro: Text;
  opening: null | { caption: Text; forward?: boolean; rows: { label: string; values: number[] }[] };   // the first picture: a signal on its way
  controls: Control[];   // of all instruments; their ids are the names in `Controls`
  acts: Act[];
  closing: Text;         // shown with the design ledger
  ledger: { file_name: string; keys: string[] };
  textbook: boolean;     // the lab has textbook figures: offer the textbook mode
}
export interface Act {
  id: string;            // "act1"
  title: string;
  minutes: number;
  intro: Text;
  prediction: Question;  // before it is locked nothing below can be used
  instruments: Instrument[];
  reveal: { id: string };          // its text comes from evaluate, once `needs` are answered
  reflections: Question[];
  peeks: { id: string; title: string; text: Text }[];
  decisions: Question[]; // what the student ships; goes to the ledger
}

// A question is a text with fields. ⟪id⟫ in the prompt's Markdown places a field inside the
// sentence; fields that are not placed stand below it.
export interface Question {
  id: string;            // "act1.prediction"
  prompt: Text;
  fields: Field[];
  optional: boolean;     // need not be answered to go on
  lock_label: string;    // the label of its button: "Lock my prediction"
}
export type Field =
  | { id: string; type: "choice"; label: string; options: { id: string; label: string }[] }
  | { id: string; type: "number"; label: string; units: { label: string; factor: number }[]; min: number | null; max: number | null }
  | { id: string; type: "text"; label: string; max_length: number };

export type Control =
  | { id: string; type: "choice"; label: string; options: { value: string; label: string }[]; default: string; help: string }
  | { id: string; type: "number_choice"; label: string; options: { value: number; label: string }[]; default: number; help: string }
  | { id: string; type: "range"; label: string; min: number; max: number; step: number; scale: "linear" | "log"; default: number; help: string; plays: boolean }
  | { id: string; type: "toggle"; label: string; default: boolean; help: string }
  // a constant of the textbook that the student may change; `id` is its key in Controls
  | { id: string; type: "constant"; label: string; default: number; min: number; max: number; step: number; standing: Standing; source: string; help: string };

export interface Instrument {
  id: string;            // "act2.ledger"
  type: InstrumentValue["type"];
  title: string;
  intro: Text;
  controls: string[];    // ids of the controls that it shows
}

// ---- evaluation ---------------------------------------------------------------------------------

export type Controls = Record<string, number | string | boolean>;
// question id -> field id -> what was locked in. Numbers are in base units (bytes); `unit` is kept
// beside them as the label that the student chose.
export type Answers = Record<string, Record<string, number | string>>;

export interface EvaluateQuestion {
  controls: Controls;    // those left out are at their default
  answers: Answers;      // locked ones only
  elements?: string[];   // ids of instruments, reveals, questions, acts …; all when absent
  previous?: Controls;   // the controls before the last move: asks for `change`
  derive?: boolean;      // figures tell their words and numbers
}
export interface Evaluation {
  elements: Record<string, ElementValue>;
  failed: Record<string, { message: string; where: string }>;   // elements that have no value now, and why
  // controls whose options depend on others: which are allowed now
  allowed: Record<string, (number | string | boolean)[]>;
}
export type ElementValue =
  // only when its act's prediction is in `answers`; `drawn` puts the guess and the truth on one scale
  | { type: "reveal"; text: Text; drawn: null | { scale: "linear" | "log"; guess: Figure; truth: Figure } }
  | { type: "feedback"; fields: Record<string, Feedback> }   // of a question that is in `answers`
  | InstrumentValue;
export interface Feedback {
  correct: boolean | null;   // null: not graded
  text: Text;                // why, for exactly the chosen option or number
  key: string | number | null;
}
export interface InstrumentCommon {
  note: Text;                // a sentence below the chart, about this very state
  alert: Text | null;        // "OOM: …": the state is infeasible
  change: Text | null;       // "+123.25 KiB, all of it activations"; only when `previous` was told
}
export type InstrumentValue = InstrumentCommon & AnyValue;
export type Axis = SeriesValue["y"];

// ---- traceability and the ledger ------------------------------------------------------------------

// The answer to evaluate with elements: ["traceability"].
export interface TraceabilityValue {
  type: "traceability";
  // `source` says who claims it, and where; `textbook` is the source's literal figure
  claims: { id: string; element: string; source: string; claim: string; textbook: Figure | null; computed: Figure | null; verdict: "holds" | "holds only if" | "does not hold" | "to be measured"; text: Text; measure?: string }[];
}

export interface Entry {
  at: string;                // time, ISO 8601 in UTC
  kind: "lock" | "answer" | "decision" | "move" | "measure" | "commit";
  element: string;           // id of the question, control or instrument
  value: Record<string, number | string> | number | string | boolean;
}
export interface LedgerQuestion { entries: Entry[] }
// Under the keys that the lab's document names (`ledger.keys`) what the student found, then the
// evidence; see docs/labs.md.
export interface DesignLedger {
  [key: string]: unknown;
  evidence: { schema: 1; lab: string; engine: string; entries: (Entry & { hash: string })[]; computed: Record<string, number | string>; seal: string };
}

export interface Failure { error: { code: string; message: string; where: string } }

// ---- questions about the machine under the page ------------------------------------------------------
//
//   activation_loop {activation, evaluations} -> {checksum}   the page takes the time around it
//   pointer_chase   {bytes, steps}      -> {checksum}
