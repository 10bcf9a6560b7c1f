/** One command carried out on a picture: find its target, run its effect there, leave the rest as it was. */
import type { Pixels } from '../../core/pixels.ts';
import { err, exhaustive, ok, type Result } from '../../core/result.ts';
import type { NamedColor, Rgb } from './colors.ts';
import type { ColorSource, Command, Effect, Target } from './commands.ts';
import { describeNoColor, describeNoGround, describeNoLetters, describeNoReference, describePlain, describeUnseen } from './describe.ts';
import { blur, flip, lineArt, pixelate, posterise, sharpen } from './filters.ts';
import { fillGround, findGround, type Ground } from './ground.ts';
import { missingLetter } from './lettering.ts';
import type { Lab } from './oklab.ts';
import { addShape, addText } from './overlay.ts';
import { rowsPerYield, type Work } from './pace.ts';
import { leadColor, meanLab, recolor, singleHue, takeColors } from './recolor.ts';
import { colorsSeen, findColor, placeCoverage } from './selection.ts';
import { blackAndWhite, brightness, colorise, contrast, copyOf, duotone, invert, night, saturation, sepia, tint, warmth } from './tone.ts';

export interface Surroundings {
  /** The request is for a region that the user drew, so a thing that is named is what fills it. */
  readonly isRegion: boolean;
  readonly references: readonly Pixels[];
  /** The ground that the prompt asks for; null when it asks for none. */
  readonly fill: Rgb | null;
}

/** Changes `pixels` (and may answer others); the error is a sentence for the user. */
export function* carryOut(pixels: Pixels, command: Command, around: Surroundings): Work<Result<Pixels, string>> {
  const { effect } = command;
  switch (effect.kind) {
    case 'text': {
      const missing = missingLetter(effect.text);
      if (missing !== null) return err(describeNoLetters(missing));
      yield* addText(pixels, effect);
      return ok(pixels);
    }
    case 'shape':
      yield* addShape(pixels, effect);
      return ok(pixels);
    case 'cutOut': {
      const ground = yield* findGround(pixels);
      if (ground === null) return err(describeNoGround);
      yield* fillGround(pixels, ground, around.fill ?? effect.fill?.rgb ?? [255, 255, 255]);
      return ok(pixels);
    }
    default: {
      const color = 'to' in effect ? yield* colorFrom(effect.to, around) : null;
      if (color === 'missing') return err(describeNoReference);
      const area = yield* areaOf(pixels, command.target, effect, around);
      if (!area.ok) return area;
      // A plain ground takes its new colour exactly; there is no shading to keep.
      if (effect.kind === 'recolor' && area.value.ground !== null && command.target.kind === 'background' && color !== null) {
        yield* fillGround(pixels, area.value.ground, color);
        return ok(pixels);
      }
      if (effect.kind === 'recolor') {
        const reference = effect.to.kind === 'reference' ? around.references[effect.to.index] : undefined;
        if (reference !== undefined && command.target.kind === 'whole') yield* takeColors(pixels, reference, area.value.coverage);
        else yield* recolorArea(pixels, area.value, command.target, color as Rgb);
        return ok(pixels);
      }
      const { coverage } = area.value;
      const before = coverage === null ? null : copyOf(pixels);
      const changed = yield* run(pixels, effect, color);
      if (before !== null && coverage !== null) yield* keepOutside(changed, before, coverage);
      return ok(changed);
    }
  }
}

interface Area {
  /** null: everywhere. */
  readonly coverage: Float32Array | null;
  readonly mean: Lab | null;
  readonly ground: Ground | null;
}

const everywhere: Area = { coverage: null, mean: null, ground: null };

function* areaOf(pixels: Pixels, target: Target, effect: Effect, around: Surroundings): Work<Result<Area, string>> {
  switch (target.kind) {
    case 'whole': {
      if (effect.kind !== 'recolor' && effect.kind !== 'tint') return ok(everywhere);
      // A layer that was flattened on a matte, or a product shot: its subject is meant, not what lies behind.
      const ground = yield* findGround(pixels);
      return ok(ground === null ? everywhere : { coverage: ground.subject, mean: null, ground });
    }
    case 'thing': {
      const ground = yield* findGround(pixels);
      if (ground !== null) return ok({ coverage: ground.subject, mean: null, ground });
      if (around.isRegion) return ok(everywhere);
      return err(describeUnseen(target.words, yield* colorsSeen(pixels, 3)));
    }
    case 'background': {
      const ground = yield* findGround(pixels);
      if (ground === null) return err(describeNoGround);
      if (effect.kind === 'blur' || effect.kind === 'sharpen' || effect.kind === 'pixelate') return err(describePlain);
      return ok({ coverage: ground.subject.map((s) => 1 - s), mean: null, ground });
    }
    case 'place':
      return ok({ coverage: yield* placeCoverage(pixels, target.place), mean: null, ground: null });
    case 'color':
    case 'except': {
      const found = yield* findColor(pixels, target.color);
      if (found === null) return err(describeNoColor(target.color.name, yield* colorsSeen(pixels, 4)));
      if (target.kind === 'color') return ok({ coverage: found.coverage, mean: found.mean, ground: null });
      return ok({ coverage: found.coverage.map((c) => 1 - c), mean: null, ground: null });
    }
    default:
      return exhaustive(target);
  }
}

function* colorFrom(source: ColorSource, around: Surroundings): Work<Rgb | 'missing'> {
  if (source.kind === 'named') return source.color.rgb;
  const reference = around.references[source.index];
  return reference === undefined ? 'missing' : yield* leadColor(reference);
}

/** A part of one hue keeps its shading and its small variety; a part of many hues is drawn to one. */
function* recolorArea(pixels: Pixels, area: Area, target: Target, to: Rgb): Work<void> {
  const { coverage } = area;
  const mean = area.mean ?? (yield* meanLab(pixels, coverage));
  const isOne = target.kind === 'color' || (area.ground !== null && (yield* singleHue(pixels, coverage)) > 0.8);
  if (isOne) {
    yield* recolor(pixels, coverage, mean, to);
    return;
  }
  const before = coverage === null ? null : copyOf(pixels);
  yield* colorise(pixels, asColor(to), mean[0]);
  if (before !== null && coverage !== null) yield* keepOutside(pixels, before, coverage);
}

const asColor = (rgb: Rgb): NamedColor => ({ name: '', rgb, seen: { kind: 'grey', lightness: [0, 1] } });

function* run(pixels: Pixels, effect: Exclude<Effect, { kind: 'text' | 'shape' | 'cutOut' | 'recolor' }>, color: Rgb | null): Work<Pixels> {
  switch (effect.kind) {
    case 'tint':
      yield* tint(pixels, asColor(color as Rgb), effect.amount);
      return pixels;
    case 'brightness':
      yield* brightness(pixels, effect.amount);
      return pixels;
    case 'contrast':
      yield* contrast(pixels, effect.amount);
      return pixels;
    case 'warmth':
      yield* warmth(pixels, effect.amount);
      return pixels;
    case 'saturation':
      yield* saturation(pixels, effect.amount);
      return pixels;
    case 'blackAndWhite':
      yield* blackAndWhite(pixels);
      return pixels;
    case 'sepia':
      yield* sepia(pixels, effect.amount);
      return pixels;
    case 'invert':
      yield* invert(pixels);
      return pixels;
    case 'lineArt':
      yield* lineArt(pixels);
      return pixels;
    case 'night':
      yield* night(pixels, effect.amount);
      return pixels;
    case 'duotone':
      yield* duotone(pixels, effect.colors[0], effect.colors[1]);
      return pixels;
    case 'blur':
      return yield* blur(pixels, effect.amount);
    case 'sharpen':
      yield* sharpen(pixels, effect.amount);
      return pixels;
    case 'pixelate':
      yield* pixelate(pixels, effect.amount);
      return pixels;
    case 'posterise':
      yield* posterise(pixels, effect.amount);
      return pixels;
    case 'flip':
      return yield* flip(pixels, effect.axis);
    default:
      return exhaustive(effect);
  }
}

/** Puts `before` back where coverage is below 1, in place. */
function* keepOutside(pixels: Pixels, before: Pixels, coverage: Float32Array): Work<void> {
  const { width, height, data } = pixels;
  const breath = rowsPerYield(width) * 2;
  for (let y = 0; y < height; y++) {
    if (y % breath === 0) yield;
    for (let p = y * width, end = p + width; p < end; p++) {
      const c = coverage[p] as number;
      if (c === 1) continue;
      for (let i = p * 4, k = 0; k < 3; k++, i++)
        data[i] = (before.data[i] as number) + ((data[i] as number) - (before.data[i] as number)) * c;
    }
  }
}
