import { describe, expect, test } from 'vitest';
import { drawLanes, type LaneNode } from '../../shared/core/history/lanes.ts';
import { randomOf } from './makeTake.ts';

/** "c<b" is the take c, made from b; newest first. */
const listed = (text: string): readonly LaneNode[] =>
  text.split(' ').map((each) => {
    const [id, parent] = each.split('<');
    return { id, parent: parent ?? null };
  });

const lanes = (text: string, most = 6) => drawLanes(listed(text), most);

describe('the lanes of a tree of takes', () => {
  test('are one for a chain', () => {
    const { rows, laneCount } = lanes('c<b b<a a');
    expect(laneCount).toBe(1);
    expect(rows).toEqual([
      { lane: 0, passing: [], children: [], hasParent: true },
      { lane: 0, passing: [], children: [0], hasParent: true },
      { lane: 0, passing: [], children: [0], hasParent: false },
    ]);
  });

  test('are two where it branches, and both end in the take they sprang from', () => {
    const { rows, laneCount } = lanes('d<b c<a b<a a');
    expect(laneCount).toBe(2);
    expect(rows.map(({ lane }) => lane)).toEqual([0, 1, 0, 0]);
    expect(rows[1].passing).toEqual([0]);
    expect(rows[2].passing).toEqual([1]);
    expect(rows[3]).toEqual({ lane: 0, passing: [], children: [0, 1], hasParent: false });
  });

  test('are used again as soon as they are free', () => {
    const { laneCount } = lanes('f<e e d<c c b<a a');
    expect(laneCount).toBe(1);
  });

  test('share the last one when there are too many', () => {
    const { rows, laneCount } = lanes('f<a e<a d<a c<a b<a a', 3);
    expect(laneCount).toBe(3);
    expect(rows.map(({ lane }) => lane)).toEqual([0, 1, 2, 2, 2, 0]);
    expect(rows.at(-1)?.children).toEqual([0, 1, 2]);
  });

  test('end in a take whose parent is not listed', () => {
    expect(lanes('b<gone').rows[0]).toEqual({ lane: 0, passing: [], children: [], hasParent: false });
  });

  test('lead every take to its parent, in any tree: each lane that leaves a row arrives in the next', () => {
    const random = randomOf(7);
    const nodes: LaneNode[] = [];
    for (let n = 0; n < 400; n++)
      nodes.unshift({ id: `${n}`, parent: n === 0 || random(40) === 0 ? null : `${n - 1 - random(Math.min(n, 30))}` });
    const { rows } = drawLanes(nodes, 400);
    const leads = new Map<number, string>();
    rows.forEach((row, n) => {
      const { id, parent } = nodes[n];
      expect(
        [...leads]
          .filter(([, to]) => to === id)
          .map(([lane]) => lane)
          .sort((a, b) => a - b),
      ).toEqual(row.children);
      for (const lane of row.children) leads.delete(lane);
      expect([...leads.keys()].sort((a, b) => a - b)).toEqual(row.passing);
      expect(leads.has(row.lane)).toBe(false);
      if (row.hasParent && parent !== null) leads.set(row.lane, parent);
    });
    expect(leads.size).toBe(0);
  });
});
