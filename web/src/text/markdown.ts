// Text of a lab as a tree: Markdown with $TeX$, ⟦figures⟧ and ⟪fields⟫. Components draw the tree,
// so that no string of a lab ever becomes HTML, except what KaTeX makes of a formula (math.svelte.ts).
import { Lexer, Marked, type Token, type TokenizerAndRendererExtension } from "marked";
import type { Figure } from "../lab/contract";

export type Node = Token & { tokens?: Node[] };

const inline = (name: string, start: string, rule: RegExp): TokenizerAndRendererExtension => ({
  name,
  level: "inline",
  start: (text) => text.indexOf(start),
  tokenizer(text) {
    const found = rule.exec(text);
    return found === null ? undefined : { type: name, raw: found[0], text: found[1] ?? "" };
  },
});
const display: TokenizerAndRendererExtension = {
  name: "display",
  level: "block",
  start: (text) => text.indexOf("$$"),
  tokenizer(text) {
    const found = /^\$\$([^$]+)\$\$(?:\n|$)/.exec(text);
    return found === null ? undefined : { type: "display", raw: found[0], text: found[1] ?? "" };
  },
};
const marked = new Marked({
  extensions: [
    display,
    inline("math", "$", /^\$((?:\\.|[^$\\\n])+)\$/),
    inline("figure", "⟦", /^⟦(\d+)⟧/),
    inline("field", "⟪", /^⟪([^⟫]+)⟫/),
  ],
});

const known = new Map<string, Node[]>();
export function tree_of(markdown: string): Node[] {
  let tree = known.get(markdown);
  if (tree === undefined) {
    tree = new Lexer(marked.defaults).lex(markdown) as Node[];
    if (known.size > 500) known.clear();
    known.set(markdown, tree);
  }
  return tree;
}

// The ids of the fields that a prompt places inside its sentences.
export function placed_fields(markdown: string): string[] {
  return [...markdown.matchAll(/⟪([^⟫]+)⟫/g)].map((found) => found[1]!);
}

// As plain text, for labels of charts.
export function plain(markdown: string, figures: readonly Figure[]): string {
  return markdown
    .replace(/⟦(\d+)⟧/g, (_, i: string) => figures[Number(i)]?.text ?? "?")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`$]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

// A link of a lab leads into the page or to a web page; anything else is shown as its text.
export const is_safe_link = (href: string): boolean => /^(https?:\/\/|#|mailto:)/i.test(href);
