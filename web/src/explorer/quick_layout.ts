// A layered layout for modules of very many parts, where dagre takes seconds: ranks by the longest path, each rank
// ordered by the mean place of what it reads from (Sugiyama, Tagawa, Toda 1981), a line straight from rank to rank.
export interface Sized { id: string; width: number; height: number }
export interface Laid { at: Map<string, { x: number; y: number }>; points: (from: string, to: string) => { x: number; y: number }[] } // of centres

export function quick_layout(boxes: Sized[], lines: { from: string; to: string }[], gap_x: number, gap_y: number): Laid {
  const after = new Map<string, string[]>(boxes.map((b) => [b.id, []]));
  const before = new Map<string, string[]>(boxes.map((b) => [b.id, []]));
  for (const { from, to } of lines) {
    after.get(from)!.push(to);
    before.get(to)!.push(from);
  }
  const rank = new Map<string, number>();
  const waits = new Map(boxes.map((b) => [b.id, before.get(b.id)!.length]));
  let ready = boxes.filter((b) => waits.get(b.id) === 0).map((b) => b.id);
  const settled: string[] = [];
  // A loop between modules has no beginning: its first part in order is one.
  while (settled.length < boxes.length) {
    if (ready.length === 0) ready = [boxes.find((b) => !rank.has(b.id))!.id];
    const next: string[] = [];
    for (const id of ready) {
      if (rank.has(id)) continue;
      rank.set(id, Math.max(0, ...before.get(id)!.map((b) => (rank.get(b) ?? -1) + 1)));
      settled.push(id);
      for (const to of after.get(id)!) {
        waits.set(to, waits.get(to)! - 1);
        if (waits.get(to) === 0) next.push(to);
      }
    }
    ready = next;
  }
  // What only feeds others stands right above the first of them.
  for (const id of [...settled].reverse()) {
    const first = Math.min(Infinity, ...after.get(id)!.map((a) => rank.get(a)!));
    if (before.get(id)!.length === 0 && Number.isFinite(first) && first > 0) rank.set(id, first - 1);
  }
  const ranks: string[][] = [];
  for (const id of settled) (ranks[rank.get(id)!] ??= []).push(id);
  const size = new Map(boxes.map((b) => [b.id, b]));
  const at = new Map<string, { x: number; y: number }>();
  let y = 0;
  for (const row of ranks) {
    if (row === undefined) continue;
    const wished = (id: string): number => {
      const above = before.get(id)!.map((b) => at.get(b)?.x).filter((x) => x !== undefined);
      return above.length === 0 ? 0 : above.reduce((sum, x) => sum + x, 0) / above.length;
    };
    const wishes = new Map(row.map((id) => [id, wished(id)] as const));
    row.sort((a, b) => wishes.get(a)! - wishes.get(b)!);
    const tall = Math.max(...row.map((id) => size.get(id)!.height));
    const wide = row.reduce((sum, id) => sum + size.get(id)!.width + gap_x, -gap_x);
    let x = row.reduce((sum, id) => sum + wishes.get(id)!, 0) / row.length - wide / 2;
    for (const id of row) {
      const { width } = size.get(id)!;
      at.set(id, { x: x + width / 2, y: y + tall / 2 });
      x += width + gap_x;
    }
    y += tall + gap_y;
  }
  return {
    at,
    points(from, to) {
      const [a, b] = [at.get(from)!, at.get(to)!];
      const [start, end] = [a.y + size.get(from)!.height / 2, b.y - size.get(to)!.height / 2];
      if (end < start) return [{ x: a.x, y: a.y }, { x: b.x, y: b.y }];
      const turn = Math.min(gap_y / 2, (end - start) / 2);
      return [{ x: a.x, y: start }, { x: a.x, y: start + turn }, { x: b.x, y: end - turn }, { x: b.x, y: end }];
    },
  };
}
