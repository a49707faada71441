import assert from 'node:assert/strict';
import { fillWords, philox4x32 } from '../../../src/statistics/philox';

/** `tests/kat_vectors` of Random123, lines "philox4x32 10": counter, key, expected. */
const KNOWN_ANSWERS: readonly (readonly [string, string, string])[] = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
];

const words = (text: string) => text.split(' ').map((word) => Number.parseInt(word, 16));

describe('philox4x32', () => {
  for (const [counter, key, expected] of KNOWN_ANSWERS) {
    it(`gives the published words for counter ${counter}`, () => {
      const [low, high] = words(key) as [number, number];
      const produced = philox4x32(words(counter) as [number, number, number, number], { low, high });
      assert.deepEqual([...produced], words(expected));
    });
  }

  it('agrees with a plain implementation on 64-bit integers', () => {
    let state = 12_345;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    };
    for (let trial = 0; trial < 500; trial += 1) {
      const counter: [number, number, number, number] = [next(), next(), next(), next()];
      const key = { low: next(), high: next() };
      assert.deepEqual([...philox4x32(counter, key)], plainPhilox(counter, [key.low, key.high]));
    }
  });

  it('numbers the blocks of a resample in the first counter word and the resample in the second', () => {
    const key = { low: 7, high: 9 };
    const stream = new Uint32Array(12);
    fillWords(stream, key, 41);
    assert.deepEqual([...stream.subarray(8)], [...philox4x32([2, 41, 0, 0], key)]);
  });
});

function plainPhilox(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round += 1) {
    const first = 0xd2511f53n * c0;
    const second = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(second >> 32n) ^ c1 ^ k0, second & mask, (first >> 32n) ^ c3 ^ k1, first & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}
