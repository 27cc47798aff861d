// What the layout needs of the engine's graph: nodes, each at its layer of the report, and the shapes on the lines.
import type { GraphAnswer, Report } from "./answers";
import type { GraphData } from "./graph";
import { shape_text } from "./measures";

// Without `all`, nodes that have no layer (they prepare shapes and constants) are left out.
export function graph_data(graph: GraphAnswer, report: Report, places: Map<string, number>, all: boolean): GraphData {
  const nodes = graph.nodes.map(({ name, op, module, inputs, outputs }) => ({ name, op, module, layer: places.get(name) ?? null, inputs, outputs }));
  const carries = graph.values.map(({ role }) => !["parameter", "buffer", "constant"].includes(role));
  return {
    name: report.model.name,
    nodes: (all ? nodes : nodes.filter((node) => node.layer !== null)).map((node) => ({ ...node, inputs: node.inputs.filter((v) => carries[v]), outputs: node.outputs.filter((v) => carries[v]) })),
    labels: graph.values.map(({ shape }) => shape_text(shape)),
  };
}

// The shortest way that values take from one node to another; null where none does.
export function path_between({ nodes }: GraphData, from: number, to: number): number[] | null {
  const readers = new Map<number, number[]>();
  nodes.forEach(({ inputs }, i) => inputs.forEach((value) => (readers.get(value) ?? readers.set(value, []).get(value)!).push(i)));
  const before = new Map<number, number>([[from, -1]]);
  let now = [from];
  while (now.length > 0 && !before.has(to)) {
    const next: number[] = [];
    for (const node of now)
      for (const value of nodes[node]!.outputs)
        for (const reader of readers.get(value) ?? [])
          if (!before.has(reader)) {
            before.set(reader, node);
            next.push(reader);
          }
    now = next;
  }
  if (!before.has(to)) return null;
  const way: number[] = [];
  for (let node = to; node !== -1; node = before.get(node)!) way.unshift(node);
  return way;
}
