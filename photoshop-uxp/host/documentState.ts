/**
 * What stands in the way of an edit, and what the user should know before paying for one, as data for the panel. Blocked
 * is what Photoshop cannot read or write in layers; the rest works, with a remark.
 */
import type { Failure } from '../../shared/core/failure.ts';
import type { PsDocument } from '../types/modules.ts';
import { type HostVersion, isAtLeast, oldestVersion } from './hostVersion.ts';

export type StateKind =
  | 'old-host'
  | 'quick-mask'
  | 'bitmap'
  | 'indexed'
  | 'duotone'
  | 'multichannel'
  | 'other-mode'
  | 'too-large'
  | '32-bit'
  | 'cmyk'
  | 'lab'
  | 'grey'
  | 'untagged';

export interface StateNote {
  readonly kind: StateKind;
  /** What is so. */
  readonly sentence: string;
  /** What the user can do about it; '' where nothing is to be done. */
  readonly whatToDo: string;
}

export interface DocumentState {
  /** Any of these, and nothing is sent. */
  readonly blockers: readonly StateNote[];
  readonly warnings: readonly StateNote[];
}

/** Photoshop's own limit of a PSD; a PSB may be larger. */
const mostSidePx = 30_000;

const convert = 'Choose Image ▸ Mode ▸ RGB Color, then try again.';

const blockedModes: Readonly<Record<string, StateNote>> = {
  bitmapMode: {
    kind: 'bitmap',
    sentence: 'A Bitmap document has no layers and no colours.',
    whatToDo: 'Choose Image ▸ Mode ▸ Grayscale, then RGB Color.',
  },
  indexedColorMode: { kind: 'indexed', sentence: 'A document with Indexed Color has no layers.', whatToDo: convert },
  duotoneMode: { kind: 'duotone', sentence: 'Photoshop does not let plug-ins read a Duotone.', whatToDo: convert },
  multichannelMode: { kind: 'multichannel', sentence: 'A Multichannel document has no layers.', whatToDo: convert },
};

const knownModes = ['RGBColorMode', 'grayscaleMode', 'labColorMode', 'CMYKColorMode'];

export function stateOf(document: PsDocument, version: HostVersion): DocumentState {
  const mode = tried(() => document.mode) ?? '';
  const blockers = [...blockersOf(document, mode, version)];
  const warnings = [...warningsOf(document, mode)];
  return { blockers, warnings };
}

function* blockersOf(document: PsDocument, mode: string, version: HostVersion): Generator<StateNote> {
  if (!isAtLeast(version, oldestVersion)) {
    yield {
      kind: 'old-host',
      sentence: `This is Photoshop ${version.text}; Retake needs ${oldestVersion} or later.`,
      whatToDo: 'Update Photoshop in the Creative Cloud app.',
    };
  }
  if (tried(() => document.quickMaskMode) === true) {
    yield {
      kind: 'quick-mask',
      sentence: 'The document is in Quick Mask mode.',
      whatToDo: 'Press Q to leave it; the mask becomes the selection.',
    };
  }
  if (blockedModes[mode] !== undefined) yield blockedModes[mode];
  else if (!knownModes.includes(mode)) {
    yield { kind: 'other-mode', sentence: `Retake does not know the colour mode “${mode}”.`, whatToDo: convert };
  }
  if (Math.max(document.width, document.height) > mostSidePx) {
    yield {
      kind: 'too-large',
      sentence: `The document is ${document.width} × ${document.height} px; Retake places pictures in up to ${mostSidePx} px a side.`,
      whatToDo: 'Crop it, or choose Image ▸ Image Size.',
    };
  }
}

function* warningsOf(document: PsDocument, mode: string): Generator<StateNote> {
  if (document.bitsPerChannel === 'bitDepth32') {
    yield {
      kind: '32-bit',
      sentence: 'Light brighter than white is not sent, and where the picture changes it comes back clipped.',
      whatToDo: 'For a photo, Image ▸ Mode ▸ 16 Bits/Channel keeps all that a model can use.',
    };
  }
  if (mode === 'CMYKColorMode') {
    yield {
      kind: 'cmyk',
      sentence: 'The picture is sent in sRGB; what changes is converted back to CMYK, and colours out of its reach become duller.',
      whatToDo: '',
    };
  }
  if (mode === 'labColorMode')
    yield { kind: 'lab', sentence: 'The picture is sent in sRGB; colours beyond it are sent as the nearest.', whatToDo: '' };
  if (mode === 'grayscaleMode') {
    yield {
      kind: 'grey',
      sentence: 'The document is greyscale: colours that the model adds become greys.',
      whatToDo: `For colour, ${convert[0].toLowerCase()}${convert.slice(1)}`,
    };
  }
  if (tried(() => document.colorProfileName) === 'None') {
    yield {
      kind: 'untagged',
      sentence: 'The document has no colour profile: Photoshop’s working space is assumed.',
      whatToDo: 'Edit ▸ Assign Profile tells which one it is.',
    };
  }
}

/** The first blocker as a failure, for whoever did not ask before. */
export function blockedBy({ blockers }: DocumentState, title: string): Failure | null {
  const [first] = blockers;
  return first === undefined
    ? null
    : { kind: 'unsupported', name: title, feature: first.sentence.replace(/\.$/, ''), instead: first.whatToDo };
}

/** Some properties throw in some states and versions [field]. */
function tried<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
