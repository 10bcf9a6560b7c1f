/** require('photoshop').app */
import type { Application } from '../application.ts';
import { type Mode, profileNames } from '../color.ts';
import { newDocumentState } from '../newDocument.ts';
import type { Depth } from '../raster.ts';
import { openFile } from '../saving.ts';
import { collection } from './collection.ts';
import { type DomDocument, domDocument } from './domDocument.ts';

interface CreateOptions {
  readonly name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly resolution?: number;
  readonly mode?: string;
  readonly fill?: string;
  readonly depth?: Depth;
  readonly profile?: string;
}

const modes: Readonly<Record<string, Mode>> = {
  RGBColorMode: 'RGB',
  grayscaleMode: 'Grayscale',
  labColorMode: 'Lab',
  CMYKColorMode: 'CMYK',
  bitmapMode: 'Bitmap',
};

export function domApp(app: Application, batchPlay: (list: unknown, options?: unknown) => Promise<object[]>): object {
  async function createDocument(options: CreateOptions = {}): Promise<DomDocument> {
    app.mayWrite('make');
    await Promise.resolve();
    const { width = 2100, height = 1500, resolution = 300, mode = 'RGBColorMode', fill = 'white', depth = 8, profile } = options;
    if (modes[mode] === undefined) throw new Error(`createDocument: ${mode} is no NewDocumentMode`);
    const state = newDocumentState(app.nextId, {
      width,
      height,
      resolution,
      depth,
      mode: modes[mode],
      fill: fill === 'transparent' ? 'transparent' : 'white',
      ...(profile === undefined ? {} : { profile }),
    });
    return domDocument(app, app.add(options.name ?? `Untitled-${app.documents.length + 1}`, state, 'New'));
  }

  return {
    typename: 'Photoshop',
    get activeDocument(): DomDocument | null {
      app.alive();
      return app.active === null ? null : domDocument(app, app.active);
    },
    /** A script's switch tells no listener. */
    set activeDocument(document: DomDocument) {
      app.mayWrite('select');
      app.active = app.requireDocument(document.id);
    },
    get documents() {
      app.alive();
      return collection(
        'Documents',
        app.documents.map((document) => domDocument(app, document)),
        { add: createDocument },
      );
    },
    get preferences() {
      return { performance: { imageCacheLevels: app.preferences.cacheLevels }, unitsAndRulers: { rulerUnits: app.preferences.rulerUnits } };
    },
    createDocument,
    async open(entry: object): Promise<DomDocument> {
      app.mayWrite('open');
      await Promise.resolve();
      return domDocument(app, await openFile(app, entry));
    },
    getColorProfiles: (space = 'RGB'): string[] => profileNames(space === 'Gray' ? 'Grayscale' : 'RGB'),
    batchPlay,
    async showAlert(message: string): Promise<void> {
      app.alerts.push(message);
    },
    bringToFront(): void {},
    convertUnits(value: number, from: string, to: string, resolution = 72): number {
      const perInch: Readonly<Record<string, number>> = { px: resolution, pt: 72, in: 1, cm: 2.54, mm: 25.4, pc: 6 };
      return (value / perInch[from]) * perInch[to];
    },
  };
}
