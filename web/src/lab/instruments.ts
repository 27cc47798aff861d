// What the engine answers for each type of instrument. Made from src/lab/shapes.cpp by
// script/docs; whatever else the page and the engine have to say is in contract.ts.
import type { Figure, Standing, Text } from "./contract";

export interface Row {
  label: string;
  figure: Figure;
  textbook?: Figure;  // what the book says, for the textbook mode
  constant?: string;  // id of the control of type "constant" that holds it
  source?: string;
}
export interface ActivationsValue {
  type: "activations";
  cards: {
    name: string;
    label: string;
    shown: boolean;  // from the start; the others can be added
    formula_tex: string;
    derivative_tex: string;
    rows: Row[];
    curve: { x: number[]; value: number[]; derivative: number[]; saturated: [number | null, number | null][] };  // the same x for both; `saturated` are intervals of x, ±Infinity given as null
    loop: string;  // the activation of the engine's loop that measures it here
    baseline: string;  // name of the card that its time is told against
  }[];
}
export interface SeriesValue {
  type: "series";
  x: {
    label: string;
    unit: string;
    scale: "linear" | "log";
    values: number[];
    marked: number | null;  // where the control stands
  };
  y: {
    label: string;
    unit: string;
    scale: "linear" | "log";
  };
  lines: {
    id: string;
    label: string;
    style: "bound" | "points";  // a computed line, or measured points with their spread
    standing: "exact" | "measured" | "modelled" | "reference" | "assumed";
    y: (number | null)[];
    low?: number[];
    high?: number[];
  }[];
  thresholds: {
    label: string;
    y: number;
  }[];
}
export interface BarsValue {
  type: "bars";
  unit: "bytes" | "macs" | "flops" | "ops" | "parameters" | "transistors" | "activations" | "seconds" | "joules";
  bars: {
    id: string;
    label: string;
    figure: Figure;
    explain: Text;
  }[];  // can be switched off in the page
  total: Figure;
  limit: {
    label: string;
    figure: Figure;
  } | null;
  textbook: Figure | null;  // the total by the book
}
export interface ChallengeValue {
  type: "challenge";
  goal: Text;
  variable: string;  // the control that the student moves
  used: Figure;
  budget: Figure;
  fits: boolean;
  shares: {
    label: string;
    figure: Figure;
    share: number;
  }[];  // the pie; shares sum to 1
  certificate: {
    accepted: boolean;
    text: Text;
    rows: Row[];
  } | null;  // once its question (id of the instrument) is in `answers`, field "committed"
}
export interface WaterfallValue {
  type: "waterfall";
  unit: "macs" | "flops";
  steps: {
    id: string;
    label: string;
    figure: Figure;
    value: number;
  }[];
  total: Figure;
  limit_series: SeriesValue;  // total ÷ forward against depth
}
export interface RegionsValue {
  type: "regions";
  variable: {
    label: string;
    unit: string;
    scale: "linear" | "log";
    min: number;
    max: number;
    value: number;
  };
  rows: {
    id: string;
    label: string;
    from: number | null;
    to: number | null;
    fits_now: boolean;
    used: Figure;
    budget: Figure;
    text: Text;
  }[];
  discovery: {
    from: number;
    to: number;
    inside: boolean;
    text: Text;
  } | null;
}
export interface BlocksValue {
  type: "blocks";
  unit: "bytes" | "macs" | "flops" | "ops" | "parameters" | "transistors" | "activations" | "seconds" | "joules";
  blocks: {
    id: string;
    label: string;
    group: string;
    figure: Figure;
  }[];  // areas in proportion; told apart by group
  total: Figure;
}
export interface PictureValue {
  type: "picture";
  draws: "window" | "cone" | "attention" | "cube" | "ladder" | "skyline" | "conveyor" | "court" | "pendulum" | "roofline" | "lanes" | "triangle" | "curves" | "levels" | "timeline";
  data: unknown;  // what it is drawn from: its component says what that is
  rows: Row[];  // the figures beside it
}
export type AnyValue = ActivationsValue | SeriesValue | BarsValue | ChallengeValue | WaterfallValue | RegionsValue | BlocksValue | PictureValue;
