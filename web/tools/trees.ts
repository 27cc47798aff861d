// The trees of all texts of a document, by their Markdown, so that the page draws itself without
// the lexer. Of the lexer's tokens only what components draw is kept.
import type { LabDocument } from "../src/lab/contract";
import { lex, type Node } from "../src/text/lexer";
import { prompt_of } from "../src/text/prompt";

const drawn = ["type", "text", "tokens", "items", "header", "rows", "ordered", "href"];
const slim = (nodes: Node[]): Node[] =>
  JSON.parse(JSON.stringify(nodes, (key, value) => (key === "" || /^\d+$/.test(key) || drawn.includes(key) ? (value as unknown) : undefined))) as Node[];

export function trees_of(document: LabDocument): Record<string, Node[]> {
  const texts = [document.intro.markdown, document.closing.markdown, document.opening?.caption.markdown ?? ""];
  for (const act of document.acts) {
    for (const question of [act.prediction, ...act.reflections, ...act.decisions]) texts.push(prompt_of(question, false).text.markdown, prompt_of(question, true).text.markdown);
    for (const { markdown } of [act.intro, ...act.instruments.map((i) => i.intro), ...act.peeks.map((p) => p.text)]) texts.push(markdown);
  }
  return Object.fromEntries(texts.map((markdown) => [markdown, slim(lex(markdown))]));
}
