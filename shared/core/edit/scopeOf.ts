/**
 * How far an instruction reaches, read from its words alone. It decides only what evidence cannot: whether a shift of
 * the whole picture's colour was asked for. Where the words say nothing, `unknown` leaves it to the evidence.
 */
import type { ComposeAsk } from '../compose/types.ts';

const global =
  /\b(night|dusk|dawn|sunset|sunrise|golden hour|winter|autumn|black[- ]and[- ]white|monochrome|gr[ae]yscale|sepia|vintage|brighter|brighten|darker|darken|warmer|cooler|colder|contrast|exposure|saturation|style|mood|whole|entire|everything|overall)\b/i;
const named =
  /\b(remove|erase|delete|replace|add|put|paint|recolou?r|make|turn|change)\s+(the|a|an|his|her|their|its)\s+(?!(whole|entire|picture|photo|image|scene|light|lighting|colou?rs?|tones?|mood|style|contrast|exposure)\b)/i;

/** Of all that the answer shows: as far as the farthest reaches, and unknown where one of them is. */
export function scopeOf(instructions: readonly string[], hasRegion: boolean): ComposeAsk['scope'] {
  if (hasRegion) return 'local';
  const scopes = instructions.map(scopeOfOne);
  if (scopes.includes('global')) return 'global';
  return scopes.every((scope) => scope === 'local') ? 'local' : 'unknown';
}

function scopeOfOne(instruction: string): ComposeAsk['scope'] {
  if (/\b(whole|entire|everything|overall)\b/i.test(instruction)) return 'global';
  if (named.test(instruction)) return 'local';
  return global.test(instruction) ? 'global' : 'unknown';
}
