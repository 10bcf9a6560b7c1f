/**
 * A model whose edits can be told to the pixel: what is magenta in the picture it was sent becomes green, and the rest stays as it
 * was. It can be held, so that things happen in the file while it works.
 */
import sharp from 'sharp';
import type { PictureMaker } from '../../geminiServer/answerBody.ts';
import { deliveredExtent } from '../../geminiServer/plainAnswer.ts';

export const magenta = [230, 30, 200] as const;
export const green = [42, 143, 74] as const;

const scaled = ({ width, height }: { readonly width: number; readonly height: number }, by: number) => ({
  width: Math.round(width * by),
  height: Math.round(height * by),
});

export interface TestModel {
  readonly answer: PictureMaker;
  /** From now on answers wait; call what it gives to let them go. */
  hold(): () => void;
  /** Lets go whatever waits. */
  letGo(): void;
  /** How many requests are being answered. */
  readonly underWay: number;
}

export function createTestModel(): TestModel {
  let gate: Promise<void> = Promise.resolve();
  const holding: (() => void)[] = [];
  let underWay = 0;
  return {
    hold() {
      let release: () => void = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      holding.push(release);
      return release;
    },
    letGo() {
      gate = Promise.resolve();
      for (const release of holding.splice(0)) release();
    },
    get underWay() {
      return underWay;
    },
    async answer(request) {
      // Half of what it would deliver, for tests that many can wait for.
      const { width, height } = scaled(deliveredExtent(request), 0.5);
      underWay++;
      await gate;
      underWay--;
      const { data, info } = await sharp(request.pictures[0].bytes)
        .flatten({ background: '#ffffff' })
        .resize(width, height, { fit: 'fill' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      for (let i = 0; i < data.length; i += 3) {
        if (magenta.some((value, c) => Math.abs(value - data[i + c]) > 70)) continue;
        for (const c of [0, 1, 2]) data[i + c] = green[c];
      }
      const bytes = await sharp(data, { raw: info }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
      return { picture: { bytes: new Uint8Array(bytes), type: 'image/jpeg' }, text: 'I made the box green.' };
    },
  };
}
