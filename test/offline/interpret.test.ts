import { describe, expect, test } from 'vitest';
import { interpret } from '../../shared/models/offline/interpret.ts';
import { vocabulary } from '../../shared/models/offline/vocabulary.ts';

/** A short form of what an instruction means: "recolor red jacket>blue". */
function read(instruction: string): string {
  const meaning = interpret(instruction);
  if (meaning.kind === 'instead') return `instead ${meaning.color.name}`;
  if (meaning.kind !== 'commands') return meaning.kind;
  return meaning.commands
    .map(({ effect, target }) => {
      const where =
        target.kind === 'color'
          ? target.words
          : target.kind === 'place'
            ? `${target.place.vertical} ${target.place.horizontal}`
            : target.kind === 'thing'
              ? `thing ${target.words}`
              : target.kind === 'except'
                ? `except ${target.color.name}`
                : target.kind;
      const to = 'to' in effect ? `>${effect.to.kind === 'named' ? effect.to.color.name : `image ${effect.to.index + 2}`}` : '';
      const amount = 'amount' in effect && effect.kind !== 'tint' ? ` ${effect.amount.toFixed(1)}` : '';
      if (effect.kind === 'text')
        return `text “${effect.text}” ${effect.place.vertical} ${effect.place.horizontal} ${effect.color?.name ?? '-'}`;
      if (effect.kind === 'shape')
        return `${effect.shape} ${effect.place.vertical} ${effect.place.horizontal} ${effect.color?.name ?? '-'} ${effect.size}`;
      if (effect.kind === 'duotone') return `duotone ${effect.colors[0].name}+${effect.colors[1].name}`;
      if (effect.kind === 'flip') return `flip ${effect.axis}`;
      if (effect.kind === 'cutOut') return `cutOut ${effect.fill?.name ?? '-'}`;
      return `${effect.kind}${amount} ${where}${to}`;
    })
    .join(' · ');
}

describe('an instruction is read', () => {
  test.each([
    ['make the red jacket blue', 'recolor red jacket>blue'],
    ['Please could you make the red jacket blue?', 'recolor red jacket>blue'],
    ['change blue to green', 'recolor blue>green'],
    ['change the colour of the red car to navy', 'recolor red car>navy'],
    ['turn the orange suit teal', 'recolor orange suit>teal'],
    ['turn the orange suit into a teal one', 'recolor orange suit>teal'],
    ['recolor red → mustard', 'recolor red>mustard'],
    ['replace green with dusty pink', 'recolor green>dusty pink'],
    ['blue instead of red', 'recolor red>blue'],
    ['make the navy blue wall light blue', 'recolor navy wall>light blue'],
    ['make the beige purple', 'recolor beige>purple'],
    ['make it #ff8800', 'recolor whole>#ff8800'],
    ['make it purple', 'recolor whole>purple'],
    ['make the background white', 'recolor background>white'],
    ['make the left half blue', 'recolor middle left>blue'],
    ['make the jacket red', 'recolor thing jacket>red'],
    ['make the jacket the colour of image 2', 'recolor thing jacket>image 2'],
    ['use the colours of image 2', 'recolor whole>image 2'],
    ['use the colours of the reference', 'recolor whole>image 2'],
    ['tint it blue', 'tint whole>blue'],
    ['bluer', 'tint whole>blue'],
    ['make it slightly reddish', 'tint whole>red'],
    ['brighter', 'brightness 1.0 whole'],
    ['a bit brighter please', 'brightness 0.6 whole'],
    ['much darker', 'brightness -1.7 whole'],
    ['too dark', 'brightness 1.0 whole'],
    ['less bright', 'brightness -1.0 whole'],
    ['reduce the brightness', 'brightness -1.0 whole'],
    ['brighten the red jacket', 'brightness 1.0 red jacket'],
    ['more contrast', 'contrast 1.0 whole'],
    ['lower the contrast slightly', 'contrast -0.5 whole'],
    ['warmer and more vivid', 'warmth 1.0 whole · saturation 1.0 whole'],
    ['brighter, cooler, then blur it', 'brightness 1.0 whole · warmth -1.0 whole · blur 1.0 whole'],
    ['less colour', 'saturation -1.0 whole'],
    ['less color', 'saturation -1.0 whole'],
    ['black and white', 'blackAndWhite 1.0 whole'],
    ['make everything except the red black & white', 'blackAndWhite 1.0 except red'],
    ['tint sepia', 'sepia 1.0 whole'],
    ['duotone navy and peach', 'duotone navy+peach'],
    ['a burgundy and cream duotone', 'duotone burgundy+cream'],
    ['make it night', 'night 1.0 whole'],
    ['turn day into night', 'night 1.0 whole'],
    ['flip horizontally', 'flip horizontal'],
    ['mirror it vertically', 'flip vertical'],
    ['turn it upside down', 'flip vertical'],
    ['flip horizontally and vertically', 'flip horizontal · flip vertical'],
    ['pixelate the centre', 'pixelate 1.0 middle centre'],
    ['posterize', 'posterise 1.0 whole'],
    ['turn it into a line drawing', 'lineArt 1.0 whole'],
    ['add "SALE" at the top right in white', 'text “SALE” top right white'],
    ['write ‘Open late’ at the bottom', 'text “Open late” bottom centre -'],
    ["put 'It's on' in the upper left corner", "text “It's on” top left -"],
    ['add a yellow star at the top left and a large red heart in the middle', 'star top left yellow 1 · heart middle centre red 1.5'],
    ['remove the background', 'cutOut -'],
    ['cut out the subject', 'cutOut -'],
    ['make the red jacket blue but keep the face', 'recolor red jacket>blue'],
    ["make it brighter, don't change anything else", 'brightness 1.0 whole'],
  ])('“%s” as %s', (instruction, meaning) => {
    expect(read(instruction)).toBe(meaning);
  });

  test.each([
    ['more', 'again'],
    ['a bit more please', 'again'],
    ['do it again', 'again'],
    ['less', 'weaker'],
    ['weaker', 'weaker'],
    ['now blue', 'instead blue'],
    ['undo that', 'undo'],
    ['go back', 'undo'],
  ])('“%s” as being about the step before', (instruction, meaning) => {
    expect(read(instruction)).toBe(meaning);
  });

  test.each([
    ['brigther', 'brightness 1.0 whole'],
    ['make the ornage suit teal', 'recolor orange suit>teal'],
    ['make it purpel', 'recolor whole>purple'],
    ['pixellate', 'pixelate 1.0 whole'],
    ['desaturte it', 'saturation -1.0 whole'],
  ])('“%s” although a letter is wrong', (instruction, meaning) => {
    expect(read(instruction)).toBe(meaning);
  });

  test.each([
    'add a cat',
    'remove the person in the red jacket',
    'replace the sky with a sunset',
    'turn the red car into a blue bike',
    'put a red hat on him',
    'make the man hold a blue ball and a red kite',
    'replace "SALE" with "SOLD"',
    'draw a circle around the head',
    'give her a blue dress',
    'make it better',
    'what is in this picture?',
    '',
    '???',
    'make the house bigger',
    'put the hat of image 2 on his head',
    'sharpen the picture and add a dog',
  ])('“%s” as something it cannot do', (instruction) => {
    expect(read(instruction)).toBe('unknown');
  });

  test('every example of the vocabulary is understood', () => {
    const unread = vocabulary()
      .flatMap((entry) => entry.examples)
      .filter((example) => interpret(example).kind === 'unknown');
    expect(unread).toEqual([]);
  });

  test('a common noun one letter away from a command is not corrected into one', () => {
    expect(read('make the house blue')).toBe('recolor thing house>blue');
    expect(read('make the shirt orange')).toBe('recolor thing shirt>orange');
    expect(read('make the stairs white')).toBe('recolor thing stairs>white');
  });
});
