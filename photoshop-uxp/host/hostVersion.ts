/** Photoshop's own version, as `uxp.host.version` gives it ("25.10.0"). */
export interface HostVersion {
  readonly major: number;
  readonly minor: number;
  readonly text: string;
}

/** The first with the `Selection` class and `uxp.xmp`; the manifest asks for it too, but a developer may load below. */
export const oldestVersion = '25.0';

export function parseVersion(text: string): HostVersion {
  const [major = 0, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return { major, minor, text };
}

export function isAtLeast(version: HostVersion, wanted: string): boolean {
  const { major, minor } = parseVersion(wanted);
  return version.major > major || (version.major === major && version.minor >= minor);
}
