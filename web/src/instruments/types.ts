import type { Act, Instrument, InstrumentValue } from "../lab/contract";
import type { Work } from "../lab/work.svelte";

// Props of every instrument's component.
export interface Of<Type extends InstrumentValue["type"]> {
  value: Extract<InstrumentValue, { type: Type }>;
  instrument: Instrument;
  act: Act;
  work: Work;
  label: string; // the text alternative of its chart
}
