/**
 * `TextEncoder` and `TextDecoder` for a UXP that has none: UTF-8, Latin-1 and UTF-16, whole texts only.
 * Source: WHATWG Encoding, "UTF-8 decoder" and "UTF-8 encoder"; malformed bytes become U+FFFD, or raise when fatal.
 */

/** Characters are joined in pieces: a call takes no more arguments than the engine's stack holds. */
const piece = 8192;

function joined(codes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < codes.length; at += piece) text += String.fromCodePoint(...codes.slice(at, at + piece));
  return text;
}

export class Utf8Encoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    // Three bytes for each unit are enough: a pair of units takes four.
    const out = new Uint8Array(text.length * 3);
    let length = 0;
    for (const character of text) {
      const code = character.codePointAt(0) as number;
      const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
      if (point < 0x80) out[length++] = point;
      else if (point < 0x800) {
        out[length++] = 0xc0 | (point >> 6);
        out[length++] = 0x80 | (point & 63);
      } else if (point < 0x10000) {
        out[length++] = 0xe0 | (point >> 12);
        out[length++] = 0x80 | ((point >> 6) & 63);
        out[length++] = 0x80 | (point & 63);
      } else {
        out[length++] = 0xf0 | (point >> 18);
        out[length++] = 0x80 | ((point >> 12) & 63);
        out[length++] = 0x80 | ((point >> 6) & 63);
        out[length++] = 0x80 | (point & 63);
      }
    }
    return out.slice(0, length);
  }
}

const latin = /^(latin1|iso-8859-1|windows-1252|ascii|us-ascii)$/;

export class PlainDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    const name = label.trim().toLowerCase();
    this.encoding = name === 'utf8' ? 'utf-8' : name === 'utf-16' ? 'utf-16le' : latin.test(name) ? 'windows-1252' : name;
    this.fatal = options.fatal ?? false;
    this.ignoreBOM = options.ignoreBOM ?? false;
    if (!['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'].includes(this.encoding))
      throw new RangeError(`The encoding label provided ('${label}') is invalid.`);
  }

  decode(given: ArrayBuffer | ArrayBufferView = new Uint8Array(0)): string {
    const bytes = ArrayBuffer.isView(given) ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
    const text = this.textOf(bytes);
    return this.encoding !== 'windows-1252' && !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  private textOf(bytes: Uint8Array): string {
    switch (this.encoding) {
      case 'utf-8':
        return joined(utf8Points(bytes, this.fatal));
      case 'windows-1252':
        return joined(Array.from(bytes));
      default: {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const isLittle = this.encoding === 'utf-16le';
        let text = '';
        for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode(view.getUint16(at, isLittle));
        return text;
      }
    }
  }
}

function utf8Points(bytes: Uint8Array, isFatal: boolean): number[] {
  const points: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++];
    if (first < 0x80) {
      points.push(first);
      continue;
    }
    const more = first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
    let point = more === 0 ? -1 : first & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      // The first continuation byte keeps out overlong forms, surrogates, and what lies above U+10FFFF.
      const least = i > 0 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      const most = i > 0 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      const next = bytes[at];
      if (next === undefined || next < least || next > most) {
        point = -1;
        break;
      }
      point = (point << 6) | (next & 63);
      at++;
    }
    if (point === -1 && isFatal) throw new TypeError('The encoded data was not valid.');
    points.push(point === -1 ? 0xfffd : point);
  }
  return points;
}
