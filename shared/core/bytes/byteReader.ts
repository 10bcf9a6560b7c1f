/**
 * Reading big-endian bytes with every length checked against what is there. A file that lies or ends early raises
 * `Damaged`; `openDocument` is the one place that catches it and answers a Failure.
 */

/** Raised for what a file can cause; `why` completes "cannot be read: …". */
export class Damaged extends Error {
  readonly why: string;
  constructor(why: string) {
    super(why);
    this.why = why;
  }
}

export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  private readonly view: DataView;
  private readonly within: string;

  /** `within` names the part in messages: "the layer list". */
  constructor(bytes: Uint8Array, within: string) {
    this.bytes = bytes;
    this.within = within;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  private need(byteCount: number, what: string): number {
    if (!(byteCount >= 0) || byteCount > this.left) {
      throw new Damaged(`${this.within} ends within ${what} (${byteCount} bytes are announced, ${this.left} are there)`);
    }
    const at = this.at;
    this.at += byteCount;
    return at;
  }

  u8(what: string): number {
    return this.view.getUint8(this.need(1, what));
  }
  u16(what: string): number {
    return this.view.getUint16(this.need(2, what));
  }
  i16(what: string): number {
    return this.view.getInt16(this.need(2, what));
  }
  u32(what: string): number {
    return this.view.getUint32(this.need(4, what));
  }
  i32(what: string): number {
    return this.view.getInt32(this.need(4, what));
  }
  f64(what: string): number {
    return this.view.getFloat64(this.need(8, what));
  }
  /** A length: 4 bytes in a PSD, 8 in a PSB. */
  size(large: boolean, what: string): number {
    if (!large) return this.u32(what);
    const high = this.u32(what);
    return high * 0x1_0000_0000 + this.u32(what);
  }
  /** Four characters. */
  key(what: string): string {
    const at = this.need(4, what);
    return String.fromCharCode(this.bytes[at], this.bytes[at + 1], this.bytes[at + 2], this.bytes[at + 3]);
  }
  /** A view of the next bytes, not a copy. */
  take(byteCount: number, what: string): Uint8Array {
    const at = this.need(byteCount, what);
    return this.bytes.subarray(at, at + byteCount);
  }
  rest(): Uint8Array {
    return this.take(this.left, 'its rest');
  }
  /** Whether the next four bytes are one of `keys`; reads nothing. */
  nextIs(...keys: readonly string[]): boolean {
    if (this.left < 4) return false;
    const { bytes, at } = this;
    return keys.includes(String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]));
  }
}
