// Moments in addresses: 12.5, 1:05 and 1:02:03, counted on the played recording.

/**
 * Seconds of a written time, or null when it is not one.
 * @param {string} text
 */
export function seconds(text) {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)$/.exec(text.trim());
  if (!match) return null;
  const [hours, minutes, rest] = match.slice(1).map((part) => Number(part ?? 0));
  if (match[2] !== undefined && rest >= 60) return null;
  if (match[1] !== undefined && minutes >= 60) return null;
  return hours * 3600 + minutes * 60 + rest;
}

/**
 * A moment as people read it: `m:ss`, from an hour on `h:mm:ss`.
 * @param {number} time in seconds
 */
export function clock(time) {
  const whole = Math.floor(time + 0.0005);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map(String);
  const end = `:${rest.padStart(2, "0")}`;
  return hours === "0" ? minutes + end : `${hours}:${minutes.padStart(2, "0")}${end}`;
}
