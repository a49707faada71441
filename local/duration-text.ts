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
