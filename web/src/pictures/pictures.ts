// The component of each picture. Its data are whatever the lab's expression makes: each component states their type.
import type { Component } from "svelte";
import type { PictureValue } from "../lab/instruments";
import type { Work } from "../lab/work.svelte";
import Attention from "./Attention.svelte";
import Cone from "./Cone.svelte";
import Conveyor from "./Conveyor.svelte";
import Court from "./Court.svelte";
import Cube from "./Cube.svelte";
import Curves from "./Curves.svelte";
import Ladder from "./Ladder.svelte";
import Lanes from "./Lanes.svelte";
import Levels from "./Levels.svelte";
import Pendulum from "./Pendulum.svelte";
import Roofline from "./Roofline.svelte";
import Skyline from "./Skyline.svelte";
import Timeline from "./Timeline.svelte";
import Triangle from "./Triangle.svelte";
import Window from "./Window.svelte";

export interface Drawing<Data> {
  data: Data;
  label: string; // the text alternative
  work?: Work | undefined; // none in the glossary, where nothing can be set
}
// `unknown` ends here: a lab that hands other data than its picture takes is found by the test that plays it.
const pictures: Record<PictureValue["draws"], unknown> = {
  attention: Attention, cone: Cone, conveyor: Conveyor, court: Court, cube: Cube, curves: Curves, ladder: Ladder, lanes: Lanes,
  levels: Levels, pendulum: Pendulum, roofline: Roofline, skyline: Skyline, timeline: Timeline, triangle: Triangle, window: Window,
};

export const picture_of = (name: string): Component<Drawing<unknown>> | undefined =>
  Object.hasOwn(pictures, name) ? (pictures[name as PictureValue["draws"]] as Component<Drawing<unknown>>) : undefined;
