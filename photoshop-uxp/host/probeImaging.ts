/**
 * What the adapter takes for granted of Photoshop and no documentation says, tried out in a small document of its own, which
 * is closed again: each answer is a few words for "About this host". Whoever reports a wrong mask or a shifted take sends these along.
 */
import type { ExecutionContext, ImagingAnswer, ImagingBounds, PhotoshopModule, PsDocument, PsLayer } from '../types/modules.ts';
import { layerTarget, play } from './batchPlay.ts';
import { bringToFront } from './documents.ts';
import { messageOf } from './hostError.ts';
import { layerNamespaces, writeLayerText } from './layerData.ts';
import { readFromPacket, writeToPacket } from './layerXmp.ts';
import { withScratch } from './scratch.ts';

export interface ImagingProbe {
  readonly name: string;
  readonly answer: string;
}

const side = 8;

interface Bench {
  readonly photoshop: PhotoshopModule;
  readonly context: ExecutionContext;
  readonly document: PsDocument;
  /** Red, 4 × 4 at the top left, of which a mask shows the left half. */
  readonly layer: PsLayer;
}

type Question = readonly [name: string, ask: (bench: Bench) => Promise<string>];

const questions: readonly Question[] = [
  [
    'Pixels of a masked layer',
    async ({ photoshop, document, layer }) => {
      const told = await read(photoshop, { documentID: document.id, layerID: layer.id, sourceBounds: box(0, 0, 4, 4) });
      if (told.width < 4) return 'come with the mask';
      const alpha = told.components === 4 ? told.data[3 * 4 + 3] : 255;
      return alpha === 0 ? 'come with the mask' : 'come without the mask';
    },
  ],
  [
    'A mask where it is black',
    async ({ photoshop, document, layer }) => {
      const told = await photoshop.imaging.getLayerMask({
        documentID: document.id,
        layerID: layer.id,
        kind: 'user',
        sourceBounds: box(0, 0, side, side),
      });
      const { width, height } = (await taken(told)).size;
      return width === side && height === side ? 'is told' : `is left out: ${width} × ${height} of ${side} × ${side}`;
    },
  ],
  [
    'An area without pixels',
    async ({ photoshop, document }) => {
      const told = await read(photoshop, { documentID: document.id, sourceBounds: box(6, 6, 8, 8) });
      return told.width * told.height === 0 ? 'answers nothing' : `answers ${told.width} × ${told.height}`;
    },
  ],
  [
    'What shows in a transparent document',
    async ({ photoshop, document }) =>
      `has ${(await read(photoshop, { documentID: document.id, sourceBounds: box(0, 0, 2, 2) })).components} components`,
  ],
  [
    'A merged copy',
    async (bench) =>
      inCopy(bench, true, async (copy) => {
        const told = await read(bench.photoshop, { documentID: copy.id, sourceBounds: box(0, 0, side, side) });
        return told.components === 4 ? 'keeps transparency' : 'is opaque';
      }),
  ],
  [
    'Layers of a copy',
    async (bench) =>
      inCopy(bench, false, async (copy) => {
        const ids = (document: PsDocument): string => Array.from(document.layers, ({ id }) => id).join();
        return ids(copy) === ids(bench.document) ? 'keep their numbers' : 'have numbers of their own';
      }),
  ],
  [
    'Writing pixels under a selection',
    async ({ photoshop, document }) => {
      const edge = (value: number) => ({ _unit: 'pixelsUnit', _value: value });
      const to = { _obj: 'rectangle', left: edge(0), top: edge(0), right: edge(1), bottom: edge(1) };
      await play(photoshop.action, [{ _obj: 'set', _target: [{ _ref: 'channel', _property: 'selection' }], to }]);
      const layer = await document.createPixelLayer({ name: 'selected' });
      if (layer === null) return 'no layer was made';
      await write(photoshop, document.id, layer.id, 4, 4);
      const told = await read(photoshop, { documentID: document.id, layerID: layer.id, sourceBounds: box(0, 0, 4, 4) });
      return told.width === 4 && told.height === 4 ? 'goes beyond it' : `stays within it: ${told.width} × ${told.height}`;
    },
  ],
  [
    'Where a take came from is kept',
    async ({ photoshop, document, layer }) => {
      await writeLayerText(photoshop.action, { documentId: document.id, layerId: layer.id }, layerNamespaces.story, '{"probe":true}');
      const [answer] = await photoshop.action.batchPlay(
        [{ _obj: 'get', _target: [{ _property: 'XMPMetadataAsUTF8' }, ...layerTarget(document.id, layer.id)] }],
        {},
      );
      return String(answer.XMPMetadataAsUTF8 ?? '').includes('retake') ? 'in the layer’s XMP' : 'in its generator settings';
    },
  ],
  [
    'The document’s XMP',
    async ({ photoshop, document }) => {
      const property = 'XMPMetadataAsUTF8';
      const of = { _ref: 'document', _id: document.id };
      const states = document.activeHistoryState.id;
      const packet = writeToPacket('', 'probe', 'kept');
      await play(photoshop.action, [
        { _obj: 'set', _target: [{ _ref: 'property', _property: property }, of], to: { _obj: 'document', [property]: packet } },
      ]);
      const [answer] = await play(photoshop.action, [{ _obj: 'get', _target: [{ _property: property }, of] }]);
      if (readFromPacket(String(answer[property] ?? ''), 'probe') !== 'kept') return 'is not kept';
      return document.activeHistoryState.id === states ? 'is kept, without a history state' : 'is kept, as a history state';
    },
  ],
];

/** Opens nothing that stays; the document in front is so again. */
export async function probeImaging(photoshop: PhotoshopModule): Promise<readonly ImagingProbe[]> {
  const { app, core } = photoshop;
  return core.executeAsModal(
    async (context) => {
      const make = () =>
        app.createDocument({
          name: 'About this host',
          width: side,
          height: side,
          resolution: 72,
          depth: 8,
          mode: 'RGBColorMode',
          fill: 'transparent',
        });
      return withScratch(app, { context }, make, async (document) => {
        const layer = await maskedLayer(photoshop, document);
        const answers: ImagingProbe[] = [];
        for (const [name, ask] of questions) {
          bringToFront(app, document);
          const answer = await ask({ photoshop, context, document, layer }).catch((cause) => `refused: ${messageOf(cause)}`);
          answers.push({ name, answer });
        }
        return answers;
      });
    },
    { commandName: 'Retake: About this host' },
  );
}

async function maskedLayer(photoshop: PhotoshopModule, document: PsDocument): Promise<PsLayer> {
  const layer = await document.createPixelLayer({ name: 'masked' });
  if (layer === null) throw new Error('no layer was made');
  await write(photoshop, document.id, layer.id, 4, 4);
  await play(photoshop.action, [
    {
      _obj: 'make',
      new: { _class: 'channel' },
      at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
      using: { _enum: 'userMaskEnabled', _value: 'hideAll' },
    },
  ]);
  const imageData = await photoshop.imaging.createImageDataFromBuffer(new Uint8Array(2 * 4).fill(255), {
    width: 2,
    height: 4,
    components: 1,
    chunky: true,
    colorSpace: 'Grayscale',
    colorProfile: 'Gray Gamma 2.2',
  });
  try {
    await photoshop.imaging.putLayerMask({
      documentID: document.id,
      layerID: layer.id,
      imageData,
      replace: false,
      targetBounds: { left: 0, top: 0 },
    });
  } finally {
    imageData.dispose();
  }
  return layer;
}

async function write({ imaging }: PhotoshopModule, documentID: number, layerID: number, width: number, height: number): Promise<void> {
  const red = Uint8Array.from({ length: width * height * 4 }, (_, i) => [200, 30, 40, 255][i % 4]);
  const shape = { width, height, components: 4, chunky: true, colorSpace: 'RGB', colorProfile: 'sRGB IEC61966-2.1' };
  const imageData = await imaging.createImageDataFromBuffer(red, shape);
  try {
    await imaging.putPixels({ documentID, layerID, imageData, replace: false, targetBounds: { left: 0, top: 0 } });
  } finally {
    imageData.dispose();
  }
}

interface Told {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly data: ArrayLike<number>;
}

async function read(
  { imaging }: PhotoshopModule,
  ask: { documentID: number; layerID?: number; sourceBounds: ImagingBounds },
): Promise<Told> {
  const { size, data } = await taken(
    await imaging.getPixels({ ...ask, colorSpace: 'RGB', colorProfile: 'sRGB IEC61966-2.1', componentSize: 8 }),
  );
  return { ...size, data };
}

async function taken({ imageData }: ImagingAnswer): Promise<{ readonly size: Omit<Told, 'data'>; readonly data: ArrayLike<number> }> {
  try {
    const { width, height, components } = imageData;
    return { size: { width, height, components }, data: await imageData.getData({ chunky: true }) };
  } finally {
    imageData.dispose();
  }
}

const inCopy = ({ photoshop, context, document }: Bench, isMerged: boolean, work: (copy: PsDocument) => Promise<string>): Promise<string> =>
  withScratch(photoshop.app, { context }, () => document.duplicate('About this host (copy)', isMerged), work);

const box = (left: number, top: number, right: number, bottom: number): ImagingBounds => ({ left, top, right, bottom });
