/** "About this host" tries out what the adapter takes for granted, in a document that does not stay. */
import { expect, it } from 'vitest';
import { probeImaging } from '../../../photoshop-uxp/host/probeImaging.ts';
import type { PhotoshopModules } from '../../../photoshop-uxp/types/modules.ts';
import { plainPixels } from '../../contracts/memoryHost.ts';
import { openHost } from '../openHost.ts';
import type { Quirks } from '../simulator/index.ts';

const plan = {
  title: 'Model.psd',
  extent: { width: 8, height: 6 },
  layers: [{ name: 'photo', pixels: plainPixels(8, 6, [9, 8, 7, 255]) }],
};

async function probed(quirks: Partial<Quirks> = {}) {
  const { ps } = openHost(plan, { quirks });
  const { state, id } = ps.inspect.document();
  const answers = await probeImaging((ps.modules as unknown as PhotoshopModules).photoshop);
  expect([ps.inspect.documents.length, ps.inspect.document().id]).toEqual([1, id]);
  expect(ps.inspect.document().state).toBe(state);
  expect(ps.inspect.history()).toEqual(['Open']);
  return Object.fromEntries(answers.map(({ name, answer }) => [name, answer]));
}

it('answers each question, and leaves nothing open', async () => {
  expect(await probed()).toEqual({
    'Pixels of a masked layer': 'come without the mask',
    'A mask where it is black': 'is left out: 2 × 4 of 8 × 8',
    'An area without pixels': 'refused: Photoshop Error. Code: -1',
    'What shows in a transparent document': 'has 4 components',
    'A merged copy': 'is opaque',
    'Layers of a copy': 'have numbers of their own',
    'Writing pixels under a selection': 'goes beyond it',
    'Where a take came from is kept': 'in its generator settings',
    'The document’s XMP': 'is kept, without a history state',
  });
});

it('tells another Photoshop from this one', async () => {
  expect(await probed({ emptyRead: 'empty' })).toMatchObject({ 'An area without pixels': 'answers nothing' });
});
