// What can be taken of two networks beside each other: both answers and what differs, pair by pair.
import type { Taken } from "./Drawing.svelte";
import { marks } from "./changes";
import { compared_commands } from "./command";
import type { Comparison } from "./comparison.svelte";
import { name_of, type Explorer } from "./explorer.svelte";
import { exact_text, figure_text, measures } from "./measures";
import { cell, drawn, file_name_of, files_of, html, page_of, texts_of, told_commands, type Takeable } from "./take_away";
import { ratio_of, totals } from "./totals";

const answers = (x: Explorer) => ({ report: x.report, memory: x.memory, time: x.time });
const lines_of = (commands: Comparison): string[] => {
  const [a, b] = [commands.of, commands.other];
  return a.source === null || b.source === null ? [] : compared_commands({ source: a.source, settings: a.settings, letter: "A" }, { source: b.source, settings: b.settings, letter: "B" }, b.batch);
};
const names = ({ of, other, pairs }: Comparison, at: number): [string, string] => {
  const { a, b } = pairs[at]!;
  return [a === null ? "" : of.layers[a]!.name, b === null ? "" : other.layers[b]!.name];
};

// A line for each pair, figures of either and what B has more; empty where nobody knows, or where a side is not there.
function as_csv(c: Comparison): string {
  const key = (id: string): string => (id === "time" ? "time_s" : id === "energy" ? "energy_j" : id);
  const head = ["change", "a", "b", ...measures.flatMap(({ id }) => [`${key(id)}_a`, `${key(id)}_b`, `${key(id)}_difference`])];
  const lines = c.pairs.map(({ change }, i) => [change, ...names(c, i), ...measures.flatMap((m) => { const { a, b, by } = c.differing(m, i); return [a, b, by]; })].map(cell).join(","));
  return `${[head.join(","), ...lines].join("\n")}\n`;
}

const title_of = ({ of, other }: Comparison): string => `${of.source === null ? "" : name_of(of.source)} (A) beside ${other.source === of.source ? "itself" : other.source === null ? "" : name_of(other.source)} (B)`;
function as_html(c: Comparison, taken: Taken[]): string {
  const { of, other, diff } = c;
  const columns = measures.filter((m) => ["params", "macs", "time", "write_bytes"].includes(m.id));
  const figure = (value: number | null | undefined, unit: string, at_least = false): string => (value === undefined ? "–" : `<span title="${html(exact_text(value, unit))}">${at_least ? "at least " : ""}${html(figure_text(value, unit))}</span>`);
  const differing = c.pairs.flatMap(({ change }, i) => (change === "same" && columns.every((m) => c.differing(m, i).by === 0) ? [] : [i]));
  const settings = (x: Explorer): string => [`batch ${x.batch}`, ...Object.entries(x.settings.set).map(([name, value]) => `${name} ${value}`), x.settings.precision === "file" ? "" : x.settings.precision, x.settings.train ? `training, ${x.settings.optimizer}` : "inference", x.device_title].filter(Boolean).join(", ");
  return page_of(title_of(c), `<p>A: ${html(settings(of))}.<br>B: ${html(settings(other))}.</p>
${diff === null ? "" : `<p>${diff.same} layers the same, ${diff.changed} changed, ${diff.added} only in B, ${diff.removed} only in A.</p>`}
<table><thead><tr><th scope="col">Total</th><th scope="col">A</th><th scope="col">B</th><th scope="col">B ÷ A</th></tr></thead><tbody>
${totals.map((t) => ({ t, a: t.of(of), b: t.of(other) })).filter(({ a, b }) => (a.value ?? 0) !== 0 || (b.value ?? 0) !== 0)
    .map(({ t, a, b }) => `<tr><th scope="row">${t.title}</th><td>${figure(a.value, t.unit, a.at_least)}</td><td>${figure(b.value, t.unit, b.at_least)}</td><td>${ratio_of(a.value, b.value)?.toPrecision(3) ?? "–"}</td></tr>`).join("\n")}
</tbody></table>
${drawn(taken)}
<h2>Layers that differ</h2><div class="scroll"><table><thead><tr><th scope="col">Change</th><th scope="col">A</th><th scope="col">B</th>${columns.map((m) => `<th scope="col">${m.title}: A</th><th scope="col">B</th>`).join("")}</tr></thead><tbody>
${differing.map((i) => {
    const [a, b] = names(c, i);
    return `<tr><th scope="row">${marks[c.pairs[i]!.change].title}</th><th>${html(a)}</th><th>${html(b)}</th>${columns.map((m) => { const d = c.differing(m, i); return `<td>${a === "" ? "" : figure(d.a, m.unit)}</td><td>${b === "" ? "" : figure(d.b, m.unit)}</td>`; }).join("")}</tr>`;
  }).join("\n")}
</tbody></table></div>
${told_commands(lines_of(c))}`);
}

export const taken_of_both = (c: Comparison): Takeable => ({
  name: file_name_of(c.title.replace(/\.\w+ /, " ")), table: "Pairs of layers",
  json: () => `${JSON.stringify({ a: answers(c.of), b: answers(c.other), diff: c.diff }, null, 1)}\n`, csv: () => as_csv(c), html: (taken) => as_html(c, taken),
  texts: [...texts_of(c.of, "A"), ...texts_of(c.other, "B")], files: [...new Set([...files_of(c.of), ...files_of(c.other)])], commands: lines_of(c),
});
