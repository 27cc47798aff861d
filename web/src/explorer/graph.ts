// The network as boxes within boxes. Each module that is unfolded is laid out by itself, its own modules as boxes of
// one size or, unfolded, as large as what is in them; so that what is unfolded costs no more than itself.

// What the layout needs of the engine's answer.
export interface GraphNode { name: string; op: string; module: string; layer: number | null; inputs: number[]; outputs: number[] } // ids of values
export interface GraphData { name: string; nodes: GraphNode[]; labels: string[] } // of values: their shapes

export interface Box { id: string; kind: "node" | "module" | "port"; node: number; path: string; label: string; x: number; y: number; width: number; height: number; inside: Level | null; first: number; count: number }
export interface Line { points: number[]; label: string; from: string; to: string; box: [number, number, number, number] }
export interface Level { width: number; height: number; boxes: Box[]; lines: Line[] }

export interface LayoutRequest { data?: GraphData; open: string[]; turn: number }
export interface LayoutReply { level: Level; turn: number; paths: string[]; homes: string[] | null; milliseconds: number } // homes: the innermost module of each node, runs included; null: as before
export const most_parts = 400; // of a module: more are put together, in order
