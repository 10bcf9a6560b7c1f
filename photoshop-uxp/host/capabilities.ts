/**
 * What Photoshop can hold, in the terms of the `Host` port. Source: Adobe's file-format specification (30,000 px a side
 * for PSD). Stored entries live in XMP, which has no limit of its own; a packet that every reader keeps stays small.
 */
import type { HostCapabilities } from '../../shared/core/host.ts';

export const photoshopCapabilities: HostCapabilities = {
  maxSidePx: 30_000,
  masks: true,
  groups: true,
  undo: true,
  storeBytes: 1_000_000,
};
