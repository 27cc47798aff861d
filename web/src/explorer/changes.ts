// What a layer of one network is beside another network, and how drawings mark it.
import type { Diff } from "./answers";
import type { Tone } from "./pen";

export type Change = Diff["layers"][number]["change"];
export interface Mark { sign: string; title: string; tone: Tone; line: Tone }
export const marks: Record<Change, Mark> = {
  same: { sign: "=", title: "the same", tone: "tone-d", line: "edge" },
  changed: { sign: "≠", title: "changed", tone: "tone-b", line: "edge" },
  added: { sign: "+", title: "only in B", tone: "tint", line: "accent" },
  removed: { sign: "−", title: "only in A", tone: "alarm-tint", line: "alarm" },
};
