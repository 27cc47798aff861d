// The layered layout of the graph (Sugiyama's), by dagre as long as a module has few parts, in a thread of its own.
import * as dagre from "@dagrejs/dagre";
import { quick_layout, type Laid } from "./quick_layout";
import { most_parts, type Box, type GraphData, type LayoutReply, type LayoutRequest, type Level, type Line } from "./graph";

const scope = self as unknown as { onmessage: (event: MessageEvent<LayoutRequest>) => void; postMessage(reply: LayoutReply): void };

interface Group { path: string; name: string; parent: Group | null; depth: number; parts: (Group | number)[]; first: number; count: number }
let data: GraphData = { name: "", nodes: [], labels: [] };
let root: Group;
let group_of: Group[] = []; // of each node
let groups = new Map<string, Group>();
let links: { from: number; to: number; value: number }[] = [];
let kept = new Map<string, { key: string; level: Level }>();

function read(given: GraphData): void {
  data = given;
  kept = new Map();
  known_layouts.clear();
  root = { path: "", name: data.name, parent: null, depth: 0, parts: [], first: 0, count: 0 };
  groups = new Map([["", root]]);
  const find = (path: string): Group => {
    const known = groups.get(path);
    if (known) return known;
    const cut = path.lastIndexOf(".");
    const parent = find(cut < 0 ? "" : path.slice(0, cut));
    const made: Group = { path, name: path.slice(cut + 1), parent, depth: parent.depth + 1, parts: [], first: -1, count: 0 };
    parent.parts.push(made);
    groups.set(path, made);
    return made;
  };
  group_of = data.nodes.map(({ module }, i) => {
    const group = find(module);
    group.parts.push(i);
    return group;
  });
  // A module of very many parts has them in runs, which fold as modules do.
  for (const group of [...groups.values()]) {
    if (group.parts.length <= most_parts) continue;
    const size = Math.max(48, Math.ceil(group.parts.length / most_parts));
    const runs: Group[] = [];
    for (let i = 0; i < group.parts.length; i += size) {
      const parts = group.parts.slice(i, i + size);
      const path = `${group.path}${group.path ? "." : ""}${i + 1}–${i + parts.length}`;
      const run: Group = { path, name: `parts ${i + 1}–${i + parts.length}`, parent: group, depth: group.depth + 1, parts, first: -1, count: 0 };
      for (const part of parts) {
        if (typeof part === "number") group_of[part] = run;
        else part.parent = run;
      }
      groups.set(path, run);
      runs.push(run);
    }
    group.parts = runs;
  }
  const settle = (group: Group, depth: number): void => {
    group.depth = depth;
    for (const part of group.parts) if (typeof part !== "number") settle(part, depth + 1);
  };
  settle(root, 0);
  group_of.forEach((of, i) => {
    for (let group: Group | null = of; group !== null; group = group.parent) {
      if (group.first < 0) group.first = i;
      group.count++;
    }
  });
  const maker = new Map<number, number>();
  data.nodes.forEach((node, i) => node.outputs.forEach((value) => maker.set(value, i)));
  links = data.nodes.flatMap((node, to) => node.inputs.flatMap((value) => {
    const from = maker.get(value);
    return from === undefined || from === to ? [] : [{ from, to, value }];
  }));
}

const most_ports = 16;
const most_of_dagre = 36; // parts of a module: its time grows with their square

// The part of `group` that a node is in; null where it is outside.
function part_in(group: Group, node: number): string | null {
  let inner: Group | null = group_of[node]!;
  if (inner === group) return `n${node}`;
  while (inner !== null && inner.parent !== group) inner = inner.parent;
  return inner === null ? null : `m${inner.path}`;
}

const text_width = (text: string): number => Math.ceil((text.length * 6.9 + 18) / 12) * 12; // in steps, so that blocks that differ in a number are alike

function lay_out(group: Group, open: Set<string>): Level {
  const within = [...open].filter((p) => p === group.path || group.path === "" || p.startsWith(`${group.path}.`)).sort();
  const key = within.join("\n");
  const known = kept.get(group.path);
  if (known?.key === key) return known.level;

  const boxes: Box[] = group.parts.map((part) => {
    if (typeof part === "number") {
      const { name, op } = data.nodes[part]!;
      const short = name.slice(name.lastIndexOf("/", name.length - 2) + 1);
      return { id: `n${part}`, kind: "node", node: part, path: "", label: short, x: 0, y: 0, width: Math.min(190, Math.max(64, text_width(op), text_width(short) - 12)), height: 34, inside: null, first: part, count: 1 };
    }
    const is_open = open.has(part.path);
    const inside = is_open ? lay_out(part, open) : null;
    const width = Math.min(230, Math.max(96, text_width(part.name) + 12));
    return {
      id: `m${part.path}`, kind: "module", node: -1, path: part.path, label: part.name, x: 0, y: 0,
      width: inside ? Math.max(width, inside.width + 16) : width, height: inside ? inside.height + 40 : 40, inside, first: part.first, count: part.count,
    };
  });
  const by_id = new Map(boxes.map((b) => [b.id, b] as const));

  // Lines between the parts, and to ports where a value comes from outside or goes there.
  const between = new Map<string, { from: string; to: string; values: Set<number> }>();
  const ports = new Map<string, Box>();
  const port = (id: string): string => {
    if (!ports.has(id)) ports.set(id, { id, kind: "port", node: -1, path: "", label: "", x: 0, y: 0, width: 6, height: 1, inside: null, first: -1, count: 0 });
    return id;
  };
  const relevant = group.path === "" ? links : links.filter(({ from, to }) => is_in(group, from) || is_in(group, to));
  const ends = relevant.map(({ from, to, value }) => ({ a: part_in(group, from), b: part_in(group, to), value }));
  const crowded = new Set(ends.filter(({ a, b }) => a === null || b === null).map(({ value }) => value)).size > most_ports; // then all share one
  for (const { a: inner_a, b: inner_b, value } of ends) {
    const a = inner_a ?? (group.parent === null ? null : port(crowded ? "<" : `<${value}`));
    const b = inner_b ?? (group.parent === null ? null : port(crowded ? ">" : `>${value}`));
    if (a === null || b === null || a === b || (a[0] === "<" && b[0] === ">")) continue;
    const id = `${a}\n${b}`;
    const line = between.get(id) ?? { from: a, to: b, values: new Set<number>() };
    line.values.add(value);
    between.set(id, line);
  }
  const laid = laid_once([...boxes, ...ports.values()], [...between.values()]);
  const place = (box: Box): void => {
    const at = laid.at.get(box.id)!;
    box.x = at.x - box.width / 2;
    box.y = at.y - box.height / 2;
  };
  boxes.forEach(place);
  ports.forEach(place);
  const all = boxes.length > 0 ? boxes : [...ports.values()];
  const left = Math.min(...all.map((b) => b.x), ...[...ports.values()].map((b) => b.x));
  const top = Math.min(...all.map((b) => b.y)) - (ports.size > 0 ? 10 : 0);
  for (const box of [...boxes, ...ports.values()]) {
    box.x -= left;
    box.y -= top;
  }
  const width = Math.max(...[...boxes, ...ports.values()].map((b) => b.x + b.width));
  const height = Math.max(...all.map((b) => b.y + b.height)) + (ports.size > 0 ? 10 : 0);
  const lines: Line[] = [];
  for (const { from, to, values } of between.values()) {
    const points = laid.points(from, to).flatMap(({ x, y }) => [x - left, y - top]);
    if (points.length < 4) continue;
    if (from[0] === "<") points[1] = 0;
    if (to[0] === ">") points[points.length - 1] = height;
    // A line that ends at an unfolded module goes on to where the value does inside of it.
    const [first] = values;
    const enter = by_id.get(to)?.inside?.boxes.find((b) => b.id === `<${first}` || b.id === "<");
    if (enter) {
      const box = by_id.get(to)!;
      points.splice(-2, 2, box.x + 8 + enter.x + 3, box.y, box.x + 8 + enter.x + 3, box.y + 26);
    }
    const leave = by_id.get(from)?.inside?.boxes.find((b) => b.id === `>${first}` || b.id === ">");
    if (leave) {
      const box = by_id.get(from)!;
      points.splice(0, 2, box.x + 8 + leave.x + 3, box.y + box.height - 14, box.x + 8 + leave.x + 3, box.y + box.height);
    }
    const xs = points.filter((_, i) => i % 2 === 0);
    const ys = points.filter((_, i) => i % 2 === 1);
    const label = data.labels[first!] ?? "";
    lines.push({ points, label: values.size > 1 ? `${label} +${values.size - 1}` : label, from, to, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] });
  }
  const level = { width, height, boxes: [...boxes, ...ports.values()], lines };
  kept.set(group.path, { key, level });
  return level;
}
// Networks repeat their blocks: what has the same sizes and the same lines is laid out once.
const known_layouts = new Map<string, { at: { x: number; y: number }[]; points: { x: number; y: number }[][] }>();
function laid_once(boxes: Box[], lines: { from: string; to: string }[]): Laid {
  const index = new Map(boxes.map((box, i) => [box.id, i] as const));
  const key = `${boxes.map((b) => `${b.kind === "port" ? b.id[0] : ""}${b.width.toFixed(0)}x${b.height.toFixed(0)}`).join(" ")}|${lines.map((l) => `${index.get(l.from)}-${index.get(l.to)}`).join(" ")}`;
  let known = known_layouts.get(key);
  if (known === undefined) {
    const laid = boxes.length > most_of_dagre ? quick_layout(boxes, lines, 16, 34) : by_dagre(boxes, lines);
    known = { at: boxes.map((box) => laid.at.get(box.id)!), points: lines.map(({ from, to }) => laid.points(from, to)) };
    known_layouts.set(key, known);
  }
  const { at, points } = known;
  const of_line = new Map(lines.map((line, i) => [`${line.from}\n${line.to}`, points[i]!] as const));
  return { at: new Map(boxes.map((box, i) => [box.id, at[i]!])), points: (from, to) => of_line.get(`${from}\n${to}`)! };
}
function by_dagre(boxes: Box[], lines: { from: string; to: string }[]): Laid {
  const graph = new dagre.graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: "TB", nodesep: 16, edgesep: 10, ranksep: 26, ...(boxes.length > 40 ? { ranker: "longest-path" } : {}) });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, { width: box.width, height: box.height });
  for (const { from, to } of lines) graph.setEdge(from, to, { weight: from[0] === "<" || to[0] === ">" ? 1 : 2 });
  // Ports stand at the edge.
  const ports = boxes.filter((box) => box.kind === "port");
  if (ports.length > 0) {
    graph.setNode("^", { width: 0, height: 0 });
    graph.setNode("$", { width: 0, height: 0 });
    for (const { id } of ports) {
      if (id[0] === "<") graph.setEdge("^", id, { weight: 8 });
      else graph.setEdge(id, "$", { weight: 8 });
    }
  }
  dagre.layout(graph as never);
  return {
    at: new Map(boxes.map((box) => [box.id, graph.node(box.id) as unknown as { x: number; y: number }])),
    points: (from, to) => (graph.edge(from, to) as unknown as { points?: { x: number; y: number }[] }).points ?? [],
  };
}
function is_in(group: Group, node: number): boolean {
  for (let g: Group | null = group_of[node]!; g !== null; g = g.parent) if (g === group) return true;
  return false;
}

scope.onmessage = ({ data: request }) => {
  const from = performance.now();
  if (request.data) read(request.data);
  const level = lay_out(root, new Set(request.open));
  scope.postMessage({ level, turn: request.turn, paths: [...groups.keys()], homes: request.data ? group_of.map((g) => g.path) : null, milliseconds: performance.now() - from });
};
