/** Where progress is shown: a terminal gets one line that moves, anything else a plain line when something changes. */
export interface ProgressBar {
  /** @param fraction 0 to 1, `undefined` while the length is unknown */
  update(text: string, fraction?: number): void;
  /** Clears the moving line. */
  end(): void;
}

const WIDTH = 24;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A progress bar on `stream`; `NO_COLOR` and pipes get plain lines. */
export function progressBar(stream: NodeJS.WriteStream): ProgressBar {
  return stream.isTTY === true ? movingBar(stream) : plainLines(stream);
}

function movingBar(stream: NodeJS.WriteStream): ProgressBar {
  let frame = 0;
  let text = '';
  let fraction: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    const columns = stream.columns ?? 80;
    const line = `${FRAMES[frame]} ${fraction === undefined ? '' : `${drawn(fraction)} `}${text}`;
    stream.write(`\r\u001B[K${line.slice(0, columns - 1)}`);
  };
  return {
    update: (newText, newFraction) => {
      text = newText;
      fraction = newFraction;
      timer ??= setInterval(draw, 120);
      draw();
    },
    end: () => {
      clearInterval(timer);
      timer = undefined;
      stream.write('\r\u001B[K');
    },
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressBar {
  let last = '';
  return {
    update: (text) => {
      if (text !== last) {
        last = text;
        stream.write(`${text}\n`);
      }
    },
    end: () => {
      last = '';
    },
  };
}

function drawn(fraction: number): string {
  const full = Math.round(Math.max(0, Math.min(1, fraction)) * WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
}
