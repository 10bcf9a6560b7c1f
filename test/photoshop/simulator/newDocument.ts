/** Documents as File ▸ New makes them. */
import { colorsOf, type Mode, spaceOf, workingProfile } from './color.ts';
import type { DocumentState, NextId } from './document.ts';
import { backgroundOf } from './documentCommands.ts';
import { newLayer } from './layerCommands.ts';
import { type Depth, emptyRaster, fullOf } from './raster.ts';

export interface NewDocument {
  readonly width: number;
  readonly height: number;
  readonly resolution: number;
  readonly mode: Mode;
  readonly depth: Depth;
  readonly fill: 'white' | 'transparent';
  /** '' for none. */
  readonly profile?: string;
}

export function newDocumentState(nextId: NextId, asked: NewDocument): DocumentState {
  const { width, height, resolution, mode, depth, fill } = asked;
  const space = spaceOf(mode);
  const raster = emptyRaster(depth, colorsOf(mode) + 1, { x: 0, y: 0, width, height });
  const layer =
    fill === 'white' ? backgroundOf({ ...raster, data: raster.data.fill(fullOf(depth)) }, nextId) : newLayer(nextId, 'Layer 1', 'pixel');
  return {
    width,
    height,
    resolution,
    mode,
    depth,
    profile: asked.profile ?? (space === null ? '' : workingProfile[space]),
    layers: [layer],
    activeIds: [layer.id],
    selection: null,
    channels: [],
  };
}
