// The component that draws an instrument, by its type. Every type of the contract has one.
import type { Component } from "svelte";
import type { InstrumentValue } from "../lab/contract";
import type { Of } from "./types";
import Activations from "./Activations.svelte";
import Bars from "./Bars.svelte";
import Blocks from "./Blocks.svelte";
import Challenge from "./Challenge.svelte";
import Picture from "./Picture.svelte";
import Regions from "./Regions.svelte";
import Series from "./Series.svelte";
import Waterfall from "./Waterfall.svelte";

type Type = InstrumentValue["type"];
const panels: { [T in Type]: Component<Of<T>> } = {
  activations: Activations, bars: Bars, blocks: Blocks, challenge: Challenge, picture: Picture, regions: Regions, series: Series, waterfall: Waterfall,
};

// Nothing for a type that this page does not know: its engine may be newer.
export const panel_of = (type: string): Component<Of<Type>> | undefined =>
  Object.hasOwn(panels, type) ? (panels[type as Type] as Component<Of<Type>>) : undefined;

// Controls that stand in rows of the instrument, not above it.
export const in_rows = (value: InstrumentValue | undefined): Set<string> =>
  new Set(value?.type === "activations" ? value.cards.flatMap((card) => card.rows.flatMap((row) => row.constant ?? [])) : []);
