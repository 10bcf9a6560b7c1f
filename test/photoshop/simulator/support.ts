/** What the simulator's own tests share: the modules without types, as a plug-in may misuse them, and small documents. */
import type { Pixels } from '../../../shared/core/pixels.ts';
import { patternPixels, plainPixels } from '../../contracts/memoryHost.ts';
import {
  type Clock,
  createPhotoshop,
  type Photoshop,
  type PhotoshopLayerPlan,
  type PhotoshopOptions,
  type PhotoshopPlan,
} from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a plug-in calls is the subject, wrong calls among it.
export type Loose = any;

export interface Bench extends Photoshop {
  readonly clock: Clock;
  readonly app: Loose;
  readonly core: Loose;
  readonly action: Loose;
  readonly imaging: Loose;
  readonly constants: Loose;
  readonly uxp: Loose;
  /** Runs work in a modal scope named "Test". */
  modal<T>(work: (context: Loose) => Promise<T> | T): Promise<T>;
  /** One command in a modal scope; answers its descriptor. */
  play(command: object): Promise<Loose>;
}

/** Time passes only where somebody waits for it, and then a hundredth of it: what is merely slow takes none. */
function waitedTime(): Clock {
  let time = 0;
  return {
    now: () => time,
    async wait(ms) {
      const until = time + ms;
      await new Promise((resolve) => setTimeout(resolve, ms / 100));
      time = Math.max(time, until);
    },
  };
}

export function bench(options: PhotoshopOptions = {}): Bench {
  const clock = options.clock ?? waitedTime();
  const ps = createPhotoshop({ ...options, clock });
  const modules = ps.modules.photoshop as Loose;
  const modal = <T>(work: (context: Loose) => Promise<T> | T): Promise<T> =>
    modules.core.executeAsModal(async (context: Loose) => work(context), { commandName: 'Test' });
  return {
    ...ps,
    clock,
    app: modules.app,
    core: modules.core,
    action: modules.action,
    imaging: modules.imaging,
    constants: modules.constants,
    uxp: ps.modules.uxp,
    modal,
    play: async (command) => (await modal(() => modules.action.batchPlay([command], {})))[0],
  };
}

export const portrait = (width = 40, height = 30): Pixels => patternPixels(width, height, 3);

/** A Background, and above it a portrait at 8, 5 and a hidden note. */
export const smallPlan = (rest: Partial<PhotoshopPlan> = {}, layers: readonly PhotoshopLayerPlan[] = []): PhotoshopPlan => ({
  title: 'small.psd',
  extent: { width: 64, height: 48 },
  layers: [
    ...layers,
    { name: 'note', pixels: plainPixels(6, 5, [250, 240, 20, 255]), at: { x: 50, y: 2 }, visible: false },
    { name: 'portrait', pixels: portrait(), at: { x: 8, y: 5 } },
    { name: 'Background', pixels: patternPixels(64, 48, 1), background: true },
  ],
  ...rest,
});

export const messageOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (cause) {
    return (cause as Error).message;
  }
  return 'nothing was thrown';
};

/** Reads a layer's own pixels through the imaging module and gives the image data back. */
export async function readLayer(ps: Bench, ask: object): Promise<{ data: Uint8Array | Uint16Array | Float32Array; told: Loose }> {
  return ps.modal(async () => {
    const { imageData, ...told } = await ps.imaging.getPixels(ask);
    try {
      const { width, height, components, componentSize, colorSpace, colorProfile, hasAlpha } = imageData;
      return {
        data: await imageData.getData(),
        told: { ...told, width, height, components, componentSize, colorSpace, colorProfile, hasAlpha },
      };
    } finally {
      imageData.dispose();
    }
  });
}

export const sRgb = 'sRGB IEC61966-2.1';
export const code1 = 'Photoshop Error. Code: -1';

/** Puts and gives the image data back. */
export async function put(ps: Bench, how: 'putPixels' | 'putLayerMask' | 'putSelection', image: Loose, ask: object): Promise<void> {
  try {
    await ps.modal(() => ps.imaging[how]({ ...ask, imageData: image }));
  } finally {
    image.dispose();
  }
}

export const rgba = (width: number, height: number): object => ({ width, height, components: 4, colorSpace: 'RGB', colorProfile: sRgb });
export const idOf = (ps: Bench, name: string): number => ps.inspect.layer(name).id;
