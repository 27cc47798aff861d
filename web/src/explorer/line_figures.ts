// Which layers a line of a typed network makes. Every layer without a label gets one that holds its line, in a
// copy of the text that only the engine sees: the names of its answer then tell the line.
import type { Layer } from "./answers";

const not_layers = new Set(["param", "let", "input", "from", "output", "block", "if", "else", "residual", "parallel", "repeat", "shortcut"]);

export function labelled(text: string): { text: string; line_of: (layer: Layer) => number | null } {
  const lines = new Map<string, number>(); // by label
  const taken = new Set<string>();
  const made = text.split("\n").map((line, i) => {
    const comment = line.indexOf("#");
    const code = comment < 0 ? line : line.slice(0, comment);
    let n = 0;
    // A statement stands at the beginning of a line, behind `;` or behind an opening brace.
    return code.replace(/(^|[;{])(\s*)([A-Za-z_]\w*)(\s*=(?!=))?/g, (whole: string, before: string, space: string, word: string, sign: string | undefined) => {
      if (sign !== undefined) {
        if (!not_layers.has(word)) {
          if (taken.has(word)) lines.delete(word);
          else lines.set(word, i + 1);
          taken.add(word);
        }
        return whole;
      }
      if (not_layers.has(word)) return whole;
      const label = `line_${i + 1}_${n++}`;
      lines.set(label, i + 1);
      return `${before}${space}${label} = ${word}`;
    });
  });
  const line_of = ({ name }: Layer): number | null => {
    // The innermost part that has a line: a call's own label stands further out.
    for (const part of name.split(/[./]/).reverse()) {
      const line = lines.get(part);
      if (line !== undefined) return line;
    }
    return null;
  };
  return { text: made.join("\n"), line_of };
}
