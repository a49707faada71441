import { counted } from '../../../src/counted';
import { type Html, html } from '../../html';

/** A length of time in its two largest units: `30 d 0 h`, `1 h 5 min`, `2 min 10 s`, `3.4 s`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (milliseconds < 9950) {
    return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
  }
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes >= 48 * 60) {
    return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
  }
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

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
