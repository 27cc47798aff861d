// The text of a question, and which of its fields stand inside of it.
import type { Question, Text } from "../lab/contract";

export interface Prompt { text: Text; placed: string[] }

// The ids of the fields that a prompt places inside its sentences.
const placed_in = (markdown: string): string[] => [...markdown.matchAll(/⟪([^⟫]+)⟫/g)].map((found) => found[1]!);

// A choice that ends the prompt is easier to read below it, as radio buttons. Once it is locked the
// sentence is whole again.
export function prompt_of({ prompt, fields }: Question, locked: boolean): Prompt {
  const last = /⟪([^⟫]+)⟫[.\s]*$/.exec(prompt.markdown)?.[1];
  if (locked || !fields.some((f) => f.id === last && f.type === "choice")) return { text: prompt, placed: placed_in(prompt.markdown) };
  const markdown = prompt.markdown.replace(/([?:.]?)\s*⟪[^⟫]+⟫[.\s]*$/, (_, end: string) => end || " …");
  return { text: { ...prompt, markdown }, placed: placed_in(markdown) };
}
