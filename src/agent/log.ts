import type { Host } from './host';
import { neutralLine, neutralLines } from './neutral-text';

/** The log of a step. Every text is made neutral here, so that no caller can forget it. */
export interface Log {
  info(text: string): void;
  /** Shown only with `System.Debug`. */
  debug(text: string): void;
  warning(text: string, code?: string): void;
  /** Runs `body` with its lines folded under `title`. */
  group<R>(title: string, body: () => R | Promise<R>): Promise<R>;
  progress(percent: number, text: string): void;
}

/** The log that writes to `host`. */
export function logTo(host: Host): Log {
  return {
    info: (text) => {
      for (const line of neutralLines(text)) {
        host.writeLine(line);
      }
    },
    debug: (text) => {
      for (const line of neutralLines(text)) {
        host.debug(line);
      }
    },
    warning: (text, code) => host.issue('warning', neutralLine(text), code),
    group: async (title, body) => {
      host.openGroup(neutralLine(title));
      try {
        return await body();
      } finally {
        host.closeGroup();
      }
    },
    progress: (percent, text) => host.setProgress(Math.max(0, Math.min(100, Math.round(percent))), neutralLine(text)),
  };
}
