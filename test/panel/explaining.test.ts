/** A take is explained from its own run, and once more from what the document keeps. */
import { expect, test } from 'vitest';
import { allOf } from '../fakes/fakeModel.ts';
import { bench, key, select, send, settled } from '../page/panelBench.ts';

async function edited() {
  const made = await bench({ script: [allOf(200, 0, 0)], environmentKey: key });
  await select(made.host, 'Desk');
  await send(made.panel, 'make it red');
  const id = made.panel.state().takes.focused?.id ?? '';
  return { ...made, id, takes: made.panel.actions.takes };
}

test('a take shows its figures, and draws the pictures of a view when that is chosen', async () => {
  const { panel, id, takes } = await edited();
  expect(panel.state().takes.focused?.can.explain).toBe(true);
  takes.explain(id);
  await settled();
  const { explained } = panel.state().takes;
  expect(explained).toMatchObject({
    take: id,
    title: '1 · make it red',
    view: 'compare',
    shown: { kind: 'compared', extent: { width: 64, height: 48 } },
  });
  expect(Object.keys(explained?.shown.kind === 'compared' ? explained.shown.pictures : {})).toEqual(['before', 'result']);
  takes.setEvidenceView('difference');
  await settled();
  const later = panel.state().takes.explained;
  expect(Object.keys(later?.shown.kind === 'compared' ? later.shown.pictures : {})).toEqual(['before', 'result', 'difference']);
  takes.stopExplaining();
  expect(panel.state().takes.explained).toBe(null);
});

test('of another sitting it is laid over its layer once more, or tells what is missing', async () => {
  const { panel, host, id, takes } = await edited();
  panel.attach({ host, store: host.store });
  await settled();
  takes.explain(id);
  expect(panel.state().takes.explained?.shown.kind).toBe('making');
  await settled();
  expect(['compared', 'figures']).toContain(panel.state().takes.explained?.shown.kind);
  panel.attach(null);
  expect(panel.state().takes.explained).toBe(null);
});

test('a layer that shows no take is told by its name', async () => {
  const { panel, host, takes } = await edited();
  takes.explainLayer(host.refOf('Cup'));
  expect(panel.state().run).toMatchObject({ kind: 'failed', explanation: { title: 'No such take' } });
  expect(JSON.stringify(panel.state().run)).toContain('Cup');
});
