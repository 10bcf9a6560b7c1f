/** A document's XMP packet, through batchPlay. Source: Adobe's samples on `XMPMetadataAsUTF8`. */
import { type AbortSignal, neverAborted } from '../../shared/core/abort.ts';
import { ok } from '../../shared/core/result.ts';
import { fromUtf8, toUtf8 } from '../../shared/core/text.ts';
import { playOne } from '../host/batchPlay.ts';
import { messageOf } from '../host/hostError.ts';
import { readRows } from '../host/layerRows.ts';
import type { ModalGate } from '../host/modal.ts';
import type { PsAction } from '../types/modules.ts';
import type { XmpShelf } from './xmpEntries.ts';

const property = 'XMPMetadataAsUTF8';

export function createXmpShelf(
  action: PsAction,
  gate: ModalGate,
  document: { readonly id: number; readonly title: string },
  signal: AbortSignal = neverAborted,
): XmpShelf {
  const of = { _ref: 'document', _id: document.id };
  const ask = (name: string) => ({ name: `Retake: ${name} “${document.title}”`, title: document.title, isBrief: true });
  /** A document that nobody wrote metadata to has no such property, says Photoshop. */
  async function packetOf(): Promise<unknown> {
    try {
      return (await playOne(action, { _obj: 'get', _target: [{ _property: property }, of] }))[property];
    } catch (cause) {
      const message = messageOf(cause);
      if (message.includes(property) && message.includes('not currently available')) return null;
      throw cause;
    }
  }
  return {
    read: () =>
      gate.run(ask('reading the takes of'), signal, async () => {
        const packet = await packetOf();
        return ok(typeof packet === 'string' && packet !== '' ? toUtf8(packet) : null);
      }),
    layerIds: () =>
      gate.run(ask('reading the takes of'), signal, async () => ok(new Set((await readRows(action, document.id)).map(({ id }) => id)))),
    write: (packet) =>
      gate.run(ask('keeping the takes of'), signal, async () => {
        const to = { _obj: 'document', [property]: fromUtf8(packet) ?? '' };
        await playOne(action, { _obj: 'set', _target: [{ _ref: 'property', _property: property }, of], to });
        return ok(undefined);
      }),
  };
}
