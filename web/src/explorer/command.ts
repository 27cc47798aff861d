// The commands that give the same answers as the screen.
import { own_device, type Settings, type Source } from "./explorer.svelte";

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
// What a side is on the command line; `letter`: of two networks, where what is typed needs a name of its own.
export interface Asked { source: Source; settings: Settings; letter?: string }
export const text_name = (letter = ""): string => `typed${letter === "" ? "" : `-${letter.toLowerCase()}`}.net`;
export const device_name = (letter = ""): string => `own${letter === "" ? "" : `-${letter.toLowerCase()}`}.json`;
const model_of = ({ source, letter }: Asked): string => quoted(source.kind === "network" ? source.name : source.kind === "text" ? text_name(letter) : source.file.name);
const set = (option: string, { settings }: Asked): string[] => Object.entries(settings.set).map(([name, value]) => `${option} ${name}=${value}`);

function words_of(asked: Asked): { common: string[]; step: string[]; device: string } {
  const { settings, letter } = asked;
  const common = [...(settings.batch === null ? [] : [`--batch ${settings.batch}`]), ...set("--set", asked)];
  const step = [...common, ...(settings.train ? [`--train --optimizer ${settings.optimizer}`] : []), ...(settings.precision === "file" ? [] : [`--precision ${settings.precision}`])];
  return { common, step, device: `--device ${settings.device === own_device ? device_name(letter) : settings.device}` };
}
const line = (question: string, asked: Asked, words: string[]): string => ["reckon", question, model_of(asked), ...words].filter((w) => w !== "").join(" ");

export function commands_of(source: Source, settings: Settings): string[] {
  const asked = { source, settings };
  const { common, step, device } = words_of(asked);
  return [line("", asked, common), line("layers", asked, common), line("memory", asked, [...step, device]), line("time", asked, [...step, device]), line("fit", asked, [...step.filter((w) => !w.startsWith("--batch")), device])];
}

// Layer by layer; `their_batch`: of the other, as it is.
export function diff_command(a: Asked, b: Asked, their_batch: number): string {
  const batch = a.settings.batch === null ? [] : [`--batch ${a.settings.batch}`];
  const batches = a.settings.batch === b.settings.batch ? batch : [...batch, `--other-batch ${their_batch}`];
  return ["reckon diff", model_of(a), ...(b.source === a.source ? [] : [model_of(b)]), ...batches, ...set("--set", a), ...set("--other-set", b)].join(" ");
}
// And what each takes on its own.
export function compared_commands(a: Asked, b: Asked, their_batch: number): string[] {
  const own = (asked: Asked): string[] => {
    const { step, device } = words_of(asked);
    return [line("memory", asked, [...step, device]), line("time", asked, [...step, device])];
  };
  return [diff_command(a, b, their_batch), ...own(a), ...own(b)];
}
