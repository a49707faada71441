/**
 * Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC11).
 * A counter and a key give four 32-bit words, without state: so a resample and a block name their words, in any order and on any number of workers.
 */

const ROUNDS = 10;
/** Low and high halves of the two multipliers 0xD2511F53 and 0xCD9E8D57. */
const M0_LOW = 0x1f53;
const M0_HIGH = 0xd251;
const M1_LOW = 0x8d57;
const M1_HIGH = 0xcd9e;
const M0 = 0xd2511f53 | 0;
const M1 = 0xcd9e8d57 | 0;
/** Weyl increments of the key: golden ratio and the square root of three minus one. */
const W0 = 0x9e3779b9 | 0;
const W1 = 0xbb67ae85 | 0;

/** Two 32-bit words that select a stream. */
export interface PhiloxKey {
  readonly low: number;
  readonly high: number;
}

/**
 * The four words of one counter.
 * @param counter four 32-bit words
 */
export function philox4x32(counter: readonly [number, number, number, number], key: PhiloxKey): Uint32Array {
  const words = new Uint32Array(4);
  writeBlock(words, 0, counter[0], counter[1], counter[2], counter[3], key.low, key.high);
  return words;
}

/**
 * Fills `words` with the stream of one resample: block b holds the words of the counter (b, resample, 0, 0).
 * @param words its length must be a multiple of 4
 */
export function fillWords(words: Uint32Array, key: PhiloxKey, resample: number): void {
  const { low, high } = key;
  for (let at = 0, block = 0; at < words.length; at += 4, block += 1) {
    writeBlock(words, at, block, resample, 0, 0, low, high);
  }
}

/** Products of 32 by 32 bits are built from 16-bit halves: every partial sum fits in 32 bits, so nothing is rounded and nothing allocated. */
function writeBlock(
  words: Uint32Array,
  at: number,
  x0: number,
  x1: number,
  x2: number,
  x3: number,
  low: number,
  high: number,
): void {
  let c0 = x0 | 0;
  let c1 = x1 | 0;
  let c2 = x2 | 0;
  let c3 = x3 | 0;
  let k0 = low | 0;
  let k1 = high | 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const c0Low = c0 & 0xffff;
    const c0High = c0 >>> 16;
    const middle0 = (Math.imul(c0High, M0_LOW) + (Math.imul(c0Low, M0_LOW) >>> 16)) | 0;
    const cross0 = (Math.imul(c0Low, M0_HIGH) + (middle0 & 0xffff)) | 0;
    const top0 = (Math.imul(c0High, M0_HIGH) + (middle0 >>> 16) + (cross0 >>> 16)) | 0;

    const c2Low = c2 & 0xffff;
    const c2High = c2 >>> 16;
    const middle1 = (Math.imul(c2High, M1_LOW) + (Math.imul(c2Low, M1_LOW) >>> 16)) | 0;
    const cross1 = (Math.imul(c2Low, M1_HIGH) + (middle1 & 0xffff)) | 0;
    const top1 = (Math.imul(c2High, M1_HIGH) + (middle1 >>> 16) + (cross1 >>> 16)) | 0;

    const bottom0 = Math.imul(c0, M0);
    const bottom1 = Math.imul(c2, M1);
    c0 = top1 ^ c1 ^ k0;
    c1 = bottom1;
    c2 = top0 ^ c3 ^ k1;
    c3 = bottom0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  words[at] = c0;
  words[at + 1] = c1;
  words[at + 2] = c2;
  words[at + 3] = c3;
}
