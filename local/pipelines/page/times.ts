import { counted } from '../../../src/counted';
import { durationText } from '../../duration-text';
import { type Html, html } from '../../html';

/** What something took; `''` where it never began. While it goes on, the script counts from `data-since`. */
export function durationOf(startedAt: string | undefined, finishedAt: string | undefined): Html | string {
  if (startedAt === undefined) {
    return '';
  }
  return finishedAt === undefined
    ? html`<span data-since="${startedAt}">since ${clockTime(startedAt)}</span>`
    : takenText(startedAt, finishedAt);
}

/** What something took that has ended; `''` where one of the times is not there. */
export function takenText(startedAt: string | undefined, finishedAt: string | undefined): string {
  const taken = Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '');
  return Number.isFinite(taken) ? durationText(taken) : '';
}

/** `2026-03-01 14:02:41 UTC`; text that is no time stays as it is. */
export function moment(iso: string): Html {
  const time = Date.parse(iso);
  return Number.isFinite(time)
    ? html`<time datetime="${iso}">${new Date(time).toISOString().replace('T', ' ').slice(0, 19)} UTC</time>`
    : html`${iso}`;
}

function clockTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isFinite(time) ? `${new Date(time).toISOString().slice(11, 19)} UTC` : iso;
}

/** Bytes in the unit that reads best, powers of 1024. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? counted(bytes, 'byte') : `${(bytes / 1024 ** power).toFixed(1)} ${units[power] ?? ''}`;
}
