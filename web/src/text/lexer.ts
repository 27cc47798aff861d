// Text of a lab as a tree: Markdown with $TeX$, ⟦figures⟧ and ⟪fields⟫. A tree is plain data: what
// the build makes of a document's texts is what the page would make of them.
import { Lexer, Marked, type Token, type TokenizerAndRendererExtension } from "marked";

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

export const lex = (markdown: string): Node[] => new Lexer(marked.defaults).lex(markdown) as Node[];
