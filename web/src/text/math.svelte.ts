// Formulas: TeX as MathML alone, which a browser draws without a font of ours and a screen reader can
// read. KaTeX is over half of the page's script, and the first formula stands behind a lock: it is
// fetched once the page stands, and what asks before that is drawn anew when it has come.
import type { Figure } from "../lab/contract";

let katex = $state.raw<typeof import("katex").default | null>(null);
let coming: Promise<void> | null = null;

export function fetch_math(): Promise<void> {
  coming ??= import("katex").then((module) => void (katex = module.default));
  return coming;
}

export function math_ml(tex: string, figures: readonly Figure[] = [], display_style = false): string {
  if (katex === null) {
    void fetch_math();
    return "";
  }
  const text = tex.replace(/⟦(\d+)⟧/g, (_, i: string) => `\\text{${(figures[Number(i)]?.text ?? "?").replace(/[\\{}$&#^_%~]/g, "\\$&")}}`);
  const html = katex.renderToString(text, { output: "mathml", throwOnError: false, strict: false, displayMode: display_style, trust: false });
  return html.replace(/<annotation[\s\S]*?<\/annotation>/g, "").replace(/ style="[^"]*"/g, "");
}
