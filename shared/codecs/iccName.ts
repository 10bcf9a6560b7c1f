/** The description tag of an ICC profile (v2 'desc' or v4 'mluc'), for people to read. ICC.1:2022, 9.2.41. */
export function iccName(icc: Uint8Array): string {
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const count = icc.length > 132 ? Math.min(view.getUint32(128), 100) : 0;
  for (let i = 0; i < count; i++) {
    const entry = 132 + i * 12;
    if (entry + 12 > icc.length || view.getUint32(entry) !== 0x64657363) continue;
    const at = view.getUint32(entry + 4);
    const size = view.getUint32(entry + 8);
    if (at + size > icc.length || size < 28) break;
    const bytes = icc.subarray(at, at + size);
    const text =
      view.getUint32(at) === 0x6d6c7563
        ? new TextDecoder('utf-16be').decode(bytes.subarray(view.getUint32(at + 24), view.getUint32(at + 24) + view.getUint32(at + 20)))
        : new TextDecoder('latin1').decode(bytes.subarray(12, 12 + view.getUint32(at + 8)));
    return text.replace(/\0/g, '').trim() || 'ICC profile';
  }
  return 'ICC profile';
}
