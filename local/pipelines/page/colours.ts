/** Colours of the page, by name. Text colours keep a contrast of 4.5 to 1 on `page`, `raised` and `sunken` (a test computes it). */
export interface Palette {
  readonly page: string;
  readonly raised: string;
  readonly sunken: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly link: string;
  readonly focus: string;
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
  readonly busy: string;
  readonly quiet: string;
}

export const LIGHT: Palette = {
  page: '#f6f7f9',
  raised: '#ffffff',
  sunken: '#eef1f4',
  line: '#cfd6dd',
  text: '#1b1f24',
  muted: '#535c66',
  link: '#0b57a8',
  focus: '#0b57a8',
  good: '#12663a',
  bad: '#ab1628',
  warn: '#7a4d00',
  busy: '#0b57a8',
  quiet: '#535c66',
};

export const DARK: Palette = {
  page: '#14171b',
  raised: '#1d2127',
  sunken: '#0e1114',
  line: '#3a424b',
  text: '#e6e9ed',
  muted: '#a4adb8',
  link: '#7cb7ff',
  focus: '#7cb7ff',
  good: '#5fd08c',
  bad: '#ff8d8d',
  warn: '#f0bd5a',
  busy: '#7cb7ff',
  quiet: '#a4adb8',
};

/** Declarations of CSS variables. */
export function declarations(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}
