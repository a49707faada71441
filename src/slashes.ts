/** A text without the slashes at its end. An expression for it (`/\/+$/`) would read a long run of slashes anew from each of them. */
export function withoutSlashesAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') {
    end -= 1;
  }
  return text.slice(0, end);
}
