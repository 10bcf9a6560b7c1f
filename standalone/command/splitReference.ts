/** `--reference FILE[=ROLE]`, taken apart. */
import { existsSync } from 'node:fs';
import type { Failure } from '../../shared/core/failure.ts';
import { err, ok, type Result } from '../../shared/core/result.ts';
import type { ReferenceRole } from './jobs.ts';

const referenceRoles: readonly ReferenceRole[] = ['reference', 'character', 'style', 'object', 'background'];

/**
 * FILE or FILE=ROLE. A path may itself hold '=': only a known role behind the last one is split off.
 * `bad-option` for a word that looks like a role and is none.
 */
export function splitReference(given: string): Result<{ readonly path: string; readonly role: ReferenceRole }, Failure> {
  const at = given.lastIndexOf('=');
  const tail = given.slice(at + 1);
  const role = at > 0 ? referenceRoles.find((known) => known === tail.toLowerCase()) : undefined;
  if (role !== undefined) return ok({ path: given.slice(0, at), role });
  if (at > 0 && /^[a-z]+$/i.test(tail) && !existsSync(given) && existsSync(given.slice(0, at)))
    return err({ kind: 'bad-option', option: '--reference', got: given, wanted: `FILE=ROLE with one of ${referenceRoles.join(', ')}` });
  return ok({ path: given, role: 'reference' });
}
