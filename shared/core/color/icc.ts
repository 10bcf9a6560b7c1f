/**
 * Reads the ICC profiles that pictures on a screen carry: three curves and a matrix (RGB), or one curve (grey), of
 * version 2 or 4. Table-based profiles (printers, scanners) are told apart and left to the caller to mention.
 * Source: ICC.1:2022, 7.2 (header), 10.6 (curveType), 10.18 (parametricCurveType), 10.31 (XYZType).
 */
export type IccProfile =
  | { readonly kind: 'matrix'; readonly curves: readonly [Curve, Curve, Curve]; readonly toXyz: Matrix }
  | { readonly kind: 'grey'; readonly curve: Curve }
  /** A profile that this reader does not compute with; `why` completes "the colour profile …". */
  | { readonly kind: 'other'; readonly why: string };

/** Device value to linear light, both 0 to 1. */
export type Curve = (value: number) => number;

/** Row by row: linear RGB to XYZ under D50. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number];

const headerBytes = 128;

export function parseIcc(bytes: Uint8Array): IccProfile {
  if (bytes.length < headerBytes + 4) return { kind: 'other', why: 'is cut short' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const key = (at: number): string => String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
  if (key(36) !== 'acsp') return { kind: 'other', why: 'is not an ICC profile' };
  const tags = new Map<string, DataView>();
  const count = Math.min(view.getUint32(headerBytes), 200);
  for (let i = 0; i < count; i++) {
    const entry = headerBytes + 4 + i * 12;
    if (entry + 12 > bytes.length) return { kind: 'other', why: 'is cut short' };
    const at = view.getUint32(entry + 4);
    const size = view.getUint32(entry + 8);
    if (size >= 8 && at + size <= bytes.length) tags.set(key(entry), new DataView(bytes.buffer, bytes.byteOffset + at, size));
  }
  const space = key(16);
  const curveOf = (tag: string): Curve | null => {
    const data = tags.get(tag);
    return data ? parseCurve(data) : null;
  };
  if (space === 'GRAY') {
    const curve = curveOf('kTRC');
    return curve ? { kind: 'grey', curve } : { kind: 'other', why: 'has no grey curve' };
  }
  if (space !== 'RGB ') return { kind: 'other', why: `is for ${space.trim()}, not RGB` };
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => parseXyz(tags.get(tag)));
  const [r, g, b] = ['rTRC', 'gTRC', 'bTRC'].map(curveOf);
  const [cr, cg, cb] = columns;
  if (!r || !g || !b || !cr || !cg || !cb) return { kind: 'other', why: 'is made of tables' };
  return { kind: 'matrix', curves: [r, g, b], toXyz: [cr[0], cg[0], cb[0], cr[1], cg[1], cb[1], cr[2], cg[2], cb[2]] };
}

const fixed = (view: DataView, at: number): number => view.getInt32(at) / 65536;

function parseXyz(view: DataView | undefined): readonly [number, number, number] | null {
  if (!view || view.byteLength < 20) return null;
  return [fixed(view, 8), fixed(view, 12), fixed(view, 16)];
}

const curveType = 0x63757276; // 'curv'
const parametricType = 0x70617261; // 'para'

function parseCurve(view: DataView): Curve | null {
  if (view.byteLength < 12) return null;
  const type = view.getUint32(0);
  if (type === curveType) {
    const count = view.getUint32(8);
    if (count === 0) return (v) => v;
    if (view.byteLength < 12 + count * 2) return null;
    if (count === 1) {
      const gamma = view.getUint16(12) / 256;
      return (v) => v ** gamma;
    }
    return (v) => {
      const place = Math.min(1, Math.max(0, v)) * (count - 1);
      const low = Math.min(Math.floor(place), count - 2);
      const a = view.getUint16(12 + low * 2);
      return (a + (view.getUint16(14 + low * 2) - a) * (place - low)) / 65535;
    };
  }
  if (type !== parametricType) return null;
  const form = view.getUint16(8);
  const parameterCounts = [1, 3, 4, 5, 7];
  if (form >= parameterCounts.length || view.byteLength < 12 + parameterCounts[form] * 4) return null;
  const p = Array.from({ length: parameterCounts[form] }, (_, i) => fixed(view, 12 + i * 4));
  const [gamma, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = p;
  const power = (v: number): number => Math.max(0, a * v + b) ** gamma;
  switch (form) {
    case 0:
      return (v) => v ** gamma;
    case 1:
      return (v) => (v >= -b / a ? power(v) : 0);
    case 2:
      return (v) => (v >= -b / a ? power(v) + c : c);
    case 3:
      return (v) => (v >= d ? power(v) : c * v);
    default:
      return (v) => (v >= d ? power(v) + e : c * v + f);
  }
}
