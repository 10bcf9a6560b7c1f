/**
 * Pictures on their way into the file. `createImage` takes PNG, JPEG and GIF of at most 4096 px a side; its three refusals are
 * documented (developers.figma.com, figma.createImage), with the name of the method before them in practice.
 */
import type { Failure } from '../../../shared/core/failure.ts';
import { err, ok, type Result } from '../../../shared/core/result.ts';
import { figmaCapabilities } from '../../wire/capabilities.ts';
import { failureOf } from '../guarded.ts';

export function createPicture(figma: PluginAPI, name: string, bytes: Uint8Array): Result<Image, Failure> {
  try {
    return ok(figma.createImage(bytes));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    if (said.includes('too large')) {
      const side = figmaCapabilities.maxSidePx;
      return err({ kind: 'too-large', name, got: 'larger than Figma takes', limit: `${side} × ${side} pixels` });
    }
    if (said.includes('too small')) {
      return err({ kind: 'unsupported', name, feature: 'the picture is too small for Figma', instead: 'Choose a larger layer or region.' });
    }
    if (said.includes('unsupported')) {
      return err({
        kind: 'unsupported',
        name,
        feature: 'Figma cannot read this kind of picture',
        instead: 'PNG, JPEG and GIF can be placed.',
      });
    }
    return err(failureOf('place the picture', cause));
  }
}
