// The commands that give the same answers as the screen.
import { own_device, type Settings, type Source } from "./explorer.svelte";

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

export function commands_of(source: Source, settings: Settings): string[] {
  const model = source.kind === "network" ? source.name : source.kind === "text" ? "typed.net" : source.file.name;
  const common = [...(settings.batch === 1 ? [] : [`--batch ${settings.batch}`]), ...Object.entries(settings.set).map(([name, value]) => `--set ${name}=${value}`)];
  const step = [...common, ...(settings.train ? [`--train --optimizer ${settings.optimizer}`] : []), ...(settings.precision === "file" ? [] : [`--precision ${settings.precision}`])];
  const device = `--device ${settings.device === own_device ? "own.json" : settings.device}`;
  const line = (question: string, words: string[]): string => ["reckon", question, quoted(model), ...words].filter((w) => w !== "").join(" ");
  return [line("", common), line("layers", common), line("memory", step), line("time", [...step, device]), line("fit", [...step.filter((w) => !w.startsWith("--batch")), device])];
}
