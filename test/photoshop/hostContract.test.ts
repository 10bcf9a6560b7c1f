/** The adapter keeps every host's promises, in each depth, in each version that differs, and whichever way reports differ. */
import type { PlaceAs } from '../../photoshop-uxp/host/placeTake.ts';
import { type HostUnderTest, hostContract } from '../contracts/hostContract.ts';
import type { DocumentPlan } from '../contracts/memoryHost.ts';
import { breath } from './handClock.ts';
import { answerOf, openHost } from './openHost.ts';
import type { PhotoshopOptions, PhotoshopPlan } from './simulator/index.ts';

interface Variation {
  readonly document?: Partial<PhotoshopPlan>;
  readonly photoshop?: PhotoshopOptions;
  readonly placeAs?: PlaceAs;
}

const make =
  ({ document = {}, photoshop = {}, placeAs = 'pixels' }: Variation = {}) =>
  async (plan: DocumentPlan): Promise<HostUnderTest> => {
    const { ps, host } = openHost({ ...plan, ...document }, { ...photoshop, placeAs: () => placeAs });
    return {
      host,
      async select({ of }) {
        if (of === 'visible') answerOf(await host.select('visible'));
        else {
          const named = answerOf(await host.layers()).filter(({ ref }) => ref === of);
          ps.user.selectLayers(...named.map(({ name }) => name));
        }
        await breath();
      },
      undo: () => void ps.user.undo(),
    };
  };

const flags = { masks: true, groups: true, undo: true };

hostContract('Photoshop (simulated)', make(), { ...flags, tolerance: 0 });
hostContract('Photoshop (simulated, 25.0, 16 bits)', make({ document: { depth: 16 }, photoshop: { version: '25.0.0' } }), {
  ...flags,
  tolerance: 0,
});
// Layers are blended as light there, which the contract's own sum is not.
hostContract('Photoshop (simulated, 32 bits)', make({ document: { depth: 32 } }), { ...flags, tolerance: 6 });
hostContract('Photoshop (simulated, Lab, 16 bits)', make({ document: { mode: 'Lab', depth: 16 } }), { ...flags, tolerance: 2 });
hostContract('Photoshop (simulated, CMYK)', make({ document: { mode: 'CMYK' } }), { ...flags, tolerance: 8 });
hostContract('Photoshop (simulated, smart objects at 300 ppi)', make({ document: { ppi: 300 }, placeAs: 'smart-object' }), {
  ...flags,
  tolerance: 0,
});
hostContract(
  'Photoshop (simulated, as the kinder reports have it)',
  make({ photoshop: { quirks: { emptyRead: 'empty', groupRead: 'rendered', maskDepth: 'eight', generatorSettings: 'nested' } } }),
  { ...flags, tolerance: 0 },
);
hostContract(
  'Photoshop (simulated, stumbling)',
  make({ photoshop: { quirks: { placing: 'fails', afterPut: 'fails-once', smartRead: 'fails' } }, placeAs: 'smart-object' }),
  { ...flags, tolerance: 0 },
);
