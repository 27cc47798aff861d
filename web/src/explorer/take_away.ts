// What is on the screen as files: figures as JSON and CSV, drawings as SVG and PNG, all of it as one HTML page.
import type { Taken } from "./Drawing.svelte";
import type { Explorer } from "./explorer.svelte";
import { name_of, own_device } from "./explorer.svelte";
import { commands_of, device_name, text_name } from "./command";
import { exact_text, figure_text, measures, shape_text } from "./measures";
import { colours_of, svg_pen } from "./pen";

export function save(name: string, content: Blob | string, type = "text/plain"): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
export const file_name_of = (title: string): string => title.replace(/\.\w+$/, "").replace(/[^\w.-]+/g, "-");

// What can be taken of what is on the screen: one network, or two.
export interface Takeable {
  name: string; // of files, without an end
  table: string; // what the lines of the CSV are
  json: () => string;
  csv: () => string;
  html: (taken: Taken[]) => string;
  texts: { name: string; text: string }[]; // that the commands read
  files: string[]; // that no link can hold
  commands: string[];
}
export function texts_of({ source, settings, own }: Explorer, letter = ""): { name: string; text: string }[] {
  return [
    ...(source?.kind === "text" ? [{ name: text_name(letter), text: source.text }] : []),
    ...(settings.device === own_device && own !== null ? [{ name: device_name(letter), text: `${JSON.stringify(own, null, 1)}\n` }] : []),
  ];
}
export const files_of = ({ source }: Explorer): string[] => (source?.kind === "file" ? [source.file.name] : []);
export const taken_of = (x: Explorer): Takeable => ({
  name: x.source === null ? "network" : file_name_of(name_of(x.source)), table: "Layers", json: () => as_json(x), csv: () => as_csv(x), html: (taken) => as_html(x, taken),
  texts: texts_of(x), files: files_of(x), commands: x.source === null ? [] : commands_of(x.source, x.settings),
});

// The engine's answers as it gave them.
const as_json = (x: Explorer): string => `${JSON.stringify({ report: x.report, memory: x.memory, time: x.time }, null, 1)}\n`;

export const cell = (text: string | number | null): string => (text === null ? "" : /[",\n]/.test(String(text)) ? `"${String(text).replaceAll('"', '""')}"` : String(text));
function as_csv(x: Explorer): string {
  const head = ["index", "name", "op", "module", "coverage", "times", "output_shape", ...measures.map((m) => (m.id === "time" ? "time_s" : m.id)), "bound"];
  const lines = x.layers.map((layer, i) =>
    [layer.index, layer.name, layer.op, layer.module, layer.coverage, layer.times, shape_text(layer.output_shapes[0]), ...measures.map((m) => m.of(x, i)), x.timed[i]?.forward?.bound ?? null].map(cell).join(","));
  return `${[head.join(","), ...lines].join("\n")}\n`;
}

export function as_svg({ draw, width, height, label, canvas }: Taken): string {
  const pen = svg_pen(colours_of(canvas));
  draw(pen, width, height);
  return pen.finish(width, height, label);
}
export function as_png({ canvas }: Taken): Promise<Blob | null> {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d")!;
  context.fillStyle = colours_of(canvas).sheet;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return new Promise((resolve) => copy.toBlob(resolve, "image/png"));
}

export const html = (text: string): string => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
// One page without a script: it can be kept, sent and opened from a disk.
export const page_of = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c1f22;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;font-size:.85rem}th,td{border-bottom:1px solid #dedad0;padding:.2rem .7rem .2rem 0;text-align:left;vertical-align:top}td{text-align:right;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}svg{max-width:100%;height:auto;border:1px solid #dedad0}pre{background:#f1efe8;padding:.7rem;overflow-x:auto}</style></head><body>
<h1>${html(title)}</h1>
${body}
</body></html>
`;
export const drawn = (taken: Taken[]): string => taken.map((t) => `<h2>${html(t.label)}</h2>${as_svg(t)}`).join("\n");
export const told_commands = (commands: string[]): string => `<h2>The same on the command line</h2><pre>${html(commands.join("\n"))}</pre>`;
function as_html(x: Explorer, taken: Taken[]): string {
  const report = x.report!;
  const totals = report.totals as Record<string, number | null>;
  const row = (title: string, value: number | null | undefined, unit: string): string => (value === undefined ? "" : `<tr><th scope="row">${title}</th><td>${html(figure_text(value, unit))}</td><td>${html(exact_text(value, unit))}</td></tr>`);
  const columns = measures.filter((m) => m.id !== "int_ops" && m.id !== "buffers");
  return page_of(`${report.model.name}: what it costs`, `<p>${report.coverage.complete ? "Every node has a rule." : `${report.coverage.unknown} of ${report.coverage.nodes} nodes are unknown: totals are lower bounds.`} Batch ${report.model.batch}.</p>
<table><thead><tr><th scope="col">Figure</th><th scope="col">about</th><th scope="col">in full</th></tr></thead><tbody>
${row("Parameters", totals.params, "")}${row("MACs", totals.macs, "MAC")}${row("FLOPs", totals.flops, "FLOP")}${row("Weights", totals.param_bytes, "B")}${row("Activations", totals.activation_bytes, "B")}${row(`Peak memory, ${x.memory?.mode ?? ""}`, x.memory?.peak.bytes, "B")}${row(`Time on ${html(x.time?.device ?? "")}`, x.time?.seconds, "s")}
</tbody></table>
${report.assumptions.length + (x.time?.assumptions.length ?? 0) > 0 ? `<h2>Assumed</h2><ul>${[...report.assumptions, ...(x.time?.assumptions ?? [])].map((a) => `<li>${html(a)}</li>`).join("")}</ul>` : ""}
${drawn(taken)}
<h2>Layers</h2><div class="scroll"><table><thead><tr><th scope="col">Layer</th><th scope="col">Operator</th><th scope="col">Output</th>${columns.map((m) => `<th scope="col">${m.title}</th>`).join("")}</tr></thead><tbody>
${x.layers.map((layer, i) => `<tr><th scope="row">${html(layer.name)}</th><td>${html(layer.op)}</td><td>${shape_text(layer.output_shapes[0])}</td>${columns.map((m) => `<td>${m.of(x, i) === null ? "–" : html(figure_text(m.of(x, i), m.unit === "B" || m.unit === "s" ? m.unit : ""))}</td>`).join("")}</tr>`).join("\n")}
</tbody></table></div>
${told_commands(commands_of(x.source!, x.settings))}`);
}
