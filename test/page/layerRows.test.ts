import { describe, expect, test } from 'vitest';
import type { LayerInfo } from '../../shared/core/host.ts';
import { layerRows } from '../../standalone/page/layerRows.ts';

const layer = (ref: string, parent: string | null, visible = true): LayerInfo => ({
  ref,
  name: ref,
  kind: 'pixels',
  parent,
  bounds: { x: 0, y: 0, width: 1, height: 1 },
  visible,
  locked: false,
  opacity: 1,
  hasMask: false,
});

const list = [layer('top', null), layer('group', null, false), layer('inner', 'group'), layer('deep', 'inner'), layer('ground', null)];

describe('the rows of the layer list', () => {
  test('stand in the order of the host, indented by their groups', () => {
    expect(layerRows(list, new Set()).map((row) => `${row.depth} ${row.layer.ref}`)).toEqual([
      '0 top',
      '0 group',
      '1 inner',
      '2 deep',
      '0 ground',
    ]);
  });

  test('leave out what lies in a closed group', () => {
    const rows = layerRows(list, new Set(['group']));
    expect(rows.map((row) => row.layer.ref)).toEqual(['top', 'group', 'ground']);
    expect(rows[1]).toMatchObject({ hasChildren: true, isOpen: false });
  });

  test('are dimmed inside a hidden group', () => {
    expect(
      layerRows(list, new Set())
        .filter((row) => row.isDimmed)
        .map((row) => row.layer.ref),
    ).toEqual(['group', 'inner', 'deep']);
  });

  test('show a layer whose group is unknown at the top level', () => {
    expect(layerRows([layer('lost', 'nowhere')], new Set())).toHaveLength(1);
  });
});
