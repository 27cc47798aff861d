// Answers in words.
import type { Answers, Field, Question } from "../lab/contract";
import { number_text } from "../charts/scale";

export function answer_text(field: Field, answer: Answers[string]): string {
  const v = answer[field.id];
  if (v === undefined || v === "") return "";
  if (field.type === "choice") return field.options.find((o) => o.id === v)?.label ?? String(v);
  if (field.type === "text") return String(v);
  const unit = field.units.find((u) => u.label === answer["unit"]) ?? field.units[0];
  return `${number_text(Number(v) / (unit?.factor ?? 1))} ${unit?.label ?? ""}`.trim();
}
export const summary_of = (question: Question, answer: Answers[string]): string =>
  question.fields.map((f) => answer_text(f, answer)).filter((t) => t !== "").join(" · ");
