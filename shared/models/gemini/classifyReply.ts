/**
 * Why an answer of 200 holds no picture. The enumerations are open sets: what is not known here becomes `unknown`, with
 * the service's words. Pure.
 */
import type { NoImageReason, RefusalReason } from '../../core/failure.ts';
import type { Reply } from './readAnswer.ts';
import { never, once, type Verdict } from './verdict.ts';

export function classifyReply(reply: Reply): Verdict {
  const said = reply.finishMessage || reply.text;
  const refused = (reason: RefusalReason, words = said): Verdict => never({ kind: 'refused', reason, said: words });
  const noImage = (reason: NoImageReason, words = said) => ({ kind: 'no-image' as const, reason, said: words });

  if (reply.blockReason !== '' && reply.blockReason !== 'BLOCKED_REASON_UNSPECIFIED')
    return refused(reply.blockReason === 'PROHIBITED_CONTENT' ? 'prohibited' : 'input-blocked', said || reply.blockReason);

  switch (reply.finishReason) {
    case 'SAFETY':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
      return refused('unsafe-output');
    case 'PROHIBITED_CONTENT':
    case 'BLOCKLIST':
    case 'SPII':
      return refused('prohibited');
    case 'RECITATION':
    case 'IMAGE_RECITATION':
      return refused('recitation');
    case 'LANGUAGE':
      return refused('input-blocked', said || 'The language of the instruction is not supported.');
    case 'IMAGE_OTHER':
      return once(noImage('filtered'));
    case 'NO_IMAGE':
      return { failure: noImage('declined'), retry: { kind: 'insist' } };
    case 'MAX_TOKENS':
      return never(noImage('token-limit'));
    case 'MALFORMED_RESPONSE':
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
    case 'OTHER':
      return once(noImage('malformed'));
    case '':
    case 'STOP':
    case 'FINISH_REASON_UNSPECIFIED':
      return never(
        reply.text === '' ? noImage('empty') : { ...noImage('words-only', reply.text), answer: { parts: reply.parts, usage: reply.usage } },
      );
    default:
      return never(noImage('unknown', said || reply.finishReason));
  }
}
