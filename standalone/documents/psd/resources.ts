/**
 * The image resources that Retake reads or keeps in step with the layer list. All others pass through as bytes.
 * Source: Adobe Photoshop File Formats Specification, 2019, "Image Resource IDs".
 */
import { ByteWriter } from '../../../shared/core/bytes/byteWriter.ts';
import type { Resource } from './container.ts';
import { resourceOf } from './container.ts';

export const resourceIds = {
  resolution: 1005,
  targetLayer: 1024,
  linkGroups: 1026,
  icc: 1039,
  layerIdSeed: 1044,
  version: 1057,
  xmp: 1060,
  groupsEnabled: 1072,
} as const;

export const dataOf = (resources: readonly Resource[], id: number): Uint8Array | null =>
  resources.find((resource) => resource.id === id)?.data ?? null;

/** Puts `data` in the place of the resource of that number, or behind all others. */
export function withResource(resources: readonly Resource[], id: number, data: Uint8Array): readonly Resource[] {
  const added = resourceOf(id, data);
  return resources.some((resource) => resource.id === id)
    ? resources.map((resource) => (resource.id === id ? added : resource))
    : [...resources.filter((resource) => resource.id !== -1), added, ...resources.filter((resource) => resource.id === -1)];
}

/**
 * Three resources hold one entry a layer record, or a position among them. `sources` tells for each record of the new
 * list its position in the old one, or null for a new record: new ones are linked to nothing and enabled.
 */
export function alignToLayers(resources: readonly Resource[], sources: readonly (number | null)[]): readonly Resource[] {
  return resources.map((resource) => {
    const { id, data } = resource;
    if (id === resourceIds.linkGroups && data.length >= 2) {
      const writer = new ByteWriter();
      for (const from of sources) writer.u16(from === null || from * 2 + 1 >= data.length ? 0 : (data[from * 2] << 8) | data[from * 2 + 1]);
      return resourceOf(id, writer.join());
    }
    if (id === resourceIds.groupsEnabled && data.length >= 1) {
      return resourceOf(
        id,
        Uint8Array.from(sources, (from) => (from === null ? 1 : (data[from] ?? 1))),
      );
    }
    if (id === resourceIds.targetLayer && data.length === 2) {
      const target = sources.indexOf((data[0] << 8) | data[1]);
      return target < 0 ? resource : resourceOf(id, new ByteWriter().u16(target).join());
    }
    return resource;
  });
}

/** From which number on layers are to be counted; 1 where the file does not say. Layers may have higher ones all the same. */
export function layerIdSeed(resources: readonly Resource[]): number {
  const data = dataOf(resources, resourceIds.layerIdSeed);
  const seed = data === null || data.length < 4 ? 1 : new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0);
  // Nobody counted that far; a number that runs over would meet others.
  return seed < 1 << 30 ? seed : 1;
}

export const withLayerIdSeed = (resources: readonly Resource[], seed: number): readonly Resource[] =>
  seed === layerIdSeed(resources) ? resources : withResource(resources, resourceIds.layerIdSeed, new ByteWriter().u32(seed).join());

/** Whether the file says that its merged picture is real ("maximise compatibility" on). Files that say nothing are believed. */
export function hasRealMerged(resources: readonly Resource[]): boolean {
  const version = dataOf(resources, resourceIds.version);
  return version === null || version.length < 5 || version[4] !== 0;
}

/** Horizontal resolution in pixels a metre; the file's unit is 16.16 pixels an inch, always. */
export function pixelsPerMetre(resources: readonly Resource[]): number | null {
  const data = dataOf(resources, resourceIds.resolution);
  if (data === null || data.length < 16) return null;
  const perInch = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0) / 65536;
  return perInch > 0 ? perInch / 0.0254 : null;
}

/** Resolution as resource 1005 holds it; shown in pixels an inch (1), widths in centimetres (2). */
export function resolutionResource(perMetre: number): Resource {
  const perInch = Math.round(perMetre * 0.0254 * 65536);
  return resourceOf(resourceIds.resolution, new ByteWriter().u32(perInch).u16(1).u16(2).u32(perInch).u16(1).u16(2).join());
}
