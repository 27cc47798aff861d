// The trees of texts (lexer.ts). Components draw a tree, so that no string of a lab ever becomes
// HTML, except what KaTeX makes of a formula (math.svelte.ts).
//
// The trees of the document come with it. The lexer is for what the engine answers: it is fetched
// behind the first picture, and what asks before it has come is drawn anew.
import type { Figure } from "../lab/contract";
import type { Node } from "./lexer";

export type { Node } from "./lexer";

let lex = $state.raw<((markdown: string) => Node[]) | null>(null);
let coming: Promise<void> | null = null;

export function fetch_lexer(): Promise<void> {
  coming ??= import("./lexer").then((module) => void (lex = module.lex));
  return coming;
}

const of_document = new Map<string, Node[]>();
export function set_trees(trees: Record<string, Node[]>): void {
  for (const [markdown, tree] of Object.entries(trees)) of_document.set(markdown, tree);
}
const known = new Map<string, Node[]>();
export function tree_of(markdown: string): Node[] {
  const tree = of_document.get(markdown) ?? known.get(markdown);
  if (tree !== undefined) return tree;
  if (lex === null) {
    void fetch_lexer();
    return [];
  }
  const lexed = lex(markdown);
  if (known.size > 500) known.clear();
  known.set(markdown, lexed);
  return lexed;
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
