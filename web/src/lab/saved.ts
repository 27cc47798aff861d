// A student's work outside the page: in the browser's storage, in an exported file, in a
// link. Whatever comes from outside is checked here, against the lab that it claims to be of; what
// does not fit is refused with a sentence and never half taken.
import type { Answers, Control, Controls, Entry, LabDocument, Question } from "./contract";

export interface Saved {
  format: "reckon-lab-state";
  schema: 1;
  lab: string;
  saved_at: string;
  controls: Controls; // those that were moved
  answers: Answers;
  entries: Entry[];
  explored: string[]; // ids of acts in which an instrument was used
  revealed: string[]; // ids of acts
  measured: Record<string, number>; // nanoseconds on this machine, by what was timed
  textbook: boolean;
}
export class Refused extends Error {}

export const max_bytes = 4_000_000;
const max_entries = 20_000;

export function fresh(lab: string): Saved {
  return {
    format: "reckon-lab-state", schema: 1, lab, saved_at: "",
    controls: {}, answers: {}, entries: [], explored: [], revealed: [], measured: {}, textbook: false,
  };
}
export function is_started(saved: Saved): boolean {
  return saved.entries.length > 0 || Object.keys(saved.answers).length > 0;
}

export function read_saved(text: string, lab: LabDocument): Saved {
  if (text.length > max_bytes) throw new Refused("This file is too large to be a saved lab.");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refused("This is not a saved lab: it is no JSON, or it is cut off.");
  }
  return check_saved(parsed, lab);
}

function check_saved(value: unknown, lab: LabDocument): Saved {
  if (!is_object(value) || value["format"] !== "reckon-lab-state")
    throw new Refused("This is not a saved lab.");
  if (value["schema"] !== 1)
    throw new Refused("This was saved by another version of the lab, which this page cannot read.");
  if (value["lab"] !== lab.id)
    throw new Refused(`This was saved by another lab: ${String(value["lab"]).slice(0, 60)}, and this is ${lab.id}.`);
  const damaged = (what: string) => new Refused(`This saved lab is damaged: ${what}.`);

  const controls: Controls = {};
  if (!is_object(value["controls"])) throw damaged("its controls are missing");
  for (const [id, v] of Object.entries(value["controls"])) {
    const control = lab.controls.find((c) => c.id === id);
    if (control === undefined) throw damaged(`it has a control ${quote(id)} that the lab has not`);
    if (!is_value_of(control, v)) throw damaged(`the value of its control ${quote(id)} is not possible`);
    controls[id] = v;
  }

  const answers: Answers = {};
  if (!is_object(value["answers"])) throw damaged("its answers are missing");
  for (const [id, fields] of Object.entries(value["answers"])) {
    if (!is_answer_of(lab, id, fields)) throw damaged(`its answer to ${quote(id)} does not fit the question`);
    answers[id] = { ...fields };
  }

  if (!Array.isArray(value["entries"]) || value["entries"].length > max_entries)
    throw damaged("its list of entries is missing or too long");
  const entries = value["entries"].map((entry: unknown, i) => {
    if (!is_entry(entry)) throw damaged(`its entry ${i + 1} cannot be read`);
    return { at: entry.at, kind: entry.kind, element: entry.element, value: entry.value };
  });

  const acts = lab.acts.map((act) => act.id);
  const act_ids = (v: unknown, what: string) => {
    if (!Array.isArray(v) || !v.every((id) => acts.includes(id))) throw damaged(`its ${what} are not acts of the lab`);
    return [...new Set<string>(v)];
  };
  return {
    ...fresh(lab.id),
    saved_at: typeof value["saved_at"] === "string" ? value["saved_at"].slice(0, 40) : "",
    controls, answers, entries,
    explored: act_ids(value["explored"], "explored acts"),
    revealed: act_ids(value["revealed"], "revealed acts"),
    measured: numbers_in(value["measured"]),
    textbook: value["textbook"] === true,
  };
}

export function questions_of(lab: LabDocument): Question[] {
  return lab.acts.flatMap((act) => [act.prediction, ...act.reflections, ...act.decisions]);
}

export function is_value_of(control: Control, v: unknown): v is number | string | boolean {
  switch (control.type) {
    case "choice": return control.options.some((o) => o.value === v);
    case "number_choice": return control.options.some((o) => o.value === v);
    case "toggle": return typeof v === "boolean";
    case "range": return is_number(v) && v >= control.min && v <= control.max;
    case "constant":
      return is_number(v) && v >= control.min && v <= control.max && (control.step === 0 || Number.isInteger((v - control.min) / control.step));
  }
}

function is_answer_of(lab: LabDocument, id: string, fields: unknown): fields is Record<string, number | string> {
  if (!is_object(fields)) return false;
  const challenge = lab.acts.flatMap((a) => a.instruments).some((i) => i.id === id && i.type === "challenge");
  if (challenge) return is_number(fields["committed"]) && Object.keys(fields).length === 1;
  const question = questions_of(lab).find((q) => q.id === id);
  if (question === undefined) return false;
  return Object.entries(fields).every(([key, v]) => {
    const field = question.fields.find((f) => f.id === key);
    if (field === undefined) return key.endsWith("unit") && typeof v === "string" && v.length <= 20;
    if (field.type === "choice") return field.options.some((o) => o.id === v);
    if (field.type === "number") return is_number(v);
    return typeof v === "string" && v.length <= field.max_length;
  });
}

// What was measured is no work: what cannot be read of it is measured again.
const numbers_in = (v: unknown): Record<string, number> =>
  is_object(v) ? Object.fromEntries(Object.entries(v).filter((e): e is [string, number] => is_number(e[1]) && e[1] >= 0).slice(0, 100)) : {};

const kinds = ["lock", "answer", "decision", "move", "measure", "commit"];
function is_entry(e: unknown): e is Entry {
  if (!is_object(e)) return false;
  return typeof e["at"] === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(e["at"]) &&
    kinds.includes(e["kind"] as string) && typeof e["element"] === "string" && e["element"].length <= 100 &&
    (is_scalar(e["value"]) || (is_object(e["value"]) && Object.values(e["value"]).every((v) => is_number(v) || typeof v === "string")));
}
const is_object = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
const is_number = (v: unknown): v is number => typeof v === "number" && Number.isFinite(v);
const is_scalar = (v: unknown) => is_number(v) || typeof v === "string" || typeof v === "boolean";
const quote = (id: string) => `“${id.slice(0, 60)}”`;
