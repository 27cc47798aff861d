// The commands that give the same answers as the screen.
import { own_device, type Settings, type Source } from "./explorer.svelte";

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const model_of = (source: Source): string => quoted(source.kind === "network" ? source.name : source.kind === "text" ? "typed.net" : source.file.name);

export function commands_of(source: Source, settings: Settings): string[] {
  const common = [...(settings.batch === null ? [] : [`--batch ${settings.batch}`]), ...Object.entries(settings.set).map(([name, value]) => `--set ${name}=${value}`)];
  const step = [...common, ...(settings.train ? [`--train --optimizer ${settings.optimizer}`] : []), ...(settings.precision === "file" ? [] : [`--precision ${settings.precision}`])];
  const device = `--device ${settings.device === own_device ? "own.json" : settings.device}`;
  const line = (question: string, words: string[]): string => ["reckon", question, model_of(source), ...words].filter((w) => w !== "").join(" ");
  return [line("", common), line("layers", common), line("memory", step), line("time", [...step, device]), line("fit", [...step.filter((w) => !w.startsWith("--batch")), device])];
}

export function diff_command(source: Source, settings: Settings, other: Source, theirs: Settings, their_batch: number): string {
  const batches = settings.batch === theirs.batch ? (settings.batch === null ? [] : [`--batch ${settings.batch}`]) : [...(settings.batch === null ? [] : [`--batch ${settings.batch}`]), `--other-batch ${their_batch}`];
  const set = (option: string, of: Settings): string[] => Object.entries(of.set).map(([name, value]) => `${option} ${name}=${value}`);
  return ["reckon diff", model_of(source), ...(other === source ? [] : [model_of(other)]), ...batches, ...set("--set", settings), ...set("--other-set", theirs)].join(" ");
}
