// What the layout needs of the engine's graph: nodes, each at its layer of the report, and the shapes on the lines.
import type { GraphAnswer, Report } from "./answers";
import type { GraphData, GraphNode } from "./graph";
import { shape_text } from "./measures";

// Without `all`, nodes that have no layer (they prepare shapes and constants) are left out.
export function graph_data(graph: GraphAnswer, report: Report, all: boolean): GraphData {
  const place = new Map(report.layers.map(({ index }, i) => [index, i] as const));
  const present = (ids: (number | null)[]): number[] => ids.filter((id) => id !== null);
  const nodes = graph.nodes.map(({ index, name, op, module, inputs, outputs }): GraphNode => ({ name, op, module, layer: index === null ? null : (place.get(index) ?? null), inputs: present(inputs), outputs: present(outputs) }));
  const inputs = graph.inputs.map((id): GraphNode => ({ name: graph.values[id]?.name ?? "", op: "input", module: "", layer: null, inputs: [], outputs: [id] }));
  return {
    name: report.model.name,
    nodes: [...inputs, ...(all ? nodes : nodes.filter((node) => node.layer !== null))],
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
