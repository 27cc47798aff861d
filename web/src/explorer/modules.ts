// The layers of a report as a tree of modules. What a module has the engine sums up; times and energies, which it gives
// by layer alone, are added up here. A sum with an unknown part says so, and its text is "at least".
import type { Layer, ModuleSums } from "./answers";

const summed = ["params", "buffers", "macs", "flops", "int_ops", "read_bytes", "write_bytes", "activations"] as const; // by the engine
const is_summed = (id: string): id is (typeof summed)[number] => (summed as readonly string[]).includes(id);
export interface Sum { value: number; at_least: boolean }
export interface Module {
  path: string; // "" is the network
  name: string; // its last part
  depth: number;
  parent: Module | null;
  parts: (Module | number)[]; // in order; a number is a layer's place in the report
  first: number; // of its layers
  n_layers: number;
}
export interface Tree { root: Module; by_path: Map<string, Module>; of_layer: Module[] }

export function tree_of(layers: Layer[], name: string): Tree {
  const root: Module = { path: "", name, depth: 0, parent: null, parts: [], first: 0, n_layers: 0 };
  const by_path = new Map([["", root]]);
  const find = (path: string): Module => {
    const known = by_path.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf(".");
    const parent = find(cut < 0 ? "" : path.slice(0, cut));
    const made: Module = { path, name: path.slice(cut + 1), depth: parent.depth + 1, parent, parts: [], first: -1, n_layers: 0 };
    parent.parts.push(made);
    by_path.set(path, made);
    return made;
  };
  const of_layer = layers.map((layer, i) => {
    const module = find(layer.module);
    module.parts.push(i);
    for (let m: Module | null = module; m !== null; m = m.parent) {
      if (m.first < 0) m.first = i;
      m.n_layers++;
    }
    return module;
  });
  return { root, by_path, of_layer };
}

export const is_inside = (module: Module, ancestor: Module): boolean => {
  for (let m: Module | null = module; m !== null; m = m.parent) if (m === ancestor) return true;
  return false;
};
export function* layers_of(module: Module): Generator<number> {
  for (const part of module.parts) {
    if (typeof part === "number") yield part;
    else yield* layers_of(part);
  }
}

// Sums of one figure over every module: the engine's, where `told` has the figure of this name, else of the layers'.
export function sums_of(tree: Tree, figure: (layer: number) => number | null, told: ModuleSums[] = [], id = ""): Map<Module, Sum> {
  const known = new Map(told.map((module) => [module.path, module] as const));
  const sums = new Map<Module, Sum>();
  const add = (module: Module): Sum => {
    const parts = module.parts.map((part) => (typeof part === "number" ? figure(part) : add(part)));
    const of_engine = known.get(module.path);
    let sum: Sum = { value: 0, at_least: false };
    if (of_engine !== undefined && is_summed(id)) sum = { value: of_engine[id], at_least: of_engine.lower_bounds.includes(id) };
    else
      for (const part of parts) {
        if (part === null) sum.at_least = true;
        else if (typeof part === "number") sum.value += part;
        else {
          sum.value += part.value;
          sum.at_least ||= part.at_least;
        }
      }
    sums.set(module, sum);
    return sum;
  };
  add(tree.root);
  return sums;
}
