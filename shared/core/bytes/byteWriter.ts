/** Writing big-endian bytes: parts are collected and joined once, so large channels are copied once only. */
export class ByteWriter {
  private readonly parts: Uint8Array[] = [];
  private byteCount = 0;

  get length(): number {
    return this.byteCount;
  }

  bytes(part: Uint8Array): this {
    if (part.length > 0) this.parts.push(part);
    this.byteCount += part.length;
    return this;
  }
  u8(value: number): this {
    return this.bytes(Uint8Array.of(value & 255));
  }
  u16(value: number): this {
    return this.bytes(Uint8Array.of((value >> 8) & 255, value & 255));
  }
  i16(value: number): this {
    return this.u16(value & 0xffff);
  }
  u32(value: number): this {
    return this.bytes(Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255));
  }
  i32(value: number): this {
    return this.u32(value >>> 0);
  }
  /** A length: 4 bytes in a PSD, 8 in a PSB. */
  size(value: number, large: boolean): this {
    if (large) this.u32(Math.floor(value / 0x1_0000_0000));
    return this.u32(value % 0x1_0000_0000);
  }
  key(text: string): this {
    return this.bytes(latin1(text));
  }
  /** Zeros up to the next multiple of `multiple`, counted from the start of this writer. */
  pad(multiple: number): this {
    return this.bytes(new Uint8Array((multiple - (this.byteCount % multiple)) % multiple));
  }
  append(other: ByteWriter): this {
    for (const part of other.parts) this.bytes(part);
    return this;
  }
  join(): Uint8Array {
    return concat(this.parts);
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** One byte a character; what Latin-1 lacks becomes '?'. */
export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => (char.charCodeAt(0) < 256 ? char.charCodeAt(0) : 63));
