/** Writes a small valid matrix/TRC profile (ICC version 2 layout), for tests that need one of a known content. */
export interface ProfilePlan {
  readonly name: string;
  /** Columns: red, green, blue in XYZ under D50. */
  readonly primaries: readonly (readonly [number, number, number])[];
  readonly gamma: number;
}

/** Adobe RGB (1998) by its published primaries, adapted to D50. */
export const adobeRgbPlan: ProfilePlan = {
  name: 'Adobe RGB (test)',
  primaries: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  gamma: 2.19921875,
};

export function buildProfile({ name, primaries, gamma }: ProfilePlan): Uint8Array {
  const desc = new Uint8Array(90 + name.length + 1);
  const descView = new DataView(desc.buffer);
  writeText(desc, 0, 'desc');
  descView.setUint32(8, name.length + 1);
  writeText(desc, 12, name);
  const xyz = (values: readonly [number, number, number]) => {
    const out = new Uint8Array(20);
    writeText(out, 0, 'XYZ ');
    values.forEach((value, i) => {
      new DataView(out.buffer).setInt32(8 + i * 4, Math.round(value * 65536));
    });
    return out;
  };
  const curve = new Uint8Array(14);
  writeText(curve, 0, 'curv');
  new DataView(curve.buffer).setUint32(8, 1);
  new DataView(curve.buffer).setUint16(12, Math.round(gamma * 256));
  const tags: [string, Uint8Array][] = [
    ['desc', desc],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(primaries[0])],
    ['gXYZ', xyz(primaries[1])],
    ['bXYZ', xyz(primaries[2])],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const aligned = (size: number) => (size + 3) & ~3;
  const start = 128 + 4 + tags.length * 12;
  const out = new Uint8Array(start + tags.reduce((sum, [, data]) => sum + aligned(data.length), 0));
  const view = new DataView(out.buffer);
  view.setUint32(0, out.length);
  view.setUint32(8, 0x02400000);
  writeText(out, 12, 'mntr');
  writeText(out, 16, 'RGB XYZ ');
  writeText(out, 36, 'acsp');
  view.setInt32(68, Math.round(0.9642 * 65536));
  view.setInt32(72, 65536);
  view.setInt32(76, Math.round(0.8249 * 65536));
  view.setUint32(128, tags.length);
  let at = start;
  tags.forEach(([signature, data], i) => {
    writeText(out, 132 + i * 12, signature);
    view.setUint32(136 + i * 12, at);
    view.setUint32(140 + i * 12, data.length);
    out.set(data, at);
    at += aligned(data.length);
  });
  return out;
}

function writeText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}
