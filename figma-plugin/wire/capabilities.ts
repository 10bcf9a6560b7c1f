/**
 * What Figma can hold, in the terms of the `Host` port. Sources: Figma's plugin API pages on `createImage` (4096 px a
 * side) and `setPluginData` (100 kB per entry, key and plug-in identifier included).
 */
import type { HostCapabilities } from '../../shared/core/host.ts';

export const figmaCapabilities: HostCapabilities = {
  maxSidePx: 4096,
  // Figma masks are layers of their own; a soft edge goes into the picture's transparency instead.
  masks: false,
  // A group would only hold the full answer, to widen a mask with, which Figma has not; the take is one layer.
  groups: false,
  undo: true,
  // Room is left for the key and the identifier, which count too.
  storeBytes: 100_000 - 1_000,
};
