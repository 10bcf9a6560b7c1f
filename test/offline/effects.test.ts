import { describe, expect, test } from 'vitest';
import { placeText } from '../../shared/core/edit/compileRequest.ts';
import { editRegionPrompt } from '../../shared/core/prompts/editRegion.ts';
import { compile } from '../../shared/core/prompts/promptText.ts';
import { wordsIn } from '../../shared/core/said.ts';
import { vocabulary } from '../../shared/models/offline/vocabulary.ts';
import {
  all,
  apart,
  ask,
  bluePart,
  colourfulness,
  detail,
  deviation,
  difference,
  edited,
  greenPart,
  light,
  mean,
  photo,
  product,
  redPart,
  room,
  wallPart,
  words,
} from './offlineSetup.ts';

/** A part counts as left alone within JPEG's error; a mean moves far less than a pixel does. */
const jpegError = 2.5;

const picture = room();
const before = {
  red: mean(picture, redPart),
  blue: mean(picture, bluePart),
  green: mean(picture, greenPart),
  wall: mean(picture, wallPart),
};

describe('recolouring', () => {
  test('a named colour takes the new hue and the other colours stay', async () => {
    const after = await edited('make the red square teal', picture);
    const [r, g, b] = mean(after, redPart);
    expect(g).toBeGreaterThan(r + 60);
    expect(b).toBeGreaterThan(r + 60);
    expect(apart(mean(after, bluePart), before.blue)).toBeLessThan(jpegError);
    expect(apart(mean(after, greenPart), before.green)).toBeLessThan(jpegError);
    expect(apart(mean(after, wallPart), before.wall)).toBeLessThan(jpegError);
  });

  test('thin lines of another colour inside the part stay', async () => {
    const striped = room();
    const [left, top, right, bottom] = redPart;
    const isStripe = (y: number): boolean => y % 16 < 3;
    for (let y = Math.round(top * 320); y < bottom * 320; y++)
      if (isStripe(y)) for (let x = Math.round(left * 320); x < right * 320; x++) striped.data.set([42, 84, 190, 255], (y * 320 + x) * 4);
    const after = await edited('make the red square yellow', striped);
    let least = 255;
    for (let y = Math.round(top * 320) + 1; y < bottom * 320; y++) {
      if (y % 16 !== 1) continue;
      for (let x = Math.round(left * 320) + 2; x < right * 320 - 2; x++) {
        const i = (y * 320 + x) * 4;
        least = Math.min(least, (after.data[i + 2] as number) - (after.data[i] as number));
      }
    }
    // Blue they were, by 148 levels over red.
    expect(least).toBeGreaterThan(90);
  });

  test('light and shade of the recoloured part are kept', async () => {
    const after = await edited('make the red square blue', picture);
    // The room is darker below: the same slope must be there after.
    const [left, top, right, bottom] = redPart;
    const upper = light(mean(after, [left, top, right, (top + bottom) / 2]));
    const lower = light(mean(after, [left, (top + bottom) / 2, right, bottom]));
    expect(upper / lower).toBeGreaterThan(1.03);
  });

  test.each([
    ['change blue to green', bluePart, (c: number[]) => c[1]! > c[0]! + 25 && c[1]! > c[2]! + 25],
    ['change blue to orange', bluePart, (c: number[]) => c[0]! > c[1]! + 25 && c[1]! > c[2]! + 25],
    ['make the green strip burgundy', greenPart, (c: number[]) => c[0]! > c[1]! + 40 && c[0]! < 150],
    ['make the red square white', redPart, (c: number[]) => Math.min(...c) > 170 && Math.max(...c) - Math.min(...c) < 25],
    ['make the red square black', redPart, (c: number[]) => Math.max(...c) < 70],
    ['make the beige wall navy', wallPart, (c: number[]) => c[2]! > c[0]! + 20 && light(c as [number, number, number]) < 90],
    ['make the blue square grey', bluePart, (c: number[]) => Math.max(...c) - Math.min(...c) < 14],
  ] as const)('“%s” ends at that colour', async (instruction, part, isThere) => {
    const after = mean(await edited(instruction, picture), part);
    expect(isThere(after), `${instruction}: ${after.map(Math.round)}`).toBe(true);
  });

  test('the whole picture takes one hue and keeps its drawing', async () => {
    const after = await edited('make it purple', picture);
    const [r, g, b] = mean(after, all);
    expect(Math.min(r, b)).toBeGreaterThan(g + 15);
    expect(light(mean(after, wallPart))).toBeGreaterThan(light(mean(after, bluePart)) + 20);
  });

  test('half of the picture is recoloured and the other half stays', async () => {
    const after = await edited('make the left half green', picture);
    const [r, g, b] = mean(after, redPart);
    expect(g).toBeGreaterThan(Math.max(r, b) + 20);
    expect(apart(mean(after, bluePart), before.blue)).toBeLessThan(jpegError);
  });

  test('the colours of a reference picture are taken over', async () => {
    const warm = product(160, [230, 150, 60]);
    const pictures = [
      { role: 'subject' as const, label: '', pixels: picture },
      { role: 'style' as const, label: '', pixels: warm },
    ];
    const extent = { width: 320, height: 320 };
    const whole = await edited('use the colours of image 2', picture, { pictures, extent });
    expect(mean(whole, wallPart)[0] - mean(whole, wallPart)[2]).toBeGreaterThan(before.wall[0] - before.wall[2] + 25);
    const square = await edited('make the blue square the colour of image 2', picture, { pictures, extent });
    const [r, , b] = mean(square, bluePart);
    expect(r).toBeGreaterThan(b + 60);
    expect(apart(mean(square, greenPart), before.green)).toBeLessThan(jpegError);
  });

  test('a colour that is not there is answered in words that name those that are', async () => {
    const said = await words('make the purple hat green', picture);
    expect(said).toMatch(/no purple/);
    expect(said).toMatch(/red/);
  });

  test('a thing without a colour is recoloured inside a region or on a plain ground, and asked about elsewhere', async () => {
    expect(await words('make the jacket teal', picture)).toMatch(/recognise/);
    const place = placeText({ x: 0, y: 0, width: 40, height: 40 }, { x: 0, y: 0, width: 100, height: 100 });
    const prompt = compile(editRegionPrompt, { instruction: 'make the jacket teal', references: 0, place });
    const region = await edited('make the jacket teal', picture, { prompt });
    expect(difference(region, picture)).toBeGreaterThan(15);
    const shot = product();
    const [r, g] = mean(await edited('make the jacket teal', shot), [0.35, 0.35, 0.65, 0.65]);
    expect(g).toBeGreaterThan(r + 30);
  });
});

describe('light and colour', () => {
  const wholeLight = light(mean(picture, all));

  test('brighter, darker and by a percentage', async () => {
    const at = async (instruction: string): Promise<number> => light(mean(await edited(instruction, picture), all)) / wholeLight;
    expect(await at('brighter')).toBeGreaterThan(1.12);
    expect(await at('darker')).toBeLessThan(0.85);
    expect(await at('20% darker')).toBeCloseTo(0.81, 1);
    expect(await at('a bit brighter')).toBeLessThan(await at('much brighter'));
  });

  test('a colour alone is brightened', async () => {
    const after = await edited('make the red square brighter', picture);
    expect(light(mean(after, redPart))).toBeGreaterThan(light(before.red) * 1.1);
    expect(apart(mean(after, bluePart), before.blue)).toBeLessThan(jpegError);
  });

  test('more contrast spreads light, less gathers it', async () => {
    const spread = deviation(picture, [0.02, 0.02, 0.98, 0.98]);
    expect(deviation(await edited('more contrast', picture), [0.02, 0.02, 0.98, 0.98])).toBeGreaterThan(spread * 1.12);
    expect(deviation(await edited('less contrast', picture), [0.02, 0.02, 0.98, 0.98])).toBeLessThan(spread * 0.9);
  });

  test('warmer moves from blue to red, cooler back', async () => {
    const balance = async (instruction: string): Promise<number> => {
      const [r, , b] = mean(await edited(instruction, picture), wallPart);
      return r - b;
    };
    const now = before.wall[0] - before.wall[2];
    expect(await balance('warmer')).toBeGreaterThan(now + 10);
    expect(await balance('cooler')).toBeLessThan(now - 10);
    const [r, g] = mean(await edited('warmer', picture), wallPart);
    expect(r / g).toBeGreaterThan((before.wall[0] / before.wall[1]) * 1.02);
    expect(Math.abs(light(mean(await edited('warmer', picture), wallPart)) - light(before.wall))).toBeLessThan(14);
  });

  test('more colour, less colour, and none', async () => {
    const now = colourfulness(picture, all);
    expect(colourfulness(await edited('more vivid', picture), all)).toBeGreaterThan(now * 1.1);
    expect(colourfulness(await edited('less colour', picture), all)).toBeLessThan(now * 0.75);
    expect(colourfulness(await edited('black and white', picture), all)).toBeLessThan(3);
  });

  test('everything except one colour turns black and white', async () => {
    const after = await edited('make everything except the red black and white', picture);
    expect(apart(mean(after, redPart), before.red)).toBeLessThan(12);
    expect(colourfulness(after, bluePart)).toBeLessThan(6);
  });

  test('sepia is brown, a tint leans, a duotone lies between its two inks, night is dark and blue', async () => {
    const [sr, sg, sb] = mean(await edited('tint sepia', picture), all);
    expect(sr).toBeGreaterThan(sg + 5);
    expect(sg).toBeGreaterThan(sb + 10);
    const tinted = mean(await edited('tint it blue', picture), wallPart);
    expect(tinted[2] - tinted[0]).toBeGreaterThan(before.wall[2] - before.wall[0] + 20);
    const duotone = await edited('duotone navy and peach', picture);
    expect(mean(duotone, bluePart)[2]).toBeGreaterThan(mean(duotone, bluePart)[0]);
    expect(mean(duotone, [0.02, 0.02, 0.98, 0.15])[0]).toBeGreaterThan(mean(duotone, [0.02, 0.02, 0.98, 0.15])[2] + 20);
    const night = mean(await edited('make it night', picture), wallPart);
    expect(light(night)).toBeLessThan(light(before.wall) * 0.6);
    expect(night[2]).toBeGreaterThan(night[0]);
  });

  test('invert turns light to dark', async () => {
    const after = mean(await edited('invert', picture), wallPart);
    expect(
      apart(
        after,
        before.wall.map((v) => 255 - v),
      ),
    ).toBeLessThan(jpegError);
  });
});

describe('form', () => {
  test('blur takes detail away, here or in a half; sharpen adds it', async () => {
    const cat = await photo('chelsea.png');
    const extent = { width: 360, height: 240 };
    const plain = await edited('flip horizontally', cat, { extent });
    const blurred = await edited('blur', cat, { extent });
    expect(detail(blurred)).toBeLessThan(detail(plain) * 0.5);
    expect(apart(mean(blurred, all), mean(plain, all))).toBeLessThan(2);
    expect(detail(await edited('sharpen', cat, { extent }))).toBeGreaterThan(detail(plain) * 1.1);
    const left = await edited('blur the left half strongly', picture);
    expect(deviation(left, [0.36, 0.25, 0.44, 0.55])).toBeLessThan(deviation(picture, [0.36, 0.25, 0.44, 0.55]) * 0.9);
    expect(deviation(left, [0.56, 0.25, 0.64, 0.55])).toBeCloseTo(deviation(picture, [0.56, 0.25, 0.64, 0.55]), -1);
  });

  test('pixelate leaves flat blocks', async () => {
    const after = await edited('pixelate', picture);
    let flat = 0;
    for (let i = 4; i < after.data.length; i += 4) if (Math.abs((after.data[i] as number) - (after.data[i - 4] as number)) <= 2) flat++;
    expect(flat / (after.width * after.height)).toBeGreaterThan(0.75);
    expect(difference(after, picture)).toBeGreaterThan(2);
  });

  test('posterise leaves few levels', async () => {
    const levels = (p: typeof picture): number => {
      const counts = new Map<number, number>();
      for (let i = 0; i < p.data.length; i += 4) {
        const l = Math.round(light([p.data[i] as number, p.data[i + 1] as number, p.data[i + 2] as number]) / 4);
        counts.set(l, (counts.get(l) ?? 0) + 1);
      }
      return [...counts.values()].filter((count) => count > (p.width * p.height) / 100).length;
    };
    expect(levels(await edited('posterise', picture))).toBeLessThan(levels(picture) * 0.6);
  });

  test('line art is dark lines on white', async () => {
    const after = await edited('line art', picture);
    expect(light(mean(after, wallPart))).toBeGreaterThan(235);
    expect(colourfulness(after, all)).toBeLessThan(3);
    // The square's border is drawn.
    expect(deviation(after, [0.34, 0.25, 0.46, 0.55])).toBeGreaterThan(10);
  });

  test('flip mirrors left and right, or top and bottom', async () => {
    const sideways = await edited('flip horizontally', picture);
    expect(apart(mean(sideways, bluePart), before.red)).toBeLessThan(jpegError + 2);
    const over = await edited('flip vertically', picture);
    expect(apart(mean(over, [0.2, 0.1, 0.8, 0.25]), before.green)).toBeLessThan(jpegError);
  });
});

describe('adding', () => {
  test('quoted words stand at their place in their colour, and nothing else changes', async () => {
    const after = await edited('add "SALE" at the top right in yellow', picture);
    const changed: [number, number][] = [];
    let yellow = 0;
    for (let y = 0; y < after.height; y++)
      for (let x = 0; x < after.width; x++) {
        const i = (y * after.width + x) * 4;
        if (Math.abs((after.data[i + 2] as number) - (picture.data[i + 2] as number)) > 40) changed.push([x, y]);
        if ((after.data[i] as number) > 220 && (after.data[i + 1] as number) > 170 && (after.data[i + 2] as number) < 90) yellow++;
      }
    expect(yellow).toBeGreaterThan(300);
    expect(Math.min(...changed.map(([x]) => x))).toBeGreaterThan(after.width * 0.45);
    expect(Math.max(...changed.map(([, y]) => y))).toBeLessThan(after.height * 0.3);
  });

  test('words without a colour are dark on light and light on dark', async () => {
    const darkest = async (ground: number): Promise<number> => {
      const after = await edited('write "HELLO" in the middle', product(320, [ground, ground, ground]), {});
      return light(mean(after, [0.3, 0.45, 0.7, 0.55])) - light(mean(product(320, [ground, ground, ground]), [0.3, 0.45, 0.7, 0.55]));
    };
    // On the dark red disc the letters are light.
    expect(await darkest(20)).toBeGreaterThan(20);
    const bright = await edited('write "HELLO" at the top', product(320));
    expect(light(mean(bright, [0.35, 0.03, 0.65, 0.2]))).toBeLessThan(light(mean(product(320), [0.35, 0.03, 0.65, 0.2])) - 20);
  });

  test('letters that the typeface lacks are named', async () => {
    expect(await words('add "日本" at the top', picture)).toMatch(/日/);
  });

  test('long text is broken into lines and stays inside the picture', async () => {
    const after = await edited(
      'write "The quick brown fox jumps over the lazy dog and keeps on running all night" in the middle in white',
      picture,
    );
    for (const edge of [
      [0, 0, 1, 0.08],
      [0, 0, 0.04, 1],
      [0.96, 0, 1, 1],
    ] as const) {
      const part = [edge[0], edge[1], edge[2], edge[3]] as const;
      const b = (p: typeof picture): number => mean(p, [part[0] - 0.03, part[1] - 0.03, part[2] + 0.03, part[3] + 0.03])[0];
      expect(Math.abs(b(after) - b(picture))).toBeLessThan(6);
    }
    expect(difference(after, picture)).toBeGreaterThan(5);
  });

  test('a shape stands at its place in its colour and size', async () => {
    const count = async (instruction: string, part: readonly [number, number, number, number]): Promise<number> => {
      const after = await edited(instruction, picture);
      let n = 0;
      for (let y = Math.round(part[1] * 320); y < part[3] * 320; y++)
        for (let x = Math.round(part[0] * 320); x < part[2] * 320; x++) {
          const i = (y * 320 + x) * 4;
          if ((after.data[i] as number) > 200 && (after.data[i + 1] as number) > 160 && (after.data[i + 2] as number) < 90) n++;
        }
      return n;
    };
    const topLeft = [0, 0, 0.5, 0.5] as const;
    const small = await count('add a small yellow star at the top left', topLeft);
    expect(small).toBeGreaterThan(80);
    expect(await count('add a large yellow star at the top left', topLeft)).toBeGreaterThan(small * 3);
    expect(await count('add a yellow star at the top left', [0.5, 0.5, 1, 1])).toBe(0);
  });
});

describe('cutting out', () => {
  test('a plain ground becomes exactly the colour that the prompt asks for, and the subject stays', async () => {
    const shot = product();
    const prompt = {
      id: 'edit/cut-out',
      version: 1,
      text: '<instruction>\nremove the background\n</instruction>\nReplace it with one perfectly flat, even colour, exactly #00ff00: no shadow',
    };
    const after = await edited('remove the background', shot, { prompt });
    expect(apart(mean(after, [0, 0, 0.15, 1]), [0, 255, 0])).toBeLessThan(2);
    expect(apart(mean(after, [0.4, 0.4, 0.6, 0.6]), mean(shot, [0.4, 0.4, 0.6, 0.6]))).toBeLessThan(jpegError);
    // No pale rim of the old ground: around the disc every pixel lies between green and red, so blue stays low.
    let pale = 0;
    for (let i = 0; i < after.data.length; i += 4) if ((after.data[i + 2] as number) > 75) pale++;
    expect(pale).toBeLessThan(12);
  });

  test('words that only a model would understand still give the cut-out that the prompt asks for', async () => {
    const prompt = {
      id: 'edit/cut-out',
      version: 1,
      text: '<instruction>\njust the ball\n</instruction>\nReplace it with one perfectly flat, even colour, exactly #0000ff: no shadow',
    };
    expect(apart(mean(await edited('just the ball', product(), { prompt }), [0, 0, 0.15, 1]), [0, 0, 255])).toBeLessThan(2);
  });

  test('a ground that is not plain is answered in words', async () => {
    expect(await words('remove the background', picture)).toMatch(/not one plain colour/);
  });

  test('the background takes a colour', async () => {
    const after = await edited('make the background navy', product());
    const [r, , b] = mean(after, [0, 0, 0.15, 1]);
    expect(b).toBeGreaterThan(r + 30);
    expect(apart(mean(after, [0.4, 0.4, 0.6, 0.6]), mean(product(), [0.4, 0.4, 0.6, 0.6]))).toBeLessThan(jpegError);
  });
});

test('several changes in one sentence are all made, in order', async () => {
  const after = await edited('make the red square blue, then brighter and flip horizontally', picture);
  const [r, , b] = mean(after, bluePart);
  expect(b).toBeGreaterThan(r + 60);
  expect(light(mean(after, wallPart))).toBeGreaterThan(light(before.wall) * 1.04);
});

test('every example of the vocabulary changes a picture or says why not', async () => {
  for (const { id, examples } of vocabulary()) {
    if (id === 'followUp') continue;
    for (const example of examples) {
      const pictures = example.includes('image 2')
        ? [
            { role: 'subject' as const, label: '', pixels: picture },
            { role: 'style' as const, label: '', pixels: product(64) },
          ]
        : undefined;
      const source = id === 'cutOut' ? product() : picture;
      const answer = await ask(example, source, pictures === undefined ? {} : { pictures, extent: { width: 320, height: 320 } });
      if (answer.ok) {
        expect(difference(answer.value.picture.pixels, source), example).toBeGreaterThan(0.25);
        expect(wordsIn(answer.value.said), example).toMatch(/not AI/);
      } else {
        // The picture has no orange suit.
        expect(JSON.stringify(answer.error), example).toMatch(/finds no (orange)/);
      }
    }
  }
});

test('an unknown instruction is answered in words with what it can do, and examples', async () => {
  const said = await words('make the person smile', picture);
  expect(said).toMatch(/^Offline model \(not AI\)/);
  expect(said).toMatch(/make the person smile/);
  expect(said).toMatch(/make the red jacket blue/);
  expect(said.length).toBeLessThan(600);
});
