import assert from 'node:assert/strict';
import { DARK, LIGHT, type Palette } from '../../../../../local/pipelines/page/colours';
import { STYLE } from '../../../../../local/pipelines/page/style';

/** Contrast of two colours by WCAG 2.2, 1 to 21. */
function contrast(first: string, second: string): number {
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the colours of the page', () => {
  const texts = ['text', 'muted', 'link', 'good', 'bad', 'warn', 'busy', 'quiet'] as const;
  const grounds = ['page', 'raised', 'sunken'] as const;
  const palettes: readonly (readonly [string, Palette])[] = [
    ['light', LIGHT],
    ['dark', DARK],
  ];
  for (const [name, palette] of palettes) {
    it(`have a contrast of at least 4.5 for every text on every ground, ${name}`, () => {
      for (const text of texts) {
        for (const ground of grounds) {
          const found = contrast(palette[text], palette[ground]);
          assert.ok(found >= 4.5, `${text} on ${ground}: ${found.toFixed(2)}`);
        }
      }
      for (const ground of grounds) {
        assert.ok(contrast(palette.focus, palette[ground]) >= 3);
      }
    });
  }

  it('are all that the style sheet takes its colours from', () => {
    const rules = STYLE.replaceAll(/:root\{[^}]*\}/g, '');
    for (const [, variable = ''] of rules.matchAll(/var\(--(\w+)\)/g)) {
      assert.ok(variable in LIGHT, variable);
    }
    assert.deepEqual(rules.match(/#[0-9a-f]{3,6}\b/gi), ['#fff']);
  });
});
