/**
 * The command line, word for word: what may be typed, and what it becomes. Parsing ends in a plain value or in an exit
 * code; nothing is done here.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { SizeClass, ThinkingLevel } from '../../shared/core/model.ts';
import { defaultModelId } from '../../shared/core/models/registry.ts';
import { version } from '../../shared/core/version.ts';
import { type ExitCode, exitCodes, exitCodeText } from './exitCodes.ts';
import type { EditJob, ExportJob, GenerateJob, HistoryJob, LayersJob, MergeJob, OutputChoice, RegionChoice } from './jobs.ts';

export type Typed =
  | { readonly kind: 'edit'; readonly job: EditJob }
  | { readonly kind: 'generate'; readonly job: GenerateJob }
  | { readonly kind: 'merge'; readonly job: MergeJob }
  | { readonly kind: 'layers'; readonly job: LayersJob; readonly asJson: boolean }
  | { readonly kind: 'history'; readonly job: HistoryJob; readonly asJson: boolean }
  | { readonly kind: 'export'; readonly job: ExportJob }
  | { readonly kind: 'models'; readonly asJson: boolean }
  | { readonly kind: 'open'; readonly input: string | null; readonly port: number | null }
  /** Help was asked for and given, or something was wrong and has been said. */
  | { readonly kind: 'end'; readonly exitCode: ExitCode };

export interface Writers {
  out(text: string): void;
  err(text: string): void;
}

interface EditOptions {
  instruction: string;
  layer?: string;
  from?: string;
  way: EditJob['way'];
  region?: RegionChoice;
  mask?: string;
  reference: string[];
  model?: string;
  size?: SizeClass;
  thinking?: ThinkingLevel;
  output?: string;
  force?: true;
  inPlace?: true;
  keepTone?: true;
  whole?: true;
  report?: string;
}

interface MergeOptions {
  region?: RegionChoice;
  mask?: string;
  keepTone?: true;
  whole?: true;
  output?: string;
  force?: true;
  report?: string;
}

interface GenerateOptions {
  instruction: string;
  model?: string;
  ratio?: string;
  size?: SizeClass;
  output?: string;
  force?: true;
  report?: string;
}

const sizes: readonly SizeClass[] = ['512', '1K', '2K', '4K'];
const ways: readonly EditJob['way'][] = ['auto', 'fresh', 'continue', 'from-take'];
const thinkingLevels: readonly ThinkingLevel[] = ['minimal', 'low', 'medium', 'high'];

function parseRegion(text: string): RegionChoice {
  const numbers = /^\s*(-?\d{1,7})\s*,\s*(-?\d{1,7})\s*,\s*(\d{1,7})\s*,\s*(\d{1,7})\s*$/.exec(text)?.slice(1).map(Number);
  if (numbers === undefined) throw new InvalidArgumentError('Give four whole numbers: X,Y,WIDTH,HEIGHT in pixels from the top left.');
  const [x, y, width, height] = numbers;
  if (width === 0 || height === 0) throw new InvalidArgumentError('Width and height must be at least 1.');
  return { kind: 'rectangle', bounds: { x, y, width, height } };
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
  if (port > 65_535) throw new InvalidArgumentError('Give a number from 0 to 65535; 0 takes any free port.');
  return port;
}

const oneOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): T => {
    const found = known.find((one) => one.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`Give one of ${known.join(', ')}.`);
    return found;
  };

const sizeOption = () => new Option('--size <size>', 'size of the picture that the model makes: 1K, 2K or 4K').argParser(oneOf(sizes));
const modelOption = () =>
  new Option('-m, --model <id>', `the model (default: ${defaultModelId} with a key, else offline); \`retake models\` lists them`);
const forceOption = () => new Option('-f, --force', 'let --output replace a file that exists');
const reportOption = () => new Option('--report <file>', 'write sizes, cost, timings and provenance as JSON; also of a failure');

const wholeOption = () => new Option('--whole', 'lay all of the answer over the source, not the change alone');
const keepToneOption = () => new Option('--keep-tone', 'leave the answer’s colours as they are, drift included');

const keyText = `The key is read from GEMINI_API_KEY, the service address from GOOGLE_GEMINI_BASE_URL.
Without a key, the offline model answers. It is not AI and follows a small list of commands.`;

export function parseCommandLine(argv: readonly string[], write: Writers): Typed {
  let typed: Typed | null = null;
  const program = new Command('retake')
    .description('Select a layer, say what should change, get the result back as a new layer.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({ writeOut: write.out, writeErr: write.err, getOutHasColors: () => false, getErrHasColors: () => false })
    .showHelpAfterError('Run `retake --help` for help.')
    .addHelpText(
      'after',
      `
Examples:
  retake edit photo.png -i "make the jacket red"
  retake edit poster.psd -l "Hero/Photo" -i "night, with lights in the windows" -o night.psd
  retake layers poster.psd
  retake edit poster.psd --from latest -i "now a little darker" --in-place
  retake history poster.psd
  retake open poster.psd

${keyText}

${exitCodeText}`,
    );

  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .helpOption('-h, --help', 'print help')
      .showHelpAfterError(`Run \`retake ${name.split(' ')[0]} --help\` for help.`);

  command('edit', 'Change a layer, and keep the original: the result is a new layer right above it.')
    .argument('<input>', 'PSD, PSB, PNG, JPEG or WebP')
    .requiredOption('-i, --instruction <text>', 'what should change')
    .option('-l, --layer <layer>', 'its name, its path "Group/Name", or "#id" (default: the only layer, else all that shows)')
    .option('--from <take>', 'go on from this take: its identifier, the beginning of it, a bookmark, or `latest`')
    .addOption(
      new Option('--way <way>', 'how to go on: auto, fresh, continue or from-take').argParser(oneOf(ways)).default('auto' as const, 'auto'),
    )
    .addOption(new Option('--region <x,y,w,h>', 'change only this rectangle, in pixels from the top left').argParser(parseRegion))
    .addOption(
      new Option('--mask <file>', 'change only where this picture is white; it must be as large as the document').conflicts('region'),
    )
    .option(
      '-r, --reference <file[=role]>',
      'a picture to go by; role is reference, character, style, object or background (repeatable)',
      (given: string, before: string[]) => [...before, given],
      [],
    )
    .addOption(modelOption())
    .addOption(sizeOption())
    .addOption(new Option('--thinking <level>', 'how long the model thinks, where it can be told').argParser(oneOf(thinkingLevels)))
    .addOption(wholeOption())
    .addOption(keepToneOption())
    .option('-o, --output <file>', 'where to write: .psd or .psb with all layers, .png flattened (default: INPUT-retake.psd)')
    .addOption(forceOption())
    .addOption(new Option('--in-place', 'write the take into INPUT itself (PSD and PSB only)').conflicts(['output', 'force']))
    .addOption(reportOption())
    .addHelpText(
      'after',
      `
Examples:
  retake edit photo.png -i "make the jacket red"
      writes photo-retake.psd: the photo, and the take above it
  retake edit poster.psd -l Hero -i "warmer light" --in-place
  retake edit photo.jpg -i "remove the cable" --region 820,140,300,90 -o clean.png
  retake edit room.png -i "the sofa in this fabric" -r fabric.jpg=style -m gemini-3-pro-image --size 2K
  retake edit photo.png -i "make it night" --report run.json
  retake edit poster.psd -i "now a little darker" --from latest --in-place
  retake edit poster.psd -i "at night instead" --from 3f2a --way fresh

--way fresh carries out all instructions so far on the untouched layer, so that nothing drifts;
continue goes on with the conversation; from-take edits the result of the take. auto chooses by
what is asked, and --report says which it was and why.

The input is never changed unless --in-place says so. A default name that is taken counts up
(photo-retake-2.psd); a file named with --output is replaced only with --force. The output
appears when it is whole: a failure or Ctrl-C leaves nothing behind.

${keyText}

${exitCodeText}`,
    )
    .action((input: string, options: EditOptions) => {
      typed = {
        kind: 'edit',
        job: {
          kind: 'edit',
          input,
          instruction: options.instruction,
          layer: options.layer ?? null,
          from: options.from ?? null,
          way: options.way,
          region: options.region ?? (options.mask === undefined ? null : { kind: 'mask', path: options.mask }),
          references: options.reference,
          model: options.model ?? null,
          size: options.size ?? null,
          thinking: options.thinking ?? null,
          whole: options.whole === true,
          keepTone: options.keepTone === true,
          output: options.inPlace === true ? { kind: 'in-place' } : outputChoice(options),
          report: options.report ?? null,
        },
      };
    });

  command('merge', 'Lay an edited copy from anywhere over its source, and keep only what it changed.')
    .argument('<source>', 'PSD, PSB, PNG, JPEG or WebP: the picture before')
    .argument('<result>', 'the same picture as another tool or a model gave it back, of any size')
    .addOption(new Option('--region <x,y,w,h>', 'take changes only from this rectangle of the source').argParser(parseRegion))
    .addOption(
      new Option('--mask <file>', 'take changes only where this picture is white; it must be as large as the source').conflicts('region'),
    )
    .addOption(wholeOption())
    .addOption(keepToneOption())
    .option('-o, --output <file>', 'where to write: .png the change alone, .psd or .psb with all layers (default: SOURCE-merged.psd)')
    .addOption(forceOption())
    .addOption(new Option('--report <file>', 'write what was found, with timings, as JSON; also of a failure'))
    .addHelpText(
      'after',
      `
Examples:
  retake merge photo.jpg from-ai-studio.png
      writes photo-merged.psd: the photo, the change with its mask, and the full answer, hidden
  retake merge photo.jpg edited.png -o change.png --report found.json
  retake merge poster.psd edited.webp --region 820,140,300,90

The result is fitted to the source to a fraction of a pixel, its colour shift is undone, and all
that did not change stays as it was. When it shows another scene, it is laid over whole, and said.

${exitCodeText}`,
    )
    .action((source: string, result: string, options: MergeOptions) => {
      typed = {
        kind: 'merge',
        job: {
          kind: 'merge',
          source,
          result,
          region: options.region ?? (options.mask === undefined ? null : { kind: 'mask', path: options.mask }),
          keepTone: options.keepTone === true,
          whole: options.whole === true,
          output: outputChoice(options),
          report: options.report ?? null,
        },
      };
    });

  command('generate', 'Make a picture from words alone.')
    .requiredOption('-i, --instruction <text>', 'what the picture should show')
    .addOption(modelOption())
    .option('--ratio <w:h>', 'shape of the picture, for example 16:9 (default: 1:1)')
    .addOption(sizeOption())
    .option('-o, --output <file>', 'where to write: .png, or .psd with one layer (default: a .png named after the instruction)')
    .addOption(forceOption())
    .addOption(reportOption())
    .addHelpText(
      'after',
      `
Examples:
  retake generate -i "a red fox at dawn, film grain"
  retake generate -i "poster background, deep blue" --ratio 2:3 --size 2K -o background.psd

${keyText}

${exitCodeText}`,
    )
    .action((options: GenerateOptions) => {
      typed = {
        kind: 'generate',
        job: {
          kind: 'generate',
          instruction: options.instruction,
          model: options.model ?? null,
          ratio: options.ratio ?? null,
          size: options.size ?? null,
          output: outputChoice(options),
          report: options.report ?? null,
        },
      };
    });

  command('layers', 'List the layers of a document, top first, as --layer names them.')
    .argument('<input>', 'PSD, PSB, PNG, JPEG or WebP')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  retake layers poster.psd
  retake layers poster.psd --json | jq -r '.layers[].path'`,
    )
    .action((input: string, options: { json?: true }) => {
      typed = { kind: 'layers', job: { kind: 'layers', input }, asJson: options.json === true };
    });

  command('history', 'List the takes of a document as a tree, newest first.')
    .argument('<input>', 'PSD or PSB that holds takes')
    .option('--json', 'as JSON, with all that is known of each')
    .addHelpText(
      'after',
      `
Examples:
  retake history poster.psd
  retake history poster.psd --json | jq -r '.takes[] | select(.favourite) | .id'

The identifiers in front are what \`--from\` and \`retake export\` take; a few characters are enough.`,
    )
    .action((input: string, options: { json?: true }) => {
      typed = { kind: 'history', job: { kind: 'history', input }, asJson: options.json === true };
    });

  command('export', 'Write a take as a file of its own: a picture with its story, or its branch as a ZIP.')
    .argument('<input>', 'PSD or PSB that holds takes')
    .argument('<take>', 'its identifier, the beginning of it, a bookmark, or `latest`')
    .option('-o, --output <file>', 'where to write: .png the take as it looks, .zip its branch (default: INPUT-TAKE.png)')
    .addOption(forceOption())
    .addHelpText(
      'after',
      `
Examples:
  retake export poster.psd latest
      writes poster-3f2a91c0.png: how the take looks, with its story and IPTC DigitalSourceType in XMP
  retake export poster.psd 3f2a -o approved.png
  retake export poster.psd 3f2a -o branch.zip
      all rounds that led to it: pictures, answers, the conversation, and a story.json

\`retake history INPUT\` lists the takes. Dropped onto the page, the ZIP brings its take into another
document. No key is in any of it.

${exitCodeText}`,
    )
    .action((input: string, take: string, options: { output?: string; force?: true }) => {
      typed = { kind: 'export', job: { kind: 'export', input, take, output: outputChoice(options) } };
    });

  command('models', 'List the models, their sizes and prices; with a key, which of them are alive.')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  retake models
  retake models --json | jq -r '.models[] | select(.alive) | .id'

With GEMINI_API_KEY set, the service is asked; that costs nothing. When it does not answer, the
list is printed all the same, the reason goes to stderr, and the exit code tells (4 or 5).`,
    )
    .action((options: { json?: true }) => {
      typed = { kind: 'models', asJson: options.json === true };
    });

  command('open', 'Open the editor in a page on this machine, and stay until Ctrl-C.')
    .argument('[input]', 'a picture to open at once')
    .addOption(new Option('--port <number>', 'port on 127.0.0.1 (default: 48213, or the next that is free)').argParser(parsePort))
    .addHelpText(
      'after',
      `
Examples:
  retake open
  retake open poster.psd --port 8080`,
    )
    .action((input: string | undefined, options: { port?: number }) => {
      typed = { kind: 'open', input: input ?? null, port: options.port ?? null };
    });

  try {
    program.parse([...argv], { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    // 'commander.help' without an error is a bare `retake help`; a bare `retake` asks for nothing and is bad usage.
    const isAsked = cause.exitCode === 0;
    return { kind: 'end', exitCode: isAsked ? exitCodes.done : exitCodes.usage };
  }
  return typed ?? { kind: 'end', exitCode: exitCodes.usage };
}

const outputChoice = ({ output, force }: { output?: string; force?: true }): Exclude<OutputChoice, { kind: 'in-place' }> =>
  output === undefined ? { kind: 'beside' } : { kind: 'file', path: output, replace: force === true };
