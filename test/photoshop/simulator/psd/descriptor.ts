/**
 * Descriptors as PSD files hold them, to and from plain values. Written for the simulator, apart from the reader in
 * standalone, so that one checks the other. Source: Adobe Photoshop File Formats Specification, 2019, "Descriptor structure".
 */
import type { ByteReader } from '../../../../shared/core/bytes/byteReader.ts';
import { ByteWriter } from '../../../../shared/core/bytes/byteWriter.ts';

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export function writeDescriptor(members: Readonly<Record<string, Value>>, classId = 'null'): ByteWriter {
  const out = new ByteWriter().append(unicode('')).append(id(classId)).u32(Object.keys(members).length);
  for (const [key, value] of Object.entries(members)) out.append(id(key)).append(writeValue(value));
  return out;
}

function writeValue(value: Value): ByteWriter {
  if (typeof value === 'string') return new ByteWriter().key('TEXT').append(unicode(value));
  if (typeof value === 'boolean') return new ByteWriter().key('bool').u8(value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    return new ByteWriter().key('doub').bytes(bytes);
  }
  if (Array.isArray(value)) {
    const out = new ByteWriter().key('VlLs').u32(value.length);
    for (const item of value as readonly Value[]) out.append(writeValue(item));
    return out;
  }
  return new ByteWriter().key('Objc').append(writeDescriptor(value as Readonly<Record<string, Value>>));
}

/** Four letters stand for themselves; longer ones say how many they are. */
const id = (name: string): ByteWriter => new ByteWriter().u32(name.length === 4 ? 0 : name.length).key(name);

export function unicode(text: string, isTerminated = true): ByteWriter {
  const out = new ByteWriter().u32(text.length + (isTerminated ? 1 : 0));
  const units = new Uint8Array(text.length * 2 + (isTerminated ? 2 : 0));
  for (let i = 0; i < text.length; i++) new DataView(units.buffer).setUint16(i * 2, text.charCodeAt(i));
  return out.bytes(units);
}

export function readDescriptor(reader: ByteReader): Record<string, Value> {
  readUnicode(reader);
  readId(reader);
  const members: Record<string, Value> = {};
  for (let left = reader.u32('a descriptor'); left > 0; left--) {
    const key = readId(reader);
    members[key] = readValue(reader);
  }
  return members;
}

function readValue(reader: ByteReader): Value {
  const type = reader.key('a value');
  switch (type) {
    case 'TEXT':
      return readUnicode(reader);
    case 'bool':
      return reader.u8('a value') === 1;
    case 'doub':
      return reader.f64('a value');
    case 'long':
      return reader.i32('a value');
    case 'UntF':
      reader.key('a unit');
      return reader.f64('a value');
    case 'enum':
      readId(reader);
      return readId(reader);
    case 'VlLs':
      return Array.from({ length: reader.u32('a list') }, () => readValue(reader));
    case 'Objc':
    case 'GlbO':
      return readDescriptor(reader);
    default:
      throw new Error(`the simulator reads no value of type ${type}`);
  }
}

function readId(reader: ByteReader): string {
  const length = reader.u32('an id');
  return String.fromCharCode(...reader.take(length === 0 ? 4 : length, 'an id'));
}

export function readUnicode(reader: ByteReader): string {
  const units = reader.take(reader.u32('a text') * 2, 'a text');
  let text = '';
  for (let i = 0; i < units.length; i += 2) text += String.fromCharCode((units[i] << 8) | units[i + 1]);
  return text.replace(/\0+$/, '');
}
