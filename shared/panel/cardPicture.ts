/** The picture in a take's card: the small one is there at once, a sharp one is read when the eye has come to rest. */

import { takeLooks } from '../core/edit/takeLooks.ts';
import { smallPicture, withinSide } from '../core/edit/takePictures.ts';
import type { History, Take } from '../core/history/take.ts';
import { createPace } from '../core/pace.ts';
import type { PictureCache } from './pictureCache.ts';
import type { AttachedDocument, PanelPorts } from './ports.ts';

/** At two device pixels a pixel. */
const sidePx = 480;
const restMs = 120;

/** Where it lies beside the pictures that are known by their hash. As long as a take is not placed, it looks like its answer. */
export const cardPictureKey = ({ id, state }: Take): string => `look of ${id}, ${state}`;

export interface CardPicture {
  /** Of the take that is looked at now; undefined while there is none. */
  want(take: Take | undefined): Promise<void>;
  stop(): void;
}

export interface CardPicturePorts {
  readonly panel: Pick<PanelPorts, 'codec' | 'clock' | 'thumbnail'>;
  readonly pictures: Pick<PictureCache, 'has' | 'put'>;
  document(): AttachedDocument | null;
  history(): History;
}

export function createCardPicture({ panel: { codec, clock, thumbnail }, pictures, document, history }: CardPicturePorts): CardPicture {
  let looking: { readonly key: string; readonly abort: AbortController } | null = null;
  return {
    async want(take) {
      const from = document();
      if (take === undefined || from === null) return;
      const key = cardPictureKey(take);
      if (looking?.key === key || pictures.has(key) || (take.state !== 'done' && take.pictures.answer === null)) return;
      looking?.abort.abort();
      const abort = new AbortController();
      looking = { key, abort };
      if (!(await clock.sleep(restMs, abort.signal))) return;
      const look = await takeLooks({ ...from, codec, clock }, history(), take, abort.signal);
      const small = look.ok
        ? await smallPicture(look.value.pixels, withinSide(look.value.pixels, sidePx), createPace(clock, abort.signal))
        : null;
      if (abort.signal.aborted) return;
      looking = null;
      if (small !== null) pictures.put(key, thumbnail(small, sidePx));
    },
    stop() {
      looking?.abort.abort();
      looking = null;
    },
  };
}
