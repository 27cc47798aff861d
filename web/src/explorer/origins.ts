// A figure of an answer with where it comes from, as the notes of the page show it.
import type { Figure, Standing } from "../lab/contract";
import type { Explained } from "./answers";
import { exact_text, figure_text } from "./measures";

const units: Record<string, string> = { parameters: "", elements: "", "integer operations": "OP" };
export const unit_of = (unit: string): string => units[unit] ?? unit;

export function figure_of(value: number | null | undefined, unit: string, told?: Explained, standing: Standing = "exact", at_least = false): Figure {
  const text = `${at_least ? "at least " : ""}${figure_text(value, unit)}`;
  return {
    text, value: value ?? null, expression: told?.name ?? "",
    ...(told ? { words: told.formula || "0", numbers: `${told.substitution} = ${exact_text(told.value, unit_of(told.unit))}` } : { words: exact_text(value, unit), numbers: exact_text(value, unit) }),
    standing: told?.standing ?? standing,
  };
}
