/** Commands on documents: make, select, convert, resize, crop, flatten, duplicate, close. */
import type { Application } from '../application.ts';
import type { Mode } from '../color.ts';
import { convert, copiedState, crop, flatten, mergeVisible, resizeImage } from '../documentCommands.ts';
import { CommandFailure, notAvailable } from '../errors.ts';
import { unsupported } from '../layerCommands.ts';
import { newDocumentState } from '../newDocument.ts';
import type { Depth } from '../raster.ts';
import type { Command } from './command.ts';
import { type Descriptor, documentOf, pixels, type Reference, targetOf } from './descriptor.ts';

const classes: Readonly<Record<string, Mode>> = {
  RGBColorMode: 'RGB',
  grayscaleMode: 'Grayscale',
  labColorMode: 'Lab',
  CMYKColorMode: 'CMYK',
  indexedColorMode: 'Indexed',
  bitmapMode: 'Bitmap',
  multichannelMode: 'Multichannel',
};

export function makeDocument(app: Application, asked: Descriptor): object {
  const resolution = (asked.resolution as { _value?: number } | undefined)?._value ?? 72;
  const length = (quantity: unknown, otherwise: number): number => {
    const { _unit, _value } = (quantity ?? {}) as { _unit?: string; _value?: number };
    if (_value === undefined) return otherwise;
    return Math.round(_unit === 'pixelsUnit' ? _value : (_value * resolution) / 72);
  };
  const mode = classes[((asked.mode as { _class?: string } | undefined)?._class ?? 'RGBColorMode') as string];
  if (mode === undefined) throw unsupported('a document of that mode');
  const fill = (asked.fill as { _value?: string } | undefined)?._value ?? 'white';
  const state = newDocumentState(app.nextId, {
    width: length(asked.width, 2100),
    height: length(asked.height, 1500),
    resolution,
    mode,
    depth: (asked.depth as Depth | undefined) ?? 8,
    fill: fill === 'transparent' ? 'transparent' : 'white',
    ...(typeof asked.profile === 'string' ? { profile: asked.profile } : {}),
  });
  const document = app.add(typeof asked.name === 'string' ? asked.name : 'Untitled-1', state, 'New');
  return { _obj: 'make', documentID: document.id };
}

/** A script's switch of documents tells no listener. */
export function selectDocument(app: Application, target: readonly Reference[]): object {
  app.active = documentOf(app, target);
  return { _obj: 'select' };
}

function convertMode(app: Application, command: Descriptor): object {
  const document = documentOf(app, targetOf(command));
  const to = command.to as { _class?: string } | undefined;
  const depth = command.depth as Depth | undefined;
  if (to?._class !== undefined && classes[to._class] === undefined) throw notAvailable('Convert Mode');
  const mode = to?._class === undefined ? undefined : classes[to._class];
  if (mode === undefined && depth === undefined) throw new CommandFailure(-1715, 'convertMode needs “to” or “depth”');
  convert(document, app.nextId, { ...(mode === undefined ? {} : { mode }), ...(depth === undefined ? {} : { depth }) }, 'Convert Mode');
  return { _obj: 'convertMode' };
}

function imageSize(app: Application, command: Descriptor): object {
  const document = documentOf(app, targetOf(command));
  const { width, height, resolution } = document.state;
  const ppi = (command.resolution as { _value?: number } | undefined)?._value ?? resolution;
  let wide = command.width === undefined ? undefined : Math.round(pixels(command.width, document, width));
  let high = command.height === undefined ? undefined : Math.round(pixels(command.height, document, height));
  if (wide === undefined) wide = high === undefined ? width : Math.round((width * high) / height);
  if (high === undefined) high = Math.round((height * wide) / width);
  resizeImage(document, wide, high, ppi);
  return { _obj: 'imageSize' };
}

function cropTo(app: Application, command: Descriptor): object {
  const document = documentOf(app, targetOf(command));
  const to = command.to as Descriptor | undefined;
  const edge = (name: string): number => Math.round(pixels(to?.[name], document));
  crop(document, { x: edge('left'), y: edge('top'), width: edge('right') - edge('left'), height: edge('bottom') - edge('top') });
  return { _obj: 'crop' };
}

export const documentCommands: Readonly<Record<string, Command>> = {
  convertMode: ({ app }, command) => convertMode(app, command),
  convertToProfile: ({ app }, command) => {
    const document = documentOf(
      app,
      targetOf(command).filter(({ _ref }) => _ref === 'document'),
    );
    const profile = command.to === undefined ? (command.T as string) : (command.to as string);
    convert(document, app.nextId, { profile }, 'Convert to Profile');
    return { _obj: 'convertToProfile' };
  },
  imageSize: ({ app }, command) => imageSize(app, command),
  crop: ({ app }, command) => cropTo(app, command),
  flattenImage: ({ app }, command) => {
    flatten(documentOf(app, targetOf(command)), app.nextId);
    return { _obj: 'flattenImage' };
  },
  mergeVisible: ({ app }, command) => {
    mergeVisible(documentOf(app, targetOf(command)), app.nextId);
    return { _obj: 'mergeVisible' };
  },
  duplicateDocument: ({ app }, command) => {
    const document = documentOf(app, targetOf(command));
    const copy = app.add(
      typeof command.name === 'string' ? command.name : `${document.title} copy`,
      copiedState(document.state, app.nextId, command.merged === true),
      'Duplicate Image',
    );
    return { _obj: 'duplicate', documentID: copy.id };
  },
  close: ({ app }, command) => {
    const document =
      command.documentID === undefined ? documentOf(app, targetOf(command)) : app.requireDocument(command.documentID as number);
    const saving = (command.saving as { _value?: string } | undefined)?._value;
    if (saving !== 'no' && !document.saved) throw new CommandFailure(-128, 'User cancelled the operation');
    app.close(document);
    return { _obj: 'close' };
  },
};
