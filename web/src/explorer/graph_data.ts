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
