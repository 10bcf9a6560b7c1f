import type { Bounds, Extent } from './geometry.ts';
import { sizeText } from './geometry.ts';
import type { WordsOnly } from './model.ts';
import { exhaustive } from './result.ts';

/**
 * Everything that can go wrong for a user, as a closed set. Adapters catch and classify once; nothing below an
 * entry file throws. `explain` turns each into a title, a sentence and a next action.
 */
export type Failure =
  // what the user opened, chose or typed
  | { readonly kind: 'no-document' }
  | { readonly kind: 'no-selection' }
  /** The document is open for looking only: `why` is a sentence. */
  | { readonly kind: 'read-only'; readonly why: string }
  | { readonly kind: 'not-found'; readonly path: string }
  | {
      readonly kind: 'read-failed';
      readonly path: string;
      readonly why: 'permission' | 'folder' | 'not-a-file' | 'other';
      readonly message: string;
    }
  | { readonly kind: 'not-a-picture'; readonly name: string; readonly found: string }
  | { readonly kind: 'damaged'; readonly name: string; readonly why: string }
  | { readonly kind: 'unsupported'; readonly name: string; readonly feature: string; readonly instead: string }
  | { readonly kind: 'too-large'; readonly name: string; readonly got: string; readonly limit: string }
  | { readonly kind: 'no-such-layer'; readonly name: string; readonly existing: readonly string[] }
  | { readonly kind: 'ambiguous-layer'; readonly name: string; readonly matches: readonly string[] }
  | { readonly kind: 'no-such-take'; readonly name: string; readonly near: readonly string[] }
  | { readonly kind: 'ambiguous-take'; readonly name: string; readonly matches: readonly string[] }
  | { readonly kind: 'empty-layer'; readonly name: string; readonly why: 'no-pixels' | 'transparent' | 'masked' }
  | { readonly kind: 'bad-region'; readonly region: Bounds; readonly extent: Extent }
  | { readonly kind: 'bad-mask'; readonly why: 'size' | 'empty'; readonly got: Extent; readonly wanted: Extent }
  | { readonly kind: 'bad-instruction'; readonly why: 'empty' | 'too-long'; readonly bytes: number; readonly limitBytes: number }
  | { readonly kind: 'bad-reference'; readonly name: string; readonly why: string }
  | { readonly kind: 'bad-option'; readonly option: string; readonly got: string; readonly wanted: string }
  | { readonly kind: 'cancelled' }
  // the model and its service
  | { readonly kind: 'no-key'; readonly model: string }
  | { readonly kind: 'unauthorised'; readonly reason: KeyTrouble; readonly said: string }
  | { readonly kind: 'not-available'; readonly reason: 'location' | 'billing'; readonly said: string }
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number | null; readonly said: string }
  | { readonly kind: 'quota-exhausted'; readonly reason: 'day' | 'no-free-tier'; readonly said: string }
  | { readonly kind: 'offline'; readonly said: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  | { readonly kind: 'overloaded'; readonly status: number; readonly said: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly said: string }
  /** `answer`, with 'words-only': the model's turn, so that the user's reply can be the next one. */
  | { readonly kind: 'no-image'; readonly reason: NoImageReason; readonly said: string; readonly answer?: WordsOnly }
  | { readonly kind: 'bad-request'; readonly said: string }
  /** Going back was all that was asked: to that take, or (null) to the layer itself. Nothing has to be made, or paid. */
  | { readonly kind: 'only-back'; readonly take: string | null; readonly to: string | null }
  /** Its picture is gone, and so is the layer that it began with. */
  | { readonly kind: 'lost-take'; readonly name: string }
  /** Earlier turns came back otherwise than the service had sent them, or it no longer knows them. */
  | { readonly kind: 'lost-conversation'; readonly said: string }
  | { readonly kind: 'bad-reply'; readonly why: string }
  | { readonly kind: 'retired-model'; readonly model: string; readonly successor: string | null; readonly said: string }
  | { readonly kind: 'cannot-edit'; readonly model: string; readonly successor: string | null }
  // the host and its storage
  | { readonly kind: 'host'; readonly operation: string; readonly message: string }
  | { readonly kind: 'write-failed'; readonly path: string; readonly why: WriteTrouble; readonly message: string }
  | { readonly kind: 'store-full'; readonly bytes: number; readonly limitBytes: number }
  | { readonly kind: 'corrupt'; readonly what: string };

/** Why a key does not open the service (handbook: gemini §6.3). */
export type KeyTrouble = 'invalid' | 'expired' | 'leaked' | 'missing' | 'restricted' | 'service-disabled' | 'denied';

/** A filter's decision; repeating the same request does not help. */
export type RefusalReason = 'input-blocked' | 'prohibited' | 'unsafe-output' | 'recitation';

/** The model ended without a picture and without a filter's decision. `unknown` keeps the open set open. */
export type NoImageReason = 'words-only' | 'declined' | 'filtered' | 'token-limit' | 'malformed' | 'empty' | 'unknown';

export type WriteTrouble = 'permission' | 'disk-full' | 'exists' | 'is-input' | 'no-folder' | 'changed' | 'other';

/** What the user can do next; panels turn it into a button. */
export type NextAction =
  | 'none'
  | 'retry'
  | 'rephrase'
  | 'open-settings'
  | 'choose-model'
  | 'choose-layer'
  | 'choose-take'
  | 'choose-file'
  | 'choose-region'
  | 'shrink'
  | 'answer';

export interface Explanation {
  readonly title: string;
  readonly sentence: string;
  readonly nextAction: NextAction;
}

const quote = (text: string): string => `“${text}”`;

const listed = (names: readonly string[], most = 12): string =>
  names.slice(0, most).map(quote).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');

const seconds = (ms: number): string => {
  const s = Math.max(1, Math.ceil(ms / 1000));
  return s === 1 ? '1 second' : `${s} seconds`;
};

/** The service's own words, as a sentence of ours may carry them; '' when it said nothing. */
const saying = (said: string): string => {
  const text = said.trim().replace(/\s+/g, ' ');
  if (text === '') return '';
  const short = text.length > 400 ? `${text.slice(0, 400)}…` : text;
  return ` It said: ${quote(short)}`;
};

/** Of a message about quota: what it says first, without where to read more and the names of counters. */
const sayingFirst = (said: string): string =>
  saying(
    said
      .trim()
      .split('\n', 1)[0]
      .replace(/[^.!?]*https?:\/\/\S*/g, ''),
  );

/** Whether words end with a question, perhaps in quotes or brackets: then a reply is what the model waits for. */
export const isQuestion = (said: string): boolean => /[?？][\s”"’')\]]*$/.test(said);

export function explain(failure: Failure): Explanation {
  const e = (title: string, sentence: string, nextAction: NextAction): Explanation => ({ title, sentence, nextAction });
  switch (failure.kind) {
    case 'no-document':
      return e('No document is open', 'Open a picture first: PSD, PNG, JPEG or WebP.', 'choose-file');
    case 'no-selection':
      return e('Nothing is selected', 'Select the layer that should change.', 'choose-layer');
    case 'read-only':
      return e('This document can only be viewed', `${failure.why} Nothing was changed.`, 'none');
    case 'not-found':
      return e('File not found', `There is no file ${quote(failure.path)}. Check the path.`, 'choose-file');
    case 'read-failed':
      return e('The file could not be read', `${quote(failure.path)} ${readSentence(failure.why, failure.message)}`, 'choose-file');
    case 'not-a-picture':
      return e('Not a picture', `${quote(failure.name)} is ${failure.found}. Retake opens PSD, PSB, PNG, JPEG and WebP.`, 'choose-file');
    case 'damaged':
      return e(
        'The file is damaged',
        `${quote(failure.name)} cannot be read: ${failure.why}. Nothing was changed; open a good copy.`,
        'choose-file',
      );
    case 'unsupported':
      return e('Not supported', `${quote(failure.name)}: ${failure.feature}. ${failure.instead}`, 'choose-file');
    case 'too-large':
      return e('Too large', `${quote(failure.name)} is ${failure.got}; the limit is ${failure.limit}. Make it smaller first.`, 'shrink');
    case 'no-such-layer':
      return e(
        'No such layer',
        failure.existing.length === 0
          ? `There is no layer ${quote(failure.name)}; the document has no layers.`
          : `There is no layer ${quote(failure.name)}. The document has ${listed(failure.existing)}.`,
        'choose-layer',
      );
    case 'ambiguous-layer':
      return e(
        'Several layers have that name',
        `${quote(failure.name)} could be ${listed(failure.matches)}. Name one of these.`,
        'choose-layer',
      );
    case 'no-such-take':
      return e(
        'No such take',
        failure.near.length === 0
          ? `There is no take ${quote(failure.name)} in this document.`
          : `There is no take ${quote(failure.name)}. Near it are ${listed(failure.near)}.`,
        'none',
      );
    case 'ambiguous-take':
      return e('Several takes begin like that', `${quote(failure.name)} could be ${listed(failure.matches)}. Type more of it.`, 'none');
    case 'empty-layer':
      return e(
        'The layer is empty',
        failure.why === 'no-pixels'
          ? `${quote(failure.name)} has no pixels. Choose a layer with a picture in it.`
          : failure.why === 'masked'
            ? `The mask of ${quote(failure.name)} hides all of it here. Choose another layer or region.`
            : `${quote(failure.name)} is fully transparent here. Choose another layer or region.`,
        'choose-layer',
      );
    case 'bad-region':
      return e(
        'The region lies outside the picture',
        `The region ${failure.region.width} × ${failure.region.height} at ${failure.region.x}, ${failure.region.y} covers nothing of the ${sizeText(failure.extent)} picture.`,
        'choose-region',
      );
    case 'bad-mask':
      return e(
        failure.why === 'empty' ? 'The mask is empty' : 'The mask has another size',
        failure.why === 'empty'
          ? 'The mask picture is black everywhere, so nothing could change. Paint white where the change may go.'
          : `The mask is ${sizeText(failure.got)}, the document is ${sizeText(failure.wanted)}. They must be equal.`,
        'choose-region',
      );
    case 'bad-instruction':
      return e(
        failure.why === 'empty' ? 'No instruction' : 'The instruction is too long',
        failure.why === 'empty'
          ? 'Say what should change, for example “make the red jacket blue”.'
          : `The instruction has ${failure.bytes} bytes; at most ${failure.limitBytes} are sent. Shorten it.`,
        'rephrase',
      );
    case 'bad-reference':
      return e('A reference cannot be used', `${quote(failure.name)}: ${failure.why}.`, 'choose-file');
    case 'bad-option':
      return e('An option is wrong', `${failure.option} got ${quote(failure.got)}, expected ${failure.wanted}.`, 'none');
    case 'cancelled':
      return e('Cancelled', 'Nothing was changed. The service may still finish a request that it had begun, and bill it.', 'none');
    case 'no-key':
      return e(
        'No API key',
        `${failure.model} needs a Gemini API key. Add one in the settings, or use the offline model.`,
        'open-settings',
      );
    case 'unauthorised':
      return e(keyTitle[failure.reason], `${keySentence[failure.reason]}${saying(failure.said)}`, 'open-settings');
    case 'not-available':
      return failure.reason === 'location'
        ? e('Not available from here', `Google does not offer this service at your location.${saying(failure.said)}`, 'none')
        : e(
            'Billing is needed',
            `Pictures need a project with billing. Turn it on in Google AI Studio.${saying(failure.said)}`,
            'open-settings',
          );
    case 'rate-limited':
      return e(
        'Too many requests',
        failure.retryAfterMs === null
          ? `The service asks to slow down. Try again in a minute.${sayingFirst(failure.said)}`
          : `The service asks to wait ${seconds(failure.retryAfterMs)}. Then try again.${sayingFirst(failure.said)}`,
        'retry',
      );
    case 'quota-exhausted':
      return failure.reason === 'day'
        ? e(
            'Today’s quota is used up',
            `It is renewed at midnight Pacific time. Wait, or raise it in Google AI Studio.${sayingFirst(failure.said)}`,
            'open-settings',
          )
        : e(
            'No free pictures',
            `This model has no free tier: turn on billing for the key’s project in Google AI Studio.${sayingFirst(failure.said)}`,
            'open-settings',
          );
    case 'offline':
      return e(
        'The service cannot be reached',
        `Check the network, a VPN or firewall, and the service address.${saying(failure.said)}`,
        'retry',
      );
    case 'timed-out':
      return e(
        'No answer in time',
        `There was no answer within ${seconds(failure.afterMs)}. The service may have worked and billed all the same: look there before you repeat.`,
        'retry',
      );
    case 'overloaded':
      return e(
        'The service is busy',
        `It answered with an error (${failure.status}), also when asked again. Try again later.${saying(failure.said)}`,
        'retry',
      );
    case 'refused':
      return e(refusalTitle[failure.reason], `${refusalSentence[failure.reason]}${saying(failure.said)}`, 'rephrase');
    case 'no-image':
      return failure.reason === 'words-only'
        ? e(
            isQuestion(failure.said) ? 'The model asks' : 'The model answered in words',
            failure.said.trim() || 'It gave no picture.',
            'answer',
          )
        : e(
            'The model gave no picture',
            `${noImageSentence[failure.reason]}${saying(failure.said)}`,
            failure.reason === 'filtered' ? 'rephrase' : 'retry',
          );
    case 'bad-request':
      return e(
        'The service did not accept the request',
        `Choose another model or size, and report this.${saying(failure.said)}`,
        'choose-model',
      );
    case 'only-back':
      return e(
        'Nothing has to be made',
        failure.to === null
          ? 'That goes back to the layer as it was. Select it, and go on from there.'
          : `That goes back to ${quote(failure.to)}, which is kept. Go on from that take, or say what should change from there.`,
        'choose-take',
      );
    case 'lost-take':
      return e(
        'The take cannot be continued',
        `Neither the layer that ${quote(failure.name)} was made from nor its picture is there any more. Choose another take or layer.`,
        'choose-take',
      );
    case 'lost-conversation':
      return e(
        'The conversation cannot be continued',
        `The service does not take its earlier answers back. Go on from the layer or from a take instead.${saying(failure.said)}`,
        'retry',
      );
    case 'bad-reply':
      return e(
        'The answer cannot be read',
        `The service answered, but ${failure.why.replace(/\.+$/, '')}. Try again; it may have been billed.`,
        'retry',
      );
    case 'retired-model':
      return e(
        'The model is gone',
        failure.successor === null
          ? `${failure.model} does not exist at the service. Choose another model.${saying(failure.said)}`
          : `${failure.model} is retired. Choose ${failure.successor}.${saying(failure.said)}`,
        'choose-model',
      );
    case 'cannot-edit':
      return e(
        'This model cannot edit',
        `${failure.model} makes pictures from text only.${failure.successor === null ? '' : ` Choose ${failure.successor} to edit a layer.`}`,
        'choose-model',
      );
    case 'host':
      return e('The application refused', `${failure.operation}: ${failure.message}. Nothing was changed.`, 'retry');
    case 'write-failed':
      return e(
        writeTitle[failure.why],
        `${quote(failure.path)} was not written: ${writeSentence[failure.why]}${saying(failure.why === 'other' ? failure.message : '')}`,
        'choose-file',
      );
    case 'store-full':
      return e(
        'No room in the document',
        `${failure.bytes} bytes are to be kept; the limit is ${failure.limitBytes}. Discard takes that are not needed.`,
        'shrink',
      );
    case 'corrupt':
      return e('Stored data is damaged', `${failure.what} could not be read. A copy was set aside and the rest goes on.`, 'none');
    default:
      return exhaustive(failure);
  }
}

const keyTitle: Record<KeyTrouble, string> = {
  invalid: 'The API key is not valid',
  expired: 'The API key has expired',
  leaked: 'The API key was withdrawn',
  missing: 'No API key arrived',
  restricted: 'The API key is restricted',
  'service-disabled': 'The service is switched off for this key',
  denied: 'The key may not do this',
};

const keySentence: Record<KeyTrouble, string> = {
  invalid: 'Copy it again from Google AI Studio.',
  expired: 'Make a new one in Google AI Studio.',
  leaked: 'It was found in public. Make a new one in Google AI Studio and keep it secret.',
  missing: 'The service received no key. Add one in the settings.',
  restricted: 'Its restrictions (sites, addresses or services) exclude this program. Change them in the Google Cloud console.',
  'service-disabled': 'Enable the Generative Language API for the key’s project in the Google Cloud console.',
  denied: 'The key’s project has no permission for this model.',
};

const refusalTitle: Record<RefusalReason, string> = {
  'input-blocked': 'The picture or the instruction was blocked',
  prohibited: 'Not allowed by the service’s policy',
  'unsafe-output': 'The result was withheld',
  recitation: 'Too close to an existing picture',
};

const refusalSentence: Record<RefusalReason, string> = {
  'input-blocked': 'Try another crop of the layer, or say it in other words.',
  prohibited: 'The same request will be refused again. Ask for something else.',
  'unsafe-output': 'The service’s filter for persons, brands or violence stepped in. Say it in other words.',
  recitation: 'Ask for something that differs more from the original work.',
};

const noImageSentence: Record<Exclude<NoImageReason, 'words-only'>, string> = {
  declined: 'It was asked twice and gave none. Say more exactly what the picture should show.',
  filtered: 'A filter took the picture away, twice. It is not consistent: other words often help.',
  'token-limit': 'It used up its room while thinking. Choose a lower thinking level or a smaller size.',
  malformed: 'Its answer was malformed, twice. Try again later.',
  empty: 'Its answer was empty. Try again.',
  unknown: 'It ended for a reason this version does not know. Try again, or say it in other words.',
};

const readSentence = (why: Extract<Failure, { kind: 'read-failed' }>['why'], message: string): string => {
  switch (why) {
    case 'permission':
      return 'may not be read by you. Ask for permission to read it, or copy it to a place of your own.';
    case 'folder':
      return 'is a folder. Name a file in it.';
    case 'not-a-file':
      return 'is not an ordinary file. Save it to a file first.';
    case 'other':
      return `cannot be read.${saying(message)}`;
    default:
      return exhaustive(why);
  }
};

const writeTitle: Record<WriteTrouble, string> = {
  permission: 'No permission to write',
  'disk-full': 'The disk is full',
  exists: 'The file exists already',
  'is-input': 'That is the input file',
  'no-folder': 'There is no such folder',
  changed: 'Another program changed the file',
  other: 'The file could not be written',
};

const writeSentence: Record<WriteTrouble, string> = {
  permission: 'the folder or file is protected. Choose another place.',
  'disk-full': 'free some space, or choose another disk.',
  exists: 'choose another name.',
  'is-input': 'the original is never overwritten unless you say --in-place.',
  'no-folder': 'make the folder first, or choose another place.',
  changed: 'it is no longer what was read. Try again with what is there now.',
  other: 'choose another place.',
};
