/**
 * The tree of takes as lanes beside a list, newest first, as version histories are drawn: a branch has a lane of its own
 * from its end down to the take it sprang from. Pure; the panel draws it in SVG, the command in characters.
 */
export interface LaneNode {
  readonly id: string;
  /** Of the same list, and further down; null (or one that is not listed) ends the lane. */
  readonly parent: string | null;
}

/** One row: the take in its lane, what passes by, and which lanes from above end in it. */
export interface LaneRow {
  readonly lane: number;
  /** Lanes that run from the row's top to its bottom, ascending. */
  readonly passing: readonly number[];
  /** Lanes of the take's children, its own among them when one continues in it; ascending. */
  readonly children: readonly number[];
  /** Whether the line goes on down to the take's parent. */
  readonly hasParent: boolean;
}

/** `most` lanes at least 1; branches beyond share the last, so that a thousand of them stay readable and cheap. */
export function drawLanes(nodes: readonly LaneNode[], most: number): { readonly rows: readonly LaneRow[]; readonly laneCount: number } {
  const listed = new Set(nodes.map(({ id }) => id));
  /** For each lane the take that it leads down to; null where it is free. */
  const open: (string | null)[] = [];
  const leadingTo = new Map<string, number[]>();
  const free: number[] = [];
  let laneCount = nodes.length === 0 ? 0 : 1;

  const rows = nodes.map(({ id, parent }): LaneRow => {
    const children = (leadingTo.get(id) ?? []).sort((a, b) => a - b);
    leadingTo.delete(id);
    const lane = children[0] ?? free.sort((a, b) => b - a).pop() ?? open.length;
    for (const ended of children) {
      open[ended] = null;
      if (ended !== lane) free.push(ended);
    }
    const passing: number[] = [];
    for (let each = 0; each < open.length && passing.length < most; each++) if (open[each] !== null && each !== lane) passing.push(each);
    const hasParent = parent !== null && parent !== id && listed.has(parent);
    if (hasParent) {
      open[lane] = parent;
      const others = leadingTo.get(parent);
      if (others === undefined) leadingTo.set(parent, [lane]);
      else others.push(lane);
    } else {
      open[lane] = null;
      free.push(lane);
    }
    const shared = (each: number): number => Math.min(each, most - 1);
    const once = (lanes: readonly number[]): readonly number[] => [...new Set(lanes.map(shared))];
    const row = { lane: shared(lane), passing: once(passing).filter((each) => each !== shared(lane)), children: once(children), hasParent };
    laneCount = Math.max(laneCount, row.lane + 1, ...row.passing.map((each) => each + 1), ...row.children.map((each) => each + 1));
    return row;
  });
  return { rows, laneCount };
}
