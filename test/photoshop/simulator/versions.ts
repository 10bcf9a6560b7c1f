/** Versions of Photoshop and what came with them; the handbook's version map (§3). */
export type Version = readonly [number, number, number];

export function parseVersion(text: string): Version {
  const [major, minor = 0, patch = 0] = text.split('.').map(Number);
  return [major, minor, patch];
}

export const atLeast = (version: Version, major: number, minor = 0): boolean =>
  version[0] > major || (version[0] === major && version[1] >= minor);

const uxpVersions: readonly (readonly [number, number, string])[] = [
  [27, 9, '9.4.1'],
  [27, 2, '9.1.0'],
  [26, 10, '9.0.0'],
  [26, 9, '8.4.0'],
  [26, 8, '8.2.0'],
  [26, 1, '8.1.0'],
  [26, 0, '8.0.1'],
  [25, 5, '7.4.0'],
  [25, 2, '7.3.0'],
  [25, 0, '7.2.0'],
  [24, 4, '7.0.0'],
  [24, 1, '6.4.0'],
  [24, 0, '6.3.0'],
];

export const uxpVersionOf = (version: Version): string =>
  uxpVersions.find(([major, minor]) => atLeast(version, major, minor))?.[2] ?? '6.0.0';
